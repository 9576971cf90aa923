"""The digest: the same for the same stamps in any order, another for any difference."""

from __future__ import annotations

import hashlib
import random

from hypothesis import given
from hypothesis import strategies as st

from sync.digest import digest_of

LINES = st.lists(
    st.tuples(*(st.text("abc", min_size=1, max_size=3) for _ in range(4)), st.text("01", min_size=20, max_size=20)),
    max_size=8,
)


@given(LINES, st.randoms())
def test_the_order_of_reading_does_not_matter(
    lines: list[tuple[str, str, str, str, str]], shuffler: random.Random
) -> None:
    shuffled = list(lines)
    shuffler.shuffle(shuffled)
    assert digest_of(lines) == digest_of(iter(shuffled))


@given(LINES.filter(bool), st.data())
def test_any_difference_is_seen(lines: list[tuple[str, str, str, str, str]], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(lines) - 1))
    kind, site, record, field, stamp = lines[at]
    changed = [*lines[:at], (kind, site, record, field, stamp[:-1] + "f"), *lines[at + 1 :]]
    assert digest_of(lines) != digest_of(changed)
    assert digest_of(lines) != digest_of(lines[:at] + lines[at + 1 :])


def test_it_is_the_one_the_protocol_describes() -> None:
    expected = hashlib.sha256(b"booking|sarlat|b-1|state|0\nslot|sarlat|s-1|taken|1\n").hexdigest()
    assert digest_of([("slot", "sarlat", "s-1", "taken", "1"), ("booking", "sarlat", "b-1", "state", "0")]) == expected
