"""Seats of events in a terminal's stock: a few of each event, the earliest first, nothing of a booth's share."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import escrow
from sync.change import Value
from sync.escrow import SEATS_OF_ONE_EVENT, Stock
from sync.promise import OPEN_SLOT, SEATS, WITHDRAWN_SLOT

NOW = "2026-11-24T08:00:00Z"
Slot = dict[str, Value]
ALL = Stock(per_terminal=1000, seats_per_terminal=1000, share=1.0)


def an_event(hours: float = 50, capacity: int = 10, **other: Value) -> Slot:
    """The seats of one event, as a slot without a booth."""
    starts = escrow.shift(NOW, timedelta(hours=hours))
    return {
        "starts_at": starts, "ends_at": escrow.shift(starts, timedelta(hours=2)), "booth": "", "reason": SEATS,
        "capacity": capacity, "taken": 0, "state": OPEN_SLOT, "gone": False, "external_ref": f"e{hours}",
        "modality": "PHYSIQUE", **other,
    }  # fmt: skip


def a_booth_slot(hours: float = 50, **other: Value) -> Slot:
    return {**an_event(hours, booth="1", reason="suivi"), "modality": "VISIO", **other}


EVENTS = st.dictionaries(
    st.sampled_from("abcdefgh"),
    st.builds(
        an_event,
        st.sampled_from([1, 23.9, 24, 30, 30, 400, 504, 504.1]),
        st.integers(1, 6),
        taken=st.integers(0, 6),
        state=st.sampled_from([OPEN_SLOT, OPEN_SLOT, OPEN_SLOT, WITHDRAWN_SLOT]),
        gone=st.sampled_from([False, False, False, True]),
        reason=st.sampled_from([SEATS, SEATS, SEATS, "suivi"]),
    ),
    max_size=8,
)


def may_be_given(slot: Slot) -> bool:
    """Told apart from the rule on purpose: a rule is not checked by itself."""
    in_time = escrow.shift(NOW, ALL.lead) <= str(slot["starts_at"]) <= escrow.shift(NOW, ALL.horizon)
    return in_time and slot["reason"] == SEATS and slot["state"] == OPEN_SLOT and not slot["gone"]


def left(slot: Slot) -> int:
    capacity, taken = slot["capacity"], slot["taken"]
    assert isinstance(capacity, int)
    assert isinstance(taken, int)
    return max(0, capacity - taken)


@given(
    EVENTS, st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3)), st.integers(0, 5),
    st.integers(0, 12), st.sampled_from([0.0, 0.3, 0.5, 1.0]),
)  # fmt: skip
def test_seats_are_given_within_the_stock_the_share_the_events_and_their_places(
    slots: dict[str, Slot], held: dict[str, int], others: int, stock: int, share: float
) -> None:
    granted = sum(held.values()) + others
    chosen = escrow.allot_seats(slots, held, granted, NOW, Stock(seats_per_terminal=stock, share=share))
    free = sum(left(slot) for slot in slots.values() if may_be_given(slot))
    assert len(chosen) <= max(0, stock - sum(held.values()))
    assert len(chosen) + granted <= max(granted, share * (free + granted))
    for slot_id, count in Counter(chosen).items():
        assert may_be_given(slots[slot_id])
        assert count <= left(slots[slot_id])
        assert held.get(slot_id, 0) + count <= SEATS_OF_ONE_EVENT


@given(EVENTS, st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3)))
def test_a_stock_without_limit_holds_three_seats_of_each_event_or_what_is_left(
    slots: dict[str, Slot], held: dict[str, int]
) -> None:
    chosen = Counter(escrow.allot_seats(slots, held, 0, NOW, ALL))
    for slot_id, slot in slots.items():
        wanted = min(left(slot), SEATS_OF_ONE_EVENT - held.get(slot_id, 0)) if may_be_given(slot) else 0
        assert chosen[slot_id] == wanted


def test_each_event_gives_one_seat_before_any_gives_a_second_the_earliest_first() -> None:
    slots = {"a-late": an_event(60), "c": an_event(50), "b": an_event(50)}
    assert escrow.allot_seats(slots, {}, 0, NOW, ALL) == ["b", "c", "a-late"] * 3
    assert escrow.allot_seats(slots, {}, 0, NOW, Stock(seats_per_terminal=4, share=1.0)) == ["b", "c", "a-late", "b"]
    assert escrow.allot_seats(slots, {"b": 1, "c": 2}, 3, NOW, ALL) == ["a-late", "b", "a-late", "b", "c", "a-late"]


def test_the_last_seat_of_an_event_is_given_once() -> None:
    slots = {"last": an_event(50, 6, taken=5), "two-left": an_event(60, 4, taken=2), "roomy": an_event(70, 9)}
    chosen = escrow.allot_seats(slots, {}, 0, NOW, ALL)
    assert chosen == ["last", "two-left", "roomy", "two-left", "roomy", "roomy"]


def test_booth_time_and_seats_are_shared_apart() -> None:
    slots = {"event": an_event(capacity=10), **{f"s{n}": a_booth_slot(30 + 3 * n, capacity=1) for n in range(4)}}
    stock = Stock(per_terminal=6, seats_per_terminal=2, share=0.5)
    assert escrow.allot_seats(slots, {}, 0, NOW, stock) == ["event", "event"]
    assert escrow.allot(slots, 0, 0, NOW, stock) == ["s0", "s1"], "half of the four hours, whatever seats there are"
    assert escrow.allot_seats(slots, {"event": 1}, 1, NOW, stock) == ["event"]
    assert escrow.allot_seats(slots, {"event": 2}, 2, NOW, stock) == []
    assert escrow.allot_seats(slots, {"elsewhere": 2}, 2, NOW, stock) == [], "seats of events that are over count too"


def test_seats_of_two_events_at_once_are_in_nobodys_way() -> None:
    slots = {"one": an_event(50, 1), "other": an_event(50.5, 1)}
    assert escrow.allot_seats(slots, {}, 0, NOW, ALL) == ["one", "other"]


@pytest.mark.parametrize(("event", "wanted"), [("e60", ["same"]), ("e70", ["other"]), (None, [])])
def test_whoever_wants_one_workshop_is_offered_that_one_only(event: str | None, wanted: list[str]) -> None:
    slots = {"same": an_event(60), "other": an_event(70), "booth": a_booth_slot(external_ref="e60")}
    near = str(slots["same"]["starts_at"])
    asked = an_event(40, external_ref=event) if event is not None else None
    assert wanted == escrow.proposals(
        slots, reason=SEATS, modality="VISIO", near=near, now=NOW, without=(), event=asked
    )  # fmt: skip


@pytest.mark.parametrize(
    ("modality", "wanted"), [("PHYSIQUE", ["room", "late screen"]), ("VISIO", ["screen", "late screen"])]
)
def test_whoever_comes_is_offered_a_room_and_whoever_is_afar_a_screen_but_never_the_other_way_of_the_same_hour(
    modality: str, wanted: list[str]
) -> None:
    of_one = {
        "here": an_event(60, external_ref="e", modality="PHYSIQUE"),
        "here afar": an_event(60, external_ref="e", modality="VISIO"),
        "room": an_event(70, external_ref="e", modality="PHYSIQUE"),
        "screen": an_event(70, external_ref="e", modality="VISIO"),
        "late screen": an_event(80, external_ref="e", modality="VISIO"),
    }
    asked = of_one["here" if modality == "PHYSIQUE" else "here afar"]
    assert wanted == escrow.proposals(
        of_one, reason=SEATS, modality=modality, near=str(asked["starts_at"]), now=NOW, event=asked,
        without=("here" if modality == "PHYSIQUE" else "here afar",),
    )  # fmt: skip


def test_an_hour_in_a_booth_is_offered_whatever_its_reference() -> None:
    slots = {"here": a_booth_slot(60), "far": a_booth_slot(65, modality="TELEPHONE")}
    offered = escrow.proposals(
        slots, reason="suivi", modality="VISIO", near=NOW, now=NOW, without=(), event=slots["far"]
    )  # fmt: skip
    assert offered == ["here"]
