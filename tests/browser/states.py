"""Every state that a visit may meet but a first visit does not: a terminal and a hub of its own, in this process.

Each state is reached through the view models (no typing), then shown by the shipped web host. What another end would
have done (an answer, a withdrawal) is written at the hub and comes by a round.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser

from kiosk.models.booking_steps import CONTACT, FIRST_NAME, HOUR, NEEDS, NO_CONTACT, WISHES, BookingJourney
from kiosk.models.reference import DRAFT, ReferenceSearch
from kiosk.models.seats import SeatJourney
from kiosk.views import BookedView
from kiosk.visit import BOOKING, CODE, EVENTS, SEAT, Visit
from tests.browser.chromium import screen
from tests.browser.person import Person
from tests.kiosk.models.test_seats import announce, seats
from tests.kiosk.screens.test_booth import Windows
from tests.kiosk.shots import served
from tests.kiosk.test_actions import SITE, Hub, Kiosk
from tests.sync.replica.test_incarnation import image_of, put_back

Prepare = Callable[[Visit], None]
SUBJECT = "suivi"
NAMED = {"prenom": "Maïwenn", "telephone": "06 12 34 87 65"}
TUESDAY_MS = 1_795_510_920_000
"""Tuesday 24 November 2026, 10 h 02 in Paris."""
HUB_STATES = ("withdrawn", "overruled", "declined", "alternatives")
"""What the hub makes of a booking, without the visitor."""


class World:
    """One terminal of one site with a few days of hours, most of them to be asked for.

    The hub gives nothing by itself: each place that the terminal may promise is given with ``own``.
    """

    def __init__(self, folder: Path, *, zone: str = "Europe/Paris", name: str = "Mairie de Saint-Aubin") -> None:
        self.hub = Hub(folder / "hub", TUESDAY_MS, grants_per_terminal=0, seats_per_terminal=0, takes_per_hour=0)
        paris = zone == "Europe/Paris"
        self.hub.write("site", SITE, {
            "name": name, "zone": zone, "phone": "02 61 91 00 00", "phone_region": "FR",
            "region": "Centre-Val de Loire" if paris else "La Réunion",
        })  # fmt: skip
        self.kiosk = Kiosk(self.hub, folder / "terminal")
        self.actions = self.kiosk.actions
        self._zone, self._made = ZoneInfo(zone), 0
        for day in (1, 2, 3, 6, 7):
            self.open(day, 16)
            self.open(day, 16.5)

    def _slot(self, day: int, hour: float) -> tuple[str, float]:
        """An id, and how many hours ahead the clocks of the site show ``hour``, ``day`` days after the first."""
        self._made += 1
        first = datetime.fromtimestamp(TUESDAY_MS / 1000, self._zone).replace(hour=0, minute=0, second=0)
        starts = first + timedelta(days=day, hours=hour)
        ahead = starts.timestamp() - self.hub.time.ms / 1000
        return f"0192f0a0-0000-7000-8000-{self._made:012d}", ahead / 3600

    def open(self, day: int, hour: float) -> str:
        """A slot that may be asked for."""
        slot_id, ahead = self._slot(day, hour)
        self.hub.open_slot(slot_id, ahead)
        self.kiosk.round()
        return slot_id

    def in_a_quarter(self) -> str:
        """A slot that begins in a quarter of an hour, whatever the time has become."""
        self._made += 1
        slot_id = f"0192f0a0-0000-7000-8000-{self._made:012d}"
        self.hub.open_slot(slot_id, 0.25)
        self.kiosk.round()
        return slot_id

    def own(self, day: int, hour: float) -> str:
        """A slot whose place this terminal may promise."""
        slot_id, ahead = self._slot(day, hour)
        self.kiosk.granted(slot_id, ahead, number=self._made)
        return slot_id

    def event(self, title: str, day: int, *, own: bool = False, **more: Any) -> str:
        """An event of eight seats, one this terminal's to promise if ``own``; returns the slot of its seats.

        ``again`` is the day of another date of it.
        """
        slot_id, ahead = self._slot(day, 14)
        if own:
            self.kiosk.granted(slot_id, ahead, number=self._made)
        reference, left = f"E{self._made}", more.pop("seats_left", 8 - own)
        seats(self.hub, slot_id, ahead, reference=reference, taken=more.pop("taken", int(own)))
        if "again" in more:
            seats(self.hub, *self._slot(more["again"], 14), reference=reference)
        announce(
            self.hub, reference, slot_id, ahead, title=title, seats_left=left, organiser="Communauté de communes",
            summary="Venez avec votre CV, même ancien. On le relit ensemble.", access="Bâtiment B, au premier étage",
        )  # fmt: skip
        self.kiosk.round()
        return slot_id

    def cut(self, cut: bool = True) -> None:
        """Pulls the cable out, or puts it in again; the terminal has noticed."""
        self.hub.cut = cut
        self.kiosk.round()

    def put_back(self) -> None:
        """An image of the disk is put back without a network, after the terminal has promised an hour: it restarts."""
        promised = self.own(1, 9)
        self.own(1, 9.5)
        self.kiosk.terminal.close()
        image = image_of(self.kiosk.home, self.kiosk.home.parent)
        self.kiosk.start()
        self.kiosk.actions.book(promised, contact={}, language="fr")
        self.kiosk.terminal.close()
        put_back(image, self.kiosk.home)
        self.kiosk.start()
        self.actions = self.kiosk.actions
        self.cut()
        assert self.actions.network().restored

    def book(self, slot_id: str, **more: Any) -> BookedView:
        """A booking as the screens make it."""
        return self.actions.book(slot_id, contact=NAMED, language="fr", **more)

    def told(self, booked: BookedView, state: str, **more: object) -> BookedView:
        """The hub gives a booking another state; it is known here."""
        self.kiosk.round()
        self.hub.write("booking", booked.id, {"state": state, **more})
        self.kiosk.round()
        return booked

    def withdraw(self, *slot_ids: str) -> None:
        """The owner takes hours away."""
        for slot_id in slot_ids:
            self.hub.write("slot", slot_id, {"state": "withdrawn"})
        self.kiosk.round()

    def close(self) -> None:
        """Closes both ends."""
        self.kiosk.terminal.close()
        self.hub.database.close()


# What a visit shows ------------------------------------------------------------------------------------


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


def _other_date(world: World, booked: BookedView) -> Prepare:
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


def _wished(world: World, *slot_ids: str, then: str = "recap") -> Prepare:
    def lead(journey: BookingJourney) -> None:
        to_wishes(journey, *slot_ids)
        if then != "wishes":
            to_recap(journey)
        if then == "slip":
            journey.ask("fr")

    return at_booking(world, lead)


def _moving(world: World, booked: BookedView, slot_id: str | None = None, then: str = "hours") -> Prepare:
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


def _had(world: World, booked: BookedView) -> Prepare:
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


# The states --------------------------------------------------------------------------------------------


def restored_states(world: World) -> Iterator[tuple[str, Prepare]]:
    """What a terminal shows whose disk may be an old copy (``World.put_back``)."""
    slot_id = next(slot.id for slot in world.actions.slots() if slot.free)
    yield "hours-restored", at_booking(world, lambda journey: to_hour(journey, slot_id))


def states(world: World) -> Iterator[tuple[str, Prepare]]:
    """Each state by its name, with what prepares a visit for it; the world is as it should be when one is yielded."""
    for part in (_asking, _codes, _moves, _seats, _without_network, _booth):
        yield from part(world)


def _asking(world: World) -> Iterator[tuple[str, Prepare]]:
    yield "notice", lambda visit: visit.go("/inscription")
    asked = [world.open(1, hour) for hour in (9, 10.5, 11)]
    sure = world.own(1, 14)
    world.own(1, 14.5)
    yield "hours-both", at_booking(world, lambda journey: to_hour(journey, sure))
    yield "hours-contrast", in_contrast(at_booking(world, lambda journey: to_hour(journey, sure)))
    yield "hours-request", at_booking(world, lambda journey: to_hour(journey, asked[1]))
    yield "wishes-one", _wished(world, asked[0], then="wishes")
    yield "wishes-three", _wished(world, *asked, then="wishes")
    yield "wishes-three-contrast", in_contrast(_wished(world, *asked, then="wishes"))
    yield "wishes-three-large", in_large(_wished(world, *asked, then="wishes"))
    yield "request-recap", _wished(world, *asked)
    yield "request-slip-answered", _wished(world, *asked, then="slip")


def _codes(world: World) -> Iterator[tuple[str, Prepare]]:
    sure = world.book(world.own(2, 9))
    yield "code-guaranteed", by_code(world, "booking", sure.id)
    yield "code-guaranteed-contrast", in_contrast(by_code(world, "booking", sure.id))
    yield "code-guaranteed-large", in_large(by_code(world, "booking", sure.id))
    yield "code-cancel-ask", by_code(world, "booking", sure.id)
    yield "code-take-back-ask", by_code(world, "booking", sure.id)
    for state in HUB_STATES:
        first, second, third = (world.open(2, hour) for hour in (10, 11, 14.5))
        more: dict[str, object] = {"alternatives": [second, third]} if state == "alternatives" else {}
        if state in ("declined", "alternatives"):
            more["declined_because"] = "slot_taken"
        booked = world.told(world.book(first), state, **more)
        yield f"code-{state}", by_code(world, "booking", booked.id)
        world.withdraw(first, second, third)
    confirmed = world.told(world.book(world.open(2, 15)), "confirmed")
    yield "code-confirmed", by_code(world, "booking", confirmed.id)
    yield "code-taken-back", by_code(world, "booking", world.book(world.own(3, 9)).id, "take_back")
    prepared = world.actions.prepare_registration(
        {"nom_naissance": "Sukarno"}, notice_version="1", notice_read_at=world.actions.now(), language="fr"
    )
    world.kiosk.round()
    yield "code-registration", by_code(world, "registration", prepared.id)
    yield "code-registration-taken-back", by_code(world, "registration", prepared.id, "take_back")


def _moves(world: World) -> Iterator[tuple[str, Prepare]]:
    first, sure, asked = world.book(world.own(3, 9.5)), world.own(6, 10), world.open(6, 9)
    yield "move-hours", _moving(world, first)
    yield "move-recap-sure", _moving(world, first, sure, "recap")
    world.cut()
    yield "move-recap-asked", _moving(world, first, asked, "recap")
    yield "move-slip-asked", _moving(world, first, asked, "slip")
    yield "code-change-asked", by_code(world, "booking", first.id)
    world.cut(False)
    yield "booking-had", _had(world, first)
    third, later = world.book(world.own(3, 14)), world.open(6, 11)
    world.cut()
    world.book(later, moved_from=third.id)
    yield "booking-had-asked", _had(world, third)
    world.cut(False)
    second = world.book(world.own(3, 11))
    yield "move-slip-sure", _moving(world, second, sure, "slip")
    yield "code-moved", by_code(world, "booking", second.id)


def _events(visit: Visit) -> None:
    """The list of events; the page of one is touched then (``TOUCHED``)."""
    visit.go(EVENTS)


def _seats(world: World) -> Iterator[tuple[str, Prepare]]:
    """An event of which this terminal holds a seat, one on request, a full one; from its page to the code."""
    sure, asked = world.event("Atelier CV", 8, own=True), world.event("Découvrir les métiers du soin", 9)
    world.event("Forum de l’emploi local", 10, taken=8, seats_left=0)
    for name in ("list", "page-sure", "page-asked", "page-full"):
        yield f"seat-{name}", _events
    yield "seat-page-sure-contrast", in_contrast(_events)
    yield "seat-page-sure-large", in_large(_events)
    for name, event in (("sure", sure), ("asked", asked)):
        yield f"seat-contact-{name}", at_seat(world, event, "contact")
        yield f"seat-recap-{name}", at_seat(world, event, "recap")
    yield "seat-recap-sure-large", in_large(at_seat(world, sure, "recap"))
    for name in ("code-seat-guaranteed", "code-seat-cancel-ask"):
        yield name, by_code(world, "booking", world.book(world.event("Atelier numérique", 11, own=True)).id)
    yield "seat-slip-sure", at_seat(world, sure, "slip")
    world.cut()
    yield "seat-page-asked-no-network", _events
    yield "seat-slip-asked", at_seat(world, asked, "slip")
    world.cut(False)
    twice = world.book(world.event("Atelier entretien", 13, own=True, again=14))
    yield "seat-move-dates", _other_date(world, twice)
    full = world.told(world.book(world.event("Visite d’entreprise", 13)), "declined", declined_because="slot_taken")
    yield "code-seat-declined", by_code(world, "booking", full.id)
    gone = world.told(world.book(world.event("Café de l’emploi", 13, own=True)), "withdrawn")
    yield "code-seat-withdrawn", by_code(world, "booking", gone.id)


def _with_windows(prepare: Prepare) -> Prepare:
    """On a terminal that opens guided windows."""

    def prepared(visit: Visit) -> None:
        visit.windows = Windows()
        prepare(visit)

    return prepared


def _booth(world: World) -> Iterator[tuple[str, Prepare]]:
    """A quarter of an hour before, with the line and without it."""
    soon = world.told(world.book(world.in_a_quarter()), "confirmed")
    yield "booth-waiting", _with_windows(by_code(world, "booking", soon.id))
    world.cut()
    yield "booth-no-network", _with_windows(by_code(world, "booking", soon.id))
    world.cut(False)


def _without_network(world: World) -> Iterator[tuple[str, Prepare]]:
    asked = [world.open(7, hour) for hour in (9, 10, 14)]
    own, late = world.own(7, 11), world.open(7, 15)
    world.cut()
    yield "hours-no-network", at_booking(world, lambda journey: to_hour(journey, own))
    yield "request-recap-no-network", _wished(world, *asked)
    yield "request-slip-no-network", _wished(world, *asked, then="slip")
    yield "code-requested-no-network", by_code(world, "booking", world.book(late).id)
    world.cut(False)


# Drawn by a browser ------------------------------------------------------------------------------------


@contextmanager
def shown(world: World) -> Iterator[tuple[str, dict[str, Prepare]]]:
    """The world behind the shipped web host: its address, and a box whose ``next`` prepares the next visit."""
    box: dict[str, Prepare] = {"next": lambda visit: None}

    def prepare(visit: Visit) -> None:
        box["next"](visit)

    with served(world.actions, before=prepare, quiet_s=900) as url:
        yield url, box


TOUCHED = {
    "booth-waiting": "Rejoindre mon rendez-vous vidéo",
    "booth-no-network": "Rejoindre mon rendez-vous vidéo",
    "code-cancel-ask": "Annuler ce rendez-vous",
    "code-take-back-ask": "Retirer mes informations",
    "code-seat-cancel-ask": "Annuler ma place",
    "seat-page-sure": "Atelier CV",
    "seat-page-sure-contrast": "Atelier CV",
    "seat-page-sure-large": "Atelier CV",
    "seat-page-asked": "Découvrir les métiers",
    "seat-page-asked-no-network": "Découvrir les métiers",
    "seat-page-full": "Forum de l’emploi",
}
"""What is touched before the picture of a state is taken."""


def take_states(
    browser: Browser, world: World, folder: Path, shape: str, only: str = "", *,
    of: Callable[[World], Iterator[tuple[str, Prepare]]] = states,
) -> list[Path]:  # fmt: skip
    """Saves a picture of each state of ``of`` whose name contains ``only``: ``state-NAME-shape.png``."""
    taken: list[Path] = []
    with shown(world) as (url, box):
        for name, prepare in of(world):
            if only and not re.search(only, name):
                continue
            box["next"] = prepare
            page = browser.new_page(**screen(shape))
            person = Person(page)
            person.opens(url)
            person.rests()
            if name in TOUCHED:
                person.touch(TOUCHED[name])
                person.rests()
            taken.append(folder / f"state-{name}-{shape}.png")
            person.picture(taken[-1])
            print(taken[-1].name, flush=True)
            page.close()
            world.kiosk.terminal.store.drop_holds()
    return taken
