"""Moments as they are stored, and the clocks that show them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import moments

some_moment = st.integers(1_577_836_800, 2_398_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(some_moment)
def test_a_stored_time_is_read_back_the_same(moment: datetime) -> None:
    assert moments.parse_utc(moments.format_utc(moment)) == moment


@given(st.integers(min_value=0, max_value=1 << 47))
def test_milliseconds_are_exact_in_both_ways(ms: int) -> None:
    assert moments.to_ms(moments.from_ms(ms)) == ms


def test_a_time_that_is_not_utc_is_refused() -> None:
    with pytest.raises(ValueError, match="UTC"):
        moments.parse_utc("2026-11-19T21:30:00+01:00")


def test_an_unknown_zone_falls_back_to_paris() -> None:
    noon = moments.parse_utc("2026-11-19T09:00:00Z")
    assert moments.local(noon, "Mars/Olympus").hour == 10
    assert not moments.zones_differ(noon, "Mars/Olympus")
