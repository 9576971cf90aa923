"""A change (field F of record R is V, stamp S) and the identifiers of records. Pure."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

Value = str | int | bool | None | list[str]


@dataclass(frozen=True)
class Held:
    """What one end holds for one field: the value and the stamp of the change that set it."""

    value: Value
    stamp: str


@dataclass(frozen=True)
class Change:
    """One immutable statement about one field.

    ``base`` is the stamp of the value its author saw, ``None`` when the field was unset: two
    changes are concurrent when one's base is not the other's stamp. It is never judged by a clock.
    """

    field: str
    value: Value
    stamp: str
    base: str | None

    @property
    def held(self) -> Held:
        """The value and stamp this change would leave behind."""
        return Held(self.value, self.stamp)


def new_id(now_ms: int, random: bytes) -> str:
    """Returns a UUIDv7 as text (RFC 9562 §5.7).

    Args:
        now_ms: milliseconds since 1970.
        random: 10 random bytes.
    """
    if len(random) != 10:
        raise ValueError("10 random bytes expected")
    tail = int.from_bytes(random, "big")
    number = (now_ms & (1 << 48) - 1) << 80
    number |= 0x7 << 76 | (tail >> 62 & 0xFFF) << 64 | 0b10 << 62 | tail & (1 << 62) - 1
    return str(uuid.UUID(int=number))


def made_ms(record_id: str) -> int:
    """When an identifier of ``new_id`` was made, milliseconds since 1970."""
    return int(record_id.replace("-", "")[:12], 16)
