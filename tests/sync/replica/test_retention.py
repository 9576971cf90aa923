"""What time destroys at a terminal, and what it only points out. A wrong clock destroys nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from sync.clock import utc_text
from sync.records import RegistrationFields
from sync.replica import meta, outbox
from sync.replica.clockwork import Clockwork
from sync.replica.tables import JOURNAL, OUTBOX
from sync.replica.terminal import Terminal, enrol
from tests.sync.replica.stand_in import MACHINE_SECRET, StandInHub, Time, a_registration
from tests.sync.replica.test_grants import HOUR_MS, a_slot, asked, give
from tests.sync.replica.test_the_real_hub import RealHub

DAY_MS = 24 * HOUR_MS


class Machine:
    """A terminal with a clock that shows what it likes, and one that counts while the machine is on."""

    def __init__(self, home: Path, hub: StandInHub | RealHub) -> None:
        self.home, self.hub, self.hardware = home, hub, {"disk": "d-1"}
        self.wall, self.on = Time(hub.now.ms), Time(1_000)
        enrol(home, "https://hub.example", hub.code(), MACHINE_SECRET, client=hub, now_ms=self.wall)
        self.terminal = self._open()

    def _open(self) -> Terminal:
        return Terminal.open(
            self.home, MACHINE_SECRET, client=self.hub, now_ms=self.wall, monotonic_ms=self.on,
            read_hardware=lambda _: self.hardware,
        )  # fmt: skip

    def restart(self, *, off_ms: int = 0) -> None:
        """The machine was off for a while; what counts since the start begins anew."""
        self.terminal.close()
        self.hub.now.ms += off_ms
        self.wall.ms += off_ms
        self.on.ms = 1_000
        self.terminal = self._open()

    def live(self, days: float) -> None:
        """Time passes with the machine on; the schedule retains every half day."""
        for _ in range(int(days * 2)):
            for clock in (self.wall, self.on, self.hub.now):
                clock.ms += DAY_MS // 2
            self.terminal.store.retention.retain_when_due()

    def prepare(self, if_unsent: str = "detruire") -> str:
        """A person prepares a registration."""
        store = self.terminal.store
        record_id = store.new_id()
        sealed = store.seal("registration", record_id, {"nom": "N’Diaye"})
        store.write("registration", record_id, {**a_registration(), "if_unsent": if_unsent}, sealed=sealed)  # type: ignore[arg-type]
        store.retain()
        return record_id

    def sealed(self) -> set[str]:
        """The records whose sealed text is on the disk."""
        with self.terminal._database.read() as connection:
            return set(connection.execute(select(OUTBOX.c.id).where(OUTBOX.c.sealed.is_not(None))).scalars())

    def journal(self) -> list[tuple[str, str]]:
        with self.terminal._database.read() as connection:
            return [(what, one) for what, one in connection.execute(select(JOURNAL.c.what, JOURNAL.c.record_id))]

    def state(self, record_id: str) -> str:
        found = self.terminal.store.get("registration", record_id)
        assert isinstance(found, RegistrationFields)
        return found.state


@pytest.fixture
def machine(home: Path, hub: StandInHub) -> Iterator[Machine]:
    found = Machine(home, hub)
    assert found.terminal.rounds.run().ok
    yield found
    found.terminal.close()


def test_at_ten_days_a_person_is_told_and_nothing_is_destroyed(machine: Machine) -> None:
    record_id = machine.prepare()
    machine.live(9.5)
    status = machine.terminal.status()
    assert (status.to_do, status.unsent_age_s) == (0, int(9.5 * DAY_MS) // 1000)
    machine.live(1)
    assert machine.terminal.status().to_do == 1
    assert (machine.sealed(), machine.journal()) == ({record_id}, [])


@pytest.mark.parametrize(("choice", "what"), [("detruire", "unsent_destroyed"), ("garder", "unsent_kept")])
def test_at_fifteen_days_the_persons_own_choice_decides_and_is_journaled_once(
    machine: Machine, choice: str, what: str
) -> None:
    record_id = machine.prepare(choice)
    machine.live(14.5)
    assert machine.state(record_id) == "preparee"
    machine.live(3)
    assert machine.journal() == [(what, record_id)]
    assert machine.sealed() == ({record_id} if choice == "garder" else set())
    assert machine.state(record_id) == ("preparee" if choice == "garder" else "retiree")


def test_a_clock_that_is_set_ahead_destroys_nothing(machine: Machine) -> None:
    record_id = machine.prepare()
    machine.wall.ms += 2 * 365 * DAY_MS
    machine.live(1)
    machine.restart()
    machine.terminal.store.retain()
    assert (machine.sealed(), machine.journal()) == ({record_id}, [])
    assert machine.terminal.status().to_do == 0


def test_a_program_that_starts_with_its_clock_years_ahead_destroys_nothing(machine: Machine) -> None:
    record_id = machine.prepare()
    machine.terminal.close()
    machine.wall.ms += 2 * 365 * DAY_MS
    machine.restart()
    for _ in range(3):
        machine.terminal.rounds.run()
    machine.hub.offline = True  # type: ignore[union-attr]
    second = machine.prepare()
    machine.live(2)
    assert machine.sealed() == {record_id, second}
    assert machine.journal() == []


def test_while_the_machine_is_off_nothing_ages_and_what_was_counted_stays_counted(machine: Machine) -> None:
    record_id = machine.prepare()
    machine.live(8)
    machine.restart(off_ms=30 * DAY_MS)
    machine.live(6.5)
    assert machine.sealed() == {record_id}
    machine.live(1)
    assert machine.sealed() == set()


def test_what_was_written_after_a_long_time_off_is_as_young_as_it_is(machine: Machine) -> None:
    machine.restart(off_ms=60 * DAY_MS)
    record_id = machine.prepare()
    with machine.terminal._database.write() as connection:  # a round learns the time and is cut before it sends
        machine.terminal._clockwork.take_signed(connection, machine.hub.now(), machine.wall())
    machine.live(1)
    assert machine.sealed() == {record_id}


def test_a_withdrawal_after_fifteen_days_is_told_to_the_real_hub(tmp_path: Path) -> None:
    real = RealHub(tmp_path / "hub")
    machine = Machine(tmp_path / "a", real)
    try:
        record_id = machine.prepare()
        machine.live(16)
        real.now.ms = machine.wall.ms
        assert machine.terminal.rounds.run().ok
        status = machine.terminal.status()
        assert (machine.state(record_id), status.waiting, status.parked) == ("retiree", 0, 0)
        assert (status.to_do, status.unsent_age_s) == (0, None)
    finally:
        machine.terminal.close()
        real.database.close()


def test_what_has_left_is_not_unsent_even_when_a_restored_hub_asks_for_it_again(machine: Machine) -> None:
    record_id = machine.prepare()
    assert machine.terminal.rounds.run().ok
    machine.live(20)
    assert machine.sealed() == {record_id}, "until a backup covers it"
    with machine.terminal._database.write() as connection:
        outbox.rewind(connection, 0)
    machine.live(1)
    assert (machine.sealed(), machine.journal()) == ({record_id}, [])


def test_what_is_acknowledged_and_durable_is_gone(machine: Machine, hub: StandInHub) -> None:
    machine.prepare()
    hub.durable_through = 1
    assert machine.terminal.rounds.run().ok
    with machine.terminal._database.read() as connection:
        assert connection.execute(select(OUTBOX)).first() is None


def a_sealed_booking(machine: Machine, slot_id: str, visit: str = "a", **more: object) -> str:
    store = machine.terminal.store
    held, record_id = store.hold(slot_id, visit), store.new_id()
    sealed = store.seal("booking", record_id, {"nom": "N’Diaye"})
    store.book(held, visit, record_id, {**asked(slot_id), **more}, sealed=sealed)  # type: ignore[arg-type]
    return record_id


@pytest.mark.parametrize("sent", [False, True])
def test_a_week_after_its_hour_the_sealed_text_of_a_booking_is_destroyed(
    machine: Machine, hub: StandInHub, sent: bool
) -> None:
    hub.put_values("slot", "slot-1", a_slot(hub.now() + 48 * HOUR_MS), counter=1)
    assert machine.terminal.rounds.run().ok
    record_id = a_sealed_booking(machine, "slot-1")
    if sent:
        assert machine.terminal.rounds.run().ok
    machine.live(9)
    assert machine.sealed() == {record_id}
    machine.live(1)
    assert machine.sealed() == set()
    assert machine.journal() == ([] if sent else [("past_destroyed", record_id)])


def test_a_booking_that_begins_soon_and_has_not_left_is_pointed_out(machine: Machine, hub: StandInHub) -> None:
    for number, hours in ((1, 40), (2, 60)):
        hub.put_values("slot", f"slot-{number}", a_slot(hub.now() + hours * HOUR_MS), counter=number)
    assert machine.terminal.rounds.run().ok
    soon, _ = a_sealed_booking(machine, "slot-1"), a_sealed_booking(machine, "slot-2", "b")
    assert machine.terminal.status().unsent_soon == 1
    machine.live(0.5)
    assert machine.terminal.status().unsent_soon == 2
    machine.terminal.store.take_back("booking", soon)
    assert machine.terminal.status().unsent_soon == 1
    assert machine.terminal.rounds.run().ok
    assert machine.terminal.status().unsent_soon == 0


def test_the_sealed_text_of_a_booking_that_was_moved_is_destroyed_once_the_new_one_has_a_place(
    machine: Machine, hub: StandInHub
) -> None:
    give(hub, machine.terminal, 1)
    give(hub, machine.terminal, 2, "slot-2")
    old = a_sealed_booking(machine, "slot-1")
    asked_for = a_sealed_booking(machine, "slot-1", "b", moved_from=old)
    machine.terminal.store.retain()
    assert machine.sealed() == {old, asked_for}, "a request replaces nothing yet"
    new = a_sealed_booking(machine, "slot-2", "c", moved_from=old)
    machine.terminal.store.retain()
    assert machine.sealed() == {asked_for, new}


@pytest.mark.parametrize("state", ["retiree", "close"])
def test_what_the_hub_says_is_over_is_destroyed_here_too(machine: Machine, hub: StandInHub, state: str) -> None:
    record_id = machine.prepare("garder")
    assert machine.terminal.rounds.run().ok
    hub.now.ms += 1000
    hub.put_values("registration", record_id, {"state": "recue"})
    assert machine.terminal.rounds.run().ok
    assert machine.sealed() == {record_id}
    hub.now.ms += 1000
    hub.put_values("registration", record_id, {"state": state})
    assert machine.terminal.rounds.run().ok
    assert machine.sealed() == set(), "in the round that tells so, not at the next hour"


def test_a_database_that_never_heard_a_signed_time_destroys_nothing(machine: Machine) -> None:
    record_id = machine.prepare()
    with machine.terminal._database.write() as connection:
        meta.write(connection, meta.PROGRESS, None)
    machine.live(3)
    assert machine.sealed() == {record_id}


def test_two_programs_on_one_home_do_not_count_the_same_hours_twice(machine: Machine) -> None:
    machine.prepare()
    other = machine._open()
    try:
        for _ in range(10):
            machine.live(0.5)
            other.store.retain()
        assert machine.terminal.status().unsent_age_s == 5 * DAY_MS // 1000
    finally:
        other.close()


def test_lived_time_of_another_start_of_the_machine_is_not_taken_for_this_one(machine: Machine) -> None:
    with machine.terminal._database.write() as connection:
        lived = machine.terminal._clockwork.note_progress(connection).lived_ms
        elsewhere = Clockwork(machine.wall, lambda: 10**12, "another start")
        assert elsewhere.progress(connection).lived_ms == lived


def test_a_copy_in_a_machine_that_was_on_for_months_is_no_older_for_it(machine: Machine) -> None:
    record_id = machine.prepare()
    machine.terminal.close()
    machine.on.ms += 90 * DAY_MS
    machine.hardware = {"disk": "d-2"}
    machine.terminal = machine._open()
    assert machine.terminal.status().restored
    machine.terminal.store.retain()
    assert machine.sealed() == {record_id}


def test_no_sealed_or_typed_word_is_in_the_journal(machine: Machine) -> None:
    machine.prepare()
    machine.live(16)
    with machine.terminal._database.read() as connection:
        lines = connection.execute(select(JOURNAL)).mappings().all()
    assert [set(line) for line in lines] == [{"what", "kind", "site_id", "record_id", "at_ms", "who"}]
    assert utc_text(lines[0]["at_ms"]) > "2026"
