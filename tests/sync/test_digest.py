"""The digest: the same for the same stamps in any order, another for any difference; a tree finds what differs."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from sync.digest import DIGITS, LEAVES_MAX, Key, Tree, digest_of, mark_of, place_of, sums_of

WORDS = st.text("abc-", min_size=1, max_size=3)
STAMPS = st.dictionaries(WORDS, st.text("01", min_size=20, max_size=20), min_size=1, max_size=4)
RECORDS = st.dictionaries(st.tuples(WORDS, WORDS, WORDS), STAMPS, min_size=1, max_size=8)


def _digest(records: dict[Key, dict[str, str]]) -> str:
    return digest_of(mark_of(key, stamps) for key, stamps in records.items())


@given(RECORDS, st.randoms())
def test_the_order_of_reading_does_not_matter(records: dict[Key, dict[str, str]], shuffler: object) -> None:
    shuffled = {key: dict(reversed(stamps.items())) for key, stamps in reversed(records.items())}
    assert _digest(records) == _digest(shuffled)


@given(RECORDS, st.data())
def test_any_difference_is_seen(records: dict[Key, dict[str, str]], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(records)))
    field = data.draw(st.sampled_from(sorted(records[key])))
    other_stamp = {**records, key: {**records[key], field: "2" * 20}}
    other_field = {**records, key: {**records[key], "more": "2" * 20}}
    without = {one: stamps for one, stamps in records.items() if one != key}
    assert len({_digest(held) for held in (records, other_stamp, other_field, without)}) == 4


def test_it_is_the_one_the_protocol_describes() -> None:
    texts = (b"slot|sarlat|s-1\nstarts_at|2\ntaken|1", b"booking|sarlat|b-1\nstate|0")
    marks = [int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big") // 2 for text in texts]
    records = {
        ("slot", "sarlat", "s-1"): {"taken": "1", "starts_at": "2"},
        ("booking", "sarlat", "b-1"): {"state": "0"},
    }
    assert _digest(records) == f"2:{sum(marks) % 2**63:016x}"
    assert place_of(("slot", "sarlat", "s-1")) == hashlib.blake2b(b"slot|sarlat|s-1", digest_size=4).hexdigest()


def test_a_tree_adds_up_and_names_each_record_once() -> None:
    marks = {("slot", "sarlat", f"s-{n}"): n + 1 for n in range(700)}
    tree = Tree(marks)
    found: dict[Key, int] = {}
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        sums = tree.branches(prefix)
        if sums is None:
            named = tree.marks_under(prefix)
            assert len(named) <= LEAVES_MAX
            assert not found.keys() & named.keys()
            found |= named
        else:
            below = [prefix + digit for digit in DIGITS]
            assert sums == [sums_of(tree.marks_under(one).values()) for one in below]
            waiting += below
    assert found == marks
