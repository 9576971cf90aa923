"""A release (an immutable set of compiled files, named by its index) and the rings it reaches. Pure.

This is the door of the signed distribution: editors will sign an ``Index``, the hub will sign which ``Ring`` is open.
Here the terminal reads the release shipped with it, and the index already says what is to be believed: the length and
the SHA-256 of every file, and the day before which this terminal cannot be (``issued``).
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from content.errors import CorruptedPack
from content.pack import Identifier, Strict, canonical

BUCKETS = 10_000

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Header(Strict):
    """What an editor decides for a release: its name, its number and its day (never the clock of a machine)."""

    schema_: Literal["point-contact/release@1"] = Field(alias="schema")
    release: Annotated[str, Field(pattern=r"^[0-9]{4}\.[0-9]{1,2}\.[0-9]{1,3}$")]
    seq: Annotated[int, Field(ge=1)]
    issued: date


class Entry(Strict):
    """One compiled file; ``size_bytes`` and ``sha256`` are checked before a word of it is shown."""

    path: Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+\.v[0-9]+\.[a-zA-Z-]+\.json$")]
    sha256: Sha256
    size_bytes: Annotated[int, Field(ge=2, le=200_000)]


class Index(Header):
    """The list of all files of a release."""

    entries: list[Entry] = Field(min_length=1)

    def to_bytes(self) -> bytes:
        """The canonical bytes of the index."""
        return canonical(self.model_dump(mode="json", by_alias=True))


class Ring(Strict):
    """A share of the terminals, in hundredths of a percent, and the tags that are always in it."""

    name: Identifier
    share: Annotated[int, Field(ge=0, le=BUCKETS)]
    tags: list[Identifier] = Field(default_factory=list)

    def admits(self, seq: int, terminal_id: str, tags: frozenset[str] = frozenset()) -> bool:
        """True when this terminal is in the ring for release ``seq``; a wider ring always contains a narrower one."""
        return bool(tags & set(self.tags)) or bucket(seq, terminal_id) < self.share


def bucket(seq: int, terminal_id: str) -> int:
    """The place of a terminal among ``BUCKETS`` for this release: known to itself, so it works from a stick."""
    digest = hashlib.sha256(f"{seq}:{terminal_id}".encode()).digest()
    return int.from_bytes(digest[:8]) % BUCKETS


def read_index(data: bytes) -> Index:
    """Reads an index.

    Raises:
        CorruptedPack: it is not one.
    """
    try:
        return Index.model_validate_json(data)
    except ValidationError:
        raise CorruptedPack("L’index des contenus est abîmé : réinstallez les contenus.") from None


def day_shown(now: date, issued: date) -> date:
    """The day to apply validity dates at: never before the release was made, whatever the clock says."""
    return max(now, issued)
