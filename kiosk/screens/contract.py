"""The contrat d’engagement explained, one idea a screen. Reading only: nothing here is a consent or a signature.

The words, sources, dates and versions are content. « Je n’ai pas compris » leads to a person.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import flet as ft

from kiosk.models import contract as rules
from kiosk.models.checklist import Checklist
from kiosk.models.contract import CONTRACT_FLOW, STAFF, Reading, WayOut
from kiosk.models.window import wish_of
from kiosk.parts.blocks import blocks
from kiosk.parts.controls import icon, notice, paragraph, quiet_button, talk_button, text
from kiosk.parts.frame import Pages, Primary, Progress, screen
from kiosk.parts.hooks import use_kept
from kiosk.parts.illustrations import SCENES, illustration
from kiosk.parts.origin import above
from kiosk.said import joined
from kiosk.screens.checklist import paper_screen, tick_list
from kiosk.shown import source as source_of
from kiosk.visit import MENU, Visit

if TYPE_CHECKING:
    from content.view import BlockView, ScreenView
    from kiosk.actions import Actions

FRENCH, SIMPLE = "fr", "fr-simple"


@ft.component
def Contract(visit: Visit, actions: Actions) -> ft.Control:
    """The place « Contrat d’engagement »."""
    _, set_turn = ft.use_state(0)
    on_paper, set_on_paper = ft.use_state(False)
    reading = use_kept(lambda: Reading(actions, visit.drafts, CONTRACT_FLOW))
    checklist = use_kept(lambda: Checklist(visit.drafts))
    screens = reading.screens(visit.language)
    if not screens:
        return missing(visit, visit.say("contract.section"))
    at = reading.shown(screens)
    view = screens[at]

    def turn() -> None:
        set_turn(lambda turn: turn + 1)

    def on() -> None:
        reading.go_on(screens)
        turn()

    def back() -> None:
        if reading.go_back(screens):
            turn()
        else:
            visit.go(MENU)

    ways = [way for way in rules.ways_out(view) if way.to != STAFF]
    last = at == len(screens) - 1
    primary = _primary(visit, ways, on, last=last)
    lists = any(block.kind == "checklist" for block in view.blocks)
    if on_paper and lists:
        paper = checklist.paper(view, actions.site(), actions.now())
        return paper_screen(visit, paper, primary, lambda: set_on_paper(False))
    aside = [leave_button(visit, way) for way in (ways[1:] if last else ways)]
    if lists:
        take = quiet_button(visit, visit.say("list.take"), lambda: set_on_paper(True), icon_name="clipboard-text")
        aside = [take, *aside]
    look = visit.look
    wide = look.two_columns
    simple, not_understood = _switches(visit, expand=None) if wide else (None, None)
    return screen(
        visit,
        title=view.title,
        body=_body(visit, view, aside, wide=wide, tick=partial(_ticked, visit, checklist, turn)),
        primary=primary,
        back=back,
        progress=Progress(visit.say("contract.section"), at + 1, len(screens)),
        fill=not look.large_text,
        aside=simple,
        beside=not_understood,
    )


def _ticked(visit: Visit, checklist: Checklist, redraw: Callable[[], None], lists: list[BlockView]) -> list[ft.Control]:
    """The lists of a screen, to tick: side by side where the screen is wide."""
    look = visit.look
    drawn = [tick_list(visit, block, number, checklist, redraw) for number, block in enumerate(lists)]
    if look.large_text or len(drawn) == 1:
        return drawn
    return [ft.Row(drawn, spacing=look.px(28), vertical_alignment=ft.CrossAxisAlignment.START)]


def _body(
    visit: Visit, view: ScreenView, aside: list[ft.Control], *, wide: bool,
    tick: Callable[[list[BlockView]], list[ft.Control]],
) -> list[ft.Control]:  # fmt: skip
    """The text scrolls; the switch, the way to a person and the source line keep their place under it.

    A wide screen is a low one: there the switch stands beside the title, the way to a person beside « Retour ».
    From the 150 % step on there is no room to keep them in place: everything scrolls together.
    """
    look = visit.look
    rows = content(visit, view, tick, aside)
    line = source(visit, view, visit.say("contract.no_signature"))
    foot: list[ft.Control] = [line] if wide else [_switch_line(visit), line]
    if look.large_text:
        return [*rows, *foot]
    stretch = ft.CrossAxisAlignment.STRETCH
    return [
        Pages(visit, ft.Column(rows, spacing=look.px(18), tight=True, horizontal_alignment=stretch)),
        ft.Column(foot, spacing=look.apart(14), tight=True, horizontal_alignment=stretch),
    ]


def _primary(visit: Visit, ways: list[WayOut], on: Callable[[], None], *, last: bool) -> Primary:
    if not last:
        return Primary(visit.say("frame.continue"), on)
    if ways:
        return Primary(ways[0].label, lambda: leave(visit, ways[0]))
    return Primary(visit.say("contract.finish"), lambda: visit.go(MENU))


def leave(visit: Visit, way: WayOut) -> None:
    """Follows a way out of a flow: a place of the kiosk, the guided window, a person, or the end of the visit.

    From what explains the contract, the appointment has its subject ticked already.
    """
    wish = wish_of(way.to)
    if wish is not None:
        visit.offer_window(wish)
    elif way.to == STAFF:
        visit.open_sheet("desk")
    elif way.to.startswith("/"):
        rules.tick_subject(visit.drafts, visit.place, way)
        visit.go(way.to)
    else:
        visit.open_sheet("finish")


def leave_button(visit: Visit, way: WayOut) -> ft.Control:
    """A way out as a second choice."""
    return quiet_button(visit, way.label, lambda: leave(visit, way), icon_name="arrow-right")


def missing(visit: Visit, title: str, before: Callable[[], None] | None = None) -> ft.Control:
    """The release on this terminal has no such flow: said plainly, with another way; « Retour » leads ``before``."""
    words = notice(visit, "old", visit.say("contract.missing.title"), visit.say("contract.missing.more"))
    body = [words, ft.Row([talk_button(visit)])]
    return screen(visit, title=title, body=body, back=before or (lambda: visit.go(MENU)))


def content(
    visit: Visit, view: ScreenView, tick: Callable[[list[BlockView]], list[ft.Control]] | None = None,
    ways: list[ft.Control] | None = None,
) -> list[ft.Control]:  # fmt: skip
    """The blocks of a screen: beside its illustration where the screen is wide, under it elsewhere.

    ``tick`` draws its checklists, all together; without it they are read only. ``ways`` are second choices: under the
    illustration where it stands beside the text, under the text elsewhere.
    """
    look = visit.look
    # A screen with a way to a person of its own needs no second one.
    rows = above(visit, view, talk=not any(way.to == STAFF for way in rules.ways_out(view)))
    lists = [one for one in view.blocks if one.kind == "checklist"] if tick is not None else []
    drawings: list[ft.Control] = [
        illustration(visit, one, low=bool(lists or view.withheld)) for one in view.blocks if one.kind == "illustration"
    ]
    role = "body" if look.large_text or not look.portrait or drawings else "lesson"
    words = blocks(visit, [one for one in view.blocks if one.kind != "illustration" and one not in lists], role=role)
    if tick is not None and lists:
        words = [*tick(lists), *words]
    choices: list[ft.Control] = (
        [ft.Row(ways, wrap=True, spacing=look.apart(16), run_spacing=look.apart(12))] if ways else []
    )
    if look.portrait or look.large_text or not drawings:
        return [*rows, *drawings, *words, *choices]
    column = ft.Column(words, spacing=look.px(12), tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    # A scene teaches at any size; the example of a week needs its half.
    share = (5, 7) if all(one.name in SCENES for one in view.blocks if one.kind == "illustration") else (1, 1)
    beside = ft.Column([*drawings, *choices], spacing=look.px(20), tight=True)
    return [
        *rows,
        ft.Row(
            [ft.Container(beside, expand=share[0]), ft.Container(column, expand=share[1])],
            spacing=look.px(48),
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
    ]


def _switches(visit: Visit, *, expand: bool | None) -> tuple[ft.Control, ft.Control]:
    """Simple French on and off, and the way to a person."""
    simple = visit.language == SIMPLE
    toggle = quiet_button(
        visit,
        visit.say("contract.simple_on" if simple else "contract.simple"),
        lambda: visit.speak(FRENCH if simple else SIMPLE),
        icon_name="check-square" if simple else "square",
        expand=expand,
    )
    help_button = quiet_button(
        visit,
        visit.say("contract.not_understood"),
        lambda: visit.open_sheet("desk"),
        icon_name="question",
        expand=expand,
    )
    return toggle, help_button


def _switch_line(visit: Visit) -> ft.Control:
    """The two of them side by side, or one under the other where the words are large."""
    look = visit.look
    toggle, help_button = _switches(visit, expand=True)
    if look.large_text and look.portrait:
        return ft.Column([ft.Row([toggle]), ft.Row([help_button])], spacing=look.apart(12), tight=True)
    return ft.Row([toggle, help_button], spacing=look.apart(16))


def source(visit: Visit, view: ScreenView, before: str = "") -> ft.Control:
    """Where the words come from: date, version, source, and who has read them again."""
    look = visit.look
    label = [f"{view.label}."] if view.label else []
    read_by = [view.review_note] if view.french is None else []
    line = joined(" ", [*label, source_of(view, visit.language), *read_by])
    words: list[ft.Control] = [paragraph(visit, before, soft=True, role="small")] if before else []
    words.append(
        ft.Row(
            [
                icon(visit, "book-open", look.px(28), look.palette.ink_soft),
                ft.Container(text(visit, line, "source", look.palette.ink_soft), expand=True),
            ],
            spacing=look.px(12),
            vertical_alignment=ft.CrossAxisAlignment.START,
        )
    )
    if before and look.two_columns:
        words[-1] = ft.Container(words[-1], expand=True)
        return ft.Row(words, spacing=look.px(32), vertical_alignment=ft.CrossAxisAlignment.START)
    return ft.Column(words, spacing=look.px(6), tight=True)
