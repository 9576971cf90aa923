"""A text becomes sound on this machine, with no network: espeak-ng in a process of its own. No Flet here.

The text goes through a pipe and the sound comes back through one: neither is written to a file, nor stands in the list
of processes.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from kiosk.wording import FRENCH, fixed_sentences

PROGRAM = "espeak-ng"
RENDER_S = 15.0
PROBE_S = 5.0
HEADER = 44
SLOW_WORDS_A_MINUTE, SLOW_GAP_10MS = 120, 4
"""For what is written down meanwhile (a code): pace, and the silence between two words in hundredths of a second."""
NO_PULSE = {"PULSE_RUNTIME_PATH": "/dev/null/none"}
"""Nothing is played by the program, yet it asks PulseAudio, whose library would leave a folder in the temporary one."""
KEPT_BYTES = 8_000_000
"""Sounds of fixed sentences that are kept: about three minutes."""


@dataclass(frozen=True)
class Manner:
    """How a language is read: the voice of espeak-ng by its language tag, words a minute, silence between words."""

    tag: str
    words_a_minute: int
    gap_10ms: int = 0


MANNERS: Mapping[str, Manner] = {
    "fr": Manner("fr-fr", 140), "fr-simple": Manner("fr-fr", 115, 2), "en": Manner("en-gb", 140),
    "es": Manner("es", 140), "pt": Manner("pt", 140), "ro": Manner("ro", 140), "tr": Manner("tr", 140),
    "uk": Manner("uk", 135),
}  # fmt: skip
"""Not Arabic nor Persian: espeak-ng 1.51 reads their words, written without vowels, badly (decision 0041)."""


class SpeechFailed(Exception):
    """The text could not be spoken. It is not in the message."""


class Voice(Protocol):
    """Reads a text aloud."""

    def speaks(self, language: str) -> bool:
        """True where this machine has a voice for a language of ``kiosk.wording.LANGUAGES``."""

    def wav(self, text: str, language: str = "fr", *, slow: bool = False) -> bytes:
        """The sound, as a WAV file in memory; ``slow`` for what is written down. Takes up to seconds.

        Raises SpeechFailed, also for a language without a voice.
        """


class Espeak:
    """The voices of espeak-ng that are installed."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._tags = _installed(program)

    def speaks(self, language: str) -> bool:
        """See ``Voice``."""
        return language in MANNERS and MANNERS[language].tag in self._tags

    def wav(self, text: str, language: str = "fr", *, slow: bool = False) -> bytes:
        """See ``Voice``."""
        if not self.speaks(language):
            raise SpeechFailed
        manner = MANNERS[language]
        pace, gap = (SLOW_WORDS_A_MINUTE, SLOW_GAP_10MS) if slow else (manner.words_a_minute, manner.gap_10ms)
        done = _run([self._program, "-v", manner.tag, "-s", str(pace), "-g", str(gap), "--stdin", "--stdout"], text)
        if done is None or len(done) <= HEADER:
            raise SpeechFailed
        return _sized(done)


class Remembering:
    """A voice that keeps the sound of sentences of the interface, which are the same for everybody.

    Nothing else is ever kept: neither what was typed, nor a sentence with something filled in. The longest unused goes
    first. It is called from several threads.
    """

    def __init__(self, voice: Voice, kept_bytes: int = KEPT_BYTES) -> None:
        self._voice, self._most = voice, kept_bytes
        self._kept: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._size = 0
        self._lock = threading.Lock()

    def speaks(self, language: str) -> bool:
        """See ``Voice``."""
        return self._voice.speaks(language)

    def wav(self, text: str, language: str = "fr", *, slow: bool = False) -> bytes:
        """See ``Voice``."""
        key = (language, text)
        with self._lock:
            kept = self._kept.get(key) if not slow else None
            if kept is not None:
                self._kept.move_to_end(key)
                return kept
        sound = self._voice.wav(text, language, slow=slow)
        if not slow and text in fixed_sentences(language):
            self._keep(key, sound)
        return sound

    def _keep(self, key: tuple[str, str], sound: bytes) -> None:
        with self._lock:
            self._size += len(sound) - len(self._kept.get(key, b""))
            self._kept[key] = sound
            while self._size > self._most and self._kept:
                _, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped)

    def kept(self) -> list[str]:
        """The sentences whose sound is kept."""
        with self._lock:
            return [text for _, text in self._kept]


class Read:
    """A voice that lets a person speak where they have read these very words: `recorded` gives the sound, or None."""

    def __init__(self, voice: Voice, recorded: Callable[[str, str], bytes | None]) -> None:
        self._voice, self._recorded = voice, recorded

    def speaks(self, language: str) -> bool:
        """See ``Voice``."""
        return self._voice.speaks(language)

    def wav(self, text: str, language: str = "fr", *, slow: bool = False) -> bytes:
        """See ``Voice``; a recording may be Ogg Opus."""
        return self._recorded(text, language) or self._voice.wav(text, language, slow=slow)


def duration_s(sound: bytes) -> float:
    """How long a sound of ours lasts, in seconds: a WAV file, or a recorded clip (Ogg Opus). 0.0 for anything else."""
    if sound.startswith(b"OggS"):
        return _ogg_s(sound)
    if len(sound) < HEADER or not sound.startswith(b"RIFF"):
        return 0.0
    (bytes_a_second,) = struct.unpack_from("<I", sound, 28)
    return (len(sound) - HEADER) / bytes_a_second if bytes_a_second else 0.0


def find_voice() -> Voice | None:
    """The voices of this machine; ``None`` where espeak-ng is not installed, or has none of our languages."""
    program = shutil.which(PROGRAM)
    if program is None:
        return None
    voice = Espeak(program)
    return Remembering(voice) if any(voice.speaks(language) for language in MANNERS) else None


def wake(voice: Voice) -> None:
    """Lets every voice say a word that nobody hears: its files are then in memory for the first person."""
    for language in MANNERS:
        if voice.speaks(language) and language not in FRENCH[1:]:
            try:
                voice.wav("1", language)
            except SpeechFailed:
                return


OPUS_HZ = 48_000
GRANULE_AT = 6


def _ogg_s(sound: bytes) -> float:
    """The granule of the last page of an Ogg Opus file is its length in samples of 48 kHz."""
    last = sound.rfind(b"OggS")
    if len(sound) < last + GRANULE_AT + 8:
        return 0.0
    (samples,) = struct.unpack_from("<q", sound, last + GRANULE_AT)
    return max(0.0, int(samples) / OPUS_HZ)


def _installed(program: str) -> frozenset[str]:
    """The language tags of the voices that the program has. Its list: one voice a line, the tag second."""
    listed = _run([program, "--voices"], "", PROBE_S)
    lines = (listed or b"").decode(errors="replace").splitlines()[1:]
    return frozenset(words[1] for words in map(str.split, lines) if len(words) > 1)


def _run(command: list[str], text: str, limit_s: float | None = None) -> bytes | None:
    """What a program of ours writes, given ``text``; ``None`` where it fails or takes too long."""
    try:
        done = subprocess.run(
            command, input=text.encode(), capture_output=True, check=False, timeout=limit_s or RENDER_S,
            env={**os.environ, "LC_ALL": "C.UTF-8", **NO_PULSE},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _sized(wav: bytes) -> bytes:
    """The same sound with its true length: a program that writes to a pipe cannot know it when it writes the header."""
    body = wav[HEADER:]
    sized = bytearray(wav[:HEADER])
    struct.pack_into("<I", sized, 4, HEADER - 8 + len(body))
    struct.pack_into("<I", sized, 40, len(body))
    return bytes(sized) + body
