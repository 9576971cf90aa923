"""The papers as PDF: read by another program, drawn as a printer does, their QR decoded."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from kiosk.printing.pdf import A4, FORMATS, ROLL, make_pdf
from kiosk.printing.sheet import Fact
from tests.kiosk.printing.papers import ADDRESS, BARE, BOOKED, qr_on, raster, read

MM = 72 / 25.4


@pytest.mark.parametrize("paper", FORMATS)
def test_everything_on_a_sheet_is_on_its_paper(paper: str) -> None:
    words = read(make_pdf(BOOKED, paper))
    for said in (
        BOOKED.title, BOOKED.kind, BOOKED.sentence, BOOKED.qr_words, "jeudi 19 novembre 2026",
        "de 14 h à 14 h 45 (11 h à Paris)", "Cette préparation n’est pas une inscription.", *BOOKED.steps,
    ):  # fmt: skip
        assert said.replace("\u00a0", " ") in words, said
    for group in BOOKED.code.split("\u00a0"):
        assert group in words
    assert "ÀÉÈÊËÎÏÔÙÛÜŸÇ" in words


def test_a_roll_is_as_long_as_what_is_written_and_a_page_is_a4() -> None:
    long, short = make_pdf(BOOKED, ROLL), make_pdf(BARE, ROLL)
    assert long.width_mm == short.width_mm == 80
    assert short.height_mm < 150 < long.height_mm
    for document in (long, short, make_pdf(BOOKED, A4)):
        box = PdfReader(io.BytesIO(document.pdf)).pages[0].mediabox
        assert abs(float(box.width) - document.width_mm * MM) < 0.5
        assert abs(float(box.height) - document.height_mm * MM) < 0.5


def test_one_page_stays_one_page_however_much_is_on_it() -> None:
    facts = tuple(Fact("Lieu", f"{number} {BOOKED.site}", BOOKED.site) for number in range(9))
    document = make_pdf(replace(BOOKED, facts=facts), A4)
    assert "8 Médiathèque" in read(document)
    dots, width, height = raster(document, 2.0)
    lowest = max(y for y in range(height) if any(dots[y]))
    assert lowest < height * (297 - 17) / 297, "something runs over the foot of the page"
    assert not any(dots[y][x] for y in range(height) for x in (0, width - 1))


@pytest.mark.parametrize("paper", FORMATS)
@pytest.mark.parametrize("sheet", [BOOKED, BARE], ids=["booked", "bare"])
def test_nothing_is_cut_and_no_large_area_is_black(paper: str, sheet: object) -> None:
    document = make_pdf(sheet, paper)  # type: ignore[arg-type]
    dots, width, height = raster(document, 3.0)
    dark = sum(sum(row) for row in dots)
    assert 0 < dark < width * height * 0.12
    edge = int((document.width_mm - (72 if paper == ROLL else 178)) / 2 / document.width_mm * width) - 2
    assert not any(dots[y][x] for y in range(height) for x in (*range(edge), *range(width - edge, width)))


@pytest.mark.parametrize("paper", FORMATS)
def test_the_qr_on_the_paper_opens_the_claim(paper: str) -> None:
    assert qr_on(make_pdf(BOOKED, paper)) == ADDRESS


@pytest.mark.parametrize("paper", FORMATS)
def test_the_document_itself_says_nothing_of_the_visit(paper: str) -> None:
    told = PdfReader(io.BytesIO(make_pdf(BOOKED, paper).pdf)).metadata
    assert told is not None
    assert told.title == "Point Contact"
    assert not {"/Author", "/Subject", "/Keywords", "/Creator"} & set(told)


@pytest.mark.parametrize("paper", FORMATS)
def test_our_own_fonts_are_embedded(paper: str) -> None:
    fonts = PdfReader(io.BytesIO(make_pdf(BOOKED, paper).pdf)).pages[0]["/Resources"]["/Font"]
    names = [str(font.get_object()["/BaseFont"]) for font in fonts.values()]
    assert names
    assert all("Atkinson" in name for name in names), names
    for font in fonts.values():
        (below,) = font.get_object()["/DescendantFonts"]
        assert "/FontFile2" in below.get_object()["/FontDescriptor"]
