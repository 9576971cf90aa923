"""Sealing: data that only the hub's vault can open (HPKE, RFC 9180, base mode, single shot).

Two suites, of which the signed sealing document names one: X-Wing (ML-KEM-768 + X25519,
draft-connolly-cfrg-xwing-kem), so that a disk stolen today stays closed against a later quantum computer; and X25519
alone, 1,088 bytes shorter, where bytes matter more. The suite and the key are named in the header, and the header is
bound as HPKE ``info``: a sealed text moved to another record does not open. Answers are compressed with a dictionary
that everybody has before they are sealed, and what is left of their length is hidden in steps (docs/decisions/0024).
Opening is in ``sync.hub.vault`` only.
"""

from __future__ import annotations

import json
import re
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PublicKey, Suite
from pydantic import BaseModel, ConfigDict

from sync.errors import Refused
from sync.seal_dictionary import NEWEST, dictionary
from sync.wire import SealingDocument, from_text, to_text

SUITE_HYBRID = "xwing-hkdf-sha256-aes-256-gcm"
SUITE_X25519 = "x25519-hkdf-sha256-aes-256-gcm"
SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
SUITES = {SUITE_HYBRID: SUITE, SUITE_X25519: Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)}
PADDING_BYTES = {SUITE_HYBRID: 128, SUITE_X25519: 16}
"""The steps of the length, by suite: who chose the short one chose it for its bytes."""
ML_KEM_PUBLIC_BYTES = 1184
X25519_PUBLIC_BYTES = 32
PUBLIC_BYTES = {SUITE_HYBRID: ML_KEM_PUBLIC_BYTES + X25519_PUBLIC_BYTES, SUITE_X25519: X25519_PUBLIC_BYTES}
PLAIN_BYTES_MAX = 256 * 1024
"""Of answers once unfolded."""
NEWER = "Le hub demande un chiffrement que cette version ne connaît pas : mettez la borne à jour."
PublicKey = MLKEM768X25519PublicKey | x25519.X25519PublicKey
_WORD = re.compile(r"[0-9a-zA-Z*./_-]{1,64}\Z")


class Opener(Protocol):
    """What a vault has: opens a ciphertext of one suite that is bound to ``info``."""

    def __call__(self, ciphertext: bytes, *, info: bytes) -> bytes: ...  # noqa: D102


class SealHeader(BaseModel):
    """What is public about a sealed text, and bound to it.

    ``v`` 1: the answers are JSON. 2: they are compressed with the dictionary of that number.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    v: int = 1
    suite: str
    key_id: str
    kind: str
    site_id: str
    id: str
    dictionary: int | None = None

    def info(self) -> bytes:
        """The HPKE ``info``: canonical JSON of the header."""
        told = json.dumps(self.model_dump(exclude_none=True), sort_keys=True, separators=(",", ":"))
        return f"point-contact/v{min(self.v, 2)}/sealed|{told}".encode()


class Sealed(BaseModel):
    """A header and its ciphertext, as they travel and rest."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    header: SealHeader
    ciphertext: str

    def to_text(self) -> str:
        """The sealed text as one ASCII word: version 2 says its header in the clear, in the order of an operation."""
        header = self.header
        if header.v == 1:
            return to_text(self.model_dump_json(exclude_none=True).encode())
        words = (header.suite, header.key_id, header.kind, header.site_id, header.id, self.ciphertext)
        return ",".join((str(header.v), str(header.dictionary), *words))

    @classmethod
    def from_text(cls, text: str) -> Sealed:
        """Reads ``to_text``. Raises Refused (``malformed``)."""
        try:
            if not text.startswith("2,"):
                sealed = cls.model_validate_json(from_text(text))
                if sealed.header.v != 1 or sealed.header.dictionary is not None:
                    raise ValueError("not what version 1 is")
                return sealed
            _, number, suite, key_id, kind, site_id, record_id, ciphertext = text.split(",")
            if not all(map(_WORD.match, (suite, key_id, kind, site_id, record_id))) or not ciphertext.isascii():
                raise ValueError("not a header")
            if str(int(number)) != number or to_text(from_text(ciphertext)) != ciphertext:
                raise ValueError("not the one way to say it")
        except ValueError as error:
            raise Refused("malformed", "Le pli scellé n’est pas lisible.", status=400) from error
        header = SealHeader(
            v=2, suite=suite, key_id=key_id, kind=kind, site_id=site_id, id=record_id, dictionary=int(number)
        )  # fmt: skip
        return cls(header=header, ciphertext=ciphertext)

    def open_with(self, opener: Opener) -> dict[str, Any]:
        """The answers. Raises Refused (``malformed``, ``suite``), and what ``opener`` raises."""
        plain = opener(from_text(self.ciphertext), info=self.header.info())
        return _read_first(plain) if self.header.v == 1 else _unfold(plain, self.header.dictionary)


