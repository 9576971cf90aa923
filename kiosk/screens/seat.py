"""A seat at a local event: after its page the contact, the first name, the summary, the slip; drawn as a booking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flet as ft

from kiosk.models.booking_steps import DONE
from kiosk.models.seats import SeatJourney
from kiosk.parts.hooks import use_kept, use_slowly
from kiosk.screens.booking import step_of
from kiosk.screens.booking_hours import Hours
from kiosk.screens.booking_way import Way
from kiosk.screens.event_page import EventPage
from kiosk.visit import EVENTS, Visit

if TYPE_CHECKING:
    from kiosk.actions import Actions


@ft.component
def Seat(visit: Visit, actions: Actions) -> ft.Control:
    """The place of a seat: signing up for an event, or changing to another date of it."""
    _, set_turn = ft.use_state(0)
    journey = use_kept(lambda: SeatJourney(actions, visit.drafts, visit.key))

    def hours(way: Way) -> ft.Control:
        if journey.moving is not None:
            return Hours(way)
        event = journey.event()
        return EventPage(visit, actions, event.id if event is not None else "", lambda: visit.go(EVENTS))

    again = use_kept(lambda: journey.step == DONE)
    way = Way(visit, journey, lambda: set_turn(lambda turn: turn + 1), use_slowly(visit), hours, again)
    return step_of(way)
