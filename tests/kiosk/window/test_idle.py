"""The guided window's own clock: never an end without the question, always an end after the silence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.silence import MORE_TIME_FACTOR
from kiosk.window.idle import CALL_MAX_S, WindowClock

QUIET_S, WARNING_S = 180.0, 30.0
ACTS = ["touch", "live", "answer", "call", "found", "wait"]
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), st.floats(0, 300)), max_size=60)


class Time:
    def __init__(self) -> None:
        self.now_s = 500.0

    def __call__(self) -> float:
        return self.now_s


def clock(time: Time, limit_s: float | None = None) -> WindowClock:
    return WindowClock(QUIET_S, WARNING_S, limit_s, time)


def do(idle: WindowClock, act: str) -> None:
    """One thing that happens: a call for help begins or is over, or what the clock calls by that name."""
    if act in ("call", "found"):
        idle.wait(act == "call")
    else:
        getattr(idle, act)()


@given(STEPS)
def test_it_never_ends_before_the_question_stood_for_its_whole_time(steps: list[tuple[str, float]]) -> None:
    time = Time()
    idle = clock(time)
    asked_at: float | None = None
    for act, wait_s in steps:
        end = time.now_s + wait_s
        while time.now_s < end and not idle.over:  # a look a second, as the window does
            time.now_s = min(end, time.now_s + 1)
            if idle.seconds_left() is None:
                asked_at = None
            elif asked_at is None:
                asked_at = time.now_s
        if idle.over:
            assert asked_at is not None
            assert time.now_s - asked_at >= WARNING_S - 1
            return
        if act != "wait":
            do(idle, act)


@given(STEPS)
def test_it_always_ends_within_its_two_times_of_the_last_sign(steps: list[tuple[str, float]]) -> None:
    time = Time()
    idle = clock(time)
    for act, wait_s in steps:
        time.now_s += wait_s
        if act != "wait":
            do(idle, act)
    # Additions of floats are not exact; the window looks once a second.
    time.now_s += QUIET_S * MORE_TIME_FACTOR + WARNING_S + 1e-6
    assert idle.over


@given(STEPS, st.floats(1, 2000))
def test_nothing_goes_beyond_the_limit(steps: list[tuple[str, float]], limit_s: float) -> None:
    time = Time()
    began = time.now_s
    idle = clock(time, limit_s)
    for act, wait_s in steps:
        time.now_s += wait_s
        if act != "wait":
            do(idle, act)
        if time.now_s - began >= limit_s:
            assert idle.over
            assert idle.at_limit


def test_a_call_without_a_limit_counts_for_an_hour_only() -> None:
    time = Time()
    idle = clock(time)
    for _ in range(int(CALL_MAX_S // 100)):
        time.now_s += 100
        idle.live()
        assert not idle.over
    time.now_s += QUIET_S + WARNING_S
    idle.live()
    assert idle.over


def test_the_time_left_is_said_from_the_first_minute_where_there_is_a_limit() -> None:
    time = Time()
    idle = clock(time, 3600)
    said = []
    for at in (0, 2999, 3000, 3001, 3541, 3600):
        time.now_s = 500.0 + at
        said.append(idle.minutes_left())
    assert said == [60, 11, 10, 10, 1, 0]
    assert clock(time).minutes_left() is None


def test_touches_do_not_answer_the_question() -> None:
    time = Time()
    idle = clock(time)
    time.now_s += QUIET_S + 1
    idle.touch()
    assert idle.seconds_left() == 29
    idle.answer()
    assert idle.seconds_left() is None


def test_who_called_for_help_is_given_the_patience_of_the_kiosk_and_then_a_whole_question() -> None:
    time = Time()
    idle = clock(time)
    idle.wait(True)
    time.now_s += QUIET_S * MORE_TIME_FACTOR - 1
    assert idle.seconds_left() is None
    idle.wait(False)
    assert idle.seconds_left() == WARNING_S
    time.now_s += WARNING_S
    assert idle.over
