"""Voices for tests: one that remembers what it was asked to say, and sounds for a while of silence."""

from __future__ import annotations

import io
import wave

from kiosk.speech import MANNERS

SILENT_HZ, BYTES = 100, 2


def silence(seconds: float) -> bytes:
    """A WAV file in which nothing is heard."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as written:
        written.setparams((1, BYTES, SILENT_HZ, 0, "NONE", ""))
        written.writeframes(bytes(int(seconds * SILENT_HZ) * BYTES))
    return sound.getvalue()


class Recording:
    """A voice for every language that has one, which keeps what it said, as (words, language)."""

    def __init__(self, seconds: float = 10.0, languages: tuple[str, ...] = tuple(MANNERS)) -> None:
        self.heard: list[tuple[str, str]] = []
        self._sound, self._languages = silence(seconds), languages

    @property
    def said(self) -> list[str]:
        """The words alone."""
        return [words for words, _ in self.heard]

    def speaks(self, language: str) -> bool:
        """See ``kiosk.speech.Voice``."""
        return language in self._languages

    def wav(self, text: str, language: str = "fr", *, slow: bool = False) -> bytes:
        """See ``kiosk.speech.Voice``."""
        del slow
        self.heard.append((text, language))
        return self._sound
