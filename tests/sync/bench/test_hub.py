"""The arithmetic of ``bench hub``: what is compared with what, and how many terminals a core carries."""

from __future__ import annotations

from typing import Any

from sync.bench.hub import FLOOR, OURS, PUSH, QUIET, figures


def turn(ours_ms: float, floor_ms: float, took_ms: list[float]) -> dict[str, Any]:
    return {
        side: {"cpu_ms": cpu_ms, "per_s": 1000 / cpu_ms, "took_ms": took_ms}
        for side, cpu_ms in ((OURS, ours_ms), (FLOOR, floor_ms))
    }


def test_rounds_count_with_the_most_terminals_and_pushes_with_the_fewest() -> None:
    few = {QUIET: [turn(1.0, 0.5, [1.0])], PUSH: [turn(9.0, 3.0, [1.0])]}
    many = {QUIET: [turn(ours, 0.5, [1.0, 2.0]) for ours in (2.0, 9.0, 1.0)], PUSH: []}
    said = figures({"sqlite": {10: few, 20: many}})
    assert said["ratios"] == {
        "quiet_round_cpu_sqlite": 4.0, "push_cpu_sqlite": 3.0, "quiet_round_cpu_postgresql": None,
        "push_cpu_postgresql": None,
    }  # fmt: skip
    assert said["terminals_per_core_at_5_min"] == 150_000, "300 s at 2 ms each"
    assert said["quiet_round"]["sqlite"]["20"][OURS]["p99_ms"] == 2.0
    slower = {QUIET: [turn(3.0, 1.0, [1.0])], PUSH: [turn(1.0, 1.0, [1.0])]}
    assert figures({"sqlite": {10: few}, "postgresql": {10: slower}})["terminals_per_core_at_5_min"] == 100_000
