"""Two terminals of one site, cut off now and then, want the same few slots, some of which overlap.

The bulk runs the rules in memory (``escrow_model``, ``escrow_walk``). Each fault below is planted by giving the walk
another hub or another terminal, and the ledger must see it.
"""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta

import pytest

from sync import escrow
from sync.promise import ACTIVE, RELEASED
from tests.simulation.escrow_model import Answer, Desk, Hub, Operation, Row, of_slot
from tests.simulation.escrow_walk import Planted, Walk, Wrong

INTERLEAVINGS = int(os.environ.get("POINT_CONTACT_INTERLEAVINGS", "10000"))
PLANTED_SEEDS = 3000


@pytest.mark.simulation
def test_no_place_is_promised_twice_and_none_is_refused_while_the_stock_lasts() -> None:
    happened: Counter[str] = Counter()
    for seed in range(INTERLEAVINGS):
        walk = Walk(seed)
        try:
            walk.run()
        except Wrong as wrong:
            pytest.fail(f"interleaving {seed}: {wrong}")
        happened.update(walk.counts)
    print(f"{INTERLEAVINGS} interleavings, 0 double, 0 needless: {dict(happened)}")
    assert {"guaranteed", "confirmed", "declined", "cancelled", "released", "spent again"} <= set(happened)


class LeasingHub(Hub):
    """Takes back what a terminal was given and did not report within six hours."""

    def answer(self, terminal_no: int, operations: list[Operation], now: str) -> Answer:
        for grant_id, grant in self.tables["grant"].items():
            late = escrow.shift(grant["issued_at"], timedelta(hours=6)) < now
            if late and self.is_unspent(grant_id, grant, now):
                grant["state"] = RELEASED
                self.count(grant["slot_id"])
        return super().answer(terminal_no, operations, now)


class GenerousHub(Hub):
    """Gives to whoever asks what a terminal holds already."""

    def count(self, slot_id: str) -> None:
        bookings = of_slot(self.tables["booking"], slot_id).values()
        self.tables["slot"][slot_id]["taken"] = sum(1 for booking in bookings if escrow.holds_a_place(booking))


class HubWithoutBooths(Hub):
    """Looks at each slot alone."""

    def why_not(self, slot_id: str, now: str) -> str | None:
        one = self.tables["slot"][slot_id]
        return escrow.why_not_free(one, one["taken"], [], now)


class HubThatCountsTwice(Hub):
    """Counts a spent grant and its booking as two places."""

    def count(self, slot_id: str) -> None:
        bookings, grants = of_slot(self.tables["booking"], slot_id), of_slot(self.tables["grant"], slot_id)
        live = sum(1 for booking in bookings.values() if escrow.holds_a_place(booking))
        active = sum(1 for grant in grants.values() if grant["state"] == ACTIVE)
        self.tables["slot"][slot_id]["taken"] = live + active


class HubThatNeverFrees(Hub):
    """Leaves a cancelled booking's place taken."""

    def count(self, slot_id: str) -> None:
        before = self.tables["slot"][slot_id]["taken"]
        super().count(slot_id)
        self.tables["slot"][slot_id]["taken"] = max(before, self.tables["slot"][slot_id]["taken"])


class ForgetfulDesk(Desk):
    """Tells the hub of a release and does not keep it."""

    def write(self, kind: str, row_id: str, values: Row) -> None:
        if kind == "grant":
            self.outbox.append(Operation(kind, row_id, values))
        else:
            super().write(kind, row_id, values)


class DeskThatRepeatsItself(Desk):
    """Numbers every spend of a grant 1."""

    def next_spend(self, grant_id: str) -> int:
        return 1


class GreedyDesk(Desk):
    """Spends the grants of the other terminal as its own."""

    def spendable(self, grant_id: str, now: str) -> bool:
        grant = self.tables["grant"][grant_id]
        return escrow.is_spendable(
            grant, self.tables["slot"][grant["slot_id"]],
            [*of_slot(self.tables["booking"], grant["slot_id"]).values()],
            terminal_no=grant["terminal_no"], incarnation="only", now=now, grant_id=grant_id,
        )  # fmt: skip


class DeskThatSpendsWhatIsSpent(Desk):
    """Promises a grant that already holds somebody."""

    def spendable(self, grant_id: str, now: str) -> bool:
        grant = self.tables["grant"][grant_id]
        return escrow.is_spendable(
            grant, self.tables["slot"][grant["slot_id"]], [], terminal_no=self.number, incarnation="only", now=now,
            grant_id=grant_id,
        )  # fmt: skip


class DeskThatSpendsOnce(Desk):
    """Does not promise again a place that somebody gave up."""

    def spendable(self, grant_id: str, now: str) -> bool:
        ever = any(booking["grant_id"] == grant_id for booking in self.tables["booking"].values())
        return not ever and super().spendable(grant_id, now)


FAULTS = {
    "grants return by time-out": (Planted(hub=LeasingHub), "double"),
    "granted places given to others": (Planted(hub=GenerousHub), "double"),
    "overlap ignored": (Planted(hub=HubWithoutBooths), "double"),
    "another's grant spent": (Planted(desk=GreedyDesk), "double"),
    "a grant spent while it holds somebody": (Planted(desk=DeskThatSpendsWhatIsSpent), "double"),
    "release not kept": (Planted(desk=ForgetfulDesk), "double"),
    "spend number repeated": (Planted(desk=DeskThatRepeatsItself), "broken"),
    "a spent grant counted twice": (Planted(hub=HubThatCountsTwice), "needless"),
    "a cancelled place not freed": (Planted(hub=HubThatNeverFrees), "needless"),
    "a grant spent once only": (Planted(desk=DeskThatSpendsOnce), "needless"),
}


@pytest.mark.simulation
@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_seen_by_the_ledger(name: str) -> None:
    planted, sort = FAULTS[name]
    for seed in range(PLANTED_SEEDS):
        try:
            Walk(seed, planted).run()
        except Wrong as wrong:
            if str(wrong).startswith(sort):
                print(f"« {name} » is seen at interleaving {seed}: {wrong}")
                return
    pytest.fail(f"« {name} » went unseen in {PLANTED_SEEDS} interleavings")
