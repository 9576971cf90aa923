"""One event, whole: when, where, its state, and its button where its seats can be had at this terminal.

« Réserver ma place » where a seat is the person's at once, « Demander une place » where somebody answers.
« Place réservée tout de suite » (green, seal) and « Sur demande » (amber, paper plane) are the two ways of the booking,
with its shapes. An event without seats here says how to sign up elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import flet as ft

from kiosk.models import events as rules
from kiosk.models.events import EventCard
from kiosk.models.seats import AT_ONCE, HAD_ALREADY, LINE, NOT_HERE, ON_REQUEST, SeatJourney
from kiosk.parts import paper as drawn
from kiosk.parts.controls import chip, notice, panel, paragraph
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_kept, use_slowly
from kiosk.screens.booking_hours import ASKED, SURE, group, held_line, news
from kiosk.screens.booking_slip import KINDS, LOOK_AGAIN_S, use_look_again
from kiosk.screens.listing import two_by_two
from kiosk.visit import SEAT, Visit

if TYPE_CHECKING:
    from kiosk.actions import Actions
    from kiosk.views import EventView

WAYS = {
    AT_ONCE: replace(SURE, key="seat.sure"), ON_REQUEST: replace(ASKED, key="seat.group"),
    LINE: replace(ASKED, key="line.group", icon="hourglass-medium"),
}  # fmt: skip
VERBS = {AT_ONCE: "seat.sign_up", ON_REQUEST: "seat.ask", LINE: "line.join"}


@ft.component
def EventPage(visit: Visit, actions: Actions, event_id: str, back: Callable[[], None]) -> ft.Control:
    """One event. An event that went away while it was read says so; a seat is held before its page is left."""
    _, set_turn = ft.use_state(0)
    journey = use_kept(lambda: SeatJourney(actions, visit.drafts, visit.key))
    slowly = use_slowly(visit)
    event = next((one for one in actions.events() if one.id == event_id), None)
    use_look_again(visit, lambda: journey.hold_is_over, lambda: set_turn(lambda turn: turn + 1), LOOK_AGAIN_S)

    def leave() -> None:
        if not slowly.busy():
            journey.leave_event()
            back()

    if event is None:
        words = notice(visit, "off", visit.say("events.detail.gone"), icon_name="calendar-blank")
        return screen(visit, title=visit.say("events.title"), body=[words], back=leave)

    def then(goes_on: bool) -> None:
        if goes_on:
            visit.go(SEAT)
        set_turn(lambda turn: turn + 1)

    def sign_up() -> Any:
        if way == LINE:
            journey.join_line(event)
            then(True)
            return None
        return slowly.do(partial(journey.sign_up, event), then, journey.let_go)

    seat = next((slot for slot in actions.slots(visit.key) if slot.id == event.slot_id), None)
    card = rules.make_card(event, now=actions.now(), zone=actions.site().zone, seat=seat)
    way = _way_to(journey, event, card)
    words_of_state = rules.state_words(card, visit.language, now=actions.now(), zone=actions.site().zone)
    state = [chips(visit, card, words_of_state)] if way == LINE else _state(visit, card, words_of_state)
    body = [*_news(visit, journey, event), *state, *_way(visit, journey, way)]
    primary = Primary(visit.say(VERBS[way]), sign_up, icon_name=WAYS[way].icon) if way in WAYS else None
    if slowly.waiting:
        primary = Primary(visit.say("seat.wait"), None)
    return screen(visit, title=card.title, body=[*body, *_facts(visit, card, way)], primary=primary, back=leave)


def _way_to(journey: SeatJourney, event: EventView, card: EventCard) -> str:
    """How a seat is had; of an event that is full only by waiting, whatever its slot says (its organiser knows)."""
    if not (card.state.can_come or card.state.full):
        return NOT_HERE
    way = journey.way_to(event)
    return way if card.state.can_come or way in (LINE, HAD_ALREADY) else NOT_HERE


def _news(visit: Visit, journey: SeatJourney, event: EventView) -> list[ft.Control]:
    """What has changed since the person touched the button, on the page of that event."""
    return news(visit, journey) if journey.event_reference == event.reference and journey.at_event else []


def _state(visit: Visit, card: EventCard, state: str) -> list[ft.Control]:
    more = rules.more_key(card)
    if not more:
        return [chips(visit, card, state)]
    kind = KINDS[card.state.look]
    return [notice(visit, "old" if kind == "wait" else kind, state, visit.say(more), icon_name=card.state.icon)]


def _way(visit: Visit, journey: SeatJourney, way: str) -> list[ft.Control]:
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


def _facts(visit: Visit, card: EventCard, way: str) -> list[ft.Control]:
    look = visit.look
    hours = f"{card.hours} ({card.paris})" if card.paris else card.hours
    facts: list[ft.Control] = [
        drawn.fact(visit, "calendar-blank", visit.say(rules.when_key(card)), card.day, detail=hours),
        drawn.fact(visit, "map-pin", visit.say("events.detail.where"), card.place),
    ]
    if card.access:
        facts.append(drawn.fact(visit, "signpost", visit.say("events.detail.access"), card.access))
    if card.organiser:
        facts.append(drawn.fact(visit, "users", visit.say("events.detail.organiser"), card.organiser))
    facts += _elsewhere(visit, card, way)
    body: list[ft.Control] = []
    if card.summary:
        body.append(paragraph(visit, card.summary, role="body" if look.large_text else "lesson"))
    body.append(panel(visit, two_by_two(visit, facts), gap=24))
    if not card.has_seats:
        body.append(paragraph(visit, visit.say("events.detail.not_here"), soft=True, role="small"))
    if card.source:
        source = visit.say("events.detail.source", source=card.source.rstrip("."))
        body.append(paragraph(visit, source, soft=True, role="source"))
    return body


def _elsewhere(visit: Visit, card: EventCard, way: str) -> list[ft.Control]:
    """How to sign up without this terminal; where it signs up, only what the organiser says besides."""
    if way == NOT_HERE:
        return [drawn.fact(visit, "note-pencil", visit.say("events.detail.sign_up"), _sign_up(visit, card))]
    if not card.sign_up:
        return []
    return [drawn.fact(visit, "note-pencil", visit.say("events.detail.sign_up_else"), card.sign_up)]


def _sign_up(visit: Visit, card: EventCard) -> str:
    if not card.state.can_come:
        return visit.say("events.detail.sign_up_stopped")
    return card.sign_up or visit.say("events.detail.sign_up_unknown")


def chips(visit: Visit, card: EventCard, state: str) -> ft.Control:
    """The state in words, and what else must be known at once: a new date, held from afar."""
    found = [chip(visit, state, KINDS[card.state.look], icon_name=card.state.icon)]
    if card.new_date:
        found.append(chip(visit, visit.say("events.new_date"), "wait", icon_name="calendar-blank"))
    if card.online:
        found.append(chip(visit, visit.say("events.online"), "info", icon_name="video-camera"))
    return ft.Row(found, wrap=True, spacing=visit.look.px(12), run_spacing=visit.look.px(8))
