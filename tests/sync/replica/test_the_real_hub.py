"""The replica and the hub as shipped, over the seam: enrolment, a round, convergence, a restored hub."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select, text

from sync.errors import NoRoom, Refused, UntrustedHub
from sync.hub import accounts, backup, conflicts, fleet, rooms, withdrawals
from sync.hub import rows as hub_rows
from sync.hub.database import HubDatabase
from sync.hub.exchange import Exchange
from sync.hub.keys import HubKeys, rotate_sealing
from sync.hub.settings import HubSettings
from sync.records import SlotFields, record_registry
from sync.replica import testimony
from sync.replica.envelope import Envelope
from sync.replica.tables import CONFLICTS
from sync.replica.terminal import Terminal, enrol
from sync.wire import HubRequest, HubResponse
from tests.sync.hub.stand import an_empty_database
from tests.sync.replica.stand_in import MACHINE_SECRET, SITE, Time, a_booking, a_registration, an_event

SITE_VALUES = {"name": "Mairie de Sarlat"}
SLOT = {
    "external_ref": "c-1", "reason": "suivi", "starts_at": "2026-12-01T08:00:00Z", "ends_at": "2026-12-01T08:30:00Z",
}  # fmt: skip


class RealHub:
    """The shipped hub behind the seam. ``existing``: its home is a copy of another one's."""

    def __init__(self, home: Path, *, demonstration: bool = False, existing: bool = False) -> None:
        self.now = Time()
        if existing:
            self.keys, self.database = HubKeys.load(home), HubDatabase.open(home / "hub.db")
            self.exchange = Exchange(self.database, self.keys, now_ms=self.now)
            return
        self.keys = HubKeys.create(home, now_ms=self.now(), demonstration=demonstration)
        (home / "hub.db").write_bytes(an_empty_database())
        self.database = HubDatabase.open(home / "hub.db")
        self.exchange = Exchange(self.database, self.keys, now_ms=self.now)
        with self.database.write() as connection:
            accounts.add_account(connection, self.now(), "agent", ["administration", "exploitation"], "agent")
        self.write("site", SITE, SITE_VALUES)

    def send(self, request: HubRequest) -> HubResponse:
        return self.exchange.answer(request)

    def write(self, kind: str, record_id: str, values: dict[str, object]) -> None:
        with self.database.write() as connection:
            hub_rows.write_as_hub(connection, self.now(), kind, SITE, record_id, values)  # type: ignore[arg-type]

    def put_back(self, path: Path) -> None:
        """The hub's disk is lost, and a backup takes its place."""
        self.database.close()
        backup.restore(self.keys.home, self.keys, path, self.now(), "agent")
        self.database = HubDatabase.open(self.keys.home / "hub.db")
        self.exchange = Exchange(self.database, self.keys, now_ms=self.now)

    def code(self) -> str:
        with self.database.write() as connection:
            return fleet.invite(connection, self.keys, self.now(), SITE, ["borne"], "agent", os.urandom)


@pytest.fixture
def real(tmp_path: Path) -> Iterator[RealHub]:
    hub = RealHub(tmp_path / "hub")
    yield hub
    hub.database.close()


def a_terminal(real: RealHub, home: Path) -> Terminal:
    enrol(home, "https://hub.example", real.code(), MACHINE_SECRET, client=real, now_ms=real.now)
    return Terminal.open(home, MACHINE_SECRET, client=real, now_ms=real.now)


def test_a_booking_is_answered_and_both_terminals_of_the_site_agree(real: RealHub, tmp_path: Path) -> None:
    real.write("slot", "slot-1", dict(SLOT))
    first, second = a_terminal(real, tmp_path / "a"), a_terminal(real, tmp_path / "b")
    try:
        for opened in (first, second):
            assert opened.rounds.run().ok
        won = first.store.write("booking", None, a_booking())
        late = second.store.write("booking", None, {**a_booking(), "terminal_no": second.identity.terminal_no})
        for opened in (first, second, first, second):
            real.now.ms += 1000
            report = opened.rounds.run()
            assert report.ok, report.message
        for opened in (first, second):
            bookings = dict(opened.store.list("booking"))
            assert bookings[won.id].values()["state"] == "confirmed"
            assert bookings[late.id].values()["state"] == "declined"
            assert bookings[late.id].values()["declined_because"] == "slot_taken"
            assert opened.store.list("slot")[0][1].values()["taken"] == 1
            assert opened.status().digest_mismatches == 0
            assert opened.status().conflicts == 0
    finally:
        first.close()
        second.close()


