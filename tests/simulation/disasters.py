"""What is done to a world that no program can prevent: a disk put back, a terminal stolen and revoked, one that dies.

What such a disaster takes with it is written down here, so that the checks know what nobody could have kept.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from sqlalchemy import text

from sync.fields import read_fields
from sync.hub import fleet
from sync.promise import PLACED
from sync.records.registration import TAKEN_BACK
from tests.simulation import people, staff
from tests.simulation.prepared import SITES, TERMINAL_SITES
from tests.simulation.witnessed import Said

if TYPE_CHECKING:
    from tests.simulation.world import Machine, World

UNSEEN, SEEN, COPIED = "whole disk put back", "database put back", "disk copied"
REVOKED, DEAD = "terminal revoked", "terminal dead"
EVERY = 11
"""No divisor of what else a seed decides: every disaster meets restored hubs, wrong clocks and every beginning."""
BY_SEED = {0: UNSEEN, 2: COPIED, 3: SEEN, 5: REVOKED, 8: DEAD}
IMAGED = frozenset({UNSEEN, SEEN})


def of_seed(seed: int) -> str | None:
    """The disaster of a seed's world; most have none."""
    return BY_SEED.get(seed % EVERY)


def strike(world: World, done: float) -> None:
    """What happens of the disaster at this moment of the world, as the part of it that is over."""
    if world.disaster is None:
        return
    machine = world.machines[world.seed // EVERY % len(TERMINAL_SITES)]
    if world.disaster in IMAGED and machine.image is None and done >= 0.3:
        keep_an_image(world, machine)
    if machine.number in world.doubtful:
        if world.disaster == REVOKED and world.random.random() < 0.1:
            use_stolen(world, machine)
        copy = world.machines[-1]
        if world.disaster == COPIED and done >= 0.8 and copy.number not in world.gone:
            die(world, copy)  # somebody finds it: as long as both live, each makes the other begin anew
            world.power.full.clear()
            staff.end_doubled(world, copy.site_id)
        return
    if done >= 0.55:
        world.power.full.clear()  # whoever does such a thing does not stop at a full disk
        world.doubtful.add(machine.number)
        STRIKES[world.disaster](world, machine)
        world.count(world.disaster)


def keep_an_image(world: World, machine: Machine) -> None:
    """Somebody makes an image of a terminal's disk."""
    machine.image = world.folder / f"image-{machine.number}"
    machine.wrote_at_image = wrote(world, machine)
    world.on(machine).close()
    shutil.copytree(machine.home, machine.image)
    world.switch_on(machine)


def wrote(world: World, machine: Machine) -> int:
    """How much people have written at a terminal; what changed nothing makes no disk older (seed 30132)."""
    return sum(1 for one in world.written if one.terminal == machine.number and one.values)


def put_back(world: World, machine: Machine) -> None:
    """The image replaces the disk: what was written since and had not left is gone with it."""
    assert machine.image is not None
    world.on(machine).close()
    shutil.rmtree(machine.home)
    shutil.copytree(machine.image, machine.home)
    machine.visits.clear()
    world.switch_on(machine).store.drop_holds()
    forget_lost(world, machine)


def put_database_back(world: World, machine: Machine) -> None:
    """Only the database comes from the image: what stands beside it tells that it is an old one."""
    assert machine.image is not None
    world.on(machine).close()
    for path in machine.home.glob("replica.db*"):
        path.unlink()
    for path in machine.image.glob("replica.db*"):
        shutil.copy(path, machine.home / path.name)
    machine.visits.clear()
    terminal = world.switch_on(machine)
    terminal.store.drop_holds()
    is_older = machine.wrote_at_image < wrote(world, machine)
    if is_older and not terminal.status().restored:
        world.see("an_old_disk_is_seen", f"terminal {machine.number} runs on an old database and does not say so")
    if is_older and terminal.store.guaranteed_slots():
        world.see("an_old_disk_is_seen", f"terminal {machine.number} promises places on an old database")
    forget_lost(world, machine)


def copy_disk(world: World, machine: Machine) -> None:
    """A second machine begins with the disk of the first one, and both go on."""
    world.on(machine).close()
    copy = world.add_copy(machine)
    world.doubtful.add(copy.number)
    world.switch_on(machine)
    if not world.switch_on(copy).status().restored:
        world.see("an_old_disk_is_seen", "a copied disk wakes in another machine and does not say so")


def revoke(world: World, machine: Machine) -> None:
    """A terminal is stolen, and a named person revokes it: what it had not told is not believed any more."""
    terminal_id = world.on(machine).identity.terminal_id
    with world.database.write() as connection:
        fleet.revoke(connection, world.keys, world.now_ms, terminal_id, "camille")
    world.revoked.add(terminal_id)
    world.gone.add(machine.number)
    forget_lost(world, machine)
    use_stolen(world, machine)


def use_stolen(world: World, machine: Machine) -> None:
    """Whoever has the stolen terminal makes room on it, books, and lets it speak to the hub."""
    world.power.full.clear()
    machine.line.cut = False
    before = set(world.told)
    people.book(world, machine)
    world.round(machine)
    world.lost |= world.told.keys() - before  # nobody is to believe these slips
    forget_lost(world, machine)


def die(world: World, machine: Machine) -> None:
    """A terminal's disk breaks for ever: only the slips it printed remain."""
    world.on(machine).close()
    machine.terminal = None
    world.gone.add(machine.number)
    forget_lost(world, machine)


STRIKES = {UNSEEN: put_back, SEEN: put_database_back, COPIED: copy_disk, REVOKED: revoke, DEAD: die}


def forget_lost(world: World, machine: Machine) -> None:
    """Takes note of what neither the hub nor this disk holds: it cannot be asked of anybody but the slips."""
    kept = set(world.heard.said)
    if machine.number not in world.gone:
        kept |= said_on_disk(world, machine)
    for one in world.written:
        if one.terminal != machine.number or one.said <= kept:
            continue
        one.lost = True
        world.lost |= {one.id} if "created_at" in one.values else set()
        if one.values.get("state") == TAKEN_BACK:
            world.taken_back.pop(one.id, None)
            world.taken_back_once.add(one.id)


def find_again(world: World) -> None:
    """What was on a lost disk alone is not lost when a request that was under way brings it (seed 297)."""
    for one in world.notes if world.doubtful else ():
        if one.lost and one.said <= world.heard.said:
            one.lost = False
            world.lost -= {one.id} if "created_at" in one.values else set()
            if one.values.get("state") == TAKEN_BACK:
                world.taken_back[one.id] = one.terminal
                world.taken_back_once.discard(one.id)


def said_on_disk(world: World, machine: Machine) -> set[Said]:
    """Everything that a terminal would send again."""
    with world.on(machine)._database.read() as connection:
        rows = connection.execute(text("SELECT id, fields FROM replica_outbox")).all()
    return {
        (record_id, name, json.dumps(value))
        for record_id, fields in rows
        for name, value in read_fields(fields).values.items()
    }


def is_told_late(world: World, booking_id: str, incarnation: str) -> bool:
    """True for a booking that stands on a grant of another incarnation than the one that tells."""
    site_id = next((one for one in SITES if booking_id in world.hub_rows("booking", one)), None)
    if site_id is None:
        world.see("applied_is_there", f"{booking_id} is said to be applied and is not there")
        return False
    row = world.hub_rows("booking", site_id)[booking_id]
    grant = world.hub_rows("grant", site_id).get(str(row["grant_id"]))
    slot = world.hub_rows("slot", site_id).get(str(row["slot_id"]))
    stands = row["state"] in PLACED and (slot is None or str(slot["ends_at"]) > world.utc())
    return stands and grant is not None and grant["incarnation"] != incarnation
