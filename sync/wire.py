"""The messages of protocols 1 and 2, and how they become bytes. The exact form is docs/protocol.md.

A body is zstd-compressed JSON with its own media type, so that nothing on the way decodes it: the
signatures cover the bytes as sent. Every size has a limit, held before anything is parsed.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cached_property
from typing import Annotated

from msgspec import Meta, field, structs

from sync.change import Value
from sync.errors import Refused
from sync.fields import FeedField, FieldChange, Fields, read_fields
from sync.message import (
    FieldName,
    Identifier,
    LookedAtIdentifier,
    LookedAtName,
    Message,
    Number,
    Prefix,
    look_at,
)

PROTOCOL = 1
STREAMED_PROTOCOL = 2
"""That of ``/v2/round``, whose body is a stream of frames; a hub answers ``/v1/round`` as well."""
MEDIA_TYPE = "application/vnd.point-contact.v1+zstd"
STREAM_MEDIA_TYPE = "application/vnd.point-contact.v2+frames"
CONFIRMED_PER_ROUND_MAX = 500
OPERATIONS_PER_ROUND_MAX = 500
ENTRIES_PER_ROUND_MAX = 1000
BRANCHES_PER_QUESTION_MAX = 128
WANTED_PER_QUESTION_MAX = 400
CLOCK_AHEAD_MAX_MS = 15 * 60 * 1000
SEALED_BYTES_MAX = 64 * 1024

HEADER_TERMINAL = "point-contact-terminal"
HEADER_COUNTER = "point-contact-counter"
HEADER_PROTOCOL = "point-contact-protocol"
HEADER_SIGNATURE = "point-contact-signature"
HEADER_CERTIFICATE = "point-contact-certificate"
"""Sent after ``unknown_terminal`` only: ``to_text`` of the certificate's JSON. A restored hub re-admits by it."""


def this_protocol() -> int:
    """The number of the protocol that this program speaks."""
    return PROTOCOL  # by a function: a value by default would be left out where defaults are


LEFT_OF_ENDED = frozenset({"terminal_no"})
"""The fields that an operation keeps once its record was destroyed at the end of its time: only the one that made the
record has them. Sent again without any other, it says to a restored hub that nobody can make that record again."""


