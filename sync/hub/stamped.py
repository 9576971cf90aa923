"""The stamps of a record that was written at once, under one stamp: put together from a form that is kept, as a new
record comes with the same names as the one before. Pure; the same texts and marks as name by name.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from sync.digest import Key

FORMS_KEPT_MAX = 1024

Names = tuple[str, ...]
"""Of fields, in any order; there is one at least."""


def stamps_text(names: Names, stamp: str) -> bytes:
    """Returns ``{name: stamp}`` as compact JSON, in the order of the names."""
    return f'"{stamp}"'.join(_forms(names)[0]).encode()


def mark_at_once(key: Key, names: Names, stamp: str) -> int:
    """Returns ``digest.mark_of`` of a record all of whose fields have one stamp."""
    text = "|".join(key) + stamp.join(_forms(names)[1])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1


@lru_cache(FORMS_KEPT_MAX)
def _forms(names: Names) -> tuple[list[str], list[str]]:
    """What stands around the stamps, in JSON and in the text of which a mark is the hash."""
    ordered = sorted(names)
    quoted = [f"{json.dumps(name)}:" for name in ordered]
    in_json = ["{" + quoted[0], *(f",{name}" for name in quoted[1:]), "}"]
    return in_json, [*(f"\n{name}|" for name in ordered), ""]
