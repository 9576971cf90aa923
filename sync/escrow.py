"""Escrow: which place may be promised by whom. Pure: time and rows come in as arguments.

A **place** of a slot is taken by whoever can promise it: an active grant (spent or not), or a booking that holds it
without one. The hub gives a place once; a grant comes back only by its holder's own numbered release, by a named
person's write-off, or never: when its slot's time has passed it is worth nothing. No time-out gives a place back
(leases that expire double-booked in 8 to 43 % of simulated runs even with perfect clocks: docs/decisions/0014).

Moments are texts, UTC, ``2026-11-24T08:00:00Z``: they compare as times.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from sync.change import Value
from sync.claim import placeholder_id
from sync.promise import ACTIVE, OPEN_SLOT, PLACED, SEATS

Fields = Mapping[str, Value]

BUFFER = timedelta(minutes=5)
"""Between two appointments of one booth: cleaning (docs/sources.md, video)."""
ONE_PLACE_REASONS = frozenset({"signature_cer", "dpa"})
SEATS_OF_ONE_EVENT = 3
"""Seats of one event in a terminal's stock, at most: the stock is for several events."""
LEAD = timedelta(hours=2)
"""A terminal promises nothing that begins sooner: what it says must have a chance to arrive."""
HOLD = timedelta(minutes=5)
PROPOSAL_LEAD = timedelta(hours=1)
"""The hub proposes nothing that begins sooner: the visitor must learn of it, and come."""
PROPOSALS_MAX = 3
EARLIER_LEAD = timedelta(hours=24)
EARLIER_GAIN = timedelta(hours=24)
EARLIER_NOTICES_MAX = 3
"""How often a visitor is told of earlier hours: who calls every week is heard no more (docs/sources.md, complaints)."""
TAKES_PER_HOUR = 12
TAKES_SPAN = timedelta(hours=1)
REFERENCE_FIRST = 1 << 14
"""The first reference number that belongs to grants; those below are the terminal's own, in order."""
SPENDS_WITH_REFERENCE = 8


@lru_cache(maxsize=4096)  # the same few slots are asked about again and again, inside the hub's writing transaction
def shift(moment: str, by: timedelta) -> str:
    """A moment later by ``by``."""
    return (datetime.fromisoformat(moment.replace("Z", "+00:00")) + by).strftime("%Y-%m-%dT%H:%M:%SZ")


def places(slot: Fields) -> int:
    """How many bookings a slot may hold: one only for what is personal by law, whatever was imported."""
    capacity = slot["capacity"]
    return 1 if slot["reason"] in ONE_PLACE_REASONS or not isinstance(capacity, int) else capacity


def taken(bookings: Iterable[Fields], grants: Mapping[str, Fields]) -> int:
    """How many places of one slot are promised or may be promised.

    Args:
        bookings: every booking of the slot.
        grants: every grant of the slot, by id.
    """
    active = {grant_id for grant_id, grant in grants.items() if grant["state"] == ACTIVE and not grant["gone"]}
    on_their_own = sum(1 for booking in bookings if holds_a_place(booking) and booking["grant_id"] not in active)
    return len(active) + on_their_own


def holds_a_place(booking: Fields) -> bool:
    """True while somebody was told that the place is theirs."""
    return booking["state"] in PLACED and not booking["gone"]


def touches(one: Fields, other: Fields) -> bool:
    """True when two slots of one booth overlap, cleaning time included: only one of them may be given."""
    if one["booth"] != other["booth"] or not one["booth"]:
        return False  # seats of an event have no booth
    return str(one["starts_at"]) < shift(str(other["ends_at"]), BUFFER) and str(other["starts_at"]) < shift(
        str(one["ends_at"]), BUFFER
    )


