"""The attract screen: one yellow sun to touch, languages and the dock before any touch, no personal data."""

from typing import Any

import flet as ft

from kiosk.parts.controls import icon, pressable, text
from kiosk.parts.frame import Banners, SiteName, framed, mark, side_margin
from kiosk.parts.hooks import use_topics
from kiosk.parts.node import node
from kiosk.parts.styles import Press
from kiosk.said import beside, each, joined
from kiosk.tokens import ROLES
from kiosk.visit import MENU, Visit
from kiosk.wording import FRENCH, LANGUAGES


@ft.component
def Attract(visit: Visit, actions: Any) -> ft.Control:
    """The whole screen is touchable; touching it begins the visit."""
    look = visit.look
    palette = look.palette
    begin = ft.GestureDetector(
        content=_plain(visit) if look.large_text or look.lowered else _scene(visit),
        on_tap=lambda: visit.go(MENU),
        exclude_from_semantics=True,
        expand=True,
    )
    foot = ft.Container(
        visible=not (look.small and look.large_text),  # the one thing to touch needs the room
        bgcolor=palette.ground,
        padding=ft.Padding.symmetric(horizontal=side_margin(visit), vertical=look.px(28)),
        content=ft.Column(
            [_promises(visit)] if _low(visit) and look.large_text else [_languages(visit), _promises(visit)],
            spacing=look.px(24),
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
    )
    column = ft.Column([begin, foot], spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    return framed(visit, column, ground=palette.deep)


def _low(visit: Visit) -> bool:
    """Whether there is little height: in large letters the languages are then chosen in the dock alone."""
    return visit.look.lowered or not visit.look.portrait


@ft.component
def Head(visit: Visit) -> ft.Control:
    """Mark, place, day and time, on dark."""
    use_topics(visit, "frame")
    look = visit.look
    palette = look.palette
    name = ft.Column(
        [text(visit, visit.say("frame.name"), "bar", palette.on_deep), SiteName(visit, on_deep=True)],
        spacing=0, expand=True, tight=True,
    )  # fmt: skip
    frame, said = visit.frame, visit.language
    when = text(visit, joined(" · ", (frame.date(said), frame.clock(said))), "bar", palette.on_deep)
    return ft.Row([mark(visit, on_deep=True), name, when], spacing=look.px(20))


def _tall(visit: Visit) -> bool:
    return visit.look.portrait and not visit.look.lowered


def _welcome(visit: Visit, *, above: float = 90) -> ft.Control:
    look = visit.look
    palette = look.palette
    role = "display" if _tall(visit) and not look.large_text else "h1"
    words = text(visit, visit.say("attract.hello"), role, palette.on_deep)
    hello = ft.Semantics(header=True, heading_level=1, content=words)
    lead = text(visit, visit.say("attract.lead"), "lesson" if look.portrait else "body", palette.on_deep_soft)
    crowded = look.large_text and (_low(visit) or visit.language not in FRENCH)
    said = [hello] if crowded else [hello, lead]  # the sun itself says what to do
    return ft.Column([ft.Container(height=look.px(above)), *said, Banners(visit)], spacing=look.px(16), tight=True)


def _sun(visit: Visit, drawn: float) -> ft.Control:
    look = visit.look
    size = look.px(drawn)
    ground = "#FFD84D" if look.contrast else look.palette.point
    ink = "#000000" if look.contrast else look.palette.on_point
    said = visit.say("attract.touch")
    close = drawn < 400 or (look.large_text and look.lowered and bool(beside(said)))
    words = text(visit, said, "label" if close else "h3" if drawn < 500 else "h2", ink, center=True)
    content = ft.Column(
        [icon(visit, "hand-tap", size * 0.2, ink, fill=True), words],
        spacing=look.px(20),
        tight=True,
        alignment=ft.MainAxisAlignment.CENTER,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    drawn_as = Press(ground, ink, radius=drawn / 2, pad_x=20, pad_y=20, around=look.palette.deep)
    return ft.Container(
        pressable(
            visit,
            content,
            lambda: visit.go(MENU),
            drawn_as,
            width=size,
            height=size,
            align=ft.Alignment.CENTER,
            once="begin",
        ),
        width=size,
        height=size,
    )


def _begin_bar(visit: Visit) -> ft.Control:
    """The sun in large letters: its words no longer fit into a disc, and beside its sign they stay whole."""
    look = visit.look
    ground = "#FFD84D" if look.contrast else look.palette.point
    ink = "#000000" if look.contrast else look.palette.on_point
    words = ft.Container(
        text(visit, each(lambda part: part.replace("\n", " "), visit.say("attract.touch")), "label", ink), expand=True
    )
    content = ft.Row([icon(visit, "hand-tap", look.px(96), ink, fill=True), words], spacing=look.px(24))
    drawn_as = Press(ground, ink, radius=60, pad_x=40, pad_y=24, around=look.palette.deep)
    return pressable(visit, content, lambda: visit.go(MENU), drawn_as, once="begin")


def _scene(visit: Visit) -> ft.Control:
    look = visit.look
    palette = look.palette
    margin = side_margin(visit)
    portrait = look.portrait
    height = min(look.px(760), round(look.height_px * (0.4 if portrait else 0.56)))
    width = round(height * 1080 / 760)
    sun = (580 if visit.language in FRENCH else 500) if portrait else 440 if not look.small else 300
    left = (look.width_px - width) / 2 if portrait else look.width_px * 0.42
    layers: list[ft.Control] = []
    if not look.contrast:
        street = ft.Container(left=0, right=0, bottom=0, height=height * 150 / 760, bgcolor="#BCD8D9")
        layers.append(street)
        layers.append(_layer(visit, "village", width, height, left, visit.say("attract.scene")))
    sun_left = left + (width - look.px(sun)) / 2
    layers.append(ft.Container(_sun(visit, sun), left=sun_left, bottom=height * (0.22 if portrait else 0.3)))
    if not look.contrast:
        layers.append(_layer(visit, "habitants", width, height, left, ""))
    words = ft.Container(
        _welcome(visit),
        left=margin,
        right=margin if portrait else look.width_px * 0.5,
        top=look.px(24),
    )
    layers.append(words)
    layers.append(ft.Container(Head(visit), left=margin, right=margin, top=look.px(24)))
    return ft.Container(ft.Stack(layers, expand=True, fit=ft.StackFit.EXPAND), bgcolor=palette.deep, expand=True)


def _layer(visit: Visit, name: str, width: float, height: float, left: float, spoken: str) -> ft.Control:
    suffix = "@2x" if width > 1100 else ""
    return ft.Image(
        src=f"/pictograms/{name}{suffix}.png", width=width, height=height, left=left, bottom=0,
        semantics_label=spoken or None, exclude_from_semantics=not spoken, fit=ft.BoxFit.FILL, gapless_playback=True,
    )  # fmt: skip


def _plain(visit: Visit) -> ft.Control:
    """Large text, or a lowered screen: the words and the sun, no scene."""
    look = visit.look
    margin = side_margin(visit)
    if look.lowered:
        words: list[ft.Control] = [
            ft.Container(_welcome(visit, above=0), expand=True),
            _sun(visit, 440 if look.large_text else 380),
        ]
        column: list[ft.Control] = [Head(visit), ft.Row(words, spacing=look.px(32), expand=True)]
    else:
        place = ft.Container(_begin_bar(visit), alignment=ft.Alignment.CENTER, expand=True)
        column = [Head(visit), _welcome(visit, above=16), place]
    return ft.Container(
        ft.Column(column, spacing=look.px(24), expand=True),
        bgcolor=look.palette.deep,
        padding=ft.Padding.symmetric(horizontal=margin, vertical=look.px(24)),
        expand=True,
    )


def _languages(visit: Visit) -> ft.Control:
    """Every language by its own name: French and simple French first, on a line of their own where there is height."""
    look = visit.look
    codes = list(LANGUAGES)
    many = 5 if not look.portrait else 2 if look.large_text else 4
    lines = [codes[:2], *batched(codes[2:], many)] if look.portrait else batched(codes, many)
    rows: list[ft.Control] = [ft.Row([_language(visit, code) for code in line], spacing=look.px(20)) for line in lines]
    return ft.Column(rows, spacing=look.px(18), tight=True)


def _language(visit: Visit, code: str) -> ft.Control:
    look = visit.look
    palette = look.palette
    on = visit.language == code
    ground, edge = (palette.selected, palette.selected_edge) if on else (palette.surface, palette.edge)
    under = palette.selected_edge if on else palette.ledge
    drawn = Press(ground, palette.ink, edge=edge, edge_px=4 if on else 2, ledge=under, radius=20, pad_x=8, pad_y=8)
    role = "strong" if look.portrait else "small"
    name = text(visit, LANGUAGES[code], role, center=True)
    line = round(look.size(role) * ROLES[role].leading)
    height = max(look.touch(78), line + 2 * look.px(8))  # large letters must not leave their button
    button = pressable(visit, name, lambda: visit.speak(code), drawn, height=height, align=ft.Alignment.CENTER)
    return node(button, selected=on, expand=True)


def batched(codes: list[str], many: int) -> list[list[str]]:
    """`codes`, `many` a line."""
    return [codes[at : at + many] for at in range(0, len(codes), many)]


def _promises(visit: Visit) -> ft.Control:
    look = visit.look
    words: list[ft.Control] = []
    for key in ("attract.free", "attract.no_account", "attract.erased"):
        if words:
            words.append(
                ft.Container(width=look.px(9), height=look.px(9), shape=ft.BoxShape.CIRCLE, bgcolor=look.palette.icon)
            )
        words.append(text(visit, visit.say(key), "small", look.palette.ink_soft))
    return ft.Row(
        words,
        spacing=look.px(20),
        alignment=ft.MainAxisAlignment.CENTER,
        wrap=True,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
