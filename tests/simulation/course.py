"""What happens at a step of a world, and how often."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from tests.simulation import people, staff
from tests.simulation.prepared import MINUTE_MS

if TYPE_CHECKING:
    from tests.simulation.world import Machine, World

YEAR_MS = 365 * 24 * 60 * MINUTE_MS


def line_breaks_or_heals(world: World, machine: Machine) -> None:
    """A line goes, or comes back."""
    machine.line.cut = not machine.line.cut and world.random.random() < 0.4


def slip(world: World, machine: Machine) -> None:
    """A slip is used: on a phone, and where this world keeps real references, read out or shown elsewhere."""
    how = world.random.random()
    if not world.voices or how < 0.4:
        people.phone(world)
    elif how < 0.7:
        people.voice(world)
    else:
        people.slip_elsewhere(world, machine)


def clock_jumps(world: World, machine: Machine) -> None:
    """A machine wakes with another date; in most worlds somebody edits a booking at the hub instead."""
    if not world.clocks_jump:
        staff.edit_booking(world, machine.site_id)
        return
    machine.skew_ms = world.random.choice((-6 * YEAR_MS, 2 * YEAR_MS, 3 * 60 * MINUTE_MS, 0))
    world.count("clock jumped")


COURSE: Sequence[tuple[float, Callable[[World, Machine], object]]] = (
    (0.34, lambda world, machine: world.round(machine)),
    (0.38, people.register),
    (0.386, people.withdraw_registration),
    (0.394, lambda world, machine: staff.bury(world, machine.site_id)),
    (0.41, people.hold),
    (0.43, people.leave),
    (0.59, people.book),
    (0.65, people.move),
    (0.725, people.change_booking),
    (0.77, lambda world, _: people.meet_on_one_booking(world)),
    (0.81, line_breaks_or_heals),
    (0.85, lambda world, machine: world.power_cut(machine)),
    (0.88, lambda world, machine: staff.publish_slot(world, machine.site_id)),
    (0.91, lambda world, machine: staff.publish_event(world, machine.site_id)),
    (0.93, lambda world, machine: staff.edit_booking(world, machine.site_id)),
    (0.96, staff.act),
    (0.99, slip),
    (1.0, clock_jumps),
)
"""What happens at a step, by the least chance that is not this any more."""
