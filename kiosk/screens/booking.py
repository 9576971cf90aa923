"""Booking a video appointment: subject, hour, needs, contact, summary, then the slip and its answer.

One question a screen. An hour that this terminal may promise is green, kept for five minutes and said so; any other is
amber, « sur demande », and only the hub's answer turns it green. What the person chose lives in the visit's drafts,
through the view model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import flet as ft

from kiosk.entry import Entry, EntryKind
from kiosk.models import booking as rules
from kiosk.models import booking_steps as steps
from kiosk.models import french_time
from kiosk.models.answers import AnswerError
from kiosk.models.booking_steps import BookingJourney
from kiosk.parts.controls import (
    choice_card,
    icon,
    notice,
    panel,
    paragraph,
    quiet_button,
    rule,
    text,
)
from kiosk.parts.field import field
from kiosk.parts.frame import Primary, Progress, screen
from kiosk.parts.hooks import use_kept
from kiosk.parts.keyboard import keyboard
from kiosk.screens.booking_hours import Hours, held_line, held_words
from kiosk.screens.booking_slip import LOOK_AGAIN_S, BookingSlip, use_look_again
from kiosk.visit import MENU, Visit

if TYPE_CHECKING:
    from kiosk.actions import Actions


@dataclass(frozen=True)
class Way:
    """What every step needs: the visit, the view model, and how to be drawn again."""

    visit: Visit
    journey: BookingJourney
    redraw: Callable[[], None]

    def do(self, act: Callable[..., Any], *values: Any) -> Callable[[], None]:
        """A handler that does ``act(*values)``, then draws again."""

        def handler() -> None:
            act(*values)
            self.redraw()

        return handler

    def on(self) -> None:
        """To the next question."""
        self.journey.go_on()
        self.redraw()

    def back(self) -> None:
        """To the question before, or to the menu."""
        if self.journey.go_back():
            self.redraw()
        else:
            self.visit.go(MENU)

    def progress(self) -> Progress:
        """Where one is among the questions of this person."""
        found = self.journey.steps()
        return Progress(self.visit.say("booking.section"), found.index(self.journey.step) + 1, len(found))


@ft.component
def Booking(visit: Visit, actions: Actions) -> ft.Control:
    """The place « Rendez-vous vidéo »."""
    _, set_turn = ft.use_state(0)
    journey = use_kept(lambda: BookingJourney(actions, visit.drafts, visit.key))
    way = Way(visit, journey, lambda: set_turn(lambda turn: turn + 1))
    step = journey.step
    if step == steps.DONE:
        return BookingSlip(visit, journey, way.redraw)
    if step in (steps.PHONE, steps.EMAIL, steps.FIRST_NAME):
        return Typed(way, step, key=step)  # type: ignore[call-arg]  # Flet takes the key out
    if step == steps.RECAP:
        return Recap(way)
    draw = {steps.HOUR: _hour, steps.NEEDS: _needs, steps.CONTACT: _contact}.get(step, _reason)
    return draw(way)


# 1. The subject ---------------------------------------------------------------------------------------


def _reason(way: Way) -> ft.Control:
    visit, journey = way.visit, way.journey
    choices = journey.reasons()
    if not any(choice.hours for choice in choices):
        return _nothing(way)
    cards = [_reason_card(way, choice) for choice in choices]
    chosen = journey.reason is not None and any(c.reason == journey.reason and c.hours for c in choices)
    primary = (
        Primary(visit.say("frame.continue"), way.on) if chosen else Primary(visit.say("booking.reason.choose"), None)
    )
    return screen(
        visit,
        title=visit.say("booking.reason.title"),
        lead=visit.say("booking.reason.why"),
        body=in_columns(visit, cards),
        primary=primary,
        back=way.back,
        progress=way.progress(),
    )


def _nothing(way: Way) -> ft.Control:
    visit = way.visit
    return screen(
        visit,
        title=visit.say("booking.none.title"),
        body=[
            panel(
                visit,
                [
                    icon(visit, "calendar-blank", visit.look.px(72), visit.look.palette.icon),
                    paragraph(visit, visit.say("booking.none.more")),
                ],
            ),
            quiet_button(visit, visit.say("home.talk"), lambda: visit.open_sheet("desk"), icon_name="hand-waving"),
        ],
        back=way.back,
    )


def _reason_card(way: Way, choice: rules.ReasonChoice) -> ft.Control:
    visit = way.visit
    title = visit.say(f"booking.reason.{choice.reason}")
    more = visit.say(f"booking.reason.more.{choice.reason}")
    if not choice.hours or choice.next_at is None:
        return _closed_card(visit, title, visit.say("booking.reason.none"))
    zone = way.journey.site().zone
    when = french_time.relative_day(
        french_time.local(choice.next_at, zone).date(), french_time.local(way.journey.now(), zone).date()
    )
    way_of = "guaranteed" if choice.guaranteed else "hours"
    detail = visit.say(f"booking.reason.{way_of}" + ("_one" if choice.hours == 1 else ""), day=when)
    if not visit.look.large_text:
        detail = f"{more}\n{detail}"
    return choice_card(
        visit,
        title,
        way.do(way.journey.choose_reason, choice.reason),
        selected=way.journey.reason == choice.reason,
        detail=detail,
        expand=None,
    )


def _closed_card(visit: Visit, title: str, why: str) -> ft.Control:
    """A choice that cannot be made now: no ledge, and the reason inside."""
    look = visit.look
    palette = look.palette
    return ft.Container(
        border_radius=look.px(24),
        border=ft.Border.all(look.stroke(2), palette.edge),
        bgcolor=palette.disabled_ground,
        padding=ft.Padding.symmetric(horizontal=look.px(26), vertical=look.px(20 if look.portrait else 14)),
        content=ft.Row(
            [
                icon(visit, "minus-circle", look.px(48), palette.disabled),
                ft.Column(
                    [text(visit, title, "label", palette.disabled), text(visit, why, "small", palette.disabled)],
                    spacing=look.px(4),
                    tight=True,
                    expand=True,
                ),
            ],
            spacing=look.px(28),
        ),
    )


def in_columns(visit: Visit, cards: list[ft.Control]) -> list[ft.Control]:
    """Cards one under the other, or two by two where the screen is wide."""
    look = visit.look
    space = look.px(20)
    if look.portrait or look.large_text or look.small:
        return [ft.Column(cards, spacing=space, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)]
    space = look.px(14)
    rows: list[ft.Control] = []
    for at in range(0, len(cards), 2):
        pair = [ft.Container(card, expand=True) for card in cards[at : at + 2]]
        filler = [ft.Container(expand=True)] if len(pair) == 1 else []
        stretch = ft.CrossAxisAlignment.STRETCH
        rows.append(ft.Row([*pair, *filler], spacing=space, vertical_alignment=stretch, intrinsic_height=True))
    return [ft.Column(rows, spacing=space, tight=True)]


# 2. The hour ------------------------------------------------------------------------------------------


def _hour(way: Way) -> ft.Control:
    return Hours(way.visit, way.journey, way.on, way.back)


# 3. Needs ---------------------------------------------------------------------------------------------


def _needs(way: Way) -> ft.Control:
    visit, journey = way.visit, way.journey
    cards = [
        choice_card(
            visit,
            visit.say(f"booking.need.{need}"),
            way.do(journey.toggle_need, need),
            selected=need in journey.needs,
            several=True,
            expand=None,
        )
        for need in rules.NEEDS
    ]
    label = visit.say("frame.continue" if journey.needs else "booking.need.none")
    return screen(
        visit,
        title=visit.say("booking.need.title"),
        lead=visit.say("booking.need.why"),
        body=[*in_columns(visit, cards), *held_line(visit, journey)],
        primary=Primary(label, way.on),
        back=way.back,
        progress=way.progress(),
    )


# 4. Contact -------------------------------------------------------------------------------------------


def _contact(way: Way) -> ft.Control:
    visit, journey = way.visit, way.journey
    cards = [
        choice_card(
            visit,
            visit.say(f"booking.contact.{how}"),
            way.do(journey.choose_contact, how),
            selected=journey.contact == how,
            detail=visit.say("booking.contact.none_more") if how == steps.NO_CONTACT else "",
            expand=None,
        )
        for how in (steps.BY_PHONE, steps.BY_EMAIL, steps.NO_CONTACT)
    ]
    ready = journey.contact is not None
    primary = (
        Primary(visit.say("frame.continue"), way.on) if ready else Primary(visit.say("booking.contact.choose"), None)
    )
    return screen(
        visit,
        title=visit.say("booking.contact.title"),
        lead=visit.say("booking.contact.why"),
        body=[*in_columns(visit, cards), *held_line(visit, journey), _sealed_line(visit)],
        primary=primary,
        back=way.back,
        progress=way.progress(),
    )


def _sealed_line(visit: Visit) -> ft.Control:
    look = visit.look
    ink = look.palette.ink_soft
    return ft.Row(
        [
            icon(visit, "lock-key", look.px(36), ink),
            ft.Container(paragraph(visit, visit.say("booking.contact.sealed"), soft=True, role="small"), expand=True),
        ],
        spacing=look.px(16),
    )


_KINDS: dict[str, EntryKind] = {steps.PHONE: "phone", steps.EMAIL: "email", steps.FIRST_NAME: "name"}


@ft.component
def Typed(way: Way, step: str) -> ft.Control:
    """One thing to type: a telephone number, an e-mail address or a first name."""
    visit, journey = way.visit, way.journey
    error, set_error = ft.use_state("")
    before = journey.first_name if step == steps.FIRST_NAME else journey.typed(step)
    entry = use_kept(lambda: Entry(_KINDS[step], before))

    def done() -> None:
        try:
            journey.enter(step, entry.value)
        except AnswerError as wrong:
            set_error(visit.say(wrong.key, count=wrong.count))
            return
        way.on()

    def skip() -> None:
        journey.enter(step, "")
        way.on()

    optional = step == steps.FIRST_NAME
    body: list[ft.Control] = [
        field(visit, entry, visit.say(f"booking.{step}.label"), error=error or None, on_submit=done)
    ]
    if optional:
        body.append(quiet_button(visit, visit.say("booking.first_name.skip"), skip, icon_name="arrow-right"))
    return screen(
        visit,
        title=visit.say(f"booking.{step}.title"),
        lead=visit.say("booking.first_name.why" if optional else "booking.contact.sealed"),
        body=body,
        keyboard=keyboard(visit, entry),
        primary=Primary(visit.say("frame.continue"), done),
        back=way.back,
        progress=way.progress(),
    )


# 5. Summary -------------------------------------------------------------------------------------------


@ft.component
def Recap(way: Way) -> ft.Control:
    """Everything once more, each line with its « Modifier »; then the hour is booked or asked for, as shown."""
    visit, journey = way.visit, way.journey
    refused, set_refused = ft.use_state("")
    _, set_turn = ft.use_state(0)
    use_look_again(visit, lambda: journey.hold_is_over, lambda: set_turn(lambda turn: turn + 1), LOOK_AGAIN_S)
    offer = journey.offer()
    hour = journey.hour(offer)
    if hour is None:
        journey.hour_was_taken()
        return _hour(way)

    def ask() -> None:
        if journey.asked_before():
            set_refused(visit.say("booking.recap.twice"))
            return
        journey.ask(visit.language)
        way.redraw()

    body = _beside(visit, panel(visit, _lines(way, hour), gap=14), _truth(visit, journey))
    if refused:
        body.insert(0, notice(visit, "fault", refused))
    elif journey.turned:
        told = visit.say("booking.recap.turned"), visit.say("booking.recap.turned_more")
        body.insert(0, notice(visit, "fault", *told, icon_name="clock"))
    sure = journey.is_guaranteed
    return screen(
        visit,
        title=visit.say("booking.recap.title"),
        body=body,
        primary=Primary(
            visit.say("booking.recap.book" if sure else "booking.recap.confirm"),
            ask,
            icon_name="seal-check" if sure else "paper-plane-tilt",
        ),
        back=way.back,
        progress=way.progress(),
    )


def _truth(visit: Visit, journey: BookingJourney) -> ft.Control:
    """What is true of the hour now: kept until when, kept no more, or only to be asked for."""
    held = held_words(visit, journey)
    if held:
        return notice(visit, "sure", held, visit.say("booking.recap.held_more"), icon_name="clock")
    if journey.hold_is_over:
        over = visit.say("booking.recap.over")
        return notice(visit, "old", over, visit.say("booking.recap.over_more"), icon_name="clock-countdown")
    certain = visit.say("booking.recap.not_sure_online" if journey.online() else "booking.recap.not_sure_offline")
    return notice(visit, "wait", visit.say("booking.recap.not_sure"), certain, icon_name="paper-plane-tilt")


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


def _lines(way: Way, hour: rules.Hour) -> list[ft.Control]:
    visit, journey = way.visit, way.journey
    site = journey.site()
    when = french_time.moment_in_words(hour.starts_at, site.zone)
    if hour.paris:
        when = f"{when} ({hour.paris})"
    needs = ", ".join(visit.say(f"booking.need.{need}") for need in journey.needs)
    contact = journey.typed(journey.contact or "") or visit.say("booking.recap.contact_none")
    rows = [
        ("booking.recap.reason", visit.say(f"booking.reason.{journey.reason}"), steps.REASON),
        ("booking.recap.when", when, steps.HOUR),
        ("booking.recap.needs", needs or visit.say("booking.recap.needs_none"), steps.NEEDS),
        ("booking.recap.contact", contact, steps.CONTACT),
    ]
    if journey.contact != steps.NO_CONTACT and journey.first_name:
        rows.append(("booking.recap.first_name", journey.first_name, steps.FIRST_NAME))
    place = visit.say("booking.recap.place_value", site=site.name, booth=hour.booth)
    drawn: list[ft.Control] = []
    for key, value, step in rows:
        drawn += [_line(way, visit.say(key), value, step), rule(visit)]
    return [*drawn, _line(way, visit.say("booking.recap.place"), place, None)]


def _line(way: Way, label: str, value: str, step: str | None) -> ft.Control:
    visit = way.visit
    look = visit.look
    words = ft.Column(
        [text(visit, label, "small", look.palette.ink_soft), text(visit, value, "strong")],
        spacing=look.px(2),
        tight=True,
        expand=True,
    )
    if step is None:
        return ft.Row([words])
    edit = visit.say("booking.recap.edit")
    change = quiet_button(
        visit, edit, way.do(way.journey.edit, step), icon_name="pencil-simple", drawn_height=72,
        spoken=f"{edit} : {label}",
    )  # fmt: skip
    return ft.Row([words, change], spacing=look.px(20))
