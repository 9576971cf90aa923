"""The privacy notice before a contact, on the screens: before any field, its full text one touch away, nothing lost."""

from __future__ import annotations

import flet as ft
import pytest

from kiosk.models.booking_steps import CONTACT, BookingJourney
from kiosk.screens.booking import Booking
from kiosk.screens.seat import Seat
from kiosk.visit import EVENTS, Visit
from kiosk.wording import FRENCH
from tests.kiosk.in_process import Shown
from tests.kiosk.models.test_seats import a_workshop, cut
from tests.kiosk.screens.test_journeys import SIZES, a_visit, run
from tests.kiosk.screens.test_seats import check_words, sign_up
from tests.kiosk.test_actions import SLOT, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
READ_ALL, CLOSE = "Tout lire sur vos données", "Revenir à la question"


def ticked(shown: Shown) -> list[bool]:
    return [bool(one.checked) for one in shown.walk() if isinstance(one, ft.Semantics) and one.checked is not None]


def nothing_to_type_in(shown: Shown) -> bool:
    return not any(isinstance(one, ft.TextField) for one in shown.walk())


async def to_contact(shown: Shown) -> None:
    for words in ("Parler à mon conseiller", "Continuer", "à Paris", "Réserver ", "Continuer sans rien demander"):
        await shown.tap(words)


@pytest.mark.parametrize("size", SIZES)
def test_the_full_text_is_read_to_its_end_or_left_and_the_hour_stays_held(hub: Hub, kiosk: Kiosk, size: str) -> None:
    kiosk.granted(SLOT)
    cut(hub, kiosk)
    visit = a_visit(size=size)

    async def scenario() -> None:
        async with Shown(Booking, visit, kiosk.actions) as shown:
            await to_contact(shown)
            assert nothing_to_type_in(shown)
            await shown.tap("Par téléphone")
            before = shown.words()
            assert "servent à ce rendez-vous, et à rien d’autre." in before
            assert ticked(shown) == [True, False, False]
            await shown.tap(READ_ALL)
            *_, last = kiosk.actions.privacy_full("fr")
            for page in kiosk.actions.privacy_full("fr"):
                assert page.title in shown.words()
                assert page.source_line in shown.words()
                await shown.tap(CLOSE if page.id == last.id else "Suite")
            assert (shown.words(), ticked(shown)) == (before, [True, False, False])
            await shown.tap(READ_ALL)
            await shown.tap("Retour")
            assert shown.words() == before
            assert kiosk.actions.held(visit.key) is not None
            await shown.tap("Continuer")
            assert "Quel est votre numéro de téléphone" in shown.words()

    run(scenario())


def test_going_back_in_the_full_text_goes_back_one_subject(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    cut(hub, kiosk)

    async def scenario() -> None:
        visit = a_visit()
        async with Shown(Booking, visit, kiosk.actions) as shown:
            await to_contact(shown)
            await shown.tap(READ_ALL)
            first = shown.words()
            await shown.tap("Suite")
            assert shown.words() != first
            await shown.tap("Retour")
            assert shown.words() == first
            assert BookingJourney(kiosk.actions, visit.drafts, visit.key).step == CONTACT

    run(scenario())


async def reads_the_notice(visit: Visit, kiosk: Kiosk) -> None:
    async with Shown(Seat, visit, kiosk.actions) as shown:
        assert nothing_to_type_in(shown)
        assert "cet événement" in check_words(shown)
        assert "Commune" in shown.words(), "the operator"
        await shown.tap(READ_ALL)
        assert kiosk.actions.privacy_full(visit.language)[0].title in shown.words()
        await shown.tap("Retour")
        assert "cet événement" in shown.words()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", FRENCH)
def test_the_notice_of_a_seat_comes_before_its_contact_too(hub: Hub, kiosk: Kiosk, size: str, language: str) -> None:
    a_workshop(hub, kiosk)
    visit = a_visit(EVENTS, size=size, language=language)

    async def scenario() -> None:
        await sign_up(visit, kiosk)
        await reads_the_notice(visit, kiosk)

    run(scenario())
    assert kiosk.actions.held(visit.key) is not None
