"""Stamps that are one, put together from a kept form: as if each were said by itself."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from sync.clock import make_stamp
from sync.digest import mark_of
from sync.stamped import Once, mark_at_once, mark_at_rest, read_at_rest, text_and_mark, text_at_rest

KEY = ("site", "site-lyon", "id")
NAMES = st.lists(st.sampled_from(["a", "b_c", "state", "z"]), min_size=1, unique=True)
MOMENTS = st.builds(make_stamp, st.integers(0, 1), st.just(0), st.integers(0, 1))


@given(NAMES, MOMENTS)
def test_stamps_that_are_one_are_said_as_if_each_were_said(names: list[str], stamp: str) -> None:
    stamps = dict.fromkeys(names, stamp)
    assert mark_at_once(KEY, tuple(names), stamp) == mark_of(KEY, stamps)
    assert text_at_rest(Once(stamp, tuple(names))) == text_at_rest(stamps)
    for said in (stamps, Once(stamp, tuple(names))):
        assert text_and_mark(KEY, said) == (text_at_rest(stamps), mark_of(KEY, stamps))


@given(st.dictionaries(st.sampled_from(["a", "b_c", "state", "z"]), MOMENTS | st.just("0")))
def test_what_rests_is_read_back_and_marked_without_being_taken_apart(stamps: dict[str, str]) -> None:
    text = text_at_rest(stamps)
    assert read_at_rest(text) == stamps
    assert mark_at_rest(KEY, text) == mark_of(KEY, stamps)
    by_name = msgspec.json.encode(stamps).decode()  # as earlier versions kept them all
    assert (read_at_rest(by_name), mark_at_rest(KEY, by_name)) == (stamps, mark_of(KEY, stamps))
