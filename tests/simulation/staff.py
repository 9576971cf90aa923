"""What named persons do at the hub, and what the hub does by the clock. Each function is one step of a world.

They call what the commands and the API call. What each act may hit is counted here once more, from the hub's rows
alone: the checks compare the two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sync.change import Value
from sync.errors import InvalidInput
from sync.hub import grants, overrides, retention, telling, todo, tombstones, withdrawals
from sync.promise import ACTIVE, ALTERNATIVES, DECLINED, LIVE, OPEN_SLOT, PLACED, REQUESTED, SEATS, UNKEPT
from sync.records.registration import DESTROY, TAKEN_BACK
from tests.simulation import people
from tests.simulation.network import PowerCut
from tests.simulation.prepared import MINUTE_MS
from tests.simulation.witnessed import Written

if TYPE_CHECKING:
    from sync.hub.todo import Item
    from tests.simulation.world import Machine, World

WHO = "camille"
DAY_MS = 24 * 60 * MINUTE_MS
TO_GIVE = frozenset({REQUESTED, ALTERNATIVES, DECLINED}) | UNKEPT
"""The states of a booking that somebody may give a place in their own name."""
SETTLED_HERE = frozenset({"conflict", "tell", "overbooked", "waiting"})
CLOSED_EVERY = 13
"""No divisor of what else a seed decides."""
CLOSED_SEED = 10
CLOSED_DAYS = (6, 16, 40)
BOOKING_DAYS, CHOICE_DAYS, OTHER_DAYS = 7, 15, 30
"""How long after its end an appointment is kept, how long what cannot leave, and how long anything else."""
TOLD_DAYS = 7
"""How long after its hour began a line about an appointment stays on the list for people."""
INDIVIDUAL = frozenset({"dpa", "signature_cer"})
Row = dict[str, Value]
Rows = dict[str, Row]


# What the hub publishes ------------------------------------------------------------------------


def publish_slot(world: World, site_id: str) -> None:
    """The hub opens one more slot, soon or days ahead; now and then beside another one of its booth."""
    starts_ms = world.now_ms + world.random.choice((2, 20, 26, 26, 28, 30, 50)) * 60 * MINUTE_MS
    starts_ms += world.random.randrange(4) * 30 * MINUTE_MS
    world.hub_writes(
        "slot", site_id, world.uuid(),
        {"external_ref": f"ref-{world.random.randrange(10**9)}", "reason": world.random.choice(("suivi", "dpa")),
         "booth": world.random.choice("1123"), "capacity": world.random.choice((1, 1, 2)),
         "starts_at": world.utc(starts_ms), "ends_at": world.utc(starts_ms + 45 * MINUTE_MS)},
    )  # fmt: skip


def publish_event(world: World, site_id: str) -> None:
    """The hub announces an event, half of them with seats to sign up for, or changes one."""
    known = world.hub_rows("event", site_id)
    if known and world.random.random() < 0.5:
        event_id = world.random.choice(sorted(known))
        values: Row = {"place": f"Salle {world.random.randrange(9)}"}
        if known[event_id]["slot_id"] is None:
            values |= {"seats_left": world.random.randrange(20), "counted_at": world.utc()}
        world.hub_writes("event", site_id, event_id, values)
        return
    starts_ms = world.now_ms + (1 + world.random.randrange(48)) * 60 * MINUTE_MS
    seats, name = world.random.choice((None, 2, 4)), f"e-{world.random.randrange(10**9)}"
    times: Row = {"starts_at": world.utc(starts_ms), "ends_at": world.utc(starts_ms + 60 * MINUTE_MS)}
    values = {"external_ref": name, "title": "Atelier CV", "place": "Salle", **times, "counted_at": world.utc(),
              "seats": seats, "seats_left": seats}  # fmt: skip
    if seats is not None:
        values["slot_id"] = world.uuid()
        slot: Row = {"external_ref": name, "reason": SEATS, "booth": "", "capacity": seats, **times}
        world.hub_writes("slot", site_id, str(values["slot_id"]), slot)
        world.count("seats published")
    world.hub_writes("event", site_id, world.uuid(), values)


def edit_booking(world: World, site_id: str) -> None:
    """A person at the hub changes a booking while terminals may be changing it too."""
    known = world.hub_rows("booking", site_id)
    if known:
        record_id = world.random.choice(sorted(known))
        seen = {"language": known[record_id]["language"]}
        world.edited.append(Written(-1, "booking", record_id, {}, None, seen))
        world.hub_writes("booking", site_id, record_id, {"language": world.a_code(people.LANGUAGES)})


def bury(world: World, site_id: str) -> None:
    """The time of a registration is over: the hub destroys it."""
    known = world.hub_rows("registration", site_id)
    if known:
        record_id = world.random.choice(sorted(known))
        with world.database.write() as connection:
            tombstones.bury(connection, world.now_ms, site_id, [("registration", record_id)])
        world.buried[record_id] = known[record_id]
        world.count("registration destroyed")


# Acts that may hit somebody --------------------------------------------------------------------


def withdraw(world: World, site_id: str) -> None:
    """The owner of a slot ends it: preferably one that somebody counts on."""
    bookings, slots = world.hub_rows("booking", site_id), _to_come(world, site_id)
    wanted = sorted(slots.keys() & {str(row["slot_id"]) for row in bookings.values() if row["state"] in LIVE})
    if not slots:
        return
    end_slot(world, site_id, world.random.choice(wanted if wanted and world.random.random() < 0.8 else sorted(slots)))


def end_slot(world: World, site_id: str, slot_id: str) -> None:
    """The owner of one slot ends it."""
    live = {i: row for i, row in world.hub_rows("booking", site_id).items() if row["state"] in LIVE}
    hit = {i for i, row in live.items() if row["slot_id"] == slot_id}
    with world.database.write() as connection:
        risk = withdrawals.at_risk(connection, site_id, slot_id)
        done = withdrawals.withdraw(connection, world.now_ms, site_id, slot_id, WHO)
    if set(done) != hit or set(risk.bookings) != {i for i in hit if live[i]["state"] in PLACED}:
        world.see("acts_name_whom_they_hit", f"the withdrawal of {slot_id} names others than those who count on it")
    world.heard.acts.withdrawn.add(slot_id)
    world.withdrawn.add(slot_id)
    world.count(f"slot withdrawn: {'people' if hit else 'nobody'}")


def override(world: World, site_id: str) -> None:
    """A person gives a booking a place, free or not, preferably one that is not."""
    bookings, slots = world.hub_rows("booking", site_id), _to_come(world, site_id)
    waiting = sorted(i for i, row in bookings.items() if row["state"] in TO_GIVE)
    if waiting:
        give(world, site_id, world.random.choice(waiting[-people.LATELY :]), slots)


def give(world: World, site_id: str, booking_id: str, slots: Rows) -> None:
    """Gives one booking a place of one of some slots."""
    before = world.hub_rows("booking", site_id)
    reason = before[booking_id]["reason"]
    same = sorted(i for i, slot in slots.items() if slot["reason"] == reason)
    full = [i for i in same if places_of(slots[i]) <= int(str(slots[i]["taken"]))]
    if not same:
        return
    slot_id = world.random.choice(full if full and world.random.random() < 0.7 else same)
    hit = may_be_hit(world, site_id, booking_id, slot_id)
    beside = hit & before.keys()
    try:
        with world.database.write() as connection:
            risk = overrides.override(
                connection, world.now_ms, site_id, booking_id, slot_id, WHO, random=world.random.randbytes
            )
    except InvalidInput:
        world.count("override refused")
        return
    after = world.hub_rows("booking", site_id)
    given = next(iter(after.keys() - before.keys()), booking_id)  # one that bears a spend is replaced
    world.overridden.add(given)
    world.heard.acts.hit.append((given, frozenset(hit)))
    world.heard.acts.struck.discard(given)
    if {*risk.bookings, *risk.grants} != hit:
        world.see("acts_name_whom_they_hit", f"the override of {booking_id} names others than it may hit")
    if beside and (reason in INDIVIDUAL or any(_is_individual(world, site_id, i) for i in beside)):
        world.see("acts_name_whom_they_hit", f"{booking_id} was put beside somebody's individual interview")
    world.count(f"overridden: {'people' if beside else 'a grant' if hit else 'nobody'}")


def may_be_hit(world: World, site_id: str, booking_id: str, slot_id: str) -> set[str]:
    """Who counts on a place that a booking is given, or may: people known, and places terminals may have promised.

    Told apart from ``overrides`` on purpose: nobody when the place is free and no terminal's word is missing.
    """
    bookings, slots = world.hub_rows("booking", site_id), world.hub_rows("slot", site_id)
    given = {i: row for i, row in world.hub_rows("grant", site_id).items() if row["state"] == ACTIVE}
    own = family_of(booking_id, bookings)
    placed = {i: row for i, row in bookings.items() if row["state"] in PLACED}
    beside = {i for i, slot in slots.items() if slot["state"] == OPEN_SLOT and i != slot_id
              and one_booth_at_once(slot, slots[slot_id])}  # fmt: skip

    def held(at: str, but: set[str]) -> int:
        grants_here = {i for i, row in given.items() if row["slot_id"] == at}
        alone = [i for i, row in placed.items() if row["slot_id"] == at and row["grant_id"] not in grants_here]
        return len(grants_here) + len(set(alone) - but)

    is_full = held(slot_id, own) >= places_of(slots[slot_id]) or any(held(one, own) for one in beside)
    if not is_full and not is_frozen(world, site_id):
        return set()
    shared = {slot_id, *beside} if is_full else {slot_id}
    here = {i: row for i, row in placed.items() if row["slot_id"] in shared}
    spent = {row["grant_id"] for row in here.values()}
    unspent = {i for i, row in given.items() if row["slot_id"] in shared and i not in spent}
    return {i for i in here if i not in own} | unspent


def write_off(world: World, site_id: str) -> None:
    """A person takes back a place that a terminal holds, and may have promised."""
    slots = _to_come(world, site_id)
    held = {i: row for i, row in world.hub_rows("grant", site_id).items()
            if row["state"] == ACTIVE and row["slot_id"] in slots}  # fmt: skip
    if not held:
        return
    take_back(world, site_id, world.random.choice(sorted(held)))


def take_back(world: World, site_id: str, grant_id: str) -> None:
    """A person takes back the place of one grant."""
    bookings = world.hub_rows("booking", site_id)
    live = sorted(i for i, row in bookings.items() if row["state"] in PLACED and row["grant_id"] == grant_id)
    with world.database.write() as connection:
        named = grants.at_risk(connection, site_id, grant_id)
        grants.write_off(connection, world.now_ms, site_id, grant_id, WHO)
    if named != live:
        world.see("acts_name_whom_they_hit", f"the writing off of {grant_id} names others than those who stand on it")
    world.written_off.add(grant_id)
    world.count(f"written off: {'spent' if live else 'unspent'}")


# The list of what a person settles -------------------------------------------------------------


def tell(world: World, site_id: str) -> None:
    """A person phones whoever counts on an appointment that will not take place."""
    with world.database.write() as connection:
        waiting = sorted(one.id for one in telling.list_to_tell(connection, world.now_ms, site_id))
        if not waiting:
            return
        booking_id = world.random.choice(waiting)
        telling.note_told(connection, world.now_ms, site_id, booking_id, WHO)
    world.heard.acts.struck.add(booking_id)
    world.count("somebody told")


def settle(world: World, site_id: str, choice: str | None = None) -> None:
    """A person settles a line of the list by one of its choices."""
    before = world.hub_rows("booking", site_id)
    with world.database.write() as connection:
        listed = todo.list_todo(connection, world.now_ms, site_id)
        lines = [one for one in listed if one.kind in SETTLED_HERE and one.choices]
        if not lines:
            return
        item = world.random.choice(sorted(lines, key=lambda one: (one.kind, one.records, one.happened)))
        choice = choice or world.random.choice(item.choices).code
        todo.settle(connection, world.now_ms, item.id, choice, WHO, seen=item.code)
    _note_settled(world, item, choice, before)
    world.count(f"settled: {item.kind} {choice.partition('.')[0]}")


def end_doubled(world: World, site_id: str) -> None:
    """One of two machines with one identity is put away, and a named person says so."""
    with world.database.write() as connection:
        for item in todo.list_todo(connection, world.now_ms, site_id):
            if item.kind == "doubled":
                todo.settle(connection, world.now_ms, item.id, "single", WHO, seen=item.code)
                world.count("one identity in two machines ended")


def _note_settled(world: World, item: Item, choice: str, before: Rows) -> None:
    """What a choice means for the people of a line."""
    acts = world.heard.acts
    if item.kind == "tell":
        acts.struck |= set(item.records)
    elif item.kind == "overbooked" and choice == "keep_all":
        acts.welcomed.add((item.id.split(".")[2], frozenset(item.records)))
    elif item.kind == "overbooked":
        acts.ended.add(choice.partition(".")[2])
    elif item.kind == "waiting":
        acts.declined |= set(item.records)  # and its visitor was told so
    elif item.kind == "conflict":
        acts.settled.add(item.id)
    world.ended |= acts.ended
    if item.kind == "conflict" and choice == "cancel":
        people.give_up(world, item.records[-1])  # they said so
    if item.kind == "conflict" and choice == "take_lost":
        seen = {"modality": before[item.records[0]]["modality"]}
        world.edited.append(Written(-1, "booking", item.records[0], {}, None, seen))


def listed(world: World) -> list[Item]:
    """What waits for a person; read once when the world is over."""
    if world.last_list:
        return world.last_list
    with world.database.read() as connection:
        found = todo.list_todo(connection, world.now_ms)
    if world.is_over:
        world.last_list = found
    return found


# What goes by the clock ------------------------------------------------------------------------


def serve(world: World) -> None:
    """The first half of the hub's hourly run: who waited is answered, earlier hours are proposed."""
    for site_id in sorted({machine.site_id for machine in world.machines}):
        with world.database.write(site_id) as connection:
            withdrawals.serve_waiting(connection, site_id, world.now_ms)


