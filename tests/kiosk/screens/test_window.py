"""The guided window seen from the kiosk: the sheet before it, what stands behind it, the words after it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from kiosk.screens.stage import Stage
from kiosk.visit import MENU, Visit, Wish
from kiosk.window.opening import LIMIT, LOST
from tests.kiosk.flet_harness import Kiosk
from tests.kiosk.stand_in import StandInActions


class Windows:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def open(self, wish: Wish, language: str) -> None:
        self.asked.append(f"open {wish.address} {language}")

    def close(self) -> None:
        self.asked.append("close")


def drive(visit: Visit, act: Callable[[Kiosk], Awaitable[None]]) -> None:
    async def run() -> None:
        async with Kiosk(Stage, visit, StandInActions()) as kiosk:
            await act(kiosk)
            assert kiosk.line.crashes == []

    visit.go(MENU)
    asyncio.run(run())


def test_the_sheet_says_what_opens_then_the_cover_says_how_to_close_it() -> None:
    windows = Windows()
    visit = Visit(windows=windows)

    async def act(kiosk: Kiosk) -> None:
        visit.offer_window(Wish("inscription"))
        await kiosk.settle()
        assert "M’inscrire sur francetravail.fr" in kiosk.texts()
        await kiosk.tap("Ouvrir francetravail.fr")
        assert "La fenêtre s’ouvre" in kiosk.texts()
        visit.window_opened()
        await kiosk.settle()
        assert "Une fenêtre est ouverte" in kiosk.texts()
        await kiosk.tap("La fermer")
        assert windows.asked == ["open inscription fr", "close"]
        visit.window_closed("asked", ends=False, told=False)
        await kiosk.settle()
        assert "Que voulez-vous faire\u00a0?" in kiosk.texts()

    drive(visit, act)


def test_offline_it_says_so_and_may_still_be_tried() -> None:
    windows = Windows()
    visit = Visit(windows=windows)
    visit.frame = replace(visit.frame, online=False)

    async def act(kiosk: Kiosk) -> None:
        visit.offer_window(Wish("espace-personnel"))
        await kiosk.settle()
        assert "Le site ne peut sans doute pas s’ouvrir." in kiosk.texts()
        await kiosk.tap("Essayer quand même")
        assert windows.asked == ["open espace-personnel fr"]

    drive(visit, act)


def test_where_no_window_opens_another_way_is_said() -> None:
    visit = Visit()

    async def act(kiosk: Kiosk) -> None:
        visit.offer_window(Wish("inscription"))
        await kiosk.settle()
        assert "Cette borne n’ouvre pas internet." in kiosk.texts()
        await kiosk.tap("Fermer")
        assert "Que voulez-vous faire\u00a0?" in kiosk.texts()

    drive(visit, act)


def test_a_window_that_was_lost_or_whose_hour_is_over_is_said_in_words() -> None:
    visit = Visit(windows=Windows())

    async def act(kiosk: Kiosk) -> None:
        for reason, words in (
            (LOST, "La fenêtre s’est fermée toute seule."),
            (LIMIT, "Le temps de ce rendez-vous est fini."),
        ):
            visit.open_window(Wish("inscription"))
            visit.window_closed(reason, ends=False, told=True)
            await kiosk.settle()
            assert words in kiosk.texts()

    drive(visit, act)
