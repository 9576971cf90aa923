"""Drawings that teach, by the name the content gives them (`content.pack.ILLUSTRATIONS`).

The example of a week is drawn here, with rounded boxes and icons; the scenes of the contract are pictures of
`kiosk/web/contract_scenes.py`. Their words (alt text and legend) come from the content. In high contrast there is no
drawing: the words stand in for it.
"""

from collections.abc import Callable, Sequence
from datetime import date

import flet as ft

from kiosk.parts.blocks import BlockShape
from kiosk.parts.controls import icon, paragraph, picture, text
from kiosk.times import weekday_short
from kiosk.visit import Visit

DAYS = tuple(date(2024, 1, day) for day in range(1, 6))
"""A Monday and the four days after it."""
#: Fifteen squares for fifteen hours: five days, three hours each, four kinds of activity mixed.
WEEK = (
    ("recherche", "recherche", "groupe"),
    ("groupe", "formation", "recherche"),
    ("formation", "formation", "demarches"),
    ("recherche", "groupe", "recherche"),
    ("demarches", "formation", "recherche"),
)
SCENE_RATIO = 280 / 880
SCENE_PORTRAIT, SCENE_LANDSCAPE, SCENE_SMALL = 820, 590, 400
"""Width of a scene in px of the drawing."""
SCENE_LOW = 0.56
"""Of it, where the rest of the screen needs the room."""
#: The sign of each activity: icon, ground, ink. Non-text contrast of ink on ground is at least 3.
SIGNS = {
    "recherche": ("magnifying-glass", "#0E4A56", "#FFFFFF"),
    "groupe": ("users", "#E8795A", "#0B3B45"),
    "formation": ("graduation-cap", "#8FBDC0", "#0B3B45"),
    "demarches": ("file-text", "#96703A", "#FFFFFF"),
}


def illustration(visit: Visit, block: BlockShape, *, low: bool = False) -> ft.Control:
    """The drawing of a block of kind ``illustration``; its words where there is none or in high contrast.

    ``low`` draws a scene less high, where the rest of the screen needs the room.
    """
    draw = DRAWINGS.get(block.name)
    if draw is None or visit.look.contrast or visit.look.large_text:
        return _in_words(visit, block)
    return _scene(visit, block, low=low) if low and draw is _scene else draw(visit, block)


def _in_words(visit: Visit, block: BlockShape) -> ft.Control:
    look = visit.look
    rows: list[ft.Control] = [text(visit, block.text, "strong")] if block.text else []
    rows.append(paragraph(visit, block.alt))
    return ft.Container(
        border=ft.Border.all(look.stroke(2), look.palette.edge),
        border_radius=look.px(24),
        padding=look.px(24),
        content=ft.Column(rows, spacing=look.px(10), tight=True),
    )


def _week(visit: Visit, block: BlockShape) -> ft.Control:
    look = visit.look
    palette = look.palette
    columns: list[ft.Control] = [
        ft.Container(_day(visit, weekday_short(day, visit.language), hours), expand=True)
        for day, hours in zip(DAYS, WEEK, strict=True)
    ]
    legend = [_legend(visit, one.sign, one.text) for one in block.legend]
    rows: list[ft.Control] = [text(visit, block.text, "small", palette.on_tint)] if block.text else []
    rows.append(ft.Row(columns, spacing=look.px(4 if look.small else 28)))
    many = 1 if look.small else 2
    for at in range(0, len(legend), many):
        rows.append(ft.Row([ft.Container(one, expand=True) for one in legend[at : at + many]], spacing=look.px(20)))
    drawn = ft.Container(
        bgcolor=palette.tint,
        border_radius=look.px(28),
        padding=ft.Padding.symmetric(
            horizontal=look.px(14 if look.small else 36), vertical=look.px(20 if look.portrait else 16)
        ),
        content=ft.Column(rows, spacing=look.px(10), tight=True),
    )
    # One image for a reader, with its words; the squares themselves are not read one by one.
    return ft.Semantics(label=block.alt, image=True, exclude_semantics=True, content=drawn)


def _day(visit: Visit, name: str, hours: Sequence[str]) -> ft.Control:
    look = visit.look
    # The squares leave their height to the words: the whole idea is read without turning the page.
    height, space = (44, 9) if look.portrait else (48, 8)
    squares: list[ft.Control] = [_square(visit, sign, None, height, 34) for sign in hours]
    return ft.Column(
        [
            text(visit, name, "note" if look.small else "small", look.palette.on_tint, center=True),
            ft.Container(
                bgcolor=look.palette.surface,
                border_radius=look.px(18),
                padding=look.px(space),
                content=ft.Column(
                    squares, spacing=look.px(space), tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
                ),
            ),
        ],
        spacing=look.px(8),
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _square(visit: Visit, sign: str, width: float | None, height: float, icon_px: float) -> ft.Control:
    look = visit.look
    name, ground, ink = SIGNS.get(sign, ("question", "#3B4A50", "#FFFFFF"))
    return ft.Container(
        width=look.px(width) if width else None,
        height=look.px(height),
        bgcolor=ground,
        border_radius=look.px(12 if width is None else 8),
        alignment=ft.Alignment.CENTER,
        content=icon(visit, name, look.px(icon_px), ink),
    )


def _legend(visit: Visit, sign: str, words: str) -> ft.Control:
    look = visit.look
    return ft.Row(
        [
            _square(visit, sign, 54, 36, 26),
            ft.Container(text(visit, words, "small", look.palette.on_tint), expand=True),
        ],
        spacing=look.px(16),
    )


def _scene(visit: Visit, block: BlockShape, *, low: bool = False) -> ft.Control:
    """A picture that takes the width of its place, less high where there is little height."""
    look = visit.look
    wide: float = SCENE_PORTRAIT if look.portrait else SCENE_SMALL if look.small else SCENE_LANDSCAPE
    wide *= SCENE_LOW if low else 1
    drawn = picture(visit, block.name, wide, height=wide * SCENE_RATIO, spoken=block.alt)
    return ft.Container(
        drawn,
        bgcolor=look.palette.tint,
        border_radius=look.px(28),
        alignment=ft.Alignment.CENTER,
        padding=ft.Padding.symmetric(horizontal=look.px(20), vertical=look.px(16)),
    )


SCENES = (
    "contrat-utilite", "contrat-signature", "contrat-contenu", "contrat-droits", "contrat-engagements",
    "contrat-probleme", "contrat-preparer",
)  # fmt: skip
DRAWINGS: dict[str, Callable[[Visit, BlockShape], ft.Control]] = {
    "exemple-semaine": _week,
    **dict.fromkeys(SCENES, _scene),
}
