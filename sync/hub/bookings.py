"""The hub's answer to a booking: a promise is believed, an asking gets a place when one is free.

Everything happens inside the transaction that applied the booking, so that the count of places and
the answer cannot part: ``sync.hub.places`` counts anew after each one. The rules are ``sync.escrow``'s, those of
moves ``sync.hub.moves``'.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection

from sync import escrow, merge
from sync.change import Value
from sync.clock import HybridClock, utc_text
from sync.hub import conflicts, feed, moves, pace, rows, spoken, testimony
from sync.hub.places import Places
from sync.hub.standing import Standing, load_where
from sync.promise import (
    ALTERNATIVES,
    CANCELLED,
    CONFIRMED,
    DECLINED,
    GUARANTEED,
    IN_LINE,
    LIVE,
    MOVED,
    OPEN_SLOT,
    OVERRULED,
    PLACED,
    REQUESTED,
    WITHDRAWN,
    WRITTEN_OFF,
)
from sync.records.booking import WISHES_MAX

SLOT_TAKEN, BOOTH_BUSY, OTHER_REASON, UNKNOWN = "slot_taken", "booth_busy", "reason", "slot_unknown"
SLOT_WITHDRAWN = "slot_withdrawn"
NO_PLACE = frozenset({SLOT_TAKEN, BOOTH_BUSY})
"""What may change: a request that waits stays in the line for it."""
CLONE = "clone"
GIVEN_SINCE = "given_since"
"""Why a place is not kept: this hub was restored from before it had given it, and it was promised to somebody else."""
UNKEPT_SINCE = {
    SLOT_WITHDRAWN: (WITHDRAWN, None), SLOT_TAKEN: (OVERRULED, GIVEN_SINCE), BOOTH_BUSY: (OVERRULED, GIVEN_SINCE),
}  # fmt: skip
"""What becomes of a booking that was confirmed before a restore, by what its slot lacks now: its state, and why."""
BEFORE_EVERYTHING = ""
"""As the present moment: a slot that is over is not past, because what matters is who sat there."""


def why_rejected(
    held: Standing | None, whole: dict[str, Value], places: Places, booking_id: str | None = None
) -> str | None:
    """Why a terminal's booking cannot be taken as it is: ``invalid``, ``foreign_grant``, or ``None``.

    Args:
        held: the booking as it stands, ``None`` when it is new.
        whole: the booking as the operation would make it; it is the sender's own.
        places: the slots and grants that it names.
        booking_id: its id, so that a move in a circle is seen.
    """
    promise = (whole["grant_id"], whole["spend_no"])
    if held is not None and not held.values["carried"]:
        replaced = {whole["moved_from"], *_own_ids(whole["moved_from"], places)}
        same = promise == (held.values["grant_id"], held.values["spend_no"])
        return None if same and held.values["moved_from"] in replaced else "invalid"
    if booking_id is not None and _comes_round(booking_id, whole["moved_from"], places):
        return "invalid"
    grant_id, spend_no = promise
    if whole["state"] == GUARANTEED and (grant_id is None or spend_no == 0 or _is_for_one(whole, places)):
        return "invalid"
    if whole["state"] == REQUESTED and promise != (None, 0):
        return "invalid"
    grant = places.grants.get(str(grant_id)) if grant_id is not None else None
    if grant is not None and any(grant.values[name] != whole[name] for name in ("terminal_no", "slot_id")):
        return "foreign_grant"
    return None


def _own_ids(voice_id: Value, places: Places) -> list[Value]:
    """The terminal's own booking in the place of a voice's, which the hub names instead of it (``spoken.follow``)."""
    own = spoken.own_of(voice_id, places)
    return [] if own is None else [own.id]


def _is_for_one(whole: dict[str, Value], places: Places) -> bool:
    """True for an individual reason on a slot of another one, collective ones too (docs/sources.md, contract)."""
    slot = places.slots.get(str(whole["slot_id"]))
    return slot is not None and whole["reason"] in escrow.ONE_PLACE_REASONS and slot.values["reason"] != whole["reason"]


def answer(booking: Standing, state_before: Value, places: Places, clock: HybridClock, now_ms: int) -> None:
    """Answers one booking that was just written, and keeps its slot's count right.

    What could not stand is left in ``places.losses`` for the journal.

    Args:
        booking: as it stands after the change.
        state_before: its state before the change, ``None`` when it is new.
        places: its slots', and its family's when it was moved, read in this transaction.
        clock: the hub's.
        now_ms: milliseconds since 1970.
    """
    places.add(booking)
    spoken.follow(booking, places, clock)
    if booking.values.get("gone") and booking.values["state"] in LIVE:
        booking.decide("state", CANCELLED, clock.tick())
    if state_before is None and booking.values["state"] == GUARANTEED:
        _believe(booking, places, clock, now_ms)
    elif booking.values["state"] in PLACED:
        _overrule_completed(booking, places, clock, now_ms)
    elif state_before != REQUESTED and booking.values["state"] == REQUESTED and not places.frozen:
        decide(booking, places, clock, now_ms)
    spoken.give_way(booking, places, clock)
    moves.keep_one(booking, state_before, places, clock)
    for given_up in places.given_up(_on_the_grant(booking, places)):
        places.named[given_up].decide("state", CANCELLED, clock.tick())
    places.recount(str(booking.values["slot_id"]), clock)
    if booking.values["grant_id"] is not None:
        answer_held_up(str(booking.values["slot_id"]), booking.values["grant_id"], places, clock, now_ms)
    serve_line(places, clock, now_ms)


def answer_grant(grant: Standing, places: Places, clock: HybridClock, now_ms: int) -> None:
    """Counts the places of the slot of a grant that just ended, and answers who waited for it.

    Args:
        grant: as it stands after the change; it is in ``places``.
        places: its slot's.
        clock: the hub's.
        now_ms: milliseconds since 1970.
    """
    slot_id = str(grant.values["slot_id"])
    places.recount(slot_id, clock)
    answer_held_up(slot_id, grant.id, places, clock, now_ms)
    serve_line(places, clock, now_ms)


def serve_line(places: Places, clock: HybridClock, now_ms: int) -> None:
    """Gives the places that somebody left to those who wait for them, whoever came first in the line first.

    In the transaction that freed them: a place that is free for a moment would be granted, taken or asked for by
    somebody who came later. What waits elsewhere (another wish) is served by the hourly upkeep.
    """
    while places.freed:
        answer_held_up(places.freed.pop(), None, places, clock, now_ms)


def answer_held_up(slot_id: str, grant_id: Value, places: Places, clock: HybridClock, now_ms: int) -> None:
    """Answers the requests for a slot that waited until their own terminal's place came back (``decide``)."""
    waiting = [] if places.frozen else places.held_up(slot_id, grant_id)
    if not waiting:
        return
    places.include([one for booking in waiting for one in wished(booking)], [], [one.id for one in waiting])
    for booking in _in_turn(waiting, places):
        if not booking.values["gone"]:
            decide_anew(booking, places, clock, now_ms)


