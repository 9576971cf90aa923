"""« Suis-je concerné par le contrat d’engagement ? »: one question a screen, then the answer with its rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flet as ft

from kiosk.models.concerned import FLOW, Concerned, in_transition
from kiosk.models.contract import EXIT_PLACES, Reading
from kiosk.parts.hooks import use_kept
from kiosk.screens.asking import Place, asked
from kiosk.visit import Visit

if TYPE_CHECKING:
    from kiosk.actions import Actions


@ft.component
def AmIConcerned(visit: Visit, actions: Actions) -> ft.Control:
    """The place « Suis-je concerné ? », entered from the contract and left for it."""
    _, set_turn = ft.use_state(0)
    screens = use_kept(lambda: Reading(actions, visit.drafts, FLOW)).screens(visit.language)
    way = use_kept(lambda: Concerned(visit.drafts, transition=in_transition(screens)))
    contract = EXIT_PLACES["@contract"]
    return asked(
        Place(visit, way, "concerned", screens, lambda: visit.go(contract), lambda: set_turn(lambda turn: turn + 1))
    )
