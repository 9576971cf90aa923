"""The contrat d’engagement explained, one idea a screen. Reading only: nothing here is a consent or a signature.

The words, sources, dates and versions are content. « Je n’ai pas compris » leads to a person.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import flet as ft

from kiosk.models import contract as rules
from kiosk.models.contract import CONTRACT_FLOW, STAFF, Reading, WayOut
from kiosk.models.window import wish_of
from kiosk.parts.blocks import blocks
from kiosk.parts.controls import icon, notice, paragraph, quiet_button, text
from kiosk.parts.frame import Pages, Primary, Progress, screen
from kiosk.parts.hooks import use_kept
from kiosk.parts.illustrations import illustration
from kiosk.visit import MENU, Visit

if TYPE_CHECKING:
    from content.view import ScreenView
    from kiosk.actions import Actions

FRENCH, SIMPLE = "fr", "fr-simple"


@ft.component
def Contract(visit: Visit, actions: Actions) -> ft.Control:
    """The place « Contrat d’engagement »."""
    _, set_turn = ft.use_state(0)
    reading = use_kept(lambda: Reading(actions, visit.drafts, CONTRACT_FLOW))
    screens = reading.screens(visit.language)
    if not screens:
        return missing(visit, visit.say("contract.section"))
    at = reading.position(screens)
    view = screens[at]

    def on() -> None:
        reading.go_on(screens)
        set_turn(lambda turn: turn + 1)

    def back() -> None:
        if reading.go_back(screens):
            set_turn(lambda turn: turn + 1)
        else:
            visit.go(MENU)

    ways = [way for way in rules.ways_out(view) if way.to != STAFF]
    last = at == len(screens) - 1
    look = visit.look
    wide = not look.portrait and not look.large_text and not look.small
    simple, not_understood = _switches(visit, expand=None) if wide else (None, None)
    return screen(
        visit,
        title=view.title,
        body=_body(visit, view, ways[1:] if last else [], wide=wide),
        primary=_primary(visit, ways, on, last=last),
        back=back,
        progress=Progress(visit.say("contract.section"), at + 1, len(screens)),
        fill=not look.large_text,
        aside=simple,
        beside=not_understood,
    )


def _body(visit: Visit, view: ScreenView, ways: list[WayOut], *, wide: bool) -> list[ft.Control]:
    """The text scrolls; the switch, the way to a person and the source line keep their place under it.

    A wide screen is a low one: there the switch stands beside the title, the way to a person beside « Retour ».
    From the 150 % step on there is no room to keep them in place: everything scrolls together.
    """
    look = visit.look
    rows = content(visit, view)
    if ways:
        rows.append(ft.Row([leave_button(visit, way) for way in ways], wrap=True))
    line = source(visit, view, visit.say("contract.no_signature"))
    foot: list[ft.Control] = [line] if wide else [_switch_line(visit), line]
    if look.large_text:
        return [*rows, *foot]
    stretch = ft.CrossAxisAlignment.STRETCH
    return [
        Pages(visit, ft.Column(rows, spacing=look.px(18), tight=True, horizontal_alignment=stretch)),
        ft.Column(foot, spacing=look.px(14), tight=True, horizontal_alignment=stretch),
    ]


def _primary(visit: Visit, ways: list[WayOut], on: Callable[[], None], *, last: bool) -> Primary:
    if not last:
        return Primary(visit.say("frame.continue"), on)
    if ways:
        return Primary(ways[0].label, lambda: leave(visit, ways[0]))
    return Primary(visit.say("contract.finish"), lambda: visit.go(MENU))


def leave(visit: Visit, way: WayOut) -> None:
    """Follows a way out of a flow: a place of the kiosk, the guided window, a person, or the end of the visit."""
    wish = wish_of(way.to)
    if wish is not None:
        visit.offer_window(wish)
    elif way.to == STAFF:
        visit.open_sheet("desk")
    elif way.to.startswith("/"):
        visit.go(way.to)
    else:
        visit.open_sheet("finish")


def leave_button(visit: Visit, way: WayOut) -> ft.Control:
    """A way out as a second choice."""
    return quiet_button(visit, way.label, lambda: leave(visit, way), icon_name="arrow-right")


def missing(visit: Visit, title: str) -> ft.Control:
    """The release on this terminal has no such flow: said plainly, with another way."""
    words = notice(visit, "old", visit.say("contract.missing.title"), visit.say("contract.missing.more"))
    return screen(visit, title=title, body=[words], back=lambda: visit.go(MENU))


def content(visit: Visit, view: ScreenView) -> list[ft.Control]:
    """The blocks of a screen: beside its illustration where the screen is wide, under it elsewhere."""
    look = visit.look
    rows: list[ft.Control] = [notice(visit, "old", view.marker)] if view.marker else []
    drawings: list[ft.Control] = [illustration(visit, one) for one in view.blocks if one.kind == "illustration"]
    role = "body" if look.large_text or not look.portrait or drawings else "lesson"
    words = blocks(visit, [one for one in view.blocks if one.kind != "illustration"], role=role)
    if look.portrait or look.large_text or not drawings:
        return [*rows, *drawings, *words]
    column = ft.Column(words, spacing=look.px(12), tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return [
        *rows,
        ft.Row(
            [
                ft.Container(ft.Column(drawings, tight=True), expand=True),
                ft.Container(column, expand=True),
            ],
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
        return ft.Column([ft.Row([toggle]), ft.Row([help_button])], spacing=look.px(12), tight=True)
    return ft.Row([toggle, help_button], spacing=look.px(16))


def source(visit: Visit, view: ScreenView, before: str = "") -> ft.Control:
    """Where the words come from: date, version, source, and who has read them again."""
    look = visit.look
    label = f"{view.label}. " if view.label else ""
    line = f"{label}{view.source_line} {view.review_note}"
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
    if before and not look.portrait and not look.large_text and not look.small:
        words[-1] = ft.Container(words[-1], expand=True)
        return ft.Row(words, spacing=look.px(32), vertical_alignment=ft.CrossAxisAlignment.START)
    return ft.Column(words, spacing=look.px(6), tight=True)