def retain(world: World, site_id: str) -> None:
    """The second half of the hub's hourly run; nothing goes before its time."""
    before = {kind: world.hub_rows(kind, site_id) for kind in ("booking", "slot", "grant", "event", "registration")}
    with world.database.write() as connection:
        retention.run(connection, world.now_ms, site_id=site_id)
    for kind, held in before.items():
        gone = held.keys() - world.hub_rows(kind, site_id).keys()
        for record_id in sorted(gone):
            if not _is_due(world, kind, held[record_id], before["slot"]):
                world.see("nothing_goes_early", f"{kind} {record_id} was destroyed before its time")
        world.buried |= {record_id: held[record_id] for record_id in gone}
        world.count(f"destroyed at its time: {kind}", len(gone))


def retain_terminal(world: World, machine: Machine) -> None:
    """A terminal's hourly run: of what could not leave for fifteen days goes what its author chose to."""
    before = _prepared(world, machine)
    try:
        world.on(machine).store.retain()
    except PowerCut:
        world.power_cut(machine)
    after = _prepared(world, machine)
    for record_id in sorted(before.keys() - after.keys()):
        is_late = is_days_ago(world, before[record_id]["created_at"], CHOICE_DAYS)
        if before[record_id]["if_unsent"] != DESTROY or not is_late:
            world.see("nothing_goes_early", f"registration {record_id} was destroyed unsent, and nobody chose that")
        world.taken_back[record_id] = machine.number
        world.note_written(Written(machine.number, "registration", record_id, {"state": TAKEN_BACK}, None))
        world.count("destroyed unsent, as chosen")


