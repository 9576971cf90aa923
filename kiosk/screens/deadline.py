"""« Ma date pour signer »: the date of the letter, then until when, what is sure of it, and an appointment at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import flet as ft

from kiosk.models import contract as rules
from kiosk.models.contract import EXIT_PLACES, STAFF, WayOut
from kiosk.models.deadline import Deadline as Model
from kiosk.models.deadline import DeadlineView
from kiosk.parts.controls import error_line, icon, notice, paragraph, quiet_button, text
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_kept
from kiosk.parts.keyboard import keyboard
from kiosk.parts.origin import marked
from kiosk.screens.contract import leave, leave_button, missing, source
from kiosk.screens.registration_date import DateBoxes, DatePad
from kiosk.visit import Visit

if TYPE_CHECKING:
    from content.view import ScreenView
    from kiosk.actions import Actions

CONTRACT, BOOKING = EXIT_PLACES["@contract"], EXIT_PLACES["@booking"]


@ft.component
def Deadline(visit: Visit, actions: Actions) -> ft.Control:
    """The place « Ma date pour signer », entered from the contract and left for it."""
    _, set_turn = ft.use_state(0)
    model = use_kept(lambda: Model(actions, visit.drafts))
    view = model.screen(visit.language)
    if view is None:
        return missing(visit, visit.say("deadline.answer"), lambda: visit.go(CONTRACT))

    def redraw() -> None:
        set_turn(lambda turn: turn + 1)

    def again() -> None:
        model.again()
        redraw()

    found = model.result(view, visit.language)
    if found is None:
        return LetterDate(visit, model, redraw)
    return _answer(visit, view, found, again)


@ft.component
def LetterDate(visit: Visit, model: Model, redraw: Callable[[], None]) -> ft.Control:
    """The date of the letter, in three fields."""
    fields = model.fields(visit.language)
    problem, set_problem = ft.use_state("")
    wrong_field, set_wrong_field = ft.use_state("")
    pad = use_kept(lambda: DatePad(fields))

    def done() -> None:
        wrong = model.answer(pad.form, visit.language)
        if wrong is None:
            redraw()
            return
        set_problem(wrong.sentence)
        set_wrong_field(wrong.field)
        pad.use(pad.names.index(wrong.field))

    body: list[ft.Control] = [DateBoxes(visit, pad, fields, wrong_field, done)]
    if problem:
        body.append(error_line(visit, problem))
    no_letter = quiet_button(
        visit, visit.say("deadline.no_letter"), lambda: leave(visit, WayOut(STAFF, "")), icon_name="hand-waving"
    )
    rest: list[ft.Control] = [ft.Row([no_letter])]
    if visit.look.portrait:
        rest.append(paragraph(visit, visit.say("deadline.nothing_kept"), soft=True, role="small"))
    return screen(
        visit,
        title=visit.say("deadline.title"),
        lead=visit.say("deadline.why"),
        body=[*body, *rest],
        keyboard=keyboard(visit, pad),
        primary=Primary(visit.say("deadline.show"), done),
        back=lambda: visit.go(CONTRACT),
    )


def _answer(visit: Visit, view: ScreenView, found: DeadlineView, again: Callable[[], None]) -> ft.Control:
    ways = [way for way in rules.ways_out(view) if way.to != BOOKING]
    rows: list[ft.Control] = [quiet_button(visit, visit.say("deadline.again"), again, icon_name="pencil-simple")]
    rows += [leave_button(visit, way) for way in ways]
    look = visit.look
    date: list[ft.Control] = [_date(visit, found)]
    if found.weekend:
        date.append(notice(visit, "old", found.weekend, icon_name="calendar-dots"))
    body: list[ft.Control] = [
        *_beside(visit, date, marked(visit, view, talk=False)),
        ft.Row(rows, wrap=True, spacing=look.apart(16), run_spacing=look.apart(12)),
        source(visit, view, visit.say("deadline.nothing_kept")),
    ]
    return screen(
        visit,
        title=visit.say("deadline.answer"),
        body=body,
        primary=Primary(
            visit.say("deadline.book"), partial(leave, visit, WayOut(BOOKING, "")), icon_name="calendar-plus"
        ),
        back=again,
    )


def _beside(visit: Visit, date: list[ft.Control], words: list[ft.Control]) -> list[ft.Control]:
    """The date, then the words; side by side where the screen is wide."""
    look = visit.look
    if look.portrait or look.large_text:
        return [*date, *words]
    stretch = ft.CrossAxisAlignment.STRETCH
    sides: list[ft.Control] = [
        ft.Column(side, spacing=look.apart(16), tight=True, expand=True, horizontal_alignment=stretch)
        for side in (date, words)
    ]
    return [ft.Row(sides, spacing=look.px(40), vertical_alignment=ft.CrossAxisAlignment.START)]


def _date(visit: Visit, found: DeadlineView) -> ft.Control:
    """The date in large letters on a tint, what is left of it, and that it is to be confirmed."""
    look = visit.look
    ink = look.palette.on_tint
    left = text(visit, found.left, "strong", look.palette.fault if found.over else ink)
    words: list[ft.Control] = [
        text(visit, found.letter, "small", ink),
        text(visit, visit.say("deadline.until"), "body", ink),
        ft.Semantics(live_region=True, content=text(visit, found.until, "h2", ink)),
        *([left] if found.left else []),
        text(visit, visit.say("deadline.confirm"), "body", ink),
    ]
    return ft.Container(
        bgcolor=look.palette.tint,
        border=ft.Border.all(look.stroke(2), look.palette.edge) if look.contrast else None,
        border_radius=look.px(28),
        padding=ft.Padding.symmetric(horizontal=look.px(36), vertical=look.px(28)),
        content=ft.Row(
            [
                icon(visit, "calendar-check", look.px(72), ink),
                ft.Column(words, spacing=look.px(8), tight=True, expand=True),
            ],
            spacing=look.px(28),
        ),
    )
