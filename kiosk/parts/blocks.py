"""Draws the blocks of a content screen (`content.view.BlockView`, read here as a plain shape) in the tokens.

One function a kind; a kind this version does not know is drawn as its spoken words, never left out in silence.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import flet as ft

from kiosk.parts.controls import icon, notice, text
from kiosk.visit import Visit

WIDE_LIST_MIN = 5
"""A checklist longer than this stands in two columns where the screen is wide."""


class LegendShape(Protocol):
    """One sign of an illustration and its words."""

    @property
    def sign(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102


class BlockShape(Protocol):
    """What a block must offer to be drawn; see `content.view.BlockView` for what each kind fills."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def speech(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def items(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def alt(self) -> str: ...  # noqa: D102
    @property
    def legend(self) -> Sequence[LegendShape]: ...  # noqa: D102
    @property
    def tone(self) -> str: ...  # noqa: D102
    @property
    def number(self) -> str: ...  # noqa: D102
    @property
    def detail(self) -> str: ...  # noqa: D102
    @property
    def by(self) -> str: ...  # noqa: D102


def blocks(
    visit: Visit, views: Sequence[BlockShape], *, illustrate: Callable[[BlockShape], ft.Control | None] | None = None,
    role: str = "body",
) -> list[ft.Control]:  # fmt: skip
    """The blocks in order. `illustrate` draws an illustration by its `name` (None: its words stand in for it);
    `role` is the size of sentences ("lesson" on explanation screens)."""
    return [_block(visit, view, role, illustrate) for view in views]


def _block(  # noqa: PLR0911 - one return a kind
    visit: Visit, view: BlockShape, role: str, illustrate: Callable[[BlockShape], ft.Control | None] | None
) -> ft.Control:
    attention = view.tone == "attention"
    match view.kind:
        case "text":
            return text(visit, view.text, role)
        case "keyfact":
            return _keyfact(visit, view)
        case "list" | "checklist":
            return _items(visit, view, role, boxes=view.kind == "checklist")
        case "steps":
            return _steps(visit, view, role)
        case "notice":
            name = "warning-circle" if attention else "info"
            return notice(visit, "old" if attention else "info", view.text, icon_name=name)
        case "phone":
            return _phone(visit, view)
        case "term":
            return _term(visit, view, role)
        case "illustration":
            return _illustration(visit, view, illustrate)
    return text(visit, view.speech, role)


def _keyfact(visit: Visit, view: BlockShape) -> ft.Control:
    look = visit.look
    bar = ft.Container(width=look.px(8), bgcolor=look.palette.current, border_radius=look.px(4))
    return ft.Container(
        bgcolor=look.palette.tint,
        border=ft.Border.all(look.stroke(2), look.palette.edge) if look.contrast else None,
        border_radius=look.px(20),
        padding=ft.Padding.symmetric(horizontal=look.px(28), vertical=look.px(16 if look.portrait else 12)),
        content=ft.Row(
            [bar, ft.Container(text(visit, view.text, "strong", look.palette.on_tint), expand=True)],
            spacing=look.px(20),
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
            intrinsic_height=True,
        ),
    )


def _with_lead(visit: Visit, view: BlockShape, rows: list[ft.Control]) -> ft.Control:
    lead: list[ft.Control] = [text(visit, view.text, "strong")] if view.text else []
    return ft.Column([*lead, *rows], spacing=visit.look.apart(12 if visit.look.portrait else 8), tight=True)


def _items(visit: Visit, view: BlockShape, role: str, *, boxes: bool) -> ft.Control:
    look = visit.look
    size = look.size(role)

    def mark() -> ft.Control:
        if not boxes:
            dot = ft.Container(
                width=size * 0.32, height=size * 0.32, shape=ft.BoxShape.CIRCLE, bgcolor=look.palette.icon
            )
            return ft.Container(dot, width=size, height=size * 1.4, alignment=ft.Alignment.CENTER)
        box = icon(visit, "square", size * 1.1, look.palette.icon)
        return ft.Container(box, width=size * 1.3, height=size * 1.4, alignment=ft.Alignment.CENTER)

    rows: list[ft.Control] = [
        ft.Row(
            [mark(), ft.Container(text(visit, item, role), expand=True)],
            spacing=look.px(12),
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        for item in view.items
    ]
    if boxes and len(rows) > WIDE_LIST_MIN and look.two_columns:
        half = -(-len(rows) // 2)
        sides: list[ft.Control] = [
            ft.Column(side, spacing=look.px(8), tight=True, expand=True) for side in (rows[:half], rows[half:])
        ]
        rows = [ft.Row(sides, spacing=look.px(48), vertical_alignment=ft.CrossAxisAlignment.START)]
    return _with_lead(visit, view, rows)


def _steps(visit: Visit, view: BlockShape, role: str) -> ft.Control:
    look = visit.look
    size = look.size(role) * 1.4
    ground, ink = (look.palette.ground, look.palette.ink) if look.contrast else (look.palette.action, "#FFFFFF")
    rows: list[ft.Control] = [
        ft.Row(
            [
                ft.Container(
                    text(visit, str(number), "note", ink),
                    width=size,
                    height=size,
                    shape=ft.BoxShape.CIRCLE,
                    bgcolor=ground,
                    alignment=ft.Alignment.CENTER,
                    border=ft.Border.all(2, look.palette.ink) if look.contrast else None,
                ),
                ft.Container(text(visit, item, role), expand=True),
            ],
            spacing=look.px(18),
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        for number, item in enumerate(view.items, 1)
    ]
    return _with_lead(visit, view, rows)


def _phone(visit: Visit, view: BlockShape) -> ft.Control:
    look = visit.look
    number = text(visit, view.number, "h3", look.palette.second)
    words: list[ft.Control] = [text(visit, view.text, "strong")]
    if view.detail:
        words.append(text(visit, view.detail, "small", look.palette.ink_soft))
    return ft.Row(
        [
            icon(visit, "device-mobile" if view.by == "sms" else "phone", look.px(40), look.palette.icon),
            ft.Container(number, width=look.size("h3") * (2.6 if len(view.number) <= 4 else 6.2)),
            ft.Column(words, spacing=0, expand=True, tight=True),
        ],
        spacing=look.px(20),
    )


def _term(visit: Visit, view: BlockShape, role: str) -> ft.Control:
    return ft.Column(
        [text(visit, view.name, "label"), text(visit, view.text, role)], spacing=visit.look.px(4), tight=True
    )


def _illustration(
    visit: Visit, view: BlockShape, illustrate: Callable[[BlockShape], ft.Control | None] | None
) -> ft.Control:
    drawn = illustrate(view) if illustrate is not None and not visit.look.contrast else None
    rows: list[ft.Control] = []
    if drawn is not None:
        rows.append(ft.Semantics(label=view.alt, image=True, content=drawn))
    else:
        rows.append(text(visit, view.alt, "small", visit.look.palette.ink_soft))
    if view.text:
        rows.append(text(visit, view.text, "small"))
    rows += [
        ft.Row(
            [text(visit, legend.sign, "strong"), ft.Container(text(visit, legend.text, "small"), expand=True)],
            spacing=visit.look.px(14),
        )
        for legend in view.legend
    ]
    return ft.Column(rows, spacing=visit.look.px(12), tight=True)
