"""The clock of inactivity of a visit, and of its guided window: how long a silence lasts, and the warning at its end.

No Flet here. WCAG 2.2.1: who needs more time can have it, by one touch; who listens, or chose larger text, contrast or
simple French, has it without asking.
"""

import math
from collections.abc import Callable

MORE_TIME_FACTOR = 5
SLOW_FACTOR = 3


class IdleClock:
    """Says whether somebody is still there. Time comes from `now` (seconds, monotonic)."""

    def __init__(self, quiet_s: float, warning_s: float, now: Callable[[], float]) -> None:
        self._quiet_s, self._warning_s, self._now = quiet_s, warning_s, now
        self._last, self._grace_s = now(), quiet_s
        self._pace = 1
        self._waits: set[str] = set()

    def touch(self) -> None:
        """Somebody did something. Ignored once the warning is on: only its buttons answer it."""
        if self.seconds_left() is None:
            self._last = self._now()

    def resume(self, *, more_time: bool = False) -> None:
        """The warning was answered; with `more_time` the next silence may last five times as long."""
        if more_time:
            self._grace_s = self._quiet_s * MORE_TIME_FACTOR
        self._last = self._now()

    def wait(self, waits: bool, why: str = "call") -> None:
        """Somebody called for help, sits in the booth before their hour, or is read to, and waits, or waits no more.

        A longer silence is then allowed, not a sign of life. When nothing is waited for any more, whatever was silent
        too long meanwhile is warned of first, as always.
        """
        waited = bool(self._waits)
        if waits:
            self._waits.add(why)
        else:
            self._waits.discard(why)
        if waited and not self._waits:
            self._warn_first()

    def slow_down(self, slow: bool) -> None:
        """Somebody who reads with effort or listens is given longer silences, or does so no more."""
        self._pace = SLOW_FACTOR if slow else 1
        if not self._waits:
            self._warn_first()

    def _warn_first(self) -> None:
        """Less is given than before: whatever was silent too long meanwhile is warned of, and does not end at once."""
        self._last = max(self._last, self._now() - self._longest_s())

    def _longest_s(self) -> float:
        waiting_s = self.patience_s if self._waits else 0.0
        return max(self._grace_s, self._quiet_s * self._pace, waiting_s)

    @property
    def patience_s(self) -> float:
        """How long somebody who waits may be silent before they are warned, in seconds."""
        return self._quiet_s * MORE_TIME_FACTOR

    def seconds_left(self) -> int | None:
        """None while nothing is wrong; else the seconds of the warning that remain, 0 when the visit is over."""
        quiet, longest_s = self._now() - self._last, self._longest_s()
        if quiet < longest_s:
            return None
        # Rounded first: a second that is over but for the noise of a float is over.
        return max(0, math.ceil(round(longest_s + self._warning_s - quiet, 6)))

    @property
    def warning_s(self) -> float:
        """How long the warning lasts, in seconds."""
        return self._warning_s
