"""The accessibility audit in Chromium: which states are shown, in which look, and all that is measured of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from playwright.sync_api import Browser, Error, Page

from kiosk.tokens import Look
from tests.bench.drawing import State
from tests.bench.every_part import every_state
from tests.browser.chromium import COARSE, SIZES, screen
from tests.browser.cut import cut, overfull
from tests.browser.geometry import Box, boxes, faults
from tests.browser.person import LARGE, Person
from tests.browser.showroom import Showroom, showroom
from tests.browser.states import do_step
from tests.browser.world import World
from tests.kiosk.shots import SIZES as SCREENS

SILENT = ("goodbye",)
"""What has nothing to touch, and goes by itself."""
REST_MS, RESTS_MAX = 80, 40


@dataclass(frozen=True)
class Dress:
    """How the states of a run are dressed."""

    language: str = "fr"
    text_percent: int = 100
    contrast: bool = False
    low: bool = False

    def __str__(self) -> str:
        """For a report."""
        more = "".join(f", {word}" for word, on in (("contrast", self.contrast), ("low", self.low)) if on)
        return f"{self.language}, {self.text_percent} %{more}"

    def on(self, shape: str) -> Look:
        """The look on a screen of this shape."""
        width, height, diagonal = SCREENS[shape]
        return Look(width, height, diagonal, self.text_percent, self.contrast, self.low)


DRESSES = (
    Dress(), Dress(text_percent=200), Dress("ar"), Dress("ar", 200, contrast=True), Dress("uk", 150, low=True),
    Dress(text_percent=200, low=True),
)  # fmt: skip
Wears = Callable[[int], Dress | None]
"""The number of a state → how it is dressed; None: it is left out."""


@dataclass(frozen=True)
class Measured:
    """One state as it was shown, and what is wrong with it."""

    shape: str
    state: str
    dress: Dress
    wrong: tuple[str, ...]


def audited(browser: Browser, folder: Path, shape: str, part: str, wears: Wears) -> Iterator[Measured]:
    """Shows the states of a part (`every_part`) one after the other and measures each."""
    with closing(World(folder)) as world:
        page = browser.new_page(**screen(shape, COARSE))
        found = every_state(world, part)
        first = next(found)  # a disk is put back before a page reads from it
        with showroom(page, world.actions, Dress().on(shape)) as room:
            for number, state in enumerate(chain((first,), found)):
                dress = wears(number)
                if dress is not None:
                    dress = replace(dress, language="fr") if state.steps else dress
                    room.look, room.language = dress.on(shape), dress.language
                    room.show(state.prepare)
                    wrong = [*led(page, state), *(measure(room, shape) if state.name not in SILENT else ())]
                    yield Measured(shape, state.name, dress, tuple(wrong))
        page.close()


def led(page: Page, state: State) -> Iterator[str]:
    """Leads a visit on to its state, as a person who reads on where something stands lower; says why it could not."""
    person = Person(page, look=LARGE)
    try:
        for step in state.steps:
            if step.act == "touch" and not person.has(step.words) and person.has("Après"):
                person.touch("Après")  # few entries stand on a page in large words
            do_step(person, step)
    except (AssertionError, Error) as why:
        yield f"not led there: {step.act} « {step.words} » ({type(why).__name__})"


def measure(room: Showroom, shape: str) -> list[str]:
    """What is wrong with what stands there now."""
    width, height = SIZES[shape]
    found = at_rest(room)
    if not found:
        return ["nothing acts here"]
    drawn = room.pieces()
    words = [*cut(drawn, room.sizes, width), *overfull(drawn, room.sizes)]
    return [*faults(found, room.look.density, width, height), *words]


def at_rest(room: Showroom) -> list[Box]:
    """Everything that acts, once nothing moves any more."""
    before: list[Box] = []
    for _ in range(RESTS_MAX):
        room.page.wait_for_timeout(REST_MS)
        now = boxes(room.page)
        if now == before and now:
            return now
        before = now
    return before
