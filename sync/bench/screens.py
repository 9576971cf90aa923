"""``bench kiosk --every-screen``: Python's time for each place and each state of the kiosk, the worst drawing of each.

The screens are drawn by a program of the repository (``tests/bench/every_screen.py``), in one process, without a
browser: every screen of a first visit and every state that is photographed for ``docs/screens``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sync.bench.figures import median
from sync.bench.sides import module, require_programs, said_by

LIMIT_MS = 100
"""What no screen may cost."""
DRAWS = 10
TIMEOUT_S = 3600.0
Read = Mapping[str, Mapping[str, Sequence[float]]]
"""Milliseconds of each drawing, by shape of screen and by state."""


def measure(draws: int, *, tell: Callable[[str], None]) -> dict[str, Any]:
    """Runs the program and returns the figures, with stable keys. Raises PointContactError."""
    require_programs()
    tell("Tous les écrans, dans les deux sens…")
    load = round(os.getloadavg()[0], 2)
    read: Read = json.loads(said_by(module("every_screen", draws), TIMEOUT_S))
    machine = {"processors": os.cpu_count(), "load_before": load, "load_after": round(os.getloadavg()[0], 2)}
    return {**figures(read), "machine": machine}


def figures(read: Read) -> dict[str, Any]:
    """The worst drawing of each screen, the screen that has the worst of all, and the median over all drawings."""
    worst = {
        f"{name}, {shape}": round(max(costs), 1) for shape, screens in read.items() for name, costs in screens.items()
    }
    name = max(worst, key=lambda one: worst[one])
    drawings = [cost for screens in read.values() for costs in screens.values() for cost in costs]
    return {
        "python_ms_worst": worst[name],
        "worst_screen": name,
        "limit_ms": LIMIT_MS,
        "above_limit": [one for one, cost in worst.items() if cost > LIMIT_MS],
        "screens": len(worst),
        "drawings": len(drawings),
        "python_ms_median": round(median(drawings), 1),
        "python_ms_worst_per_screen": dict(sorted(worst.items(), key=lambda one: -one[1])),
    }
