"""Sounds of the terminal, played by the page: after a touch only, so that no browser holds them back."""

import logging
from collections.abc import Awaitable, Callable

import flet as ft
from flet_audio import Audio

from kiosk.parts.hooks import use_kept
from kiosk.visit import Visit

LOG = logging.getLogger("point_contact.kiosk")
CHIME, STILL_THERE = "/sounds/chime.wav", "/sounds/still-there.wav"


def use_chime(visit: Visit) -> Callable[[], Awaitable[None]]:
    """A hook: what rings the chime of a call for help, not more often than the visit lets it."""
    audio = use_kept(lambda: Audio(src=CHIME))

    async def ring() -> None:
        if visit.ringing.may_ring():
            await _play(audio)

    return ring


async def _play(audio: Audio) -> None:
    try:
        await audio.play()
    except (RuntimeError, TimeoutError) as error:
        # A terminal without a loudspeaker: the screen stands all the same, and says all that the sound does.
        LOG.warning("chime", extra={"fault": type(error).__name__})


def use_question_once() -> None:
    """A hook: a soft question, when the calling component is first drawn. Who looks elsewhere hears that it asks."""
    audio = use_kept(lambda: Audio(src=STILL_THERE))

    async def ask() -> None:
        await _play(audio)

    ft.use_effect(ask, dependencies=[])


def use_ring_once(visit: Visit) -> Callable[[], Awaitable[None]]:
    """``use_chime``, rung when the calling component is first drawn."""
    ring = use_chime(visit)
    ft.use_effect(ring, dependencies=[])
    return ring
