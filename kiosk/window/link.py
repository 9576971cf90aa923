"""The terminal's program and the screen's own user: what is shown, over a Unix socket that only the two can open.

The terminal listens; ``kiosk.window.agent`` connects. Frames are a length (four bytes, big-endian) and JSON. Each side
holds the other for a stranger: frames are bounded, unknown ones end the connection, an address is checked by both.
Whatever happens to the connection, a window does not outlive it, and a visit does not wait for it.
"""

from __future__ import annotations

import base64
import contextlib
import logging
import socket
import struct
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from kiosk.window.guided import WindowFailed
from kiosk.window.opening import ASKED, LOST, Call, Helping, Opening, Printing

log = logging.getLogger("kiosk.window")

LENGTH = struct.Struct(">I")
FRAME_MAX_BYTES = 40 * 1024 * 1024
OPEN_S = 30.0
CLOSE_S = 10.0
SOCKET_MODE = 0o660


class Frame(msgspec.Struct, omit_defaults=True, forbid_unknown_fields=True):
    """One message. ``do`` from the terminal: open, close, renew, printed, called. From the screen: opened, closed,
    print, call.

    ``number`` is that of the window, counted by the terminal; ``data`` is base64. ``call`` is how the visit's call for
    help stands, in `called`, and in `open` where the window may call at all; in the screen's `call`, ``done`` is True
    for a call and False for its end.
    """

    do: str
    number: int = 0
    opening: Opening | None = None
    reason: str = ""
    data: str = ""
    title: str = ""
    done: bool = False
    call: Call | None = None


class Line:
    """One connection: frames out, from any thread; frames in, one after the other, until it ends."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._lock = threading.Lock()
        self._encoder, self._decoder = msgspec.json.Encoder(), msgspec.json.Decoder(Frame)

    def send(self, frame: Frame) -> None:
        """Raises OSError when the other side is gone."""
        data = self._encoder.encode(frame)
        with self._lock:
            self._socket.sendall(LENGTH.pack(len(data)) + data)

    def receive(self) -> Frame | None:
        """The next frame; None at the end, which a frame that cannot be read is as well."""
        try:
            (length,) = LENGTH.unpack(self._exactly(LENGTH.size))
            return self._decoder.decode(self._exactly(length)) if length <= FRAME_MAX_BYTES else None
        except (OSError, EOFError, msgspec.DecodeError) as error:
            if not isinstance(error, EOFError):
                log.warning("the screen's line has ended: %s", type(error).__name__)
            return None

    def close(self) -> None:
        """Ends it on both sides; again does nothing."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _exactly(self, size: int) -> bytes:
        held = bytearray()
        while len(held) < size:
            part = self._socket.recv(min(size - len(held), 1 << 16))
            if not part:
                raise EOFError
            held += part
        return bytes(held)


