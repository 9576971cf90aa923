"""Whether a text is cut: Flutter says how large each box of words and each button really is, the fonts how large the
words are.

A box lower than its lines, or narrower than its longest word, lets words out or breaks them; so does a button that is
smaller than the words in it. Nothing of that shows in the tree of semantics, which only knows boxes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import flet as ft
from flet.components.component import Component
from fontTools.ttLib import TTFont
from PIL import ImageFont

from kiosk.tokens import FONT, FONT_FALLBACK
from kiosk.web.assets import FACES, FONTS
from tests.kiosk.audit.tree import Piece, is_text, name_of, words

Sizes = dict[int, tuple[float, float]]
BREAKS = re.compile(r"(?<=[ \-–/])")
"""Where a line may end: the wrapping of Flutter knows more places, which only makes a text lower."""
SLACK_PX, SLACK_SHARE = 2.0, 0.01
"""Rounding, and letters that another shaper sets a little closer."""
UNITS = 1000


@contextmanager
def sized() -> Iterator[Sizes]:
    """Every text and button made in this process meanwhile tells its size: id of the control → width, height."""
    sizes: Sizes = {}

    def told(event: Any) -> None:
        sizes[event.control._i] = (event.width, event.height)

    makers = {kind: kind.__init__ for kind in (ft.Text, ft.Button)}

    def made(plain: Callable[..., None]) -> Callable[..., None]:
        def init(self: Any, *args: Any, **values: Any) -> None:
            values.setdefault("on_size_change", told)
            plain(self, *args, **values)

        return init

    for kind, plain in makers.items():
        kind.__init__ = made(plain)  # type: ignore[method-assign]
    try:
        yield sizes
    finally:
        for kind, plain in makers.items():
            kind.__init__ = plain  # type: ignore[method-assign]


@cache
def _font(family: str, weight: int) -> tuple[Any, frozenset[int]]:
    file = FONTS / {one: file for file, one in FACES[family]}[weight]
    return ImageFont.truetype(str(file), UNITS), frozenset(TTFont(file).getBestCmap())


@cache
def width_em(text: str, weight: int) -> float:
    """Width of a text in one line, in em, with the face that each sign is drawn with."""
    width, run, family_of_run = 0.0, "", FONT
    for sign in [*text, ""]:
        family = _family(sign, weight, family_of_run) if sign else ""
        if run and family != family_of_run:
            width += _font(family_of_run, weight)[0].getlength(run) / UNITS
            run = ""
        run, family_of_run = run + sign, family or FONT
    return width


def _family(sign: str, weight: int, now: str) -> str:
    return next((one for one in (FONT, *FONT_FALLBACK) if ord(sign) in _font(one, weight)[1]), now)


def needed(control: ft.Text, width: float) -> tuple[float, float]:
    """Of its words set in ``width`` px: how wide the longest word is, how high all lines are; px."""
    widest, height = 0.0, 0.0
    around = control.style.letter_spacing or 0  # what a span does not say of itself it has from the text
    parts = [(control.value or "", control.style), *((str(span.text), span.style) for span in control.spans or [])]
    for text, style in parts:
        weight = 600 if style.weight == ft.FontWeight.W_600 else 400
        lines = text.lstrip("\n").split("\n")
        for line in lines:
            spacing = (own if (own := style.letter_spacing) is not None else around) / style.size
            pieces_of_line = [one for one in BREAKS.split(line) if one]
            ems = [width_em(one.rstrip(" "), weight) + spacing * len(one) for one in pieces_of_line]
            widest = max([widest, *(em * style.size for em in ems)])
            height += _rows(pieces_of_line, weight, spacing, width / style.size) * style.size * (style.height or 1.2)
    return widest, height


def _rows(pieces_of_line: Sequence[str], weight: int, spacing: float, room_em: float) -> int:
    rows, line = 1, ""
    for one in pieces_of_line:
        longer = line + one
        if line and width_em(longer.rstrip(" "), weight) + spacing * len(longer) > room_em:
            rows, line = rows + 1, one
        else:
            line = longer
    return rows


def cut(found: Sequence[Piece], sizes: Sizes, width_px: float) -> Iterator[str]:
    """The texts of a screen that do not fit, each with what is missing."""
    for piece in (one for one in found if is_text(one.control) and words(one.control).strip()):
        text: ft.Text = piece.control
        box = sizes.get(text._i)
        if box is None or text.style is None:
            continue
        room = box[0] * (1 + SLACK_SHARE) + SLACK_PX
        widest, height = needed(text, room)
        told = words(text)[:50].replace("\n", " / ")
        if text.max_lines:
            if widest > room or _one_line(text) > room * text.max_lines:
                yield f"ends in an ellipsis: {told!r}"
            continue
        if widest > room:
            yield f"a word of {widest:.0f} px in {box[0]:.0f} px: {told!r}"
        elif height > box[1] * (1 + SLACK_SHARE) + SLACK_PX:
            yield f"lines of {height:.0f} px in {box[1]:.0f} px ({box[0]:.0f} wide): {told!r}"
        yield from _out_of_place(piece, box, sizes, width_px, told)


def overfull(found: Sequence[Piece], sizes: Sizes) -> Iterator[str]:
    """The buttons that are lower than what stands in them, one thing above the other."""
    for button in (one.control for one in found if isinstance(one.control, ft.Button)):
        place = sizes.get(button._i)
        least = least_px(button.content, sizes) + _padding_px(button)
        if place is not None and least > place[1] + SLACK_PX:
            yield f"{least:.0f} px of words in a button of {place[1]:.0f}: {name_of(button)[:50]!r}"


def _padding_px(button: ft.Button) -> float:
    padding: Any = button.style.padding if button.style is not None else None
    around = padding.get(ft.ControlState.DEFAULT) if isinstance(padding, dict) else padding
    return float(around.top + around.bottom) if isinstance(around, ft.Padding) else 0.0


def least_px(control: Any, sizes: Sizes) -> float:
    """How high a control is at least: its texts and pictures add up in a column, the highest counts in a row."""
    if isinstance(control, Component):
        return least_px(control._b, sizes)
    if isinstance(control, ft.Text):
        return sizes.get(control._i, (0.0, 0.0))[1]
    if isinstance(control, ft.Column):
        shown = [one for one in control.controls if getattr(one, "visible", True)]
        return sum(least_px(one, sizes) for one in shown) + (control.spacing or 0) * max(0, len(shown) - 1)
    if isinstance(control, ft.Row | ft.Stack):
        return max((least_px(one, sizes) for one in control.controls), default=0.0)
    if isinstance(control, ft.Container | ft.Semantics):
        return max(getattr(control, "height", None) or 0, least_px(control.content, sizes))
    return float(control.height or 0) if isinstance(control, ft.Image) else 0.0


def _one_line(text: ft.Text) -> float:
    style: Any = text.style
    weight = 600 if style.weight == ft.FontWeight.W_600 else 400
    return width_em(text.value or "", weight) * style.size


def _out_of_place(piece: Piece, box: tuple[float, float], sizes: Sizes, width_px: float, told: str) -> Iterator[str]:
    """Larger than the button around it."""
    around = piece.above
    for number in range(len(around) - 1, -1, -1):
        one = around[number]
        if isinstance(one, ft.Column | ft.Row) and one.scroll is not None:
            break
        place = sizes.get(one._i) if isinstance(one, ft.Button) else None
        if place is not None and (box[0] > place[0] + SLACK_PX or box[1] > place[1] + SLACK_PX):
            yield f"{box[0]:.0f} × {box[1]:.0f} px in a place of {place[0]:.0f} × {place[1]:.0f}: {told!r}"
            return
    if box[0] > width_px:
        yield f"wider than the glass: {told!r}"
