"""Of several bookings on one grant: who was given up, and when two disks show."""

from __future__ import annotations

import pytest

from sync import escrow
from sync.change import Value
from sync.claim import placeholder_id
from sync.escrow import Fields
from sync.promise import GUARANTEED, MOVED, OVERRULED, REQUESTED
from tests.sync.test_escrow import NOT_HELD, TERMINAL, a_booking


def a_promise(spend_no: int, state: str = GUARANTEED, **other: Value) -> Fields:
    made: Fields = {"created_at": f"2026-11-21T08:{spend_no:02d}:00Z", "terminal_no": TERMINAL}
    return a_booking(state, "g", spend_no, **{**made, **other})


def test_the_highest_spend_of_a_grant_stands_and_the_lower_ones_were_given_up() -> None:
    assert escrow.given_up({}) == []
    assert escrow.given_up({"a": a_promise(1)}) == []
    assert escrow.given_up({"b": a_promise(2), "c": a_promise(3), "a": a_promise(1)}) == ["a", "b"]


@pytest.mark.parametrize("state", NOT_HELD)
def test_a_higher_spend_counts_in_whatever_state_it_is_and_only_who_holds_the_place_gives_it_up(state: str) -> None:
    assert escrow.given_up({"a": a_promise(1), "b": a_promise(2, state)}) == ["a"]
    assert escrow.given_up({"a": a_promise(1), "b": a_promise(2, gone=True)}) == ["a"]
    assert escrow.given_up({"a": a_promise(1, state), "b": a_promise(2)}) == []


def test_on_a_grant_of_two_disks_a_higher_spend_gives_nobody_up() -> None:
    assert escrow.given_up({"a": a_promise(1), "b": a_promise(1, OVERRULED), "c": a_promise(2)}) == []


def test_a_lower_spend_that_was_made_after_a_higher_one_comes_of_another_disk_and_was_not_given_up() -> None:
    """A whole disk put back begins its spends anew, before its next round tells it so."""
    first, late = a_promise(2, MOVED), a_promise(1, created_at="2026-11-21T09:00:00Z")
    assert escrow.two_disks({"b": first, "a": late})
    assert escrow.given_up({"b": first, "a": late}) == []
    at_once = a_promise(1, created_at=first["created_at"])
    assert not escrow.two_disks({"b": first, "a": at_once}), "a clock of whole seconds proves nothing"
    assert escrow.given_up({"b": first, "a": at_once}) == ["a"]
    spoken = placeholder_id(TERMINAL, "g", 1)
    assert escrow.given_up({"b": first, spoken: late}) == [spoken], "the hub does not know when that was made"


def test_a_higher_spend_that_was_told_late_gives_nobody_up() -> None:
    """A disk that was put back unseen may use the first spend up with a hold: only the second one is told."""
    both = {"a": a_promise(1), "b": a_promise(2)}
    assert escrow.given_up(both) == ["a"]
    assert escrow.given_up(both, {"b"}) == []
    assert escrow.given_up({**both, "c": a_promise(3)}, {"b"}) == ["a", "b"]
    assert escrow.given_up(both, {"a"}) == ["a"], "who was told late and given up since was given up"


def test_what_a_voice_made_is_no_clone_and_proves_none() -> None:
    voice = placeholder_id(TERMINAL, "g", 1)
    both: dict[str, Fields] = {voice: a_promise(1), "real": a_promise(1)}
    assert escrow.is_placeholder(voice, both[voice])
    assert not escrow.is_placeholder("real", both["real"])
    assert not escrow.is_placeholder(voice, a_promise(2))
    assert not escrow.is_placeholder(voice, a_booking(REQUESTED, None, 0, terminal_no=TERMINAL))
    assert not escrow.is_placeholder(voice, a_booking(GUARANTEED, "g", 1))
    assert not any(escrow.is_clone(one_id, one, both.items()) for one_id, one in both.items())
    assert escrow.given_up({**both, "next": a_promise(2)}) == sorted([voice, "real"])
    assert escrow.is_clone("other", a_promise(1), both.items())
