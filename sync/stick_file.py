"""The form of a file that carries a round on a USB stick. Pure: no input or output; docs/protocol.md §13 has the bytes.

What a terminal would send over the network (a stream of signed frames), and what the hub would answer, sealed as a
whole for the other end. Inside comes first a signed letter: who wrote to whom, from which generation, incarnation and
range, and what the content must hash to; then the content, which is the very bytes of ``sync.frames``.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from cryptography.exceptions import InvalidTag
from msgspec import Meta

from sync.errors import Refused
from sync.message import Identifier, Message
from sync.seal import SUITES, PublicKey
from sync.wire import Certificate, to_text

MAGIC = b"point-contact/v1/stick\n"
SUFFIX = ".pcs"
FILE_BYTES_MAX = 128 * 1024 * 1024
FRAMES_MAX = 100
"""Of one file: 15,000 operations; what is beyond travels with the next one."""
ANSWER_BYTES_MAX = 96 * 1024 * 1024
"""An answer is told page by page up to here; the rest with the next journey."""
PATH = "/v2/stick"
"""Signed with every frame, so that a file is no request for the network, nor a request a file."""
OUT, BACK = "out", "back"
HEAD_BYTES_MAX = 4096
_LENGTH = struct.Struct(">I")

DAMAGED = "Ce fichier est abîmé ou n’est pas entier : rien n’en a été pris. Recopiez-le, ou refaites-le à son origine."
NOT_OURS = "Ce fichier n’est pas un envoi de Point Contact : rien n’en a été pris."
NEWER = "Ce fichier est d’une version plus récente : mettez ce programme à jour. Rien n’en a été pris."

_Letter = TypeVar("_Letter", "Outgoing", "Answer")


class Head(Message, frozen=True, kw_only=True):
    """What anybody may read of a file: its form, its way (``out`` to a hub, ``back`` to a terminal), and which key
    opens it."""

    v: int = 1
    way: str
    suite: str
    key_id: Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]


class Outgoing(Message, frozen=True, kw_only=True):
    """A terminal's letter: the round that follows, and where to answer.

    Attributes:
        counter: the number of this request, as in ``point-contact-counter``.
        first, through: the numbers of the operations in it, 0 and 0 without any.
        checkpoints: from where it asks for the feed.
        made_ms: the terminal's clock.
        reply_key: the public key that the answer is sealed to.
        content: the hash of the frames.
        signature: the terminal's, over ``signing_input``.
    """

    terminal_id: Identifier
    counter: Annotated[int, Meta(ge=1)]
    incarnation: Identifier
    generation: Identifier | None
    first: int
    through: int
    checkpoints: dict[Identifier, int]
    made_ms: Annotated[int, Meta(ge=0)]
    reply_suite: str
    reply_key: Annotated[str, Meta(max_length=4096)]
    certificate: Certificate
    content: str
    signature: str = ""

    def signing_input(self) -> bytes:
        """The bytes that the terminal signs."""
        return b"point-contact/v1/stick/out\n" + self.changed(signature="").to_json()


class Answer(Message, frozen=True, kw_only=True):
    """The hub's letter to one terminal: what its request of this ``counter`` was answered.

    Attributes:
        asked: the signature of the letter that it answers.
        status: 200 and the frames of the answer follow; else the body of a refusal.
        whole: False when the frames stop before their end, because there are too many for one file.
        content: the hash of what follows.
        signature: the hub's, over ``signing_input``.
    """

    terminal_id: Identifier
    counter: Annotated[int, Meta(ge=1)]
    incarnation: Identifier
    generation: Identifier
    made_ms: Annotated[int, Meta(ge=0)]
    asked: str
    status: int
    whole: bool = True
    content: str
    signature: str = ""

    def signing_input(self) -> bytes:
        """The bytes that the hub signs."""
        return b"point-contact/v1/stick/back\n" + self.changed(signature="").to_json()


@dataclass(frozen=True)
class Envelope:
    """A file as read, still closed. ``info`` is bound to the ciphertext."""

    head: Head
    info: bytes
    ciphertext: bytes


def write(way: str, key_id: str, suite: str, public: PublicKey, letter: Message, content: bytes) -> bytes:
    """The bytes of a file: letter and content, sealed for the owner of ``public``, a key of this suite."""
    head = Head(way=way, suite=suite, key_id=key_id).to_json()
    said = letter.to_json()
    plain = _LENGTH.pack(len(said)) + said + content
    sealed: bytes = SUITES[suite].encrypt(plain, public, info=MAGIC + head)
    return MAGIC + _LENGTH.pack(len(head)) + head + sealed


def read(raw: bytes) -> Envelope:
    """Reads the outside of a file. Raises Refused (``malformed``, ``suite``)."""
    if not raw.startswith(MAGIC):
        raise Refused("malformed", NOT_OURS if len(raw) >= len(MAGIC) else DAMAGED, status=400)
    start = len(MAGIC) + _LENGTH.size
    length = int.from_bytes(raw[len(MAGIC) : start], "big")
    if not 0 < length <= HEAD_BYTES_MAX or len(raw) <= start + length:
        raise damaged()
    text = raw[start : start + length]
    try:
        head = Head.from_json(text)
    except ValueError:
        raise damaged() from None
    if head.v != 1 or head.suite not in SUITES:
        raise Refused("suite", NEWER)
    return Envelope(head, MAGIC + text, raw[start + length :])


def read_letter(plain: bytes, letter: type[_Letter]) -> tuple[_Letter, bytes]:
    """The letter of an opened file, its signature still to be checked, and the content. Raises Refused."""
    length = int.from_bytes(plain[: _LENGTH.size], "big")
    end = _LENGTH.size + length
    try:
        said = letter.from_json(plain[_LENGTH.size : end])
    except ValueError:
        raise damaged() from None
    content = plain[end:]
    if said.content != hash_of(content):
        raise damaged()
    return said, content


def key_id_of(public: bytes) -> str:
    """The short name of a public key: of no use to whoever does not hold it."""
    return hashlib.sha256(public).hexdigest()[:16]


def hash_of(content: bytes) -> str:
    """What a letter says of the content that follows it."""
    return to_text(hashlib.sha256(content).digest())


def name_of(terminal_no: int, way: str) -> str:
    """The name of a terminal's file: one each way on a stick, the newer in the place of the older."""
    return f"point-contact-borne-{terminal_no}-{'vers-le-hub' if way == OUT else 'du-hub'}{SUFFIX}"


def damaged() -> Refused:
    """The refusal of a file that was cut or altered."""
    return Refused("malformed", DAMAGED, status=400)


def open_with(envelope: Envelope, private: Any) -> bytes:
    """What is inside, for whoever holds the key. Raises Refused when it was altered or is for another key."""
    try:
        plain: bytes = SUITES[envelope.head.suite].decrypt(envelope.ciphertext, private, info=envelope.info)
        return plain
    except (InvalidTag, ValueError):
        raise damaged() from None
