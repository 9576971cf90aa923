"""Every sign that may stand on a screen is in the faces that the kiosk brings along, in both weights."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from fontTools.ttLib import TTFont

from kiosk.parts.icons import GLYPHS
from kiosk.tokens import FONT, FONT_FALLBACK, ICONS_BOLD, ICONS_FILL
from kiosk.web.assets import FACES, FONTS
from tests.kiosk.shown_words import ALL, everything

WEIGHTS = (400, 600)
NARROW, ARROWS = "\u202f", range(0x2190, 0x2200)
JOINED = {"init", "medi", "fina"}
"""What makes Arabic letters stand together; without it they are drawn one by one."""


@cache
def faces(weight: int) -> tuple[tuple[str, Any, frozenset[int]], ...]:
    """The faces that words are drawn with, in the order in which a sign is looked for: name, font, code points."""
    chosen = []
    for family in (FONT, *FONT_FALLBACK):
        font = TTFont(FONTS / {one: file for file, one in FACES[family]}[weight])
        chosen.append((family, font, frozenset(font.getBestCmap())))
    return tuple(chosen)


def face_of(sign: str, weight: int) -> str | None:
    """The first face that has a sign."""
    return next((name for name, _, has in faces(weight) if ord(sign) in has), None)


def undrawn(text: str, weight: int) -> list[str]:
    """The signs of a text that no face has; what only directs the line is no sign."""
    seen = [sign for sign in text if unicodedata.category(sign) != "Cf" and sign != "\n"]
    return [f"U+{ord(sign):04X} {sign}" for sign in seen if face_of(sign, weight) is None]


def loose(text: str, weight: int) -> list[str]:
    """Marks whose letter is in another face: they would be drawn beside it."""
    return [
        f"U+{ord(mark):04X} on {letter}"
        for letter, mark in pairwise(text)
        if unicodedata.category(mark) == "Mn" and face_of(letter, weight) != face_of(mark, weight)
    ]


def test_a_sign_that_no_face_has_is_found() -> None:
    assert undrawn("prix\u202f: 漢", 400) == ["U+202F \u202f", "U+6F22 漢"]
    assert undrawn("Élève œuvre Ґанок şi țară پیش", 600) == []
    assert loose("e\u064b", 400) == ["U+064B on e"]


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("language", ALL)
def test_every_sign_of_every_language_is_drawn(language: str, weight: int) -> None:
    said = everything(language)
    assert {where: undrawn(text, weight) for where, text in said.items() if undrawn(text, weight)} == {}
    assert {where: loose(text, weight) for where, text in said.items() if loose(text, weight)} == {}


@pytest.mark.parametrize("language", ALL)
def test_no_text_of_ours_holds_an_arrow_or_the_narrow_space_that_the_face_has_not(language: str) -> None:
    wrong = {
        where: text
        for where, text in everything(language).items()
        if not where.startswith("babel") and any(sign == NARROW or ord(sign) in ARROWS for sign in text)
    }
    assert wrong == {}


@pytest.mark.parametrize("weight", WEIGHTS)
def test_arabic_letters_are_joined_and_their_marks_stand_on_them(weight: int) -> None:
    font = next(font for name, font, _ in faces(weight) if name == FONT_FALLBACK[0])
    for table, wanted in (("GSUB", JOINED), ("GPOS", {"mark"})):
        assert table in font, f"{table} was lost when the face was cut down"
        scripts = {one.ScriptTag for one in font[table].table.ScriptList.ScriptRecord}
        features = {one.FeatureTag for one in font[table].table.FeatureList.FeatureRecord}
        assert "arab" in scripts
        assert wanted <= features


@pytest.mark.parametrize("family", [ICONS_BOLD, ICONS_FILL])
def test_every_icon_is_drawn(family: str) -> None:
    font = TTFont(FONTS / FACES[family][0][0])
    assert {name for name, code in GLYPHS.items() if code not in font.getBestCmap()} == set()
