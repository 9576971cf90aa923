"""The whole answer to one request: who asks, what is applied, what is new. Never raises on bad input.

A table of contents of a round, on the hub's side::

    authenticate   signature by an enrolled terminal
    admit          counter, whose message it is; what a revoked terminal sends is kept apart
    take           clock, site: in the same transaction everything is applied, and grants given
    tell           what is new for this terminal, in one reading transaction
    sign           the answer, bound to the request it answers

A refusal changes nothing, except that the counter of an authenticated request is used up.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Row, bindparam, select

from sync import signature
from sync.errors import DiskFull, Gap, PointContactError, Refused
from sync.hub import (
    bookings,
    courier,
    doubled,
    early,
    feed,
    fleet,
    grants,
    quarantine,
    redrawn,
    rooms,
    takes,
    testimony,
)
from sync.hub.caller import Caller
from sync.hub.database import HubDatabase, table_of
from sync.hub.digests import Digests, compare
from sync.hub.ingest import Ingested, check_clock, ingest
from sync.hub.keys import HubKeys
from sync.hub.pressure import RETRY_S, Pressure
from sync.hub.push import Sender
from sync.hub.settings import HubSettings
from sync.hub.stream import RoundStream, Rules
from sync.hub.tables import FeedHead, Meta, Terminal
from sync.message import Message
from sync.questions import ClaimRequest, RoomRequest, TakeRequest
from sync.wire import (
    HEADER_CERTIFICATE,
    HEADER_COUNTER,
    HEADER_PROTOCOL,
    HEADER_SIGNATURE,
    HEADER_TERMINAL,
    MEDIA_TYPE,
    PROTOCOL,
    STREAM_MEDIA_TYPE,
    STREAMED_PROTOCOL,
    Certificate,
    CompareRequest,
    EnrolRequest,
    FieldwiseReply,
    FieldwiseRequest,
    HubCard,
    HubRequest,
    HubResponse,
    RefusalBody,
    RoundReply,
    RoundRequest,
    from_text,
    to_text,
)

LOG = logging.getLogger("point_contact.hub")
COUNTER_DIGITS_MAX = 18
STREAMED = ("POST", "/v2/round")
BUSY = (503, 507)
STREAM_HEADERS = {"content-type": STREAM_MEDIA_TYPE}
"""The answer to a POST is kept by nobody unless it says that it may be."""

Random = Callable[[int], bytes]
TerminalMessage = RoundRequest | TakeRequest | ClaimRequest | RoomRequest | CompareRequest
_Asked = TypeVar("_Asked", RoundRequest, TakeRequest, ClaimRequest, RoomRequest, CompareRequest)
_Answer = TypeVar("_Answer")

_TERMINALS, _META, _HEADS = table_of(Terminal), table_of(Meta), table_of(FeedHead)
_FIND = select(
    _TERMINALS,
    early.waits(),
    doubled.is_doubled().label("doubled"),
    select(_META.c.value).where(_META.c.key == "generation").scalar_subquery().label("generation"),
    select(_HEADS.c.n).where(_HEADS.c.part == _TERMINALS.c.site_id).scalar_subquery().label("head"),
).where(_TERMINALS.c.terminal_id == bindparam("asked"))
"""Everything about a caller in one statement, built once."""


class Exchange:
    """Answers requests as bytes. Safe to use from several threads.

    Args:
        database: the hub's.
        keys: the hub's.
        now_ms: returns milliseconds since 1970.
        settings: options; by default those of ``keys.home``.
        random: source of random bytes.
    """

    def __init__(
        self,
        database: HubDatabase,
        keys: HubKeys,
        *,
        now_ms: Callable[[], int],
        settings: HubSettings | None = None,
        random: Random = os.urandom,
    ) -> None:
        self.database = database
        self.keys = keys
        self.settings = settings or HubSettings(home=keys.home)
        self.now_ms = now_ms
        self._random = random
        self._digests = Digests()
        self.pressure = Pressure(self.settings.rounds_at_once, self.settings.next_round_s, random)
        self._routes: dict[tuple[str, str], Callable[[HubRequest], Message]] = {
            ("GET", "/v1/hub"): self._card,
            ("POST", "/v1/enrol"): self._enrol,
            ("POST", "/v1/round"): self._round,
            ("POST", "/v1/take"): self._question,
            ("POST", "/v1/claim"): self._question,
            ("POST", "/v1/room"): self._question,
            ("POST", "/v1/compare"): self._compare,
        }

    @property
    def routes(self) -> set[tuple[str, str]]:
        """The method and path of everything that is answered here."""
        return {*self._routes, STREAMED}

    def answer(self, request: HubRequest) -> HubResponse:
        """Returns the signed answer to a request, a signed refusal when there is something wrong."""
        route = self._routes.get((request.method, request.path))
        try:
            if (request.method, request.path) == STREAMED:
                return self._answer_whole_stream(request)
            if route is None:
                raise Refused("malformed", "Cette adresse n’existe pas sur ce hub.", status=404)
            if len(request.body) > self.settings.body_bytes_max:
                raise too_large()
            return self._sign(request, 200, route(request))
        except PointContactError as error:
            return self.refuse(request, error)

    def stream(self, request: HubRequest, rules: Rules | None = None) -> RoundStream:
        """Begins a round that comes in frames, under these ``rules`` or others. Raises Refused."""
        return RoundStream(rules or self, request, STREAMED_PROTOCOL)

    def _answer_whole_stream(self, request: HubRequest) -> HubResponse:
        """A streamed round whose bytes are all there."""
        stream = self.stream(request)
        try:
            stream.feed(request.body)
            return HubResponse(200, b"".join(stream.answer()), dict(STREAM_HEADERS))
        except PointContactError as error:
            return self.refuse(request, error, stream.asked)

    def refuse(self, request: HubRequest, error: PointContactError, asked: bytes | None = None) -> HubResponse:
        """Returns the signed refusal that says ``error``.

        Args:
            request: what is refused.
            error: why.
            asked: the signature that the answer is bound to; that of the request's header unless given.
        """
        refused = error if isinstance(error, Refused) else _as_refusal(error)
        LOG.info("refused", extra={"code": refused.code, "status": refused.status})
        retry_s = (refused.retry_s or RETRY_S) if refused.status in BUSY else None
        body = RefusalBody(
            code=refused.code,
            message=refused.message,
            now_ms=self.now_ms(),
            wanted=refused.wanted if isinstance(refused, Gap) else None,
            retry_s=retry_s if (request.method, request.path) == STREAMED else None,
        )
        response = self._sign(request, refused.status, body, asked)
        if retry_s is not None:
            response.headers["retry-after"] = str(retry_s)
        return response

    def _card(self, _request: HubRequest) -> HubCard:
        return HubCard(
            identity_key=to_text(self.keys.identity_public),
            root_key=to_text(self.keys.root_public),
            demonstration=self.keys.demonstration,
            now_ms=self.now_ms(),
            public_url=self.settings.public_url,
        )

    def _enrol(self, request: HubRequest) -> Message:
        _check_protocol(_header(request, HEADER_PROTOCOL) or str(PROTOCOL))
        message = EnrolRequest.from_bytes(request.body)
        with self.database.write() as connection:
            try:
                reply = fleet.enrol(connection, self.keys, self.now_ms(), message, self._random)
                refusal = None
            except Refused as error:  # committed nevertheless: a wrong proof uses up a try
                refusal = error
        if refusal is not None:
            raise refusal
        return reply

    def _round(self, request: HubRequest) -> FieldwiseReply:
        """A round of the protocol before: one message each way, whose form is its own."""

        def read(body: bytes) -> RoundRequest:
            return FieldwiseRequest.from_bytes(body).plain()

        now_ms = self.now_ms()
        caller, message, taken = self._call(request, read, self.take, now_ms)
        return FieldwiseReply.of(self.tell(caller, message, taken, now_ms))

    def _question(self, request: HubRequest) -> Message:
        """What is asked beside the rounds: a place (``takes``), a slip (``courier``), a way into a call (``rooms``)."""
        now_ms = self.now_ms()
        if request.path == "/v1/take":
            return self._call(request, TakeRequest.from_bytes, partial(takes.take, settings=self.settings), now_ms)[2]
        if request.path == "/v1/room":
            return self._call(request, RoomRequest.from_bytes, partial(rooms.answer, keys=self.keys), now_ms)[2]
        open_slip = partial(courier.open_slip, keys=self.keys, random=self._random)
        return self._call(request, ClaimRequest.from_bytes, open_slip, now_ms)[2]

    def _compare(self, request: HubRequest) -> Message:
        """What differs between the two ends (``sync.hub.digests``)."""
        caller, message, _ = self._call(request, CompareRequest.from_bytes, lambda *_: True, self.now_ms())
        with self.database.read() as connection:
            return compare(connection, caller, message, self.now_ms())

    def _call(
        self,
        request: HubRequest,
        read: Callable[[bytes], _Asked],
        answer: Callable[[Connection, Caller, _Asked, int], _Answer | Refused],
        now_ms: int,
    ) -> tuple[Caller, _Asked, _Answer]:
        """One authenticated call in one writing transaction; the counter is used up whatever the answer is.

        What ``answer`` returns is committed, a refusal too; what it raises undoes everything.
        """
        terminal_id, counter = self.numbered(request, PROTOCOL)
        signed = from_text(_header(request, HEADER_SIGNATURE))
        caller = self.caller_of(
            request, terminal_id, counter, signed, signature.request_input(request, terminal_id, counter)
        )
        message = _read(read, request.body)
        with self.database.write(caller.site_id) as connection:
            caller, admitted = self.admit(connection, caller, message, now_ms, PROTOCOL)
            if isinstance(admitted, Refused):
                refusal = admitted
            else:
                said = answer(connection, caller, admitted, now_ms)
                if not isinstance(said, Refused):
                    return caller, admitted, said
                refusal = said
        raise refusal

    def admit(
        self, connection: Connection, caller: Caller, message: _Asked | Refused, now_ms: int, protocol: int
    ) -> tuple[Caller, _Asked | Refused]:
        """Uses up the counter; the message, or why it is not answered. Of a revoked terminal it is kept apart.

        What was known of the caller is read again when something came between; it is returned as it stands now.
        """
        if not fleet.use_counter(connection, now_ms, caller, message):
            row = connection.execute(_FIND, {"asked": caller.terminal_id}).one()
            caller = _caller(row, caller.counter)
            if not fleet.use_counter(connection, now_ms, caller, message):
                return caller, _revoked() if caller.revoked else _replayed()
        refusal = message if isinstance(message, Refused) else _why_refused(caller, message, protocol)
        if caller.revoked:
            if refusal is None and isinstance(message, RoundRequest):
                quarantine.keep(connection, caller, message, now_ms)
            return caller, _revoked()
        return caller, refusal or message

    def numbered(self, request: HubRequest, protocol: int) -> tuple[str, int]:
        """Who says that they sent a request, and its number. Raises Refused."""
        _check_protocol(_header(request, HEADER_PROTOCOL), protocol)
        terminal_id, counter = _header(request, HEADER_TERMINAL), _header(request, HEADER_COUNTER)
        if not (counter.isascii() and counter.isdigit() and len(counter) <= COUNTER_DIGITS_MAX):
            raise Refused("malformed", "Le message reçu n’est pas lisible.", status=400)
        return terminal_id, int(counter)

    def caller_of(self, request: HubRequest, terminal_id: str, counter: int, signed: bytes, data: bytes) -> Caller:
        """Who signed ``data``. Raises Refused."""
        row = self._find(terminal_id) or self._readmit(request, terminal_id, signed, data)
        if row is None:
            raise Refused(
                "unknown_terminal", "Ce hub ne connaît pas cette borne : inscrivez-la avec un nouveau code.", status=401
            )
        caller = _caller(row, counter)
        if not signature.verify(caller.public_key, signed, data):
            raise Refused("bad_signature", "Le message a été altéré en chemin : il n’a pas été pris.", status=401)
        if json.loads(row.certificate)["demonstration"] != self.keys.demonstration:
            raise Refused(
                "demonstration", "Une borne de démonstration ne parle qu’à un hub de démonstration.", status=403
            )
        return caller

    def _find(self, terminal_id: str) -> Row[tuple[object, ...]] | None:
        with self.database.read() as connection:
            return connection.execute(_FIND, {"asked": terminal_id}).first()

    def _readmit(
        self, request: HubRequest, terminal_id: str, signed: bytes, data: bytes
    ) -> Row[tuple[object, ...]] | None:
        """A terminal that proves with its certificate that this hub enrolled it, before its database was restored."""
        text = _header(request, HEADER_CERTIFICATE)
        if not text:
            return None
        try:
            certificate = Certificate.from_json(from_text(text))
        except ValueError as error:
            raise Refused("malformed", "Le message reçu n’est pas lisible.", status=400) from error
        key = from_text(certificate.terminal_key)
        if certificate.terminal_id != terminal_id or not signature.verify(key, signed, data):
            return None
        with self.database.write() as connection:
            known = fleet.readmit(connection, self.keys, self.now_ms(), certificate)
        return self._find(terminal_id) if known else None

    def again(self, caller: Caller) -> Caller:
        """What is known of a caller now."""
        row = self._find(caller.terminal_id)
        return caller if row is None else _caller(row, caller.counter)

    def take(
        self, connection: Connection, caller: Caller, message: RoundRequest, now_ms: int, *, last: bool = True
    ) -> Ingested | Refused:
        """Applies the operations and, with the ``last`` of a round, gives grants; or says why nothing was applied."""
        redrawn.note_incarnation(connection, caller, message.incarnation, now_ms)
        try:
            _check_parts(caller, message)
            check_clock(message.operations, now_ms)
            if message.confirmed:
                testimony.note(connection, caller.site_id, message.confirmed)  # the askings among these answer to it
            sender = Sender.of(caller, message.incarnation)
            ingested = ingest(connection, sender, message.operations, now_ms=now_ms, random=self._random)
        except Refused as refusal:  # raised before anything was applied
            return refusal
        redrawn.note_told_late(connection, sender, ingested.told_late, now_ms)
        if last:
            self._give(connection, caller, message, now_ms)
        return ingested

    def _give(self, connection: Connection, caller: Caller, message: RoundRequest, now_ms: int) -> None:
        """What the site's places become once this terminal was heard: answers that waited, then grants."""
        if message.generation not in {None, caller.reported_generation}:
            fleet.note_report(connection, now_ms, caller.terminal_id, caller.site_id, message)
        redrew = caller.incarnation not in {None, message.incarnation}  # no place that its former one took comes back
        witnessed = bool(message.confirmed) and not message.more  # else the askings that it is about are still to come
        if (witnessed or redrew) and not grants.frozen(connection, caller.site_id):
            bookings.answer_waiting(connection, caller.site_id, now_ms)  # or it reports after it was written off
            testimony.forget(connection, caller.site_id, message.confirmed)
        stock = self.settings.stock
        if caller.doubled:
            return
        if (stock.per_terminal or stock.seats_per_terminal) and grants.HOLDING_FUNCTION in caller.functions:
            holder = grants.Holder(caller.site_id, caller.terminal_no, message.incarnation)
            grants.give(connection, holder, stock, now_ms, self._random)

    def tell(self, caller: Caller, message: RoundRequest, taken: Ingested, now_ms: int) -> RoundReply:
        """What is new for this terminal, read in one consistent view after the commit."""
        parts = [caller.site_id, feed.COMMON_PART]
        origin = f"{caller.terminal_id}/{message.incarnation}"
        with self.database.read() as connection:
            generation = caller.generation  # it changes only while the hub is stopped
            known = message.checkpoints if message.generation == generation else {}
            on_its_way = {caller.site_id: caller.whole_through} if caller.incarnation == message.incarnation else {}
            page = feed.read_after(connection, known, parts, origin, on_its_way)
            digest: str | None = None
            if not page.more and not message.operations and not caller.waits and message.protocol > PROTOCOL:
                digest = self._digests.of(connection, caller.site_id, generation, page.checkpoints)
        self._note_whole(caller, page)
        sealing = self.keys.sealing
        return RoundReply(
            now_ms=now_ms,
            generation=generation,
            applied_through=taken.applied_through,
            durable_through=taken.durable_through,
            receipts=taken.receipts,
            entries=page.entries,
            checkpoints=page.checkpoints,
            more=page.more,
            digest=digest,
            refill=page.refill,
            next_round_s=self.pressure.asked_s(),
            sealing=None if message.sealing_key_id == sealing.key_id else sealing,
            public_url=(self.settings.public_url or "") if message.public_url_wanted else None,
        )

    def _note_whole(self, caller: Caller, page: feed.Page) -> None:
        """Keeps how far a reading from the beginning goes while it takes several pages, whoever answers the next."""
        through = page.whole_through.get(caller.site_id, 0) if page.more else 0
        if through != caller.whole_through:
            with self.database.write(caller.site_id) as connection:
                fleet.note_whole(connection, caller, through)

    def _sign(self, request: HubRequest, status: int, message: Message, asked: bytes | None = None) -> HubResponse:
        body = message.to_bytes()
        try:
            asked = from_text(_header(request, HEADER_SIGNATURE)) if asked is None else asked
        except Refused:
            asked = b""
        signed = self.keys.identity.sign(signature.reply_input(status, body, asked))
        headers = {"content-type": MEDIA_TYPE, "cache-control": "no-store", HEADER_SIGNATURE: to_text(signed)}
        return HubResponse(status, body, headers)


