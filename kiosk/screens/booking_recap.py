"""The summary of a booking: everything once more, what is true of the hour, and the old hour where it changes."""

from __future__ import annotations

from functools import partial
from typing import Any

import flet as ft

from kiosk import times
from kiosk.models import booking as rules
from kiosk.models import booking_steps as steps
from kiosk.models.booking_steps import BookingJourney, Moving
from kiosk.models.subject import is_seat, place_words, subject_words
from kiosk.parts.controls import icon, notice, panel, quiet_button, rule, text
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_kept
from kiosk.said import joined
from kiosk.screens.booking_hours import held_words
from kiosk.screens.booking_slip import LOOK_AGAIN_S, use_look_again
from kiosk.screens.booking_way import Way, say_of
from kiosk.visit import Visit

TYPED = ("booking.recap.contact", "booking.recap.first_name")
"""The lines that say what the person typed."""


@ft.component
def Recap(way: Way) -> ft.Control:
    """Everything once more, each line with its « Modifier »; then the hour is booked or asked for, as shown."""
    visit, journey = way.visit, way.journey
    refused, set_refused = ft.use_state("")
    _, set_turn = ft.use_state(0)
    use_look_again(visit, lambda: journey.hold_is_over, lambda: set_turn(lambda turn: turn + 1), LOOK_AGAIN_S)
    shown = use_kept(_nothing_shown)
    hour = journey.hour(journey.offer())
    if hour is None and way.slowly.busy():
        hour = shown["hour"]  # being booked at this moment: it is free for nobody, this visit included
    if hour is None:
        journey.hour_was_taken()
        return way.hours(way)
    shown["hour"] = hour

    def ask() -> Any:
        if journey.asked_before():
            if not journey.to_standing():
                set_refused(say_of(visit, journey, "booking.recap.twice"))
            way.redraw()
            return None
        return way.slow(partial(journey.ask, visit.language))

    truth = (
        notice(visit, "info", say_of(visit, journey, "booking.wait")) if way.slowly.busy() else _truth(visit, journey)
    )
    body = _beside(visit, _summary(way, hour), truth)
    if refused:
        body.insert(0, notice(visit, "fault", refused))
    elif journey.turned:
        told = say_of(visit, journey, "booking.recap.turned"), say_of(visit, journey, "booking.recap.turned_more")
        body.insert(0, notice(visit, "fault", *told, icon_name="clock"))
    sure, moving = journey.is_guaranteed, journey.moving is not None
    confirm = "booking.recap.confirm" if len(journey.choices()) == 1 else "booking.recap.confirm_several"
    verb = ("booking.move.book", "booking.move.ask") if moving else ("booking.recap.book", confirm)
    icon_name = "seal-check" if sure else "hourglass-medium" if journey.in_line else "paper-plane-tilt"
    return screen(
        visit,
        title=say_of(visit, journey, "booking.move.recap" if moving else "booking.recap.title"),
        body=body,
        primary=way.waits(Primary(say_of(visit, journey, verb[0] if sure else verb[1]), ask, icon_name=icon_name)),
        back=way.back,
        progress=way.progress(),
    )


def _nothing_shown() -> dict[str, rules.Hour | None]:
    return {"hour": None}


def _truth(visit: Visit, journey: BookingJourney) -> ft.Control:
    """What is true of the hour now: kept until when, kept no more, or only to be asked for; and of the old one."""
    moving, held = journey.moving, held_words(visit, journey)
    if held:
        more = say_of(visit, journey, "booking.recap.held_more" if moving is None else "booking.move.sure_more")
        return notice(visit, "sure", held, more, icon_name="clock")
    if journey.hold_is_over:
        over = say_of(visit, journey, "booking.recap.over")
        label = say_of(visit, journey, "booking.recap.book" if moving is None else "booking.move.book")
        more = say_of(visit, journey, "booking.recap.over_more", label=label)
        return notice(visit, "old", over, more, icon_name="clock-countdown")
    if moving is not None:
        more = say_of(visit, journey, f"booking.move.asked_{moving.keeps}")
        return notice(visit, "wait", say_of(visit, journey, "booking.move.asked"), more, icon_name="paper-plane-tilt")
    if journey.in_line:
        told = visit.say("line.group"), visit.say("line.more")
        return notice(visit, "wait", *told, icon_name="hourglass-medium")
    certain = say_of(
        visit, journey, "booking.recap.not_sure_online" if journey.online() else "booking.recap.not_sure_offline"
    )
    return notice(
        visit, "wait", say_of(visit, journey, "booking.recap.not_sure"), certain, icon_name="paper-plane-tilt"
    )


