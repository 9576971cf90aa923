"""A bad line, as TCP shows it to its programs: a rate, a round trip, and packets that are lost.

A proxy cannot lose packets: it sees a stream. What a program notices of a loss is that nothing comes for a while, and
that its connection sends less afterwards. So this does to a stream what a sender of TCP does (RFC 5681, Reno with
selective acknowledgements): a window of segments grows from ten (RFC 6928), doubling at first and by one a round trip
later; each segment is lost with the given odds; with three duplicate acknowledgements a loss costs one more round trip
and half the window, with fewer a time-out of a second or more, doubled as long as the segment is lost again (RFC 6298),
and a window of one. What follows a lost segment waits for it. All connections share the rate of their direction.

Why that is faithful enough: with 5 % of loss and 600 ms, formulas that were fitted to real lines give 62 kbit/s a
connection (Padhye et al., SIGCOMM 1998, with delayed acknowledgements) to 106 kbit/s (Mathis et al. 1997, which knows
no time-outs); 256 kbit/s are never reached. tests/sync/bench/test_bad_line.py holds this model between the two where
the rate does not matter (69 kbit/s); with 256 kbit/s it gives 56.
Newer senders (CUBIC falls back to this at such rates; BBR does better) and a radio link that repeats by itself would be
faster. A connection costs a round trip to open, and a second more when its first packet is lost. Acknowledgements are
not lost (the next one makes up for it), nor is TLS there, which would cost one round trip more a connection.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from random import Random

SEGMENT_BYTES = 1448
FIRST_WINDOW = 10
DUPLICATES = 3
LEAST_TIMEOUT_S = 1.0
TIMEOUT_MAX_S = 60.0
SYN_TIMEOUT_S = 1.0


@dataclass(frozen=True)
class BadLine:
    """A line. ``loss`` is the odds of each packet; ``seed`` makes two runs lose alike."""

    kbit_s: float = 256
    rtt_s: float = 0.6
    loss: float = 0.05
    seed: int = 1
    least_timeout_s: float = LEAST_TIMEOUT_S

    @property
    def segment_s(self) -> float:
        """How long one full segment occupies the line."""
        return SEGMENT_BYTES * 8 / (self.kbit_s * 1000)

    @property
    def timeout_s(self) -> float:
        """The first time-out for a segment that was not acknowledged."""
        return max(self.least_timeout_s, self.rtt_s * 4 / 3)


@dataclass(frozen=True)
class Flight:
    """What becomes of some segments: how many arrive after how long, in order; how long until all are acknowledged."""

    arrivals: tuple[tuple[float, int], ...]
    settled_s: float
    lost: bool


@dataclass
class Sender:
    """One direction of one connection."""

    line: BadLine
    random: Random
    window: float = FIRST_WINDOW
    threshold: float = float("inf")

    def send(self, segments: int) -> Flight:
        """Sends at most a window of segments, all at once."""
        line, step = self.line, self.line.segment_s
        lost = [at for at in range(segments) if self.random.random() < line.loss]
        if not lost:
            self.window += segments if self.window < self.threshold else segments / self.window
            done_s = segments * step + line.rtt_s
            return Flight(((segments * step + line.rtt_s / 2, segments),), done_s, lost=False)
        first = lost[0]
        arrivals = ((first * step + line.rtt_s / 2, first),) if first else ()
        self.threshold = max(segments / 2, 2)
        again_s = self._recovered_s(segments, lost)
        return Flight((*arrivals, (again_s + line.rtt_s / 2, segments - first)), again_s + line.rtt_s, lost=True)

    def _recovered_s(self, segments: int, lost: list[int]) -> float:
        """When what was lost is sent with success, and the window from then on."""
        line, step = self.line, self.line.segment_s
        after_first = segments - lost[0] - len(lost)
        if after_first >= DUPLICATES:
            self.window = self.threshold
            if not any(self.random.random() < line.loss for _ in lost):
                return (lost[0] + DUPLICATES) * step + line.rtt_s
        self.window = 1
        waited, timeout = 0.0, line.timeout_s
        while True:
            waited, timeout = waited + timeout, min(2 * timeout, TIMEOUT_MAX_S)
            if self.random.random() >= line.loss:
                break
        return waited + (len(lost) - 1) * step + (line.rtt_s if len(lost) > 1 else 0)


@dataclass
class Direction:
    """The rate of one direction, which all its connections share."""

    free_at_s: float = 0.0

    def wait_s(self, now_s: float, busy_s: float) -> float:
        """Takes the line for so long; returns how long it must be waited for."""
        begins_s = max(now_s, self.free_at_s)
        self.free_at_s = begins_s + busy_s
        return begins_s - now_s


@dataclass
class Stream:
    """Carries one direction of one connection over a bad line."""

    sender: Sender
    direction: Direction
    reader: asyncio.StreamReader
    flying: deque[tuple[float, int]] = field(default_factory=deque)
    """When segments are acknowledged, and how many."""

    async def room(self) -> int:
        """How many segments may leave now, one at least: waits for an acknowledgement when none may."""
        clock = asyncio.get_running_loop().time
        while True:
            while self.flying and self.flying[0][0] <= clock():
                self.flying.popleft()
            free = int(self.sender.window) - sum(count for _, count in self.flying)
            if free >= 1:
                return free
            await asyncio.sleep(max(0.0, self.flying[0][0] - clock()))

    async def pieces(self, queue: asyncio.Queue[tuple[float, bytes]]) -> None:
        """Puts what is read into ``queue``, each piece with the moment at which it arrives; an empty one at the end."""
        clock = asyncio.get_running_loop().time
        while True:
            piece = await self.reader.read(await self.room() * SEGMENT_BYTES)
            count = -(-len(piece) // SEGMENT_BYTES)
            if not piece:
                await queue.put((clock() + self.sender.line.rtt_s / 2, b""))
                return
            began_s = clock()
            began_s += self.direction.wait_s(began_s, len(piece) * 8 / (self.sender.line.kbit_s * 1000))
            flight = self.sender.send(count)
            start = 0
            for after_s, segments in flight.arrivals:
                end = start + segments * SEGMENT_BYTES
                await queue.put((began_s + after_s, piece[start:end]))
                start = end
            self.flying.append((began_s + flight.settled_s, count))
            if flight.lost:
                await asyncio.sleep(max(0.0, began_s + flight.settled_s - clock()))
