"""The digest both ends compare when a round is over: do they hold the same stamps? Pure.

It covers stamps and no values: two ends that hold the same stamp for a field hold the same value,
because a stamp is made once, with its value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

StampLine = tuple[str, str, str, str, str]
"""Kind, site, record id, field, stamp."""


def digest_of(stamps: Iterable[StampLine]) -> str:
    """Returns SHA-256, in hexadecimal, over the sorted lines ``kind|site_id|id|field|stamp\\n``.

    Args:
        stamps: one line for every stamped field that an end holds, in any order.
    """
    lines = sorted("|".join(line) + "\n" for line in stamps)
    return hashlib.sha256("".join(lines).encode()).hexdigest()
