"""The arithmetic of the benchmarks, on numbers whose answer is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.bench.figures import percentile, ratio, slope
from sync.bench.kiosk import Readings

READINGS = st.lists(st.floats(0, 1e6), min_size=1, max_size=200)


def test_a_percentile_is_a_reading_of_its_rank() -> None:
    values = [float(number) for number in range(1, 101)]
    assert percentile(values, 0.5) == 50
    assert percentile(values, 0.95) == 95
    assert percentile([7.0], 0.95) == 7


@given(READINGS, st.floats(0.01, 1))
def test_enough_readings_lie_at_or_below_a_percentile(values: list[float], share: float) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9


def test_one_jump_does_not_decide_the_slope() -> None:
    assert slope([10, 10, 10, 90, 10, 10, 10, 10]) == 0
    assert slope([0.5 * number for number in range(20)]) == pytest.approx(0.5)


def test_a_ratio_has_two_digits() -> None:
    assert ratio(130, 100) == 1.3
    assert ratio(1, 3) == 0.33


def test_a_summary_without_taps_has_none() -> None:
    assert Readings([1.0, 3.0, 2.0], [5.0]).summary() == {"cold_start_ms": 2.0, "first_paint_ms": 5.0}
