"""Answers to touch: a card with its own box and a picture for who reads little French, and how cards stand together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import flet as ft

from kiosk.parts.controls import Handler, icon, picture, pressable, text, tile
from kiosk.parts.listening import BUTTON_PX, RING_MM, listen_button, listen_room
from kiosk.parts.node import node
from kiosk.parts.styles import Press
from kiosk.said import beside

if TYPE_CHECKING:
    from kiosk.tokens import Look
    from kiosk.visit import Visit

MARK_PX = 84
TALL_MARK_PX = 128
TALL_PX = 300
PAD_X, BOX_PX, EDGE_PX = 26, 56, 12
NARROW_COLUMNS = 3
ROOMY_LINES_LYING, ROOMY_LINES_UPRIGHT = 2, 5


@dataclass(frozen=True)
class Mark:
    """What is seen beside the words of an answer: one of our pictograms, or a line icon.

    In high contrast a pictogram gives way to its `icon`; from the 150 % step on both give their room to the words.
    `share` is the part of its place that the icon takes.
    """

    icon: str = ""
    pictogram: str = ""
    share: float = 0.58


@dataclass(frozen=True)
class Arrangement:
    """How the answers of one question stand: so many a line, with air around the words, or tall under their picture."""

    columns: int = 1
    roomy: bool = False
    tall: bool = False


def arrangement(visit: Visit, count: int, *, pictured: bool = False) -> Arrangement:
    """How `count` answers stand on this screen, so that all are seen and none leaves a hole where they can fill a line.

    Six that have a picture stand two by two under it, on an upright screen. On a 10" one the buttons that read them
    leave the words of two a line no room.
    """
    look = visit.look
    if look.large_text or (look.small and visit.speaks):
        return Arrangement()
    if look.portrait:
        tall = pictured and count > ROOMY_LINES_UPRIGHT and not look.small and not look.contrast
        return Arrangement(2 if tall else 1, roomy=count <= ROOMY_LINES_UPRIGHT and not look.small, tall=tall)
    columns = 3 if look.two_columns and count in (3, 5, 6) else 2
    return Arrangement(columns, roomy=-(-count // columns) <= ROOMY_LINES_LYING and not look.small)


def in_columns(visit: Visit, cards: list[ft.Control], columns: int) -> ft.Control:
    """Cards side by side, ``columns`` a line; the last line keeps the width of the others."""
    space = visit.look.px(24)
    lines: list[ft.Control] = []
    for at in range(0, len(cards), columns):
        line: list[ft.Control] = cards[at : at + columns]
        filler: list[ft.Control] = [ft.Container(expand=True) for _ in range(columns - len(line))]
        stretch = ft.CrossAxisAlignment.STRETCH
        lines.append(
            ft.Row([*line, *filler], spacing=space, vertical_alignment=stretch, intrinsic_height=True)
            if columns > 1
            else ft.Row(line)
        )
    return ft.Column(lines, spacing=visit.look.px(20), tight=True)


def choice_card(
    visit: Visit, title: str, on_click: Handler, *, selected: bool, detail: str = "", mark: Mark | None = None,
    several: bool = False, expand: bool | int | None = True, stands: Arrangement | None = None,
) -> ft.Control:  # fmt: skip
    """One answer to touch, with its own box: ticked when `selected`. `several` draws a check box, else a round one.

    Announced as a check box or radio button with its state. Put it into a Row with `expand` (`in_columns`). Where there
    is a voice for the visitor's language it has a button of its own that reads it (`heard`).
    """
    look, palette, stands = visit.look, visit.look.palette, stands or Arrangement()
    words: list[ft.Control] = [text(visit, title, "label")]
    if detail:
        words.append(text(visit, detail, "small", palette.ink_soft))
    box, seen = _box(visit, selected, several), _mark(visit, mark, TALL_MARK_PX if stands.tall else MARK_PX)
    column = ft.Column(words, spacing=look.px(4), tight=True, expand=not stands.tall)
    upper = stands.tall or stands.columns >= NARROW_COLUMNS  # the button that reads it stands above the box
    if stands.tall and seen is not None:
        head = ft.Row(
            [seen, _under_listening(visit, box, pad=24)],
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
        content: ft.Control = ft.Column([head, column], alignment=ft.MainAxisAlignment.SPACE_BETWEEN)
    elif upper:
        content = ft.Row([*([seen] if seen else []), column, _under_listening(visit, box, _pad_y(look, stands))],
                         spacing=look.px(20))  # fmt: skip
    elif seen is not None:
        content = ft.Row([seen, column, box, *_beside_listening(visit, 20)], spacing=look.px(20))
    else:
        content = ft.Row([box, column, *_beside_listening(visit, 24)], spacing=look.px(24))
    drawn = Press(
        palette.selected if selected else palette.surface, palette.ink,
        edge=palette.selected_edge if selected else palette.edge, edge_px=5 if selected else 2,
        ledge=palette.selected_edge if selected else palette.ledge, ledge_px=6, pad_x=PAD_X,
        pad_y=_pad_y(look, stands),
    )  # fmt: skip
    # In two languages the words say how high it is: those of a line are stretched to the highest.
    height = look.px(TALL_PX) if stands.tall and not beside(title) else None
    card = pressable(visit, content, on_click, drawn, expand=None, height=height)
    # One thing for a screen reader and for the focus: a box, ticked or not, not a button within a box.
    return heard(visit, node(card, checked=selected), (title, detail), chosen=selected, expand=expand, top=upper)


def heard(
    visit: Visit, card: ft.Control, words: Sequence[str], *, chosen: bool = False,
    expand: bool | int | None = True, top: bool = False,
) -> ft.Control:  # fmt: skip
    """A choice with the button that reads it: beside its end, or in its upper corner; the card leaves it the room.

    The button is no part of the card's own, and a ring of 3 mm around it takes no touch: who misses it by little
    chooses nothing. Without a voice for the visitor's language it is the card alone.
    """
    if not visit.speaks:
        card.expand = expand
        return card
    look = visit.look
    ring = look.mm(RING_MM)
    button = ft.GestureDetector(
        ft.Container(
            listen_button(visit, words, chosen=chosen),
            # On a 10" screen a card is little higher than the button, which would be squeezed.
            padding=ft.Padding.symmetric(horizontal=ring, vertical=look.mm(1) if look.small else ring),
        ),
        on_tap=does_nothing,
        exclude_from_semantics=True,
    )
    at, edge = ft.Alignment(-1 if look.rtl else 1, -1 if top else 0), look.px(EDGE_PX)
    over = ft.Container(
        button, alignment=at, left=edge if look.rtl else 0, right=0 if look.rtl else edge, top=edge if top else 0,
        bottom=look.ledge(6),
    )  # fmt: skip
    return ft.Stack([card, over], expand=expand, fit=ft.StackFit.PASS_THROUGH)


def heard_tile(
    visit: Visit, title: str, on_click: Handler, *, detail: str = "", row: bool = False,
    expand: bool | int | None = True, **more: Any,
) -> ft.Control:  # fmt: skip
    """`controls.tile` with the button that reads it (`heard`); `more` are its other arguments."""
    flat = row or visit.look.contrast
    room = listen_room(visit.look) if visit.speaks and flat else 0
    drawn = tile(visit, title, on_click, detail=detail, row=row, expand=None, room=room, **more)
    return heard(visit, drawn, (title, detail), expand=expand, top=not flat)


def does_nothing() -> None:
    """The ring around a listen button takes the touch, and does nothing with it."""


def _beside_listening(visit: Visit, gap: float) -> list[ft.Control]:
    """The place at the end of a card for the button that reads it; `gap` stands before it already."""
    look = visit.look
    if not visit.speaks:
        return []
    return [ft.Container(width=listen_room(look) - look.px(gap), height=look.touch(BUTTON_PX))]


def _under_listening(visit: Visit, box: ft.Control, pad: float) -> ft.Control:
    """The box of a card in the middle under the button that reads it; `pad` is the card's own above."""
    look = visit.look
    if not visit.speaks:
        return box
    above = look.px(EDGE_PX) + listen_room(look) - look.px(pad)
    column = ft.Column([ft.Container(height=above), box], tight=True, spacing=0)
    beside = EDGE_PX + (listen_room(look) - look.px(BOX_PX)) / 2 - look.px(PAD_X)
    return ft.Container(column, padding=ft.Padding.only(right=max(0, round(beside))))


