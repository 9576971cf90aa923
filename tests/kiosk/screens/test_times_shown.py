"""Days and hours on the screens of a visitor who reads no French: none is in French alone, and none without French.

Every state that a visit may meet is drawn in this process. The French that stands under the words is not
looked at, nor the texts of the content, which have a language of their own (docs/decisions/0042).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import flet as ft

from content.shelf import Shelf
from kiosk import times
from kiosk.models.frame import frame_view
from kiosk.screens.notice_board import NoticeBoard
from kiosk.screens.stage import Stage
from kiosk.visit import MENU, Visit
from kiosk.wording import FRENCH
from tests.bench.drawing import FOR_EVER_S, Unhurried
from tests.bench.every_place import every_place, fill
from tests.browser.leads import Prepare
from tests.browser.states import states
from tests.browser.world import World
from tests.kiosk.in_process import Shown
from tests.kiosk.screens.test_journeys import a_visit as visit_of

WEEKDAYS, MONTHS = "|".join(times.WEEKDAYS), "|".join(times.MONTHS)
SHORT = "|".join(map(re.escape, (*times.WEEKDAYS_SHORT, *times.SHORT_MONTHS)))
FRENCH_TIME = re.compile(
    rf"\b(?:{WEEKDAYS})\s\d|\d(?:er)?\s(?:{MONTHS})\b|\b(?:{MONTHS})\s20\d\d|\d\u00a0h\b|à Paris"
    rf"|\b(?:aujourd’hui|demain|hier)\b|^(?:{SHORT})$",
    re.IGNORECASE,
)
OWN_TIME = re.compile(r"\b\d\d:\d\d\b")
"""An hour as English and Arabic write it."""


def strings(value: object) -> Iterator[str]:
    """Every text in a value of lists and dictionaries."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from strings(list(value.values()))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from strings(one)


def of_the_content() -> str:
    """All that the content says in French, a line for each of its texts."""
    shelf = Shelf.open()
    screens = [screen for flow in shelf.flows for french in FRENCH for screen in shelf.screens(flow, french)]
    return "\n".join(strings([asdict(screen) for screen in screens]))


CONTENT = of_the_content()


@dataclass
class Found:
    """Of one screen: the times in French alone, those in the visitor's language alone, and how many are as they should.

    The clock of the header stands alone, and so does a line that is cut to its place.
    """

    french: list[str]
    alone: list[str]
    said: int


def found_on(shown: Shown, visit: Visit) -> Found:
    clock = visit.frame.clock(visit.language)
    header = {clock, f"{visit.frame.date(visit.language)} · {clock}"}
    found = Found([], [], 0)
    for control in shown.walk():
        if not isinstance(control, ft.Text) or not control.value:
            continue
        words = control.value.strip("\u200e")
        if FRENCH_TIME.search(words):
            if words not in CONTENT and "Texte à jour au" not in words:
                found.french.append(words)
        elif OWN_TIME.search(words) and words not in header and not control.max_lines:
            french = "".join(str(span.text) for span in control.spans or [])
            found.said += bool(FRENCH_TIME.search(french))
            found.alone += [] if FRENCH_TIME.search(french) else [words]
    return found


async def draw(component: Callable[..., Any], world: World, language: str, prepare: Prepare) -> Found:
    look = visit_of("/").look
    visit = Visit(look, quiet_s=FOR_EVER_S, ask_s=FOR_EVER_S)
    visit.show(frame_view(world.actions))
    visit.speak(language)
    visit.go(MENU)
    prepare(visit)
    if visit.language != language:  # a state that is one of simple French
        return Found([], [], 0)
    async with Shown(component, visit, world.actions, width=int(look.width_px), height=int(look.height_px)) as shown:
        await shown.settle()
        return found_on(shown, visit)


def check(world: World, prepared: Iterator[tuple[str, Prepare]], language: str) -> None:
    found = {name: asyncio.run(draw(Stage, world, language, prepare)) for name, prepare in prepared}
    world.close()
    assert {name: one.french for name, one in found.items() if one.french} == {}
    assert {name: one.alone for name, one in found.items() if one.alone} == {}
    assert sum(one.said for one in found.values()) > 0


def test_no_state_of_an_english_visit_says_a_day_or_an_hour_in_one_language_alone(tmp_path: Path) -> None:
    world = World(tmp_path, kiosk=Unhurried)
    check(world, states(world), "en")


def test_no_place_of_an_arabic_visit_says_a_day_or_an_hour_in_one_language_alone(tmp_path: Path) -> None:
    world = World(tmp_path, kiosk=Unhurried)
    fill(world)
    check(world, ((state.name, state.prepare) for state in every_place(world)), "ar")


def test_the_notice_board_says_days_and_hours_in_the_language_of_its_visit(tmp_path: Path) -> None:
    world = World(tmp_path, kiosk=Unhurried)
    fill(world)
    assert asyncio.run(draw(NoticeBoard, world, "en", lambda visit: None)).french == []
    assert asyncio.run(draw(NoticeBoard, world, "fr", lambda visit: None)).french != [], "the sieve finds French"
    world.close()
