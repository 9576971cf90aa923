"""The merge: what stands bears the newest stamp, nothing is silently lost, every policy as declared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.change import Change, Held, Value
from sync.clock import make_stamp
from sync.merge import Lost, Policy, Verdict, judge
from sync.promise import BOOKING_STATES
from sync.records import FIELDS, Booking, BookingFields

STAMPS = st.builds(make_stamp, st.integers(0, 9), st.integers(0, 2), st.integers(0, 3))
POLICIES = st.sampled_from(list(Policy))
STATE_NAMES = st.sampled_from(sorted(BOOKING_STATES))


def a_stamp(ms: int, node: int = 1) -> str:
    return make_stamp(ms, 0, node)


@st.composite
def meetings(draw: st.DrawFn) -> tuple[Policy, Held | None, Change]:
    policy = draw(POLICIES)
    if policy is Policy.STATES:
        values: st.SearchStrategy[object] = STATE_NAMES
    elif policy is Policy.UNION:
        values = st.lists(st.sampled_from("abc"), max_size=3, unique=True)
    else:
        values = st.sampled_from(["x", "y", None, 1, True])
    held = draw(st.none() | st.builds(Held, values, STAMPS))  # type: ignore[arg-type]
    bases = st.none() | STAMPS | (st.just(held.stamp) if held else st.none())
    return policy, held, Change("f", draw(values), draw(STAMPS), draw(bases))  # type: ignore[arg-type]


@given(meetings())
def test_what_stands_bears_the_newest_stamp_or_is_stamped_anew(meeting: tuple[Policy, Held | None, Change]) -> None:
    policy, held, change = meeting
    verdict = judge(policy, held, change, BOOKING_STATES)
    if not verdict.restamp:
        newest = max(change.stamp, held.stamp) if held else change.stamp
        assert verdict.stamp == newest


@given(meetings())
def test_no_value_is_silently_lost(meeting: tuple[Policy, Held | None, Change]) -> None:
    policy, held, change = meeting
    verdict = judge(policy, held, change, BOOKING_STATES)
    if held is None or held.stamp == change.stamp or held.value == change.value:
        return
    if policy is Policy.UNION and not (change.base == held.stamp and change.stamp > held.stamp):
        assert set(verdict.value) == {*held.value, *change.value}  # type: ignore[arg-type, misc]
        return
    seen_by_author = change.base == held.stamp
    if verdict.value == change.value:
        forward = policy is Policy.STATES and change.value in BOOKING_STATES[str(held.value)]
        assert seen_by_author or forward or (verdict.lost is not None and verdict.lost.value == held.value)
    else:
        assert verdict.value == held.value
        assert verdict.lost is not None
        assert verdict.lost.value == change.value


@given(meetings())
def test_judging_the_same_change_twice_changes_nothing(meeting: tuple[Policy, Held | None, Change]) -> None:
    policy, held, change = meeting
    verdict = judge(policy, held, change, BOOKING_STATES)
    if not verdict.restamp and verdict.lost is None and verdict.changed:
        again = judge(policy, Held(verdict.value, verdict.stamp), change, BOOKING_STATES)
        assert (again.changed, again.value) == (False, verdict.value)


@given(STAMPS, STAMPS, st.booleans())
def test_latest_gives_the_same_value_in_either_order(one: str, two: str, swap: bool) -> None:
    changes = [Change("f", "one", one, None), Change("f", "two", two, None)]
    results = []
    for order in (changes, changes[::-1]):
        verdict = judge(Policy.LATEST, judge_held(order[0]), order[1])
        results.append((verdict.value, verdict.stamp))
    if one != two:
        assert results[0] == results[1]


def judge_held(change: Change) -> Held:
    return Held(change.value, change.stamp)


def test_the_hub_wins_and_stamps_anew_when_the_refused_change_is_newer() -> None:
    verdict = judge(Policy.HUB_WINS, Held("hub", a_stamp(1, 0)), Change("f", "borne", a_stamp(2), a_stamp(1, 0)))
    assert (verdict.value, verdict.restamp) == ("hub", True)
    assert verdict.lost is not None
    assert (verdict.lost.value, verdict.lost.needs_person) == ("borne", False)


def test_a_state_may_follow_and_may_not_go_back() -> None:
    held = Held("confirmed", a_stamp(5, 0))
    forward = judge(Policy.STATES, held, Change("state", "cancelled", a_stamp(3), None), BOOKING_STATES)
    assert (forward.value, forward.restamp, forward.lost) == ("cancelled", True, None)
    back = judge(Policy.STATES, held, Change("state", "requested", a_stamp(9), None), BOOKING_STATES)
    assert (back.value, back.restamp) == ("confirmed", True)
    assert back.lost is not None
    assert not back.lost.needs_person, "it was only overtaken"


def test_two_ends_of_a_road_need_a_person() -> None:
    verdict = judge(
        Policy.STATES, Held("moved", a_stamp(5, 0)), Change("state", "cancelled", a_stamp(9), None), BOOKING_STATES
    )
    assert verdict.lost is not None
    assert verdict.lost.needs_person


def test_a_field_that_asks_a_person_keeps_the_hubs_value_meanwhile() -> None:
    verdict = judge(Policy.ASK, Held("a", a_stamp(1)), Change("f", "b", a_stamp(2), None))
    assert verdict.value == "a"
    assert verdict.lost is not None
    assert verdict.lost.needs_person


def test_every_field_declares_a_policy_and_every_writable_field_exists() -> None:
    for fields in FIELDS.values():
        for name in fields.model_fields:
            assert isinstance(fields.policy(name), Policy)
        assert fields.terminal_may_write <= set(fields.model_fields)
        assert set(fields.transitions) == {name for name in fields.model_fields if fields.policy(name) is Policy.STATES}
    assert BookingFields.policy("needs") is Policy.UNION
    assert Booking.__tablename__ == "booking"


HUB, NEW, OLD = a_stamp(5, 0), a_stamp(9), a_stamp(1)
"""The stamp of what the hub holds, one after it and one before it."""
LIFE = {"asked": ("given", "ended"), "given": ("lost",), "lost": ("moved",), "moved": (), "ended": ()}


def met(policy: Policy, held: Value, said: Value, stamp: str, base: str | None = None) -> Verdict:
    """The judgement of ``said`` where the hub holds ``held`` since ``HUB``."""
    return judge(policy, Held(held, HUB), Change("f", said, stamp, base), LIFE)


def kept(held: Value, said: Value, stamp: str, rule: Policy, *, person: bool = False) -> Verdict:
    """What is expected when the hub's value stands: stamped anew over a newer change, left alone over an older one."""
    newer = stamp > HUB
    return Verdict(held, HUB, changed=newer, restamp=newer, lost=Lost(said, stamp, rule, person))