class Operation(Message, frozen=True, array_like=True, kw_only=True, dict=True):
    """One write of one record by a terminal. ``sealed`` is the text of a ``seal.Sealed``."""

    seq: Number
    kind: LookedAtName
    site_id: LookedAtIdentifier
    id: LookedAtIdentifier
    said: Fields
    sealed: Annotated[str, Meta(max_length=SEALED_BYTES_MAX * 2)] | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for names that are none."""
        look_at(self.kind, self.site_id, self.id)

    @classmethod
    def of(
        cls, seq: int, kind: str, site_id: str, record_id: str, fields: Mapping[str, FieldChange],
        sealed: str | None = None,
    ) -> Operation:  # fmt: skip
        """An operation whose fields are given one by one."""
        return cls(seq=seq, kind=kind, site_id=site_id, id=record_id, said=Fields.of_changes(fields), sealed=sealed)

    def changed(self, **changes: object) -> Operation:
        """The same but for ``changes``; ``fields`` may be given one by one."""
        fields = changes.pop("fields", None)
        if isinstance(fields, Mapping):
            changes["said"] = Fields.of_changes(fields)
        return super().changed(**changes)

    @property
    def values(self) -> dict[str, Value]:
        """What it sets, by field."""
        return self.said.values

    @property
    def one_stamp(self) -> str | None:
        """The stamp of all its fields, as a rule."""
        return self.said.one_stamp

    @property
    def stamps(self) -> Collection[str]:
        """The different stamps of its fields."""
        return self.said.stamps

    @cached_property
    def fields(self) -> dict[str, FieldChange]:
        """Its fields one by one; where there are many operations, ``values`` and the stamps are faster."""
        return self.said.changes()


class FieldwiseOperation(Message, frozen=True, kw_only=True):
    """An operation as protocol 1 says it: each field with its stamps."""

    seq: Number
    kind: FieldName
    site_id: Identifier
    id: Identifier
    fields: dict[FieldName, FieldChange]
    sealed: Annotated[str, Meta(max_length=SEALED_BYTES_MAX * 2)] | None = None

    @classmethod
    def of(cls, one: Operation) -> FieldwiseOperation:
        """The same operation."""
        return cls(
            seq=one.seq, kind=one.kind, site_id=one.site_id, id=one.id, fields=one.fields, sealed=one.sealed
        )  # fmt: skip

    def plain(self) -> Operation:
        """The same operation, as everything else knows it."""
        said = Fields.of_changes(self.fields)
        return Operation(
            seq=self.seq, kind=self.kind, site_id=self.site_id, id=self.id, said=said, sealed=self.sealed
        )  # fmt: skip


class Asking(Message, frozen=True, kw_only=True, omit_defaults=True):
    """What a terminal sends beside its operations: its position, and what it already has.

    ``confirmed`` is left out but after a restore of the hub: the slot of each booking that the hub had confirmed in the
    history before, by the booking's id. ``public_url_wanted``, once a day, asks for the address that slips bear.
    ``more`` (protocol 2): operations wait that are not in this request. ``answered`` (the same, after a cut): up to
    here the terminal has its receipts; those after are told again.
    """

    protocol: int = field(default_factory=this_protocol)
    terminal_id: Identifier
    incarnation: Identifier
    now_ms: Annotated[int, Meta(ge=0)]
    generation: Identifier | None
    checkpoints: dict[Identifier, int]
    sealing_key_id: str | None = None
    confirmed: Annotated[dict[Identifier, Identifier], Meta(max_length=CONFIRMED_PER_ROUND_MAX)] = field(
        default_factory=dict
    )
    public_url_wanted: bool = False
    more: bool = False
    answered: int | None = None


class RoundRequest(Asking, frozen=True, kw_only=True, omit_defaults=True):
    """What a terminal sends."""

    operations: Annotated[list[Operation], Meta(max_length=OPERATIONS_PER_ROUND_MAX)] = field(default_factory=list)

    def to_json_with(self, operations: Sequence[bytes]) -> bytes:
        """Its JSON with operations that are JSON already; it has none of its own."""
        whole = self.to_json()
        return whole[:-1] + b',"operations":[' + b",".join(operations) + b"]}" if operations else whole


class FieldwiseRequest(Asking, frozen=True, kw_only=True, omit_defaults=True):
    """``RoundRequest`` as protocol 1 says it."""

    operations: Annotated[list[FieldwiseOperation], Meta(max_length=OPERATIONS_PER_ROUND_MAX)] = field(
        default_factory=list
    )

    @classmethod
    def of(cls, one: RoundRequest) -> FieldwiseRequest:
        """The same request."""
        return cls(**{**structs.asdict(one), "operations": [*map(FieldwiseOperation.of, one.operations)]})

    def plain(self) -> RoundRequest:
        """The same request, as everything else knows it."""
        return RoundRequest(**{**structs.asdict(self), "operations": [one.plain() for one in self.operations]})


class Receipt(Message, frozen=True, kw_only=True):
    """What became of one operation: ``applied``, ``conflict`` (some fields lost) or ``rejected``."""

    seq: int
    outcome: Annotated[str, Meta(pattern="^(applied|conflict|rejected)$")]
    code: str | None = None
    message: str | None = None
    lost: list[FieldName] = field(default_factory=list)


class FeedEntry(Message, frozen=True, array_like=True, kw_only=True, dict=True):
    """One numbered entry of the change feed of one part: that of a site, or of ``*`` for what is common.

    Without any field it is a tombstone: the hub has destroyed the record at the end of its time.
    """

    n: Number
    kind: LookedAtName
    site_id: LookedAtIdentifier
    id: LookedAtIdentifier
    told: Fields

    def __post_init__(self) -> None:
        """Raises ValueError for names that are none."""
        look_at(self.kind, self.site_id, self.id)

    @classmethod
    def of(cls, n: int, kind: str, site_id: str, record_id: str, fields: Mapping[str, FeedField]) -> FeedEntry:
        """An entry whose fields are given one by one."""
        values = {name: given.value for name, given in fields.items()}
        stamps = {name: given.stamp for name, given in fields.items()}
        told = Fields.of(values, stamps, {name: given.over for name, given in fields.items()})
        return cls(n=n, kind=kind, site_id=site_id, id=record_id, told=told)

    @cached_property
    def fields(self) -> dict[str, FeedField]:
        """Its fields one by one."""
        return (self.told if isinstance(self.told, Fields) else read_fields(self.told)).told()


class FieldwiseEntry(Message, frozen=True, kw_only=True):
    """An entry of the feed as the calls below ``/v1`` say it: each field with its stamp."""

    part: Identifier
    n: Number
    kind: FieldName
    site_id: Identifier
    id: Identifier
    fields: dict[FieldName, FeedField]

    @classmethod
    def of(cls, one: FeedEntry) -> FieldwiseEntry:
        """The same entry, whose fields may be their JSON still."""
        told = one.told if isinstance(one.told, Fields) else read_fields(one.told)
        return cls(part=one.site_id, n=one.n, kind=one.kind, site_id=one.site_id, id=one.id, fields=told.told())

    def plain(self) -> FeedEntry:
        """The same entry, as everything else knows it."""
        return FeedEntry.of(self.n, self.kind, self.site_id, self.id, self.fields)


class Answering(Message, frozen=True, kw_only=True, omit_defaults=True):
    """What the hub answers beside its feed. ``now_ms`` is signed time: the terminal's clock floor.

    ``digest`` is that of what this terminal should hold at these checkpoints (``sync.digest``), given when nothing
    more waits (``more`` is false). ``refill``: the checkpoints asked with are older than what the hub still keeps of
    its feed, so this answer begins it anew. ``public_url`` answers ``public_url_wanted``, "" when there is none.
    """

    protocol: int = field(default_factory=this_protocol)
    now_ms: int
    generation: Identifier
    applied_through: int
    durable_through: int
    receipts: list[Receipt]
    checkpoints: dict[Identifier, int]
    more: bool
    digest: str | None = None
    refill: bool = False
    next_round_s: int = 300
    sealing: SealingDocument | None = None
    public_url: str | None = None


class RoundReply(Answering, frozen=True, kw_only=True, omit_defaults=True):
    """The hub's answer."""

    entries: list[FeedEntry]


