"""The prepared registration, one question a screen: the notice, what is typed, what follows « Continuer ».

Choices and lists are in ``registration_choices``, the recapitulation and the slip in
``registration_end``. What is typed lives in the fields and in the visit's encrypted draft only.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import flet as ft

from kiosk.entry import Entry
from kiosk.models import registration_steps as steps
from kiosk.models.registration import IF_UNSENT, QuestionView
from kiosk.models.registration import Registration as Model
from kiosk.parts.choices import choice_card, in_columns
from kiosk.parts.controls import heading, notice, paragraph, quiet_button, talk_button, tile
from kiosk.parts.field import field, latin_letters
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_kept
from kiosk.parts.keyboard import keyboard
from kiosk.parts.origin import marked
from kiosk.parts.paper import numbered
from kiosk.screens import privacy
from kiosk.screens.registration_choices import Choices, Listed
from kiosk.screens.registration_date import DateQuestion
from kiosk.screens.registration_end import PreparedSlip, Recap
from kiosk.screens.registration_way import Way
from kiosk.visit import Visit

if TYPE_CHECKING:
    from kiosk.actions import Actions


@ft.component
def Registration(visit: Visit, actions: Actions) -> ft.Control:
    """The place « Préparer mon inscription »."""
    _, set_turn = ft.use_state(0)
    model = use_kept(lambda: Model(actions, visit.drafts))
    model.language = visit.language
    way = Way(visit, model, lambda: set_turn(lambda turn: turn + 1))
    place = model.place()
    if place == steps.SLIP:
        return PreparedSlip(visit, model)
    if place == steps.RECAP:
        return Recap(way)
    question = model.question()
    drawn = DRAWN.get(question.kind, Typed)
    return drawn(way, question, key=question.key)


@ft.component
def Notice(way: Way, question: QuestionView) -> ft.Control:
    """The privacy notice, short; its full text is one touch away, one subject a screen."""
    visit = way.visit
    reading, set_reading = ft.use_state(privacy.CLOSED)
    if reading != privacy.CLOSED:
        closing = visit.say("reg.q.notice.short")
        return privacy.full_text(visit, way.model.notice_full(), reading, set_reading, closing, statement=True)
    view = way.model.notice()
    source = privacy.source(visit, view)
    whole = quiet_button(visit, visit.say("reg.q.notice.full"), lambda: set_reading(0), icon_name="article")
    body = [*marked(visit, view), _if_unsent(way)]
    if visit.look.portrait or visit.look.large_text or visit.look.small:
        body += [ft.Row([whole]), source]
    else:
        body.append(ft.Row([whole, ft.Container(source, expand=True)], spacing=visit.look.px(28)))
    primary = Primary(visit.say("reg.q.notice.primary"), way.on)
    return screen(visit, title=view.title, body=body, primary=primary, back=way.back, progress=way.progress(question))


def _if_unsent(way: Way) -> ft.Control:
    """What becomes of the answers if they cannot leave for fifteen days: two cards, one of them ticked already."""
    visit = way.visit
    chosen = way.model.if_unsent()
    cards = [
        choice_card(
            visit, visit.say(f"reg.unsent.{what}"), partial(_choose_if_unsent, way, what), selected=what == chosen,
            detail=visit.say(f"reg.unsent.{what}.detail"),
        )
        for what in IF_UNSENT
    ]  # fmt: skip
    title = heading(visit, visit.say("reg.unsent.ask"), 2, modest=True)
    columns = 1 if visit.look.large_text else len(cards)
    return ft.Column([title, in_columns(visit, cards, columns)], spacing=visit.look.apart(14), tight=True)


def _choose_if_unsent(way: Way, what: str) -> None:
    way.model.choose_if_unsent(what)
    way.redraw()


ALREADY = (
    ("reg.already.booking", "/rendez-vous", "calendar-plus"),
    ("reg.already.code", "/code", "keyboard"),
    ("reg.already.contract", "/contrat", "handshake"),
    ("reg.already.possible", "/possible", "signpost"),
)


@ft.component
def Already(way: Way, question: QuestionView) -> ft.Control:
    """Someone who is registered, or may be, need not prepare anything: what to do instead, then the way on."""
    visit = way.visit
    body = _when_in_doubt(way) if question.key == "deja_doute" else _instead(way)
    return screen(
        visit,
        title=question.title,
        lead=question.why,
        body=body,
        primary=Primary(visit.say("reg.already.go_on"), way.on),
        back=way.back,
        progress=way.progress(question),
    )


def _instead(way: Way) -> list[ft.Control]:
    """The useful places of the kiosk, and the two ways that are not here."""
    visit = way.visit
    look = visit.look
    cards = [
        tile(visit, visit.say(key), partial(visit.go, place), icon_name=name, row=True) for key, place, name in ALREADY
    ]
    return [
        in_columns(visit, cards, 1 if look.portrait or look.large_text else 2),
        notice(visit, "info", visit.say("reg.already.space"), icon_name="identification-card"),
        ft.Row([talk_button(visit)]),
    ]


def _when_in_doubt(way: Way) -> list[ft.Control]:
    """Who is often registered without having asked for it, and how to find out."""
    visit = way.visit
    signs = [paragraph(visit, f"•\u00a0{visit.say(f'reg.doubt.{number}')}") for number in (1, 2, 3)]
    how = [visit.say(f"reg.doubt.how_{number}") for number in (1, 2, 3)]
    return [
        *signs,
        numbered(visit, visit.say("reg.doubt.how"), how),
        notice(visit, "info", visit.say("reg.doubt.go_on")),
        ft.Row([talk_button(visit)]),
    ]


@ft.component
def Typed(way: Way, question: QuestionView) -> ft.Control:
    """One thing to type, with the keys under it."""
    visit = way.visit
    view = question.fields[0]
    problem, set_problem = ft.use_state("")
    entry = use_kept(lambda: Entry(view.keyboard, view.value, max_length=view.length_max))

    def done() -> None:
        wrong = way.answer({view.name: entry.value})
        if wrong is not None:
            set_problem(wrong.sentence)

    return screen(
        visit,
        title=question.title,
        lead=question.why,
        body=[
            field(visit, entry, view.label, error=problem or None, on_submit=done, hideable=True),
            *way.ways_out(question),
            *(latin_letters(visit) if view.keyboard == "name" else []),
        ],
        keyboard=keyboard(visit, entry),
        primary=Primary(visit.say("reg.continue"), done),
        back=lambda: way.back({view.name: entry.value}),
        progress=way.progress(question),
    )


DRAWN: dict[str, Callable[..., ft.Control]] = {
    "notice": Notice,
    "info": Already,
    "date": DateQuestion,
    "choice": Choices,
    "choices": Choices,
    "list": Listed,
    "places": Listed,
}
"""Which component draws a kind of question; the others are typed."""
