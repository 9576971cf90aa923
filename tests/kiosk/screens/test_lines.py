"""Waiting, on the screens: for a seat that somebody leaves, and for an earlier appointment."""

from __future__ import annotations

import asyncio

import pytest

from kiosk.screens.events import Events
from kiosk.screens.reference import Reference
from kiosk.screens.seat import Seat
from kiosk.visit import EVENTS, SEAT
from kiosk.wording import FRENCH, words
from tests.kiosk.in_process import Shown
from tests.kiosk.models.test_seats import announce, seats
from tests.kiosk.screens.test_journeys import SIZES, a_visit, run
from tests.kiosk.screens.test_seats import booked, check_words, past_contact
from tests.kiosk.test_actions import OTHER_SLOT, SLOT, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
JOIN = "Attendre une place"


async def wait_for(shown: Shown, said: str) -> None:
    for _ in range(100):
        if said in shown.words():
            return
        await asyncio.sleep(0.05)
        await shown.settle()
    raise AssertionError(said)


@pytest.mark.parametrize("language", FRENCH)
@pytest.mark.parametrize("size", SIZES)
def test_a_full_event_is_waited_for_and_the_slip_says_that_nothing_is_promised(
    hub: Hub, kiosk: Kiosk, size: str, language: str
) -> None:
    seats(hub, capacity=1)
    announce(hub, seats=1)
    kiosk.round()
    kiosk.actions.book(SLOT, contact={}, language="fr")  # somebody else, before
    for _ in range(2):
        kiosk.round()

    async def scenario() -> None:
        visit = a_visit(EVENTS, size=size)
        visit.speak(language)
        async with Shown(Events, visit, kiosk.actions) as shown:
            await shown.tap("Atelier CV")
            said = check_words(shown)
            assert "Complet" in said
            assert "Liste d’attente" in said
            await shown.tap(JOIN)
        assert visit.place == SEAT
        async with Shown(Seat, visit, kiosk.actions) as shown:
            await past_contact(shown)
            said = check_words(shown)
            assert "Liste d’attente" in said
            assert "Place réservée" not in said
            kiosk.round()
            await booked(shown, JOIN, "Place demandée.")
            for _ in range(2):
                kiosk.round()
            await shown.settle()
            await wait_for(shown, "Vous êtes sur la liste d’attente.")
            assert "n’est pas" in check_words(shown), "that nothing is promised yet"

    run(scenario())


@pytest.mark.parametrize("language", FRENCH)
def test_who_has_an_appointment_asks_for_an_earlier_one_and_finds_it_with_the_code(
    hub: Hub, kiosk: Kiosk, language: str
) -> None:
    hub.open_slot(SLOT, 24 * 9)
    kiosk.round()
    made = kiosk.actions.book(SLOT, contact={}, language=language)
    kiosk.round()
    kiosk.round()
    wish = words()["line.earlier.earlier"]["fr"]

    async def scenario() -> None:
        visit = a_visit("/code")
        visit.speak(language)
        async with Shown(Reference, visit, kiosk.actions) as shown:
            await shown.type(made.reference)
            await shown.tap("Voir où j’en suis")
            assert wish in " ".join(shown.touchables())
            await shown.tap(wish)
            assert words()["line.earlier.waiting"]["fr"] in shown.words()
            assert wish not in " ".join(shown.touchables())
            hub.open_slot(OTHER_SLOT, 24 * 3)
            kiosk.round()
            await shown.settle()
            await wait_for(shown, "Plus tôt, c’est possible")
            await shown.tap("Ne plus chercher une date plus proche")
            assert "Plus tôt, c’est possible" not in shown.words()

    run(scenario())
    held = kiosk.actions.booking(made.id)
    assert held is not None
    assert not held.earlier
    assert held.state == "confirmed", "asking for an earlier hour costs nothing"
