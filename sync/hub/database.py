"""The hub's database: nothing acknowledged before it is durable, and nobody writes what another is writing.

SQLite is the embedded default, PostgreSQL the engine of several programs. The address decides; whatever is particular
to one is in its own file (``sync.hub.sqlite``, ``sync.hub.postgresql``), and nothing else of the hub knows which it is.
No sequences, no triggers, no advisory locks, keys made by the program (docs/decisions/0010 and 0019).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from operator import itemgetter
from pathlib import Path
from time import time_ns
from typing import Any

from sqlalchemy import Connection, Engine, Table, bindparam, inspect, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from sync.change import new_id
from sync.errors import InvalidInput, PointContactError, StorageError
from sync.hub import postgresql, sqlite
from sync.hub.engine import HubEngine, Inserting, Lines, Names, Rows, busy
from sync.hub.tables import Meta

SCHEMA_HEAD = "0011"
MIGRATIONS = Path(__file__).parent / "migrations"
SQLITE, POSTGRESQL = "sqlite", "postgresql"
ONLY = "only_site"

Random = Callable[[int], bytes]

_LISTED: dict[str, Callable[[str], Any]] = {SQLITE: sqlite.listed, POSTGRESQL: postgresql.listed}
_INSERTING: dict[str, Inserting] = {SQLITE: sqlite.insert_rows, POSTGRESQL: postgresql.insert_rows}


class HubDatabase:
    """The hub's database. Safe to use from several threads.

    Args:
        place: the file of an SQLite database, or an SQLAlchemy URL.
        busy_timeout_s: how long a write waits for another writer, in seconds.
        program: distinguishes this program from the others at work in the same database.
    """

    def __init__(self, place: str | Path, *, busy_timeout_s: float = 10.0, program: str | None = None) -> None:
        where = place_of(place)
        self._engine: HubEngine = (
            sqlite.SqliteEngine(where, busy_timeout_s)
            if isinstance(where, Path)
            else postgresql.PostgresqlEngine(where, busy_timeout_s, program or os.urandom(8).hex())
        )

    @classmethod
    def open(
        cls, place: str | Path, *, migrate: bool = True, busy_timeout_s: float = 10.0, random: Random = os.urandom
    ) -> HubDatabase:
        """Opens the database of a hub, made when missing and brought to this version's schema.

        Args:
            place: a path, or an SQLAlchemy URL: of a PostgreSQL database, which must exist.
            migrate: false to leave the schema as it is.
            busy_timeout_s: how long a write waits for another writer, in seconds.
            random: source of the first generation's random bytes.

        Raises:
            InvalidInput: an engine that this version does not know.
            StorageError, DiskFull: it cannot be opened or written, or is not safe to write to.
        """
        database = cls(place, busy_timeout_s=busy_timeout_s)
        try:
            if database.path is not None:
                with database._as_sentences():
                    database.path.parent.mkdir(parents=True, exist_ok=True)
            if migrate:
                database.migrate()
                database._begin_generation(random)
        except PointContactError:
            database.close()
            raise
        return database

    @property
    def path(self) -> Path | None:
        """The SQLite file; ``None`` for a server."""
        return self._engine.file

    @property
    def busy_timeout_s(self) -> float:
        """How long a write waits for another writer, in seconds."""
        return self._engine.busy_timeout_s

    @busy_timeout_s.setter
    def busy_timeout_s(self, seconds: float) -> None:
        self._engine.busy_timeout_s = seconds

    @property
    def writers(self) -> int:
        """How many threads of one program may usefully write at once."""
        return self._engine.writers

    @property
    def engines(self) -> tuple[Engine, Engine]:
        """SQLAlchemy's engines, the writing one first: for who counts statements or watches the disk."""
        return self._engine.writing, self._engine.reading

    @contextmanager
    def write(self, site_id: str | None = None) -> Iterator[Connection]:
        """One writing transaction: committed at the end, undone when anything is raised.

        What is read in it stands until the commit: nobody else writes it meanwhile.

        Args:
            site_id: the only site whose records, terminals and single values are read or written; what is common to
                all sites may be read. ``None``, the default, for anything: nobody else writes at all.

        Raises:
            Refused: ``busy``, another writer held on for longer than ``busy_timeout_s``.
            DiskFull: nothing of the transaction was kept.
            StorageError: the database cannot be written.
        """
        with self._engine.alone(), self._as_sentences(), self._engine.writing.begin() as connection:
            self._engine.lock(connection, site_id)
            if site_id is not None:
                connection.execution_options(**{ONLY: site_id})
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One reading transaction: a single consistent view, from its first statement on."""
        with self._as_sentences(), self._engine.reading.begin() as connection:
            yield connection

    def migrate(self) -> None:
        """Brings the schema to this version's, all or nothing. Costs one query when there is nothing to do.

        Raises:
            StorageError: the database was written by a newer version, or is not safe to write to.
        """
        with self.read() as connection:
            self._engine.check(connection)
            version = _schema_version(connection)
        if not _is_older(version):
            return
        from alembic import command  # noqa: PLC0415  (costly, and needed only on the day of a migration)
        from alembic.config import Config  # noqa: PLC0415

        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        with self._engine.alone(), self._as_sentences(), self._engine.writing.begin() as connection:
            self._engine.lock_schema(connection)
            if _is_older(_schema_version(connection)):
                config.attributes["connection"] = connection
                command.upgrade(config, "head")

    def others(self) -> int:
        """How many other programs are at work in this database, as far as its engine knows."""
        with self.read() as connection:
            return self._engine.others(connection)

    def close(self) -> None:
        """Gives every connection back. With SQLite, the last one folds the WAL into the file."""
        self._engine.reading.dispose()
        self._engine.writing.dispose()

    def _begin_generation(self, random: Random) -> None:
        with self.read() as connection:
            if read_meta(connection, "generation") is not None:
                return
        with self.write() as connection:
            if read_meta(connection, "generation") is None:
                write_meta(connection, "generation", new_id(time_ns() // 1_000_000, random(10)))

    @contextmanager
    def _as_sentences(self) -> Iterator[None]:
        """Turns the engine's and the system's errors into ours; values never travel in them."""
        try:
            yield
        except DatabaseError as error:
            raise self._engine.sentence(error) from self._engine.cause(error)
        except PoolTimeout as error:
            raise busy() from error
        except OSError as error:
            raise StorageError(
                "Impossible d’ouvrir la base du hub : vérifiez le dossier du hub et ses droits."
            ) from error


def place_of(place: str | Path) -> Path | URL:
    """The SQLite file or the PostgreSQL database of an address. Raises InvalidInput."""
    if isinstance(place, Path) or "://" not in place:
        return Path(place)
    try:
        url = make_url(place)
    except ArgumentError as error:
        raise InvalidInput(
            "L’adresse de la base n’est pas lisible : écrivez « postgresql://compte@machine/base »."
        ) from error
    if url.get_backend_name() == SQLITE and url.database and url.database != ":memory:":
        return Path(url.database)
    if url.get_backend_name() == POSTGRESQL and url.database:
        return url
    raise InvalidInput(
        "Le hub écrit dans une base PostgreSQL ou dans un fichier SQLite : donnez « postgresql://compte@machine/base »."
    )


def check_reach(connection: Connection, site_id: str | None) -> None:
    """Stops a writing transaction about one site before it writes another one's, or (``None``) what is common.

    Raises:
        ValueError: a fault of ours, which one writer at a time would hide.
    """
    if connection.get_execution_options().get(ONLY, site_id) != site_id:
        raise ValueError("a transaction about one site writes what is not of that site")


def listed(engine: str, name: str) -> Any:
    """For ``column.in_(…)`` in a statement that is built once for each engine: the parameter ``name`` is a list."""
    return _LISTED[engine](name)


def read_meta(connection: Connection, key: str) -> str | None:
    """Returns a single value of the hub (``generation``, ``demonstration``)."""
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


def upsert(connection: Connection, table: Table, rows: Rows) -> None:
    """Inserts or replaces rows by primary key, in one statement for all of them. All have the same columns."""
    if rows:
        names = tuple(rows[0])
        upsert_lines(connection, table, names, [*map(_values_of(names), rows)])


def upsert_lines(connection: Connection, table: Table, names: Names, lines: Lines) -> None:
    """``upsert`` of rows that are given as the values of some columns.

    Sorted by key, so that engines which lock by row meet in one order.
    """
    if lines:
        _INSERTING[connection.dialect.name](
            connection, table, names, sorted(lines, key=_key_among(table, names)), replacing=True
        )


def insert_all(connection: Connection, table: Table, rows: Rows) -> None:
    """Inserts new rows, in one statement for all of them. All have the same columns."""
    if rows:
        names = tuple(rows[0])
        insert_lines(connection, table, names, [*map(_values_of(names), rows)])


def insert_lines(connection: Connection, table: Table, names: Names, lines: Lines) -> None:
    """``insert_all`` of rows that are given as the values of some columns."""
    if lines:
        _INSERTING[connection.dialect.name](connection, table, names, lines, replacing=False)


@lru_cache(1024)
def _values_of(names: Names) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Picks these of a row; one alone comes as a tuple too."""
    return itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)


@cache
def _key_among(table: Table, names: Names) -> Callable[[tuple[Any, ...]], Any]:
    return itemgetter(*(names.index(column.name) for column in table.primary_key))


def _schema_version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if version is None else str(version)


def _is_older(version: str | None) -> bool:
    """True when a schema must be brought to this version's. Raises StorageError when it is of a newer one."""
    if version is not None and version > SCHEMA_HEAD:
        raise StorageError(
            "La base de ce hub vient d’une version plus récente : installez cette version-là, rien n’a été changé."
        )
    return version != SCHEMA_HEAD
