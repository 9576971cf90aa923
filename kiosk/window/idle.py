"""The guided window's own clock: is somebody there, and how long the place is still theirs. Pure; time comes in."""

from __future__ import annotations

import math
from collections.abc import Callable

from kiosk.silence import IdleClock

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
        self._silence = IdleClock(quiet_s, warning_s, now)
        self._began, self._limit_s, self._now = now(), limit_s, now

    def touch(self) -> None:
        """A touch, a key, a turn of the wheel. Ignored while the question stands: only its button answers it."""
        self._silence.touch()

    def live(self) -> None:
        """A call is going on: presence, for a time that ends."""
        if self._now() - self._began < (CALL_MAX_S if self._limit_s is None else self._limit_s):
            self.touch()

    def answer(self) -> None:
        """« Oui, je continue »; too late once it is over."""
        if not self.over:
            self._silence.resume()

    def wait(self, waits: bool) -> None:
        """Somebody called for help and waits, or waits no more: whatever was silent too long is then asked first."""
        self._silence.wait(waits)

    def seconds_left(self) -> int | None:
        """None while nothing is asked; else the seconds to answer, 0 when nobody did."""
        return self._silence.seconds_left()

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