class ScreenLink:
    """The terminal's end. Raises OSError where the socket cannot be made.

    Args:
        path: of the socket; its folder exists. printing: where the paper of windows goes, or None.
        helping: where their calls for help go, or None.
    """

    def __init__(self, path: Path, printing: Printing | None = None, helping: Helping | None = None) -> None:
        self._path, self._printing, self._helping = path, printing, helping
        self._lock = threading.Lock()
        self._line: Line | None = None
        self._windows: dict[int, FarWindow] = {}
        self._number = 0
        path.unlink(missing_ok=True)
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(path))
        path.chmod(SOCKET_MODE)
        self._door.listen(1)
        threading.Thread(target=self._serve, name="screen-link", daemon=True).start()

    def renew(self) -> None:
        """A visit has ended: a fresh Chromium for the kiosk. Without a screen there is nothing to renew."""
        with contextlib.suppress(OSError):
            self.send(Frame("renew"))

    def start(self, opening: Opening, on_closed: Callable[[str], None]) -> FarWindow:
        """A ``kiosk.window.windows.Starter``."""
        with self._lock:
            self._number += 1
            window = self._windows[self._number] = FarWindow(self, self._number, opening, on_closed)
        return window

    def send(self, frame: Frame) -> None:
        """Raises OSError when no screen is connected."""
        line = self._line
        if line is None:
            raise ConnectionError("no screen")
        line.send(frame)

    def forget(self, number: int) -> None:
        """That window is over."""
        with self._lock:
            self._windows.pop(number, None)

    def close(self) -> None:
        """Ends the line and removes the socket."""
        self._path.unlink(missing_ok=True)
        self._door.close()
        if self._line is not None:
            self._line.close()

    def _serve(self) -> None:
        while True:
            try:
                connected, _ = self._door.accept()
            except OSError:
                return
            if self._line is not None:
                self._line.close()  # the screen was started again: the newest is the one that lives
            line = self._line = Line(connected)
            threading.Thread(target=self._listen, args=(line,), name="screen-line", daemon=True).start()

    def _listen(self, line: Line) -> None:
        while (frame := line.receive()) is not None:
            self._hear(frame)
        line.close()
        if self._line is line:
            self._line = None
            with self._lock:
                left = list(self._windows.values())
            for window in left:
                window.over(LOST)

    def _hear(self, frame: Frame) -> None:
        window = self._windows.get(frame.number)
        if window is None:
            return
        if frame.do == "opened":
            window.ready.set()
        elif frame.do == "closed":
            window.over(frame.reason)
        elif frame.do == "print":
            threading.Thread(target=self._print, args=(frame,), name="screen-paper", daemon=True).start()
        elif frame.do == "call" and self._helping is not None:
            self._helping.call_help(frame.done)

    def _print(self, frame: Frame) -> None:
        done = False
        if self._printing is not None:
            try:
                done = self._printing.print_pdf(base64.b64decode(frame.data), frame.title)
            except Exception as error:  # noqa: BLE001 - a printer's fault is said to the person, and ends nothing
                log.error("printing: %s", type(error).__name__)
        with contextlib.suppress(OSError):
            self.send(Frame("printed", frame.number, done=done))

    @property
    def prints(self) -> bool:
        """True where paper can be asked for."""
        return self._printing is not None

    @property
    def helps(self) -> bool:
        """True where a window may call for help."""
        return self._helping is not None


class FarWindow:
    """A window on the screen's side, as the terminal knows it (``kiosk.window.windows.Window``)."""

    def __init__(self, link: ScreenLink, number: int, opening: Opening, on_closed: Callable[[str], None]) -> None:
        self._link, self._number, self._opening, self._on_closed = link, number, opening, on_closed
        self._lock = threading.Lock()
        self._is_over = False
        self.ready, self._gone = threading.Event(), threading.Event()

    def open(self) -> None:
        """Raises WindowFailed: no screen is connected, or it did not open within ``OPEN_S``."""
        try:
            call = Call() if self._link.helps else None
            self._link.send(Frame("open", self._number, opening=self._opening, done=self._link.prints, call=call))
        except OSError:
            self._silence()
            raise WindowFailed("no screen is connected") from None
        if not self.ready.wait(OPEN_S) or self._is_over:
            self._silence()
            with contextlib.suppress(OSError):
                self._link.send(Frame("close", self._number))
            raise WindowFailed("the screen did not open it")

    def close(self, reason: str = ASKED) -> None:
        """Asks the screen, and waits until nothing is left of it there."""
        with contextlib.suppress(OSError):
            self._link.send(Frame("close", self._number))
            self._gone.wait(CLOSE_S)
        self.over(reason)

    def tell_call(self, told: Call) -> None:
        """How the visit's call for help stands."""
        with contextlib.suppress(OSError):
            self._link.send(Frame("called", self._number, call=told))

    def over(self, reason: str) -> None:
        """It has ended, for one of the reasons of ``opening``; told once."""
        with self._lock:
            first, self._is_over = not self._is_over, True
        self._gone.set()
        self.ready.set()
        self._link.forget(self._number)
        if first:
            self._on_closed(reason)

    def _silence(self) -> None:
        """It never opened: who asked hears that by the exception."""
        with self._lock:
            self._is_over = True
        self._link.forget(self._number)