def _prepared(world: World, machine: Machine) -> Rows:
    held = ((record_id, fields.values()) for record_id, fields in world.on(machine).store.list("registration"))
    return {record_id: values for record_id, values in held if values["state"] != TAKEN_BACK}


def _is_due(world: World, kind: str, row: Row, slots: Rows) -> bool:
    """Told apart from ``retention`` on purpose: a week for an appointment, thirty days for anything else."""
    if kind == "registration":
        return row["state"] in {"retiree", "close"} and is_days_ago(world, row["created_at"], OTHER_DAYS)
    slot = row if kind in {"slot", "event"} else slots.get(str(row["slot_id"]))
    return slot is not None and is_days_ago(world, slot["ends_at"], BOOKING_DAYS if kind == "booking" else OTHER_DAYS)


def is_days_ago(world: World, moment: Value, days: int) -> bool:
    """True when a moment is so many days past."""
    return str(moment) <= world.utc(world.now_ms - days * DAY_MS)


def close_for_days(world: World) -> None:
    """Nobody comes for a week or more: the hours of before are past, and what is over goes; then the doors open."""
    days = world.random.choice(CLOSED_DAYS)
    world.now_ms += days * DAY_MS
    world.closed = True
    for machine in world.living:
        machine.visits.clear()
        retain_terminal(world, machine)
    for site_id in sorted({machine.site_id for machine in world.machines}):
        for _ in range(4):
            publish_slot(world, site_id)
        retain(world, site_id)
    world.count(f"closed for {days} days")


