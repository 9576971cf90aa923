"""Asks for another Chromium when no page has been there for a while.

One whose page crashed (an old computer short of memory) goes on, and shows an error for ever that nobody at a counter
can close; one that came before the terminal answered does too.
"""

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

log = logging.getLogger("kiosk.lifeline")

GONE_S = 10.0
"""Without a page, once its session has been given up (`kiosk.web.host.FORGET_AFTER_S`): it is no reload any more."""
START_S, START_MAX_S = 120.0, 960.0
"""What a Chromium has to come with its first page, on the slowest of computers; twice as much each time in vain."""
CHANGE_S = 5.0
"""After a fresh Chromium was asked for, the page of the one before may still be there."""
TICK_S = 1.0


class Lifeline:
    """Looks every second, from ``__enter__`` to ``__exit__``, on a thread of its own.

    Args:
        there: whether a page is there. renew: asks for a fresh Chromium; called on that thread.
    """

    def __init__(
        self, there: Callable[[], bool], renew: Callable[[], None], *, elapsed_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._there, self._renew, self._elapsed_s = there, renew, elapsed_s
        self.expects()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="lifeline", daemon=True)

    def expects(self, patience_s: float = START_S) -> None:
        """A fresh Chromium is on its way, and has so many seconds."""
        self._since = self._asked = self._elapsed_s()
        self._patience_s = patience_s

    def tick(self) -> None:
        """Looks once."""
        now = self._elapsed_s()
        if self._there():
            self._since = now
            if now - self._asked > CHANGE_S:
                self._patience_s = GONE_S
        elif now - self._since >= self._patience_s:
            log.warning("no page for %.0f s: a fresh Chromium is asked for", now - self._since)
            self.expects(min(max(START_S, 2 * self._patience_s), START_MAX_S))
            self._renew()

    def __enter__(self) -> Self:
        """Starts."""
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """Stops, after the look that is under way: what it asks of is closed next."""
        self._stopped.set()
        self._thread.join()

    def _follow(self) -> None:
        while not self._stopped.wait(TICK_S):
            try:
                self.tick()
            except Exception as error:  # noqa: BLE001  (the thread must outlive a fault; no value may travel in a traceback)
                log.error("lifeline: %s", type(error).__name__)
