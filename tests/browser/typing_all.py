"""Types 200 names and addresses at three speeds on the drawn keys: ``python -m tests.browser.typing_all``.

In real Chromium, with a finger on a touch screen, upright, lying and small: a tap is a tap, and none waits until the
page has answered the one before. What the entry of the kiosk then holds, and what the field shows, must be what was
typed, letter for letter. The seed is printed; ``--seed`` makes the same names again. Of the slow speed a part is made
only (``--slow``): all of it takes an hour.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import product
from random import SystemRandom
from typing import Any

import flet as ft
from playwright.async_api import Browser, CDPSession, Page, async_playwright, expect

from kiosk.entry import Entry, EntryKind
from kiosk.parts.field import field
from kiosk.parts.frame import Primary, around, screen
from kiosk.parts.hooks import use_kept, use_topics
from kiosk.parts.keyboard import bed_px, keyboard
from kiosk.parts.keys import room_on
from kiosk.tokens import Look
from kiosk.visit import Visit
from tests.browser import chromium
from tests.kiosk.names import COUNT, Finger, Line, lines
from tests.kiosk.shots import SIZES, served
from tests.kiosk.stand_in import StandInActions

SPEEDS = {"fast": 15.0, "normal": 5.0, "slow": 1.5}
"""Taps a second."""
SLOW_COUNT = 12
SEEN_MS, LOOK_S = 20_000, 0.05
KINDS: tuple[EntryKind, ...] = ("name", "text")
KEYS = '[flt-semantics-identifier="keys"] [flt-tappable]'
MIDDLES = """(found) => found.map((one) => {
  const box = one.getBoundingClientRect();
  return [Math.round(box.y + box.height / 2), box.x + box.width / 2];
}).sort((a, b) => a[0] - b[0] || a[1] - b[1])"""
"""JavaScript: where to touch each key, row by row."""


@dataclass(frozen=True)
class Typed:
    """One line typed at one speed: what arrived in the kiosk, the taps it took and in how many seconds."""

    line: Line
    speed: str
    arrived: str
    taps: int
    took_s: float


class Hand:
    """A finger in front of one field of one screen."""

    def __init__(self, page: Page, touch: CDPSession, kind: EntryKind, size: str, got: list[str]) -> None:
        width, height, diagonal = SIZES[size]
        look = Look(width, height, diagonal)
        self.page, self._touch, self._got = page, touch, got
        self._finger = Finger(kind, room_on(look, bed_px(look, kind)))
        self._places: dict[str, list[list[float]]] = {}
        self._box = page.get_by_role("textbox").first

    async def types(self, line: Line, speed: str) -> Typed:
        """Types, waits until the field shows it, and goes on: what the kiosk then took is what arrived."""
        pause_s, layer, sent = 1 / SPEEDS[speed], "", []
        due = began = time.monotonic()
        for key in self._finger.taps(line.words):
            if self._finger.board.layer != layer:  # who looks for a letter waits for the keys to be there
                layer = self._finger.board.layer
                await self._is_drawn()
                due = max(due, time.monotonic())
                began = began if sent else due
            row, column = self._places[layer][self._finger.seen().index(key)]
            await asyncio.sleep(due - time.monotonic())
            sent += self._taps(column, row)
            due += pause_s
        took_s = time.monotonic() - began
        await asyncio.gather(*sent)
        await expect(self._box).to_have_value(line.words, timeout=SEEN_MS)
        known = len(self._got)
        await self.page.get_by_role("button", name="Continuer").click()
        until = time.monotonic() + SEEN_MS / 1000
        while len(self._got) == known and time.monotonic() < until:
            await asyncio.sleep(LOOK_S)
        return Typed(line, speed, self._got[-1], len(sent) // 2, took_s)

    def _taps(self, x: float, y: float) -> list[asyncio.Task[Any]]:
        """Down and up again, without waiting for an answer."""
        told = ({"type": "touchStart", "touchPoints": [{"x": x, "y": y}]}, {"type": "touchEnd", "touchPoints": []})
        return [asyncio.ensure_future(self._touch.send("Input.dispatchTouchEvent", one)) for one in told]

    async def _is_drawn(self) -> None:
        """Waits until the keys of the layer are there, small or capital, and learns where they are."""
        last = [key.letters for key in self._finger.seen() if key.letters.isalnum()][-1]
        name = re.compile(f"^{last}$", re.IGNORECASE)
        await expect(self.page.locator(KEYS)).to_have_count(len(self._finger.seen()), timeout=SEEN_MS)
        await expect(self.page.get_by_role("button", name=name).first).to_be_attached(timeout=SEEN_MS)
        layer = self._finger.board.layer
        if layer not in self._places:
            self._places[layer] = await self.page.locator(KEYS).evaluate_all(MIDDLES)


def question(kind: EntryKind, got: list[str]) -> Any:
    """A screen with one field; « Continuer » puts into ``got`` what its entry holds, and empties it."""

    @ft.component
    def Question(visit: Visit, actions: Any) -> ft.Control:
        del actions
        use_topics(visit, "look")
        entry = use_kept(lambda: Entry(kind))

        def taken() -> None:
            got.append(entry.value)
            entry.replace("")

        shown = screen(
            visit, title="Quel est votre nom ?", body=[field(visit, entry, "Nom")], keyboard=keyboard(visit, entry),
            primary=Primary("Continuer", taken),
        )  # fmt: skip
        return around(visit, shown)

    return Question


@asynccontextmanager
async def in_front_of(browser: Browser, kind: EntryKind, size: str) -> AsyncIterator[Hand]:
    """A finger in front of a touch screen of a size, with a field of a kind."""
    got: list[str] = []
    with served(
        StandInActions(), diagonal_in=SIZES[size][2], stage=question(kind, got), before=lambda visit: visit.go("/menu")
    ) as url:
        context = await browser.new_context(**chromium.screen(size, chromium.COARSE), has_touch=True)
        page = await context.new_page()
        await page.goto(url)
        await expect(page.get_by_role("textbox")).to_be_attached(timeout=SEEN_MS)
        yield Hand(page, await context.new_cdp_session(page), kind, size, got)
        await context.close()


def wrong(typed: list[Typed]) -> list[Typed]:
    """Those that did not arrive as they were typed."""
    return [one for one in typed if one.arrived != one.line.words]


async def all_typed(people: list[Line], slow: int) -> list[Typed]:
    """Each line at each speed, on the three screens by turns; only the first ``slow`` lines slowly."""
    typed = []
    async with async_playwright() as tools:
        browser = await tools.chromium.launch(executable_path=chromium.executable(), args=chromium.arguments())
        for (at, size), kind in product(enumerate(SIZES), KINDS):
            async with in_front_of(browser, kind, size) as hand:
                for (number, line), (turn, speed) in product(enumerate(people), enumerate(SPEEDS)):
                    mine = line.kind == kind and (number // len(KINDS) + turn) % len(SIZES) == at
                    if mine and (speed != "slow" or number < slow):
                        typed.append(await hand.types(line, speed))
        await browser.close()
    return typed


def main() -> int:
    """All names, each at the three speeds, on the three screens by turns. Status 1 if one did not arrive exactly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000))
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--slow", type=int, default=SLOW_COUNT, help="how many of them at the slow speed")
    given = parser.parse_args()
    print(f"seed {given.seed}: {given.count} lines", flush=True)
    typed = asyncio.run(all_typed(lines(given.seed, given.count), given.slow))
    for speed in SPEEDS:
        some = [one for one in typed if one.speed == speed]
        taps, took_s = sum(one.taps for one in some), sum(one.took_s for one in some)
        letters = sum(len(one.line.words) for one in some)
        print(f"{speed}: {len(some)} lines, {letters} letters, {taps} taps, {taps / max(took_s, 0.1):.1f} taps a second"
              f" with the changes of keys, {len(wrong(some))} wrong", flush=True)  # fmt: skip
    for one in wrong(typed):
        print(f"{one.speed}: {one.line.words!r} arrived as {one.arrived!r}", file=sys.stderr)
    return 1 if wrong(typed) else 0


if __name__ == "__main__":
    sys.exit(main())
