"""Runs every check and test, part by part, and prints what each part cost.

Each part is its own process: Playwright's loop and pytest's cannot live together, and a part that
crashes cannot hide another. Two commands run at a time: those of parts that measure nothing first, then the two
halves of the browser, last what kills real processes, alone. A part whose folder holds no test fails: silence is no
success. A part that takes twice its budget is stopped and counts as failed, and the next one begins:
a run that hangs must still say where. Exit status: 0 when every part passed, 1 otherwise.

Usage: run_tests.py [PART…]    (default: every part except soak)
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NO_TEST_COLLECTED = 5
PATIENCE = 2  # times its budget: a slow machine may take longer, a hung part must not take everything
GOODBYE_S = 30
NOTING = threading.Lock()
COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed|deselected)")
SYNC_HALF = ("tests/sync/hub", "tests/sync/replica")
EVERYONE = (
    "tests/kiosk/test_accessibility.py", "tests/kiosk/screens/test_listening.py", "tests/kiosk/parts/test_typing.py",
)  # fmt: skip
"""What is asked of every screen in several languages and sizes, and of every name typed: long, and apart."""
SIMULATION, WORLDS = "tests/simulation", "tests/simulation/test_world.py"
BROWSER_HALF = (
    "test_matrix.py", "window", "test_theft.py", "test_network_down.py", "test_registration_journey.py",
)  # fmt: skip
HOUSE_TESTS = (
    "tests/test_contracts.py", "tests/test_tidy.py", "tests/test_documented.py", "tests/test_command.py",
    "tests/test_accessibility_table.py", "tests/test_reading_age.py",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One part: its commands, the folder that must hold tests, its budget on 2 cores.

    One that is ``alone`` shares the machine with no other part; ``lanes`` of its own commands run at a time.
    """

    name: str
    budget_s: int
    commands: tuple[tuple[str, ...], ...]
    folder: str | None = None
    alone: bool = False
    lanes: int = 1


@dataclass
class Outcome:
    """What became of one part."""

    part: Part
    seconds: float = 0.0
    failed: list[str] = field(default_factory=list)
    absent: bool = False
    counts: Counter[str] = field(default_factory=Counter)


def _tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(BIN / name), *arguments)


def _pytest(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "pytest", "-q", "--durations=5", "--durations-min=2", *arguments)


def _worlds(seeds: str, *more: str) -> tuple[str, ...]:
    """The worlds of these seeds (tests/simulation/test_world.py), then ``more`` tests."""
    return ("env", f"POINT_CONTACT_SEEDS={seeds}", *_pytest(WORLDS, *more))


def _without(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"--ignore={path}" for path in paths)


def _others(folder: str, *but: str) -> tuple[str, ...]:
    """The files of tests of a folder but these: a file that is named cannot also be ignored in one command."""
    found = sorted(str(path.relative_to(ROOT)) for path in (ROOT / folder).glob("test_*.py"))
    return tuple(path for path in found if path not in but)


def _folder_part(name: str, budget_s: int, *, alone: bool = False, apart: tuple[str, ...] = ()) -> Part:
    """The tests of a folder; those of the files ``apart`` in a command of their own, beside the others."""
    named = ("-vv",) if alone else ()  # few and slow: each is named as it comes, so that one that hangs is known
    folder = f"tests/{name}"
    files = [f"{folder}/{file}" for file in apart]
    commands = [_pytest(*named, folder, *_without(files))]
    if files:
        commands.append(_pytest(*named, *files))
    return Part(name, budget_s, tuple(commands), folder=folder, alone=alone, lanes=len(commands))


def parts() -> list[Part]:
    """Every part, in the order of the report."""
    existing = tuple(name for name in HOUSE_TESTS if (ROOT / name).exists())
    return [
        Part(
            "checks",
            300,
            (
                _tool("ruff", "check", "."),
                _tool("ruff", "format", "--check", "."),
                _tool("mypy"),
                _tool("lint-imports"),
                _pytest(*existing),
            ),
        ),
        # In halves of about the same length, so that both processors have something to do to the end.
        Part(
            "unit",
            360,
            (_pytest(*SYNC_HALF), _pytest("tests/sync", "tests/kiosk", *_without((*SYNC_HALF, *EVERYONE)))),
            "tests/sync",
        ),
        Part("everyone", 240, (_pytest(*EVERYONE),)),
        _folder_part("content", 360),
        Part("simulation", 480, (_worlds("1-180"), _worlds("181-255", *_others(SIMULATION, WORLDS))), SIMULATION),
        # In halves of about the same length too: what a browser waits for leaves a processor time for another one.
        _folder_part("browser", 1200, alone=True, apart=BROWSER_HALF),
        _folder_part("processes", 480, alone=True),
        _soak(float(os.environ.get("SOAK_HOURS") or 1), os.environ.get("SOAK_FROM_SEED", "")),
    ]


