"""Rows of records and the stamps beside them, read and written inside the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, Table, bindparam, delete, select
from sqlalchemy.dialects.sqlite import Insert, insert

from sync.change import Value
from sync.digest import mark_of
from sync.records import FIELDS, record_registry
from sync.replica.outbox import Key
from sync.replica.tables import STAMPS

IDS_PER_QUERY = 400

# Built once, for building a statement costs more than running it; so are those of each kind, at the end of this file.
_STAMPS_BY_IDS = select(STAMPS.c.id, STAMPS.c.stamps).where(
    STAMPS.c.kind == bindparam("kind"),
    STAMPS.c.site_id == bindparam("site"),
    STAMPS.c.id.in_(bindparam("ids", expanding=True)),
)
_EVERY = select(STAMPS.c.kind, STAMPS.c.site_id, STAMPS.c.id, STAMPS.c.stamps)
_STAMPS = msgspec.json.Decoder(dict[str, str])
_INSERT_STAMPS = insert(STAMPS)
_REPLACE_STAMPS = _INSERT_STAMPS.on_conflict_do_update(
    index_elements=["kind", "site_id", "id"], set_={"stamps": _INSERT_STAMPS.excluded.stamps}
)


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
        for row in connection.execute(_by_ids(table_of(kind)), {"site": site_id, "ids": ids}).mappings():
            found[kind, site_id, row["id"]] = _fields_of(kind, row)
    return found


def list_rows(connection: Connection, kind: str) -> list[tuple[str, dict[str, Value]]]:
    """Id and fields of every record of a kind that is not gone, in the order of their ids."""
    rows = connection.execute(_not_gone(table_of(kind))).mappings()
    return [(row["id"], _fields_of(kind, row)) for row in rows]


def write_rows(connection: Connection, rows: Mapping[Key, Mapping[str, Value]]) -> None:
    """Inserts or replaces records; every field is given."""
    for kind in {key[0] for key in rows}:
        lines = [
            {"site_id": site_id, "id": record_id, **fields}
            for (of_kind, site_id, record_id), fields in rows.items()
            if of_kind == kind
        ]
        connection.execute(_replace(kind), lines)


def delete_row(connection: Connection, key: Key) -> None:
    """Removes a record that the hub does not know."""
    kind, site_id, record_id = key
    table = table_of(kind)
    connection.execute(delete(table).where(table.c.site_id == site_id, table.c.id == record_id))


def read_stamps(connection: Connection, keys: Sequence[Key]) -> dict[Key, dict[str, str]]:
    """The stamps of several records, by key; nothing for a record without any."""
    found: dict[Key, dict[str, str]] = {}
    for kind, site_id, ids in _grouped(keys):
        for record_id, text in connection.execute(_STAMPS_BY_IDS, {"kind": kind, "site": site_id, "ids": ids}):
            found[kind, site_id, record_id] = json.loads(text)
    return found


def write_stamps(connection: Connection, stamps: Mapping[Key, Mapping[str, str]]) -> None:
    """Sets the stamps of several records."""
    lines = [
        {"kind": kind, "site_id": site_id, "id": record_id, "stamps": json.dumps(dict(held))}
        for (kind, site_id, record_id), held in stamps.items()
    ]
    if lines:
        connection.execute(_REPLACE_STAMPS, lines)


def stamps_of(connection: Connection, only: Collection[Key] | None = None) -> dict[Key, dict[str, str]]:
    """The stamps of ``only`` these records, of every one unless given."""
    if only is not None:
        return read_stamps(connection, list(only))
    return {(kind, site_id, of_id): _STAMPS.decode(text) for kind, site_id, of_id, text in connection.execute(_EVERY)}


def marks(connection: Connection) -> dict[Key, int]:
    """The mark of every record, for the digest."""
    return {key: mark_of(key, stamps) for key, stamps in stamps_of(connection).items() if stamps}


def _grouped(keys: Sequence[Key]) -> Iterable[tuple[str, str, list[str]]]:
    """Keys by kind and site, in pieces that one statement can hold."""
    groups: dict[tuple[str, str], list[str]] = {}
    for kind, site_id, record_id in keys:
        groups.setdefault((kind, site_id), []).append(record_id)
    for (kind, site_id), ids in groups.items():
        for start in range(0, len(ids), IDS_PER_QUERY):
            yield kind, site_id, ids[start : start + IDS_PER_QUERY]


def _fields_of(kind: str, row: Mapping[Any, Any]) -> dict[str, Value]:
    return {name: row[name] for name in FIELDS[kind].model_fields}


@cache
def _by_ids(table: Table) -> Select[Any]:
    return select(table).where(table.c.site_id == bindparam("site"), table.c.id.in_(bindparam("ids", expanding=True)))


@cache
def _not_gone(table: Table) -> Select[Any]:
    return select(table).where(table.c.gone.is_(False)).order_by(table.c.id)


@cache
def _replace(kind: str) -> Insert:
    statement = insert(table_of(kind))
    replaced = {name: statement.excluded[name] for name in FIELDS[kind].model_fields}
    return statement.on_conflict_do_update(index_elements=["site_id", "id"], set_=replaced)
