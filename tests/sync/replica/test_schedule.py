"""When rounds run: interval of the hub, back-off, quiet hours, and soon after a write."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.replica.round import RoundReport
from sync.replica.schedule import BACK_OFF_MAX_S, QuietHours, Schedule, delay_s


def a_report(ok: bool, next_round_s: int = 300) -> RoundReport:
    return RoundReport(ok, "ok" if ok else "unreachable", "", 0, 0, 0, 1, next_round_s)


class CountedRounds:
    """Rounds that only count themselves."""

    def __init__(self, reports: list[RoundReport | Exception]) -> None:
        self.reports = reports
        self.runs = 0
        self.ran = threading.Semaphore(0)

    def run(self) -> RoundReport:
        report = self.reports[min(self.runs, len(self.reports) - 1)]
        self.runs += 1
        self.ran.release()
        if isinstance(report, Exception):
            raise report
        return report


@given(st.floats(1, 3600), st.floats(0, 1))
def test_an_interval_is_spread_by_a_fifth(interval_s: float, chance: float) -> None:
    wait_s = delay_s(interval_s, 0, chance, quiet=False)
    assert interval_s * 0.79 <= wait_s <= interval_s * 1.21 or wait_s == 1.0


def test_each_failure_doubles_the_wait_up_to_half_an_hour() -> None:
    waits = [delay_s(300, failures, 0.5, quiet=False) for failures in range(1, 40)]
    assert waits[:4] == [15, 30, 60, 120]
    assert max(waits) == waits[-1] == BACK_OFF_MAX_S


def test_rounds_are_rarer_at_night() -> None:
    night = QuietHours(22, 6)
    assert [hour for hour in range(24) if night.hold(hour)] == [0, 1, 2, 3, 4, 5, 22, 23]
    assert [hour for hour in range(24) if QuietHours(12, 14).hold(hour)] == [12, 13]
    assert delay_s(300, 0, 0.5, quiet=True) == 1800


def test_soon_runs_a_round_at_once_and_several_make_one() -> None:
    rounds = CountedRounds([a_report(True, 3600)])
    schedule = Schedule(rounds, 3600)
    schedule.start()
    try:
        assert rounds.ran.acquire(timeout=10), "the first round runs at the start"
        time.sleep(0.2)
        for _ in range(5):
            schedule.soon()
        assert rounds.ran.acquire(timeout=10)
        assert not rounds.ran.acquire(timeout=1.5)
        assert rounds.runs == 2
    finally:
        schedule.stop()
    schedule.soon()
    assert rounds.runs == 2


class SlowRounds(CountedRounds):
    """Rounds that last until they are let go."""

    def __init__(self) -> None:
        super().__init__([a_report(True, 3600)])
        self.go = threading.Semaphore(0)

    def run(self) -> RoundReport:
        report = super().run()
        assert self.go.acquire(timeout=10)
        return report


def test_a_round_asked_for_while_one_is_under_way_follows_it() -> None:
    rounds = SlowRounds()
    schedule = Schedule(rounds, 3600)
    schedule.start()
    try:
        assert rounds.ran.acquire(timeout=10)
        schedule.soon()  # the round under way may have left without what was just written
        rounds.go.release()
        assert rounds.ran.acquire(timeout=10), "the visitor would wait an hour"
    finally:
        rounds.go.release()
        schedule.stop()


def test_the_hubs_interval_is_honoured() -> None:
    rounds = CountedRounds([a_report(True, 1)])
    schedule = Schedule(rounds, 3600)
    schedule.start()
    try:
        for _ in range(3):
            assert rounds.ran.acquire(timeout=10)
    finally:
        schedule.stop()


def test_a_busy_hub_is_asked_again_when_it_said_and_not_before() -> None:
    schedule = Schedule(CountedRounds([]), 300)
    busy = replace(a_report(False), code="busy", retry_s=137)
    assert [schedule._next_wait_s(busy) for _ in range(3)] == [137.0] * 3
    assert schedule._next_wait_s(a_report(False)) < 20, "it has answered: the first failure is still to come"


def test_an_unexpected_error_does_not_end_the_schedule(caplog: pytest.LogCaptureFixture) -> None:
    rounds = CountedRounds([RuntimeError("planted"), a_report(True)])
    schedule = Schedule(rounds, 1)
    schedule.start()
    try:
        assert rounds.ran.acquire(timeout=10)
        schedule.soon()
        assert rounds.ran.acquire(timeout=10)
        assert "next one is planned" in caplog.text
    finally:
        schedule.stop()
