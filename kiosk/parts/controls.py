"""The things a screen is made of: words, icons, buttons, tiles, cards, fields, notices. Drawn as the tokens say.

Every function takes the `Visit` first (its look and language) and returns a new control. Whatever can be touched is a
real button (keyboard focus, ARIA role, acts on release) with a ledge; nothing else has one.
"""

import inspect
from collections.abc import Callable
from typing import Any, Literal

import flet as ft

from kiosk.parts.icons import GLYPHS, MIRRORED
from kiosk.parts.styles import Press, button_style, glyph_style, sides, words_style
from kiosk.parts.told import PRIVATE, marked
from kiosk.said import Said, beside
from kiosk.tokens import ROLES, Look
from kiosk.translations import REVIEWED
from kiosk.visit import Visit
from kiosk.wording import FRENCH, left_to_right

NoticeKind = Literal["sure", "wait", "off", "fault", "old", "info"]
Handler = Callable[[], Any]
ROOMY_TILE = 300
"""A tile this high, in px of the drawing, has room for a larger pictogram."""
ALONE = frozenset({"note", "bar", "bar_small"})
"""Roles of the frame, where French does not stand under the words: the dock, the header, a chip."""
TURNED = ft.Scale(scale_x=-1, scale_y=1)

_NOTICE_ICONS = {
    "sure": "check-circle", "wait": "hourglass-medium", "off": "wifi-slash",
    "fault": "warning-circle", "old": "clock", "info": "info",
}  # fmt: skip


def style(
    visit: Visit, role: str, color: str | None = None, *, strong: bool = False, struck: bool = False,
    rtl: bool = False,
) -> ft.TextStyle:  # fmt: skip
    """The text style of a role of `tokens.ROLES`, family and fallback included; `color` is `#RRGGBB`, ink if None.

    It is shared by every visit: never change one, ask for another (`strong` is the heavier weight, `rtl` for words in
    Arabic letters).
    """
    look = visit.look
    return words_style(role, look.size(role), color or look.palette.ink, strong, struck, rtl)


def text(
    visit: Visit, value: str, role: str = "body", color: str | None = None, *, center: bool = False,
    expand: bool | int | None = None, lines: int | None = None, spoken: str | None = None, struck: bool = False,
    alone: bool = False, private: bool = False,
) -> ft.Text:  # fmt: skip
    """Words in a role. `lines` cuts with an ellipsis, `spoken` replaces what a screen reader says ("" = nothing).

    Where they are said in another language, their French stands on a line of its own under them; `alone` leaves it out,
    where the same French can be read beside. `private` words, what the person typed or their code, are never read by
    « Écouter » (`kiosk.parts.told`).
    """
    french = "" if alone or lines or role in ALONE else beside(value)
    rtl = visit.look.rtl
    translated = isinstance(value, Said)
    drawn = ft.Text(
        str(value) if translated or not rtl else left_to_right(value),
        style=style(visit, role, color, struck=struck, rtl=rtl and translated),
        # With spans beside them, the words take the colour of the button they are in, unless it is said here too.
        color=(color or visit.look.palette.ink) if french else None,
        spans=[_french(visit, french, role, color)] if french else [],
        text_align=ft.TextAlign.CENTER if center else ft.TextAlign.START,
        expand=expand,
        max_lines=lines,
        overflow=ft.TextOverflow.ELLIPSIS if lines else ft.TextOverflow.VISIBLE,
        semantics_label=spoken,
    )
    return marked(drawn, PRIVATE if private else value) if private or translated else drawn


def _french(visit: Visit, french: str, role: str, color: str | None) -> ft.TextSpan:
    """The French under the words of another language: smaller, never smaller than a source line."""
    look = visit.look
    smaller = next(
        name for name in ("body", "small", "source") if look.size(name) <= 0.85 * look.size(role) or name == "source"
    )
    ink = color or look.palette.ink_soft
    return ft.TextSpan(f"\n{left_to_right(french) if look.rtl else french}", style=style(visit, smaller, ink))


