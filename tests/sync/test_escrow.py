"""Escrow: no place is given twice, none is refused while one is left, every number says one thing only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import escrow
from sync.change import Value
from sync.escrow import Fields, Stock
from sync.promise import (
    ACTIVE,
    CANCELLED,
    CONFIRMED,
    DECLINED,
    GUARANTEED,
    OPEN_SLOT,
    OVERRULED,
    RELEASED,
    REQUESTED,
    WITHDRAWN,
    WITHDRAWN_SLOT,
    WRITTEN_OFF,
)

NOW = "2026-11-24T08:00:00Z"
TERMINAL, INCARNATION = 3, "here"
NOT_HELD = (REQUESTED, DECLINED, CANCELLED, WITHDRAWN, OVERRULED)
EVERYTHING = Stock(per_terminal=1000, share=1.0)


def at(minutes: float) -> str:
    """A moment that many minutes after now."""
    return escrow.shift(NOW, timedelta(minutes=minutes))


def a_slot(starts: float = 3000, minutes: float = 45, **other: Value) -> dict[str, Value]:
    return {
        "starts_at": at(starts), "ends_at": at(starts + minutes), "booth": "1", "reason": "suivi", "capacity": 1,
        "taken": 0, "state": OPEN_SLOT, "gone": False, **other,
    }  # fmt: skip


def a_grant(**other: Value) -> dict[str, Value]:
    return {"state": ACTIVE, "gone": False, "terminal_no": TERMINAL, "incarnation": INCARNATION, **other}


def a_booking(state: str = GUARANTEED, grant_id: str | None = None, spend_no: int = 0, **other: Value) -> Fields:
    return {"state": state, "grant_id": grant_id, "spend_no": spend_no, "gone": False, **other}


SLOTS = st.builds(
    a_slot,
    st.integers(1000, 9000),
    st.integers(1, 300),
    booth=st.sampled_from(["1", "2"]),
    reason=st.sampled_from(["suivi", "dpa", "edo"]),
    capacity=st.integers(1, 4),
    taken=st.integers(0, 3),
    state=st.sampled_from([OPEN_SLOT, OPEN_SLOT, WITHDRAWN_SLOT]),
    gone=st.sampled_from([False, False, True]),
)
SITES = st.dictionaries(st.sampled_from([f"s{n:02}" for n in range(20)]), SLOTS, max_size=14)


# -- moments and places ---------------------------------------------------------------------------
def test_a_moment_moves_over_midnight_and_over_a_year() -> None:
    assert escrow.shift("2026-12-31T23:59:30Z", timedelta(minutes=5)) == "2027-01-01T00:04:30Z"
    assert escrow.shift("2027-01-01T00:00:00Z", timedelta(seconds=-1)) == "2026-12-31T23:59:59Z"


def test_what_is_personal_by_law_has_one_place_whatever_was_imported() -> None:
    assert [escrow.places(a_slot(reason=reason, capacity=7)) for reason in ("signature_cer", "dpa")] == [1, 1]
    assert escrow.places(a_slot(reason="edo", capacity=7)) == 7
    assert escrow.places(a_slot(reason="edo", capacity=None)) == 1


# -- taken ----------------------------------------------------------------------------------------
def test_an_active_grant_takes_its_place_spent_or_not_and_once() -> None:
    grants = {"g": a_grant(), "h": a_grant()}
    assert escrow.taken([], grants) == 2
    assert escrow.taken([a_booking(GUARANTEED, "g", 1)], grants) == 2


@pytest.mark.parametrize("grant", [a_grant(state=RELEASED), a_grant(state=WRITTEN_OFF), a_grant(gone=True)])
def test_a_grant_that_came_back_takes_nothing_but_its_booking_does(grant: Fields) -> None:
    assert escrow.taken([], {"g": grant}) == 0
    assert escrow.taken([a_booking(GUARANTEED, "g", 1)], {"g": grant}) == 1


def test_a_booking_on_a_grant_that_is_not_known_here_takes_a_place() -> None:
    assert escrow.taken([a_booking(GUARANTEED, "lost", 1), a_booking(CONFIRMED)], {"g": a_grant()}) == 3


@pytest.mark.parametrize("state", NOT_HELD)
def test_a_booking_that_nobody_was_promised_takes_nothing(state: str) -> None:
    assert not escrow.holds_a_place(a_booking(state))
    assert escrow.taken([a_booking(state)], {}) == 0


def test_a_tombstone_takes_nothing() -> None:
    assert not escrow.holds_a_place(a_booking(CONFIRMED, gone=True))
    assert escrow.holds_a_place(a_booking(CONFIRMED))
    assert escrow.holds_a_place(a_booking(GUARANTEED))


# -- touches --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("starts", "minutes", "busy"),
    [
        (50, 30, False),  # begins when the cleaning is over
        (49.5, 30, True),
        (20, 5, True),  # inside
        (-10, 200, True),  # around
        (-35, 30, False),  # its own cleaning ends as this one begins
        (-34.5, 30, True),
        (0, 45, True),
    ],
)
def test_two_slots_of_a_booth_keep_five_minutes_on_both_sides(starts: float, minutes: float, busy: bool) -> None:
    one, other = a_slot(0, 45), a_slot(starts, minutes)
    assert escrow.touches(one, other) is busy
    assert escrow.touches(other, one) is busy


def test_another_booth_is_another_room() -> None:
    assert not escrow.touches(a_slot(0), a_slot(0, booth="2"))


@given(SLOTS, SLOTS)
def test_touching_is_mutual_and_is_an_overlap_of_the_two_stretches_with_their_cleaning(
    one: Fields, other: Fields
) -> None:
    before = escrow.shift(str(one["ends_at"]), timedelta(minutes=5)) <= str(other["starts_at"])
    after = escrow.shift(str(other["ends_at"]), timedelta(minutes=5)) <= str(one["starts_at"])
    assert escrow.touches(one, other) is escrow.touches(other, one)
    assert escrow.touches(one, other) is (one["booth"] == other["booth"] and not before and not after)


# -- why_not_free ---------------------------------------------------------------------------------
def test_a_free_slot_says_nothing() -> None:
    assert escrow.why_not_free(a_slot(1), 0, [(a_slot(1), 0), (a_slot(1, booth="2"), 1)], NOW) is None
    assert escrow.why_not_free(a_slot(1, capacity=3), 2, [], NOW) is None


def test_the_first_reason_in_order_is_the_one_that_is_said() -> None:
    slot, others = a_slot(0, gone=True, state=WITHDRAWN_SLOT), [(a_slot(0), 1)]
    reasons = []
    for mend in ({}, {"gone": False}, {"state": OPEN_SLOT}, {"starts_at": at(1)}):
        slot.update(mend)
        reasons.append(escrow.why_not_free(slot, 1, others, NOW))
    reasons += [escrow.why_not_free(slot, 0, others, NOW), escrow.why_not_free(slot, 0, [], NOW)]
    assert reasons == ["slot_unknown", "slot_withdrawn", "slot_past", "slot_taken", "booth_busy", None]


def test_a_slot_that_begins_now_is_past() -> None:
    assert escrow.why_not_free(a_slot(0), 0, [], NOW) == "slot_past"
    assert escrow.why_not_free(a_slot(1 / 60), 0, [], NOW) is None


def test_any_of_the_other_slots_may_keep_the_booth_busy() -> None:
    others = [(a_slot(900), 1), (a_slot(40), 0), (a_slot(45), 2)]
    assert escrow.why_not_free(a_slot(1), 0, others, NOW) == "booth_busy"


# -- allot ----------------------------------------------------------------------------------------
@given(SITES, st.integers(0, 8), st.integers(0, 8), st.floats(0, 1), st.integers(0, 8))
def test_nothing_is_given_above_the_stock_above_the_share_beyond_the_places_or_beside_what_is_given(
    slots: dict[str, dict[str, Value]], unspent: int, others: int, share: float, per_terminal: int
) -> None:
    granted = unspent + others
    stock = Stock(per_terminal=per_terminal, share=share)
    chosen = escrow.allot(slots, unspent, granted, NOW, stock)
    assert len(chosen) + unspent <= max(per_terminal, unspent)
    assert len(chosen) + granted <= max(share * (free_places(slots, stock) + granted), granted)
    after = given_out(slots, chosen)
    for slot_id in chosen:
        slot = slots[slot_id]
        assert slot["state"] == OPEN_SLOT
        assert not slot["gone"]
        assert after[slot_id] <= escrow.places(slot)
        assert at(24 * 60) <= str(slot["starts_at"]) <= at(21 * 24 * 60)
        beside = [other for other in slots if other != slot_id and after[other]]
        assert not any(escrow.touches(slot, slots[other]) for other in beside)


def free_places(slots: Mapping[str, Fields], stock: Stock) -> int:
    """The places that could be given one by one, counted anew."""
    count = 0
    for slot_id, slot in slots.items():
        others = [(other, int(str(other["taken"]))) for other_id, other in slots.items() if other_id != slot_id]
        taken = int(str(slot["taken"]))
        ahead = escrow.shift(NOW, stock.lead) <= str(slot["starts_at"]) <= escrow.shift(NOW, stock.horizon)
        if ahead and escrow.why_not_free(slot, taken, others, NOW) is None:
            count += escrow.places(slot) - taken
    return count


def given_out(slots: Mapping[str, Fields], chosen: list[str]) -> Counter[str]:
    return Counter({slot_id: int(str(slot["taken"])) for slot_id, slot in slots.items()}) + Counter(chosen)


@given(SITES)
def test_a_stock_without_limit_leaves_no_slot_that_could_still_be_given(slots: dict[str, dict[str, Value]]) -> None:
    chosen = escrow.allot(slots, 0, 0, NOW, EVERYTHING)
    after = given_out(slots, chosen)
    for slot_id, slot in slots.items():
        if slot_id in chosen:
            continue
        others = ((other, after[other_id]) for other_id, other in slots.items() if other_id != slot_id)
        ahead = at(24 * 60) <= str(slot["starts_at"]) <= at(21 * 24 * 60)
        assert not ahead or escrow.why_not_free(slot, after[slot_id], others, NOW) is not None


def test_the_stock_of_a_terminal_is_filled_up_and_no_more() -> None:
    slots = {f"s{n}": a_slot(2000 + 60 * n) for n in range(20)}
    for unspent, wanted in ((0, 6), (4, 2), (6, 0), (9, 0)):
        assert len(escrow.allot(slots, unspent, unspent, NOW, Stock())) == wanted


def test_half_of_the_free_places_is_left_for_whoever_is_online() -> None:
    slots = {f"s{n}": a_slot(2000 + 60 * n) for n in range(8)}
    assert len(escrow.allot(slots, 0, 0, NOW, Stock())) == 4
    for slot_id in ("s0", "s1", "s2"):
        slots[slot_id]["taken"] = 1
    assert escrow.allot(slots, 0, 3, NOW, Stock()) == ["s3"]
    slots["s3"]["taken"] = 1
    assert escrow.allot(slots, 0, 4, NOW, Stock()) == []


def test_a_slot_of_several_places_counts_with_all_of_them() -> None:
    slots = {"wide": a_slot(2000, capacity=9, taken=1), "one": a_slot(2100)}
    assert len(escrow.allot(slots, 0, 0, NOW, Stock(share=2 / 9))) == 2
    assert len(escrow.allot(slots, 0, 0, NOW, Stock(share=0.2))) == 1


@pytest.mark.parametrize(
    "slot", [a_slot(2000, gone=True), a_slot(2000, state=WITHDRAWN_SLOT), a_slot(1000), a_slot(2000, taken=1)]
)
def test_what_cannot_be_given_is_not_counted_as_free(slot: Fields) -> None:
    slots = {f"s{n}": slot for n in range(5)} | {"good": a_slot(9000)}
    assert escrow.allot(slots, 0, 0, NOW, Stock()) == []


def test_reasons_take_turns_and_the_earliest_goes_first() -> None:
    slots = {f"suivi-{n}": a_slot(2000 + 60 * n) for n in range(4)}
    slots |= {f"edo-{n}": a_slot(5000 + 60 * n, reason="edo") for n in range(4)}
    chosen = escrow.allot(slots, 0, 0, NOW, Stock(per_terminal=5, share=1.0))
    assert chosen == ["suivi-0", "edo-0", "suivi-1", "edo-1", "suivi-2"]


def test_the_hour_counts_within_a_reason_whatever_the_ids() -> None:
    slots = {"c": a_slot(2000), "b": a_slot(2100), "a": a_slot(2200), "d": a_slot(2150, reason="edo")}
    assert escrow.allot(slots, 0, 0, NOW, Stock(per_terminal=4, share=1.0)) == ["c", "d", "b", "a"]


def test_a_slot_given_once_more_keeps_its_neighbour_busy_as_before() -> None:
    slots = {"wide": a_slot(2000, capacity=3, taken=1), "beside": a_slot(2047)}
    assert escrow.allot(slots, 0, 0, NOW, EVERYTHING) == ["wide"]


def test_two_slots_of_one_hour_go_by_their_id() -> None:
    slots = {"b": a_slot(2000, booth="1"), "a": a_slot(2000, booth="2"), "c": a_slot(2000, booth="3", reason="edo")}
    assert escrow.allot(slots, 0, 0, NOW, Stock(per_terminal=3, share=1.0)) == ["a", "c", "b"]


def test_nothing_is_given_sooner_than_the_lead_or_later_than_the_horizon() -> None:
    day = 24 * 60
    slots = {
        "early": a_slot(day - 1), "first": a_slot(day, booth="2"),
        "last": a_slot(21 * day, booth="3"), "late": a_slot(21 * day + 1, booth="4"),
    }  # fmt: skip
    assert escrow.allot(slots, 0, 0, NOW, EVERYTHING) == ["first", "last"]


def test_a_slot_before_the_lead_keeps_its_booth_busy() -> None:
    day = 24 * 60
    slots = {"early": a_slot(day - 10, 30, taken=1), "next": a_slot(day + 20), "free": a_slot(day + 25)}
    assert escrow.allot(slots, 0, 0, NOW, EVERYTHING) == ["free"]


# -- spends ---------------------------------------------------------------------------------------
def test_the_next_spend_is_one_more_than_the_highest_cancelled_and_tombstones_included() -> None:
    assert escrow.next_spend("g", []) == 1
    bookings = [a_booking(GUARANTEED, "g", 1), a_booking(CANCELLED, "g", 3), a_booking(GUARANTEED, "h", 9)]
    assert escrow.next_spend("g", bookings) == 4
    assert escrow.next_spend("g", [*bookings, a_booking(GUARANTEED, "g", 5, gone=True)]) == 6
    assert escrow.next_spend("other", bookings) == 1
    assert escrow.next_spend("g", [{**a_booking(GUARANTEED, "g"), "spend_no": None}]) == 1


@given(st.lists(st.tuples(st.sampled_from("gh"), st.integers(1, 40), st.sampled_from([*NOT_HELD, GUARANTEED]))))
def test_a_spend_number_is_never_given_twice(spends: list[tuple[str, int, str]]) -> None:
    bookings = [a_booking(state, grant_id, number) for grant_id, number, state in spends]
    assert escrow.next_spend("g", bookings) > max([0, *(number for grant_id, number, _ in spends if grant_id == "g")])


def spendable(grant: Fields, slot: Fields | None, bookings: list[Fields] | None = None, now: str = NOW) -> bool:
    return escrow.is_spendable(
        grant, slot, bookings or [], terminal_no=TERMINAL, incarnation=INCARNATION, now=now, grant_id="g"
    )


def test_the_holder_of_an_active_grant_of_an_open_slot_may_promise_it() -> None:
    assert spendable(a_grant(), a_slot())


@pytest.mark.parametrize(
    ("grant", "slot"),
    [
        (a_grant(), None),
        (a_grant(gone=True), a_slot()),
        (a_grant(), a_slot(gone=True)),
        (a_grant(state=RELEASED), a_slot()),
        (a_grant(state=WRITTEN_OFF), a_slot()),
        (a_grant(), a_slot(state=WITHDRAWN_SLOT)),
        (a_grant(terminal_no=TERMINAL + 1), a_slot()),
        (a_grant(incarnation="a copied disk"), a_slot()),
        (a_grant(), a_slot(119)),
    ],
)
def test_each_condition_alone_forbids_the_promise(grant: Fields, slot: Fields | None) -> None:
    assert not spendable(grant, slot)


def test_a_promise_keeps_two_hours_before_the_slot() -> None:
    assert spendable(a_grant(), a_slot(120))
    assert not spendable(a_grant(), a_slot(120), now=at(1 / 60))


@pytest.mark.parametrize("state", [GUARANTEED, CONFIRMED])
def test_a_grant_that_holds_somebody_is_not_spent_again(state: str) -> None:
    assert not spendable(a_grant(), a_slot(), [a_booking(CANCELLED, "g", 1), a_booking(state, "g", 2)])


@pytest.mark.parametrize(
    "booking",
    [a_booking(state, "g", 1) for state in NOT_HELD]
    + [a_booking(GUARANTEED, "g", 1, gone=True), a_booking(GUARANTEED, "h", 1), a_booking(CONFIRMED)],
)
def test_a_place_that_was_given_up_may_be_promised_again(booking: Fields) -> None:
    assert spendable(a_grant(), a_slot(), [booking])


# -- clones and references ------------------------------------------------------------------------
def test_the_same_spend_on_two_bookings_proves_a_clone() -> None:
    spend = a_booking(GUARANTEED, "g", 2)
    assert escrow.is_clone("one", spend, [("two", a_booking(GUARANTEED, "h", 2)), ("three", spend)])
    assert escrow.is_clone("one", spend, [("two", a_booking(CANCELLED, "g", 2))])


@pytest.mark.parametrize(
    ("booking", "others"),
    [
        (a_booking(GUARANTEED, "g", 2), [("one", a_booking(GUARANTEED, "g", 2))]),  # itself
        (a_booking(GUARANTEED, "g", 2), [("two", a_booking(GUARANTEED, "g", 1))]),
        (a_booking(GUARANTEED, "g", 2), [("two", a_booking(GUARANTEED, "h", 2))]),
        (a_booking(REQUESTED), [("two", a_booking(REQUESTED))]),  # neither has a grant
        (a_booking(GUARANTEED, "g", 2), []),
    ],
)
def test_what_shares_no_spend_is_no_clone(booking: Fields, others: list[tuple[str, Fields]]) -> None:
    assert not escrow.is_clone("one", booking, others)


def test_each_spend_of_2048_grants_has_a_reference_of_its_own_above_the_terminals_numbers() -> None:
    numbers = [escrow.reference_index(grant, spend) for grant in range(1, 2049) for spend in range(1, 9)]
    assert all(isinstance(number, int) for number in numbers)
    assert sorted(number for number in numbers if number is not None) == list(range(1 << 14, 1 << 15))


def test_the_numbers_come_round_after_2048_grants() -> None:
    assert escrow.reference_index(1, 1) == 16384
    assert escrow.reference_index(2, 3) == 16384 + 8 + 2
    assert escrow.reference_index(2049, 1) == 16384


@pytest.mark.parametrize("spend_no", [0, -1, 9, 65535])
def test_a_spend_beyond_the_eighth_takes_an_ordinary_reference(spend_no: int) -> None:
    assert escrow.reference_index(5, spend_no) is None


# -- what is offered instead ----------------------------------------------------------------------
def offered(slots: Mapping[str, Fields], near: float = 3000, **changed: Any) -> list[str]:
    wanted: dict[str, Any] = {"reason": "suivi", "modality": "VISIO", "near": at(near), "now": NOW, "without": ()}
    return escrow.proposals(slots, **{**wanted, **changed})


def test_the_three_free_slots_nearest_in_time_are_offered() -> None:
    slots = {f"s{n}": a_slot(2000 + 500 * n, modality="VISIO") for n in range(6)}
    assert offered(slots) == ["s2", "s1", "s3"]
    assert offered(slots, near=2300) == ["s1", "s0", "s2"]
    assert offered(slots, without={"s2", "s3"}) == ["s1", "s0", "s4"]
    assert offered({"only": slots["s0"]}) == ["only"]
    assert offered({}) == []


@pytest.mark.parametrize(
    "other",
    [
        {"reason": "edo"}, {"modality": "PHYSIQUE"}, {"taken": 1}, {"state": WITHDRAWN_SLOT}, {"gone": True},
        {"starts": 60}, {"starts": -10},
    ],
)  # fmt: skip
def test_only_what_fits_is_free_and_begins_in_more_than_an_hour_is_offered(other: dict[str, Any]) -> None:
    assert offered({"a": a_slot(modality="VISIO", booth="2")}) == ["a"]
    assert offered({"a": a_slot(**{"modality": "VISIO", "booth": "2", **other})}) == []


def test_an_hour_and_a_second_ahead_is_offered_and_a_busy_booth_is_not() -> None:
    assert offered({"a": a_slot(60 + 1 / 60, modality="VISIO")}) == ["a"]
    busy = {"a": a_slot(modality="VISIO"), "b": a_slot(3020, reason="edo", modality="VISIO", taken=1)}
    assert offered(busy) == []


# -- how fast a month can be emptied --------------------------------------------------------------
def test_a_site_gives_so_many_places_in_an_hour_and_no_more() -> None:
    moments = [at(-59), at(-30), at(-1), at(-60), at(-600)]

    def why(takes_per_hour: int) -> str | None:
        return escrow.why_too_many(moments, 0, NOW, takes_per_hour=takes_per_hour, per_terminal=6)

    assert (why(4), why(3)) == (None, "too_many_takes")
    assert escrow.why_too_many([], 0, NOW, takes_per_hour=0, per_terminal=6) == "too_many_takes"


def test_a_terminal_holds_so_many_places_that_it_took_and_did_not_promise() -> None:
    def why(unspent_here: int) -> str | None:
        return escrow.why_too_many([], unspent_here, NOW, takes_per_hour=12, per_terminal=6)

    assert (why(5), why(6), why(7)) == (None, "too_many_held", "too_many_held")


# -- what a person must look at -------------------------------------------------------------------
def test_a_slot_with_more_people_than_places_is_named_with_them() -> None:
    apart = {name: {"booth": name} for name in ("full", "over", "law", "empty")}
    slots = {
        "full": a_slot(**apart["full"]), "over": a_slot(capacity=2, **apart["over"]),
        "law": a_slot(reason="dpa", capacity=5, **apart["law"]), "empty": a_slot(**apart["empty"]),
    }  # fmt: skip
    live = {"full": ["a"], "over": ["z", "x", "y"], "law": ["c", "b"], "elsewhere": ["d", "e"]}
    assert escrow.overbooked(slots, live) == [(("law",), ["b", "c"]), (("over",), ["x", "y", "z"])]


def test_two_people_in_one_booth_at_one_hour_are_named_together() -> None:
    slots = {"late": a_slot(40), "early": a_slot(0), "next": a_slot(100), "other": a_slot(0, booth="2")}
    live = {"late": ["b"], "early": ["a"], "next": ["c"], "other": ["d"]}
    assert escrow.overbooked(slots, live) == [(("early", "late"), ["a", "b"])]
    assert escrow.overbooked(slots, {**live, "early": []}) == []
