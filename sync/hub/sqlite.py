"""The hub on SQLite, the embedded default: WAL, ``synchronous=FULL``, one writer at a time (``BEGIN IMMEDIATE``)."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Connection, Engine, Select, Table, bindparam, create_engine, event, func, select
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import QueuePool

from sync.errors import DiskFull, PointContactError, StorageError
from sync.hub.engine import Lines, Names, busy

# Without these the driver asks each True, False and None whether it knows another form of itself: 1 to 3 µs for each.
sqlite3.register_adapter(bool, int)
sqlite3.register_adapter(type(None), lambda nothing: nothing)

READERS_MAX = 8
WRITER_CACHE_KIB, READER_CACHE_KIB = 32 * 1024, 2 * 1024
"""New records fall all over the indexes: what the writer does not hold it reads again for each."""
CHECKPOINT_PAGES = 4000
"""16 MiB of log before it is copied into the file: a page that many pushes touch is copied once for all of them."""
_DIALECT: Any = SQLiteDialect_pysqlite
_DIALECT = _DIALECT()


class SqliteEngine:
    """One SQLite file. Writers of one program wait at a lock, those of others at ``BEGIN IMMEDIATE``."""

    writers = 1

    def __init__(self, path: Path, busy_timeout_s: float) -> None:
        self.file: Path | None = path
        self.busy_timeout_s = busy_timeout_s
        self._writer = threading.Lock()
        self.writing = _engine(
            path, "BEGIN IMMEDIATE", connections=1, cache_kib=WRITER_CACHE_KIB, busy_timeout_s=busy_timeout_s
        )
        self.reading = _engine(
            path, "BEGIN", connections=READERS_MAX, cache_kib=READER_CACHE_KIB, busy_timeout_s=busy_timeout_s
        )

    def check(self, connection: Connection) -> None:
        """Nothing to refuse: the way it writes is set at each connection."""

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One writing transaction at a time in this program."""
        if not self._writer.acquire(timeout=self.busy_timeout_s):
            raise busy()
        try:
            yield
        finally:
            self._writer.release()

    def lock(self, connection: Connection, site_id: str | None) -> None:
        """``BEGIN IMMEDIATE`` has locked the whole file."""

    def lock_schema(self, connection: Connection) -> None:
        """The same."""

    def sentence(self, error: DatabaseError) -> PointContactError:
        """What a person is told, by SQLite's own code."""
        code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            return DiskFull("Le disque du hub est plein : libérez de la place, rien de ce qui était reçu n’est perdu.")
        if code == sqlite3.SQLITE_IOERR:
            return StorageError("Le disque du hub est plein ou en panne : libérez de la place, ou changez-le.")
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return busy()
        if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            return StorageError("La base du hub est abîmée : restaurez la dernière sauvegarde.")
        if isinstance(error, OperationalError):
            return StorageError("La base du hub ne répond pas : vérifiez son disque, son dossier et ses droits.")
        return StorageError("La base du hub a refusé une écriture : elle n’a rien changé.")

    def cause(self, error: DatabaseError) -> Exception:
        """SQLite names columns, never values."""
        return error

    def others(self, connection: Connection) -> int:
        """SQLite does not know: the lock beside the file does (``command_options.hub_lock``)."""
        return 0


def insert_rows(connection: Connection, table: Table, names: Names, lines: Lines, *, replacing: bool) -> None:
    """One statement, run for each row by the driver: SQLAlchemy's own way costs twice that for each row."""
    statement, turned = _insertion(table, names, replacing)
    values = [_turn(line, turned) for line in lines] if turned else [*lines]
    connection.exec_driver_sql(statement, values)


def listed(name: str) -> Select[Any]:
    """What a column may be one of, as one parameter that is a list: each of many parameters costs more than its row."""
    return select(func.json_each(bindparam(name, type_=JSON)).table_valued("value").c.value)


Turn = Callable[[Any], Any]


def _turn(line: tuple[Any, ...], turned: Sequence[tuple[int, Turn]]) -> tuple[Any, ...]:
    changed = [*line]
    for at, turn in turned:
        changed[at] = turn(changed[at])
    return tuple(changed)


@cache
def _insertion(table: Table, names: Names, replacing: bool) -> tuple[str, Sequence[tuple[int, Turn]]]:
    """The statement, and the values that the driver does not know as they are (it knows True and False).

    Built once for each table and set of columns. Every name in it is one of our own schema's.
    """
    quote = _DIALECT.identifier_preparer.quote
    columns, values = ", ".join(map(quote, names)), ", ".join("?" * len(names))
    statement = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({values})"  # noqa: S608
    if replacing:
        keys = [column.name for column in table.primary_key]
        others = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in names if name not in keys)
        where = ", ".join(map(quote, keys))
        statement += f" ON CONFLICT ({where}) DO " + (f"UPDATE SET {others}" if others else "NOTHING")
    types = [table.c[name].type for name in names]
    turns = [None if isinstance(one, Boolean) else one.dialect_impl(_DIALECT).bind_processor(_DIALECT) for one in types]
    turned = tuple((at, turn) for at, turn in enumerate(turns) if turn is not None)
    return statement, turned


def _engine(path: Path, begin: str, *, connections: int, cache_kib: int, busy_timeout_s: float) -> Engine:
    """An engine that begins with ``begin``: the driver's way loses updates (docs/sources.md, databases)."""
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        connect_args={"check_same_thread": False, "timeout": busy_timeout_s},
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None
        pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY")
        for pragma in (*pragmas, f"cache_size=-{cache_kib}", f"wal_autocheckpoint={CHECKPOINT_PAGES}"):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
