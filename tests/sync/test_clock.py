"""Stamps: order as texts, never back, greater than what was seen."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.clock import COUNTER_MAX, HybridClock, make_stamp, stamp_counter, stamp_ms, stamp_node, utc_text

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
    with pytest.raises(ValueError, match=r"^stamp out of range$"):
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


def test_a_first_clock_begins_at_nothing_and_counts_by_one() -> None:
    time = [0]
    clock = HybridClock(3, lambda: time[0])
    assert clock.last == make_stamp(0, 0, 3)
    assert [clock.tick(), clock.tick()] == [make_stamp(0, 1, 3), make_stamp(0, 2, 3)]
    time[0] = 8
    assert [clock.tick(), clock.tick()] == [make_stamp(8, 0, 3), make_stamp(8, 1, 3)]
    time[0] = 4
    assert clock.tick() == make_stamp(8, 2, 3)


def test_what_is_seen_is_gone_on_from_only_when_it_is_newer() -> None:
    clock = HybridClock(3, lambda: 5, last=make_stamp(9, 1, 3))
    clock.observe(make_stamp(9, 0, 7))
    assert clock.tick() == make_stamp(9, 2, 3)
    clock.observe(make_stamp(12, COUNTER_MAX - 1, 7))
    assert [clock.tick(), clock.tick()] == [make_stamp(12, COUNTER_MAX, 3), make_stamp(13, 0, 3)]


def test_parts_are_read_from_their_own_digits_whatever_follows() -> None:
    stamp = make_stamp(1, 2, 3) + "f"
    assert (stamp_ms(stamp), stamp_counter(stamp), stamp_node(stamp)) == (1, 2, 3)


@pytest.mark.parametrize(("ms", "text"), [
    (0, "1970-01-01T00:00:00Z"),
    (999, "1970-01-01T00:00:00Z"),
    (1_795_250_000_000, "2026-11-21T08:33:20Z"),
    (951_782_399_999, "2000-02-28T23:59:59Z"),
])  # fmt: skip
def test_a_time_is_written_in_utc_to_the_second_that_has_begun(ms: int, text: str) -> None:
    assert utc_text(ms) == text


def test_a_time_is_utc_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Indian/Reunion")
    time.tzset()
    try:
        assert utc_text(0) == "1970-01-01T00:00:00Z"
    finally:
        monkeypatch.undo()
        time.tzset()
