"""Records as the hub reads and writes them on its own behalf: imports, console, answers.

Every write goes through the hub's clock and the feed, so it reaches the terminals.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Select, bindparam

from sync.change import Value
from sync.clock import HUB_NODE, HybridClock
from sync.errors import InvalidInput
from sync.hub import feed
from sync.hub.database import read_meta, table_of, write_meta
from sync.hub.standing import Standing, load
from sync.records import FIELDS, TABLES, row_values


def read_clock(connection: Connection, now_ms: int) -> HybridClock:
    """The hub's clock at ``now_ms``, going on from the newest stamp it ever made or saw."""
    return HybridClock(HUB_NODE, lambda: now_ms, read_meta(connection, "clock"))


def keep_clock(connection: Connection, clock: HybridClock) -> None:
    """Makes the newest stamp durable with the transaction."""
    write_meta(connection, "clock", clock.last)


def write_as_hub(
    connection: Connection, now_ms: int, kind: str, site_id: str, record_id: str, values: Mapping[str, Value]
) -> set[str]:
    """Sets fields of one record as the hub, and publishes those that changed.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        kind: kind of the record.
        site_id: its site.
        record_id: its identifier; a new one makes a record, which needs every mandatory field.
        values: fields to set.

    Returns:
        The names of the fields that changed; for a new record, all of them.

    Raises:
        InvalidInput: an unknown kind or field, or a value that is not permitted.
    """
    return write_all_as_hub(connection, now_ms, kind, site_id, {record_id: values})[record_id]


def write_all_as_hub(
    connection: Connection, now_ms: int, kind: str, site_id: str, records: Mapping[str, Mapping[str, Value]]
) -> dict[str, set[str]]:
    """``write_as_hub`` for many records of one kind and site, with a handful of statements."""
    if kind not in FIELDS:
        raise InvalidInput("Ce type de fiche n’existe pas dans cette version du hub.")
    clock = read_clock(connection, now_ms)
    standings = load(connection, kind, site_id, records.keys())
    changed: dict[str, set[str]] = {}
    for record_id, values in records.items():
        standing = standings.setdefault(record_id, Standing(kind, site_id, record_id))
        changed[record_id] = _decide(standing, values, clock)
    feed.publish_all(connection, standings.values())
    if any(changed.values()):
        keep_clock(connection, clock)
    return changed


def read(connection: Connection, kind: str, site_id: str, record_id: str) -> dict[str, Value] | None:
    """The fields of one record, ``None`` when there is none."""
    table = table_of(TABLES[kind])
    row = connection.execute(table.select().where(table.c.site_id == site_id, table.c.id == record_id)).mappings()
    found = row.first()
    return None if found is None else row_values(found, FIELDS[kind])


def read_all(connection: Connection, kind: str, site_id: str | None = None) -> list[tuple[str, str, dict[str, Value]]]:
    """Every record of a kind as ``(site_id, id, fields)``, of one site or of all, in the order of their keys."""
    rows = connection.execute(_all_of(kind, one_site=site_id is not None), {"site": site_id}).mappings()
    return [(row["site_id"], row["id"], row_values(row, FIELDS[kind])) for row in rows]


@cache
def _all_of(kind: str, *, one_site: bool) -> Select[Any]:
    """The statement of ``read_all``, built once: building costs more than running."""
    table = table_of(TABLES[kind])
    query = table.select().order_by(table.c.site_id, table.c.id)
    return query.where(table.c.site_id == bindparam("site")) if one_site else query


def _decide(standing: Standing, values: Mapping[str, Value], clock: HybridClock) -> set[str]:
    fields = FIELDS[standing.kind]
    try:
        whole = fields.whole({**standing.values, **values})
    except ValidationError as error:
        names = sorted({str(detail["loc"][0]) for detail in error.errors(include_input=False) if detail["loc"]})
        raise InvalidInput(f"Valeur absente ou non permise : {', '.join(names)}.") from error
    names_changed = {name for name, value in whole.items() if not standing.known or standing.values[name] != value}
    if names_changed:
        stamp = clock.tick()
        for name in names_changed:
            standing.decide(name, whole[name], stamp)
    return names_changed
