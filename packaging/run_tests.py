"""Runs every check and test, part by part, and prints what each part cost.

Each part is its own process: Playwright's loop and pytest's cannot live together, and a part that
crashes cannot hide another. Parts that measure nothing run two at a time; those that drive a
browser or real processes run alone, last. A part whose folder holds no test fails: silence is no
success. Exit status: 0 when every part passed, 1 otherwise.

Usage: run_tests.py [PART…]    (default: every part except soak)
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NO_TEST_COLLECTED = 5
COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed|deselected)")
HOUSE_TESTS = ("tests/test_contracts.py", "tests/test_tidy.py", "tests/test_documented.py", "tests/test_command.py")


@dataclass(frozen=True)
class Part:
    """One part: its commands, the folder that must hold tests, its budget on 2 cores."""

    name: str
    budget_s: int
    commands: tuple[tuple[str, ...], ...]
    folder: str | None = None
    alone: bool = False


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


def _folder_part(name: str, budget_s: int, *, alone: bool = False) -> Part:
    return Part(name, budget_s, (_pytest(f"tests/{name}"),), folder=f"tests/{name}", alone=alone)


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
        Part("unit", 360, (_pytest("tests/sync", "tests/kiosk"),), folder="tests/sync"),
        _folder_part("content", 360),
        _folder_part("simulation", 480),
        _folder_part("browser", 1200, alone=True),
        _folder_part("processes", 480, alone=True),
        _soak(float(os.environ.get("SOAK_HOURS") or 1), os.environ.get("SOAK_FROM_SEED", "")),
    ]


def _soak(hours: float, from_seed: str) -> Part:
    """Half of the time for seeded worlds, a quarter each for interleavings of two terminals and for kills.

    Each goes on where it was (``.soak``) and says what all its runs together have done.
    """
    runs = (
        ("tests.simulation.soak", 0.5, ("--from-seed", from_seed)),
        ("tests.simulation.partition", 0.25, ()),
        ("tests.processes.many_kills", 0.25, ("--seed", from_seed)),
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
    for command in part.commands:
        show(f"$ {' '.join(Path(word).name if word.startswith('/') else word for word in command)}\n")
        status, last_line = _run(command, show)
        outcome.counts.update({_singular(word): int(count) for count, word in COUNT.findall(last_line)})
        if status == NO_TEST_COLLECTED and "pytest" in command:
            show(f"{part.folder} holds no test: an empty part counts as a failure\n")
        if status != 0:
            outcome.failed.append(f"{' '.join(command[1:3])} (exit {status})")
    outcome.seconds = time.monotonic() - began
    return outcome


def _run(command: tuple[str, ...], show: Callable[[str], None]) -> tuple[int, str]:
    """Runs one command; returns its exit status and the last line that is not empty."""
    last_line = ""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                show(line)
                last_line = line.strip() or last_line
        except KeyboardInterrupt:  # it heard Ctrl-C too, and says what it has kept
            for line in process.stdout:
                show(line)
            raise
    return process.returncode, last_line if "pytest" in command else ""


def _singular(word: str) -> str:
    return word.removesuffix("s") if word == "errors" else word


def run_all(chosen: list[Part]) -> list[Outcome]:
    """Runs the parts: two at a time where they may share the machine, alone where they measure or drive."""
    together = [part for part in chosen if not part.alone]
    outcomes: list[Outcome] = []

    def buffered(part: Part) -> Outcome:
        lines: list[str] = []
        outcome = run_part(part, lines.append)
        sys.stdout.write(_banner(part.name) + "".join(lines))
        sys.stdout.flush()
        return outcome

    # The longest first, so that the two lanes end close to one another.
    with ThreadPoolExecutor(max_workers=2) as lanes:
        outcomes += lanes.map(buffered, sorted(together, key=lambda part: -part.budget_s))
    for part in chosen:
        if part.alone:
            sys.stdout.write(_banner(part.name))
            outcomes.append(run_part(part, _show_now))
    return sorted(outcomes, key=lambda outcome: chosen.index(outcome.part))


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
    try:
        return report(run_all(chosen), time.monotonic() - began)
    except KeyboardInterrupt:
        print("Stopped.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
