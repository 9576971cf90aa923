"""The PDF of a paper: a roll of 80 mm whose length follows what is written, or one A4 page.

Black on white only, with lines and no filled areas: a thermal head overheats on them, and a toner is not for that. Our
own fonts are embedded, so that any printer draws the same words. One page is one page: where an A4 would need a second
one, everything on it is made smaller by the same step. A paper in another language bears its French too
(``kiosk.printing.pen``), and one in Arabic or Persian begins on the right: all but its codes and figures.
"""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import dataclass

from fpdf.enums import XPos, YPos

from kiosk.printing.pen import MM_PER_PT, Pen, french_under, plain
from kiosk.printing.sheet import Fact, Note, Sheet
from kiosk.said import joined
from kiosk.settings import FORMATS
from kiosk.slip import qr_of
from kiosk.tokens import FONT
from kiosk.wording import FRENCH, RIGHT_TO_LEFT

ROLL, A4 = FORMATS
QR_QUIET_MODULES = 4  # of ISO/IEC 18004: paper has no white panel around it
ROLL_DRAFT_MM = 2000.0
SMALLER = 0.94
SCALE_MIN = 0.5
FRENCH_GAP = 0.35
"""At least so much of a gap is under a sentence and its French: what follows is not taken for part of them."""


@dataclass(frozen=True)
class Measures:
    """A format. Lengths in millimetres, type in points; ``height_mm`` is ``None`` where it follows the content.

    ``least_pt``: the French under words of another language is no smaller.
    """

    width_mm: float
    height_mm: float | None
    margin_mm: float
    foot_mm: float
    small_pt: float
    body_pt: float
    strong_pt: float
    title_pt: float
    code_max_pt: float
    least_pt: float
    qr_mm: float
    gap_mm: float
    line_mm: float