def why_not_free(slot: Fields, taken_here: int, others: Iterable[tuple[Fields, int]], now: str) -> str | None:
    """Why one more place of a slot cannot be given; ``None`` when it can.

    Args:
        slot: the slot.
        taken_here: its ``taken``.
        others: the other slots of its site, with their ``taken``.
        now: the present moment.

    Returns:
        ``slot_unknown``, ``slot_withdrawn``, ``slot_past``, ``slot_taken``, or ``booth_busy`` when another slot of
        the booth overlaps it and has somebody.
    """
    if slot["gone"]:
        return "slot_unknown"
    if slot["state"] != OPEN_SLOT:
        return "slot_withdrawn"
    if str(slot["starts_at"]) <= now:
        return "slot_past"
    if taken_here >= places(slot):
        return "slot_taken"
    if any(count and touches(slot, other) for other, count in others):
        return "booth_busy"
    return None


@dataclass(frozen=True)
class Stock:
    """How much a terminal is given.

    Attributes:
        per_terminal: places of booth time a terminal holds unspent, at most.
        seats_per_terminal: seats of events a terminal holds unspent, at most; a big event takes nothing of a booth.
        share: the part of a site's free places that may be granted, 0 to 1; the rest is for whoever is online.
            Booth time and seats are shared apart.
        refills: how often the whole stock may be given to one terminal within ``TAKES_SPAN``: a screen that spends
            its stock and is restocked at once, again and again, would empty a site's month.
        lead: a grant is given for slots that begin later than this.
        horizon: and sooner than this.
    """

    per_terminal: int = 6
    seats_per_terminal: int = 6
    share: float = 0.5
    refills: int = 2
    lead: timedelta = timedelta(hours=24)
    horizon: timedelta = timedelta(days=21)


def allot(slots: Mapping[str, Fields], unspent: int, granted: int, now: str, stock: Stock) -> list[str]:
    """The slots of which a terminal is given one more place, earliest first.

    Reasons take turns, so that a short stock does not hold one reason only. Seats are left out (``allot_seats``).

    Args:
        slots: every slot of the site by id, ``taken`` up to date.
        unspent: active grants of booth time that the terminal holds unspent, of slots to come.
        granted: the same, of all terminals of the site.
        now: the present moment.
        stock: how much.
    """
    given, ahead = _taken_of(slots), _ahead(slots, now, stock, seats=False)
    room = _room(slots, given, ahead, now, stock.per_terminal - unspent, granted, stock)
    chosen: list[str] = []
    for slot_id in _in_turns(ahead):
        if len(chosen) >= room:
            break
        if _is_free(slots, given, slot_id, now):
            given[slot_id] += 1
            chosen.append(slot_id)
    return chosen


def allot_seats(
    slots: Mapping[str, Fields], held: Mapping[str, int], granted: int, now: str, stock: Stock
) -> list[str]:
    """The seats that a terminal is given: one of each event in turn, the earliest first, up to three of one event.

    Args:
        slots: every slot of the site by id, ``taken`` up to date.
        held: active grants of seats that the terminal holds unspent, by slot.
        granted: the number of such grants of all terminals of the site.
        now: the present moment.
        stock: how much.

    Returns:
        Ids of slots; one stands there once for each seat.
    """
    given, ahead = _taken_of(slots), _ahead(slots, now, stock, seats=True)
    mine = {slot_id: held.get(slot_id, 0) for slot_id in ahead}
    room = _room(slots, given, ahead, now, stock.seats_per_terminal - sum(held.values()), granted, stock)
    in_order = sorted(ahead, key=lambda slot_id: (str(ahead[slot_id]["starts_at"]), slot_id))
    chosen: list[str] = []
    for level in range(SEATS_OF_ONE_EVENT):
        for slot_id in in_order:
            if len(chosen) >= room:
                return chosen
            if mine[slot_id] == level and _is_free(slots, given, slot_id, now):
                mine[slot_id] += 1
                given[slot_id] += 1
                chosen.append(slot_id)
    return chosen


def _ahead(slots: Mapping[str, Fields], now: str, stock: Stock, *, seats: bool) -> dict[str, Fields]:
    """The slots of the time in which grants are given, those of seats or the others."""
    first, last = shift(now, stock.lead), shift(now, stock.horizon)
    return {
        slot_id: slot
        for slot_id, slot in slots.items()
        if first <= str(slot["starts_at"]) <= last and (slot["reason"] == SEATS) is seats
    }


