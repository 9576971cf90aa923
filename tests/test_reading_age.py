"""How hard the words of the kiosk are to read: the figures of `docs/accessibility/reading.md`, and their limit."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest

from content.build import read_sources
from content.pack import texts
from content.typography import typeset
from kiosk.wording import FRENCH, say, words
from tests.reading import Reading, reading, syllables

TOLD = Path(__file__).parents[1] / "docs" / "accessibility" / "reading.md"
LEAST = {"fr": 65, "fr-simple": 70}
"""Of each part by itself; the law's own words keep one or two parts low."""
LEAST_OF_ALL = {"fr": 80, "fr-simple": 83}
WORDS_A_SENTENCE_MAX = {"fr": 10.0, "fr-simple": 8.0}
PART_WORDS_MIN = 60
MOVES_MAX = 3.0
"""How far the document may be behind, in points of the score."""


def measured(language: str) -> dict[str, Reading]:
    """The interface, each flow of the content that is long enough, and all of it together."""
    said: dict[str, list[str]] = defaultdict(list)
    said["interface"] = [say(key, language) for key in words()]
    for document in read_sources().documents:
        said[f"content: {document.flow}"] += [typeset(text) for _, text in texts(document.variants[language])]
    said["all"] = [text for part in said.values() for text in part]
    found = {part: reading(lines) for part, lines in said.items()}
    return {part: one for part, one in found.items() if one.words >= PART_WORDS_MIN}


def row(part: str, language: str, one: Reading) -> str:
    """A line of the document's table."""
    return f"| {part} | {language} | {one.words} | {one.words_a_sentence:.1f} | {one.score:.0f} | {one.age} |"


def test_syllables_are_counted_as_they_are_spoken() -> None:
    counted = {word: syllables(word) for word in ("les", "heure", "parlent", "réel", "naïf", "quelqu’un", "CAF", "15")}
    assert counted == {"les": 1, "heure": 1, "parlent": 1, "réel": 2, "naïf": 2, "quelqu’un": 2, "CAF": 3, "15": 2}
    assert syllables("rendez-vous") == 3


def test_a_hard_text_scores_low_and_an_easy_one_high() -> None:
    hard = (
        "La notification de la décision d’orientation conditionne l’établissement du contrat d’engagement réciproque."
    )
    assert reading([hard]).score < 20
    assert reading(["Vous avez un code. Il est sur le papier. Tapez-le ici."]).score > 90


@pytest.mark.parametrize("language", FRENCH)
def test_no_part_is_harder_to_read_than_its_limit(language: str) -> None:
    found = measured(language)
    assert found["all"].score >= LEAST_OF_ALL[language]
    assert {part: one.score for part, one in found.items() if one.score < LEAST[language]} == {}
    limit = WORDS_A_SENTENCE_MAX[language]
    assert {part: one.words_a_sentence for part, one in found.items() if one.words_a_sentence > limit} == {}


def test_simple_french_is_easier_than_french() -> None:
    plain, simple = measured("fr"), measured("fr-simple")
    assert {part for part in plain.keys() & simple.keys() if simple[part].score < plain[part].score - 4} == set()


@pytest.mark.parametrize("language", FRENCH)
def test_the_document_tells_these_figures(language: str) -> None:
    """To bring it up to date: ``python -m tests.test_reading_age``."""
    told = {
        (cells[0], cells[1]): (int(cells[2]), float(cells[4]))
        for line in TOLD.read_text(encoding="utf-8").splitlines()
        if line.count("|") == 7 and (cells := [cell.strip() for cell in line.strip("|").split("|")])[1] in FRENCH
    }
    for part, one in measured(language).items():
        count, score = told[(part, language)]
        assert abs(one.score - score) <= MOVES_MAX, (part, one.score, score)
        assert one.words == pytest.approx(count, rel=0.25), part


if __name__ == "__main__":
    for code in FRENCH:
        for name, counted in measured(code).items():
            print(row(name, code, counted))
