"""Changes and the identifiers of records."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.change import Change, Held, new_id


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_an_identifier_is_a_uuid_of_version_7_with_its_time_first(now_ms: int, random: bytes) -> None:
    made = uuid.UUID(new_id(now_ms, random))
    assert made.version == 7
    assert made.variant == uuid.RFC_4122
    assert made.int >> 80 == now_ms


@given(st.integers(0, 2**47), st.binary(min_size=10, max_size=10), st.binary(min_size=10, max_size=10))
def test_later_identifiers_sort_later(now_ms: int, one: bytes, two: bytes) -> None:
    assert new_id(now_ms, one) < new_id(now_ms + 1, two)


def test_every_random_bit_counts() -> None:
    kept = 74  # 122 bits of a UUID without version and variant, less 48 of time
    made = {new_id(0, (1 << bit).to_bytes(10, "big")) for bit in range(80)}
    assert len(made - {new_id(0, bytes(10))}) == kept


def test_the_random_bytes_are_ten() -> None:
    with pytest.raises(ValueError, match="10"):
        new_id(0, b"")


def test_a_change_leaves_its_value_and_stamp() -> None:
    assert Change("language", "fr", "b", "a").held == Held("fr", "b")
