"""A small client of Chromium's DevTools protocol over two pipes (``--remote-debugging-pipe``): JSON, NUL after each.

Over pipes and not over a port, so that no other program of this machine can drive the window. When the pipes close,
Chromium ends by itself: a terminal that was killed leaves no window behind. Protocol:
https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from typing import Any

from kiosk.browser import end_group

log = logging.getLogger("kiosk.window")

HELPERS_TRIES, HELPERS_PAUSE_S = 20, 0.05

ANSWER_S = 8.0
MESSAGE_MAX_BYTES = 64 * 1024 * 1024
READ_BYTES = 1 << 16
READS_FD, WRITES_FD, FIRST_FREE_FD = 3, 4, 10
END = b"\0"

Event = tuple[str, dict[str, Any], str]
"""Method, parameters, session ("" for the browser itself)."""


class DevToolsError(Exception):
    """Chromium refused a command, did not answer in time, or has ended. Its text names the command, never a value."""


class Process:
    """A Chromium in a process group of its own, with the protocol on descriptors 3 (it reads) and 4 (it writes).

    ``told`` is its environment. Raises OSError when the program cannot be started.
    """

    def __init__(self, command: Sequence[str], told: Mapping[str, str], on_end: Callable[[], None]) -> None:
        theirs_in, self.writes = _high(*os.pipe())
        self.reads, theirs_out = _high(*os.pipe())
        null = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1, 2)]
        dup = [(os.POSIX_SPAWN_DUP2, theirs_in, READS_FD), (os.POSIX_SPAWN_DUP2, theirs_out, WRITES_FD)]
        try:
            # Not subprocess: it cannot place descriptors on given numbers without running Python after a fork.
            self.pid = os.posix_spawnp(command[0], list(command), told, file_actions=[*null, *dup], setpgroup=0)
        except OSError:
            self.close_pipes()
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self._ended = threading.Event()
        self._on_end = on_end
        threading.Thread(target=self._wait, name="window-wait", daemon=True).start()

    def _wait(self) -> None:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        self._ended.set()
        self._on_end()

    @property
    def alive(self) -> bool:
        """False once it has ended, however that came."""
        return not self._ended.is_set()

    def kill(self, wait_s: float = 5.0) -> None:
        """Ends it with all its helpers, at once: nothing of its profile is to be kept, so nothing is to be saved.

        Returns once they have ended too, or after a second: helpers whose leader was dead already end by themselves, a
        moment later, and one that nobody buries is seen until somebody does.
        """
        end_group(self.pid)
        if not self._ended.wait(wait_s):
            log.error("a guided window did not end within %s s", wait_s)
        for _ in range(HELPERS_TRIES):
            if not end_group(self.pid):
                return
            time.sleep(HELPERS_PAUSE_S)

    def close_pipes(self) -> None:
        """Closes our ends; once."""
        for name in ("reads", "writes"):
            fd = getattr(self, name)
            if fd >= 0:
                setattr(self, name, -1)
                os.close(fd)


def _high(*descriptors: int) -> tuple[int, int]:
    """The same pipe ends above the numbers that Chromium will have, and closed in every other child."""
    first, second = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, FIRST_FREE_FD) for fd in descriptors)
    for fd in descriptors:
        os.close(fd)
    return first, second


class DevTools:
    """Commands with an answer and a time limit; events one after the other, on a thread that may itself send commands.

    Args:
        reads: descriptor of what Chromium says. writes: of what it is told. Both stay the caller's to close.
        on_event: gets each event; an exception of it is logged without its text, and the next event comes.
    """

    def __init__(self, reads: int, writes: int, on_event: Callable[[str, dict[str, Any], str], None]) -> None:
        self._reads, self._writes, self._on_event = reads, writes, on_event
        self._lock = threading.Lock()
        self._number = 0
        self._waiting: dict[int, tuple[str, Future[dict[str, Any]]]] = {}
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._closed = False
        for name, work in (("window-read", self._read), ("window-events", self._handle)):
            threading.Thread(target=work, name=name, daemon=True).start()

    def send(
        self, method: str, params: dict[str, Any] | None = None, session: str = "", answer_s: float = ANSWER_S
    ) -> dict[str, Any]:
        """Runs one command and returns its result.

        Raises DevToolsError: refused, no answer within ``answer_s`` seconds, or Chromium has ended.
        """
        try:
            return self._post(method, params, session).result(answer_s)
        except TooLate:
            raise DevToolsError(f"{method}: no answer within {answer_s:g} s") from None

    def post(self, method: str, params: dict[str, Any] | None = None, session: str = "") -> None:
        """Runs one command without waiting; what it says against it is logged at debug level."""

        def told(answer: Future[dict[str, Any]]) -> None:
            if answer.exception() is not None:
                log.debug("%s", answer.exception())

        self._post(method, params, session).add_done_callback(told)

    def put(self, method: str, params: dict[str, Any] | None = None) -> None:
        """Adds an event of our own, handled in its turn among Chromium's."""
        self._events.put((method, params or {}, ""))

    def close(self) -> None:
        """Ends both threads and everything that waits; the pipes are closed by their owner."""
        with self._lock:
            self._closed = True
            left, self._waiting = list(self._waiting.items()), {}
        for _, (method, answer) in left:
            answer.set_exception(DevToolsError(f"{method}: the window has ended"))
        self._events.put(None)

    def _post(self, method: str, params: dict[str, Any] | None, session: str) -> Future[dict[str, Any]]:
        answer: Future[dict[str, Any]] = Future()
        with self._lock:
            if self._closed:
                answer.set_exception(DevToolsError(f"{method}: the window has ended"))
                return answer
            self._number += 1
            message: dict[str, Any] = {"id": self._number, "method": method, "params": params or {}}
            if session:
                message["sessionId"] = session
            self._waiting[self._number] = (method, answer)
            try:
                _write(self._writes, json.dumps(message).encode() + END)
            except OSError:
                del self._waiting[self._number]
                answer.set_exception(DevToolsError(f"{method}: the window has ended"))
        return answer

    def _read(self) -> None:
        held = bytearray()
        while not self._closed:
            try:
                part = os.read(self._reads, READ_BYTES)
            except OSError:
                part = b""
            if not part or len(held) > MESSAGE_MAX_BYTES:
                break
            held += part
            *whole, rest = held.split(END)
            held = bytearray(rest)
            for message in whole:
                self._sort(json.loads(message))
        self.close()

    def _sort(self, message: dict[str, Any]) -> None:
        if "id" not in message:
            self._events.put((message["method"], message.get("params", {}), message.get("sessionId", "")))
            return
        with self._lock:
            method, answer = self._waiting.pop(message["id"], ("", None))
        if answer is None:
            return
        if "error" in message:
            # What Chromium says may quote an address or a text: only its number is kept.
            answer.set_exception(DevToolsError(f"{method}: refused ({message['error'].get('code')})"))
        else:
            answer.set_result(message.get("result", {}))

    def _handle(self) -> None:
        while (event := self._events.get()) is not None:
            try:
                self._on_event(*event)
            except DevToolsError as error:
                log.debug("%s: %s", event[0], error)
            except Exception as error:  # noqa: BLE001 - one event that fails must not end the window
                log.error("%s: %s", event[0], type(error).__name__)


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
