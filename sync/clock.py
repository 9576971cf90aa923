"""Stamps and the hybrid logical clock. Pure: the physical time comes in as an argument.

A **stamp** is a text of 20 lower-case hexadecimal digits: 12 for the milliseconds since 1970 (UTC),
4 for the logical counter, 4 for the node (0 is the hub, otherwise the terminal's number). Comparing
two stamps as texts compares them in time, then in order of events, then by node.

Source: Kulkarni, Demirbas et al., "Logical Physical Clocks", 2014.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

HUB_NODE = 0
NODE_MAX = 0xFFFF
COUNTER_MAX = 0xFFFF
STAMP_LENGTH = 20
STAMP_PATTERN = r"^[0-9a-f]{20}$"


def make_stamp(ms: int, counter: int, node: int) -> str:
    """Returns the stamp of ``(ms, counter, node)``. Raises ValueError outside their ranges."""
    if not (0 <= ms < 1 << 48 and 0 <= counter <= COUNTER_MAX and 0 <= node <= NODE_MAX):
        raise ValueError("stamp out of range")
    return f"{ms:012x}{counter:04x}{node:04x}"


def stamp_ms(stamp: str) -> int:
    """Returns the milliseconds since 1970 of a stamp."""
    return int(stamp[:12], 16)


def stamp_counter(stamp: str) -> int:
    """Returns the logical counter of a stamp."""
    return int(stamp[12:16], 16)


def stamp_node(stamp: str) -> int:
    """Returns the node of a stamp: 0 for the hub, otherwise the terminal's number."""
    return int(stamp[16:20], 16)


class HybridClock:
    """Makes stamps that never go back, even when the physical clock does.

    Args:
        node: 0 for the hub, otherwise the terminal's number.
        now_ms: returns the physical time, milliseconds since 1970.
        last: the newest stamp made or seen before (kept by the owner across restarts).
    """

    def __init__(self, node: int, now_ms: Callable[[], int], last: str | None = None) -> None:
        self.node = node
        self._now_ms = now_ms
        self.last = last or make_stamp(0, 0, node)

    def tick(self) -> str:
        """Returns a new stamp, greater than any made or observed."""
        ms, counter = stamp_ms(self.last), stamp_counter(self.last)
        now = self._now_ms()
        if now > ms:
            self.last = make_stamp(now, 0, self.node)
        elif counter < COUNTER_MAX:
            self.last = make_stamp(ms, counter + 1, self.node)
        else:
            self.last = make_stamp(ms + 1, 0, self.node)
        return self.last

    def observe(self, stamp: str) -> None:
        """Notes a stamp made elsewhere, so that the next ``tick`` is greater."""
        self.last = max(self.last, stamp)


def utc_text(ms: int) -> str:
    """Milliseconds since 1970 as records write times: ``2026-11-24T08:00:00Z``."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
