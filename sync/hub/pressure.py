"""How much one hub process takes on at once, and how it asks for patience before it is too much.

A country's terminals may all come back in one minute, after a power cut or an outage of the hub. Streams are read no
faster than they are applied, so what is open costs memory and waiting: above a limit a round is refused with the time
to come back at, drawn at random, so that those who are refused together do not return together. Well before, rounds
that are answered are asked to come back later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sync.errors import Refused

RETRY_S = 30
SLOWER_MAX = 6
"""A crowded hub asks for rounds this many times rarer, at most: half an hour instead of five minutes."""


@dataclass
class Pressure:
    """The rounds that are under way in this process.

    Args:
        at_once_max: more are refused.
        next_round_s: seconds between two rounds of a terminal when there is room.
        random: returns that many random bytes.

    Attributes:
        under_way: how many rounds are now.
    """

    at_once_max: int
    next_round_s: int
    random: Callable[[int], bytes]
    under_way: int = 0

    @contextmanager
    def room(self) -> Iterator[bool]:
        """Counts one round more while it lasts; gives False, and counts nothing, when there is no room for it."""
        if self.under_way >= self.at_once_max:
            yield False
            return
        self.under_way += 1
        try:
            yield True
        finally:
            self.under_way -= 1

    def asked_s(self) -> int:
        """When a terminal that is answered now should come back, in seconds: later above half of the limit."""
        crowd = max(0.0, 2 * self.under_way / self.at_once_max - 1)
        return round(self.next_round_s * (1 + (SLOWER_MAX - 1) * crowd))

    def refusal(self) -> Refused:
        """Why a round is not taken now, and when it will be: within the time between two rounds, at random."""
        drawn = int.from_bytes(self.random(4)) % max(1, self.next_round_s)
        return Refused(
            "busy",
            "Beaucoup de bornes appellent le hub à la fois : celle-ci recommencera seule dans quelques minutes.",
            status=503, retry_s=RETRY_S + drawn,
        )  # fmt: skip
