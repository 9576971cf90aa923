"""A poster of the content on the wall screen: few words, read from across the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flet as ft

from kiosk.parts.controls import icon, text
from kiosk.parts.origin import above
from kiosk.visit import Visit

if TYPE_CHECKING:
    from content.view import BlockView, ScreenView

STRETCH = ft.CrossAxisAlignment.STRETCH


def poster(visit: Visit, view: ScreenView) -> ft.Control:
    """The title, then its blocks one under the other, in the middle of the height."""
    look = visit.look
    rows: list[ft.Control] = [text(visit, view.title, "h1", lines=2)]
    for block in view.blocks:
        rows += _drawn(visit, block)
    rows += above(visit, view, talk=False)
    column = ft.Column(
        rows, spacing=look.px(36 if look.portrait else 30), alignment=ft.MainAxisAlignment.CENTER, expand=True,
        horizontal_alignment=STRETCH,
    )  # fmt: skip
    pad = look.px(96 if look.portrait else 88)
    return ft.Container(column, expand=True, padding=ft.Padding.symmetric(horizontal=pad, vertical=look.px(40)))


def _drawn(visit: Visit, block: BlockView) -> list[ft.Control]:
    look = visit.look
    palette = look.palette
    if block.kind == "phone":
        number = ft.Container(
            text(visit, block.number, "h1", palette.on_tint, center=True, lines=1), width=look.px(250),
            bgcolor=palette.tint, border_radius=look.px(20), padding=look.px(14),
        )  # fmt: skip
        return [ft.Row([number, text(visit, block.text, "h2", lines=2, expand=True)], spacing=look.px(36))]
    if block.items:
        above = [text(visit, block.text, "h3")] if block.text else []
        return [*above, *(_item(visit, item) for item in block.items)]
    if block.kind == "keyfact":
        stripe = ft.Container(width=look.px(12), bgcolor=palette.point, border_radius=look.px(6))
        words = text(visit, block.text, "h2", lines=3, expand=True)
        return [ft.Row([stripe, words], spacing=look.px(28), intrinsic_height=True, vertical_alignment=STRETCH)]
    return [text(visit, block.text or block.alt, "h3", palette.ink_soft, lines=4)]


def _item(visit: Visit, item: str) -> ft.Control:
    look = visit.look
    sign = icon(visit, "check-circle", look.px(56), look.palette.icon, fill=True)
    return ft.Row(
        [sign, text(visit, item, "h3", lines=2, expand=True)], spacing=look.px(28),
        vertical_alignment=ft.CrossAxisAlignment.START,
    )  # fmt: skip
