"""The composition root: the operator's words in the privacy notice, and a round at a visit's first touch."""

from __future__ import annotations

from pathlib import Path

import pytest

from content.shelf import Shelf
from kiosk.app import ask_at_first_touch, read_texts, steady
from kiosk.settings import TEXT_NAMES
from kiosk.visit import MENU, Visit
from sync.errors import PointContactError


def test_every_placeholder_of_the_privacy_notice_can_be_given_by_the_operator() -> None:
    shelf = Shelf.open()
    given = {"site_name": "Mairie", "site_phone": "02 00 00 00 00", **dict.fromkeys(TEXT_NAMES, "dit")}

    for language in shelf.languages:
        for screen in (shelf.privacy_notice(language), *shelf.privacy_full(language)):
            assert "à compléter" not in str(screen.filled(given))


@pytest.mark.parametrize("text", ["", "[]", '{"operator": 3}', '{"unknown": "x"}', "{"])
def test_an_unusable_file_of_texts_is_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "texts.json"
    path.write_text(text)

    with pytest.raises(PointContactError, match=r"JSON|noms seulement"):
        read_texts(path)


def test_the_texts_are_read(tmp_path: Path) -> None:
    path = tmp_path / "texts.json"
    path.write_text('{"operator": "Communauté de communes"}', encoding="utf-8")

    assert read_texts(path) == {"operator": "Communauté de communes"}


def test_the_first_touch_of_a_visit_asks_for_one_round() -> None:
    visit, asked = Visit(), []
    ask_at_first_touch(visit, lambda: asked.append("round"))

    visit.go(MENU)
    visit.go("/contrat")

    assert asked == ["round"]


def test_the_time_is_asked_once_a_second_and_goes_on_between() -> None:
    asked, clock = [], [0.0]

    def now_ms() -> int:
        asked.append(clock[0])
        return 1_000_000 + int(clock[0] * 1000)

    now = steady(now_ms, lambda: clock[0])
    shown = []
    for clock[0] in (0.0, 0.4, 0.9, 1.0, 1.7):
        shown.append(now())

    assert shown == [1_000_000, 1_000_400, 1_000_900, 1_001_000, 1_001_700]
    assert asked == [0.0, 1.0]
