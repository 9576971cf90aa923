"""Where the slip stands: beside what follows on a wide screen, above it on every other."""

from __future__ import annotations

import asyncio

import flet as ft
import pytest

from kiosk.models.registration import Registration as Model
from kiosk.screens.booking import Booking
from kiosk.screens.registration import Registration
from kiosk.visit import Visit
from tests.kiosk.in_process import Shown
from tests.kiosk.models.registration_world import AWA, Desk, walk
from tests.kiosk.screens.test_journeys import a_visit, ask
from tests.kiosk.test_actions import SLOT, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
PAPER_AND_REST = [6, 5]
SCREENS = {"portrait": ("portrait", 100), "landscape": ("landscape", 100), "in large text": ("landscape", 150)}
wide = pytest.mark.parametrize(("size", "text"), SCREENS.values(), ids=SCREENS.keys())


def stands_beside(shown: Shown) -> bool:
    """Whether the screen has a row of two columns, the paper's the wider one."""
    rows = (control for control in shown.walk() if isinstance(control, ft.Row))
    return any([getattr(child, "expand", None) for child in row.controls] == PAPER_AND_REST for row in rows)


def expected(visit: Visit) -> bool:
    look = visit.look
    return look.width_px > look.height_px and look.text_percent < 150


@wide
def test_the_slip_of_a_booking(hub: Hub, kiosk: Kiosk, size: str, text: int) -> None:
    hub.open_slot(SLOT, 20)
    kiosk.round()
    visit = a_visit(size=size, text=text)

    async def scenario() -> None:
        async with Shown(Booking, visit, kiosk.actions) as shown:
            await ask(shown)
            await shown.tap("Demander cette heure")
            assert stands_beside(shown) == expected(visit)

    asyncio.run(scenario())


@wide
def test_the_slip_of_a_registration(size: str, text: int) -> None:
    visit, desk = a_visit("/inscription", size=size, text=text), Desk()
    walk(Model(desk, visit.drafts), AWA)

    async def scenario() -> None:
        async with Shown(Registration, visit, desk) as shown:
            for _ in range(9):
                if "Confirmer, recevoir mon code" in shown.words():
                    break
                await shown.tap("Suite")
            await shown.tap("Confirmer, recevoir mon code")
            assert stands_beside(shown) == expected(visit)

    asyncio.run(scenario())
