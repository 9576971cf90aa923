"""Bookings that a visitor's own phone or voice brought before their terminal could.

Such a booking is *carried*: the hub knows its slot, grant and spend from the signed claim or the reference, and
nothing else. The outbox entry with the same id completes it, whenever it comes. A voice names no id: the entry that
bears the same grant and spend takes the place of what the voice made (``sync.hub.bookings``).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from sync.change import Value
from sync.claim import (
    LANGUAGES,
    Claim,
    Reference,
    claim_in,
    hash_reference,
    make_reference,
    placeholder_id,
    read_reference,
)
from sync.clock import HybridClock, utc_text
from sync.hub import bookings, conflicts, early, feed, grants, rows, slips, spoken, tombstones
from sync.hub.caller import Caller
from sync.hub.judging import Author, judge_fields
from sync.hub.keys import HubKeys
from sync.hub.places import Places
from sync.hub.push import Sender
from sync.hub.slips import Maker, Spend
from sync.hub.standing import Standing, load
from sync.promise import ALTERNATIVES, DECLINED, GUARANTEED, REQUESTED
from sync.questions import ClaimReply, ClaimRequest
from sync.records import BookingFields
from sync.wire import FieldwiseEntry, Operation

KNOWN, MADE = "known", "made"
NOT_YET, ASK_THE_DESK, TO_CHECK = "not_yet", "ask_the_desk", "to_check"
WRONG, LOCKED, OPEN_THE_QR = "wrong", "locked", "open_the_qr"
HELD_BY_THE_HUB = frozenset({"state", "slot_id", "terminal_no"})
"""What a completing operation does not change: the hub may have answered since, and the rest was signed."""
Random = Callable[[int], bytes]


@dataclass(frozen=True)
class Opened:
    """What became of a slip.

    Attributes:
        outcome: ``known``, ``made`` (a carried booking was just made), ``not_yet`` (nothing here, and nothing that
            could be made of it), ``ask_the_desk`` (its slot is unknown here, or it was destroyed
            at the end of its time), ``to_check`` (its terminal was revoked,
            or gave the place back), ``wrong`` or ``locked`` (a reference), ``open_the_qr`` (a genuine reference that
            does not say what it stands for).
        kind, site_id, id: the record, for ``known`` and ``made``.
    """

    outcome: str
    kind: str | None = None
    site_id: str | None = None
    id: str | None = None


def is_completed_by(held: Standing, operation: Operation, sender: Sender) -> bool:
    """True when an operation is the one that made a carried booking at its own terminal."""
    own = held.values.get("carried") is True and held.values["terminal_no"] == sender.terminal_no
    return own and "reference_hash" in operation.fields


def complete(booking: Standing, operation: Operation, author: Author, clock: HybridClock) -> list[conflicts.Loss]:
    """Gives a carried booking what only its terminal knew. Its state is the hub's: it may have changed since.

    What somebody else has changed since the claim made it meets the terminal's value by the field's policy. Every
    field of the operation is stamped anew, those that do not change too: the terminal's own stamps may be newer than
    those of the claim, and both ends must hold the same.

    A slip says one slot only. When that one had no place, what its maker named besides was never answered, nor that the
    visitor would wait for one: the booking becomes a request again, unless its visitor was told already.

    Returns what lost.
    """
    made = booking.stamps["carried"]
    losses: list[conflicts.Loss] = []
    for name, change in operation.fields.items():
        value = booking.values[name] if name in HELD_BY_THE_HUB else change.value
        if name not in HELD_BY_THE_HUB and spoken.is_changed(booking.stamps.get(name, ""), made):
            losses += judge_fields(booking, {name: change}, author, clock).losses
            value = booking.values[name]
        booking.decide(name, value, clock.tick())
    booking.decide("carried", False, clock.tick())
    asked_more = bool(booking.values["wishes"] or booking.values["waits"]) and booking.values["told_at"] is None
    if asked_more and booking.values["state"] in {ALTERNATIVES, DECLINED}:
        booking.decide("state", REQUESTED, clock.tick())
    return losses


def open_claim(
    connection: Connection, keys: HubKeys, claim: Claim, maker: Maker, now_ms: int, random: Random = os.urandom
) -> Opened:
    """What a claim opens; makes its booking when the hub does not know it. Opened again it changes nothing.

    Args:
        connection: of a writing transaction.
        keys: the hub's, from which references are made.
        claim: verified, with its maker, by ``slips.verify``.
        maker: the terminal that signed it.
        now_ms: milliseconds since 1970.
        random: source of random bytes.
    """
    found = look_up(connection, claim, maker)
    if found is not None:
        return found
    spend = slips.spend_of_claim(connection, maker.site_id, claim) if claim.promise == GUARANTEED else None
    if spend is not None and spend.released:
        return Opened(TO_CHECK)
    slot = rows.read(connection, "slot", maker.site_id, str(claim.slot_id))
    if slot is None or tombstones.buried(connection, maker.site_id, [claim.id]):
        return Opened(ASK_THE_DESK)
    reference = make_reference(claim.terminal_no, claim.reference_no, keys.reference_secret(maker.terminal_id))
    carried = _Carried(claim.id, str(claim.slot_id), spend, claim.language, claim.made_s * 1000)
    _bring(connection, maker, carried, reference, now_ms, random)
    return Opened(MADE, "booking", maker.site_id, claim.id)


def look_up(connection: Connection, claim: Claim, maker: Maker) -> Opened | None:
    """What a claim opens without anything being made; ``None`` when its booking can only be made."""
    if maker.revoked:
        return Opened(TO_CHECK)
    row = rows.read(connection, claim.kind, maker.site_id, claim.id)
    if row is not None and row["terminal_no"] == claim.terminal_no:
        return Opened(KNOWN, claim.kind, maker.site_id, claim.id)
    if row is not None or claim.kind != "booking":
        return Opened(NOT_YET)
    return None


def open_reference(
    connection: Connection, keys: HubKeys, caller: str, typed: str, now_ms: int, *, site_id: str | None = None,
    random: Random = os.urandom,
) -> Opened:  # fmt: skip
    """What a reference opens, read out by a voice or typed at another terminal of its site.

    Args:
        connection: of a writing transaction; it is committed whatever comes out, so that wrong tries count.
        keys: the hub's, under which references are genuine.
        caller: who tries, for the count of wrong ones: a terminal or a named person.
        typed: as it was typed; never logged, never journaled.
        now_ms: milliseconds since 1970.
        site_id: open slips of this site only.
        random: source of random bytes.
    """
    reference = read_reference(typed)
    if slips.is_locked(connection, caller, now_ms):
        return Opened(LOCKED)
    if reference is None:  # a slip of the pen: the check character sees it, and it is nobody's guess
        return Opened(WRONG)
    maker = slips.maker_of(connection, keys, reference, site_id)
    if maker is None:
        slips.count_wrong(connection, caller, now_ms)
        return Opened(WRONG)
    return _open_genuine(connection, maker, reference, now_ms, random)


def _open_genuine(connection: Connection, maker: Maker, reference: Reference, now_ms: int, random: Random) -> Opened:
    """What a reference opens that was made by a terminal's secret."""
    spend = slips.spend_of_reference(connection, maker, reference, now_ms)
    borne_by = slips.bearing(connection, maker.site_id, reference)
    if borne_by is None and spend is not None:
        booking_id = slips.booked_on(connection, maker.site_id, spend)
        borne_by = ("booking", booking_id) if booking_id is not None else None
    if borne_by is not None:
        return Opened(KNOWN, borne_by[0], maker.site_id, borne_by[1])
    if maker.revoked or (spend is not None and spend.released):
        return Opened(TO_CHECK)
    if spend is None:
        return Opened(OPEN_THE_QR)
    carried = _Carried(
        placeholder_id(maker.terminal_no, spend.grant_id, spend.spend_no), spend.slot_id, spend, LANGUAGES[0], now_ms
    )
    _bring(connection, maker, carried, reference, now_ms, random)
    return Opened(MADE, "booking", maker.site_id, carried.id)


