"""Local events and workshops: what is shown, in which state, and how old the count of places is.

An event on site and from afar has a state for each (``kiosk.models.quotas``), and is full where both are.

An event that is over is never shown, nor one whose state or count could mislead: a cancelled one
says « Annulé », a full one « Complet », and a count says when it was made. The seats of an event
that one can sign up for here are a slot; a seat that this terminal may promise is left even where
the count says none: promised to terminals, it is no longer counted.

No Flet here: events come from ``kiosk.actions``, the moment (trusted time) as an argument.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from kiosk import moments, times
from kiosk.models import quotas
from kiosk.views import EventView, SlotView
from kiosk.wording import say, uncapped

#: The filters, in order; words in kiosk/words/events.py under ``events.theme.*``. ``None`` is all.
THEMES = ("recrutement", "recherche_emploi", "formation", "creation_entreprise", "numerique", "autre")
COUNT_IS_OLD_AFTER = timedelta(hours=24)


@dataclass(frozen=True)
class EventState:
    """The state of an event as a chip: look (``sure wait off fault``), icon, wording key, number."""

    look: str
    icon: str
    key: str
    places: int | None = None

    @property
    def can_come(self) -> bool:
        """False where signing up makes no sense any more."""
        return self.key not in ("events.state.cancelled", "events.state.full", "events.state.postponed")

    @property
    def full(self) -> bool:
        """True where every seat is somebody's: one may be left."""
        return self.key == "events.state.full"


HERE = "events.state.here"
STOPPED = {
    "annule": EventState("fault", "prohibit", "events.state.cancelled"),
    "reporte": EventState("wait", "clock", "events.state.postponed"),
    "complet": EventState("off", "users-three", "events.state.full"),
}


@dataclass(frozen=True)
class PartCard:
    """The places of one way of taking part (``quotas.WAYS``)."""

    way: str
    state: EventState
    count_is_old: bool


@dataclass(frozen=True)
class EventCard:
    """One event as the list and its own page show it. All times are on the site's clocks, in the visitor's language.

    ``hours`` are « de 14 h à 15 h 30 », ``hours_short`` « 14 h – 15 h 30 »: read from afar, in passing.
    ``parts`` are the ways of one that is given on site and from afar; none for any other.
    """

    id: str
    title: str
    theme: str
    date: date
    weekday: str
    number: str
    month: str
    hours: str
    hours_short: str
    day: str
    paris: str | None
    place: str
    state: EventState
    counted_at: datetime | None
    count_is_old: bool
    summary: str
    access: str
    sign_up: str
    organiser: str
    source: str
    new_date: bool
    online: bool
    has_seats: bool
    parts: tuple[PartCard, ...] = ()

    @property
    def from_afar(self) -> bool:
        """True where one can take part from afar, or cannot otherwise."""
        return self.online or bool(self.parts)


def is_over(event: EventView, now: datetime) -> bool:
    """True once the event has ended; it is then shown nowhere."""
    return event.ends_at <= now


def state_of(event: EventView, now: datetime, seat: SlotView | None = None) -> EventState:
    """Returns the state to show: what stops a person from coming comes before any number.

    ``seat`` is the slot of its seats, where it has one that has not begun.
    """
    if event.state in STOPPED:
        return STOPPED[event.state]
    if seat is not None and seat.guaranteed and (not event.seats_left or _count_is_old(event, now)):
        return EventState("sure", "seal-check", HERE)
    if event.seats_left == 0 or (seat is not None and not seat.free):
        return STOPPED["complet"]
    return _counted(event, now)


def _counted(event: EventView, now: datetime) -> EventState:
    if event.seats_left is None:
        return EventState("off", "users-three", "events.state.uncounted")
    if _count_is_old(event, now):
        return EventState("wait", "clock", "events.state.places_old", event.seats_left)
    if event.seats_left == 1:
        return EventState("wait", "warning-circle", "events.state.last", 1)
    return EventState("sure", "check-circle", "events.state.places", event.seats_left)


