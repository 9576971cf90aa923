"""Booking a video appointment: subject, hour, wishes, needs, contact, summary, then the slip and its answer.

One question a screen; the hours, the wishes, the contact, the summary and the slip are drawn in files of their own. An
hour that this terminal may promise is green, kept for five minutes and said so; any other is amber, « sur demande »,
and only the hub's answer turns it green. What the person chose lives in the visit's drafts, through the view model.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import flet as ft

from kiosk import times
from kiosk.models import booking as rules
from kiosk.models import booking_steps as steps
from kiosk.models.booking_steps import BookingJourney
from kiosk.parts.choices import Mark, arrangement, choice_card, in_columns
from kiosk.parts.controls import icon, panel, paragraph, talk_button, text
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_kept, use_slowly
from kiosk.said import joined
from kiosk.screens.booking_contact import Contact, Typed
from kiosk.screens.booking_had import had
from kiosk.screens.booking_hours import Hours, held_line
from kiosk.screens.booking_recap import Recap
from kiosk.screens.booking_slip import BookingSlip
from kiosk.screens.booking_way import Way
from kiosk.screens.booking_wishes import Wishes
from kiosk.visit import Visit

if TYPE_CHECKING:
    from kiosk.actions import Actions

SPOKEN_OF = {
    "inscription_aide": Mark("note-pencil"), "edo": Mark("signpost"), "dpa": Mark("handshake"),
    "suivi": Mark("chat-circle-dots"), "signature_cer": Mark("signature"), "autre": Mark("dots-three"),
}  # fmt: skip
NEEDED = {
    "lsf": Mark("hands-clapping"), "langue": Mark("translate"), "fauteuil": Mark("wheelchair"),
    "aide_ordinateur": Mark("desktop"),
}  # fmt: skip


@ft.component
def Booking(visit: Visit, actions: Actions) -> ft.Control:
    """The place « Rendez-vous vidéo »."""
    _, set_turn = ft.use_state(0)
    journey = use_kept(lambda: BookingJourney(actions, visit.drafts, visit.key))
    again = use_kept(lambda: journey.step == steps.DONE)
    way = Way(visit, journey, lambda: set_turn(lambda turn: turn + 1), use_slowly(visit), Hours, again)
    return step_of(way)


def step_of(way: Way) -> ft.Control:
    """The step that is shown, of a video appointment or of a seat at an event."""
    step = way.journey.step
    if step in (steps.PHONE, steps.EMAIL, steps.FIRST_NAME):
        return Typed(way, step, key=step)  # type: ignore[call-arg]  # Flet takes the key out
    drawn: dict[str, Callable[[Way], ft.Control]] = {
        steps.HAD: _had, steps.HOUR: way.hours, steps.WISHES: Wishes, steps.NEEDS: _needs, steps.CONTACT: Contact,
        steps.RECAP: Recap, steps.DONE: BookingSlip,
    }  # fmt: skip
    return drawn.get(step, _reason)(way)


# 1. The subject ---------------------------------------------------------------------------------------


def _reason(way: Way) -> ft.Control:
    visit, journey = way.visit, way.journey
    choices = journey.reasons()
    if not any(choice.hours for choice in choices):
        return _nothing(way)
    cards = [_reason_card(way, choice) for choice in choices]
    columns = min(2, arrangement(visit, len(cards)).columns)  # a card holds three lines: it needs the width
    chosen = journey.reason is not None and any(c.reason == journey.reason and c.hours for c in choices)
    primary = (
        Primary(visit.say("frame.continue"), way.on) if chosen else Primary(visit.say("booking.reason.choose"), None)
    )
    return screen(
        visit,
        title=visit.say("booking.reason.title"),
        lead=visit.say("booking.reason.why"),
        body=[in_columns(visit, cards, columns)],
        primary=primary,
        back=way.back,
        progress=way.progress(),
    )


def _had(way: Way) -> ft.Control:
    standing = way.journey.standing()
    if standing is not None:
        return had(way, standing)
    way.journey.go_on()  # it ended meanwhile: the hours are free to choose
    return step_of(way)


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
            talk_button(visit),
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
    when = times.near_day_of(choice.next_at, way.journey.now(), zone, visit.language)
    way_of = "guaranteed" if choice.guaranteed else "hours"
    detail = visit.say(f"booking.reason.{way_of}" + ("_one" if choice.hours == 1 else ""), day=when)
    if not visit.look.large_text:
        detail = joined("\n", (more, detail))
    return choice_card(
        visit,
        title,
        way.do(way.journey.choose_reason, choice.reason),
        selected=way.journey.reason == choice.reason,
        detail=detail,
        mark=SPOKEN_OF[choice.reason] if visit.look.portrait else None,  # lying, three lines of words take all the room
    )


def _closed_card(visit: Visit, title: str, why: str) -> ft.Control:
    """A choice that cannot be made now: no ledge, and the reason inside."""
    look = visit.look
    palette = look.palette
    return ft.Container(
        expand=True,
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


# 3. Needs ---------------------------------------------------------------------------------------------


def _needs(way: Way) -> ft.Control:
    visit, journey = way.visit, way.journey
    stands = arrangement(visit, len(rules.NEEDS))
    cards = [
        choice_card(
            visit,
            visit.say(f"booking.need.{need}"),
            way.do(journey.toggle_need, need),
            selected=need in journey.needs,
            several=True,
            mark=NEEDED[need],
            stands=stands,
        )
        for need in rules.NEEDS
    ]
    label = visit.say("frame.continue" if journey.needs else "booking.need.none")
    return screen(
        visit,
        title=visit.say("booking.need.title"),
        lead=visit.say("booking.need.why"),
        body=[in_columns(visit, cards, stands.columns), *held_line(visit, journey)],
        primary=Primary(label, way.on),
        back=way.back,
        progress=way.progress(),
    )
