"""Where a world's hub keeps its database: a file beside its keys, or, in one world of fifty, a PostgreSQL server."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sync.hub import snapshot
from sync.hub.database import HubDatabase
from sync.hub.database_place import FILE, database_of, note_address
from tests import postgresql

SERVED_EVERY, SERVED_SEED = 50, 23


class HubDisk:
    """The place of one hub's database.

    Args:
        home: of the hub, with the file of its beginning.
        served: true to carry what that file holds to a server first.

    Attributes:
        served: it is on a server.
    """

    def __init__(self, home: Path, *, served: bool) -> None:
        self.served = served
        self._home = home
        self._watch: sqlite3.Connection | None = None
        self._made: list[str] = []
        if served:
            self._carry()

    def open(self) -> HubDatabase:
        """The database, as a program that starts opens it."""
        database = HubDatabase.open(database_of(self._home))
        if database.path is not None:
            self._watch = sqlite3.connect(database.path)
        return database

    def version(self, database: HubDatabase) -> int:
        """A number that is another one after each write."""
        if self._watch is not None:
            (version,) = self._watch.execute("PRAGMA data_version").fetchone()
        else:
            with database.read() as connection:
                asked = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
                version = connection.exec_driver_sql(asked).scalar_one()
        return int(version)

    def close(self) -> None:
        """Lets go of the file; the database itself was closed before."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def lose(self) -> str | None:
        """The disk breaks. Returns the address of an empty database on another one, ``None`` where a file does."""
        if self.served:
            postgresql.drop(self._made.pop())
            return self._new()
        for path in self._home.glob(f"{FILE}*"):
            path.unlink()
        return None

    def remove(self) -> None:
        """What is on a server is no part of the world's folder: it goes with the world."""
        while self._made:
            postgresql.give_back(self._made.pop())

    def _carry(self) -> None:
        address = self._new()
        database = HubDatabase(address)
        try:
            snapshot.copy_in(self._home / FILE, database, None)
        finally:
            database.close()
        for path in self._home.glob(f"{FILE}*"):
            path.unlink()
        note_address(self._home, address)

    def _new(self) -> str:
        self._made.append(postgresql.a_database())
        return self._made[-1]
