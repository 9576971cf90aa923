"""A clock that a test may put forward."""

from __future__ import annotations

import time


class Shift:
    """Seconds of this machine, and what the test added."""

    def __init__(self) -> None:
        self._added_s = 0.0

    def by(self, seconds: float) -> None:
        """Puts the clock forward."""
        self._added_s += seconds

    def __call__(self) -> float:
        return time.monotonic() + self._added_s
