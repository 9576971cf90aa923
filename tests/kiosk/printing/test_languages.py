"""A paper of a visit in another language: its words and their French, every letter drawn, in the right direction."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.models.booking import Answer
from kiosk.models.booking_kept import Done, Moving
from kiosk.models.booking_slip import make_paper
from kiosk.models.printed import paper_of_booking, paper_of_preparation
from kiosk.printing.pdf import A4, FORMATS, ROLL, make_pdf
from kiosk.printing.pen import Pen
from kiosk.printing.sheet import Sheet
from kiosk.said import Said, beside, french_of
from kiosk.slip import make_slip, state_of
from kiosk.translations import TRANSLATED
from kiosk.views import DeliveryView, NetworkView, PreparedView
from kiosk.wording import RIGHT_TO_LEFT, say
from tests.kiosk.printing.papers import ADDRESS, qr_on, raster, read
from tests.kiosk.stand_in import StandInActions

NOW = datetime(2026, 11, 17, 9, 42, tzinfo=UTC)
KINDS = ("reserved", "asked", "alternatives", "seat", "moved", "prepared")
LATIN_ENDS = "\u024f"
ALL = pytest.mark.parametrize("language", TRANSLATED)


def paper(kind: str, language: str) -> Sheet:
    far = replace(StandInActions().site(), zone="Indian/Reunion")
    if kind == "prepared":
        prepared = PreparedView("r-1", "K7F M2Q XP4R", ADDRESS, NOW)
        state = state_of(DeliveryView("waiting"), NetworkView(False, None, None, 1, True), prepared, far, language)
        return paper_of_preparation(make_slip(prepared, far, language), state, language)
    starts = NOW + timedelta(days=2)
    done = Done("b-1", "K7F M2Q XP4R", ADDRESS, NOW, "slot-1", "atelier" if kind == "seat" else "edo", starts,
                starts + timedelta(minutes=45), "1")  # fmt: skip
    if kind == "moved":
        done = replace(done, moving=Moving("b-0", "guaranteed", "edo"))
    answer = {"asked": Answer("asked"), "alternatives": Answer("alternatives", because="slot_taken")}
    shown = make_paper(done, answer.get(kind, Answer("guaranteed")), far, language, now=NOW)
    return paper_of_booking(shown, language)


def foreign(words: str) -> Counter[str]:
    return Counter(letter for letter in words if letter.isalpha() and letter > LATIN_ENDS)


@ALL
@pytest.mark.parametrize("kind", KINDS)
def test_the_french_on_a_paper_is_the_french_paper(kind: str, language: str) -> None:
    assert [french_of(text) for text in paper(kind, language).texts()] == list(paper(kind, "fr").texts())


@ALL
@pytest.mark.parametrize(("kind", "format_"), [*((kind, ROLL) for kind in KINDS), ("reserved", A4)])
def test_every_letter_of_both_languages_is_on_its_one_page(kind: str, language: str, format_: str) -> None:
    sheet = paper(kind, language)
    words = read(make_pdf(sheet, format_))
    assert foreign(words) == sum((foreign(text) for text in sheet.texts()), Counter())
    for text in sheet.texts():
        if beside(text):
            for word in french_of(text).replace("\u202f", " ").split():
                assert word in words, (word, french_of(text))
    for group in ("K7F", "M2Q", "XP4R"):
        assert group in words


@pytest.mark.parametrize("language", ["uk", "ar"])
@pytest.mark.parametrize("format_", FORMATS)
def test_nothing_is_cut_and_the_qr_is_the_same(language: str, format_: str) -> None:
    document = make_pdf(paper("reserved", language), format_)
    dots, width, height = raster(document, 3.0)
    edge = int((document.width_mm - (72 if format_ == ROLL else 178)) / 2 / document.width_mm * width) - 2
    assert not any(dots[y][x] for y in range(height) for x in (*range(edge), *range(width - edge, width)))
    assert not any(any(dots[y]) for y in range(height - int(9 / document.height_mm * height), height))
    assert qr_on(document) == ADDRESS


@pytest.mark.parametrize("language", ["uk", *RIGHT_TO_LEFT])
def test_a_paper_begins_where_its_language_does(language: str) -> None:
    dots, width, height = raster(make_pdf(paper("prepared", language), A4), 2.0)
    left, right = width * 20 / 210, width * 190 / 210
    rows = [[x for x in range(width) if dots[y][x]] for y in range(height)]
    short = [row for row in rows if row and row[-1] - row[0] < width / 3]
    at_left = sum(row[0] < left + 2 for row in short)
    at_right = sum(row[-1] > right - 3 for row in short)
    assert (at_right > at_left) == (language in RIGHT_TO_LEFT)


def a_pen(language: str, words: str) -> Pen:
    return Pen(
        80, 200, 4, scale=1, least_pt=8, language=language, rtl=language in RIGHT_TO_LEFT, texts=[words]
    )  # fmt: skip


@pytest.mark.parametrize("language", RIGHT_TO_LEFT)
def test_the_letters_of_a_word_are_joined(language: str) -> None:
    apart = "\u200c"  # a joiner that joins nothing
    word = "محبت"
    with closing(a_pen(language, word)) as pen:
        joined = pen.width(Said(word, word), 20)
        assert joined < 0.9 * pen.width(Said(apart.join(word), apart.join(word)), 20)


def test_arabic_runs_from_the_right_and_figures_and_french_in_it_from_the_left() -> None:
    words = Said("اتصلوا بالرقم 3949 أو francetravail.fr الآن", "…")
    with closing(a_pen("ar", words)) as pen:
        pen._take(words, 20)
        fragments = [
            ("".join(one.characters).strip(), one.fragment_direction.name)
            for one in pen.pdf._preload_bidirectional_text(words, False)
        ]
        assert ("3949", "LTR") in fragments
        assert ("francetravail.fr", "LTR") in fragments
        assert ("اتصلوا بالرقم", "RTL") in fragments
        assert pen.pdf.text_shaping["paragraph_direction"].name == "RTL"


def test_a_french_paper_takes_one_face_and_says_everything_once() -> None:
    sheet = paper("reserved", "fr")
    words = read(make_pdf(sheet, ROLL))
    assert words.count(say("booking.slip.code")) == 1
    assert not foreign(words)