def decide_anew(booking: Standing, places: Places, clock: HybridClock, now_ms: int) -> None:
    """Decides a request that waited, or whose place went, and frees what it replaces once it stands."""
    decide(booking, places, clock, now_ms)
    moves.keep_one(booking, REQUESTED, places, clock)


def decide(booking: Standing, places: Places, clock: HybridClock, now_ms: int) -> None:
    """Answers a request: the first of its wishes that has a place, else up to three other slots, else no.

    What this hub had confirmed before it was restored is confirmed again on the same slot, over or not, and known again
    or not: the visitor was told so, and may have come; where the slot was withdrawn since, or its place is somebody
    else's, they must be told, as anybody who had a place there. A request waits while its own terminal holds a place of
    the wish that it took on line: the answer that gave it was lost on the way, and the place comes back. Counted as
    free before that, it could be promised twice. It waits as well when the site or its terminal had its share of this
    hour (``sync.hub.pace``). One that ``waits`` stays in the line for as long as a place of its own slot may come free.

    Args:
        booking: a request, or what a person wants decided anew; it is in ``places``.
        places: its slots', with those of its wishes.
        clock: the hub's.
        now_ms: milliseconds since 1970.
    """
    moves.keep_one(booking, booking.values["state"], places, clock)
    if booking.values["state"] == MOVED:
        return  # the visitor took another place since
    now, own = utc_text(now_ms), moves.family(booking, places)
    reasons: dict[str, str] = {}
    told = places.told_before(booking.id)
    for slot_id in sorted(wished(booking), key=lambda one: one != told):
        because = _why_not(booking, slot_id, places, BEFORE_EVERYTHING if slot_id == told else now, own.keys())
        if because is None or (slot_id == told and because == UNKNOWN):
            if slot_id == told or _is_admitted(booking, own, places, clock, now):
                confirm(booking, slot_id, places, clock, now_ms)
            return
        if because == SLOT_TAKEN and places.comes_back(slot_id, booking.values["terminal_no"]):
            if pace.place_in_line(booking):
                booking.decide("declined_because", None, clock.tick())
            return
        if slot_id == told and because in UNKEPT_SINCE:
            confirm(booking, slot_id, places, clock, now_ms)
            _unkeep(booking, *UNKEPT_SINCE[because], places, clock, now_ms)
            places.recount(slot_id, clock)
            return
        reasons[slot_id] = because
    if booking.values.get("waits") and reasons.get(str(booking.values["slot_id"])) in NO_PLACE:
        if booking.values.get("declined_because") != IN_LINE:
            booking.decide("answered_at", now, clock.tick())
            booking.decide("declined_because", IN_LINE, clock.tick())
        return
    booking.decide("answered_at", now, clock.tick())
    booking.decide("declined_because", next((one for one in reasons.values() if one != UNKNOWN), UNKNOWN), clock.tick())
    propose(booking, places, clock, now_ms)
    booking.decide("state", ALTERNATIVES if booking.values["alternatives"] else DECLINED, clock.tick())


