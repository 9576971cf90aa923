"""Questions answered by touching: cards with a picture, and long lists in pages (« Suite »)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import flet as ft

from kiosk.models.pages import Page, page_of
from kiosk.models.registration import OptionView, QuestionView
from kiosk.models.window import REGISTER
from kiosk.parts.choices import Mark, arrangement, choice_card, in_columns
from kiosk.parts.controls import quiet_button, second_button, text
from kiosk.parts.frame import Primary, screen
from kiosk.parts.hooks import use_kept, use_value
from kiosk.screens.registration_way import Way
from kiosk.visit import Visit, Wish
from kiosk.wording import FRENCH

MARKS: dict[str, dict[str, Mark]] = {
    "deja_inscrit": {"non": Mark("x-circle"), "oui": Mark("check-circle"), "ne_sait_pas": Mark("question")},
    "lieu_naissance": {"france": Mark("map-pin"), "autre": Mark("globe")},
    "situation": {
        "sans_emploi": Mark("magnifying-glass", "cherche"), "en_emploi": Mark("briefcase", "travaille"),
        "en_formation": Mark("student", "apprend"), "jamais_travaille": Mark("door", "premier-emploi"),
        "cree_entreprise": Mark("storefront", "entreprise"), "autre": Mark("dots-three", "autre"),
    },
    "disponibilite": {
        "tout_de_suite": Mark("calendar-check"), "un_mois": Mark("calendar-dots"),
        "trois_mois": Mark("calendar-blank"), "plus_tard": Mark("clock"),
    },
    "mobilite_moyen": {
        "voiture": Mark("car"), "transports": Mark("bus"), "deux_roues": Mark("moped"), "velo": Mark("bicycle"),
        "a_pied": Mark("person"), "covoiturage": Mark("users"),
    },
}  # fmt: skip
"""What is seen beside the answers of a question. To a distance or a form of address no picture would add anything."""
ALREADY = "deja_inscrit"
ROW_PX = 104
ROW_GAP_PX = 16
ROWS_MIN = 4
"""More than fit where there is little height: the page then scrolls, as ten pages of one answer would be worse."""
HEARD_UPRIGHT_PX, HEARD_LYING_PX = 18, 6
"""How much higher a row is for the button that reads it."""


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
        body=[_cards(visit, question, chosen, touch, several), *_leave(way, question)],
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
    if question.skip_more and question.skip:
        visit = way.visit
        buttons: list[ft.Control] = [
            quiet_button(visit, question.skip, way.skip, icon_name="prohibit", center=True, expand=True),
            quiet_button(
                visit, question.skip_more, way.do(way.model.skip_about_work), icon_name="arrow-line-down",
                center=True, expand=True,
            ),
        ]  # fmt: skip
        return [in_columns(visit, buttons, 1 if visit.look.large_text or visit.look.small else 2)]
    if not question.skip:
        return []
    return [quiet_button(way.visit, question.skip, way.skip, icon_name="prohibit", center=True)]


def _selected(question: QuestionView) -> tuple[str, ...]:
    return tuple(option.value for option in question.options if option.selected)


def _cards(
    visit: Visit, question: QuestionView, chosen: tuple[str, ...], touch: Callable[[str], None], several: bool
) -> ft.Control:
    marks = MARKS.get(question.key, {})
    stands = arrangement(visit, len(question.options), pictured=bool(marks))
    cards = [
        choice_card(
            visit, option.label, partial(touch, option.value), selected=option.value in chosen, detail=option.detail,
            mark=marks.get(option.value), several=several, stands=stands,
        )
        for option in question.options
    ]  # fmt: skip
    return in_columns(visit, cards, stands.columns)


@ft.component
def Listed(way: Way, question: QuestionView) -> ft.Control:
    """A long list in pages: levels of study, languages, the communes of a postal code."""
    visit = way.visit
    chosen, set_chosen = use_value(lambda: _selected(question))
    # The place of who is not among these is known at the desk.
    desk = [way.desk_button()] if question.kind == "places" else []
    rows, columns = page_shape(visit, question.title, len(question.options), bool(question.skip), foot=bool(desk))
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
        body=[in_columns(visit, cards, columns), *turning(visit, page, set_number, desk), *_leave(way, question)],
        primary=Primary(label, (lambda: way.answer(chosen=chosen)) if chosen else None),
        back=way.back,
        progress=way.progress(question),
    )


def _page_of_selected(question: QuestionView, size: int) -> int:
    return next((at // size for at, option in enumerate(question.options) if option.selected), 0)


def page_shape(visit: Visit, title: str, total: int, skippable: bool, *, foot: bool = False) -> tuple[int, int]:
    """How many rows and columns of choices fit without scrolling; ``foot``: something stands where pages are turned."""
    look = visit.look
    # Two languages and the button that reads them leave the words of two a line too little.
    crowded = look.portrait and visit.speaks and visit.language not in FRENCH
    columns = 1 if look.large_text or look.small or crowded else 2
    if look.two_columns:
        columns = 3
    width = look.width_px - look.px(128 if look.portrait else 308)
    title_px = look.lines(title, "h1", width) * look.size("h1") * 1.1
    beneath = 120 if skippable or (foot and look.portrait) else 0
    reserved = 120 + 90 + 70 + 144 + (176 if look.portrait else 20) + beneath
    room = look.room_px - look.px(reserved) - title_px - look.px(130 if look.portrait else 90)
    heard = (HEARD_UPRIGHT_PX if look.portrait else HEARD_LYING_PX) if visit.speaks else 0
    row = max(look.touch(ROW_PX + heard), look.size("label") * 1.15 + look.px(56)) + look.px(ROW_GAP_PX)
    if foot and columns == 2 and visit.speaks:  # names of places: some take a line more beside the button
        row += round(look.size("label") * 0.6)
    fits = max(1, room // row)
    if foot or fits * columns < total:
        fits = max(1, (room - look.touch(88)) // row)
    return max(int(fits), ROWS_MIN if look.small or look.lowered else 1), columns


def turning(
    visit: Visit, page: Page[OptionView], turn: Callable[[int], None], beside: list[ft.Control]
) -> list[ft.Control]:
    """« Avant », « Page 2 sur 6 », « Suite », with what stands ``beside`` them; no page where one is enough."""
    if page.count == 1:
        return [ft.Row(beside)] if beside else []
    look = visit.look
    before = quiet_button(visit, visit.say("reg.previous"), lambda: turn(page.number - 1), icon_name="arrow-left")
    after = quiet_button(visit, visit.say("reg.next"), lambda: turn(page.number + 1), icon_name="arrow-right")
    where = text(
        visit, visit.say("reg.page", number=page.number + 1, count=page.count), "small", look.palette.ink_soft,
        center=True, expand=True,
    )  # fmt: skip
    blank = ft.Container(width=look.px(190))
    turns = [before if page.has_previous else blank, where, after if page.has_next else blank]
    if look.large_text or look.portrait:
        return [ft.Row(turns, spacing=look.px(20)), *([ft.Row(beside)] if beside else [])]
    return [ft.Row([*beside, *turns], spacing=look.px(20))]
