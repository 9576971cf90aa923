"""The audit in Chromium: sizes, gaps and cut words of states upright, a sample of the other shapes; the focus by Tab.

All states on every shape and in every dress: ``python -m tests.browser.audit_all``.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import flet as ft
import pytest
from PIL import ImageFont
from playwright.sync_api import Browser, Page

from kiosk.parts.controls import text
from kiosk.tokens import FONT, Look
from kiosk.visit import EVENTS, MENU, Visit
from kiosk.web.assets import FACES, FONTS
from tests.browser.audited import DRESSES, Dress, Wears, at_rest, audited
from tests.browser.chromium import COARSE, screen
from tests.browser.cut import cut, overfull, width_em
from tests.browser.focus import order_faults, unseen, walked
from tests.browser.geometry import Box, faults
from tests.browser.leads import Prepare
from tests.browser.moments import at
from tests.browser.showroom import showroom
from tests.browser.world import World
from tests.kiosk.audit.tree import pieces

EVERY, SOME, FEW = 1, 5, 11
SAMPLE = (
    ("portrait", "places", EVERY, 0), ("portrait", "others", SOME, 1), ("landscape", "places", FEW, 2),
    ("landscape", "others", FEW, 3), ("small", "places", FEW, 4), ("small", "others", FEW, 5),
)  # fmt: skip
"""Part of what `audit_all` measures, which shows every state on every shape in every dress."""
WALKED: tuple[tuple[str, Dress, Prepare], ...] = (
    ("portrait", Dress(), at("/")), ("portrait", Dress(), at(MENU)), ("portrait", Dress("ar"), at(MENU)),
    ("portrait", Dress(contrast=True), at("/rendez-vous")), ("portrait", Dress(), at("/code")),
    ("landscape", Dress(), at(MENU)), ("landscape", Dress(), at("/contrat")), ("small", Dress(), at(EVENTS)),
)  # fmt: skip


def every(nth: int, turn: int) -> Wears:
    """Every nth state, the dresses taking turns."""
    return lambda number: DRESSES[(number // nth + turn) % len(DRESSES)] if number % nth == 0 else None


@pytest.mark.parametrize(("shape", "part", "nth", "turn"), SAMPLE)
def test_what_acts_is_large_and_apart_and_no_word_is_cut(
    chromium: Browser, tmp_path: Path, shape: str, part: str, nth: int, turn: int
) -> None:
    measured = list(audited(chromium, tmp_path, shape, part, every(nth, turn)))
    assert len(measured) >= 6
    assert {f"{one.state} ({one.dress})": one.wrong for one in measured if one.wrong} == {}


def drawn_keys(page: Page) -> set[str]:
    """The names of the drawn keys: together they are one stop, and arrows lead from one to the other."""
    found = page.locator('[flt-semantics-identifier="keys"] [role="button"]').all()
    return {(one.get_attribute("aria-label") or one.text_content() or "").strip() for one in found}


@pytest.mark.parametrize(("shape", "dress", "prepare"), WALKED)
def test_every_button_is_reached_by_tab_in_the_order_in_which_it_is_read_and_seen_when_it_is(
    chromium: Browser, tmp_path: Path, shape: str, dress: Dress, prepare: Prepare
) -> None:
    with closing(World(tmp_path)) as world:
        page = chromium.new_page(**screen(shape, COARSE))
        with showroom(page, world.actions, dress.on(shape)) as room:
            room.language = dress.language
            room.show(prepare)
            there = at_rest(room)
            stops = walked(room, len(there) + 2)
            keys = drawn_keys(page)
            page.close()
    assert {box.name for box in there if box.whole} - keys <= {stop.box.name for stop in stops}
    beside = 1 if shape == "portrait" else 2  # the rail, and the round that begins again at the header
    assert order_faults(stops, rtl=dress.language == "ar", ups_max=beside) == []
    assert unseen(stops) == []


# That each can fail -----------------------------------------------------------------------------------


def test_a_small_button_a_near_one_and_one_over_another_are_found() -> None:
    density, glass = 4.0, (1000.0, 1000.0)
    large, small = Box("a", "button", 0, 0, 100, 100), Box("b", "button", 200, 0, 300, 40)
    near, over = Box("c", "button", 0, 104, 100, 204), Box("d", "button", 50, 50, 150, 150)
    outside, nameless = Box("e", "button", 950, 500, 1050, 600), Box("", "input", 400, 400, 500, 500)
    hollow = replace(large, acts=False)
    assert list(faults([large], density, *glass)) == []
    for wrong in ([small], [large, near], [large, over], [outside], [nameless], [large, hollow]):
        assert list(faults(wrong, density, *glass)), wrong


def test_a_text_lower_than_its_lines_a_long_word_and_words_larger_than_their_button_are_found() -> None:
    visit = Visit(Look())
    words = text(visit, "Prenez rendez-vous avec un conseiller de France Travail")
    button = ft.Button(content=words)
    found = list(pieces(button))
    right = {words._i: (400.0, 90.0), button._i: (500.0, 100.0)}
    assert list(cut(found, right, 1080)) == []
    for wrong in ({words._i: (400.0, 42.0)}, {words._i: (60.0, 900.0)}, {button._i: (380.0, 60.0)}):
        assert list(cut(found, {**right, **wrong}, 1080)), wrong
    stacked = ft.Button(content=ft.Column([words, text(visit, "Avec une caméra")], spacing=10))
    high = {words._i: (400.0, 90.0), stacked.content.controls[1]._i: (400.0, 42.0)}  # type: ignore[union-attr]
    assert list(overfull(list(pieces(stacked)), {**high, stacked._i: (500.0, 150.0)})) == []
    assert list(overfull(list(pieces(stacked)), {**high, stacked._i: (500.0, 120.0)}))
    short = text(visit, "Prenez rendez-vous", lines=1)
    assert list(cut(list(pieces(short)), {short._i: (100.0, 42.0)}, 1080))


def test_words_are_as_wide_as_their_faces_draw_them() -> None:
    file = FONTS / {weight: file for file, weight in FACES[FONT]}[400]
    assert width_em("Bonjour", 400) == pytest.approx(ImageFont.truetype(str(file), 1000).getlength("Bonjour") / 1000)
    assert width_em("Bonjour مرحبا", 400) > width_em("Bonjour ", 400)
