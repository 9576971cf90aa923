"""What every screen of the kiosk costs in Python, as one program: ``python -m tests.bench.every_screen DRAWS``.

Prints one line of JSON: for each shape of screen and each state, the milliseconds of every drawing. The terminal, its
hub and its content are the real ones, in this process; the browser is not there.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from pathlib import Path

from kiosk.models.frame import frame_view
from kiosk.screens.notice_board import NoticeBoard
from kiosk.tokens import Look
from kiosk.visit import Visit
from kiosk.web import lighter
from tests.bench.drawing import costs_ms, follow
from tests.bench.every_part import PARTS, PLACES, a_world, every_state
from tests.browser.world import World
from tests.kiosk.in_process import Shown

LOOKS = {"portrait": Look(1080, 1920, 21.5), "landscape": Look(1920, 1080, 21.5)}
FEWER = {"code-unknown": 3, "slip-printing": 1, "seat-where-afar": 1}
"""Drawn less often: the fifth unknown code locks the search; a slow printer has one paper at a time; who has said where
they take part is not asked again in this visit."""
BOARD = "notice-board"


async def _board(world: World, look: Look) -> float:
    """A page that opens at the board and is drawn again at a minute that has passed."""
    visit = Visit(look)
    async with Shown(NoticeBoard, visit, world.actions, width=int(look.width_px), height=int(look.height_px)) as shown:
        return await follow(shown, (), lambda: visit.show(frame_view(world.actions)))


def measure(folder: Path, look: Look, draws: int) -> dict[str, list[float]]:
    """Every state on terminals of their own, in one shape."""
    found: dict[str, list[float]] = {}
    for part in PARTS:
        with a_world(folder, part) as world:
            for state in every_state(world, part):
                if state.name in found:
                    raise ValueError(f"two states of one name: {state.name}")
                found[state.name] = asyncio.run(costs_ms(state, look, FEWER.get(state.name, draws)))
                print(f"{state.name}: {max(found[state.name]):.1f} ms", file=sys.stderr, flush=True)
            if part == PLACES:
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
