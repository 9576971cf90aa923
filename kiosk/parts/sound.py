"""Sounds of the terminal, played by the page: after a touch only, so that no browser holds them back."""

import logging
from collections.abc import Awaitable, Callable

import flet as ft
from flet_audio import Audio

from kiosk.parts.hooks import use_kept
from kiosk.visit import Visit

LOG = logging.getLogger("point_contact.kiosk")
CHIME = "/sounds/chime.wav"


def use_chime(visit: Visit) -> Callable[[], Awaitable[None]]:
    """A hook: what rings the chime of a call for help, not more often than the visit lets it."""
    audio = use_kept(lambda: Audio(src=CHIME))

    async def ring() -> None:
        if not visit.may_ring():
            return
        try:
            await audio.play()
        except (RuntimeError, TimeoutError) as error:
            # A terminal without a loudspeaker: the flag stands all the same, and says all that the sound does.
            LOG.warning("chime", extra={"fault": type(error).__name__})

    return ring


def use_ring_once(visit: Visit) -> Callable[[], Awaitable[None]]:
    """``use_chime``, rung when the calling component is first drawn."""
    ring = use_chime(visit)

    async def first() -> None:
        await ring()

    ft.use_effect(first, dependencies=[])
    return ring
