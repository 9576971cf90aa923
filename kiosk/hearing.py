"""What a visit hears: what is read aloud now, how loud, and whether anything was. No Flet here.

The reading itself is a task of the page (`kiosk.parts.speaker`); a visit knows it as its `Player`, so that its end, or
a touch that the page tells of, stops it.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

SAID = "/kiosk/said/"
"""Where the page gets a sound, by its name (`Hearing.offer`) and `.wav`."""
LOUDNESS_DB = (-24, -12, 0)
"""Steps of loudness: a range above 18 dB, each 12 dB over the one below it (EN 301 549, 8.2.1)."""
USUAL = 1


class Player(Protocol):
    """Reads aloud for one visit."""

    def hush(self) -> None:
        """A touch has silenced the page: nothing more is to be read, unless that touch says otherwise."""

    def stop(self) -> None:
        """Nothing more is read, at once."""


class Hearing:
    """Of one visit.

    `rests(reading)` is called when something begins to be read, or ends, for which who hears it may touch nothing;
    `told()` when the screen is to show it. `now_s` is the wall clock, which the page of the same machine shows too.
    """

    def __init__(
        self, rests: Callable[[bool], None], told: Callable[[], None], now_s: Callable[[], float] = time.time
    ) -> None:
        self._rest, self._told, self._now_s = rests, told, now_s
        self._since_s, self._rests = 0.0, True
        self.reading = ""
        self.used = False
        self.in_french = False
        self.loudness = USUAL
        self.player: Player | None = None
        self._sound: tuple[str, Awaitable[bytes]] | None = None

    def offer(self, sound: Awaitable[bytes]) -> str:
        """A name, drawn anew each time and told to nobody else, under which the page gets a sound; the last one only.

        It begins with when the reading began: the page plays nothing that is older than the last touch.
        """
        self._sound = (f"{int(self._since_s * 1000)}-{secrets.token_hex(16)}", sound)
        return self._sound[0]

    def sound(self, name: str) -> Awaitable[bytes] | None:
        """What is offered under `name`, which may still be made; None for any other name."""
        offered = self._sound
        return offered[1] if offered is not None and secrets.compare_digest(offered[0], name) else None

    def begin(self, what: str, *, rests: bool = True) -> None:
        """`what` is read from now on; `rests` is False for what must not keep the visit alive (the warning)."""
        self.reading, self._since_s, self._rests = what, self._now_s(), rests
        self.used = self.used or rests
        if rests:
            self._rest(True)

    def sounds(self) -> None:
        """It can be heard: only now is the screen drawn anew, which would have kept the sound waiting."""
        self._told()

    def end(self) -> None:
        """Nothing is read any more."""
        self._sound = None
        if self.reading:
            self.reading = ""
            if self._rests:
                self._rest(False)
            self._told()

    def hush(self, at_s: float) -> None:
        """The page was touched at `at_s` (wall clock). Ignored where the reading began by that very touch."""
        if self.reading and at_s >= self._since_s and self.player is not None:
            self.player.hush()

    def stop(self) -> None:
        """Whatever is read stops."""
        if self.player is not None:
            self.player.stop()
        self.end()

    def change(self, steps: int) -> bool:
        """Louder (1) or softer (-1); False where it is already the loudest or the softest."""
        wanted = min(max(self.loudness + steps, 0), len(LOUDNESS_DB) - 1)
        changed, self.loudness = wanted != self.loudness, wanted
        return changed

    @property
    def volume(self) -> float:
        """The loudness as a factor of the amplitude, up to 1."""
        return float(10 ** (LOUDNESS_DB[self.loudness] / 20))
