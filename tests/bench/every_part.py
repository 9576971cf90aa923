"""Every state of the kiosk, by the terminal that it needs: a full one, one as installed, one whose disk was put back.

The terminal, its hub and its content are the real ones, in this process; what draws the states, measures or judges
them comes from the caller (`every_screen`, `tests.kiosk.audit.showing`, `tests.browser.audited`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.app import warm
from tests.bench.drawing import State, Unhurried
from tests.bench.every_place import every_place, fill
from tests.browser.states import TOUCHED, restored_states, states
from tests.browser.world import World

PLACES = "places"


def _places(world: World) -> Iterator[State]:
    fill(world)
    yield from every_place(world)


def _others(world: World) -> Iterator[State]:
    for name, prepare in states(world):
        yield State(name, prepare, TOUCHED.get(name, ()), world.kiosk)


def _restored(world: World) -> Iterator[State]:
    world.put_back()
    for name, prepare in restored_states(world):
        yield State(name, prepare, (), world.kiosk)


PARTS: dict[str, Callable[[World], Iterator[State]]] = {PLACES: _places, "others": _others, "restored": _restored}
"""What each needs is another terminal: one that is full, one that is as installed, one whose disk is of yesterday."""


@contextmanager
def a_world(folder: Path, part: str) -> Iterator[World]:
    """A warm terminal for one of `PARTS`, closed at the end."""
    world = World(folder / part, kiosk=Unhurried)
    try:
        warm(world.actions)
        yield world
    finally:
        world.close()


def every_state(world: World, part: str) -> Iterator[State]:
    """The states of one of `PARTS`; the places that the one before held are free again."""
    for state in PARTS[part](world):
        yield state
        world.kiosk.terminal.store.drop_holds()
