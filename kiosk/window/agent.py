"""The screen's own user: shows the kiosk and its guided windows, as the terminal's program says. ``terminal screen``.

Two users, so that the browser cannot read the terminal's files: this one has the glass, the other one has the data.
"""

from __future__ import annotations

import base64
import contextlib
import logging
import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.browser import Browser
from kiosk.window.guided import GuidedWindow, WindowFailed
from kiosk.window.link import Frame, Line
from kiosk.window.opening import FAILED, Call, Helping, Printing

log = logging.getLogger("kiosk.window")

AGAIN_S = 2.0
PAPER_S = 60.0


@dataclass
class FarPrinter:
    """The terminal's queue, from here (``opening.Printing``)."""

    line: Line
    number: int
    answer: threading.Event = field(default_factory=threading.Event)
    done: bool = False

    def print_pdf(self, data: bytes, title: str) -> bool:
        """Waits for the terminal's word; False when it does not come."""
        self.answer.clear()
        self.done = False
        with contextlib.suppress(OSError):
            self.line.send(Frame("print", self.number, data=base64.b64encode(data).decode(), title=title))
            self.answer.wait(PAPER_S)
        return self.done


@dataclass
class FarHelp:
    """The visit of a window, from here (``opening.Helping``)."""

    line: Line
    number: int

    def call_help(self, wanted: bool) -> None:
        """Told to the terminal; without one the window is about to close anyway."""
        with contextlib.suppress(OSError):
            self.line.send(Frame("call", self.number, done=wanted))


class Agent:
    """Obeys the terminal at the other end of a socket, until `stop`.

    Args:
        path: of the socket. browser: the kiosk's Chromium. chromium: the program for guided windows.
        more: flags of Chromium for this machine. keyboard: False where the terminal has a keyboard of its own.
    """

    def __init__(
        self, path: Path, browser: Browser, chromium: str, more: Sequence[str] = (), *, keyboard: bool = True
    ) -> None:
        self._path, self._browser, self._chromium, self._more, self._keyboard = path, browser, chromium, more, keyboard
        self._stopped = threading.Event()
        self._line: Line | None = None
        self._number = 0
        self._window: GuidedWindow | None = None
        self._printer: FarPrinter | None = None

    def run(self) -> None:
        """Connects, obeys, and connects again when the terminal's program was started anew."""
        while not self._stopped.is_set():
            line = self._connect()
            if line is not None:
                self._line = line
                while (frame := line.receive()) is not None:
                    self._obey(line, frame)
                line.close()
                self._close_window()  # no window without a terminal that answers for it
            self._stopped.wait(AGAIN_S)

    def stop(self) -> None:
        """Ends `run` and the window."""
        self._stopped.set()
        if self._line is not None:
            self._line.close()
        self._close_window()

    def _connect(self) -> Line | None:
        connected = socket.socket(socket.AF_UNIX)
        try:
            connected.connect(str(self._path))
        except OSError:
            connected.close()
            return None
        return Line(connected)

    def _obey(self, line: Line, frame: Frame) -> None:
        if frame.do == "renew":
            self._close_window()
            self._browser.renew()
        elif frame.do == "open" and frame.opening is not None:
            self._open(line, frame)
        elif frame.do == "close" and frame.number == self._number:
            self._close_window()
        elif frame.do == "printed" and self._printer is not None and frame.number == self._printer.number:
            self._printer.done = frame.done
            self._printer.answer.set()
        elif frame.do == "called" and frame.number == self._number and self._window is not None:
            self._window.tell_call(frame.call or Call())

    def _open(self, line: Line, frame: Frame) -> None:
        assert frame.opening is not None
        self._close_window()
        self._number = frame.number
        self._printer = FarPrinter(line, frame.number)
        printing: Printing | None = self._printer if frame.done else None
        helping: Helping | None = FarHelp(line, frame.number) if frame.call is not None else None
        window = self._window = GuidedWindow(
            self._chromium, frame.opening, _teller(line, frame.number), printing=printing, more_flags=self._more,
            keyboard=self._keyboard, helping=helping,
        )  # fmt: skip
        try:
            window.open()
        except WindowFailed as error:
            log.error("a guided window did not open: %s", error)
            self._window = None
            _teller(line, frame.number)(FAILED)
            return
        with contextlib.suppress(OSError):
            line.send(Frame("opened", frame.number))

    def _close_window(self) -> None:
        window, self._window = self._window, None
        if window is not None:
            window.close()


def _teller(line: Line, number: int) -> Callable[[str], None]:
    def tell(reason: str) -> None:
        with contextlib.suppress(OSError):
            line.send(Frame("closed", number, reason=reason))

    return tell
