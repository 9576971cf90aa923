"""« Qui m’accompagne ? »: one question a screen, then the answer of the content with its rule and its source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flet as ft

from kiosk.models.contract import Reading
from kiosk.models.orientation import FLOW, Orientation
from kiosk.parts.hooks import use_kept
from kiosk.screens.asking import Place, asked
from kiosk.visit import MENU, Visit

if TYPE_CHECKING:
    from kiosk.actions import Actions


@ft.component
def WhoHelps(visit: Visit, actions: Actions) -> ft.Control:
    """The place « Qui m’accompagne ? »."""
    _, set_turn = ft.use_state(0)
    way = use_kept(lambda: Orientation(visit.drafts, delegated=actions.site().rsa_orientation_delegated))
    screens = use_kept(lambda: Reading(actions, visit.drafts, FLOW)).screens(visit.language)
    return asked(Place(visit, way, "who", screens, lambda: visit.go(MENU), lambda: set_turn(lambda turn: turn + 1)))
