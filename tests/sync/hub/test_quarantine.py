"""What a revoked terminal still sends is kept apart, until a named person takes it or drops it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.errors import InvalidInput, Refused
from sync.hub import accounts, conflicts, fleet, quarantine
from sync.hub.database import table_of
from sync.hub.tables import Quarantine
from sync.seal import seal
from sync.wire import CLOCK_AHEAD_MAX_MS, Operation
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand, asked, hub_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def revoke(hub: Stand, terminal: Signer) -> None:
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), terminal.terminal_id, ADMIN)


def sends(terminal: Signer, *operations: Operation) -> None:
    assert terminal.refused([*operations]).code == "revoked"


def held(hub: Stand) -> list[tuple[str, int]]:
    with hub.database.read() as connection:
        return [(one.record_id, one.seq) for one in quarantine.list_held(connection, SITE)]


def take(hub: Stand, terminal: Signer, **records: set[str]) -> quarantine.Settled:
    with hub.database.write() as connection:
        return quarantine.take(connection, hub.clock(), terminal.terminal_id, ADMIN, hub.random, **records)


def drop(hub: Stand, terminal: Signer, **records: set[str]) -> int:
    with hub.database.write() as connection:
        return quarantine.drop(connection, hub.clock(), terminal.terminal_id, ADMIN, **records)


def test_what_a_revoked_terminal_sends_is_kept_and_changes_nothing(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round()
    revoke(hub, terminal)
    before = hub.feed_of()
    one, two = terminal.registration(), terminal.registration()
    sends(terminal, one, two)
    assert held(hub) == [(one.id, 1), (two.id, 2)]
    assert hub.feed_of() == before
    with hub.database.read() as connection:
        assert quarantine.holds(connection, SITE, one.id)
        assert not quarantine.holds(connection, SITE, "another")
        assert not quarantine.holds(connection, "another-site", one.id)


def test_it_is_kept_once_and_what_was_applied_before_is_not(hub: Stand) -> None:
    terminal = hub.enrol()
    applied, fresh = terminal.registration(), terminal.registration()
    terminal.round([applied])
    revoke(hub, terminal)
    for _ in range(3):
        sends(terminal, applied, fresh)
    assert held(hub) == [(fresh.id, 2)]


def test_a_request_that_is_played_again_writes_nothing(hub: Stand) -> None:
    terminal = hub.enrol()
    revoke(hub, terminal)
    request = terminal.signed(terminal.body([terminal.registration()]))
    for _ in range(2):
        assert hub.refusal(hub.exchange.answer(request), asked(request)).code == "revoked"
    assert len(held(hub)) == 1


def test_an_altered_request_is_not_kept(hub: Stand) -> None:
    terminal, other = hub.enrol(), hub.enrol()
    revoke(hub, terminal)
    sends(terminal, terminal.registration().changed(site_id="another-site"))
    assert terminal.refused([other.registration()], terminal_id=other.terminal_id).code == "revoked"
    broken = terminal.signed(b"not zstd")
    assert hub.refusal(hub.exchange.answer(broken), asked(broken)).code == "revoked"
    assert held(hub) == []


def test_it_has_a_bound_in_rows_and_in_characters(hub: Stand, tmp_path: Path) -> None:
    terminal = hub.enrol()
    revoke(hub, terminal)
    for _ in range(5):
        sends(terminal, *(terminal.registration() for _ in range(500)))
    assert len(held(hub)) == quarantine.ROWS_MAX
    other = hub.enrol()
    revoke(hub, other)
    blown = "x" * 100_000
    for _ in range(3):
        sends(other, *(other.registration(sealed=blown) for _ in range(40)))
    with hub.database.read() as connection:
        rows = [one for one in quarantine.list_held(connection) if one.terminal_id == other.terminal_id]
    assert 70 < len(rows) < 84


def test_a_person_takes_it_as_that_terminals_own(hub: Stand) -> None:
    slot_id = hub.add_slot()
    terminal, witness = hub.enrol(), hub.enrol()
    witness.round()
    revoke(hub, terminal)
    record_id = terminal.registration().id
    terminal.seq = 0
    sealed = seal(hub.keys.sealing, "registration", SITE, record_id, {"nom": "N’Diaye"}).to_text()
    prepared = terminal.registration(record_id=record_id, sealed=sealed)
    booked, cancelled = terminal.booking(slot_id), None
    cancelled = terminal.operation("booking", booked.id, {"state": "cancelled"})
    sends(terminal, prepared, booked, cancelled)
    assert take(hub, terminal) == quarantine.Settled(taken=3, rejected=0, left=0)
    assert hub.read("registration", record_id)["state"] == "recue"
    assert hub.read("booking", booked.id)["state"] == "cancelled"
    assert {entry.id for entry in witness.round().entries} >= {record_id, booked.id}
    assert held(hub) == []
    with hub.database.read() as connection:
        rows = list(connection.execute(table_of(Quarantine).select()))
        assert {(row.operation, row.taken, row.settled_by) for row in rows} == {("", True, ADMIN)}
        assert [line["who"] for line in accounts.find_audit(connection, "quarantine.take")] == [ADMIN]
        noted = {(line.record_id, line.rule) for line in conflicts.read_journal(connection)}
        assert {(record_id, quarantine.TAKEN), (booked.id, quarantine.TAKEN)} <= noted


def test_a_person_drops_it_and_what_was_typed_is_destroyed(hub: Stand) -> None:
    terminal = hub.enrol()
    revoke(hub, terminal)
    one = terminal.registration(sealed="typed")
    sends(terminal, one)
    assert drop(hub, terminal) == 1
    sends(terminal, one)
    assert held(hub) == [], "what a person dropped does not come again"
    with hub.database.read() as connection:
        assert [row.operation for row in connection.execute(table_of(Quarantine).select())] == [""]
        assert [line["who"] for line in accounts.find_audit(connection, "quarantine.drop")] == [ADMIN]
    with pytest.raises(InvalidInput, match="Rien"):
        take(hub, terminal)
    with pytest.raises(InvalidInput, match="Rien"):
        drop(hub, terminal)


@pytest.mark.parametrize("first", ["take", "drop"])
def test_records_are_settled_one_by_one_in_any_order(hub: Stand, first: str) -> None:
    terminal = hub.enrol()
    revoke(hub, terminal)
    one, two, three = (terminal.registration() for _ in range(3))
    sends(terminal, one, two, three)
    (take if first == "take" else drop)(hub, terminal, records={two.id})
    assert [record_id for record_id, _ in held(hub)] == [one.id, three.id]
    assert take(hub, terminal).taken == 2
    there = {record_id for _, kind, record_id in hub.feed_of() if kind == "registration"}
    assert there == ({one.id, two.id, three.id} if first == "take" else {one.id, three.id})


def test_what_is_wrong_is_rejected_as_it_would_have_been(hub: Stand) -> None:
    terminal, other = hub.enrol(), hub.enrol()
    revoke(hub, terminal)
    good = terminal.registration()
    forged = terminal.registration()
    stamps = {name: one.changed(stamp=other.hlc.tick()) for name, one in forged.fields.items()}
    sends(terminal, good, forged.changed(fields=stamps))
    assert take(hub, terminal) == quarantine.Settled(taken=1, rejected=1, left=0)


def test_what_is_dated_later_than_now_waits_and_does_not_push_the_hubs_clock(hub: Stand) -> None:
    terminal = hub.enrol()
    revoke(hub, terminal)
    now_ms = hub.clock.ms
    hub.clock.ms += CLOCK_AHEAD_MAX_MS + 60_000
    later = terminal.registration()
    hub.clock.ms = now_ms
    sends(terminal, later)
    assert take(hub, terminal) == quarantine.Settled(taken=0, rejected=0, left=1)
    hub.clock.ms += 120_000
    assert take(hub, terminal).taken == 1


def test_only_a_person_of_the_hub_settles_it(hub: Stand) -> None:
    terminal = hub.enrol()
    revoke(hub, terminal)
    sends(terminal, terminal.registration())
    with hub.database.write() as connection:
        accounts.add_account(connection, hub.clock(), "Sam Petit", ["lecture"], ADMIN)
    for settle in (quarantine.take, quarantine.drop):
        with pytest.raises(Refused), hub.database.write() as connection:
            settle(connection, hub.clock(), terminal.terminal_id, "Sam Petit")
    assert len(held(hub)) == 1


def test_the_places_of_a_revoked_terminal_are_given_to_nobody(hub: Stand) -> None:
    slots = {hub.add_slot() for _ in range(2)}
    lost = hub.enrol()
    granted = {entry.id: entry for entry in lost.round().entries if entry.kind == "grant"}
    assert granted
    revoke(hub, lost)
    other = hub.enrol()
    other.round()
    others = {entry.id for entry in other.round(checkpoints={}).entries if entry.kind == "grant"} - granted.keys()
    held_slots = {hub.read("grant", grant_id)["slot_id"] for grant_id in granted}
    assert not held_slots & {hub.read("grant", grant_id)["slot_id"] for grant_id in others}
    asked_for = other.booking(str(next(iter(held_slots & slots))))
    other.round([asked_for])
    assert hub.read("booking", asked_for.id)["state"] != "confirmed"
