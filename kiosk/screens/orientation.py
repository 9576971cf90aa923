"""« Qui m’accompagne ? »: one question a screen, then the answer of the content with its rule and its source."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import flet as ft

from kiosk.models import contract as reading
from kiosk.models.contract import Reading
from kiosk.models.orientation import ANSWERS, FLOW, NO, RATHER_NOT, UNKNOWN, YES, Orientation, Standing
from kiosk.parts.controls import paragraph, quiet_button, tile
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_kept
from kiosk.screens.contract import content, leave, leave_button, missing, source
from kiosk.screens.registration_choices import in_columns
from kiosk.visit import MENU, Visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from content.view import ScreenView
    from kiosk.actions import Actions

ICONS = {YES: "check-circle", NO: "x-circle", UNKNOWN: "question", RATHER_NOT: "prohibit"}


@ft.component
def WhoHelps(visit: Visit, actions: Actions) -> ft.Control:
    """The place « Qui m’accompagne ? »."""
    _, set_turn = ft.use_state(0)
    way = use_kept(lambda: Orientation(visit.drafts))
    shelf = use_kept(lambda: Reading(actions, visit.drafts, FLOW))
    screens = {view.id: view for view in shelf.screens(visit.language)}
    standing = way.standing
    if not screens or (standing.end is not None and standing.end not in screens):
        return missing(visit, visit.say("who.title"))

    def turn() -> None:
        set_turn(lambda number: number + 1)

    def back() -> None:
        if way.back():
            turn()
        else:
            visit.go(MENU)

    def again() -> None:
        way.forget()
        turn()

    def answer(value: str) -> None:
        way.answer(standing.question, value)
        turn()

    if standing.end is not None:
        return _answer(visit, screens[standing.end], back, again)
    return _question(visit, standing, answer, back)


def _question(visit: Visit, standing: Standing, answer: Callable[[str], None], back: Callable[[], None]) -> ft.Control:
    """One question. A touch on an answer goes on: there is nothing to correct that « Retour » does not bring back."""
    key = f"who.{standing.question}"
    cards = [
        tile(
            visit, visit.say(f"{key}.{one}"), partial(answer, one), icon_name=ICONS[one], row=True,
            detail=visit.say("who.before") if standing.chosen == one else "",
        )
        for one in ANSWERS[standing.question]
    ]  # fmt: skip
    look = visit.look
    columns = 1 if look.portrait or look.large_text else 2
    return screen(
        visit,
        title=visit.say(key),
        lead=visit.say(f"{key}.why"),
        body=[
            in_columns(visit, cards, columns),
            paragraph(visit, visit.say("who.indicative"), soft=True, role="small"),
        ],
        back=back,
    )


def _answer(visit: Visit, view: ScreenView, back: Callable[[], None], again: Callable[[], None]) -> ft.Control:
    ways = reading.ways_out(view)
    others = [leave_button(visit, way) for way in ways[1:]]
    others.append(quiet_button(visit, visit.say("who.again"), again, icon_name="arrows-clockwise"))
    look = visit.look
    row = ft.Row(others, wrap=True, spacing=look.px(16), run_spacing=look.px(12))
    primary = Primary(ways[0].label, partial(leave, visit, ways[0])) if ways else None
    body = [*content(visit, view), row, source(visit, view)]
    return screen(visit, title=view.title, body=body, primary=primary, back=back)
