"""The conflict journal: whatever lost is kept with both values, who, when and by which rule.

Values are never personal data: what a visitor typed travels sealed, outside every merged field.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select, true

from sync.change import Value, new_id
from sync.clock import HUB_NODE, stamp_node
from sync.errors import InvalidInput
from sync.hub import rows
from sync.hub.database import insert_all, table_of
from sync.hub.tables import Conflict
from sync.merge import Lost

HUB = "hub"
EARLY = "early"
"""The rule of a change that waited too long for its record."""


@dataclass(frozen=True)
class Journaled:
    """One line of the journal."""

    id: str
    site_id: str
    kind: str
    record_id: str
    field: str
    kept_value: Value
    kept_stamp: str
    lost_value: Value
    lost_stamp: str
    lost_by: str
    rule: str
    needs_person: bool
    at_ms: int
    settled_ms: int | None
    settled_by: str | None


@dataclass(frozen=True)
class Loss:
    """A value that did not stand, about to be journaled.

    Attributes:
        kept: the value that stands, and its stamp.
        author: the terminal whose change was judged; it is who lost, unless an older value did.
    """

    kind: str
    site_id: str
    record_id: str
    field: str
    kept: tuple[Value, str]
    lost: Lost
    author: str
    author_no: int


def append(connection: Connection, now_ms: int, losses: Sequence[Loss], random: Callable[[int], bytes]) -> None:
    """Writes losses to the journal, in one statement."""
    if losses:
        insert_all(connection, table_of(Conflict), [_row(loss, now_ms, random) for loss in losses])


def read_journal(
    connection: Connection, *, site_id: str | None = None, open_only: bool = False, limit: int | None = None
) -> list[Journaled]:
    """Lines of the journal, newest first.

    Args:
        connection: of a reading transaction.
        site_id: only this site's.
        open_only: only those that wait for a person.
        limit: how many at most; every one unless given.
    """
    table = table_of(Conflict)
    query = table.select().where(_wanted(site_id, open_only)).order_by(table.c.at_ms.desc(), table.c.id.desc())
    return [_read(row) for row in connection.execute(query.limit(limit)).mappings()]


def count_journal(connection: Connection, *, site_id: str | None = None, open_only: bool = False) -> int:
    """How many lines ``read_journal`` finds without a limit."""
    query = select(func.count()).select_from(table_of(Conflict)).where(_wanted(site_id, open_only))
    return connection.execute(query).scalar_one()


def _wanted(site_id: str | None, open_only: bool) -> ColumnElement[bool]:
    table = table_of(Conflict)
    of_site = table.c.site_id == site_id if site_id is not None else true()
    return and_(of_site, table.c.needs_person, table.c.settled_ms.is_(None)) if open_only else and_(of_site)


def settle(connection: Connection, now_ms: int, conflict_id: str, who: str, *, take_lost: bool) -> Journaled:
    """A person settles a conflict: what stands stays, or what lost is put in its place.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        conflict_id: the line of the journal.
        who: the person's name.
        take_lost: put the value that lost in place of the one that stands.

    Raises:
        InvalidInput: unknown, settled before, or a booking's state, which also holds a place in a slot.
    """
    table = table_of(Conflict)
    row = connection.execute(table.select().where(table.c.id == conflict_id)).mappings().first()
    if row is None:
        raise InvalidInput("Ce conflit n’existe pas : relisez la liste des conflits.")
    if row["settled_ms"] is not None:
        raise InvalidInput("Ce conflit est déjà réglé : relisez la liste des conflits.")
    journaled = _read(row)
    if take_lost:
        if (journaled.kind, journaled.field) == ("booking", "state"):
            raise InvalidInput("L’état d’un rendez-vous ne se remplace pas : refaites ou annulez le rendez-vous.")
        values = {journaled.field: journaled.lost_value}
        rows.write_as_hub(connection, now_ms, journaled.kind, journaled.site_id, journaled.record_id, values)
    connection.execute(table.update().where(table.c.id == conflict_id).values(settled_ms=now_ms, settled_by=who))
    return _read({**row, "settled_ms": now_ms, "settled_by": who})


def note_decision(
    connection: Connection,
    now_ms: int,
    record: tuple[str, str, str],
    rule: str,
    kept: Value,
    who: str,
    *,
    random: Callable[[int], bytes] = os.urandom,
) -> None:
    """Journals what a person decided where no two values had met, as a line that is settled from the start.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        record: kind, site and id of what it is about.
        rule: a code for what was decided.
        kept: what the decision covers; never personal data.
        who: the person's name.
        random: source of random bytes.
    """
    kind, site_id, record_id = record
    line = {
        "id": new_id(now_ms, random(10)),
        "site_id": site_id,
        "kind": kind,
        "record_id": record_id,
        "field": "",
        "kept_value": json.dumps(kept, ensure_ascii=False),
        "kept_stamp": "",
        "lost_value": "null",
        "lost_stamp": "",
        "lost_by": "",
        "rule": rule,
        "needs_person": True,
        "at_ms": now_ms,
        "settled_ms": now_ms,
        "settled_by": who,
    }
    connection.execute(table_of(Conflict).insert(), line)


def note_expired(
    connection: Connection, now_ms: int, rows_of_early: Sequence[Mapping[Any, Any]], random: Callable[[int], bytes]
) -> None:
    """Journals changes whose record never came, for a person (``sync.hub.retention``).

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        rows_of_early: rows of ``hub_early``.
        random: source of random bytes.
    """
    lines = [
        {
            "id": new_id(now_ms, random(10)), "site_id": row["site_id"], "kind": row["kind"], "record_id": row["id"],
            "field": row["field"], "kept_value": "null", "kept_stamp": "", "lost_value": row["value"],
            "lost_stamp": row["stamp"], "lost_by": row["terminal_id"], "rule": EARLY, "needs_person": True,
            "at_ms": now_ms, "settled_ms": None, "settled_by": None,
        }
        for row in rows_of_early
    ]  # fmt: skip
    if lines:
        insert_all(connection, table_of(Conflict), lines)


def _row(loss: Loss, now_ms: int, random: Callable[[int], bytes]) -> dict[str, Any]:
    value, stamp = loss.kept
    return {
        "id": new_id(now_ms, random(10)),
        "site_id": loss.site_id,
        "kind": loss.kind,
        "record_id": loss.record_id,
        "field": loss.field,
        "kept_value": json.dumps(value, ensure_ascii=False),
        "kept_stamp": stamp,
        "lost_value": json.dumps(loss.lost.value, ensure_ascii=False),
        "lost_stamp": loss.lost.stamp,
        "lost_by": _author(loss),
        "rule": loss.lost.rule.value,
        "needs_person": loss.lost.needs_person,
        "at_ms": now_ms,
        "settled_ms": None,
        "settled_by": None,
    }


def _author(loss: Loss) -> str:
    """Who wrote what lost: the terminal judged now, the hub, or another terminal by its number."""
    node = stamp_node(loss.lost.stamp)
    if node == loss.author_no:
        return loss.author
    return HUB if node == HUB_NODE else f"no {node}"


def _read(row: Mapping[Any, Any]) -> Journaled:
    fields = {**row, "kept_value": json.loads(row["kept_value"]), "lost_value": json.loads(row["lost_value"])}
    return Journaled(**fields)
