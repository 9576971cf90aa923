"""What a code opened, as it stands now, and what may be done with it: another hour, cancelling, taking back.

What cannot be undone takes two touches, with what it costs said between them. No name, and never « inscrit ».
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import flet as ft

from kiosk import times
from kiosk.models import booking as rules
from kiosk.models import booking_slip
from kiosk.models import booth as booths
from kiosk.models.booking_steps import BookingJourney
from kiosk.models.printed import paper_of_state
from kiosk.models.reference import Asked, Opened, ReferenceSearch
from kiosk.models.seats import SeatJourney
from kiosk.models.subject import is_seat, key_of, paris_words, place_words, subject_icon, subject_words
from kiosk.parts import paper as drawn
from kiosk.parts.controls import notice, panel, paragraph, quiet_button
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import Slowly, use_kept, use_slowly, use_value
from kiosk.screens.booking_slip import LOOK_AGAIN_S, proposed, use_look_again
from kiosk.screens.take_away import TakeAway, Taking, phone_screen
from kiosk.visit import BOOKING, EVENTS, MENU, SALON, SEAT, Visit

if TYPE_CHECKING:
    from kiosk.actions import Actions
    from kiosk.views import BookingView

CANCELLING, TAKING_BACK = "cancel", "take_back"
EARLIER, NOT_EARLIER = "earlier", "not_earlier"


@dataclass(frozen=True)
class Shown:
    """What the parts of this screen need.

    ``asking``: which act waits for its second touch; ``ask`` sets it, ``act`` does it.
    """

    visit: Visit
    search: ReferenceSearch
    journey: BookingJourney
    opened: Opened
    slowly: Slowly
    asking: str
    ask: Callable[[str], None]
    act: Callable[[str], None]

    def say(self, key: str, **values: object) -> str:
        """The sentence that fits what was opened: booth time, or a seat at an event."""
        return self.visit.say(key_of(key, self.opened.reason, in_line=self.in_line), **values)

    @property
    def in_line(self) -> bool:
        """True for somebody who waits for a seat."""
        return self.opened.booking is not None and self.opened.booking.in_line


@ft.component
def State(visit: Visit, actions: Actions, search: ReferenceSearch, redraw: Callable[[], None]) -> ft.Control:
    """What the code opened, as it stands now; it follows the answer while the person looks."""
    _, set_turn = ft.use_state(0)
    asking, ask = use_value(lambda: "")
    refused, refuse = use_value(lambda: "")
    phone_kept = use_value(lambda: False)
    opened = search.opened()
    journey = use_kept(lambda: _journey(visit, actions, opened))
    slowly = use_slowly(visit)
    # How old this knowledge is changes with the network, even where the answer does not.
    use_look_again(visit, search.known, lambda: set_turn(lambda turn: turn + 1), LOOK_AGAIN_S)
    # Told once it is drawn, and again where the answer changed while the person looks.
    ft.use_effect(search.told, dependencies=[opened.must_be_told if opened else False])

    def another() -> None:
        search.forget()
        redraw()

    if opened is None:
        return screen(visit, title=visit.say("reference.title"), body=[], back=another)

    def act(wanted: str) -> None:
        ask("")
        waits = wanted in (EARLIER, NOT_EARLIER)
        sentence = search.prefer_earlier(wanted == EARLIER) if waits else search.act(wanted)
        refuse(visit.say(sentence) if sentence else "")
        set_turn(lambda turn: turn + 1)

    shown = Shown(visit, search, journey, opened, slowly, asking, ask, act)
    if asking:
        return _doubt(shown, act)
    body: list[ft.Control] = [notice(visit, "fault", refused)] if refused else []
    body += _registration(shown) if opened.registration else _booking(shown)
    phone, show_phone = phone_kept
    qr = search.agenda_qr(visit.language) if phone else None
    if qr is not None:
        over = bool(search.agenda_is_over(visit.language))
        return phone_screen(visit, qr, partial(show_phone, False), over=over)
    body += [paragraph(visit, _as_of(visit, search), soft=True, role="small")]
    body += [_take_away(shown, partial(show_phone, True)), _acts(shown, another)]
    primary = Primary(visit.say("booking.wait"), None) if slowly.waiting else _primary(shown)
    return screen(visit, title="", body=body, primary=primary)


def _journey(visit: Visit, actions: Actions, opened: Opened | None) -> BookingJourney:
    """The way to another hour, or to another date of the same event."""
    seat = opened is not None and is_seat(opened.reason)
    return (SeatJourney if seat else BookingJourney)(actions, visit.drafts, visit.key)


# What it is -------------------------------------------------------------------------------------------


def _registration(shown: Shown) -> list[ft.Control]:
    visit, search, state = shown.visit, shown.search, shown.opened.registration
    if state is None:
        return []
    zone, now = search.zone(), search.now()
    moment = times.moment_near(state.at, now, zone, visit.language) if state.at else ""
    title = visit.say(state.key, moment=moment)
    made = visit.say("reference.made", moment=times.moment_near(state.made_at, now, zone, visit.language))
    subject = visit.say("reference.found.registration")
    return [
        drawn.outcome(visit, state.icon, state.look, title, visit.say(state.more), subject=subject),
        # The law's sentence stays on every state, whatever the hub has answered.
        notice(
            visit, "old", visit.say("reg.mandatory"), visit.say("reg.mandatory_more"),
            icon_name="warning-circle",
        ),
        paragraph(visit, made, soft=True),
    ]  # fmt: skip


def _booking(shown: Shown) -> list[ft.Control]:
    visit, opened, answer = shown.visit, shown.opened, shown.opened.answer
    booking = opened.booking
    if booking is None or answer is None:
        return []
    body = [_state(shown, answer)]
    if opened.moved:
        told = visit.say("reference.moved"), visit.say("reference.moved_more")
        body.append(notice(visit, "info", *told, icon_name="swap"))
    proposals = shown.search.proposals(opened)
    if proposals:
        title = "line.earlier.title" if opened.holds_a_place else "booking.proposal.title"
        body.append(proposed(visit, proposals, shown.search.zone(), partial(_change, shown), title=title))
    elif opened.may_wait_for_earlier and booking.earlier:
        told = visit.say("line.earlier.waiting"), visit.say("line.earlier.waiting_more")
        body.append(notice(visit, "info", *told, icon_name="hourglass-medium"))
    body.append(_facts(shown, booking))
    joins = shown.search.joined_from(visit.language)
    if joins:
        told = visit.say("booth.join_later", comes=joins), visit.say("booth.join_later_more")
        body.append(notice(visit, "info", *told, icon_name="video-camera"))
    if opened.asked is not None:
        body.append(_asked(shown, opened.asked, kept=opened.holds_a_place))
    return body


def _state(shown: Shown, answer: rules.Answer) -> ft.Control:
    """What has become of it, as large as on its paper."""
    visit, search = shown.visit, shown.search
    subject = shown.say("reference.found.booking")
    if shown.opened.taken_back:
        told = visit.say("reference.taken_back"), shown.say("reference.taken_back_more")
        return drawn.outcome(visit, "trash", "off", *told, subject=subject)
    reason, proposed_ = shown.opened.reason or "", bool(search.proposals(shown.opened))
    sentence = booking_slip.sentence_of(
        answer, reason, visit.language, now=search.now(), zone=search.zone(), proposed=proposed_, afar=shown.opened.afar
    )
    title = shown.say(f"booking.done.{booking_slip.kind_of(answer)}")
    return drawn.outcome(visit, answer.icon, answer.look, title, sentence, subject=subject)


def _facts(shown: Shown, booking: BookingView) -> ft.Control:
    """The hour, or the hours asked for in order; the place; the subject. An hour that is over is crossed out."""
    visit, zone, slot = shown.visit, shown.search.zone(), booking.slot
    if slot is None:
        return notice(visit, "old", visit.say("reference.slot_unknown"))
    live, event = shown.opened.can_be_cancelled, shown.search.event(booking)
    if booking.wishes and live and not shown.opened.holds_a_place:
        wished = [times.moment_in_words(one.starts_at, zone, visit.language) for one in (slot, *booking.wishes)]
        when = drawn.numbered(visit, visit.say("booking.slip.choices"), wished)
    else:
        day = times.day_of(slot.starts_at, zone, visit.language)
        hours = times.hours(slot.starts_at, slot.ends_at, zone, visit.language)
        paris = paris_words(booking.reason, event, slot.starts_at, zone, visit.language, modality=slot.modality)
        label = visit.say(shown.opened.when_key)
        detail = times.with_paris(hours, paris)
        when = drawn.fact(visit, "calendar-blank", label, day, detail=detail, struck=not live)
    site, said = shown.search.site(), visit.language
    place = place_words(booking.reason, event, site, slot.booth, said, modality=slot.modality)
    facts = [when, *([drawn.fact(visit, "map-pin", visit.say("booking.slip.place"), place)] if live else [])]
    subject = subject_words(booking.reason, event, visit.language)
    facts.append(drawn.fact(visit, subject_icon(booking.reason), shown.say("booking.recap.reason"), subject))
    look = visit.look
    if look.portrait or look.large_text or look.small:
        return panel(visit, facts, gap=24)
    cells: list[ft.Control] = [ft.Container(fact, expand=True) for fact in facts]
    row = ft.Row(cells, spacing=look.px(28), vertical_alignment=ft.CrossAxisAlignment.START)
    return panel(visit, [row], gap=24)


def _asked(shown: Shown, asked: Asked, *, kept: bool) -> ft.Control:
    """A change that waits for its answer: the hour above is theirs meanwhile."""
    visit, slot = shown.visit, asked.booking.slot
    zone = shown.search.zone()
    moment = times.moment_in_words(slot.starts_at, zone, visit.language) if slot is not None else "–"
    more = visit.say("reference.asked_change_hour" if kept else "reference.asked_change_request", moment=moment)
    return notice(visit, "wait", visit.say("reference.asked_change"), more, icon_name="paper-plane-tilt")


def _take_away(shown: Shown, open_phone: Callable[[], None]) -> ft.Control:
    """The state on paper, and its entry in the telephone. The code is known to the person only."""
    visit, over = shown.visit, shown.search.agenda_is_over(shown.visit.language)
    make = partial(paper_of_state, shown.search, shown.opened, visit.language)
    phone = open_phone if over is not None else None
    return TakeAway(visit, Taking(paper=make, phone=phone, over=bool(over), code=False))


def _as_of(visit: Visit, search: ReferenceSearch) -> str:
    """How old this knowledge is."""
    known = search.known_at()
    if known is None:
        return visit.say("reference.as_of_never")
    moment = times.moment_near(known, search.now(), search.zone(), visit.language)
    return visit.say("reference.as_of" if search.online() else "reference.as_of_offline", moment=moment)


# What may be done -------------------------------------------------------------------------------------


def _change(shown: Shown, slot_id: str | None) -> Any:
    """To another hour, or to the one that was proposed and touched; the hub may be asked for it."""
    booking = shown.opened.booking
    if booking is None:
        return None

    def then(started: bool) -> None:
        if started:
            shown.visit.go(SEAT if is_seat(booking.reason) else BOOKING)

    return shown.slowly.do(partial(shown.journey.start_move, booking, slot_id), then, shown.journey.let_go)


def _joins(shown: Shown) -> bool:
    """True from an hour before a video appointment that is the person's, to its end."""
    return booths.is_door_open(shown.opened.booking, shown.search.now())