@dataclass(frozen=True)
class _Carried:
    """What a slip says of a booking that is about to be made. Without a ``spend`` it is a request."""

    id: str
    slot_id: str
    spend: Spend | None
    language: str
    made_ms: int


def _bring(
    connection: Connection, maker: Maker, carried: _Carried, reference: Reference, now_ms: int, random: Random
) -> None:
    """Makes a carried booking and lets the hub answer it, as if its terminal had sent it."""
    grant_id, spend_no = (carried.spend.grant_id, carried.spend.spend_no) if carried.spend is not None else (None, 0)
    voice = placeholder_id(maker.terminal_no, grant_id, spend_no) if grant_id is not None else None
    places = Places.load(connection, maker.site_id, [carried.slot_id], [grant_id], [carried.id, voice])
    places.frozen = grants.frozen(connection, maker.site_id)
    slot = places.slots[carried.slot_id].values
    values: dict[str, Value] = {
        "state": REQUESTED if carried.spend is None else GUARANTEED,
        "slot_id": carried.slot_id,
        "reason": slot["reason"],
        "modality": slot["modality"],
        "language": carried.language,
        "terminal_no": maker.terminal_no,
        "reference_no": reference.index,
        "reference_hash": hash_reference(reference, carried.id),
        "created_at": utc_text(carried.made_ms),
        "grant_id": grant_id,
        "spend_no": spend_no,
        "carried": True,
    }
    clock = rows.read_clock(connection, maker.site_id, now_ms)
    booking = Standing("booking", maker.site_id, carried.id, BookingFields.whole(values))
    for name, value in values.items():
        booking.decide(name, value, clock.tick())
    bookings.answer(booking, None, places, clock, now_ms)
    early.meet_claim(connection, booking, places, clock, now_ms, random)
    conflicts.append(connection, now_ms, places.losses, random)
    feed.publish_all(connection, places.standings())
    rows.keep_clock(connection, maker.site_id, clock)


