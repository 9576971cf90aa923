"""How a seat of an event is had at this terminal: its name, its shape and its button, whoever shows them.

« Place réservée tout de suite » (green, seal), « Sur demande » (amber, paper plane) and the line (amber, hourglass) are
the ways of the booking, with its shapes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import flet as ft

from kiosk.models.events import EventCard, EventState
from kiosk.models.seats import AT_ONCE, HAD_ALREADY, LINE, NOT_HERE, ON_REQUEST, SeatJourney
from kiosk.parts.controls import notice
from kiosk.parts.frame import Primary
from kiosk.parts.hooks import Slowly
from kiosk.screens.booking_hours import ASKED, SURE, group, held_line, news
from kiosk.visit import SEAT, Visit

if TYPE_CHECKING:
    from kiosk.actions import Actions
    from kiosk.views import EventView

WAYS = {
    AT_ONCE: replace(SURE, key="seat.sure"), ON_REQUEST: replace(ASKED, key="seat.group"),
    LINE: replace(ASKED, key="line.group", icon="hourglass-medium"),
}  # fmt: skip
VERBS = {AT_ONCE: "seat.sign_up", ON_REQUEST: "seat.ask", LINE: "line.join"}


@dataclass(frozen=True)
class Signing:
    """The page of an event and the question where one takes part: what both work with."""

    visit: Visit
    actions: Actions
    journey: SeatJourney
    slowly: Slowly
    redraw: Callable[[], None]

    def begin(self, event: EventView, way: str) -> Any:
        """Holds a seat of an event, or of one of its quotas, and goes on to the contact."""
        if way == LINE:
            self.journey.join_line(event)
            self._then(True)
            return None
        return self.slowly.do(partial(self.journey.sign_up, event), self._then, self.journey.let_go)

    def _then(self, goes_on: bool) -> None:
        if goes_on:
            self.visit.go(SEAT)
        self.redraw()

    def button(self, event: EventView, way: str) -> Primary | None:
        """The button of a way, or what it is waiting for; nothing where there is no way."""
        if self.slowly.waiting:
            return Primary(self.visit.say("seat.wait"), None)
        if way not in WAYS:
            return None
        return Primary(self.visit.say(VERBS[way]), partial(self.begin, event, way), icon_name=WAYS[way].icon)


def way_to(journey: SeatJourney, event: EventView, state: EventState) -> str:
    """How a seat is had; of an event that is full only by waiting, whatever its slot says (its organiser knows)."""
    if not (state.can_come or state.full):
        return NOT_HERE
    way = journey.way_to(event)
    return way if state.can_come or way in (LINE, HAD_ALREADY) else NOT_HERE


def ways_to(journey: SeatJourney, event: EventView, card: EventCard) -> dict[str, str]:
    """How a seat of each quota is had, by way of taking part; a quota without seats here is left out."""
    states, parts = {part.way: part.state for part in card.parts}, journey.parts(event)
    found = {where: way_to(journey, part, states[where]) for where, part in parts.items()}
    return {where: way for where, way in found.items() if way != NOT_HERE}


def news_of(visit: Visit, journey: SeatJourney, event: EventView) -> list[ft.Control]:
    """What has changed since the person touched the button, on the page of that event."""
    return news(visit, journey) if journey.event_reference == event.reference and journey.at_event else []


def way_words(visit: Visit, journey: SeatJourney, way: str) -> list[ft.Control]:
    """How a seat is had here, as the hours of a booking say it."""
    if way == HAD_ALREADY:
        return [notice(visit, "info", visit.say("seat.had"), visit.say("seat.had_more"), icon_name="check-circle")]
    if way == AT_ONCE:
        return [group(visit, WAYS[way], [visit.say("seat.booking.hour.sure_more")], held_line(visit, journey))]
    if way == LINE:
        return [group(visit, WAYS[way], [visit.say("line.more")], [])]
    if way == ON_REQUEST:
        key = "seat.ask_online" if journey.online() else "seat.booking.hour.group_offline"
        return [group(visit, WAYS[way], [visit.say(key)], [])]
    return []
