"""Every journey under all circumstances, which resumes: ``python -m tests.browser.every_row --hours 2``.

144 rows (``tests.browser.matrix``). Which have passed is kept in ``.soak/journeys.json``, over all runs and whatever
ends them; a run goes on with those that have not. One that fails is told with what its person had in front of them.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time

import pytest

from tests.browser.matrix import ROWS, everything
from tests.progress import Progress, alone

TEST = "tests/browser/test_matrix.py"


class Noted:
    """Keeps what passed, and ends the run after a row when its time is over."""

    def __init__(self, progress: Progress, until_s: float) -> None:
        self.progress, self.until_s = progress, until_s
        self.numbers = {row.id: number for number, row in enumerate(everything())}
        self.session: pytest.Session | None = None

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Remembers what is to be ended."""
        self.session = session

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes a row that passed."""
        found = re.search(r"\[(.+)\]$", report.nodeid)
        if report.when == "call" and report.passed and found and found[1] in self.numbers:
            self.progress.note(self.numbers[found[1]], {found[1].split("-")[0]: 1})
        if time.monotonic() > self.until_s and self.session is not None:
            self.session.shouldstop = "the time of this run is over"


def main() -> int:
    """Runs rows until all have passed or the hours are over. Returns the exit status: 1 when one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=1.0)
    options = parser.parse_args()
    with alone("journeys") as file:
        progress = Progress.load(file)
        passed = {number for low, high in progress.passed for number in range(low, high + 1)}
        left = [number for number in range(len(everything())) if number not in passed]
        status = 0
        if left:
            os.environ[ROWS] = ",".join(map(str, left))
            noted = Noted(progress, time.monotonic() + options.hours * 3600)
            status = int(pytest.main(["-q", TEST, "-k", "ends_well"], plugins=[noted]))
        done = progress.happened
        print(f"all runs: {progress.pieces} of {len(everything())} rows passed, {dict(done)}")
    return 0 if status in (pytest.ExitCode.OK, pytest.ExitCode.INTERRUPTED) else 1


if __name__ == "__main__":
    sys.exit(main())
