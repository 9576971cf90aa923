"""« Accessibilité »: how far this terminal is accessible, what is not yet, and whom to tell (decision 0043).

It stands over the screen like every sheet: what was typed is still there underneath.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import flet as ft

from kiosk.models.help import Help
from kiosk.parts.controls import paragraph
from kiosk.screens.privacy import CLOSED, full_text
from kiosk.screens.sheets import sheet
from kiosk.visit import Visit

if TYPE_CHECKING:
    from kiosk.actions import Actions


@ft.component
def AccessibilitySheet(visit: Visit, actions: Actions) -> ft.Control:
    """The statement, one subject a page; a release that has none says who can tell."""
    at, set_at = ft.use_state(0)
    pages = Help(actions).accessibility(visit.language)
    if not pages:
        return sheet(visit, visit.say("help.accessibility"), [paragraph(visit, visit.say("help.desk_4"))])

    def turn(page: int) -> None:
        if page == CLOSED:
            visit.open_sheet(None if at else "help")
        else:
            set_at(page)

    return full_text(visit, pages, at, turn, visit.say("frame.close"))
