"""What the visit has already, on the screens: « Changer d’heure » in the place of a second booking; other events."""

from __future__ import annotations

import re

import pytest

from kiosk.screens.booking import Booking
from kiosk.screens.reference import Reference
from kiosk.screens.seat import Seat
from kiosk.visit import CODE, EVENTS
from kiosk.wording import FRENCH
from tests.kiosk.in_process import Shown
from tests.kiosk.models.test_seats import a_workshop, cut, seats
from tests.kiosk.models.test_standing import made_elsewhere, opens
from tests.kiosk.screens.test_journeys import SIZES, a_visit, run, to_the_summary
from tests.kiosk.screens.test_seats import ASKED, booked, past_contact, sign_up
from tests.kiosk.test_actions import OTHER_SLOT, SLOT, SOON, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", FRENCH)
def test_a_second_booking_of_a_subject_is_another_hour_for_the_first(
    hub: Hub, kiosk: Kiosk, size: str, language: str
) -> None:
    kiosk.granted(SLOT)
    hub.open_slot(OTHER_SLOT, SOON + 2)
    kiosk.round()
    cut(hub, kiosk)
    visit = a_visit(size=size, language=language)
    opens(kiosk, visit.drafts, made_elsewhere(kiosk))

    async def scenario() -> None:
        async with Shown(Booking, visit, kiosk.actions) as shown:
            await shown.tap("Parler à mon conseiller")
            await shown.tap("Continuer")
            words = shown.words()
            for said in ("Vous avez déjà un rendez-vous pour ce sujet", "Réservé", "Parler à mon conseiller"):
                assert said in words
            await shown.tap("Changer d’heure")
            assert "Quelle nouvelle heure" in shown.words()
            await shown.tap("Retour")
            await shown.tap("Continuer")
            await shown.tap("Le revoir ou l’annuler")
        assert visit.place == CODE

    run(scenario())


@pytest.mark.parametrize("size", SIZES)
def test_a_declined_seat_says_why_and_leads_back_to_the_events(hub: Hub, kiosk: Kiosk, size: str) -> None:
    a_workshop(hub, kiosk, sure=False)
    cut(hub, kiosk)
    visit = a_visit(EVENTS, size=size)

    async def scenario() -> None:
        await sign_up(visit, kiosk, ASKED)
        async with Shown(Seat, visit, kiosk.actions) as shown:
            await past_contact(shown)
            await booked(shown, "Demander cette place", "Place demandée.")
            refuse(hub, kiosk)
        async with Shown(Seat, visit, kiosk.actions) as shown:
            assert "Complet : toutes les places sont prises." in shown.words().replace("\u00a0", " ")
            await shown.tap("Voir les autres événements")
        assert visit.place == EVENTS

    run(scenario())


def refuse(hub: Hub, kiosk: Kiosk) -> None:
    """The network comes back, and the event is full."""
    seats(hub, capacity=1)
    hub.give_to_somebody_else(SLOT)
    hub.cut = False
    kiosk.round()
    kiosk.round()


def test_by_its_code_a_declined_seat_leads_back_to_the_events_too(hub: Hub, kiosk: Kiosk) -> None:
    a_workshop(hub, kiosk, sure=False)
    cut(hub, kiosk)
    visit = a_visit(EVENTS)

    async def scenario() -> None:
        await sign_up(visit, kiosk, ASKED)
        async with Shown(Seat, visit, kiosk.actions) as shown:
            await past_contact(shown)
            await booked(shown, "Demander cette place", "Place demandée.")
        ((record_id, _),) = kiosk.terminal.store.list("booking")
        refuse(hub, kiosk)
        visit.drafts.put("reference", {"kind": "booking", "id": record_id})
        visit.go(CODE)
        async with Shown(Reference, visit, kiosk.actions) as shown:
            assert "Il n’y a pas de place pour vous." in shown.words()
            await shown.tap("Voir les autres événements")
        assert visit.place == EVENTS

    run(scenario())


@pytest.mark.parametrize("size", SIZES)
def test_who_comes_back_to_a_slip_may_change_the_hour_and_finds_the_slip_again(
    hub: Hub, kiosk: Kiosk, size: str
) -> None:
    kiosk.granted(SLOT)
    hub.open_slot(OTHER_SLOT, SOON + 2)
    kiosk.round()
    cut(hub, kiosk)
    visit = a_visit(size=size)

    async def scenario() -> None:
        async with Shown(Booking, visit, kiosk.actions) as shown:
            await to_the_summary(shown)
            await shown.tap("Réserver cette heure")
            assert "Rendez-vous réservé." in shown.words()
            assert not any("Changer" in face for face in shown.touchables()), "the paper first"
            code = re.search(r"[0-9A-Z]{3}\u00a0[0-9A-Z]{3}\n[0-9A-Z]{4}", shown.words())
            assert code
        async with Shown(Booking, visit, kiosk.actions) as shown:
            await shown.tap("Changer d’heure")
            assert "Quelle nouvelle heure" in shown.words()
            await shown.tap("Retour")
            assert code[0] in shown.words()

    run(scenario())
