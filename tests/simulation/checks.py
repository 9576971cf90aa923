"""What must hold in the world, each check a function that returns the faults it sees, as sentences."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlalchemy import text

from sync.change import Value
from sync.fields import read_fields
from sync.records import FIELDS
from sync.records.registration import TAKEN_BACK
from tests.simulation import promise_checks, staff_checks, trust_checks
from tests.simulation.prepared import SITES
from tests.simulation.world import World

Check = Callable[[World], list[str]]


def converged_row_by_row(world: World) -> list[str]:
    """Every terminal holds exactly the hub's rows of its site.

    Except for a booking that was on a lost disk alone: what another terminal changed of it waits at the hub.
    """
    faults, awaited = [], awaited_for_ever(world)
    for machine in world.living:
        for kind in FIELDS:
            hub = {
                record_id: {name: row[name] for name in FIELDS[kind].model_fields}
                for record_id, row in world.hub_rows(kind, machine.site_id).items()
            }
            held = world.on(machine).store.list(kind)
            here = {record_id: fields.values() for record_id, fields in held if record_id not in awaited}
            if hub != here:
                different = sorted(set(hub) ^ set(here)) or [i for i in hub if hub[i] != here[i]]
                faults.append(f"terminal {machine.number} differs on {kind}: {len(different)} records")
    return faults


def awaited_for_ever(world: World) -> set[str]:
    """The bookings whose changes wait at the hub and whose making is lost with its disk."""
    with world.database.read() as connection:
        waiting = {record_id for (record_id,) in connection.execute(text("SELECT id FROM hub_early"))}
    return {i for i in waiting if i in world.lost}


def newest_stamp_wins(world: World) -> list[str]:
    """Every field of the hub holds the value whose stamp is the newest of the feed."""
    newest: dict[tuple[str, str, str], tuple[str, Value]] = {}
    with world.database.read() as connection:
        for kind, record_id, fields in connection.execute(text("SELECT kind, id, fields FROM hub_feed")):
            said = read_fields(fields)
            stamps = said.by_field()
            for name, value in said.values.items():
                key = (kind, record_id, name)
                newest[key] = max(newest.get(key, ("", None)), (stamps[name], value), key=lambda pair: pair[0])
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
        for machine in world.living
        if world.on(machine).status().waiting
    ]


def nothing_lost(world: World) -> list[str]:
    """The last value each terminal wrote in a field stands, was overtaken in the feed, is journaled, or is parked.

    What a terminal writes over its own earlier value is no loss: it saw what it replaced. Neither is what another
    terminal showed when somebody replaced it there (``_seen_and_replaced``).
    """
    last: dict[tuple[int, str, str, str], Value] = {}
    for write in world.written:
        for name, value in write.values.items() if write.id not in world.buried else ():
            last[write.terminal, write.kind, write.id, name] = value
    seen, replaced = _values_ever(world), _seen_and_replaced(world)
    faults, awaited = [], awaited_for_ever(world)
    for (terminal, kind, record_id, name), value in last.items():
        if isinstance(value, list):
            final = world.hub_rows(kind, world.machines[terminal].site_id).get(record_id, {}).get(name)
            kept = record_id in awaited or (isinstance(final, list) and set(value) <= set(final))
            kept = kept or json.dumps(value) in _parked(world).get((kind, record_id, name), set())
        else:
            kept = json.dumps(value) in seen.get((kind, record_id, name), set())
            kept = kept or (name in WRITTEN_ONCE and (kind, record_id, name, value) in replaced)
        if not kept:
            faults.append(f"the value of {kind}.{name} written at terminal {terminal} is nowhere")
    return faults


WRITTEN_ONCE = frozenset({"language", "modality"})
"""The fields of which a world writes no value twice: whoever shows it has it from that one write."""


def _seen_and_replaced(world: World) -> set[tuple[str, str, str, Value]]:
    """What a terminal showed and replaced: of a restored hub's feed it may be missing, since both came in one push.

    Whatever replaced it is asked for in its turn, and so on to a value that the hub holds: a chain ends well only
    when its last value is kept.
    """
    return {
        (write.kind, write.id, name, value)
        for write in [*world.written, *world.edited]
        for name, value in write.seen.items()
        if not isinstance(value, list)
    }


def _values_ever(world: World) -> dict[tuple[str, str, str], set[str]]:
    seen: dict[tuple[str, str, str], set[str]] = {}
    with world.database.read() as connection:
        for kind, record_id, fields in connection.execute(text("SELECT kind, id, fields FROM hub_feed")):
            for name, value in read_fields(fields).values.items():
                seen.setdefault((kind, record_id, name), set()).add(json.dumps(value))
        journal = connection.execute(text("SELECT kind, record_id, field, lost_value FROM hub_conflict"))
        for kind, record_id, name, value in journal:
            seen.setdefault((kind, record_id, name), set()).add(json.dumps(json.loads(value)))
        awaited = awaited_for_ever(world)
        for kind, record_id, name, value in connection.execute(text("SELECT kind, id, field, value FROM hub_early")):
            if record_id in awaited:
                seen.setdefault((kind, record_id, name), set()).add(json.dumps(json.loads(value)))
    for key, values in _parked(world).items():
        seen.setdefault(key, set()).update(values)
    return seen


def _parked(world: World) -> dict[tuple[str, str, str], set[str]]:
    """What the hub rejected: kept at its terminal, where a person sees it."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for machine in world.living:
        with world.on(machine)._database.read() as connection:
            rejected = connection.execute(text("SELECT kind, id, fields FROM replica_outbox WHERE state = 'rejected'"))
            for kind, record_id, fields in rejected:
                for name, value in read_fields(fields).values.items():
                    found.setdefault((kind, record_id, name), set()).add(json.dumps(value))
    return found