def _room(
    slots: Mapping[str, Fields], given: Mapping[str, int], ahead: Mapping[str, Fields], now: str, lacking: int,
    granted: int, stock: Stock,
) -> int:  # fmt: skip
    """How many more places may be granted: what the terminal lacks, within the share of what is free."""
    # A slot that is gone, withdrawn or in a busy booth is not there to be shared: counted, it would let terminals
    # empty what is left for whoever is online.
    free = sum(places(slot) - given[slot_id] for slot_id, slot in ahead.items() if _is_free(slots, given, slot_id, now))
    return min(lacking, int(stock.share * (free + granted)) - granted)


def _taken_of(slots: Mapping[str, Fields]) -> dict[str, int]:
    return {slot_id: _int(slot["taken"]) for slot_id, slot in slots.items()}


def _is_free(slots: Mapping[str, Fields], given: Mapping[str, int], slot_id: str, now: str) -> bool:
    others = ((slots[other_id], count) for other_id, count in given.items() if count and other_id != slot_id)
    return why_not_free(slots[slot_id], given[slot_id], others, now) is None


def _in_turns(slots: Mapping[str, Fields]) -> list[str]:
    """The slots by rank within their reason, then by time."""
    ordered = sorted(slots, key=lambda slot_id: (str(slots[slot_id]["starts_at"]), slot_id))
    seen: dict[str, int] = {}
    ranked = []
    for slot_id in ordered:
        reason = str(slots[slot_id]["reason"])
        seen[reason] = seen.get(reason, -1) + 1
        ranked.append((seen[reason], str(slots[slot_id]["starts_at"]), slot_id))
    return [slot_id for _, _, slot_id in sorted(ranked)]


def next_spend(grant_id: str, bookings: Iterable[Fields]) -> int:
    """The number of the next spend of a grant: one more than the highest, cancelled ones and tombstones included."""
    return 1 + max((_int(booking["spend_no"]) for booking in bookings if booking["grant_id"] == grant_id), default=0)


def is_spendable(
    grant: Fields, slot: Fields | None, bookings: Sequence[Fields], *,
    terminal_no: int, incarnation: str, now: str, grant_id: str,
) -> bool:  # fmt: skip
    """True when the terminal that holds a grant may promise its place now.

    Args:
        grant: the grant.
        slot: its slot, ``None`` when unknown here.
        bookings: every booking of the slot at this terminal, tombstones included.
        terminal_no: the terminal that asks.
        incarnation: the replica that asks: a restored or cloned disk holds no grant.
        now: the present, trusted moment.
        grant_id: the grant's id.
    """
    if slot is None or grant["gone"] or slot["gone"] or grant["state"] != ACTIVE or slot["state"] != OPEN_SLOT:
        return False
    if grant["terminal_no"] != terminal_no or grant["incarnation"] != incarnation:
        return False
    if str(slot["starts_at"]) < shift(now, LEAD):
        return False
    return not any(booking["grant_id"] == grant_id and holds_a_place(booking) for booking in bookings)


def is_over(slot: Fields | None, now: str) -> bool:
    """True when nothing can be booked of a slot any more: unknown, withdrawn, or begun."""
    return slot is None or bool(slot["gone"]) or slot["state"] != OPEN_SLOT or str(slot["starts_at"]) <= now


def is_placeholder(booking_id: str, booking: Fields) -> bool:
    """True for the booking that the hub made from a voice: its id is drawn from the grant and the spend."""
    terminal_no, grant_id = booking.get("terminal_no"), booking["grant_id"]
    if grant_id is None or not isinstance(terminal_no, int):
        return False
    return booking_id == placeholder_id(terminal_no, str(grant_id), _int(booking["spend_no"]))


def is_clone(booking_id: str, booking: Fields, others: Iterable[tuple[str, Fields]]) -> bool:
    """True when another booking already bears the same spend of the same grant: two disks hold one grant.

    What the hub made from a voice is nobody else: its terminal's own booking takes its place.
    """
    if booking["grant_id"] is None or is_placeholder(booking_id, booking):
        return False
    same = (booking["grant_id"], booking["spend_no"])
    return any(
        other_id != booking_id
        and (other["grant_id"], other["spend_no"]) == same
        and not is_placeholder(other_id, other)
        for other_id, other in others
    )


