"""A list that is read page by page, with its filters: events, offers, services. Nothing scrolls without a button."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import flet as ft

from kiosk.models.directory import Card, tags_present, with_tag
from kiosk.models.pages import Page, page_of
from kiosk.parts.controls import heading, icon, pad_to, panel, paragraph, pressable, quiet_button, talk_button, text
from kiosk.parts.frame import Pages, screen
from kiosk.parts.node import node
from kiosk.parts.styles import Press
from kiosk.visit import MENU, Visit

ALL = "all"
Item = TypeVar("Item")


def page_size(visit: Visit, upright: int = 4) -> int:
    """How many entries fit on a page of a list; ``upright``: on a screen that stands, with all its room."""
    look = visit.look
    if look.large_text:
        return 3 if look.portrait else 2
    # The banner of a cut network takes the place of one entry.
    return upright - (visit.frame.online is False) if look.portrait else 4


def in_lines(items: Sequence[ft.Control], across: int) -> Iterator[list[ft.Control]]:
    """The cells of each line, ``across`` of them, all as wide: the last line is filled with empty ones."""
    for at in range(0, len(items), across):
        cells: list[ft.Control] = [ft.Container(item, expand=True) for item in items[at : at + across]]
        yield cells + [ft.Container(expand=True) for _ in range(across - len(cells))]


def in_columns(visit: Visit, items: list[ft.Control]) -> ft.Control:
    """The entries of a page: one below the other, or two by two where the screen is wide."""
    look = visit.look
    stretch = ft.CrossAxisAlignment.STRETCH
    if look.portrait or look.large_text or look.small:
        return ft.Column(items, spacing=look.apart(14), tight=True, horizontal_alignment=stretch)
    rows: list[ft.Control] = [
        ft.Row(cells, spacing=look.px(20), vertical_alignment=stretch, intrinsic_height=True)
        for cells in in_lines(items, 2)
    ]
    return ft.Column(rows, spacing=look.apart(14), tight=True)


def filters(
    visit: Visit, tags: Sequence[str], words: Callable[[str], str], chosen: str, choose: Callable[[str], None],
    beside: Sequence[ft.Control] = (),
) -> ft.Control:  # fmt: skip
    """All, then the tags that lead somewhere; the one chosen has a check mark as well as a colour.

    Args:
        visit: the visit.
        tags: what one may choose; with fewer than two nothing is drawn.
        words: what a tag, or ``ALL``, is called.
        chosen: the tag chosen, or ``ALL``.
        choose: is told the tag that was touched.
        beside: other chips, which narrow what a tag leaves (`filter_chip`).
    """
    look = visit.look
    chips = [filter_chip(visit, tag, words(tag), tag == chosen, partial(choose, tag)) for tag in (ALL, *tags)]
    shown = [*(chips if len(tags) > 1 else []), *beside]
    if not shown:
        return ft.Container(visible=False)
    return ft.Row(shown, wrap=True, spacing=look.apart(0), run_spacing=look.apart(0))


def filter_chip(
    visit: Visit, tag: str, words: str, on: bool, on_click: Callable[[], None], *, icon_name: str = ""
) -> ft.Control:
    """One filter to touch; with a check mark when it is ``on``, else with ``icon_name`` where it has one."""
    look = visit.look
    palette = look.palette
    ink = palette.on_action if on else palette.ink
    drawn_as = Press(
        palette.action if on else palette.surface, ink, edge=None if on else palette.control,
        ledge=palette.action_ledge if on else palette.control, ledge_px=4, radius=20, pad_x=24,
        pad_y=pad_to(visit, "strong", 76),
    )  # fmt: skip
    row: list[ft.Control] = [text(visit, words, "strong", ink)]
    if on or icon_name:
        row.insert(0, icon(visit, "check" if on else icon_name, look.px(30), ink))
    content = ft.Row(row, spacing=look.px(10), tight=True) if len(row) > 1 else row[0]
    button = pressable(visit, content, on_click, drawn_as, key=f"tag-{tag}")
    return node(button, selected=on)


def pager(visit: Visit, page: Page[Item], turn_to: Callable[[int], None]) -> ft.Control | None:
    """Where one is in a list, and the buttons to its other pages; ``None`` for a list of one page."""
    if page.count <= 1:
        return None
    look = visit.look
    key = "list.position_one" if page.first == page.last else "list.position"
    where = text(visit, visit.say(key, first=page.first, last=page.last, total=page.total), "small",
                 look.palette.ink_soft, center=True, expand=None if look.large_text else True)  # fmt: skip
    row: list[ft.Control] = [] if look.large_text else [where]
    for there, words, step, arrow in (
        (page.has_previous, "list.previous", -1, "arrow-left"),
        (page.has_next, "list.next", 1, "arrow-right"),
    ):
        if there:
            row.append(_turn(visit, words, arrow, partial(turn_to, page.number + step)))
    turns = ft.Row(row, spacing=look.apart(16), wrap=look.large_text, run_spacing=look.apart(16))
    return ft.Column([where, turns], spacing=look.apart(8), tight=True) if look.large_text else turns


def _turn(visit: Visit, words: str, arrow: str, on_click: Callable[[], None]) -> ft.Control:
    return quiet_button(visit, visit.say(words), on_click, icon_name=arrow, drawn_height=104)


def entry(
    visit: Visit,
    key: str,
    title: str,
    second: tuple[str, str],
    chips: list[ft.Control],
    open_entry: Callable[[str], None],
) -> ft.Control:
    """One entry of a list: its title, a line with an icon (name, words), what must be known at once."""
    look = visit.look
    palette = look.palette
    name, words = second
    lines: list[ft.Control] = [text(visit, title, "label", palette.ink, lines=2)]
    if words:
        line: list[ft.Control] = [icon(visit, name, look.px(28), palette.ink_soft)]
        line.append(text(visit, words, "small", palette.ink_soft, lines=2, expand=True))
        lines.append(ft.Row(line, spacing=look.px(10)))
    lines.append(ft.Row(chips, wrap=True, spacing=look.px(12), run_spacing=look.px(8)))
    column = ft.Column(lines, spacing=look.px(10), tight=True, expand=True)
    content = ft.Row([column, icon(visit, "caret-right", look.px(38), palette.icon)], spacing=look.px(26))
    drawn = Press(palette.surface, palette.ink, edge=palette.edge, ledge=palette.ledge, ledge_px=6, pad_x=28, pad_y=24)
    return pressable(visit, content, lambda: open_entry(key), drawn, key=key)


def nothing(visit: Visit, area: str, icon_name: str, *, filtered: bool) -> ft.Control:
    """An empty list, or a filter that leads nowhere: what to do instead. ``area`` begins the keys of its words."""
    look = visit.look
    what = "empty.filtered" if filtered else "empty.title"
    more = "empty.filtered_more" if filtered else "empty.more"
    return panel(
        visit,
        [
            icon(visit, icon_name, look.px(72), look.palette.icon),
            heading(visit, visit.say(f"{area}.{what}"), 2),
            paragraph(visit, visit.say(f"{area}.{more}")),
            ft.Row([talk_button(visit)]),
        ],
    )


def in_facts(
    visit: Visit, summary: str, facts: list[ft.Control], notes: Sequence[str], source: str
) -> list[ft.Control]:
    """The page of one entry: what it is in words, its facts in a panel, what else to know, and where it comes from."""
    look = visit.look
    body: list[ft.Control] = []
    if summary:
        body.append(paragraph(visit, summary, role="body" if look.large_text else "lesson"))
    body.append(panel(visit, two_by_two(visit, facts), gap=24))
    body += [paragraph(visit, note, soft=True, role="small") for note in notes]
    body.append(paragraph(visit, source, soft=True, role="source"))
    return body


def two_by_two(visit: Visit, facts: list[ft.Control]) -> list[ft.Control]:
    """Facts one below the other, or in two columns where the screen is wide."""
    look = visit.look
    if look.portrait or look.large_text or look.small:
        return facts
    start = ft.CrossAxisAlignment.START
    return [ft.Row(cells, spacing=look.px(40), vertical_alignment=start) for cells in in_lines(facts, 2)]


@dataclass(frozen=True)
class Browsed:
    """What a place that is a list shows: the beginning of its words, its filters, how much fits upright.

    ``area`` begins the keys of its words, ``tags`` those of its filters; ``order`` is that of the filters.
    """

    area: str
    tags: str
    order: Sequence[str]
    icon_name: str
    upright: int


def browse(
    visit: Visit,
    place: Browsed,
    cards: Sequence[Card],
    item: Callable[[Card, str, Callable[[str], None]], ft.Control],
    page_of_one: Callable[[Card | None, Callable[[], None]], ft.Control],
) -> ft.Control:
    """A hook and the screen of such a place: its list by pages with filters, or the page of the entry that was opened.

    Args:
        visit: the visit.
        place: which.
        cards: its entries, in order.
        item: draws one of the list, given the tag chosen and what opens it.
        page_of_one: draws the page of one, given what closes it; ``None`` for one that went away.
    """
    tag, set_tag = ft.use_state(ALL)
    at, set_at = ft.use_state(0)
    opened, set_opened = ft.use_state("")
    if opened:
        return page_of_one(next((card for card in cards if card.id == opened), None), lambda: set_opened(""))

    def choose(wanted: str) -> None:
        set_tag(wanted)
        set_at(0)

    found = with_tag(cards, None if tag == ALL else tag)
    page = page_of(found, at, page_size(visit, place.upright))
    listed = in_columns(visit, [item(card, tag, set_opened) for card in page.items])
    if not found:
        listed = nothing(visit, place.area, place.icon_name, filtered=bool(cards))
    shown = tags_present(cards, place.order)
    fixed = not (visit.look.large_text or visit.look.small)
    return screen(
        visit,
        title=visit.say(f"{place.area}.title"),
        body=[
            filters(visit, shown, lambda one: visit.say(f"{place.tags}.{one}"), tag, choose),
            Pages(visit, listed) if fixed else listed,
        ],
        back=lambda: visit.go(MENU),
        beside=pager(visit, page, set_at),
        fill=fixed,
    )
