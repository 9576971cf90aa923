"""The keyboard on the screen, drawn. It types into an `Entry` and learns nothing.

A physical keyboard types into the same field at the same time (see `kiosk.entry`). No key is under 15 mm, nor nearer
than 3 mm to the next one.
"""

from collections.abc import Callable
from functools import partial

import flet as ft

from kiosk.entry import Entry
from kiosk.parts.controls import icon, pressable, text
from kiosk.parts.dock import RAIL, RAIL_SMALL
from kiosk.parts.frame import KEYS
from kiosk.parts.hooks import use_kept
from kiosk.parts.keys import PADS, Board, Key, gap_px, room_on, rows, widths
from kiosk.parts.styles import Press, words_style
from kiosk.tokens import ROLES, Look
from kiosk.visit import Visit

SIDE = 28
PAD_MM = 200
LEDGE = 5
AROUND_PX = 2
LETTER_EM, WORD_EM, SPACE_EM = 0.92, 0.68, 0.3
"""Widths of letters of the face: the widest capital, a mean letter of a word, and the space between two."""


@ft.component
def keyboard(visit: Visit, entry: Entry) -> ft.Control:
    """The keys for `entry`, by its kind. Give it to `screen(keyboard=…)`, beside `controls.field` on the same entry."""
    board = use_kept(lambda: Board(entry))
    _, see = ft.use_state(board.face)
    ft.use_effect(lambda: entry.on_typed(lambda: see(board.face)), dependencies=[])

    def act(key: Key) -> None:
        visit.touch()
        board.press(key)
        see(board.face)

    def show() -> None:
        board.show()
        see(board.face)

    if not board.shown:
        return _closed(visit, show)
    look = visit.look
    wide = bed_px(look, entry.kind)
    found = rows(entry.kind, board.layer, alphabetical=board.alphabetical, room=room_on(look, wide))
    between = gap_px(look) - look.ledge(LEDGE)
    content = ft.Column([_row(visit, line, wide, act, board.upper) for line in found], spacing=between, tight=True)
    side = look.px(SIDE)
    return ft.Semantics(
        identifier=KEYS,
        content=ft.Container(
            bgcolor=look.palette.key_bed,
            alignment=ft.Alignment.CENTER,
            padding=ft.Padding(side, look.px(12 if look.close else 22), side, look.px(8)),
            content=ft.Container(content, width=wide),
        ),
    )


def bed_px(look: Look, kind: str) -> float:
    """Px of the rows of keys, from side to side."""
    rail = 0 if look.portrait else look.px(RAIL_SMALL if look.small else RAIL)
    room = look.width_px - rail - 2 * look.px(SIDE)
    return min(room, look.mm(PAD_MM)) if kind in PADS else room


def height_px(look: Look, key: Key) -> int:
    """Px of a key, from top to bottom, without its ledge; a row has the height of its lowest one."""
    return look.touch((70 if key.accent else 76) if look.close else 84 if key.accent else 100)


def face_px(look: Look, face: str, key: Key, width_px: float) -> int:
    """Px of the letters on a key: as large as the visitor wishes, and no larger than the key."""
    letters = bool(key.letters) and key.letters != " "
    role = "key" if letters else "key_word"
    em = LETTER_EM if len(face) == 1 else sum(SPACE_EM if letter.isspace() else WORD_EM for letter in face)
    highest = (height_px(look, key) - 2 * AROUND_PX) / ROLES[role].leading
    return int(min(look.size(role), highest, (width_px - 4 * AROUND_PX) / em))


def _row(visit: Visit, line: list[Key], wide: float, act: Callable[[Key], None], upper: bool) -> ft.Control:
    gap = gap_px(visit.look)
    high = min(height_px(visit.look, key) for key in line)
    sized = zip(line, widths(line, wide, gap), strict=True)
    return ft.Row([_key(visit, key, (width, high), partial(act, key), upper) for key, width in sized], spacing=gap)


def _key(visit: Visit, key: Key, size: tuple[float, int], on_click: Callable[[], None], upper: bool) -> ft.Control:
    look = visit.look
    palette = look.palette
    if not (key.letters or key.action):
        return ft.Container(expand=key.width)
    ground = palette.key_function if key.action else palette.key_accent if key.accent else palette.key
    drawn = Press(
        ground, palette.ink, edge=palette.edge if look.contrast else None, ledge=palette.key_ledge, ledge_px=LEDGE,
        radius=16, pad_x=AROUND_PX, pad_y=AROUND_PX, around=palette.key_bed,
    )  # fmt: skip
    return pressable(
        visit, _face(visit, key, size[0], upper), on_click, drawn, expand=key.width, height=size[1],
        align=ft.Alignment.CENTER, key=f"{key.letters}{key.action}",
    )  # fmt: skip


def _face(visit: Visit, key: Key, width: float, upper: bool) -> ft.Control:
    look, said = visit.look, visit.say(key.say) if key.say else ""
    if key.glyph:
        size = min(max(look.px(42), 1.3 * look.size("key_word")), height_px(look, key) * 0.6, width * 0.5)
        drawn = icon(visit, key.glyph, size, fill=key.action == "shift" and upper, said=said)
        if key.action == "hide":
            return ft.Row([drawn, icon(visit, "caret-down", size * 0.6)], spacing=0, tight=True)
        return drawn
    face = said if key.action or key.letters == " " else key.typed(upper=upper)
    spoken = visit.say("key.more_spoken") if key.action == "more" else said
    style = words_style("key_word" if key.action else "key", face_px(look, face, key, width), look.palette.ink)
    return ft.Text(face, style=style, semantics_label=spoken or None, max_lines=1, text_align=ft.TextAlign.CENTER)


def _closed(visit: Visit, on_click: Callable[[], None]) -> ft.Control:
    look = visit.look
    drawn = Press(look.palette.key_function, look.palette.ink, ledge=look.palette.key_ledge, ledge_px=LEDGE, radius=16,
                  around=look.palette.key_bed, pad_x=24)  # fmt: skip
    words = ft.Row(
        [icon(visit, "keyboard", look.px(42)), text(visit, visit.say("key.show"), "strong")],
        spacing=look.px(16),
        tight=True,
    )
    return ft.Container(
        bgcolor=look.palette.key_bed,
        padding=ft.Padding.symmetric(horizontal=look.px(SIDE), vertical=look.px(14)),
        content=ft.Row([pressable(visit, words, on_click, drawn, height=look.touch(80))]),
    )
