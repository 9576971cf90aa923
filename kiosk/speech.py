"""A text becomes sound on this machine, with no network: espeak-ng in a process of its own. No Flet here.

The text goes through a pipe and the sound comes back through one: neither is written to a file, nor stands in the list
of processes.
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from typing import Protocol

PROGRAM = "espeak-ng"
WORDS_A_MINUTE = 120
GAP_10MS = 4
"""Silence between two words, in hundredths of a second: what is spelled is written down meanwhile."""
RENDER_S = 15.0
HEADER = 44


class SpeechFailed(Exception):
    """The text could not be spoken. It is not in the message."""


class Voice(Protocol):
    """Reads a text aloud."""

    def wav(self, text: str) -> bytes:
        """The sound, as a WAV file in memory. Takes up to seconds. Raises SpeechFailed."""


class Espeak:
    """The voice of espeak-ng, in French."""

    def __init__(self, program: str) -> None:
        self._program = program

    def wav(self, text: str) -> bytes:
        """See ``Voice``."""
        command = [self._program, "-v", "fr", "-s", str(WORDS_A_MINUTE), "-g", str(GAP_10MS), "--stdin", "--stdout"]
        try:
            done = subprocess.run(
                command, input=text.encode(), capture_output=True, check=False, timeout=RENDER_S,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            raise SpeechFailed from None
        if done.returncode != 0 or len(done.stdout) <= HEADER:
            raise SpeechFailed
        return _sized(done.stdout)


def duration_s(wav: bytes) -> float:
    """How long a sound of ours lasts, in seconds."""
    (bytes_a_second,) = struct.unpack_from("<I", wav, 28)
    return (len(wav) - HEADER) / bytes_a_second if bytes_a_second else 0.0


def find_voice() -> Voice | None:
    """The voice of this machine; ``None`` where espeak-ng is not installed: then nothing offers to read aloud."""
    program = shutil.which(PROGRAM)
    return Espeak(program) if program is not None else None


def _sized(wav: bytes) -> bytes:
    """The same sound with its true length: a program that writes to a pipe cannot know it when it writes the header."""
    body = wav[HEADER:]
    sized = bytearray(wav[:HEADER])
    struct.pack_into("<I", sized, 4, HEADER - 8 + len(body))
    struct.pack_into("<I", sized, 40, len(body))
    return bytes(sized) + body