def _caller(row: Row[Any], counter: int) -> Caller:
    """What is known of a terminal, by its row; ``counter`` is that of its request."""
    return Caller(
        terminal_id=row.terminal_id,
        terminal_no=row.terminal_no,
        site_id=row.site_id,
        functions=tuple(row.functions.split(",")),
        reported_generation=row.reported_generation,
        counter=counter,
        generation=row.generation,
        head=row.head or 0,
        incarnation=row.incarnation,
        waits=bool(row.waits),
        revoked=row.revoked_ms is not None,
        doubled=bool(row.doubled),
        known_counter=row.counter,
        whole_through=row.whole_through,
        public_key=from_text(row.public_key),
    )


def too_large() -> Refused:
    """The refusal of a body beyond the limit, which is not read to its end."""
    return Refused("too_large", "Le message reçu dépasse la taille permise.", status=413)


def _replayed() -> Refused:
    return Refused("replayed", "Ce message a déjà été reçu : rien n’a été fait une seconde fois.")


def _revoked() -> Refused:
    return Refused("revoked", "Cette borne a été révoquée : contactez votre administrateur.", status=403)


def _as_refusal(error: PointContactError) -> Refused:
    if isinstance(error, DiskFull):
        return Refused("disk_full", error.message, status=507)
    return Refused("busy", error.message, status=503)


