"""The long run of the seeded worlds, on every processor, which resumes: ``python -m tests.simulation.soak --hours 2``.

What was done is kept in ``.soak/worlds.json``, over all runs and whatever ends them: which seeds passed, how many
worlds and checks that makes. A run goes on with the first seed from ``--from-seed`` on that has not passed yet, so
that the same command goes on where it was stopped. It stops at the first seed with a fault (not with ``--keep-going``,
for a night), prints it with its faults, and exits 1: that seed has not passed, so the next run begins with it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context

from tests.progress import Progress, alone, begin_worker
from tests.simulation.checks import CHECKS
from tests.simulation.test_world import live_and_check

FIRST_SEED = 10_000
SAID_EVERY = 50

Outcome = tuple[int, list[str], Counter[str]]
"""A seed, its faults as lines, and what happened in its world."""


def live(seed: int) -> Outcome:
    """One world, in a process of the pool."""
    try:
        faults, happened = live_and_check(seed)
    except Exception:  # noqa: BLE001 - a world that breaks is a fault of this seed, whatever broke
        return seed, [traceback.format_exc()], Counter()
    return seed, [f"{check}: {fault}" for check, found in faults.items() for fault in found], happened


def soak(progress: Progress, seeds: Iterator[int], *, hours: float, workers: int, keep_going: bool = False) -> bool:
    """Lives seeds on every worker until the hours are over. Returns whether all of them passed."""
    began, lived, happened = time.monotonic(), 0, Counter[str]()
    failed = 0
    with ProcessPoolExecutor(workers, get_context("spawn"), begin_worker) as pool:
        under_way: set[Future[Outcome]] = {pool.submit(live, next(seeds)) for _ in range(workers)}
        while under_way:
            ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for one in ended:
                seed, faults, counts = one.result()
                lived += 1
                happened.update(counts)
                if faults:
                    failed += 1
                    print(
                        f"seed {seed} FAILED:", *faults, f"replay: POINT_CONTACT_SEEDS={seed}", sep="\n  ", flush=True
                    )
                else:
                    progress.note(seed, Counter(counts) + Counter(worlds=1, checks=len(CHECKS)))
                if lived % SAID_EVERY == 0:
                    say(progress, lived, time.monotonic() - began, happened)
                if (keep_going or not failed) and time.monotonic() - began < hours * 3600:
                    under_way.add(pool.submit(live, next(seeds)))
    say(progress, lived, time.monotonic() - began, happened)
    print(f"{lived - failed} passed, {failed} failed", flush=True)
    return not failed


def say(progress: Progress, lived: int, seconds: float, happened: Counter[str]) -> None:
    """One line of this run, one of all runs, and what happened in this one."""
    print(f"this run: {lived} worlds, {lived * len(CHECKS)} checks in {seconds:.0f} s, {dict(happened)}")
    ranges = ", ".join(f"{low}-{high}" for low, high in progress.passed)
    done = progress.happened
    print(f"all runs: {progress.pieces} seeds, {done['worlds']} worlds, {done['checks']} checks; seeds {ranges}")
    sys.stdout.flush()


def main() -> int:
    """Runs seeds until the hours are over. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--from-seed", type=int, default=FIRST_SEED)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep-going", action="store_true", help="go on after a seed with a fault")
    options = parser.parse_args()
    with alone("worlds") as file:
        progress = Progress.load(file)
        seeds = progress.missing(options.from_seed)
        try:
            whole = soak(progress, seeds, hours=options.hours, workers=options.workers, keep_going=options.keep_going)
            return 0 if whole else 1
        except KeyboardInterrupt:
            print(f"Stopped. Kept: {progress.pieces} seeds that passed.")
            return 130


if __name__ == "__main__":
    sys.exit(main())
