"""The hub's database: one writer at a time, nothing acknowledged before it is on the disk.

SQLite is the embedded default (WAL, ``synchronous=FULL``, ``BEGIN IMMEDIATE``). The URL decides the
engine: whatever is particular to one is in this file, so that PostgreSQL can follow without a word
changed elsewhere (no sequences, no triggers, no advisory locks, keys made by the program).
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from time import time_ns
from typing import Any

from sqlalchemy import Connection, Engine, Table, bindparam, create_engine, event, select, text
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.pool import QueuePool

from sync.change import new_id
from sync.errors import DiskFull, InvalidInput, PointContactError, Refused, StorageError
from sync.hub.tables import Meta

SCHEMA_HEAD = "0004"
READERS_MAX = 8
MIGRATIONS = Path(__file__).parent / "migrations"

Random = Callable[[int], bytes]


class HubDatabase:
    """The hub's database. Safe to use from several threads.

    Attributes:
        path: the SQLite file.
        busy_timeout_s: how long a write waits for another writer.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float = 10.0) -> None:
        self.path = path
        self.busy_timeout_s = busy_timeout_s
        self._writer = threading.Lock()
        self._writing = _sqlite_engine(path, "BEGIN IMMEDIATE", connections=1, busy_timeout_s=busy_timeout_s)
        self._reading = _sqlite_engine(path, "BEGIN", connections=READERS_MAX, busy_timeout_s=busy_timeout_s)

    @classmethod
    def open(
        cls, place: str | Path, *, migrate: bool = True, busy_timeout_s: float = 10.0, random: Random = os.urandom
    ) -> HubDatabase:
        """Opens the database of a hub, made when missing and brought to this version's schema.

        Args:
            place: a path, or an SQLAlchemy URL.
            migrate: false to leave the schema as it is.
            busy_timeout_s: how long a write waits for another writer, in seconds.
            random: source of the first generation's random bytes.

        Raises:
            InvalidInput: an engine that this version does not know.
            StorageError, DiskFull: it cannot be opened or written.
        """
        path = _path_of(place)
        with _as_sentences():
            path.parent.mkdir(parents=True, exist_ok=True)
        database = cls(path, busy_timeout_s=busy_timeout_s)
        try:
            if migrate:
                database.migrate()
                database._begin_generation(random)
        except PointContactError:
            database.close()
            raise
        return database

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One writing transaction: committed at the end, undone when anything is raised.

        Raises:
            Refused: ``busy``, another writer held on for longer than ``busy_timeout_s``.
            DiskFull: nothing of the transaction was kept.
            StorageError: the database cannot be written.
        """
        if not self._writer.acquire(timeout=self.busy_timeout_s):
            raise _busy()
        try:
            with _as_sentences(), self._writing.begin() as connection:
                yield connection
        finally:
            self._writer.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One reading transaction: a single consistent view, from its first statement on."""
        with _as_sentences(), self._reading.begin() as connection:
            yield connection

    def migrate(self) -> None:
        """Brings the schema to this version's, all or nothing. Costs one query when there is nothing to do.

        Raises:
            StorageError: the database was written by a newer version.
        """
        version = self._schema_version()
        if version == SCHEMA_HEAD:
            return
        if version is not None and version > SCHEMA_HEAD:
            raise StorageError(
                "La base de ce hub vient d’une version plus récente : installez cette version-là, rien n’a été changé."
            )
        from alembic import command  # noqa: PLC0415  (costly, and needed only on the day of a migration)
        from alembic.config import Config  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self.write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def close(self) -> None:
        """Gives every connection back. The last one folds the WAL into the file."""
        self._reading.dispose()
        self._writing.dispose()

    def _schema_version(self) -> str | None:
        with self.read() as connection:
            known = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
            if not connection.exec_driver_sql(known).scalar():
                return None
            version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
            return None if version is None else str(version)

    def _begin_generation(self, random: Random) -> None:
        with self.read() as connection:
            if read_meta(connection, "generation") is not None:
                return
        with self.write() as connection:
            if read_meta(connection, "generation") is None:
                write_meta(connection, "generation", new_id(time_ns() // 1_000_000, random(10)))


def read_meta(connection: Connection, key: str) -> str | None:
    """Returns a single value of the hub (``generation``, ``clock``, ``demonstration``)."""
    return connection.execute(_READ_META, {"name": key}).scalar()


def write_meta(connection: Connection, key: str, value: str) -> None:
    """Sets a single value of the hub."""
    upsert(connection, _META, [{"key": key, "value": value}])


def table_of(model: type[Any]) -> Table:
    """The SQLAlchemy table of a table class, for core statements."""
    table: Table = model.__table__
    return table


_META = table_of(Meta)
_READ_META = select(_META.c.value).where(
    _META.c.key == bindparam("name")
)  # built once: building costs more than running


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts or replaces rows by primary key, in one statement for all of them.

    Sorted by key, so that engines which lock by row meet in one order. All rows have the same columns.
    """
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    statement = _replacing(table, tuple(rows[0]))
    connection.execute(statement, sorted(rows, key=lambda row: [str(row[name]) for name in keys]))


@cache
def _replacing(table: Table, names: tuple[str, ...]) -> Insert:
    """The statement of ``upsert``, built once for each table and set of columns: building costs more than running."""
    keys = [column.name for column in table.primary_key]
    statement = insert(table)
    others = {name: statement.excluded[name] for name in names if name not in keys}
    if others:
        return statement.on_conflict_do_update(index_elements=keys, set_=others)
    return statement.on_conflict_do_nothing(index_elements=keys)


def _path_of(place: str | Path) -> Path:
    if isinstance(place, Path) or "://" not in place:
        return Path(place)
    try:
        url = make_url(place)
    except ArgumentError as error:
        raise InvalidInput("L’adresse de la base n’est pas lisible : écrivez « sqlite:////dossier/hub.db ».") from error
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        raise InvalidInput("Cette version du hub écrit dans un fichier SQLite : donnez « sqlite:////dossier/hub.db ».")
    return Path(url.database)


def _sqlite_engine(path: Path, begin: str, *, connections: int, busy_timeout_s: float) -> Engine:
    """An engine whose transactions start with ``begin``: the driver's own way loses updates (vault.md §6.4)."""
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
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


@contextmanager
def _as_sentences() -> Iterator[None]:
    """Turns the engine's and the system's errors into ours; values never travel in them."""
    try:
        yield
    except DatabaseError as error:
        raise _sentence(error) from error
    except OSError as error:
        raise StorageError("Impossible d’ouvrir la base du hub : vérifiez le dossier du hub et ses droits.") from error


def _sentence(error: DatabaseError) -> PointContactError:
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return DiskFull("Le disque du hub est plein : libérez de la place, rien de ce qui était reçu n’est perdu.")
    if code == sqlite3.SQLITE_IOERR:
        return StorageError("Le disque du hub est plein ou en panne : libérez de la place, ou changez-le.")
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return _busy()
    if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
        return StorageError("La base du hub est abîmée : restaurez la dernière sauvegarde.")
    if isinstance(error, OperationalError):
        return StorageError("La base du hub ne répond pas : vérifiez son disque, son dossier et ses droits.")
    return StorageError("La base du hub a refusé une écriture : elle n’a rien changé.")


def _busy() -> Refused:
    return Refused("busy", "Le hub est occupé : une prochaine tentative suffira, rien n’est perdu.", status=503)
