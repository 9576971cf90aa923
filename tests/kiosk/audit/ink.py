"""Contrasts of what is drawn: every text, icon and outline against what it really stands on, from the tokens used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import flet as ft

from kiosk.tokens import Look, Palette
from tests.kiosk.audit.tree import Piece, acts, is_icon, is_text, name_of, words

TEXT_MIN, LARGE_MIN, SHAPE_MIN, DISABLED_MIN = 7.0, 4.5, 3.0, 7.0
LARGE_PX = 24
"""Of an icon: from here on it is a large graphic, which reaches 4.5 where it says something by itself."""


def default_of(value: Any) -> Any:
    """What is drawn where nothing is pressed, of a value that may differ by state."""
    return value.get(ft.ControlState.DEFAULT) if isinstance(value, dict) else value


def luminance(color: str) -> float:
    """Relative luminance of `#RRGGBB` (WCAG 2)."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast ratio, from 1 to 21."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ground_of(control: Any) -> str | None:
    """The colour that a control lays under what it holds."""
    if isinstance(control, ft.Container):
        return control.bgcolor
    if isinstance(control, ft.Button):
        found: str | None = default_of(control.style.bgcolor)
        return found
    return None


def under(piece: Piece) -> str:
    """What a piece stands on: the nearest colour around it."""
    return next(color for one in reversed(piece.above) if (color := ground_of(one)) is not None)


def _disabled(piece: Piece) -> bool:
    return any(one.disabled for one in piece.around(ft.Button))


def low_words(found: Sequence[Piece], look: Look, language: str) -> Iterator[str]:
    """Words under 7:1 (4.5:1 on what cannot be touched yet), the French beneath them too."""
    del look, language
    for piece in (one for one in found if is_text(one.control) and words(one.control).strip()):
        text = piece.control
        least = DISABLED_MIN if _disabled(piece) else TEXT_MIN
        for style in (text.style, *(span.style for span in text.spans or [])):
            ratio = contrast(style.color, under(piece))
            if ratio < least:
                yield f"{ratio:.1f}:1 {style.color} on {under(piece)}: {words(text)[:40]!r}"


def low_icons(found: Sequence[Piece], look: Look, language: str) -> Iterator[str]:
    """Icons under 3:1; large ones that stand in something to touch without words under 4.5:1."""
    del look, language
    for piece in (one for one in found if is_icon(one.control)):
        button = next(piece.around(ft.Button), None)
        alone = button is not None and not any(is_text(one.control) for one in found if button in one.above)
        least = LARGE_MIN if alone and piece.control.style.size >= LARGE_PX else SHAPE_MIN
        ratio = contrast(piece.control.style.color, under(piece))
        if ratio < least:
            yield f"{ratio:.1f}:1 icon {piece.control.style.color} on {under(piece)}"


def low_outlines(found: Sequence[Piece], look: Look, language: str) -> Iterator[str]:
    """What acts and cannot be told from what is around it: neither its ground, outline nor ledge reaches 3:1.

    The dock is a band where everything is touchable: its icons and words are what is seen of its buttons.
    """
    del language
    for piece in found:
        if not isinstance(piece.control, ft.Button) or not acts(piece.control):
            continue
        around = under(piece)
        if around == look.palette.dock and in_dock(piece, look.palette):
            continue
        seen = [ground_of(piece.control), _edge(piece.control), _ledge(piece)]
        best = max(contrast(color, around) for color in seen if color)
        if best < SHAPE_MIN:
            yield f"{best:.1f}:1 around « {name_of(piece.control)[:40]} » on {around}"


def in_dock(piece: Piece, palette: Palette) -> bool:
    """Whether it stands in the dock or the rail: a band of its own colour with a line on one side only."""
    return any(
        one.bgcolor == palette.dock and one.border and not _whole(one.border) for one in piece.around(ft.Container)
    )


def _whole(border: ft.Border) -> bool:
    """On every side."""
    return all(side is not None and side.width for side in (border.top, border.bottom, border.left, border.right))


def _edge(button: ft.Button) -> str | None:
    side = default_of(button.style.side)
    return side.color if side is not None and side.width else None


def _ledge(piece: Piece) -> str | None:
    holder = next(piece.around(ft.Container))
    shadow = holder.shadow[0] if isinstance(holder.shadow, list) else holder.shadow
    return None if shadow is None else shadow.color


def low_rings(found: Sequence[Piece], look: Look, language: str) -> Iterator[str]:
    """Rings of focus under 3:1 against what they stand on: they are drawn outside of the button."""
    del look, language
    for piece in found:
        if isinstance(piece.control, ft.Button) and acts(piece.control):
            ring = piece.control.style.side[ft.ControlState.FOCUSED].color
            ratio = contrast(ring, under(piece))
            if ratio < SHAPE_MIN:
                yield f"{ratio:.1f}:1 ring of « {name_of(piece.control)[:40]} » on {under(piece)}"


CONTRASTS = (low_words, low_icons, low_outlines, low_rings)
