"""Signing up for a local event, on the screens: from its page to the slip, and back to it with the code."""

from __future__ import annotations

import asyncio
import re

import flet as ft
import pytest

from kiosk.app import free_hour_on_leaving
from kiosk.screens.booking import Booking
from kiosk.screens.events import Events
from kiosk.screens.reference import Reference
from kiosk.screens.seat import Seat
from kiosk.visit import EVENTS, MENU, SEAT, Visit
from kiosk.wording import FRENCH
from tests.kiosk.in_process import Shown
from tests.kiosk.models.test_seats import LONG_AFTER, a_workshop, announce, booked_seat, cut, seats, the_event
from tests.kiosk.screens.test_journeys import SIZES, a_visit, run
from tests.kiosk.test_actions import FIVE_MINUTES_MS, OTHER_SLOT, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
OF_THE_BOOTH = re.compile(r"rendez-vous|salon|conseiller|inscrit|cette heure|l’heure est à vous", re.IGNORECASE)
AT_ONCE, ASKED = "Réserver ma place", "Demander une place"
NON_BREAKING = re.compile(r"[^\u00a0]([:;!?»])(?=\s|$)|«[^\u00a0]")


def check_words(shown: Shown) -> str:
    words = shown.words()
    assert not OF_THE_BOOTH.search(words), OF_THE_BOOTH.search(words)
    assert not NON_BREAKING.search(words), NON_BREAKING.search(words)
    return words


async def past_contact(shown: Shown) -> None:
    await shown.tap("Non, je reviens avec mon code")
    await shown.tap("Continuer")
    await shown.tap("Passer cette question")


async def sign_up(visit: Visit, kiosk: Kiosk, verb: str = AT_ONCE) -> None:
    """From the list to the place of the seat, by the button that fits what may be had."""
    async with Shown(Events, visit, kiosk.actions) as shown:
        await shown.tap("Atelier CV")
        other = ASKED if verb == AT_ONCE else AT_ONCE
        assert not any(other in face for face in shown.touchables())
        await shown.tap(verb)
        for _ in range(100):  # the seat is held in another thread
            if visit.place == SEAT:
                break
            await asyncio.sleep(0.02)
    assert visit.place == SEAT


async def booked(shown: Shown, verb: str, said: str) -> str:
    await shown.tap(verb)
    for _ in range(100):
        if said in shown.words():
            break
        await asyncio.sleep(0.02)
        await shown.settle()
    return check_words(shown)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", FRENCH)
def test_a_seat_held_here_is_green_from_its_page_to_the_slip(hub: Hub, kiosk: Kiosk, size: str, language: str) -> None:
    a_workshop(hub, kiosk)
    cut(hub, kiosk)

    async def scenario() -> None:
        visit = a_visit(EVENTS, size=size, language=language)
        async with Shown(Events, visit, kiosk.actions) as shown:
            await shown.tap("Atelier CV")
            assert "Place réservée tout de suite" in shown.words()
            assert "Sur demande" not in shown.words()
        await sign_up(visit, kiosk)
        async with Shown(Seat, visit, kiosk.actions) as shown:
            assert "gard" in check_words(shown)
            await past_contact(shown)
            words = check_words(shown)
            assert "Paris" not in words, "a room on the island lives on its own clocks"
            assert "Atelier CV" in words
            assert "Médiathèque, salle 2" in words
            words = await booked(shown, "Réserver cette place", "Place réservée.")
            assert "Place réservée." in words
            assert "Atelier CV" in words
            assert "Paris" not in words

    run(scenario())


@pytest.mark.parametrize("size", SIZES)
def test_a_seat_that_is_only_asked_for_is_never_called_reserved(hub: Hub, kiosk: Kiosk, size: str) -> None:
    a_workshop(hub, kiosk, sure=False)
    cut(hub, kiosk)

    async def scenario() -> None:
        visit = a_visit(EVENTS, size=size)
        async with Shown(Events, visit, kiosk.actions) as shown:
            await shown.tap("Atelier CV")
            assert "Sur demande" in shown.words()
            assert "Place réservée" not in shown.words()
        await sign_up(visit, kiosk, ASKED)
        async with Shown(Seat, visit, kiosk.actions) as shown:
            await past_contact(shown)
            assert "La place n’est pas encore à vous." in check_words(shown)
            words = await booked(shown, "Demander cette place", "Place demandée.")
            assert "Place demandée." in words
            assert "réservée" not in words

    run(scenario())


