"""The hub on PostgreSQL, for a fleet that outgrows one machine: several programs write at once.

Who may write what is decided by rows, never by advisory locks, which other engines and PgBouncer do not keep:
``hub_lock`` holds ``LOCKS`` rows. A transaction about one site locks the row of that site; any other locks them all,
in order. So everything that is read after the lock stands until the commit, as with SQLite's one writer, while sites do
not wait for each other (docs/decisions/0019). Nothing is kept in a session: PgBouncer may stand between.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import BindParameter, Connection, Engine, Table, bindparam, create_engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from sync.errors import DiskFull, PointContactError, StorageError
from sync.hub.engine import Lines, Names, busy

DRIVER = "postgresql+psycopg"
LOCKS = 64
"""Rows of ``hub_lock``: how many sites may be written at once, at most. More than a fleet has writers."""
WRITERS_MAX = 4
READERS_MAX = 4
IDLE_MAX_S = 60
"""A program that stops in the middle of a transaction gives its lock back after this."""
CONNECT_TIMEOUT_S = 10
PROGRAM = "point-contact"
_JSON = msgspec.json.Encoder(enc_hook=dict)  # a row may be any mapping

_DURABLE = frozenset({"on", "local", "remote_write", "remote_apply"})
_CHECK = (
    "SELECT current_setting('synchronous_commit'), current_setting('fsync'), current_setting('server_encoding'),"
    " 'a' < 'B'"
)
_OTHERS = (
    "SELECT count(DISTINCT application_name) FROM pg_stat_activity WHERE datname = current_database()"
    " AND application_name LIKE %s AND application_name <> current_setting('application_name')"
)
_LOCK_ONE = "SELECT no FROM hub_lock WHERE no = {} FOR UPDATE"
_LOCK_ALL = "SELECT no FROM hub_lock ORDER BY no FOR UPDATE"

BUSY = frozenset({"55P03", "57014", "40001", "40P01", "53300", "53400"})
"""Somebody else holds on, or the server has no room for one more: a later try does it."""
AWAY = ("08", "57P0", "28", "3D")
"""The server cannot be reached, stops, does not know the account, or has no such database."""
SPOILT = ("XX001", "XX002", "58030")


class ServerError(Exception):
    """What is kept of an error of the server: its five letters. The rest of it may quote what was written."""


class PostgresqlEngine:
    """One database of a PostgreSQL server, through a pool of connections."""

    writers = WRITERS_MAX
    file: Path | None = None

    def __init__(self, url: URL, busy_timeout_s: float, program: str) -> None:
        self.busy_timeout_s = busy_timeout_s
        self.writing = _engine(url, "READ COMMITTED", WRITERS_MAX, busy_timeout_s, program)
        self.reading = _engine(url, "REPEATABLE READ", READERS_MAX, busy_timeout_s, program)

    def check(self, connection: Connection) -> None:
        """Refuses a server that acknowledges what it may lose, and an order of letters that is not that of bytes."""
        commit, fsync, encoding, in_words = connection.exec_driver_sql(_CHECK).one()
        if commit not in _DURABLE or fsync != "on":
            raise StorageError(
                "Ce serveur PostgreSQL accuse réception avant d’écrire : remettez « synchronous_commit » et « fsync » "
                "à « on », puis recommencez."
            )
        if encoding != "UTF8" or in_words:
            raise StorageError(
                "Cette base ne range pas les lettres comme il le faut : créez-en une autre avec « createdb "
                "--template=template0 --encoding=UTF8 --locale=C NOM », puis recommencez."
            )

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Writers of one program wait where those of all others do: at the rows of ``hub_lock``."""
        yield

    def lock(self, connection: Connection, site_id: str | None) -> None:
        """Locks the row of a site, or all of them in order; one trip to the server, with what bounds the wait."""
        rows = _LOCK_ALL if site_id is None else _LOCK_ONE.format(_row_of(site_id))
        self._bounded(connection, rows)

    def lock_schema(self, connection: Connection) -> None:
        """Whoever migrates an existing database waits for whoever does already."""
        exists = connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar()
        self._bounded(connection, "LOCK TABLE alembic_version IN ACCESS EXCLUSIVE MODE" if exists else "SELECT 1")

    def sentence(self, error: DatabaseError) -> PointContactError:
        """What a person is told, by the server's five letters; none at all means that it could not be asked."""
        code = _code(error)
        if code == "53100":
            return DiskFull("Le disque du hub est plein : libérez de la place, rien de ce qui était reçu n’est perdu.")
        if code in BUSY:
            return busy()
        if code == "25006":
            return StorageError(
                "Cette base est une copie en lecture seule : donnez l’adresse du serveur PostgreSQL principal."
            )
        if code in SPOILT:
            return StorageError("La base du hub est abîmée : restaurez la dernière sauvegarde.")
        if code == "" or code.startswith(AWAY) or error.connection_invalidated:
            return StorageError(
                "Le serveur PostgreSQL ne répond pas à ce hub : vérifiez qu’il est en marche, l’adresse de la base et "
                "le compte ; rien de ce qui était reçu n’est perdu."
            )
        return StorageError("La base du hub a refusé une écriture : elle n’a rien changé.")

    def cause(self, error: DatabaseError) -> Exception:
        """The code alone: the server's own words quote the values of a key that is there twice."""
        return ServerError(_code(error) or type(error.orig).__name__)

    def others(self, connection: Connection) -> int:
        """Programs of ours with a connection to this database, except this one."""
        return int(connection.exec_driver_sql(_OTHERS, (f"{PROGRAM} %",)).scalar_one())

    def _bounded(self, connection: Connection, statement: str) -> None:
        wait_ms = max(1, round(self.busy_timeout_s * 1000))
        connection.exec_driver_sql(
            f"SET LOCAL lock_timeout = {wait_ms};"
            f"SET LOCAL idle_in_transaction_session_timeout = {IDLE_MAX_S * 1000};{statement}",
            execution_options={"no_parameters": True},
        )