class FieldwiseReply(Answering, frozen=True, kw_only=True, omit_defaults=True):
    """``RoundReply`` as protocol 1 says it."""

    entries: list[FieldwiseEntry]

    @classmethod
    def of(cls, one: RoundReply) -> FieldwiseReply:
        """The same answer."""
        return cls(**{**structs.asdict(one), "entries": [*map(FieldwiseEntry.of, one.entries)]})

    def plain(self) -> RoundReply:
        """The same answer, as everything else knows it."""
        return RoundReply(**{**structs.asdict(self), "entries": [one.plain() for one in self.entries]})


class CompareRequest(Message, frozen=True, kw_only=True):
    """``POST /v1/compare``: a terminal whose digest differs asks what stands under branches of the tree of places
    (``sync.digest``), and for the whole of the records that differ, each by kind, site and id."""

    protocol: int = field(default_factory=this_protocol)
    terminal_id: Identifier
    incarnation: Identifier
    prefixes: Annotated[list[Prefix], Meta(max_length=BRANCHES_PER_QUESTION_MAX)] = field(default_factory=list)
    wanted: Annotated[list[tuple[FieldName, Identifier, Identifier]], Meta(max_length=WANTED_PER_QUESTION_MAX)] = field(
        default_factory=list
    )


class Branch(Message, frozen=True, kw_only=True, omit_defaults=True):
    """One branch: the number and the sum of the marks under each of the sixteen digits that may follow, or, where there
    are few, every record with its mark."""

    prefix: Prefix
    sums: list[tuple[int, int]] | None = None
    named: list[tuple[FieldName, Identifier, Identifier, int]] | None = None


