"""Sealing: data that only the hub's vault can open (HPKE, RFC 9180, base mode, single shot).

The suite is hybrid by default, X-Wing (ML-KEM-768 + X25519, draft-connolly-cfrg-xwing-kem), so that
a disk stolen today stays closed against a later quantum computer. The suite and the key are named
in the header, and the header is bound as HPKE ``info``: a sealed text moved to another record does
not open. The length is hidden in steps of 256 bytes. Opening is in ``sync.hub.vault`` only.
"""

from __future__ import annotations

import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PublicKey, Suite
from pydantic import BaseModel, ConfigDict

from sync.errors import Refused
from sync.wire import SealingDocument, from_text, to_text

SUITE_HYBRID = "xwing-hkdf-sha256-aes-256-gcm"
SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
PADDING_BYTES = 256
ML_KEM_PUBLIC_BYTES = 1184


class SealHeader(BaseModel):
    """What is public about a sealed text, and bound to it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    v: int = 1
    suite: str
    key_id: str
    kind: str
    site_id: str
    id: str

    def info(self) -> bytes:
        """The HPKE ``info``: canonical JSON of the header."""
        return (
            b"point-contact/v1/sealed|" + json.dumps(self.model_dump(), sort_keys=True, separators=(",", ":")).encode()
        )


class Sealed(BaseModel):
    """A header and its ciphertext, as they travel and rest."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    header: SealHeader
    ciphertext: str

    def to_text(self) -> str:
        """The sealed text as one ASCII word."""
        return to_text(self.model_dump_json().encode())

    @classmethod
    def from_text(cls, text: str) -> Sealed:
        """Reads ``to_text``. Raises Refused (``malformed``)."""
        try:
            return cls.model_validate_json(from_text(text))
        except ValueError as error:
            raise Refused("malformed", "Le pli scellé n’est pas lisible.", status=400) from error


def read_public_key(document: SealingDocument) -> MLKEM768X25519PublicKey:
    """Returns the public key of a sealing document, whose signature the caller has checked."""
    if document.suite != SUITE_HYBRID:
        raise Refused(
            "suite", "Le hub demande un chiffrement que cette version ne connaît pas : mettez la borne à jour."
        )
    raw = from_text(document.public_key)
    return MLKEM768X25519PublicKey(
        mlkem.MLKEM768PublicKey.from_public_bytes(raw[:ML_KEM_PUBLIC_BYTES]),
        x25519.X25519PublicKey.from_public_bytes(raw[ML_KEM_PUBLIC_BYTES:]),
    )


def seal(document: SealingDocument, kind: str, site_id: str, record_id: str, answers: dict[str, Any]) -> Sealed:
    """Seals ``answers`` for the hub; nobody on this machine can open the result again."""
    header = SealHeader(suite=document.suite, key_id=document.key_id, kind=kind, site_id=site_id, id=record_id)
    text = json.dumps(answers, ensure_ascii=False, sort_keys=True).encode()
    room = -(len(text) + 4) % PADDING_BYTES
    plain = len(text).to_bytes(4, "big") + text + bytes(room)
    ciphertext = SUITE.encrypt(plain, read_public_key(document), info=header.info())
    return Sealed(header=header, ciphertext=to_text(ciphertext))


def unpad(plain: bytes) -> dict[str, Any]:
    """The answers inside an opened text: 4 bytes of length, JSON, padding."""
    length = int.from_bytes(plain[:4], "big")
    answers = json.loads(plain[4 : 4 + length])
    if not isinstance(answers, dict):
        raise Refused("malformed", "Le pli scellé n’est pas lisible.", status=400)
    return answers
