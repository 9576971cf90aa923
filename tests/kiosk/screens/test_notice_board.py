"""The page `/affichage`, in this process, on a real terminal and the shipped hub."""

from __future__ import annotations

import pytest

from kiosk.screens.notice_board import NoticeBoard
from kiosk.tokens import Look
from kiosk.visit import Visit
from tests.kiosk.in_process import Shown
from tests.kiosk.screens.test_directory import an_offer
from tests.kiosk.screens.test_journeys import SIZES, an_event, run
from tests.kiosk.test_actions import Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
DAY_MS = 24 * 3600 * 1000


@pytest.mark.parametrize("size", SIZES)
def test_the_board_shows_events_and_offers_and_lives_for_days_without_a_network(
    hub: Hub, kiosk: Kiosk, size: str
) -> None:
    an_event(hub, "e-1", 5)
    an_event(hub, "e-2", 240, state="annule")
    an_offer(hub, 1)
    kiosk.round()
    board = Visit(Look(*SIZES[size]))

    async def scenario() -> None:
        async with Shown(NoticeBoard, board, kiosk.actions) as shown:
            words = shown.words()
            for said in ("Aujourd’hui", "Atelier e-1", "Annulé", "Métier 1", "Informations"):
                assert said in words
            assert not board.started, "on a board no visit begins, so none is warned nor ended"
        hub.time.ms += 9 * DAY_MS
        async with Shown(NoticeBoard, Visit(Look(*SIZES[size])), kiosk.actions) as shown:
            words = shown.words()
            assert "Atelier e-1" not in words
            assert "Informations anciennes" in words
            assert "Aucun événement annoncé" in words
            assert "Annulé" in words

    run(scenario())