def _check_protocol(said: str, wanted: int = PROTOCOL) -> None:
    if said != str(wanted):
        raise Refused(
            "protocol",
            "Le hub et la borne n’ont pas la même version : mettez à jour le plus ancien, tout est conservé.",
            status=426,
        )


def _read(read: Callable[[bytes], _Asked], body: bytes) -> _Asked | Refused:
    try:
        return read(body)
    except Refused as error:
        return error


def _why_refused(caller: Caller, message: TerminalMessage, protocol: int) -> Refused | None:
    """What is wrong with any message of a terminal, whatever it asks for."""
    try:
        _check_protocol(str(message.protocol), protocol)
    except Refused as refusal:
        return refusal
    if message.terminal_id != caller.terminal_id:
        return Refused("malformed", "Le message reçu n’est pas lisible.", status=400)
    return None


def _check_parts(caller: Caller, message: RoundRequest) -> None:
    if any(part not in {caller.site_id, feed.COMMON_PART} for part in message.checkpoints):
        raise Refused("wrong_site", "Cette borne est inscrite pour un autre site : inscrivez-la de nouveau.")


def _header(request: HubRequest, name: str) -> str:
    """A header by its name, whatever its case; empty when absent."""
    for header, value in request.headers.items():
        if header.lower() == name:
            return value
    return ""
