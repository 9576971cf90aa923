"""A hub and two terminals in memory, which decide by ``sync.escrow`` alone; the line between them is the walk's.

Nothing here decides on its own: who may promise what is asked of the rules. Rounds are cut in two, the hub's part
and the arrival of its answer, so that a terminal books while an answer is under way, or never hears it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sync import escrow
from sync.promise import ACTIVE, CANCELLED, CONFIRMED, DECLINED, GUARANTEED, OPEN_SLOT, OVERRULED, RELEASED, REQUESTED

Row = dict[str, Any]
Rows = dict[str, Row]
START = "2026-11-24T08:00:00Z"


@dataclass(frozen=True)
class Operation:
    """One write of a terminal: a row of a kind, as far as it changed."""

    kind: str
    id: str
    values: Row


@dataclass
class Answer:
    """What the hub said, perhaps not heard yet: its rows, and how far the outbox is applied."""

    applied: int
    tables: dict[str, Rows]


def slot(booth: str, starts_h: float, minutes: int, reason: str, capacity: int) -> Row:
    """A slot that begins some hours after the start of the walk."""
    starts_at = escrow.shift(START, timedelta(hours=starts_h))
    return {
        "booth": booth, "starts_at": starts_at, "ends_at": escrow.shift(starts_at, timedelta(minutes=minutes)),
        "reason": reason, "capacity": capacity, "taken": 0, "state": OPEN_SLOT, "gone": False,
    }  # fmt: skip


def of_slot(rows: Rows, slot_id: str) -> Rows:
    """The grants or bookings of one slot."""
    return {row_id: row for row_id, row in rows.items() if row["slot_id"] == slot_id}


class Hub:
    """The hub: takes operations in order, answers requests, gives grants."""

    def __init__(self, slots: Rows, stock: escrow.Stock) -> None:
        self.tables: dict[str, Rows] = {"slot": slots, "grant": {}, "booking": {}}
        self.stock = stock
        self.applied: dict[int, int] = {}
        self.before_deciding: Callable[[str], None] = lambda booking_id: None

    def answer(self, terminal_no: int, operations: list[Operation], now: str) -> Answer:
        """One round: what is new is applied, then grants are given, then everything is told."""
        done = self.applied.get(terminal_no, 0)
        for operation in operations[done:]:
            self.take(operation, now)
        self.applied[terminal_no] = max(done, len(operations))
        self.give(terminal_no, now)
        return Answer(
            self.applied[terminal_no],
            {kind: {row_id: dict(row) for row_id, row in rows.items()} for kind, rows in self.tables.items()},
        )

    def take(self, operation: Operation, now: str) -> None:
        """Applies one operation, and answers it when it asks."""
        row = self.tables[operation.kind].setdefault(operation.id, {})
        is_new = not row
        row.update(operation.values)
        if is_new and row["state"] == REQUESTED:
            self.decide(operation.id, now)
        elif is_new and escrow.is_clone(operation.id, row, self.tables["booking"].items()):
            row["state"] = OVERRULED
        self.count(row["slot_id"])

    def decide(self, booking_id: str, now: str) -> None:
        """Confirms or declines a request."""
        self.before_deciding(booking_id)
        booking = self.tables["booking"][booking_id]
        booking["state"] = CONFIRMED if self.why_not(booking["slot_id"], now) is None else DECLINED
        self.count(booking["slot_id"])

    def why_not(self, slot_id: str, now: str) -> str | None:
        """Why a place of a slot cannot be given now."""
        slots = self.tables["slot"]
        others = [(other, other["taken"]) for other_id, other in slots.items() if other_id != slot_id]
        return escrow.why_not_free(slots[slot_id], slots[slot_id]["taken"], others, now)

    def give(self, terminal_no: int, now: str) -> None:
        """Fills a terminal's stock."""
        unspent = [grant for grant_id, grant in self.tables["grant"].items() if self.is_unspent(grant_id, grant, now)]
        own = sum(1 for grant in unspent if grant["terminal_no"] == terminal_no)
        for slot_id in escrow.allot(self.tables["slot"], own, len(unspent), now, self.stock):
            number = 1 + sum(1 for grant in self.tables["grant"].values() if grant["terminal_no"] == terminal_no)
            self.tables["grant"][f"g{terminal_no}-{number}"] = {
                "slot_id": slot_id, "terminal_no": terminal_no, "incarnation": "only", "state": ACTIVE, "gone": False,
                "issued_at": now,
            }  # fmt: skip
            self.count(slot_id)

    def is_unspent(self, grant_id: str, grant: Row, now: str) -> bool:
        """True while a grant is worth something and holds nobody that the hub knows."""
        if grant["state"] != ACTIVE or self.tables["slot"][grant["slot_id"]]["starts_at"] <= now:
            return False
        bookings = of_slot(self.tables["booking"], grant["slot_id"]).values()
        return not any(booking["grant_id"] == grant_id and escrow.holds_a_place(booking) for booking in bookings)

    def count(self, slot_id: str) -> None:
        """Counts the places of a slot anew."""
        bookings, grants = of_slot(self.tables["booking"], slot_id), of_slot(self.tables["grant"], slot_id)
        self.tables["slot"][slot_id]["taken"] = escrow.taken(bookings.values(), grants)