def test_what_the_hub_accepted_and_somebody_replaced_unseen_is_in_both_journals(real: RealHub, tmp_path: Path) -> None:
    real.write("slot", "slot-1", dict(SLOT))
    first, second = a_terminal(real, tmp_path / "a"), a_terminal(real, tmp_path / "b")
    try:
        made = first.store.write("booking", None, a_booking())
        for opened in (first, second):
            assert opened.rounds.run().ok
        first.store.write("booking", made.id, {"language": "en"})
        assert first.rounds.run().ok  # accepted: it stands at the hub, and the second has not seen it
        real.now.ms += 1000
        second.store.write("booking", made.id, {"language": "ar"})
        for opened in (second, first):
            assert opened.rounds.run().ok
        assert [opened.status().conflicts for opened in (first, second)] == [1, 0]
        with first._database.read() as connection:
            line = connection.execute(select(CONFLICTS)).mappings().one()
        assert (line["field"], line["lost_value"], line["kept_value"]) == ("language", '"en"', '"ar"')
        with real.database.read() as connection:
            at_the_hub = conflicts.read_journal(connection)
        assert [(one.field, one.lost_value, one.lost_stamp) for one in at_the_hub] == [
            ("language", "en", line["lost_stamp"])
        ]
        first.store.write("booking", made.id, {"language": "fr-simple"})  # seen, so nothing is lost
        for opened in (first, second):
            assert opened.rounds.run().ok
        assert [opened.status().conflicts for opened in (first, second)] == [1, 0]
    finally:
        first.close()
        second.close()


def test_a_registration_is_received_and_says_so(real: RealHub, tmp_path: Path) -> None:
    terminal = a_terminal(real, tmp_path / "a")
    try:
        record_id = terminal.store.new_id()
        sealed = terminal.store.seal("registration", record_id, {"nom": "N’Diaye-Élodie"})
        terminal.store.write("registration", record_id, a_registration(), sealed=sealed)
        assert terminal.rounds.run().ok
        held = terminal.store.get("registration", record_id)
        assert held is not None
        assert held.values()["state"] == "recue"
        assert held.values()["received_at"]
        assert terminal.status().digest_mismatches == 0
    finally:
        terminal.close()


def test_a_slow_terminal_clock_and_a_fast_one_converge(real: RealHub, tmp_path: Path) -> None:
    local = Time(real.now.ms + 10**10)
    enrol(tmp_path / "a", "https://hub.example", real.code(), MACHINE_SECRET, client=real, now_ms=local)
    terminal = Terminal.open(tmp_path / "a", MACHINE_SECRET, client=real, now_ms=local)
    try:
        real.write("slot", "slot-1", dict(SLOT))
        assert abs(terminal.now_ms() - real.now.ms) < 1000, "the time was learnt at enrolment"
        local.ms += 10**10
        terminal.store.write("booking", None, a_booking())
        report = terminal.rounds.run()
        assert report.ok, report.message
        local.ms -= 4 * 10**10
        terminal.store.write("booking", None, a_booking())
        assert terminal.rounds.run().ok
        assert terminal.rounds.run().ok
        assert terminal.status().digest_mismatches == 0
        assert terminal.status().waiting == 0
    finally:
        terminal.close()


def test_the_code_of_one_hub_is_refused_at_another_before_a_word(real: RealHub, tmp_path: Path) -> None:
    other = RealHub(tmp_path / "other")
    try:
        with pytest.raises(UntrustedHub, match="pas celui qui a donné ce code"):
            enrol(tmp_path / "a", "https://hub.example", real.code(), MACHINE_SECRET, client=other, now_ms=real.now)
    finally:
        other.database.close()


def test_a_late_code_is_refused_with_the_hubs_sentence(real: RealHub, tmp_path: Path) -> None:
    code = real.code()
    real.now.ms += 31 * 60 * 1000
    with pytest.raises(Refused) as caught:
        enrol(tmp_path / "a", "https://hub.example", code, MACHINE_SECRET, client=real, now_ms=real.now)
    assert caught.value.code == "invitation_late"


def test_events_come_and_go(real: RealHub, tmp_path: Path) -> None:
    terminal = a_terminal(real, tmp_path / "a")
    try:
        real.write("event", "e-1", an_event())
        terminal.rounds.run()
        assert len(terminal.store.list("event")) == 1
        real.now.ms += 1
        real.write("event", "e-1", {"gone": True})
        terminal.rounds.run()
        assert terminal.store.list("event") == []
    finally:
        terminal.close()


def test_a_hub_restored_from_before_the_enrolment_readmits_the_terminal_by_its_certificate(
    real: RealHub, tmp_path: Path
) -> None:
    terminal = a_terminal(real, tmp_path / "a")
    try:
        terminal.store.write("booking", None, a_booking())
        with real.database.write() as connection:  # the restored database never heard of this terminal
            connection.execute(text("DELETE FROM hub_terminal"))

        report = terminal.rounds.run()

        assert (report.ok, report.waiting) == (True, 0)
    finally:
        terminal.close()


