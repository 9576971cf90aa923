"""Seeded worlds: whatever the network, the clocks and the power do, nothing is lost or promised twice.

A seed that fails is printed with its faults; replay it with
``POINT_CONTACT_SEEDS=<seed> pytest tests/simulation/test_world.py``; ``1000-1999`` runs a range.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import pytest

from tests.simulation.checks import faults_of, on_the_way
from tests.simulation.hub_disk import SERVED_EVERY, SERVED_SEED
from tests.simulation.prepared import new_folder
from tests.simulation.world import World

STEPS = 120
BATCH = 15


def wanted_seeds() -> list[int]:
    """The seeds of this run: 300 by default, or ``7``, ``1,2`` or ``100-199``."""
    text = os.environ.get("POINT_CONTACT_SEEDS", "1-300")
    seeds: list[int] = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        seeds.extend(range(int(first), int(last or first) + 1))
    return seeds


def live_and_check(seed: int) -> tuple[dict[str, list[str]], Counter[str]]:
    """Runs one world to its end. Returns its faults by check, and what happened in it."""
    with new_folder() as folder:
        world = World(seed, Path(folder))
        try:
            world.live(STEPS, on_the_way)
            world.heal()
            happened = Counter(world.counts)
            for machine in world.machines:
                happened.update(machine.line.counts)
            return faults_of(world), happened
        finally:
            world.close()


SEEDS = wanted_seeds()


@pytest.mark.simulation
@pytest.mark.parametrize("first", SEEDS[::BATCH])
def test_ends_converge_and_nothing_is_lost_whatever_happens(first: int) -> None:
    at = SEEDS.index(first)
    lived, happened = SEEDS[at : at + BATCH], Counter[str]()
    for seed in lived:
        faults, counts = live_and_check(seed)

        assert faults == {}, f"seed {seed}: {faults}"
        happened.update(counts)
    print(f"seeds {lived}: {dict(happened)}")
    assert happened["hub on a server"] == sum(seed % SERVED_EVERY == SERVED_SEED for seed in lived)
    if len(SEEDS) >= BATCH:
        wanted = {"reply lost", "request lost", "request altered", "reply altered", "request duplicated",
                  "old request replayed", "power cut", "clock jumped"}  # fmt: skip
        assert wanted <= set(happened), f"the world is too kind: {wanted - set(happened)} never happened"