@pytest.mark.parametrize("policy", list(Policy))
def test_what_is_not_held_is_taken_as_it_comes(policy: Policy) -> None:
    assert judge(policy, None, Change("f", "a", NEW, None)) == Verdict("a", NEW, changed=True)


@pytest.mark.parametrize("policy", list(Policy))
def test_the_same_stamp_is_the_same_change_and_does_nothing(policy: Policy) -> None:
    assert met(policy, "a", "b", HUB) == Verdict("a", HUB, changed=False)


@pytest.mark.parametrize("policy", list(Policy))
def test_the_same_value_only_takes_the_newest_stamp(policy: Policy) -> None:
    assert met(policy, "a", "a", NEW) == Verdict("a", NEW, changed=True)
    assert met(policy, "a", "a", OLD) == Verdict("a", HUB, changed=False)


@pytest.mark.parametrize("base", [None, HUB])
@pytest.mark.parametrize("stamp", [OLD, NEW])
def test_the_hub_wins_even_over_a_change_that_saw_its_value(base: str | None, stamp: str) -> None:
    assert met(Policy.HUB_WINS, "a", "b", stamp, base) == kept("a", "b", stamp, Policy.HUB_WINS)


@pytest.mark.parametrize("policy", [Policy.LATEST, Policy.UNION, Policy.ASK])
def test_a_newer_change_that_saw_what_is_held_stands_and_nothing_is_lost(policy: Policy) -> None:
    assert met(policy, ["a"], ["b"], NEW, HUB) == Verdict(["b"], NEW, changed=True)


