"""Sequences told step by step on the shipped code: what seeds bring too rarely, or have shown once.

Each begins with a world whose lines are good and whose first two machines stand at one site, and leaves the rest to
the same checks as every world.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sync.change import Value
from sync.promise import CANCELLED, GUARANTEED
from sync.wire import HEADER_COUNTER
from tests.simulation import disasters, people, staff
from tests.simulation.checks import faults_of
from tests.simulation.prepared import MINUTE_MS, new_folder
from tests.simulation.world import Machine, World

CALM_SEED = 1
Sequence = Callable[[World], None]


@contextmanager
def calm_world() -> Iterator[World]:
    """A world in which nothing goes wrong by itself."""
    with new_folder() as folder:
        world = World(CALM_SEED, Path(folder))
        for machine in world.machines:
            machine.line.calm()
        try:
            yield world
        finally:
            world.close()


def faults_after(sequence: Sequence) -> set[str]:
    """The checks that see something once a sequence was told and everybody has healed."""
    with calm_world() as world:
        sequence(world)
        world.heal()
        return set(faults_of(world))


def rounds(world: World, *machines: Machine) -> None:
    """One round each, in this order."""
    for machine in machines:
        world.now_ms += MINUTE_MS
        world.round(machine)


def book_sure(world: World, machine: Machine, slot_id: str | None = None) -> tuple[str, str]:
    """A person books a place of this terminal's stock. Returns the booking and its slot."""
    store = world.on(machine).store
    slot_id = slot_id or min(store.guaranteed_slots())
    machine.visits["one visit"] = store.hold(slot_id, "one visit")
    booking_id = people.book_held(world, machine, "one visit")
    assert booking_id is not None
    return booking_id, slot_id


def a_phone_is_faster_than_the_cancelling(world: World) -> None:
    """Somebody gives their hour up, the next person takes it and opens their slip before the terminal can speak."""
    first, second, _ = world.machines
    rounds(world, first, second)
    old_id, slot_id = book_sure(world, first)
    rounds(world, first)
    first.line.cut = True
    people.cancel(world, first, old_id)
    new_id, _ = book_sure(world, first, slot_id)
    people.open_on_phone(world, new_id)
    world.look(first.site_id)


def a_registration_is_destroyed_at_its_time(world: World) -> None:
    """A terminal has heard of a registration; then its time is over."""
    first, second, _ = world.machines
    people.register(world, first)
    rounds(world, first, second)
    staff.bury(world, first.site_id)


def a_restored_hub_has_forgotten_a_grant(world: World) -> None:
    """A terminal is given places after the backup, promises one, and the hub's disk is lost before it hears of it."""
    first, second, _ = world.machines
    world.back_up_hub()
    rounds(world, first, second)
    book_sure(world, first)
    world.restore_hub(lost=True)
    rounds(world, first, second)


def a_restored_hub_is_asked_too_early(world: World) -> None:
    """A terminal has promised a place that the hub was restored without; the other one asks for that hour first."""
    first, second, _ = world.machines
    world.back_up_hub()
    rounds(world, first, second)
    _, slot_id = book_sure(world, first)
    world.restore_hub(lost=False)
    rounds(world, second)
    second.visits["other visit"] = world.on(second).take(slot_id, "other visit")
    people.book_held(world, second, "other visit")
    rounds(world, second)


def a_stolen_terminal_comes_back_with_a_backup(world: World) -> None:
    """A terminal is revoked after the backup that the hub is restored from, and speaks again."""
    first, second, _ = world.machines
    rounds(world, first, second)
    world.back_up_hub()
    world.doubtful.add(first.number)
    disasters.revoke(world, first)
    world.restore_hub(lost=True)
    rounds(world, first)


def a_disk_put_back_promises_a_place_again(world: World) -> None:
    """A place taken on line was given back and is another terminal's; an old disk that nothing can tell promises it."""
    first, second, _ = world.machines
    rounds(world, first, second)
    store = world.on(first).store
    sure = store.guaranteed_slots() | world.on(second).store.guaranteed_slots()
    slots = world.hub_rows("slot", first.site_id)
    free = [i for i, row in slots.items() if i not in sure and row["taken"] == 0]
    slot_id = max(free, key=lambda i: str(slots[i]["starts_at"]))
    assert world.on(first).take(slot_id, "a look").guaranteed
    world.doubtful.add(first.number)
    disasters.keep_an_image(world, first)
    world.on(first).store.drop_holds("a look")
    rounds(world, first, second)
    second.visits["other visit"] = world.on(second).take(slot_id, "other visit")
    people.book_held(world, second, "other visit")
    rounds(world, second)
    disasters.put_back(world, first)
    booking_id, _ = book_sure(world, first, slot_id)
    assert world.told[booking_id].state == GUARANTEED


