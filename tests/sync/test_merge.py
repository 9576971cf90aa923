"""The merge: what stands bears the newest stamp, nothing is silently lost, every policy as declared."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.change import Change, Held
from sync.clock import make_stamp
from sync.merge import Policy, judge
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
        Policy.STATES, Held("declined", a_stamp(5, 0)), Change("state", "cancelled", a_stamp(9), None), BOOKING_STATES
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