def test_a_restored_hub_confirms_again_what_its_visitor_was_told(real: RealHub, tmp_path: Path) -> None:
    real.write("slot", "slot-1", dict(SLOT))
    first, second = a_terminal(real, tmp_path / "a"), a_terminal(real, tmp_path / "b")
    try:
        for opened in (first, second):
            assert opened.rounds.run().ok
        real.now.ms += 1000
        path = backup.make_backup(real.database, real.keys, real.now(), "agent").path
        late = {**a_booking(), "terminal_no": second.identity.terminal_no, "created_at": "2026-11-21T10:00:00Z"}
        told = second.store.write("booking", None, late)
        assert second.rounds.run().ok
        refused = first.store.write("booking", None, {**a_booking(), "created_at": "2026-11-21T09:00:00Z"})
        for opened in (first, second):
            assert opened.rounds.run().ok
        wanted = {told.id: "confirmed", refused.id: "declined"}
        assert states_at(first) == states_at(second) == wanted

        real.put_back(path)
        for opened in (first, second, first, second):
            assert opened.rounds.run().ok
        assert states_at(first) == states_at(second) == wanted, "asked for later, and promised"
        for opened in (first, second):
            assert opened.status().digest_mismatches == 0
            with opened._database.read() as connection:
                assert testimony.read(connection) == {}
    finally:
        first.close()
        second.close()


def test_who_only_changed_what_was_confirmed_bears_witness_too(real: RealHub, tmp_path: Path) -> None:
    """The disk that asked is put back from before the answer: another terminal was told, and its change waits."""
    real.write("slot", "slot-1", dict(SLOT))
    first, second = a_terminal(real, tmp_path / "a"), a_terminal(real, tmp_path / "b")
    try:
        for opened in (first, second):
            assert opened.rounds.run().ok
        real.now.ms += 1000
        path = backup.make_backup(real.database, real.keys, real.now(), "agent").path
        late = {**a_booking(), "terminal_no": second.identity.terminal_no, "created_at": "2026-11-21T10:00:00Z"}
        told = second.store.write("booking", None, late)
        second.close()
        shutil.copytree(tmp_path / "b", tmp_path / "image")
        second = Terminal.open(tmp_path / "b", MACHINE_SECRET, client=real, now_ms=real.now)
        refused = first.store.write("booking", None, {**a_booking(), "created_at": "2026-11-21T09:00:00Z"})
        for opened in (second, first):
            assert opened.rounds.run().ok
        first.store.write("booking", told.id, {"language": "ar"})
        assert first.rounds.run().ok

        real.put_back(path)
        second.close()
        shutil.rmtree(tmp_path / "b")
        shutil.copytree(tmp_path / "image", tmp_path / "b")
        second = Terminal.open(tmp_path / "b", MACHINE_SECRET, client=real, now_ms=real.now)
        for opened in (first, first, second, second, first):
            assert opened.rounds.run().ok
        wanted = {told.id: "confirmed", refused.id: "declined"}
        assert states_at(first) == states_at(second) == wanted, "asked for later, and promised"
        with first._database.read() as connection:
            assert testimony.read(connection) == {}
    finally:
        first.close()
        second.close()


@pytest.mark.parametrize("knows", [False, True])
def test_whose_place_was_withdrawn_untold_has_it_again_where_a_restored_hub_forgot_that(
    real: RealHub, tmp_path: Path, knows: bool
) -> None:
    """The owner ends the slot once more, or not: nobody who counts on it is left among those who only asked."""
    real.write("slot", "slot-1", dict(SLOT))
    first, second = a_terminal(real, tmp_path / "a"), a_terminal(real, tmp_path / "b")
    try:
        for opened in (first, second):
            assert opened.rounds.run().ok
        real.now.ms += 1000
        path = backup.make_backup(real.database, real.keys, real.now(), "agent").path
        late = {**a_booking(), "terminal_no": second.identity.terminal_no, "created_at": "2026-11-21T10:00:00Z"}
        told = second.store.write("booking", None, late)
        assert second.rounds.run().ok
        refused = first.store.write("booking", None, {**a_booking(), "created_at": "2026-11-21T09:00:00Z"})
        assert first.rounds.run().ok
        with real.database.write() as connection:
            withdrawals.withdraw(connection, real.now(), SITE, "slot-1", "agent")
        for opened in (first, second):
            assert opened.rounds.run().ok
        assert states_at(first) == states_at(second) == {told.id: "withdrawn", refused.id: "declined"}
        if knows:
            second.store.mark_told(told.id)
            for opened in (second, first):
                assert opened.rounds.run().ok

        real.put_back(path)
        for opened in (first, second, first, second):
            assert opened.rounds.run().ok
        again = ("declined", "confirmed") if knows else ("confirmed", "declined")
        assert states_at(first) == states_at(second) == dict(zip((told.id, refused.id), again, strict=True))
    finally:
        first.close()
        second.close()