@pytest.mark.parametrize("base", [None, OLD, HUB])
def test_an_older_change_loses_even_when_it_says_that_it_saw_what_is_held(base: str | None) -> None:
    assert met(Policy.LATEST, "a", "b", OLD, base) == Verdict(
        "a", HUB, changed=False, lost=Lost("b", OLD, Policy.LATEST, needs_person=False)
    )
    assert met(Policy.ASK, "a", "b", OLD, base) == kept("a", "b", OLD, Policy.ASK, person=True)


def test_the_newer_of_two_that_did_not_see_each_other_stands_and_the_held_one_is_journaled() -> None:
    assert met(Policy.LATEST, "a", "b", NEW) == Verdict(
        "b", NEW, changed=True, lost=Lost("a", HUB, Policy.LATEST, needs_person=False)
    )


@pytest.mark.parametrize("stamp", [OLD, NEW])
def test_two_sets_become_one_under_a_new_stamp_and_nothing_is_lost(stamp: str) -> None:
    assert met(Policy.UNION, ["b"], ["c", "a"], stamp) == Verdict(["a", "b", "c"], HUB, changed=True, restamp=True)
    assert met(Policy.UNION, None, ["a"], stamp) == Verdict(["a"], HUB, changed=True, restamp=True)


@pytest.mark.parametrize("stamp", [OLD, NEW])
def test_a_question_keeps_what_is_held_until_a_person_answers(stamp: str) -> None:
    assert met(Policy.ASK, "a", "b", stamp) == kept("a", "b", stamp, Policy.ASK, person=True)


def test_a_state_that_may_follow_stands_whichever_stamp_it_bears() -> None:
    assert met(Policy.STATES, "asked", "given", NEW) == Verdict("given", NEW, changed=True)
    assert met(Policy.STATES, "asked", "given", OLD) == Verdict("given", HUB, changed=True, restamp=True)


@pytest.mark.parametrize("stamp", [OLD, NEW])
@pytest.mark.parametrize(("held", "said", "person"), [
    ("given", "asked", False),
    ("lost", "asked", False),
    ("moved", "asked", False),
    ("ended", "asked", False),
    ("moved", "ended", True),
    ("ended", "given", True),
    ("ended", "of another version", True),
    ("of another version", "ended", True),
])  # fmt: skip
def test_a_state_that_may_not_follow_is_only_overtaken_or_is_for_a_person(
    held: str, said: str, person: bool, stamp: str
) -> None:
    assert met(Policy.STATES, held, said, stamp) == kept(held, said, stamp, Policy.STATES, person=person)


def test_a_life_that_goes_round_is_walked_once() -> None:
    life = {"a": ("b",), "b": ("c",), "c": ("b",), "d": ()}
    verdict = judge(Policy.STATES, Held("c", HUB), Change("f", "a", NEW, None), life)
    assert verdict == kept("c", "a", NEW, Policy.STATES)
    assert judge(Policy.STATES, Held("d", HUB), Change("f", "a", NEW, None), life).lost == Lost(
        "a", NEW, Policy.STATES, needs_person=True
    )


def test_without_a_map_no_state_follows_another() -> None:
    verdict = judge(Policy.STATES, Held("a", HUB), Change("f", "b", NEW, None))
    assert verdict == kept("a", "b", NEW, Policy.STATES, person=True)
