"""What this terminal was told as confirmed by a hub that was restored since: it says so until the hub does again.

A confirmation is the hub's own answer. A hub restored from a backup made before it hears of the request again, by the
outbox, and would answer it among all the others as if nobody had been told. So a terminal names, in its rounds, the
bookings that it had shown as confirmed, each with its slot; the hub answers those first (``sync.hub.testimony``).

And what it knows as taken back stays so: when neither the restored hub nor the outbox says it any more (the disk that
said it was put back, or is dead), whoever has heard of it says so again. A person was told that it is destroyed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Connection, or_, select

from sync import escrow
from sync.change import Change
from sync.promise import CONFIRMED, REQUESTED, UNKEPT
from sync.records.registration import TAKEN_BACK
from sync.replica import meta, outbox, rows
from sync.replica.outbox import Key
from sync.wire import CONFIRMED_PER_ROUND_MAX

OVER_FOR = timedelta(days=7)


def remember(connection: Connection, now: str) -> None:
    """Notes what is shown as confirmed or taken back, before the feed of another history replaces it.

    What is over since a few days too: the visitor came, and must not be told afterwards that there was no place.
    What was confirmed and ended since with nobody told as well: a hub that has forgotten the end answers as before it,
    or says that somebody must be told (seed 37253).

    Args:
        connection: a writing transaction.
        now: the present moment, UTC.
    """
    booking, slot = rows.table_of("booking"), rows.table_of("slot")
    unkept = booking.c.state.in_(sorted(UNKEPT)) & booking.c.grant_id.is_(None)
    untold = unkept & booking.c.told_at.is_(None)
    query = (
        select(booking.c.id, booking.c.slot_id)
        .join(slot, (slot.c.site_id == booking.c.site_id) & (slot.c.id == booking.c.slot_id))
        .where(or_(booking.c.state == CONFIRMED, untold), booking.c.gone.is_(False), slot.c.ends_at > _long_over(now))
        .order_by(slot.c.ends_at <= now, slot.c.starts_at)
        .limit(CONFIRMED_PER_ROUND_MAX)
    )
    shown = {row.id: row.slot_id for row in connection.execute(query)}
    _write(connection, {**shown, **read(connection)})
    registration = rows.table_of("registration")
    ended = select(registration.c.site_id, registration.c.id).where(registration.c.state == TAKEN_BACK)
    keys = {(row.site_id, row.id) for row in connection.execute(ended)} | set(_taken_back(connection))
    meta.write(connection, meta.TAKEN_BACK, json.dumps(sorted(keys)) if keys else None)


def take_back_again(connection: Connection, tick: Callable[[], str], now_ms: int) -> int:
    """Writes that a registration was taken back, where nobody else does. Called when the whole feed is here.

    Args:
        connection: a writing transaction.
        tick: makes a stamp of this terminal.
        now_ms: the present moment, milliseconds since 1970.

    Returns:
        How many were written.
    """
    keys: list[Key] = [("registration", site_id, record_id) for site_id, record_id in _taken_back(connection)]
    if not keys:
        return 0
    meta.write(connection, meta.TAKEN_BACK, None)
    sent: dict[Key, list[object]] = {}
    for entry in outbox.waiting(connection):
        sent.setdefault(entry.key, []).append(entry.said.values.get("state"))
    written = 0
    for key in keys:
        row, stamps = rows.read_row(connection, key), rows.read_stamps(connection, [key]).get(key, {})
        says_so = TAKEN_BACK in sent[key] if key in sent else row is None or row["state"] == TAKEN_BACK
        if row is None or says_so:
            continue
        change = Change("state", TAKEN_BACK, tick(), stamps.get("state"))
        rows.write_rows(connection, {key: {**row, "state": TAKEN_BACK}})
        rows.write_stamps(connection, {key: {**stamps, "state": change.stamp}})
        meta.bump(connection, meta.LIFE)
        outbox.append(connection, key, [change], sealed=None, written_ms=now_ms)
        written += 1
    return written


def _taken_back(connection: Connection) -> list[tuple[str, str]]:
    text = meta.read(connection, meta.TAKEN_BACK)
    return [(site_id, record_id) for site_id, record_id in json.loads(text)] if text is not None else []


def read(connection: Connection) -> dict[str, str]:
    """The slot of each booking that was confirmed, by the booking's id."""
    text = meta.read(connection, meta.TESTIMONY)
    return dict(json.loads(text)) if text is not None else {}


def tidy(connection: Connection, now: str) -> None:
    """Forgets what the hub has answered again, and what is long over. Called when the whole feed is here.

    An answer that bears no stamp is that of a former history: the hub does not know the booking yet, and it is shown
    because a change of it waits to be sent.
    """
    held = read(connection)
    if not held:
        return
    booking, slot = rows.table_of("booking"), rows.table_of("slot")
    query = select(booking.c.site_id, booking.c.id).where(booking.c.id.in_(held), booking.c.state != REQUESTED)
    keys: list[Key] = [("booking", row.site_id, row.id) for row in connection.execute(query)]
    stamps = rows.read_stamps(connection, keys)
    done = {key[2] for key in keys if "state" in stamps.get(key, {})}
    over = select(slot.c.id).where(slot.c.id.in_(held.values()), slot.c.ends_at <= _long_over(now))
    past = set(connection.execute(over).scalars())
    left = {one: slot_id for one, slot_id in held.items() if one not in done and slot_id not in past}
    if left != held:
        _write(connection, left)


def _long_over(now: str) -> str:
    return escrow.shift(now, -OVER_FOR)


def _write(connection: Connection, held: dict[str, str]) -> None:
    kept = dict(list(held.items())[:CONFIRMED_PER_ROUND_MAX])
    meta.write(connection, meta.TESTIMONY, json.dumps(kept) if kept else None)
