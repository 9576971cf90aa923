"""Stamps: order as texts, never back, greater than what was seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.clock import COUNTER_MAX, HybridClock, make_stamp, stamp_counter, stamp_ms, stamp_node

PARTS = st.tuples(st.integers(0, 2**48 - 1), st.integers(0, 0xFFFF), st.integers(0, 0xFFFF))


@given(PARTS, PARTS)
def test_stamps_compare_as_texts_like_their_parts(one: tuple[int, int, int], two: tuple[int, int, int]) -> None:
    assert (make_stamp(*one) < make_stamp(*two)) == (one < two)


@given(PARTS)
def test_a_stamp_is_read_back(parts: tuple[int, int, int]) -> None:
    stamp = make_stamp(*parts)
    assert (stamp_ms(stamp), stamp_counter(stamp), stamp_node(stamp)) == parts
    assert len(stamp) == 20


@pytest.mark.parametrize("parts", [(-1, 0, 0), (2**48, 0, 0), (0, 65536, 0), (0, 0, 65536), (0, -1, 0)])
def test_a_stamp_out_of_range_is_refused(parts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="range"):
        make_stamp(*parts)


@given(st.lists(st.one_of(st.integers(0, 2**40), PARTS), max_size=40))
def test_a_clock_never_goes_back_whatever_time_does_and_whatever_it_sees(
    steps: list[int | tuple[int, int, int]],
) -> None:
    time = [0]
    clock = HybridClock(7, lambda: time[0])
    seen = clock.last
    for step in steps:
        if isinstance(step, int):
            time[0] = step
            stamp = clock.tick()
            assert stamp > seen
            assert stamp_node(stamp) == 7
            seen = stamp
        elif step[0] < 2**47:
            clock.observe(make_stamp(*step))
            seen = max(seen, make_stamp(*step))


def test_a_full_counter_borrows_a_millisecond() -> None:
    clock = HybridClock(1, lambda: 5, last=make_stamp(9, COUNTER_MAX, 3))
    assert clock.tick() == make_stamp(10, 0, 1)


def test_a_clock_goes_on_from_where_its_owner_kept_it() -> None:
    first = HybridClock(1, lambda: 100)
    kept = first.tick()
    assert HybridClock(1, lambda: 50, last=kept).tick() > kept
