"""The list of revoked terminals as a signed document. Reading and writing its file is ``sync.hub.revocations``."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel, ConfigDict, ValidationError

from sync import signature
from sync.errors import PointContactError
from sync.wire import from_text, to_text

FILE_NAME = "revocations.json"


class RevokedTerminal(BaseModel):
    """One line: a terminal that is refused for ever, and who said so. ``terminal_key`` is its public key."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    terminal_id: str
    terminal_no: int
    terminal_key: str
    revoked_ms: int
    revoked_by: str


class RevocationList(BaseModel):
    """Every revocation of one hub, in the order of their making; lines are only ever added.

    Attributes:
        complete: false once the list before this one was lost: terminals may have been revoked that are not on it.
        signature: of the hub's identity key, over everything else.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    v: int = 1
    complete: bool
    lines: tuple[RevokedTerminal, ...] = ()
    signature: str = ""

    def signing_input(self) -> bytes:
        """The bytes the hub's identity key signs."""
        unsigned = self.model_copy(update={"signature": ""})
        return b"point-contact/v1/revocations\n" + unsigned.model_dump_json().encode()

    def to_bytes(self, identity: Ed25519PrivateKey) -> bytes:
        """The file, signed."""
        signed = self.model_copy(update={"signature": to_text(identity.sign(self.signing_input()))})
        return signed.model_dump_json(indent=1).encode() + b"\n"

    @classmethod
    def from_bytes(cls, content: bytes, identity_public: bytes) -> RevocationList | None:
        """Reads a file; ``None`` when it is damaged or was not signed by this hub."""
        try:
            read = cls.model_validate_json(content)
            signed = signature.verify(identity_public, from_text(read.signature), read.signing_input())
        except (ValidationError, PointContactError):
            return None
        return read if signed else None

    def find(self, terminal_id: str, terminal_key: str) -> RevokedTerminal | None:
        """The line of a terminal, by its identifier or by its key; ``None`` when it is not on the list."""
        return next(
            (line for line in self.lines if terminal_id == line.terminal_id or terminal_key == line.terminal_key), None
        )