def a_disk_put_back_uses_its_numbers_again(world: World) -> None:
    """An old disk works on for so long that neither its counter nor the number of its operations tells what it is."""
    first, second, _ = world.machines
    rounds(world, first, second)
    world.doubtful.add(first.number)
    disasters.keep_an_image(world, first)
    book_sure(world, first)
    rounds(world, first)
    disasters.put_back(world, first)
    first.line.cut = True
    book_sure(world, first, max(world.on(first).store.guaranteed_slots()))
    rounds(world, *[first] * 6)


def a_cancelling_comes_before_its_booking(world: World) -> None:
    """Seed 104: a restored hub hears of a cancelling, and not yet of the booking that another terminal made."""
    first, second, _ = world.machines
    rounds(world, first, second)
    world.back_up_hub()
    booking_id, _ = book_sure(world, first)
    rounds(world, first, second)
    people.change(world, second, booking_id, {"state": CANCELLED, "language": "ar-seen-elsewhere"})
    world.told[booking_id].state = CANCELLED
    rounds(world, second, first)
    world.restore_hub(lost=False)
    rounds(world, second, second)


def a_request_is_forged(world: World) -> None:
    """Somebody sends a terminal's words again under a number that it has not used yet."""
    first, second, _ = world.machines
    rounds(world, first, second)
    heard = first.line.past[-1]
    number = next(name for name in heard.headers if name.lower() == HEADER_COUNTER)
    forged = replace(heard, headers={**heard.headers, number: str(int(heard.headers[number]) + 1)})
    if world.exchange.answer(forged).status == 200:
        world.see("forged_is_refused", "a request was answered whose signature is not its terminal's")


def a_place_taken_on_line_is_given_back(world: World) -> None:
    """A person looks at an hour and goes; the next one takes it at the other terminal, one more comes to the first."""
    first, second, _ = world.machines
    rounds(world, first, second)
    sure = world.on(first).store.guaranteed_slots() | world.on(second).store.guaranteed_slots()
    slots = world.hub_rows("slot", first.site_id)
    free = [i for i, row in slots.items() if i not in sure and row["taken"] == 0]
    slot_id = max(free, key=lambda i: str(slots[i]["starts_at"]))
    assert world.on(first).take(slot_id, "a look").guaranteed
    world.on(first).store.drop_holds("a look")
    rounds(world, first, second)
    for machine, held in (
        (second, world.on(second).take(slot_id, "second visit")),
        (first, world.on(first).store.hold(slot_id, "first visit")),
    ):
        visit = "second visit" if machine is second else "first visit"
        machine.visits[visit] = held
        people.book_held(world, machine, visit)
    rounds(world, first, second)


def a_slot_is_withdrawn(world: World) -> None:
    """Somebody has a place; the owner of its slot ends it, and nobody has told them yet."""
    first, second, _ = world.machines
    rounds(world, first, second)
    _, slot_id = book_sure(world, first)
    rounds(world, first)
    staff.end_slot(world, first.site_id, slot_id)


def ask_for_a_full_slot(world: World, *, individual: bool) -> tuple[str, str]:
    """Somebody has the last place of a slot, and somebody else asks for it. Returns the asking and the slot."""
    first, second, _ = world.machines
    slot_id, starts_ms = world.uuid(), world.now_ms + 26 * 60 * MINUTE_MS
    times: dict[str, Value] = {"starts_at": world.utc(starts_ms), "ends_at": world.utc(starts_ms + 45 * MINUTE_MS)}
    reason = "dpa" if individual else "suivi"
    world.hub_writes("slot", first.site_id, slot_id, {"external_ref": "r", "reason": reason, "booth": "9", **times})
    rounds(world, first, second)
    first.visits["first visit"] = world.on(first).take(slot_id, "first visit")
    people.book_held(world, first, "first visit")
    rounds(world, first, second)
    second.visits["other visit"] = world.on(second).store.hold(slot_id, "other visit")
    asked_id = people.book_held(world, second, "other visit")
    assert asked_id is not None
    rounds(world, second)
    return asked_id, slot_id


