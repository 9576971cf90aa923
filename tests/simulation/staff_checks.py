"""What must hold of what named persons do, of what is kept apart, and of what no terminal could send."""

from __future__ import annotations

import json
from collections import Counter

from sqlalchemy import text

from sync.hub import quarantine, telling
from sync.hub.overrides import OVERRIDE
from sync.promise import ACTIVE, LIVE, PLACED, UNKEPT
from sync.wire import OPERATIONS_PER_ROUND_MAX
from tests.simulation import staff
from tests.simulation.prepared import SITES
from tests.simulation.world import World

FORGOTTEN = "forgotten"
"""The code of a change to what was destroyed at the end of its time."""


def withdrawn_is_told(world: World) -> list[str]:
    """Nobody stays on a slot that its owner ended, and whoever counted on an appointment that ended is told once.

    The list names exactly the people whose appointment somebody else ended, until a named person has told them, or a
    week after its hour.
    """
    faults, untold = nobody_on_a_withdrawn_slot(world), set()
    struck = _struck(world)
    for site_id in SITES:
        slots = world.hub_rows("slot", site_id)
        for booking_id, row in world.hub_rows("booking", site_id).items():
            slot = slots.get(str(row["slot_id"]))
            over = slot is not None and staff.is_days_ago(world, slot["starts_at"], staff.TOLD_DAYS)
            if row["state"] in UNKEPT and not over and booking_id not in struck:
                untold.add(booking_id)
    listed = {i for one in staff.listed(world) if one.kind == "tell" for i in one.records}
    with world.database.read() as connection:
        phoned = {one.id for one in telling.list_to_tell(connection, world.now_ms)}
    if listed != untold:
        faults.append(f"{len(untold - listed)} people are not on the list to tell, {len(listed - untold)} are wrongly")
    if not phoned <= listed:
        faults.append("the list to phone names others than the list of what to settle")
    for machine in world.living:
        if world.on(machine).store.guaranteed_slots() & world.heard.acts.withdrawn:
            faults.append(f"terminal {machine.number} still promises a slot that was withdrawn")
    return faults


def nobody_on_a_withdrawn_slot(world: World) -> list[str]:
    """Whoever counted on a slot that its owner ended does not any more.

    What was asked for waits while the site is frozen; and, until the world is healed, for a place of one of its wishes
    that its own terminal took on line, promised to nobody and gives back (seed 146).
    """
    faults = []
    for site_id in SITES if world.heard.acts.withdrawn else ():
        bookings, is_frozen = world.hub_rows("booking", site_id), staff.is_frozen(world, site_id)
        for booking_id, row in bookings.items():
            if row["slot_id"] not in world.heard.acts.withdrawn or row["state"] not in LIVE:
                continue
            may_wait = is_frozen or (not world.is_healed and _a_wish_comes_back(world, site_id, row, bookings))
            if row["state"] in PLACED or not may_wait:
                faults.append(f"{booking_id} is {row['state']} on a slot that was withdrawn")
    return faults


def _a_wish_comes_back(world: World, site_id: str, row: staff.Row, bookings: staff.Rows) -> bool:
    """True when a request's own terminal holds an unspent place of one of its wishes, given to it on line."""
    spent = {one["grant_id"] for one in bookings.values() if one["state"] in PLACED}
    wishes = row["wishes"] if isinstance(row["wishes"], list) else []
    return any(
        grant["state"] == ACTIVE and grant["terminal_no"] == row["terminal_no"] and grant["slot_id"] in wishes
        for grant_id, grant in world.hub_rows("grant", site_id).items()
        if grant_id in world.heard.grants_of_takes and grant_id not in spent
    )


def _struck(world: World) -> set[str]:
    """Whoever was told, with the terminal's own booking of a slip that a voice had brought.

    Not what another disk promised on the spend of somebody who was told: that is somebody else (seed 32043).
    """
    acts = world.heard.acts
    found = set(acts.struck)
    for site_id in SITES:
        rows = world.hub_rows("booking", site_id)
        voices = {i for i in acts.struck & rows.keys() if rows[i]["carried"] and i not in world.told}
        spends = {_spend(rows[i]) for i in voices}
        found |= {i for i, row in rows.items() if _spend(row) in spends}
    return found


def _spend(row: staff.Row) -> tuple[object, ...]:
    return row["terminal_no"], row["grant_id"], row["spend_no"]


def overrides_are_exact(world: World) -> list[str]:
    """The journal names, for each place given in a person's name, exactly whom the world counts as hit."""
    with world.database.read() as connection:
        query = text("SELECT record_id, kept_value FROM hub_conflict WHERE rule = :rule")
        lines = connection.execute(query, {"rule": OVERRIDE}).all()
    journaled = Counter((record_id, frozenset(json.loads(hit))) for record_id, hit in lines)
    counted = Counter(world.heard.acts.hit)
    if journaled == counted:
        return []
    return [f"{(journaled - counted).total()} overrides of the journal are none, {(counted - journaled).total()} lack"]


def settled_stays_settled(world: World) -> list[str]:
    """A line that somebody settled does not come back."""
    back = {one.id for one in staff.listed(world)} & world.heard.acts.settled
    return [f"{len(back)} settled lines are on the list again"] if back else []


def nothing_is_parked(world: World) -> list[str]:
    """Nothing is parked that could have been applied: only what was written of a record destroyed at its time."""
    return [
        f"terminal {machine.number} has {one.kind} {one.id} parked: {one.code}"
        for machine in world.living
        for one in world.on(machine).store.parked()
        if one.id not in world.buried or one.code != FORGOTTEN
    ]


def quarantine_is_exact(world: World) -> list[str]:
    """What is kept apart is exactly what revoked terminals have sent since, their first operations as one request."""
    with world.database.read() as connection:
        held = quarantine.list_held(connection)
    items = [one for one in staff.listed(world) if one.kind == "quarantine"]
    kept = {(one.terminal_id, one.incarnation, one.seq, one.record_id) for one in held}
    sent = world.heard.sent_revoked
    faults = []
    strange, lacking = kept - sent - world.heard.unsure, sent - kept - world.heard.unsure
    if strange or lacking:
        faults.append(f"{len(strange)} operations kept apart were not sent, {len(lacking)} that were are not kept")
    if len(held) != len(kept) or len(kept) > OPERATIONS_PER_ROUND_MAX * max(1, len(world.revoked)):
        faults.append("more is kept apart than one request holds")
    if {i for one in items for i in one.records} != {record_id for *_, record_id in kept}:
        faults.append("the list for people does not name what is kept apart")
    return faults
