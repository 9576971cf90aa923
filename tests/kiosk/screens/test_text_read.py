"""From the contract on the screen to a booking: the way in which the text that was read gets its name there."""

from __future__ import annotations

import pytest

from kiosk.screens.booking import Booking
from kiosk.screens.concerned import AmIConcerned
from kiosk.screens.contract import Contract
from kiosk.wording import FRENCH, LANGUAGES, say
from sync.records import BookingFields
from tests.kiosk.in_process import Shown
from tests.kiosk.screens.test_journeys import SIZES, a_visit, ask, run
from tests.kiosk.test_actions import SLOT, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]


def the_text(kiosk: Kiosk) -> str:
    [(_, fields)] = kiosk.terminal.store.list("booking")
    assert isinstance(fields, BookingFields)
    return fields.content_version


async def books(kiosk: Kiosk, visit: object) -> None:
    async with Shown(Booking, visit, kiosk.actions) as shown:
        await ask(shown)
        await shown.tap("Demander cette heure")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_who_saw_the_contract_and_then_books_has_the_name_of_that_text_with_the_booking(
    hub: Hub, kiosk: Kiosk, size: str, language: str
) -> None:
    hub.open_slot(SLOT, 20)
    kiosk.round()

    async def scenario() -> None:
        visit = a_visit("/contrat", size=size, language=language)
        async with Shown(Contract, visit, kiosk.actions) as shown:
            await shown.tap(say("frame.continue", language))
        visit.speak("fr")
        visit.go("/menu")  # by the menu as well as by the way out of the contract
        await books(kiosk, visit)

    run(scenario())
    read = language if language in FRENCH else "fr-simple"  # withheld: no other language of the law is reviewed yet
    assert the_text(kiosk) == f"contrat.{read}@{kiosk.actions.shelf.version}"


def test_the_questions_that_say_nothing_is_kept_keep_nothing(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, 20)
    kiosk.round()

    async def scenario() -> None:
        visit = a_visit("/concerne")
        async with Shown(AmIConcerned, visit, kiosk.actions) as shown:
            await shown.tap("Non")
            assert "Code du travail" in shown.words(), "the answer, a text about the contract too"
        await books(kiosk, visit)

    run(scenario())
    assert the_text(kiosk) == ""


def test_the_next_person_at_the_same_screen_has_read_nothing(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, 20)
    kiosk.round()

    async def scenario() -> None:
        first = a_visit("/contrat")
        async with Shown(Contract, first, kiosk.actions):
            first.end()
        await books(kiosk, a_visit())

    run(scenario())
    assert the_text(kiosk) == ""
