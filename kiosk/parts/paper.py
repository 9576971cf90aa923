"""The paper a visitor takes home, drawn on the screen: white, with a soft shadow, a code, and what comes next."""

from collections.abc import Sequence

import flet as ft

from kiosk.parts.controls import icon, text
from kiosk.parts.frame import mark
from kiosk.visit import Visit


def sheet(visit: Visit, rows: Sequence[ft.Control], *, place: str, made: Sequence[str]) -> ft.Control:
    """A sheet with its head: our mark, the name of the place, when it was made (one or two short lines)."""
    look = visit.look
    palette = look.palette
    when: list[ft.Control] = [text(visit, line, "small", palette.ink_soft) for line in made]
    who = [text(visit, visit.say("frame.name"), "strong"), text(visit, place, "small", palette.ink_soft)]
    under = when if look.large_text else []  # beside large letters there is no room
    name = ft.Column([*who, *under], spacing=0, tight=True, expand=True)
    beside = ft.Column(when, spacing=0, tight=True, horizontal_alignment=ft.CrossAxisAlignment.END)
    head = ft.Row([mark(visit, 48), name, *([] if under else [beside])], spacing=look.px(18))
    return ft.Container(
        bgcolor=palette.surface,
        border=ft.Border.all(look.stroke(4), palette.edge) if look.contrast else None,
        border_radius=look.px(12),
        padding=ft.Padding.symmetric(horizontal=look.px(44), vertical=look.px(28)),
        # The one soft shadow of the language: only for paper.
        shadow=None
        if look.contrast
        else ft.BoxShadow(blur_radius=look.px(44), offset=ft.Offset(0, look.px(18)), color="#290B3B45"),
        content=ft.Column(
            [head, hairline(visit), *rows],
            spacing=look.px(18),
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
    )


def hairline(visit: Visit) -> ft.Control:
    """The line between two parts of a sheet."""
    return ft.Container(height=visit.look.stroke(2), bgcolor=visit.look.palette.hairline)


def code(
    visit: Visit, label: str, reference: str, why: str, *, qr_png: bytes | None, qr_words: str = "",
    state: ft.Control | None = None,
) -> ft.Control:  # fmt: skip
    """The reference in large characters (3-3-4), why to keep it, and the QR where there is one.

    A screen reader spells the characters one by one. ``state`` stands beside the label (a chip).
    """
    look = visit.look
    palette = look.palette
    # Two lines beside a QR, one alone: never cut inside a group.
    groups = reference.replace("\u00a0", " ").split(" ")
    written = reference if qr_png is None or len(groups) != 3 else f"{groups[0]}\u00a0{groups[1]}\n{groups[2]}"
    spelled = ", ".join(letter for letter in reference if letter.strip("\u00a0 "))
    words = ft.Column(
        [
            ft.Row(
                [text(visit, label, "small", palette.ink_soft), *([state] if state else [])],
                spacing=look.px(20),
                wrap=True,
            ),
            text(visit, written, "code", spoken=spelled, private=True),
            *([text(visit, why, "small", palette.ink_soft)] if why else []),
        ],
        spacing=look.px(6),
        tight=True,
        expand=True,
    )
    if qr_png is None:
        return ft.Row([words])
    size = look.px(256)
    # A QR is read by a camera: it stays black on white in high contrast too.
    qr = ft.Image(
        src=qr_png, width=size, height=size, fit=ft.BoxFit.CONTAIN, semantics_label=qr_words or None,
        filter_quality=ft.FilterQuality.NONE, gapless_playback=True,
    )  # fmt: skip
    if look.lowered and look.large_text:  # beside it a group of the code would be cut
        return ft.Column([ft.Row([words]), qr], spacing=look.px(20), tight=True)
    return ft.Row([words, qr], spacing=look.px(32))


def fact(visit: Visit, name: str, label: str, value: str, *, detail: str = "", struck: bool = False) -> ft.Control:
    """One thing to know: an icon, what it is, its value, and maybe a second line; crossed out where it is over."""
    look = visit.look
    palette = look.palette
    ink = palette.ink_soft if struck else palette.ink
    words: list[ft.Control] = [
        text(visit, label, "small", palette.ink_soft),
        text(visit, value, "strong", ink, struck=struck),
    ]
    if detail:
        words.append(text(visit, detail, "body", palette.ink_soft, struck=struck))
    return ft.Row(
        [
            icon(visit, name, look.px(40), palette.icon),
            ft.Column(words, spacing=look.px(2), tight=True, expand=True),
        ],
        spacing=look.px(20),
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def numbered(visit: Visit, title: str, items: Sequence[str]) -> ft.Control:
    """What comes next, in order, with numbers."""
    look = visit.look
    palette = look.palette
    size = max(look.px(42), round(look.size("small") * 1.5))
    rows: list[ft.Control] = [text(visit, title, "strong")] if title else []
    for number, item in enumerate(items, start=1):
        disc = ft.Container(
            width=size,
            height=size,
            shape=ft.BoxShape.CIRCLE,
            bgcolor=palette.current,
            alignment=ft.Alignment.CENTER,
            content=text(visit, str(number), "note", palette.on_action),
        )
        rows.append(
            ft.Row(
                [disc, ft.Container(text(visit, item, "body"), expand=True)],
                spacing=look.px(18),
                vertical_alignment=ft.CrossAxisAlignment.START,
            )
        )
    return ft.Column(rows, spacing=look.px(14), tight=True)


def beside(visit: Visit, left: Sequence[ft.Control], right: Sequence[ft.Control]) -> ft.Control:
    """On a wide screen: the paper on the left, its code in sight whatever else is said; the rest on the right."""
    gap = visit.look.px(24)
    shares = ((left, 6), (right, 5))
    columns: list[ft.Control] = [ft.Column(list(rows), spacing=gap, tight=True, expand=part) for rows, part in shares]
    return ft.Row(columns, spacing=visit.look.px(56), vertical_alignment=ft.CrossAxisAlignment.START)


def outcome(visit: Visit, name: str, look_of: str, title: str, sentence: str, *, subject: str = "") -> ft.Control:
    """What has become of it: a disc with its icon, the title of the screen, and the truth in one sentence.

    ``look_of`` is ``sure``, ``wait``, ``off`` or ``fault``; the icon and the words differ too. ``subject`` stands
    above the title where that does not say what it is about.
    """
    look = visit.look
    palette = look.palette
    ink = {"sure": palette.sure, "wait": palette.wait, "fault": palette.fault}.get(look_of, palette.ink_soft)
    size = look.px(112)
    disc = ft.Container(
        width=size,
        height=size,
        shape=ft.BoxShape.CIRCLE,
        bgcolor=palette.surface if look.contrast else ink,
        border=ft.Border.all(look.stroke(4), ink) if look.contrast else None,
        alignment=ft.Alignment.CENTER,
        content=icon(visit, name, look.px(64), ink if look.contrast else "#FFFFFF"),
    )
    words = ft.Column(
        [
            *([text(visit, subject, "strong", palette.ink_soft)] if subject else []),
            ft.Semantics(header=True, heading_level=1, content=text(visit, title, "h1")),
            ft.Semantics(live_region=True, content=text(visit, sentence, "strong", ink)),
        ],
        spacing=look.px(6),
        tight=True,
        expand=True,
    )
    return ft.Row([disc, words], spacing=look.px(28))
