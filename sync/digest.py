"""What both ends compare when a round is over: do they hold the same stamps? And how they find what differs. Pure.

Stamps are compared and no values: two ends that hold the same stamp for a field hold the same value,
because a stamp is made once, with its value. Every record has a *mark*; the digest of a set is how many records it
holds and the sum of their marks, so that it costs one number a record, in any order. When two digests differ, the
records are counted and added up by their *place*, a number drawn from their name, digit by digit: a tree of sums, of
which only the branches that differ are looked at (range-based set reconciliation, Meyer, SRDS 2023).
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from operator import itemgetter

DIGITS = "0123456789abcdef"
PLACE_DIGITS = 8
LEAVES_MAX = 32
"""So many records or fewer are named one by one instead of being divided further."""
_MODULUS = 1 << 63

Key = tuple[str, str, str]
"""Kind, site, record id."""
Sums = tuple[int, int]
"""How many records, and the sum of their marks modulo 2^63."""
Marks = Mapping[Key, int]


def mark_of(key: Key, stamps: Mapping[str, str]) -> int:
    """Returns the mark of one record, 0 to 2^63 - 1.

    It is BLAKE2b (RFC 7693) of 8 bytes over ``kind|site_id|id`` and, in the order of their names, the lines
    ``\\nfield|stamp``; the highest bit is dropped, so that it fits a signed column of any database.
    """
    text = "\n".join(["|".join(key), *(f"{name}|{stamps[name]}" for name in sorted(stamps))])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


def place_of(key: Key) -> str:
    """Returns where a record stands in the tree: 8 hexadecimal digits of BLAKE2b over ``kind|site_id|id``."""
    return hashlib.blake2b("|".join(key).encode(), digest_size=PLACE_DIGITS // 2).hexdigest()


def sums_of(marks: Iterable[int]) -> Sums:
    """Returns how many marks there are, and their sum."""
    count, total = 0, 0
    for mark in marks:
        count, total = count + 1, total + mark
    return count, total % _MODULUS


def digest_of(marks: Iterable[int]) -> str:
    """Returns the digest of a set of records as text: their number and the sum of their marks, ``12:00ab…``."""
    count, total = sums_of(marks)
    return f"{count}:{total:016x}"


class Tree:
    """The records of one end, to be compared with those of the other.

    Args:
        marks: of every record.
    """

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self._places = sorted((place_of(key), key) for key in marks)

    def under(self, prefix: str) -> list[Key]:
        """The records whose place begins with ``prefix``."""
        low, high = (bisect_left(self._places, bound, key=itemgetter(0)) for bound in (prefix, prefix + "g"))
        return [key for _, key in self._places[low:high]]

    def marks_under(self, prefix: str) -> dict[Key, int]:
        """The same with their marks."""
        return {key: self._marks[key] for key in self.under(prefix)}

    def branches(self, prefix: str) -> list[Sums] | None:
        """The sums under each digit that may follow, in their order; ``None`` where the records are named instead."""
        if len(prefix) >= PLACE_DIGITS or len(self.under(prefix)) <= LEAVES_MAX:
            return None
        return [sums_of(self.marks_under(prefix + digit).values()) for digit in DIGITS]
