"""The stamps of a record that was written at once, under one stamp: put together from a form that is kept, as a new
record comes with the same names as the one before. Pure; the same texts and marks as name by name.

Both ends keep the stamps of a record as a text: ``{"name":"stamp",…}``, or ``["stamp","name,name,…"]`` where all of
them are the same, which is a third as long and is hashed without being taken apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from msgspec.json import Decoder, Encoder

from sync.clock import STAMP_LENGTH
from sync.digest import Key, mark_of

FORMS_KEPT_MAX = 1024
_ONE = '["'
_BEFORE_NAMES, _AFTER_NAMES = '","', '"]'
_STAMP = slice(len(_ONE), len(_ONE) + STAMP_LENGTH)
_NAMES = slice(_STAMP.stop + len(_BEFORE_NAMES), -len(_AFTER_NAMES))
_JSON, _READ = Encoder(), Decoder(dict[str, str])

Names = tuple[str, ...]
"""Of fields, in any order; there is one at least."""


class Once(NamedTuple):
    """The stamp that all these fields have."""

    stamp: str
    names: Names


def mark_at_once(key: Key, names: Names, stamp: str) -> int:
    """Returns ``digest.mark_of`` of a record all of whose fields have one stamp."""
    return _mark(key, stamp, _form(names)[1])


def _mark(key: Key, stamp: str, around: list[str]) -> int:
    text = "|".join(key) + stamp.join(around)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


def text_and_mark(key: Key, stamps: Mapping[str, str] | Once) -> tuple[str, int]:
    """Returns ``text_at_rest`` and ``digest.mark_of`` of a record."""
    if not isinstance(stamps, Once):
        return text_at_rest(stamps), mark_of(key, stamps)
    stamp, names = stamps
    joined, around = _form(names)
    text = f"{_ONE}{stamp}{joined}" if len(stamp) == STAMP_LENGTH else text_at_rest(stamps)
    return text, _mark(key, stamp, around)


def text_at_rest(stamps: Mapping[str, str] | Once) -> str:
    """Returns the text that is kept; names are those of fields, so they need no escape."""
    if isinstance(stamps, Once):
        stamp, names = stamps
    else:
        if len(different := set(stamps.values())) != 1:
            return _JSON.encode(stamps).decode()
        stamp, names = different.pop(), tuple(stamps)
    if len(stamp) != STAMP_LENGTH:
        return _JSON.encode(dict.fromkeys(names, stamp)).decode()
    return f"{_ONE}{stamp}{_form(names)[0]}"


def read_at_rest(text: str) -> dict[str, str]:
    """The inverse of ``text_at_rest``. Raises ValueError."""
    if text.startswith(_ONE):
        return dict.fromkeys(_apart(text[_NAMES]), text[_STAMP])
    return _READ.decode(text)


def mark_at_rest(key: Key, text: str) -> int:
    """Returns ``digest.mark_of`` of a record from the text that is kept. Raises ValueError."""
    if text.startswith(_ONE):
        return mark_at_once(key, _apart(text[_NAMES]), text[_STAMP])
    return mark_of(key, _READ.decode(text))


@lru_cache(FORMS_KEPT_MAX)
def _apart(names: str) -> Names:
    return tuple(names.split(","))


@lru_cache(FORMS_KEPT_MAX)
def _form(names: Names) -> tuple[str, list[str]]:
    """What follows the stamp in the text that is kept, and what stands around the stamps in that of the mark."""
    return _BEFORE_NAMES + ",".join(names) + _AFTER_NAMES, [*(f"\n{name}|" for name in sorted(names)), ""]