def _is_admitted(booking: Standing, own: Mapping[str, Standing], places: Places, clock: HybridClock, now: str) -> bool:
    """True when a request may have its free place now; else it says that it waits, once.

    Whoever has a place and wants another one empties nothing: that one always may.
    """
    line = places.pace_of(now)
    if any(escrow.holds_a_place(one.values) for one in own.values()) or line.admits(booking):
        return True
    if not pace.place_in_line(booking):
        booking.decide("declined_because", pace.TOO_MANY, clock.tick())
    line.wait(booking)
    return False


def confirm(booking: Standing, slot_id: str, places: Places, clock: HybridClock, now_ms: int) -> None:
    """Gives a booking one place of a slot that has one; it leaves its former slot, which becomes a wish."""
    others = [one for one in wished(booking) if one != slot_id]
    if pace.place_in_line(booking, IN_LINE):  # its visitor has gone home: they must hear of it
        booking.decide("notices", 1, clock.tick())
    booking.decide("state", CONFIRMED, clock.tick())
    booking.decide("answered_at", utc_text(now_ms), clock.tick())
    for name, value in (("alternatives", []), ("declined_because", None), ("told_at", None)):
        if booking.values.get(name) not in (value, None):
            booking.decide(name, value, clock.tick())
    if slot_id != booking.values["slot_id"]:
        booking.decide("wishes", others[: WISHES_MAX - 1], clock.tick())
    places.put(booking, slot_id, clock)