def sealed_once_and_readable(world: World) -> list[str]:
    """Each registration is at the hub once, sealed, and opens to exactly what was typed.

    Not what was taken back: also when a restored hub heard of it only from whoever had heard of it before.
    """
    faults = []
    with world.database.read() as connection:
        rows = connection.execute(text("SELECT id, sealed FROM hub_sealed WHERE kind = 'registration'")).all()
    over = world.taken_back.keys() | world.buried.keys()
    states = {i: row["state"] for site_id in SITES for i, row in world.hub_rows("registration", site_id).items()}
    over |= {i for i in world.taken_back_once if states.get(i) == TAKEN_BACK}
    sealed = {record_id for record_id, _ in rows if record_id not in world.buried}
    wanted = {w.id: w for w in world.written if w.answers is not None and w.id not in over}
    if sealed != set(wanted):
        missing, strange = len(set(wanted) - sealed), len(sealed - set(wanted))
        faults.append(f"{missing} sealed registrations are missing, {strange} are strange")
    for record_id in sorted(sealed & set(wanted))[:3]:
        write = wanted[record_id]
        if world.open_sealed("registration", world.machines[write.terminal].site_id, record_id) != write.answers:
            faults.append("a registration opens to something else than what was typed")
    return faults


def applied_once(world: World) -> list[str]:
    """One receipt an operation, from 1 to the position, without a hole."""
    faults = []
    with world.database.read() as connection:
        positions = connection.execute(text("SELECT terminal_id, incarnation, applied_through FROM hub_position")).all()
        for terminal_id, incarnation, applied in positions:
            this = {"t": terminal_id, "i": incarnation}
            where = "WHERE terminal_id = :t AND incarnation = :i"
            found = text(f"SELECT first_seq, last_seq, said FROM hub_receipt_run {where} ORDER BY first_seq")
            runs = connection.execute(found, this).all()
            numbers = [n for first, last, _ in runs for n in range(first, last + 1)]
            if numbers != [*range(1, applied + 1)] or any(len(said) != 36 * (b - a + 1) for a, b, said in runs):
                faults.append(f"{terminal_id} has receipts in {[(a, b) for a, b, _ in runs]}, position {applied}")
            told = connection.execute(text(f"SELECT seq FROM hub_receipt {where}"), this).scalars().all()
            if not set(told) <= set(numbers):
                faults.append(f"{terminal_id} has receipts of what was not applied: {sorted(set(told) - set(numbers))}")
    return faults


