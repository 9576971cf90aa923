"""A call for help from a guided window: whether its flag stands, what was said to it, when it may ring. Pure."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.window.opening import Call, Helping

RING_EVERY_S = 6.0
"""As in the kiosk (``kiosk.visit``): who hammers on the button makes no storm of sound."""


class WindowCall:
    """The call of one window. The flag stands from the touch on, whatever becomes of its record.

    Args:
        helping: where calls go; None where this window cannot call.
        now: seconds of a monotonic clock.
    """

    def __init__(self, helping: Helping | None, now: Callable[[], float]) -> None:
        self._helping, self._now = helping, now
        self._told = Call()
        self._rung_at = float("-inf")

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

    def may_ring(self) -> bool:
        """True when the chime may sound; noted as rung."""
        now = self._now()
        if now - self._rung_at < RING_EVERY_S:
            return False
        self._rung_at = now
        return True
