"""« Possible ici, ou ailleurs »: each question with its answer and where to go. The words are content."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import flet as ft

from kiosk.models import contract as rules
from kiosk.models.contract import EXIT_PLACES, POSSIBLE_FLOW, Reading
from kiosk.parts.controls import icon, pressable, text
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_kept
from kiosk.parts.origin import unreviewed
from kiosk.parts.styles import Press
from kiosk.screens.contract import content, leave, leave_button, missing, source
from kiosk.screens.listing import in_lines
from kiosk.shown import doubtful, listed
from kiosk.visit import MENU, Visit

if TYPE_CHECKING:
    from content.view import ScreenView
    from kiosk.actions import Actions

HERE, WHO = EXIT_PLACES["@possible"], EXIT_PLACES["@who"]


@ft.component
def Possible(visit: Visit, actions: Actions) -> ft.Control:
    """The place « Possible ici, ou ailleurs »: the questions, then one answer."""
    _, set_turn = ft.use_state(0)
    reading = use_kept(lambda: Reading(actions, visit.drafts, POSSIBLE_FLOW))
    screens = reading.screens(visit.language)
    if not screens:
        return missing(visit, visit.say("possible.section"))

    def show(screen_id: str | None) -> None:
        if screen_id is None:
            reading.close()
        else:
            reading.open(screen_id)
        set_turn(lambda turn: turn + 1)

    opened = next((view for view in screens if view.id == reading.opened), None)
    if opened is not None:
        return _answer(visit, opened, lambda: show(None))
    return screen(
        visit,
        title=visit.say("possible.title"),
        lead=visit.say("possible.choose"),
        body=[*([unreviewed(visit)] if doubtful(screens) else []), _questions(visit, screens, show)],
        back=lambda: visit.go(MENU),
    )


def _questions(visit: Visit, screens: tuple[ScreenView, ...], show: Callable[[str | None], None]) -> ft.Control:
    look = visit.look
    across = 1 if look.portrait or look.large_text or look.small else 2
    who = _row(visit, "users", visit.say("who.title"), lambda: visit.go(WHO), key="who")
    asked = [who, *(_row(visit, "question", listed(view), partial(show, view.id), key=view.id) for view in screens)]
    rows: list[ft.Control] = [ft.Row(cells, spacing=look.px(20)) for cells in in_lines(asked, across)]
    return ft.Column(rows, spacing=look.apart(14), tight=True)


def _row(visit: Visit, name: str, title: str, on_click: Callable[[], None], *, key: str) -> ft.Control:
    look = visit.look
    palette = look.palette
    drawn = Press(
        palette.surface, palette.ink, edge=palette.edge, ledge=palette.ledge, ledge_px=6, pad_x=28, pad_y=26, radius=22
    )
    content_row = ft.Row(
        [
            icon(visit, name, look.px(40), palette.icon),
            ft.Container(text(visit, title, "label"), expand=True),
            icon(visit, "caret-right", look.px(36), palette.ink_soft),
        ],
        spacing=look.px(22),
    )
    return pressable(visit, content_row, on_click, drawn, key=key)


def _answer(visit: Visit, view: ScreenView, close: Callable[[], None]) -> ft.Control:
    ways = [way for way in rules.ways_out(view) if way.to != HERE]
    body = content(visit, view)
    body += [ft.Row([leave_button(visit, way) for way in ways[1:]], wrap=True)] if len(ways) > 1 else []
    body.append(source(visit, view))
    if ways:
        primary = Primary(ways[0].label, lambda: leave(visit, ways[0]))
    else:
        primary = Primary(visit.say("possible.all"), close)
    return screen(visit, title=view.title, body=body, primary=primary, back=close)