def ends_agree_on_digest(world: World) -> list[str]:
    """No terminal had to repair: the hash of what it holds always was the hub's.

    Except when both ends lost their memory: a hub restored from before what a disk that was put back has forgotten to
    have written. There the repair is what brings them together.
    """
    repaired = {machine.number: world.on(machine).status().digest_mismatches for machine in world.living}
    return [
        f"terminal {number} repaired {times} times"
        for number, times in repaired.items()
        if times and not (world.restores and number in world.doubtful)
    ]


ON_THE_WAY = {
    "nobody_twice_on_the_way": "A place promised twice counts even when somebody gave it up later.",
    "holds_survive_a_power_cut": "What a person was shown as kept for them was on the disk before.",
    "sure_is_held": "What a terminal shows as sure it holds for whoever chooses it.",
    "a_phone_carries": "A slip opened on a phone is at the hub, whatever its terminal's line is.",
    "forged_is_refused": "A request that its terminal has not signed is refused.",
    "applied_is_there": "What the hub says is applied is in its records.",
    "one_on_a_grant": "The highest spend stands: two people never have the place of one grant, not for a moment.",
    "taken_once": "One asking for a place, repeated or not, gives that place under that name and no other.",
    "an_old_disk_is_seen": "A terminal on an old database, or on a copied disk, says so and promises nothing.",
    "acts_name_whom_they_hit": "What a person is told before they act names exactly whom it may hit.",
    "nothing_goes_early": "Nothing is destroyed before the end of its time.",
    "a_stick_never_steps_back": "An answer on a stick undoes nothing that its terminal has heard since it asked.",
    "nobody_revoked_is_heard": "From the moment it was revoked, nothing a terminal sends is answered.",
}
"""Checks whose faults are seen while a world lives (``World.see``), by what they say."""


def _seen(name: str) -> Check:
    return lambda world: sorted(world.seen.get(name, set()))


AT_THE_END: tuple[Check, ...] = (
    converged_row_by_row,
    newest_stamp_wins,
    outbox_drained,
    nothing_lost,
    sealed_once_and_readable,
    applied_once,
    ends_agree_on_digest,
    promise_checks.no_slot_twice,
    promise_checks.taken_is_counted,
    promise_checks.guaranteed_kept,
    promise_checks.no_spend_twice,
    promise_checks.one_place_a_family,
    promise_checks.nothing_left_carried,
    promise_checks.wishes_are_kept,
    promise_checks.nobody_waits_beside_a_free_place,
    promise_checks.earlier_is_only_proposed,
    trust_checks.losers_are_journaled,
    trust_checks.list_is_exact,
    trust_checks.risk_is_exact,
    trust_checks.no_word_outside_an_envelope,
    trust_checks.taken_back_is_destroyed,
    staff_checks.withdrawn_is_told,
    staff_checks.overrides_are_exact,
    staff_checks.settled_stays_settled,
    staff_checks.nothing_is_parked,
    staff_checks.quarantine_is_exact,
)
AT_ANY_MOMENT: tuple[Check, ...] = (
    promise_checks.no_slot_twice,
    promise_checks.taken_is_counted,
    promise_checks.guaranteed_stays,
    promise_checks.no_spend_twice,
    promise_checks.one_place_a_family,
    staff_checks.nobody_on_a_withdrawn_slot,
)
"""What holds of the hub after any step, and is looked at every few of them as well."""
CHECKS: dict[str, Check] = {check.__name__: check for check in AT_THE_END} | {name: _seen(name) for name in ON_THE_WAY}


def on_the_way(world: World) -> None:
    """Looks whether what holds at any moment does; ``faults_of`` tells what was seen."""
    for check in AT_ANY_MOMENT:
        for fault in check(world):
            world.see(check.__name__, fault)


def faults_of(world: World) -> dict[str, list[str]]:
    """Runs every check on a world that is over; returns the faults by check name."""
    world.is_over = True
    at_the_end = {name: faults for name, check in CHECKS.items() if (faults := check(world))}
    return {name: sorted(faults) for name, faults in world.seen.items()} | at_the_end