def test_first_name_and_telephone_are_asked_and_nothing_else(hub: Hub, kiosk: Kiosk) -> None:
    a_workshop(hub, kiosk)

    async def scenario() -> None:
        visit = a_visit(EVENTS)
        await sign_up(visit, kiosk)
        async with Shown(Seat, visit, kiosk.actions) as shown:
            await shown.tap("Par téléphone")
            await shown.tap("Continuer")
            await shown.type("0692 12 34 56")
            await shown.tap("Continuer")
            check_words(shown)
            await shown.type("Awa")
            await shown.tap("Continuer")
            words = check_words(shown)
            assert "Awa" in words
            assert "Besoins" not in words
            await booked(shown, "Réserver cette place", "Place réservée.")
            assert "Awa" not in shown.words()

    run(scenario())


def test_without_a_contact_the_first_name_is_asked_and_may_be_given_or_changed_at_the_summary(
    hub: Hub, kiosk: Kiosk
) -> None:
    a_workshop(hub, kiosk)

    async def scenario() -> None:
        visit = a_visit(EVENTS)
        await sign_up(visit, kiosk)
        async with Shown(Seat, visit, kiosk.actions) as shown:
            await past_contact(shown)
            assert "Pas donné" in check_words(shown)
            rows = [one for one in shown.walk() if isinstance(one, ft.Text) and one.semantics_label]
            assert any(one.semantics_label == "Modifier : Prénom" for one in rows)
            await shown.tap("Retour")
            await shown.type("Awa")
            await shown.tap("Continuer")
            words = check_words(shown)
            assert "Awa" in words
            assert "Pas donné" not in words
            assert "Aucun contact" in words

    run(scenario())


def test_the_seat_is_kept_on_the_way_from_its_page_to_the_questions_and_freed_elsewhere(hub: Hub, kiosk: Kiosk) -> None:
    a_workshop(hub, kiosk)

    async def scenario() -> None:
        visit = a_visit(EVENTS)
        free_hour_on_leaving(visit, kiosk.actions.drop_hold)
        await sign_up(visit, kiosk)
        assert kiosk.actions.held(visit.key) is not None
        visit.go(MENU)
        assert kiosk.actions.held(visit.key) is None

    run(scenario())


@pytest.mark.parametrize("state", ["programme", "complet"])
def test_a_full_event_says_complet_and_offers_no_sign_up(hub: Hub, kiosk: Kiosk, state: str) -> None:
    seats(hub, taken=8 if state == "programme" else 0)
    announce(hub, seats_left=0, state=state)
    kiosk.round()

    async def scenario() -> None:
        async with Shown(Events, a_visit(EVENTS), kiosk.actions) as shown:
            await shown.tap("Atelier CV")
            assert "Complet" in shown.words()
            assert not any(AT_ONCE in face or ASKED in face for face in shown.touchables())

    run(scenario())


def test_an_event_without_seats_here_says_how_to_sign_up_elsewhere(hub: Hub, kiosk: Kiosk) -> None:
    announce(hub, slot_id=None, sign_up="Au 02 61 91 00 00")
    kiosk.round()

    async def scenario() -> None:
        async with Shown(Events, a_visit(EVENTS), kiosk.actions) as shown:
            await shown.tap("Atelier CV")
            assert "Au 02 61 91 00 00" in shown.words()
            assert "Cette borne n’inscrit pas à cet événement" in shown.words()
            assert not any(AT_ONCE in face or ASKED in face for face in shown.touchables())

    run(scenario())


def test_the_last_seat_taken_meanwhile_is_told_on_the_page_of_the_event(hub: Hub, kiosk: Kiosk) -> None:
    a_workshop(hub, kiosk, sure=False)

    async def scenario() -> None:
        visit = a_visit(EVENTS)
        async with Shown(Events, visit, kiosk.actions) as shown:
            await shown.tap("Atelier CV")
            seats(hub, taken=8)
            kiosk.round()
            await shown.tap(ASKED)
            for _ in range(100):
                if "vient d’être prise" in shown.words():
                    break
                await asyncio.sleep(0.02)
                await shown.settle()
            assert "La dernière place vient d’être prise." in shown.words()
            assert "Complet" in shown.words()
            assert visit.place == EVENTS

    run(scenario())


