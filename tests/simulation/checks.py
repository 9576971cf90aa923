"""What must hold in the world, each check a function that returns the faults it sees, as sentences."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import text

from sync.change import Value
from sync.records import FIELDS
from tests.simulation.world import SITES, World

Check = Callable[[World], list[str]]


def converged_row_by_row(world: World) -> list[str]:
    """Every terminal holds exactly the hub's rows of its site."""
    faults = []
    for machine in world.machines:
        for kind in FIELDS:
            hub = {
                record_id: {name: row[name] for name in FIELDS[kind].model_fields}
                for record_id, row in world.hub_rows(kind, machine.site_id).items()
            }
            here = {record_id: fields.values() for record_id, fields in world.on(machine).store.list(kind)}
            if hub != here:
                different = sorted(set(hub) ^ set(here)) or [i for i in hub if hub[i] != here[i]]
                faults.append(f"terminal {machine.number} differs on {kind}: {len(different)} records")
    return faults


def newest_stamp_wins(world: World) -> list[str]:
    """Every field of the hub holds the value whose stamp is the newest of the feed."""
    newest: dict[tuple[str, str, str], tuple[str, Value]] = {}
    with world.database.read() as connection:
        for kind, record_id, fields in connection.execute(text("SELECT kind, id, fields FROM hub_feed")):
            for name, (value, stamp) in json.loads(fields).items():
                key = (kind, record_id, name)
                newest[key] = max(newest.get(key, ("", None)), (stamp, value), key=lambda pair: pair[0])
    faults = []
    for site_id in SITES:
        for kind in FIELDS:
            for record_id, row in world.hub_rows(kind, site_id).items():
                for name in FIELDS[kind].model_fields:
                    if (kind, record_id, name) in newest and newest[kind, record_id, name][1] != row[name]:
                        faults.append(f"{kind}.{name} of {record_id} is not the newest value of the feed")
    return faults


def outbox_drained(world: World) -> list[str]:
    """Nothing waits any more, and the hub's position is the end of every outbox."""
    return [
        f"terminal {machine.number} still has {world.on(machine).status().waiting} operations waiting"
        for machine in world.machines
        if world.on(machine).status().waiting
    ]


def nothing_lost(world: World) -> list[str]:
    """The last value each terminal wrote in a field stands, was overtaken in the feed, is journaled, or is parked.

    What a terminal writes over its own earlier value is no loss: it saw what it replaced. Neither is what another
    terminal showed when somebody replaced it there (``_seen_and_replaced``).
    """
    last: dict[tuple[int, str, str, str], Value] = {}
    for write in world.written:
        for name, value in write.values.items():
            last[write.terminal, write.kind, write.id, name] = value
    seen, replaced = _values_ever(world), _seen_and_replaced(world)
    faults = []
    for (terminal, kind, record_id, name), value in last.items():
        if isinstance(value, list):
            final = world.hub_rows(kind, world.machines[terminal].site_id).get(record_id, {}).get(name)
            kept = isinstance(final, list) and set(value) <= set(final)
            kept = kept or json.dumps(value) in _parked(world).get((kind, record_id, name), set())
        else:
            kept = json.dumps(value) in seen.get((kind, record_id, name), set())
            kept = kept or (name in WRITTEN_ONCE and (kind, record_id, name, value) in replaced)
        if not kept:
            faults.append(f"the value of {kind}.{name} written at terminal {terminal} is nowhere")
    return faults


WRITTEN_ONCE = frozenset({"language"})
"""The fields of which a world writes no value twice: whoever shows it has it from that one write."""


def _seen_and_replaced(world: World) -> set[tuple[str, str, str, Value]]:
    """What a terminal showed and replaced: of a restored hub's feed it may be missing, since both came in one push.

    Whatever replaced it is asked for in its turn, and so on to a value that the hub holds: a chain ends well only
    when its last value is kept.
    """
    return {
        (write.kind, write.id, name, value)
        for write in world.written
        for name, value in write.seen.items()
        if not isinstance(value, list)
    }


