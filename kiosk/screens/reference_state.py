"""What a code opened, as it stands now, and what may be done with it: another hour, cancelling, taking back.

What cannot be undone takes two touches, with what it costs said between them. No name, and never « inscrit ».
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import flet as ft

from kiosk.models import booking as rules
from kiosk.models import booking_slip, french_time
from kiosk.models.booking_steps import BookingJourney
from kiosk.models.reference import Asked, Opened, ReferenceSearch
from kiosk.parts import paper as drawn
from kiosk.parts.controls import NoticeKind, notice, panel, paragraph, quiet_button
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import Slowly, use_kept, use_slowly, use_value
from kiosk.screens.booking_slip import LOOK_AGAIN_S, proposed, use_look_again
from kiosk.visit import BOOKING, MENU, Visit

if TYPE_CHECKING:
    from kiosk.actions import Actions
    from kiosk.views import BookingView

KINDS: dict[str, NoticeKind] = {"sure": "sure", "wait": "wait", "off": "off", "fault": "fault"}
CANCELLING, TAKING_BACK = "cancel", "take_back"


@dataclass(frozen=True)
class Shown:
    """What the parts of this screen need. ``asking``: which act waits for its second touch; ``ask`` sets it."""

    visit: Visit
    search: ReferenceSearch
    journey: BookingJourney
    opened: Opened
    slowly: Slowly
    asking: str
    ask: Callable[[str], None]


@ft.component
def State(visit: Visit, actions: Actions, search: ReferenceSearch, redraw: Callable[[], None]) -> ft.Control:
    """What the code opened, as it stands now; it follows the answer while the person looks."""
    _, set_turn = ft.use_state(0)
    asking, ask = use_value(lambda: "")
    refused, refuse = use_value(lambda: "")
    journey = use_kept(lambda: BookingJourney(actions, visit.drafts, visit.key))
    slowly = use_slowly(visit)
    use_look_again(visit, search.opened, lambda: set_turn(lambda turn: turn + 1), LOOK_AGAIN_S)
    opened = search.opened()
    # Told once it is drawn, and again where the answer changed while the person looks.
    ft.use_effect(search.told, dependencies=[opened.must_be_told if opened else False])

    def another() -> None:
        search.forget()
        redraw()

    if opened is None:
        return screen(visit, title=visit.say("reference.title"), body=[], back=another)

    def act(wanted: str) -> None:
        ask("")
        sentence = search.act(wanted)
        refuse(visit.say(sentence) if sentence else "")

    shown = Shown(visit, search, journey, opened, slowly, asking, ask)
    body: list[ft.Control] = [notice(visit, "fault", refused)] if refused else []
    body += _registration(shown) if opened.registration else _booking(shown)
    body.append(paragraph(visit, _as_of(visit, search), soft=True, role="small"))
    body += _doubt(shown, act) if asking else [_acts(shown, another)]
    home = Primary(visit.say("reference.home"), lambda: visit.go(MENU), icon_name="house")
    return screen(
        visit,
        title=visit.say(f"reference.found.{opened.kind}"),
        body=body,
        primary=Primary(visit.say("booking.wait"), None) if slowly.waiting else home,
    )


# What it is -------------------------------------------------------------------------------------------


def _registration(shown: Shown) -> list[ft.Control]:
    visit, search, state = shown.visit, shown.search, shown.opened.registration
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


def _booking(shown: Shown) -> list[ft.Control]:
    visit, opened, answer = shown.visit, shown.opened, shown.opened.answer
    booking = opened.booking
    if booking is None or answer is None:
        return []
    body = [_state(shown, answer)]
    if opened.moved:
        told = visit.say("reference.moved"), visit.say("reference.moved_more")
        body.insert(0, notice(visit, "info", *told, icon_name="swap"))
    proposals = shown.search.proposals(opened)
    if proposals:
        body.append(proposed(visit, proposals, shown.search.zone(), partial(_change, shown)))
    body.append(_facts(shown, booking))
    if opened.asked is not None:
        body.append(_asked(shown, opened.asked, kept=booking.state in ("guaranteed", "confirmed")))
    if opened.taken_back:
        told = visit.say("reference.taken_back"), visit.say("reference.taken_back_more")
        body.append(notice(visit, "off", *told, icon_name="trash"))
    return body


def _state(shown: Shown, answer: rules.Answer) -> ft.Control:
    visit, search = shown.visit, shown.search
    kind = booking_slip.kind_of(answer)
    if kind == "alternatives" and not search.proposals(shown.opened):
        sentence = visit.say("booking.answer.alternatives_gone")
    else:
        sentence = booking_slip.sentence_of(answer, visit.language, now=search.now(), zone=search.zone())
    return notice(visit, KINDS[answer.look], visit.say(f"booking.kind.{kind}"), sentence, icon_name=answer.icon)


def _facts(shown: Shown, booking: BookingView) -> ft.Control:
    """The hour, or the hours asked for in order; the place; the subject."""
    visit, zone, slot = shown.visit, shown.search.zone(), booking.slot
    if slot is None:
        return notice(visit, "old", visit.say("reference.slot_unknown"))
    if booking.wishes and booking.state == "requested":
        wished = (slot, *booking.wishes)
        moments = [french_time.moment_in_words(one.starts_at, zone) for one in wished]
        when = drawn.numbered(visit, visit.say("booking.slip.choices"), moments)
    else:
        day = french_time.day(french_time.local(slot.starts_at, zone).date(), with_year=True)
        hours, paris = (
            french_time.hours(slot.starts_at, slot.ends_at, zone),
            french_time.paris_hour(slot.starts_at, zone),
        )
        detail = f"{hours} ({paris})" if paris else hours
        when = drawn.fact(visit, "calendar-blank", visit.say("booking.slip.when"), day, detail=detail)
    place = visit.say("booking.recap.place_value", site=shown.search.place(), booth=slot.booth)
    subject = visit.say(f"booking.reason.{booking.reason}")
    facts = [
        when,
        drawn.fact(visit, "map-pin", visit.say("booking.slip.place"), place),
        drawn.fact(visit, "video-camera", visit.say("booking.recap.reason"), subject),
    ]
    return panel(visit, facts, gap=24)


def _asked(shown: Shown, asked: Asked, *, kept: bool) -> ft.Control:
    """A change that waits for its answer: the hour above is theirs meanwhile."""
    visit, slot = shown.visit, asked.booking.slot
    moment = french_time.moment_in_words(slot.starts_at, shown.search.zone()) if slot is not None else "–"
    more = visit.say("reference.asked_change_hour" if kept else "reference.asked_change_request", moment=moment)
    return notice(visit, "wait", visit.say("reference.asked_change"), more, icon_name="paper-plane-tilt")


def _as_of(visit: Visit, search: ReferenceSearch) -> str:
    """How old this knowledge is."""
    known = search.known_at()
    if known is None:
        return visit.say("reference.as_of_never")
    moment = french_time.moment_near(known, search.now(), search.zone())
    return visit.say("reference.as_of" if search.online() else "reference.as_of_offline", moment=moment)


# What may be done -------------------------------------------------------------------------------------


def _change(shown: Shown, slot_id: str | None) -> Any:
    """To another hour, or to the one that was proposed and touched; the hub may be asked for it."""
    booking = shown.opened.booking
    if booking is None:
        return None

    def then(started: bool) -> None:
        if started:
            shown.visit.go(BOOKING)

    return shown.slowly.do(partial(shown.journey.start_move, booking, slot_id), then, shown.journey.let_go)


def _acts(shown: Shown, another: Callable[[], None]) -> ft.Control:
    """Another hour first; what ends something after it; another code last."""
    visit, opened = shown.visit, shown.opened
    found: list[tuple[str, str, Callable[[], Any]]] = []
    if opened.can_be_moved:
        proposals = bool(shown.search.proposals(opened))
        live = opened.can_be_cancelled
        key = "reference.move" if live else "booking.proposal.other" if proposals else "booking.again"
        found.append((key, "calendar-plus", partial(_change, shown, None)))
    if opened.can_be_cancelled:
        found.append(("reference.cancel", "prohibit", partial(shown.ask, CANCELLING)))
    if opened.can_be_taken_back:
        found.append(("reference.take_back", "trash", partial(shown.ask, TAKING_BACK)))
    found.append(("reference.another", "keyboard", another))
    across = 1 if visit.look.large_text else 2 if visit.look.portrait else 4
    rows: list[ft.Control] = []
    for at in range(0, len(found), across):
        cells: list[ft.Control] = [
            quiet_button(visit, visit.say(key), act, icon_name=name, expand=True)
            for key, name, act in found[at : at + across]
        ]
        rows.append(ft.Row(cells, spacing=visit.look.px(20)))
    return ft.Column(rows, spacing=visit.look.px(20), tight=True)


def _doubt(shown: Shown, act: Callable[[str], None]) -> list[ft.Control]:
    """What it costs, and the two answers; « non » stands first."""
    visit, wanted = shown.visit, shown.asking
    more = f"reference.{wanted}_ask_more"
    if wanted == TAKING_BACK:
        more = f"reference.take_back_ask_{shown.opened.kind}"
        if shown.opened.booking is not None and not shown.opened.can_be_cancelled:
            more = "reference.take_back_ask_ended"
    no, yes = visit.say(f"reference.{wanted}_no"), visit.say(f"reference.{wanted}_yes")
    sign = "trash" if wanted == TAKING_BACK else "prohibit"
    buttons: list[ft.Control] = [
        quiet_button(visit, no, partial(shown.ask, ""), icon_name="arrow-left", expand=True),
        quiet_button(visit, yes, partial(act, wanted), icon_name=sign, expand=True),
    ]
    return [
        notice(visit, "fault", visit.say(f"reference.{wanted}_ask"), visit.say(more), icon_name=sign),
        ft.Row(buttons, spacing=visit.look.px(20)),
    ]