def _join(shown: Shown) -> None:
    shown.search.go_to_the_booth()
    shown.visit.go(SALON)


def _needs_another_hour(opened: Opened) -> bool:
    """True for a booking that holds and asks for nothing any more, and that another hour may replace."""
    return opened.can_be_moved and not opened.can_be_cancelled


def _is_over(opened: Opened) -> bool:
    """True for a seat that holds and asks for nothing any more, at an event without another date."""
    return is_seat(opened.reason) and not opened.can_be_cancelled and not opened.can_be_moved


def _primary(shown: Shown) -> Primary:
    """Another hour where there is none any more; other events where this one has no other date; else the menu."""
    visit = shown.visit
    if _joins(shown):
        return Primary(visit.say("booth.join"), partial(_join, shown), icon_name="video-camera")
    if _needs_another_hour(shown.opened):
        key = "booking.proposal.other" if shown.search.proposals(shown.opened) else "booking.again"
        return Primary(shown.say(key), partial(_change, shown, None), icon_name="calendar-plus")
    if _is_over(shown.opened):
        return Primary(visit.say("seat.others"), lambda: visit.go(EVENTS), icon_name="calendar-dots")
    return Primary(visit.say("reference.home"), lambda: visit.go(MENU), icon_name="house")


def _acts(shown: Shown, another: Callable[[], None]) -> ft.Control:
    """Another hour first; what ends something after it; another code last."""
    visit, opened = shown.visit, shown.opened
    found: list[tuple[str, str, Callable[[], Any]]] = []
    if opened.can_be_moved and opened.can_be_cancelled:
        found.append(("reference.move", "calendar-plus", partial(_change, shown, None)))
    if opened.may_wait_for_earlier and opened.booking is not None:
        wanted = NOT_EARLIER if opened.booking.earlier else EARLIER
        found.append((f"line.earlier.{wanted}", "clock", partial(shown.act, wanted)))
    if opened.can_be_cancelled:
        found.append(("reference.cancel", "prohibit", partial(shown.ask, CANCELLING)))
    if opened.can_be_taken_back:
        found.append(("reference.take_back", "trash", partial(shown.ask, TAKING_BACK)))
    found.append(("reference.another", "keyboard", another))
    if _needs_another_hour(opened) and is_seat(opened.reason):
        found.append(("seat.others", "calendar-dots", lambda: visit.go(EVENTS)))
    if _needs_another_hour(opened) or _is_over(opened) or _joins(shown):
        found.append(("reference.home", "house", lambda: visit.go(MENU)))
    across = 1 if visit.look.large_text else 2
    rows: list[ft.Control] = []
    for at in range(0, len(found), across):
        cells: list[ft.Control] = [
            quiet_button(visit, shown.say(key), act, icon_name=name, expand=True)
            for key, name, act in found[at : at + across]
        ]
        rows.append(ft.Row(cells, spacing=visit.look.px(20)))
    return ft.Column(rows, spacing=visit.look.px(20), tight=True)


def _doubt(shown: Shown, act: Callable[[str], None]) -> ft.Control:
    """What it costs, and the two answers; the large one keeps everything as it is."""
    visit, wanted, booking = shown.visit, shown.asking, shown.opened.booking
    more = f"reference.{wanted}_ask_more"
    if wanted == TAKING_BACK:
        more = f"reference.take_back_ask_{shown.opened.kind}"
        if booking is not None and not shown.opened.can_be_cancelled:
            more = "reference.take_back_ask_ended"
    no, yes = shown.say(f"reference.{wanted}_no"), visit.say(f"reference.{wanted}_yes")
    sign = "trash" if wanted == TAKING_BACK else "prohibit"
    subject = shown.say(f"reference.found.{shown.opened.kind}")
    ask = visit.say(f"reference.{wanted}_ask")
    body: list[ft.Control] = [drawn.outcome(visit, sign, "fault", ask, shown.say(more), subject=subject)]
    body += [_facts(shown, booking)] if booking is not None else []
    body.append(ft.Row([quiet_button(visit, yes, partial(act, wanted), icon_name=sign, expand=True)]))
    return screen(visit, title="", body=body, primary=Primary(no, partial(shown.ask, ""), icon_name="check"))
