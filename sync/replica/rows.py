"""Rows of records and the stamps beside them, read and written inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any

from msgspec.json import Encoder
from sqlalchemy import Boolean, Connection, Dialect, Select, Table, bindparam, column, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from sync.change import Value
from sync.records import FIELDS, record_registry
from sync.replica.database import driver_of
from sync.replica.outbox import Key
from sync.stamped import Once, mark_at_rest, read_at_rest, text_at_rest

# Asked of the driver itself: a page of the feed is a thousand of these. Those of each kind are at the end of this file.
_STAMPS_BY_IDS = (
    "SELECT id, stamps FROM replica_record_stamps "
    "WHERE kind = ? AND site_id = ? AND id IN (SELECT value FROM json_each(?))"
)
_REPLACE_STAMPS = (
    "INSERT INTO replica_record_stamps (kind, site_id, id, stamps) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (kind, site_id, id) DO UPDATE SET stamps = excluded.stamps"
)
_EVERY = "SELECT kind, site_id, id, stamps FROM replica_record_stamps"
_EMPTY = "{}"
_JSON = Encoder()


def table_of(kind: str) -> Table:
    """The table of a kind of record."""
    return record_registry.metadata.tables[kind]


def read_row(connection: Connection, key: Key) -> dict[str, Value] | None:
    """The fields of one record, tombstones included, or ``None``."""
    return read_rows(connection, [key]).get(key)


def read_rows(connection: Connection, keys: Sequence[Key]) -> dict[Key, dict[str, Value]]:
    """The fields of several records, by key."""
    found: dict[Key, dict[str, Value]] = {}
    for kind, site_id, ids in _grouped(keys):
        for row in connection.execute(_by_ids(table_of(kind)), {"site": site_id, "ids": _listed(ids)}).mappings():
            found[kind, site_id, row["id"]] = _fields_of(kind, row)
    return found


def list_rows(connection: Connection, kind: str) -> list[tuple[str, dict[str, Value]]]:
    """Id and fields of every record of a kind that is not gone, in the order of their ids."""
    rows = connection.execute(_not_gone(table_of(kind))).mappings()
    return [(row["id"], _fields_of(kind, row)) for row in rows]


def write_rows(connection: Connection, rows: Mapping[Key, Mapping[str, Value]]) -> None:
    """Inserts or replaces records; every field is given."""
    for kind in {key[0] for key in rows}:
        statement, pick, turned = _replace(connection.dialect, kind)
        lines = [(site_id, record_id, *pick(row)) for (of, site_id, record_id), row in rows.items() if of == kind]
        for at, turn in turned:
            lines = [(*line[:at], turn(line[at]), *line[at + 1 :]) for line in lines]
        driver_of(connection).executemany(statement, lines)


def delete_row(connection: Connection, key: Key) -> None:
    """Removes a record that the hub does not know."""
    kind, site_id, record_id = key
    table = table_of(kind)
    connection.execute(delete(table).where(table.c.site_id == site_id, table.c.id == record_id))


def read_stamps(connection: Connection, keys: Sequence[Key]) -> dict[Key, dict[str, str]]:
    """The stamps of several records, by key; nothing for a record without any."""
    found: dict[Key, dict[str, str]] = {}
    for kind, site_id, ids in _grouped(keys):
        asked = (kind, site_id, _listed(ids))
        for record_id, text in driver_of(connection).execute(_STAMPS_BY_IDS, asked):
            found[kind, site_id, record_id] = read_at_rest(text)
    return found


def write_stamps(connection: Connection, stamps: Mapping[Key, Mapping[str, str] | Once]) -> None:
    """Sets the stamps of several records."""
    lines = [(*key, text_at_rest(held)) for key, held in stamps.items()]
    if lines:
        driver_of(connection).executemany(_REPLACE_STAMPS, lines)


def stamps_of(connection: Connection, only: Collection[Key] | None = None) -> dict[Key, dict[str, str]]:
    """The stamps of ``only`` these records, of every one unless given."""
    if only is not None:
        return read_stamps(connection, list(only))
    every = driver_of(connection).execute(_EVERY)
    return {(kind, site_id, record_id): read_at_rest(text) for kind, site_id, record_id, text in every}


def marks(connection: Connection) -> dict[Key, int]:
    """The mark of every record that has stamps, for the digest."""
    every = driver_of(connection).execute(_EVERY)
    return {
        (kind, site_id, record_id): mark_at_rest((kind, site_id, record_id), text)
        for kind, site_id, record_id, text in every
        if text != _EMPTY
    }


def _grouped(keys: Sequence[Key]) -> Iterable[tuple[str, str, list[str]]]:
    """Keys by kind and site."""
    groups: dict[tuple[str, str], list[str]] = {}
    for kind, site_id, record_id in keys:
        groups.setdefault((kind, site_id), []).append(record_id)
    return ((kind, site_id, ids) for (kind, site_id), ids in groups.items())


def _listed(ids: Sequence[str]) -> str:
    """Identifiers as one parameter, however many they are."""
    return _JSON.encode(ids).decode()


def _fields_of(kind: str, row: Mapping[Any, Any]) -> dict[str, Value]:
    return {name: row[name] for name in FIELDS[kind].model_fields}


@cache
def _by_ids(table: Table) -> Select[Any]:
    listed: Select[Any] = select(column("value")).select_from(func.json_each(bindparam("ids")))
    return select(table).where(table.c.site_id == bindparam("site"), table.c.id.in_(listed))


@cache
def _not_gone(table: Table) -> Select[Any]:
    return select(table).where(table.c.gone.is_(False)).order_by(table.c.id)


@cache
def _replace(
    dialect: Dialect, kind: str
) -> tuple[str, Callable[[Any], tuple[Any, ...]], list[tuple[int, Callable[[Any], Any]]]]:
    """The statement that inserts or replaces a record, its site and id before its fields; what picks these, and what
    turns the values of some columns (by place, from 0, the site's) into what the driver takes."""
    table, names = table_of(kind), list(FIELDS[kind].model_fields)
    statement = insert(table).values({name: bindparam(name) for name in ("site_id", "id", *names)})
    replaced = {name: statement.excluded[name] for name in names}
    compiled = statement.on_conflict_do_update(index_elements=["site_id", "id"], set_=replaced).compile(dialect=dialect)
    key, ordered = (compiled.positiontup or [])[:2], (compiled.positiontup or [])[2:]
    assert key == ["site_id", "id"], "the columns of RecordTable are the first of every table"
    turned: list[tuple[int, Callable[[Any], Any]]] = []
    for at, name in enumerate(ordered, start=2):
        maker = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        if maker is not None and not isinstance(table.c[name].type, Boolean):  # the driver takes these as they are
            turned.append((at, maker))
    pick: Callable[[Any], tuple[Any, ...]] = itemgetter(*ordered)
    return str(compiled), pick, turned
