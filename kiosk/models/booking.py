"""A video appointment: which hours may be had, in which of the two ways, and what became of each.

Two different things: an hour that this terminal holds in escrow is *guaranteed* (« réservé ») at once,
with no network; any other is *requested* (« demandé ») and is nobody's until the hub has *confirmed*
it. Nothing here shows a request as certain, and an hour that is taken, withdrawn, past or already
asked for at this terminal is never offered.

No Flet here: slots and bookings come from ``kiosk.actions``, moments as arguments.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from kiosk import moments, times
from kiosk.models.quotas import is_other_date
from kiosk.views import BookingView, DeliveryView, SlotView
from sync.promise import (
    ALTERNATIVES,
    CANCELLED,
    CONFIRMED,
    DECLINED,
    GUARANTEED,
    MOVED,
    OVERRULED,
    REQUESTED,
    SEATS,
    WITHDRAWN,
)  # fmt: skip
from sync.records.booking import REASONS

#: What a person may need in the booth; words in kiosk/words/booking.py under ``booking.need.*``.
NEEDS = ("lsf", "langue", "fauteuil", "aide_ordinateur")
DAYS_PER_PAGE = 5
CHOICES_MAX = 3
"""How many hours one request may name, the first included."""
SEEN_STATES = frozenset({CONFIRMED, DECLINED, CANCELLED, WITHDRAWN, OVERRULED, ALTERNATIVES, MOVED})
"""The states that only an answer or the person brings: they say all, wherever the record is."""
IN_LINE = "in_line"
"""What a request shows as, whose visitor waits for a place that somebody leaves."""
REPLACEABLE = frozenset({REQUESTED, GUARANTEED, CONFIRMED, ALTERNATIVES, DECLINED, WITHDRAWN, OVERRULED})
"""The states of a booking that another one may replace."""


@dataclass(frozen=True)
class Hour:
    """One hour that may be had, at once when ``guaranteed``, else on request.

    ``in_a_room``: nobody there lives on the clocks of Paris.
    """

    slot_id: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    in_a_room: bool
    minutes: int
    organisation: str
    modality: str
    booth: str
    guaranteed: bool

    def words(self, language: str) -> str:
        """« 14 h »"""
        return times.hour(self.starts_at, self.zone, language)

    def paris(self, language: str) -> str | None:
        """« 11 h à Paris » where the clocks differ."""
        return None if self.in_a_room else times.paris_hour(self.starts_at, self.zone, language)


@dataclass(frozen=True)
class Day:
    """One day with its hours; a day without any is full and cannot be touched."""

    date: date
    hours: tuple[Hour, ...]

    def weekday(self, language: str) -> str:
        """« jeu. »"""
        return times.weekday_short(self.date, language)

    @property
    def number(self) -> str:
        """« 19 »"""
        return str(self.date.day)

    @property
    def full(self) -> bool:
        """True when nothing may be had that day."""
        return not self.hours

    @property
    def guaranteed(self) -> tuple[Hour, ...]:
        """The hours that are the person's at once."""
        return tuple(hour for hour in self.hours if hour.guaranteed)

    @property
    def requested(self) -> tuple[Hour, ...]:
        """The hours that may only be asked for."""
        return tuple(hour for hour in self.hours if not hour.guaranteed)

    @property
    def state_key(self) -> str:
        """The wording key of the line under the number; it may need ``count``, the guaranteed hours."""
        if self.full:
            return "booking.day.full"
        if len(self.hours) == 1 and self.guaranteed:
            return "booking.day.last"
        return "booking.day.guaranteed" if self.guaranteed else "booking.day.asked"


@dataclass(frozen=True)
class Offer:
    """All days of one reason, in order. ``zones_differ`` asks for the line about Paris."""

    reason: str
    days: tuple[Day, ...]
    zones_differ: bool

    @property
    def empty(self) -> bool:
        """True when there is no hour at all."""
        return all(day.full for day in self.days)

    def first_free_day(self) -> date | None:
        """The first day that has an hour."""
        return next((day.date for day in self.days if not day.full), None)

    def day(self, when: date | None) -> Day | None:
        """The day of that date, if it is offered."""
        return next((day for day in self.days if day.date == when), None)

    def hour(self, slot_id: str | None) -> Hour | None:
        """The hour of that slot, if it is still offered."""
        return next((hour for day in self.days for hour in day.hours if hour.slot_id == slot_id), None)


