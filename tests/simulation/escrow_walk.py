"""One random walk over the model, and a ledger kept beside it that knows nothing of ``sync.escrow``.

The ledger writes down what persons were told and which places left the hub, and says after every step whether
somebody was promised what another has, or was turned away without need.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sync import escrow
from sync.promise import ACTIVE, CANCELLED, CONFIRMED, DECLINED, GUARANTEED, REQUESTED
from tests.simulation.escrow_model import START, Desk, Hub, Rows, slot

STEPS = 35
LEAD_MINUTES = 120
CLEANING_MINUTES = 5


class Wrong(AssertionError):
    """The ledger saw a place promised twice, a promise broken, or a refusal without need."""


@dataclass(frozen=True)
class Planted:
    """Which hub and which terminal walk: a test plants a fault by giving another."""

    hub: type[Hub] = Hub
    desk: type[Desk] = Desk


def a_site(rng: random.Random) -> Rows:
    """A few slots of one site; some overlap in their booth, one may have several places."""
    slots: Rows = {}
    for at in range(rng.randrange(3, 7)):
        starts_h = 25 + rng.randrange(0, 12) * 0.25 + rng.choice((0, 0, 30))
        reason, capacity = rng.choice((("suivi", 1), ("suivi", 2), ("edo", 3), ("dpa", 4)))
        slots[f"s{at}"] = slot(rng.choice("112"), starts_h, rng.choice((30, 45, 60)), reason, capacity)
    return slots


@dataclass
class Walk:
    """One interleaving: a seed, a hub, two terminals of one site, and what persons were told."""

    seed: int
    planted: Planted = Planted()
    told: dict[str, str] = field(default_factory=dict)
    slot_of: dict[str, str] = field(default_factory=dict)
    grant_of: dict[str, str | None] = field(default_factory=dict)
    in_hand: dict[str, int] = field(default_factory=dict)
    excused: dict[str, bool] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.minutes = 0
        slots = a_site(self.random)
        share = self.random.choice((0.5, 0.8, 1.0))
        self.hub = self.planted.hub(slots, escrow.Stock(per_terminal=4, share=share))
        self.hub.before_deciding = self.witness
        self.desks = [self.planted.desk(1), self.planted.desk(2)]
        self.cut = [False, False]
        self.places = {i: 1 if row["reason"] == "dpa" else row["capacity"] for i, row in slots.items()}
        self.begins = {i: _minutes(row["starts_at"]) for i, row in slots.items()}
        ends = {i: _minutes(row["ends_at"]) + CLEANING_MINUTES for i, row in slots.items()}
        self.beside = {
            one: [
                other for other in slots
                if other != one and slots[one]["booth"] == slots[other]["booth"]
                and self.begins[one] < ends[other] and self.begins[other] < ends[one]
            ]
            for one in slots
        }  # fmt: skip

    @property
    def now(self) -> str:
        """The present moment, the same for all: a wrong clock is another simulation's."""
        return escrow.shift(START, timedelta(minutes=self.minutes))

    def run(self) -> None:
        """Walks, heals, and settles everything. Raises Wrong."""
        for _ in range(STEPS):
            self.step()
            self.check_nobody_twice()
        self.heal()
        self.check_promises_kept()
        self.check_places_are_not_lost()

    def step(self) -> None:
        """One random event."""
        self.minutes += self.random.choice((0, 1, 1, 5, 30, 120))
        at = self.random.randrange(2)
        desk, choice = self.desks[at], self.random.random()
        if choice < 0.30:
            self.round(at)
        elif choice < 0.40:
            self.hear(desk, lost=self.random.random() < 0.4)
        elif choice < 0.47:
            self.cut[at] = not self.cut[at]
        elif choice < 0.55 and self.slots(desk):
            desk.hold(self.random.choice(self.slots(desk)), "other", self.now)
        elif choice < 0.85 and self.slots(desk):
            self.book(desk, self.random.choice(self.slots(desk)))
        elif choice < 0.93 and desk.own("booking"):
            self.cancel(desk, self.random.choice(desk.own("booking")))
        elif desk.own("grant"):
            self.release(desk, [self.random.choice(desk.own("grant"))])

    def slots(self, desk: Desk) -> list[str]:
        """The slots a terminal shows: few, so that both terminals want the same."""
        return sorted(desk.tables["slot"])[:4]

    # -- what happens -----------------------------------------------------------------------------
    def round(self, at: int) -> None:
        """A round begins; its answer comes at once, later or never."""
        desk = self.desks[at]
        if self.cut[at] or desk.under_way is not None:
            return
        desk.under_way = self.hub.answer(desk.number, list(desk.outbox), self.now)
        self.note_answers()
        if self.random.random() < 0.5:
            self.hear(desk, lost=False)

    def hear(self, desk: Desk, *, lost: bool) -> None:
        """The answer under way arrives, or is lost."""
        answer, desk.under_way = desk.under_way, None
        if answer is not None and not lost:
            desk.hear(answer)
            self.receive(desk)

    def receive(self, desk: Desk) -> None:
        """The ledger notes the grants that a terminal has now in hand."""
        for grant_id, grant in desk.tables["grant"].items():
            if grant["terminal_no"] == desk.number and grant["state"] == ACTIVE:
                self.in_hand[grant_id] = desk.number

    def book(self, desk: Desk, slot_id: str) -> None:
        """A person books; what the terminal says is a promise, or must have a reason not to be."""
        desk.hold(slot_id, "this", self.now)
        could = self.has_stock(desk, slot_id)
        booking_id = desk.book(slot_id, "this", self.now)
        row = desk.tables["booking"][booking_id]
        self.told[booking_id], self.slot_of[booking_id] = row["state"], slot_id
        self.grant_of[booking_id] = row["grant_id"]
        self.count("spent again" if row["spend_no"] > 1 else row["state"])
        if could and row["state"] != GUARANTEED:
            raise Wrong(f"needless: terminal {desk.number} only asked for {slot_id} with a grant in hand")

    def cancel(self, desk: Desk, booking_id: str) -> None:
        """A person gives a booking up."""
        desk.cancel(booking_id)
        self.told[booking_id] = CANCELLED
        self.count("cancelled")

    def release(self, desk: Desk, grant_ids: list[str]) -> None:
        """A terminal gives back grants."""
        for grant_id in desk.release(grant_ids, self.now):
            self.in_hand.pop(grant_id, None)
            self.count("released")

    def note_answers(self) -> None:
        """The ledger notes what the hub answered. Raises Wrong for a refusal that nothing excuses."""
        for booking_id, row in self.hub.tables["booking"].items():
            if self.told[booking_id] == REQUESTED and row["state"] in {CONFIRMED, DECLINED}:
                self.told[booking_id] = row["state"]
                self.count(row["state"])
            if row["state"] == DECLINED and not self.excused[booking_id]:
                raise Wrong(f"needless: the hub declined {row['slot_id']} with a place left")

    def witness(self, booking_id: str) -> None:
        """The ledger notes, just before the hub answers, whether it has a reason to say no."""
        self.excused[booking_id] = self.is_full(self.slot_of[booking_id])

    # -- the ledger's own arithmetic --------------------------------------------------------------
    def promised(self, slot_id: str) -> int:
        """How many persons count on a place of a slot."""
        return sum(1 for i, told in self.told.items() if self.slot_of[i] == slot_id and told in {GUARANTEED, CONFIRMED})

    def out(self, slot_id: str) -> int:
        """The places of a slot that the hub cannot give: granted and not back, or a person's as far as it knows."""
        granted = {i for i, row in self.hub.tables["grant"].items() if row["slot_id"] == slot_id}
        granted = {i for i in granted if self.hub.tables["grant"][i]["state"] == ACTIVE}
        rows = self.hub.tables["booking"].values()
        return len(granted) + sum(
            1 for row in rows
            if row["slot_id"] == slot_id and row["state"] in {GUARANTEED, CONFIRMED} and row["grant_id"] not in granted
        )  # fmt: skip

    def is_full(self, slot_id: str) -> bool:
        """True when there is a reason to turn somebody away at the hub."""
        if self.begins[slot_id] <= self.minutes or self.out(slot_id) >= self.places[slot_id]:
            return True
        return any(self.out(other) for other in self.beside[slot_id])

    def has_stock(self, desk: Desk, slot_id: str) -> bool:
        """True when a terminal has a grant of a slot in hand that holds nobody."""
        if self.begins[slot_id] - self.minutes < LEAD_MINUTES:
            return False
        spent = {self.grant_of[i] for i, told in self.told.items() if told == GUARANTEED}
        held_by_others = {grant_id for visit, grant_id in desk.holds.items() if visit != "this"}
        return any(
            number == desk.number and self.hub.tables["grant"][grant_id]["slot_id"] == slot_id
            and grant_id not in spent and grant_id not in held_by_others
            for grant_id, number in self.in_hand.items()
        )  # fmt: skip

    def count(self, name: str) -> None:
        """Counts an event, so that a walk that is too kind is seen."""
        self.counts[name] = self.counts.get(name, 0) + 1

    # -- what must hold ---------------------------------------------------------------------------
    def check_nobody_twice(self) -> None:
        """No slot is promised above its places, no two slots of a booth at once. Raises Wrong."""
        for slot_id, places in self.places.items():
            persons = self.promised(slot_id)
            if persons > places:
                raise Wrong(f"double: {slot_id} has {persons} persons for {places} places")
            if persons and any(self.promised(other) for other in self.beside[slot_id]):
                raise Wrong(f"double: {slot_id} and a slot beside it in one booth")

    def heal(self) -> None:
        """The network returns, and everything is said and heard."""
        self.cut = [False, False]
        for desk in self.desks:
            self.hear(desk, lost=True)
        for _ in range(3):
            for at, desk in enumerate(self.desks):
                self.round(at)
                self.hear(desk, lost=False)
                self.check_nobody_twice()

    def check_promises_kept(self) -> None:
        """What persons were told is what stands at the hub. Raises Wrong."""
        for booking_id, told in self.told.items():
            state = self.hub.tables["booking"][booking_id]["state"]
            if state != told:
                raise Wrong(f"broken: a person was told {told}, the hub holds {state}")
        spends = [(row["grant_id"], row["spend_no"]) for row in self.hub.tables["booking"].values() if row["grant_id"]]
        if len(spends) != len(set(spends)):
            raise Wrong("broken: a spend was numbered twice")

    def check_places_are_not_lost(self) -> None:
        """Once all terminals gave back what they held, every place that nobody has can be had. Raises Wrong."""
        for desk in self.desks:
            desk.holds.clear()
            self.release(desk, desk.own("grant"))
        self.hub.stock = escrow.Stock(per_terminal=0)
        self.heal()
        spent = {self.grant_of[i] for i, told in self.told.items() if told == GUARANTEED}
        for slot_id, places in self.places.items():
            idle = sum(
                1 for i, row in self.hub.tables["grant"].items()
                if row["slot_id"] == slot_id and row["state"] == ACTIVE and i not in spent
            )  # fmt: skip
            ahead = self.begins[slot_id] - self.minutes >= LEAD_MINUTES
            if ahead and idle:
                raise Wrong(f"needless: {idle} places of {slot_id} stay with a terminal")
            beside = any(self.promised(other) or not ahead for other in self.beside[slot_id])
            if ahead and not beside and self.promised(slot_id) < places and self.hub.why_not(slot_id, self.now):
                if self.hub.why_not(slot_id, self.now) == "booth_busy" and self._stuck_beside(slot_id, spent):
                    continue
                raise Wrong(f"needless: a place of {slot_id} is lost")

    def _stuck_beside(self, slot_id: str, spent: set[str | None]) -> bool:
        """A grant beside that came too near to be given back by this walk, which waits for no slot to pass."""
        return any(
            row["slot_id"] in self.beside[slot_id] and row["state"] == ACTIVE and i not in spent
            for i, row in self.hub.tables["grant"].items()
        )


def _minutes(moment: str) -> int:
    start = datetime.fromisoformat(START)
    return int((datetime.fromisoformat(moment) - start).total_seconds() // 60)
