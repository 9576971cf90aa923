"""Local events and workshops: a list by pages with filters; one event has a page of its own.

Everything shown says how old its count is; what is cancelled or full says so in words.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import flet as ft

from kiosk import moments, times
from kiosk.models import events as rules
from kiosk.models.events import EventCard
from kiosk.models.pages import page_of
from kiosk.parts.controls import heading, icon, notice, panel, paragraph, point, pressable, talk_button, text
from kiosk.parts.frame import Pages, screen
from kiosk.parts.styles import Press
from kiosk.screens.event_page import EventPage, chips
from kiosk.screens.listing import ALL, filter_chip, filters, in_columns, page_size, pager
from kiosk.visit import MENU, Visit
from kiosk.wording import FRENCH

if TYPE_CHECKING:
    from datetime import date

    from kiosk.actions import Actions

NARROW_ICONS = {rules.WEEK: "calendar-dots", rules.ONLINE: "monitor"}


@ft.component
def Events(visit: Visit, actions: Actions) -> ft.Control:
    """The place « Événements et ateliers »."""
    theme, set_theme = ft.use_state(ALL)
    wanted, set_wanted = ft.use_state(frozenset[str]())
    at, set_at = ft.use_state(0)
    opened, set_opened = ft.use_state("")
    now, zone = actions.now(), actions.site().zone
    seats = {slot.id: slot for slot in actions.slots(visit.key) if slot.event}
    cards = rules.upcoming(actions.events(), visit.language, now=now, zone=zone, seats=seats)
    if opened:
        return EventPage(visit, actions, opened, lambda: set_opened(""))

    def choose(tag: str) -> None:
        set_theme(tag)
        set_wanted(frozenset())
        set_at(0)

    def narrow(one: str) -> None:
        set_wanted(wanted ^ {one})
        set_at(0)

    today = moments.local(now, zone).date()
    of_theme = rules.with_theme(cards, None if theme == ALL else theme)
    found = rules.narrowed(of_theme, wanted, today)
    page = page_of(found, at, page_size(visit))
    counted = rules.oldest_count(page.items)
    old = any(card.count_is_old for card in page.items)
    age = _counted(visit, times.moment_near(counted, now, zone, visit.language), old) if counted is not None else None
    beside = age is not None and not old and visit.look.two_columns
    lead = next((card.id for card in page.items if card.state.can_come), "")
    items = [_item(visit, card, _words(visit, card, actions), card.id == lead, set_opened) for card in page.items]
    head: list[ft.Control] = [age] if age is not None and not beside else []
    if cards:
        themes, chips = rules.themes_present(cards), _narrowings(visit, of_theme, wanted, today, narrow)
        head.append(filters(visit, themes, lambda one: visit.say(f"events.theme.{one}"), theme, choose, chips))
    listed = in_columns(visit, items) if found else _empty(visit, cards)
    fixed = not (visit.look.large_text or visit.look.small)
    return screen(
        visit,
        title=visit.say("events.title"),
        # The filters and the pages keep their place; only a list that is too high for its place scrolls.
        body=[*head, Pages(visit, listed) if fixed else listed],
        back=lambda: visit.go(MENU),
        beside=pager(visit, page, set_at),
        aside=age if beside else None,
        fill=fixed,
    )


def _narrowings(
    visit: Visit, cards: tuple[EventCard, ...], wanted: frozenset[str], today: date, narrow: Callable[[str], None]
) -> list[ft.Control]:
    return [
        filter_chip(
            visit, one, visit.say(f"events.narrow.{one}"), one in wanted, partial(narrow, one),
            icon_name=NARROW_ICONS[one],
        )
        for one in rules.narrowings_present(cards, wanted, today)
    ]  # fmt: skip


def _words(visit: Visit, card: EventCard, actions: Actions) -> str:
    return rules.state_words(card, visit.language, now=actions.now(), zone=actions.site().zone)


def _counted(visit: Visit, moment: str, old: bool) -> ft.Control:
    look = visit.look
    if old:
        return notice(visit, "old", visit.say("events.counted_old", moment=moment))
    return ft.Row(
        [
            icon(visit, "clock", look.px(32), look.palette.ink_soft),
            paragraph(visit, visit.say("events.counted", moment=moment), soft=True, role="small"),
        ],
        spacing=look.px(12),
        tight=True,
    )


def _empty(visit: Visit, cards: tuple[EventCard, ...]) -> ft.Control:
    if not cards:
        title, more = visit.say("events.empty.title"), visit.say("events.empty.more")
    else:
        title = visit.say("events.empty.theme_title")
        more = visit.say("events.empty.theme_more", title=cards[0].title, day=cards[0].day)
    look = visit.look
    return panel(
        visit,
        [
            icon(visit, "calendar-blank", look.px(72), look.palette.icon),
            heading(visit, title, 2),
            paragraph(visit, more),
            ft.Row([talk_button(visit)]),
        ],
    )


def date_block(visit: Visit, card: EventCard, *, on_dark: bool = False) -> ft.Control:
    """Weekday, number and month, in a block that is found at a glance."""
    look = visit.look
    palette = look.palette
    ink = palette.on_tint
    wide = 140 if not look.large_text else 170 if visit.language in FRENCH else 190
    return ft.Container(
        width=look.px(wide),
        bgcolor=palette.surface if on_dark else palette.tint,
        border=ft.Border.all(look.stroke(2), palette.edge) if look.contrast else None,
        border_radius=look.px(18),
        padding=ft.Padding.symmetric(vertical=look.px(14)),
        content=ft.Column(
            [
                text(visit, card.weekday, "small", ink, center=True),
                text(visit, card.number, "h2", ink, center=True),
                text(visit, card.month, "small", ink, center=True),
            ],
            spacing=0,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
    )


def _item(visit: Visit, card: EventCard, state: str, lead: bool, open_card: Callable[[str], None]) -> ft.Control:
    look = visit.look
    palette = look.palette
    ink, soft = (palette.on_action, palette.on_action_soft) if lead else (palette.ink, palette.ink_soft)
    place = ft.Row(
        [
            icon(visit, "map-pin", look.px(28), soft),
            text(visit, card.place, "small", soft, lines=2, expand=True),
        ],
        spacing=look.px(10),
    )
    hours = times.with_paris(card.hours, card.paris)
    words = ft.Column(
        [text(visit, hours, "small", soft), text(visit, card.title, "label", ink), place, chips(visit, card, state)],
        spacing=look.px(6),
        tight=True,
        expand=True,
    )
    if lead:
        drawn_as = Press(
            palette.action,
            ink,
            ledge=palette.action_ledge,
            ledge_px=7,
            pressed=palette.action_pressed,
            pad_x=20,
            pad_y=18,
        )
        end: ft.Control = point(visit, drawn=72)
    else:
        drawn_as = Press(palette.surface, ink, edge=palette.edge, ledge=palette.ledge, ledge_px=6, pad_x=20, pad_y=18)
        end = icon(visit, "caret-right", look.px(38), palette.icon)
    content = ft.Row([date_block(visit, card, on_dark=lead), words, end], spacing=look.px(26))
    return pressable(visit, content, lambda: open_card(card.id), drawn_as, key=card.id)
