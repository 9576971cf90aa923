"""The one-time enrolment code: 24 characters of Crockford's base 32, written 4 by 4. Pure.

13 characters are the first 65 bits of the hub's fingerprint, so that a terminal knows its hub
before it says a word; 2 are the invitation's number (modulo 1024); 8 are a 40-bit secret; 1 is a
check character. The secret never travels: the terminal proves it with a MAC under a key that both
ends derive slowly.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from sync import claim

CODE_LENGTH = 24
VALID_S = 30 * 60
TRIES_MAX = 5


@dataclass(frozen=True)
class Invitation:
    """What a code says."""

    fingerprint: str
    number: int
    secret: str


def write_code(fingerprint: bytes, number: int, secret: bytes) -> str:
    """Returns the code of invitation ``number``; ``secret`` is 5 random bytes."""
    head = int.from_bytes(fingerprint[:9], "big") >> 7
    body = claim.digits(head, 13) + claim.digits(number % 1024, 2) + claim.digits(int.from_bytes(secret, "big"), 8)
    text = body + claim.check_character(body)
    return "-".join(text[at : at + 4] for at in range(0, CODE_LENGTH, 4))


def read_code(typed: str) -> Invitation | None:
    """Reads a typed code; ``None`` when it cannot be one (length, check)."""
    text = "".join(letter for letter in typed.upper().translate(claim.LOOK_ALIKES) if letter in claim.ALPHABET)
    if len(text) != CODE_LENGTH or claim.check_character(text[:-1]) != text[-1]:
        return None
    return Invitation(text[:13], claim.number_of(text[13:15]), text[15:23])


def fingerprint_matches(invitation: Invitation, fingerprint: bytes) -> bool:
    """True when the code was made by the hub of this fingerprint."""
    return hmac.compare_digest(invitation.fingerprint, claim.digits(int.from_bytes(fingerprint[:9], "big") >> 7, 13))


def derive_verifier(secret: str, fingerprint: bytes) -> bytes:
    """The slow key both ends derive from the secret; the hub stores only this."""
    return hashlib.scrypt(secret.encode(), salt=fingerprint, n=1 << 14, r=8, p=1, dklen=32)


def make_proof(verifier: bytes, number: int, terminal_key: bytes, incarnation: str) -> bytes:
    """Proves the secret for one terminal key, and for no other."""
    return hmac.digest(verifier, f"point-contact/v1/enrol|{number}|{incarnation}|".encode() + terminal_key, "sha256")
