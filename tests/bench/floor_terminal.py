"""The floor's replica: one SQLite table, everything changed in one compressed request. ``HOME URL NAME``."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import msgspec
import zstandard

from tests.bench.answering import serve
from tests.bench.floor_hub import LEVEL
from tests.bench.records import records

_TAKE = "INSERT INTO rec VALUES (?,0,?) ON CONFLICT(id) DO UPDATE SET doc=excluded.doc, dirty=0"


def as_json(record: object) -> str:
    """Compact JSON."""
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False)


class FloorTerminal:
    """One replica of the floor."""

    def __init__(self, home: Path, url: str, name: str) -> None:
        self.url, self.name, self.since = url, name, 0
        self.client = httpx.Client(timeout=60, verify=False, trust_env=False)
        self.database = sqlite3.connect(home / "local.db", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "CREATE TABLE IF NOT EXISTS rec (id TEXT PRIMARY KEY, dirty INTEGER, doc TEXT) WITHOUT ROWID",
            "CREATE INDEX IF NOT EXISTS rec_dirty ON rec (dirty) WHERE dirty = 1",
        ):
            self.database.execute(statement)

    def seed(self, count: int) -> None:
        """Makes the local records."""
        self.database.execute("BEGIN")
        self.database.executemany(
            "INSERT INTO rec VALUES (?,1,?)", ((one["id"], as_json(one)) for one in records(count))
        )
        self.database.execute("COMMIT")

    def edit(self, ids: Sequence[str], values: dict[str, Any]) -> None:
        """Sets fields of local records."""
        self.database.execute("BEGIN")
        for record_id in ids:
            changed = as_json({**self._read(record_id), **values})
            self.database.execute("UPDATE rec SET doc = ?, dirty = 1 WHERE id = ?", (changed, record_id))
        self.database.execute("COMMIT")

    def sync(self) -> None:
        """One request: what changed here goes up, what is new comes down."""
        changed = [row[0] for row in self.database.execute("SELECT doc FROM rec WHERE dirty = 1")]
        told = "\n".join([json.dumps({"since": self.since, "replica": self.name}), *changed]).encode()
        body = zstandard.ZstdCompressor(level=LEVEL).compress(told)
        answer = self.client.post(self.url + "/sync", content=body)
        answer.raise_for_status()
        head, *lines = zstandard.ZstdDecompressor().decompress(answer.content).split(b"\n")
        self.database.execute("BEGIN IMMEDIATE")
        if changed:
            self.database.execute("UPDATE rec SET dirty = 0 WHERE dirty = 1")
        self.database.executemany(_TAKE, [(msgspec.json.decode(line)["id"], line.decode()) for line in lines])
        self.database.execute("COMMIT")
        self.since = json.loads(head)["seq"]

    def count(self) -> int:
        """How many records are held here."""
        return int(self.database.execute("SELECT count(*) FROM rec").fetchone()[0])

    def dump(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """The records; the floor keeps nothing of what it lost."""
        return [{**self._read(record_id), "_lost": {}} for record_id in ids]

    def _read(self, record_id: str) -> dict[str, Any]:
        found = self.database.execute("SELECT doc FROM rec WHERE id = ?", (record_id,)).fetchone()
        record: dict[str, Any] = json.loads(found[0])
        return record


if __name__ == "__main__":
    replica = FloorTerminal(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
    serve(
        {
            "seed": replica.seed,
            "edit": replica.edit,
            "sync": replica.sync,
            "count": replica.count,
            "dump": replica.dump,
        }
    )
