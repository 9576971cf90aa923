"""Where one takes part in an event that is given on site and from afar: one question, asked before a seat is held."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import flet as ft

from kiosk.models import events as rules
from kiosk.models.events import EventCard
from kiosk.models.quotas import AFAR, ON_SITE
from kiosk.parts.choices import Mark, arrangement, choice_card, in_columns
from kiosk.parts.frame import Primary, screen
from kiosk.said import joined
from kiosk.screens.event_way import WAYS, Signing, news_of, way_words
from kiosk.wording import uncapped

if TYPE_CHECKING:
    from kiosk.views import EventView

PICTURED = {ON_SITE: Mark("map-pin"), AFAR: Mark("monitor")}


def where(
    signing: Signing, event: EventView, card: EventCard, ways: dict[str, str], back: Callable[[], None]
) -> ft.Control:
    """The question, with what is left of each; the button says how a seat of the one touched is had."""
    visit, journey = signing.visit, signing.journey
    chosen = journey.where(event)
    way = ways.get(chosen or "", "")
    stands = arrangement(visit, len(ways), pictured=True)
    cards = [_choice(signing, event, card, one, ways, chosen) for one in ways]
    primary = signing.button(journey.parts(event)[chosen], way) if chosen in ways else None
    return screen(
        visit,
        title=visit.say("events.where.title"),
        lead=card.title,
        body=[
            *news_of(visit, journey, event),
            in_columns(visit, cards, stands.columns),
            *way_words(visit, journey, way),
        ],
        primary=primary or Primary(visit.say("events.where.choose"), None),
        back=back,
    )


def _choice(
    signing: Signing, event: EventView, card: EventCard, one: str, ways: dict[str, str], chosen: str | None
) -> ft.Control:
    visit, actions = signing.visit, signing.actions
    left = rules.left_words(card, one, visit.language, now=actions.now(), zone=actions.site().zone)
    come = visit.say("events.where.come", place=card.place) if one == ON_SITE else visit.say("events.where.stay")
    return choice_card(
        visit,
        visit.say(f"events.where.{one}"),
        partial(_choose, signing, event, one),
        selected=one == chosen,
        detail=joined("\n", (come, joined(" – ", (left, uncapped(visit.say(WAYS[ways[one]].key), visit.language))))),
        mark=PICTURED[one],
        stands=arrangement(visit, len(ways), pictured=True),
    )


def _choose(signing: Signing, event: EventView, one: str) -> None:
    if not signing.slowly.busy():
        signing.journey.choose_where(event, one)
        signing.redraw()
