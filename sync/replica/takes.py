"""The places this terminal asked for on line, one by one: their ids, durable before they are sent.

The id that is asked for becomes the grant's, so asking again after a lost answer gives the same grant, and a grant
that comes later with nobody waiting for it is known as one to give back. A list in one value: it holds the few grants
of the visits of the moment, and a grant leaves it when it is over.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlalchemy import Connection

from sync.replica import meta, outbox


def read(connection: Connection) -> dict[str, str]:
    """The slot of each place that this incarnation asked for, by the grant's id."""
    text = meta.read(connection, meta.TAKES)
    if text is None:
        return {}
    incarnation = outbox.incarnation_of(connection)
    return {grant_id: slot_id for grant_id, (slot_id, by) in json.loads(text).items() if by == incarnation}


def note(connection: Connection, grant_id: str, slot_id: str) -> None:
    """Adds one that is about to be asked for."""
    _write(connection, {**read(connection), grant_id: slot_id})


def keep_only(connection: Connection, grant_ids: Iterable[str]) -> None:
    """Forgets the others, and those of another incarnation."""
    held, kept = read(connection), set(grant_ids)
    left = {grant_id: slot_id for grant_id, slot_id in held.items() if grant_id in kept}
    if left != held:
        _write(connection, left)


def forget(connection: Connection, grant_id: str) -> None:
    """Forgets one: the hub said no to it, or it is over."""
    keep_only(connection, read(connection).keys() - {grant_id})


def _write(connection: Connection, held: dict[str, str]) -> None:
    incarnation = outbox.incarnation_of(connection)
    listed = {grant_id: [slot_id, incarnation] for grant_id, slot_id in held.items()}
    meta.write(connection, meta.TAKES, json.dumps(listed) if listed else None)
