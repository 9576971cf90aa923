"""Every screen and state, in four looks and two languages, is asked what an accessible screen answers (no browser).

The same is asked of screens into which a fault was planted: each rule finds its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import flet as ft
import pytest

from kiosk.parts.controls import chip, heading, icon, pressable, primary_button, quiet_button, text
from kiosk.parts.node import node
from kiosk.parts.styles import Press
from kiosk.tokens import Look
from kiosk.visit import Visit
from kiosk.web import lighter
from tests.bench.every_part import PARTS, a_world, every_state
from tests.kiosk.audit.ink import CONTRASTS, low_icons, low_outlines, low_rings, low_words
from tests.kiosk.audit.rules import (
    RULES,
    Rule,
    a_state_in_colour_has_words_and_an_icon,
    every_acting_piece_has_a_name_and_a_role,
    every_picture_has_words_or_is_left_out,
    no_two_of_one_name_do_two_things,
    nothing_that_acts_is_hidden,
    one_heading_of_the_first_level_and_none_is_jumped,
    what_acts_comes_after_the_title,
    what_acts_is_one_thing,
    what_is_chosen_says_so,
    what_is_seen_of_a_button_is_in_its_name,
)
from tests.kiosk.audit.showing import VARIANTS, drawn, has_words
from tests.kiosk.audit.tree import pieces

UPRIGHT, LYING = Look(1080, 1920, 21.5), Look(1920, 1080, 21.5)
ALL = (*RULES, *CONTRASTS)
STATES_MIN = {"places": 90, "others": 90, "restored": 1}
"""So that a part that is led nowhere does not pass: how many states each has at least."""


@pytest.fixture(autouse=True)
def _as_the_terminal() -> Iterator[None]:
    """Flet as the terminal runs it: else it writes every screen out for a line that nobody reads."""
    restore = lighter.install()
    yield
    restore()


def asked(folder: Path, part: str, look: Look, some: Callable[[int], bool] = lambda number: True) -> dict[str, object]:
    """What is wrong with the screens of a part, by rule, each fault with the first screens that have it."""
    wrong: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    seen = 0
    with a_world(folder, part) as world:
        for number, state in enumerate(every_state(world, part)):
            if not some(number):
                continue
            seen += 1
            screens = drawn(state, look)
            assert len(screens) == len(VARIANTS)
            for screen in screens:
                assert has_words(screen.found), screen.name
                for rule in ALL:
                    for fault in rule(screen.found, screen.look, screen.language):
                        wrong[rule.__name__][fault].append(screen.name)
    assert seen >= STATES_MIN[part] / (1 if some(1) else 4)
    return {rule: {fault: names[:3] for fault, names in faults.items()} for rule, faults in wrong.items()}


@pytest.mark.parametrize("part", PARTS)
def test_every_screen_upright_answers_every_question_of_the_audit(tmp_path: Path, part: str) -> None:
    assert asked(tmp_path, part, UPRIGHT) == {}


@pytest.mark.parametrize("part", ["places", "others"])
def test_a_quarter_of_the_screens_lying_answers_them_too(tmp_path: Path, part: str) -> None:
    assert asked(tmp_path, part, LYING, lambda number: number % 4 == 0) == {}


# That each can fail -----------------------------------------------------------------------------------


def faults(rule: Rule, visit: Visit, *controls: ft.Control) -> list[str]:
    """What a rule finds on a screen made of these."""
    ground = ft.Container(ft.Column(list(controls)), bgcolor=visit.look.palette.ground)
    return list(rule(list(pieces(ground)), visit.look, visit.language))


def press(visit: Visit, content: ft.Control, *, ledge: bool = True, ground: str = "") -> ft.Control:
    palette = visit.look.palette
    drawn_as = Press(ground or palette.surface, palette.ink, ledge=palette.ledge if ledge else None)
    return pressable(visit, content, lambda: visit.go("/menu"), drawn_as)


def test_a_button_without_words_and_a_surface_that_acts_alone_are_found() -> None:
    visit = Visit(UPRIGHT)
    rule = every_acting_piece_has_a_name_and_a_role
    assert faults(rule, visit, press(visit, icon(visit, "x", 40)))
    assert faults(rule, visit, ft.Container(text(visit, "Suite"), on_click=lambda: None))
    assert faults(rule, visit, ft.TextField())
    assert faults(rule, visit, ft.GestureDetector(text(visit, "Suite"), on_tap=lambda: visit.go("/menu")))
    named = icon(visit, "x", 40, said="Suite")
    assert faults(rule, visit, press(visit, named), ft.Semantics(label="Nom", content=ft.TextField())) == []
    whole = ft.GestureDetector(
        quiet_button(visit, "Suite", lambda: visit.go("/menu")), on_tap=lambda: visit.go("/menu")
    )
    assert faults(rule, visit, whole) == []


def test_a_button_in_a_button_and_one_that_does_nothing_and_does_not_say_so_are_found() -> None:
    visit = Visit(UPRIGHT)
    rule = what_acts_is_one_thing
    assert faults(rule, visit, press(visit, ft.Semantics(label="Suite", content=icon(visit, "x", 40))))
    assert faults(rule, visit, press(visit, icon(visit, "x", 40, said="Suite"))) == []
    idle = pressable(visit, text(visit, "Suite"), None, Press(visit.look.palette.surface, visit.look.palette.ink))
    assert faults(rule, visit, ft.Semantics(content=idle, selected=False))
    assert faults(rule, visit, node(idle, selected=False)) == []


def test_headings_that_are_missing_double_or_jump_are_found() -> None:
    visit = Visit(UPRIGHT)
    rule = one_heading_of_the_first_level_and_none_is_jumped
    first, second, third = (heading(visit, "Titre", level) for level in (1, 2, 3))
    assert faults(rule, visit, second)
    assert faults(rule, visit, first, first)
    assert faults(rule, visit, first, third)
    assert faults(rule, visit, first, second, third, second) == []


def test_a_button_before_the_title_is_found() -> None:
    visit = Visit(UPRIGHT)
    rule = what_acts_comes_after_the_title
    before = quiet_button(visit, "Suite", lambda: None)
    leaving = quiet_button(visit, visit.say("frame.finish"), lambda: None)
    assert faults(rule, visit, before, heading(visit, "Titre"))
    assert faults(rule, visit, leaving, heading(visit, "Titre"), before) == []


def test_two_buttons_of_one_name_that_do_two_things_are_found() -> None:
    visit = Visit(UPRIGHT)
    rule = no_two_of_one_name_do_two_things
    go = [quiet_button(visit, "Choisir", lambda place=place: visit.go(place)) for place in ("/menu", "/offres")]
    assert faults(rule, visit, *go)

    def to(place: str) -> ft.Control:
        return quiet_button(visit, "Choisir", lambda: visit.go(place))

    assert faults(rule, visit, to("/menu"), to("/offres"))
    assert faults(rule, visit, to("/menu"), to("/menu")) == []


def test_a_button_that_is_called_something_else_than_what_is_seen_is_found() -> None:
    visit = Visit(UPRIGHT)
    rule = what_is_seen_of_a_button_is_in_its_name
    assert faults(rule, visit, quiet_button(visit, "Modifier", lambda: None, spoken="Changer le nom"))
    assert faults(rule, visit, quiet_button(visit, "Modifier", lambda: None, spoken="Modifier\u00a0: nom")) == []


def test_a_picture_and_an_icon_that_nobody_is_told_of_are_found() -> None:
    visit = Visit(UPRIGHT)
    rule = every_picture_has_words_or_is_left_out
    assert faults(rule, visit, ft.Image(src="/pictograms/accueil.png"))
    loud = icon(visit, "x", 40)
    loud.semantics_label = None
    assert faults(rule, visit, loud)
    assert faults(rule, visit, ft.Image(src="x", exclude_from_semantics=True), icon(visit, "x", 40)) == []


def test_a_button_that_readers_do_not_meet_is_found() -> None:
    visit = Visit(UPRIGHT)
    hidden = ft.Semantics(label="Suite", exclude_semantics=True, content=quiet_button(visit, "Suite", lambda: None))
    assert faults(nothing_that_acts_is_hidden, visit, hidden)
    assert faults(nothing_that_acts_is_hidden, visit, quiet_button(visit, "Suite", lambda: None)) == []


def test_a_choice_that_is_only_drawn_as_chosen_is_found() -> None:
    visit = Visit(UPRIGHT)
    chosen = press(visit, text(visit, "Oui"), ground=visit.look.palette.selected)
    assert faults(what_is_chosen_says_so, visit, chosen)
    assert faults(what_is_chosen_says_so, visit, ft.Semantics(content=chosen, selected=True)) == []


def test_a_state_that_only_its_colour_tells_is_found() -> None:
    visit = Visit(UPRIGHT)
    rule, palette = a_state_in_colour_has_words_and_an_icon, visit.look.palette
    assert faults(rule, visit, ft.Container(text(visit, "Envoyé", color=palette.sure), bgcolor=palette.sure_soft))
    assert faults(rule, visit, ft.Container(icon(visit, "check", 40), bgcolor=palette.wait_soft))
    red = ft.OutlineInputBorder(side=ft.BorderSide(4, palette.fault))
    assert faults(rule, visit, ft.TextField(border={ft.ControlState.DEFAULT: red}))
    assert faults(rule, visit, chip(visit, "Envoyé", "sure")) == []


def test_low_contrasts_are_found() -> None:
    visit = Visit(UPRIGHT)
    palette = visit.look.palette
    assert faults(low_words, visit, text(visit, "Gris", color="#777777"))
    assert faults(low_icons, visit, icon(visit, "x", 40, palette.point))
    assert faults(low_icons, visit, press(visit, icon(visit, "x", 40, palette.control), ground=palette.key_function))
    assert faults(low_outlines, visit, press(visit, text(visit, "Suite"), ledge=False))
    deep = ft.Container(press(visit, text(visit, "Suite")), bgcolor=palette.deep)
    assert faults(low_rings, visit, deep), "a dark ring on a dark ground"
    usual = (primary_button(visit, "Suite", lambda: None), text(visit, "Noir"), icon(visit, "x", 40))
    assert [faults(rule, visit, *usual) for rule in CONTRASTS] == [[]] * len(CONTRASTS)
