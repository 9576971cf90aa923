"""The keyboard on the screen, drawn. It types into an `Entry` and learns nothing.

A physical keyboard types into the same field at the same time (see `kiosk.entry`). Keys are never under 15 mm.
"""

from collections.abc import Callable
from functools import partial

import flet as ft

from kiosk.entry import Entry
from kiosk.parts.controls import icon, pressable, text
from kiosk.parts.keys import Key, rows
from kiosk.parts.styles import Press
from kiosk.visit import Visit


@ft.component
def keyboard(visit: Visit, entry: Entry) -> ft.Control:
    """The keys for `entry`, by its kind. Give it to `screen(keyboard=…)`, beside `controls.field` on the same entry."""
    shown, show = ft.use_state(True)
    layer, set_layer = ft.use_state("letters")
    shift, set_shift = ft.use_state(False)
    alphabetical, set_alphabetical = ft.use_state(False)
    capital, set_capital = ft.use_state(entry.wants_capital)
    look = visit.look
    ft.use_effect(lambda: entry.on_typed(lambda: set_capital(entry.wants_capital)), dependencies=[])
    upper = shift or capital

    def act(key: Key) -> None:
        visit.touch()
        if key.letters:
            entry.press(key.letters.upper() if upper and len(key.letters) == 1 else key.letters)
            set_shift(False)
        elif key.action == "erase":
            entry.erase()
        elif key.action == "shift":
            set_shift(not shift)
        elif key.action == "order":
            set_alphabetical(not alphabetical)
        elif key.action == "hide":
            show(False)
        else:
            set_layer(key.action)

    if not shown:
        return _closed(visit, lambda: show(True))
    low = look.tall < 1200
    found = rows(entry.kind, layer, alphabetical=alphabetical, low=look.small)
    drawn = [_row(visit, line, act, upper, low) for line in found]
    pad = entry.kind in ("phone", "digits")
    content: ft.Control = ft.Column(drawn, spacing=look.px(8 if low else 12), tight=True)
    return ft.Container(
        bgcolor=look.palette.key_bed,
        alignment=ft.Alignment.CENTER,
        padding=ft.Padding.only(left=look.px(28), right=look.px(28), top=look.px(12 if low else 22), bottom=look.px(8)),
        content=ft.Container(content, width=look.mm(150)) if pad else content,
    )


def _row(visit: Visit, line: list[Key], act: Callable[[Key], None], upper: bool, low: bool) -> ft.Control:
    look = visit.look
    return ft.Row([_key(visit, key, partial(act, key), upper, low) for key in line], spacing=look.px(12))


def _key(visit: Visit, key: Key, on_click: Callable[[], None], upper: bool, low: bool) -> ft.Control:
    look = visit.look
    palette = look.palette
    function = bool(key.action)
    ground = palette.key_function if function else palette.key_accent if key.accent else palette.key
    drawn = Press(
        ground, palette.ink, edge=palette.edge if look.contrast else None, ledge=palette.key_ledge, ledge_px=5,
        radius=16, pad_x=2, pad_y=2, around=palette.key_bed,
    )  # fmt: skip
    if key.glyph:
        face: ft.Control = ft.Semantics(label=visit.say(key.say), content=icon(visit, key.glyph, look.px(42)))
    elif function or key.letters == " ":
        face = text(visit, visit.say(key.say), "source" if look.small else "small")
    else:
        letters = key.letters.upper() if upper and len(key.letters) == 1 else key.letters
        spoken = visit.say(key.say) if key.say else None
        face = text(visit, letters, "label" if key.accent or low else "h3", spoken=spoken)
    height = look.touch((70 if key.accent else 76) if low else 84 if key.accent else 100)
    return pressable(
        visit, face, on_click, drawn, expand=key.width, height=height, align=ft.Alignment.CENTER,
        key=f"{key.letters}{key.action}",
    )  # fmt: skip


def _closed(visit: Visit, on_click: Callable[[], None]) -> ft.Control:
    look = visit.look
    drawn = Press(look.palette.key_function, look.palette.ink, ledge=look.palette.key_ledge, ledge_px=5, radius=16,
                  around=look.palette.key_bed, pad_x=24)  # fmt: skip
    words = ft.Row(
        [icon(visit, "keyboard", look.px(42)), text(visit, visit.say("key.show"), "strong")],
        spacing=look.px(16),
        tight=True,
    )
    return ft.Container(
        bgcolor=look.palette.key_bed,
        padding=ft.Padding.symmetric(horizontal=look.px(28), vertical=look.px(14)),
        content=ft.Row([pressable(visit, words, on_click, drawn, height=look.touch(80))]),
    )