def a_place_is_given_beside_somebody(world: World) -> None:
    """A named person gives a place that somebody has."""
    asked_id, slot_id = ask_for_a_full_slot(world, individual=False)
    site_id = world.machines[0].site_id
    staff.give(world, site_id, asked_id, {slot_id: world.hub_rows("slot", site_id)[slot_id]})


def a_place_is_given_in_an_interview(world: World) -> None:
    """A named person gives a place in an interview that somebody goes through alone."""
    asked_id, slot_id = ask_for_a_full_slot(world, individual=True)
    site_id = world.machines[0].site_id
    staff.give(world, site_id, asked_id, {slot_id: world.hub_rows("slot", site_id)[slot_id]})


def a_place_taken_back_is_promised(world: World) -> None:
    """A named person takes a place back from a terminal that is cut off, and promises it all the same."""
    first, second, _ = world.machines
    rounds(world, first, second)
    slots, sure = world.hub_rows("slot", first.site_id), sorted(world.on(first).store.guaranteed_slots())
    slot_id = next(i for i in sure if staff.places_of(slots[i]) == 1)
    grants = world.hub_rows("grant", first.site_id)
    first.line.cut = True
    staff.take_back(world, first.site_id, next(i for i, row in grants.items() if row["slot_id"] == slot_id))
    second.visits["other visit"] = world.on(second).take(slot_id, "other visit")
    people.book_held(world, second, "other visit")
    rounds(world, second)
    book_sure(world, first, slot_id)


def a_line_is_settled(world: World) -> None:
    """Two terminals note two ways of meeting; a named person says which."""
    first, second, _ = world.machines
    rounds(world, first, second)
    booking_id, _ = book_sure(world, first)
    rounds(world, first, second)
    people.change(world, first, booking_id, {"modality": "TEL-one"})
    people.change(world, second, booking_id, {"modality": "PRESENTIEL-other"})
    rounds(world, first, second)
    staff.settle(world, first.site_id, "keep")
    assert world.heard.acts.settled


def somebody_signs_up_for_an_event(world: World) -> None:
    """A seat of an event is booked."""
    first, second, _ = world.machines
    while not (seats := [i for i, slot in world.hub_rows("slot", first.site_id).items() if slot["booth"] == ""]):
        staff.publish_event(world, first.site_id)
    rounds(world, first, second)
    book_sure(world, first, min(seats))


def a_place_is_taken_back_from_somebody(world: World) -> None:
    """A named person takes a place back on which somebody stands."""
    first, second, _ = world.machines
    rounds(world, first, second)
    booking_id, _ = book_sure(world, first)
    rounds(world, first)
    staff.take_back(world, first.site_id, str(world.told[booking_id].grant_id))


def a_registration_is_taken_back(world: World) -> None:
    """A person takes back what the hub has heard of."""
    first, second, _ = world.machines
    people.register(world, first)
    rounds(world, first, second)
    people.withdraw_registration(world, first)
    assert world.taken_back
    rounds(world, first, second)


def a_slip_is_changed_before_its_terminal_tells(world: World) -> None:
    """A phone brings a booking; another terminal changes it; then its own terminal comes with it."""
    first, second, _ = world.machines
    rounds(world, first, second)
    first.line.cut = True
    booking_id, _ = book_sure(world, first)
    people.open_on_phone(world, booking_id)
    rounds(world, second)
    people.change(world, second, booking_id, {"language": "ar-seen-elsewhere"})
    rounds(world, second)


def a_voice_is_heard_and_its_terminal_is_not(world: World) -> tuple[Machine, Machine, str]:
    """Somebody reads their reference out, and another terminal of the site shows what the hub made of it.

    Returns the slip's terminal, the other one, and what was made.
    """
    first, second, _ = world.machines
    for _ in range(12):
        staff.publish_slot(world, first.site_id)
    rounds(world, first, second)
    first.line.cut = True
    own_id, slot_id = book_sure(world, first)
    while world.told[own_id].reference is None:  # not every booking of a world has one: they are slow
        people.cancel(world, first, own_id)
        own_id, _ = book_sure(world, first, slot_id)
    people.voice(world)
    rounds(world, second)
    [made] = [i for i, _ in world.on(second).store.list("booking") if own_id in people.whose(world, i)]
    first.line.cut = False
    return first, second, made


