"""What is destroyed at the terminal, when, and what is only pointed out. Nothing unsent goes in silence.

Ages are in **lived time**, dates in **certain time** (``clockwork``): a clock that is set ahead destroys nothing. A
sealed text is destroyed in place: its operation keeps its number, and the hub hears of a withdrawal as of any other
(docs/decisions/0018).

=====================  ===========================================================================================
unsent for 10 days     counted in ``TerminalStatus.to_do``
unsent for 15 days     a preparation whose author chose ``detruire`` is withdrawn and its sealed text destroyed; any
                       other is kept; both are journaled
7 days after its hour  the sealed text of a booking is destroyed; journaled when it had not left
taken back, moved      the sealed text is destroyed, whether it had left or not
left, and durable      the whole operation is purged (``outbox.purge``, in each round)
=====================  ===========================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, and_, func, select, update
from sqlalchemy.dialects.sqlite import insert

from sync.clock import utc_text
from sync.promise import CANCELLED, LIVE, MOVED, PLACED
from sync.records import registration
from sync.replica import rows
from sync.replica.clockwork import Clockwork, Progress
from sync.replica.database import ReplicaDatabase
from sync.replica.outbox import Key
from sync.replica.tables import IS_WAITING, JOURNAL, OUTBOX
from sync.replica.writing import Writer, destroy_sealed
from sync.wire import FeedEntry

TO_DO_AFTER_MS = timedelta(days=10) // timedelta(milliseconds=1)
CHOICE_AFTER_MS = timedelta(days=15) // timedelta(milliseconds=1)
BOOKING_KEPT_MS = timedelta(days=7) // timedelta(milliseconds=1)
SOON_MS = timedelta(hours=48) // timedelta(milliseconds=1)
DUE_EVERY_MS = timedelta(hours=1) // timedelta(milliseconds=1)

UNSENT_DESTROYED, UNSENT_KEPT, PAST_DESTROYED = "unsent_destroyed", "unsent_kept", "past_destroyed"
OVER = {
    "registration": (registration.TAKEN_BACK, registration.CLOSED),
    "booking": (CANCELLED, MOVED),
}
"""The states in which nobody needs what was typed any more."""


@dataclass(frozen=True)
class Unsent:
    """What the hub has not answered for long. ``oldest_ms`` is how long the oldest waits, ``None`` without any."""

    to_do: int
    oldest_ms: int | None


class Retention:
    """Retention at one terminal.

    Args:
        database: the encrypted database.
        writer: writes records.
        clockwork: lived and certain time.
    """

    def __init__(self, database: ReplicaDatabase, writer: Writer, clockwork: Clockwork) -> None:
        self._database = database
        self._writer = writer
        self._clockwork = clockwork
        self._done_ms: int | None = None

    def retain_when_due(self) -> int:
        """``retain`` at the first call of a program, and then once an hour."""
        with self._database.read() as connection:
            lived_ms = self._clockwork.progress(connection).lived_ms
        if self._done_ms is not None and 0 <= lived_ms - self._done_ms < DUE_EVERY_MS:
            return 0
        return self.retain()

    def retain(self) -> int:
        """See ``Store.retain``."""
        with self._writer.transaction(urgent=True) as connection:
            now = self._clockwork.note_progress(connection)
            waiting = (IS_WAITING, OUTBOX.c.noted_ms.is_(None))
            connection.execute(update(OUTBOX).where(*waiting).values(noted_ms=now.lived_ms))
            destroyed = destroy_over(connection)
            destroyed += _destroy_past(connection, now.certain_ms)
            destroyed += self._follow_choices(connection, now)
        self._done_ms = now.lived_ms
        return destroyed

    def _follow_choices(self, connection: Connection, now: Progress) -> int:
        """Fifteen days: what the person chose when they prepared it."""
        late = (IS_WAITING, OUTBOX.c.noted_ms <= now.lived_ms - CHOICE_AFTER_MS)
        destroyed = 0
        for key in _keys(connection, and_(OUTBOX.c.kind == "registration", OUTBOX.c.sealed.is_not(None), *late)):
            held = rows.read_row(connection, key)
            if held is None or held["if_unsent"] != registration.DESTROY:
                note(connection, UNSENT_KEPT, key, now.certain_ms)
                continue
            kind, _, record_id = key
            now_ms = self._clockwork.now_ms(connection)
            self._writer.write(connection, kind, record_id, {"state": registration.TAKEN_BACK}, None, now_ms)
            destroyed += destroy_sealed(connection, kind, record_id)
            note(connection, UNSENT_DESTROYED, key, now.certain_ms)
        return destroyed


def unsent(connection: Connection, lived_ms: int) -> Unsent:
    """How much waits for long, and how long the oldest does."""
    first = select(func.min(OUTBOX.c.noted_ms)).where(IS_WAITING, OUTBOX.c.noted_ms.is_not(None))
    oldest = connection.execute(first).scalar()
    if oldest is None:
        return Unsent(0, None)
    late = (IS_WAITING, OUTBOX.c.noted_ms <= lived_ms - TO_DO_AFTER_MS)
    to_do = len(_keys(connection, and_(*late))) if oldest <= lived_ms - TO_DO_AFTER_MS else 0
    return Unsent(to_do, max(0, lived_ms - int(oldest)))


def unsent_soon(connection: Connection, now_ms: int) -> int:
    """How many bookings that begin soon the hub may not know of: a person reads them out on the phone."""
    booking, slot = rows.table_of("booking"), rows.table_of("slot")
    waiting = select(OUTBOX.c.id).where(IS_WAITING, OUTBOX.c.kind == "booking")
    query = (
        select(func.count())
        .select_from(booking.join(slot, and_(slot.c.id == booking.c.slot_id, slot.c.site_id == booking.c.site_id)))
        .where(booking.c.id.in_(waiting), booking.c.state.in_(sorted(LIVE)), booking.c.gone.is_(False))
        .where(slot.c.starts_at.between(utc_text(now_ms), utc_text(now_ms + SOON_MS)))
    )
    return int(connection.execute(query).scalar_one())


def note(connection: Connection, what: str, key: Key, at_ms: int, who: str | None = None) -> None:
    """Writes one line of this terminal's journal, once for each record: a code, an id and a time, never a value."""
    kind, site_id, record_id = key
    line = {"what": what, "kind": kind, "site_id": site_id, "record_id": record_id, "at_ms": at_ms, "who": who}
    connection.execute(insert(JOURNAL).values(line).on_conflict_do_nothing())


