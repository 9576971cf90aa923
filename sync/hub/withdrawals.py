"""A slot that its owner ends: whoever counted on it is offered other places, and stands on the list to tell.

The same for booth time and for the seats of an event, from an import or in a person's name. Grants of a slot that ends
stay active and promise nothing any more: a booking made on one meanwhile is answered ``withdrawn`` when it comes.
"""

from __future__ import annotations

import os
from collections.abc import Collection

from sqlalchemy import Connection

from sync.clock import utc_text
from sync.errors import InvalidInput
from sync.hub import accounts, bookings, conflicts, earlier, feed, grants, rows
from sync.hub.at_risk import AtRisk, counting_on
from sync.hub.places import Places
from sync.hub.standing import Standing, load_where
from sync.promise import LIVE, OPEN_SLOT, PLACED, UNKEPT, WITHDRAWN_SLOT


def at_risk(connection: Connection, site_id: str, slot_id: str) -> AtRisk:
    """Who counts on a slot that is about to be withdrawn, or may. Raises InvalidInput: no such slot at this site."""
    places = Places.load(connection, site_id, [slot_id])
    if slot_id not in places.slots:
        raise _unknown()
    return counting_on(places, [slot_id])


def withdraw(connection: Connection, now_ms: int, site_id: str, slot_id: str, who: str) -> tuple[str, ...]:
    """A named person withdraws one open slot to come. Journals it.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        site_id: the site of the slot.
        slot_id: the slot.
        who: a named person with the role ``exploitation``.

    Returns:
        The ids of the bookings that counted on it, asked or promised, sorted.

    Raises:
        InvalidInput: no such slot at this site, or it is over or withdrawn.
        Refused: no such role.
    """
    accounts.require(connection, who, accounts.EXPLOITATION)
    slot = rows.read(connection, "slot", site_id, slot_id)
    if slot is None:
        raise _unknown()
    if slot["gone"] or slot["state"] != OPEN_SLOT:
        raise InvalidInput("Ce créneau est déjà retiré : il n’y a rien à faire.")
    if str(slot["starts_at"]) <= utc_text(now_ms):
        raise InvalidInput("Ce créneau a déjà commencé : prévenez les personnes, il ne se retire plus.")
    hit = withdraw_slots(connection, now_ms, site_id, [slot_id])
    accounts.audit(connection, now_ms, who, "slots.withdraw", f"slot/{site_id}/{slot_id}", f"live {len(hit)}")
    return tuple(sorted(hit))


def counted_on(connection: Connection, site_id: str, slot_ids: Collection[str]) -> dict[str, str]:
    """The bookings that somebody counts on, asked or promised, on some slots: the slot of each by its id, sorted."""
    return {
        booking_id: str(booking.values["slot_id"])
        for booking_id, booking in sorted(load_where(connection, "booking", site_id, "slot_id", slot_ids).items())
        if _is_live(booking)
    }


def withdraw_slots(connection: Connection, now_ms: int, site_id: str, slot_ids: Collection[str]) -> dict[str, str]:
    """Withdraws slots of one site and answers whoever counted on them, in the caller's transaction.

    What was promised becomes ``withdrawn``, with up to three other slots, and nobody told of it yet. What was asked
    for is decided anew: another of its wishes, other slots, or no; while the site's places are frozen it waits.

    Returns:
        The bookings that were hit: the slot of each by its id.
    """
    places = Places.load(connection, site_id, slot_ids)
    places.frozen = grants.frozen(connection, site_id)
    hit = [
        one for slot_id in sorted(slot_ids) for one in places.bookings.get(slot_id, {}).values() if _is_live(one)
    ]  # fmt: skip
    touched = {one.id: str(one.values["slot_id"]) for one in sorted(hit, key=lambda one: one.id)}
    places.include([wish for one in hit for wish in bookings.wished(one)], [], list(touched))
    clock = rows.read_clock(connection, site_id, now_ms)
    for slot_id in sorted(slot_ids):
        if slot_id in places.slots:
            places.slots[slot_id].decide("state", WITHDRAWN_SLOT, clock.tick())
    for booking in sorted(hit, key=lambda one: (str(one.values["created_at"]), one.id)):
        if booking.values["state"] in PLACED:
            bookings.withdraw(booking, places, clock, now_ms)
        elif not places.frozen:
            bookings.decide_anew(booking, places, clock, now_ms)
    for slot_id in sorted(slot_ids):
        places.recount(slot_id, clock)
    conflicts.append(connection, now_ms, places.losses, os.urandom)
    feed.publish_all(connection, places.standings())
    rows.keep_clock(connection, site_id, clock)
    return touched


def offer_again(connection: Connection, site_id: str, now_ms: int) -> int:
    """Proposes other slots to those who lost theirs while nothing could be proposed, and do not know it yet.

    Args:
        connection: of a writing transaction.
        site_id: the site, not frozen.
        now_ms: milliseconds since 1970.

    Returns:
        How many were offered something.
    """
    lost = load_where(connection, "booking", site_id, "state", sorted(UNKEPT)).values()
    bare = [one for one in lost if not (one.values["gone"] or one.values["told_at"] or one.values["alternatives"])]
    if not bare:
        return 0
    places = Places.load(connection, site_id, [one.values["slot_id"] for one in bare], (), [one.id for one in bare])
    clock, now = rows.read_clock(connection, site_id, now_ms), utc_text(now_ms)
    offered = 0
    for booking in sorted(bare, key=lambda one: (str(one.values["created_at"]), one.id)):
        slot = places.slots.get(str(booking.values["slot_id"]))
        if slot is not None and str(slot.values["starts_at"]) > now:
            bookings.propose(places.named[booking.id], places, clock, now_ms)
            offered += bool(places.named[booking.id].values["alternatives"])
    feed.publish_all(connection, places.standings())
    rows.keep_clock(connection, site_id, clock)
    return offered


def serve_waiting(connection: Connection, site_id: str, now_ms: int) -> None:
    """Answers who waited, offers again to who lost a slot, and proposes earlier hours; nothing while it is frozen.

    Args:
        connection: of a writing transaction.
        site_id: the site.
        now_ms: milliseconds since 1970.
    """
    if not grants.frozen(connection, site_id):
        bookings.answer_waiting(connection, site_id, now_ms)
        offer_again(connection, site_id, now_ms)
        earlier.propose(connection, site_id, now_ms)


def _is_live(booking: Standing) -> bool:
    return booking.values["state"] in LIVE and not booking.values["gone"]


def _unknown() -> InvalidInput:
    return InvalidInput("Aucun créneau de ce site n’a cet identifiant : vérifiez le site et l’identifiant.")
