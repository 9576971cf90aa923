"""The hub's answer to a booking: a promise is believed, an asking gets a place when one is free.

Everything happens inside the transaction that applied the booking, so that the count of places and
the answer cannot part: ``sync.hub.places`` counts anew after each one. The rules are ``sync.escrow``'s.
"""

from __future__ import annotations

from sqlalchemy import Connection

from sync import escrow
from sync.change import Value
from sync.clock import HybridClock, utc_text
from sync.hub import feed, rows
from sync.hub.places import Places
from sync.hub.standing import Standing, load_where
from sync.promise import (
    CANCELLED,
    CONFIRMED,
    DECLINED,
    GUARANTEED,
    LIVE,
    OPEN_SLOT,
    OVERRULED,
    REQUESTED,
    WITHDRAWN,
    WRITTEN_OFF,
)

SLOT_TAKEN, BOOTH_BUSY, OTHER_REASON = "slot_taken", "booth_busy", "reason"
CLONE = "clone"
BEFORE_EVERYTHING = ""
"""As the present moment: a slot that is over is not past, because what matters is who sat there."""


def why_rejected(held: Standing | None, whole: dict[str, Value], places: Places) -> str | None:
    """Why a terminal's booking cannot be taken as it is: ``invalid``, ``foreign_grant``, or ``None``.

    Args:
        held: the booking as it stands, ``None`` when it is new.
        whole: the booking as the operation would make it; it is the sender's own.
        places: the slots and grants that it names.
    """
    promise = (whole["grant_id"], whole["spend_no"])
    if held is not None:
        before = (held.values["grant_id"], held.values["spend_no"])
        return None if promise == before else "invalid"
    grant_id, spend_no = promise
    if whole["state"] == GUARANTEED and (grant_id is None or spend_no == 0):
        return "invalid"
    if whole["state"] == REQUESTED and promise != (None, 0):
        return "invalid"
    grant = places.grants.get(str(grant_id)) if grant_id is not None else None
    if grant is not None and any(grant.values[name] != whole[name] for name in ("terminal_no", "slot_id")):
        return "foreign_grant"
    return None


def answer(booking: Standing, state_before: Value, places: Places, clock: HybridClock, now_ms: int) -> None:
    """Answers one booking that was just written, and keeps its slot's count right.

    Args:
        booking: as it stands after the change.
        state_before: its state before the change, ``None`` when it is new.
        places: its slot's, read in this transaction.
        clock: the hub's.
        now_ms: milliseconds since 1970.
    """
    places.add(booking)
    if booking.values.get("gone") and booking.values["state"] in LIVE:
        booking.decide("state", CANCELLED, clock.tick())
    if state_before is None and booking.values["state"] == GUARANTEED:
        _believe(booking, places, clock, now_ms)
    elif state_before is None and booking.values["state"] == REQUESTED and not places.frozen:
        _decide(booking, places, clock, now_ms)
    places.recount(str(booking.values["slot_id"]), clock)


def answer_waiting(connection: Connection, site_id: str, now_ms: int) -> int:
    """Answers, oldest first, the askings of a site that waited while its places were frozen; returns how many.

    Args:
        connection: of the writing transaction in which the last terminal has reported, or was revoked.
        site_id: the site.
        now_ms: milliseconds since 1970.
    """
    waiting = load_where(connection, "booking", site_id, "state", [REQUESTED])
    if not waiting:
        return 0
    places = Places.load(connection, site_id, [booking.values["slot_id"] for booking in waiting.values()])
    clock = rows.read_clock(connection, now_ms)
    for booking in sorted(waiting.values(), key=lambda one: (str(one.values["created_at"]), one.id)):
        answer(booking, None, places, clock, now_ms)
    feed.publish_all(connection, places.standings())
    rows.keep_clock(connection, clock)
    return len(waiting)


def _believe(booking: Standing, places: Places, clock: HybridClock, now_ms: int) -> None:
    """A terminal's promise stands, whatever the hub knows, unless its place provably went to somebody else."""
    slot = places.slots.get(str(booking.values["slot_id"]))
    because = _why_overruled(booking, places)
    if because is not None:
        booking.decide("state", OVERRULED, clock.tick())
        booking.decide("declined_because", because, clock.tick())
    elif slot is not None and (slot.values["state"] != OPEN_SLOT or slot.values["gone"]):
        booking.decide("state", WITHDRAWN, clock.tick())
    booking.decide("answered_at", utc_text(now_ms), clock.tick())


def _why_overruled(booking: Standing, places: Places) -> str | None:
    slot_id, grant = str(booking.values["slot_id"]), places.grants.get(str(booking.values["grant_id"]))
    others = ((other_id, other.values) for other_id, other in places.bookings.get(slot_id, {}).items())
    if escrow.is_clone(booking.id, booking.values, others):
        return CLONE
    if grant is None or grant.values["state"] != WRITTEN_OFF:
        return None
    lacks = places.why_not_free(slot_id, BEFORE_EVERYTHING, without=booking.id)
    return WRITTEN_OFF if lacks in {SLOT_TAKEN, BOOTH_BUSY} else None


def _decide(booking: Standing, places: Places, clock: HybridClock, now_ms: int) -> None:
    because = _why_not(booking, places, now_ms)
    booking.decide("state", CONFIRMED if because is None else DECLINED, clock.tick())
    booking.decide("answered_at", utc_text(now_ms), clock.tick())
    if because is not None:
        booking.decide("declined_because", because, clock.tick())


def _why_not(booking: Standing, places: Places, now_ms: int) -> str | None:
    slot_id = str(booking.values["slot_id"])
    because = places.why_not_free(slot_id, utc_text(now_ms))
    slot = places.slots.get(slot_id)
    if because in {None, SLOT_TAKEN, BOOTH_BUSY} and slot is not None:
        return because if slot.values["reason"] == booking.values["reason"] else OTHER_REASON
    return because
