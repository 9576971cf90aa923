"""The places of one event that are counted apart: on site, and from afar. Each is an event of its own to the rules.

An event given in both ways has a slot for each (docs/decisions/0036), so that nobody in the room takes the place of
somebody at a screen. No Flet here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from kiosk.views import EventView, SlotView
from sync.promise import SEATS
from sync.records.event import MOVED_ONLINE

ON_SITE, AFAR = "on_site", "afar"
WAYS = (ON_SITE, AFAR)
"""How one takes part; words in kiosk/words/quotas.py."""
SCREEN = "VISIO"
NOTHING: dict[str, None] = {"remote_seats": None, "remote_seats_left": None, "remote_slot_id": None}


def parts_of(event: EventView) -> dict[str, EventView]:
    """The quotas of an event by way, each as an event that has no other; none where it is given in one way only.

    One that was moved on line is from afar for everybody (``as_one``).
    """
    if is_on_line(event) or not has_quota_from_afar(event):
        return {}
    of_afar = {"seats": event.remote_seats, "seats_left": event.remote_seats_left, "slot_id": event.remote_slot_id}
    return {ON_SITE: replace(event, **NOTHING), AFAR: replace(event, **of_afar, **NOTHING)}  # type: ignore[arg-type]


def is_on_line(event: EventView | None) -> bool:
    """True for an event that was moved on line: its place says where that is, for everybody."""
    return event is not None and event.state == MOVED_ONLINE


def has_quota_from_afar(event: EventView) -> bool:
    """True where places from afar are counted, whether any is left or not."""
    return event.remote_seats is not None or event.remote_seats_left is not None


def as_one(event: EventView, seats: Mapping[str, SlotView]) -> EventView:
    """An event as it is signed up for where nothing is asked: one that was moved on line has the places of both slots.

    Its seat is that which can be had best: promised here, else free, else the one that was on site.
    """
    if not is_on_line(event) or not has_quota_from_afar(event):
        return event
    ids = [one for one in (event.slot_id, event.remote_slot_id) if one is not None]
    known = [seats[one] for one in ids if one in seats]
    best = max(known, key=lambda slot: (slot.guaranteed, slot.free), default=None)
    counts = [left for left in (event.seats_left, event.remote_seats_left) if left is not None]
    slot_id = best.id if best is not None else next(iter(ids), None)
    return replace(event, slot_id=slot_id, seats_left=sum(counts) if counts else None, **NOTHING)  # type: ignore[arg-type]


def is_afar(reason: str | None, modality: str) -> bool:
    """True for a seat for which nobody comes anywhere."""
    return reason == SEATS and modality == SCREEN


def one_an_hour(slots: Sequence[SlotView], modality: str | None, chosen: str | None) -> list[SlotView]:
    """The slots of one event with one an hour: the one chosen, else that of the same way, else the other way's."""

    def rank(slot: SlotView) -> tuple[bool, bool]:
        return slot.id == chosen, slot.modality == modality

    best: dict[object, SlotView] = {}
    for slot in slots:
        there = best.get(slot.starts_at)
        if there is None or rank(slot) > rank(there):
            best[slot.starts_at] = slot
    return list(best.values())


def is_other_date(slot: SlotView, mine: SlotView | None) -> bool:
    """True for a slot at another hour than ``mine``: the other way of the same hour is no other date."""
    if mine is None:
        return True
    return slot.id != mine.id and (slot.starts_at, slot.ends_at) != (mine.starts_at, mine.ends_at)


def seats_by_id(slots: Iterable[SlotView]) -> dict[str, SlotView]:
    """The slots of seats among these."""
    return {slot.id: slot for slot in slots if slot.event}
