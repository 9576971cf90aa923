"""The sounds of the terminal, of a call for help and of « Êtes-vous toujours là ? »: soft notes, made by this code."""

import io
import math
import struct
import wave
from collections.abc import Sequence
from typing import Any

RATE_HZ = 22_050
NOTES = ((0.0, 659.26), (0.28, 523.25), (0.72, 659.26), (1.0, 523.25))
"""When each note begins (seconds), and its pitch (Hz): E and C, twice."""
STILL_THERE = ((0.0, 523.25), (0.3, 783.99))
"""C and G, once: a question, never to be taken for the call."""
NOTE_S, WHOLE_S = 0.9, 2.0
RISE_S = 0.012
LOUD = 0.42
FADES_PER_S = 4.5
PARTIALS = ((1.0, 1.0), (2.0, 0.35), (3.0, 0.12))
"""Of each note: how many times its pitch, how loud. Not a pure tone, which older ears miss."""


def wav(notes: Sequence[tuple[float, float]] = NOTES) -> bytes:
    """The notes as a WAV file: one channel, 16 bits."""
    samples = [_at(number / RATE_HZ, notes) for number in range(int(WHOLE_S * RATE_HZ))]
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(b"".join(struct.pack("<h", round(32_767 * sample)) for sample in samples))
    return out.getvalue()


def score(notes: Sequence[tuple[float, float]] = NOTES) -> dict[str, Any]:
    """The same notes in numbers, for a page that may load no file of ours (``kiosk/window/bar.js``)."""
    return {
        "rate": RATE_HZ, "notes": notes, "note": NOTE_S, "whole": WHOLE_S, "rise": RISE_S, "loud": LOUD,
        "fades": FADES_PER_S, "partials": PARTIALS,
    }  # fmt: skip


def _at(moment_s: float, notes: Sequence[tuple[float, float]]) -> float:
    """The sum of the notes at one moment, between -1 and 1."""
    total = 0.0
    for begins_s, pitch_hz in notes:
        since_s = moment_s - begins_s
        if 0.0 <= since_s < NOTE_S:
            swell = min(1.0, since_s / RISE_S) * math.exp(-FADES_PER_S * since_s)
            total += swell * sum(loud * math.sin(2 * math.pi * pitch_hz * times * since_s) for times, loud in PARTIALS)
    return max(-1.0, min(1.0, LOUD * total))
