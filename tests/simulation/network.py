"""The faulty line between a terminal and the hub: a real HubClient, driven by the seed."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sync.errors import HubUnreachable
from sync.frames import HEAD_BYTES, LAST
from sync.wire import HEADER_COUNTER, HubRequest, HubResponse
from tests.simulation.witnessed import header_of

ROUND = "/v2/round"
NUMBERED = frozenset({ROUND, "/v1/take", "/v1/claim"})
"""What a terminal signs with a counter: repeated or altered, it is refused."""


class PowerCut(BaseException):
    """The terminal loses power between two instructions; nothing may catch it."""


def frame_ends(body: bytes) -> list[int]:
    """Where each frame of a stream but the last one ends (docs/protocol.md §2); nothing for any other message."""
    ends, at = [], 0
    while at + HEAD_BYTES < len(body):
        head = int.from_bytes(body[at : at + 4])
        at += HEAD_BYTES + (head & ~LAST)
        ends.append(at)
    return ends[:-1] if ends and ends[-1] == len(body) and head & LAST else []


@dataclass
class Line:
    """What can go wrong, as probabilities per message.

    A third of ``loss`` hits the request, the rest the reply: the second is the harder one, since the
    hub has applied what the terminal does not know to be applied. What is altered is a bit, or the end is missing.

    Attributes:
        late: a request that the terminal gave up waiting for, and that arrives before or after its next one.
        stall: an answer that comes when the terminal waits no more; ``wait`` lets that time pass.
    """

    answer: Callable[[HubRequest], HubResponse]
    random: random.Random
    loss: float = 0.0
    duplicate: float = 0.0
    alter: float = 0.0
    replay_old: float = 0.0
    late: float = 0.0
    stall: float = 0.0
    power_cut: float = 0.0
    wait: Callable[[int], None] = lambda _ms: None
    cut: bool = False
    past: list[HubRequest] = field(default_factory=list)
    under_way: list[HubRequest] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def calm(self) -> None:
        """From now on everything arrives, once, as it was sent."""
        self.cut = False
        self.loss = self.duplicate = self.alter = self.replay_old = self.late = self.stall = self.power_cut = 0.0

    def send(self, request: HubRequest) -> HubResponse:
        """Carries one request, or not."""
        if self.cut or self._happens(self.loss / 3, "request lost"):
            raise HubUnreachable("Le hub ne répond pas.")
        if self._happens(self.alter, "request altered"):
            self._expect_refused(replace(request, body=self._flip(request.body)))
            raise HubUnreachable("Le hub ne répond pas.")
        if self.past and self._happens(self.replay_old, "old request replayed"):
            self._expect_refused(self.random.choice(self.past))
        if self._happens(self.late, "request late"):
            self.under_way = [request] if request.path in NUMBERED else []
            raise HubUnreachable("Le hub ne répond pas.")
        if self.under_way and self._happens(0.5, "late request came first"):
            self.answer(self.under_way.pop())
        response = self.answer(request)
        if self.under_way and request.path in NUMBERED and response.status == 200:
            late = self.under_way.pop()
            if int(header_of(late, HEADER_COUNTER)) < int(header_of(request, HEADER_COUNTER)):
                self._expect_refused(late)
            else:
                self.answer(late)  # of a disk that was put back since (seed 12111)
        if request.path in NUMBERED and response.status < 500:  # else its number was not used up
            self.past = [*self.past[-19:], request]
        if self._happens(self.duplicate, "request duplicated"):
            self._expect_refused(request)
        if self._happens(self.power_cut, "power cut"):
            raise PowerCut
        if self._happens(self.stall, "reply too late"):
            self.wait(self.random.randrange(30_000, 600_000))
            raise HubUnreachable("Le hub ne répond pas.")
        if self._happens(self.loss * 2 / 3, "reply lost"):
            raise HubUnreachable("Le hub ne répond pas.")
        if self._happens(self.alter, "reply altered"):
            return replace(response, body=self._flip(response.body))
        return response

    def _happens(self, probability: float, name: str) -> bool:
        if self.random.random() >= probability:
            return False
        self.counts[name] = self.counts.get(name, 0) + 1
        return True

    def _expect_refused(self, request: HubRequest) -> None:
        status = self.answer(request).status
        if request.path in NUMBERED and request.body:
            assert status >= 400, f"an altered or repeated request was accepted with {status}"

    def _flip(self, body: bytes) -> bytes:
        if not body:
            return b"\0"
        at = int(self.random.random() * len(body))  # one draw whatever the length: it varies with the order of keys
        if self._happens(0.5, "message cut short"):
            ends = frame_ends(body)
            if ends and self._happens(0.4, "stream cut between two frames"):
                return body[: ends[at % len(ends)]]
            return body[:at]
        return body[:at] + bytes([body[at] ^ 1 << self.random.randrange(8)]) + body[at + 1 :]
