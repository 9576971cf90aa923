"""This terminal's journal: values written here that did not stand, and what was destroyed or given up, and by whom.

Nothing personal: what a visitor typed is sealed and never in it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from sync.change import Value
from sync.clock import stamp_node
from sync.replica.tables import CONFLICTS, JOURNAL

SHOWN_MAX = 200
HUB_NODE = 0


@dataclass(frozen=True)
class Lost:
    """A value written at this terminal that does not stand.

    Attributes:
        field: of which record's field (``kind``, ``id``).
        lost, kept: the two values.
        kept_by: the number of the terminal whose value stands, ``None`` for the hub.
        rule: the merge policy that decided (``sync.merge.Policy``).
        at_ms: when this terminal learned so, milliseconds since 1970.
    """

    kind: str
    id: str
    field: str
    lost: Value
    kept: Value
    kept_by: int | None
    rule: str
    at_ms: int


@dataclass(frozen=True)
class Ended:
    """What this terminal destroyed or gave up.

    Attributes:
        what: ``unsent_kept``, ``unsent_destroyed``, ``past_destroyed`` or ``parked_dropped``.
        who: the named person; ``None`` for a rule.
        at_ms: when, in certain time, milliseconds since 1970.
    """

    what: str
    kind: str
    id: str
    who: str | None
    at_ms: int


def read_lost(connection: Connection) -> list[Lost]:
    """The newest ``SHOWN_MAX`` values that do not stand, the newest first."""
    query = select(CONFLICTS).order_by(CONFLICTS.c.at_ms.desc(), CONFLICTS.c.record_id, CONFLICTS.c.field)
    return [_lost(row) for row in connection.execute(query.limit(SHOWN_MAX))]


def read_ended(connection: Connection) -> list[Ended]:
    """The newest ``SHOWN_MAX`` lines of what ended, the newest first."""
    query = select(JOURNAL).order_by(JOURNAL.c.at_ms.desc(), JOURNAL.c.record_id, JOURNAL.c.what)
    rows = connection.execute(query.limit(SHOWN_MAX))
    return [Ended(row.what, row.kind, row.record_id, row.who, row.at_ms) for row in rows]


def _lost(row: Any) -> Lost:
    node = stamp_node(row.kept_stamp)
    return Lost(
        kind=row.kind,
        id=row.record_id,
        field=row.field,
        lost=json.loads(row.lost_value),
        kept=json.loads(row.kept_value),
        kept_by=None if node == HUB_NODE else node,
        rule=row.rule,
        at_ms=row.at_ms,
    )
