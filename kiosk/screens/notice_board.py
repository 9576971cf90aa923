"""The page `/affichage`: a wall screen that nobody touches. What comes next in large, then events, then offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flet as ft

from kiosk.models import directory, events
from kiosk.models.notice_board import BoardView, board_view, posters, turn_of
from kiosk.parts.controls import chip, heading, icon, text
from kiosk.parts.frame import mark
from kiosk.parts.hooks import use_topics
from kiosk.said import joined
from kiosk.screens.booking_slip import KINDS, use_look_again
from kiosk.screens.listing import in_lines
from kiosk.screens.poster import poster
from kiosk.visit import Visit
from kiosk.wording import uncapped

if TYPE_CHECKING:
    from datetime import datetime

    from kiosk.actions import Actions
    from kiosk.models.directory import OfferCard
    from kiosk.models.events import EventCard

LOOK_S = 1.0
EVENTS_AT_ONCE = 4
OFFERS_WIDE, OFFERS_UPRIGHT = 4, 3
STRETCH = ft.CrossAxisAlignment.STRETCH


@ft.component
def NoticeBoard(visit: Visit, actions: Actions) -> ft.Control:
    """The board of this terminal's site; it is drawn again at each turn, and when the clock or the network changes."""
    use_topics(visit, "frame", "look")
    _, redraw = ft.use_state(0)
    use_look_again(visit, lambda: turn_of(actions.now()), lambda: redraw(lambda number: number + 1), LOOK_S)
    look, now, site = visit.look, actions.now(), actions.site()
    seats = {slot.id: slot for slot in actions.slots(visit.key) if slot.event}
    view = board_view(
        events.upcoming(actions.events(), visit.language, now=now, zone=site.zone, seats=seats),
        directory.offer_cards(actions.offers(), visit.language, now=now, zone=site.zone),
        visit.language, now=now, zone=site.zone, last_contact=actions.network().last_contact,
        events_at_once=EVENTS_AT_ONCE, offers_at_once=OFFERS_UPRIGHT if look.portrait else OFFERS_WIDE,
        posters=posters(actions, visit.language),
    )  # fmt: skip
    said = {card.id: _state(visit, card, now, site.zone) for card in view.following}
    first = _lead(visit, view)
    second = poster(visit, view.poster) if view.poster is not None else _lists(visit, view, said)
    foot = _foot(visit, view, site.opening_hours)
    if look.portrait:
        column = ft.Column([first, ft.Container(second, expand=True), foot], spacing=0, horizontal_alignment=STRETCH)
        return ft.Container(column, expand=True, bgcolor=look.palette.ground)
    row = ft.Row(
        [ft.Container(first, expand=36), ft.Container(second, expand=64)], spacing=0, expand=True,
        vertical_alignment=STRETCH,
    )  # fmt: skip
    column = ft.Column([row, foot], spacing=0, horizontal_alignment=STRETCH)
    return ft.Container(column, expand=True, bgcolor=look.palette.ground)


def _lead(visit: Visit, view: BoardView) -> ft.Control:
    """Place, time, and the event that comes next, on dark."""
    look = visit.look
    palette = look.palette
    name = ft.Column(
        [text(visit, visit.say("frame.name"), "h3", palette.on_deep),
         text(visit, visit.frame.site_name, "body", palette.on_deep_soft, lines=2)],
        spacing=0, expand=True, tight=True,
    )  # fmt: skip
    head = ft.Row([mark(visit, 76, on_deep=True), name], spacing=look.px(20))
    clock = ft.Column(
        [text(visit, visit.frame.clock(visit.language), "code", palette.on_deep, lines=1),
         text(visit, visit.frame.date(visit.language), "lesson", palette.on_deep_soft)],
        spacing=look.px(6), tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.END if look.portrait else ft.CrossAxisAlignment.START,
    )  # fmt: skip
    top: list[ft.Control] = (
        [ft.Row([ft.Container(head, expand=True), clock], spacing=look.px(24))] if look.portrait else [head, clock]
    )
    body = ft.Column([*top, _next(visit, view)], spacing=look.px(44), tight=True, horizontal_alignment=STRETCH)
    pad = look.px(64 if look.portrait else 60)
    return ft.Container(body, bgcolor=palette.deep, padding=ft.Padding.symmetric(horizontal=pad, vertical=look.px(56)))


def _next(visit: Visit, view: BoardView) -> ft.Control:
    look = visit.look
    palette = look.palette
    card = view.lead
    if card is None:
        when, title = "", visit.say("board.no_event")
        lines = [text(visit, visit.say("board.no_event_more"), "lesson", palette.on_deep_soft)]
    else:
        when, title = view.lead_when, card.title
        lines = [
            text(visit, joined(", ", (card.day, card.hours_short)), "lesson", palette.on_deep, lines=2),
            text(visit, card.place, "lesson", palette.on_deep_soft, lines=2),
        ]
    words: list[ft.Control] = [heading(visit, title, color=palette.on_deep, lines=5), *lines]
    if when:
        size = look.px(52)
        sun = ft.Container(width=size, height=size, border_radius=size / 2, bgcolor=palette.point)
        words.insert(0, ft.Row([sun, text(visit, when, "h3", palette.on_deep)], spacing=look.px(22)))
    return ft.Column(words, spacing=look.px(20), tight=True, horizontal_alignment=STRETCH)