def _values_ever(world: World) -> dict[tuple[str, str, str], set[str]]:
    seen: dict[tuple[str, str, str], set[str]] = {}
    with world.database.read() as connection:
        for kind, record_id, fields in connection.execute(text("SELECT kind, id, fields FROM hub_feed")):
            for name, (value, _) in json.loads(fields).items():
                seen.setdefault((kind, record_id, name), set()).add(json.dumps(value))
        journal = connection.execute(text("SELECT kind, record_id, field, lost_value FROM hub_conflict"))
        for kind, record_id, name, value in journal:
            seen.setdefault((kind, record_id, name), set()).add(json.dumps(json.loads(value)))
    for key, values in _parked(world).items():
        seen.setdefault(key, set()).update(values)
    return seen


def _parked(world: World) -> dict[tuple[str, str, str], set[str]]:
    """What the hub rejected: kept at its terminal, where a person sees it."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for machine in world.machines:
        with world.on(machine)._database.read() as connection:
            rejected = connection.execute(text("SELECT kind, id, fields FROM replica_outbox WHERE state = 'rejected'"))
            for kind, record_id, fields in rejected:
                for name, (value, *_) in json.loads(fields).items():
                    found.setdefault((kind, record_id, name), set()).add(json.dumps(value))
    return found


def sealed_once_and_readable(world: World) -> list[str]:
    """Each registration is at the hub once, sealed, and opens to exactly what was typed."""
    faults = []
    with world.database.read() as connection:
        rows = connection.execute(text("SELECT id, sealed FROM hub_sealed WHERE kind = 'registration'")).all()
    sealed = {record_id for record_id, _ in rows}
    wanted = {write.id: write for write in world.written if write.answers is not None}
    if sealed != set(wanted):
        missing, strange = len(set(wanted) - sealed), len(sealed - set(wanted))
        faults.append(f"{missing} sealed registrations are missing, {strange} are strange")
    for record_id in sorted(sealed & set(wanted))[:3]:
        write = wanted[record_id]
        if world.open_sealed("registration", world.machines[write.terminal].site_id, record_id) != write.answers:
            faults.append("a registration opens to something else than what was typed")
    return faults


def no_slot_twice(world: World) -> list[str]:
    """No slot has more people than places, and no two slots of a booth that touch have anybody at once."""
    faults = []
    for site_id in SITES:
        bookings = world.hub_rows("booking", site_id)
        live = {booking_id: row for booking_id, row in bookings.items() if row["state"] in {"guaranteed", "confirmed"}}
        people = Counter(str(row["slot_id"]) for row in live.values())
        slots = world.hub_rows("slot", site_id)
        for slot_id, slot in slots.items():
            places = 1 if slot["reason"] in {"dpa", "signature_cer"} else int(str(slot["capacity"]))
            if people[slot_id] > places:
                faults.append(f"slot {slot_id} is promised {people[slot_id]} times for {places} places")
        busy = sorted(slot_id for slot_id in people if slot_id in slots)
        for at, one in enumerate(busy):
            for other in busy[at + 1 :]:
                if _one_booth_at_once(slots[one], slots[other]):
                    faults.append(f"slots {one} and {other} have people in one booth at once")
    return faults


def _one_booth_at_once(one: dict[str, Value], other: dict[str, Value]) -> bool:
    """Told apart from ``escrow.touches`` on purpose: a rule is not checked by itself."""
    ends = [datetime.fromisoformat(str(slot["ends_at"])) + timedelta(minutes=5) for slot in (one, other)]
    begins = [datetime.fromisoformat(str(slot["starts_at"])) for slot in (one, other)]
    return one["booth"] == other["booth"] and begins[0] < ends[1] and begins[1] < ends[0]


def taken_is_counted(world: World) -> list[str]:
    """``taken`` of every slot is what the hub's own rows say: active grants, and people without one."""
    faults = []
    for site_id in SITES:
        bookings, grants = world.hub_rows("booking", site_id).values(), world.hub_rows("grant", site_id)
        for slot_id, slot in world.hub_rows("slot", site_id).items():
            active = {i for i, row in grants.items() if row["slot_id"] == slot_id and row["state"] == "active"}
            here = [row for row in bookings if row["slot_id"] == slot_id]
            live = [row for row in here if row["state"] in {"guaranteed", "confirmed"}]
            counted = len(active) + sum(1 for row in live if row["grant_id"] not in active)
            if slot["taken"] != counted:
                faults.append(f"slot {slot_id} says {slot['taken']} taken, {counted} are")
    return faults


