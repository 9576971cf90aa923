"""Changes that came before the record they speak of: they wait for it, and are judged right after it is made.

After a restore one terminal may cancel another one's booking before the hub hears of that booking again. Such a
change is not refused: its author shows it as done. It is kept with its own stamp, and meets the record by the same
rules as if it had come in time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Connection, exists, func, select

from sync.clock import HybridClock, stamp_node
from sync.fields import FieldChange
from sync.hub import bookings, conflicts, tombstones
from sync.hub.database import table_of, upsert
from sync.hub.judging import Author, judge_fields
from sync.hub.places import Places
from sync.hub.push import Push
from sync.hub.standing import Standing
from sync.hub.tables import Early, Terminal
from sync.merge import Policy
from sync.records import FIELDS
from sync.wire import Operation

EARLY_PER_SITE_MAX = 1000
WAITING = "waiting"
"""The code of the receipt of a change that waits; its outcome is ``applied``: the terminal has nothing to do."""
EARLY, TERMINALS = table_of(Early), table_of(Terminal)

Key = tuple[str, str]
"""Kind, record id."""


@dataclass
class Shelf:
    """The changes of one site that wait for the records of one push.

    Attributes:
        room: how many more fields may wait at this site.
        waiting: rows of ``hub_early`` by kind and id: those read, and those put here since.
        fresh: the rows that must be written.
        taken: the records whose rows were judged, and must be deleted.
    """

    site_id: str
    room: int = EARLY_PER_SITE_MAX
    waiting: dict[Key, list[dict[str, Any]]] = field(default_factory=dict)
    fresh: list[dict[str, Any]] = field(default_factory=list)
    taken: set[Key] = field(default_factory=set)

    @classmethod
    def load(cls, connection: Connection, push: Push, operations: Iterable[Operation]) -> Shelf:
        """What waits for the records that a push may make or complete; no statement when there are none.

        Those that were destroyed at the end of their time are noted in the push.
        """
        shelf = cls(push.sender.site_id)
        ids = {one.id for one in operations if _may_be_made(push, one)}
        if not ids:
            return shelf
        site = EARLY.c.site_id == shelf.site_id
        waiting = select(func.count()).select_from(EARLY).where(site).scalar_subquery()
        held, some_ended = connection.execute(select(waiting, tombstones.some(shelf.site_id))).one()
        shelf.room -= held
        if some_ended:
            push.buried = tombstones.buried(connection, shelf.site_id, ids)
        if held:
            for row in connection.execute(EARLY.select().where(site, EARLY.c.id.in_(sorted(ids)))).mappings():
                shelf.waiting.setdefault((row["kind"], row["id"]), []).append(dict(row))
        return shelf

    def take_in(self, push: Push, operation: Operation) -> bool:
        """Keeps a change of a record that is not known; false when nothing of it can wait, or there is no room.

        Only what may change after a record was made can wait: its own terminal tells the rest with the record itself.
        """
        if not is_early(operation) or len(operation.values) > self.room:
            return False
        rows = [
            {
                "site_id": operation.site_id, "kind": operation.kind, "id": operation.id, "field": name,
                "stamp": change.stamp, "value": json.dumps(change.value, ensure_ascii=False), "base": change.base,
                "terminal_id": push.sender.terminal_id, "at_ms": push.now_ms,
            }
            for name, change in operation.fields.items()
        ]  # fmt: skip
        self.room -= len(rows)
        self.waiting.setdefault((operation.kind, operation.id), []).extend(rows)
        self.fresh += rows
        return True

    def release(self, push: Push, standing: Standing) -> list[conflicts.Loss]:
        """Judges what waited for a record that was just made. Returns what lost."""
        rows = self.waiting.pop((standing.kind, standing.id), []) if self.waiting else []
        if not rows:
            return []
        self.taken.add((standing.kind, standing.id))
        return _judge(standing, rows, push.places, push.clock, push.now_ms)

    def drop(self, key: Key) -> None:
        """What waits for a record that was destroyed goes with it."""
        self.waiting.pop(key, None)
        self.taken.add(key)

    def write(self, connection: Connection) -> None:
        """Makes durable what waits now, and forgets what was judged."""
        upsert(connection, EARLY, [row for row in self.fresh if (row["kind"], row["id"]) not in self.taken])
        for kind, record_id in sorted(self.taken):
            _forget(connection, kind, self.site_id, record_id)


def is_early(operation: Operation) -> bool:
    """True for a change of an unknown record that is right in everything, except that its record is unknown."""
    values = operation.values
    if not _never_late(operation.kind).isdisjoint(values) or operation.sealed is not None or not values:
        return False
    if operation.kind == "grant":
        return False
    try:
        FIELDS[operation.kind].whole(values)
    except ValidationError as error:
        return all(detail["type"] == "missing" for detail in error.errors(include_input=False))
    return False


@cache
def _never_late(kind: str) -> frozenset[str]:
    """The fields that do not change after a record was made, unless the hub changes them."""
    fields = FIELDS[kind]
    return frozenset(name for name in fields.model_fields if fields.policy(name) is Policy.HUB_WINS)


def _may_be_made(push: Push, operation: Operation) -> bool:
    held = push.records.get(operation.kind, {}).get(operation.id)
    return held is None or held.values.get("carried") is True


def meet_claim(
    connection: Connection, standing: Standing, places: Places, clock: HybridClock, now_ms: int,
    random: Callable[[int], bytes],
) -> None:  # fmt: skip
    """Judges what waited for a booking which a claim has just made (``sync.hub.courier``).

    Its terminal's own operation may never come (its disk was lost), and whoever wrote the change shows it as done. When
    it does come, what stands here is judged against it (``courier.complete``).

    Args:
        connection: of the writing transaction; the caller publishes ``standing`` afterwards.
        standing: the booking, answered already.
        places: those of its slot.
        clock: the hub's.
        now_ms: milliseconds since 1970.
        random: source of random bytes, for the journal.
    """
    of = (EARLY.c.site_id == standing.site_id, EARLY.c.kind == standing.kind, EARLY.c.id == standing.id)
    rows = [dict(row) for row in connection.execute(EARLY.select().where(*of)).mappings()]
    if rows:
        losses = _judge(standing, rows, places, clock, now_ms)
        conflicts.append(connection, now_ms, losses, random)
        connection.execute(EARLY.delete().where(*of))


def waits() -> ColumnElement[bool]:
    """The column ``waits`` of a query of terminals: a change of this one waits, so the hub cannot hold its stamps."""
    mine = exists().where(EARLY.c.site_id == TERMINALS.c.site_id, EARLY.c.terminal_id == TERMINALS.c.terminal_id)
    return mine.label("waits")


def _judge(
    standing: Standing, rows: list[dict[str, Any]], places: Places, clock: HybridClock, now_ms: int
) -> list[conflicts.Loss]:
    """The changes in the order of their stamps, each with its own author; a booking is answered at the end."""
    losses: list[conflicts.Loss] = []
    state_before = standing.values.get("state")
    for row in sorted(rows, key=lambda one: (one["stamp"], one["field"])):
        clock.observe(row["stamp"])
        author = Author(row["terminal_id"], stamp_node(row["stamp"]))
        change = FieldChange(value=json.loads(row["value"]), stamp=row["stamp"], base=row["base"])
        losses += judge_fields(standing, {row["field"]: change}, author, clock, sent_now=False).losses
    if standing.kind == "booking":
        bookings.answer(standing, state_before, places, clock, now_ms)
    return losses


def _forget(connection: Connection, kind: str, site_id: str, record_id: str) -> None:
    connection.execute(EARLY.delete().where(EARLY.c.site_id == site_id, EARLY.c.kind == kind, EARLY.c.id == record_id))
