"""The root of a page: the screen of the place where the visitor is, and whatever stands over it.

A sheet, the warning or an incident covers the screen without leaving it: what was typed is still there underneath.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import flet as ft

from kiosk.parts.controls import icon, talk_button, text
from kiosk.parts.frame import Primary, around, screen, side_margin
from kiosk.parts.hooks import still, use_topics
from kiosk.parts.told import READ, marked
from kiosk.screens import PLACES
from kiosk.screens.accessibility import AccessibilitySheet
from kiosk.screens.ending import Goodbye, Incident, Warning_
from kiosk.screens.help import DeskCard, HelpSheet
from kiosk.screens.help_call import HelpFlag
from kiosk.screens.sheets import FinishSheet, LanguageSheet, TextSheet
from kiosk.screens.voice import VoiceSheet
from kiosk.screens.window import WindowCover, WindowSheet
from kiosk.tokens import Look
from kiosk.visit import ACCESSIBILITY_SHEET, ATTRACT, MENU, VOICE_SHEET, WINDOW_SHEET, Visit

SHEETS = {
    "help": HelpSheet,
    "desk": DeskCard,
    "language": LanguageSheet,
    "text": TextSheet,
    "finish": FinishSheet,
    VOICE_SHEET: VoiceSheet,
    WINDOW_SHEET: WindowSheet,
    ACCESSIBILITY_SHEET: AccessibilitySheet,
}
SHARP_PX = 1100  # wider than this, a picture of 1080 px is seen to be soft
CALM_SCENE = 530 / 1080  # height of the landscape above a lowered screen, for its width


@ft.component
def Stage(visit: Visit, actions: Any) -> ft.Control:
    """One page of the kiosk. `actions` is handed on to the screens."""
    use_topics(visit, "look", "over")
    look = visit.look
    if visit.over:
        return _on_glass(
            visit, marked(ft.Container(Goodbye(visit), expand=True, bgcolor=look.palette.deep, rtl=look.rtl), READ)
        )
    layers: list[ft.Control] = [still(Shown)(visit, actions, look, visit.language), Cover(visit, actions)]
    shown = marked(ft.Stack(layers, expand=True, fit=ft.StackFit.EXPAND), READ)
    return _on_glass(visit, ft.Container(around(visit, shown), expand=True, bgcolor=look.palette.ground))


def _on_glass(visit: Visit, shown: ft.Control) -> ft.Control:
    """The frame on the whole glass, or in its lower part under a landscape that cannot be touched."""
    look = visit.look
    if not look.lowered:
        return shown
    parts = [still(AboveReach)(visit, look, visit.language), shown]
    column = ft.Column(parts, spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return ft.Container(column, expand=True)


@ft.component
def AboveReach(visit: Visit, look: Look, language: str) -> ft.Control:
    """What stands above a lowered screen: a still landscape, and how to go up again."""
    del language
    palette, margin = look.palette, side_margin(visit)
    words = ft.Row(
        [
            icon(visit, "arrow-line-down", look.px(48), palette.on_tint),
            ft.Column(
                [
                    text(visit, visit.say("dock.low"), "label", palette.on_tint),
                    text(visit, visit.say("low.detail"), "body", palette.on_tint),
                ],
                spacing=look.px(4), tight=True, expand=True,
            ),
        ],
        spacing=look.px(28), vertical_alignment=ft.CrossAxisAlignment.START,
    )  # fmt: skip
    height = look.height_px - look.room_px
    layers: list[ft.Control] = [
        ft.Container(words, left=margin, right=margin, bottom=look.px(32)),
    ]
    if not look.contrast and not look.large_text:
        wide = look.width_px
        scene = f"/pictograms/village-calme{'@2x' if wide > SHARP_PX else ''}.png"
        drawn = ft.Image(
            src=scene, left=0, top=0, width=wide, height=wide * CALM_SCENE, fit=ft.BoxFit.FILL,
            exclude_from_semantics=True, gapless_playback=True,
        )  # fmt: skip
        layers.insert(0, drawn)
    return ft.Container(
        ft.Stack(layers, fit=ft.StackFit.EXPAND), height=height, bgcolor=palette.tint, rtl=look.rtl,
        border=ft.Border.only(bottom=ft.BorderSide(look.stroke(2), palette.edge)) if look.contrast else None,
    )  # fmt: skip


@ft.component
def Shown(visit: Visit, actions: Any, look: Look, language: str) -> ft.Control:
    """The place of the screen: another place draws it anew, a sheet over it only hides it.

    `look` and `language` are those of the visit: given, so that a new one draws the screen again.
    """
    use_topics(visit, "place", "cover")
    drawn = still(Screen)(visit, actions, visit.place, look, language)
    return ft.Container(drawn, expand=True, visible=not visit.covered, key=visit.place)


@ft.component
def Screen(visit: Visit, actions: Any, place: str, look: Look, language: str) -> ft.Control:
    """The screen of `place`."""
    del look, language
    found = PLACES.get(place, PLACES[ATTRACT])
    if find_spec(found.module) is None:
        return NotHere(visit)
    drawn: ft.Control = getattr(import_module(found.module), found.component)(visit, actions)
    return drawn


@ft.component
def NotHere(visit: Visit) -> ft.Control:
    """A place this terminal does not have: say so, and give the way back."""
    return screen(
        visit,
        title=visit.say("home.not_ready"),
        body=[ft.Row([talk_button(visit)])],
        primary=Primary(visit.say("frame.home"), lambda: visit.go(MENU), icon_name="house"),
    )


@ft.component
def Cover(visit: Visit, actions: Any) -> ft.Control:
    """What stands over the screen; redrawn alone, once a second while the warning counts down."""
    use_topics(visit, "sheet", "call", "idle", "look", "place", "window")
    if not visit.covered:
        return ft.Container(visible=False)
    over: ft.Control
    if visit.incident:
        over = Incident(visit)
    elif visit.window:
        over = WindowCover(visit)
    elif visit.warned:
        over = Warning_(visit)
    elif visit.sheet in SHEETS:
        over = SHEETS[visit.sheet](visit, actions)
    elif visit.calling:
        over = HelpFlag(visit)
    else:
        over = ft.Container()
    return ft.Container(over, expand=True, bgcolor=visit.look.palette.ground)
