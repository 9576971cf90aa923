"""What a world writes down beside the product: what persons were told, what terminals acknowledged, what the hub heard.

Nothing here asks the product what it thinks: the checks compare the two.
"""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

from sync.change import Value
from sync.claim import Reference
from sync.errors import Refused
from sync.frames import FrameReader
from sync.hub.push import Sender
from sync.hub.receipts import read
from sync.hub.stream import as_one
from sync.promise import GUARANTEED, MOVED
from sync.questions import TakeReply, TakeRequest
from sync.wire import (
    HEADER_COUNTER,
    HEADER_TERMINAL,
    HubRequest,
    HubResponse,
    Receipt,
    RefusalBody,
    RoundReply,
    RoundRequest,
)

OK = 200
UNHEARD = frozenset({"bad_signature", "busy", "disk_full", "malformed", "protocol", "unknown_terminal"})
"""The codes of requests whose number does not count."""
Said = tuple[str, str, str]
"""A record, a field, and its value as JSON: what a stamp would say, if clocks that are set right did not change it."""


@dataclass
class Written:
    """A write that the store acknowledged to a person: it may never be lost.

    Attributes:
        seen: what the terminal showed in the same fields before: what the person knew and replaced.
        lost: it was on a lost disk alone; a request that was under way may still bring it.
    """

    terminal: int
    kind: str
    id: str
    values: dict[str, Value]
    answers: dict[str, Any] | None
    seen: dict[str, Value] = field(default_factory=dict)
    lost: bool = False

    @property
    def said(self) -> set[Said]:
        """Every value of it."""
        return {(self.id, name, json.dumps(value)) for name, value in self.values.items()}


@dataclass
class Told:
    """What a person was told of a booking, last.

    Attributes:
        state: ``guaranteed``, ``requested``, ``cancelled`` or ``moved``: what was said, not what the hub thinks.
        reference: what is printed on the slip; ``None`` where this world keeps no real hash of it (they are slow).
        claim: the text of the slip's QR.
        moved_from: the booking it replaces.
        incarnation: of the replica that told it.
        wishes: the other slots that would do.
        grant_id, spend_no: the grant that a place was promised on, and which spend of it.
        made_ms: when.
        moved_on: a hub held, once, that another booking has their place.
    """

    terminal: int
    slot_id: str
    state: str
    reference: Reference | None = None
    claim: str = ""
    moved_from: str | None = None
    incarnation: str = ""
    wishes: frozenset[str] = frozenset()
    grant_id: str | None = None
    made_ms: int = 0
    spend_no: int = 0
    moved_on: bool = False

    def hears_of_a_move(self) -> None:
        """Another booking has their place now."""
        self.moved_on = True
        if self.state == GUARANTEED:
            self.state = MOVED


@dataclass
class Acts:
    """What named persons did at the hub since its database began.

    Attributes:
        withdrawn: the slots that their owner ended.
        hit: each booking that was given a place, with the people and places it may have hit, as the world counts.
        struck: the bookings whose visitors were told that nothing comes of it.
        welcomed: the slots whose people, all of them, somebody welcomed.
        settled: the lines of the list that were settled and never come back.
        ended: the bookings that somebody chose to end where too many people were expected.
        declined: the requests that somebody closed while they waited, and whose visitors were told so.
    """

    withdrawn: set[str] = field(default_factory=set)
    hit: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    struck: set[str] = field(default_factory=set)
    welcomed: set[tuple[str, frozenset[str]]] = field(default_factory=set)
    settled: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    declined: set[str] = field(default_factory=set)


