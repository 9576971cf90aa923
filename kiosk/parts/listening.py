"""« Écouter »: first in the dock of every screen, and a button of its own on every choice. Listening never selects."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import flet as ft

from kiosk.models.aloud import Block, Part, spoken
from kiosk.parts.controls import icon, pressable
from kiosk.parts.hooks import still, use_topics
from kiosk.parts.speaker import WARNING, read_screen, speaker
from kiosk.parts.styles import Press
from kiosk.parts.told import unread
from kiosk.said import Said
from kiosk.tokens import Look
from kiosk.visit import VOICE_SHEET, Visit

BUTTON_PX, RING_MM = 72, 3
AFTER_TONE_S = 1.2
"""The soft question of the warning sounds first."""


class Item(Protocol):
    """Draws one item of the dock."""

    def __call__(self, visit: Visit, name: str, label: str, on_click: Callable[[], Any], on: bool) -> ft.Control: ...  # noqa: D102


def with_listening(visit: Visit, items: list[ft.Control], item: Item) -> list[ft.Control]:
    """The items of the dock with « Écouter » before them.

    While something is read it is « Arrêter », and the two after it make it softer and louder, in the places of what
    nobody needs meanwhile: the dock is no longer than before, and any touch brings them back.
    """
    hearing = visit.hearing
    if not hearing.reading:
        return [item(visit, "speaker-high", visit.say("speech.listen"), lambda: listen(visit), False), *items]
    return [
        item(visit, "stop-circle", visit.say("speech.stop"), lambda: stop(visit), True),
        item(visit, "arrow-down", visit.say("speech.softer"), lambda: change(visit, -1), False),
        item(visit, "arrow-up", visit.say("speech.louder"), lambda: change(visit, 1), False),
        *items[2:],
    ]


def listen(visit: Visit) -> None:
    """Reads what is shown; where there is no voice for it, says so and what else can be done."""
    heard = visit.hearing.in_french and visit.voice is not None
    if visit.speaks or heard:
        read_screen(visit)
    else:
        visit.open_sheet(VOICE_SHEET if visit.sheet != VOICE_SHEET else None)


def stop(visit: Visit) -> None:
    """Nothing more is read."""
    speaker(visit).stop()


def change(visit: Visit, steps: int) -> None:
    """Louder or softer; the stretch that the touch interrupted begins anew."""
    visit.hearing.change(steps)
    speaker(visit).again()


def use_read_once(visit: Visit, what: str) -> None:
    """A hook: reads the screen of the calling component when it is first drawn, to who has listened in this visit.

    It is not a sign of life: what is read of the warning does not put off its end.
    """

    async def begin() -> None:
        if not (visit.hearing.used and visit.speaks) or visit.hearing.reading:
            return
        await asyncio.sleep(AFTER_TONE_S if what == WARNING else 0.0)
        if visit.warned or visit.over:
            read_screen(visit, what=what, rests=False)

    ft.use_effect(begin, dependencies=[])


def listen_button(visit: Visit, words: Sequence[str], *, chosen: bool = False) -> ft.Control:
    """The round button that reads one choice: its words, and whether it is chosen. 15 mm at least."""
    return unread(still(_Listen)(visit, visit.look, tuple(words), chosen))


@ft.component
def _Listen(visit: Visit, look: Look, words: tuple[str, ...], chosen: bool) -> ft.Control:
    use_topics(visit, "speech")
    what = f"choice:{words[0]}"
    reads = visit.hearing.reading == what

    def touched() -> None:
        if visit.hearing.reading == what:
            stop(visit)
        elif visit.voice is not None:
            parts = tuple(Part(str(one), one.french if isinstance(one, Said) else None) for one in words if one)
            said = spoken([Block("choice", parts, chosen=chosen)], visit.language, visit.voice.speaks)
            speaker(visit).read(what, said)

    palette = look.palette
    ground, ink = (palette.selected_edge, palette.on_action) if reads else (palette.tint, palette.on_tint)
    edge = palette.selected_edge if reads else palette.control
    size = look.touch(BUTTON_PX)
    drawn = Press(ground, ink, edge=edge, edge_px=3, ledge=edge, ledge_px=4, radius=BUTTON_PX, pad_x=4, pad_y=4)
    name = visit.say("speech.stop") if reads else visit.say("speech.listen_to", words=words[0])
    face = icon(visit, "pause" if reads else "speaker-high", size * 0.5, ink, said=str(name))
    return pressable(visit, face, touched, drawn, width=size, height=size, align=ft.Alignment.CENTER)


def listen_room(look: Look) -> float:
    """What the button takes of a choice, with the ring around it, in px."""
    return look.touch(BUTTON_PX) + 2 * look.mm(RING_MM)