class CompareReply(Message, frozen=True, kw_only=True):
    """What stands under each branch asked for, and the records wanted as feed entries; those that the hub does not hold
    are absent. It is of use only at these checkpoints and in this generation."""

    protocol: int = field(default_factory=this_protocol)
    now_ms: int
    generation: Identifier
    checkpoints: dict[Identifier, int]
    branches: list[Branch]
    entries: list[FeedEntry] = field(default_factory=list)


class RefusalBody(Message, frozen=True, kw_only=True, omit_defaults=True):
    """The body of every refusal: a stable code, a French sentence, the signed time.

    ``retry_s``, of a streamed round only: after how many seconds a hub that is busy wants to be asked again.
    """

    code: str
    message: str
    now_ms: int
    wanted: int | None = None
    protocol_min: int = field(default_factory=lambda: PROTOCOL)
    protocol_max: int = field(default_factory=lambda: STREAMED_PROTOCOL)
    retry_s: int | None = None


class SealingDocument(Message, frozen=True, kw_only=True):
    """The hub's sealing key, dated, signed by its offline root over ``signing_input``."""

    key_id: str
    suite: str
    public_key: str
    valid_from_ms: int
    valid_to_ms: int
    demonstration: bool = False
    signature: str = ""

    def signing_input(self) -> bytes:
        """The bytes that the offline root signs."""
        return b"point-contact/v1/sealing\n" + self.changed(signature="").to_json()


class HubCard(Message, frozen=True, kw_only=True):
    """What ``GET /v1/hub`` answers: who this hub is. Its fingerprint is in the enrolment code."""

    protocol_min: int = PROTOCOL
    protocol_max: int = STREAMED_PROTOCOL
    identity_key: str
    root_key: str
    demonstration: bool = False
    now_ms: int
    public_url: str | None = None


class EnrolRequest(Message, frozen=True, kw_only=True):
    """``POST /v1/enrol``: the invitation's number, the new public key, and a proof of the secret."""

    invitation: int
    terminal_key: str
    incarnation: Identifier
    proof: str


class Certificate(Message, frozen=True, kw_only=True):
    """Who a terminal is, signed by the hub's identity key over ``signing_input``."""

    terminal_id: Identifier
    terminal_no: Annotated[int, Meta(ge=1, le=32767)]
    site_id: Identifier
    functions: list[str]
    terminal_key: str
    issued_at_ms: int
    demonstration: bool = False
    signature: str = ""

    def signing_input(self) -> bytes:
        """The bytes that the hub's identity key signs."""
        return b"point-contact/v1/certificate\n" + self.changed(signature="").to_json()


class EnrolReply(Message, frozen=True, kw_only=True):
    """The new terminal's certificate, the sealing key, and the secret of its references."""

    certificate: Certificate
    sealing: SealingDocument
    reference_secret: str
    generation: Identifier
    now_ms: int


@dataclass(frozen=True)
class HubRequest:
    """A request as bytes: what the one narrow seam to the network carries."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = dataclass_field(default_factory=dict)


@dataclass(frozen=True)
class HubResponse:
    """An answer as bytes."""

    status: int
    body: bytes
    headers: dict[str, str] = dataclass_field(default_factory=dict)


def to_text(data: bytes) -> str:
    """Bytes as URL-safe base64 without padding, as every key and signature travels."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """The inverse of ``to_text``. Raises Refused (``malformed``)."""
    try:
        if "+" in text or "/" in text:  # Python decodes both alphabets at once; one form only is ours
            raise ValueError("not the URL-safe alphabet")
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise Refused("malformed", "Le message reçu n’est pas lisible.", status=400) from error
