"""Sequences around a restored hub that a world has shown, told again step by step on the shipped code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from sync.promise import CANCELLED, GUARANTEED
from tests.simulation.checks import faults_of
from tests.simulation.network import Line
from tests.simulation.prepared import MINUTE_MS, new_folder
from tests.simulation.world import Machine, World


@pytest.fixture
def world() -> Iterator[World]:
    """A world whose lines are good; the first two machines stand at one site."""
    with new_folder() as folder:
        world = World(1, Path(folder))
        for machine in world.machines:
            be_kind(machine.line)
        try:
            yield world
        finally:
            world.close()


def be_kind(line: Line) -> None:
    """Nothing goes wrong on this line."""
    line.loss = line.duplicate = line.alter = line.replay_old = line.power_cut = 0.0


def rounds(world: World, *machines: Machine) -> None:
    """One round each, in this order."""
    for machine in machines:
        world.now_ms += MINUTE_MS
        world.round(machine)


def book_sure(world: World, machine: Machine, slot_id: str | None = None) -> tuple[str, str]:
    """A person books a place of this terminal's stock. Returns the booking and its slot."""
    store = world.on(machine).store
    slot_id = slot_id or sorted(store.guaranteed_slots())[0]
    before = dict(store.list("booking")).keys()
    machine.visits["one visit"] = store.hold(slot_id, "one visit")
    world.book_held(machine, "one visit")
    [booking_id] = dict(store.list("booking")).keys() - before
    return booking_id, slot_id


def waiting_early(world: World) -> int:
    """How many changes wait at the hub for their records."""
    with world.database.read() as connection:
        return len(connection.execute(text("SELECT 1 FROM hub_early")).all())


@pytest.mark.simulation
@pytest.mark.parametrize("promised_again", [True, False])
def test_a_cancelling_may_reach_a_restored_hub_before_its_booking(world: World, promised_again: bool) -> None:
    """Seed 104: the cancelling was parked, and its author's screen never said again what the hub held."""
    first, second, _ = world.machines
    rounds(world, first, second)
    world.back_up_hub()
    old_id, slot_id = book_sure(world, first)
    rounds(world, first, second)
    world._change(second, old_id, {"state": CANCELLED, "language": "ar-seen-elsewhere"})
    world.told[old_id].state = CANCELLED
    rounds(world, second, first)
    new_id = book_sure(world, first, slot_id)[0] if promised_again else None
    rounds(world, first, second)

    world.restore_hub()
    rounds(world, second, second)
    assert waiting_early(world) == 2, "the cancelling must come first"
    world.heal()

    bookings = world.hub_rows("booking", first.site_id)
    wanted = {old_id: (CANCELLED, 1)} | ({new_id: (GUARANTEED, 2)} if new_id else {})
    assert {one: (row["state"], row["spend_no"]) for one, row in bookings.items()} == wanted
    assert waiting_early(world) == 0
    assert world.hub_rows("slot", first.site_id)[slot_id]["taken"] == 1
    assert faults_of(world) == {}