@dataclass
class Desk:
    """A terminal: its replica, its outbox, the holds of its visits."""

    number: int
    tables: dict[str, Rows] = field(default_factory=lambda: {"slot": {}, "grant": {}, "booking": {}})
    outbox: list[Operation] = field(default_factory=list)
    holds: dict[str, str] = field(default_factory=dict)
    under_way: Answer | None = None
    booked: int = 0

    def write(self, kind: str, row_id: str, values: Row) -> None:
        """Row and outbox entry, together."""
        self.tables[kind].setdefault(row_id, {}).update(values)
        self.outbox.append(Operation(kind, row_id, values))

    def hear(self, answer: Answer) -> None:
        """Takes over the hub's rows; what it had not applied yet stands above them."""
        self.tables = answer.tables
        for operation in self.outbox[answer.applied :]:
            self.tables[operation.kind].setdefault(operation.id, {}).update(operation.values)

    def spendable(self, grant_id: str, now: str) -> bool:
        """True when this terminal may promise the place of a grant."""
        grant = self.tables["grant"][grant_id]
        bookings = [*of_slot(self.tables["booking"], grant["slot_id"]).values()]
        return escrow.is_spendable(
            grant, self.tables["slot"].get(grant["slot_id"]), bookings, terminal_no=self.number, incarnation="only",
            now=now, grant_id=grant_id,
        )  # fmt: skip

    def hold(self, slot_id: str, visit: str, now: str) -> None:
        """A visit takes a place off the shelf, when there is one."""
        self.holds.pop(visit, None)
        for grant_id in sorted(of_slot(self.tables["grant"], slot_id)):
            if grant_id not in self.holds.values() and self.spendable(grant_id, now):
                self.holds[visit] = grant_id
                return

    def book(self, slot_id: str, visit: str, now: str) -> str:
        """Books on the held grant, or asks. Returns the booking's id."""
        booking_id = f"b{self.number}-{self.booked}"
        self.booked += 1
        grant_id = self.holds.pop(visit, None)
        values: Row = {"slot_id": slot_id, "state": REQUESTED, "grant_id": None, "spend_no": 0, "gone": False}
        if grant_id is not None and self.spendable(grant_id, now):
            values |= {"state": GUARANTEED, "grant_id": grant_id, "spend_no": self.next_spend(grant_id)}
        self.write("booking", booking_id, values)
        return booking_id

    def next_spend(self, grant_id: str) -> int:
        """The number of the next spend of a grant."""
        return escrow.next_spend(grant_id, self.tables["booking"].values())

    def cancel(self, booking_id: str) -> None:
        """The person of a booking gives it up."""
        self.write(
            "booking", booking_id, {"state": CANCELLED, "slot_id": self.tables["booking"][booking_id]["slot_id"]}
        )

    def release(self, grant_ids: Iterable[str], now: str) -> list[str]:
        """Gives back what is neither spent nor held. Returns those given back."""
        given_back = [
            grant_id for grant_id in grant_ids if grant_id not in self.holds.values() and self.spendable(grant_id, now)
        ]
        for grant_id in given_back:
            self.write("grant", grant_id, {"state": RELEASED, "slot_id": self.tables["grant"][grant_id]["slot_id"]})
        return given_back

    def own(self, kind: str) -> list[str]:
        """The grants of this terminal, or its bookings that somebody counts on."""
        rows = self.tables[kind]
        if kind == "grant":
            return sorted(row_id for row_id, row in rows.items() if row["terminal_no"] == self.number)
        return sorted(i for i, row in rows.items() if i.startswith(f"b{self.number}-") and escrow.holds_a_place(row))