def propose(booking: Standing, places: Places, clock: HybridClock, now_ms: int) -> None:
    """Notes other slots that the visitor of a booking may choose; nothing is kept of them.

    While a site's places are frozen nothing is proposed: who has a place there is not known.
    """
    family = moves.family(booking, places).values()
    without = {*wished(booking), *(str(one.values["slot_id"]) for one in family)}
    offered = [] if places.frozen else places.proposals(booking, utc_text(now_ms), without)
    if booking.values.get("alternatives") != offered:
        booking.decide("alternatives", list(offered), clock.tick())


def withdraw(booking: Standing, places: Places, clock: HybridClock, now_ms: int) -> None:
    """The owner of a slot ended it: the visitor must be told, and is offered another place."""
    _unkeep(booking, WITHDRAWN, None, places, clock, now_ms)


def wished(booking: Standing) -> list[str]:
    """The slots that a booking asks for, best first."""
    wishes = booking.values.get("wishes")
    return [str(booking.values["slot_id"]), *(wishes if isinstance(wishes, list) else [])]


def answer_waiting(connection: Connection, site_id: str, now_ms: int) -> int:
    """Answers the askings of a site that waited, for its places to be given again or for the next hour; how many.

    First those that this hub had confirmed before it was restored, each on the slot that its visitor was told; then
    those in the line, then the others, oldest first.

    Args:
        connection: of the writing transaction in which the last terminal has reported, or was revoked; or of upkeep.
        site_id: the site, not frozen.
        now_ms: milliseconds since 1970.
    """
    waiting = load_where(connection, "booking", site_id, "state", [REQUESTED])
    if not waiting:
        return 0
    slot_ids = [slot_id for booking in waiting.values() for slot_id in wished(booking)]
    places = Places.load(connection, site_id, slot_ids, booking_ids=waiting)
    clock = rows.read_clock(connection, site_id, now_ms)
    for asked in _in_turn(waiting.values(), places):
        answer(places.named[asked.id], None, places, clock, now_ms)
    testimony.forget(connection, site_id, waiting.keys())
    conflicts.append(connection, now_ms, places.losses, os.urandom)
    feed.publish_all(connection, places.standings())
    rows.keep_clock(connection, site_id, clock)
    return len(waiting)


def _in_turn(waiting: Iterable[Standing], places: Places) -> list[Standing]:
    """Those that were confirmed before this hub was restored come first, then those in a line, then the oldest."""

    def turn(asked: Standing) -> tuple[bool, bool, str, str, str]:
        unheard = places.told_before(asked.id) not in wished(asked)
        place = pace.place_in_line(asked) or pace.place_in_line(asked, IN_LINE)
        return unheard, not place, place, str(asked.values["created_at"]), asked.id

    return sorted(waiting, key=turn)


def _believe(booking: Standing, places: Places, clock: HybridClock, now_ms: int) -> None:
    """A terminal's promise stands, whatever the hub knows, unless its place provably went to somebody else."""
    placeholder = spoken.placeholder_of(booking, places)
    promised = merge.Lost(booking.values["state"], booking.stamps["state"], merge.Policy.STATES, needs_person=True)
    booking.decide("answered_at", utc_text(now_ms), clock.tick())
    is_first = not escrow.is_clone(booking.id, booking.values, _on_the_grant(booking, places).items())
    if placeholder is not None and is_first and placeholder.values["state"] not in LIVE:
        for name in ("state", "declined_because", "alternatives", "told_at"):  # the visitor acted on the slip already
            if booking.values.get(name) != placeholder.values[name]:
                booking.decide(name, placeholder.values[name], clock.tick())
        if booking.values["state"] == OVERRULED:
            _note_overruled(booking, promised, places)
        return
    slot = places.slots.get(str(booking.values["slot_id"]))
    because = _why_overruled(booking, places)
    if because is not None:
        _unkeep(booking, OVERRULED, because, places, clock, now_ms)
    elif booking.id in places.given_up(_on_the_grant(booking, places)):
        booking.decide("state", CANCELLED, clock.tick())
    elif slot is not None and (slot.values["state"] != OPEN_SLOT or slot.values["gone"]):
        withdraw(booking, places, clock, now_ms)