ACTS: Sequence[tuple[float, Callable[[World, str], None]]] = (
    (0.20, withdraw),
    (0.46, override),
    (0.60, write_off),
    (0.70, tell),
    (0.92, settle),
    (1.0, retain),
)


def act(world: World, machine: Machine) -> None:
    """Somebody at the hub does something about one site."""
    chance = world.random.random()
    if chance > 0.92:
        retain_terminal(world, machine)
    next(done for limit, done in ACTS if chance < limit)(world, machine.site_id)


# What a world knows of places, told apart from the product -------------------------------------


def moved_before(world: World, rows: Rows) -> set[str]:
    """Who had another place before the hub was restored, where the asking for it waits again or is still on its way.

    The restored hub holds them on the place that they left; somebody may have taken that place on line since, and both
    are on the list until the move is answered again, as it was (seed 32624). Or until it is done again, where a named
    person had done it and the restored hub has forgotten that (seed 35801).
    """
    if not world.restored_ms:
        return set()
    moves = {i: told.moved_from for i, told in world.told.items() if told.moved_from in world.told}
    forgotten = world.overridden - {given for given, _ in world.heard.acts.hit}
    waiting = {old for i, old in moves.items() if i not in rows or rows[i]["state"] == REQUESTED or i in forgotten}
    return {old for old in waiting if old is not None and world.told[old].moved_on}


