"""What an ended visit leaves in this program: its page's session, and circles of objects that only a collector finds.

Flet keeps a session for a while after its page has gone, so that a reload finds it again; a visit that is over is never
found again, so that its session goes at once. What it held goes with it, circles of references once they are collected.
What is freed is then overwritten by the C library (`kiosk.overwriting`).
"""

import asyncio
import contextvars
import gc
from collections.abc import Callable
from datetime import UTC, datetime

from flet.messaging.session import Session
from flet_web.fastapi.flet_app_manager import FletAppManager, app_manager

PAUSE_S = 1.0
LOOK_S = 5.0
PATIENCE = 60
"""How many times a visit in progress is waited for before the collector runs all the same."""


async def drop_session(session: Session) -> None:
    """Closes a session whose page has gone, without waiting for its time to be over; nothing when it is closed."""
    # Flet 1.0.5 keeps them under a key made of the browser's name, and has no other way to find one.
    sessions = app_manager._FletAppManager__sessions
    for key in [key for key, one in sessions.items() if one is session]:
        await app_manager.delete_session(key)


def forget_late_pages(look_s: float = LOOK_S) -> None:
    """Has Flet give up sessions whose page never came back without keeping one of them; before its host starts.

    Flet 1.0.5 keeps the session that it looked at last in a variable until it looks at another one: of a page that
    crashed, everything that was typed.
    """

    async def give_up(manager: FletAppManager) -> None:
        while True:
            await asyncio.sleep(look_s)
            for key in _expired(manager):
                await manager.delete_session(key)

    FletAppManager._FletAppManager__evict_expired_sessions = give_up


def _expired(manager: FletAppManager) -> list[str]:
    now, sessions = datetime.now(UTC), manager._FletAppManager__sessions
    return [key for key, one in sessions.items() if one.expires_at and now > one.expires_at]


class Sweeper:
    """Runs the collector once after ended visits, when nobody is in the middle of one: it takes tens of milliseconds.

    Python's own turn would come, but only after as many new objects as a quarter of all there are: another visit later.
    """

    def __init__(
        self, busy: Callable[[], bool], *, collect: Callable[[], object] = gc.collect, pause_s: float = PAUSE_S
    ) -> None:
        """`busy` says whether a visit has begun; `collect` is the collector, first called after `pause_s` seconds."""
        self._busy, self._collect, self._pause_s = busy, collect, pause_s
        self._left: int | None = None

    def soon(self) -> None:
        """A visit has ended and its page is gone. To be called on the event loop."""
        begun, self._left = self._left is not None, PATIENCE
        if not begun:
            self._wait()

    def _wait(self) -> None:
        # In a context of its own: the one of the caller holds the page that has gone.
        asyncio.get_running_loop().call_later(self._pause_s, self._sweep, context=contextvars.Context())

    def _sweep(self) -> None:
        assert self._left is not None
        if self._left and self._busy():
            self._left -= 1
            self._wait()
            return
        self._left = None
        self._collect()
