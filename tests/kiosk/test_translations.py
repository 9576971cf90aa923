"""The interface in other languages: nothing is missing, nothing is older than its French, and nothing is broken."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import defaultdict

import pytest

from kiosk.translations import TRANSLATED, catalogue, read, translated
from kiosk.wording import say, words

LABEL_LETTERS_MAX = 45
"""A French text up to this length, quoted in another, is the name of something that is touched."""
QUOTED = re.compile("«\\s*(.+?)\\s*»")
NOT_ITS_OWN = {
    "uk": re.compile("[ыэъё]", re.IGNORECASE),
    "ro": re.compile("[şţŞŢ]"),
    "fa": re.compile("[يكى]"),
    "ar": re.compile("[یکپچژگ]"),
}
"""Letters of a neighbour: Russian ones in Ukrainian, cedillas in Romanian, Arabic ones in Persian and the other way."""
DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SCRIPTS = {"uk": "CYRILLIC", "ar": "ARABIC", "fa": "ARABIC"}
A_TENTH = 1 / 10
"""Of a sentence is in the script of its language at least: the French names that are on letters and signs stay."""


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").strip()


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def share_of(script: str, text: str) -> float:
    letters = [letter for letter in text if letter.isalpha()]
    return sum(unicodedata.name(letter).startswith(script) for letter in letters) / len(letters)


def said(language: str) -> dict[str, str]:
    """Every sentence of a language by its key."""
    return {key: text for (key, _), text in catalogue(language).items()}


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated_from_the_present_french(language: str) -> None:
    missing = [key for key, variants in words().items() if not translated(key, variants["fr"], language)]
    assert missing == []
    assert len(said(language)) == len(words()), "no sentence is left of one that is no more"


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_the_program_writes_in_has_its_place_in_every_language(language: str) -> None:
    found = said(language)
    assert {key: found[key] for key, of in words().items() if holes(found[key]) != holes(of["fr"])} == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_button_that_is_named_in_a_sentence_is_called_what_it_says(language: str) -> None:
    found = said(language)
    labels = defaultdict(set)
    for key, variants in words().items():
        if len(variants["fr"]) <= LABEL_LETTERS_MAX:
            labels[plain(variants["fr"])].add(plain(found[key]))
    wrong = {
        key: (quoted, labels[plain(quoted)])
        for key, variants in words().items()
        for quoted in QUOTED.findall(variants["fr"])
        if plain(quoted) in labels and not any(one in plain(found[key]) for one in labels[plain(quoted)])
    }
    assert wrong == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_sentence_is_well_set_in_its_own_letters(language: str) -> None:
    found = said(language)
    assert {key: text for key, text in found.items() if text != text.strip() or '"' in text or " - " in text} == {}
    assert {key: text for key, text in found.items() if DIRECTION.search(text)} == {}
    assert {key: text for key, text in found.items() if unicodedata.normalize("NFC", text) != text} == {}
    foreign = NOT_ITS_OWN.get(language)
    assert foreign is None or {key: text for key, text in found.items() if foreign.search(text)} == {}


@pytest.mark.parametrize(("language", "script"), SCRIPTS.items())
def test_a_language_with_another_script_is_written_in_it(language: str, script: str) -> None:
    found = said(language)
    latin = [
        key
        for key, variants in words().items()
        if len(variants["fr"]) > LABEL_LETTERS_MAX and share_of(script, found[key]) < A_TENTH
    ]
    assert latin == []


def test_a_translation_of_another_french_is_not_said() -> None:
    key, variants = next(iter(words().items()))
    assert translated(key, variants["fr"], "en")
    assert translated(key, f"{variants['fr']} !", "en") is None, "the French has changed since"
    assert translated(key, variants["fr"], "fr-simple") is None
    assert say(key, "en") != variants["fr"]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_says_what_language_it_is_in(language: str) -> None:
    assert str(read(language).locale) == language
