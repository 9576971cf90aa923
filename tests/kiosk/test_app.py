"""The composition root: the operator's words in the privacy notice, and a round at a visit's first touch."""

from __future__ import annotations

from pathlib import Path

import pytest

from content.shelf import Shelf
from kiosk.app import ask_at_first_touch, free_hour_on_leaving, read_texts, steady
from kiosk.settings import TEXT_NAMES
from kiosk.visit import BOOKING, MENU, Visit
from kiosk.web.host import Visits
from sync.errors import DiskFull, PointContactError


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


def at_the_hours(freed: list[str]) -> Visit:
    visit = Visit()
    free_hour_on_leaving(visit, freed.append)
    visit.go(BOOKING)
    assert freed == []
    return visit


def test_leaving_the_booking_frees_the_hour_of_this_visit() -> None:
    freed: list[str] = []
    visit = at_the_hours(freed)
    visit.open_sheet("help")
    assert freed == [], "a sheet only covers the screen"
    visit.go(MENU)
    assert freed == [visit.key]


def test_the_end_of_a_visit_and_a_closed_page_free_its_hour() -> None:
    freed: list[str] = []
    ended = at_the_hours(freed)
    ended.end()
    assert freed == [ended.key]
    freed.clear()
    closed = at_the_hours(freed)
    visits = Visits()
    visits.add("page", closed)
    visits.drop("page")
    assert freed == [closed.key]


def test_each_visit_has_a_word_of_its_own() -> None:
    assert len({Visit().key for _ in range(50)}) == 50


def test_a_full_disk_does_not_keep_a_visit_from_being_wiped() -> None:
    ended: list[str] = []

    def full(key: str) -> None:
        raise DiskFull("Le disque est plein.")

    visit = Visit(on_end=lambda: ended.append("end"))
    free_hour_on_leaving(visit, full)
    visit.go(BOOKING)
    visit.drafts.put("booking", {"first_name": "A"})
    visit.end()
    assert ended == ["end"]
    assert visit.drafts.get("booking") is None


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
