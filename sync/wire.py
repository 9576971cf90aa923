"""The messages of protocols 1 and 2, and how they become bytes. The exact form is docs/protocol.md.

A body is zstd-compressed JSON with its own media type, so that nothing on the way decodes it: the
signatures cover the bytes as sent. Every size has a limit, held before anything is parsed.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from functools import cache
from typing import Annotated, Any, Self

import zstandard
from msgspec import DecodeError, Meta, Struct, field, structs
from msgspec.json import Decoder, Encoder

from sync.change import Value
from sync.clock import STAMP_PATTERN
from sync.errors import Refused

PROTOCOL = 1
STREAMED_PROTOCOL = 2
"""That of ``/v2/round``, whose body is a stream of frames; a hub answers ``/v1/round`` as well."""
MEDIA_TYPE = "application/vnd.point-contact.v1+zstd"
STREAM_MEDIA_TYPE = "application/vnd.point-contact.v2+frames"
BODY_BYTES_MAX = 4 * 1024 * 1024
MESSAGE_BYTES_MAX = 16 * 1024 * 1024
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

Stamp = Annotated[str, Meta(pattern=STAMP_PATTERN)]
Identifier = Annotated[str, Meta(pattern=r"^[0-9a-z*][0-9a-z-]{0,63}$")]
FieldName = Annotated[str, Meta(pattern=r"^[a-z_]{1,40}$")]
Number = Annotated[int, Meta(ge=1)]
Prefix = Annotated[str, Meta(pattern=r"^[0-9a-f]{0,8}$")]


class Message(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every message: strict types, unknown names refused, no input echoed in errors.

    What is read is checked; what this program builds itself is not.
    """

    def to_json(self) -> bytes:
        """The message as compact JSON, in the order of its fields."""
        return _ENCODER.encode(self)

    def to_bytes(self) -> bytes:
        """The message as it travels: compact JSON, compressed with zstd."""
        return zstandard.ZstdCompressor(level=9).compress(self.to_json())

    def changed(self, **changes: object) -> Self:
        """The same message but for ``changes``."""
        return structs.replace(self, **changes)

    @classmethod
    def from_json(cls, text: bytes | str) -> Self:
        """Reads the JSON of a message. Raises ValueError, which does not repeat what was given."""
        try:
            return _decoder(cls).decode(text)  # type: ignore[no-any-return]
        except (DecodeError, UnicodeDecodeError):
            raise ValueError(f"not a {cls.__name__}") from None

    @classmethod
    def from_values(cls, values: Mapping[str, object]) -> Self:
        """Reads a message from what its JSON holds. Raises ValueError, which does not repeat what was given."""
        return cls.from_json(_ENCODER.encode(values))

    @classmethod
    def from_bytes(cls, body: bytes) -> Self:
        """Reads a message. Raises Refused (``too_large`` or ``malformed``)."""
        if len(body) > BODY_BYTES_MAX:
            raise Refused("too_large", "Le message reçu dépasse la taille permise.", status=413)
        try:
            return cls.from_json(_decompress(body))
        except (zstandard.ZstdError, ValueError) as error:
            raise Refused("malformed", "Le message reçu n’est pas lisible.", status=400) from error


_ENCODER = Encoder()


@cache
def _decoder(message: type[Message]) -> Decoder[Any]:
    return Decoder(message)


def _decompress(body: bytes) -> bytes:
    """Reads at most ``MESSAGE_BYTES_MAX`` bytes: a small body may unfold without end."""
    with zstandard.ZstdDecompressor().stream_reader(body) as reader:
        text = reader.read(MESSAGE_BYTES_MAX + 1)
    if len(text) > MESSAGE_BYTES_MAX:
        raise Refused("too_large", "Le message reçu dépasse la taille permise.", status=413)
    return text


def _this_protocol() -> int:
    return PROTOCOL  # by a function: a value by default would be left out where defaults are


class FieldChange(Message, frozen=True, kw_only=True, gc=False):
    """One field of one operation: value, stamp, and the stamp its author saw."""

    value: Value
    stamp: Stamp
    base: Stamp | None = None


LEFT_OF_ENDED = frozenset({"terminal_no"})
"""The fields that an operation keeps once its record was destroyed at the end of its time: only the one that made the
record has them. Sent again without any other, it says to a restored hub that nobody can make that record again."""


class Operation(Message, frozen=True, kw_only=True):
    """One write of one record by a terminal. ``sealed`` is base64 of a ``seal.Sealed``."""

    seq: Number
    kind: FieldName
    site_id: Identifier
    id: Identifier
    fields: dict[FieldName, FieldChange]
    sealed: Annotated[str, Meta(max_length=SEALED_BYTES_MAX * 2)] | None = None

    @property
    def stamps(self) -> set[str]:
        """The different stamps of its fields: one, as a rule, for what is written at once is stamped once."""
        return {change.stamp for change in self.fields.values()}


