"""Every journey under all circumstances, which resumes: ``python -m tests.browser.every_row --hours 2``.

1,296 rows (``tests.browser.matrix``). Which have passed is kept in ``.soak/circumstances.json``, over all runs and
whatever ends them; a run goes on with those that have not. One that fails is told with what its person had in front of
them.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time

import pytest

from tests.progress import Progress, alone

TEST = "tests/browser/test_matrix.py"
PASSED = "POINT_CONTACT_ROWS_PASSED"
"""As in ``tests.browser.matrix``, which is not imported here: pytest wants to be there before what it rewrites."""
ALL = 1296


class Noted:
    """Keeps what passed, and ends the run after a row when its time is over."""

    def __init__(self, progress: Progress, until_s: float) -> None:
        self.progress, self.until_s = progress, until_s
        self.numbers: dict[str, int] = {}
        self.session: pytest.Session | None = None

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Learns the numbers of the rows, and what is to be ended."""
        from tests.browser.matrix import everything  # noqa: PLC0415 - see PASSED

        self.session = session
        self.numbers = {row.id: number for number, row in enumerate(everything())}
        assert len(self.numbers) == ALL

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
    with alone("circumstances") as file:
        progress = Progress.load(file)
        passed = [number for low, high in progress.passed for number in range(low, high + 1)]
        status = pytest.ExitCode.OK
        if len(passed) < ALL:
            os.environ[PASSED] = ",".join(map(str, passed))
            noted = Noted(progress, time.monotonic() + options.hours * 3600)
            status = pytest.ExitCode(pytest.main(["-q", TEST, "-k", "ends_well"], plugins=[noted]))
        print(f"all runs: {progress.pieces} of {ALL} rows passed, {dict(progress.happened)}")
    return 0 if status in (pytest.ExitCode.OK, pytest.ExitCode.INTERRUPTED) else 1


if __name__ == "__main__":
    sys.exit(main())
