"""200 names and addresses at three speeds, by the events that a browser sends: what is typed is what is kept.

All of them fast, which draws least; a part at the speeds at which every tap is drawn, 20 ms of a processor each. All at
each speed: ``python -m tests.kiosk.parts.test_typing``; in a real browser: ``python -m tests.browser.typing_all``.
"""

from __future__ import annotations

import asyncio
from typing import Any

import flet as ft
import pytest

from kiosk.entry import Entry, EntryKind
from kiosk.parts.keyboard import keyboard
from kiosk.parts.keys import Key
from kiosk.visit import Visit
from tests.kiosk.in_process import Shown
from tests.kiosk.names import COUNT, Finger, Line, lines

SEED = 20_261_123
COUNTS = {"fast": COUNT, "normal": COUNT // 10, "slow": COUNT // 10}
TURNS = {"fast": 0, "normal": 3, "slow": 40}
"""Turns of the loop between two taps: fast, nothing that a tap has caused is drawn before the next one arrives."""


class Screen:
    """A keyboard drawn in this process, and the finger on it."""

    def __init__(self, shown: Shown, entry: Entry) -> None:
        self.shown, self.entry = shown, entry
        self.finger = Finger(entry.kind)
        self.buttons: dict[str, Any] = {}
        self.layer = ""

    def look(self) -> None:
        """Where the keys are now."""
        for one in self.shown.walk():
            if isinstance(one, ft.Container) and isinstance(one.key, str) and isinstance(one.content, ft.Button):
                self.buttons[one.key] = one.content

    async def types(self, line: Line, speed: str) -> str:
        """What the entry holds once a line was typed, and every tap answered."""
        for key in self.finger.taps(line.words):
            if self.finger.board.layer != self.layer:  # nobody touches a key before it is there
                self.layer = self.finger.board.layer
                await self.shown.settle()
                self.buttons = {}
                self.look()
            await self.shown.session.dispatch_event(self.buttons[name(key)]._i, "click", None)
            await self.shown.settle(TURNS[speed])
        await self.shown.settle()
        typed = self.entry.value
        self.entry.replace("")
        await self.shown.settle()
        return typed


def name(key: Key) -> str:
    return f"{key.letters}{key.action}"


def keys_of(entry: Entry) -> Any:
    @ft.component
    def Keys(visit: Visit) -> ft.Control:
        return keyboard(visit, entry)

    return Keys


async def typed(kind: EntryKind, speed: str, count: int) -> list[tuple[str, str]]:
    """The lines of a kind among the first ``count``, and what arrived."""
    entry = Entry(kind)
    async with Shown(keys_of(entry), Visit()) as shown:
        screen = Screen(shown, entry)
        mine = [line for line in lines(SEED, count) if line.kind == kind]
        return [(line.words, await screen.types(line, speed)) for line in mine]


@pytest.mark.parametrize("speed", TURNS)
@pytest.mark.parametrize("kind", ["name", "text"])
def test_what_is_typed_on_the_drawn_keys_is_what_arrives(kind: EntryKind, speed: str) -> None:
    found = asyncio.run(typed(kind, speed, COUNTS[speed]))
    assert len(found) == COUNTS[speed] // 2
    assert [pair for pair in found if pair[0] != pair[1]] == []


if __name__ == "__main__":
    for pace in TURNS:
        pairs = [pair for kind in ("name", "text") for pair in asyncio.run(typed(kind, pace, COUNT))]  # type: ignore[arg-type]
        wrong = [pair for pair in pairs if pair[0] != pair[1]]
        print(f"{pace}: {len(pairs)} lines, {len(wrong)} wrong", *wrong)
