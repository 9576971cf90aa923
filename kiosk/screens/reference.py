"""« J’ai déjà un code »: the code is typed, then its state is shown in words. No name, and never « inscrit »."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import flet as ft

from kiosk.entry import Entry
from kiosk.models import booking_slip, french_time
from kiosk.models.reference import Fault, Opened, ReferenceSearch
from kiosk.parts import paper as drawn
from kiosk.parts.controls import NoticeKind, notice, panel, paragraph, quiet_button
from kiosk.parts.field import field
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_kept
from kiosk.parts.keyboard import keyboard
from kiosk.screens.booking_slip import LOOK_AGAIN_S, use_look_again
from kiosk.visit import MENU, Visit

if TYPE_CHECKING:
    from kiosk.actions import Actions

CODE_MAX_LENGTH = 16
NO_FAULT = Fault("")
KINDS: dict[str, NoticeKind] = {"sure": "sure", "wait": "wait", "off": "off", "fault": "fault"}


@ft.component
def Reference(visit: Visit, actions: Actions) -> ft.Control:
    """The place « J’ai déjà un code »."""
    _, set_turn = ft.use_state(0)
    search = use_kept(lambda: ReferenceSearch(actions, visit.drafts))

    def redraw() -> None:
        set_turn(lambda turn: turn + 1)

    if search.opened() is None:
        return Typing(visit, search, redraw)
    return State(visit, search, redraw)


@ft.component
def Typing(visit: Visit, search: ReferenceSearch, found: Callable[[], None]) -> ft.Control:
    """The code, on the letters-and-digits keyboard. It is kept nowhere."""
    fault, set_fault = ft.use_state(NO_FAULT)
    entry = use_kept(lambda: Entry("code", max_length=CODE_MAX_LENGTH))

    def look_up() -> None:
        wrong = search.search(entry.value)
        if wrong is None:
            found()
        else:
            set_fault(wrong)

    apart = fault.unknown or fault.locked
    error = visit.say(fault.key, count=fault.count) if fault.key and not apart else None
    body: list[ft.Control] = [field(visit, entry, visit.say("reference.label"), error=error, on_submit=look_up)]
    if apart:
        body.append(
            notice(visit, "old" if fault.unknown else "fault", visit.say(fault.key), visit.say(f"{fault.key}_more"),
                   icon_name="question" if fault.unknown else "lock-key")
        )  # fmt: skip
        body.append(
            quiet_button(visit, visit.say("home.talk"), lambda: visit.open_sheet("desk"), icon_name="hand-waving")
        )
    return screen(
        visit,
        title=visit.say("reference.title"),
        lead=visit.say("reference.why"),
        body=body,
        keyboard=keyboard(visit, entry),
        primary=Primary(visit.say("reference.open"), look_up),
        back=lambda: visit.go(MENU),
    )


@ft.component
def State(visit: Visit, search: ReferenceSearch, redraw: Callable[[], None]) -> ft.Control:
    """What the code opened, as it stands now; it follows the answer while the person looks."""
    _, set_turn = ft.use_state(0)
    asking, set_asking = ft.use_state(False)
    use_look_again(visit, search.opened, lambda: set_turn(lambda turn: turn + 1), LOOK_AGAIN_S)
    opened = search.opened()

    def another() -> None:
        search.forget()
        redraw()

    if opened is None:
        return screen(visit, title=visit.say("reference.title"), body=[], back=another)
    body = _registration(visit, search, opened) if opened.registration else _booking(visit, search, opened)
    body.append(paragraph(visit, _as_of(visit, search), soft=True, role="small"))
    if opened.can_be_cancelled:
        body.append(_cancel(visit, search, asking, set_asking))
    body.append(ft.Row([quiet_button(visit, visit.say("reference.another"), another, icon_name="keyboard")]))
    return screen(
        visit,
        title=visit.say(f"reference.found.{opened.kind}"),
        body=body,
        primary=Primary(visit.say("reference.home"), lambda: visit.go(MENU), icon_name="house"),
    )


def _registration(visit: Visit, search: ReferenceSearch, opened: Opened) -> list[ft.Control]:
    state = opened.registration
    if state is None:
        return []
    zone, now = search.zone(), search.now()
    moment = french_time.moment_near(state.at, now, zone) if state.at else ""
    title = visit.say(state.key, moment=moment)
    made = visit.say("reference.made", moment=french_time.moment_near(state.made_at, now, zone))
    return [
        notice(visit, KINDS[state.look], title, visit.say(state.more), icon_name=state.icon),
        paragraph(visit, made, soft=True),
        # The law's sentence stays on every state, whatever the hub has answered.
        notice(
            visit, "old", visit.say("reference.not_registered"), visit.say("reference.not_registered_more"),
            icon_name="warning-circle",
        ),
    ]  # fmt: skip


def _booking(visit: Visit, search: ReferenceSearch, opened: Opened) -> list[ft.Control]:
    booking, answer = opened.booking, opened.answer
    if booking is None or answer is None:
        return []
    zone, now = search.zone(), search.now()
    kind = booking_slip.kind_of(answer)
    sentence = booking_slip.sentence_of(answer, visit.language, now=now, zone=zone)
    body: list[ft.Control] = [
        notice(visit, KINDS[answer.look], visit.say(f"booking.kind.{kind}"), sentence, icon_name=answer.icon)
    ]
    slot = booking.slot
    if slot is None:
        body.append(notice(visit, "old", visit.say("reference.slot_unknown")))
        return body
    day = french_time.day(french_time.local(slot.starts_at, zone).date(), with_year=True)
    hours = french_time.hours(slot.starts_at, slot.ends_at, zone)
    paris = french_time.paris_hour(slot.starts_at, zone)
    place = visit.say("booking.recap.place_value", site=search.place(), booth=slot.booth)
    subject = visit.say(f"booking.reason.{booking.reason}")
    facts = [
        drawn.fact(visit, "calendar-blank", visit.say("booking.slip.when"), day,
                   detail=f"{hours} ({paris})" if paris else hours),
        drawn.fact(visit, "map-pin", visit.say("booking.slip.place"), place),
        drawn.fact(visit, "video-camera", visit.say("booking.recap.reason"), subject),
    ]  # fmt: skip
    body.append(panel(visit, facts, gap=24))
    return body


def _as_of(visit: Visit, search: ReferenceSearch) -> str:
    """How old this knowledge is."""
    known = search.known_at()
    if known is None:
        return visit.say("reference.as_of_never")
    moment = french_time.moment_near(known, search.now(), search.zone())
    return visit.say("reference.as_of" if search.online() else "reference.as_of_offline", moment=moment)


def _cancel(visit: Visit, search: ReferenceSearch, asking: bool, set_asking: Callable[[bool], None]) -> ft.Control:
    """Two touches: what it costs is said between them."""
    look = visit.look
    if not asking:
        return ft.Row(
            [quiet_button(visit, visit.say("reference.cancel"), lambda: set_asking(True), icon_name="prohibit")]
        )

    def cancel() -> None:
        search.cancel()
        set_asking(False)

    return ft.Column(
        [
            notice(visit, "fault", visit.say("reference.cancel_ask"), visit.say("reference.cancel_ask_more")),
            ft.Row(
                [
                    quiet_button(
                        visit, visit.say("reference.cancel_no"), lambda: set_asking(False), icon_name="arrow-left"
                    ),
                    quiet_button(visit, visit.say("reference.cancel_yes"), cancel, icon_name="prohibit"),
                ],
                spacing=look.px(16),
            ),
        ],
        spacing=look.px(14),
        tight=True,
    )
