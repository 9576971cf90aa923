"""What is destroyed at the end of its time, and what a person must see to before.

The terms are ``settings.RetentionTerms``, as ``hub serve`` was told them (``sync.hub.chosen``). A record goes with
everything of it and leaves a tombstone (``sync.hub.tombstones``). Nothing goes in silence: what is open in the journal,
what nobody has handled, and what a terminal has not heard is held, and listed with the reason.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select

from sync.clock import stamp_ms, utc_text
from sync.hub import accounts, chosen, conflicts, rooms, sealed_texts, tombstones
from sync.hub.database import read_meta, table_of, write_meta
from sync.hub.french_time import read_utc
from sync.hub.settings import RetentionTerms
from sync.hub.tables import Conflict, Early, Feed, Quarantine, RecordStamps, Redrawn, SealedText, Terminal
from sync.records import (
    TABLES,
    Booking,
    Event,
    Grant,
    HelpCall,
    Offer,
    OfferFields,
    Registration,
    Satisfaction,
    ServiceFields,
    Site,
    Slot,
)
from sync.records.help_call import KEPT_MS, HelpCallFields
from sync.records.registration import CLOSED, INCOMPLETE, PREPARED, RECEIVED, TAKEN_BACK
from sync.records.satisfaction import SatisfactionFields
from sync.stamped import read_at_rest

BOOKINGS, EVENTS, GRANTS, OFFERS = table_of(Booking), table_of(Event), table_of(Grant), table_of(Offer)
CALLS, COUNTS = table_of(HelpCall), table_of(Satisfaction)
REGISTRATIONS, SITES, SLOTS = table_of(Registration), table_of(Site), table_of(Slot)
EARLY, FEED, JOURNAL, QUARANTINE = table_of(Early), table_of(Feed), table_of(Conflict), table_of(Quarantine)
REDRAWN, SEALED, STAMPS, TERMINALS = table_of(Redrawn), table_of(SealedText), table_of(RecordStamps), table_of(Terminal)
DAY_MS = 86_400_000
RECORD, SEALED_TEXT = "record", "sealed"
IN_THE_JOURNAL, UNTOLD, UNHANDLED = "journal", "untold", "unhandled"
UNHANDLED_STATES = frozenset({PREPARED, RECEIVED, INCOMPLETE})
IDS_PER_QUERY_MAX = 500
NEAR = (OfferFields.kind, ServiceFields.kind)
PASSING = (HelpCallFields.kind, SatisfactionFields.kind)
"""What nobody waits to hear the end of: it goes in its time, whoever has heard."""
RAN = "retention_ran_ms"
"""The single value that says when it last ran to its end."""
AUTOMATIC = "automatique"
"""Who runs it when nobody does: the hub itself, by the clock."""

Random = Callable[[int], bytes]


@dataclass(frozen=True)
class Due:
    """Something whose time is over; nothing personal.

    Attributes:
        what: ``record``, everything of it; ``sealed``, only what was typed.
        due_ms: when its time was over, milliseconds since 1970.
        held_by: ``None`` when it goes at the next run; else why not yet: ``journal`` (a line of it is open),
            ``unhandled`` (nobody forwarded or closed it), ``untold`` (a terminal has not heard its last word).
    """

    site_id: str
    kind: str
    id: str
    what: str
    due_ms: int
    held_by: str | None = None


@dataclass
class Report:
    """What one run destroyed, by kind, and what it left to a person.

    Attributes:
        records: how many records went, by kind.
        sealed: how many texts that visitors had typed.
        held: what could not go yet, by reason.
        expired: changes whose record never came, now in the journal.
        collected: tombstones that every terminal has heard of.
    """

    records: dict[str, int] = field(default_factory=dict)
    sealed: int = 0
    held: dict[str, int] = field(default_factory=dict)
    expired: int = 0
    collected: int = 0


def list_due(
    connection: Connection, now_ms: int, terms: RetentionTerms | None = None, site_id: str | None = None
) -> list[Due]:
    """Everything whose time is over, the oldest first.

    Args:
        connection: of a reading transaction.
        now_ms: milliseconds since 1970.
        terms: how long what is kept; as this hub was told unless given.
        site_id: only this site's.
    """
    terms = terms or chosen.retention_terms(connection)
    found: list[Due] = []
    for one in [site_id] if site_id is not None else list_sites(connection):
        of_site = [due for kind in _SOURCES for due in kind(connection, one, now_ms, terms)]
        found += _with_reasons(connection, one, of_site, now_ms, terms)
    return sorted(found, key=lambda due: (due.due_ms, due.kind, due.id, due.what))


def run(
    connection: Connection, now_ms: int, terms: RetentionTerms | None = None, who: str = AUTOMATIC,
    random: Random = os.urandom, *, site_id: str | None = None,
) -> Report:  # fmt: skip
    """Destroys what is due and not held, gives up what waited too long, collects the tombstones. Journals it.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        terms: how long what is kept; as this hub was told unless given.
        who: a named person with the role ``exploitation``, or ``automatique``.
        random: source of random bytes.
        site_id: only this site, so that no transaction is long.

    Raises:
        Refused: ``who`` may not do this.
    """
    if who != AUTOMATIC:
        accounts.require(connection, who, accounts.EXPLOITATION)
    terms = terms or chosen.retention_terms(connection)
    report = Report()
    for one in [site_id] if site_id is not None else list_sites(connection):
        # An hour goes after its people.
        for kinds in (("booking", "registration", *NEAR, *PASSING), ("grant", "event"), ("slot",)):
            _destroy(connection, one, kinds, now_ms, terms, report)
        report.expired += _expire_early(connection, one, now_ms, terms, random)
        report.collected += tombstones.collect(connection, one)
        rooms.forget_past(connection, one, now_ms)
    _forget_settled(connection, now_ms, terms)
    for due in list_due(connection, now_ms, terms, site_id):
        if due.held_by is not None:
            report.held[due.held_by] = report.held.get(due.held_by, 0) + 1
    if report.records or report.sealed or report.expired or who != AUTOMATIC:
        accounts.audit(connection, now_ms, who, "retention.run", site_id or "hub", _said(report))
    write_meta(connection, RAN, str(now_ms))
    return report


def list_sites(connection: Connection) -> list[str]:
    """Every site, by its id."""
    return list(connection.execute(select(SITES.c.id).order_by(SITES.c.id)).scalars())


def last_run_ms(connection: Connection) -> int | None:
    """When retention last ran to its end, milliseconds since 1970; ``None`` when it never did."""
    said = read_meta(connection, RAN)
    return None if said is None else int(said)


def _destroy(
    connection: Connection, site_id: str, kinds: Sequence[str], now_ms: int, terms: RetentionTerms, report: Report
) -> None:
    due = [one for one in list_due(connection, now_ms, terms, site_id) if one.kind in kinds and one.held_by is None]
    texts = [(one.kind, one.id) for one in due if one.what == SEALED_TEXT]
    report.sealed += sealed_texts.destroy(connection, site_id, texts)
    records = [(one.kind, one.id) for one in due if one.what == RECORD]
    if records:
        tombstones.bury(connection, now_ms, site_id, records)
    for kind, _ in records:
        report.records[kind] = report.records.get(kind, 0) + 1


def _expire_early(connection: Connection, site_id: str, now_ms: int, terms: RetentionTerms, random: Random) -> int:
    """Changes that waited too long for their record: a person is asked, and they wait no more."""
    late = (EARLY.c.site_id == site_id) & (EARLY.c.at_ms <= now_ms - terms.early_days * DAY_MS)
    rows = list(connection.execute(EARLY.select().where(late)).mappings())
    conflicts.note_expired(connection, now_ms, rows, random)
    connection.execute(EARLY.delete().where(late))
    return len(rows)


def _forget_settled(connection: Connection, now_ms: int, terms: RetentionTerms) -> None:
    """Lines that were settled long ago, and those of the journal that nobody ever had to settle."""
    before = now_ms - terms.settled_days * DAY_MS
    for table in (QUARANTINE, REDRAWN):
        connection.execute(table.delete().where(table.c.settled_ms <= before))
    nobodys = ~JOURNAL.c.needs_person & (JOURNAL.c.at_ms <= before)
    connection.execute(JOURNAL.delete().where((JOURNAL.c.settled_ms <= before) | nobodys))


# What is due, kind by kind ------------------------------------------------------------------------


def _bookings(connection: Connection, site_id: str, now_ms: int, terms: RetentionTerms) -> Iterator[Due]:
    same = and_(SLOTS.c.site_id == BOOKINGS.c.site_id, SLOTS.c.id == BOOKINGS.c.slot_id)
    query = (
        select(BOOKINGS.c.id, BOOKINGS.c.created_at, SLOTS.c.ends_at)
        .select_from(BOOKINGS.outerjoin(SLOTS, same))
        .where(BOOKINGS.c.site_id == site_id, _over(SLOTS.c.ends_at, now_ms, terms.booking_days) | SLOTS.c.id.is_(None))
    )
    for row in connection.execute(query):
        yield from _due(
            site_id, "booking", row.id, _end(row.ends_at, row.created_at, terms.booking_days, terms), now_ms
        )


def _grants(connection: Connection, site_id: str, now_ms: int, terms: RetentionTerms) -> Iterator[Due]:
    same = and_(SLOTS.c.site_id == GRANTS.c.site_id, SLOTS.c.id == GRANTS.c.slot_id)
    booked = exists().where(BOOKINGS.c.site_id == site_id, BOOKINGS.c.grant_id == GRANTS.c.id)
    query = (
        select(GRANTS.c.id, GRANTS.c.issued_at, SLOTS.c.ends_at)
        .select_from(GRANTS.outerjoin(SLOTS, same))
        .where(GRANTS.c.site_id == site_id, ~booked)
        .where(_over(SLOTS.c.ends_at, now_ms, terms.slot_days) | SLOTS.c.id.is_(None))
    )
    for row in connection.execute(query):
        yield from _due(site_id, "grant", row.id, _end(row.ends_at, row.issued_at, terms.slot_days, terms), now_ms)


def _slots(connection: Connection, site_id: str, now_ms: int, terms: RetentionTerms) -> Iterator[Due]:
    named = (BOOKINGS.c.slot_id, GRANTS.c.slot_id, EVENTS.c.slot_id, EVENTS.c.remote_slot_id)
    used = [exists().where(column.table.c.site_id == SLOTS.c.site_id, column == SLOTS.c.id) for column in named]
    over = _over(SLOTS.c.ends_at, now_ms, terms.slot_days)
    query = select(SLOTS.c.id, SLOTS.c.ends_at).where(SLOTS.c.site_id == site_id, over, *(~one for one in used))
    for row in connection.execute(query):
        yield from _due(site_id, "slot", row.id, _ms(row.ends_at) + terms.slot_days * DAY_MS, now_ms)


def _events(connection: Connection, site_id: str, now_ms: int, terms: RetentionTerms) -> Iterator[Due]:
    over = _over(EVENTS.c.ends_at, now_ms, terms.slot_days)
    for row in connection.execute(select(EVENTS.c.id, EVENTS.c.ends_at).where(EVENTS.c.site_id == site_id, over)):
        yield from _due(site_id, "event", row.id, _ms(row.ends_at) + terms.slot_days * DAY_MS, now_ms)


def _registrations(connection: Connection, site_id: str, now_ms: int, terms: RetentionTerms) -> Iterator[Due]:
    """What was typed, by when it came; the rest, by when it was closed or taken back."""
    same = and_(SEALED.c.site_id == site_id, SEALED.c.kind == "registration", SEALED.c.id == REGISTRATIONS.c.id)
    query = select(REGISTRATIONS.c.id, REGISTRATIONS.c.state, SEALED.c.received_ms)
    query = query.select_from(REGISTRATIONS.join(SEALED, same)).where(REGISTRATIONS.c.site_id == site_id)
    for row in connection.execute(query):
        held_by = UNHANDLED if row.state in UNHANDLED_STATES else None
        for due in _due(site_id, "registration", row.id, row.received_ms + terms.sealed_days * DAY_MS, now_ms):
            yield replace(due, what=SEALED_TEXT, held_by=held_by)
    stamped = and_(STAMPS.c.site_id == site_id, STAMPS.c.kind == "registration", STAMPS.c.id == REGISTRATIONS.c.id)
    ended = select(REGISTRATIONS.c.id, STAMPS.c.stamps).select_from(REGISTRATIONS.join(STAMPS, stamped))
    ended = ended.where(REGISTRATIONS.c.site_id == site_id, REGISTRATIONS.c.state.in_((CLOSED, TAKEN_BACK)))
    for one in connection.execute(ended):
        ended_ms = stamp_ms(read_at_rest(one.stamps)["state"])
        yield from _due(site_id, "registration", one.id, ended_ms + terms.closed_days * DAY_MS, now_ms)


def _near(connection: Connection, site_id: str, now_ms: int, terms: RetentionTerms) -> Iterator[Due]:
    """Offers and services that were withdrawn, and offers that are closed."""
    for kind in NEAR:
        table = table_of(TABLES[kind])
        stamped = and_(STAMPS.c.site_id == site_id, STAMPS.c.kind == kind, STAMPS.c.id == table.c.id)
        gone = select(table.c.id, STAMPS.c.stamps).select_from(table.join(STAMPS, stamped))
        for row in connection.execute(gone.where(table.c.site_id == site_id, table.c.gone)):
            withdrawn_ms = stamp_ms(read_at_rest(row.stamps)["gone"])
            yield from _due(site_id, kind, row.id, withdrawn_ms + terms.slot_days * DAY_MS, now_ms)
    closed = select(OFFERS.c.id, OFFERS.c.closes_at).where(OFFERS.c.site_id == site_id, ~OFFERS.c.gone)
    for row in connection.execute(closed.where(_over(OFFERS.c.closes_at, now_ms, terms.slot_days))):
        yield from _due(site_id, "offer", row.id, _ms(row.closes_at) + terms.slot_days * DAY_MS, now_ms)


def _passing(connection: Connection, site_id: str, now_ms: int, terms: RetentionTerms) -> Iterator[Due]:
    """Calls for help within the hour, and what visitors said, in counts."""
    called = select(CALLS.c.id, CALLS.c.called_at).where(CALLS.c.site_id == site_id)
    for row in connection.execute(called):
        yield from _due(site_id, HelpCallFields.kind, row.id, _ms(row.called_at) + KEPT_MS, now_ms)
    over = _over(COUNTS.c.day, now_ms, terms.counts_days)
    for row in connection.execute(select(COUNTS.c.id, COUNTS.c.day).where(COUNTS.c.site_id == site_id, over)):
        due_ms = _ms(f"{row.day}T00:00:00Z") + terms.counts_days * DAY_MS
        yield from _due(site_id, SatisfactionFields.kind, row.id, due_ms, now_ms)


_SOURCES = (_bookings, _registrations, _grants, _events, _slots, _near, _passing)


def _due(site_id: str, kind: str, record_id: str, due_ms: int, now_ms: int) -> Iterator[Due]:
    if due_ms <= now_ms:
        yield Due(site_id, kind, record_id, RECORD, due_ms)


def _end(ends_at: str | None, made_at: str, days: int, terms: RetentionTerms) -> int:
    """When the time of an appointment or a place is over: by its hour, or by its making when that is unknown."""
    return _ms(made_at) + terms.unknown_days * DAY_MS if ends_at is None else _ms(ends_at) + days * DAY_MS


def _over(ends_at: Any, now_ms: int, days: int) -> ColumnElement[bool]:
    over: ColumnElement[bool] = ends_at <= utc_text(now_ms - days * DAY_MS)
    return over


# Why not yet --------------------------------------------------------------------------------------


def _with_reasons(
    connection: Connection, site_id: str, due: list[Due], now_ms: int, terms: RetentionTerms
) -> Iterable[Due]:
    records = [one for one in due if one.what == RECORD]
    if not records:
        return due
    open_lines = _open_lines(connection, site_id)
    unheard = _unheard(connection, site_id, [one.id for one in records])
    judged = []
    for one in due:
        key = (one.kind, one.id)
        if one.what == RECORD and key in open_lines:
            judged.append(replace(one, held_by=IN_THE_JOURNAL))
        elif (
            one.what == RECORD
            and one.kind not in PASSING
            and key in unheard
            and one.due_ms > now_ms - terms.untold_days * DAY_MS
        ):
            judged.append(replace(one, held_by=UNTOLD))
        else:
            judged.append(one)
    return judged


def _open_lines(connection: Connection, site_id: str) -> set[tuple[str, str]]:
    """The records of which a line of the journal waits for a person."""
    mine = (JOURNAL.c.site_id == site_id, JOURNAL.c.needs_person, JOURNAL.c.settled_ms.is_(None))
    return {(row.kind, row.record_id) for row in connection.execute(select(JOURNAL).where(*mine))}


def _unheard(connection: Connection, site_id: str, ids: Sequence[str]) -> set[tuple[str, str]]:
    """Those of these records whose last word a terminal of the site, not revoked, has not heard."""
    present = (TERMINALS.c.site_id == site_id) & TERMINALS.c.revoked_ms.is_(None)
    least = connection.execute(select(func.min(TERMINALS.c.heard_through)).where(present)).scalar()
    if least is None:
        return set()
    found: set[tuple[str, str]] = set()
    for at in range(0, len(ids), IDS_PER_QUERY_MAX):
        some = FEED.c.id.in_(ids[at : at + IDS_PER_QUERY_MAX])
        query = select(FEED.c.kind, FEED.c.id).where(FEED.c.part == site_id, FEED.c.n > least, some)
        found |= {(row.kind, row.id) for row in connection.execute(query)}
    return found


def _ms(utc: str) -> int:
    return int(read_utc(utc).timestamp() * 1000)


def _said(report: Report) -> str:
    """The counts, for the journal."""
    kinds = [f"{kind} {count}" for kind, count in sorted(report.records.items())]
    held = [f"held {reason} {count}" for reason, count in sorted(report.held.items())]
    rest = [f"sealed {report.sealed}", f"early {report.expired}", f"collected {report.collected}"]
    return ", ".join([*kinds, *rest, *held])
