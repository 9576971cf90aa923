"""Terminals that came back with a new incarnation: their disk was put back or copied. Who may have been promised twice.

What the former disk had told is known here, and a second spend of it is a clone: overruled and journaled by itself.
What it had not told is lost, and can have been given a second time only by the disk that came back, before it saw what
it was. So the bookings at risk are those whose terminal told of them first under a later incarnation than the one
their grant was given to. The places that the former incarnations hold and that nobody is known on stay held: a slip
may stand on one (``left_over``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, exists, select

from sync.clock import utc_text
from sync.hub import accounts, doubled
from sync.hub.caller import Caller
from sync.hub.database import table_of, upsert
from sync.hub.push import Push, Sender
from sync.hub.standing import Standing
from sync.hub.tables import Position, Redrawn, Terminal
from sync.promise import ACTIVE, GUARANTEED, PLACED
from sync.records import Booking, Grant, Slot
from sync.wire import Operation

BOOKINGS, GRANTS, SLOTS = table_of(Booking), table_of(Grant), table_of(Slot)
POSITIONS, REDRAWN, TERMINALS = table_of(Position), table_of(Redrawn), table_of(Terminal)


@dataclass(frozen=True)
class LateTold:
    """A live booking on a grant of another incarnation; ``sure`` is false when the hub does not know the grant."""

    booking_id: str
    sure: bool


@dataclass(frozen=True)
class CameBack:
    """A terminal that came back with a new incarnation, as the list shows it.

    Attributes:
        at_ms: when it first spoke with it, milliseconds since 1970.
        at_risk: ids of the bookings whose place may have been promised to somebody else as well.
    """

    terminal_id: str
    terminal_no: int
    incarnation: str
    site_id: str
    at_ms: int
    at_risk: tuple[str, ...]


def is_told_late(push: Push, held: Standing | None, operation: Operation) -> bool:
    """True for the operation with which a terminal tells of a promise on a grant that may be an earlier incarnation's.

    What a claim or a voice brought before counts as not told: the slip may be the lost disk's or the other one's.
    """
    if operation.kind != "booking" or (held is not None and held.values["carried"] is not True):
        return False
    sent = operation.values
    if sent.get("state") != GUARANTEED or sent.get("grant_id") is None:
        return False
    grant = push.places.grants.get(str(sent["grant_id"]))
    return grant is None or grant.values["incarnation"] != push.sender.incarnation


def told_late(push: Push) -> list[LateTold]:
    """Those bookings of a push whose place is still promised and whose hour is not over, after it was judged."""
    found, now = [], utc_text(push.now_ms)
    for booking_id in sorted(push.places.told_late):
        booking = push.places.named[booking_id]
        slot = push.places.slots.get(str(booking.values["slot_id"]))
        to_come = slot is None or str(slot.values["ends_at"]) > now
        if booking.values["state"] in PLACED and to_come:
            found.append(LateTold(booking_id, sure=str(booking.values["grant_id"]) in push.places.grants))
    return found


def note_incarnation(connection: Connection, caller: Caller, incarnation: str, now_ms: int) -> None:
    """Puts a terminal on the list when it speaks with an incarnation that is new here.

    No statement while it speaks with the same one; whoever changes it again and again is two (``sync.hub.doubled``).
    """
    if caller.incarnation in {None, incarnation}:
        return
    doubled.note_turn(connection, caller.terminal_id, now_ms)
    known = select(
        exists().where(POSITIONS.c.terminal_id == caller.terminal_id, POSITIONS.c.incarnation == incarnation)
        | exists().where(REDRAWN.c.terminal_id == caller.terminal_id, REDRAWN.c.incarnation == incarnation)
    )
    if not connection.execute(known).scalar():
        upsert(connection, REDRAWN, [_row(caller.terminal_id, incarnation, caller.site_id, now_ms, set())])


def note_told_late(connection: Connection, sender: Sender, told: Sequence[LateTold], now_ms: int) -> None:
    """Adds the bookings at risk of one push to the list; a line that was settled is open again.

    One on a grant that the hub does not know (it was restored) counts only when this incarnation is a new one.
    """
    if not told:
        return
    this = (REDRAWN.c.terminal_id == sender.terminal_id) & (REDRAWN.c.incarnation == sender.incarnation)
    line = connection.execute(select(REDRAWN.c.at_ms, REDRAWN.c.at_risk).where(this)).first()
    fresh = {one.booking_id for one in told if one.sure or line is not None}
    before = set(json.loads(line.at_risk)) if line is not None else set()
    if fresh - before:
        at_ms = line.at_ms if line is not None else now_ms
        row = _row(sender.terminal_id, sender.incarnation, sender.site_id, at_ms, before | fresh)
        upsert(connection, REDRAWN, [row])


def list_redrawn(connection: Connection, site_id: str | None = None) -> list[CameBack]:
    """The terminals of which nobody has settled yet what their old disk promised; the oldest first."""
    query = (
        select(REDRAWN, TERMINALS.c.terminal_no)
        .join(TERMINALS, REDRAWN.c.terminal_id == TERMINALS.c.terminal_id)
        .where(REDRAWN.c.settled_ms.is_(None))
        .order_by(REDRAWN.c.at_ms, REDRAWN.c.terminal_id, REDRAWN.c.incarnation)
    )
    if site_id is not None:
        query = query.where(REDRAWN.c.site_id == site_id)
    return [
        CameBack(
            terminal_id=row.terminal_id,
            terminal_no=row.terminal_no,
            incarnation=row.incarnation,
            site_id=row.site_id,
            at_ms=row.at_ms,
            at_risk=tuple(json.loads(row.at_risk)),
        )
        for row in connection.execute(query)
    ]


def left_over(connection: Connection, now_ms: int, terminal_id: str) -> list[str]:
    """The active grants of a terminal's former incarnations, for hours to come, that no live booking is known on.

    Their places are held for whoever comes with a slip, until a named person writes them off.
    """
    live = select(BOOKINGS.c.grant_id).where(
        BOOKINGS.c.site_id == GRANTS.c.site_id, BOOKINGS.c.grant_id == GRANTS.c.id, BOOKINGS.c.state.in_(PLACED)
    )
    query = (
        select(GRANTS.c.id)
        .join(TERMINALS, (TERMINALS.c.terminal_no == GRANTS.c.terminal_no) & (TERMINALS.c.site_id == GRANTS.c.site_id))
        .join(SLOTS, (SLOTS.c.site_id == GRANTS.c.site_id) & (SLOTS.c.id == GRANTS.c.slot_id))
        .where(
            TERMINALS.c.terminal_id == terminal_id,
            GRANTS.c.incarnation != TERMINALS.c.incarnation,
            GRANTS.c.state == ACTIVE,
            SLOTS.c.ends_at > utc_text(now_ms),
            ~live.exists(),
        )
        .order_by(GRANTS.c.id)
    )
    return list(connection.execute(query).scalars())


def settle(connection: Connection, now_ms: int, terminal_id: str, incarnation: str, who: str) -> None:
    """A named person has seen to whom a disk put back had promised a place. Journals it.

    Raises:
        Refused: ``who`` does not hold the role ``exploitation``.
    """
    accounts.require(connection, who, accounts.EXPLOITATION)
    this = (REDRAWN.c.terminal_id == terminal_id) & (REDRAWN.c.incarnation == incarnation)
    connection.execute(REDRAWN.update().where(this).values(settled_ms=now_ms, settled_by=who))
    accounts.audit(connection, now_ms, who, "redrawn.settle", terminal_id, incarnation)


def _row(terminal_id: str, incarnation: str, site_id: str, at_ms: int, at_risk: set[str]) -> dict[str, object]:
    return {
        "terminal_id": terminal_id,
        "incarnation": incarnation,
        "site_id": site_id,
        "at_ms": at_ms,
        "at_risk": json.dumps(sorted(at_risk)),
        "settled_ms": None,
        "settled_by": None,
    }
