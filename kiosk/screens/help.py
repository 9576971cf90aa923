"""« Aide, urgence » and « Parler à quelqu’un »: who to call, where to go. They keep no trace.

A call rings here and shows a flag on this screen (`kiosk.screens.help_call`); nothing here says that somebody comes.
"""

from typing import Any

import flet as ft

from kiosk.models.help import Help
from kiosk.parts.blocks import blocks
from kiosk.parts.controls import heading, notice, panel, paragraph, picture, second_button, talk_button
from kiosk.parts.frame import Primary, screen
from kiosk.parts.origin import above
from kiosk.screens.privacy import accessibility_button
from kiosk.screens.sheets import sheet
from kiosk.visit import Visit
from kiosk.wording import uncapped


@ft.component
def HelpSheet(visit: Visit, actions: Any) -> ft.Control:
    """Emergencies first, then what the desk can do."""
    model = Help(actions)
    view = model.emergencies(visit.language)
    emergencies: list[ft.Control]
    # Who needs a number reads the numbers first.
    emergencies = (
        [*blocks(visit, view.blocks), *above(visit, view, talk=False)]
        if view
        else [paragraph(visit, visit.say("help.emergency"))]
    )
    desk: list[ft.Control] = [paragraph(visit, f"•\u00a0{visit.say(f'help.desk_{number}')}") for number in (1, 2, 3, 4)]
    first = [heading(visit, visit.say("help.emergencies"), 2), panel(visit, emergencies)]
    then = [heading(visit, visit.say("help.desk"), 2), *desk]
    if model.desk_phone:
        then.append(paragraph(visit, visit.say("desk.phone", phone=_together(model.desk_phone))))
    then += [
        talk_button(visit),
        *([accessibility_button(visit)] if model.accessibility(visit.language) else []),
        paragraph(visit, visit.say("help.no_trace"), soft=True, role="small"),
    ]
    return sheet(visit, visit.say("help.title"), _side_by_side(visit, first, then))


def _side_by_side(visit: Visit, first: list[ft.Control], then: list[ft.Control]) -> list[ft.Control]:
    """Both groups one after the other, or beside each other where the screen is wide."""
    look = visit.look
    if look.portrait or look.large_text or look.small:
        return [*first, *then]
    sides: list[ft.Control] = [
        ft.Column(
            group, spacing=look.apart(16), tight=True, expand=share, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
        )
        for group, share in ((first, 4), (then, 3))
    ]
    return [ft.Row(sides, spacing=look.px(48), vertical_alignment=ft.CrossAxisAlignment.START)]


def _together(phone: str) -> str:
    """A number that no line break cuts."""
    return phone.replace(" ", "\u00a0")


@ft.component
def DeskCard(visit: Visit, actions: Any) -> ft.Control:
    """« Parler à quelqu’un »: call for help from here, or go to the desk with this card."""
    model = Help(actions)
    body: list[ft.Control] = []
    if not visit.look.contrast and not visit.look.large_text:
        body.append(picture(visit, "accueil", 300 if visit.look.portrait else 200))
    body.append(paragraph(visit, visit.say("call.how"), role="lesson" if visit.look.portrait else "body"))
    body.append(paragraph(visit, visit.say("call.go")))
    if model.opening_hours:
        body.append(
            paragraph(visit, visit.say("desk.hours", hours=uncapped(model.opening_hours, visit.language)), soft=True)
        )
    if model.desk_phone:
        body.append(
            notice(visit, "info", visit.say("desk.phone", phone=_together(model.desk_phone)), icon_name="phone")
        )
    return screen(
        visit,
        title=visit.say("desk.title"),
        body=body,
        primary=Primary(visit.say("call.ask"), visit.call_help, icon_name="bell"),
        beside=second_button(visit, visit.say("frame.close"), lambda: visit.open_sheet(None), icon_name="x"),
    )
