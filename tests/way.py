"""The way between a terminal and its hub, as a server of its own that can spoil what it carries.

A real HTTP server on the port where the terminal looks for its hub, which carries every request to the hub's real
port and the answer back, whole headers included. A hub that is not there, or dies while it answers, is a closed line.
"""

from __future__ import annotations

import http.client
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.stage import LOOPBACK

HOP_HEADERS = {"connection", "content-length", "transfer-encoding", "host", "date", "server"}
KEPT = 200
STALL_S = 1.0


class Spoil(StrEnum):
    """What may become of one request on its way."""

    NOTHING = "carried"
    REQUEST_LOST = "request lost"
    REQUEST_CUT = "request cut short"
    REQUEST_ALTERED = "request altered"
    ANSWER_LOST = "answer lost"
    ANSWER_CUT = "answer cut short"
    ANSWER_ALTERED = "answer altered"
    TWICE = "request twice"
    OLD_FIRST = "an old request first"
    STALLED = "stalled"


Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Carried:
    """One request as it went by, and the status the hub gave it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int
    answer: bytes


@dataclass
class Way:
    """What is spoiled on the way: ``weather`` is asked for each request. ``carried`` is what went by lately."""

    hub_port: int
    weather: Callable[[], Spoil] = lambda: Spoil.NOTHING
    carried: deque[Carried] = field(default_factory=lambda: deque(maxlen=KEPT))
    ended: threading.Event = field(default_factory=threading.Event)

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        """Carries one request to the hub and returns its answer, unspoiled. Raises OSError, HTTPException."""
        connection = http.client.HTTPConnection(LOOPBACK, self.hub_port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            found = answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()
        self.carried.append(Carried(method, path, headers, body, found[0], found[2]))
        return found

    def cut_short(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        """Sends half of what is announced, and hangs up."""
        connection = http.client.HTTPConnection(LOOPBACK, self.hub_port, timeout=30)
        try:
            connection.putrequest(method, path)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                connection.putheader(name, value)
            connection.endheaders(body[: len(body) // 2])
        finally:
            connection.close()

    def carry(self, method: str, path: str, headers: dict[str, str], body: bytes, spoil: Spoil) -> Answer | None:
        """Carries one request through the weather; ``None`` when nothing comes back."""
        if spoil == Spoil.REQUEST_LOST:
            return None
        if spoil == Spoil.REQUEST_CUT:
            self.cut_short(method, path, headers, body)
            return None
        if spoil == Spoil.STALLED:
            self.ended.wait(STALL_S)
        if spoil == Spoil.OLD_FIRST and self.carried:
            self.replay(self.carried[len(self.carried) // 2])
        if spoil == Spoil.TWICE:
            self.ask(method, path, headers, body)
        answer = self.ask(method, path, headers, flipped(body) if spoil == Spoil.REQUEST_ALTERED else body)
        if spoil == Spoil.ANSWER_LOST:
            return None
        status, answered, content = answer
        return status, answered, flipped(content) if spoil == Spoil.ANSWER_ALTERED else content

    def replay(self, carried: Carried) -> tuple[int, bytes]:
        """Sends to the hub, byte for byte, what went by once already."""
        status, _, body = self.ask(carried.method, carried.path, carried.headers, carried.body)
        return status, body


def flipped(body: bytes) -> bytes:
    """The same with one bit of the middle byte turned over."""
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :] if body else body


def read_body(handler: BaseHTTPRequestHandler) -> bytes:
    """The whole body of a request, which comes in chunks when its length was not known before."""
    if handler.headers.get("transfer-encoding") != "chunked":
        return handler.rfile.read(int(handler.headers.get("content-length") or 0))
    body = b""
    while size := int(handler.rfile.readline(), 16):
        body += handler.rfile.read(size)
        handler.rfile.readline()
    handler.rfile.readline()
    return body


@contextmanager
def way_between(terminal_port: int, hub_port: int) -> Iterator[Way]:
    """Serves the way on ``terminal_port`` until the end."""
    way = Way(hub_port)

    class Carrier(BaseHTTPRequestHandler):
        def carry(self) -> None:
            try:
                body = read_body(self)
                headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_HEADERS}
                spoil = way.weather()
                answer = way.carry(self.command, self.path, headers, body, spoil)
                self.close_connection = answer is None or spoil == Spoil.ANSWER_CUT
                if answer is not None:
                    self.answer(*answer, cut=spoil == Spoil.ANSWER_CUT)
            except (OSError, http.client.HTTPException):  # one of the two ends was killed
                self.close_connection = True

        do_GET = carry  # noqa: N815 - the name http.server looks for
        do_POST = carry  # noqa: N815

        def answer(self, status: int, answered: dict[str, str], content: bytes, *, cut: bool) -> None:
            self.send_response(status)
            for name, value in answered.items():
                if name.lower() not in HOP_HEADERS:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if cut else content)

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # the terminal was killed while it waited for the rest
                return

        def log_message(self, *_words: object) -> None:
            """Says nothing: pytest's own output is no log."""

    server = ThreadingHTTPServer((LOOPBACK, terminal_port), Carrier)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield way
    finally:
        way.ended.set()
        server.shutdown()
        thread.join()
        server.server_close()