def two_disks(bookings: Mapping[str, Fields]) -> bool:
    """True when the bookings of one grant cannot all come of one disk: it was copied, or put back.

    Either two bear one spend, or a lower spend was made after a higher one: a terminal numbers them as it makes them.
    What the hub made from a voice proves nothing.

    Args:
        bookings: every booking on the grant, tombstones included, by id.
    """
    real = [one for one_id, one in bookings.items() if not is_placeholder(one_id, one)]
    made = sorted((_int(one["spend_no"]), str(one["created_at"])) for one in real)
    return any(one[0] == after[0] or one[1] > after[1] for one, after in pairwise(made))


def given_up(bookings: Mapping[str, Fields], told_late: Container[str] = frozenset()) -> list[str]:
    """The bookings of one grant that still hold its place although a higher spend is known, by id.

    Their terminal gave them up before it promised the place again, whatever comes first here. Not so when two disks
    promised the place: then the higher spend gave nobody up. Nor does one that was told late: its disk may know nothing
    of the lower one; and if it does, it says itself that the lower one was given up.

    Args:
        bookings: every booking on the grant, tombstones included, by id.
        told_late: the bookings that an incarnation was the first to tell of, on a grant that another one was given.
    """
    if two_disks(bookings):
        return []
    highest = max((_int(one["spend_no"]) for one_id, one in bookings.items() if one_id not in told_late), default=0)
    return sorted(one_id for one_id, one in bookings.items() if holds_a_place(one) and _int(one["spend_no"]) < highest)


