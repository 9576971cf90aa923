"""The long run of the seeded worlds, which resumes: ``python -m tests.simulation.soak --hours 2``.

Progress is kept in ``.soak/progress.json``; without ``--from-seed`` a run goes on after the last seed
done. It stops at the first seed with a fault, prints it with its faults, and exits 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

from tests.simulation.checks import CHECKS
from tests.simulation.test_world import live_and_check

PROGRESS = Path(".soak/progress.json")
FIRST_SEED = 10_000


def next_seed() -> int:
    """The seed after the last one done, on this machine."""
    return int(json.loads(PROGRESS.read_text())["next_seed"]) if PROGRESS.exists() else FIRST_SEED


def note(seed: int) -> None:
    """Keeps the progress, whole or not at all."""
    PROGRESS.parent.mkdir(exist_ok=True)
    fresh = PROGRESS.with_suffix(".new")
    fresh.write_text(json.dumps({"next_seed": seed + 1}))
    fresh.replace(PROGRESS)


def main() -> int:
    """Runs seeds until the hours are over. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=1.0)
    parser.add_argument("--from-seed", type=int)
    options = parser.parse_args()
    seed = options.from_seed if options.from_seed is not None else next_seed()
    first, ends, happened = seed, time.monotonic() + options.hours * 3600, Counter[str]()
    while time.monotonic() < ends:
        faults, counts = live_and_check(seed)
        happened.update(counts)
        if faults:
            print(f"seed {seed} FAILED: {faults}")
            return 1
        note(seed)
        seed += 1
        if seed % 50 == 0:
            done = seed - first
            print(f"seed {seed}: {done} worlds, {done * len(CHECKS)} checks, {dict(happened)}", flush=True)
    print(f"{seed - first} passed, 0 failed: seeds {first} to {seed - 1}, {(seed - first) * len(CHECKS)} checks")
    return 0


if __name__ == "__main__":
    sys.exit(main())