def test_a_seat_lost_at_the_summary_leads_back_to_the_page_of_its_event(hub: Hub, kiosk: Kiosk) -> None:
    a_workshop(hub, kiosk, sure=False)

    async def scenario() -> None:
        visit = a_visit(EVENTS)
        await sign_up(visit, kiosk, ASKED)
        async with Shown(Seat, visit, kiosk.actions) as shown:
            await past_contact(shown)
            hub.time.ms += FIVE_MINUTES_MS
            seats(hub, taken=8)
            kiosk.round()
            words = await booked(shown, "Demander cette place", "vient d’être prise")
            assert "La dernière place vient d’être prise." in words
            assert "Complet" in words
            await shown.tap("Retour")
        assert visit.place == EVENTS

    run(scenario())


def test_going_back_from_the_first_question_shows_the_event_and_then_the_list(hub: Hub, kiosk: Kiosk) -> None:
    a_workshop(hub, kiosk)

    async def scenario() -> None:
        visit = a_visit(EVENTS)
        await sign_up(visit, kiosk)
        async with Shown(Seat, visit, kiosk.actions) as shown:
            await shown.tap("Retour")
            assert "Médiathèque, salle 2" in shown.words()
            assert "Cette place est gardée pour vous" in shown.words()
            await shown.tap("Retour")
        assert visit.place == EVENTS
        assert kiosk.actions.held(visit.key) is None

    run(scenario())


@pytest.mark.parametrize("size", SIZES)
def test_its_code_shows_the_event_and_gives_the_seat_back(hub: Hub, kiosk: Kiosk, size: str) -> None:
    _, reference = booked_seat(hub, kiosk)

    async def scenario() -> None:
        async with Shown(Reference, a_visit("/code", size=size), kiosk.actions) as shown:
            await shown.type(reference)
            await booked(shown, "Voir où j’en suis", "Place réservée.")
            assert "Paris" not in shown.words()
            for said in ("Place réservée.", "Atelier CV", "Médiathèque, salle 2", "Votre place"):
                assert said in check_words(shown)
            assert not any("Changer" in face for face in shown.touchables()), "the workshop has no other date"
            await shown.tap("Annuler ma place")
            check_words(shown)
            await shown.tap("Oui, annuler")
            assert "Cette place est annulée." in check_words(shown)

    run(scenario())


def test_with_the_code_another_date_of_the_same_workshop_is_one_touch_away(hub: Hub, kiosk: Kiosk) -> None:
    _, reference = booked_seat(hub, kiosk)
    seats(hub, OTHER_SLOT, LONG_AFTER)
    kiosk.round()

    async def scenario() -> None:
        visit = a_visit("/code")
        async with Shown(Reference, visit, kiosk.actions) as shown:
            await shown.type(reference)
            await booked(shown, "Voir où j’en suis", "Place réservée.")
            await shown.tap("Changer de date")
            for _ in range(100):
                if visit.place == SEAT:
                    break
                await asyncio.sleep(0.02)
        async with Shown(Seat, visit, kiosk.actions) as shown:
            words = shown.words()
            assert "Atelier CV" in words
            assert "Quelle nouvelle date" in words
            assert "salon" not in words

    run(scenario())


def test_a_seat_signed_for_is_not_offered_a_second_time_and_the_booth_is_still_free(hub: Hub, kiosk: Kiosk) -> None:
    a_workshop(hub, kiosk)

    async def scenario() -> None:
        visit = a_visit(EVENTS)
        await sign_up(visit, kiosk)
        async with Shown(Seat, visit, kiosk.actions) as shown:
            await past_contact(shown)
            await booked(shown, "Réserver cette place", "Place réservée.")
        async with Shown(Events, visit, kiosk.actions) as shown:
            await shown.tap(the_event(kiosk).title)
            assert "Vous avez déjà une place" in shown.words()
            assert not any(AT_ONCE in face or ASKED in face for face in shown.touchables())
        async with Shown(Booking, visit, kiosk.actions) as shown:
            assert "Place réservée." not in shown.words()

    run(scenario())
