"""A round that comes as a stream of frames: each is applied as it comes, so that a cut loses one frame at most.

The first frame is a whole round, the others go on with its operations. Every frame is authenticated; those that have
arrived by the time the one before is applied share a transaction, up to a limit (group commit: it is the transaction
that costs, not the frame). The answer begins when the last one is in, and tells the feed page by page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from sqlalchemy import Connection

from sync import signature
from sync.errors import Refused
from sync.frames import FrameReader, FrameWriter
from sync.hub.caller import Caller
from sync.hub.database import HubDatabase
from sync.hub.ingest import OTHER_OPERATION, Ingested
from sync.hub.keys import HubKeys
from sync.hub.push import Sender
from sync.hub.receipts import is_plain, told_before
from sync.wire import HubRequest, Receipt, RoundReply, RoundRequest

OPERATIONS_AT_ONCE_MAX = 1000
"""In one transaction: about 90 ms, for which everybody else of an SQLite hub waits, or of that site on PostgreSQL."""
_Frames = list[RoundRequest]


class Rules(Protocol):
    """What a stream needs of ``exchange.Exchange``."""

    database: HubDatabase
    keys: HubKeys

    def numbered(self, request: HubRequest, protocol: int) -> tuple[str, int]: ...  # noqa: D102
    def caller_of(  # noqa: D102
        self, request: HubRequest, terminal_id: str, counter: int, signed: bytes, data: bytes
    ) -> Caller: ...
    def admit(  # noqa: D102
        self, connection: Connection, caller: Caller, message: RoundRequest | Refused, now_ms: int, protocol: int
    ) -> tuple[Caller, RoundRequest | Refused]: ...
    def take(  # noqa: D102
        self, connection: Connection, caller: Caller, message: RoundRequest, now_ms: int, *, last: bool
    ) -> Ingested | Refused: ...
    def again(self, caller: Caller) -> Caller: ...  # noqa: D102
    def tell(self, caller: Caller, message: RoundRequest, taken: Ingested, now_ms: int) -> RoundReply: ...  # noqa: D102
    def now_ms(self) -> int: ...  # noqa: D102


class RoundStream:
    """One streamed round. Not safe to use from several threads at once.

    Args:
        rules: the hub's.
        request: its head; what it bears as body is not looked at.
        protocol: the version that its header must name.

    Raises:
        Refused: the head is not that of a round.
    """

    def __init__(self, rules: Rules, request: HubRequest, protocol: int) -> None:
        self._rules = rules
        self._request = request
        self._protocol = protocol
        self._terminal_id, self._counter = rules.numbered(request, protocol)
        opening = signature.stream_opening(request, self._terminal_id, self._counter)
        self._reader = FrameReader(opening, self._is_genuine)
        self._caller: Caller | None = None
        self._looked_up = False
        self._first: RoundRequest | None = None
        self._message: RoundRequest | None = None
        self._taken: Ingested | None = None
        self._receipts: list[Receipt] = []
        self._put_back = False

    @property
    def terminal_id(self) -> str:
        """Who says that they send it; nobody has proved it before the first frame is in."""
        return self._terminal_id

    @property
    def ended(self) -> bool:
        """The last frame is in."""
        return self._reader.ended

    @property
    def asked(self) -> bytes:
        """The signature of the newest frame: what an answer is bound to."""
        return self._reader.signature

    def feed(self, piece: bytes) -> None:
        """Applies every frame that is whole now.

        Raises:
            Refused: a frame is refused; those before it are applied, nothing of those after it will be.
        """
        gathered: _Frames = []
        held = 0
        try:
            for text in self._reader.feed(piece):
                message = self._read(text)
                if gathered and held + len(message.operations) > OPERATIONS_AT_ONCE_MAX:
                    full, gathered, held = gathered, [], 0
                    self._apply(full, last=False)
                gathered.append(message)
                held += len(message.operations)
        except Refused:
            if gathered:
                self._apply(gathered, last=False)
            raise
        if gathered:
            self._apply(gathered, last=self.ended)

    def begins_with(self, piece: bytes) -> bool:
        """Reads who has signed the first frame, for a refusal, and nothing else. False while that is not there yet."""
        return self._reader.begins_with(piece)

    def answer(self) -> Iterator[bytes]:
        """The frames of the answer. Raises Refused when the stream was cut before its end."""
        if self._caller is None or self._message is None or self._taken is None:
            raise _malformed()
        if not self.ended:
            raise Refused("cut", "Le message reçu n’est pas entier : la suite sera renvoyée.", status=400)
        caller, message = self._caller, self._message
        taken = Ingested(self._taken.applied_through, self._taken.durable_through, self._receipts)
        writer = FrameWriter(signature.answer_opening(self.asked), self._rules.keys.identity.sign)
        while True:
            reply = self._rules.tell(caller, message, taken, self._rules.now_ms())
            yield writer.frame(reply.to_json(), last=not reply.more)
            if not reply.more:
                return
            caller = self._rules.again(caller)  # how far a reading from the beginning goes was noted
            message = message.changed(
                checkpoints=reply.checkpoints, generation=reply.generation, operations=[], public_url_wanted=False,
                sealing_key_id=self._rules.keys.sealing.key_id,
            )  # fmt: skip
            taken = Ingested(taken.applied_through, taken.durable_through, [])

    def _is_genuine(self, signed: bytes, data: bytes) -> bool:
        """Looks the sender up for each transaction: it may be revoked meanwhile. Raises Refused."""
        if self._looked_up and self._caller is not None:
            return signature.verify(self._caller.public_key, signed, data)
        self._caller = self._rules.caller_of(self._request, self._terminal_id, self._counter, signed, data)
        self._looked_up = True
        return True

    def _read(self, text: bytes) -> RoundRequest:
        """The next frame. Raises Refused; the counter of a stream is used up by its first frame, readable or not."""
        try:
            message = RoundRequest.from_json(text)
        except ValueError as error:
            raise (_malformed() if self._first else self._used_up()) from error
        if self._first is None:
            self._first = message
        elif (message.terminal_id, message.incarnation) != (self._first.terminal_id, self._first.incarnation):
            raise _malformed()
        return message

    def _used_up(self) -> Refused:
        assert self._caller is not None
        with self._rules.database.write(self._caller.site_id) as connection:
            now_ms = self._rules.now_ms()
            refused = self._rules.admit(connection, self._caller, _malformed(), now_ms, self._protocol)[1]
        return refused if isinstance(refused, Refused) else _malformed()

    def _apply(self, gathered: _Frames, *, last: bool) -> None:
        """Applies some frames in one transaction; ``last``: they end the round. Raises Refused."""
        assert self._caller is not None
        self._looked_up = False
        if self._put_back:
            return
        caller, now_ms = self._caller, self._rules.now_ms()
        message = as_one(gathered)
        with self._rules.database.write(caller.site_id) as connection:
            admitted: RoundRequest | Refused
            if self._message is None:
                caller, admitted = self._rules.admit(connection, caller, message, now_ms, self._protocol)
                self._caller = caller
            else:
                admitted = _gone_on(caller, message, self._message)
            refusal = admitted if isinstance(admitted, Refused) else self._take(connection, caller, admitted, last=last)
            if refusal is not None and not isinstance(admitted, Refused) and len(gathered) > 1:
                refusal = self._take_one_by_one(connection, caller, gathered, admitted, last=last)
        if refusal is not None:
            raise refusal

    def _take_one_by_one(
        self,
        connection: Connection,
        caller: Caller,
        gathered: _Frames,
        admitted: RoundRequest,
        *,
        last: bool,
    ) -> Refused | None:
        """One of these frames is refused, and nothing of them was applied: those before it are."""
        for at, message in enumerate(gathered, start=1):
            alone = message.changed(confirmed=admitted.confirmed)
            refusal = self._take(connection, caller, alone, last=last and at == len(gathered))
            if refusal is not None or self._put_back:
                return refusal
        return None

    def _take(self, connection: Connection, caller: Caller, message: RoundRequest, *, last: bool) -> Refused | None:
        """Applies operations and remembers what became of them; or says why nothing was applied."""
        taken = self._rules.take(connection, caller, message, self._rules.now_ms(), last=last)
        if isinstance(taken, Refused):
            return taken
        self._receipts += self._told_before(connection, caller, message) if self._message is None else []
        self._taken, self._message = taken, message
        self._receipts += [one for one in taken.receipts if not is_plain(one)]
        # As in one message: what follows is taken once it comes under a new incarnation.
        self._put_back = any(one.code == OTHER_OPERATION for one in taken.receipts)
        return None

    def _told_before(self, connection: Connection, caller: Caller, message: RoundRequest) -> list[Receipt]:
        """The receipts of a stream that was cut before they could be told."""
        if message.answered is None or not message.operations:
            return []
        return told_before(
            connection, Sender.of(caller, message.incarnation), message.answered, message.operations[0].seq
        )


def as_one(gathered: Sequence[RoundRequest]) -> RoundRequest:
    """Frames of one stream as the message that they would have been: the first one's head, everybody's operations."""
    if len(gathered) == 1:
        return gathered[0]
    operations = [one for message in gathered for one in message.operations]
    return gathered[0].changed(operations=operations, more=gathered[-1].more)


def _gone_on(caller: Caller, message: RoundRequest, first: RoundRequest) -> RoundRequest | Refused:
    """Later frames, or why they are refused: the terminal was revoked meanwhile, or speaks with another incarnation."""
    if caller.revoked:
        return Refused("revoked", "Cette borne a été révoquée : contactez votre administrateur.", status=403)
    if caller.incarnation != first.incarnation:
        return Refused("replayed", "Ce message a déjà été reçu : rien n’a été fait une seconde fois.")
    return message.changed(confirmed=first.confirmed)


def _malformed() -> Refused:
    return Refused("malformed", "Le message reçu n’est pas lisible.", status=400)
