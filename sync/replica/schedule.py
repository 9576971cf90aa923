"""When rounds run: at an interval with jitter, later and later while the hub does not answer, rarely at night,
and soon after something was written (``soon``).

APScheduler counts on the machine's clock. A clock that is set back by two years would put the next
round two years away, so a watch on the monotonic clock sees a round that is overdue.
"""

from __future__ import annotations

import datetime
import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from apscheduler.schedulers.background import BackgroundScheduler

from sync.replica.round import RoundReport

LOG = logging.getLogger(__name__)
JOB = "round"
SOON_S = 1.0
BACK_OFF_FIRST_S = 15.0
BACK_OFF_MAX_S = 1800.0
QUIET_FACTOR = 6.0
JITTER = 0.2
WATCH_S = 20.0
STOP_WAIT_S = 5.0


class Runs(Protocol):
    """What a schedule runs."""

    def run(self) -> RoundReport:
        """Runs one round."""
        ...


@dataclass(frozen=True)
class QuietHours:
    """Hours of the site's day (0 to 23) when rounds are rarer: from ``start`` until before ``end``."""

    start: int
    end: int

    def hold(self, hour: int) -> bool:
        """Whether ``hour`` is a quiet one; the night may pass midnight."""
        if self.start <= self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end


def delay_s(interval_s: float, failures: int, chance: float, *, quiet: bool) -> float:
    """Seconds until the next round.

    Args:
        interval_s: what the hub or the setting asks for.
        failures: rounds in a row without an answer; each doubles the wait, up to half an hour (or the interval).
        chance: 0 to 1, spreads the fleet by a fifth on either side.
        quiet: in quiet hours, six times the interval.
    """
    wait_s = interval_s * QUIET_FACTOR if quiet else interval_s
    if failures:
        wait_s = min(BACK_OFF_FIRST_S * 2.0 ** min(failures - 1, 20), max(BACK_OFF_MAX_S, interval_s))
    return max(SOON_S, wait_s * (1 - JITTER + 2 * JITTER * chance))


class Schedule:
    """Runs rounds in the background.

    Args:
        rounds: what to run.
        interval_s: seconds between rounds until the hub asks for another interval.
        quiet_hours: when rounds are rarer; ``None`` for never.
        zone: the site's time zone, for the quiet hours.
        on_report: called after each round, in the schedule's thread.
    """

    def __init__(
        self,
        rounds: Runs,
        interval_s: float = 300.0,
        *,
        quiet_hours: QuietHours | None = None,
        zone: datetime.tzinfo = datetime.UTC,
        on_report: Callable[[RoundReport], None] | None = None,
    ) -> None:
        self._rounds = rounds
        self._interval_s = interval_s
        self._quiet_hours = quiet_hours
        self._zone = zone
        self._on_report = on_report
        self._failures = 0
        self._due_s = 0.0
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._idle = threading.Event()
        self._idle.set()
        self._wanted = threading.Event()
        self._scheduler = BackgroundScheduler(timezone=datetime.UTC)

    def start(self) -> None:
        """Starts; the first round runs at once."""
        self._scheduler.start()
        self._plan(SOON_S)
        threading.Thread(target=self._watch, name="round-watch", daemon=True).start()

    def stop(self) -> None:
        """Stops; a round under way gets some seconds to finish (cut later, it loses nothing)."""
        with self._lock:
            self._stopped.set()
        self._scheduler.shutdown(wait=False)
        self._idle.wait(STOP_WAIT_S)

    def soon(self) -> None:
        """Asks for a round within a second; several calls make one round.

        Asked while a round is under way, another one follows it: that one may have left without what
        was written since.
        """
        self._wanted.set()
        self._plan(SOON_S)

    def _plan(self, wait_s: float) -> None:
        with self._lock:
            if self._stopped.is_set():
                return
            self._due_s = time.monotonic() + wait_s
            moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=wait_s)
            self._scheduler.add_job(
                self._run, "date", run_date=moment, id=JOB, replace_existing=True, misfire_grace_time=None
            )

    def _run(self) -> None:
        """The outermost boundary of a background round: whatever happens, the next one is planned."""
        report: RoundReport | None = None
        self._idle.clear()
        self._wanted.clear()
        try:
            report = self._rounds.run()
            if self._on_report is not None:
                self._on_report(report)
        except Exception:  # the last stop of this thread; the trace holds no typed value
            LOG.exception("A round ended by an unexpected error; the next one is planned.")
        finally:
            self._idle.set()
        wait_s = self._next_wait_s(report)
        self._plan(SOON_S if self._wanted.is_set() else wait_s)

    def _next_wait_s(self, report: RoundReport | None) -> float:
        if report is not None and report.ok:
            self._failures = 0
            self._interval_s = max(1.0, float(report.next_round_s))
        elif report is not None and report.retry_s is not None:  # a busy hub gives each its turn: no guess is better
            return max(SOON_S, float(report.retry_s))
        else:
            self._failures += 1
        hour = datetime.datetime.now(self._zone).hour
        quiet = self._quiet_hours is not None and self._quiet_hours.hold(hour)
        return delay_s(self._interval_s, self._failures, secrets.randbelow(1001) / 1000, quiet=quiet)

    def _watch(self) -> None:
        """Sees a round that the machine's clock has put far away, and plans it anew."""
        while not self._stopped.wait(WATCH_S):
            if time.monotonic() > self._due_s + WATCH_S:
                self._plan(SOON_S)
