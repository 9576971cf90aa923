"""What every screen of the kiosk costs in Python, as one program: ``python -m tests.bench.every_screen DRAWS``.

Prints one line of JSON: for each shape of screen and each state, the milliseconds of every drawing. The terminal, its
hub and its content are the real ones, in this process; the browser is not there.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from kiosk.app import warm
from kiosk.models.frame import frame_view
from kiosk.screens.notice_board import NoticeBoard
from kiosk.tokens import Look
from kiosk.visit import Visit
from kiosk.web import lighter
from tests.bench.drawing import State, Unhurried, costs_ms, follow
from tests.bench.every_place import every_place, fill
from tests.browser.states import TOUCHED, restored_states, states
from tests.browser.world import World
from tests.kiosk.in_process import Shown

LOOKS = {"portrait": Look(1080, 1920, 21.5), "landscape": Look(1920, 1080, 21.5)}
FEWER = {"code-unknown": 3, "slip-printing": 1, "seat-where-afar": 1}
"""Drawn less often: the fifth unknown code locks the search; a slow printer has one paper at a time; who has said where
they take part is not asked again in this visit."""
BOARD = "notice-board"


def _states_of(world: World) -> Iterator[State]:
    for name, prepare in states(world):
        yield State(name, prepare, TOUCHED.get(name, ()), world.kiosk)


def _restored(world: World) -> Iterator[State]:
    world.put_back()
    for name, prepare in restored_states(world):
        yield State(name, prepare, (), world.kiosk)


def _places(world: World) -> Iterator[State]:
    fill(world)
    yield from every_place(world)


async def _board(world: World, look: Look) -> float:
    """A page that opens at the board and is drawn again at a minute that has passed."""
    visit = Visit(look)
    async with Shown(NoticeBoard, visit, world.actions, width=int(look.width_px), height=int(look.height_px)) as shown:
        return await follow(shown, (), lambda: visit.show(frame_view(world.actions)))


def measure(folder: Path, look: Look, draws: int) -> dict[str, list[float]]:
    """Every state on terminals of their own, in one shape."""
    found: dict[str, list[float]] = {}
    for number, part in enumerate((_places, _states_of, _restored)):
        with closing(World(folder / str(number), kiosk=Unhurried)) as world:
            warm(world.actions)
            for state in part(world):
                if state.name in found:
                    raise ValueError(f"two states of one name: {state.name}")
                found[state.name] = asyncio.run(costs_ms(state, look, FEWER.get(state.name, draws)))
                world.kiosk.terminal.store.drop_holds()
                print(f"{state.name}: {max(found[state.name]):.1f} ms", file=sys.stderr, flush=True)
            if part is _places:
                found[BOARD] = [asyncio.run(_board(world, look)) for _ in range(draws)]
    return found


def main(draws: int) -> None:
    """Measures both shapes and prints them."""
    lighter.install()
    with tempfile.TemporaryDirectory(prefix="point-contact-screens-") as folder:
        read = {shape: measure(Path(folder) / shape, look, draws) for shape, look in LOOKS.items()}
    print(json.dumps(read))


if __name__ == "__main__":
    main(int(sys.argv[1]))