def guaranteed_kept(world: World) -> list[str]:
    """Whoever was told « garanti » and did not give it up stands so at the hub, in a world without copied disks."""
    faults = []
    for booking_id, told in world.told.items():
        row = world.hub_rows("booking", world.machines[told.terminal].site_id).get(booking_id)
        if told.state == "guaranteed" and (row is None or row["state"] != "guaranteed"):
            faults.append(f"a person was told guaranteed, the hub holds {row['state'] if row else 'nothing'}")
    return faults


def no_spend_twice(world: World) -> list[str]:
    """No spend of a grant bears the number of another."""
    faults = []
    for site_id in SITES:
        rows = world.hub_rows("booking", site_id).values()
        spends = Counter((str(row["grant_id"]), row["spend_no"]) for row in rows if row["grant_id"] is not None)
        faults += [f"spend {number} of {grant_id} is borne twice" for (grant_id, number), n in spends.items() if n > 1]
    return faults


def nobody_twice_on_the_way(world: World) -> list[str]:
    """What was seen between two steps: a place promised twice counts even when somebody gave it up later."""
    return sorted(world.seen.get("nobody_twice_on_the_way", set()))


def holds_survive_a_power_cut(world: World) -> list[str]:
    """What a person was shown as kept for them was on the disk before."""
    return sorted(world.seen.get("holds_survive_a_power_cut", set()))


def sure_is_held(world: World) -> list[str]:
    """What a terminal shows as sure it holds for whoever chooses it."""
    return sorted(world.seen.get("sure_is_held", set()))


def applied_once(world: World) -> list[str]:
    """One receipt an operation, from 1 to the position, without a hole."""
    faults = []
    with world.database.read() as connection:
        positions = connection.execute(text("SELECT terminal_id, incarnation, applied_through FROM hub_position")).all()
        for terminal_id, incarnation, applied in positions:
            count, low, high = connection.execute(
                text(
                    "SELECT count(*), min(seq), max(seq) FROM hub_receipt WHERE terminal_id = :t AND incarnation = :i"
                ),
                {"t": terminal_id, "i": incarnation},
            ).one()
            if applied and (count, low, high) != (applied, 1, applied):
                faults.append(f"{terminal_id} has {count} receipts from {low} to {high}, position {applied}")
    return faults


def ends_agree_on_digest(world: World) -> list[str]:
    """No terminal had to repair: the hash of what it holds always was the hub's."""
    return [
        f"terminal {machine.number} repaired {world.on(machine).status().digest_mismatches} times"
        for machine in world.machines
        if world.on(machine).status().digest_mismatches
    ]


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        converged_row_by_row, newest_stamp_wins, outbox_drained, nothing_lost, sealed_once_and_readable,
        no_slot_twice, taken_is_counted, guaranteed_kept, no_spend_twice, nobody_twice_on_the_way, sure_is_held,
        holds_survive_a_power_cut, applied_once, ends_agree_on_digest,
    )
}  # fmt: skip


def faults_of(world: World) -> dict[str, list[str]]:
    """Runs every check; returns the faults by check name."""
    return {name: faults for name, check in CHECKS.items() if (faults := check(world))}