def heading(
    visit: Visit, value: str, level: int = 1, *, color: str | None = None, center: bool = False,
    lines: int | None = None, modest: bool = False,
) -> ft.Control:  # fmt: skip
    """A title: level 1 is the screen's own (one per screen), 2 a group, 3 a small group; `modest`: no larger than 3."""
    role = "label" if modest else {1: "h2" if visit.look.lowered else "h1", 2: "h3", 3: "label"}[level]
    words = text(visit, value, role, color, center=center, lines=lines)
    return ft.Semantics(header=True, heading_level=level, content=words)


def paragraph(visit: Visit, value: str, *, soft: bool = False, role: str = "body") -> ft.Text:
    """A sentence or more; `soft` for second text."""
    palette = visit.look.palette
    return text(visit, value, role, palette.ink_soft if soft else None)


def icon(
    visit: Visit, name: str, size_px: float, color: str | None = None, *, fill: bool = False, said: str = ""
) -> ft.Text:  # fmt: skip
    """A Phosphor icon as one glyph (names in `parts/icons.py`); `size_px` in px of this screen.

    Silent for readers; alone in its button it bears the button's name in `said`: a `Semantics` there would be enabled
    on its own account, and Flutter would make a second button around it that does nothing. What points along the line
    (`MIRRORED`) is turned round where one reads from right to left.
    """
    return ft.Text(
        chr(GLYPHS[name]),
        style=glyph_style(size_px, color or visit.look.palette.ink, fill),
        semantics_label=said,
        scale=TURNED if visit.look.rtl and name in MIRRORED else None,
    )


def point(visit: Visit, name: str = "arrow-right", drawn: float = 68, *, waiting: bool = False) -> ft.Control:
    """The yellow point: the next touch. One per screen, always on the primary action."""
    look = visit.look
    size = look.px(drawn)
    return ft.Container(
        width=size,
        height=size,
        shape=ft.BoxShape.CIRCLE,
        bgcolor=look.palette.surface if waiting and not look.contrast else look.palette.point,
        alignment=ft.Alignment.CENTER,
        content=icon(visit, name, size * 0.5, look.palette.on_point),
    )


def pressable(
    visit: Visit, content: ft.Control, on_click: Handler | None, drawn: Press, *,
    expand: bool | int | None = None, width: float | None = None, height: float | None = None,
    align: ft.Alignment = ft.Alignment.CENTER_LEFT, once: str | None = None, autofocus: bool = False,
    key: str | None = None,
) -> ft.Container:  # fmt: skip
    """A real button drawn as `drawn`. `once` names it: a double tap on that name counts once."""
    look = visit.look
    radius = look.px(drawn.radius)
    depth = look.ledge(drawn.ledge_px) if drawn.ledge else 0
    if look.rtl:
        align = ft.Alignment(-align.x, align.y)
    button = ft.Button(
        content=content,
        on_click=guarded(visit, on_click, once),
        disabled=on_click is None,
        autofocus=autofocus,
        style=button_style(look, drawn, align, on_click is not None),
    )
    return ft.Container(
        content=button,
        key=key,
        expand=expand,
        width=width,
        height=height,
        border_radius=radius,
        clip_behavior=ft.ClipBehavior.NONE,  # the ring of focus stands outside
        margin=ft.Margin(bottom=depth, left=0, right=0, top=0),
        shadow=_hard_shadow(drawn.ledge, depth) if on_click else None,
    )


def _hard_shadow(color: str | None, depth: int) -> ft.BoxShadow | None:
    return ft.BoxShadow(blur_radius=0, color=color, offset=ft.Offset(0, depth)) if depth and color else None


def guarded(visit: Visit, on_click: Handler | None, once: str | None) -> Handler | None:
    """`on_click`, which may be a coroutine; a second tap on the thing named `once` within a moment is ignored."""
    if on_click is None:
        return None

    async def clicked() -> None:
        if once is None or visit.first_tap(once):
            doing = on_click()
            if inspect.isawaitable(doing):  # Flet awaits coroutine functions only, not what a lambda gives back
                await doing

    return clicked


def pad_to(visit: Visit, role: str, drawn_height: float) -> float:
    """Padding, in px of the drawing, that makes one line of `role` `drawn_height` high (15 mm at least)."""
    look = visit.look
    height = look.touch(drawn_height)
    line = look.size(role) * ROLES[role].leading
    return max(look.px(10), (height - line) / 2) / max(0.01, look.px(1000) / 1000)


