"""Escrow at its edges: what is over, what was drawn from nothing, the order in which people are named."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync import escrow
from sync.change import Value
from sync.claim import placeholder_id
from sync.promise import OPEN_SLOT, REQUESTED, WITHDRAWN_SLOT

NOW = "2026-11-24T08:00:00Z"
Slot = dict[str, Value]


def a_slot(minutes: float, **other: Value) -> Slot:
    """An hour in booth 1 that begins that many minutes after now."""
    starts = escrow.shift(NOW, timedelta(minutes=minutes))
    return {
        "starts_at": starts, "ends_at": escrow.shift(starts, timedelta(minutes=45)), "booth": "1", "reason": "suivi",
        "capacity": 1, "taken": 0, "state": OPEN_SLOT, "gone": False, **other,
    }  # fmt: skip


def test_an_open_hour_to_come_is_not_over() -> None:
    assert not escrow.is_over(a_slot(1 / 60), NOW)


@pytest.mark.parametrize(
    "slot",
    [
        None, a_slot(60, gone=True), a_slot(60, state=WITHDRAWN_SLOT), a_slot(0), a_slot(-60),
        a_slot(-60, state=WITHDRAWN_SLOT, gone=True),
    ],
    ids=["unknown", "gone", "withdrawn", "begins now", "past", "all of it"],
)  # fmt: skip
def test_an_hour_that_is_unknown_gone_withdrawn_or_begun_is_over(slot: Slot | None) -> None:
    assert escrow.is_over(slot, NOW)


def test_a_request_is_no_placeholder_whatever_its_id_was_drawn_from() -> None:
    asked: Slot = {"state": REQUESTED, "grant_id": None, "spend_no": 0, "gone": False, "terminal_no": 3}
    assert not escrow.is_placeholder(placeholder_id(3, "None", 0), asked)


def test_two_people_in_one_booth_are_named_with_the_earlier_hour_first() -> None:
    slots = {"z": a_slot(0), "m": a_slot(40), "a": a_slot(80)}
    found = escrow.overbooked(slots, {"z": ["one"], "m": ["two"], "a": ["three"]})
    assert found == [(("z", "m"), ["one", "two"]), (("m", "a"), ["three", "two"])]


def test_hours_that_begin_together_are_named_by_id() -> None:
    slots = {"b": a_slot(0), "a": a_slot(0)}
    assert escrow.overbooked(slots, {"b": ["one"], "a": ["two"]}) == [(("a", "b"), ["one", "two"])]