def _lists(visit: Visit, view: BoardView, said: dict[str, str]) -> ft.Control:
    look = visit.look
    rows: list[ft.Control] = []
    if view.following:
        rows.append(heading(visit, visit.say("board.then" if view.lead else "board.events"), 2))
        for card in view.following:
            rows += [_event(visit, card, said[card.id]), _line(visit)]
    if view.offers:
        title = heading(visit, visit.say("board.offers"), 2)
        rows.append(ft.Container(title, margin=ft.Margin.only(top=look.px(18))))
        rows += _offers(visit, view.offers)
    column = ft.Column(rows, spacing=look.px(14 if look.portrait else 5), tight=True, horizontal_alignment=STRETCH)
    pad = look.px(64)
    return ft.Container(column, padding=ft.Padding.only(left=pad, right=pad, top=look.px(44 if look.portrait else 32)))


def _state(visit: Visit, card: EventCard, now: datetime, zone: str) -> str:
    """Its state in few words; "" where nothing is known of its places."""
    if card.state.key == "events.state.uncounted":
        return ""
    if card.state.key == "events.state.places":
        return visit.say("board.places", count=card.state.places)
    return events.state_words(card, visit.language, now=now, zone=zone)


def _event(visit: Visit, card: EventCard, said: str) -> ft.Control:
    look = visit.look
    palette = look.palette
    date = ft.Container(
        ft.Column(
            [text(visit, card.weekday, "small", palette.on_tint, center=True),
             text(visit, card.number, "h3", palette.on_tint, center=True)],
            spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        width=look.px(108), bgcolor=palette.tint, border_radius=look.px(16), padding=look.px(10),
    )  # fmt: skip
    words = ft.Column(
        [text(visit, card.title, "label", lines=1),
         text(visit, joined(" · ", (card.hours_short, card.place)), "body", palette.ink_soft, lines=1)],
        spacing=look.px(4), tight=True, expand=True,
    )  # fmt: skip
    state = [chip(visit, said, KINDS[card.state.look])] if said else []
    return ft.Row([date, words, *state], spacing=look.px(28))


def _offers(visit: Visit, offers: tuple[OfferCard, ...]) -> list[ft.Control]:
    """One below the other; two by two where the screen is wide."""
    look = visit.look
    drawn = [_offer(visit, card) for card in offers]
    if look.portrait:
        return [control for one in drawn for control in (one, _line(visit))]
    rows: list[ft.Control] = []
    for cells in in_lines(drawn, 2):
        rows += [_line(visit), ft.Row(cells, spacing=look.px(56), vertical_alignment=ft.CrossAxisAlignment.START)]
    return rows


def _offer(visit: Visit, card: OfferCard) -> ft.Control:
    """The terms beside the job, under it where two offers share a line: a job's name is not cut for them."""
    look = visit.look
    terms = visit.say(f"offers.contract.{card.contract}")
    title = text(visit, card.title, "strong", lines=1 if look.portrait else 2)
    if not look.portrait:
        under = text(visit, joined(" · ", (terms, card.place)), "small", look.palette.ink_soft, lines=1)
        return ft.Column([title, under], spacing=look.px(2), tight=True, expand=True)
    place = text(visit, card.place, "small", look.palette.ink_soft, lines=1)
    words = ft.Column([title, place], spacing=look.px(2), tight=True, expand=True)
    terms = joined(", ", [terms, *directory.terms_of(card)[:1]])
    return ft.Row([words, text(visit, terms, "strong", look.palette.icon)], spacing=look.px(20))


def _line(visit: Visit) -> ft.Control:
    return ft.Container(height=visit.look.stroke(2), bgcolor=visit.look.palette.edge)


def _foot(visit: Visit, view: BoardView, opening_hours: str) -> ft.Control:
    """What to do, when somebody is there, and of when all this is."""
    look = visit.look
    palette = look.palette
    what = ft.Row(
        [icon(visit, "hand-tap", look.px(52), palette.icon, fill=True),
         text(visit, visit.say("board.sign_up"), "label", lines=2, expand=True)],
        spacing=look.px(24), expand=None if look.portrait else True,
    )  # fmt: skip
    side = ft.CrossAxisAlignment.START if look.portrait else ft.CrossAxisAlignment.END
    lines: list[ft.Control] = [_age(visit, view)]
    if opening_hours:
        lines.insert(
            0,
            text(
                visit, visit.say("board.open", hours=uncapped(opening_hours, visit.language)), "small", palette.ink_soft
            ),
        )
    known = ft.Column(lines, spacing=look.px(4), tight=True, horizontal_alignment=side)
    rows: list[ft.Control] = [what, known]
    inside: ft.Control = ft.Row(rows, spacing=look.px(40))
    if look.portrait:
        inside = ft.Column(rows, spacing=look.px(14), tight=True, horizontal_alignment=STRETCH)
    return ft.Container(
        inside, bgcolor=palette.surface, padding=ft.Padding.symmetric(horizontal=look.px(64), vertical=look.px(30)),
        border=ft.Border.only(top=ft.BorderSide(look.stroke(2), palette.edge)),
    )  # fmt: skip


def _age(visit: Visit, view: BoardView) -> ft.Control:
    palette = visit.look.palette
    if not view.informed:
        return text(visit, visit.say("board.not_informed"), "small", palette.ink_soft)
    if view.informed_is_old:
        return chip(visit, visit.say("board.informed_old", moment=view.informed), "wait", icon_name="clock")
    return text(visit, visit.say("board.informed", moment=view.informed), "small", palette.ink_soft)
