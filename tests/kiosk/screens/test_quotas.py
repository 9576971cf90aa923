"""An event on site and from afar, on the screens: both counts, one question, and a slip that says which it is."""

from __future__ import annotations

import asyncio

import pytest

from kiosk.screens.events import Events
from kiosk.screens.reference import Reference
from kiosk.screens.seat import Seat
from kiosk.visit import CODE, EVENTS, SEAT
from kiosk.wording import FRENCH
from tests.kiosk.in_process import Shown
from tests.kiosk.models.test_quotas import both_ways, signed_up
from tests.kiosk.models.test_seats import cut
from tests.kiosk.screens.test_journeys import SIZES, a_visit, run
from tests.kiosk.screens.test_seats import AT_ONCE, booked, check_words, past_contact
from tests.kiosk.test_actions import OTHER_SLOT, SLOT, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
CHOOSE, HERE, AFAR = "Choisir\u00a0: sur place ou à distance", "Sur place", "À distance"
QUESTION = "Comment voulez-vous participer"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", FRENCH)
def test_whoever_signs_up_from_afar_is_asked_once_and_is_sent_nowhere(
    hub: Hub, kiosk: Kiosk, size: str, language: str
) -> None:
    both_ways(hub, kiosk)
    cut(hub, kiosk)

    async def scenario() -> None:
        visit = a_visit(EVENTS, size=size, language=language)
        async with Shown(Events, visit, kiosk.actions) as shown:
            assert "Aussi à distance" in shown.words()
            await shown.tap("Atelier CV")
            words = check_words(shown)
            assert "Sur place\u00a0: 4 places restantes" in words
            assert "À distance\u00a0: 12 places restantes" in words
            assert "Places comptées" in words
            assert not any(AT_ONCE in face for face in shown.touchables()), "first it is asked where"
            await shown.tap(CHOOSE)
            assert QUESTION in check_words(shown)
            await shown.tap(AFAR)
            assert "Place réservée tout de suite" in check_words(shown)
            await shown.tap(AT_ONCE)
            for _ in range(100):  # the seat is held in another thread
                if visit.place == SEAT:
                    break
                await asyncio.sleep(0.02)
        assert visit.place == SEAT
        async with Shown(Seat, visit, kiosk.actions) as shown:
            await past_contact(shown)
            words = check_words(shown)
            assert AFAR in words
            assert "Médiathèque" not in words
            words = await booked(shown, "Réserver cette place", "Place réservée.")
            assert AFAR in words
            assert "Médiathèque" not in words
            assert "Venez" not in words

    run(scenario())


@pytest.mark.parametrize("size", SIZES)
def test_one_way_back_from_the_question_is_the_event_and_no_seat_is_held(hub: Hub, kiosk: Kiosk, size: str) -> None:
    both_ways(hub, kiosk)

    async def scenario() -> None:
        visit = a_visit(EVENTS, size=size)
        async with Shown(Events, visit, kiosk.actions) as shown:
            await shown.tap("Atelier CV")
            await shown.tap(CHOOSE)
            await shown.tap(HERE)
            await shown.tap("Retour")
            assert QUESTION not in shown.words()
            assert "Sur place\u00a0: 4 places restantes" in shown.words()
            assert kiosk.actions.held(visit.key) is None
            await shown.tap(CHOOSE)
            assert not any(AT_ONCE in face for face in shown.touchables()), "nothing is chosen yet"

    run(scenario())


@pytest.mark.parametrize("only", [SLOT, OTHER_SLOT])
def test_where_one_way_alone_has_seats_nothing_is_asked_and_it_is_said_which(hub: Hub, kiosk: Kiosk, only: str) -> None:
    both_ways(hub, kiosk, sure=(only,))
    left_out = {SLOT: {"remote_slot_id": None, "remote_seats_left": 0}, OTHER_SLOT: {"slot_id": None, "seats_left": 0}}
    hub.write("event", "event-e1", left_out[only])
    kiosk.round()

    async def scenario() -> None:
        visit = a_visit(EVENTS)
        async with Shown(Events, visit, kiosk.actions) as shown:
            await shown.tap("Atelier CV")
            words = check_words(shown)
            assert "complet" in words
            assert ("seulement pour venir sur place" in words) is (only == SLOT)
            assert ("seulement pour suivre à distance" in words) is (only == OTHER_SLOT)
            assert any(AT_ONCE in face for face in shown.touchables())

    run(scenario())


@pytest.mark.parametrize(
    ("left", "more", "doubt", "desk"),
    [
        ((4, 12), {}, False, False),
        ((4, 12), {"counted_at": "2026-01-01T00:00:00Z"}, True, False),
        ((0, 0), {}, False, False),
        ((4, 12), {"state": "annule"}, False, True),
    ],
)
def test_the_page_doubts_an_old_count_and_sends_nobody_to_the_desk_for_a_line_that_is_here(
    hub: Hub, kiosk: Kiosk, left: tuple[int, int], more: dict[str, str], doubt: bool, desk: bool
) -> None:
    both_ways(hub, kiosk, sure=(), left=left, **more)

    async def scenario() -> None:
        visit = a_visit(EVENTS)
        async with Shown(Events, visit, kiosk.actions) as shown:
            await shown.tap("Atelier CV")
            words = check_words(shown)
            assert ("Ce nombre a pu changer" in words) is doubt
            assert "liste d’attente" not in words
            assert ("Ne vous déplacez pas" in words) is desk
            assert any(CHOOSE in face for face in shown.touchables()) is not desk

    run(scenario())


@pytest.mark.parametrize("full", ["on_site", "afar"])
def test_full_in_one_way_the_question_offers_its_line_and_the_other(hub: Hub, kiosk: Kiosk, full: str) -> None:
    both_ways(hub, kiosk, sure=(), left=(0, 12) if full == "on_site" else (4, 0))

    async def scenario() -> None:
        visit = a_visit(EVENTS)
        async with Shown(Events, visit, kiosk.actions) as shown:
            await shown.tap("Atelier CV")
            await shown.tap(CHOOSE)
            for way in (HERE, AFAR):
                await shown.tap(way)
                waits = way == (HERE if full == "on_site" else AFAR)
                verb = "Attendre une place" if waits else "Demander une place"
                assert any(verb in face for face in shown.touchables())
                check_words(shown)

    run(scenario())


@pytest.mark.parametrize("way", ["on_site", "afar"])
def test_the_code_of_a_seat_shows_which_way_it_is(hub: Hub, kiosk: Kiosk, way: str) -> None:
    both_ways(hub, kiosk)
    _, done, _ = signed_up(kiosk, way)

    async def scenario() -> None:
        visit = a_visit(CODE)
        visit.drafts.put("reference", {"kind": "booking", "id": done.id})
        async with Shown(Reference, visit, kiosk.actions) as shown:
            words = check_words(shown)
            assert ("Sur place\u00a0: Médiathèque, salle 2" in words) is (way == "on_site")
            assert ("vous n’avez pas à venir" in words) is (way == "afar")

    run(scenario())
