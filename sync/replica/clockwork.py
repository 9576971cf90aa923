"""The terminal's time: its own clock, corrected by what the hub signs.

A shared old PC may wake in 2020 or in two years' time. Every genuine answer of the hub carries signed
time: the terminal keeps the **offset** to its own clock and a **floor** that real time has passed.
Stamps come from a hybrid clock over the corrected time, so that they never go back. Nothing that must
be safe depends on the clock; when it is not trusted, the status says so.

What cannot be undone goes by **lived** and **certain** time (``Progress``): only what a clock that never jumps has
counted, and what the hub signed. Both are late while the machine is off, and never early: a date that is set ahead
moves neither.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from sync.clock import HybridClock
from sync.replica import meta
from sync.wire import CLOCK_AHEAD_MAX_MS

TOLERANCE_MS = 5 * 60 * 1000


@dataclass(frozen=True)
class ClockState:
    """How far the clock of this machine is trusted. ``drift_ms`` is positive when it is ahead of the hub."""

    trusted: bool
    drift_ms: int | None
    message: str | None


@dataclass(frozen=True)
class Progress:
    """What has surely passed.

    Attributes:
        lived_ms: how long this machine was on and counted, since it was enrolled.
        certain_ms: a moment that has surely come, milliseconds since 1970; 0 before the hub ever signed one.
    """

    lived_ms: int
    certain_ms: int


@dataclass(frozen=True)
class _Counted:
    """What was noted last, and at which reading of the clock that never jumps, since which start of the machine."""

    boot: str | None = None
    at_ms: int = 0
    lived_ms: int = 0
    signed_ms: int = 0
    lived_when_signed_ms: int = 0


class Clockwork:
    """Corrected time. Its memory is in the database, so that several programs share it.

    Args:
        now_ms: the machine's clock, milliseconds since 1970.
        monotonic_ms: a clock that never jumps; ``None`` where time is simulated.
        boot: which start of which machine that clock counts from.
    """

    def __init__(
        self, now_ms: Callable[[], int], monotonic_ms: Callable[[], int] | None = None, boot: str = ""
    ) -> None:
        self.local_ms = now_ms
        self._monotonic_ms = monotonic_ms or now_ms
        self._progresses = monotonic_ms is not None
        self._boot = boot
        self._anchor_ms = self._difference()

    def now_ms(self, connection: Connection) -> int:
        """The best known time: the machine's, corrected, and never below the signed floor."""
        corrected = self.local_ms() + meta.read_int(connection, meta.TIME_OFFSET_MS)
        return max(corrected, meta.read_int(connection, meta.TIME_FLOOR_MS), 0)

    def take_signed(self, connection: Connection, signed_ms: int, local_ms: int) -> None:
        """Notes a signed time of the hub.

        Args:
            connection: a writing transaction.
            signed_ms: what the hub signed.
            local_ms: what this machine's clock showed in the middle of that exchange.
        """
        meta.write(connection, meta.TIME_OFFSET_MS, signed_ms - local_ms)
        meta.write(connection, meta.TIME_FLOOR_MS, signed_ms)
        meta.write(connection, meta.TIME_DRIFT_MS, local_ms - signed_ms)
        self._anchor_ms = self._difference()
        lived_ms = self.progress(connection).lived_ms
        self._keep(connection, lived_ms, signed_ms, lived_ms)

    def take_late(self, connection: Connection, signed_ms: int, asked_ms: int) -> None:
        """Notes a time that the hub signed while its answer was days on the way (a stick).

        It lies between the asking and now: the correction is changed only where it contradicts that.

        Args:
            connection: a writing transaction.
            signed_ms: what the hub signed.
            asked_ms: what this machine's clock showed when it asked.
        """
        local_ms, offset = self.local_ms(), meta.read_int(connection, meta.TIME_OFFSET_MS)
        most = signed_ms - asked_ms if asked_ms <= local_ms else offset
        corrected = max(min(offset, most), signed_ms - local_ms)
        if corrected != offset:
            meta.write(connection, meta.TIME_OFFSET_MS, corrected)
            meta.write(connection, meta.TIME_DRIFT_MS, -corrected)
        meta.write(connection, meta.TIME_FLOOR_MS, max(signed_ms, meta.read_int(connection, meta.TIME_FLOOR_MS)))
        passed = self.progress(connection)
        if signed_ms > passed.certain_ms:
            self._keep(connection, passed.lived_ms, signed_ms, passed.lived_ms)

    def progress(self, connection: Connection) -> Progress:
        """Lived and certain time, now. They stand still without a clock that never jumps (simulated time)."""
        held = _counted(connection)
        lived_ms = held.lived_ms
        if self._progresses and held.boot == self._boot:
            lived_ms += max(0, self._monotonic_ms() - held.at_ms)
        certain_ms = held.signed_ms + lived_ms - held.lived_when_signed_ms if held.signed_ms else 0
        return Progress(lived_ms, certain_ms)

    def note_progress(self, connection: Connection) -> Progress:
        """``progress``, durable: what was counted until now outlasts a restart of the machine."""
        held, now = _counted(connection), self.progress(connection)
        self._keep(connection, now.lived_ms, held.signed_ms, held.lived_when_signed_ms)
        return now

    def count_from_now(self, connection: Connection) -> None:
        """Leaves out what was counted since the last note: this disk may have been in another machine then."""
        held = _counted(connection)
        self._keep(connection, held.lived_ms, held.signed_ms, held.lived_when_signed_ms)

    def _keep(self, connection: Connection, lived_ms: int, signed_ms: int, lived_when_signed_ms: int) -> None:
        boot, at_ms = (self._boot, self._monotonic_ms()) if self._progresses else (None, 0)
        counted = [boot, at_ms, lived_ms, signed_ms, lived_when_signed_ms]
        meta.write(connection, meta.PROGRESS, json.dumps(counted))

    def tick(self, connection: Connection, node: int) -> str:
        """Returns a new stamp, greater than any this replica has made or seen."""
        now = self.now_ms(connection)
        clock = HybridClock(node, lambda: now, meta.read(connection, meta.CLOCK))
        stamp = clock.tick()
        meta.write(connection, meta.CLOCK, stamp)
        return stamp

    def observe(self, connection: Connection, stamp: str) -> None:
        """Notes a stamp made elsewhere."""
        meta.write(connection, meta.CLOCK, max(stamp, meta.read(connection, meta.CLOCK) or ""))

    def state(self, connection: Connection) -> ClockState:
        """Judges the clock: below the floor, jumped since the last signed time, or far from the hub's."""
        drift = meta.read_optional_int(connection, meta.TIME_DRIFT_MS)
        floor = meta.read_int(connection, meta.TIME_FLOOR_MS)
        behind = self.local_ms() < floor - TOLERANCE_MS
        jumped = abs(self._difference() - self._anchor_ms) > TOLERANCE_MS
        ahead = drift is not None and drift > CLOCK_AHEAD_MAX_MS
        return ClockState(not (behind or jumped or ahead), drift, _sentence(behind=behind, jumped=jumped, ahead=ahead))

    def _difference(self) -> int:
        return self.local_ms() - self._monotonic_ms()


def _counted(connection: Connection) -> _Counted:
    text = meta.read(connection, meta.PROGRESS)
    return _Counted(*json.loads(text)) if text else _Counted()


def _sentence(*, behind: bool, jumped: bool, ahead: bool) -> str | None:
    if behind:
        return "L’horloge de la borne retarde : réglez la date et l’heure, puis lancez une synchronisation."
    if ahead:
        return "L’horloge de la borne avance : réglez la date et l’heure, puis lancez une synchronisation."
    if jumped:
        return "L’horloge de la borne vient de changer d’un coup : lancez une synchronisation pour la vérifier."
    return None
