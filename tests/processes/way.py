"""The way between a terminal and its hub, as a server of its own that can spoil what it carries.

A real HTTP server on the port where the terminal looks for its hub, which carries every request to the hub's real
port and the answer back, whole headers included.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.stage import LOOPBACK

HOP_HEADERS = {"connection", "content-length", "transfer-encoding", "host", "date", "server"}


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
    """What is spoiled on the way, from now on. ``carried`` is everything that went by, as it arrived at the hub."""

    hub_port: int
    flip_requests: bool = False
    flip_answers: bool = False
    lose_answers: bool = False
    carried: list[Carried] = field(default_factory=list)

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Carries one request to the hub and returns its answer, unspoiled."""
        connection = http.client.HTTPConnection(LOOPBACK, self.hub_port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            found = answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()
        self.carried.append(Carried(method, path, headers, body, found[0], found[2]))
        return found

    def replay(self, carried: Carried) -> tuple[int, bytes]:
        """Sends to the hub, byte for byte, what went by once already."""
        status, _, body = self.ask(carried.method, carried.path, carried.headers, carried.body)
        return status, body


def flipped(body: bytes) -> bytes:
    """The same with one bit of the middle byte turned over."""
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :] if body else body


@contextmanager
def way_between(terminal_port: int, hub_port: int) -> Iterator[Way]:
    """Serves the way on ``terminal_port`` until the end."""
    way = Way(hub_port)

    class Carrier(BaseHTTPRequestHandler):
        def carry(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_HEADERS}
            sent = flipped(body) if way.flip_requests else body
            status, answered, answer = way.ask(self.command, self.path, headers, sent)
            if way.lose_answers:
                self.close_connection = True
                return
            answer = flipped(answer) if way.flip_answers else answer
            self.send_response(status)
            for name, value in answered.items():
                if name.lower() not in HOP_HEADERS:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = carry  # noqa: N815 - the name http.server looks for
        do_POST = carry  # noqa: N815

        def log_message(self, *_words: object) -> None:
            """Says nothing: pytest's own output is no log."""

    server = ThreadingHTTPServer((LOOPBACK, terminal_port), Carrier)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield way
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
