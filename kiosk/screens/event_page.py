"""One event, whole: when, where, its state, and its button where its seats can be had at this terminal.

« Réserver ma place » where a seat is the person's at once, « Demander une place » where somebody answers.
« Place réservée tout de suite » (green, seal) and « Sur demande » (amber, paper plane) are the two ways of the booking,
with its shapes. An event without seats here says how to sign up elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import flet as ft

from kiosk import times
from kiosk.models import events as rules
from kiosk.models.events import EventCard, EventState
from kiosk.models.quotas import seats_by_id
from kiosk.models.seats import HAD_ALREADY, LINE, NOT_HERE, ON_REQUEST, SeatJourney
from kiosk.parts import paper as drawn
from kiosk.parts.controls import chip, notice, panel, paragraph
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_kept, use_slowly
from kiosk.screens.booking_slip import KINDS, LOOK_AGAIN_S, use_look_again
from kiosk.screens.event_way import Signing, news_of, way_to, way_words, ways_to
from kiosk.screens.event_where import where
from kiosk.screens.listing import two_by_two
from kiosk.visit import Visit

if TYPE_CHECKING:
    from kiosk.actions import Actions
    from kiosk.views import EventView


@ft.component
def EventPage(visit: Visit, actions: Actions, event_id: str, back: Callable[[], None]) -> ft.Control:
    """One event. An event that went away while it was read says so; a seat is held before its page is left."""
    _, set_turn = ft.use_state(0)
    asked, set_asked = ft.use_state(False)
    journey = use_kept(lambda: SeatJourney(actions, visit.drafts, visit.key))
    slowly = use_slowly(visit)
    signing = Signing(visit, actions, journey, slowly, lambda: set_turn(lambda turn: turn + 1))
    event = next((one for one in actions.events() if one.id == event_id), None)
    use_look_again(visit, lambda: journey.hold_is_over, signing.redraw, LOOK_AGAIN_S)

    def leave() -> None:
        if not slowly.busy():
            journey.leave_event()
            back()

    def back_from_where() -> None:
        if not slowly.busy():
            journey.back_from_where()
            set_asked(False)
            signing.redraw()

    if event is None:
        words = notice(visit, "off", visit.say("events.detail.gone"), icon_name="calendar-blank")
        return screen(visit, title=visit.say("events.title"), body=[words], back=leave)
    seats = seats_by_id(actions.slots(visit.key))
    card = rules.make_card(event, visit.language, now=actions.now(), zone=actions.site().zone, seats=seats)
    ways = ways_to(journey, event, card)
    if len(ways) > 1 and HAD_ALREADY not in ways.values():
        if asked or journey.where(event) is not None:
            return where(signing, event, card, ways, back_from_where)
        ask = Primary(visit.say("events.where.sign_up"), lambda: set_asked(True), icon_name="signpost")
        way = LINE if card.state.full else ON_REQUEST
        body = [*_head(signing, event, card, way), *_facts(visit, card, way)]
        return screen(visit, title=card.title, body=body, primary=ask, back=leave)
    part, way = _only_way(journey, event, card, ways)
    body = [*_head(signing, event, card, way), *_only(visit, ways, way), *way_words(visit, journey, way)]
    body += _facts(visit, card, way)
    return screen(visit, title=card.title, body=body, primary=signing.button(part, way), back=leave)


def _only_way(journey: SeatJourney, event: EventView, card: EventCard, ways: dict[str, str]) -> tuple[EventView, str]:
    """What is signed up for where nothing is asked, and how: one quota of two has seats here, or there is one only."""
    for one, way in ways.items():
        return journey.parts(event)[one], way
    part = journey.part(event)
    return part, NOT_HERE if card.parts else way_to(journey, part, card.state)


def _only(visit: Visit, ways: dict[str, str], way: str) -> list[ft.Control]:
    """Which one of two ways is signed up for here."""
    if way == HAD_ALREADY:
        return []
    return [paragraph(visit, visit.say(f"events.where.only.{one}"), role="small") for one in ways]


def _head(signing: Signing, event: EventView, card: EventCard, way: str) -> list[ft.Control]:
    """What is new, the state or that of each way, and which of the two ways is signed up for here."""
    visit, actions = signing.visit, signing.actions
    now, zone = actions.now(), actions.site().zone
    state = rules.state_words(card, visit.language, now=now, zone=zone)
    if not card.parts or not (card.state.can_come or card.state.full):
        body = [chips(visit, card, state)] if way == LINE else _state(visit, card, state)
        return [*news_of(visit, signing.journey, event), *body]
    said = [(part.state, rules.part_words(card, part, visit.language, now=now, zone=zone)) for part in card.parts]
    body = [_row(visit, [*(_chip(visit, one, words) for one, words in said), *_more_chips(visit, card)])]
    counted = rules.counted_words(card, visit.language, now=now, zone=zone)
    if counted:
        body.append(paragraph(visit, counted, soft=True, role="small"))
    more = rules.more_key(card)
    if more and way != LINE:
        body.append(notice(visit, "old", visit.say(more), icon_name="clock"))
    return [*news_of(visit, signing.journey, event), *body]


def _state(visit: Visit, card: EventCard, state: str) -> list[ft.Control]:
    more = rules.more_key(card)
    if not more:
        return [chips(visit, card, state)]
    kind = KINDS[card.state.look]
    return [notice(visit, "old" if kind == "wait" else kind, state, visit.say(more), icon_name=card.state.icon)]


def _facts(visit: Visit, card: EventCard, way: str) -> list[ft.Control]:
    look = visit.look
    hours = times.with_paris(card.hours, card.paris)
    facts: list[ft.Control] = [
        drawn.fact(visit, "calendar-blank", visit.say(rules.when_key(card)), card.day, detail=hours),
        drawn.fact(visit, "map-pin", visit.say("events.detail.where"), card.place, detail=_or_afar(visit, card)),
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


def _or_afar(visit: Visit, card: EventCard) -> str:
    return visit.say("events.detail.or_afar") if card.parts else ""


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
    """The state in words, and what else must be known at once: a new date, held from afar, or from afar too."""
    found = [_chip(visit, card.state, state), *_more_chips(visit, card)]
    if card.parts:
        found.append(chip(visit, visit.say("events.also_afar"), "info", icon_name="monitor"))
    return _row(visit, found)


def _row(visit: Visit, found: list[ft.Control]) -> ft.Control:
    return ft.Row(found, wrap=True, spacing=visit.look.px(12), run_spacing=visit.look.px(8))


def _chip(visit: Visit, state: EventState, words: str) -> ft.Control:
    return chip(visit, words, KINDS[state.look], icon_name=state.icon)


def _more_chips(visit: Visit, card: EventCard) -> list[ft.Control]:
    found: list[ft.Control] = []
    if card.new_date:
        found.append(chip(visit, visit.say("events.new_date"), "wait", icon_name="calendar-blank"))
    if card.online:
        found.append(chip(visit, visit.say("events.online"), "info", icon_name="video-camera"))
    return found
