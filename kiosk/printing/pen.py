"""The pen of a paper: paragraphs in our own fonts, in every script, each with its French under it.

Where a sentence is said in another language its French stands beneath, smaller: whoever reads the paper at the desk or
in the counsellor's office reads the same one. Arabic and Persian are shaped (letters joined by HarfBuzz) and run from
right to left; figures, codes and French in them keep their own way.
"""

from __future__ import annotations

from collections.abc import Iterable

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import TTFFont

from kiosk.faces import ARABIC, FONTS, WEIGHTS, faces_for, file_of, has_letters
from kiosk.said import Said, beside
from kiosk.tokens import FONT

TITLE = "Point Contact"
MM_PER_PT = 25.4 / 72
LEADING, ARABIC_LEADING = 1.3, 1.5
NARROW_NBSP, NBSP = "\u202f", "\u00a0"  # our face has no narrow no-break space
DOT = "  ·  "
FRENCH_SHARE = 0.82
"""The French under a sentence, as a part of its size."""


class Pen:
    """One page, written from top to bottom. Lengths in mm, type in points.

    Args:
        width_mm, height_mm, margin_mm: of the page.
        scale: everything that is written is made smaller by it.
        least_pt: no French is smaller than that, before ``scale``.
        rtl: a paragraph begins on the right.
        texts: everything that will be written: only the faces that it needs are loaded.
    """

    def __init__(
        self, width_mm: float, height_mm: float, margin_mm: float, *, scale: float, least_pt: float, language: str,
        rtl: bool, texts: Iterable[str],
    ) -> None:  # fmt: skip
        self.scale, self.rtl, self._least_pt = scale, rtl, least_pt
        self.pdf = pdf = FPDF(unit="mm", format=(width_mm, height_mm))
        pdf.set_auto_page_break(False)
        pdf.set_margin(margin_mm)
        pdf.c_margin = 0
        # Nothing in a document says when, on which machine or for whom it was made.
        pdf.set_title(TITLE)
        pdf.set_producer(TITLE)
        pdf.set_lang(language)
        faces = faces_for("".join(texts))
        for face in faces:
            for style, weight in zip(("", "B"), WEIGHTS, strict=True):
                pdf.add_font(face, style, FONTS / file_of(face, weight))
        if len(faces) > 1:
            pdf.set_fallback_fonts(faces)
        pdf.add_page()
        self.wide = float(pdf.epw)

    def bytes(self) -> bytes:
        """The finished document."""
        return bytes(self.pdf.output())

    def close(self) -> None:
        """fpdf2 leaves the files of its fonts open."""
        for font in self.pdf.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    @property
    def y(self) -> float:
        """How far down the pen stands."""
        return float(self.pdf.get_y())

    def move(self, y: float) -> None:
        """To the start of a line at ``y``."""
        self.pdf.set_y(y)

    def start(self, indent: float, width: float) -> float:
        """The left edge of something ``width`` wide that begins ``indent`` after the start of a line."""
        return float(self.pdf.l_margin + (self.wide - indent - width if self.rtl else indent))

    @property
    def align(self) -> str:
        """Where lines begin."""
        return "R" if self.rtl else "L"

    @property
    def far(self) -> str:
        """Where lines end."""
        return "L" if self.rtl else "R"

    def words(
        self, words: str, size_pt: float, *, bold: bool = False, indent: float = 0, end: float = 0,
        struck: bool = False, align: str = "", french_bold: bool = False,
    ) -> None:  # fmt: skip
        """A paragraph between the margins, less ``indent`` at the start of its lines and ``end`` at their end."""
        self._paragraph(words, size_pt, bold=bold, indent=indent, end=end, struck=struck, align=align or self.align)
        french_pt = self.french_pt(size_pt)
        for line in french_under(words):
            self._paragraph(
                line, french_pt, bold=french_bold, indent=indent, end=end, struck=struck, align=align or self.align
            )

    def line(self, words: str, size_pt: float, *, end: float = 0) -> bool:
        """One line of words with their French after them; nothing is written where both have no room in it."""
        (french,) = french_under(words) or ("",)
        own, french_pt = self._width_of(words, size_pt), self.french_pt(size_pt)
        after = own + self._width_of(DOT, french_pt) if french else own
        if after + self._width_of(french, french_pt) > self.wide - end:
            return False
        top = self.y
        self._paragraph(words, size_pt, bold=False, indent=0, end=0, struck=False, align=self.align)
        below = self.y
        if french:
            # On the same base: fpdf2 sets it three tenths of a letter below the middle of a line.
            lower = (self._leading(words, size_pt) - self._leading(french, french_pt)) / 2
            lower += 0.3 * (size_pt - french_pt) * self.scale * MM_PER_PT
            for part, indent in ((DOT, own), (french, after)):
                self.move(top + lower)
                self._paragraph(part, french_pt, bold=False, indent=indent, end=0, struck=False, align=self.align)
        self.move(below)
        return True

    def width(self, words: str, size_pt: float, *, bold: bool = False) -> float:
        """The width of a line, or of its French where that is wider."""
        lines = [(words, size_pt), *((line, self.french_pt(size_pt)) for line in french_under(words))]
        return max(self._width_of(line, of_pt, bold=bold) for line, of_pt in lines)

    def _width_of(self, words: str, size_pt: float, *, bold: bool = False) -> float:
        self._take(words, size_pt, bold=bold)
        return float(self.pdf.get_string_width(plain(words)))

    def height(self, words: str, size_pt: float) -> float:
        """The height of a line, with that of its French."""
        lines = [(words, size_pt), *((line, self.french_pt(size_pt)) for line in french_under(words))]
        return sum(self._leading(line, of_pt) for line, of_pt in lines)

    def french_pt(self, size_pt: float) -> float:
        """The size of the French under words of that size."""
        return max(min(self._least_pt, size_pt), size_pt * FRENCH_SHARE)

    def _paragraph(
        self, words: str, size_pt: float, *, bold: bool, indent: float, end: float, struck: bool, align: str
    ) -> None:
        pdf = self.pdf
        self._take(words, size_pt, bold=bold, struck=struck)
        width = self.wide - indent - end
        pdf.set_x(self.start(indent, width))
        pdf.multi_cell(
            width, self._leading(words, size_pt), plain(words), align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT,
            output=MethodReturnValue.PAGE_BREAK,
        )  # fmt: skip

    def _take(self, words: str, size_pt: float, *, bold: bool = False, struck: bool = False) -> None:
        """The face, and the way in which these words run. A name or a figure in French runs as French does."""
        arabic = has_letters(words, ARABIC)
        self.pdf.set_font(
            ARABIC if arabic else FONT, ("B" if bold else "") + ("S" if struck else ""), size_pt * self.scale
        )
        rtl = arabic and (isinstance(words, Said) or self.rtl)
        self.pdf.set_text_shaping(arabic, direction="rtl" if rtl else None)

    def _leading(self, words: str, size_pt: float) -> float:
        return size_pt * self.scale * MM_PER_PT * (ARABIC_LEADING if has_letters(words, ARABIC) else LEADING)


def french_under(words: str) -> tuple[str, ...]:
    """The French to be written under ``words``, or nothing."""
    french = beside(words)
    return (french,) if french else ()


def plain(words: str) -> str:
    """``words`` in the spaces that our face has."""
    return words.replace(NARROW_NBSP, NBSP)
