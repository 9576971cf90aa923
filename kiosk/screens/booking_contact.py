"""How a person is told, if at all: first what becomes of what they give, then the choice, then one field a screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import flet as ft

from kiosk.entry import Entry, EntryKind
from kiosk.models import booking_steps as steps
from kiosk.models.answers import AnswerError
from kiosk.parts.choices import Mark, arrangement, choice_card, in_columns
from kiosk.parts.controls import icon, panel, paragraph, quiet_button
from kiosk.parts.field import field, latin_letters
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_kept
from kiosk.parts.keyboard import keyboard
from kiosk.screens import privacy
from kiosk.screens.booking_hours import held_line
from kiosk.screens.booking_way import Way

TOLD_BY = {
    steps.BY_PHONE: Mark("phone"), steps.BY_EMAIL: Mark("envelope-simple"), steps.NO_CONTACT: Mark("ticket"),
}  # fmt: skip


@ft.component
def Contact(way: Way) -> ft.Control:
    """How to be told, or not at all. Before any field it says who reads what is given, what for and how long."""
    visit, journey = way.visit, way.journey
    reading, set_reading = ft.use_state(privacy.CLOSED)
    if reading != privacy.CLOSED:  # the journey is not touched: what is held stays held, what is ticked stays ticked
        closing = visit.say("booking.privacy.close")
        return privacy.full_text(
            visit, journey.notice_full(visit.language), reading, set_reading, closing, statement=True
        )
    ready = journey.contact is not None
    primary = (
        Primary(visit.say("frame.continue"), way.on) if ready else Primary(visit.say("booking.contact.choose"), None)
    )
    return screen(
        visit,
        title=visit.say("booking.contact.title"),
        lead=way.say("booking.contact.why" if journey.moving is None else "booking.move.contact_why"),
        body=[_ways(way), *held_line(visit, journey), _short_notice(way, lambda: set_reading(0))],
        primary=primary,
        back=way.back,
        progress=way.progress(),
    )


def _ways(way: Way) -> ft.Control:
    visit, journey = way.visit, way.journey
    stands = replace(arrangement(visit, len(TOLD_BY)), roomy=False)  # the notice needs the room
    cards = [
        choice_card(
            visit,
            visit.say(f"booking.contact.{how}"),
            way.do(journey.choose_contact, how),
            selected=journey.contact == how,
            detail=visit.say("booking.contact.none_more") if how == steps.NO_CONTACT else "",
            mark=mark,
            stands=stands,
        )
        for how, mark in TOLD_BY.items()
    ]
    return in_columns(visit, cards, stands.columns)


def _short_notice(way: Way, read_all: Callable[[], None]) -> ft.Control:
    """The short privacy notice and the way to its full text; lying it is so low that it fits under a banner too."""
    visit, look = way.visit, way.visit.look
    said = (*way.journey.contact_notice(visit.language), visit.say("booking.contact.sealed"))
    lines: list[ft.Control] = [paragraph(visit, sentence, soft=True, role="small") for sentence in said]
    words = ft.Row(
        [
            icon(visit, "lock-key", look.px(44), look.palette.ink_soft),
            ft.Column(lines, spacing=look.px(4 if look.portrait else 0), tight=True, expand=True),
        ],
        spacing=look.px(24),
        expand=look.two_columns,
    )
    whole = quiet_button(visit, visit.say("booking.privacy.full"), read_all, icon_name="article", drawn_height=72)
    if look.two_columns:
        return panel(visit, [ft.Row([words, whole], spacing=look.px(28))], pad=12)
    return panel(visit, [words, ft.Row([whole])], pad=20, gap=14)


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
        body += latin_letters(visit)
    return screen(
        visit,
        title=visit.say(f"booking.{step}.title"),
        lead=way.say("booking.first_name.why" if optional else "booking.contact.sealed"),
        body=body,
        keyboard=keyboard(visit, entry),
        primary=Primary(visit.say("frame.continue"), done),
        back=way.back,
        progress=way.progress(),
    )