def read_public_key(document: SealingDocument) -> PublicKey:
    """Returns the public key of a sealing document, whose signature the caller has checked. Raises Refused."""
    return public_key_of(from_text(document.public_key), document.suite)


def public_key_of(raw: bytes, suite: str) -> PublicKey:
    """Returns the public key of a suite from its bytes. Raises Refused (``suite``, ``malformed``)."""
    if suite not in SUITES:
        raise Refused("suite", NEWER)
    if len(raw) != PUBLIC_BYTES[suite]:
        raise Refused("malformed", "La clé de scellement reçue n’est pas lisible.", status=400)
    if suite == SUITE_X25519:
        return x25519.X25519PublicKey.from_public_bytes(raw)
    return MLKEM768X25519PublicKey(
        mlkem.MLKEM768PublicKey.from_public_bytes(raw[:ML_KEM_PUBLIC_BYTES]),
        x25519.X25519PublicKey.from_public_bytes(raw[ML_KEM_PUBLIC_BYTES:]),
    )


def seal(document: SealingDocument, kind: str, site_id: str, record_id: str, answers: dict[str, Any]) -> Sealed:
    """Seals ``answers`` for the hub; nobody on this machine can open the result again."""
    key = read_public_key(document)
    header = SealHeader(
        v=2, suite=document.suite, key_id=document.key_id, kind=kind, site_id=site_id, id=record_id, dictionary=NEWEST
    )
    text = json.dumps(answers, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    if len(text) > PLAIN_BYTES_MAX:
        raise Refused("too_large", "Les réponses sont trop longues : raccourcissez-les.", status=413)
    folded = dictionary(NEWEST).fold(text) + b"\x80"  # where the padding begins
    plain = folded + bytes(-len(folded) % PADDING_BYTES[document.suite])
    return Sealed(header=header, ciphertext=to_text(SUITES[document.suite].encrypt(plain, key, info=header.info())))


def _unfold(plain: bytes, number: int | None) -> dict[str, Any]:
    """The answers inside an opened text of version 2: compressed JSON, the byte 80, zeros."""
    folded, mark, rest = plain.rpartition(b"\x80")
    if not mark or rest.strip(b"\0"):
        raise _unreadable()
    return _answers(dictionary(number or 0).unfold(folded, PLAIN_BYTES_MAX))


def _read_first(plain: bytes) -> dict[str, Any]:
    """The answers inside an opened text of version 1: 4 bytes of length, JSON, padding."""
    return _answers(plain[4 : 4 + int.from_bytes(plain[:4], "big")])


def _answers(text: bytes) -> dict[str, Any]:
    try:
        answers = json.loads(text)
    except ValueError as error:
        raise _unreadable() from error
    if not isinstance(answers, dict):
        raise _unreadable()
    return answers


def _unreadable() -> Refused:
    return Refused("malformed", "Le pli scellé n’est pas lisible.", status=400)
