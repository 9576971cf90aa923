"""Sequences told step by step on the shipped code: what a world has shown, or brings too rarely."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from sync.promise import CANCELLED, GUARANTEED
from tests.simulation import people, sequences
from tests.simulation.checks import faults_of
from tests.simulation.sequences import book_sure, rounds
from tests.simulation.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """A world in which nothing goes wrong by itself."""
    with sequences.calm_world() as world:
        yield world


@pytest.mark.simulation
@pytest.mark.parametrize("sequence", sequences.ALL, ids=lambda sequence: sequence.__name__)
def test_every_check_holds_after(sequence: sequences.Sequence) -> None:
    assert sequences.faults_after(sequence) == set()


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
    people.change(world, second, old_id, {"state": CANCELLED, "language": "ar-seen-elsewhere"})
    world.told[old_id].state = CANCELLED
    rounds(world, second, first)
    new_id = book_sure(world, first, slot_id)[0] if promised_again else None
    rounds(world, first, second)

    world.restore_hub(lost=False)
    rounds(world, second, second)
    assert waiting_early(world) == 2, "the cancelling must come first"
    world.heal()

    bookings = world.hub_rows("booking", first.site_id)
    wanted = {old_id: (CANCELLED, 1)} | ({new_id: (GUARANTEED, 2)} if new_id else {})
    assert {one: (row["state"], row["spend_no"]) for one, row in bookings.items()} == wanted
    assert waiting_early(world) == 0
    assert world.hub_rows("slot", first.site_id)[slot_id]["taken"] == 1
    assert faults_of(world) == {}
