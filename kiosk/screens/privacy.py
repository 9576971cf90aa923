"""The privacy text of the content, drawn in one way wherever something personal is about to be given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import flet as ft

from content.shelf import ScreenView
from kiosk.parts.controls import quiet_button, text
from kiosk.parts.frame import Primary, screen
from kiosk.parts.origin import marked
from kiosk.shown import source as source_of
from kiosk.visit import ACCESSIBILITY_SHEET, Visit

CLOSED = -1
"""The page where the full text is not open."""


def full_text(
    visit: Visit, pages: Sequence[ScreenView], at: int, turn: Callable[[int], None], closing: str, *,
    statement: bool = False,
) -> ft.Control:  # fmt: skip
    """One subject of the full text.

    Args:
        visit: the visit.
        pages: the subjects, in order.
        at: the one that is shown, from 0.
        turn: goes to another one, or to ``CLOSED``: back to where the text was opened, at its first page and its last.
        closing: what the last page's button says.
        statement: whether the way to the accessibility statement stands under the last page.
    """
    at = min(at, len(pages) - 1)
    last = at + 1 == len(pages)
    below = [ft.Row([accessibility_button(visit)])] if statement and last else []
    return screen(
        visit,
        title=pages[at].title,
        body=[*marked(visit, pages[at]), source(visit, pages[at]), *below],
        primary=Primary(closing if last else visit.say("reg.next"), partial(turn, CLOSED if last else at + 1)),
        back=partial(turn, at - 1),
    )


def accessibility_button(visit: Visit) -> ft.Control:
    """The way to the statement; it says its state, as the law asks of a first page."""
    return quiet_button(
        visit, visit.say("help.accessibility"), lambda: visit.open_sheet(ACCESSIBILITY_SHEET), icon_name="person",
        drawn_height=72,
    )  # fmt: skip


def source(visit: Visit, view: ScreenView) -> ft.Control:
    """The date, the version and the source of a screen of the content."""
    return text(visit, source_of(view, visit.language), "source", visit.look.palette.ink_soft)
