"""What people do at the terminals, on their phones and on the telephone. Each function is one step of a world.

They know nothing of how the product does it, only what they were told and what a screen shows them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sync.change import Value
from sync.claim import hash_reference, placeholder_id
from sync.errors import HoldLost, InvalidInput, PointContactError
from sync.hub import courier
from sync.hub.claims import ClaimDesk
from sync.promise import ALTERNATIVES, CANCELLED, GUARANTEED, LIVE, MOVED, PLACED, UNKEPT
from sync.records.registration import DESTROY, KEEP, TAKEN_BACK
from tests.simulation.network import PowerCut
from tests.simulation.witnessed import Told, Written

if TYPE_CHECKING:
    from tests.simulation.world import Machine, World

NEEDS = ("boucle_magnetique", "grand_ecran", "interprete", "lsf", "rez_de_chaussee")
LANGUAGES = ("fr", "fr-simple", "en", "ar")
MODALITIES = ("VISIO", "TEL", "PRESENTIEL")
CLAIM_VALID_MS = 30 * 24 * 60 * 60_000
MOVABLE = PLACED | UNKEPT | {ALTERNATIVES}
LINES_EVERY = 3
"""In one world of three people wait in lines, for a place or for an earlier hour; nothing is drawn for it."""
LATELY = 8
"""Phones, voices and slips are those of the last few people: the situations worth having are there."""


def register(world: World, machine: Machine) -> None:
    """A person prepares a registration."""
    store = world.on(machine).store
    record_id, reference = store.new_id(), store.next_reference()
    answers = {"nom_naissance": world.a_name(), "prenoms": "Zoé", "telephone": f"069{world.value_no:07d}"}
    values: dict[str, Value] = {
        "state": "preparee", "terminal_no": reference.terminal_no, "reference_no": reference.index,
        "reference_hash": f"scrypt14${record_id}", "notice_version": "1", "notice_read_at": world.utc(),
        "created_at": world.utc(), "if_unsent": world.random.choice((KEEP, DESTROY)),
    }  # fmt: skip
    sealed = store.seal("registration", record_id, answers)
    with world.acknowledges(Written(machine.number, "registration", record_id, values, answers)):
        store.write("registration", record_id, values, sealed=sealed)


def withdraw_registration(world: World, machine: Machine) -> None:
    """A person comes back with their reference and takes their registration back."""
    known = sorted(world.on(machine).store.list("registration"), key=lambda pair: pair[0])
    if not known:
        return
    record_id, held = world.random.choice(known)
    if held.values()["state"] == TAKEN_BACK:
        return  # a second time writes nothing
    try:
        with world.acknowledges(Written(machine.number, "registration", record_id, {"state": TAKEN_BACK}, None)):
            world.on(machine).store.take_back("registration", record_id)
    except InvalidInput:
        world.count("taking back refused")
        return
    world.count("registration taken back")


def hold(world: World, machine: Machine) -> str | None:
    """A person chooses an hour and thinks it over. Returns their visit, ``None`` when there is nothing to choose."""
    store = world.on(machine).store
    sure, now = store.guaranteed_slots(), world.utc(store.now_ms())
    slots = sorted(i for i, slot in store.list("slot") if str(slot.values()["starts_at"]) > now)
    if not slots:
        return None
    slot_id = world.random.choice(sorted(sure) if sure and world.random.random() < 0.7 else slots)
    return choose(world, machine, slot_id, is_sure=slot_id in sure)


def choose(world: World, machine: Machine, slot_id: str, *, is_sure: bool) -> str | None:
    """A person puts a finger on an hour; on line, the terminal may ask the hub for it. ``None`` in a power cut."""
    visit, terminal = world.next_visit(), world.on(machine)
    try:
        held = (terminal.take if world.random.random() < 0.4 else terminal.store.hold)(slot_id, visit)
    except InvalidInput:
        world.count("hour over")
        return None
    except PowerCut:
        world.count("power cut in a take")
        world.power_cut(machine)
        return None
    machine.visits[visit] = held
    if is_sure and not held.guaranteed:
        world.see("sure_is_held", f"terminal {machine.number} shows {slot_id} as sure and does not hold it")
    if held.guaranteed and not is_sure:
        world.count("taken on line")
    return visit


def book(world: World, machine: Machine) -> None:
    """A person books what they hold, or chooses and books at once."""
    waiting = sorted(machine.visits)
    visit = world.random.choice(waiting) if waiting and world.random.random() < 0.5 else hold(world, machine)
    if visit is None:
        return
    if world.seed % 5 == 4 and world.random.random() < 0.08:
        world.power_cut(machine)  # the lights go out while a person reads what is kept for them
        return
    book_held(world, machine, visit)


def book_held(world: World, machine: Machine, visit: str, moved_from: str | None = None) -> str | None:
    """A person books what they hold and leaves with a slip. Returns the booking, ``None`` when they have none."""
    store, held = world.on(machine).store, machine.visits.pop(visit)
    record_id, reference = store.new_id(), store.reference_for(held)
    slot = store.get("slot", held.slot_id)
    reason = str(slot.values()["reason"]) if slot else "suivi"
    real_hash = world.voices and world.random.random() < 0.25
    values: dict[str, Value] = {
        "slot_id": held.slot_id, "reason": reason, "terminal_no": reference.terminal_no,
        "reference_no": reference.index, "created_at": world.utc(store.now_ms()),
        "reference_hash": hash_reference(reference, record_id) if real_hash else f"scrypt14${record_id}",
        "needs": world.random.sample(NEEDS, 1), "language": "fr", "modality": "VISIO",
    }  # fmt: skip
    if moved_from is not None:
        values["moved_from"] = moved_from
    if not held.guaranteed:
        values["wishes"] = _other_wishes(world, machine, held.slot_id, reason)
    if world.seed % LINES_EVERY == 0:
        values |= {"waits": not held.guaranteed, "earlier": record_id[-1] in "02468ace"}
    sealed = store.seal("booking", record_id, {"nom": world.a_name()})
    # State and wishes are the hub's to answer, and in whose place a voice's booking stands; what a person was told is
    # kept in ``told``.
    hubs = {"wishes"} if moved_from is None or moved_from in world.told else {"wishes", "moved_from"}
    kept = {name: value for name, value in values.items() if name not in hubs}
    try:
        with world.acknowledges(Written(machine.number, "booking", record_id, kept, None)):
            state = store.book(held, visit, record_id, values, sealed=sealed)
    except HoldLost:
        world.count("hold lost")
        return None
    except InvalidInput:
        if moved_from is None:
            raise
        world.count("move refused")
        return None
    claim = store.sign_claim(
        "booking", state, record_id, held.slot_id, (world.now_ms + CLAIM_VALID_MS) // 1000, reference=reference,
        language="fr", grant_no=held.number, spend_no=held.spend_no,
    )  # fmt: skip
    world.count(f"booked: {state}" if moved_from is None else f"moved: {state}")
    incarnation = world.on(machine).status().incarnation
    known = reference if real_hash else None
    wishes = frozenset(values.get("wishes") or ())
    world.told[record_id] = Told(
        machine.number, held.slot_id, state, known, claim, min(whose(world, moved_from), default=None), incarnation,
        wishes, held.grant_id, world.now_ms, held.spend_no,
    )  # fmt: skip
    return record_id


def _other_wishes(world: World, machine: Machine, slot_id: str, reason: str) -> list[str]:
    slots = sorted(
        other_id for other_id, fields in world.on(machine).store.list("slot")
        if fields.values()["reason"] == reason and other_id != slot_id
    )  # fmt: skip
    return world.random.sample(slots, min(len(slots), world.random.choice((0, 0, 1, 2))))


def leave(world: World, machine: Machine) -> None:
    """A person goes away without booking what they hold."""
    if machine.visits:
        visit = world.random.choice(sorted(machine.visits))
        del machine.visits[visit]
        world.on(machine).store.drop_holds(visit)


def move(world: World, machine: Machine) -> None:
    """A person wants another hour of the same reason, at any terminal of the site that knows their booking."""
    store = world.on(machine).store
    known = sorted(
        (record_id, str(fields.values()["slot_id"]), str(fields.values()["reason"]))
        for record_id, fields in store.list("booking")
        if fields.values()["state"] in MOVABLE and whose(world, record_id)
    )
    if not known:
        return
    old_id, old_slot, reason = world.random.choice(known[-4:])
    sure, now = store.guaranteed_slots(), world.utc(store.now_ms())
    slots = sorted(
        slot_id for slot_id, fields in store.list("slot")
        if fields.values()["reason"] == reason and slot_id != old_slot and str(fields.values()["starts_at"]) > now
    )  # fmt: skip
    if not slots:
        return
    shown = [slot_id for slot_id in slots if slot_id in sure]
    slot_id = world.random.choice(shown if shown and world.random.random() < 0.7 else slots)
    move_to(world, machine, old_id, slot_id, is_sure=slot_id in sure)


def move_to(world: World, machine: Machine, old_id: str, slot_id: str, *, is_sure: bool) -> None:
    """A person takes one hour in place of what they have, or of what a voice had made of their slip."""
    visit = choose(world, machine, slot_id, is_sure=is_sure)
    if visit is None:
        return
    new_id, replaced = book_held(world, machine, visit, moved_from=old_id), whose(world, old_id)
    if new_id is not None and world.told[new_id].state == GUARANTEED:
        for told in [world.told[one] for one in replaced if world.told[one].state != CANCELLED]:
            told.state = MOVED  # the person was told so at once


def change_booking(world: World, machine: Machine) -> None:
    """A person changes a booking: a language, a need, how they will be met; or cancels it."""
    known = sorted(world.on(machine).store.list("booking"), key=lambda pair: pair[0])
    if not known:
        return
    record_id, fields = world.random.choice(known[-3:])  # few, so that terminals meet on the same one
    held, action = fields.values(), world.random.random()
    if action < 0.35:
        change(world, machine, record_id, {"needs": _one_need_more(world, held["needs"])})
    elif action < 0.70 and held["state"] in LIVE:
        cancel(world, machine, record_id)
    elif action < 0.80:
        change(world, machine, record_id, {"modality": world.a_code(MODALITIES)})
    else:
        change(world, machine, record_id, {"language": world.a_code(LANGUAGES)})


def cancel(world: World, machine: Machine, record_id: str) -> None:
    """A person gives their booking up; half of them with what they typed destroyed."""
    held = world.on(machine).store.get("booking", record_id)
    if world.random.random() < 0.5:
        with world.acknowledges(Written(machine.number, "booking", record_id, {"state": CANCELLED}, None)):
            world.on(machine).store.take_back("booking", record_id)
    else:
        change(world, machine, record_id, {"state": CANCELLED})
    world.count(f"cancelled: {held.values()['state'] if held else 'unknown'}")


def give_up(world: World, booking_id: str) -> None:
    """Whoever has a booking gives it up, or what a voice had made of their slip (seed 35245).

    Where two disks promised one spend, both slips bear that voice's reference: the hub ends whichever comes first.
    """
    for own_id in whose(world, booking_id):
        world.told[own_id].state = CANCELLED


def whose(world: World, booking_id: str | None) -> set[str]:
    """The bookings of which whoever has one was told: itself, or those whose slip a voice made it of; mostly one."""
    if booking_id is None or booking_id in world.told or booking_id[14] != "8":
        return {booking_id} & world.told.keys() if booking_id is not None else set()
    found = set()
    for own_id, told in world.told.items():
        spend = (world.machines[told.terminal].terminal_no, told.grant_id, told.spend_no)
        found |= {own_id} if told.grant_id is not None and placeholder_id(*spend) == booking_id else set()
    return found


def meet_on_one_booking(world: World) -> None:
    """Two terminals of one site change the same booking before either has heard of the other."""
    pair = [machine for machine in world.living if machine.site_id == world.machines[0].site_id][:2]
    if len(pair) < 2:
        return
    first, second = pair
    both = dict(world.on(first).store.list("booking")).keys() & dict(world.on(second).store.list("booking")).keys()
    if not both:
        return
    record_id = world.random.choice(sorted(both))
    agreed = world.a_code(LANGUAGES) if world.random.random() < 0.2 else None
    for machine in pair:
        held = world.on(machine).store.get("booking", record_id)
        assert held is not None
        needs = _one_need_more(world, held.values()["needs"])
        values: dict[str, Value] = {"needs": needs, "language": agreed or world.a_code(LANGUAGES)}
        if world.random.random() < 0.3:
            values["modality"] = world.a_code(MODALITIES)
        change(world, machine, record_id, values)


def _one_need_more(world: World, needs: Value) -> Value:
    assert isinstance(needs, list)
    return sorted({*needs, world.random.choice(NEEDS)})


def change(world: World, machine: Machine, record_id: str, values: dict[str, Value]) -> None:
    """A screen writes fields of a booking."""
    held = world.on(machine).store.get("booking", record_id)
    before = held.values() if held is not None else {}
    changed = {name: value for name, value in values.items() if name not in before or before[name] != value}
    seen = {name: before[name] for name in changed if name in before}
    with world.acknowledges(Written(machine.number, "booking", record_id, changed, None, seen)):
        world.on(machine).store.write("booking", record_id, values)


# With the slip ---------------------------------------------------------------------------------


def phone(world: World) -> None:
    """A person opens the QR of their slip on their own phone, whatever the terminal's line is."""
    if world.told:
        open_on_phone(world, world.random.choice(sorted(world.told)[-LATELY:]))


