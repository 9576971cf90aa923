"""One page of the kiosk on which state after state is shown, each in a visit of its own, without loading it again.

A page that is loaded costs seconds; a visit that takes the place of another, a few redraws. A small node of the tree of
semantics says which one stands there.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import flet as ft
from playwright.sync_api import Page

from kiosk.models.frame import frame_view
from kiosk.screens.stage import Stage
from kiosk.tokens import Look
from kiosk.visit import MENU, Visit
from tests.browser.cut import Sizes, sized
from tests.browser.leads import Prepare
from tests.kiosk.audit.tree import Piece, pieces
from tests.kiosk.shots import served
from tests.kiosk.voices import Recording

MARK = "audit-"
SHOWN_MS, REST_MS, RESTS_MAX = 30_000, 60, 40
READY_S = 60.0


@dataclass
class Showroom:
    """Shows visits on ``page``; `look` and `language` are those of the next."""

    page: Page
    actions: Any
    room: _Room
    look: Look
    sizes: Sizes
    language: str = "fr"
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def show(self, prepare: Prepare) -> Visit:
        """A visit of its own, led to a state, and its screen at rest."""
        visit = Visit(self.look, quiet_s=1e9, ask_s=1e9, voice=Recording())  # with the buttons that read
        visit.show(frame_view(self.actions))
        number = next(self.numbers)
        done = threading.Event()
        failed: list[BaseException] = []

        def put() -> None:
            try:
                if self.language != visit.language:
                    visit.speak(self.language)
                visit.go(MENU)
                prepare(visit)
                self.room.put(visit, number)
            except BaseException as error:  # noqa: BLE001 - told in the thread of the test
                failed.append(error)
            done.set()

        self.room.loop.call_soon_threadsafe(put, context=self.room.context)
        done.wait(READY_S)
        if failed:
            raise failed[0]
        self.page.get_by_text(f"{MARK}{number}.", exact=True).wait_for(state="attached", timeout=SHOWN_MS)
        return visit

    def pieces(self) -> list[Piece]:
        """What the page is made of now, as the terminal has it."""
        return list(pieces(self.room.page.views))

    def act(self, doing: Callable[[], None]) -> None:
        """Does something to the visit in the thread of the page."""
        self.room.loop.call_soon_threadsafe(doing, context=self.room.context)


class _Room:
    """What the page shows now; filled by the page itself."""

    def __init__(self) -> None:
        self.visit = Visit()
        self.number = 0
        self.loop: asyncio.AbstractEventLoop
        self.context: Context
        self.page: ft.Page
        self.redraw: Callable[[Any], None]
        self.there = threading.Event()

    def put(self, visit: Visit, number: int) -> None:
        """Shows another visit."""
        self.visit, self.number = visit, number
        self.redraw(number)


@contextmanager
def showroom(page: Page, actions: Any, look: Look) -> Iterator[Showroom]:
    """The shipped web host with a page of its own."""
    room = _Room()

    @ft.component
    def Root(first: Visit, given: Any) -> ft.Control:
        del first
        number, room.redraw = ft.use_state(0)
        room.loop, room.context, room.page = asyncio.get_running_loop(), copy_context(), ft.context.page
        room.there.set()
        mark = ft.Container(ft.Text(f"{MARK}{number}.", size=1), left=0, top=0)
        stage = ft.Container(Stage(room.visit, given), expand=True, key=str(number), left=0, top=0, right=0, bottom=0)
        return ft.Stack([stage, mark], expand=True)

    with served(actions, diagonal_in=look.diagonal_in, stage=Root, quiet_s=1e9, ask_s=1e9) as url, sized() as sizes:
        page.goto(url)
        page.get_by_text(f"{MARK}0.", exact=True).wait_for(state="attached", timeout=SHOWN_MS)
        yield Showroom(page, actions, room, look, sizes)
