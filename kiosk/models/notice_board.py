"""The notice board of a wall screen: the next events, the offers, and of when all this is. Nobody touches it.

It turns by the clock alone, so that two boards of one room show the same. An event that is over is never shown; one
that was cancelled or is full is shown as that and never leads. The age of what is shown is said at any time, and as a
warning after a day without a round. No Flet here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from content.view import ScreenView
from kiosk import moments, times
from kiosk.actions import Actions
from kiosk.models.directory import OfferCard
from kiosk.models.events import EventCard
from kiosk.shown import screens
from kiosk.wording import capped, say

PATH = "/affichage"
TURN_S = 20
POSTER_EVERY = 3
POSTERS_FLOW = "affiches"
LEADS_MAX = 3
OLD_AFTER = timedelta(days=1)
NEAR = ("time.today", "time.tomorrow", "time.in_two_days", "time.in_three_days")
Item = TypeVar("Item")


@dataclass(frozen=True)
class BoardView:
    """What the board shows during one turn.

    Attributes:
        lead: the event in large, or None.
        lead_when: « Aujourd’hui », « Dans deux jours », « mardi 1er décembre ».
        following: other events, soonest first, a part of them in turn.
        offers: a part of the offers, in turn.
        poster: of the content, in the place of the lists for this turn, or None.
        informed: when the hub was last heard, in words; "" when it never was.
        informed_is_old: that was more than a day ago.
    """

    lead: EventCard | None
    lead_when: str
    following: tuple[EventCard, ...]
    offers: tuple[OfferCard, ...]
    informed: str
    informed_is_old: bool
    poster: ScreenView | None = None


def posters(actions: Actions, language: str) -> tuple[ScreenView, ...]:
    """The posters in force, in order; none where the content of this terminal has no such flow."""
    return screens(actions, POSTERS_FLOW, language)


def turn_of(now: datetime) -> int:
    """The number of the turn: it grows by one every ``TURN_S`` seconds."""
    return int(now.timestamp()) // TURN_S


def board_view(
    events: Sequence[EventCard],
    offers: Sequence[OfferCard],
    language: str,
    *,
    now: datetime,
    zone: str,
    last_contact: datetime | None,
    events_at_once: int,
    offers_at_once: int,
    posters: Sequence[ScreenView] = (),
) -> BoardView:
    """Returns what is shown at ``now``.

    Args:
        events: those that are not over, soonest first.
        offers: those that are open, newest first.
        language: of what is said here; the cards are in it already.
        now: trusted time, UTC.
        zone: of the site.
        last_contact: when a round last reached the hub, UTC.
        events_at_once: how many events beside the one in large.
        offers_at_once: how many offers.
        posters: of the content; every third turn is one's, and every second where there is nothing else to show.
    """
    turn = turn_of(now)
    every = POSTER_EVERY if events or offers else 2
    poster = posters[turn // every % len(posters)] if posters and turn % every == every - 1 else None
    turn -= turn // every if posters else 0  # those of posters do not count: no page of a list falls on them for ever
    leads = [card for card in events if card.state.can_come][:LEADS_MAX]
    lead = leads[turn % len(leads)] if leads else None
    others = [card for card in events if card is not lead]
    return BoardView(
        lead=lead,
        lead_when="" if lead is None else _when(lead, language, now, zone),
        following=_part(others, turn // max(1, len(leads)), events_at_once),
        offers=_part([card for card in offers if not card.is_old], turn, offers_at_once),
        informed="" if last_contact is None else times.moment_near(last_contact, now, zone, language),
        informed_is_old=last_contact is not None and now - last_contact > OLD_AFTER,
        poster=poster,
    )


def _when(card: EventCard, language: str, now: datetime, zone: str) -> str:
    days = (card.date - moments.local(now, zone).date()).days
    return capped(say(NEAR[days], language) if 0 <= days < len(NEAR) else card.day, language)


def _part(items: Sequence[Item], turn: int, at_once: int) -> tuple[Item, ...]:
    """The items of one turn: page after page, from the beginning again after the last one, which is as full as they."""
    pages = max(1, -(-len(items) // at_once))
    start = min(turn % pages * at_once, max(0, len(items) - at_once))
    return tuple(items[start : start + at_once])
