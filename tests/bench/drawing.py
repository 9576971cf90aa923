"""Draws a place or a state of the kiosk in this process and says what that cost the thread that draws.

A page is opened at another screen first, so that header and dock stand already, as after a touch. What is counted is
processor time of this thread, from the touch to the message that is packed for the browser: what other threads do
meanwhile (a code that is hashed, a paper that is printed) keeps nobody from seeing the next screen.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

import flet as ft

from kiosk.actions import Actions
from kiosk.app import steady
from kiosk.models.frame import frame_view
from kiosk.screens.stage import Stage
from kiosk.tokens import Look
from kiosk.visit import ATTRACT, MENU, Visit
from tests.browser.leads import Prepare, Step
from tests.kiosk.in_process import Shown
from tests.kiosk.test_actions import Kiosk
from tests.kiosk.voices import Recording

LOOK_S, LOOKS_MAX = 0.02, 500
FOR_EVER_S = 1e9


class Unhurried(Kiosk):
    """A terminal as ``kiosk.app`` opens it: a round that is asked for keeps no screen waiting.

    Here there is no other thread for it: it runs while a visit is led to a state, and not while one is drawn.
    """

    draws = False

    def start(self) -> None:
        """Opens the terminal."""
        super().start()
        now_ms = steady(self.terminal.now_ms)
        texts = {"operator": "Commune"}
        self.actions = Actions(self.terminal, self.actions.shelf, soon=self.soon, now_ms=now_ms, texts=texts)

    def soon(self) -> None:
        """What a screen asks for."""
        if not self.draws:
            self.round()


class NotDrawn(Exception):
    """A screen did not come, or nothing of it changed."""


@dataclass(frozen=True)
class State:
    """What is drawn: ``prepare`` leads a visit there, ``steps`` are done then; ``kiosk`` is the terminal.

    ``looks``: how often its words are looked for before it counts as not drawn.
    """

    name: str
    prepare: Prepare
    steps: Sequence[Step]
    kiosk: Kiosk
    looks: int = LOOKS_MAX


def spaced(words: str) -> str:
    """With ordinary spaces, so that they compare whatever the typography."""
    return words.replace("\u00a0", " ").replace("\u202f", " ")


async def touch(shown: Shown, words: str) -> None:
    """Touches the first button whose words hold these, and does not wait for what it began in another thread."""
    found = next((button for face, button in shown.touchables().items() if words in spaced(face)), None)
    if found is None:
        raise NotDrawn(f"nothing to touch says « {words} »: {sorted(shown.touchables())}")
    # Kept by the page: whoever leaves it before the end of a print need not wait for it.
    shown.page.run_task(shown.session.dispatch_event, found._i, "click", None)


def _read(shown: Shown) -> str:
    """Everything that can be read, what stands in the fields included."""
    typed = [control.value or "" for control in shown.walk() if isinstance(control, ft.TextField)]
    return "\n".join([*typed, shown.words()])


async def _cost_ms(shown: Shown, act: Callable[[], Any], awaited: Sequence[Step], looks: int) -> float:
    """Milliseconds of this thread for ``act`` and all that it draws; looking for the words is not counted."""
    before = _read(shown)
    began = time.thread_time()
    if (going := act()) is not None:
        await going
    await shown.settle()
    spent = time.thread_time() - began
    for look in range(looks):
        read = _read(shown)
        if read != before and all(step.words in spaced(read) for step in awaited):
            return spent * 1000
        if look + 1 < looks:
            began = time.thread_time()
            await asyncio.sleep(LOOK_S)
            await shown.settle()
            spent += time.thread_time() - began
    raise NotDrawn(f"not drawn: {[step.words for step in awaited]}; there is: {spaced(read)[:400]}")


async def follow(
    shown: Shown, steps: Sequence[Step], begin: Callable[[], Any] | None = None, looks: int = LOOKS_MAX
) -> float:
    """Does the steps one after the other; returns what the last touch cost, or ``begin`` where none is touched."""
    groups: list[tuple[Callable[[], Any], list[Step]]] = [] if begin is None else [(begin, [])]
    for step in steps:
        if step.act == "see":
            groups[-1][1].append(step)
        else:
            act = {"type": shown.type, "touch": partial(touch, shown)}[step.act]
            groups.append((partial(act, step.words), []))
    spent = 0.0
    for act, awaited in groups:
        spent = await _cost_ms(shown, act, awaited, looks)
    return spent


def a_visit(state: State, look: Look) -> Visit:
    """A visit of this terminal that has just begun; each look at its clock is a second later.

    So two touches on one button are not taken for a double tap, however fast they come here.
    """
    seconds = count()
    visit = Visit(look, quiet_s=FOR_EVER_S, ask_s=FOR_EVER_S, now=lambda: float(next(seconds)), voice=Recording())
    visit.show(frame_view(state.kiosk.actions))
    return visit


async def costs_ms(state: State, look: Look, draws: int) -> list[float]:
    """What each of so many drawings cost. Raises NotDrawn."""
    visit = a_visit(state, look)
    visit.go(MENU)
    state.prepare(visit)
    state.kiosk.draws = True
    try:
        if visit.place == MENU and (visit.covered or _touches(state)):
            return [await _over_the_menu(state, look) for _ in range(draws)]
        return await _at_its_place(state, visit, draws)
    except NotDrawn as error:
        error.add_note(f"state {state.name}, {look.width_px} × {look.height_px} px")
        raise
    finally:
        state.kiosk.draws = False
        if visit.papers is not None:
            visit.papers.end()


async def _at_its_place(state: State, visit: Visit, draws: int) -> list[float]:
    """The place of a visit, which comes there again and again."""
    look, place, elsewhere = visit.look, visit.place, ATTRACT if visit.place == MENU else MENU
    visit.go(elsewhere)
    found = []
    async with _page(state, visit, look) as shown:
        for _ in range(draws):
            found.append(await follow(shown, state.steps, lambda: visit.go(place), state.looks))
            visit.go(elsewhere)
            await shown.settle()
    return found


def _page(state: State, visit: Visit, look: Look) -> Shown:
    return Shown(Stage, visit, state.kiosk.actions, width=int(look.width_px), height=int(look.height_px))


async def _over_the_menu(state: State, look: Look) -> float:
    """What stands over the screen, each time in a visit of its own: some of it ends a visit."""
    visit = a_visit(state, look)
    visit.go(MENU)
    async with _page(state, visit, look) as shown:
        if not _touches(state):
            return await follow(shown, state.steps, lambda: state.prepare(visit), state.looks)
        state.prepare(visit)
        await shown.settle()
        return await follow(shown, state.steps, looks=state.looks)


def _touches(state: State) -> bool:
    return any(step.act == "touch" for step in state.steps)
