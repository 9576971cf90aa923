"""A hub of tomorrow: it holds the real hub's keys and refuses every round, signed, with the code ``protocol``.

Usage: ``python -m tests.processes.newer_hub HUB_HOME PORT``. Prints one line when it listens.
"""

from __future__ import annotations

import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from sync.hub.keys import HubKeys
from sync.signature import reply_input
from sync.wire import HEADER_SIGNATURE, PROTOCOL, RefusalBody, from_text, to_text
from tests.stage import LOOPBACK

STATUS = 426


def main(home: str, port: int) -> None:
    """Answers until it is told to stop."""
    identity = HubKeys.load(Path(home)).identity

    class Tomorrow(BaseHTTPRequestHandler):
        def refuse(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            body = RefusalBody(
                code="protocol", message="Cette borne est trop ancienne : mettez-la à jour.",
                now_ms=time.time_ns() // 1_000_000, protocol_min=PROTOCOL + 1, protocol_max=PROTOCOL + 1,
            ).to_bytes()  # fmt: skip
            asked = from_text(self.headers.get(HEADER_SIGNATURE) or "")
            self.send_response(STATUS)
            self.send_header(HEADER_SIGNATURE, to_text(identity.sign(reply_input(STATUS, body, asked))))
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = refuse  # noqa: N815 - the name http.server looks for

        def log_message(self, *_words: object) -> None:
            """Says nothing."""

    server = HTTPServer((LOOPBACK, port), Tomorrow)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