def _count_is_old(event: EventView, now: datetime) -> bool:
    if event.seats_left is None and event.remote_seats_left is None:
        return False
    return event.counted_at is None or now - event.counted_at > COUNT_IS_OLD_AFTER


Seats = Mapping[str, SlotView]


def part_cards(event: EventView, now: datetime, seats: Seats) -> tuple[PartCard, ...]:
    """The state of each way of an event on site and from afar; none of any other event."""
    found = []
    for way, part in quotas.parts_of(event).items():
        state = state_of(part, now, seats.get(part.slot_id or ""))
        found.append(PartCard(way, state, _count_is_old(part, now) and state.key != HERE))
    return tuple(found)


def _whole(event: EventView, now: datetime, seats: Seats) -> EventState:
    """The state of an event in one word: of two quotas what is left of both, full where both are."""
    parts = [part.state for part in part_cards(event, now, seats)]
    if not parts:
        one = quotas.as_one(event, seats)
        return state_of(one, now, seats.get(one.slot_id or ""))
    if event.state in STOPPED:
        return STOPPED[event.state]
    here = [state for state in parts if state.key == HERE]
    open_ones = here or [state for state in parts if not state.full]
    if len(open_ones) > 1 and all(state.places is not None for state in open_ones):
        return _counted(replace(event, seats_left=sum(state.places or 0 for state in open_ones)), now)
    return max(open_ones, key=lambda state: state.places or 0, default=STOPPED["complet"])


def make_card(event: EventView, language: str, *, now: datetime, zone: str, seats: Seats | None = None) -> EventCard:
    """Returns one event in words, on the clocks of ``zone``; ``seats`` are the slots of seats to come, by id."""
    state = _whole(event, now, seats or {})
    start, end = event.starts_at, event.ends_at
    here = moments.local(start, zone).date()
    online = event.state == "deplace_en_ligne"
    return EventCard(
        id=event.id,
        title=event.title,
        theme=event.theme if event.theme in THEMES else "autre",
        date=here,
        weekday=times.weekday_short(here, language),
        number=str(here.day),
        month=times.month_short(here, language),
        hours=times.hours(start, end, zone, language),
        hours_short=times.hours(start, end, zone, language, short=True),
        day=times.day_near(here, moments.local(now, zone).date(), language),
        # Only an event held from afar lives on Paris clocks; a room on the island does not.
        paris=times.paris_hour(start, zone, language) if online else None,
        place=event.place,
        state=state,
        counted_at=event.counted_at,
        count_is_old=_count_is_old(event, now) and state.key != HERE,
        summary=event.summary,
        access=event.access,
        sign_up=event.sign_up,
        organiser=event.organiser,
        source=event.source,
        new_date=event.state == "reprogramme",
        online=online,
        has_seats=event.slot_id is not None or event.remote_slot_id is not None,
        parts=part_cards(event, now, seats or {}),
    )


def upcoming(
    events: Iterable[EventView], language: str, *, now: datetime, zone: str, seats: Seats | None = None
) -> tuple[EventCard, ...]:
    """Every event that is not over, soonest first; ``seats`` are the slots of seats to come, by id."""
    ahead = [event for event in events if not is_over(event, now)]
    ahead.sort(key=lambda event: (event.starts_at, event.id))
    return tuple(make_card(event, language, now=now, zone=zone, seats=seats) for event in ahead)


def with_theme(cards: Sequence[EventCard], theme: str | None) -> tuple[EventCard, ...]:
    """The cards of one theme, or all of them."""
    return tuple(card for card in cards if theme is None or card.theme == theme)


def themes_present(cards: Sequence[EventCard]) -> tuple[str, ...]:
    """The themes that lead somewhere, in the order of the vocabulary."""
    return tuple(theme for theme in THEMES if any(card.theme == theme for card in cards))


WEEK, ONLINE = "week", "online"
NARROWINGS = (WEEK, ONLINE)
"""What the cards of a theme may be narrowed to: the next seven days, what is held from afar; both at once too."""
WEEK_DAYS = 7