def _soak(hours: float, from_seed: str) -> Part:
    """What is too long for every day: worlds, interleavings of two terminals, kills, every journey, many visits.

    Each goes on where it was (``.soak``) and says what all its runs together have done; the visits begin anew, as what
    they look for is what one program keeps of them.
    """
    runs = (
        ("tests.simulation.soak", 0.3, ("--from-seed", from_seed)),
        ("tests.simulation.partition", 0.2, ()),
        ("tests.processes.many_kills", 0.2, ("--seed", from_seed)),
        ("tests.browser.every_row", 0.1, ()),
        ("tests.browser.many_visits", 0.2, ()),  # in an hour too it is to make the 200 visits that tell a slope
    )
    commands = tuple(
        (sys.executable, "-m", module, "--hours", f"{hours * share:g}", *(begin if from_seed else ()))
        for module, share, begin in runs
    )
    return Part("soak", round(hours * 3600 * 1.1) + 600, commands, folder="tests/simulation", alone=True)


def run_part(part: Part, show: Callable[[str], None]) -> Outcome:
    """Runs the commands of one part; ``show`` receives each line as it comes."""
    outcome = Outcome(part)
    began = time.monotonic()
    if part.folder and not (ROOT / part.folder).is_dir():
        outcome.absent = True
        show(f"{part.folder} does not exist yet: nothing to run\n")
        return outcome
    runs = [partial(run_command, outcome, command, began, show) for command in part.commands]
    in_lanes(runs, part.lanes)
    outcome.seconds = time.monotonic() - began
    return outcome


def in_lanes(runs: Iterable[Callable[[], None]], lanes: int) -> None:
    """Runs so many at a time. On Ctrl-C every command under way is told to stop, and says what it has kept."""
    with ThreadPoolExecutor(max_workers=lanes) as pool:
        try:
            for done in [pool.submit(run) for run in runs]:
                done.result()
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            for command in tuple(Command.running):
                command.signal(signal.SIGINT)
            raise


def run_command(outcome: Outcome, command: tuple[str, ...], began: float, show: Callable[[str], None]) -> None:
    """Runs one command of a part that began then, and notes what became of it."""
    part = outcome.part
    show(f"$ {' '.join(Path(word).name if word.startswith('/') else word for word in command)}\n")
    left_s = PATIENCE * part.budget_s - (time.monotonic() - began)
    status, last_line = Command(command, show).run(left_s)
    with NOTING:
        outcome.counts.update({_singular(word): int(count) for count, word in COUNT.findall(last_line)})
    if status == NO_TEST_COLLECTED and "pytest" in command:
        show(f"{part.folder} holds no test: an empty part counts as a failure\n")
    if status != 0:
        outcome.failed.append(f"{' '.join(command[1:4])} (exit {status})")


