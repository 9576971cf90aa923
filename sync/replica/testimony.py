"""What this terminal was told as confirmed by a hub that was restored since: it says so until the hub does again.

A confirmation is the hub's own answer. A hub restored from a backup made before it hears of the request again, by the
outbox, and would answer it among all the others as if nobody had been told. So a terminal names, in its rounds, the
bookings that it had shown as confirmed, each with its slot; the hub answers those first (``sync.hub.testimony``).
"""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import Connection, select

from sync import escrow
from sync.promise import CONFIRMED, REQUESTED
from sync.replica import meta, rows
from sync.wire import CONFIRMED_PER_ROUND_MAX

OVER_FOR = timedelta(days=7)


def remember(connection: Connection, now: str) -> None:
    """Notes what is shown as confirmed, before the feed of another history replaces it.

    What is over since a few days too: the visitor came, and must not be told afterwards that there was no place.

    Args:
        connection: a writing transaction.
        now: the present moment, UTC.
    """
    booking, slot = rows.table_of("booking"), rows.table_of("slot")
    query = (
        select(booking.c.id, booking.c.slot_id)
        .join(slot, (slot.c.site_id == booking.c.site_id) & (slot.c.id == booking.c.slot_id))
        .where(booking.c.state == CONFIRMED, booking.c.gone.is_(False), slot.c.ends_at > _long_over(now))
        .order_by(slot.c.ends_at <= now, slot.c.starts_at)
        .limit(CONFIRMED_PER_ROUND_MAX)
    )
    shown = {row.id: row.slot_id for row in connection.execute(query)}
    _write(connection, {**shown, **read(connection)})


def read(connection: Connection) -> dict[str, str]:
    """The slot of each booking that was confirmed, by the booking's id."""
    text = meta.read(connection, meta.TESTIMONY)
    return dict(json.loads(text)) if text is not None else {}


def tidy(connection: Connection, now: str) -> None:
    """Forgets what the hub has answered again, and what is long over. Called when the whole feed is here."""
    held = read(connection)
    if not held:
        return
    booking, slot = rows.table_of("booking"), rows.table_of("slot")
    answered = select(booking.c.id).where(booking.c.id.in_(held), booking.c.state != REQUESTED)
    over = select(slot.c.id).where(slot.c.id.in_(held.values()), slot.c.ends_at <= _long_over(now))
    done, past = set(connection.execute(answered).scalars()), set(connection.execute(over).scalars())
    left = {one: slot_id for one, slot_id in held.items() if one not in done and slot_id not in past}
    if left != held:
        _write(connection, left)


def _long_over(now: str) -> str:
    return escrow.shift(now, -OVER_FOR)


def _write(connection: Connection, held: dict[str, str]) -> None:
    kept = dict(list(held.items())[:CONFIRMED_PER_ROUND_MAX])
    meta.write(connection, meta.TESTIMONY, json.dumps(kept) if kept else None)
