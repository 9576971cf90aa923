"""Interleavings of two real terminals of one site that want the same few hours, some of which overlap.

The shipped ``Exchange`` and ``Terminal`` on real database files; only the time, the line and the choice of who acts
next are the test's. One world serves many walks: each has hours of its own, and time moves past those of the walk
before.

``python -m tests.simulation.partition --walks 10000`` goes on where it was (``.soak/walks.json``), on every processor.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice, takewhile
from multiprocessing import get_context
from pathlib import Path

from sync.change import Value, new_id
from sync.errors import InvalidInput
from sync.promise import CANCELLED, CONFIRMED, DECLINED, GUARANTEED, PLACED
from tests.progress import Progress, alone, begin_worker
from tests.simulation.prepared import new_folder
from tests.simulation.world import MINUTE_MS, Machine, World, utc

HOUR_MS = 60 * MINUTE_MS
SAID_EVERY = 50
WALKS_PER_WORLD = 10
"""A world that has known many walks is slow: it holds all their hours."""
SITE = "saint-aubin"


class Wrong(AssertionError):
    """A place promised twice, or refused while there was one; the message starts with ``double`` or ``needless``."""


@contextmanager
def a_calm_world(seed: int) -> Iterator[World]:
    """A world whose line loses nothing: what a walk does to it is cutting it in two."""
    with new_folder() as folder:
        world = World(seed, Path(folder))
        for machine in world.machines:
            machine.line.calm()
        try:
            yield world
        finally:
            world.close()


class Walk:
    """One interleaving.

    Args:
        world: it goes on from there.
        seed: which one; the same seed in a world that did the same before is the same walk.
    """

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random = world, random.Random(seed)
        self.pair = [machine for machine in world.machines if machine.site_id == SITE]
        self.slots: dict[str, dict[str, Value]] = {}
        self.mine: dict[int, list[str]] = {machine.number: [] for machine in self.pair}
        self.counts: Counter[str] = Counter()

    def run(self) -> Counter[str]:
        """Publishes hours, shares them out, cuts the line, lets both terminals book, heals, and looks.

        Raises:
            Wrong: something was promised twice, or refused for nothing.
        """
        self.world.now_ms += 60 * HOUR_MS  # the hours of the walk before are over
        self._publish()
        for machine in self.random.sample(self.pair, 2):
            self._round(machine)
        for _ in range(self.random.randrange(8, 22)):
            self.world.now_ms += self.random.randrange(1000, 3 * MINUTE_MS)
            machine = self.random.choice(self.pair)
            chance = self.random.random()
            if chance < 0.72:
                self._book(machine)
            elif chance < 0.88:
                self._cancel(machine)
            else:
                self._round(machine)
        for machine in [*self.pair, *self.pair]:
            self.world.now_ms += MINUTE_MS
            self._round(machine)
        self._look()
        return self.counts

    def _publish(self) -> None:
        first_ms = self.world.now_ms + 25 * HOUR_MS
        for at in range(self.random.randrange(2, 6)):
            starts_ms = first_ms + self.random.choice((0, 20, 45, 50, 90, 200)) * MINUTE_MS
            slot_id = new_id(self.world.now_ms, self.random.randbytes(10))
            values: dict[str, Value] = {
                "external_ref": f"p-{self.world.now_ms}-{at}", "reason": self.random.choice(("suivi", "suivi", "dpa")),
                "booth": self.random.choice("112"), "capacity": self.random.choice((1, 1, 1, 2, 3)),
                "starts_at": utc(starts_ms), "ends_at": utc(starts_ms + 45 * MINUTE_MS),
            }  # fmt: skip
            self.world.hub_writes("slot", SITE, slot_id, values)
            self.slots[slot_id] = values

    def _book(self, machine: Machine) -> None:
        """A person takes what is shown as sure, or asks for any hour of this walk."""
        store = self.world.on(machine).store
        sure = sorted(store.guaranteed_slots() & self.slots.keys())
        slot_id = self.random.choice(sure if sure and self.random.random() < 0.8 else sorted(self.slots))
        visit = f"{machine.number}-{self.world.now_ms}"
        try:
            held = store.hold(slot_id, visit)
        except InvalidInput:
            return  # the hour is not known here yet
        if slot_id in sure and not held.guaranteed:
            raise Wrong("needless: an hour shown as sure was not held")
        record_id, reference = store.new_id(), store.reference_for(held)
        state = store.book(
            held, visit, record_id,
            {"slot_id": slot_id, "reason": self.slots[slot_id]["reason"], "terminal_no": reference.terminal_no,
             "reference_no": reference.index, "reference_hash": f"scrypt14${record_id}",
             "created_at": utc(store.now_ms())},
        )  # fmt: skip
        self.mine[machine.number].append(record_id)
        self.counts[f"told {state}"] += 1

    def _cancel(self, machine: Machine) -> None:
        store = self.world.on(machine).store
        held = [(i, store.get("booking", i)) for i in self.mine[machine.number]]
        live = [i for i, fields in held if fields is not None and fields.values()["state"] in PLACED]
        if live:
            store.write("booking", self.random.choice(live), {"state": CANCELLED})
            self.counts["cancelled"] += 1

    def _round(self, machine: Machine) -> None:
        report = self.world.on(machine).rounds.run()
        if not report.ok:
            raise Wrong(f"double: a round in calm weather fails: {report.code}")
        self.counts["rounds"] += 1

    def _look(self) -> None:
        everything = self.world.hub_rows("booking", SITE)
        ours = {i: everything[i] for number in self.mine for i in self.mine[number]}
        told = Counter(str(row["state"]) for row in ours.values())
        self.counts.update({f"ended {state}": count for state, count in told.items()})
        people = Counter(str(row["slot_id"]) for row in ours.values() if row["state"] in PLACED)
        for slot_id, slot in self.slots.items():
            if people[slot_id] > places_of(slot):
                raise Wrong(f"double: {people[slot_id]} people for {places_of(slot)} places of {slot_id}")
        busy = sorted(slot_id for slot_id in self.slots if people[slot_id])
        for at, one in enumerate(busy):
            if any(in_one_booth_at_once(self.slots[one], self.slots[other]) for other in busy[at + 1 :]):
                raise Wrong(f"double: {one} and another hour have people in one booth at once")
        for i, row in ours.items():
            if row["grant_id"] is not None and row["state"] not in {GUARANTEED, CANCELLED}:
                raise Wrong(f"double: {i} was promised and ended {row['state']}")
        self._look_for_needless_refusals(ours)

    def _look_for_needless_refusals(self, ours: dict[str, dict[str, Value]]) -> None:
        """A refusal needs a reason that can be shown: every place was held by a grant or a person, or its booth was.

        Places that came free later do not count: so only walks in which nobody cancelled are judged.
        """
        if self.counts["cancelled"]:
            return
        grants = [row for row in self.world.hub_rows("grant", SITE).values() if row["slot_id"] in self.slots]
        held = Counter(str(row["slot_id"]) for row in grants)
        held.update(str(row["slot_id"]) for row in ours.values() if row["state"] == CONFIRMED)
        for row in ours.values():
            slot = self.slots[str(row["slot_id"])]
            if row["state"] != DECLINED or row["declined_because"] not in {"slot_taken", "booth_busy"}:
                continue
            full = held[str(row["slot_id"])] >= places_of(slot)
            busy = any(
                held[other_id] and other_id != row["slot_id"] and in_one_booth_at_once(slot, other)
                for other_id, other in self.slots.items()
            )
            if not full and not busy:
                raise Wrong(f"needless: a request was declined ({row['declined_because']}) while a place was free")


def places_of(slot: dict[str, Value]) -> int:
    """Told apart from ``escrow.places`` on purpose: a rule is not checked by itself."""
    return 1 if slot["reason"] in {"dpa", "signature_cer"} else int(str(slot["capacity"]))


def in_one_booth_at_once(one: dict[str, Value], other: dict[str, Value]) -> bool:
    """Told apart from ``escrow.touches`` on purpose."""
    ends = [datetime.fromisoformat(str(slot["ends_at"])) + timedelta(minutes=5) for slot in (one, other)]
    begins = [datetime.fromisoformat(str(slot["starts_at"])) for slot in (one, other)]
    return one["booth"] == other["booth"] and begins[0] < ends[1] and begins[1] < ends[0]


def walk_many(first: int, count: int) -> Counter[str]:
    """``count`` walks from seed ``first`` on, a new world every ``WALKS_PER_WORLD``.

    Raises:
        Wrong: with the seed of the walk, and that of its world's first walk, from which it is replayed.
    """
    happened: Counter[str] = Counter()
    for start in range(first, first + count, WALKS_PER_WORLD):
        with a_calm_world(start) as world:
            for seed in range(start, min(start + WALKS_PER_WORLD, first + count)):
                try:
                    happened.update(Walk(world, seed).run())
                except Wrong as wrong:
                    raise Wrong(f"walk {seed} (world {start}): {wrong}") from wrong
    return happened


def walk_a_world(world: int) -> tuple[int, str | None, Counter[str]]:
    """The walks of one world, in a process of the pool: its number, what was wrong, what happened."""
    try:
        return world, None, walk_many(world * WALKS_PER_WORLD, WALKS_PER_WORLD)
    except Exception:  # noqa: BLE001 - a world that breaks is a fault of its walks, whatever broke
        return world, traceback.format_exc(), Counter()


def walk_on(progress: Progress, worlds: Iterator[int], *, until_s: float | None, workers: int) -> bool:
    """Walks world after world on every worker, until there are no more or the time is over; stops at the first fault.

    Returns whether all of them passed.
    """
    failed = 0
    with ProcessPoolExecutor(workers, get_context("spawn"), begin_worker) as pool:
        under_way = {pool.submit(walk_a_world, world) for world in islice(worlds, workers)}
        while under_way:
            ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
            for world, wrong, happened in (one.result() for one in ended):
                if wrong is not None:
                    failed += 1
                    print(f"FAILED: {wrong}\n  again: --from-walk {world * WALKS_PER_WORLD} --walks {WALKS_PER_WORLD}")
                    continue
                progress.note(world, happened)
                if progress.pieces % SAID_EVERY == 0:
                    print(f"{progress.pieces * WALKS_PER_WORLD} walks: {dict(progress.happened)}", flush=True)
            if not failed and (until_s is None or time.monotonic() < until_s):
                under_way |= {pool.submit(walk_a_world, world) for world in islice(worlds, len(ended))}
    return not failed


def main() -> int:
    """Walks as many as asked for; prints what happened. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--walks", type=int, default=10_000)
    parser.add_argument("--hours", type=float, help="as many walks as fit, in place of --walks")
    parser.add_argument("--from-walk", type=int, default=0)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    first = options.from_walk // WALKS_PER_WORLD
    last = first - (-options.walks // WALKS_PER_WORLD)
    with alone("walks") as file:
        progress = Progress.load(file)
        missing, until_s = progress.missing(first), None
        if options.hours is None:
            missing = takewhile(lambda world: world < last, missing)
        else:
            until_s = time.monotonic() + options.hours * 3600
        try:
            passed = walk_on(progress, missing, until_s=until_s, workers=options.workers)
        except KeyboardInterrupt:
            print(f"Stopped. Kept: {progress.pieces * WALKS_PER_WORLD} walks that passed.")
            return 130
        ranges = ", ".join(
            f"{low * WALKS_PER_WORLD}-{(high + 1) * WALKS_PER_WORLD - 1}" for low, high in progress.passed
        )
        found = "0 double, 0 needless" if passed else "a fault, see above"
        print(f"{progress.pieces * WALKS_PER_WORLD} walks in all runs ({ranges}): {found}: {dict(progress.happened)}")
        return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
