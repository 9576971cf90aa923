"""Every state that a visit may meet but a first visit does not: a terminal and a hub of its own, in this process.

Each state is reached through the view models (no typing), then shown by the shipped web host.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from kiosk.visit import EVENTS, Visit
from tests.browser import moments
from tests.browser.chromium import screen
from tests.browser.leads import (
    Prepare,
    Step,
    at_booking,
    at_seat,
    by_code,
    had,
    in_contrast,
    in_large,
    moving,
    other_date,
    to_hour,
    touch,
    wished,
)
from tests.browser.person import Person
from tests.browser.world import World
from tests.kiosk.screens.test_booth import Windows
from tests.kiosk.shots import served

HUB_STATES = ("withdrawn", "overruled", "declined", "alternatives")
"""What the hub makes of a booking, without the visitor."""


# The states --------------------------------------------------------------------------------------------


def restored_states(world: World) -> Iterator[tuple[str, Prepare]]:
    """What a terminal shows whose disk may be an old copy (``World.put_back``)."""
    slot_id = next(slot.id for slot in world.actions.slots() if slot.free)
    yield "hours-restored", at_booking(world, lambda journey: to_hour(journey, slot_id))


def states(world: World) -> Iterator[tuple[str, Prepare]]:
    """Each state by its name, with what prepares a visit for it; the world is as it should be when one is yielded."""
    for part in (moments.empty, _asking, _codes, _moves, _seats, _without_network, _booth, moments.others):
        yield from part(world)


def _asking(world: World) -> Iterator[tuple[str, Prepare]]:
    yield "notice", lambda visit: visit.go("/inscription")
    asked = [world.open(1, hour) for hour in (9, 10.5, 11)]
    sure = world.own(1, 14)
    world.own(1, 14.5)
    yield "hours-both", at_booking(world, lambda journey: to_hour(journey, sure))
    yield "hours-contrast", in_contrast(at_booking(world, lambda journey: to_hour(journey, sure)))
    yield "hours-request", at_booking(world, lambda journey: to_hour(journey, asked[1]))
    yield "wishes-one", wished(world, asked[0], then="wishes")
    yield "wishes-three", wished(world, *asked, then="wishes")
    yield "wishes-three-contrast", in_contrast(wished(world, *asked, then="wishes"))
    yield "wishes-three-large", in_large(wished(world, *asked, then="wishes"))
    yield "request-recap", wished(world, *asked)
    yield "request-slip-answered", wished(world, *asked, then="slip")


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
    yield "move-hours", moving(world, first)
    yield "move-recap-sure", moving(world, first, sure, "recap")
    world.cut()
    yield "move-recap-asked", moving(world, first, asked, "recap")
    yield "move-slip-asked", moving(world, first, asked, "slip")
    yield "code-change-asked", by_code(world, "booking", first.id)
    world.cut(False)
    yield "booking-had", had(world, first)
    third, later = world.book(world.own(3, 14)), world.open(6, 11)
    world.cut()
    world.book(later, moved_from=third.id)
    yield "booking-had-asked", had(world, third)
    world.cut(False)
    second = world.book(world.own(3, 11))
    yield "move-slip-sure", moving(world, second, sure, "slip")
    yield "code-moved", by_code(world, "booking", second.id)


def _events(visit: Visit) -> None:
    """The list of events; the page of one is touched then (``TOUCHED``)."""
    visit.go(EVENTS)


def _seats(world: World) -> Iterator[tuple[str, Prepare]]:
    """An event of which this terminal holds a seat, one on request, a full one; from its page to the code."""
    sure, asked = world.event("Atelier CV", 8, own=True), world.event("Découvrir les métiers du soin", 9)
    world.event("Forum de l’emploi local", 10, taken=8, seats_left=0)
    world.event("Se former : par où commencer ?", 12, own=True, afar=20)
    for name in ("list", "page-sure", "page-asked", "page-full", "page-two-quotas", "where", "where-afar"):
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
    yield "seat-move-dates", other_date(world, twice)
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
    yield "request-recap-no-network", wished(world, *asked)
    yield "request-slip-no-network", wished(world, *asked, then="slip")
    yield "code-requested-no-network", by_code(world, "booking", world.book(late).id)
    world.cut(False)


# Drawn by a browser ------------------------------------------------------------------------------------


@contextmanager
def shown(world: World) -> Iterator[tuple[str, dict[str, Prepare]]]:
    """The world behind the shipped web host: its address, and a box whose ``next`` prepares the next visit."""
    box: dict[str, Prepare] = {"next": lambda visit: None}

    def prepare(visit: Visit) -> None:
        box["next"](visit)

    with served(world.actions, before=prepare, quiet_s=900, ask_s=900) as url:
        yield url, box


TOUCHED: dict[str, tuple[Step, ...]] = {
    "booth-waiting": (touch("Rejoindre mon rendez-vous vidéo"),),
    "booth-no-network": (touch("Rejoindre mon rendez-vous vidéo"),),
    "code-cancel-ask": (touch("Annuler ce rendez-vous"),),
    "code-take-back-ask": (touch("Retirer mes informations"),),
    "code-seat-cancel-ask": (touch("Annuler ma place"),),
    "seat-page-sure": (touch("Atelier CV"),),
    "seat-page-sure-contrast": (touch("Atelier CV"),),
    "seat-page-sure-large": (touch("Atelier CV"),),
    "seat-page-asked": (touch("Découvrir les métiers"),),
    "seat-page-asked-no-network": (touch("Découvrir les métiers"),),
    "seat-page-full": (touch("Forum de l’emploi"),),
    "seat-page-two-quotas": (touch("Se former"),),
    "seat-where": (touch("Se former"), touch("Choisir")),
    "seat-where-afar": (touch("Se former"), touch("Choisir"), touch("À distance")),
    **moments.AFTER,
}
"""What is touched, typed and awaited before the picture of a state is taken."""


def do_step(person: Person, step: Step) -> None:
    """Touches, types or waits for what a step says."""
    # With the drawn keys: a field on the very first screen of a page has them only, and no visit begins with one.
    {"touch": person.touch, "type": person.types_on_screen, "see": person.sees}[step.act](step.words)


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
            for step in TOUCHED.get(name, ()):
                do_step(person, step)
                person.rests()
            taken.append(folder / f"state-{name}-{shape}.png")
            person.picture(taken[-1])
            print(taken[-1].name, flush=True)
            page.close()
            world.kiosk.terminal.store.drop_holds()
    return taken
