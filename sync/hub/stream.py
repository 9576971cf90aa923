"""A round that comes as a stream of frames: each is applied as it comes, so that a cut loses one frame at most.

The first frame is a whole round, the others go on with its operations. Every frame is authenticated, and applied in a
transaction of its own; the answer begins when the last one is in, and tells the feed page by page.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from sqlalchemy import Connection

from sync import signature
from sync.errors import Refused
from sync.frames import FrameReader, FrameWriter
from sync.hub.caller import Caller
from sync.hub.database import HubDatabase
from sync.hub.ingest import OTHER_OPERATION, Ingested, told_before
from sync.hub.keys import HubKeys
from sync.wire import HubRequest, Receipt, RoundReply, RoundRequest


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
        self._message: RoundRequest | None = None
        self._taken: Ingested | None = None
        self._receipts: list[Receipt] = []
        self._put_back = False

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
        for text in self._reader.feed(piece):
            self._apply(text)

    def begins_with(self, piece: bytes) -> bool:
        """Reads who has signed the first frame, for a refusal, and nothing else. False while that is not there yet."""
        return self._reader.begins_with(piece)

    def answer(self) -> Iterator[bytes]:
        """The frames of the answer. Raises Refused when the stream was cut before its end."""
        if self._caller is None or self._message is None or self._taken is None:
            raise Refused("malformed", "Le message reçu n’est pas lisible.", status=400)
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
        """Looks the sender up for each frame: it may be revoked meanwhile. Raises Refused."""
        self._caller = self._rules.caller_of(self._request, self._terminal_id, self._counter, signed, data)
        return True

    def _apply(self, text: bytes) -> None:
        assert self._caller is not None
        if self._put_back:
            return
        caller, now_ms = self._caller, self._rules.now_ms()
        message = _read(text)
        with self._rules.database.write(caller.site_id) as connection:
            admitted: RoundRequest | Refused
            if self._message is None:
                caller, admitted = self._rules.admit(connection, caller, message, now_ms, self._protocol)
                self._caller = caller
            else:
                admitted = _gone_on(caller, message, self._message)
            refusal = admitted if isinstance(admitted, Refused) else None
            if not isinstance(admitted, Refused):
                taken = self._rules.take(connection, caller, admitted, now_ms, last=self.ended)
                if isinstance(taken, Refused):
                    refusal = taken
                else:
                    self._receipts += self._told_before(connection, admitted) if self._message is None else []
                    self._taken, self._message = taken, admitted
                    self._receipts += [one for one in taken.receipts if not is_plain(one)]
                    # As in one message: what follows is taken once it comes under a new incarnation.
                    self._put_back = any(one.code == OTHER_OPERATION for one in taken.receipts)
        if refusal is not None:
            raise refusal

    def _told_before(self, connection: Connection, message: RoundRequest) -> list[Receipt]:
        """The receipts of a stream that was cut before they could be told."""
        if message.answered is None or not message.operations:
            return []
        before = message.operations[0].seq
        return told_before(connection, message.terminal_id, message.incarnation, message.answered, before)


def is_plain(receipt: Receipt) -> bool:
    """True when a receipt says no more than that everything was applied, which ``applied_through`` says already."""
    return receipt.outcome == "applied" and receipt.code is None


def _gone_on(caller: Caller, message: RoundRequest | Refused, first: RoundRequest) -> RoundRequest | Refused:
    """A later frame, or why it is refused: this terminal was revoked meanwhile, or speaks with another incarnation."""
    if isinstance(message, Refused):
        return message
    if caller.revoked:
        return Refused("revoked", "Cette borne a été révoquée : contactez votre administrateur.", status=403)
    if caller.incarnation != first.incarnation:
        return Refused("replayed", "Ce message a déjà été reçu : rien n’a été fait une seconde fois.")
    if (message.terminal_id, message.incarnation) != (first.terminal_id, first.incarnation):
        return Refused("malformed", "Le message reçu n’est pas lisible.", status=400)
    return message.changed(confirmed=first.confirmed)


def _read(text: bytes) -> RoundRequest | Refused:
    try:
        return RoundRequest.from_json(text)
    except ValueError:
        return Refused("malformed", "Le message reçu n’est pas lisible.", status=400)
