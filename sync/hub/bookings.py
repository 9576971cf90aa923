"""The hub's answer to an asking for a slot: first come, and never two for one place.

Everything happens inside the transaction that applied the asking, so that the count of places and
the answer cannot part. A slot's ``taken`` is the number of its confirmed bookings.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from sync.change import Value
from sync.clock import HybridClock
from sync.hub.standing import Standing
from sync.records.booking import CANCELLED, CONFIRMED, DECLINED, OPEN_SLOT, REQUESTED, WITHDRAWN

ONE_PLACE_REASONS = frozenset({"signature_cer", "dpa"})
SLOT_TAKEN, SLOT_WITHDRAWN, SLOT_PAST, SLOT_UNKNOWN = "slot_taken", "slot_withdrawn", "slot_past", "slot_unknown"
OTHER_REASON = "reason"

FindSlot = Callable[[str], Standing | None]


def answer(booking: Standing, state_before: Value, find_slot: FindSlot, clock: HybridClock, now_ms: int) -> None:
    """Answers one booking that was just written, and keeps its slot's count right.

    Args:
        booking: as it stands after the change.
        state_before: its state before the change, ``None`` when it is new.
        find_slot: gives the slot of an id, of the booking's own site only.
        clock: the hub's.
        now_ms: milliseconds since 1970.
    """
    if booking.values.get("gone") and booking.values["state"] in {REQUESTED, CONFIRMED}:
        booking.decide("state", CANCELLED, clock.tick())
    state = booking.values["state"]
    if state == REQUESTED and state_before is None:
        _decide(booking, find_slot(str(booking.values["slot_id"])), clock, now_ms)
    elif state_before == CONFIRMED and state in {CANCELLED, WITHDRAWN}:
        _free(find_slot(str(booking.values["slot_id"])), clock)


def places(slot: dict[str, Value]) -> int:
    """How many bookings a slot may hold: one only for what is personal by law, whatever was imported."""
    capacity = slot["capacity"]
    return 1 if slot["reason"] in ONE_PLACE_REASONS or not isinstance(capacity, int) else capacity


def utc_text(ms: int) -> str:
    """Milliseconds since 1970 as records write times."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _decide(booking: Standing, slot: Standing | None, clock: HybridClock, now_ms: int) -> None:
    because = _why_not(booking, slot, now_ms)
    booking.decide("state", CONFIRMED if because is None else DECLINED, clock.tick())
    booking.decide("answered_at", utc_text(now_ms), clock.tick())
    if because is not None:
        booking.decide("declined_because", because, clock.tick())
    elif slot is not None:
        slot.decide("taken", _taken(slot) + 1, clock.tick())


def _why_not(booking: Standing, slot: Standing | None, now_ms: int) -> str | None:
    if slot is None or slot.values["gone"]:
        return SLOT_UNKNOWN
    if slot.values["state"] != OPEN_SLOT:
        return SLOT_WITHDRAWN
    if str(slot.values["starts_at"]) <= utc_text(now_ms):
        return SLOT_PAST
    if slot.values["reason"] != booking.values["reason"]:
        return OTHER_REASON
    if _taken(slot) >= places(slot.values):
        return SLOT_TAKEN
    return None


def _free(slot: Standing | None, clock: HybridClock) -> None:
    if slot is not None and _taken(slot) > 0:
        slot.decide("taken", _taken(slot) - 1, clock.tick())


def _taken(slot: Standing) -> int:
    taken = slot.values["taken"]
    return taken if isinstance(taken, int) else 0
