"""USB sticks in a world: written at one time, taken to the hub at another, brought back to some terminal, or lost.

A courier of its own chance, so that the other seeds live as they did. Several terminals may use one stick; a stick is
taken to the hub before or after newer ones, more than once, and comes back to its terminal, to another, or not at all.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sync.errors import DiskFull, InvalidInput
from sync.hub import feed, stick
from sync.replica import apply, meta
from tests.simulation import disasters, power
from tests.simulation.network import PowerCut
from tests.simulation.prepared import MINUTE_MS, SITES

if TYPE_CHECKING:
    from tests.simulation.world import Machine, World

EVERY, SEEDS = 17, frozenset({4, 9})
TRAVELS = 0.25
"""How often something is done with a stick at a step of a world that has some."""
STICKS_KEPT = 6
RIGHT_MS = 5 * MINUTE_MS
NO_LINE = 3.0
"""The first terminal lives of sticks: every request that it sends is lost (a third of ``Line.loss`` is)."""


@dataclass
class Courier:
    """Who carries the sticks of one world.

    Attributes:
        folder: where they lie.
        chance: what is done with which of them.
        sticks: those that are about, with the terminals that have written on each.
        answered: those that were at the hub since.
    """

    folder: Path
    chance: random.Random
    made: int = 0
    sticks: list[tuple[Path, list[Machine]]] = field(default_factory=list)
    answered: set[Path] = field(default_factory=set)

    def go(self, world: World) -> None:
        """Something is done with a stick, or nothing."""
        world.machines[0].line.loss = NO_LINE
        if self.chance.random() >= TRAVELS:
            return
        act = self.chance.random()
        if act < 0.35 or not self.sticks:
            self._write(world)
        elif act < 0.7:
            self._at_the_hub(world)
        else:
            self._come_back(world)

    def _write(self, world: World) -> None:
        machine = self.chance.choice(world.living)
        if not self.sticks or self.chance.random() < 0.7:
            self.made += 1
            place = self.folder / f"stick-{self.made}"
            place.mkdir()
            self.sticks = [*self.sticks, (place, [])][-STICKS_KEPT:]
        place, writers = self.chance.choice(self.sticks)
        try:
            with world.power.goes_after(power.TERMINAL, world.fateful(0.1, 8)):
                world.on(machine).sticks.export(place)
        except DiskFull:
            world.count("stick not written: disk full")
        except PowerCut:
            world.count("power cut while a stick is written")
            world.power_cut(machine)
        else:
            writers.append(machine)
            world.count("stick written")

    def _at_the_hub(self, world: World) -> None:
        place, writers = self.chance.choice(self.sticks)
        if any(one.number in world.gone for one in writers):
            return  # what a stolen terminal sends is looked at on the line
        try:
            outcomes = stick.exchange(world.exchange, place, "camille")
        except InvalidInput:
            return  # nothing was written on it
        except DiskFull:
            world.count("stick not answered: disk full")
            return
        finally:
            disasters.find_again(world)
        self.answered.add(place)
        for outcome in outcomes:
            world.count(f"stick at the hub: {outcome.outcome}")
        for site_id in SITES:
            world.look(site_id)

    def _come_back(self, world: World) -> None:
        back = [one for one in self.sticks if one[0] in self.answered]
        place, writers = self.chance.choice(back if back and self.chance.random() < 0.9 else self.sticks)
        own = [one for one in writers if one.number not in world.gone]
        machine = self.chance.choice(own if own and self.chance.random() < 0.9 else world.living)
        before = Stand.of(world, machine)
        try:
            with world.power.goes_after(power.TERMINAL, world.fateful(0.1, 12)):
                world.count(f"stick back: {world.on(machine).sticks.take_in(place).code}")
        except PowerCut:
            world.count("power cut while a stick is read")
            world.power_cut(machine)
        for fault in before.steps_back(world, Stand.of(world, machine)):
            world.see("a_stick_never_steps_back", f"terminal {machine.number}: {fault}")
        world.look(machine.site_id)


@dataclass(frozen=True)
class Stand:
    """Where a terminal stands: the hub's history that it follows, how far it has read it, how wrong its clock is."""

    generation: str | None
    checkpoints: dict[str, int]
    wrong_ms: int

    @classmethod
    def of(cls, world: World, machine: Machine) -> Stand:
        terminal = world.on(machine)
        with terminal._database.read() as connection:
            generation, checkpoints = meta.read(connection, meta.GENERATION), apply.read_checkpoints(connection)
        return cls(generation, checkpoints, abs(terminal.store.now_ms() - world.now_ms))

    def steps_back(self, world: World, after: Stand) -> list[str]:
        """What an answer has undone. A terminal that begins to read the whole feed again has no checkpoint."""
        with world.database.read() as connection:
            present = feed.read_generation(connection)
        said = []
        if self.generation == present != after.generation:
            said.append("follows a history that is over")
        lower = {part for part, n in after.checkpoints.items() if n < self.checkpoints.get(part, 0)}
        if lower and self.generation == after.generation:
            said.append(f"has forgotten how far it had read {sorted(lower)}")
        if not world.clocks_jump and self.wrong_ms <= RIGHT_MS < after.wrong_ms:
            said.append("has its clock set by an answer of long ago")
        return said


def courier_of(seed: int, folder: Path) -> Courier | None:
    """Who carries sticks in the world of a seed; most have nobody."""
    return Courier(folder, random.Random(f"stick {seed}")) if seed % EVERY in SEEDS else None
