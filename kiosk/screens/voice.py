"""What « Écouter » says where there is no voice, for this language or on this terminal: it never reads badly."""

from __future__ import annotations

import asyncio
from typing import Any

import flet as ft

from kiosk.models.aloud import IN_FRENCH
from kiosk.parts.controls import paragraph, second_button, talk_button
from kiosk.parts.speaker import read_screen
from kiosk.screens.sheets import sheet
from kiosk.visit import Visit

DRAWN_S = 0.1


@ft.component
def VoiceSheet(visit: Visit, actions: Any) -> ft.Control:
    """« Pas de voix dans cette langue »: in French instead, or somebody to talk to."""
    del actions
    french = visit.voice is not None and visit.voice.speaks(IN_FRENCH)
    kind = "none" if french and not visit.speaks else "mute"

    async def in_french() -> None:
        visit.hearing.in_french = True
        visit.open_sheet(None)
        await asyncio.sleep(DRAWN_S)  # the screen beneath is drawn again first
        read_screen(visit)

    buttons: list[ft.Control] = [talk_button(visit)]
    if kind == "none":
        label = visit.say("speech.none.french")
        buttons.insert(0, second_button(visit, label, in_french, icon_name="speaker-high"))
    return sheet(
        visit,
        visit.say(f"speech.{kind}.title"),
        [
            paragraph(visit, visit.say(f"speech.{kind}.detail")),
            ft.Row(buttons, wrap=True, spacing=visit.look.px(24), run_spacing=visit.look.px(20)),
        ],
    )
