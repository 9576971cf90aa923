"""The sounds of the terminal, of a call for help and of « Êtes-vous toujours là ? »: soft notes, made by this code."""

import io
import math
import struct
import wave
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

RATE_HZ = 22_050
NOTES = ((0.0, 659.26), (0.28, 523.25), (0.72, 659.26), (1.0, 523.25))
"""When each note begins (seconds), and its pitch (Hz): E and C, twice."""
STILL_THERE = ((0.0, 523.25), (0.3, 783.99))
"""C and G, once: a question, never to be taken for the call."""
RING_EVERY_S = 6.0
"""A child who hammers on the button makes no storm of sound."""
NOTE_S, WHOLE_S = 0.9, 2.0
RISE_S = 0.012
LOUD = 0.42
FADES_PER_S = 4.5
PARTIALS = ((1.0, 1.0), (2.0, 0.35), (3.0, 0.12))
"""Of each note: how many times its pitch, how loud. Not a pure tone, which older ears miss."""


class Ringing:
    """When the chime of a call may sound. Time comes from `now` (seconds, monotonic)."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now, self._rung_at = now, float("-inf")

    def may_ring(self) -> bool:
        """True when it may sound, not more often than every ``RING_EVERY_S``; noted as rung."""
        now = self._now()
        if now - self._rung_at < RING_EVERY_S:
            return False
        self._rung_at = now
        return True


def wav(notes: Sequence[tuple[float, float]] = NOTES) -> bytes:
    """The notes as a WAV file: one channel, 16 bits."""
    samples = [0.0] * int(WHOLE_S * RATE_HZ)
    for begins_s, pitch_hz in notes:
        for at, sample in enumerate(_note(pitch_hz), round(begins_s * RATE_HZ)):
            samples[at] += sample
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        whole = [round(32_767 * max(-1.0, min(1.0, sample))) for sample in samples]
        file.writeframes(struct.pack(f"<{len(whole)}h", *whole))
    return out.getvalue()


def score(notes: Sequence[tuple[float, float]] = NOTES) -> dict[str, Any]:
    """The same notes in numbers, for a page that may load no file of ours (``kiosk/window/bar.js``)."""
    return {
        "rate": RATE_HZ, "notes": notes, "note": NOTE_S, "whole": WHOLE_S, "rise": RISE_S, "loud": LOUD,
        "fades": FADES_PER_S, "partials": PARTIALS,
    }  # fmt: skip


@cache
def _note(pitch_hz: float) -> tuple[float, ...]:
    """The samples of one note: a pitch is made once, however often it sounds."""
    return tuple(_at(number / RATE_HZ, pitch_hz) for number in range(int(NOTE_S * RATE_HZ)))


def _at(since_s: float, pitch_hz: float) -> float:
    swell = min(1.0, since_s / RISE_S) * math.exp(-FADES_PER_S * since_s)
    return LOUD * swell * sum(loud * math.sin(2 * math.pi * pitch_hz * times * since_s) for times, loud in PARTIALS)
