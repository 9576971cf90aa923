"""A call for help from a guided window: whether its flag stands, what was said to it, when it may ring. Pure."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.chime import Ringing
from kiosk.window.opening import Call, Helping


class WindowCall:
    """The call of one window. The flag stands from the touch on, whatever becomes of its record.

    Args:
        helping: where calls go; None where this window cannot call.
        now: seconds of a monotonic clock.
    """

    def __init__(self, helping: Helping | None, now: Callable[[], float]) -> None:
        self._helping, self._told = helping, Call()
        self.ringing = Ringing(now)

    @property
    def told(self) -> Call | None:
        """What to show of it; None where this window cannot call."""
        return self._told if self._helping is not None else None

    @property
    def stands(self) -> bool:
        """True while the flag is up."""
        return self._told.stands

    def begin(self) -> None:
        """« Appeler de l’aide, ici »; again does nothing."""
        if self._helping is not None and not self._told.stands:
            self._told = Call(stands=True)
            self._helping.call_help(True)

    def end(self) -> None:
        """« J’ai trouvé quelqu’un » or « Annuler l’appel »."""
        if self._helping is not None and self._told.stands:
            self._told = Call()
            self._helping.call_help(False)

    def hear(self, told: Call) -> None:
        """The visit says how its call stands: it is the one that knows."""
        if self._helping is not None:
            self._told = told
