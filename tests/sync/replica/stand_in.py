"""A stand-in for the hub behind the seam: it signs with real keys and keeps what it is sent.

It has no policies: it applies everything, or answers what a test has scripted. The real hub is met in
``test_the_real_hub.py`` and in the simulation.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

from sync import clock, invitation, signature
from sync.digest import Key, digest_of, mark_of
from sync.errors import HubUnreachable
from sync.fields import FeedField
from sync.frames import FrameReader, FrameWriter
from sync.message import Message
from sync.questions import ClaimReply, ClaimRequest, TakeReply, TakeRequest
from sync.seal import SUITE, SUITE_HYBRID, Sealed
from sync.wire import (
    HEADER_COUNTER,
    HEADER_SIGNATURE,
    HEADER_TERMINAL,
    STREAM_MEDIA_TYPE,
    Branch,
    Certificate,
    CompareReply,
    CompareRequest,
    EnrolReply,
    EnrolRequest,
    FeedEntry,
    FieldwiseEntry,
    FieldwiseRequest,
    HubCard,
    HubRequest,
    HubResponse,
    Receipt,
    RefusalBody,
    RoundReply,
    RoundRequest,
    SealingDocument,
    from_text,
    to_text,
)

SITE = "sarlat"
START_MS = 1_795_000_000_000
INVITATION_NO = 7
SECRET = b"\x01\x02\x03\x04\x05"
Script = Callable[[RoundRequest], Message | None]


class Time:
    """A clock that a test sets."""

    def __init__(self, ms: int = START_MS) -> None:
        self.ms = ms

    def __call__(self) -> int:
        return self.ms


def sealing_pair(root: Ed25519PrivateKey, key_id: str = "s1") -> tuple[SealingDocument, MLKEM768X25519PrivateKey]:
    """A signed sealing document and its private half."""
    lattice, curve = mlkem.MLKEM768PrivateKey.generate(), x25519.X25519PrivateKey.generate()
    public = lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
    draft = SealingDocument(
        key_id=key_id, suite=SUITE_HYBRID, public_key=to_text(public), valid_from_ms=START_MS - 10**9,
        valid_to_ms=START_MS + 10**11,
    )  # fmt: skip
    signed = draft.changed(signature=to_text(root.sign(draft.signing_input())))
    return signed, MLKEM768X25519PrivateKey(lattice, curve)


@dataclass
class StandInHub:
    """One hub, one site, any number of terminals."""

    now: Time = field(default_factory=Time)
    demonstration: bool = False
    identity: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    root: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def __post_init__(self) -> None:
        self.sealing, self.sealing_private = sealing_pair(self.root)
        self.generation = "generation-1"
        self.applied: dict[str, int] = {}
        self.durable_through = 0
        self.feed: list[FeedEntry] = []
        self.stamps: dict[tuple[str, str, str, str], str] = {}
        self.seals: dict[str, str] = {}
        self.received: list[RoundRequest] = []
        self.asked: list[str] = []
        self.counter = -1
        self.scripts: list[Script] = []
        self.takes: list[TakeRequest] = []
        self.slips: list[ClaimRequest] = []
        self.says: Callable[[], Message] | None = None
        self.offline = False
        self.lose_answers = 0
        self.frames_told: int | None = None
        """After how many frames an answer is cut."""
        self.page = 1000
        self.terminal_keys: dict[str, bytes] = {}

    @property
    def public(self) -> bytes:
        return signature.public_bytes(self.identity)

    @property
    def fingerprint(self) -> bytes:
        return signature.hub_fingerprint(self.public, signature.public_bytes(self.root))

    def code(self) -> str:
        return invitation.write_code(self.fingerprint, INVITATION_NO, SECRET)

    # ------------------------------------------------------------- the seam
    def send(self, request: HubRequest) -> HubResponse:
        if self.offline:
            raise HubUnreachable("Le hub ne répond pas.")
        self.asked.append(f"{request.method} {request.path}")
        if request.path == "/v2/round":
            return self._streamed(request)
        held = request.headers.get(HEADER_SIGNATURE, "")
        answer = self._answer(request)
        if self.lose_answers:
            self.lose_answers -= 1
            raise HubUnreachable("Le hub ne répond pas.")
        status = 409 if isinstance(answer, RefusalBody) else 200
        return self.sign(status, answer.to_bytes(), from_text(held))

    def _streamed(self, head: HubRequest) -> HubResponse:
        """A round in frames: each is answered as a round is, and the last answer is told."""
        terminal, counter = head.headers[HEADER_TERMINAL], int(head.headers[HEADER_COUNTER])
        key = self.terminal_keys[terminal]
        reader = FrameReader(signature.stream_opening(head, terminal, counter), partial(signature.verify, key))
        answer: Message | None = None
        receipts: list[Receipt] = []
        for text in reader.feed(head.body):
            request = RoundRequest.from_json(text)
            answer = self._numbered(counter) if answer is None else None
            answer = answer or self._heard(request)
            if not isinstance(answer, RoundReply):
                break
            receipts += answer.receipts
        if self.lose_answers:
            self.lose_answers -= 1
            raise HubUnreachable("Le hub ne répond pas.")
        if not isinstance(answer, RoundReply):
            assert answer is not None
            return self.sign(409 if isinstance(answer, RefusalBody) else 200, answer.to_bytes(), reader.signature)
        assert reader.ended
        writer = FrameWriter(signature.answer_opening(reader.signature), self.identity.sign)
        answer = answer.changed(receipts=receipts)
        frames = [writer.frame(answer.to_json(), last=not answer.more)]
        while answer.more:
            answer = self._apply(
                request.changed(operations=[], generation=answer.generation, checkpoints=answer.checkpoints)
            )
            assert isinstance(answer, RoundReply)
            frames.append(writer.frame(answer.to_json(), last=not answer.more))
        return HubResponse(200, b"".join(frames[: self.frames_told]), {"content-type": STREAM_MEDIA_TYPE})

    def sign(self, status: int, body: bytes, request_signature: bytes = b"") -> HubResponse:
        proof = self.identity.sign(signature.reply_input(status, body, request_signature))
        return HubResponse(status, body, {HEADER_SIGNATURE: to_text(proof)})

    def _answer(self, request: HubRequest) -> Message:
        if request.path == "/v1/hub":
            return HubCard(
                identity_key=to_text(self.public), root_key=to_text(signature.public_bytes(self.root)),
                demonstration=self.demonstration, now_ms=self.now(),
            )  # fmt: skip
        if request.path == "/v1/enrol":
            return self._enrol(EnrolRequest.from_bytes(request.body))
        if request.path == "/v1/take":
            return self._take(request)
        if request.path == "/v1/claim":
            self.slips.append(ClaimRequest.from_bytes(request.body))
            return self._check_counter(request) or self._said(
                ClaimReply(now_ms=self.now(), generation=self.generation, found=False)
            )
        if request.path == "/v1/compare":
            return self._compare(request)
        return self._round(request)

    def _said(self, usual: Message) -> Message:
        """What a test wants to be said instead, once."""
        says, self.says = self.says, None
        return says() if says is not None else usual

    def _take(self, raw: HubRequest) -> Message:
        """Gives the place that is asked for, under the id that was drawn; asked again, the same."""
        replayed = self._check_counter(raw)
        if replayed is not None:
            return replayed
        request = TakeRequest.from_bytes(raw.body)
        self.takes.append(request)
        if self.says is not None:
            return self._said(self.refusal("busy"))
        known = ("grant", SITE, request.id, "state") in self.stamps
        if not known:
            self.put_values("grant", request.id, {
                "slot_id": request.slot_id, "terminal_no": 1, "incarnation": request.incarnation,
                "number": 100 + len(self.takes), "issued_at": clock.utc_text(self.now()), "state": "active",
            }, counter=100 + len(self.takes))  # fmt: skip
        entries = [FieldwiseEntry.of(entry) for entry in self.feed if entry.id == request.id]
        return TakeReply(now_ms=self.now(), generation=self.generation, given=True, entries=entries)

    def _check_counter(self, raw: HubRequest) -> RefusalBody | None:
        terminal, counter = raw.headers[HEADER_TERMINAL], int(raw.headers[HEADER_COUNTER])
        plain = HubRequest(raw.method, raw.path, raw.body)
        proof = from_text(raw.headers[HEADER_SIGNATURE])
        assert signature.verify(self.terminal_keys[terminal], proof, signature.request_input(plain, terminal, counter))
        return self._numbered(counter)

    def _numbered(self, counter: int) -> RefusalBody | None:
        if counter <= self.counter:
            return self.refusal("replayed")
        self.counter = counter
        return None

    def _enrol(self, request: EnrolRequest) -> Message:
        key = from_text(request.terminal_key)
        verifier = invitation.derive_verifier(invitation.read_code(self.code()).secret, self.fingerprint)  # type: ignore[union-attr]
        proof = invitation.make_proof(verifier, INVITATION_NO, key, request.incarnation)
        if to_text(proof) != request.proof:
            return self.refusal("invitation_wrong")
        number = len(self.terminal_keys) + 1
        draft = Certificate(
            terminal_id=f"t-{number}", terminal_no=number, site_id=SITE, functions=["borne"],
            terminal_key=request.terminal_key, issued_at_ms=self.now(), demonstration=self.demonstration,
        )  # fmt: skip
        signed = draft.changed(signature=to_text(self.identity.sign(draft.signing_input())))
        self.terminal_keys[signed.terminal_id] = key
        sealing = self.sealing
        return EnrolReply(
            certificate=signed, sealing=sealing, reference_secret=to_text(b"r" * 32), generation=self.generation,
            now_ms=self.now(),
        )  # fmt: skip

    # --------------------------------------------------------------- rounds
    def refusal(self, code: str, wanted: int | None = None) -> RefusalBody:
        return RefusalBody(code=code, message="Le hub refuse : suivez sa phrase.", now_ms=self.now(), wanted=wanted)

    def _round(self, raw: HubRequest) -> Message:
        replayed = self._check_counter(raw)
        if replayed is not None:
            return replayed
        return self._heard(FieldwiseRequest.from_bytes(raw.body).plain())

    def _heard(self, request: RoundRequest) -> Message:
        self.received.append(request)
        if self.scripts:
            scripted = self.scripts.pop(0)(request)
            if scripted is not None:
                return scripted
        return self._apply(request)

    def _apply(self, request: RoundRequest) -> Message:
        place = f"{request.terminal_id}/{request.incarnation}"
        through = self.applied.get(place, 0)
        limit = self.now() + 15 * 60 * 1000
        if any(clock.stamp_ms(c.stamp) > limit for op in request.operations for c in op.fields.values()):
            return self.refusal("clock_ahead")
        receipts = []
        for operation in request.operations:
            if operation.seq > through + 1:
                return self.refusal("gap", wanted=through + 1)
            if operation.seq == through + 1:
                through += 1
                key = (operation.kind, operation.site_id, operation.id)
                fields = {name: FeedField(value=c.value, stamp=c.stamp) for name, c in operation.fields.items()}
                newer = {n: f for n, f in fields.items() if f.stamp > self.stamps.get((*key, n), "")}
                self.put(*key, newer)
                if operation.sealed:
                    self.seals[operation.id] = operation.sealed
            receipts.append(Receipt(seq=operation.seq, outcome="applied"))
        self.applied[place] = through
        after = request.checkpoints.get(SITE, 0) if request.generation == self.generation else 0
        entries = self.feed[after : after + self.page]
        more = after + len(entries) < len(self.feed)
        return RoundReply(
            now_ms=self.now(), generation=self.generation, applied_through=through,
            durable_through=self.durable_through, receipts=receipts, entries=entries,
            checkpoints={SITE: after + len(entries)}, more=more, digest=None if more else self.digest(),
            next_round_s=300,
        )  # fmt: skip

    def put(self, kind: str, site_id: str, record_id: str, fields: dict[str, FeedField]) -> None:
        """Publishes values."""
        for name, given in fields.items():
            self.stamps[kind, site_id, record_id, name] = given.stamp
        if fields:
            self.feed.append(
                FeedEntry.of(n=len(self.feed) + 1, kind=kind, site_id=site_id, record_id=record_id, fields=fields)
            )

    def put_values(self, kind: str, record_id: str, values: dict[str, object], counter: int = 0) -> None:
        """Publishes values stamped by the hub's clock."""
        stamp = clock.make_stamp(self.now(), counter, 0)
        self.put(kind, SITE, record_id, {n: FeedField(value=v, stamp=stamp) for n, v in values.items()})  # type: ignore[arg-type]

    def digest(self) -> str:
        return digest_of(self.marks().values())

    def marks(self) -> dict[Key, int]:
        held: dict[Key, dict[str, str]] = {}
        for (kind, site_id, record_id, name), stamp in self.stamps.items():
            held.setdefault((kind, site_id, record_id), {})[name] = stamp
        return {key: mark_of(key, stamps) for key, stamps in held.items()}

    def _compare(self, raw: HubRequest) -> Message:
        """Every record by name: a hub whose tree has no branches yet."""
        replayed = self._check_counter(raw)
        if replayed is not None:
            return replayed
        asked = CompareRequest.from_bytes(raw.body)
        named = [(*key, mark) for key, mark in self.marks().items()]
        return CompareReply(
            now_ms=self.now(), generation=self.generation, checkpoints={SITE: len(self.feed)},
            branches=[Branch(prefix=prefix, named=named) for prefix in asked.prefixes],
            entries=[one for one in self.feed if (one.kind, one.site_id, one.id) in asked.wanted],
        )  # fmt: skip

    def unseal(self, text: str) -> dict[str, object]:
        """Opens a sealed text, as the vault does."""
        sealed = Sealed.from_text(text)
        return sealed.open_with(lambda ciphertext, *, info: SUITE.decrypt(ciphertext, self.sealing_private, info=info))


