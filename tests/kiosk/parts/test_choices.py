"""How the answers of a question stand: every one is seen, a line is filled where it can be, pictures are of answers."""

from __future__ import annotations

import pytest

from kiosk.models import booking as rules
from kiosk.models.registration_steps import STEPS
from kiosk.parts.choices import Arrangement, arrangement
from kiosk.parts.icons import GLYPHS
from kiosk.screens.booking import NEEDED, SPOKEN_OF
from kiosk.screens.booking_contact import TOLD_BY
from kiosk.screens.registration_choices import MARKS
from kiosk.tokens import Look
from kiosk.visit import Visit
from sync.records.booking import REASONS
from tests.kiosk.voices import Recording

UPRIGHT, LYING = Look(), Look(width_px=1920, height_px=1080)
TABLET = Look(width_px=1280, height_px=800, diagonal_in=10.1)


@pytest.mark.parametrize(
    ("count", "columns", "roomy"), [(2, 2, True), (3, 3, True), (4, 2, True), (5, 3, True), (6, 3, True), (7, 2, False)]
)
def test_on_a_lying_screen_answers_fill_their_lines(count: int, columns: int, roomy: bool) -> None:
    assert arrangement(Visit(LYING), count) == Arrangement(columns, roomy=roomy)


def test_upright_answers_stand_one_under_the_other_and_six_with_pictures_two_by_two() -> None:
    assert arrangement(Visit(UPRIGHT), 3) == Arrangement(1, roomy=True)
    assert arrangement(Visit(UPRIGHT), 6) == Arrangement(1)
    assert arrangement(Visit(UPRIGHT), 6, pictured=True) == Arrangement(2, tall=True)


def test_large_text_takes_the_whole_line() -> None:
    for look in (UPRIGHT, LYING):
        large = Look(look.width_px, look.height_px, text_percent=200)
        assert arrangement(Visit(large), 3, pictured=True) == Arrangement()


def test_a_small_screen_has_no_air_to_give() -> None:
    assert arrangement(Visit(TABLET), 3) == Arrangement(2)
    assert arrangement(Visit(Look(800, 1280, 10.1)), 6, pictured=True) == Arrangement(1)


def test_on_a_small_screen_the_button_that_reads_an_answer_leaves_its_words_a_line() -> None:
    assert arrangement(Visit(TABLET, voice=Recording()), 3) == Arrangement()


def test_every_answer_of_a_pictured_question_has_its_own_picture() -> None:
    codes = {step.key: set(step.codes) for step in STEPS}
    for question, marks in MARKS.items():
        assert set(marks) == codes[question], question
    assert set(SPOKEN_OF) == set(REASONS)
    assert set(NEEDED) == set(rules.NEEDS)
    for shown in (*MARKS.values(), SPOKEN_OF, NEEDED, TOLD_BY):
        icons = [mark.icon for mark in shown.values()]
        assert len(set(icons)) == len(icons), "two answers of a question look the same"
        assert set(icons) <= GLYPHS.keys()
