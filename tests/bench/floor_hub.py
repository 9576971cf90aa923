"""The floor's hub: bare ASGI under uvicorn, one SQLite transaction a request, zstd. No signature, no conflict, no feed.

``POST /sync``: the body is ``{"since": n, "replica": name}`` and then one JSON record a line, compressed; the answer
is ``{"seq": n}`` and then the records that other replicas wrote after ``since``. Started as
``python -m uvicorn tests.bench.floor_hub:app`` with its folder in ``FLOOR_HOME``.
"""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import msgspec
import zstandard

from tests.bench.floor_asgi import application

LEVEL = 3
_KEEP = (
    "INSERT INTO rec VALUES (?,?,?,?) ON CONFLICT(id) DO UPDATE SET seq=excluded.seq, replica=excluded.replica, "
    "doc=excluded.doc"
)
_NEWS = "SELECT doc FROM rec WHERE seq > ? AND replica <> ? ORDER BY seq"


class FloorHub:
    """The records of the floor and the number of the newest."""

    def __init__(self, home: Path) -> None:
        self.database = sqlite3.connect(home / "hub.db", isolation_level=None, check_same_thread=False)
        for statement in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "CREATE TABLE IF NOT EXISTS rec (id TEXT PRIMARY KEY, seq INTEGER, replica TEXT, doc TEXT) WITHOUT ROWID",
            "CREATE INDEX IF NOT EXISTS rec_seq ON rec (seq)",
        ):
            self.database.execute(statement)
        self.seq: int = self.database.execute("SELECT coalesce(max(seq), 0) FROM rec").fetchone()[0]

    def answer(self, body: bytes) -> bytes:
        """Keeps what a replica sends, in one transaction, and answers with what it has not."""
        first, *lines = zstandard.ZstdDecompressor().decompress(body).split(b"\n")
        asked = json.loads(first)
        rows = []
        for line in lines:
            self.seq += 1
            rows.append((msgspec.json.decode(line)["id"], self.seq, asked["replica"], line.decode()))
        if rows:
            self.database.execute("BEGIN IMMEDIATE")
            self.database.executemany(_KEEP, rows)
            self.database.execute("COMMIT")
        told = [json.dumps({"seq": self.seq})]
        told += [row[0] for row in self.database.execute(_NEWS, (asked["since"], asked["replica"]))]
        return zstandard.ZstdCompressor(level=LEVEL).compress("\n".join(told).encode())


_HUBS: dict[str, FloorHub] = {}


def _hub() -> FloorHub:
    home = os.environ["FLOOR_HOME"]
    if home not in _HUBS:
        _HUBS[home] = FloorHub(Path(home))
    return _HUBS[home]


app = application("/sync", lambda _headers, body: _hub().answer(body))
"""The ASGI application: ``POST /sync``."""
