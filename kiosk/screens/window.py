"""Around the guided window: the sheet before it opens, what stands behind it, and what is said after it.

The window covers the kiosk. What stands behind it is seen only where the window was lost from view.
"""

from __future__ import annotations

from typing import Any

import flet as ft

from kiosk.models.window import WindowOffer, offer
from kiosk.parts.controls import icon, notice, panel, point, pressable, quiet_button, text
from kiosk.parts.frame import Primary, framed, screen, side_margin
from kiosk.parts.origin import unreviewed
from kiosk.parts.styles import Press
from kiosk.visit import OPENING, Visit
from kiosk.window.opening import LIMIT

FACTS = (("monitor", "first"), ("sign-out", "bar"), ("eye-slash", "private"), ("lock-key", "secret"))


@ft.component
def WindowSheet(visit: Visit, actions: Any) -> ft.Control:
    """What opens, said before it does; or why it does not, with what to do instead."""
    found = offer(
        actions, visit.wish, visit.language, online=visit.frame.online, available=visit.windows is not None
    )  # fmt: skip
    body: list[ft.Control] = []
    if visit.window_end:
        key = f"window.after.{visit.window_end}"
        body.append(notice(visit, "old", visit.say(f"{key}.title"), visit.say(f"{key}.text")))
    if visit.window_end == LIMIT or found.state == "unknown":
        title = visit.say("window.after.limit.short") if visit.window_end == LIMIT else found.title
        close = Primary(visit.say("frame.close"), lambda: visit.open_sheet(None), icon_name="check")
        return screen(visit, title=title, body=body, primary=close)
    if found.unreviewed:
        body.append(unreviewed(visit))
    body += _offline(visit, found) if found.state != "ready" else _facts(visit)
    primary = Primary(visit.say("frame.close"), lambda: visit.open_sheet(None), icon_name="check")
    if found.state == "ready":
        primary = Primary(visit.say("window.sheet.open", host=found.host), lambda: visit.open_window(visit.wish))
    return screen(
        visit, title=found.title, lead=found.text, body=body, primary=primary,
        back=(lambda: visit.open_sheet(None)) if found.state == "ready" else None,
    )  # fmt: skip


def _facts(visit: Visit) -> list[ft.Control]:
    look = visit.look
    airy = look.portrait and not look.large_text
    rows: list[ft.Control] = []
    for name, key in FACTS:
        words = ft.Container(text(visit, visit.say(f"window.sheet.{key}"), "lesson" if airy else "body"), expand=True)
        rows.append(
            ft.Row([icon(visit, name, look.px(72 if airy else 48), look.palette.icon), words], spacing=look.px(32))
        )
    return [panel(visit, rows, pad=48 if airy else 32, gap=44 if airy else 22)]


def _offline(visit: Visit, found: WindowOffer) -> list[ft.Control]:
    if found.state == "absent":
        title, detail = visit.say("window.sheet.absent.title"), visit.say("window.sheet.absent.text", host=found.host)
        return [notice(visit, "off", title, detail)]
    title = visit.say("window.sheet.offline.title")
    # The hub may be away while the internet is there: the person may know better than this terminal.
    again = quiet_button(
        visit, visit.say("window.sheet.offline.try"), lambda: visit.open_window(visit.wish), icon_name="globe"
    )
    return [notice(visit, "off", title, visit.say("window.sheet.offline.text")), again]


@ft.component
def WindowCover(visit: Visit) -> ft.Control:
    """« Une fenêtre est ouverte », and the way to close it."""
    look = visit.look
    palette = look.palette
    opening = visit.window == OPENING
    keys = ("opening", "opening_text") if opening else ("title", "text")
    title, detail = (visit.say(f"window.cover.{key}") for key in keys)
    crowded = look.large_text and look.close  # then the title and the button are what must be seen
    said = text(visit, title, "h2" if crowded else "h1", palette.on_deep)
    words: list[ft.Control] = [ft.Semantics(header=True, heading_level=1, live_region=True, content=said)]
    if not crowded:
        words.insert(0, icon(visit, "globe", look.px(140), palette.on_deep))
        words.append(text(visit, detail, "lesson", palette.on_deep_soft))
    if not opening:
        drawn = Press(
            palette.surface, palette.ink, edge=palette.edge if look.contrast else None, ledge=palette.ledge, pad_x=28,
            pad_y=28, around=palette.deep,
        )  # fmt: skip
        row = ft.Row(
            [ft.Container(text(visit, visit.say("window.cover.close"), "label"), expand=True), point(visit, "x")]
        )
        button = pressable(visit, row, visit.close_window, drawn)
        words.append(ft.Container(button, padding=ft.Padding.only(top=look.px(40))))
    column = ft.Column(
        words, spacing=look.px(28), expand=True, alignment=ft.MainAxisAlignment.CENTER,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )  # fmt: skip
    return framed(visit, ft.Container(column, expand=True, padding=side_margin(visit)), ground=palette.deep)
