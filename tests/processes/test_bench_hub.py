"""« bench hub » with few terminals: both engines and the floor really answer the same signed rounds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes
ROOT = Path(__file__).resolve().parent.parent.parent
PROGRAM = (sys.executable, "-c", "from sync.command import main; main()")


def test_a_run_with_few_terminals_measures_both_engines_over_their_floor() -> None:
    words = ("bench", "hub", "--terminals", "2,6", "--rounds", "1", "--requests", "12", "--pushes", "2", "--json")
    done = subprocess.run(
        [*PROGRAM, *words], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["skipped"] == {}
    assert figures["terminals_per_core_at_5_min"] == min(figures["terminals_per_core_at_5_min_by_engine"].values()) > 0
    for engine in ("sqlite", "postgresql"):
        assert list(figures["quiet_round"][engine]) == ["2", "6"]
        for read in (*figures["quiet_round"][engine].values(), figures["push_of_50"][engine]):
            for side in ("ours", "floor"):
                assert min(read[side].values()) > 0
                assert read[side]["p50_ms"] <= read[side]["p99_ms"]
        assert figures["ratios"][f"quiet_round_cpu_{engine}"] == figures["quiet_round"][engine]["6"]["cpu_ratio"] > 0
        assert figures["ratios"][f"push_cpu_{engine}"] == figures["push_of_50"][engine]["cpu_ratio"] > 0