def a_registration(terminal_no: int = 1, index: int = 0, reference_hash: str = "x") -> dict[str, object]:
    """The fields of a prepared registration."""
    return {
        "state": "preparee", "terminal_no": terminal_no, "reference_no": index, "reference_hash": reference_hash,
        "notice_version": "2026-11", "notice_read_at": "2026-11-21T08:00:00Z", "created_at": "2026-11-21T08:00:00Z",
        "language": "fr", "assistance": "seul",
    }  # fmt: skip


def a_booking(slot_id: str = "slot-1", index: int = 0, reference_hash: str = "x") -> dict[str, object]:
    """The fields of a booking that asks for a slot."""
    return {
        "state": "requested", "slot_id": slot_id, "reason": "suivi", "modality": "VISIO", "language": "fr",
        "needs": [], "terminal_no": 1, "reference_no": index, "reference_hash": reference_hash,
        "created_at": "2026-11-21T08:00:00Z",
    }  # fmt: skip


def an_event(title: str = "Atelier CV") -> dict[str, object]:
    """The fields of an event, as the hub publishes it."""
    return {
        "external_ref": "e-1", "title": title, "starts_at": "2026-12-01T08:00:00Z", "ends_at": "2026-12-01T09:00:00Z",
        "place": "Mairie",
    }  # fmt: skip


MACHINE_SECRET = os.urandom(32)
