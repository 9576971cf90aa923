"""The seats of imported events: a slot without a booth, which terminals promise as they promise booth time.

An event that says how many places it has gets a slot for them, with the reason ``atelier`` (docs/decisions/0015). Its
places are those the file says are left, or else all of them, and never fewer than were given already. A slot's hour
never changes: an event that is put at another hour gets another slot, and whoever signed up for the old one is told.
The places from afar are a quota of their own, so a second slot (docs/decisions/0036), by the same rules.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sync.change import Value
from sync.hub.import_diff import Held, Row, Writes, record_id_of
from sync.hub.quotas import QUOTAS, Quota
from sync.promise import OPEN_SLOT, SEATS
from sync.records.booking import PLACES_MAX
from sync.records.event import CANCELLED, FULL, MOVED_ONLINE, POSTPONED

ENDED = frozenset({CANCELLED, POSTPONED})
"""The states of an event that nobody goes to."""


@dataclass
class SeatPlan:
    """What an import of events does to the slots of their seats.

    Attributes:
        writes: values of slots by site and id.
        leaving: the slots that are withdrawn, by site and id.
    """

    writes: Writes = field(default_factory=dict)
    leaving: list[tuple[str, str]] = field(default_factory=list)


def plan_seats(rows: Iterable[Row], gone: Iterable[tuple[str, str]], events: Held, slots: Held, now: str) -> SeatPlan:
    """Gives every event of a file its slots, and says what becomes of the slots.

    Args:
        rows: the lines that are kept; the slot and the seats left of each quota are set.
        gone: the events that leave, by site and id.
        events: what the hub holds of them.
        slots: the slots of these sites at the hub.
        now: the present moment; the seats of an event that has begun are left as they are.
    """
    plan = SeatPlan()
    for row in rows:
        before = events.get((row.site_id, record_id_of("event", row.site_id, row.reference)))
        for quota in QUOTAS:
            former = before[quota.slot_id] if before is not None else None
            if str(row.values["starts_at"]) > now:
                row.values[quota.slot_id] = _give(plan, row, slots, quota)
            else:
                row.values[quota.slot_id] = former
            if former is not None and former != row.values[quota.slot_id]:
                _end(plan, slots, row.site_id, str(former), now)
    for site_id, event_id in gone:
        for quota in QUOTAS:
            former = events[site_id, event_id][quota.slot_id]
            if former is not None:
                _end(plan, slots, site_id, str(former), now)
    return plan


def _give(plan: SeatPlan, row: Row, slots: Held, quota: Quota) -> str | None:
    """The slot of a quota of an event to come, ``None`` when nobody can sign up for it here."""
    left = row.values[quota.seats_left]
    wanted = left if left is not None else row.values[quota.seats]
    if not isinstance(wanted, int) or row.values["state"] in ENDED:
        return None
    name = f"{row.reference}|{row.values['starts_at']}|{row.values['ends_at']}{quota.suffix}"
    slot_id = record_id_of("seats", row.site_id, name)
    slot = slots.get((row.site_id, slot_id))
    taken = slot["taken"] if slot is not None and isinstance(slot["taken"], int) else 0
    capacity = min(PLACES_MAX, max(taken, 0 if row.values["state"] == FULL else wanted))
    if capacity == 0:
        return None
    row.values[quota.seats_left] = capacity - taken
    values = _values(row, capacity, quota)
    if slot is None:
        plan.writes.setdefault(row.site_id, {})[slot_id] = {**values, "taken": 0}
    elif any(slot[key] != value for key, value in values.items()):
        plan.writes.setdefault(row.site_id, {})[slot_id] = values
    return slot_id


def _values(row: Row, capacity: int, quota: Quota) -> dict[str, Value]:
    return {
        "gone": False,
        "external_ref": row.values["external_ref"],
        "reason": SEATS,
        "modality": "VISIO" if quota.afar or row.values["state"] == MOVED_ONLINE else "PHYSIQUE",
        "booth": "",
        "starts_at": row.values["starts_at"],
        "ends_at": row.values["ends_at"],
        "capacity": capacity,
        "state": OPEN_SLOT,
    }


def _end(plan: SeatPlan, slots: Held, site_id: str, slot_id: str, now: str) -> None:
    slot = slots.get((site_id, slot_id))
    if slot is not None and slot["state"] == OPEN_SLOT and not slot["gone"] and str(slot["starts_at"]) > now:
        plan.leaving.append((site_id, slot_id))