def hour_of(slot: SlotView, zone: str) -> Hour:
    """One slot as an hour on the clocks of its site."""
    return Hour(
        slot_id=slot.id,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        zone=zone,
        in_a_room=_in_a_room(slot),
        minutes=moments.minutes_between(slot.starts_at, slot.ends_at),
        organisation=slot.organisation,
        modality=slot.modality,
        booth=slot.booth,
        guaranteed=slot.guaranteed,
    )


def _in_a_room(slot: SlotView) -> bool:
    """True for seats in a room of the site: nobody there lives on the clocks of Paris."""
    return slot.reason == SEATS and slot.modality == "PHYSIQUE"


def on_request(offer: Offer, left_out: Iterable[str]) -> Offer:
    """The same offer with only what may be asked for, without the slots ``left_out`` and the days that are then full.

    An hour that this terminal holds for itself can never be had by asking the hub for it.
    """
    out = frozenset(left_out)
    days = [Day(day.date, tuple(hour for hour in day.requested if hour.slot_id not in out)) for day in offer.days]
    return Offer(offer.reason, tuple(day for day in days if not day.full), offer.zones_differ)


def may_be_asked(slot: SlotView, now: datetime) -> bool:
    """True for a slot with a place left that has not begun."""
    return slot.free and slot.starts_at > now


def make_offer(slots: Iterable[SlotView], reason: str, *, now: datetime, zone: str, chosen: str | None = None) -> Offer:
    """Returns what may be had for one reason, by day on the site's clocks, each hour once.

    Two slots at the same hour (two booths, two counsellors) are one hour for the person: the one already chosen,
    else one that can be guaranteed, else the one with the smallest id.

    Args:
        slots: every slot to come, those without a place left included (they make a day « Complet »).
        chosen: the slot that the person chose, whose hour must not turn into another's.
    """
    days: dict[date, dict[datetime, Hour]] = {}
    differ = False
    for slot in sorted(slots, key=lambda slot: (slot.starts_at, slot.id != chosen, not slot.guaranteed, slot.id)):
        if slot.reason != reason or slot.starts_at <= now:
            continue
        differ = differ or (not _in_a_room(slot) and moments.zones_differ(slot.starts_at, zone))
        hours = days.setdefault(moments.local(slot.starts_at, zone).date(), {})
        if may_be_asked(slot, now):
            hours.setdefault(slot.starts_at, hour_of(slot, zone))
    return Offer(reason, tuple(Day(when, tuple(hours.values())) for when, hours in sorted(days.items())), differ)


def event_of(view: BookingView) -> str:
    """The reference of the event of a booked seat, from its slot or from a date proposed instead; "" for booth time."""
    known = (view.slot, *view.alternatives)
    return next((slot.event for slot in known if slot is not None), "")


def has_other_date(slots: Iterable[SlotView], view: BookingView, *, now: datetime) -> bool:
    """True when the event of a booked seat has another date at which a seat may be asked for."""
    event = event_of(view)
    of_event = [slot for slot in slots if event and slot.event == event and is_other_date(slot, view.slot)]
    return any(may_be_asked(slot, now) for slot in of_event)


@dataclass(frozen=True)
class ReasonChoice:
    """One subject a person may choose, with how many hours it has. ``minutes`` is the usual length.

    ``guaranteed``: the hour at ``next_at`` is the first that is the person's at once; else all are on request.
    """

    reason: str
    hours: int
    next_at: datetime | None
    minutes: int | None
    guaranteed: bool = False


