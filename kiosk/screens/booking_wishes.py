"""The wishes of one request: one to three hours in order, each removable, and one more to look for.

All of it is amber: nothing here is anybody's before the hub has answered.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import flet as ft

from kiosk.models import booking as rules
from kiosk.parts.controls import icon, paragraph, quiet_button, text
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_value
from kiosk.screens.booking_hours import HourChoice, Manners
from kiosk.screens.booking_recap import when
from kiosk.screens.booking_way import Way
from kiosk.visit import Visit


@ft.component
def Wishes(way: Way) -> ft.Control:
    """« Vos choix, dans l’ordre »; looking for one more hour is a screen of its own."""
    looking, look_for = use_value(lambda: False)
    if looking:
        return Another(way, partial(look_for, False), key="another")  # type: ignore[call-arg]  # Flet takes the key out
    visit, journey = way.visit, way.journey
    choices = journey.choices()
    full = len(choices) >= rules.CHOICES_MAX
    rows = [_wish(way, number, hour, len(choices)) for number, hour in enumerate(choices, start=1)]
    body: list[ft.Control] = [_list(visit, rows)]
    if full:
        body.append(paragraph(visit, visit.say("booking.wish.full"), soft=True))
    elif journey.wished_offer().empty:
        body.append(paragraph(visit, visit.say("booking.wish.none_left"), soft=True))
    else:
        add = visit.say("booking.wish.add")
        body.append(ft.Row([quiet_button(visit, add, partial(look_for, True), icon_name="plus", expand=True)]))
        if len(choices) == 1:
            body.append(paragraph(visit, visit.say("booking.wish.one"), soft=True))
    key = "booking.wish.go_on_one" if len(choices) == 1 else "booking.wish.go_on"
    return screen(
        visit,
        title=visit.say("booking.wish.title"),
        lead=visit.say("booking.wish.why"),
        body=body,
        primary=way.waits(Primary(visit.say(key, count=len(choices)), way.on)),
        back=way.back,
        progress=way.progress(),
    )


@ft.component
def Another(way: Way, leave: Callable[[], None]) -> ft.Control:
    """The days and hours that may be wished for besides; what is touched is named with the button below."""
    visit = way.visit
    journey = way.journey.wishing()
    there = replace(way, journey=journey)

    def add() -> None:
        journey.add()
        leave()

    def back() -> None:
        journey.leave()
        leave()

    def choose(slot_id: str) -> None:
        there.do(journey.choose_hour, slot_id)()

    return HourChoice(there, Manners(visit.say("booking.wish.another"), "booking.wish.pick", choose, add, back))


def _list(visit: Visit, rows: list[ft.Control]) -> ft.Control:
    look = visit.look
    palette = look.palette
    return ft.Container(
        bgcolor=palette.wait_soft,
        border=ft.Border.all(look.stroke(2), palette.wait) if look.contrast else None,
        border_radius=look.px(28),
        padding=ft.Padding.symmetric(horizontal=look.px(28), vertical=look.px(24)),
        content=ft.Column(rows, spacing=look.px(18), tight=True),
    )


def _wish(way: Way, number: int, hour: rules.Hour, count: int) -> ft.Control:
    """One hour with its number; nothing is touchable but « Retirer », which the last one does not have."""
    visit = way.visit
    look, palette = visit.look, visit.look.palette
    moment = when(visit, way.journey, hour)
    size = max(look.px(60), round(look.size("h3") * 1.3))
    disc = ft.Container(
        width=size,
        height=size,
        shape=ft.BoxShape.CIRCLE,
        bgcolor=palette.ground if look.contrast else palette.wait,
        border=ft.Border.all(look.stroke(2), palette.wait) if look.contrast else None,
        alignment=ft.Alignment.CENTER,
        content=text(visit, str(number), "label", palette.wait if look.contrast else "#FFFFFF", spoken=""),
    )
    spoken = visit.say("booking.wish.spoken", number=number, moment=moment)
    row: list[ft.Control] = [
        disc,
        ft.Container(text(visit, moment, "label", palette.wait_body, spoken=spoken), expand=True),
    ]
    if count > 1:
        remove = visit.say("booking.wish.remove")
        button = quiet_button(
            visit, remove, _removing(way, hour.slot_id), icon_name="x", drawn_height=72,
            spoken=f"{remove}\u00a0: {moment}",
        )  # fmt: skip
        if look.large_text:  # beside it, a date would be cut in three
            return ft.Column([ft.Row(row, spacing=look.apart(20)), ft.Row([button])], spacing=look.apart(8), tight=True)
        row.append(button)
    else:
        row.append(icon(visit, "paper-plane-tilt", look.px(38), palette.wait))
    return ft.Row(row, spacing=look.px(20))


def _removing(way: Way, slot_id: str) -> Callable[[], Any]:
    """Taking the first away asks the hub for the next one."""
    return lambda: way.slow(partial(way.journey.drop_choice, slot_id))
