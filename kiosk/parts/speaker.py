"""Reads aloud for one visit: stretch after stretch, each made while the one before it sounds, played by the page.

The page itself silences what sounds at the next touch (`kiosk.js`) and tells the visit when the finger is lifted. What
that touch was meant for comes a moment later or earlier, by another way: for as long nothing is read and the buttons
stay as they are, so that « Arrêter » does not become « Écouter » under the finger.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial

import flet as ft
from flet_audio import Audio, AudioState, AudioStateChangeEvent

from kiosk.hearing import SAID
from kiosk.models.aloud import Spoken, spoken
from kiosk.parts.told import blocks_of
from kiosk.speech import SpeechFailed, duration_s
from kiosk.visit import VOICE_SHEET, Visit

SCREEN, WARNING, GOODBYE, PERSONAL = "screen", "warning", "goodbye", "personal"
"""What is read, by its name; a choice under its words; a code or answers only after headphones were asked for."""
GRACE_S, BEGUN_S = 0.4, 0.5
SLACK_S = 3.0
"""How long after its length a sound whose end the page has not told counts as over."""


class Speaker:
    """The one player of a visit (`speaker`)."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._task: Future[None] | None = None
        self._audio: Audio | None = None
        self._begun, self._over = asyncio.Event(), asyncio.Event()
        self._page: ft.Page | None = None
        self._lines: Sequence[Spoken] = ()
        self._at = 0
        self.failed = ""

    def read(self, what: str, lines: Sequence[Spoken], *, rests: bool = True) -> None:
        """Begins to read `lines` under the name `what`, in the place of anything else; returns at once."""
        self._lines, self._at, self.failed = lines, 0, ""
        self._begin(what, rests=rests)

    def again(self) -> None:
        """Begins the stretch anew that was interrupted, at the loudness of now."""
        if self._at < len(self._lines):
            self._begin(self._visit.hearing.reading or SCREEN)

    def _begin(self, what: str, *, rests: bool = True) -> None:
        self._leave()
        self._page = ft.context.page
        if self._lines:
            self._visit.hearing.begin(what, rests=rests)
            first = self._making(self._at)
            self._show(first)  # before anything else of this touch is sent
            self._task = self._page.run_task(self._run, what, first)

    def hush(self) -> None:
        """See `kiosk.hearing.Player`."""
        self._leave()
        if self._page is not None:
            self._task = self._page.run_task(self._end_soon)

    def stop(self) -> None:
        """See `kiosk.hearing.Player`."""
        self._leave()
        self._lines = ()
        audio, self._audio = self._audio, None
        if audio is not None and self._page is not None:
            _drop(self._page, audio)
        self._visit.hearing.end()

    def _leave(self) -> None:
        """What is being made, or waited for, is left as it is."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()

    async def _end_soon(self) -> None:
        await asyncio.sleep(GRACE_S)
        self._task = None
        self.stop()

    async def _run(self, what: str, first: asyncio.Future[bytes]) -> None:
        visit, began = self._visit, self._at
        now = ahead = first
        try:
            while self._at < len(self._lines):
                if now is not ahead:
                    now = ahead
                    self._show(now)
                sound = await asyncio.shield(now)
                if self._at == began:
                    await _within(self._begun, BEGUN_S)
                    visit.hearing.sounds()
                if self._at + 1 < len(self._lines):
                    ahead = self._making(self._at + 1)
                await _within(self._over, duration_s(sound) + SLACK_S)
                self._at += 1
        except SpeechFailed:
            self.failed = what
        finally:
            ahead.cancel()  # what is still being made is thrown away
        if not visit.over and what not in (WARNING, GOODBYE):
            visit.touch()  # who has listened to the end is there
        self._task = None
        self.stop()
        if self.failed and what not in (WARNING, GOODBYE, PERSONAL):
            visit.open_sheet(VOICE_SHEET)

    def _making(self, at: int) -> asyncio.Future[bytes]:
        """The sound of a stretch, which is made meanwhile. A fault of it is told to who waits for it, or to nobody."""
        making = asyncio.ensure_future(self._sound(self._lines[at]))
        making.add_done_callback(lambda done: done.cancelled() or done.exception())
        return making

    async def _sound(self, line: Spoken) -> bytes:
        """Raises SpeechFailed."""
        voice = self._visit.voice
        if voice is None:
            raise SpeechFailed
        return await asyncio.to_thread(partial(voice.wav, line.words, line.language, slow=line.slow))

    def _show(self, sound: asyncio.Future[bytes]) -> None:
        """Lets the page fetch and play a sound, which may still be made while the page makes its player.

        By its address, not by its bytes: the page's part of Flet writes every byte it is given into a line of text.
        """
        self._begun.clear()
        self._over.clear()
        address, volume = f"{SAID}{self._visit.hearing.offer(sound)}.wav", self._visit.hearing.volume
        if self._audio is None:
            # Not `play`: it first waits for a place in a sound that is not loaded yet. The touch is leave enough.
            self._audio = Audio(src=address, autoplay=True, volume=volume, on_state_change=self._changed)
        else:
            self._audio.src, self._audio.volume = address, volume
            self._audio.update()

    def _changed(self, event: AudioStateChangeEvent) -> None:
        if event.state == AudioState.PLAYING:
            self._begun.set()
        elif event.state == AudioState.COMPLETED:
            self._over.set()


def _drop(page: ft.Page, audio: Audio) -> None:
    """Takes a player out of the page, which then is silent. Flet itself would wait until nothing refers to it."""
    services = page._services
    services._services = [one for one in services._services if one is not audio]
    with suppress(RuntimeError):  # the page may be closed already
        services.update()


async def _within(event: asyncio.Event, limit_s: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), limit_s)


def speaker(visit: Visit) -> Speaker:
    """The player of a visit, made when it is first asked for."""
    if not isinstance(visit.hearing.player, Speaker):
        visit.hearing.player = Speaker(visit)
    return visit.hearing.player


def read_screen(visit: Visit, *, what: str = SCREEN, rests: bool = True) -> None:
    """Reads what is shown; nothing of what the person typed."""
    voice = visit.voice
    if voice is None:
        return
    french = not visit.speaks
    lines = spoken(blocks_of(ft.context.page), visit.language, voice.speaks, french=french)
    speaker(visit).read(what, lines, rests=rests)
