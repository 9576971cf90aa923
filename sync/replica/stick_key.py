"""The terminal's own key for what comes back to it on a stick. Made once, in the encrypted database only.

One key for every journey: two sticks may be under way at once, and answers come back in any order. What it protects is
what the feed holds, which this database holds as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Connection

from sync.replica import meta
from sync.stick_file import Envelope, key_id_of, open_with
from sync.wire import from_text, to_text

SEED_BYTES, SECRET_BYTES = 64, 32


@dataclass(frozen=True, repr=False)
class StickKey:
    """The pair. ``public`` is its public half as bytes, ``key_id`` what a file for it says."""

    private: MLKEM768X25519PrivateKey
    public: bytes

    @property
    def key_id(self) -> str:
        """How the files that it opens name it."""
        return key_id_of(self.public)

    def open(self, envelope: Envelope) -> bytes:
        """What a file holds. Raises Refused."""
        return open_with(envelope, self.private)


def load(connection: Connection) -> StickKey | None:
    """The key of this terminal; ``None`` before its first journey."""
    text = meta.read(connection, meta.STICK_KEY)
    return None if text is None else _pair(from_text(text))


def load_or_make(connection: Connection, random: Callable[[int], bytes]) -> StickKey:
    """The same, made in this writing transaction when there is none."""
    found = load(connection)
    if found is None:
        secret = random(SEED_BYTES + SECRET_BYTES)
        meta.write(connection, meta.STICK_KEY, to_text(secret))
        found = _pair(secret)
    return found


def _pair(secret: bytes) -> StickKey:
    ml_kem = MLKEM768PrivateKey.from_seed_bytes(secret[:SEED_BYTES])
    x25519 = X25519PrivateKey.from_private_bytes(secret[SEED_BYTES:])
    public = b"".join(one.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) for one in (ml_kem, x25519))
    return StickKey(MLKEM768X25519PrivateKey(ml_kem, x25519), public)
