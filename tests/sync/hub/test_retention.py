"""What is destroyed at the end of its time at the hub, and what is held for a person."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from sync.change import new_id
from sync.errors import Refused
from sync.hub import accounts, conflicts, feed, fleet, retention, rows, todo, tombstones, upkeep
from sync.hub.app import create_app
from sync.hub.database import table_of, upsert
from sync.hub.settings import HubSettings, RetentionTerms
from sync.hub.tables import Early, Feed, Fingerprint, Quarantine, RecordStamps, SealedText, Terminal, Tombstone
from sync.seal import seal
from sync.wire import Operation
from tests.sync.hub.stand import ADMIN, HOUR_MS, SITE, Signer, Stand, hub_in

DAY_MS = 24 * HOUR_MS


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def run(hub: Stand, who: str = retention.AUTOMATIC) -> retention.Report:
    with hub.database.write() as connection:
        return retention.run(connection, hub.clock(), who=who)


def due(hub: Stand) -> dict[tuple[str, str], str | None]:
    with hub.database.read() as connection:
        return {(one.kind, one.id): one.held_by for one in retention.list_due(connection, hub.clock())}


def lives(hub: Stand, kind: str, record_id: str) -> bool:
    with hub.database.read() as connection:
        return rows.read(connection, kind, SITE, record_id) is not None


def traces(hub: Stand, record_id: str) -> int:
    """Rows that still name a record, in every table that could."""
    with hub.database.read() as connection:
        return sum(
            len(list(connection.execute(table.select().where(table.c.id == record_id))))
            for table in map(table_of, (RecordStamps, SealedText, Fingerprint, Early))
        ) + len(list(connection.execute(table_of(Feed).select().where(table_of(Feed).c.fields.contains(record_id)))))


def sealed_registration(hub: Stand, terminal: Signer) -> Operation:
    record_id = new_id(hub.clock(), hub.random(10))
    sealed = seal(hub.keys.sealing, "registration", SITE, record_id, {"nom": "N’Diaye"}).to_text()
    return terminal.registration(record_id=record_id, sealed=sealed)


def set_state(hub: Stand, record_id: str, state: str) -> None:
    with hub.database.write() as connection:
        rows.write_as_hub(connection, hub.clock(), "registration", SITE, record_id, {"state": state})


def texts(hub: Stand) -> set[str]:
    with hub.database.read() as connection:
        return {row.id for row in connection.execute(table_of(SealedText).select())}


def test_an_appointment_goes_seven_days_after_its_hour_and_its_hour_after_thirty(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=24), hub.enrol()
    terminal.round()
    booking = terminal.booking(slot_id)
    terminal.round([booking])
    terminal.round()
    hub.clock.ms += 8 * DAY_MS
    assert due(hub) == {}
    hub.clock.ms += HOUR_MS
    terminal.round()
    assert run(hub).records == {"booking": 1}
    assert (lives(hub, "booking", booking.id), lives(hub, "slot", slot_id), traces(hub, booking.id)) == (False, True, 0)
    hub.clock.ms += 23 * DAY_MS
    terminal.round()
    report = run(hub)
    assert (report.records.pop("grant", 0) <= 1, report.records) == (True, {"slot": 1})
    assert run(hub).records == {}


def test_a_tombstone_tells_every_terminal_once_and_is_collected_when_all_have_heard(hub: Stand) -> None:
    slot_id = hub.add_slot(in_hours=24)
    one, two = hub.enrol(), hub.enrol()
    booking = one.booking(slot_id)
    for terminal, sent in ((one, [booking]), (two, []), (one, []), (two, [])):
        terminal.round(sent)
    hub.clock.ms += 9 * DAY_MS
    assert run(hub).records == {"booking": 1}
    told = [(entry.id, entry.fields) for entry in one.round().entries]
    assert (booking.id, {}) in told
    assert (booking.id, {}) not in [(entry.id, entry.fields) for entry in one.round().entries]
    assert run(hub).collected == 0, "the other one has not heard"
    two.round()
    assert run(hub).collected == 0, "it has been told, and has not said yet that it holds it"
    two.round()
    assert run(hub).collected == 1
    with hub.database.read() as connection:
        assert tombstones.buried(connection, SITE, [booking.id]) == set()
        assert [entry for entry in feed.read_after(connection, {}, [SITE], "").entries if not entry.fields] == []


def test_a_revoked_terminal_is_not_waited_for(hub: Stand) -> None:
    slot_id = hub.add_slot(in_hours=24)
    one, lost = hub.enrol(), hub.enrol()
    one.round([one.booking(slot_id)])
    for terminal in (one, lost, one):
        terminal.round()
    hub.clock.ms += 9 * DAY_MS
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), lost.terminal_id, ADMIN)
    one.round()
    run(hub)
    one.round()
    one.round()
    assert run(hub).collected == 1


def test_only_a_checkpoint_of_this_history_counts_as_heard(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=24), hub.enrol()
    terminal.round([terminal.booking(slot_id)])

    def heard() -> int:
        with hub.database.read() as connection:
            return int(connection.execute(select(table_of(Terminal).c.heard_through)).scalar_one())

    reached = terminal.checkpoints[SITE]
    terminal.round()
    assert heard() == reached > 0
    terminal.round(generation="another")
    assert heard() == 0
    terminal.round(checkpoints={SITE: 10**30})
    assert heard() == 0
    terminal.round(checkpoints={SITE: reached})
    assert heard() == reached


def test_who_stands_below_the_floor_reads_everything_again_once(hub: Stand) -> None:
    """A disk that was put back: what it holds was destroyed, and its tombstone is not kept any more."""
    slot_id, terminal = hub.add_slot(in_hours=24), hub.enrol()
    terminal.round([terminal.booking(slot_id)])
    terminal.round()
    old, hub.clock.ms = dict(terminal.checkpoints), hub.clock.ms + 9 * DAY_MS
    run(hub)
    terminal.round()
    terminal.round()
    assert run(hub).collected == 1
    assert not terminal.round().refill
    reply = terminal.round(checkpoints=old)
    assert (reply.refill, reply.more) == (True, False)
    assert {entry.kind for entry in reply.entries} >= {"site", "slot"}
    assert not terminal.round().refill
    assert not terminal.round(checkpoints={}).refill, "whoever begins has nothing that was destroyed"


def test_a_refill_of_many_pages_ends(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=24), hub.enrol()
    for _ in range(4):
        terminal.round([terminal.registration() for _ in range(300)])
    terminal.round([terminal.booking(slot_id)])
    terminal.round()
    old, hub.clock.ms = {**terminal.checkpoints, SITE: 5}, hub.clock.ms + 9 * DAY_MS
    run(hub)
    while terminal.round().more:
        pass
    terminal.round()
    assert run(hub).collected == 1
    pages = [terminal.round(checkpoints=old)]
    while pages[-1].more:
        pages.append(terminal.round())
    assert [page.refill for page in pages] == [True] + [False] * (len(pages) - 1)
    assert len(pages) > 2


def test_a_change_of_what_was_destroyed_is_answered_forgotten(hub: Stand) -> None:
    slot_id = hub.add_slot(in_hours=24)
    terminal, cut_off = hub.enrol(), hub.enrol()
    booking = terminal.booking(slot_id)
    terminal.round([booking])
    for one in (cut_off, terminal):
        one.round()
    hub.clock.ms += 40 * DAY_MS
    run(hub)
    late = cut_off.operation("booking", booking.id, {"state": "cancelled"})
    made_again = cut_off.booking(slot_id, record_id=booking.id)
    own = cut_off.registration()
    reply = cut_off.round([late, made_again, own])
    assert [(one.outcome, one.code) for one in reply.receipts] == [
        ("rejected", "forgotten"), ("rejected", "forgotten"), ("applied", None),
    ]  # fmt: skip
    assert not lives(hub, "booking", booking.id)


def test_an_open_line_of_the_journal_holds_its_record(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=24), hub.enrol()
    booking = terminal.booking(slot_id, state="guaranteed", grant_id="g-1", spend_no=1)
    clone = terminal.booking(slot_id, state="guaranteed", grant_id="g-1", spend_no=1)
    terminal.round([booking, clone])
    hub.clock.ms += 9 * DAY_MS
    terminal.round()
    terminal.round()
    assert due(hub) == {("booking", booking.id): None, ("booking", clone.id): retention.IN_THE_JOURNAL}
    assert run(hub).held == {retention.IN_THE_JOURNAL: 1}
    with hub.database.write() as connection:
        [line] = conflicts.read_journal(connection, open_only=True)
        conflicts.settle(connection, hub.clock(), line.id, ADMIN, take_lost=False)
    assert run(hub).records == {"booking": 1}
    assert not lives(hub, "booking", clone.id)


def test_what_a_terminal_has_not_heard_is_held_thirty_days_more(hub: Stand) -> None:
    slot_id = hub.add_slot(in_hours=24)
    terminal, cut_off = hub.enrol(), hub.enrol()
    cut_off.round()
    cut_off.round()
    booking = terminal.booking(slot_id)
    terminal.round([booking])
    terminal.round()
    hub.clock.ms += 9 * DAY_MS
    assert due(hub) == {("booking", booking.id): retention.UNTOLD}
    assert run(hub).records == {}
    hub.clock.ms += 30 * DAY_MS
    assert run(hub).records["booking"] == 1


def test_what_was_typed_goes_after_fifteen_days_unless_nobody_has_handled_it(hub: Stand) -> None:
    terminal = hub.enrol()
    forwarded, closed, untouched = (sealed_registration(hub, terminal) for _ in range(3))
    terminal.round([forwarded, closed, untouched])
    set_state(hub, forwarded.id, "transmise")
    set_state(hub, closed.id, "close")
    hub.clock.ms += 15 * DAY_MS - 1
    assert (due(hub), len(texts(hub))) == ({}, 3)
    hub.clock.ms += 1
    report = run(hub)
    assert (report.sealed, report.held, texts(hub)) == (2, {retention.UNHANDLED: 1}, {untouched.id})
    for _ in range(2):
        terminal.round()
    hub.clock.ms += 20 * DAY_MS
    assert run(hub).records == {"registration": 1}
    assert [lives(hub, "registration", one.id) for one in (forwarded, closed, untouched)] == [True, False, True]
    set_state(hub, untouched.id, "transmise")
    run(hub)
    assert texts(hub) == set()


def test_a_change_that_waited_thirty_days_becomes_a_line_for_a_person(hub: Stand) -> None:
    row = {
        "site_id": SITE, "kind": "booking", "id": "b-1", "field": "state", "stamp": "0" * 20, "value": '"cancelled"',
        "base": None, "terminal_id": "t-1", "at_ms": hub.clock(),
    }  # fmt: skip
    with hub.database.write() as connection:
        upsert(connection, table_of(Early), [row])
    hub.clock.ms += 30 * DAY_MS - 1
    assert run(hub).expired == 0
    hub.clock.ms += 1
    assert run(hub).expired == 1
    with hub.database.read() as connection:
        [line] = conflicts.read_journal(connection, open_only=True)
        assert (line.record_id, line.field, line.lost_value, line.lost_by) == ("b-1", "state", "cancelled", "t-1")
        assert (line.rule, line.needs_person) == (conflicts.EARLY, True)
    assert traces(hub, "b-1") == 0


def test_settled_lines_go_and_open_ones_stay(hub: Stand) -> None:
    terminal = hub.enrol()
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), terminal.terminal_id, ADMIN)
    terminal.refused([terminal.registration()])
    with hub.database.write() as connection:
        conflicts.note_decision(connection, hub.clock(), ("booking", SITE, "b"), "kept", None, ADMIN)
        row = {"site_id": SITE, "kind": "booking", "id": "c", "field": "state", "stamp": "", "value": "1"}
        conflicts.note_expired(connection, hub.clock(), [{**row, "terminal_id": "t"}], hub.random)
    hub.clock.ms += 400 * DAY_MS
    run(hub)
    with hub.database.read() as connection:
        assert [line.record_id for line in conflicts.read_journal(connection)] == ["c"]
        assert len(list(connection.execute(table_of(Quarantine).select()))) == 1


def test_a_record_of_an_unknown_hour_goes_by_its_age(hub: Stand) -> None:
    terminal = hub.enrol()
    booking = terminal.booking("no-such-slot")
    terminal.round([booking])
    for days, there in ((179, True), (2, False)):
        hub.clock.ms += days * DAY_MS
        terminal.round()
        terminal.round()
        run(hub)
        assert lives(hub, "booking", booking.id) == there


def test_it_runs_under_a_name_or_by_itself_and_the_journal_says_so(hub: Stand) -> None:
    with hub.database.write() as connection:
        accounts.add_account(connection, hub.clock(), "Sam Petit", ["lecture"], ADMIN)
    with pytest.raises(Refused):
        run(hub, "Sam Petit")
    run(hub)
    run(hub, ADMIN)
    with hub.database.read() as connection:
        assert [line["who"] for line in accounts.find_audit(connection, "retention.run")] == [ADMIN]
        assert retention.last_run_ms(connection) == hub.clock()


def test_the_hub_that_serves_runs_it_by_the_clock(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=24), hub.enrol()
    terminal.round([terminal.booking(slot_id)])
    terminal.round()
    hub.clock.ms += 9 * DAY_MS
    terminal.round()
    ran = threading.Event()

    def now_ms() -> int:
        ran.set()
        return hub.clock()

    with upkeep.Upkeep(HubSettings(home=hub.home), now_ms, first_after_s=0):
        assert ran.wait(timeout=60)
    with hub.database.read() as connection:
        assert len(list(connection.execute(table_of(Tombstone).select()))) == 1
    broken = upkeep.Upkeep(HubSettings(home=hub.home, database_url="postgresql://elsewhere"), hub.clock)
    assert not broken.run(), "a run that fails is tried again, and takes nothing down"


def test_commands_keep_as_long_as_the_hub_that_serves_was_told(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round([sealed_registration(hub, terminal)])
    hub.clock.ms += 11 * DAY_MS
    for terms, kinds in ((RetentionTerms(), []), (RetentionTerms(sealed_days=10), ["due"])):
        create_app(HubSettings(home=hub.home), terms)
        with hub.database.read() as connection:
            listed = [item.kind for item in todo.list_todo(connection, hub.clock())]
            assert [kind for kind in listed if kind != "compare"] == kinds, "never compared: another matter"
            assert len(retention.list_due(connection, hub.clock())) == len(kinds)
