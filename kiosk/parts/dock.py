"""The dock: what changes how the screen is shown and heard, and the way to help. Every screen has it, the first too.

At the foot of a tall screen; on a wide one a rail at the side where a line begins, its items at its own foot, so that
who sits reaches them.
"""

from collections.abc import Callable
from typing import Any

import flet as ft

from kiosk.parts.controls import icon, pressable, text
from kiosk.parts.hooks import use_topics
from kiosk.parts.listening import with_listening
from kiosk.parts.node import node
from kiosk.parts.styles import ARABIC_LEADING, Press
from kiosk.tokens import ROLES, TEXT_STEPS_PERCENT, Look
from kiosk.visit import Visit
from kiosk.wording import LANGUAGES

DOCK = 160
RAIL = 196
RAIL_SMALL = 170
ONE_LINE_LETTERS = 10  # of a word of the dock on the rail


@ft.component
def Dock(visit: Visit, look: Look, language: str) -> ft.Control:
    """Écouter, Langue, Texte, Contraste, Écran bas, « Aide, urgence »: one order everywhere, at the foot or the side.

    `look` and `language` are those of the visit: given, so that a new one draws it again and nothing else does.
    """
    use_topics(visit, "sheet", "speech")
    palette = look.palette
    items = [
        _dock_item(
            visit, "translate", LANGUAGES[language], lambda: visit.open_sheet("language"), visit.sheet == "language"
        ),
        _dock_item(
            visit,
            "text-aa",
            visit.say("dock.text"),
            lambda: visit.open_sheet("text"),
            visit.sheet == "text" or look.text_percent != TEXT_STEPS_PERCENT[0],
        ),
        _dock_item(visit, "circle-half", visit.say("dock.contrast"), visit.toggle_contrast, look.contrast),
    ]
    if look.can_be_lowered:
        items.append(_dock_item(visit, "arrow-line-down", visit.say("dock.low"), visit.toggle_low, look.low))
    items = with_listening(visit, items, _dock_item)
    aid = _dock_item(visit, "lifebuoy", visit.say("dock.help"), lambda: visit.open_sheet("help"), False, aid=True)
    edge = ft.BorderSide(look.stroke(2), palette.dock_edge)
    if look.portrait:
        return ft.Container(
            rtl=look.rtl,
            bgcolor=palette.dock,
            border=ft.Border.only(top=edge),
            padding=ft.Padding.symmetric(horizontal=look.px(16), vertical=look.px(16)),
            content=ft.Row(
                [*items, aid],
                spacing=look.px(12),
                vertical_alignment=ft.CrossAxisAlignment.STRETCH,
                height=max(look.px(DOCK - 32), look.mm(30), _dock_item_px(look, lines=2)),
            ),
        )
    return ft.Container(
        rtl=look.rtl,
        bgcolor=palette.dock,
        border=ft.Border.only(left=edge) if look.rtl else ft.Border.only(right=edge),
        width=look.px(RAIL_SMALL if look.small else RAIL),
        padding=ft.Padding.symmetric(horizontal=look.px(4 if look.small else 12), vertical=look.px(20)),
        content=ft.Column(
            [ft.Container(expand=True), *items, aid],  # low: within reach of who sits
            spacing=look.apart(14),
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
    )


def _dock_item(
    visit: Visit, name: str, label: str, on_click: Callable[[], Any], on: bool, *, aid: bool = False
) -> ft.Control:
    look = visit.look
    palette = look.palette
    ground, ink = (palette.dock_on, palette.on_dock_on) if on else (palette.dock, palette.on_dock)
    if aid:
        ground, ink = palette.help, palette.on_help
    drawn = Press(
        ground, ink, ledge=palette.help_ledge if aid else None, ledge_px=4, radius=20,
        pad_x=1 if look.small else 4, pad_y=8,
        edge=palette.edge if aid and look.contrast else None, around=palette.dock,
    )  # fmt: skip
    content = ft.Column(
        [
            icon(visit, name, look.px(42), ink, fill=on),
            text(visit, label, "note", ink, center=True),
        ],
        spacing=look.px(10),
        tight=True,
        alignment=ft.MainAxisAlignment.CENTER,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    if look.portrait:
        return node(pressable(visit, content, on_click, drawn, align=ft.Alignment.CENTER), selected=on, expand=True)
    lines = 2 if len(label) > ONE_LINE_LETTERS else 1  # « Aide, urgence » in large text must not leave its button
    height = max(look.px(112), look.mm(20), _dock_item_px(look, lines))
    return node(pressable(visit, content, on_click, drawn, height=height, align=ft.Alignment.CENTER), selected=on)


def _dock_item_px(look: Look, lines: int) -> float:
    """What an item of the dock needs: an icon over so many lines of words, and air."""
    leading = max(ROLES["note"].leading, ARABIC_LEADING) if look.rtl else ROLES["note"].leading
    return look.px(42 + 10 + 28) + lines * look.size("note") * leading
