"""Medians, percentiles, slopes and ratios of measured figures. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile: the smallest value that ``share`` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def median(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def slope(values: Sequence[float]) -> float:
    """The growth per step of a series, as the median of the slopes of all pairs (Theil and Sen): one
    garbage collection does not decide."""
    pairs = [
        (values[later] - values[earlier]) / (later - earlier)
        for earlier in range(len(values))
        for later in range(earlier + 1, len(values))
    ]
    return statistics.median(pairs)


def ratio(ours: float, floor: float) -> float:
    """Ours over the floor, two digits after the point."""
    return round(ours / floor, 2)
