"""Every screen and state, drawn in this process, then in every look and language that the audit asks for.

A state is led to once, in French; letters, contrast and language are changed on the screen itself, as a visitor does.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from itertools import product

from kiosk.screens.stage import Stage
from kiosk.tokens import Look
from kiosk.visit import MENU, Visit
from tests.bench.drawing import LOOK_S, NotDrawn, State, a_visit, spaced, touch
from tests.kiosk.audit.tree import Piece, is_text, pieces
from tests.kiosk.in_process import Shown

LOOKS_MAX = 200
LANGUAGES = ("fr", "ar")
TEXTS = (100, 200)
PAIRS = (("fr", 100, False), ("fr", 200, True), ("ar", 100, True), ("ar", 200, False))
"""Language, size of text and contrast: each two of them meet once."""
VARIANTS = tuple(product(LANGUAGES, TEXTS, (False, True))) if os.environ.get("AUDIT_ALL") else PAIRS
"""All of them, where one asks for it: ``AUDIT_ALL=1``."""


@dataclass(frozen=True)
class Screen:
    """One screen as it stands: its state, language and look, and its pieces."""

    state: str
    language: str
    look: Look
    found: list[Piece]

    @property
    def name(self) -> str:
        """For a report."""
        contrast = ", contrast" if self.look.contrast else ""
        return f"{self.state} ({self.language}, {self.look.text_percent} %{contrast})"


def drawn(state: State, look: Look) -> list[Screen]:
    """A state in every variant. Raises NotDrawn."""
    screens: list[Screen] = []  # not the result of the task: asyncio writes that out, controls and all
    asyncio.run(_draw(state, look, screens))
    return screens


async def _draw(state: State, look: Look, screens: list[Screen]) -> None:
    visit = a_visit(state, look)
    visit.go(MENU)
    state.prepare(visit)
    state.kiosk.draws = True
    try:
        async with Shown(
            Stage, visit, state.kiosk.actions, width=int(look.width_px), height=int(look.height_px)
        ) as shown:
            await _led(shown, state)
            for variant in VARIANTS:
                screens.append(await _varied(shown, visit, state.name, *variant))
    finally:
        state.kiosk.draws = False
        if visit.papers is not None:
            visit.papers.end()


async def _led(shown: Shown, state: State) -> None:
    for step in state.steps:
        if step.act == "touch":
            await touch(shown, step.words)
            await shown.settle()
        elif step.act == "type":
            await shown.type(step.words)
        else:
            await _until(shown, step.words)


async def _until(shown: Shown, words: str) -> None:
    for _ in range(LOOKS_MAX):
        if words in spaced(shown.words()):
            return
        await asyncio.sleep(LOOK_S)
        await shown.settle()
    raise NotDrawn(f"not drawn: {words}; there is: {spaced(shown.words())[:300]}")


async def _varied(shown: Shown, visit: Visit, name: str, language: str, percent: int, contrast: bool) -> Screen:
    if visit.language != language:
        visit.speak(language)
    if visit.look.text_percent != percent:
        visit.set_text(percent)
    if visit.look.contrast != contrast:
        visit.toggle_contrast()
    await shown.settle()
    return Screen(name, visit.language, visit.look, list(pieces(shown.page.views)))


def has_words(found: list[Piece]) -> bool:
    """Whether there is anything to read at all."""
    return any(is_text(one.control) for one in found)
