"""The guided windows of a terminal: one at a time, opened and closed for the visit that asked. No Flet.

A window is started here, by this program, or by the screen's own user through ``kiosk.window.link``: both are a
``Starter``. Everything that takes time runs on a thread of its own; a visit is told on the thread it lives on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from kiosk.said import beside
from kiosk.visit import OPEN, Visit, Wish
from kiosk.window.guided import WindowFailed
from kiosk.window.opening import ASKED, FAILED, FINISHED, IDLE, Call, Opening

log = logging.getLogger("kiosk.window")


class Window(Protocol):
    """One window (``guided.GuidedWindow``, or what stands for one on another user's screen)."""

    def open(self) -> None:
        """Starts it. Raises WindowFailed."""

    def close(self, reason: str = ASKED) -> None:
        """Ends it; returns when nothing of it is left. Again does nothing."""

    def tell_call(self, told: Call) -> None:
        """How the visit's call for help stands; from any thread."""


Starter = Callable[[Opening, Callable[[str], None]], Window]
"""Makes a window, not opened yet, that calls the function with the reason of its end, once."""
Soon = Callable[[Callable[[], None]], None]
"""Runs something on the thread of a visit, from any thread."""


class Screen:
    """The one screen of a terminal and the window that stands on it.

    Args:
        start: makes a window.
        ask: what to open for a wish in a language; None where the content has no such address.
    """

    def __init__(self, start: Starter, ask: Callable[[Wish, str], Opening | None]) -> None:
        self._start, self._ask = start, ask
        self._lock = threading.Lock()
        self._standing: tuple[Window, object] | None = None  # a window and its owner, always read together

    def open(
        self, owner: object, wish: Wish, language: str, opened: Callable[[], None], ended: Callable[[str], None]
    ) -> None:
        """Opens a window for ``owner``; one that stood there for somebody else is closed first. Takes seconds."""
        with self._lock:
            if self._standing is not None:
                self._standing[0].close()
            opening = self._ask(wish, language)
            if opening is None:
                ended(FAILED)
                return
            window = self._start(opening, ended)
            try:
                window.open()
            except WindowFailed as error:
                log.error("a guided window did not open: %s", error)
                ended(FAILED)
                return
            self._standing = window, owner
        opened()

    @property
    def owner(self) -> object:
        """Whose window stands there; None while there is none."""
        standing = self._standing
        return standing[1] if standing is not None else None

    def tell_call(self, owner: object, told: Call) -> None:
        """To the window of ``owner``, if it stands there. Waits for no window that is being opened or closed."""
        standing = self._standing
        if standing is not None and standing[1] is owner:
            standing[0].tell_call(told)

    def close(self, owner: object = None) -> None:
        """Closes the window of ``owner``, or whatever stands there."""
        with self._lock:
            if self._standing is not None and owner in (None, self._standing[1]):
                self._standing[0].close()
                self._standing = None


class VisitWindows:
    """The windows of one visit (``kiosk.visit.Windows``)."""

    def __init__(self, screen: Screen, soon: Soon) -> None:
        self._screen, self._soon = screen, soon
        self._visit: Visit | None = None
        self._told = Call()

    def belong_to(self, visit: Visit) -> None:
        """The visit that is told; once, before the first window."""
        self._visit = visit
        visit.watch("call", self._called)
        visit.watch("frame", self._answered)

    def call_help(self, wanted: bool) -> None:
        """The window asks for help, or no more: the visit's own call, so that the desk hears of it as of any other."""
        visit = self._visit
        if visit is not None:
            self._soon(visit.call_help if wanted else visit.end_call)

    def print_pdf(self, data: bytes, title: str) -> bool:
        """A page of the window on this visit's own count of papers; False when it was not taken."""
        papers = self._visit.papers if self._visit is not None else None
        return papers is not None and papers.print_pdf(data, title)

    def open(self, wish: Wish, language: str) -> None:
        """See ``kiosk.visit.Windows``."""
        threading.Thread(target=self._open, args=(wish, language), name="window-open", daemon=True).start()

    def close(self) -> None:
        """See ``kiosk.visit.Windows``."""
        threading.Thread(target=self._screen.close, args=(self,), name="window-close", daemon=True).start()

    def _open(self, wish: Wish, language: str) -> None:
        self._screen.open(self, wish, language, self._opened, self._ended)

    def _opened(self) -> None:
        visit = self._visit
        if visit is None or visit.over:  # the visit ended while the window was on its way
            self._screen.close(self)
            return
        self._soon(self._stand)

    def _stand(self) -> None:
        if self._visit is not None:
            self._visit.window_opened()
            self._told = Call()  # what a new window knows
            self._answered()

    def _called(self) -> None:
        """A call begins or is over: whatever the frame says of an answer is still of the one before."""
        if self._visit is not None:
            self._tell_call(Call(stands=self._visit.calling))

    def _answered(self) -> None:
        visit = self._visit
        if visit is not None and visit.calling:
            at = visit.frame.answered(visit.language)
            self._tell_call(Call(stands=True, answer=visit.frame.answer, hour=str(at), hour_french=beside(at)))

    def _tell_call(self, told: Call) -> None:
        """On the visit's thread: its window shows how its call stands, when that has changed."""
        if self._visit is not None and self._visit.window == OPEN and told != self._told:
            self._told = told
            self._screen.tell_call(self, told)

    def _ended(self, reason: str) -> None:
        visit = self._visit
        if visit is not None:
            told = reason not in (FINISHED, ASKED, IDLE)
            self._soon(lambda: visit.window_closed(reason, ends=reason == IDLE, told=told))
