"""The end of the prepared registration: the recapitulation, then the slip that tells the truth about its sending."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import flet as ft

from kiosk import slip as slips
from kiosk.models.printed import paper_of_preparation
from kiosk.models.registration import Registration as Model
from kiosk.models.registration_recap import RecapLine, recap_pages
from kiosk.models.spoken import spelled
from kiosk.models.window import REGISTER
from kiosk.parts import paper
from kiosk.parts.controls import icon, notice, panel, paragraph, quiet_button, rule, text
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_value
from kiosk.printing.sheet import Sheet
from kiosk.said import joined
from kiosk.screens.registration_way import Way
from kiosk.screens.take_away import TakeAway, Taking
from kiosk.visit import MENU, Visit, Wish
from kiosk.wording import FRENCH

LOOK_AGAIN_S = 2.0
LEGAL_PX = 290
LISTEN_PX = 116
ROW_GAP_PX = 6
PANEL_PX = 24
LINES_MIN = 4
"""More than fit, on a page of large words: it then scrolls, as eight pages of two would be read by nobody."""
ICONS = {"sure": "check", "wait": "hourglass-medium", "fault": "warning"}


# The recapitulation -----------------------------------------------------------------------------------


@ft.component
def Recap(way: Way) -> ft.Control:
    """Every answer with its « Modifier », in pages; on the last one, the legal sentence and « Confirmer »."""
    visit = way.visit
    question = way.model.question()
    number, set_number = ft.use_state(0)
    refused, set_refused = ft.use_state("")
    heard = LISTEN_PX if visit.speaks else 0
    pages = recap_pages(
        way.model.recap(), recap_rows(visit, heard, LINES_MIN), recap_rows(visit, heard + LEGAL_PX)
    )  # fmt: skip
    number = min(number, len(pages) - 1)
    last = number == len(pages) - 1

    def confirm() -> None:
        sentence = way.model.confirm()
        if sentence is None:
            way.redraw()
        else:
            set_refused(sentence)

    body: list[ft.Control] = [notice(visit, "fault", refused)] if refused else []
    if number == 0:
        body.append(TakeAway(visit, Taking(spoken=way.model.recap_aloud, heard="recap")))
    if pages[number]:
        body.append(panel(visit, _lines(way, pages[number]), gap=ROW_GAP_PX, pad=PANEL_PX))
    where: ft.Control | None = None
    if len(pages) > 1:
        words = visit.say("reg.page", number=number + 1, count=len(pages))
        where = text(visit, words, "small", visit.look.palette.ink_soft)
    if not last:
        primary = Primary(visit.say("reg.next"), lambda: set_number(number + 1))
    else:
        body += _warning(visit)
        primary = Primary(visit.say("reg.recap.primary"), confirm)
    return screen(
        visit,
        title=question.title,
        aside=where,
        body=body,
        primary=primary,
        back=(lambda: set_number(number - 1)) if number else way.back,
        progress=way.progress(question),
    )


def recap_rows(visit: Visit, kept_px: float, least: int = 1) -> int:
    """How many lines of the recapitulation fit, ``least`` at least; ``kept_px`` (of the drawing) are kept beneath."""
    look = visit.look
    # Header, banner, progress and title above; the action bar below, and the dock in portrait.
    reserved = (410 + 326 if look.portrait else 334 + 162) + 2 * PANEL_PX + kept_px
    words = look.size("small") * 1.4 + look.size("strong") * 1.35
    if visit.language not in FRENCH:  # the French under both
        words += (look.size("source") + look.size("small")) * 1.4
    line = max(look.touch(72) + look.px(4), words)
    gaps = 2 * look.px(ROW_GAP_PX) + 2
    columns = 1 if look.portrait or look.large_text else 2
    # An answer of two lines is foreseen.
    room = look.room_px - look.px(reserved) + gaps - look.size("strong") * 1.35 * (1 if look.portrait else 0.5)
    return int(max(least, room // (line + gaps))) * columns


def _warning(visit: Visit) -> list[ft.Control]:
    look = visit.look
    ink = look.palette.ink_soft
    sealed = ft.Row(
        [
            icon(visit, "lock-key", look.px(36), ink),
            ft.Container(paragraph(visit, visit.say("reg.recap.sealed"), soft=True, role="small"), expand=True),
        ],
        spacing=look.apart(16),
    )
    legal = notice(
        visit, "wait", visit.say("reg.mandatory"), visit.say("reg.mandatory_more"), icon_name="warning-circle"
    )
    return [legal, sealed]


def _lines(way: Way, lines: list[RecapLine]) -> list[ft.Control]:
    visit = way.visit
    drawn = [_line(way, line) for line in lines]
    if not visit.look.portrait and not visit.look.large_text:
        half = -(-len(drawn) // 2)
        columns = [drawn[:half], drawn[half:]]
        spread: list[ft.Control] = [
            ft.Column(_ruled(visit, column), spacing=visit.look.px(ROW_GAP_PX), tight=True, expand=True)
            for column in columns
        ]
        return [ft.Row(spread, spacing=visit.look.px(48), vertical_alignment=ft.CrossAxisAlignment.START)]
    return _ruled(visit, drawn)


def _ruled(visit: Visit, rows: list[ft.Control]) -> list[ft.Control]:
    found: list[ft.Control] = []
    for at, row in enumerate(rows):
        found += [rule(visit), row] if at else [row]
    return found


def _line(way: Way, line: RecapLine) -> ft.Control:
    visit = way.visit
    palette = visit.look.palette
    words = ft.Column(
        [
            text(visit, line.label, "small", palette.ink_soft),
            text(
                visit,
                line.value,
                "strong" if line.given else "body",
                palette.ink if line.given else palette.ink_soft,
                private=line.given,
            ),
        ],
        spacing=visit.look.px(2),
        tight=True,
        expand=True,
    )
    modify = visit.say("reg.modify")
    button = quiet_button(
        visit, modify, way.do(partial(way.model.modify, line.step)), icon_name="pencil-simple", drawn_height=72,
        spoken=f"{modify} : {line.label}",
    )  # fmt: skip
    return ft.Row([words, button], spacing=visit.look.px(20))


# The slip ---------------------------------------------------------------------------------------------


@ft.component
def PreparedSlip(visit: Visit, model: Model) -> ft.Control:
    """What the visitor takes home. Only the line about the sending is drawn again when the round has carried it."""
    prepared = model.prepared()
    if prepared is None:
        return screen(visit, title=visit.say("reg.title"), body=[], back=lambda: visit.go(MENU))
    made = slips.make_slip(prepared, model.site(), visit.language)
    return screen(
        visit,
        title="",
        body=_beside(visit, model, made) if visit.look.two_columns else _stacked(visit, model, made),
        primary=Primary(visit.say("window.self_register"), lambda: visit.offer_window(Wish(REGISTER))),
    )


def _stacked(visit: Visit, model: Model, made: slips.Slip) -> list[ft.Control]:
    line = ft.Row(_elsewhere(visit), spacing=visit.look.px(20), wrap=visit.look.large_text)
    rows = [_code(visit, made), paper.hairline(visit), _steps(visit, made), paper.hairline(visit), _legal(visit, made)]
    sheet = paper.sheet(visit, rows, place=made.place, made=(made.date, made.hour))
    return [Sending(visit, model), TakeAway(visit, _taking(visit, model, made)), sheet, line]


def _beside(visit: Visit, model: Model, made: slips.Slip) -> list[ft.Control]:
    rows = [_code(visit, made), paper.hairline(visit), _legal(visit, made)]
    sheet = paper.sheet(visit, rows, place=made.place, made=(made.date, made.hour))
    elsewhere = ft.Row(_elsewhere(visit), spacing=visit.look.apart(16), wrap=True)
    left = [sheet, TakeAway(visit, _taking(visit, model, made))]
    return [paper.beside(visit, left, [Sending(visit, model), _steps(visit, made), elsewhere])]


def _taking(visit: Visit, model: Model, made: slips.Slip) -> Taking:
    def sheet() -> Sheet:
        return paper_of_preparation(made, model.slip_state(), visit.language)

    return Taking(paper=sheet, spoken=partial(spelled, made.reference, visit.language))


def _elsewhere(visit: Visit) -> list[ft.Control]:
    grow = None if visit.look.large_text or visit.look.two_columns else True
    ways: list[tuple[str, Callable[[], None], str]] = [
        ("reg.slip.book", partial(visit.go, "/rendez-vous"), "calendar-plus"),
        ("reg.slip.home", partial(visit.go, MENU), "house"),
    ]
    if not visit.look.two_columns:  # on a wide screen there is no room for it: « Terminer » stands in the header
        ways.append(("reg.slip.primary", visit.end, "sign-out"))
    return [quiet_button(visit, visit.say(key), act, icon_name=name, expand=grow) for key, act, name in ways]


def _code(visit: Visit, made: slips.Slip) -> ft.Control:
    return paper.code(
        visit, visit.say("reg.slip.code"), made.reference, visit.say("reg.slip.keep"), qr_png=made.qr_png,
        qr_words=visit.say("reg.slip.qr"),
    )  # fmt: skip


def _steps(visit: Visit, made: slips.Slip) -> ft.Control:
    return paper.numbered(visit, visit.say("reg.slip.now"), made.next_steps)


def _legal(visit: Visit, made: slips.Slip) -> ft.Control:
    look = visit.look
    words: list[ft.Control] = [text(visit, made.mandatory, "strong"), text(visit, made.mandatory_more, "body")]
    if made.reception:
        words.append(text(visit, made.reception, "small", look.palette.ink_soft))
    sign = icon(visit, "warning-circle", look.px(40), look.palette.wait)
    column = ft.Column(words, spacing=look.px(6), tight=True, expand=True)
    return ft.Row([sign, column], spacing=look.px(20), vertical_alignment=ft.CrossAxisAlignment.START)


@ft.component
def Sending(visit: Visit, model: Model) -> ft.Control:
    """« C’est préparé. » and where it is, looked at every two seconds until it is certain."""

    read = model.slip_state
    state, set_state = use_value(read)

    async def follow() -> None:
        while not visit.over:
            await asyncio.sleep(LOOK_AGAIN_S)
            if visit.over:
                return
            now = await asyncio.to_thread(read)
            set_state(now)
            if now.final:
                return

    def start() -> Callable[[], None]:
        task = asyncio.get_running_loop().create_task(follow())

        def stop() -> None:
            task.cancel()

        return stop

    ft.use_effect(start, dependencies=[])
    sentence = joined(" ", [words for words in (state.title, state.detail) if words])
    return paper.outcome(visit, ICONS[state.kind], state.kind, visit.say("reg.slip.title"), sentence)
