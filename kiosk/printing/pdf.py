"""The PDF of a paper: a roll of 80 mm whose length follows what is written, or one A4 page.

Black on white only, with lines and no filled areas: a thermal head overheats on them, and a toner is not for that. Our
own fonts are embedded, so that any printer draws the same French. One page is one page: where an A4 would need a second
one, everything on it is made smaller by the same step.
"""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import TTFFont

from kiosk.printing.sheet import Fact, Note, Sheet
from kiosk.settings import FORMATS
from kiosk.slip import qr_of

FONTS = Path(__file__).parent.parent / "web" / "fonts"
FACE = "Atkinson"
TITLE = "Point Contact"
MM_PER_PT = 25.4 / 72
ROLL, A4 = FORMATS
NARROW_NBSP, NBSP = "\u202f", "\u00a0"  # our face has no narrow no-break space
QR_QUIET_MODULES = 4  # of ISO/IEC 18004: paper has no white panel around it
ROLL_DRAFT_MM = 2000.0
SMALLER = 0.94
SCALE_MIN = 0.5


@dataclass(frozen=True)
class Measures:
    """A format. Lengths in millimetres, type in points; ``height_mm`` is ``None`` where it follows the content."""

    width_mm: float
    height_mm: float | None
    margin_mm: float
    foot_mm: float
    small_pt: float
    body_pt: float
    strong_pt: float
    title_pt: float
    code_max_pt: float
    qr_mm: float
    gap_mm: float
    line_mm: float


MEASURES = {
    # 72 of the 80 mm are printable; what is cut off at the foot is the way from the head to the knife.
    ROLL: Measures(80, None, 4.4, 10, 9.5, 11.5, 12.5, 17, 34, 44, 2.6, 0.3),
    A4: Measures(210, 297, 20, 18, 13, 16, 17, 28, 62, 54, 5.5, 0.4),
}


@dataclass(frozen=True)
class Document:
    """A PDF and the size of its pages, which a roll printer must be told."""

    pdf: bytes
    width_mm: float
    height_mm: float


def make_pdf(sheet: Sheet, paper: str) -> Document:
    """The PDF of a paper on ``80mm`` or ``a4``: always one page. KeyError for another format."""
    measures = MEASURES[paper]
    if measures.height_mm is None:
        with closing(_Drawing(measures, ROLL_DRAFT_MM)) as draft:
            height = float(math.ceil(draft.draw(sheet) + measures.foot_mm))
        with closing(_Drawing(measures, height)) as drawing:
            drawing.draw(sheet)
            return Document(drawing.bytes(), measures.width_mm, height)
    scale = 1.0
    while True:
        with closing(_Drawing(measures, measures.height_mm, scale)) as drawing:
            if drawing.draw(sheet) <= measures.height_mm - measures.foot_mm or scale < SCALE_MIN:
                return Document(drawing.bytes(), measures.width_mm, measures.height_mm)
        scale *= SMALLER


