"""« Écouter »: whatever is shown is read, in the visitor's language and order, and nothing that the person typed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import flet as ft
import pytest
from flet.components.component import Component
from flet.controls.base_control import BaseControl

from kiosk.models.aloud import OWN_NAMES, Spoken, clean, spoken
from kiosk.parts.told import PRIVATE, READ, UNREAD, blocks_of, mark_of
from kiosk.screens.stage import Stage
from kiosk.speech import MANNERS
from kiosk.tokens import Look
from kiosk.visit import MENU, Visit
from kiosk.web.lighter import held
from tests.bench.drawing import State, Unhurried, a_visit, follow
from tests.bench.every_place import every_place, fill
from tests.browser.states import TOUCHED, restored_states, states
from tests.browser.world import NAMED, World
from tests.kiosk.in_process import Shown
from tests.kiosk.models.registration_world import AWA
from tests.kiosk.voices import Recording

TYPED = ("Sukarno", "Ouranie", "Boma", *NAMED.values())
"""What the people of the states typed; what AWA typed is added to it."""
CODE = re.compile(r"\b[0-9A-Z]{3}[ \u00a0][0-9A-Z]{3}[ \u00a0][0-9A-Z]{4}\b")
EXAMPLE = "ABC DEF GHJK"
"""A code that is nobody's, on the screen that asks for one."""


@contextmanager
def part(folder: Path, which: str) -> Iterator[tuple[World, Iterator[State]]]:
    """The screens and states of a visit, each part of them on a terminal of its own."""
    with closing(World(folder / which, kiosk=Unhurried)) as world:
        if which == "places":
            fill(world)
            yield world, every_place(world)
        elif which == "states":
            yield world, (State(name, do, TOUCHED.get(name, ()), world.kiosk) for name, do in states(world))
        else:
            world.put_back()
            yield world, (State(name, do, (), world.kiosk) for name, do in restored_states(world))


def shown_parts(control: Any) -> Iterator[Any]:
    """Every control that is for the ear, found in another way than `kiosk.parts.told` does: by what fields hold."""
    if mark_of(control) in (UNREAD, PRIVATE):
        return
    if isinstance(control, list | tuple):
        for one in control:
            yield from shown_parts(one)
    elif isinstance(control, Component):
        yield from shown_parts(control._b)
    elif isinstance(control, BaseControl) and getattr(control, "visible", True):
        yield control
        if getattr(control, "exclude_semantics", False):
            return  # told by its label
        for one in held(control):
            yield from shown_parts(one)


def root_of(control: Any) -> Any:
    """The one control from which the screen is read."""
    found = [one for one in shown_parts(control) if mark_of(one) == READ]
    assert len(found) == 1
    return found[0]


def read_of(shown: Shown, visit: Visit) -> list[Spoken]:
    """What « Écouter » would read now."""
    assert visit.voice is not None
    return spoken(blocks_of(shown.page), visit.language, visit.voice.speaks, french=not visit.speaks)


def said_whole(lines: list[Spoken]) -> str:
    return " ".join(line.words for line in lines)


async def listened(state: State, visit: Visit, languages: tuple[str, ...]) -> list[str]:
    """Leads a visit to a state and listens to it in each of these languages; returns what is wrong."""
    wrong: list[str] = []
    async with Shown(Stage, visit, state.kiosk.actions) as shown:
        if any(step.act == "touch" for step in state.steps) or (visit.place == MENU and not state.steps):
            state.prepare(visit)
            await shown.settle()
            await follow(shown, state.steps, looks=state.looks)
        else:
            await follow(shown, state.steps, lambda: state.prepare(visit), state.looks)
        for language in languages:
            visit.speak(language)
            await shown.settle()
            wrong += [f"{state.name} {language}: {fault}" for fault in faults(shown, visit)]
    return wrong


def faults(shown: Shown, visit: Visit) -> Iterator[str]:
    """What is read, against what is shown."""
    lines = read_of(shown, visit)
    whole = said_whole(lines)
    if not whole:
        yield "nothing is read"
        return
    seen = list(shown_parts(root_of(shown.page.views[-1].controls)))
    titles = [one for one in seen if isinstance(one, ft.Semantics) and one.header and one.heading_level == 1]
    for title in titles[:1]:
        words = next(one.value for one in shown_parts(title.content) if isinstance(one, ft.Text))
        if not lines[0].words.startswith(clean(words or "")[:-1]):
            yield f"the title is not read first: {words!r}, {lines[0].words!r}"
    for one in seen:
        value = str(one.value or "") if isinstance(one, ft.Text) and one.semantics_label is None else ""
        words = clean(value).rstrip(".")
        if words and words not in whole and value not in OWN_NAMES:
            yield f"not read: {words!r}"
    for typed in (*TYPED, *TYPED_BY_AWA):
        if typed.casefold() in whole.casefold():
            yield f"read although it was typed: {typed!r}"
    if CODE.search(whole.replace(EXAMPLE, "")):
        yield "a code is read"


ANNOUNCED_TOO = ("metier_vise", "commune_naissance")
"""What AWA typed and an offer says as well, or a list of places to choose from: choices are read."""
TYPED_BY_AWA = tuple(value for name, value in AWA.items() if isinstance(value, str) and name not in ANNOUNCED_TOO)


@pytest.mark.parametrize(("which", "many"), [("places", 100), ("states", 90), ("restored", 1)])
def test_every_screen_and_state_is_read_whole_with_its_title_first_and_nothing_that_was_typed(
    tmp_path: Path, which: str, many: int
) -> None:
    """In French, and in two of the other voices in turn: each screen in three, each voice on every third screen."""
    wrong, count = [], 0
    others = cycle(language for language in MANNERS if language != "fr")
    with part(tmp_path, which) as (world, every):
        for state in every:
            visit = a_visit(state, Look(1080, 1920))
            visit.voice = Recording()
            visit.go(MENU)
            wrong += asyncio.run(listened(state, visit, ("fr", next(others), next(others))))
            if visit.papers is not None:
                visit.papers.end()
            world.kiosk.terminal.store.drop_holds()
            count += 1
    assert not wrong, "\n".join(wrong)
    assert count >= many