def reason_choices(slots: Iterable[SlotView], *, now: datetime) -> tuple[ReasonChoice, ...]:
    """Every subject in the order of the vocabulary, those without an hour included (they say so)."""
    found: dict[str, list[SlotView]] = {reason: [] for reason in REASONS}
    for slot in slots:
        if slot.reason in found and may_be_asked(slot, now):
            found[slot.reason].append(slot)
    return tuple(_choice(reason, open_slots) for reason, open_slots in found.items())


def _choice(reason: str, open_slots: list[SlotView]) -> ReasonChoice:
    if not open_slots:
        return ReasonChoice(reason, 0, None, None)
    first = min(open_slots, key=lambda slot: (not slot.guaranteed, slot.starts_at))
    hours = len({slot.starts_at for slot in open_slots})
    minutes = moments.minutes_between(first.starts_at, first.ends_at)
    return ReasonChoice(reason, hours, first.starts_at, minutes, first.guaranteed)


@dataclass(frozen=True)
class Answer:
    """What is known of one booking.

    Attributes:
        state: ``guaranteed`` (promised here); of a request ``kept`` (here, no network), ``sending``, ``asked`` (the
            hub has it, no answer yet), ``in_line`` (no place for now), ``confirmed``, ``alternatives`` (other hours are
            proposed) or ``declined``; of both ``cancelled``, ``withdrawn``, ``overruled`` (cannot be kept), ``moved``
            or ``rejected``.
        because: the reason of a refusal (a code of the hub), or None.
        at: when it was answered or received, or None.
        message: the hub's own sentence where the asking was rejected.
    """

    state: str
    because: str | None = None
    at: datetime | None = None
    message: str | None = None

    @property
    def final(self) -> bool:
        """True when nothing is awaited while the person stands here."""
        return self.state not in ("kept", "sending", "asked")

    @property
    def look(self) -> str:
        """``sure``, ``wait``, ``off`` or ``fault``: the colour, never alone (icon and words differ too)."""
        return {"guaranteed": "sure", "confirmed": "sure", "cancelled": "off", "declined": "off", "moved": "off",
                "withdrawn": "fault", "overruled": "fault", "rejected": "fault"}.get(self.state, "wait")  # fmt: skip

    @property
    def icon(self) -> str:
        """The Phosphor name of the icon: the seal only where the hour is the person's, the hourglass while it waits."""
        return {"guaranteed": "seal-check", "confirmed": "seal-check", "sending": "paper-plane-tilt",
                "cancelled": "prohibit", "declined": "minus-circle", "withdrawn": "prohibit",
                "overruled": "warning-octagon", "rejected": "warning-circle", "moved": "swap",
                "alternatives": "calendar-dots",
                }.get(self.state, "hourglass-medium")  # fmt: skip


def read_answer(booking: BookingView, delivery: DeliveryView, *, online: bool | None) -> Answer:
    """Returns what is known of a booking from its record and its delivery.

    Args:
        booking: the record as this terminal has it.
        delivery: where it is: here, at the hub, or set aside.
        online: whether the last round reached the hub; ``None`` before the first one.
    """
    if booking.state in SEEN_STATES:
        return Answer(booking.state, booking.declined_because, booking.answered_at)
    if delivery.state == "rejected":
        return Answer("rejected", message=delivery.message)
    if booking.in_line:
        return Answer(IN_LINE, at=booking.answered_at)
    if booking.state == GUARANTEED:
        return Answer(GUARANTEED, at=booking.answered_at)
    if delivery.state == "received":
        return Answer("asked", at=delivery.at)
    return Answer("sending" if online else "kept")


#: The refusals that have their own sentence; any other says the general one.
DECLINED_BECAUSE = ("slot_taken", "booth_busy", "slot_withdrawn", "slot_past", "slot_unknown", "reason")


def declined_key(because: str | None) -> str:
    """The wording key of the sentence for a refusal."""
    return f"booking.declined.{because}" if because in DECLINED_BECAUSE else "booking.declined.other"


def because_key(because: str | None) -> str | None:
    """The wording key of why an hour cannot be had, said before what is proposed instead; ``None``: it is not known."""
    return f"booking.because.{because}" if because in DECLINED_BECAUSE else None
