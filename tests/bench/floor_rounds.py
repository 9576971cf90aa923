"""The floor of ``bench hub``: bare ASGI that verifies the same signature and does the same reads and writes, no more.

No rule, no merge, no receipt that says why, no answer that is signed. It is started as ``python -m uvicorn
tests.bench.floor_rounds:app`` with ``FLOOR_PLACE``: an SQLite file, or the address of a PostgreSQL database. It reads
the frames as they are on the wire (docs/protocol.md §2) and every operation of them.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import psycopg
import zstandard

from sync import signature
from sync.frames import FrameReader
from sync.wire import HEADER_COUNTER, HEADER_TERMINAL, HubRequest, RoundRequest, from_text
from tests.bench.floor_asgi import application

LEVEL = 3
NUMBERS = frozenset(
    {"n", "seq", "counter", "last_seen_ms", "drift_ms", "heard_through", "applied_through", "terminal_no"}
)
RECORD = (
    "terminal_no civility last_name first_name birth_date email phone address postcode city ft_id purpose notes consent"
    " language status home_site_id terminal_id created_at updated_at"
)
TABLES: Mapping[str, tuple[str, str]] = {
    "terminal": (
        "terminal_id public_key site_id counter terminal_no last_seen_ms drift_ms incarnation heard_through",
        "terminal_id",
    ),
    "head": ("part n", "part"),
    "position": ("terminal_id incarnation applied_through", "terminal_id, incarnation"),
    "slot": ("site_id id state starts_at", "site_id, id"),
    "grant_given": ("site_id id terminal_no state", "site_id, id"),
    "meta": ("key value", "key"),
    "record": (f"site_id id {RECORD}", "site_id, id"),
    "stamps": ("site_id kind id stamps", "site_id, kind, id"),
    "receipt": ("terminal_id incarnation seq outcome said", "terminal_id, incarnation, seq"),
    "feed": ("part n kind site_id id fields origin", "part, n"),
}
_WHO = "SELECT public_key, site_id, counter, terminal_no FROM terminal WHERE terminal_id = ?"
_SEEN = (
    "UPDATE terminal SET counter = ?, last_seen_ms = ?, drift_ms = ?, incarnation = ?, heard_through = ?"
    " WHERE terminal_id = ? AND counter < ?"
)
_POSITION = "SELECT applied_through FROM position WHERE terminal_id = ? AND incarnation = ?"
_PLACES = (
    "SELECT (SELECT count(*) FROM grant_given WHERE site_id = ? AND terminal_no = ? AND state = 'active'),"
    " (SELECT count(*) FROM slot WHERE site_id = ? AND state = 'open' AND starts_at > ?)"
)
_HEADS = "SELECT part, n FROM head WHERE part IN (?, '*')"
_BUMP = "UPDATE head SET n = n + ? WHERE part = ? RETURNING n"
_KEEP_META = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
_KEEP_POSITION = (
    "INSERT INTO position (terminal_id, incarnation, applied_through) VALUES (?, ?, ?)"
    " ON CONFLICT (terminal_id, incarnation) DO UPDATE SET applied_through = excluded.applied_through"
)

Rows = Sequence[tuple[Any, ...]]


class FloorRounds:
    """The floor's store on either engine, and its answer to one round."""

    def __init__(self, place: str) -> None:
        self._sqlite: sqlite3.Connection | None = None
        self._server: psycopg.Connection | None = None
        if "://" in place:
            self._server = psycopg.connect(place, autocommit=True, prepare_threshold=None)
        else:
            self._sqlite = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
            for pragma in ("journal_mode = WAL", "synchronous = FULL"):
                self._sqlite.execute(f"PRAGMA {pragma}")

    def close(self) -> None:
        """Gives the connection back."""
        for one in (self._sqlite, self._server):
            if one is not None:
                one.close()

    def lay(self, terminals: Iterable[tuple[Any, ...]], heads: Mapping[str, int], slots_per_site: int) -> None:
        """Makes the tables, and what a round reads of them."""
        for table, (names, key) in TABLES.items():
            columns = ", ".join(f"{name} {_type_of(name)}" for name in names.split())
            self._run(f"CREATE TABLE {table} ({columns}, PRIMARY KEY ({key}))")
        given = [*terminals]
        sites = sorted({one[2] for one in given})
        self._run("BEGIN")
        self._insert("terminal", [(*one, 0, 0, "", 0) for one in given])
        self._insert("head", [*{**dict.fromkeys(["*", *sites], 1), **heads}.items()])
        self._insert("slot", [(site, f"{site}-{n}", "open", "2030") for site in sites for n in range(slots_per_site)])
        self._insert("grant_given", [(one[2], one[0], one[4], "active") for one in given])
        self._run("COMMIT")

    def answer(self, headers: Mapping[bytes, bytes], body: bytes) -> bytes:
        """One round: who it is, whether they signed it, what they say, and where the feed stands."""
        terminal_id, counter = headers[HEADER_TERMINAL.encode()].decode(), int(headers[HEADER_COUNTER.encode()])
        key, site_id, known, terminal_no = self._run(_WHO, (terminal_id,))[0]
        opening = signature.stream_opening(HubRequest("POST", "/v2/round"), terminal_id, counter)
        public_key = from_text(key)
        reader = FrameReader(opening, lambda signed, data: signature.verify(public_key, signed, data))
        message = RoundRequest.from_json(b"".join(reader.feed(body)))
        if counter <= known:
            raise ValueError("an old counter")
        now_ms = time.time_ns() // 1_000_000
        incarnation = message.incarnation
        self._run("BEGIN" if self._sqlite is None else "BEGIN IMMEDIATE")
        heard = message.checkpoints.get(site_id, 0)
        seen = (counter, now_ms, message.now_ms - now_ms, incarnation, heard, terminal_id, counter)
        self._run(_SEEN, seen)
        position = self._run(_POSITION, (terminal_id, incarnation))
        applied_through = position[0][0] if position else 0
        if message.operations:
            applied_through = self._take(terminal_id, site_id, message)
        self._run(_PLACES, (site_id, terminal_no, site_id, "2026"))
        self._run("COMMIT")
        heads = dict(self._run(_HEADS, (site_id,)))
        told = {"now_ms": now_ms, "applied_through": applied_through, "checkpoints": heads, "receipts": []}
        return zstandard.ZstdCompressor(level=LEVEL).compress(msgspec.json.encode(told))

    def _take(self, terminal_id: str, site_id: str, message: RoundRequest) -> int:
        """The operations, every one as a new record; the same tables are written as the hub's."""
        sent, names = message.operations, RECORD.split()
        incarnation, last = message.incarnation, sent[-1].seq
        wanted = [one.id for one in sent]
        for table in ("record", "stamps"):
            marks = ", ".join("?" * len(wanted))
            self._run(f"SELECT id FROM {table} WHERE site_id = ? AND id IN ({marks})", (site_id, *wanted))
        records, stamps, receipts, told = [], [], [], []
        last_stamp = ""
        for one in sent:
            values = one.values
            last_stamp = max(one.stamps)
            records.append((site_id, one.id, *(values[name] for name in names)))
            stamps.append((site_id, one.kind, one.id, last_stamp))
            receipts.append((terminal_id, incarnation, one.seq, "applied", ""))
            told.append((one.kind, site_id, one.id, msgspec.json.encode([last_stamp, values]).decode(), terminal_id))
        self._insert("record", records)
        self._insert("stamps", stamps)
        self._insert("receipt", receipts)
        head = self._run(_BUMP, (len(told), site_id))[0][0]
        first = head - len(told) + 1
        self._insert("feed", [(site_id, first + at, *line) for at, line in enumerate(told)])
        self._run(_KEEP_POSITION, (terminal_id, incarnation, last))
        self._run(_KEEP_META, (f"clock/{site_id}", last_stamp))
        return last

    def _run(self, statement: str, given: Sequence[Any] = ()) -> Rows:
        if self._sqlite is not None:
            return self._sqlite.execute(statement, given).fetchall()
        assert self._server is not None
        cursor = self._server.execute(statement.replace("?", "%s").encode(), given)
        return cursor.fetchall() if cursor.description is not None else []

    def _insert(self, table: str, rows: Rows) -> None:
        names = TABLES[table][0].split()
        columns = ", ".join(names)
        if self._sqlite is not None:
            marks = ", ".join("?" * len(names))
            self._sqlite.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
            return
        typed = ", ".join(f"{name} {_type_of(name)}" for name in names)
        told = msgspec.json.encode([dict(zip(names, row, strict=True)) for row in rows]).decode()
        statement = (
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM json_to_recordset(?::json) AS told ({typed})"
        )
        self._run(statement, (told,))


def _type_of(name: str) -> str:
    return "bigint" if name in NUMBERS else "boolean" if name == "consent" else "text"


_FLOORS: dict[str, FloorRounds] = {}


def _floor() -> FloorRounds:
    place = os.environ["FLOOR_PLACE"]
    if place not in _FLOORS:
        _FLOORS[place] = FloorRounds(place)
    return _FLOORS[place]


app = application("/v2/round", lambda headers, body: _floor().answer(headers, body))
"""The ASGI application: ``POST /v2/round``."""