def _pad_y(look: Look, stands: Arrangement) -> int:
    if stands.tall:
        return 24
    if stands.roomy:
        return 40
    return 20 if look.portrait else 14


def _box(visit: Visit, selected: bool, several: bool) -> ft.Control:
    look, palette = visit.look, visit.look.palette
    size = look.px(BOX_PX)
    return ft.Container(
        width=size,
        height=size,
        border_radius=look.px(14) if several else size / 2,
        bgcolor=palette.selected_edge if selected else palette.surface,
        border=ft.Border.all(look.stroke(3), palette.selected_edge if selected else palette.control),
        alignment=ft.Alignment.CENTER,
        content=icon(visit, "check", look.px(34), palette.on_action) if selected else None,
    )


def _mark(visit: Visit, mark: Mark | None, drawn: int) -> ft.Control | None:
    look, palette = visit.look, visit.look.palette
    if mark is None or look.large_text:
        return None
    if mark.pictogram and not look.contrast:
        return picture(visit, mark.pictogram, drawn)
    if not mark.icon:
        return None
    return ft.Container(
        width=look.px(drawn),
        height=look.px(drawn),
        border_radius=look.px(20),
        bgcolor=palette.tint,
        alignment=ft.Alignment.CENTER,
        content=icon(visit, mark.icon, look.px(drawn * mark.share), palette.on_tint),
    )
