"""A named person gives a booking a place that is not free, and answers for it.

The place may be somebody's already, or a terminal may have promised it without having told. Everything else holds:
the booking becomes ``confirmed`` as any other, and where more people are expected than there are places, the list of
what waits for a person says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from sqlalchemy import Connection

from sync import escrow
from sync.change import Value, new_id
from sync.clock import HybridClock, utc_text
from sync.errors import InvalidInput
from sync.hub import accounts, bookings, conflicts, feed, grants, moves, rows
from sync.hub.at_risk import AtRisk, counting_on
from sync.hub.places import Places
from sync.hub.standing import Standing
from sync.promise import CANCELLED, CONFIRMED, MOVED, OPEN_SLOT, PLACED
from sync.records import BookingFields

OVERRIDE = "override"
"""The rule in the journal."""
FROZEN = "site_frozen"
KEPT_FIELDS = (
    "reason", "modality", "language", "needs", "terminal_no", "reference_no", "reference_hash", "content_version",
)  # fmt: skip


def at_risk(connection: Connection, now_ms: int, site_id: str, booking_id: str, slot_id: str) -> AtRisk:
    """Who may be hit when a booking is given a place of a slot now.

    Raises:
        InvalidInput: the booking or the slot cannot be given at all, with what to do.
    """
    places = _load(connection, site_id, booking_id, slot_id)
    return _judge(places, booking_id, slot_id, now_ms)


def override(
    connection: Connection, now_ms: int, site_id: str, booking_id: str, slot_id: str, who: str, *,
    random: Callable[[int], bytes] = os.urandom,
) -> AtRisk:  # fmt: skip
    """Gives a booking a place of a slot, free or not, in a person's name. Journals it.

    A booking that bears the spend of a grant keeps it, and is replaced by one without: what the spends of a grant
    prove must stay readable (docs/decisions/0015).

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        site_id: the site of both.
        booking_id: a booking that holds no place and was not given up.
        slot_id: an open slot to come, of the booking's reason.
        who: a named person with the role ``exploitation``, who has seen ``at_risk``.
        random: source of random bytes.

    Returns:
        Who may be hit.

    Raises:
        InvalidInput: the booking or the slot cannot be given at all, with what to do.
        Refused: no such role.
    """
    accounts.require(connection, who, accounts.EXPLOITATION)
    places = _load(connection, site_id, booking_id, slot_id)
    risk = _judge(places, booking_id, slot_id, now_ms)
    clock = rows.read_clock(connection, site_id, now_ms)
    booking = places.named[booking_id]
    before = booking.values["state"]
    if booking.values["grant_id"] is not None:
        booking, before = _successor(booking, slot_id, places, clock, now_ms, random), None
    bookings.confirm(booking, slot_id, places, clock, now_ms)
    moves.keep_one(booking, before, places, clock)
    conflicts.append(connection, now_ms, places.losses, random)
    hit: Value = [*risk.bookings, *risk.grants]
    conflicts.note_decision(connection, now_ms, ("booking", site_id, booking.id), OVERRIDE, hit, who, random=random)
    feed.publish_all(connection, places.standings())
    rows.keep_clock(connection, site_id, clock)
    said = f"{risk.because or 'free'} bookings {len(risk.bookings)} grants {len(risk.grants)}"
    accounts.audit(connection, now_ms, who, "booking.override", f"booking/{site_id}/{booking.id}", said)
    return risk


def _load(connection: Connection, site_id: str, booking_id: str, slot_id: str) -> Places:
    """The slot with everything that shares its booth and hour, and the booking's family."""
    places = Places.load(connection, site_id, [slot_id], booking_ids=[booking_id])
    places.frozen = grants.frozen(connection, site_id)
    if booking_id not in places.named or places.named[booking_id].values["gone"]:
        raise InvalidInput("Aucun rendez-vous de ce site n’a cet identifiant : voyez « hub booking list ».")
    if slot_id not in places.slots:
        raise InvalidInput("Aucun créneau de ce site n’a cet identifiant : vérifiez le site et l’identifiant.")
    places.include(_touching(places, slot_id))
    return places


def _touching(places: Places, slot_id: str) -> list[str]:
    slot = places.slots[slot_id].values
    known = {other_id: other.values for other_id, other in places.slots.items()}
    return [
        other_id
        for other_id, other in {**places.around, **known}.items()
        if other_id != slot_id and other["state"] == OPEN_SLOT and escrow.touches(slot, other)
    ]


def _judge(places: Places, booking_id: str, slot_id: str, now_ms: int) -> AtRisk:
    """Who may be hit. Raises InvalidInput when no name may answer for it."""
    booking, slot, now = places.named[booking_id], places.slots[slot_id].values, utc_text(now_ms)
    state = booking.values["state"]
    if state in PLACED:
        raise InvalidInput("Ce rendez-vous tient déjà une place : déplacez-le plutôt.")
    if state in {CANCELLED, MOVED}:
        raise InvalidInput("Ce rendez-vous a été annulé ou déplacé par la personne : demandez-en un autre avec elle.")
    if escrow.is_over(slot, now):
        raise InvalidInput("Ce créneau est retiré ou a commencé : choisissez un créneau ouvert, à venir.")
    if slot["reason"] != booking.values["reason"]:
        raise InvalidInput("Ce créneau est pour un autre motif : choisissez un créneau du même motif.")
    own = moves.family(booking, places)
    if any(escrow.holds_a_place(one.values) and moves.born(one) > moves.born(booking) for one in own.values()):
        raise InvalidInput("Cette personne tient déjà une place par un autre rendez-vous : déplacez-le plutôt.")
    because = places.why_not_free(slot_id, now, without=own)
    shared = [slot_id, *_touching(places, slot_id)] if because is not None else [slot_id]
    risk = counting_on(places, shared, because=because or (FROZEN if places.frozen else None), but=own)
    if because is None and not places.frozen:
        return AtRisk()
    _check_individual(places, slot_id, risk)
    return risk


def _check_individual(places: Places, slot_id: str, risk: AtRisk) -> None:
    """An agreement or a contract is gone through with one person alone (docs/sources.md, contract)."""
    if not risk.bookings:
        return
    shared = {slot_id, *(str(places.named[one].values["slot_id"]) for one in risk.bookings)}
    if any(places.slots[one].values["reason"] in escrow.ONE_PLACE_REASONS for one in shared):
        raise InvalidInput(
            "Un entretien individuel occupe cette heure, quelqu’un y est attendu : choisissez un autre créneau."
        )


def _successor(
    booking: Standing, slot_id: str, places: Places, clock: HybridClock, now_ms: int, random: Callable[[int], bytes]
) -> Standing:
    """A booking without a grant in the place of one that bears a spend; the visitor's reference leads to it."""
    values: dict[str, Value] = {
        **{name: booking.values[name] for name in KEPT_FIELDS},
        "state": CONFIRMED,
        "slot_id": slot_id,
        "created_at": utc_text(now_ms),
        "moved_from": booking.id,
    }
    made = Standing("booking", booking.site_id, new_id(now_ms, random(10)))
    for name, value in BookingFields.whole(values).items():
        made.decide(name, value, clock.tick())
    places.add(made)
    return made