def what_a_voice_made_is_moved_before_another_tells(world: World) -> None:
    """The visitor moves it where there is no line; then the slip's own terminal is the first to tell."""
    first, second, made = a_voice_is_heard_and_its_terminal_is_not(world)
    sure = world.on(second).store.guaranteed_slots()
    slots, old = world.hub_rows("slot", second.site_id), world.hub_rows("booking", second.site_id)[made]
    free = {i for i, slot in slots.items() if slot["taken"] == 0 or i in sure}
    same = sorted(i for i in free if slots[i]["reason"] == old["reason"] and str(slots[i]["starts_at"]) > world.utc())
    people.move_to(world, second, made, same[-1], is_sure=same[-1] in sure)
    rounds(world, first, second)


def what_a_voice_made_is_cancelled_before_another_tells(world: World) -> None:
    """The visitor gives it up where there is no line; then the slip's own terminal is the first to tell."""
    first, second, made = a_voice_is_heard_and_its_terminal_is_not(world)
    people.cancel(world, second, made)
    rounds(world, first, second)


def preparations_cannot_leave(world: World) -> None:
    """A terminal is cut off for longer than people chose to wait, or not."""
    first, _, _ = world.machines
    rounds(world, first)
    first.line.cut = True
    for _ in range(6):
        people.register(world, first)
    staff.retain_terminal(world, first)
    world.now_ms += 16 * staff.DAY_MS
    staff.retain_terminal(world, first)
    assert world.taken_back


def an_appointment_is_over(world: World) -> None:
    """Less than a week after its hour the hub runs by the clock."""
    first, second, _ = world.machines
    rounds(world, first, second)
    book_sure(world, first)
    rounds(world, *[first, second] * 3)
    world.now_ms += 6 * staff.DAY_MS
    staff.retain(world, first.site_id)


def a_copied_disk_lives_on_beside_its_own(world: World) -> None:
    """Both speak in turn, for longer than worlds last: the list says so, and neither is given a place until it ends."""
    first, second, _ = world.machines
    rounds(world, first, second)
    book_sure(world, first)
    world.doubtful.add(first.number)
    disasters.copy_disk(world, first)
    copy = world.machines[-1]
    copy.line.calm()
    rounds(world, *[first, copy] * 4)
    if not any(item.kind == "doubled" for item in staff.listed(world)):
        world.see("an_old_disk_is_seen", "two machines have spoken in turn with one identity, and the list is silent")
    given = _places_given(world, first)
    for _ in range(24):
        staff.publish_slot(world, first.site_id)  # what its former selves were given stays held
    world.now_ms += 2 * 60 * MINUTE_MS
    rounds(world, *[first, copy] * 2)
    if _places_given(world, first) != given:
        world.see("an_old_disk_is_seen", "one of two machines with one identity was given places")
    disasters.die(world, copy)
    staff.end_doubled(world, first.site_id)
    rounds(world, *[first] * 4)
    ended = world.counts.get("one identity in two machines ended") == 1
    if not ended or not world.on(first).store.guaranteed_slots() or _places_given(world, first) == given:
        world.see("an_old_disk_is_seen", "the machine that was left is given no place")


def _places_given(world: World, machine: Machine) -> set[str]:
    """The grants that a terminal was ever given."""
    grants = world.hub_rows("grant", machine.site_id)
    return {i for i, row in grants.items() if row["terminal_no"] == machine.terminal_no}


ALL: tuple[Sequence, ...] = (
    a_phone_is_faster_than_the_cancelling,
    a_registration_is_destroyed_at_its_time,
    a_restored_hub_has_forgotten_a_grant,
    a_restored_hub_is_asked_too_early,
    a_stolen_terminal_comes_back_with_a_backup,
    a_disk_put_back_promises_a_place_again,
    a_disk_put_back_uses_its_numbers_again,
    a_cancelling_comes_before_its_booking,
    a_request_is_forged,
    a_place_taken_on_line_is_given_back,
    a_slot_is_withdrawn,
    a_place_is_given_beside_somebody,
    a_place_is_given_in_an_interview,
    a_place_taken_back_is_promised,
    a_line_is_settled,
    somebody_signs_up_for_an_event,
    a_place_is_taken_back_from_somebody,
    a_registration_is_taken_back,
    a_slip_is_changed_before_its_terminal_tells,
    what_a_voice_made_is_moved_before_another_tells,
    what_a_voice_made_is_cancelled_before_another_tells,
    preparations_cannot_leave,
    an_appointment_is_over,
    a_copied_disk_lives_on_beside_its_own,
)
"""Every sequence; none of them breaks anything in the shipped code."""
