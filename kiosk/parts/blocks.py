"""The blocks of a content screen (``content.view``), drawn one under the other in the order they are read aloud."""

from __future__ import annotations

from collections.abc import Sequence

import flet as ft

from content.view import BlockView
from kiosk.parts.controls import icon, notice, panel, picture, text
from kiosk.visit import Visit


def blocks(visit: Visit, views: Sequence[BlockView], *, role: str = "body") -> list[ft.Control]:
    """One control for each block. ``role`` is that of its sentences (``lesson`` on explanation screens)."""
    return [_draw(visit, view, role) for view in views]


def _draw(visit: Visit, view: BlockView, role: str) -> ft.Control:
    if view.kind in ("list", "checklist", "steps"):
        return _items(visit, view, role)
    draw = {"keyfact": _keyfact, "notice": _notice, "phone": _phone, "illustration": _illustration}.get(view.kind)
    if draw is not None:
        return draw(visit, view)
    words = text(visit, view.text, role)
    return _column(visit, [text(visit, view.name, "strong"), words], 4) if view.kind == "term" else words


def _keyfact(visit: Visit, view: BlockView) -> ft.Control:
    return text(visit, view.text, "strong" if visit.look.large_text else "h3")


def _notice(visit: Visit, view: BlockView) -> ft.Control:
    return notice(visit, "wait" if view.tone == "attention" else "info", view.text, icon_name="warning-circle")


def _column(visit: Visit, controls: list[ft.Control], drawn: float) -> ft.Control:
    return ft.Column(
        controls, spacing=visit.look.px(drawn), tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
    )


def _items(visit: Visit, view: BlockView, role: str) -> ft.Control:
    rows: list[ft.Control] = [text(visit, view.text, role)] if view.text else []
    for number, item in enumerate(view.items, start=1):
        sign = _number(visit, number) if view.kind == "steps" else _sign(visit, view.kind == "checklist")
        words = ft.Container(text(visit, item, role), expand=True)
        rows.append(ft.Row([sign, words], spacing=visit.look.px(20), vertical_alignment=ft.CrossAxisAlignment.START))
    return _column(visit, rows, 14)


def _sign(visit: Visit, box: bool) -> ft.Control:
    look = visit.look
    return ft.Container(
        icon(visit, "square" if box else "check", look.size("body"), look.palette.icon),
        padding=ft.Padding.only(top=look.px(6)),
    )


def _number(visit: Visit, number: int) -> ft.Control:
    look = visit.look
    size = round(look.size("body") * 1.45)
    return ft.Container(
        width=size,
        height=size,
        shape=ft.BoxShape.CIRCLE,
        bgcolor=look.palette.action,
        alignment=ft.Alignment.CENTER,
        content=text(visit, str(number), "small", look.palette.on_action),
    )


def _phone(visit: Visit, view: BlockView) -> ft.Control:
    look = visit.look
    words: list[ft.Control] = [text(visit, view.text, "strong")]
    if view.detail:
        words.append(text(visit, view.detail, "small", look.palette.ink_soft))
    row = ft.Row(
        [
            icon(visit, "phone", look.px(44), look.palette.icon),
            text(visit, view.number, "h3"),
            ft.Container(_column(visit, words, 2), expand=True),
        ],
        spacing=look.px(24),
    )
    return panel(visit, [row], pad=20)


def _illustration(visit: Visit, view: BlockView) -> ft.Control:
    rows: list[ft.Control] = [picture(visit, view.name, 420, spoken=view.alt)]
    if view.text:
        rows.append(text(visit, view.text, "small", visit.look.palette.ink_soft))
    return _column(visit, rows, 10)
