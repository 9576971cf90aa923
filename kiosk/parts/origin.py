"""What is said around a text of the content: that it is out of date, not in the visitor's language, read by nobody yet.

Every screen that shows content says it through here, in the same words and at the same place: before the text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import flet as ft

from kiosk.parts.blocks import blocks
from kiosk.parts.controls import icon, notice, talk_button, text
from kiosk.shown import is_unreviewed
from kiosk.visit import Visit

if TYPE_CHECKING:
    from content.view import ScreenView


def marked(visit: Visit, view: ScreenView, *, talk: bool = True) -> list[ft.Control]:
    """The blocks of a screen of the content, after what is to be said of them (`above`)."""
    return [*above(visit, view, talk=talk), *blocks(visit, view.blocks)]


def above(visit: Visit, view: ScreenView, *, talk: bool = True) -> list[ft.Control]:
    """What is to be known before one reads; nothing for most screens in French.

    Args:
        visit: the visit.
        view: a screen as ``kiosk.shown`` gives it.
        talk: with the way to a person, where a text is withheld; False where the screen has one of its own.
    """
    rows: list[ft.Control] = [notice(visit, "old", view.marker)] if view.marker else []
    if view.withheld:
        why = visit.say(f"content.withheld.{view.withheld}")
        rows.append(notice(visit, "info", why, visit.say("content.withheld.more"), icon_name="translate"))
        if talk:
            rows.append(ft.Row([talk_button(visit)]))
    if is_unreviewed(view):
        rows.append(unreviewed(visit))
    return rows


def unreviewed(visit: Visit) -> ft.Control:
    """« Traduction non relue. Seule la version française fait foi. »"""
    look = visit.look
    ink = look.palette.ink_soft
    return ft.Row(
        [
            icon(visit, "translate", look.px(32), ink),
            ft.Container(text(visit, visit.say("content.unreviewed"), "small", ink), expand=True),
        ],
        spacing=look.px(14),
    )
