"""What a terminal asks its hub for the person at the screen: a place at once, a slip of another terminal.

Short questions beside the rounds, signed like them, each with a counter of its own. They wait for seconds, not
minutes, and whatever goes wrong on the way leaves the terminal where it is with no network. What an answer brings is
what the feed would have brought: the newest stamp stands, and no checkpoint moves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from sync import signature
from sync.change import new_id
from sync.claim import Claim, Reference, claim_in, decode_claim, read_reference, reference_is_genuine
from sync.errors import HubUnreachable, InvalidInput, NoRoom, Refused, UntrustedHub
from sync.message import Message
from sync.questions import ClaimReply, ClaimRequest, RoomReply, RoomRequest, TakeReply, TakeRequest
from sync.records import FIELDS
from sync.replica import apply, grants, meta, outbox, rows, takes
from sync.replica.clockwork import Clockwork
from sync.replica.conversation import question
from sync.replica.database import ReplicaDatabase
from sync.replica.grants import Held
from sync.replica.hub_client import HubClient, Impatient
from sync.replica.identity import Credentials
from sync.replica.promises import Promises
from sync.replica.references import UNKNOWN, UNKNOWN_HERE, Found, check_lock, look, refuse
from sync.replica.writing import Writer

REPLAYED = "replayed"
ASKS_MAX = 2
PATIENCE_S = 4.0
NEEDS_THE_HUB = (
    "Le QR de cette fiche se lit avec le réseau, et le hub ne répond pas : tapez les dix caractères de la référence, "
    "ou réessayez plus tard."
)
NOT_SHOWN = "Cette borne ne sait pas montrer cette demande : adressez-vous au personnel."

NO_WAY_IN = "Le lien du rendez-vous vidéo ne peut pas être demandé : il n’y a pas de réseau."
_Reply = TypeVar("_Reply", TakeReply, ClaimReply, RoomReply)


@dataclass(frozen=True)
class Room:
    """The address of a video appointment, a capability, and until when it may be open (milliseconds since 1970)."""

    url: str
    until_ms: int

    def __repr__(self) -> str:
        return "Room(…)"  # no address in a log or a traceback


@dataclass(frozen=True)
class _Take:
    """One asking for a place, durable before it leaves."""

    grant_id: str
    incarnation: str


class Asking:
    """Asks the hub.

    Args:
        database: the encrypted database.
        credentials: who this terminal is and which hub it trusts.
        client: the seam to the network.
        clockwork: corrected time.
        promises: holds and bookings of this terminal.
        writer: writes records.
        random: returns that many random bytes.
        patience_s: seconds that a question may take in all; ``None`` for a seam that never keeps anybody waiting.
    """

    def __init__(
        self,
        database: ReplicaDatabase,
        credentials: Credentials,
        client: HubClient,
        clockwork: Clockwork,
        promises: Promises,
        writer: Writer,
        random: Callable[[int], bytes],
        *,
        patience_s: float | None = PATIENCE_S,
    ) -> None:
        self._database = database
        self._credentials = credentials
        self._client = client
        self._clockwork = clockwork
        self._promises = promises
        self._writer = writer
        self._random = random
        self._patience_s = patience_s
        self._silent_since: str | None = None

    # A place, at once ---------------------------------------------------------------------------

    def take(self, slot_id: str, visit: str) -> Held:
        """See ``Terminal.take``."""
        held = self._promises.hold(slot_id, visit)
        if held.guaranteed:
            return held
        asked = self._note_take(slot_id, visit)
        if asked is None:
            return held
        request = TakeRequest(
            terminal_id=self._credentials.identity.terminal_id, incarnation=asked.incarnation, id=asked.grant_id,
            slot_id=slot_id,
        )  # fmt: skip
        try:
            reply = self._question("/v1/take", request, TakeReply)
        except (HubUnreachable, UntrustedHub, Refused):
            return held  # a request is made instead, and a grant that comes later goes back at the next round
        with self._writer.transaction() as connection:
            return self._keep_taken(connection, asked, reply, slot_id, visit)

    def _note_take(self, slot_id: str, visit: str) -> _Take | None:
        """Draws the id, or finds that of the same asking before; durable before it is sent."""
        if not self._can_ask():
            return None
        with self._writer.transaction() as connection:
            if not self._writer.may_promise(connection):
                return None
            now_ms = self._clockwork.now_ms(connection)
            grant_id = grants.asked_before(connection, self._promises.holder, slot_id, visit, now_ms)
            if grant_id is None:
                grant_id = new_id(now_ms, self._random(10))
                takes.note(connection, grant_id, slot_id)
            return _Take(grant_id, outbox.incarnation_of(connection))

    def _keep_taken(self, connection: Connection, asked: _Take, reply: TakeReply, slot_id: str, visit: str) -> Held:
        """Applies an answer and keeps the place for the visit, in one transaction."""
        same = (meta.read(connection, meta.GENERATION), outbox.incarnation_of(connection))
        if same != (reply.generation, asked.incarnation):
            return Held(slot_id)  # the hub was restored, or this terminal: a round comes first
        self._apply(connection, reply)
        if not reply.given:
            takes.forget(connection, asked.grant_id)
            return Held(slot_id)
        if not self._writer.may_promise(connection):
            return Held(slot_id)
        now_ms = self._clockwork.now_ms(connection)
        return grants.hold_taken(connection, self._promises.holder, asked.grant_id, visit, now_ms) or Held(slot_id)

    # A slip of another terminal -----------------------------------------------------------------

    def open_slip(self, typed: str) -> Found:
        """See ``Terminal.open_slip``."""
        text = claim_in(typed)
        claim = decode_claim(text)
        if claim is not None:
            return self._open_claim(text, *claim)
        found = look(self._database, self._clockwork, typed)
        reference = read_reference(typed)
        if found is not None or reference is None or not self._may_exist(reference):
            return found or refuse(self._database, self._clockwork, UNKNOWN)
        try:
            found = self._open_at_the_hub(reference=reference.text)
        except HubUnreachable:
            return refuse(self._database, self._clockwork, UNKNOWN_HERE)
        return found or refuse(self._database, self._clockwork, UNKNOWN)

    def _may_exist(self, reference: Reference) -> bool:
        """False for a number of this terminal that it never gave: no question needs to be asked."""
        if reference.terminal_no != self._credentials.identity.terminal_no:
            return True  # under a secret that only its own terminal and the hub know
        return reference_is_genuine(reference, self._credentials.reference_secret)

    def _open_claim(self, text: str, claim: Claim, body: bytes, signed: bytes) -> Found:
        """The record of a QR: by this terminal's own key where it made it, else by the hub, which knows every key."""
        check_lock(self._database, self._clockwork)
        if claim.terminal_no == self._credentials.identity.terminal_no:
            own = signature.public_bytes(self._credentials.key)
            if not signature.verify(own, signed, Claim.signing_input(body)):
                return refuse(self._database, self._clockwork, UNKNOWN)
            with self._database.read() as connection:
                found = self._read(connection, claim.kind, claim.id)
            if found is not None:
                return found
        try:
            return self._open_at_the_hub(claim=text) or refuse(self._database, self._clockwork, UNKNOWN)
        except HubUnreachable as error:
            raise InvalidInput(NEEDS_THE_HUB) from error

    def _open_at_the_hub(self, *, reference: str | None = None, claim: str | None = None) -> Found | None:
        """What the hub knows of a slip; ``None`` when it proves nothing. Raises HubUnreachable without an answer."""
        if not self._can_ask():
            raise HubUnreachable(NEEDS_THE_HUB)
        with self._database.read() as connection:
            incarnation = outbox.incarnation_of(connection)
        request = ClaimRequest(
            terminal_id=self._credentials.identity.terminal_id, incarnation=incarnation, reference=reference,
            claim=claim,
        )  # fmt: skip
        try:
            reply = self._question("/v1/claim", request, ClaimReply)
        except (UntrustedHub, Refused) as error:
            raise HubUnreachable(NEEDS_THE_HUB) from error
        if not reply.found or reply.kind is None or reply.id is None:
            return None
        with self._writer.transaction() as connection:
            if meta.read(connection, meta.GENERATION) == reply.generation:
                self._apply(connection, reply)
            found = self._read(connection, reply.kind, reply.id)
        if found is None:
            raise InvalidInput(NOT_SHOWN)
        return found

    def _read(self, connection: Connection, kind: str, record_id: str) -> Found | None:
        row = rows.read_row(connection, self._writer.key(kind, record_id)) if kind in FIELDS else None
        return None if row is None or row["gone"] else Found(kind, record_id, FIELDS[kind].model_validate(row))

    # The way into a video appointment -----------------------------------------------------------

    def open_room(self, booking_id: str) -> Room:
        """See ``Terminal.open_room``."""
        if not self._can_ask():
            raise HubUnreachable(NO_WAY_IN)
        with self._database.read() as connection:
            incarnation = outbox.incarnation_of(connection)
        request = RoomRequest(
            terminal_id=self._credentials.identity.terminal_id, incarnation=incarnation, booking_id=booking_id
        )
        try:
            reply = self._question("/v1/room", request, RoomReply)
        except (UntrustedHub, Refused) as error:
            raise HubUnreachable(NO_WAY_IN) from error
        if reply.url is None or reply.until_ms is None:
            raise NoRoom(reply.because or "")
        return Room(reply.url, reply.until_ms)

    # Both ---------------------------------------------------------------------------------------

    def _can_ask(self) -> bool:
        """True when the last round reached the hub, and no question since then was left without an answer."""
        with self._database.read() as connection:
            online = meta.read_int(connection, meta.ONLINE)
            return bool(online) and meta.read(connection, meta.LAST_CONTACT_MS) != self._silent_since

    def _question(self, path: str, message: Message, kind: type[_Reply]) -> _Reply:
        """One question and its answer; asked once more when a round's greater counter was faster.

        Raises HubUnreachable, UntrustedHub, Refused.
        """
        client = self._client if self._patience_s is None else Impatient(self._client, self._patience_s)
        for last in range(ASKS_MAX):
            with self._database.read() as connection:
                contact = meta.read(connection, meta.LAST_CONTACT_MS)
            try:
                return question(client, self._database, self._credentials, path, message, kind)
            except Refused as refusal:
                if refusal.code != REPLAYED or last == ASKS_MAX - 1:
                    raise
            except (HubUnreachable, UntrustedHub):
                self._silent_since = contact  # nobody waits twice for a hub that is away: the next round will tell
                raise
        raise HubUnreachable(NEEDS_THE_HUB)

    def _apply(self, connection: Connection, reply: TakeReply | ClaimReply) -> None:
        entries = [entry.plain() for entry in reply.entries]
        pending = apply.pending_after(connection, entries, 0, ())
        applied = apply.apply(connection, entries, pending, reply.now_ms, node=self._credentials.identity.terminal_no)
        if applied.newest:
            self._clockwork.observe(connection, applied.newest)