def insert_rows(connection: Connection, table: Table, names: Names, lines: Lines, *, replacing: bool) -> None:
    """One parameter for all rows: adapting lists costs twelve times that (docs/sources.md, databases)."""
    if replacing:  # the last of two with one key stands, as where rows are inserted one by one
        keys = [names.index(column.name) for column in table.primary_key]
        lines = [*{tuple(line[at] for at in keys): line for line in lines}.values()]
    rows = [dict(zip(names, line, strict=True)) for line in lines]
    statement = _from_json(table, names, replacing)
    connection.exec_driver_sql(statement, (_JSON.encode(rows).decode(),))


def listed(name: str) -> BindParameter[Any]:
    """What a column may be one of, each as a parameter: so the planner sees how few they are."""
    return bindparam(name, expanding=True)


@cache
def _from_json(table: Table, names: Names, replacing: bool) -> str:
    """The statement, built once for each table and set of columns. Every name in it is one of our own schema's."""
    dialect = _dialect()
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(quote(name) for name in names)
    typed = ", ".join(f"{quote(name)} {table.c[name].type.compile(dialect)}" for name in names)
    statement = (
        f"INSERT INTO {quote(table.name)} ({columns})"  # noqa: S608
        f" SELECT {columns} FROM json_to_recordset(%s::json) AS told ({typed})"
    )
    if not replacing:
        return statement
    keys = [column.name for column in table.primary_key]
    others = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in names if name not in keys)
    where = ", ".join(quote(name) for name in keys)
    return f"{statement} ON CONFLICT ({where}) DO " + (f"UPDATE SET {others}" if others else "NOTHING")


@cache
def _dialect() -> Any:
    from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg  # noqa: PLC0415

    dialect: Any = PGDialect_psycopg
    return dialect()


def _row_of(site_id: str) -> int:
    """The row of ``hub_lock`` that stands for a site: the same for every program, of any version of Python."""
    return zlib.crc32(site_id.encode()) % LOCKS


def _code(error: DatabaseError) -> str:
    return str(getattr(error.orig, "sqlstate", None) or "")


def _engine(url: URL, isolation: str, connections: int, wait_s: float, program: str) -> Engine:
    """An engine of one kind of transaction; what it is travels with ``BEGIN``, so that no session keeps it.

    ``prepare_threshold=None``: PgBouncer gives the next transaction another session, without what was prepared.
    """
    return create_engine(
        url.set(drivername=DRIVER),
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=max(wait_s, 1),
        isolation_level=isolation,
        execution_options={"postgresql_readonly": isolation == "REPEATABLE READ"},
        connect_args={
            "prepare_threshold": None,
            "application_name": f"{PROGRAM} {program}",
            "client_encoding": "utf8",
            "connect_timeout": CONNECT_TIMEOUT_S,
        },
        hide_parameters=True,
    )