class Command:
    """One command in a process group of its own, so that it can be stopped with all that it started.

    Attributes:
        running: every command that runs now.
    """

    running: ClassVar[set[Command]] = set()

    def __init__(self, words: tuple[str, ...], show: Callable[[str], None]) -> None:
        self.words = words
        self._show = show
        self._process: subprocess.Popen[str] | None = None

    def run(self, limit_s: float) -> tuple[int, str]:
        """Runs it to its end, ``limit_s`` seconds at most; returns its exit status and its last line if from pytest."""
        last_line = ""
        with subprocess.Popen(
            self.words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            text=True, errors="replace", process_group=0,
        ) as self._process:  # fmt: skip
            assert self._process.stdout is not None
            Command.running.add(self)
            watch = threading.Timer(max(limit_s, 0), self._stop_late)
            watch.start()
            try:
                for line in self._process.stdout:
                    self._show(line)
                    last_line = line.strip() or last_line
            finally:
                watch.cancel()
                Command.running.discard(self)
        return self._process.returncode, last_line if "pytest" in self.words else ""

    def signal(self, number: signal.Signals) -> None:
        """Sends a signal to the whole group; nothing when it has ended."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _stop_late(self) -> None:
        self._show(f"\nStopped: {PATIENCE} times the budget of its part are over.\n")
        self.signal(signal.SIGINT)
        last = threading.Timer(GOODBYE_S, self.signal, (signal.SIGKILL,))
        last.daemon = True
        last.start()


def _singular(word: str) -> str:
    return word.removesuffix("s") if word == "errors" else word


def run_all(chosen: list[Part]) -> list[Outcome]:
    """Runs the parts: two commands at a time where they may share the machine, alone where they measure or drive."""
    # Parts of two halves first, the shorter before: both halves begin together, and what is small fills the lanes.
    order = sorted(chosen, key=lambda part: (len(part.commands) != 2, part.budget_s))
    together = [Shared(part) for part in order if not part.alone]
    outcomes = [shared.outcome for shared in together]
    in_lanes([run for shared in together for run in shared.runs()], 2)
    for part in chosen:
        if part.alone:
            sys.stdout.write(_banner(part.name))
            outcomes.append(run_part(part, _show_now))
    return sorted(outcomes, key=lambda outcome: chosen.index(outcome.part))


class Shared:
    """A part whose commands run beside those of others; its output is shown as a whole, when the last has ended."""

    def __init__(self, part: Part) -> None:
        self.outcome = Outcome(part, absent=bool(part.folder) and not (ROOT / str(part.folder)).is_dir())
        self._lines: list[list[str]] = [[] for _ in part.commands]
        self._left = len(part.commands)
        self._began: float | None = None
        self._lock = threading.Lock()

    def runs(self) -> list[Callable[[], None]]:
        """What is to be run, each once, in any lane."""
        commands = () if self.outcome.absent else self.outcome.part.commands
        return [partial(self._run, at, command) for at, command in enumerate(commands)]

    def _run(self, at: int, command: tuple[str, ...]) -> None:
        with self._lock:
            self._began = began = time.monotonic() if self._began is None else self._began
        mine = Outcome(self.outcome.part)
        run_command(mine, command, began, self._lines[at].append)
        with self._lock:
            self.outcome.counts.update(mine.counts)
            self.outcome.failed += mine.failed
            self._left -= 1
            if self._left == 0:
                self.outcome.seconds = time.monotonic() - began
                sys.stdout.write(_banner(self.outcome.part.name) + "".join(chain(*self._lines)))
                sys.stdout.flush()


def _show_now(line: str) -> None:
    sys.stdout.write(line)
    sys.stdout.flush()


def _banner(title: str) -> str:
    return f"\n{f' {title} ':=^100}\n"


def report(outcomes: list[Outcome], seconds: float) -> int:
    """Prints one line a part, then a line as pytest's; returns the exit status."""
    total: Counter[str] = Counter()
    sys.stdout.write(_banner("parts"))
    for outcome in outcomes:
        total.update(outcome.counts)
        state = "absent" if outcome.absent else "FAILED" if outcome.failed else "ok"
        late = f"  over its budget of {outcome.part.budget_s} s" if outcome.seconds > outcome.part.budget_s else ""
        print(f"{outcome.part.name:12}{state:8}{outcome.seconds:8.1f} s  {_counts(outcome.counts)}{late}")
        for failure in outcome.failed:
            print(f"{'':12}FAILED  {failure}")
    failed = [outcome for outcome in outcomes if outcome.failed]
    broken = f", {len(failed)} part{'s' if len(failed) > 1 else ''} failed" if failed else ""
    print(f"{f' {_counts(total)}{broken} in {seconds:.1f}s ':=^100}")
    return 1 if failed else 0


def _counts(counts: Counter[str]) -> str:
    order = ("failed", "error", "passed", "skipped", "xfailed", "xpassed", "deselected")
    return ", ".join(f"{counts[word]} {word}" for word in order if counts[word]) or "no test"


def main() -> int:
    """Runs the parts named on the command line, or every part except the soak."""
    names = sys.argv[1:]
    known = parts()
    unknown = set(names) - {part.name for part in known}
    if unknown:
        print(f"Unknown part: {', '.join(sorted(unknown))}. Parts: {', '.join(part.name for part in known)}.")
        return 2
    chosen = [part for part in known if (part.name in names if names else part.name != "soak")]
    began = time.monotonic()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # who ends it hears what was under way, as with Ctrl-C
    try:
        return report(run_all(chosen), time.monotonic() - began)
    except KeyboardInterrupt:
        print("Stopped.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
