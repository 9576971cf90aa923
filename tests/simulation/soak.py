"""The long run of the seeded worlds, on every processor, which resumes: ``python -m tests.simulation.soak --hours 2``.

What was done is kept in ``.soak/progress.json``, over all runs and whatever ends them: which seeds passed, how many
worlds and checks that makes. A run goes on with the first seed from ``--from-seed`` on that has not passed yet, so
that the same command goes on where it was stopped. It stops at the first seed with a fault, prints it with its faults,
and exits 1: that seed has not passed, so the next run begins with it.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

from tests.simulation.checks import CHECKS
from tests.simulation.test_world import live_and_check

FOLDER = Path(".soak")
FIRST_SEED = 10_000
SAID_EVERY = 50

Outcome = tuple[int, list[str], Counter[str]]
"""A seed, its faults as lines, and what happened in its world."""


@dataclass
class Progress:
    """What all runs together have done. ``passed`` holds ranges of seeds, both ends included, in order and apart."""

    file: Path
    passed: list[list[int]] = field(default_factory=list)
    worlds: int = 0
    checks: int = 0

    @classmethod
    def load(cls, file: Path) -> Progress:
        """What the runs before have left."""
        held: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        return cls(file, held.get("passed", []), held.get("worlds", 0), held.get("checks", 0))

    @property
    def seeds(self) -> int:
        """How many different seeds have passed."""
        return sum(last - first + 1 for first, last in self.passed)

    def missing(self, first: int) -> Iterator[int]:
        """The seeds from ``first`` on that have not passed, without end."""
        held = [tuple(pair) for pair in self.passed]
        return (seed for seed in count(first) if not any(low <= seed <= high for low, high in held))

    def note(self, seed: int) -> None:
        """Keeps one more seed that passed: whole or not at all, and on the disk before it returns."""
        self.passed = joined([*self.passed, [seed, seed]])
        self.worlds, self.checks = self.worlds + 1, self.checks + len(CHECKS)
        fresh = self.file.with_suffix(".new")
        with fresh.open("w") as file:
            json.dump({"passed": self.passed, "worlds": self.worlds, "checks": self.checks}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.file)


def joined(ranges: list[list[int]]) -> list[list[int]]:
    """The same seeds in as few ranges as can be, in order."""
    found: list[list[int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1][1] = max(found[-1][1], high)
        else:
            found.append([low, high])
    return found


def begin_worker() -> None:
    """Ctrl-C is the parent's to hear; a worker ends with its parent, whatever ended that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    assert parent is not None

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def live(seed: int) -> Outcome:
    """One world, in a process of the pool."""
    try:
        faults, happened = live_and_check(seed)
    except Exception:  # noqa: BLE001 - a world that breaks is a fault of this seed, whatever broke
        return seed, [traceback.format_exc()], Counter()
    return seed, [f"{check}: {fault}" for check, found in faults.items() for fault in found], happened


def soak(progress: Progress, seeds: Iterator[int], *, hours: float, workers: int) -> bool:
    """Lives seeds on every worker until the hours are over. Returns whether all of them passed."""
    began, lived, happened = time.monotonic(), 0, Counter[str]()
    failed: list[tuple[int, list[str]]] = []
    with ProcessPoolExecutor(workers, get_context("spawn"), begin_worker) as pool:
        under_way: set[Future[Outcome]] = {pool.submit(live, next(seeds)) for _ in range(workers)}
        while under_way:
            ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for one in ended:
                seed, faults, counts = one.result()
                lived += 1
                happened.update(counts)
                failed += [(seed, faults)] if faults else []
                if not faults:
                    progress.note(seed)
                if lived % SAID_EVERY == 0:
                    say(progress, lived, time.monotonic() - began, happened)
                if not failed and time.monotonic() - began < hours * 3600:
                    under_way.add(pool.submit(live, next(seeds)))
    say(progress, lived, time.monotonic() - began, happened)
    for seed, faults in sorted(failed):
        print(f"seed {seed} FAILED:", *faults, f"replay: POINT_CONTACT_SEEDS={seed}", sep="\n  ", flush=True)
    print(f"{lived - len(failed)} passed, {len(failed)} failed", flush=True)
    return not failed


def say(progress: Progress, lived: int, seconds: float, happened: Counter[str]) -> None:
    """One line of this run, one of all runs, and what happened in this one."""
    print(f"this run: {lived} worlds, {lived * len(CHECKS)} checks in {seconds:.0f} s, {dict(happened)}")
    ranges = ", ".join(f"{low}-{high}" for low, high in progress.passed)
    print(f"all runs: {progress.seeds} seeds, {progress.worlds} worlds, {progress.checks} checks; seeds {ranges}")
    sys.stdout.flush()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One soak at a time in a folder."""
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"Another soak runs on {folder}: stop it first.")
        yield


def main() -> int:
    """Runs seeds until the hours are over. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--from-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    with alone(FOLDER):
        progress = Progress.load(FOLDER / "progress.json")
        seeds = progress.missing(options.from_seed)
        try:
            return 0 if soak(progress, seeds, hours=options.hours, workers=options.workers) else 1
        except KeyboardInterrupt:
            print(f"Stopped. Kept: {progress.seeds} seeds that passed.")
            return 130


if __name__ == "__main__":
    sys.exit(main())