def _line(
    visit: Visit, label: str, role: str, ink: str, name: str | None, icon_drawn: float, gap: float,
    spoken: str | None = None,
) -> ft.Control:  # fmt: skip
    words = text(visit, label, role, ink, spoken=spoken)
    if name is None:
        return words
    return ft.Row(
        [
            icon(visit, name, max(visit.look.px(icon_drawn), visit.look.size(role)), ink),
            ft.Container(words, expand=True, expand_loose=True),
        ],
        spacing=visit.look.px(gap),
        tight=True,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )


def primary_button(
    visit: Visit, label: str, on_click: Handler | None, *, icon_name: str = "arrow-right",
    expand: bool | int | None = True, waiting: bool = False, autofocus: bool = False,
) -> ft.Control:  # fmt: skip
    """The one primary action of a screen, with the yellow point. `on_click` None: not possible, `label` says why."""
    look = visit.look
    palette = look.palette
    if on_click is None:
        drawn = Press(palette.disabled_ground, palette.disabled, pad_y=pad_to(visit, "label", 104))
        if look.contrast:
            drawn = Press(palette.ground, palette.disabled, edge=palette.disabled, pad_y=pad_to(visit, "label", 104))
        return pressable(visit, text(visit, label, "label", palette.disabled), None, drawn, expand=expand)
    drawn = Press(
        palette.action, palette.on_action, ledge=palette.action_ledge, ledge_px=6, pressed=palette.action_pressed,
        pad_x=18, pad_y=max(12, pad_to(visit, "label", 104) - 18),
    )  # fmt: skip
    words = text(visit, label, "label", palette.on_action)
    content = ft.Row(
        [
            ft.Container(words, expand=True, padding=sides(look, start=22, end=0)),
            point(visit, "circle-notch" if waiting else icon_name, waiting=waiting),
        ],
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    return pressable(visit, content, on_click, drawn, expand=expand, once=f"primary:{label}", autofocus=autofocus)


def second_button(
    visit: Visit, label: str, on_click: Handler | None, *, icon_name: str | None = None,
    expand: bool | int | None = None, role: str = "label", center: bool = False,
) -> ft.Control:  # fmt: skip
    """A button as strong as « Retour »: white, teal outline and words."""
    palette = visit.look.palette
    drawn = Press(
        palette.second_ground, palette.second, edge=palette.second, edge_px=3, ledge=palette.second, ledge_px=5,
        pad_y=pad_to(visit, role, 104),
    )  # fmt: skip
    content = _line(visit, label, role, palette.second, icon_name, 34, 20)
    align = ft.Alignment.CENTER if center or expand is None else ft.Alignment.CENTER_LEFT
    return pressable(visit, content, on_click, drawn, expand=expand, align=align, once=f"second:{label}")


def quiet_button(
    visit: Visit, label: str, on_click: Handler | None, *, icon_name: str | None = None,
    expand: bool | int | None = None, center: bool = False, drawn_height: float = 88, role: str = "strong",
    spoken: str | None = None,
) -> ft.Control:  # fmt: skip
    """A second choice under a question, « Modifier », « Terminer »: thin grey outline, dark words.

    `spoken` is the button's name for a screen reader, where several on one screen show the same words.
    """
    palette = visit.look.palette
    drawn = Press(
        palette.surface, palette.ink, edge=palette.control, edge_px=2, ledge=palette.control, ledge_px=4, radius=20,
        pad_x=26, pad_y=pad_to(visit, role, drawn_height),
    )  # fmt: skip
    content = _line(visit, label, role, palette.ink, icon_name, 34, 14, spoken)
    align = ft.Alignment.CENTER if center or expand is None else ft.Alignment.CENTER_LEFT
    return pressable(visit, content, on_click, drawn, expand=expand, align=align, once=f"quiet:{spoken or label}")


def translation_note(visit: Visit) -> ft.Text | None:
    """What the translation of the interface is worth, in both languages; None where it is in French."""
    if visit.language in FRENCH:
        return None
    reviewed = visit.language in REVIEWED
    return text(visit, visit.say(f"language.{'reviewed' if reviewed else 'unreviewed'}"), "small",
                visit.look.palette.ink_soft)  # fmt: skip


def talk_button(visit: Visit) -> ft.Control:
    """« Parler à quelqu’un », where a screen sends its reader to the desk: the card, and a call from here."""
    return quiet_button(visit, visit.say("home.talk"), lambda: visit.open_sheet("desk"), icon_name="hand-waving")


def picture(visit: Visit, name: str, drawn: float, *, spoken: str = "", height: float | None = None) -> ft.Control:
    """A pictogram of `kiosk/web/pictograms` (name without extension), `drawn` px wide; `spoken` is its alternative."""
    look = visit.look
    return ft.Image(
        src=f"/pictograms/{name}{'@2x' if look.px(100) > 105 or drawn > 112 else ''}.png",
        width=look.px(drawn),
        height=look.px(height or drawn),
        fit=ft.BoxFit.CONTAIN,
        semantics_label=spoken or None,
        exclude_from_semantics=not spoken,
        filter_quality=ft.FilterQuality.MEDIUM,
        gapless_playback=True,
    )


def tile(
    visit: Visit, title: str, on_click: Handler | None, *, detail: str = "", pictogram: str | None = None,
    icon_name: str = "caret-right", expand: bool | int | None = True, height: float | None = None,
    row: bool = False, roomy: bool = False, detail_icon: str | None = None, detail_kind: NoticeKind | None = None,
    room: float = 0,
) -> ft.Control:  # fmt: skip
    """A tile of a menu: pictogram, title, second line. `row` lays it out as one line (large text, small screens).

    `roomy` gives a row more air, `room` px are left free at its end. In high contrast it is always a row with the line
    icon `icon_name`. `height` is in px of the drawing.
    """
    look = visit.look
    palette = look.palette
    flat = row or look.contrast
    words: list[ft.Control] = [text(visit, title, "label")]
    # In another language the French of the title takes the room of the second line.
    if detail and not (flat and (look.large_text or look.lowered)) and not beside(title):
        ink = {"sure": palette.sure, "wait": palette.wait}.get(detail_kind or "", palette.ink_soft)
        words.append(_detail(visit, detail, ink, detail_icon))
    column = ft.Column(words, spacing=look.px(4), tight=True, expand=True if flat else None)
    if flat:
        mark: ft.Control = (
            icon(visit, icon_name, look.px(52), palette.icon)
            if look.contrast or pictogram is None
            else picture(visit, pictogram, 84)
        )
        content: ft.Control = ft.Row(
            [mark, column, icon(visit, "caret-right", look.px(36), palette.ink_soft), *_left_free(look, room)],
            spacing=look.px(24),
        )
    else:
        content = ft.Column(
            [*([picture(visit, pictogram, _tile_picture(look, height, title))] if pictogram else []), column],
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        )
    drawn = Press(
        palette.surface, palette.ink, edge=palette.edge, edge_px=2, ledge=palette.ledge, ledge_px=6,
        pad_x=20 if look.lowered else 28, pad_y=_tile_pad_y(look, title, flat=flat, roomy=roomy),
    )  # fmt: skip
    tall = max(look.px(height), look.touch(88)) if height else None
    return pressable(visit, content, on_click, drawn, expand=expand, height=tall, once=f"tile:{title}")


def _tile_picture(look: Look, height: float | None, title: str) -> float:
    """The width of a tile's pictogram, in px of the drawing; French under the title takes room from it."""
    if beside(title):
        return 84 if look.portrait else 68 if look.rtl else 96
    return 112 if (height or 0) < ROOMY_TILE else 148


def _tile_pad_y(look: Look, title: str, *, flat: bool, roomy: bool) -> float:
    if flat:
        return 44 if roomy else 10 if look.lowered else 18
    return 26 if not beside(title) else 18 if look.portrait else 12


def _left_free(look: Look, room: float) -> list[ft.Control]:
    """Nothing, as wide as asked for with the gap before it, and as high as what may be touched there."""
    return [ft.Container(width=room - look.px(24), height=look.touch(72))] if room else []


def _detail(visit: Visit, detail: str, ink: str, icon_name: str | None) -> ft.Control:
    words = text(visit, detail, "small", ink)
    if icon_name is None:
        return words
    look = visit.look
    return ft.Row(
        [icon(visit, icon_name, look.px(28), ink), ft.Container(words, expand=True, expand_loose=True)],
        spacing=look.px(10),
        tight=True,
    )


def chip(visit: Visit, words: str, kind: NoticeKind, *, icon_name: str | None = None) -> ft.Control:
    """A state in a word or two, with its icon. Never touchable."""
    look = visit.look
    ink, soft = _tones(visit, kind)
    return ft.Container(
        bgcolor=soft,
        border=ft.Border.all(look.stroke(2), ink) if look.contrast else None,
        border_radius=look.px(60),
        padding=sides(look, start=14, end=20, top=6, bottom=6),
        content=ft.Row(
            [
                icon(visit, icon_name or _NOTICE_ICONS[kind], look.size("note") * 1.2, ink, fill=True),
                text(visit, words, "note", ink),
            ],
            spacing=look.px(10),
            tight=True,
        ),
    )


def _tones(visit: Visit, kind: NoticeKind) -> tuple[str, str]:
    palette = visit.look.palette
    return {
        "sure": (palette.sure, palette.sure_soft),
        "wait": (palette.wait, palette.wait_soft),
        "old": (palette.wait, palette.wait_soft),
        "fault": (palette.fault, palette.fault_soft),
        "off": (palette.on_off, palette.off),
        "info": (palette.on_tint, palette.tint),
    }[kind]


def notice(visit: Visit, kind: NoticeKind, title: str, detail: str = "", *, icon_name: str | None = None) -> ft.Control:
    """The truth in a panel: "sure" sent, "wait" will be sent, "off" no network, "fault" ours, "old" data, "info"."""
    look = visit.look
    ink, soft = _tones(visit, kind)
    words: list[ft.Control] = [text(visit, title, "strong", ink)]
    if detail:
        body = look.palette.wait_body if kind in ("wait", "old") else ink
        words.append(text(visit, detail, "body", body))
    return ft.Semantics(
        live_region=kind == "fault",
        content=ft.Container(
            bgcolor=soft,
            border=ft.Border.all(look.stroke(2), ink) if look.contrast else None,
            border_radius=look.px(24),
            padding=ft.Padding.symmetric(horizontal=look.px(28), vertical=look.px(22)),
            content=ft.Row(
                [
                    icon(visit, icon_name or _NOTICE_ICONS[kind], look.px(44), ink),
                    ft.Column(words, spacing=look.px(4), expand=True, tight=True),
                ],
                spacing=look.px(26),
            ),
        ),
    )


def panel(visit: Visit, controls: list[ft.Control], *, pad: float = 32, gap: float = 16) -> ft.Control:
    """A white sheet to read (a recap, a slip): outline, no ledge."""
    look = visit.look
    return ft.Container(
        bgcolor=look.palette.surface,
        border=ft.Border.all(look.stroke(2), look.palette.hairline),
        border_radius=look.px(24),
        padding=look.px(pad),
        content=ft.Column(
            controls, spacing=look.px(gap), horizontal_alignment=ft.CrossAxisAlignment.STRETCH, tight=True
        ),
    )


def rule(visit: Visit) -> ft.Control:
    """A hairline between two rows."""
    return ft.Container(
        height=visit.look.stroke(2) if not visit.look.contrast else 2, bgcolor=visit.look.palette.hairline
    )


def gap(visit: Visit, drawn: float) -> ft.Control:
    """Empty space `drawn` px high (of the drawing)."""
    return ft.Container(height=visit.look.px(drawn))


def error_line(visit: Visit, sentence: str) -> ft.Control:
    """What is missing, in one sentence, beside or under the thing; announced at once by a screen reader."""
    look = visit.look
    ink = look.palette.fault
    return ft.Semantics(
        live_region=True,
        content=ft.Row(
            [
                icon(visit, "warning-circle", look.px(36), ink, fill=True),
                ft.Container(text(visit, sentence, "strong", ink), expand=True),
            ],
            spacing=look.px(14),
        ),
    )