class RoundRequest(Message, frozen=True, kw_only=True, omit_defaults=True):
    """What a terminal sends: its position, its operations, what it already has.

    ``confirmed`` is left out but after a restore of the hub: the slot of each booking that the hub had confirmed in the
    history before, by the booking's id. ``public_url_wanted``, once a day, asks for the address that slips bear.
    ``more`` (protocol 2): operations wait that are not in this request. ``answered`` (the same, after a cut): up to
    here the terminal has its receipts; those after are told again.
    """

    protocol: int = field(default_factory=_this_protocol)
    terminal_id: Identifier
    incarnation: Identifier
    now_ms: Annotated[int, Meta(ge=0)]
    generation: Identifier | None
    checkpoints: dict[Identifier, int]
    sealing_key_id: str | None = None
    operations: Annotated[list[Operation], Meta(max_length=OPERATIONS_PER_ROUND_MAX)] = field(default_factory=list)
    confirmed: Annotated[dict[Identifier, Identifier], Meta(max_length=CONFIRMED_PER_ROUND_MAX)] = field(
        default_factory=dict
    )
    public_url_wanted: bool = False
    more: bool = False
    answered: int | None = None


class Receipt(Message, frozen=True, kw_only=True):
    """What became of one operation: ``applied``, ``conflict`` (some fields lost) or ``rejected``."""

    seq: int
    outcome: Annotated[str, Meta(pattern="^(applied|conflict|rejected)$")]
    code: str | None = None
    message: str | None = None
    lost: list[FieldName] = field(default_factory=list)


class FeedField(Message, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The value and stamp of one field in the change feed.

    ``over`` is the stamp of the value that this one replaced without its author having seen it: the terminal that wrote
    that value notes the loss in its own journal. It is left out where nothing was lost.
    """

    value: Value
    stamp: Stamp
    over: Stamp | None = None


class FeedEntry(Message, frozen=True, kw_only=True):
    """One numbered entry of the change feed of one part (a site, or ``*`` for what is common).

    Without any field it is a tombstone: the hub has destroyed the record at the end of its time.
    """

    part: Identifier
    n: Number
    kind: FieldName
    site_id: Identifier
    id: Identifier
    fields: dict[FieldName, FeedField]


class RoundReply(Message, frozen=True, kw_only=True, omit_defaults=True):
    """The hub's answer. ``now_ms`` is signed time: the terminal's clock floor.

    ``digest`` is that of what this terminal should hold at these checkpoints (``sync.digest``), given when nothing
    more waits (``more`` is false). ``refill``: the checkpoints asked with are older than what the hub still keeps of
    its feed, so this answer begins it anew. ``public_url`` answers ``public_url_wanted``, "" when there is none.
    """

    protocol: int = field(default_factory=_this_protocol)
    now_ms: int
    generation: Identifier
    applied_through: int
    durable_through: int
    receipts: list[Receipt]
    entries: list[FeedEntry]
    checkpoints: dict[Identifier, int]
    more: bool
    digest: str | None = None
    refill: bool = False
    next_round_s: int = 300
    sealing: SealingDocument | None = None
    public_url: str | None = None


class TakeRequest(Message, frozen=True, kw_only=True):
    """``POST /v1/take``: one place of a slot, at once, for the person at the screen.

    ``id`` becomes the grant's; it is drawn before it is sent, so that asking again gives the same grant.
    """

    protocol: int = field(default_factory=_this_protocol)
    terminal_id: Identifier
    incarnation: Identifier
    id: Identifier
    slot_id: Identifier


class TakeReply(Message, frozen=True, kw_only=True):
    """The grant and its slot as feed entries, or why there is none (a code of docs/protocol.md §11)."""

    protocol: int = field(default_factory=_this_protocol)
    now_ms: int
    generation: Identifier
    given: bool
    because: str | None = None
    entries: list[FeedEntry] = field(default_factory=list)


class ClaimRequest(Message, frozen=True, kw_only=True):
    """``POST /v1/claim``: a slip from another terminal, by its reference as typed or by the text of its QR."""

    protocol: int = field(default_factory=_this_protocol)
    terminal_id: Identifier
    incarnation: Identifier
    reference: Annotated[str, Meta(max_length=40)] | None = None
    claim: Annotated[str, Meta(max_length=400)] | None = None


class ClaimReply(Message, frozen=True, kw_only=True):
    """The record of a slip and its slot as feed entries; ``found`` is false when the slip proves nothing."""

    protocol: int = field(default_factory=_this_protocol)
    now_ms: int
    generation: Identifier
    found: bool
    kind: FieldName | None = None
    id: Identifier | None = None
    entries: list[FeedEntry] = field(default_factory=list)


class CompareRequest(Message, frozen=True, kw_only=True):
    """``POST /v1/compare``: a terminal whose digest differs asks what stands under branches of the tree of places
    (``sync.digest``), and for the whole of the records that differ, each by kind, site and id."""

    protocol: int = field(default_factory=_this_protocol)
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

    protocol: int = field(default_factory=_this_protocol)
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
