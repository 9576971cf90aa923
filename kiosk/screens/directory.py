"""Services near here: a list by pages with filters by need; one service has a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import flet as ft

from kiosk.models import directory as rules
from kiosk.models.directory import NEEDS, ServiceCard
from kiosk.moments import minute_of
from kiosk.parts import paper as drawn
from kiosk.parts.controls import chip, notice
from kiosk.parts.frame import screen
from kiosk.screens.listing import Browsed, browse, entry, in_facts
from kiosk.visit import Visit

if TYPE_CHECKING:
    from kiosk.actions import Actions

PLACE = Browsed("directory", "directory.need", NEEDS, "map-pin", upright=5)
"""One entry less upright than of offers: the filters take three lines."""


@ft.component
def Directory(visit: Visit, actions: Actions) -> ft.Control:
    """The place « Services près d’ici »."""
    known, now, zone = actions.services(), actions.now(), actions.site().zone
    said = visit.language
    about = [known, zone, said, minute_of(now)]
    cards = ft.use_memo(lambda: rules.service_cards(known, said, now=now, zone=zone), about)
    return browse(visit, PLACE, cards, lambda card, tag, opens: _item(visit, card, tag, opens), partial(_page, visit))


def _item(visit: Visit, card: ServiceCard, need: str, open_card: Callable[[str], None]) -> ft.Control:
    where = " · ".join(words for words in (card.organisation, card.where[-1] if card.where else "") if words)
    return entry(visit, card.id, card.name, ("map-pin", where), _chips(visit, card, need), open_card)


def _chips(visit: Visit, card: ServiceCard, need: str) -> list[ft.Control]:
    """What it helps with (the need that was asked for, if any), and what must be known at once."""
    shown = need if need in card.tags else card.tags[0]
    found = [chip(visit, visit.say(f"directory.need.{shown}"), "info", icon_name="list-checks")]
    if card.is_old:
        found.append(chip(visit, visit.say("directory.old"), "wait", icon_name="clock"))
    elif card.through_a_professional:
        found.append(chip(visit, visit.say("directory.through"), "wait", icon_name="handshake"))
    elif card.weekly_hours is not None:
        words = visit.say("directory.weekly_hours", hours=card.weekly_hours)
        found.append(chip(visit, words, "sure", icon_name="timer"))
    elif card.from_afar and not card.on_site:
        found.append(chip(visit, visit.say("directory.from_afar"), "info", icon_name="phone"))
    return found


def _page(visit: Visit, card: ServiceCard | None, back: Callable[[], None]) -> ft.Control:
    """One service, whole. One that went away while it was read says so."""
    if card is None:
        words = notice(visit, "off", visit.say("directory.detail.gone"), icon_name="map-pin")
        return screen(visit, title=visit.say("directory.title"), body=[words], back=back)
    hours = "" if card.weekly_hours is None else visit.say("directory.weekly_hours", hours=card.weekly_hours)
    facts: list[ft.Control] = []
    for name, label, value in (
        ("users", "organisation", card.organisation),
        ("map-pin", "where", _where(visit, card)),
        ("clock", "hours", card.hours),
        ("phone", "phone", card.phone),
        ("link", "link", card.link.removeprefix("https://").removeprefix("http://").rstrip("/")),
        ("list-checks", "conditions", card.conditions),
        ("coins", "cost", card.cost),
        ("timer", "time", hours),
    ):
        if value:
            facts.append(drawn.fact(visit, name, visit.say(f"directory.detail.{label}"), value))
    told: list[ft.Control] = []
    if card.is_old:
        more = visit.say("directory.old_more", day=card.updated)
        told.append(notice(visit, "old", visit.say("directory.old"), more))
    if card.through_a_professional:
        more = visit.say("directory.through_more")
        told.append(notice(visit, "info", visit.say("directory.through"), more, icon_name="handshake"))
    said = "directory.detail.source" if card.source else "directory.detail.updated"
    source = visit.say(said, source=card.source.rstrip("."), day=card.updated)
    body = [*told, *in_facts(visit, card.summary, facts, [], source)]
    return screen(visit, title=card.name, body=body, back=back)


def _where(visit: Visit, card: ServiceCard) -> str:
    """The address; or, for what happens from afar only, that."""
    if card.where:
        return ", ".join(card.where)
    return visit.say("directory.from_afar") if card.from_afar else ""