MEASURES = {
    # 72 of the 80 mm are printable; what is cut off at the foot is the way from the head to the knife.
    ROLL: Measures(80, None, 4.4, 10, 9.5, 11.5, 12.5, 17, 34, 8.5, 44, 2.6, 0.3),
    A4: Measures(210, 297, 20, 18, 13, 16, 17, 28, 62, 11, 54, 5.5, 0.4),
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
        with closing(_Drawing(sheet, measures, ROLL_DRAFT_MM)) as draft:
            height = float(math.ceil(draft.draw() + measures.foot_mm))
        with closing(_Drawing(sheet, measures, height)) as drawing:
            drawing.draw()
            return Document(drawing.pen.bytes(), measures.width_mm, height)
    room, scale = measures.height_mm - measures.foot_mm, 1.0
    while True:
        with closing(_Drawing(sheet, measures, measures.height_mm, scale)) as drawing:
            reached = drawing.draw()
            if reached <= room or scale < SCALE_MIN:
                return Document(drawing.pen.bytes(), measures.width_mm, measures.height_mm)
        # What is a tenth smaller takes a tenth less in height, and again at most because its lines hold more.
        scale *= min(SMALLER, math.sqrt(room / reached))


class _Drawing:
    """One paper being drawn, from top to bottom."""

    def __init__(self, sheet: Sheet, measures: Measures, height_mm: float, scale: float = 1.0) -> None:
        self._sheet, self._m, self._scale = sheet, measures, scale
        self.pen = Pen(
            measures.width_mm, height_mm, measures.margin_mm, scale=scale, least_pt=measures.least_pt,
            language="fr" if sheet.language in FRENCH else sheet.language, rtl=sheet.language in RIGHT_TO_LEFT,
            texts=sheet.texts(),
        )  # fmt: skip
        self._wide = measures.height_mm is not None

    def close(self) -> None:
        """Closes what the pen holds open."""
        self.pen.close()

    def draw(self) -> float:
        """Draws everything; returns how far down it reaches, in mm."""
        sheet = self._sheet
        self._head()
        self._words(sheet.title, self._m.title_pt, bold=True)
        if sheet.kind:
            self._kind(sheet.kind)
        if sheet.sentence:
            self._words(sheet.sentence, self._m.body_pt)
        self._code()
        for fact in sheet.facts:
            self._fact(fact)
        if sheet.steps:
            if sheet.facts:
                self._rule()
            self._numbered(sheet.steps_title, sheet.steps)
        for note in sheet.notes:
            self._note(note)
        if sheet.foot:
            self._rule()
        for line in sheet.foot:
            self._words(line, self._m.small_pt)
        return self.pen.y

    # The parts ----------------------------------------------------------------------------------------

    def _head(self) -> None:
        """Our mark (two rings), our name, the place, when it was made."""
        pen, sheet, size = self.pen, self._sheet, self._mm(9)
        left, top = pen.start(0, size), pen.y
        pen.pdf.set_line_width(self._mm(0.6))
        pen.pdf.circle(left + size * 0.3, top + size * 0.62, size * 0.3)
        pen.pdf.circle(left + size * 0.8, top + size * 0.3, size * 0.22)
        indent, beside, below = size * 1.25, 0.0, top
        if self._wide:
            beside = max(pen.width(line, self._m.small_pt) for line in sheet.made) + self._mm(6)
            for line in sheet.made:
                pen.words(line, self._m.small_pt, align=pen.far)
            below = pen.y
            pen.move(top)
        self._words(sheet.name, self._m.strong_pt, bold=True, indent=indent, gap=0, end=beside)
        self._words(sheet.site, self._m.small_pt, indent=indent, gap=0, end=beside)
        if not self._wide:
            self._words(joined(" · ", sheet.made), self._m.small_pt, indent=indent, gap=0)
        pen.move(max(pen.y, below))
        self._gap(0.5)
        self._rule()

    def _kind(self, kind: str) -> None:
        """The truth in one word, in a thick frame: read before anything else."""
        pen, pad = self.pen, self._mm(1.2)
        width = min(pen.wide, pen.width(kind, self._m.strong_pt, bold=True) + self._mm(7))
        top, height = pen.y, pen.height(kind, self._m.strong_pt) + 2 * pad
        pen.pdf.set_line_width(self._mm(0.7))
        pen.pdf.rect(pen.start(0, width), top, width, height)
        pen.move(top + pad)
        pen.words(kind, self._m.strong_pt, bold=True, end=pen.wide - width, align="C", french_bold=True)
        pen.move(top + height)
        self._gap(1)

    def _code(self) -> None:
        """The reference, as large as the paper is wide, and the QR: below it on a roll, beside it on a page."""
        pen, sheet = self.pen, self._sheet
        self._rule()
        if not sheet.code and sheet.qr is None:
            return
        beside = self._wide and sheet.qr is not None
        side, top = self._mm(self._m.qr_mm), pen.y
        end = side + self._mm(8) if beside else 0
        if sheet.code:
            self._label(sheet.code_label, end)
            self._reference(sheet.code, end)
            self._words(sheet.code_why, self._m.body_pt, end=end)
        if sheet.qr is not None:
            above = top if beside else pen.y
            self._qr(sheet.qr, pen.start(pen.wide - side if beside else (pen.wide - side) / 2, side), above, side)
            pen.move(max(pen.y, above + side))
            self._words(sheet.qr_words, self._m.small_pt, align=pen.far if beside else "C")
        self._rule()

    def _reference(self, code: str, end: float) -> None:
        """In one line, as large as there is room. Letters and figures run from left to right."""
        pen, pdf, size = self.pen, self.pen.pdf, self._m.code_max_pt * self._scale
        room = pen.wide - end
        pdf.set_text_shaping(False)
        pdf.set_font(FONT, "B", size)
        size *= min(1.0, room / pdf.get_string_width(plain(code)))
        pdf.set_font(FONT, "B", size)
        pdf.set_x(pen.start(0, room))
        pdf.cell(
            room, size * MM_PER_PT * 1.15, plain(code), align=pen.align, new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )  # fmt: skip

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
                    self.pen.pdf.rect(*place, (x - start) * step, step * 1.01, style="F")
                    start = None

    def _fact(self, fact: Fact) -> None:
        self._label(fact.label)
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
        pdf, side = self.pen.pdf, self._m.body_pt * self._scale * MM_PER_PT * 0.85
        for item, ready in zip(items, ticked, strict=True):
            x, top = self.pen.start(0, side), self.pen.y + side * 0.25
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
            top = self.pen.y
            self._words(f".{number}" if self.pen.rtl else f"{number}.", self._m.body_pt, bold=True, gap=0)
            self.pen.move(top)
            self._words(item, self._m.body_pt, bold=bold, indent=indent, gap=0.5)

    def _note(self, note: Note) -> None:
        """In a frame, so that it is not taken for small print."""
        pen, pad = self.pen, self._mm(2.2)
        self._gap(0.5)
        top = pen.y
        pen.move(top + pad)
        self._words(note.sentence, self._m.strong_pt, bold=True, indent=pad, end=pad, gap=0)
        if note.more:
            self._words(note.more, self._m.body_pt, indent=pad, end=pad, gap=0)
        bottom = pen.y + pad
        pen.pdf.set_line_width(self._mm(0.5))
        pen.pdf.rect(pen.start(0, pen.wide), top, pen.wide, bottom - top)
        pen.move(bottom)
        self._gap()

    # Sizes --------------------------------------------------------------------------------------------

    def _words(
        self, words: str, size_pt: float, *, bold: bool = False, indent: float = 0, end: float = 0,
        gap: float | None = None, struck: bool = False, align: str = "",
    ) -> None:  # fmt: skip
        """A paragraph, and the gap under it (a share of the format's own; less where French stands under it)."""
        if not words:
            return
        self.pen.words(words, size_pt, bold=bold, indent=indent, end=end, struck=struck, align=align)
        least = FRENCH_GAP if french_under(words) else 0
        self._gap(max(least, 1 if gap is None else gap))

    def _label(self, words: str, end: float = 0) -> None:
        """What a thing is, over it: with its French in the same line where that fits."""
        if words and not self.pen.line(words, self._m.small_pt, end=end):
            self._words(words, self._m.small_pt, gap=0, end=end)

    def _mm(self, length: float) -> float:
        """A length of the A4 drawing; on a roll and on a page made smaller it is less."""
        return length * self._scale * (1 if self._wide or length > 20 else 0.7)

    def _gap(self, share: float = 1) -> None:
        self.pen.move(self.pen.y + self._m.gap_mm * self._scale * share)

    def _rule(self) -> None:
        pen = self.pen
        pen.pdf.set_line_width(self._m.line_mm)
        pen.pdf.line(pen.start(0, pen.wide), pen.y, pen.start(0, pen.wide) + pen.wide, pen.y)
        self._gap()
