"""The way to a seat at an event: its page, the contact, the first name, the summary. All else is as in booking.

The seats are a slot. The event's own page is the step of the hour: the seat is held there, for five minutes where it
can be guaranteed. No subject, need or further wish is asked. Another date is offered only where the hub would give it:
a slot of the same event.

An event on site and from afar has two slots (``kiosk.models.quotas``): the person is asked which, and to what follows
each of the two is an event of its own. No Flet here.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from kiosk.models import booking
from kiosk.models.booking import Hour, Offer
from kiosk.models.booking_kept import BY_EMAIL, BY_PHONE, CONTACT, DONE, EMAIL, EVENT, FIRST_NAME, HOUR, PHONE, RECAP
from kiosk.models.booking_steps import BookingJourney
from kiosk.models.quotas import as_one, one_an_hour, parts_of, seats_by_id
from kiosk.models.standing import standing
from kiosk.views import BookedView, BookingView, EventView, SlotView
from sync.errors import InvalidInput
from sync.promise import SEATS

DRAFT = "seat"
AT_ONCE, ON_REQUEST, LINE, HAD_ALREADY, NOT_HERE = "guaranteed", "requested", "line", "had", ""


class SeatJourney(BookingJourney):
    """One person's way to a seat. It has a draft of its own: a video appointment may be booked in the same visit."""

    draft, first_step = DRAFT, HOUR

    def steps(self) -> tuple[str, ...]:
        """The event's page (or its dates), the contact, the first name whatever the contact, and the summary."""
        contact = {BY_PHONE: (PHONE,), BY_EMAIL: (EMAIL,)}.get(self.contact or "", ())
        return (HOUR, CONTACT, *contact, FIRST_NAME, RECAP)

    def questions(self) -> tuple[str, ...]:
        """The event's page is no question."""
        return self.steps() if self.moving is not None else self.steps()[1:]

    def may_wish(self) -> bool:
        """A seat is asked for alone."""
        return False

    def offer(self) -> Offer:
        """The dates of the event; when one is to be left for another, that one is not among them."""
        moving = self.moving
        left = moving.old.starts_at if moving is not None and moving.old is not None else None
        of_event = [slot for slot in self._slots() if slot.starts_at != left]
        of_event = one_an_hour(of_event, self._modality(), self._kept().get("slot_id"))
        now, zone = self._actions.now(), self.site().zone
        return booking.make_offer(of_event, SEATS, now=now, zone=zone, chosen=self._kept().get("slot_id"))

    def _slots(self) -> list[SlotView]:
        reference = self.event_reference
        return [slot for slot in self._actions.slots(self._visit_key) if slot.event and slot.event == reference]

    def _modality(self) -> str | None:
        """How the person takes part: as the seat that they want another date for, or as the one chosen."""
        moving = self.moving
        if moving is not None and moving.old is not None:
            return moving.old.modality
        chosen = self._kept().get("slot_id")
        return next((slot.modality for slot in self._slots() if slot.id == chosen), None)

    @property
    def event_reference(self) -> str:
        """The reference of the event, or an empty text."""
        return str(self._kept().get(EVENT, ""))

    def event(self) -> EventView | None:
        """The event; ``None`` when it is not announced any more."""
        return self._actions.event(self.event_reference)

    def way_to(self, event: EventView) -> str:
        """How a seat of an event can be had here now: a constant of this file, ``NOT_HERE`` where it cannot."""
        slot = next((one for one in self._actions.slots(self._visit_key) if one.id == event.slot_id), None)
        if slot is None:
            return NOT_HERE
        if standing(self._actions, self._drafts, self._made(), partial(_is_at, event.reference, slot.id)) is not None:
            return HAD_ALREADY
        if slot.starts_at <= self._actions.now():
            return NOT_HERE
        if not slot.free:
            return LINE
        return AT_ONCE if slot.guaranteed else ON_REQUEST

    def part(self, event: EventView) -> EventView:
        """The event as it is signed up for where nothing is asked."""
        return as_one(event, seats_by_id(self._actions.slots(self._visit_key)))

    def parts(self, event: EventView) -> dict[str, EventView]:
        """The ways of an event that have seats here, by way; two of them are asked about, one is not."""
        return {way: part for way, part in parts_of(event).items() if part.slot_id is not None}

    def where(self, event: EventView) -> str | None:
        """Which of the two ways the person has chosen; ``None`` before."""
        chosen, kept = self._kept().get("where"), self._kept().get("slot_id")
        if chosen is not None and chosen["event"] == event.reference:
            return str(chosen["way"])
        at = self.event_reference == event.reference and self.at_event
        return next((way for way, part in self.parts(event).items() if at and part.slot_id == kept), None)

    def choose_where(self, event: EventView, way: str) -> None:
        """Chooses one of the two ways; a seat of the other one is held no more."""
        held = self._actions.held(self._visit_key)
        if held is not None and held.slot.event == event.reference and held.slot.id != self.parts(event)[way].slot_id:
            self._free_hour()
        self._keep(where={"event": event.reference, "way": way}, gone=False, turned=False)

    def sign_up(self, event: EventView) -> bool:
        """Holds a seat of an event and goes on to the contact. False when it cannot be had as it was shown.

        The event's page then says what has changed: ``hour_is_gone`` or ``turned``. The hub may be asked: seconds.
        """
        kept = self._kept()
        if event.slot_id is None:
            return False
        if kept.get(EVENT) != event.reference or self.step == DONE or self.in_line or self.moving is not None:
            self._actions.drop_hold(self._visit_key)
            about = {EVENT: event.reference, "asked": self._made(), "where": kept.get("where")}
            self._keep_only({"step": HOUR, "reason": SEATS, **about})
        # Of two at one hour this one is looked at: it may have turned.
        if self._kept().get("slot_id") != event.slot_id:
            self._keep(slot_id=event.slot_id, guaranteed=False)
        self.choose_hour(event.slot_id)
        if self.hour_is_gone or self.turned:
            return False
        self.go_on()
        return self.step != HOUR

    def join_line(self, event: EventView) -> None:
        """Goes on to the contact for a full event: whoever leaves makes a place. Nothing is held."""
        kept = self._kept()
        if event.slot_id is not None:
            self._actions.drop_hold(self._visit_key)
            about = {
                EVENT: event.reference,
                "asked": self._made(),
                "slot_id": event.slot_id,
                "where": kept.get("where"),
            }
            self._keep_only({"step": CONTACT, "reason": SEATS, "line": True, **about})

    def hour(self, offer: Offer) -> Hour | None:
        """The date chosen if a seat can still be had; in the line, as long as somebody may still leave one."""
        if not self.in_line:
            return super().hour(offer)
        slot = next((one for one in self._slots() if one.id == self._kept().get("slot_id")), None)
        return booking.hour_of(slot, self.site().zone) if slot is not None else None

    def _book(self, slot_id: str, language: str) -> BookedView | None:
        if not self.in_line:
            return super()._book(slot_id, language)
        try:
            return self._actions.book(slot_id, contact=self._sealed_part(), language=language, waits=True)
        except InvalidInput:
            self.hour_was_taken()
            return None

    @property
    def at_event(self) -> bool:
        """True while the event's page is the step."""
        return self.step == HOUR

    def leave_event(self) -> None:
        """The event's page is left without a seat: nothing is held any more, and nothing was chosen."""
        if self.at_event:
            self.let_go()
            self._keep_only({"asked": self._made()})
        elif self._kept().get("where") is not None:
            self._keep(where=None)

    def back_from_where(self) -> None:
        """From the question back to the event: neither way is chosen, and nothing is held any more."""
        if self.at_event:
            self._free_hour()
        self._keep(where=None)

    def other_dates(self, view: BookingView) -> bool:
        """True when the event of this seat has another date at which a seat can be had."""
        return booking.has_other_date(self._actions.slots(self._visit_key), view, now=self._actions.now())

    def can_begin_again(self) -> bool:
        """True where the event has another date."""
        view = self.written()
        return view is not None and self.other_dates(view)

    def start_move(self, view: BookingView, slot_id: str | None = None) -> bool:
        """As for booth time; False, and nothing changes, where the event has no other date."""
        return self.other_dates(view) and super().start_move(view, slot_id)

    def _is_the_same(self, view: BookingView) -> bool:
        return _is_at(self.event_reference, str(self._kept().get("slot_id") or ""), view)

    def _about(self, event: str) -> dict[str, Any]:
        return {EVENT: event}


def _is_at(event: str, slot_id: str, view: BookingView) -> bool:
    """True for a seat of the event of that reference, or of that slot."""
    if view.reason != SEATS:
        return False
    return (view.slot is not None and view.slot.id == slot_id) or (bool(event) and booking.event_of(view) == event)
