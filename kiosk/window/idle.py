"""The guided window's own clock: is somebody there, and how long the place is still theirs. Pure; time comes in."""

from __future__ import annotations

import math
from collections.abc import Callable

WAITING_FACTOR = 5
"""How much longer a silence may last while somebody who called for help waits: as in the kiosk (decision 0030)."""
CALL_MAX_S = 3600.0
"""How long a live call counts as presence where the caller gave no limit."""


class WindowClock:
    """Silence, then a question, then the end; a hard limit beside it. Seconds of a monotonic clock.

    Args:
        quiet_s: silence before the question. warning_s: seconds to answer it.
        limit_s: from now on, after which it is over whatever happens; None for no limit.
        now: the clock.
    """

    def __init__(self, quiet_s: float, warning_s: float, limit_s: float | None, now: Callable[[], float]) -> None:
        self._quiet_s, self._warning_s, self._now = quiet_s, warning_s, now
        self._began = self._last = now()
        self._limit_s = limit_s
        self._waits = False

    def touch(self) -> None:
        """A touch, a key, a turn of the wheel. Ignored while the question stands: only its button answers it."""
        if self.seconds_left() is None:
            self._last = self._now()

    def live(self) -> None:
        """A call is going on: presence, for a time that ends."""
        if self._now() - self._began < (CALL_MAX_S if self._limit_s is None else self._limit_s):
            self.touch()

    def answer(self) -> None:
        """« Oui, je continue »; too late once it is over."""
        if not self.over:
            self._last = self._now()

    def wait(self, waits: bool) -> None:
        """Somebody called for help and waits, or waits no more: whatever was silent too long is then asked first."""
        if self._waits and not waits:
            self._last = max(self._last, self._now() - self._quiet_s)
        self._waits = waits

    def seconds_left(self) -> int | None:
        """None while nothing is asked; else the seconds to answer, 0 when nobody did."""
        quiet = self._now() - self._last
        quiet_s = self._quiet_s * (WAITING_FACTOR if self._waits else 1)
        if quiet < quiet_s:
            return None
        return max(0, math.ceil(quiet_s + self._warning_s - quiet))

    @property
    def at_limit(self) -> bool:
        """The hour is over."""
        return self._limit_s is not None and self._now() - self._began >= self._limit_s

    @property
    def over(self) -> bool:
        """The window is to be closed."""
        return self.at_limit or self.seconds_left() == 0

    def minutes_left(self) -> int | None:
        """Whole minutes until the limit, rounded up; None where there is none."""
        if self._limit_s is None:
            return None
        return max(0, math.ceil((self._limit_s - (self._now() - self._began)) / 60))