def open_on_phone(world: World, record_id: str) -> None:
    """The page of one slip."""
    told = world.told[record_id]
    site_id = world.machines[told.terminal].site_id
    known_before = record_id in world.hub_rows("booking", site_id)
    desk = ClaimDesk(world.database, world.keys, now_ms=lambda: world.now_ms, random=world.random.randbytes)
    answer = desk.page(told.claim)
    if known_before:
        world.count("phone: known")
        return
    world.count(f"phone: {answer.status}")
    if answer.status >= 500:
        return  # the page says that the hub cannot write now
    is_valid = world.now_ms - told.made_ms < CLAIM_VALID_MS and record_id not in world.buried
    here = is_valid and told.slot_id in world.hub_rows("slot", site_id)
    if here and told.terminal not in world.doubtful and record_id not in world.hub_rows("booking", site_id):
        world.see("a_phone_carries", f"{record_id} was opened on a phone and is not at the hub")


def _with_reference(world: World, site_id: str | None = None) -> Told | None:
    known = [
        told for _, told in sorted(world.told.items())
        if told.reference is not None and site_id in {None, world.machines[told.terminal].site_id}
    ]  # fmt: skip
    return world.random.choice(known[-LATELY:]) if known else None


def voice(world: World) -> None:
    """A person reads their reference out to somebody at the hub."""
    told = _with_reference(world)
    if told is None or told.reference is None:
        return
    with world.database.write() as connection:
        opened = courier.open_reference(
            connection, world.keys, "person|camille", told.reference.text, world.now_ms, random=world.random.randbytes
        )
    world.count(f"voice: {opened.outcome}")


def slip_elsewhere(world: World, machine: Machine) -> None:
    """A person shows the slip of one terminal at another one of the site."""
    told = _with_reference(world, machine.site_id)
    if told is None or told.reference is None:
        return
    typed = told.claim if world.random.random() < 0.4 else told.reference.text
    try:
        world.on(machine).open_slip(typed)
        world.count("slip opened")
    except PointContactError as error:
        world.count(f"slip: {type(error).__name__}")
    except PowerCut:
        world.count("power cut over a slip")
        world.power_cut(machine)