def test_what_was_taken_back_stays_so_when_only_who_heard_of_it_is_left(real: RealHub, tmp_path: Path) -> None:
    first, second = a_terminal(real, tmp_path / "a"), a_terminal(real, tmp_path / "b")
    try:
        record_id = first.store.new_id()
        sealed = first.store.seal("registration", record_id, {"nom": "N’Diaye-Élodie"})
        first.store.write("registration", record_id, a_registration(), sealed=sealed)
        path = backup.make_backup(real.database, real.keys, real.now(), "agent").path
        for opened in (first, second):
            assert opened.rounds.run().ok
        second.store.take_back("registration", record_id)
        for opened in (second, first):
            assert opened.rounds.run().ok
        second.close()  # for ever: its disk is dead

        real.put_back(path)
        for _ in range(2):
            assert first.rounds.run().ok
        held = first.store.get("registration", record_id)
        assert held is not None
        assert held.values()["state"] == "retiree"
        with real.database.read() as connection:
            known = hub_rows.read(connection, "registration", SITE, record_id)
            assert known is not None
            assert known["state"] == "retiree"
            assert connection.execute(text("SELECT count(*) FROM hub_sealed")).scalar() == 0
        assert (first.status().waiting, first.status().digest_mismatches) == (0, 0)
    finally:
        first.close()


def states_at(terminal: Terminal) -> dict[str, object]:
    return {record_id: fields.values()["state"] for record_id, fields in terminal.store.list("booking")}


def test_an_address_for_slips_that_the_hub_gets_or_loses_reaches_its_terminals_within_a_day(
    real: RealHub, tmp_path: Path
) -> None:
    terminal = a_terminal(real, tmp_path / "a")
    try:
        assert terminal.rounds.run().ok
        assert terminal.public_url() is None
        for told, expected in (("https://rdv.example", "https://rdv.example"), (None, None)):
            settings = HubSettings(home=real.keys.home, public_url=told)
            real.exchange = Exchange(real.database, real.keys, now_ms=real.now, settings=settings)
            real.now.ms += 24 * 3600 * 1000
            assert terminal.rounds.run().ok
            assert terminal.public_url() == expected
    finally:
        terminal.close()


def test_a_rotated_sealing_key_gets_the_recovery_slot_at_the_next_start(real: RealHub, tmp_path: Path) -> None:
    terminal = a_terminal(real, tmp_path / "a")
    before = Envelope.load(tmp_path / "a" / "keys.json").recovery_key_id()
    real.exchange.keys = rotate_sealing(real.keys.home, now_ms=real.now())
    assert terminal.rounds.run().ok
    terminal.close()

    Terminal.open(tmp_path / "a", MACHINE_SECRET, client=real, now_ms=real.now).close()

    assert Envelope.load(tmp_path / "a" / "keys.json").recovery_key_id() not in (None, before)


def test_the_way_into_a_video_appointment_is_asked_late_and_kept_nowhere(real: RealHub, tmp_path: Path) -> None:
    real.write("slot", "slot-1", {**SLOT, "phone": "3949"})
    with real.database.write() as connection:
        rooms.keep(connection, real.keys, SITE, "slot-1", "https://visio.example.org/salon-8f2c")
    terminal = a_terminal(real, tmp_path / "a")
    try:
        assert terminal.rounds.run().ok
        record_id = terminal.store.write("booking", None, a_booking()).id
        for _ in range(2):
            real.now.ms += 1000
            assert terminal.rounds.run().ok
        with pytest.raises(NoRoom) as early:
            terminal.open_room(record_id)
        assert early.value.because == "too_early"
        slot = terminal.store.get("slot", "slot-1")
        assert isinstance(slot, SlotFields)
        real.now.ms = int(datetime.fromisoformat(slot.starts_at.replace("Z", "+00:00")).timestamp() * 1000) - 60_000
        assert terminal.rounds.run().ok
        room = terminal.open_room(record_id)
        assert (room.url, slot.phone) == ("https://visio.example.org/salon-8f2c", "3949")
        assert "visio" not in repr(room)
        kept = b"".join(path.read_bytes() for path in (tmp_path / "a").rglob("*") if path.is_file())
        assert b"salon-8f2c" not in kept
        with terminal._database.read() as connection:
            dump = str([connection.execute(table.select()).all() for table in record_registry.metadata.sorted_tables])
        assert "salon-8f2c" not in dump
    finally:
        terminal.close()
