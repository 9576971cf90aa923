"""References and claims: what a visitor takes home. Pure.

A **reference** has ten characters of Crockford's base 32, written 3-3-4: terminal (3), index (3),
a 15-bit MAC under the terminal's reference secret (3), and a check character (1) over GF(32) that
catches every single wrong character and every swap of neighbours. It holds nothing personal.

A **claim** is what the slip's QR holds: a few numbers signed by the terminal, and nothing personal.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import uuid
from dataclasses import dataclass

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
REFERENCE_LENGTH = 10
INDEX_MAX = 32767


@dataclass(frozen=True)
class Reference:
    """A reference that passed its check character; its MAC is not verified yet."""

    terminal_no: int
    index: int
    text: str

    @property
    def shown(self) -> str:
        """As people read it: ``ABC DEF GHJK``."""
        return f"{self.text[:3]} {self.text[3:6]} {self.text[6:]}"


def make_reference(terminal_no: int, index: int, secret: bytes) -> Reference:
    """Returns the reference number ``index`` of a terminal (both 0 to 32767)."""
    body = digits(terminal_no, 3) + digits(index, 3) + digits(_mac(terminal_no, index, secret), 3)
    return Reference(terminal_no, index, body + check_character(body))


def read_reference(typed: str) -> Reference | None:
    """Reads what a person typed; ``None`` when it cannot be a reference (length, check)."""
    text = "".join(letter for letter in typed.upper().translate(LOOK_ALIKES) if letter in ALPHABET)
    if len(text) != REFERENCE_LENGTH or check_character(text[:-1]) != text[-1]:
        return None
    return Reference(number_of(text[:3]), number_of(text[3:6]), text)


def reference_is_genuine(reference: Reference, secret: bytes) -> bool:
    """True when the MAC of a reference was made with ``secret``."""
    expected = make_reference(reference.terminal_no, reference.index, secret)
    return hmac.compare_digest(expected.text, reference.text)


def hash_reference(reference: Reference, record_id: str) -> str:
    """A slow hash of a reference, for the record: scrypt, 16 MiB, salted with the record's id."""
    digest = hashlib.scrypt(reference.text.encode(), salt=record_id.encode(), n=1 << 14, r=8, p=1, dklen=24)
    return "scrypt14$" + base64.urlsafe_b64encode(digest).decode()


def reference_matches(reference: Reference, record_id: str, stored: str) -> bool:
    """True when ``stored`` is the slow hash of ``reference`` for this record."""
    return hmac.compare_digest(hash_reference(reference, record_id), stored)


def _mac(terminal_no: int, index: int, secret: bytes) -> int:
    digest = hmac.digest(secret, f"point-contact/v1/reference|{terminal_no}|{index}".encode(), "sha256")
    return int.from_bytes(digest[:2], "big") & INDEX_MAX


def digits(number: int, length: int) -> str:
    """A number as ``length`` characters of the alphabet. Raises ValueError when it does not fit."""
    if not 0 <= number < 32**length:
        raise ValueError("number out of range")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def number_of(text: str) -> int:
    """The inverse of ``digits``. Raises ValueError for a character outside the alphabet."""
    number = 0
    for letter in text:
        number = number << 5 | ALPHABET.index(letter)
    return number


def _times_alpha(element: int) -> int:
    """Multiplication by x in GF(32), modulo x^5 + x^2 + 1."""
    element <<= 1
    return element ^ 0b100101 if element & 32 else element


def check_character(body: str) -> str:
    """The check character of a text: a polynomial over GF(32), evaluated at x."""
    total = 0
    for letter in body:
        total = _times_alpha(total ^ ALPHABET.index(letter))
    return ALPHABET[total]


KIND_CODES = {"registration": 1, "booking": 2}
KIND_NAMES = {code: kind for kind, code in KIND_CODES.items()}
CLASS_CODES = {"requested": 0, "guaranteed": 1}
CLASS_NAMES = {code: name for name, code in CLASS_CODES.items()}
_LAYOUT = struct.Struct(">BBBHHI16s16s16s")


@dataclass(frozen=True)
class Claim:
    """What a QR says: this terminal made this record. ``grant`` and ``spend`` are 0 without a grant."""

    kind: str
    promise: str
    terminal_no: int
    spend: int
    expires_s: int
    incarnation: str
    id: str
    slot_id: str | None

    def to_bytes(self) -> bytes:
        """The compact form that is signed: 59 bytes."""
        slot = uuid.UUID(self.slot_id).bytes if self.slot_id else bytes(16)
        return _LAYOUT.pack(
            1, KIND_CODES[self.kind], CLASS_CODES[self.promise], self.terminal_no, self.spend, self.expires_s,
            uuid.UUID(self.incarnation).bytes, uuid.UUID(self.id).bytes, slot,
        )  # fmt: skip

    @staticmethod
    def signing_input(body: bytes) -> bytes:
        """The bytes the terminal signs."""
        return b"point-contact/v1/claim\n" + body


def encode_claim(claim: Claim, signature: bytes) -> str:
    """A claim and its 64-byte signature as base 32, which a QR holds in its dense upper-case mode."""
    return base64.b32encode(claim.to_bytes() + signature).rstrip(b"=").decode()


def decode_claim(text: str) -> tuple[Claim, bytes, bytes] | None:
    """Returns the claim, its signed bytes and its signature; ``None`` when it cannot be a claim."""
    try:
        raw = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
        body, signature = raw[: _LAYOUT.size], raw[_LAYOUT.size :]
        version, kind, promise, terminal_no, spend, expires_s, incarnation, record, slot = _LAYOUT.unpack(body)
        if version != 1 or len(signature) != 64:
            return None
        slot_id = str(uuid.UUID(bytes=slot)) if any(slot) else None
        claim = Claim(
            KIND_NAMES[kind], CLASS_NAMES[promise], terminal_no, spend, expires_s,
            str(uuid.UUID(bytes=incarnation)), str(uuid.UUID(bytes=record)), slot_id,
        )  # fmt: skip
    except (ValueError, KeyError, struct.error):
        return None
    return claim, body, signature