@dataclass
class Heard:
    """What the hub's door has let in since its database began: copied with a backup, put back with it.

    Attributes:
        bookings: those whose making came from their terminal itself, not by a slip.
        late: those that an incarnation was the first to tell of, whose promise an earlier one had given.
        said: every value that was applied.
        grants_of_takes: the slot of each place that was asked for on line and given.
        acts: what named persons did there.
        applied: how far each outbox was applied, by terminal and incarnation.
        counters: the highest number of a request that each terminal signed.
        sent_revoked: terminal, incarnation, number and record of what revoked terminals sent.
        unsure: the same of what came while the hub's power went: kept or not.
    """

    bookings: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)
    said: set[Said] = field(default_factory=set)
    grants_of_takes: dict[str, str] = field(default_factory=dict)
    acts: Acts = field(default_factory=Acts)
    applied: dict[tuple[str, str], int] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    sent_revoked: set[tuple[str, str, int, str]] = field(default_factory=set)
    unsure: set[tuple[str, str, int, str]] = field(default_factory=set)

    def copy(self) -> Heard:
        """The same, apart."""
        return copy.deepcopy(self)

    def take_over(self, replaced: Heard) -> None:
        """What a restore takes from a spoilt database that is not lost: disks that came back, numbers, quarantine."""
        self.late |= replaced.late
        self.counters |= replaced.counters
        self.sent_revoked |= replaced.sent_revoked
        self.unsure |= replaced.unsure

    def note_round(self, message: RoundRequest, reply: RoundReply) -> set[str]:
        """Takes note of what one round brought. Returns the bookings that it was the first to tell of."""
        self.applied[message.terminal_id, message.incarnation] = reply.applied_through
        rejected = {receipt.seq for receipt in reply.receipts if receipt.outcome == "rejected"}
        new = set()
        for operation in message.operations:
            if operation.seq > reply.applied_through or operation.seq in rejected:
                continue
            self.said |= {(operation.id, name, json.dumps(one.value)) for name, one in operation.fields.items()}
            if operation.kind == "booking" and "created_at" in operation.fields:
                new |= {operation.id} - self.bookings
        self.bookings |= new
        return new

    def note_number(self, request: HubRequest, response: HubResponse) -> bool:
        """Takes note of the number of a genuine request. Returns false for one that was used before, or is forged."""
        if response.status != OK and RefusalBody.from_bytes(response.body).code in UNHEARD:
            return False
        terminal_id, number = terminal_of(request), int(header_of(request, HEADER_COUNTER))
        is_fresh = number > self.counters.get(terminal_id, 0)
        self.counters[terminal_id] = max(number, self.counters.get(terminal_id, 0))
        return is_fresh

    def of_revoked(self, request: HubRequest) -> set[tuple[str, str, int, str]]:
        """What is to be kept apart of a round of a revoked terminal: what was not applied before, of its first frame.

        Of the later ones, those that are genuine and share its transaction are kept too: noted as not sure.
        """
        apart: set[tuple[str, str, int, str]] = set()
        for at, message in enumerate(messages_of(request)):
            terminal = (message.terminal_id, message.incarnation)
            done = self.applied.get(terminal, 0)
            found = {(*terminal, one.seq, one.id) for one in message.operations if one.seq > done}
            (self.unsure if at else apart).update(found)
        return apart

    def note_take(self, message: TakeRequest, reply: TakeReply) -> list[str]:
        """Takes note of one place asked for. Returns what must not be."""
        grants = [entry for entry in reply.entries if entry.kind == "grant"]
        if [entry.id for entry in grants] != ([message.id] if reply.given else []):
            return ["a place was given under another name than it was asked for"]
        if not reply.given:
            return []
        slot_id = str(grants[0].fields["slot_id"].value)
        if self.grants_of_takes.setdefault(message.id, slot_id) != slot_id:
            return ["one asking gave two places"]
        return []


def messages_of(request: HubRequest) -> list[RoundRequest]:
    """The frames of a round that are whole, in one message as the hub takes them."""
    reader = FrameReader(b"", lambda _signed, _data: True)
    found: list[RoundRequest] = []
    with suppress(Refused, ValueError):  # those before it are whole
        found.extend(RoundRequest.from_json(text) for text in reader.feed(request.body))
    return found


def round_of(request: HubRequest) -> RoundRequest | None:
    """The same as one message, where there are any."""
    messages = messages_of(request)
    return as_one(messages) if messages else None


def terminal_of(request: HubRequest) -> str:
    """Who says that they sent a request."""
    return header_of(request, HEADER_TERMINAL)


def header_of(request: HubRequest, wanted: str) -> str:
    """A header of a request, whatever its case; empty when absent."""
    return next((value for name, value in request.headers.items() if name.lower() == wanted.lower()), "")


def as_written(connection: Connection, heard: Heard, message: RoundRequest) -> tuple[RoundRequest, RoundReply]:
    """What a hub whose power went has on its disk of a round: its new operations, and the answer it would have given.

    What bears a number that was applied before is left out: a disk that was put back uses its numbers again.
    """
    terminal = (message.terminal_id, message.incarnation)
    fresh = [one for one in message.operations if one.seq > heard.applied.get(terminal, 0)]
    this = dict(zip(("terminal", "incarnation"), terminal, strict=True))
    where = "WHERE terminal_id = :terminal AND incarnation = :incarnation"
    through = connection.execute(text(f"SELECT applied_through FROM hub_position {where}"), this).scalar() or 0
    sender = Sender(message.terminal_id, 0, "", message.incarnation)
    kept = [one.receipt for one in read(connection, sender, 1, through).values()]
    receipts = [Receipt(seq=one.seq, outcome=one.outcome) for one in kept]
    reply = RoundReply(
        now_ms=0, generation="", applied_through=through, durable_through=0, receipts=receipts, entries=[],
        checkpoints={}, more=False,
    )  # fmt: skip
    return message.changed(operations=fresh), reply
