"""How a visit is led to a state through the view models: what a picture of it, or a drawing, begins with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.models.booking_steps import CONTACT, FIRST_NAME, HOUR, NEEDS, NO_CONTACT, WISHES, BookingJourney
from kiosk.models.reference import DRAFT, ReferenceSearch
from kiosk.models.seats import SeatJourney
from kiosk.views import BookedView
from kiosk.visit import BOOKING, CODE, SEAT, Visit
from tests.browser.world import World

Prepare = Callable[[Visit], None]
SUBJECT = "suivi"


@dataclass(frozen=True)
class Step:
    """What is still done, or awaited, once the state is shown: ``act`` is "touch", "type" or "see"."""

    act: str
    words: str


def touch(words: str) -> Step:
    """A button, by its words."""
    return Step("touch", words)


def typed(words: str) -> Step:
    """Into the only field."""
    return Step("type", words)


def see(words: str) -> Step:
    """Waits for these words."""
    return Step("see", words)


def by_code(world: World, kind: str, record_id: str, act: str = "") -> Prepare:
    """« J’ai déjà un code », opened."""

    def prepare(visit: Visit) -> None:
        visit.drafts.put(DRAFT, {"kind": kind, "id": record_id})
        if act:
            ReferenceSearch(world.actions, visit.drafts).act(act)
        visit.go(CODE)

    return prepare


def at_booking(world: World, lead: Callable[[BookingJourney], object]) -> Prepare:
    """The place « Rendez-vous vidéo », led there by ``lead``."""

    def prepare(visit: Visit) -> None:
        lead(BookingJourney(world.actions, visit.drafts, visit.key))
        visit.go(BOOKING)

    return prepare


def at_seat(world: World, slot_id: str, then: str) -> Prepare:
    """The place of a seat, led to its contact, its summary or its slip."""

    def prepare(visit: Visit) -> None:
        journey = SeatJourney(world.actions, visit.drafts, visit.key)
        event = next(one for one in world.actions.events() if one.slot_id == slot_id)
        assert journey.sign_up(event)
        if then != "contact":
            journey.choose_contact(NO_CONTACT)
            journey.go_on()
            assert journey.step == FIRST_NAME, journey.step
            journey.go_on()
        if then == "slip":
            journey.ask("fr")
        visit.go(SEAT)

    return prepare


def other_date(world: World, booked: BookedView) -> Prepare:
    """« Changer de date » for a seat."""

    def prepare(visit: Visit) -> None:
        view = world.actions.booking(booked.id)
        assert view is not None
        assert SeatJourney(world.actions, visit.drafts, visit.key).start_move(view)
        visit.go(SEAT)

    return prepare


def to_hour(journey: BookingJourney, slot_id: str | None = None) -> None:
    """To the hours of the subject, one of them touched."""
    if journey.step != HOUR:
        journey.choose_reason(SUBJECT)
        journey.go_on()
    if slot_id is not None:
        journey.choose_hour(slot_id)


def to_wishes(journey: BookingJourney, *slot_ids: str) -> None:
    """To the list of choices, with these."""
    to_hour(journey, slot_ids[0])
    journey.go_on()
    assert journey.step == WISHES, journey.step
    for slot_id in slot_ids[1:]:
        wished = journey.wishing()
        wished.choose_hour(slot_id)
        wished.add()


def to_recap(journey: BookingJourney) -> None:
    """Past every question that is left, without a contact."""
    if journey.step in (HOUR, WISHES):
        journey.go_on()
    if journey.step == WISHES:
        journey.go_on()
    if journey.step == NEEDS:
        journey.go_on()
    assert journey.step == CONTACT, journey.step
    journey.choose_contact(NO_CONTACT)
    journey.go_on()


def wished(world: World, *slot_ids: str, then: str = "recap") -> Prepare:
    def lead(journey: BookingJourney) -> None:
        to_wishes(journey, *slot_ids)
        if then != "wishes":
            to_recap(journey)
        if then == "slip":
            journey.ask("fr")

    return at_booking(world, lead)


def moving(world: World, booked: BookedView, slot_id: str | None = None, then: str = "hours") -> Prepare:
    def lead(journey: BookingJourney) -> None:
        view = world.actions.booking(booked.id)
        assert view is not None
        assert journey.start_move(view)
        if slot_id is not None:
            journey.choose_hour(slot_id)
        if then != "hours":
            to_recap(journey)
        if then == "slip":
            journey.ask("fr")

    return at_booking(world, lead)


def had(world: World, booked: BookedView) -> Prepare:
    """A subject chosen although a slip of it was opened before."""

    def lead(visit: Visit) -> None:
        visit.drafts.put(DRAFT, {"kind": "booking", "id": booked.id})
        at_booking(world, to_hour)(visit)

    return lead


def in_contrast(prepare: Prepare) -> Prepare:
    """The same in high contrast."""

    def dark(visit: Visit) -> None:
        prepare(visit)
        visit.toggle_contrast()

    return dark


def in_large(prepare: Prepare, percent: int = 200) -> Prepare:
    """The same with larger letters."""

    def large(visit: Visit) -> None:
        prepare(visit)
        visit.set_text(percent)

    return large


def in_simple(prepare: Prepare) -> Prepare:
    """The same in easy French."""

    def simple(visit: Visit) -> None:
        visit.speak("fr-simple")
        prepare(visit)

    return simple
