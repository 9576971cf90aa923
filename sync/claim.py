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


VERSION = 2
KIND_CODES = {"registration": 1, "booking": 2}
KIND_NAMES = {code: kind for kind, code in KIND_CODES.items()}
CLASS_CODES = {"requested": 0, "guaranteed": 1}
CLASS_NAMES = {code: name for name, code in CLASS_CODES.items()}
LANGUAGES = ("fr", "fr-simple", "en", "es", "pt", "ar", "uk", "ro", "tr", "fa")
"""The languages of a page that a claim may ask for; a claim holds the place in this list: add at its end only."""
NUMBER_MAX = 2**31 - 1
SIGNATURE_BYTES = 64
_LAYOUT = struct.Struct(">BBBBHIHHII16s16s16s")


@dataclass(frozen=True)
class Claim:
    """What a QR says: this terminal made this record. No person is named.

    Attributes:
        kind: ``registration`` or ``booking``.
        promise: ``guaranteed`` on a grant, else ``requested``.
        language: one of ``LANGUAGES``.
        terminal_no: 1 to 32767.
        grant_no, spend_no: the number of the grant and of its spend; 0 without a grant.
        reference_no: the number of the reference on the same slip, 0 to 32767.
        made_s, expires_s: seconds since 1970.
        incarnation: of the replica that made it.
        id: the record.
        slot_id: its slot, ``None`` for a registration.
    """

    kind: str
    promise: str
    language: str
    terminal_no: int
    grant_no: int
    spend_no: int
    reference_no: int
    made_s: int
    expires_s: int
    incarnation: str
    id: str
    slot_id: str | None

    def to_bytes(self) -> bytes:
        """The compact form that is signed: 70 bytes. Raises ValueError for a claim that says nothing sensible."""
        if not _is_sound(self):
            raise ValueError("a claim that contradicts itself")
        slot = uuid.UUID(self.slot_id).bytes if self.slot_id else bytes(16)
        return _LAYOUT.pack(
            VERSION, KIND_CODES[self.kind], CLASS_CODES[self.promise], LANGUAGES.index(self.language),
            self.terminal_no, self.grant_no, self.spend_no, self.reference_no, self.made_s, self.expires_s,
            uuid.UUID(self.incarnation).bytes, uuid.UUID(self.id).bytes, slot,
        )  # fmt: skip

    @staticmethod
    def signing_input(body: bytes) -> bytes:
        """The bytes the terminal signs."""
        return b"point-contact/v1/claim\n" + body


def encode_claim(claim: Claim, signature: bytes) -> str:
    """A claim and its 64-byte signature as base 32, which a QR holds in its dense upper-case mode: 215 characters."""
    return base64.b32encode(claim.to_bytes() + signature).rstrip(b"=").decode()


def decode_claim(text: str) -> tuple[Claim, bytes, bytes] | None:
    """Returns the claim, its signed bytes and its signature; ``None`` when it cannot be a claim."""
    try:
        raw = base64.b32decode(text.upper() + "=" * (-len(text) % 8))
        if base64.b32encode(raw).rstrip(b"=").decode() != text.upper():
            return None  # the spare bits of the last character: one claim has one text
        body, signature = raw[: _LAYOUT.size], raw[_LAYOUT.size :]
        parts = _LAYOUT.unpack(body)
        version, kind, promise, language, terminal_no, grant_no, spend_no, reference_no, made_s, expires_s = parts[:10]
        incarnation, record, slot = parts[10:]
        if version != VERSION or len(signature) != SIGNATURE_BYTES:
            return None
        claim = Claim(
            KIND_NAMES[kind], CLASS_NAMES[promise], LANGUAGES[language], terminal_no, grant_no, spend_no, reference_no,
            made_s, expires_s, str(uuid.UUID(bytes=incarnation)), str(uuid.UUID(bytes=record)),
            str(uuid.UUID(bytes=slot)) if any(slot) else None,
        )  # fmt: skip
    except (ValueError, KeyError, IndexError, struct.error):
        return None
    return (claim, body, signature) if _is_sound(claim) else None


def _is_sound(claim: Claim) -> bool:
    """True when the parts go together: a grant and a spend for a guaranteed booking and for nothing else."""
    if not 1 <= claim.terminal_no <= INDEX_MAX or not 0 <= claim.reference_no <= INDEX_MAX:
        return False
    if (claim.kind == "booking") is not (claim.slot_id is not None):
        return False
    if claim.promise == "guaranteed":
        return claim.kind == "booking" and 1 <= claim.grant_no <= NUMBER_MAX and claim.spend_no >= 1
    return claim.grant_no == 0 and claim.spend_no == 0


def claim_in(scanned: str) -> str:
    """The claim in what a scanner read: what follows ``/c/`` in an address, the whole text otherwise."""
    text = scanned.strip()
    return text.rpartition("/c/")[2] if "/c/" in text else text.rpartition("/C/")[2]


def placeholder_id(terminal_no: int, grant_id: str, spend_no: int) -> str:
    """The id of the booking that the hub makes from a voice, which names the grant and its spend but not the record.

    The same slip read out twice makes one booking; the terminal's own booking takes its place when it comes.
    """
    return _drawn(f"point-contact/v1/voice|{terminal_no}|{grant_id}|{spend_no}")


def stand_in_grant_id(terminal_no: int, incarnation: str, grant_no: int, slot_id: str) -> str:
    """The id under which the hub files a claim on a grant that it does not know (it was restored from before it).

    So that two spends of that grant are still known as such; the terminal's own operation brings the real id.
    """
    return _drawn(f"point-contact/v1/grant|{terminal_no}|{incarnation}|{grant_no}|{slot_id}")


def _drawn(text: str) -> str:
    """A UUID (version 8) drawn from a text: no id of a terminal, which are of version 7, is like it."""
    digest = bytearray(hashlib.sha256(text.encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(digest)))