def narrowed(cards: Sequence[EventCard], wanted: Collection[str], today: date) -> tuple[EventCard, ...]:
    """The cards that are all that is ``wanted`` (of ``NARROWINGS``); ``today`` is the site's."""
    return tuple(
        card for card in cards
        if (WEEK not in wanted or card.date < today + timedelta(days=WEEK_DAYS))
        and (ONLINE not in wanted or card.from_afar)
    )  # fmt: skip


def narrowings_present(cards: Sequence[EventCard], wanted: Collection[str], today: date) -> tuple[str, ...]:
    """Those that lead somewhere: each that is wanted, or that leaves some of what is shown, and not all."""
    shown = narrowed(cards, wanted, today)
    found = []
    for one in NARROWINGS:
        left = narrowed(shown, (one,), today)
        if one in wanted or 0 < len(left) < len(shown):
            found.append(one)
    return tuple(found)


def oldest_count(cards: Sequence[EventCard]) -> datetime | None:
    """When the oldest count among these was made; None when nothing is counted."""
    counted = [card.counted_at for card in cards if card.counted_at and card.state.places is not None]
    return min(counted, default=None)


def state_words(card: EventCard, language: str, *, now: datetime, zone: str) -> str:
    """The state of an event in words: « 8 places restantes », « Complet », « 12 places, comptées hier, 9 h »."""
    return _words(card.state, card.count_is_old, card.counted_at, language, now=now, zone=zone)


def part_words(card: EventCard, part: PartCard, language: str, *, now: datetime, zone: str) -> str:
    """The state of one way in words: « Sur place : 4 places restantes », « À distance : complet »."""
    left = left_words(card, part.way, language, now=now, zone=zone)
    return say(f"events.part.{part.way}", language, state=uncapped(left, language))


def left_words(card: EventCard, way: str, language: str, *, now: datetime, zone: str) -> str:
    """What is left of one way, its name left out: « 4 places restantes », « Complet »."""
    part = next(one for one in card.parts if one.way == way)
    return _words(part.state, part.count_is_old, card.counted_at, language, now=now, zone=zone)


def counted_words(card: EventCard, language: str, *, now: datetime, zone: str) -> str:
    """« Places comptées hier, 9 h »; "" where nothing is counted, and where the states say it themselves."""
    counted = [part for part in card.parts if part.state.places is not None]
    if card.counted_at is None or not counted or card.count_is_old:
        return ""
    return say("events.counted", language, moment=times.moment_near(card.counted_at, now, zone, language))


def _words(
    state: EventState, is_old: bool, counted_at: datetime | None, language: str, *, now: datetime, zone: str
) -> str:
    key, count = state.key, state.places
    if count is None:
        return say(key, language)
    if not is_old:
        return say(key, language, count=count)
    last = "last" if count == 1 else "places"
    if counted_at is None:
        return say(f"events.state.{last}_undated", language, count=count)
    moment = times.moment_near(counted_at, now, zone, language)
    return say(f"events.state.{last}_old", language, count=count, moment=moment)


#: What to do where a state stops or doubts: the wording key under the state, on the event's own page.
MORE_KEYS = {
    "events.state.full": "events.detail.full_more",
    "events.state.cancelled": "events.detail.cancelled_more",
    "events.state.postponed": "events.detail.postponed_more",
}


def more_key(card: EventCard) -> str | None:
    """The key of the sentence that says what to do, or None where nothing needs to be added."""
    if card.state.key in MORE_KEYS:
        return MORE_KEYS[card.state.key]
    return "events.detail.old_more" if card.count_is_old else None


def when_key(card: EventCard) -> str:
    """The key of the label of the date: a date that does not hold any more is not called « Quand »."""
    return {
        "events.state.cancelled": "events.detail.when_cancelled",
        "events.state.postponed": "events.detail.when_before",
    }.get(card.state.key, "events.detail.when")
