"""The list of « Préparer votre rendez-vous »: lines to tick, and the paper of it, large, to take away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import flet as ft

from kiosk.models.checklist import Checklist, ChecklistPaper, PaperLine
from kiosk.models.printed import paper_of_list
from kiosk.parts import paper as drawn
from kiosk.parts.blocks import BlockShape
from kiosk.parts.controls import icon, paragraph, pressable, text
from kiosk.parts.frame import Primary, screen
from kiosk.parts.node import node
from kiosk.parts.styles import Press
from kiosk.screens.take_away import TakeAway, Taking
from kiosk.visit import Visit


def tick_list(
    visit: Visit, block: BlockShape, number: int, checklist: Checklist, redraw: Callable[[], None]
) -> ft.Control:
    """One list of the content, each line a box to touch. ``number`` is its place among the lists of the screen."""
    look = visit.look

    def touch(line: int) -> None:
        checklist.toggle(number, line)
        redraw()

    rows: list[ft.Control] = [text(visit, block.text, "strong")] if block.text else []
    rows += [
        _box(visit, item, checklist.ready(number, line), partial(touch, line)) for line, item in enumerate(block.items)
    ]
    return ft.Column(
        rows, spacing=look.apart(0), tight=True, expand=not look.large_text or None,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )  # fmt: skip


def _box(visit: Visit, words: str, ready: bool, on_click: Callable[[], None]) -> ft.Control:
    look = visit.look
    palette = look.palette
    sign = icon(visit, "check-square" if ready else "square", look.px(40), palette.selected_edge, fill=ready)
    face = ft.Row([sign, ft.Container(text(visit, words, "small"), expand=True)], spacing=look.px(14))
    edge = palette.selected_edge if ready else palette.edge
    drawn_as = Press(
        palette.selected if ready else palette.surface, palette.ink, edge=edge, edge_px=3 if ready else 2,
        ledge=palette.selected_edge if ready else palette.ledge, ledge_px=4, radius=18, pad_x=16, pad_y=_pad(visit),
    )  # fmt: skip
    return node(pressable(visit, face, on_click, drawn_as), checked=ready)


def _pad(visit: Visit) -> float:
    """Padding, in px of the drawing, that gives one line of a box 15 mm at least."""
    look = visit.look
    return max(10.0, (look.touch(72) - look.size("small") * 1.35) / 2 / max(0.01, look.px(1000) / 1000))


def paper_screen(visit: Visit, paper: ChecklistPaper, primary: Primary, back: Callable[[], None]) -> ft.Control:
    """The paper as large as the screen lets it, with the ways to take it away under it."""
    look = visit.look
    groups: list[ft.Control] = [
        ft.Column(
            [
                *([text(visit, group.title, "strong")] if group.title else []),
                *(_line(visit, line) for line in group.lines),
            ],
            spacing=look.px(10),
            tight=True,
            expand=not look.portrait,
        )
        for group in paper.groups
    ]
    start = ft.CrossAxisAlignment.START
    lists = groups if look.portrait else [ft.Row(groups, spacing=look.px(48), vertical_alignment=start)]
    notes = [paragraph(visit, note) for note in paper.notes]
    small = text(visit, paper.source, "source", look.palette.ink_soft)
    sheet = drawn.sheet(visit, [*lists, drawn.hairline(visit), *notes, small], place=paper.place, made=paper.made)
    body = [sheet, *take_away(visit, paper)]
    return screen(visit, title=paper.title, body=body, primary=primary, back=back)


def take_away(visit: Visit, paper: ChecklistPaper) -> list[ft.Control]:
    """The ways to take a paper away: printed where there is a printer, else by a photograph or a pen."""
    look = visit.look
    taking = Taking(paper=lambda: paper_of_list(paper, visit.language), code=False)
    printed: list[ft.Control] = [TakeAway(visit, taking)] if visit.papers is not None else []
    photo = ft.Row(
        [
            icon(visit, "camera", look.px(40), look.palette.icon),
            ft.Container(paragraph(visit, visit.say("list.photo")), expand=True),
        ],
        spacing=look.px(18),
    )
    return [*printed, photo, paragraph(visit, visit.say("list.anonymous"), soft=True, role="small")]


def _line(visit: Visit, line: PaperLine) -> ft.Control:
    look = visit.look
    sign = icon(visit, "check-square" if line.ready else "square", look.px(36), look.palette.ink, fill=line.ready)
    words: list[ft.Control] = [sign, ft.Container(text(visit, line.text, "body"), expand=True)]
    if line.ready:
        words.append(text(visit, visit.say("list.ready"), "small", look.palette.ink_soft))
    return ft.Row(words, spacing=look.px(16), vertical_alignment=ft.CrossAxisAlignment.START)
