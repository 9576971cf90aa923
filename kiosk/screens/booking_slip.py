"""The slip of an asking, and its answer as it arrives: amber « demandé », green only once the hub has said yes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import flet as ft

from kiosk import times
from kiosk.models import booking as rules
from kiosk.models.booking_slip import BookingPaper, make_paper
from kiosk.models.printed import paper_of_booking
from kiosk.models.spoken import spelled
from kiosk.models.subject import key_of, subject_icon
from kiosk.parts import paper as drawn
from kiosk.parts.controls import NoticeKind, chip, icon, pad_to, pressable, quiet_button, text
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_value
from kiosk.parts.styles import Press
from kiosk.screens.booking_way import Way
from kiosk.screens.take_away import TakeAway, Taking, phone_screen
from kiosk.visit import EVENTS, MENU, Visit

LOOK_AGAIN_S = 1.0
KINDS: dict[str, NoticeKind] = {"sure": "sure", "wait": "wait", "off": "off", "fault": "fault"}


def use_look_again(visit: Visit, read: Callable[[], object], changed: Callable[[], None], every_s: float) -> None:
    """A hook: calls ``changed`` when ``read()`` differs from the last time; ends with the visit.

    Effects are not cleaned up when a browser just goes away, so the loop also watches ``visit.over``.
    """

    async def follow() -> None:
        last = read()
        while not visit.over:
            await asyncio.sleep(every_s)
            if visit.over:
                return
            now = read()
            if now != last:
                last = now
                changed()

    def start() -> Callable[[], None]:
        task = asyncio.get_running_loop().create_task(follow())

        def stop() -> None:
            task.cancel()

        return stop

    ft.use_effect(start, dependencies=[])


@ft.component
def BookingSlip(way: Way) -> ft.Control:
    """The last step; after a refusal another hour, one of those proposed or another event is one touch away."""
    visit, journey = way.visit, way.journey
    _, set_turn = ft.use_state(0)
    phone_kept = use_value(lambda: False)
    use_look_again(visit, journey.answer, lambda: set_turn(lambda turn: turn + 1), LOOK_AGAIN_S)
    done, answer, proposals = journey.done(), journey.answer(), journey.proposals()
    if done is None or answer is None:
        return screen(visit, title=way.say("booking.section"), body=[], back=lambda: visit.go(MENU))
    phone, show_phone = phone_kept
    qr = journey.agenda_qr(visit.language) if phone else None
    if qr is not None:
        return phone_screen(visit, qr, partial(show_phone, False), over=bool(journey.agenda_is_over(visit.language)))
    paper = make_paper(done, answer, journey.site(), visit.language, now=journey.now(), event=journey.event())
    if paper.can_ask_again and journey.can_begin_again():
        primary = Primary(way.say("booking.again"), way.do(journey.start_again))
    elif paper.can_ask_again:
        primary = Primary(visit.say("seat.others"), lambda: visit.go(EVENTS), icon_name="calendar-dots")
    else:
        primary = Primary(visit.say("booking.finish"), visit.end, icon_name="sign-out")

    def pick(slot_id: str) -> Any:
        return way.slow(partial(journey.take_proposal, slot_id))

    taken = TakeAway(visit, _taking(way, paper, partial(show_phone, True)))
    news = [drawn.outcome(visit, paper.icon, paper.look, paper.title, paper.sentence)]
    if way.again and journey.changeable() is not None:
        # Whoever comes back for another booking is offered another hour for this one: no second one is made.
        news.append(_change(way))
    if proposals:
        news.append(proposed(visit, proposals, journey.site().zone, pick))
    body = _beside(visit, paper, news, taken) if visit.look.two_columns else _stacked(visit, paper, news, taken)
    beside = None if _apart(visit) else _more(visit)
    return screen(visit, title="", body=body, primary=way.waits(primary), beside=beside)


def proposed(
    visit: Visit,
    hours: Sequence[rules.Hour],
    zone: str,
    pick: Callable[[str], Any],
    title: str = "booking.proposal.title",
) -> ft.Control:
    """The hours that the hub proposes instead, each a large button. Nothing is kept of them: they are amber."""
    look, palette = visit.look, visit.look.palette
    drawn = Press(
        palette.ground if look.contrast else "#FFF9EC", palette.wait, edge=palette.wait, edge_px=4, ledge=palette.wait,
        ledge_px=6, radius=20, pad_x=28, pad_y=max(20, pad_to(visit, "label", 76)), around=palette.wait_soft,
    )  # fmt: skip
    rows: list[ft.Control] = [text(visit, visit.say(title), "label", palette.wait)]
    for hour in hours:
        moment = times.moment_in_words(hour.starts_at, zone, visit.language)
        said = visit.say("booking.proposal.spoken", moment=moment)
        words: list[ft.Control] = [text(visit, moment, "label", palette.wait_body, spoken=said)]
        paris = hour.paris(visit.language)
        if paris:
            words.append(text(visit, paris, "small", palette.wait_body))
        line = ft.Row(
            [ft.Column(words, spacing=0, tight=True, expand=True),
             icon(visit, "caret-right", look.px(40), palette.wait)]
        )  # fmt: skip
        rows.append(pressable(visit, line, partial(pick, hour.slot_id), drawn, key=hour.slot_id))
    return ft.Container(
        bgcolor=palette.wait_soft,
        border=ft.Border.all(look.stroke(2), palette.wait) if look.contrast else None,
        border_radius=look.px(28),
        padding=ft.Padding.symmetric(horizontal=look.px(28), vertical=look.px(24)),
        content=ft.Column(rows, spacing=look.px(18), tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
    )


def _change(way: Way) -> ft.Control:
    """« Changer d’heure », under what became of it."""
    change = way.do(way.journey.change_written)
    return ft.Row([quiet_button(way.visit, way.say("reference.move"), change, icon_name="calendar-plus")])


def _apart(visit: Visit) -> bool:
    """True where « Faire autre chose » has no room in the action bar."""
    return visit.look.large_text or visit.look.small


def _more(visit: Visit) -> ft.Control:
    return quiet_button(visit, visit.say("booking.home"), lambda: visit.go(MENU), icon_name="house")


def _taking(way: Way, paper: BookingPaper, open_phone: Callable[[], None]) -> Taking:
    """What may be taken from this slip; the entry of the calendar is asked for anew at each drawing."""
    language, over = way.visit.language, way.journey.agenda_is_over(way.visit.language)
    return Taking(
        paper=partial(paper_of_booking, paper, language),
        spoken=partial(spelled, paper.reference, language),
        phone=open_phone if over is not None else None,
        over=bool(over),
    )


def _stacked(visit: Visit, paper: BookingPaper, news: list[ft.Control], taken: ft.Control) -> list[ft.Control]:
    more = [ft.Row([_more(visit)])] if _apart(visit) else []
    rows: list[ft.Control] = [_code(visit, paper), *_replaced(visit, paper), drawn.hairline(visit)]
    rows += _facts(visit, paper)
    if paper.next_steps:
        rows += [drawn.hairline(visit), _steps(visit, paper)]
    return [*news, taken, drawn.sheet(visit, rows, place=paper.site, made=paper.made), *more]


def _beside(visit: Visit, paper: BookingPaper, news: list[ft.Control], taken: ft.Control) -> list[ft.Control]:
    rows = [_code(visit, paper), *_replaced(visit, paper), drawn.hairline(visit), *_facts(visit, paper)]
    sheet = drawn.sheet(visit, rows, place=paper.site, made=paper.made)
    steps = [_steps(visit, paper)] if paper.next_steps else []
    return [drawn.beside(visit, [sheet], [*news, taken, *steps])]


def _code(visit: Visit, paper: BookingPaper) -> ft.Control:
    return drawn.code(
        visit, visit.say("booking.slip.code"), paper.reference, paper.why_keep, qr_png=paper.qr_png,
        qr_words=visit.say("booking.slip.qr"), state=chip(visit, paper.kind, KINDS[paper.look], icon_name=paper.icon),
    )  # fmt: skip


def _steps(visit: Visit, paper: BookingPaper) -> ft.Control:
    return drawn.numbered(visit, visit.say("booking.slip.next"), paper.next_steps)


def _replaced(visit: Visit, paper: BookingPaper) -> list[ft.Control]:
    return [_replaces(visit, paper.replaces)] if paper.replaces else []


def _replaces(visit: Visit, sentence: str) -> ft.Control:
    """What the old paper is worth now."""
    look = visit.look
    sign = icon(visit, "swap", look.px(40), look.palette.icon)
    words = ft.Container(text(visit, sentence, "strong"), expand=True)
    return ft.Row([sign, words], spacing=look.px(20), vertical_alignment=ft.CrossAxisAlignment.START)


def _facts(visit: Visit, paper: BookingPaper) -> list[ft.Control]:
    if paper.choices:
        when = drawn.numbered(visit, visit.say("booking.slip.choices"), paper.choices)
    else:
        hours = times.with_paris(paper.hours, paper.paris)
        when = drawn.fact(visit, "calendar-blank", visit.say("booking.slip.when"), paper.day, detail=hours)
    place = drawn.fact(visit, "map-pin", visit.say("booking.slip.place"), paper.place)
    subject = drawn.fact(
        visit, subject_icon(paper.reason), visit.say(key_of("booking.recap.reason", paper.reason)), paper.subject
    )
    look = visit.look
    if look.large_text or look.small:
        return [when, place, subject]
    cells: list[ft.Control] = [ft.Container(place, expand=True), ft.Container(subject, expand=True)]
    return [when, ft.Row(cells, spacing=look.px(20), vertical_alignment=ft.CrossAxisAlignment.START)]
