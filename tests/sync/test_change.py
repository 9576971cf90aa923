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


def test_an_identifier_is_its_time_then_its_random_bits_in_their_order() -> None:
    assert new_id(0x123456789ABC, bytes(10)) == "12345678-9abc-7000-8000-000000000000"
    assert new_id((1 << 48) + 5, b"\xff" * 10) == "00000000-0005-7fff-bfff-ffffffffffff"
    assert new_id(0, bytes(range(0xF1, 0xFB))) == "00000000-0000-77cb-b3f4-f5f6f7f8f9fa"


@pytest.mark.parametrize("length", [0, 9, 11])
def test_the_random_bytes_are_ten(length: int) -> None:
    with pytest.raises(ValueError, match=r"^10 random bytes expected$"):
        new_id(0, bytes(length))


def test_a_change_leaves_its_value_and_stamp() -> None:
    assert Change("language", "fr", "b", "a").held == Held("fr", "b")