def says_over(entry: FeedEntry) -> bool:
    """True when an entry of the feed ends a record of which this terminal may still hold what was typed."""
    return entry.kind in OVER and entry.told.values.get("state") in OVER[entry.kind]


def destroy_over(connection: Connection) -> int:
    """Sealed texts of what was taken back, cancelled, closed or moved, whoever said so: in each round that tells so."""
    destroyed = 0
    for kind, states in OVER.items():
        table = rows.table_of(kind)
        over = select(table.c.id).where(table.c.state.in_(states))
        destroyed += _destroy(connection, and_(OUTBOX.c.kind == kind, OUTBOX.c.id.in_(over)))
    booking = rows.table_of("booking")
    replaced = select(booking.c.moved_from).where(booking.c.state.in_(sorted(PLACED)), booking.c.gone.is_(False))
    replaced = replaced.where(booking.c.moved_from.is_not(None))
    return destroyed + _destroy(connection, and_(OUTBOX.c.kind == "booking", OUTBOX.c.id.in_(replaced)))


def _destroy_past(connection: Connection, certain_ms: int) -> int:
    """Sealed texts of bookings whose hour was over a week ago."""
    booking, slot = rows.table_of("booking"), rows.table_of("slot")
    past = select(booking.c.id).join(slot, and_(slot.c.id == booking.c.slot_id, slot.c.site_id == booking.c.site_id))
    past = past.where(slot.c.ends_at < utc_text(max(0, certain_ms - BOOKING_KEPT_MS)))
    of_past = and_(OUTBOX.c.kind == "booking", OUTBOX.c.id.in_(past), OUTBOX.c.sealed.is_not(None))
    for key in _keys(connection, and_(of_past, IS_WAITING)):
        note(connection, PAST_DESTROYED, key, certain_ms)
    return _destroy(connection, of_past)


def _destroy(connection: Connection, which: ColumnElement[bool]) -> int:
    statement = update(OUTBOX).where(which, OUTBOX.c.sealed.is_not(None)).values(sealed=None)
    return int(connection.execute(statement).rowcount)


def _keys(connection: Connection, which: ColumnElement[bool]) -> Sequence[Key]:
    """The records of some operations, each once."""
    query = select(OUTBOX.c.kind, OUTBOX.c.site_id, OUTBOX.c.id).where(which).distinct()
    return [(kind, site_id, record_id) for kind, site_id, record_id in connection.execute(query)]
