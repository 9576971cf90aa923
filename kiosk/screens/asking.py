"""One question a screen, then the answer of the content with its rule and its source: how an ``Asking`` is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import flet as ft

from kiosk.models import contract as reading
from kiosk.models.asking import NO, RATHER_NOT, UNKNOWN, YES, Asking, Standing
from kiosk.parts.choices import arrangement, heard_tile, in_columns
from kiosk.parts.controls import paragraph, quiet_button
from kiosk.parts.frame import Primary, screen
from kiosk.screens.contract import content, leave, leave_button, missing, source
from kiosk.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from content.view import ScreenView

ICONS = {YES: "check-circle", NO: "x-circle", UNKNOWN: "question", RATHER_NOT: "prohibit"}


@dataclass(frozen=True)
class Place:
    """What is asked, and where.

    Attributes:
        words: how the keys of its sentences begin (``who``, ``concerned``).
        screens: the answers of the content, in the language of the visit; none where this release has no such flow.
        before: where « Retour » leads from the first question.
        redraw: draws the place again.
    """

    visit: Visit
    asking: Asking
    words: str
    screens: Sequence[ScreenView]
    before: Callable[[], None]
    redraw: Callable[[], None]


def asked(place: Place) -> ft.Control:
    """The present question, or the answer."""
    visit, way = place.visit, place.asking
    screens = {view.id: view for view in place.screens}
    standing = way.standing
    if not screens or (standing.end is not None and standing.end not in screens):
        return missing(visit, visit.say(f"{place.words}.title"), place.before)

    def back() -> None:
        if way.back():
            place.redraw()
        else:
            place.before()

    if standing.end is not None:
        return _answer(place, screens[standing.end], back)
    return _question(place, standing, back)


def _question(place: Place, standing: Standing, back: Callable[[], None]) -> ft.Control:
    """One question. A touch on an answer goes on: there is nothing to correct that « Retour » does not bring back."""
    visit = place.visit
    key = f"{place.words}.{standing.question}"

    def answer(value: str) -> None:
        place.asking.answer(standing.question, value)
        place.redraw()

    answers = place.asking.rule.answers[standing.question]
    stands = arrangement(visit, len(answers))
    cards = [
        heard_tile(
            visit, visit.say(f"{key}.{one}"), partial(answer, one), icon_name=ICONS[one], row=True, roomy=stands.roomy,
            detail=visit.say("who.before") if standing.chosen == one else "",
        )
        for one in answers
    ]  # fmt: skip
    return screen(
        visit,
        title=visit.say(key),
        lead=visit.say(f"{key}.why"),
        body=[
            in_columns(visit, cards, stands.columns),
            paragraph(visit, visit.say("who.indicative"), soft=True, role="small"),
        ],
        back=back,
    )


def _answer(place: Place, view: ScreenView, back: Callable[[], None]) -> ft.Control:
    visit = place.visit

    def again() -> None:
        place.asking.forget()
        place.redraw()

    ways = reading.ways_out(view)
    others = [leave_button(visit, way) for way in ways[1:]]
    others.append(quiet_button(visit, visit.say("who.again"), again, icon_name="arrows-clockwise"))
    look = visit.look
    row = ft.Row(others, wrap=True, spacing=look.apart(16), run_spacing=look.apart(12))
    primary = Primary(ways[0].label, partial(leave, visit, ways[0])) if ways else None
    body = [*content(visit, view), row, source(visit, view)]
    return screen(visit, title=view.title, body=body, primary=primary, back=back)