def family_of(booking_id: str, bookings: Rows) -> set[str]:
    """The bookings that one was moved from and to, near and far, itself included; told apart from ``moves.family``.

    Those that replaced one booking belong together also where it was destroyed or forgotten (seed 21460).
    """
    found, ahead = {booking_id}, [booking_id]
    while ahead:
        one = ahead.pop()
        beside = {i for i, row in bookings.items() if row["moved_from"] == one}
        before = bookings[one]["moved_from"] if one in bookings else None
        beside |= {str(before)} if before is not None else set()
        ahead += beside - found
        found |= beside
    return found & bookings.keys()


def one_booth_at_once(one: Row, other: Row) -> bool:
    """Told apart from ``escrow.touches`` on purpose: a rule is not checked by itself. Seats have no booth."""
    ends = [datetime.fromisoformat(str(slot["ends_at"])) + timedelta(minutes=5) for slot in (one, other)]
    begins = [datetime.fromisoformat(str(slot["starts_at"])) for slot in (one, other)]
    return one["booth"] == other["booth"] != "" and begins[0] < ends[1] and begins[1] < ends[0]


def is_frozen(world: World, site_id: str) -> bool:
    """True while the hub gives none of a site's places."""
    with world.database.read() as connection:
        return grants.frozen(connection, site_id)


def _to_come(world: World, site_id: str) -> Rows:
    now = world.utc()
    return {i: slot for i, slot in world.hub_rows("slot", site_id).items()
            if slot["state"] == OPEN_SLOT and str(slot["starts_at"]) > now}  # fmt: skip


def places_of(slot: Row) -> int:
    """How many people a slot is for; told apart from ``escrow.places``."""
    return 1 if slot["reason"] in INDIVIDUAL else int(str(slot["capacity"]))


def _is_individual(world: World, site_id: str, booking_id: str) -> bool:
    row = world.hub_rows("booking", site_id)[booking_id]
    return world.hub_rows("slot", site_id)[str(row["slot_id"])]["reason"] in INDIVIDUAL
