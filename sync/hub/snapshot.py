"""The whole of a hub's database as one SQLite file, whatever its engine, and such a file as the whole of a database.

So a backup is the same file everywhere: it is read again and verified without any server, restored into either engine,
and carries a hub from SQLite to PostgreSQL. What is copied is one consistent view, read while the hub works.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, select

from sync.errors import InvalidInput
from sync.hub.database import HubDatabase, insert_all, table_of
from sync.hub.tables import Account, Lock, Terminal, hub_registry
from sync.records import record_registry

ROWS_AT_ONCE = 2000
VERSION_TABLE = "alembic_version"
_LOCKS, _TERMINALS = table_of(Lock), table_of(Terminal)


def copied_tables() -> list[Table]:
    """Every table of a hub in which something is kept."""
    of_both = (*record_registry.metadata.sorted_tables, *hub_registry.metadata.sorted_tables)
    return [table for table in of_both if table is not _LOCKS]


def copy_out(database: HubDatabase, target: Path) -> dict[str, int]:
    """Writes one consistent view of a database into an SQLite file; returns the rows of every table in that view.

    Args:
        database: at this version's schema, in use.
        target: a file that does not exist.

    Raises:
        StorageError, DiskFull: one of the two cannot be read or written.
    """
    copy = HubDatabase(target)
    try:
        copy.migrate()
        with database.read() as source, copy.write() as written:
            counts = {VERSION_TABLE: 1, _LOCKS.name: _count(source, _LOCKS)}
            for table in copied_tables():
                counts[table.name] = _count(source, table)
                _copy(source, written, table)
    finally:
        copy.close()
    with contextlib.closing(sqlite3.connect(target)) as alone:
        alone.execute("PRAGMA journal_mode=DELETE")
    return dict(sorted(counts.items()))


def copy_in(file: Path, database: HubDatabase, known: Sequence[Mapping[str, Any]] | None) -> None:
    """Puts what an SQLite file holds in the place of everything in a database, in one transaction.

    Args:
        file: at this version's schema.
        database: at this version's schema.
        known: the terminals of the database, as they were when the file was prepared; ``None`` when the database
            must hold no hub yet.

    Raises:
        InvalidInput: another program has worked in the database since, or it holds a hub; nothing was changed.
        StorageError, DiskFull: nothing was changed.
    """
    copy = HubDatabase(file)
    try:
        with copy.read() as source, database.write() as written:
            _check_unchanged(written, known)
            for table in copied_tables():
                written.execute(table.delete())
                _copy(source, written, table)
    finally:
        copy.close()


def _check_unchanged(connection: Connection, known: Sequence[Mapping[str, Any]] | None) -> None:
    if known is None and _count(connection, table_of(Account)):
        raise InvalidInput("Cette base tient déjà un hub : donnez-en une qui est vide, rien n’a été changé.")
    now = {row.terminal_id: row.counter for row in connection.execute(select(_TERMINALS))}
    if known is not None and now != {row["terminal_id"]: row["counter"] for row in known}:
        raise InvalidInput("Un hub travaille encore dans cette base : arrêtez-les tous, puis recommencez.")


def _copy(source: Connection, target: Connection, table: Table) -> None:
    rows = source.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table)).mappings()
    for some in rows.partitions(ROWS_AT_ONCE):
        insert_all(target, table, [dict(row) for row in some])


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())
