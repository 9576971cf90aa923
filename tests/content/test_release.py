"""Rings: the same terminals for a small share as for a larger one, known without a server."""

from hypothesis import given, settings
from hypothesis import strategies as st

from content.release import BUCKETS, Ring, bucket

TERMINALS = st.text(alphabet="0123456789abcdef", min_size=8, max_size=32)


@settings(deadline=None)
@given(TERMINALS, st.integers(1, 10_000), st.integers(0, BUCKETS), st.integers(0, BUCKETS))
def test_a_wider_ring_contains_a_narrower_one(terminal_id: str, seq: int, one: int, other: int) -> None:
    narrow, wide = Ring(name="etroit", share=min(one, other)), Ring(name="large", share=max(one, other))
    assert not narrow.admits(seq, terminal_id) or wide.admits(seq, terminal_id)


@settings(deadline=None)
@given(TERMINALS, st.integers(1, 10_000))
def test_everyone_is_in_the_whole_and_nobody_in_nothing(terminal_id: str, seq: int) -> None:
    assert Ring(name="tous", share=BUCKETS).admits(seq, terminal_id)
    assert not Ring(name="aucun", share=0).admits(seq, terminal_id)


def test_shares_are_what_they_say() -> None:
    ring = Ring(name="un-sur-vingt", share=BUCKETS // 20)
    admitted = sum(ring.admits(7, f"terminal-{number}") for number in range(10_000))
    assert 400 <= admitted <= 600


def test_another_release_begins_with_other_terminals() -> None:
    assert {bucket(seq, "terminal-1") for seq in range(1, 20)} != {bucket(1, "terminal-1")}


def test_a_tag_is_always_in_its_ring() -> None:
    ring = Ring(name="pilote", share=0, tags=["pilote"])
    assert ring.admits(1, "terminal-1", frozenset({"pilote"}))
    assert not ring.admits(1, "terminal-1", frozenset({"autre"}))