def _beside(visit: Visit, recap: ft.Control, truth: ft.Control) -> list[ft.Control]:
    """The truth about the asking is seen without scrolling: beside the summary on a wide screen, else under it."""
    look = visit.look
    if look.portrait or look.large_text or look.small:
        return [recap, truth]
    return [
        ft.Row(
            [ft.Container(recap, expand=5), ft.Container(truth, expand=3)],
            spacing=look.px(32),
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    ]


def _summary(way: Way, hour: rules.Hour) -> ft.Control:
    """The sheet with a line for each answer; where the hour changes, the old and the new one stand first."""
    visit, moving = way.visit, way.journey.moving
    if moving is None:
        return panel(visit, _lines(way, hour), gap=14)
    return panel(visit, [_change(way, moving, hour), rule(visit), *_lines(way, hour)], gap=14)


def _lines(way: Way, hour: rules.Hour) -> list[ft.Control]:
    visit, journey = way.visit, way.journey
    moving, reason = journey.moving, str(journey.reason)
    subject = subject_words(reason, journey.event(), visit.language)
    rows: list[tuple[str, str, str | None]] = [
        ("booking.recap.reason", subject, None if moving or is_seat(reason) else steps.REASON)
    ]
    if len(journey.choices()) > 1 and not journey.is_guaranteed:
        rows.append(("booking.recap.choices", _numbered(visit, journey), steps.WISHES))
    elif moving is None:
        rows.append(("booking.recap.when", when(visit, journey, hour), None if is_seat(reason) else steps.HOUR))
    if moving is None and not is_seat(reason):
        needs = joined(", ", (say_of(visit, journey, f"booking.need.{need}") for need in journey.needs))
        rows.append(("booking.recap.needs", needs or say_of(visit, journey, "booking.recap.needs_none"), steps.NEEDS))
    contact = journey.typed(journey.contact or "") or say_of(visit, journey, "booking.recap.contact_none")
    rows.append(("booking.recap.contact", contact, steps.CONTACT))
    if journey.first_name or is_seat(reason):  # of a seat it was asked in any case: it may still be given here
        first_name = journey.first_name or say_of(visit, journey, "booking.recap.first_name_none")
        rows.append(("booking.recap.first_name", first_name, steps.FIRST_NAME))
    drawn: list[ft.Control] = []
    for key, value, step in rows:
        drawn += [_line(way, say_of(visit, journey, key), value, step, private=key in TYPED), rule(visit)]
    event, site = journey.event(), journey.site()
    place = place_words(reason, event, site, hour.booth, visit.language, modality=hour.modality)
    return [*drawn, _line(way, say_of(visit, journey, "booking.recap.place"), place, None)]


def when(visit: Visit, journey: BookingJourney, hour: rules.Hour) -> str:
    """« jeudi 19 novembre, 14 h (11 h à Paris) »"""
    moment = times.moment_in_words(hour.starts_at, journey.site().zone, visit.language)
    return times.with_paris(moment, hour.paris(visit.language))


def _numbered(visit: Visit, journey: BookingJourney) -> str:
    lines = (
        joined(". ", (str(number), when(visit, journey, hour)))
        for number, hour in enumerate(journey.choices(), start=1)
    )
    return joined("\n", lines)


def _change(way: Way, moving: Moving, hour: rules.Hour) -> ft.Control:
    """The old hour, crossed out only where the new one is sure as soon as it is confirmed, and the new one."""
    visit, journey = way.visit, way.journey
    look, palette = visit.look, visit.look.palette
    sure = journey.is_guaranteed
    zone = journey.site().zone
    was = times.moment_in_words(moving.old.starts_at, zone, visit.language) if moving.old else "–"
    kept = not sure and moving.keeps == "hour"
    before = ft.Column(
        [
            text(
                visit,
                say_of(visit, journey, "booking.move.keeping" if kept else "booking.move.old"),
                "small",
                palette.ink_soft,
            ),
            text(visit, was, "strong", None if kept else palette.ink_soft, struck=sure or moving.keeps == "nothing"),
        ],
        spacing=look.px(2),
        tight=True,
    )
    wanted = say_of(visit, journey, "booking.move.new" if sure else "booking.move.wanted")
    after = ft.Column(
        [
            text(visit, wanted, "small", palette.ink_soft),
            text(visit, when(visit, journey, hour), "strong", palette.sure if sure else palette.wait),
        ],
        spacing=look.px(2),
        tight=True,
        expand=True,
    )
    sign = icon(
        visit, "seal-check" if sure else "paper-plane-tilt", look.px(40), palette.sure if sure else palette.wait
    )
    edit = _edit(way, say_of(visit, journey, "booking.move.new"), steps.HOUR)
    line = ft.Row([sign, after] if look.large_text else [sign, after, edit], spacing=look.px(20))
    rows: list[ft.Control] = [before, line, *([ft.Row([edit])] if look.large_text else [])]
    return ft.Column(rows, spacing=look.apart(14), tight=True)


def _line(way: Way, label: str, value: str, step: str | None, *, private: bool = False) -> ft.Control:
    visit = way.visit
    look = visit.look
    words = ft.Column(
        [text(visit, label, "small", look.palette.ink_soft), text(visit, value, "strong", private=private)],
        spacing=look.px(2),
        tight=True,
        expand=True,
    )
    return ft.Row([words] if step is None else [words, _edit(way, label, step)], spacing=look.px(20))


def _edit(way: Way, label: str, step: str) -> ft.Control:
    visit = way.visit
    edit = visit.say("booking.recap.edit")
    return quiet_button(
        visit, edit, way.do(way.journey.edit, step), icon_name="pencil-simple", drawn_height=72,
        spoken=f"{edit} : {label}",
    )  # fmt: skip
