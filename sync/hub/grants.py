"""Grants: the places that the hub gives to terminals, which may promise them with no network (docs/protocol.md §11).

A grant is a record like any other: given in the transaction of its terminal's round, told in the feed,
released by its holder, written off by a named person. No time-out takes one back.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, and_, bindparam, case, exists, func, select

from sync import escrow
from sync.change import Value, new_id
from sync.clock import utc_text
from sync.errors import InvalidInput
from sync.hub import accounts, bookings, conflicts, feed, rows
from sync.hub.database import table_of
from sync.hub.places import Places
from sync.hub.standing import Standing
from sync.hub.tables import Meta, Terminal
from sync.promise import ACTIVE, CONFIRMED, GUARANTEED, OPEN_SLOT, SEATS, WRITTEN_OFF
from sync.records import Booking, Grant, Slot

GRANTS, SLOTS, BOOKINGS = table_of(Grant), table_of(Slot), table_of(Booking)
TERMINALS, META = table_of(Terminal), table_of(Meta)
HOLDING_FUNCTION = "borne"
LONGEST_SLOT_DAYS = 1
NUMBERS = escrow.REFERENCE_FIRST // escrow.SPENDS_WITH_REFERENCE


@dataclass(frozen=True)
class Holder:
    """One replica of one terminal, which is given grants."""

    site_id: str
    terminal_no: int
    incarnation: str


@dataclass(frozen=True)
class Given:
    """A grant of a slot to come, as the list shows it.

    Attributes:
        live: the bookings that stand on it, by id.
    """

    site_id: str
    id: str
    slot_id: str
    starts_at: str
    reason: str
    terminal_no: int
    number: int
    issued_at: str
    state: str
    live: tuple[str, ...]


def frozen(connection: Connection, site_id: str) -> bool:
    """True while a terminal of the site, not revoked, has not told what it holds in the present generation."""
    return bool(connection.execute(_FROZEN, {"of_site": site_id}).scalar())


def give(
    connection: Connection, holder: Holder, stock: escrow.Stock, now_ms: int, random: Callable[[int], bytes]
) -> list[str]:
    """Fills a terminal's stock, as far as the site has places; one statement when there is nothing to do.

    Args:
        connection: of the writing transaction of the terminal's round, after its operations.
        holder: who is given; a terminal that is a ``borne`` and not revoked.
        stock: how much.
        now_ms: milliseconds since 1970.
        random: source of random bytes.

    Returns:
        The ids of the new grants.
    """
    now = utc_text(now_ms)
    chosen = _choose(connection, holder, stock, now)
    if not chosen:
        return []
    places = Places.load(connection, holder.site_id, chosen)
    clock = rows.read_clock(connection, holder.site_id, now_ms)
    number = next_number(connection, holder)
    given: list[str] = []
    for slot_id in chosen:
        if places.why_not_free(slot_id, now) is None:
            grant = new_grant(holder, new_id(now_ms, random(10)), slot_id, number + len(given), now, clock.tick())
            places.grants[grant.id] = grant
            given.append(grant.id)
        places.recount(slot_id, clock)
    feed.publish_all(connection, places.standings())
    rows.keep_clock(connection, holder.site_id, clock)
    return given


def _choose(connection: Connection, holder: Holder, stock: escrow.Stock, now: str) -> list[str]:
    """The slots of which a terminal is given a place now, booth time before seats; one stands there once a place."""
    first, last = escrow.shift(now, stock.lead), escrow.shift(now, stock.horizon)
    asked = {"of_site": holder.site_id, "of_terminal": holder.terminal_no, "of_disk": holder.incarnation, "now": now}
    times = {"first": first, "last": last, "since": escrow.shift(now, -escrow.TAKES_SPAN)}
    seen = connection.execute(_GLANCE, asked | times).one()
    left = stock.refills * (stock.per_terminal + stock.seats_per_terminal) - seen.lately
    if seen.frozen or left <= 0:
        return []

    def lacks(per_terminal: int, mine: int | None, granted: int | None, free: int | None) -> bool:
        held = granted or 0
        return min(per_terminal - (mine or 0), int(stock.share * ((free or 0) + held)) - held) > 0

    of_booths = lacks(stock.per_terminal, seen.mine, seen.granted, seen.free)
    of_seats = lacks(stock.seats_per_terminal, seen.my_seats, seen.seats_granted, seen.seats_free)
    slots = _open_slots(connection, holder.site_id, first, last) if of_booths or of_seats else {}
    chosen = escrow.allot(slots, seen.mine or 0, seen.granted or 0, now, stock) if of_booths else []
    if of_seats:
        held = {row.slot_id: row.held for row in connection.execute(_SEATS_HELD, asked)}
        chosen += escrow.allot_seats(slots, held, seen.seats_granted or 0, now, stock)
    return chosen[:left]


def list_grants(connection: Connection, now_ms: int, site_id: str | None = None) -> list[Given]:
    """The grants of slots to come, of one site or of all, by site and time; those of the past are worth nothing."""
    same = and_(GRANTS.c.site_id == SLOTS.c.site_id, GRANTS.c.slot_id == SLOTS.c.id)
    query = (
        select(GRANTS, SLOTS.c.starts_at, SLOTS.c.reason)
        .select_from(GRANTS.join(SLOTS, same))
        .where(~GRANTS.c.gone, SLOTS.c.starts_at > utc_text(now_ms))
        .order_by(GRANTS.c.site_id, SLOTS.c.starts_at, GRANTS.c.id)
    )
    if site_id is not None:
        query = query.where(GRANTS.c.site_id == site_id)
    live: dict[str, list[str]] = {}
    for row in connection.execute(select(BOOKINGS.c.id, BOOKINGS.c.grant_id).where(_SPENDS).order_by(BOOKINGS.c.id)):
        live.setdefault(row.grant_id, []).append(row.id)
    return [
        Given(
            site_id=row.site_id,
            id=row.id,
            slot_id=row.slot_id,
            starts_at=row.starts_at,
            reason=row.reason,
            terminal_no=row.terminal_no,
            number=row.number,
            issued_at=row.issued_at,
            state=row.state,
            live=tuple(live.get(row.id, ())),
        )
        for row in connection.execute(query)
    ]


def at_risk(connection: Connection, site_id: str, grant_id: str) -> list[str]:
    """The ids of the live bookings that the hub knows on a grant about to be written off.

    Those keep their place. Whoever was promised it since and not yet told of is known to the terminal alone.

    Raises:
        InvalidInput: no such active grant at this site.
    """
    return sorted(_live_on(_of_active(connection, site_id, grant_id), grant_id))


def write_off(connection: Connection, now_ms: int, site_id: str, grant_id: str, who: str) -> list[str]:
    """A named person gives a place back to the hub although its holder has not released it. Journals it.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        site_id: the site of the grant.
        grant_id: the grant.
        who: a named person with the role ``exploitation``.

    Returns:
        The ids of the live bookings that the hub knows on it; they keep their place.

    Raises:
        InvalidInput: no such active grant at this site.
        Refused: no such role.
    """
    accounts.require(connection, who, accounts.EXPLOITATION)
    places = _of_active(connection, site_id, grant_id)
    clock = rows.read_clock(connection, site_id, now_ms)
    grant = places.grants[grant_id]
    grant.decide("state", WRITTEN_OFF, clock.tick())
    places.frozen = frozen(connection, site_id)
    bookings.answer_grant(grant, places, clock, now_ms)
    conflicts.append(connection, now_ms, places.losses, os.urandom)
    feed.publish_all(connection, places.standings())
    rows.keep_clock(connection, site_id, clock)
    live = sorted(_live_on(places, grant_id))
    accounts.audit(connection, now_ms, who, "grant.write_off", f"grant/{site_id}/{grant_id}", f"live {len(live)}")
    return live


# The statements of every round, built once with what differs bound: building one costs more than running it.
_HERE: BindParameter[str] = bindparam("of_site")
_NOW: BindParameter[str] = bindparam("now")
_MINE = and_(GRANTS.c.terminal_no == bindparam("of_terminal"), GRANTS.c.incarnation == bindparam("of_disk"))
_SPENDS = and_(BOOKINGS.c.grant_id.is_not(None), BOOKINGS.c.state.in_((GUARANTEED, CONFIRMED)), ~BOOKINGS.c.gone)
_GENERATION = select(META.c.value).where(META.c.key == "generation").scalar_subquery()
_IS_FROZEN = exists().where(
    TERMINALS.c.site_id == _HERE,
    TERMINALS.c.revoked_ms.is_(None),
    TERMINALS.c.reported_generation.is_distinct_from(_GENERATION),
)
_FROZEN = select(_IS_FROZEN)
_GRANTED_SLOTS = GRANTS.join(SLOTS, and_(GRANTS.c.site_id == SLOTS.c.site_id, GRANTS.c.slot_id == SLOTS.c.id))
_UNSPENT = and_(
    GRANTS.c.site_id == _HERE,
    GRANTS.c.state == ACTIVE,
    ~GRANTS.c.gone,
    SLOTS.c.state == OPEN_SLOT,
    ~SLOTS.c.gone,
    SLOTS.c.starts_at > _NOW,
    GRANTS.c.id.not_in(select(BOOKINGS.c.grant_id).where(BOOKINGS.c.site_id == _HERE, _SPENDS)),
)
"""The active grants of a site that nobody has a booking on, of open slots to come."""


def _glance() -> Select[Any]:
    """One statement: frozen, given lately; of booths and of seats: unspent here and at the site, free places ahead."""
    seats = SLOTS.c.reason == SEATS
    places = case((SLOTS.c.reason.in_(sorted(escrow.ONE_PLACE_REASONS)), 1), else_=SLOTS.c.capacity)
    ahead = (SLOTS.c.site_id == _HERE, SLOTS.c.state == OPEN_SLOT, ~SLOTS.c.gone)
    free = select(func.sum(places - SLOTS.c.taken)).where(
        *ahead, SLOTS.c.starts_at.between(bindparam("first"), bindparam("last")), SLOTS.c.taken < places
    )
    lately = select(func.count()).where(
        GRANTS.c.site_id == _HERE,
        GRANTS.c.terminal_no == bindparam("of_terminal"),
        GRANTS.c.issued_at > bindparam("since"),
    )
    return (
        select(
            _IS_FROZEN.label("frozen"),
            lately.correlate(None).scalar_subquery().label("lately"),
            func.sum(case((and_(_MINE, ~seats), 1), else_=0)).label("mine"),
            func.sum(case((and_(_MINE, seats), 1), else_=0)).label("my_seats"),
            func.sum(case((~seats, 1), else_=0)).label("granted"),
            func.sum(case((seats, 1), else_=0)).label("seats_granted"),
            free.where(~seats).scalar_subquery().label("free"),
            free.where(seats).scalar_subquery().label("seats_free"),
        )
        .select_from(_GRANTED_SLOTS)
        .where(_UNSPENT)
    )


_GLANCE = _glance()
_SEATS_HELD = (
    select(GRANTS.c.slot_id, func.count().label("held"))
    .select_from(_GRANTED_SLOTS)
    .where(_UNSPENT, _MINE, SLOTS.c.reason == SEATS)
    .group_by(GRANTS.c.slot_id)
)
"""The seats of each event that a terminal holds unspent."""


def _open_slots(connection: Connection, site_id: str, first: str, last: str) -> dict[str, dict[str, Value]]:
    """The open slots of the time in which grants are given, and those that may touch one of them."""
    query = SLOTS.select().where(
        SLOTS.c.site_id == site_id,
        SLOTS.c.state == OPEN_SLOT,
        ~SLOTS.c.gone,
        SLOTS.c.ends_at > escrow.shift(first, -escrow.BUFFER),
        SLOTS.c.starts_at <= escrow.shift(last, timedelta(days=LONGEST_SLOT_DAYS)),
    )
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def new_grant(holder: Holder, grant_id: str, slot_id: str, number: int, now: str, stamp: str) -> Standing:
    """One place of a slot for one replica, not published yet; ``number`` is from ``next_number``."""
    grant = Standing("grant", holder.site_id, grant_id)
    values: dict[str, Value] = {
        "gone": False,
        "state": ACTIVE,
        "slot_id": slot_id,
        "terminal_no": holder.terminal_no,
        "incarnation": holder.incarnation,
        "number": number,
        "issued_at": now,
    }
    for name, value in values.items():
        grant.decide(name, value, stamp)
    return grant


def next_number(connection: Connection, holder: Holder) -> int:
    """The number of a terminal's next grant: never one that a restored hub has forgotten and a slip may bear.

    A reference carries its grant's number (``escrow.reference_index``), so bookings on forgotten grants tell theirs.
    """
    mine = GRANTS.c.site_id == holder.site_id, GRANTS.c.terminal_no == holder.terminal_no
    highest = int(connection.execute(select(func.max(GRANTS.c.number)).where(*mine)).scalar() or 0)
    forgotten = select(BOOKINGS.c.reference_no).where(
        BOOKINGS.c.site_id == holder.site_id,
        BOOKINGS.c.terminal_no == holder.terminal_no,
        BOOKINGS.c.reference_no >= escrow.REFERENCE_FIRST,
        BOOKINGS.c.grant_id.not_in(select(GRANTS.c.id).where(*mine)),
    )
    ahead = 0
    for (reference_no,) in connection.execute(forgotten):
        index = (reference_no - escrow.REFERENCE_FIRST) // escrow.SPENDS_WITH_REFERENCE
        further = (index + 1 - highest) % NUMBERS
        if further < NUMBERS // 2:  # the other half are numbers long past, before they came round again
            ahead = max(ahead, further)
    return highest + ahead + 1


def _of_active(connection: Connection, site_id: str, grant_id: str) -> Places:
    places = Places.load(connection, site_id, [], [grant_id])
    grant = places.grants.get(grant_id)
    if grant is None or grant.values["state"] != ACTIVE:
        raise InvalidInput("Aucune place de ce site n’est confiée sous cet identifiant : voyez « hub grant list ».")
    return places


def _live_on(places: Places, grant_id: str) -> list[str]:
    held = places.bookings.get(str(places.grants[grant_id].values["slot_id"]), {})
    return [
        booking_id
        for booking_id, booking in held.items()
        if booking.values["grant_id"] == grant_id and escrow.holds_a_place(booking.values)
    ]
