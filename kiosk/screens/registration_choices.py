"""Questions answered by touching: cards with a picture, and long lists in pages (« Suite »)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import flet as ft

from kiosk.models.pages import Page, page_of
from kiosk.models.registration import OptionView, QuestionView
from kiosk.models.window import REGISTER
from kiosk.parts.controls import choice_card, quiet_button, second_button, text
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_kept, use_value
from kiosk.screens.registration_way import Way
from kiosk.visit import Visit, Wish

PICTOGRAMS = {
    "sans_emploi": "cherche", "en_emploi": "travaille", "en_formation": "apprend",
    "jamais_travaille": "premier-emploi", "cree_entreprise": "entreprise", "autre": "autre",
}  # fmt: skip
ICONS = {
    "voiture": "car", "transports": "bus", "velo": "bicycle", "a_pied": "person", "covoiturage": "users",
    "oui": "check-circle", "non": "x-circle", "ne_sait_pas": "question", "france": "map-pin",
    "tout_de_suite": "calendar-check", "un_mois": "calendar-dots", "trois_mois": "calendar-blank", "plus_tard": "clock",
}  # fmt: skip
ALREADY = "deja_inscrit"
CARD_HEIGHT = 300
ROW_PX = 104
ROW_GAP_PX = 16


@ft.component
def Choices(way: Way, question: QuestionView) -> ft.Control:
    """Two to six answers; several may be touched where the question says so."""
    visit = way.visit
    chosen, set_chosen = use_value(lambda: _selected(question))
    several = question.kind == "choices"

    def touch(value: str) -> None:
        if not several:
            set_chosen((value,))
        elif value in chosen:
            set_chosen(tuple(one for one in chosen if one != value))
        else:
            set_chosen((*chosen, value))

    label = visit.say("reg.continue" if chosen else "reg.choose_first")
    return screen(
        visit,
        title=question.title,
        lead=question.why,
        body=[_cards(visit, question.options, chosen, touch, several), *_leave(way, question)],
        primary=Primary(label, (lambda: way.answer(chosen=chosen)) if chosen else None),
        back=way.back,
        progress=way.progress(question),
    )


def _leave(way: Way, question: QuestionView) -> list[ft.Control]:
    if question.key == ALREADY:
        # Nobody need prepare anything: the whole registration can be done at once, by oneself.
        visit = way.visit
        label, wish = visit.say("window.self_register"), Wish(REGISTER)
        return [second_button(visit, label, lambda: visit.offer_window(wish), icon_name="globe", expand=None)]
    if not question.skip:
        return []
    return [quiet_button(way.visit, question.skip, way.skip, icon_name="prohibit", center=True)]


def _selected(question: QuestionView) -> tuple[str, ...]:
    return tuple(option.value for option in question.options if option.selected)


def _cards(
    visit: Visit, options: tuple[OptionView, ...], chosen: tuple[str, ...], touch: Callable[[str], None], several: bool
) -> ft.Control:
    look = visit.look
    pictured = all(option.value in PICTOGRAMS for option in options) and not look.large_text and not look.contrast
    height = CARD_HEIGHT if pictured and look.portrait else None
    columns = 1
    if pictured:
        columns = 2 if look.portrait else 3
    elif not look.large_text and not look.portrait:
        columns = 2
    cards = [
        choice_card(
            visit, option.label, partial(touch, option.value), selected=option.value in chosen, detail=option.detail,
            pictogram=PICTOGRAMS.get(option.value) if pictured else None, several=several, height=height,
            row=pictured and not look.portrait,
        )
        for option in options
    ]  # fmt: skip
    return in_columns(visit, cards, columns)


def in_columns(visit: Visit, cards: list[ft.Control], columns: int) -> ft.Control:
    """Cards side by side, ``columns`` a line; the last line keeps the width of the others."""
    space = visit.look.px(24)
    lines: list[ft.Control] = []
    for at in range(0, len(cards), columns):
        line: list[ft.Control] = cards[at : at + columns]
        filler: list[ft.Control] = [ft.Container(expand=True) for _ in range(columns - len(line))]
        stretch = ft.CrossAxisAlignment.STRETCH
        lines.append(
            ft.Row([*line, *filler], spacing=space, vertical_alignment=stretch, intrinsic_height=True)
            if columns > 1
            else ft.Row(line)
        )
    return ft.Column(lines, spacing=visit.look.px(20), tight=True)


@ft.component
def Listed(way: Way, question: QuestionView) -> ft.Control:
    """A long list in pages: levels of study, languages, the communes of a postal code."""
    visit = way.visit
    chosen, set_chosen = use_value(lambda: _selected(question))
    rows, columns = page_shape(visit, question.title, len(question.options), bool(question.skip))
    start = use_kept(lambda: _page_of_selected(question, rows * columns))
    number, set_number = ft.use_state(start)
    page = page_of(question.options, number, rows * columns)
    cards = [
        choice_card(
            visit, option.label, partial(set_chosen, (option.value,)), selected=option.value in chosen,
            detail=option.detail,
        )
        for option in page.items
    ]  # fmt: skip
    label = visit.say("reg.continue" if chosen else "reg.choose_first")
    return screen(
        visit,
        title=question.title,
        lead=question.why,
        body=[in_columns(visit, cards, columns), *turning(visit, page, set_number), *_leave(way, question)],
        primary=Primary(label, (lambda: way.answer(chosen=chosen)) if chosen else None),
        back=way.back,
        progress=way.progress(question),
    )


def _page_of_selected(question: QuestionView, size: int) -> int:
    return next((at // size for at, option in enumerate(question.options) if option.selected), 0)


def page_shape(visit: Visit, title: str, total: int, skippable: bool) -> tuple[int, int]:
    """How many rows and columns of choices fit without scrolling."""
    look = visit.look
    columns = 1 if look.large_text or look.small else 2
    if look.two_columns:
        columns = 3
    width = look.width_px - look.px(128 if look.portrait else 308)
    title_px = look.lines(title, "h1", width) * look.size("h1") * 1.1
    reserved = 120 + 90 + 70 + 144 + (176 if look.portrait else 20) + (120 if skippable else 0)
    room = look.height_px - look.px(reserved) - title_px - look.px(130 if look.portrait else 90)
    row = max(look.touch(ROW_PX), look.size("label") * 1.15 + look.px(56)) + look.px(ROW_GAP_PX)
    fits = max(1, room // row)
    if fits * columns < total:
        fits = max(1, (room - look.touch(88)) // row)
    return int(fits), columns


def turning(visit: Visit, page: Page[OptionView], turn: Callable[[int], None]) -> list[ft.Control]:
    """« Avant », « Page 2 sur 6 », « Suite »; nothing where one page is enough."""
    if page.count == 1:
        return []
    look = visit.look
    before = quiet_button(visit, visit.say("reg.previous"), lambda: turn(page.number - 1), icon_name="arrow-left")
    after = quiet_button(visit, visit.say("reg.next"), lambda: turn(page.number + 1), icon_name="arrow-right")
    where = text(
        visit, visit.say("reg.page", number=page.number + 1, count=page.count), "small", look.palette.ink_soft,
        center=True, expand=True,
    )  # fmt: skip
    blank = ft.Container(width=look.px(190))
    left = before if page.has_previous else blank
    return [ft.Row([left, where, after if page.has_next else blank], spacing=look.px(20))]