def open_slip(
    connection: Connection, caller: Caller, message: ClaimRequest, now_ms: int, *, keys: HubKeys,
    random: Random = os.urandom,
) -> ClaimReply:  # fmt: skip
    """The record of a slip that another terminal of the site made, for the terminal that reads it.

    Returns:
        The record and its slot, and where it was moved to. ``found`` is false for a slip that proves nothing here,
        and for every reference while the caller is locked out: nothing is raised, so that wrong tries count.
    """
    if message.claim is not None:
        verified = slips.verify(connection, claim_in(message.claim), now_ms)
        opened = Opened(WRONG)
        if verified is not None and verified[1].site_id == caller.site_id:
            opened = open_claim(connection, keys, *verified, now_ms, random)
    else:
        asker = f"terminal|{caller.terminal_id}"
        typed = message.reference or ""
        opened = open_reference(connection, keys, asker, typed, now_ms, site_id=caller.site_id, random=random)
    generation = feed.read_generation(connection)
    if opened.kind is None or opened.id is None:
        return ClaimReply(now_ms=now_ms, generation=generation, found=False)
    entries = _entries(connection, caller.site_id, opened.kind, opened.id)
    return ClaimReply(
        now_ms=now_ms, generation=generation, found=True, kind=opened.kind, id=opened.id, entries=entries
    )  # fmt: skip


def _entries(connection: Connection, site_id: str, kind: str, record_id: str) -> list[FieldwiseEntry]:
    """A record whole, as the feed would tell it, with its slot; and the booking that replaced it, with its own."""
    ids = {record_id} if kind != "booking" else {record_id, slips.newest_of(connection, site_id, record_id)[0]}
    found = [*load(connection, kind, site_id, ids).values()]
    if kind == "booking":
        found += load(connection, "slot", site_id, {str(one.values["slot_id"]) for one in found}).values()
    return [*map(FieldwiseEntry.of, feed.as_entries(connection, site_id, found))]
