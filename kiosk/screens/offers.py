"""Job offers near here: a list by pages with filters; one offer has a page of its own that says how to apply."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import flet as ft

from kiosk.models import directory as rules
from kiosk.models.directory import CONTRACTS, OfferCard
from kiosk.moments import minute_of
from kiosk.parts import paper as drawn
from kiosk.parts.controls import chip, notice
from kiosk.parts.frame import screen
from kiosk.said import joined
from kiosk.screens.listing import Browsed, browse, entry, in_facts
from kiosk.visit import Visit

if TYPE_CHECKING:
    from kiosk.actions import Actions

PLACE = Browsed("offers", "offers.contract", CONTRACTS, "briefcase", upright=6)


@ft.component
def Offers(visit: Visit, actions: Actions) -> ft.Control:
    """The place « Offres d’emploi »."""
    known, now, zone = actions.offers(), actions.now(), actions.site().zone
    said = visit.language
    about = [known, zone, said, minute_of(now)]
    cards = ft.use_memo(lambda: rules.offer_cards(known, said, now=now, zone=zone), about)
    return browse(visit, PLACE, cards, lambda card, _tag, opens: _item(visit, card, opens), partial(_page, visit))


def _item(visit: Visit, card: OfferCard, open_card: Callable[[str], None]) -> ft.Control:
    where = " · ".join(words for words in (card.employer, card.place) if words)
    return entry(visit, card.id, card.title, ("map-pin", where), _chips(visit, card), open_card)


def _chips(visit: Visit, card: OfferCard) -> list[ft.Control]:
    """The contract in words, then what must be known at once: it is new, it ends soon, it may be gone."""
    found = [chip(visit, _contract(visit, card), "info", icon_name="file-text")]
    if card.is_old:
        found.append(chip(visit, visit.say("offers.old"), "wait", icon_name="clock"))
    elif card.last_day is not None:
        found.append(chip(visit, _last_day(visit, card, card.last_day), "wait", icon_name="calendar-blank"))
    elif card.is_new:
        found.append(chip(visit, visit.say("offers.new"), "sure", icon_name="sparkle"))
    return found


def _contract(visit: Visit, card: OfferCard) -> str:
    """« CDD, 6 mois, 35 h par semaine »."""
    return joined(", ", [visit.say(f"offers.contract.{card.contract}"), *rules.terms_of(card)])


def _last_day(visit: Visit, card: OfferCard, day: str) -> str:
    return visit.say("offers.until_today" if card.last_day_is_near else "offers.until", day=day)


def _page(visit: Visit, card: OfferCard | None, back: Callable[[], None]) -> ft.Control:
    """One offer, whole. One that went away while it was read says so."""
    if card is None:
        words = notice(visit, "off", visit.say("offers.detail.gone"), icon_name="briefcase")
        return screen(visit, title=visit.say("offers.title"), body=[words], back=back)
    facts: list[ft.Control] = []
    for name, label, value in (
        ("buildings", "employer", card.employer),
        ("map-pin", "place", card.place),
        ("file-text", "contract", _contract(visit, card)),
        ("coins", "pay", card.pay),
        ("graduation-cap", "experience", card.experience),
        ("users", "posts", str(card.posts) if card.posts is not None and card.posts > 1 else ""),
        ("calendar-blank", "apply_until", card.last_day or ""),
        ("paper-plane-tilt", "apply", card.how_to_apply or _apply_elsewhere(visit, card)),
    ):
        if value:
            facts.append(drawn.fact(visit, name, visit.say(f"offers.detail.{label}"), value))
    about = notice(visit, "old", visit.say("offers.old"), visit.say("offers.old_more", day=card.updated))
    said = "offers.detail.source" if card.source else "offers.detail.checked"
    source = visit.say(said, source=card.source.rstrip("."), day=card.updated)
    return screen(
        visit,
        title=card.title,
        body=[
            *([about] if card.is_old else []),
            *in_facts(visit, card.summary, facts, [visit.say("offers.detail.not_here")], source),
        ],
        back=back,
    )


def _apply_elsewhere(visit: Visit, card: OfferCard) -> str:
    return visit.say("offers.detail.apply_unknown", reference=card.reference)
