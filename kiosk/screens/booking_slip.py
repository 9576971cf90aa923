"""The slip of an asking, and its answer as it arrives: amber « demandé », green only once the hub has said yes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import flet as ft

from kiosk.models.booking_slip import BookingPaper, make_paper
from kiosk.models.booking_steps import BookingJourney
from kiosk.parts import paper as drawn
from kiosk.parts.controls import NoticeKind, chip, quiet_button
from kiosk.parts.frame import Primary, screen
from kiosk.visit import MENU, Visit

LOOK_AGAIN_S = 1.0
KINDS: dict[str, NoticeKind] = {"sure": "sure", "wait": "wait", "off": "off", "fault": "fault"}


def use_look_again(visit: Visit, read: Callable[[], object], changed: Callable[[], None], every_s: float) -> None:
    """A hook: calls ``changed`` when ``read()`` differs from the last time; ends with the visit.

    Effects are not cleaned up when a browser just goes away, so the loop also watches ``visit.over``.
    """

    async def follow() -> None:
        last = read()
        while not visit.over:
            await asyncio.sleep(every_s)
            if visit.over:
                return
            now = read()
            if now != last:
                last = now
                changed()

    def start() -> Callable[[], None]:
        task = asyncio.get_running_loop().create_task(follow())

        def stop() -> None:
            task.cancel()

        return stop

    ft.use_effect(start, dependencies=[])


@ft.component
def BookingSlip(visit: Visit, journey: BookingJourney, leave: Callable[[], None]) -> ft.Control:
    """The last step: ``leave`` draws the journey again where the person asks for another hour."""
    _, set_turn = ft.use_state(0)
    use_look_again(visit, journey.answer, lambda: set_turn(lambda turn: turn + 1), LOOK_AGAIN_S)
    done, answer = journey.done(), journey.answer()
    if done is None or answer is None:
        return screen(visit, title=visit.say("booking.section"), body=[], back=lambda: visit.go(MENU))
    paper = make_paper(done, answer, journey.site(), visit.language, now=journey.now())

    def again() -> None:
        journey.start_again()
        leave()

    if paper.can_ask_again:
        primary = Primary(visit.say("booking.again"), again)
    else:
        primary = Primary(visit.say("booking.finish"), visit.end, icon_name="sign-out")
    return screen(
        visit,
        title="",
        body=_body(visit, paper),
        primary=primary,
    )


def _body(visit: Visit, paper: BookingPaper) -> list[ft.Control]:
    look = visit.look
    more = quiet_button(visit, visit.say("booking.home"), lambda: visit.go(MENU), icon_name="house")
    outcome = drawn.outcome(visit, paper.icon, paper.look, paper.title, paper.sentence)
    if look.portrait or look.large_text:
        return [outcome, _sheet(visit, paper), ft.Row([more])]
    return [ft.Row([ft.Container(outcome, expand=True), more], spacing=look.px(24)), _sheet(visit, paper)]


def _sheet(visit: Visit, paper: BookingPaper) -> ft.Control:
    look = visit.look
    code = drawn.code(
        visit, visit.say("booking.slip.code"), paper.reference, paper.why_keep, qr_png=paper.qr_png,
        qr_words=visit.say("booking.slip.qr"), state=chip(visit, paper.kind, KINDS[paper.look], icon_name=paper.icon),
    )  # fmt: skip
    facts = _facts(visit, paper)
    steps = [drawn.numbered(visit, visit.say("booking.slip.next"), paper.next_steps)] if paper.next_steps else []
    if look.portrait or look.large_text or look.small:
        rows: list[ft.Control] = [code, drawn.hairline(visit), *facts]
        if steps:
            rows += [drawn.hairline(visit), *steps]
    else:
        left = ft.Column([code, *steps], spacing=look.px(20), tight=True, expand=6)
        right = ft.Column(facts, spacing=look.px(22), tight=True, expand=5)
        rows = [ft.Row([left, right], spacing=look.px(48), vertical_alignment=ft.CrossAxisAlignment.START)]
    return drawn.sheet(visit, rows, place=paper.site, made=paper.made)


def _facts(visit: Visit, paper: BookingPaper) -> list[ft.Control]:
    hours = f"{paper.hours} ({paper.paris})" if paper.paris else paper.hours
    return [
        drawn.fact(visit, "calendar-blank", visit.say("booking.slip.when"), paper.day, detail=hours),
        drawn.fact(visit, "map-pin", visit.say("booking.slip.place"), paper.place),
        drawn.fact(visit, "video-camera", visit.say("booking.recap.reason"), paper.subject),
    ]
