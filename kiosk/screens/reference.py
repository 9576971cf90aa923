"""« J’ai déjà un code »: the code is typed, then its state is shown in words. No name, and never « inscrit »."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import flet as ft

from kiosk.entry import Entry
from kiosk.models.reference import Fault, ReferenceSearch
from kiosk.parts.controls import notice, talk_button
from kiosk.parts.field import field
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_kept, use_slowly
from kiosk.parts.keyboard import keyboard
from kiosk.screens.reference_state import State
from kiosk.visit import MENU, Visit

if TYPE_CHECKING:
    from kiosk.actions import Actions

SCANNED_MAX_LENGTH = 500
"""A scanner types the whole address of a slip's QR, as a keyboard does, and « Entrée »."""
NO_FAULT = Fault("")


@ft.component
def Reference(visit: Visit, actions: Actions) -> ft.Control:
    """The place « J’ai déjà un code »."""
    _, set_turn = ft.use_state(0)
    search = use_kept(lambda: ReferenceSearch(actions, visit.drafts))

    def redraw() -> None:
        set_turn(lambda turn: turn + 1)

    if search.opened() is None:
        return Typing(visit, search, redraw)
    return State(visit, actions, search, redraw)


@ft.component
def Typing(visit: Visit, search: ReferenceSearch, found: Callable[[], None]) -> ft.Control:
    """The code, on the letters-and-digits keyboard. It is kept nowhere."""
    fault, set_fault = ft.use_state(NO_FAULT)
    entry = use_kept(lambda: Entry("code", max_length=SCANNED_MAX_LENGTH))

    slowly = use_slowly(visit)

    def judge(wrong: Fault | None) -> None:
        if wrong is None:
            found()
        else:
            set_fault(wrong)

    def look_up() -> Any:
        # Codes are hashed slowly on purpose: not in the thread that draws.
        return slowly.do(partial(search.search, entry.value), judge, search.forget)

    opening = Primary(visit.say("reference.open"), look_up)
    apart = fault.unknown or fault.locked
    error = visit.say(fault.key, count=fault.count) if fault.key and not apart else None
    body: list[ft.Control] = [field(visit, entry, visit.say("reference.label"), error=error, on_submit=look_up)]
    if apart:
        body.append(
            notice(visit, "old" if fault.unknown else "fault", visit.say(fault.key), visit.say(f"{fault.key}_more"),
                   icon_name="question" if fault.unknown else "lock-key")
        )  # fmt: skip
        body.append(talk_button(visit))
    return screen(
        visit,
        title=visit.say("reference.title"),
        lead=visit.say("reference.why"),
        body=body,
        keyboard=keyboard(visit, entry),
        primary=Primary(visit.say("booking.wait"), None) if slowly.waiting else opening,
        back=lambda: visit.go(MENU),
    )
