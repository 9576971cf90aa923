"""The flag of a call for help: the whole screen, to be read from across the room. What was typed waits beneath.

It never says that somebody comes, unless a named person said so. It shows no topic, no place and no name.
"""

from dataclasses import replace

import flet as ft

from kiosk.models.help_call import FlagView, flag_view
from kiosk.parts.controls import icon, primary_button, quiet_button, second_button, text
from kiosk.parts.frame import framed, side_margin
from kiosk.parts.hooks import use_topics
from kiosk.parts.sound import use_ring_once
from kiosk.parts.styles import words_style
from kiosk.said import beside, french_of
from kiosk.visit import Visit

BESIDE_TALL, BESIDE_WIDE = 0.68, 0.5
"""Of the size of the sentence where it stands in two languages: two lines of it on a tall screen, one on a wide one."""


@ft.component
def HelpFlag(visit: Visit) -> ft.Control:
    """« Cette personne demande de l’aide »."""
    use_topics(visit, "frame")
    ring = use_ring_once(visit)
    look = visit.look
    ground = look.palette.help
    view = flag_view(visit)
    margin = side_margin(visit)
    # In two languages the words take the height of a row of buttons.
    in_line = bool(beside(view.asks)) and not (look.portrait or look.large_text)
    again = quiet_button(visit, visit.say("call.ring"), ring, icon_name="bell", center=True)
    share = None if in_line else True
    back = second_button(visit, visit.say("call.cancel"), visit.end_call, icon_name="x", expand=share)
    found = primary_button(visit, visit.say("call.found"), visit.end_call, icon_name="check", expand=None)
    buttons: list[ft.Control] = [found, ft.Row([back, ft.Container(again, expand=True)], spacing=look.px(24))]
    if in_line:
        faces = [ft.Container(face, expand=part) for face, part in ((found, 4), (back, 3), (again, 3))]
        buttons = [ft.Row([*faces], spacing=look.px(24))]
    column = ft.Column(
        [
            ft.Container(_sign(visit, view), expand=True, alignment=ft.Alignment.CENTER),
            ft.Column(buttons, spacing=look.px(20), tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        ],
        expand=True,
        spacing=look.px(20),
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    padding = ft.Padding.only(left=margin, right=margin, top=look.px(24), bottom=look.px(32))
    return framed(visit, ft.Container(column, expand=True, padding=padding), ground=ground)


def _sign(visit: Visit, view: FlagView) -> ft.Control:
    """A raised hand, the sentence, the number of the terminal; then, for the person, what is true."""
    look = visit.look
    ink = look.palette.on_help
    tall = look.portrait and not look.lowered
    size = look.px(250 if tall else 150)
    hand = ft.Container(
        icon(visit, "hand-waving", size * 0.62, look.palette.help if not look.contrast else "#000000", fill=True),
        width=size,
        height=size,
        shape=ft.BoxShape.CIRCLE,
        bgcolor=ink,
        alignment=ft.Alignment.CENTER,
    )
    # The largest words of the terminal whatever the step of text: one step more, and « personne » would be cut.
    size_px = replace(look, text_percent=100).size("code" if look.lowered else "display")
    if beside(view.asks) and not look.lowered:
        size_px = round(size_px * (BESIDE_TALL if look.portrait else BESIDE_WIDE))
    large = words_style("display", size_px, ink, False, False)
    # It is the room that reads this: in French, whatever the visitor reads.
    asks = ft.Text(french_of(view.asks), style=large, text_align=ft.TextAlign.CENTER)
    words: list[ft.Control] = [ft.Semantics(header=True, heading_level=1, live_region=True, content=asks)]
    if beside(view.asks):
        words.append(text(visit, view.asks, "h2", ink, center=True, alone=True))
    if view.terminal:
        words.append(text(visit, view.terminal, "h2", ink, center=True))
    words.append(ft.Semantics(live_region=True, content=text(visit, view.answer, "h3", ink, center=True)))
    words.append(text(visit, view.meanwhile, "body", ink, center=True))
    upright = tall or look.large_text
    together = ft.Column(
        words, spacing=look.px(20), tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        expand=None if upright else True,
    )  # fmt: skip
    if not upright:
        return ft.Row([hand, together], spacing=look.px(48), vertical_alignment=ft.CrossAxisAlignment.CENTER)
    return ft.Column(
        [together] if look.large_text else [hand, together],
        spacing=look.px(40),
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        scroll=ft.ScrollMode.HIDDEN if look.large_text else None,
    )
