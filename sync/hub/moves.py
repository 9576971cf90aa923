"""Of a family of bookings one place is kept: the old one goes when the new one stands (docs/decisions/0015).

Nothing here asks who came first at the hub: a move, what it replaces, its cancelling and a second move may come in any
order, and end alike.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sync import escrow, merge
from sync.change import Value
from sync.clock import HUB_NODE, HybridClock, make_stamp, stamp_node
from sync.hub.conflicts import Loss
from sync.hub.places import Places
from sync.hub.standing import Standing
from sync.promise import BOOKING_STATES, CANCELLED, MOVED, PLACED, REQUESTED

NOBODY = -1
"""In place of the number of the terminal that is judged now: whoever lost is found by the stamp."""


def ancestors(booking: Standing, places: Places) -> dict[str, Standing]:
    """The bookings that one replaces, near and far, by id."""
    found: dict[str, Standing] = {}
    before = places.named.get(str(booking.values.get("moved_from")))
    while before is not None and before.id not in found and before.id != booking.id:
        found[before.id] = before
        before = places.named.get(str(before.values.get("moved_from")))
    return found


def family(booking: Standing, places: Places) -> dict[str, Standing]:
    """Every booking that one was moved from or to, near and far, itself included, by id."""
    found = {booking.id: booking}
    waiting = [booking]
    while waiting:
        for other in _beside(waiting.pop(), places):
            if other.id not in found:
                found[other.id] = other
                waiting.append(other)
    return found


def keep_one(booking: Standing, state_before: Value, places: Places, clock: HybridClock) -> None:
    """Keeps one place of a booking's family, and counts the places of the others anew.

    What a booking that stands replaces becomes ``moved``. Of two that replaced one booking without seeing each
    other the newer stands, and a person is told of the other.

    Args:
        booking: the one that was just answered.
        state_before: its state before that, ``None`` when it is new.
        places: with its whole family.
        clock: the hub's.
    """
    members = family(booking, places)
    if len(members) == 1:
        return
    was_moved = {one.id for one in members.values() if one.values["state"] == MOVED}
    before: dict[str, Collection[str]] = {one.id: ancestors(one, places).keys() for one in members.values()}
    for one in [one for one in members.values() if _has_stood(one.values)]:
        for other_id in before[one.id]:
            if one.id not in before[other_id]:  # two that name each other are no chain
                _end(members[other_id], clock)
    _settle_rivals(members, before, places, clock)
    if booking.values["state"] in PLACED and state_before not in PLACED:
        _tell_of_cancelled(booking, members, was_moved, places)
    for one in members.values():
        places.recount(str(one.values["slot_id"]), clock)


def _settle_rivals(
    members: dict[str, Standing], before: dict[str, Collection[str]], places: Places, clock: HybridClock
) -> None:
    placed = [one for one in members.values() if escrow.holds_a_place(one.values)]
    if not placed:
        return
    kept = max(placed, key=born)
    for one in members.values():
        rival = one.values["state"] in PLACED or (one.values["state"] == REQUESTED and born(one) < born(kept))
        follows = kept.id in before[one.id] and one.id not in before[kept.id]
        if one is kept or not rival or follows:
            continue
        state, stamp = one.values["state"], one.stamps["state"]
        _end(one, clock)
        lost = merge.Lost(state, stamp, merge.Policy.STATES, needs_person=state in PLACED)
        places.losses.append(_loss(one, (MOVED, one.stamps["state"]), lost))


def _tell_of_cancelled(booking: Standing, members: dict[str, Standing], was_moved: set[str], places: Places) -> None:
    """Somebody cancelled what this booking replaces, and did not see it: it is kept, and a person is told."""
    parent_id = booking.values["moved_from"]
    parent = members.get(str(parent_id))
    told = [parent] if parent is not None else []
    if parent is not None and parent.id in was_moved:
        told = [one for one in members.values() if one is not booking and one.values["moved_from"] == parent_id]
    for one in told:
        counted_on = one is parent or _has_stood(one.values)
        if one.values["state"] == CANCELLED and counted_on and not _was_given_up(one, places):
            lost = merge.Lost(CANCELLED, one.stamps["state"], merge.Policy.STATES, needs_person=True)
            places.losses.append(_loss(one, (MOVED, booking.stamps["state"]), lost))


def _was_given_up(booking: Standing, places: Places) -> bool:
    """True when the hub cancelled it itself, because a higher spend of its grant is known."""
    if booking.values["grant_id"] is None or stamp_node(booking.stamps["state"]) != HUB_NODE:
        return False
    beside = places.bookings.get(str(booking.values["slot_id"]), {}).values()
    spend_no, grant_id = booking.values["spend_no"], booking.values["grant_id"]
    higher = (
        one for one in beside if one.values["grant_id"] == grant_id and _int(one.values["spend_no"]) > _int(spend_no)
    )
    return next(higher, None) is not None


def _has_stood(fields: dict[str, Value]) -> bool:
    """True for a booking that the visitor counted on: it stands, or it was given up after it stood."""
    if fields["state"] in PLACED:
        return True
    promised = fields["grant_id"] is not None
    confirmed = fields.get("answered_at") is not None and fields.get("declined_because") is None
    return fields["state"] in {CANCELLED, MOVED} and (promised or confirmed)


def _end(booking: Standing, clock: HybridClock) -> None:
    if MOVED in BOOKING_STATES[str(booking.values["state"])]:
        booking.decide("state", MOVED, clock.tick())


def born(booking: Standing) -> str:
    """The stamp under which a booking was made; made out anew when the hub stamped it (it came by a claim first)."""
    stamp = booking.stamps["created_at"]
    if stamp_node(stamp) != HUB_NODE:
        return stamp
    made = datetime.fromisoformat(str(booking.values["created_at"]).replace("Z", "+00:00"))
    return make_stamp(int(made.timestamp() * 1000), 0, _int(booking.values["terminal_no"]))


def _beside(booking: Standing, places: Places) -> Iterator[Standing]:
    before_id = str(booking.values.get("moved_from"))
    before = places.named.get(before_id)
    beside = set(places.successors.get(booking.id, ()))
    if before is not None:
        yield before
    else:  # destroyed at its time, or lost: those that replaced it are one visitor's all the same
        beside |= places.successors.get(before_id, set())
    for other_id in sorted(beside):
        yield places.named[other_id]


def _loss(booking: Standing, kept: tuple[Value, str], lost: merge.Lost) -> Loss:
    return Loss(booking.kind, booking.site_id, booking.id, "state", kept, lost, "", NOBODY)


def _int(value: Value) -> int:
    return value if isinstance(value, int) else 0
