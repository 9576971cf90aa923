"""How each other language is written: its own quotation marks, its own stops, and none of the French left in it.

Letters of a neighbour, straight quotation marks and letters of direction are in `test_translations`.
"""

from __future__ import annotations

import re

import pytest

from kiosk.translations import TRANSLATED
from kiosk.wording import RIGHT_TO_LEFT, say
from tests.kiosk.shown_words import content, interface

QUOTES = {"en": "“”", "es": "«»", "pt": "«»", "ar": "«»", "uk": "«»", "ro": "„”", "tr": "“”", "fa": "«»"}
ANY_QUOTE = re.compile("[«»“”„‟‹›]")
LATIN_STOP = re.compile(r"[?;]|[\u0600-\u06ff]\s*,|[!]")
BESIDE = re.compile(r"«[^»]*»|“[^”]*”|„[^”]*”|\([^)]*\)|\{[^}]*\}|[\w.]+@[\w.]+|\b\S+\.fr\b")
"""French that stays: the names of what is touched and of services, in quotation marks or in brackets."""
FRENCH = re.compile(r"\b(?:vous|votre|nous|sont|pour|avec|dans|chez|être|cette|ici|aussi|où)\b", re.IGNORECASE)
WORD = re.compile(r"[^\W\d_]{4,}")
ALIKE = {
    "attract.free", "booth.minute", "booth.minutes", "contract.simple", "directory.detail.conditions", "dock.contrast",
    "directory.detail.link", "frame.name", "opinion.good", "key.apostrophe", "reg.c.langue.bn", "reg.c.langue.ti",
    "reg.hint.annee", "reg.q.courriel.label", "reg.q.mobilite_km.label", "reg.q.situation.label", "spoken.digit",
    "text.150",
}  # fmt: skip
"""Words that a language has in common with French, and names."""


def wrong_marks(text: str, language: str) -> list[str]:
    """Quotation marks of another language, straight ones, and Latin stops among Arabic letters."""
    found = [mark for mark in ANY_QUOTE.findall(text) if mark not in QUOTES[language]]
    found += re.findall("['\"]", text)
    if language in RIGHT_TO_LEFT:
        found += LATIN_STOP.findall(BESIDE.sub("", text))
    return found


def left_over(text: str) -> list[str]:
    """French words in a sentence of another language, where there are two or more: one may be theirs too."""
    found = FRENCH.findall(BESIDE.sub("", text))
    return found if len(found) > 1 else []


def said(language: str) -> dict[str, str]:
    return {**interface(language), **content(language)}


def test_marks_of_another_language_are_found() -> None:
    assert wrong_marks("Touch « Continue »", "en") == ["«", "»"]
    assert wrong_marks('l\'appel "ici"', "es") == ["'", '"', '"']
    assert wrong_marks("هل أنت هنا?", "ar") == ["?"]
    assert wrong_marks("نعم, لا", "fa") == ["م,"]
    assert wrong_marks("نعم، «Oui ?»؟", "ar") == []
    assert left_over("You press pour votre code") == ["pour", "votre"]
    assert left_over("Press “Pour vous” (pour votre code)") == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_language_has_its_own_marks(language: str) -> None:
    assert {
        key: wrong_marks(text, language) for key, text in said(language).items() if wrong_marks(text, language)
    } == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_french_is_left_in_a_translation(language: str) -> None:
    assert {key: text for key, text in said(language).items() if left_over(text)} == {}
    same = {key for key, text in interface(language).items() if text == say(key) and WORD.search(BESIDE.sub("", text))}
    assert same - ALIKE == set()
