"""How words, glyphs and buttons are drawn, as Flet objects made once and shared.

What is drawn alike is not built, nor compared, again. The objects serve every visit and never change: Flet freezes
them when they are first shown.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import flet as ft

from kiosk.tokens import FONT, FONT_FALLBACK, ICONS_BOLD, ICONS_FILL, ROLES, Look

APART = 3.0
"""Where Flutter strokes a ring that has its own width between itself and the button: 1 is just outside."""


@dataclass(frozen=True, slots=True)
class Press:
    """How a touchable thing is drawn. Lengths in px of the drawing, colours `#RRGGBB`."""

    ground: str
    ink: str
    edge: str | None = None
    edge_px: float = 2
    ledge: str | None = None
    ledge_px: float = 5
    radius: float = 24
    pressed: str | None = None
    pad_x: float = 32
    pad_y: float = 16
    around: str | None = None


ARABIC_LEADING = 1.4
"""Arabic letters reach higher and lower than Latin ones: closer lines would touch."""


@lru_cache(maxsize=512)
def words_style(
    role: str, size: int, color: str, strong: bool = False, struck: bool = False, rtl: bool = False
) -> ft.TextStyle:
    """The style of words in a role of `tokens.ROLES`, `size` px high, in `#RRGGBB`; `struck` crosses them out.

    `rtl`: they are in Arabic letters, which are never spaced out, and want higher lines.
    """
    kind = ROLES[role]
    return ft.TextStyle(
        size=size,
        weight=ft.FontWeight.W_600 if strong or kind.weight == 600 else ft.FontWeight.W_400,
        decoration=ft.TextDecoration.LINE_THROUGH if struck else None,
        height=max(kind.leading, ARABIC_LEADING) if rtl else kind.leading,
        letter_spacing=kind.tracking_em * size if kind.tracking_em and not rtl else None,
        font_family=FONT,
        font_family_fallback=list(FONT_FALLBACK),
        color=color,
    )


@lru_cache(maxsize=512)
def glyph_style(size_px: float, color: str, fill: bool) -> ft.TextStyle:
    """The style of an icon; `fill` takes the filled face."""
    return ft.TextStyle(
        size=size_px,
        height=1.0,
        weight=ft.FontWeight.W_400,  # inside a button, its weight would be inherited and drawn twice
        font_family=ICONS_FILL if fill else ICONS_BOLD,
        color=color,
    )


def sides(look: Look, *, start: float, end: float, top: float = 0, bottom: float = 0) -> ft.Padding:
    """A padding in px of the drawing; `start` is where a line begins: the right where one reads from right to left."""
    left, right = (end, start) if look.rtl else (start, end)
    return ft.Padding.only(left=look.px(left), right=look.px(right), top=look.px(top), bottom=look.px(bottom))


def ledge(look: Look, drawn: Press, pad_y_px: float) -> dict[ft.ControlState, Any]:
    """Paddings by state: pressed, the content goes down by half of the ledge that disappears."""
    side = look.px(drawn.pad_x)
    shift = look.ledge(drawn.ledge_px) / 2 if drawn.ledge else 0
    return {
        ft.ControlState.PRESSED: ft.Padding(left=side, right=side, top=pad_y_px + shift, bottom=pad_y_px - shift),
        ft.ControlState.DEFAULT: ft.Padding(left=side, right=side, top=pad_y_px, bottom=pad_y_px),
    }


def button_style(look: Look, drawn: Press, align: ft.Alignment, enabled: bool) -> ft.ButtonStyle:
    """The style of a button drawn as `drawn`, its content at `align`."""
    return _kept_button_style(look, drawn, (align.x, align.y), enabled)


@lru_cache(maxsize=512)
def _kept_button_style(look: Look, drawn: Press, align: tuple[float, float], enabled: bool) -> ft.ButtonStyle:
    depth = look.ledge(drawn.ledge_px) if drawn.ledge else 0
    around = drawn.around or look.palette.ground
    palette = look.palette
    seen = palette.on_deep if around == palette.deep != palette.ground else palette.focus  # dark on dark is not seen
    rest = ft.BorderSide(look.stroke(drawn.edge_px), drawn.edge) if drawn.edge else ft.BorderSide(0, drawn.ground)
    outside = ft.BorderSideStrokeAlign.OUTSIDE
    # Apart from the button by its own width: seen around a dark one, and around a yellow one in high contrast.
    ring = ft.BorderSide(max(3, look.px(4)), seen, APART)
    return ft.ButtonStyle(
        color=drawn.ink,
        bgcolor={ft.ControlState.PRESSED: drawn.pressed or drawn.ground, ft.ControlState.DEFAULT: drawn.ground},
        overlay_color="#00000000",
        elevation=0,
        animation_duration=0,
        alignment=ft.Alignment(*align),
        padding=ledge(look, drawn, look.px(drawn.pad_y)),
        shape=ft.RoundedRectangleBorder(radius=look.px(drawn.radius)),
        side={
            ft.ControlState.PRESSED: ft.BorderSide(depth + 1, around, outside) if depth else rest,
            ft.ControlState.FOCUSED: ring,
            ft.ControlState.DEFAULT: rest,
        },
        text_style=words_style("label", look.size("label"), drawn.ink),
        mouse_cursor=ft.MouseCursor.CLICK if enabled else ft.MouseCursor.BASIC,
        visual_density=ft.VisualDensity.STANDARD,
    )
