"""Earlier hours for those who have a place and asked for one: proposed, never given; the place they have stays theirs.

Nobody is moved who has not said yes: whoever did not hear of a new hour would miss both. What is proposed is a list on
the booking (``alternatives``), as for one that cannot be kept; choosing one is a move.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from sync import escrow
from sync.clock import HybridClock, utc_text
from sync.hub import feed, moves, rows
from sync.hub.database import table_of
from sync.hub.places import Places
from sync.hub.standing import Standing
from sync.promise import PLACED, SEATS
from sync.records import Booking

BOOKINGS = table_of(Booking)


def propose(connection: Connection, site_id: str, now_ms: int) -> int:
    """Proposes earlier hours to the visitors of a site who wait for one, and takes back what is not free any more.

    A visitor is told of new ones three times at most (``escrow.EARLIER_NOTICES_MAX``); each time the booking stands on
    the list of people to tell again.

    Args:
        connection: of a writing transaction.
        site_id: the site, not frozen.
        now_ms: milliseconds since 1970.

    Returns:
        How many bookings have new proposals.
    """
    waiting = _waiting(connection, site_id)
    if not waiting:
        return 0
    places = Places.load(connection, site_id, (), (), waiting)
    clock = rows.read_clock(connection, site_id, now_ms)
    in_order = sorted((places.named[one] for one in waiting), key=lambda one: (one.stamps.get("earlier", ""), one.id))
    told = sum(_propose_to(one, places, clock, utc_text(now_ms)) for one in in_order)
    feed.publish_all(connection, places.standings())
    rows.keep_clock(connection, site_id, clock)
    return told


def _waiting(connection: Connection, site_id: str) -> list[str]:
    """The booth time whose visitor waits for an earlier hour, or did and has proposals that may be stale: ids.

    Few of those who have a place: the others are not read whole, with their stamps, every hour.
    """
    query = select(BOOKINGS.c.id, BOOKINGS.c.earlier, BOOKINGS.c.alternatives).where(
        BOOKINGS.c.site_id == site_id,
        BOOKINGS.c.state.in_(sorted(PLACED)),
        ~BOOKINGS.c.gone,
        BOOKINGS.c.reason != SEATS,
    )
    return [row.id for row in connection.execute(query) if row.earlier or row.alternatives]


def _propose_to(booking: Standing, places: Places, clock: HybridClock, now: str) -> bool:
    slot, before = places.slots.get(str(booking.values["slot_id"])), _texts(booking.values["alternatives"])
    found: list[str] = []
    if slot is not None and booking.values["earlier"]:
        family = moves.family(booking, places).values()
        found = places.earlier(booking, now, {str(one.values["slot_id"]) for one in family})
    notices = booking.values["notices"]
    told_of = notices if isinstance(notices, int) else 0
    if told_of >= escrow.EARLIER_NOTICES_MAX:
        found = [one for one in found if one in before]
    if found == before:
        return False
    booking.decide("alternatives", list(found), clock.tick())
    if set(found) <= set(before):
        return False
    booking.decide("notices", told_of + 1, clock.tick())
    if booking.values["told_at"] is not None:
        booking.decide("told_at", None, clock.tick())
    return True


def _texts(value: object) -> Collection[str]:
    return [str(one) for one in value] if isinstance(value, list) else []