def reference_index(number: int, spend_no: int) -> int | None:
    """The number of the reference of one spend, so that a voice on the phone names grant and spend.

    ``None`` beyond the eighth spend: such a booking takes an ordinary reference. After 2,048 grants the numbers come
    round again, on slots long past.
    """
    if not 1 <= spend_no <= SPENDS_WITH_REFERENCE:
        return None
    return (
        REFERENCE_FIRST
        + (number - 1) % (REFERENCE_FIRST // SPENDS_WITH_REFERENCE) * SPENDS_WITH_REFERENCE
        + (spend_no - 1)
    )


def overbooked(
    slots: Mapping[str, Fields], live: Mapping[str, Collection[str]]
) -> list[tuple[tuple[str, ...], list[str]]]:
    """Where more people count on a place than there are places: the slots, with those bookings, both by id.

    One slot with more bookings than places; or two slots of one booth that overlap and both have somebody.

    Args:
        slots: the slots by id.
        live: the bookings that hold a place, by the id of their slot.
    """
    found: list[tuple[tuple[str, ...], list[str]]] = [
        ((slot_id,), sorted(live[slot_id]))
        for slot_id, slot in sorted(slots.items())
        if len(live.get(slot_id, ())) > places(slot)
    ]
    booths: dict[Value, list[str]] = {}
    for slot_id in sorted((one for one in slots if live.get(one)), key=lambda one: (str(slots[one]["starts_at"]), one)):
        beside = booths.setdefault(slots[slot_id]["booth"], [])
        found += [
            ((other, slot_id), sorted([*live[other], *live[slot_id]]))
            for other in beside
            if touches(slots[other], slots[slot_id])
        ]
        beside.append(slot_id)
    return found


def proposals(
    slots: Mapping[str, Fields], *, reason: Value, modality: Value, near: str, now: str, without: Collection[str],
    event: Fields | None = None,
) -> list[str]:  # fmt: skip
    """Up to three free slots that a visitor may be offered instead, the nearest in time first.

    Args:
        slots: the open slots of the site by id, ``taken`` up to date.
        reason: that of the booking; a slot of another is not proposed.
        modality: the same.
        near: the moment that was wished.
        now: the present moment; nothing is proposed that begins within an hour.
        without: slots that were asked for already.
        event: for seats, the slot that was asked for: whoever wants one workshop is not sent to another, nor from the
            room to a screen or back (``_of_event``).
    """
    given, soon, wished = _taken_of(slots), shift(now, PROPOSAL_LEAD), _seconds(near)
    alike = _of_event(slots, event, modality) if reason == SEATS else None
    fitting = [
        slot_id
        for slot_id, slot in slots.items()
        if slot["reason"] == reason
        and (slot["modality"] == modality if alike is None else slot_id in alike)
        and str(slot["starts_at"]) > soon
        and slot_id not in without
    ]
    found: list[str] = []
    for slot_id in sorted(fitting, key=lambda one: (abs(_seconds(str(slots[one]["starts_at"])) - wished), one)):
        if len(found) == PROPOSALS_MAX:
            break
        if _is_free(slots, given, slot_id, now):
            found.append(slot_id)
    return found


def _of_event(slots: Mapping[str, Fields], asked: Fields | None, modality: Value) -> frozenset[str]:
    """The seats of the same event that may stand in for those asked for: its other hours, in the same way.

    At one hour an event has one slot, or two: on site and from afar. Of the hour asked for the other one is no other
    date, and of another hour it is offered only where there is none of the same kind.
    """
    if asked is None:
        return frozenset()
    of_event = {
        one: slot for one, slot in slots.items()
        if slot["reason"] == SEATS and slot["external_ref"] == asked["external_ref"]
    }  # fmt: skip

    def hour(slot: Fields) -> tuple[Value, Value]:
        return slot["starts_at"], slot["ends_at"]

    alike = {hour(slot) for slot in of_event.values() if slot["modality"] == modality}
    return frozenset(
        one for one, slot in of_event.items()
        if (slot["modality"] == asked["modality"] if hour(slot) == hour(asked)
            else slot["modality"] == modality or hour(slot) not in alike)
    )  # fmt: skip


def earlier(
    slots: Mapping[str, Fields], *, reason: Value, modality: Value, before: str, now: str, without: Collection[str]
) -> list[str]:
    """Up to three free slots for a visitor who has a place and would like an earlier one, the soonest first.

    Args:
        slots: the open slots of the site by id, ``taken`` up to date.
        reason: that of the booking; a slot of another is not proposed.
        modality: the same.
        before: when the place is that the visitor has; what is less than a day sooner is not worth coming for.
        now: the present moment; nothing is proposed that begins within a day: the visitor must hear of it first.
        without: slots that are not proposed.
    """
    given, soon, late = _taken_of(slots), shift(now, EARLIER_LEAD), shift(before, -EARLIER_GAIN)
    fitting = [
        slot_id
        for slot_id, slot in slots.items()
        if (slot["reason"], slot["modality"]) == (reason, modality)
        and soon <= str(slot["starts_at"]) <= late
        and slot_id not in without
    ]
    in_order = sorted(fitting, key=lambda one: (str(slots[one]["starts_at"]), one))
    return [slot_id for slot_id in in_order if _is_free(slots, given, slot_id, now)][:PROPOSALS_MAX]


def why_too_many(
    taken_at: Iterable[str], unspent_here: int, now: str, *, takes_per_hour: int, per_terminal: int
) -> str | None:
    """Why a terminal may not take one more place on line now, so that nobody empties a site's month.

    Args:
        taken_at: when places of the site were taken on line, by any terminal; older ones may be among them.
        unspent_here: places that this terminal took on line and has not promised, of slots to come.
        now: the present moment.
        takes_per_hour: how many places a site gives in an hour, at most.
        per_terminal: how many of them one terminal may hold unspent.

    Returns:
        ``too_many_held``, ``too_many_takes``, or ``None``.
    """
    if unspent_here >= per_terminal:
        return "too_many_held"
    since = shift(now, -TAKES_SPAN)
    if sum(1 for moment in taken_at if moment > since) >= takes_per_hour:
        return "too_many_takes"
    return None


@lru_cache(maxsize=4096)
def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp())


def _int(value: Value) -> int:
    return value if isinstance(value, int) else 0