class _Drawing:
    """One page being written, from top to bottom."""

    def __init__(self, measures: Measures, height_mm: float, scale: float = 1.0) -> None:
        self._m, self._scale = measures, scale
        self._pdf = FPDF(unit="mm", format=(measures.width_mm, height_mm))
        self._pdf.set_auto_page_break(False)
        self._pdf.set_margin(measures.margin_mm)
        self._pdf.c_margin = 0
        # Nothing in a document says when, on which machine or for whom it was made.
        self._pdf.set_title(TITLE)
        self._pdf.set_producer(TITLE)
        self._pdf.set_lang("fr")
        self._pdf.add_font(FACE, "", FONTS / "AtkinsonHyperlegibleNext-400.ttf")
        self._pdf.add_font(FACE, "B", FONTS / "AtkinsonHyperlegibleNext-600.ttf")
        self._pdf.add_page()
        self._wide = measures.height_mm is not None

    def bytes(self) -> bytes:
        """The finished document."""
        return bytes(self._pdf.output())

    def close(self) -> None:
        """fpdf2 leaves the files of its fonts open."""
        for font in self._pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def draw(self, sheet: Sheet) -> float:
        """Draws everything; returns how far down it reaches, in mm."""
        self._head(sheet)
        self._words(sheet.title, self._m.title_pt, bold=True)
        if sheet.kind:
            self._kind(sheet.kind)
        if sheet.sentence:
            self._words(sheet.sentence, self._m.body_pt)
        self._code(sheet)
        for fact in sheet.facts:
            self._fact(fact)
        if sheet.steps:
            self._rule()
            self._numbered(sheet.steps_title, sheet.steps)
        for note in sheet.notes:
            self._note(note)
        if sheet.foot:
            self._rule()
        for line in sheet.foot:
            self._words(line, self._m.small_pt)
        return float(self._pdf.get_y())

    # The parts ----------------------------------------------------------------------------------------

    def _head(self, sheet: Sheet) -> None:
        """Our mark (two rings), our name, the place, when it was made."""
        pdf, size = self._pdf, self._mm(9)
        left, top = pdf.l_margin, pdf.get_y()
        pdf.set_line_width(self._mm(0.6))
        pdf.circle(left + size * 0.3, top + size * 0.62, size * 0.3)
        pdf.circle(left + size * 0.8, top + size * 0.3, size * 0.22)
        indent = size * 1.25
        made = sheet.made if self._wide else (" · ".join(sheet.made),)
        if self._wide:
            self._made_beside(made)
        self._words(sheet.name, self._m.strong_pt, bold=True, indent=indent, gap=0)
        self._words(sheet.site, self._m.small_pt, indent=indent, gap=0, right=self._mm(52) if self._wide else 0)
        if not self._wide:
            self._words(made[0], self._m.small_pt, indent=indent, gap=0)
        self._gap(0.5)
        self._rule()

    def _made_beside(self, made: tuple[str, ...]) -> None:
        pdf, top = self._pdf, self._pdf.get_y()
        self._type(self._m.small_pt)
        for line in made:
            pdf.cell(0, self._leading(self._m.small_pt), _plain(line), align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.set_xy(pdf.l_margin, top)

    def _kind(self, kind: str) -> None:
        """The truth in one word, in a thick frame: read before anything else."""
        pdf = self._pdf
        self._type(self._m.strong_pt, bold=True)
        height = self._leading(self._m.strong_pt) + self._mm(2.4)
        width = pdf.get_string_width(_plain(kind)) + self._mm(7)
        pdf.set_line_width(self._mm(0.7))
        pdf.cell(width, height, _plain(kind), border=1, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._gap(1)

    def _code(self, sheet: Sheet) -> None:
        """The reference, as large as the paper is wide, and the QR: below it on a roll, beside it on a page."""
        if not sheet.code and sheet.qr is None:
            self._rule()
            return
        self._rule()
        beside = self._wide and sheet.qr is not None
        side, top = self._mm(self._m.qr_mm), self._pdf.get_y()
        right = side + self._mm(8) if beside else 0
        if sheet.code:
            self._words(sheet.code_label, self._m.small_pt, gap=0)
            self._reference(sheet.code, right)
            self._words(sheet.code_why, self._m.body_pt, right=right)
        if sheet.qr is not None:
            pdf = self._pdf
            page = pdf.w - 2 * pdf.l_margin
            left = pdf.l_margin + (page - side if beside else (page - side) / 2)
            self._qr(sheet.qr, left, top if beside else pdf.get_y(), side)
            pdf.set_xy(pdf.l_margin, max(pdf.get_y(), (top if beside else pdf.get_y()) + side))
            self._words(sheet.qr_words, self._m.small_pt, align="R" if beside else "C")
        self._rule()

    def _reference(self, code: str, right: float) -> None:
        """In one line where it stays large, else in two that never cut a group."""
        pdf, size = self._pdf, self._m.code_max_pt * self._scale
        lines = [_plain(code)]
        room = pdf.w - 2 * pdf.l_margin - right
        if right:
            groups = code.replace(NBSP, " ").split(" ")
            lines = [NBSP.join(groups[:2]), NBSP.join(groups[2:])] if len(groups) == 3 else lines
        self._type(size / self._scale, bold=True)
        widest = max(pdf.get_string_width(line) for line in lines)
        if widest > room:
            size *= room / widest
        self._type(size / self._scale, bold=True)
        for line in lines:
            pdf.cell(0, size * MM_PER_PT * 1.15, line, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _qr(self, address: str, left: float, top: float, side: float) -> None:
        """Each row's runs of dark modules as one rectangle: sharp at any resolution."""
        modules = [[bool(dark) for dark in row] for row in qr_of(address).matrix]
        step = side / (len(modules) + 2 * QR_QUIET_MODULES)
        for y, row in enumerate(modules):
            start = None
            for x, dark in enumerate([*row, False]):
                if dark and start is None:
                    start = x
                elif not dark and start is not None:
                    place = (left + (start + QR_QUIET_MODULES) * step, top + (y + QR_QUIET_MODULES) * step)
                    # A hair taller than the row: no white line between two rows of a rounded raster.
                    self._pdf.rect(*place, (x - start) * step, step * 1.01, style="F")
                    start = None

    def _fact(self, fact: Fact) -> None:
        self._words(fact.label, self._m.small_pt, gap=0)
        if fact.ticked:
            self._boxes(fact.items, fact.ticked)
            return
        if fact.items:
            self._numbered("", fact.items, bold=True)
            return
        self._words(fact.value, self._m.strong_pt, bold=True, gap=0 if fact.detail else None, struck=fact.struck)
        if fact.detail:
            self._words(fact.detail, self._m.body_pt, struck=fact.struck)

    def _boxes(self, items: tuple[str, ...], ticked: tuple[bool, ...]) -> None:
        """Lines to tick with a pen; what is ready already has its cross."""
        pdf, side = self._pdf, self._m.body_pt * self._scale * MM_PER_PT * 0.85
        for item, ready in zip(items, ticked, strict=True):
            x, top = pdf.l_margin, pdf.get_y() + side * 0.25
            pdf.set_line_width(side * 0.1)
            pdf.rect(x, top, side, side)
            if ready:
                pdf.line(x, top, x + side, top + side)
                pdf.line(x + side, top, x, top + side)
            self._words(item, self._m.body_pt, indent=side * 1.7, gap=0.5)

    def _numbered(self, title: str, items: tuple[str, ...], *, bold: bool = False) -> None:
        if title:
            self._words(title, self._m.strong_pt, bold=True, gap=0.5)
        indent = self._m.body_pt * self._scale * MM_PER_PT * 1.6
        for number, item in enumerate(items, start=1):
            top = self._pdf.get_y()
            self._words(f"{number}.", self._m.body_pt, bold=True, gap=0)
            self._pdf.set_y(top)
            self._words(item, self._m.body_pt, bold=bold, indent=indent, gap=0.5)

    def _note(self, note: Note) -> None:
        """In a frame, so that it is not taken for small print."""
        pdf, pad = self._pdf, self._mm(2.2)
        self._gap(0.5)
        top = pdf.get_y()
        pdf.set_y(top + pad)
        self._words(note.sentence, self._m.strong_pt, bold=True, indent=pad, right=pad, gap=0)
        if note.more:
            self._words(note.more, self._m.body_pt, indent=pad, right=pad, gap=0)
        bottom = pdf.get_y() + pad
        pdf.set_line_width(self._mm(0.5))
        pdf.rect(pdf.l_margin, top, pdf.w - 2 * pdf.l_margin, bottom - top)
        pdf.set_y(bottom)
        self._gap()

    # The pen ------------------------------------------------------------------------------------------

    def _words(
        self, words: str, size_pt: float, *, bold: bool = False, indent: float = 0, right: float = 0,
        gap: float | None = None, struck: bool = False, align: str = "L",
    ) -> None:  # fmt: skip
        """A paragraph between the margins, and the gap under it (a share of the format's own)."""
        if not words:
            return
        pdf = self._pdf
        self._type(size_pt, bold=bold, struck=struck)
        pdf.set_x(pdf.l_margin + indent)
        pdf.multi_cell(
            pdf.w - 2 * pdf.l_margin - indent - right, self._leading(size_pt), _plain(words), align=align,
            new_x=XPos.LMARGIN, new_y=YPos.NEXT, output=MethodReturnValue.PAGE_BREAK,
        )  # fmt: skip
        self._gap(1 if gap is None else gap)

    def _type(self, size_pt: float, *, bold: bool = False, struck: bool = False) -> None:
        self._pdf.set_font(FACE, ("B" if bold else "") + ("S" if struck else ""), size_pt * self._scale)

    def _leading(self, size_pt: float) -> float:
        return size_pt * self._scale * MM_PER_PT * 1.3

    def _mm(self, length: float) -> float:
        """A length of the A4 drawing; on a roll and on a page made smaller it is less."""
        return length * self._scale * (1 if self._wide or length > 20 else 0.7)

    def _gap(self, share: float = 1) -> None:
        self._pdf.set_y(self._pdf.get_y() + self._m.gap_mm * self._scale * share)

    def _rule(self) -> None:
        pdf = self._pdf
        pdf.set_line_width(self._m.line_mm)
        pdf.line(pdf.l_margin, pdf.get_y(), pdf.w - pdf.r_margin, pdf.get_y())
        self._gap()


def _plain(words: str) -> str:
    return words.replace(NARROW_NBSP, NBSP)