def _unkeep(
    booking: Standing, state: str, because: str | None, places: Places, clock: HybridClock, now_ms: int
) -> None:
    """Ends what was promised. A promise that another one overruled is left in the journal: a person tells the visitor.

    What its owner withdrew met nothing: the list of people to tell is enough.
    """
    lost = merge.Lost(booking.values["state"], booking.stamps["state"], merge.Policy.STATES, needs_person=True)
    booking.decide("state", state, clock.tick())
    if state == OVERRULED:
        _note_overruled(booking, lost, places)
    booking.decide("answered_at", utc_text(now_ms), clock.tick())
    if because is not None:
        booking.decide("declined_because", because, clock.tick())
    if booking.values.get("told_at") is not None:
        booking.decide("told_at", None, clock.tick())
    propose(booking, places, clock, now_ms)


def _note_overruled(booking: Standing, lost: merge.Lost, places: Places) -> None:
    kept = (booking.values["state"], booking.stamps["state"])
    places.losses.append(
        conflicts.Loss(booking.kind, booking.site_id, booking.id, "state", kept, lost, "", moves.NOBODY)
    )


def _why_overruled(booking: Standing, places: Places) -> str | None:
    slot_id, grant = str(booking.values["slot_id"]), places.grants.get(str(booking.values["grant_id"]))
    peers = _on_the_grant(booking, places)
    said = spoken.placeholder_of(booking, places)
    same = {booking.id, said.id if said is not None else booking.id}
    others = {one_id: one for one_id, one in peers.items() if one_id not in same}
    if escrow.two_disks(peers) and any(escrow.holds_a_place(one) for one in others.values()):
        return CLONE
    if grant is None or grant.values["state"] != WRITTEN_OFF or booking.id in places.given_up(peers):
        return None
    own = {booking.id, *moves.family(booking, places), *places.given_up(peers), *_placeholders(peers)}
    lacks = places.why_not_free(slot_id, BEFORE_EVERYTHING, without=own)
    return WRITTEN_OFF if lacks in {SLOT_TAKEN, BOOTH_BUSY} else None


def _overrule_completed(booking: Standing, places: Places, clock: HybridClock, now_ms: int) -> None:
    """A carried booking whose terminal has told its real grant, which somebody else's booking proves to be copied."""
    held = {one_id: one for one_id, one in _on_the_grant(booking, places).items() if escrow.holds_a_place(one)}
    if escrow.is_clone(booking.id, booking.values, held.items()):
        _unkeep(booking, OVERRULED, CLONE, places, clock, now_ms)


def _placeholders(peers: dict[str, dict[str, Value]]) -> list[str]:
    return [one_id for one_id, one in peers.items() if escrow.is_placeholder(one_id, one)]


def _on_the_grant(booking: Standing, places: Places) -> dict[str, dict[str, Value]]:
    """Every booking of the slot that is on a booking's grant, itself included, by id; none without a grant."""
    grant_id = booking.values["grant_id"]
    if grant_id is None:
        return {}
    here = places.bookings.get(str(booking.values["slot_id"]), {})
    return {one_id: one.values for one_id, one in here.items() if one.values["grant_id"] == grant_id}


def _comes_round(booking_id: str, moved_from: Value, places: Places) -> bool:
    """True when a booking would replace itself, at once or over others."""
    seen: set[str] = set()
    while isinstance(moved_from, str) and moved_from not in seen:
        if moved_from == booking_id:
            return True
        seen.add(moved_from)
        before = places.named.get(moved_from)
        moved_from = before.values["moved_from"] if before is not None else None
    return False


def _why_not(booking: Standing, slot_id: str, places: Places, now: str, without: Collection[str]) -> str | None:
    because = places.why_not_free(slot_id, now, without=without)
    slot = places.slots.get(slot_id)
    if because in {None, SLOT_TAKEN, BOOTH_BUSY} and slot is not None:
        return because if slot.values["reason"] == booking.values["reason"] else OTHER_REASON
    return because
