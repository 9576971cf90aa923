"""After a restore: nothing of a site is given until each of its terminals has told what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync import escrow
from sync.hub import fleet, grants, telling, testimony, todo, withdrawals
from sync.hub.backup import make_backup, restore
from sync.hub.settings import HubSettings
from sync.wire import OPERATIONS_PER_ROUND_MAX
from tests.sync.hub.granted import check_places, granted, grants_of, promise, state_of
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand, hub_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def restored(hub: Stand, *signers: Signer, backup: Path | None = None) -> Stand:
    """The hub put back from a backup, and its terminals that speak with it from now on."""
    hub.clock.ms += 1000
    backup = backup or make_backup(hub.database, hub.keys, hub.clock(), ADMIN).path
    hub.close()
    restore(hub.home, hub.keys, backup, hub.clock(), ADMIN)
    again = hub.reopened()
    for signer in signers:
        signer.hub = again
    return again


def test_nothing_is_given_after_a_restore_until_every_terminal_has_told(hub: Stand) -> None:
    hub.exchange.settings = HubSettings(home=hub.home, grants_per_terminal=0)
    one, other = hub.enrol(), hub.enrol()
    slot_id = hub.add_slot(in_hours=30)
    hub.add_slot(in_hours=31, capacity=9)
    one.round()
    other.round()
    hub = restored(hub, one, other)
    one.round()
    hub.clock.ms += 1000
    later = one.booking(slot_id)
    hub.clock.ms -= 1000
    earlier = one.booking(slot_id)
    one.round([later, earlier])
    assert (state_of(hub, later)[0], state_of(hub, earlier)[0]) == ("requested", "requested")
    assert grants_of(hub) == {}
    other.round()
    assert state_of(hub, earlier)[0] == "requested", "the old generation tells nothing"
    other.round()
    assert state_of(hub, earlier) == ("confirmed", None)
    assert state_of(hub, later) == ("alternatives", "slot_taken")
    assert hub.read("booking", earlier.id)["answered_at"] is not None
    assert grants_of(hub, other)
    check_places(hub)
    hub.close()


@pytest.mark.parametrize("named", [True, False])
def test_who_was_confirmed_before_a_restore_is_confirmed_again(hub: Stand, named: bool) -> None:
    """The answer was given after the backup: terminals bear witness of it; of slots that were asked for only."""
    hub.exchange.settings = HubSettings(home=hub.home, grants_per_terminal=0)
    one, other = hub.enrol(), hub.enrol()
    slot_id, elsewhere = hub.add_slot(in_hours=30), hub.add_slot(in_hours=50)
    wish = hub.add_slot(in_hours=40)
    one.round()
    other.round()
    hub.clock.ms += 1000
    backup = make_backup(hub.database, hub.keys, hub.clock(), ADMIN).path
    earlier = one.booking(slot_id)
    hub.clock.ms += 1000
    later = other.booking(slot_id, wishes=[wish])
    other.round([later])
    one.round([earlier])
    assert (state_of(hub, later)[0], state_of(hub, earlier)[0]) == ("confirmed", "alternatives")

    hub = restored(hub, one, other, backup=backup)
    for signer in (one, other):
        signer.round()
    confirmed = {later.id: slot_id if named else elsewhere}
    one.round([earlier], confirmed=confirmed)
    other.round([later], confirmed=confirmed)
    assert [hub.read("booking", one.id)["slot_id"] for one in (later, earlier)] == [slot_id if named else wish, slot_id]
    assert state_of(hub, earlier)[0] == ("alternatives" if named else "confirmed")
    assert state_of(hub, later)[0] == "confirmed"
    with hub.database.read() as connection:
        assert testimony.read(connection, SITE) == {}
    hub.close()


@pytest.mark.parametrize("waits", [True, False])
def test_an_hour_that_passed_before_the_restored_hub_could_answer_stays_confirmed(hub: Stand, waits: bool) -> None:
    """Whoever was told so has come by then; who only asked has missed nothing that was theirs."""
    hub.exchange.settings = HubSettings(home=hub.home, grants_per_terminal=0)
    one, other = hub.enrol(), hub.enrol()
    slot_id = hub.add_slot(in_hours=3, capacity=2)
    one.round()
    other.round()
    hub.clock.ms += 1000
    backup = make_backup(hub.database, hub.keys, hub.clock(), ADMIN).path
    told, asked = one.booking(slot_id), one.booking(slot_id)
    one.round([told])
    assert state_of(hub, told)[0] == "confirmed"

    hub = restored(hub, one, other, backup=backup)
    one.round()
    if waits:
        one.round([told, asked], confirmed={told.id: slot_id})
        assert state_of(hub, told)[0] == "requested"
    hub.clock.ms += 5 * 3_600_000
    other.round()
    other.round()
    if not waits:
        one.round([told, asked], confirmed={told.id: slot_id})
    assert state_of(hub, told) == ("confirmed", None)
    assert state_of(hub, asked) == ("declined", "slot_past")
    with hub.database.read() as connection:
        assert testimony.read(connection, SITE) == {}
    hub.close()


def test_who_was_confirmed_on_a_slot_that_the_restored_hub_has_forgotten_stays_confirmed(hub: Stand) -> None:
    """As a promise on a grant that it has forgotten; the owner of the slot publishes it again."""
    hub.exchange.settings = HubSettings(home=hub.home, grants_per_terminal=0)
    one = hub.enrol()
    one.round()
    hub.clock.ms += 1000
    backup = make_backup(hub.database, hub.keys, hub.clock(), ADMIN).path
    slot_id = hub.add_slot(in_hours=30)
    told, asked = one.booking(slot_id), one.booking(slot_id)
    one.round([told])
    assert state_of(hub, told)[0] == "confirmed"
    hub = restored(hub, one, backup=backup)
    one.round()
    one.round([told, asked], confirmed={told.id: slot_id})
    assert state_of(hub, told) == ("confirmed", None)
    assert state_of(hub, asked) == ("declined", "slot_unknown")
    hub.close()


def test_a_terminal_that_bears_witness_late_is_believed_in_its_own_round(hub: Stand) -> None:
    hub.exchange.settings = HubSettings(home=hub.home, grants_per_terminal=0)
    one, other = hub.enrol(), hub.enrol()
    slot_id, wish = hub.add_slot(in_hours=30), hub.add_slot(in_hours=40)
    for signer in (one, other):
        signer.round()
    booking = one.booking(wish, wishes=[slot_id])
    one.round([booking], confirmed={booking.id: slot_id})
    assert state_of(hub, booking)[0] == "confirmed"
    assert hub.read("booking", booking.id)["slot_id"] == slot_id
    with hub.database.read() as connection:
        assert testimony.read(connection, SITE) == {}
    hub.close()


def test_the_last_terminal_to_tell_is_answered_in_its_own_round(hub: Stand) -> None:
    slot_id = hub.add_slot(in_hours=4)
    terminal = hub.enrol()
    terminal.round()
    hub = restored(hub, terminal)
    terminal.round()
    booking = terminal.booking(slot_id)
    told = {entry.id: entry.fields for entry in terminal.round([booking]).entries}
    assert told[booking.id]["state"].value == "confirmed"
    hub.close()


def test_a_promise_made_before_a_restore_is_kept_and_its_place_not_given_again(hub: Stand) -> None:
    terminal, other = hub.enrol(), hub.enrol()
    terminal.round()
    other.round()
    for at in range(4):
        hub.add_slot(in_hours=30 + at)
    hub.clock.ms += 1000
    backup = make_backup(hub.database, hub.keys, hub.clock(), ADMIN).path
    grant_id, slot_id = granted(hub, terminal)
    index = escrow.reference_index(1, 1)
    booking = promise(terminal, grant_id, slot_id, reference_no=index)
    hub = restored(hub, terminal, other, backup=backup)
    other.round()
    other.round()
    assert grants_of(hub) == {}
    terminal.round()
    terminal.round([booking])
    assert state_of(hub, booking)[0] == "guaranteed"
    for signer in (terminal, other):
        signer.round()
    assert slot_id not in {values["slot_id"] for values in grants_of(hub).values()}
    numbers = [values["number"] for values in grants_of(hub, terminal).values()]
    assert numbers, "its slip bears the number 1 already"
    assert 1 not in numbers
    check_places(hub)
    hub.close()


def test_a_part_of_an_outbox_is_no_report(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round()
    hub = restored(hub, terminal)
    terminal.round()

    def is_frozen() -> bool:
        with hub.database.read() as connection:
            return grants.frozen(connection, SITE)

    terminal.round([terminal.registration() for _ in range(OPERATIONS_PER_ROUND_MAX)])
    assert is_frozen(), "there may be more behind a full batch"
    sealed = "x" * 60_000
    terminal.round([terminal.registration(sealed=sealed) for _ in range(20)])
    assert is_frozen(), "a batch may also be cut by its size"
    terminal.round([terminal.registration()])
    assert not is_frozen()
    hub.close()


def test_a_revoked_terminal_holds_nobody_up(hub: Stand) -> None:
    one, lost = hub.enrol(), hub.enrol()
    slot_id = hub.add_slot(in_hours=4)
    one.round()
    hub = restored(hub, one, lost)
    one.round()
    booking = one.booking(slot_id)
    one.round([booking])
    assert state_of(hub, booking)[0] == "requested"
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), lost.terminal_id, ADMIN)
    assert state_of(hub, booking) == ("confirmed", None)
    check_places(hub)
    hub.close()


def test_another_site_is_not_held_up(hub: Stand) -> None:
    hub.add_site("site-saint-denis")
    here, elsewhere = hub.enrol(), hub.enrol("site-saint-denis")
    here.round()
    elsewhere.round()
    hub = restored(hub, here, elsewhere)
    elsewhere.round()
    elsewhere.round()
    with hub.database.read() as connection:
        assert grants.frozen(connection, SITE)
        assert not grants.frozen(connection, "site-saint-denis")
    hub.close()


def test_a_terminal_that_a_ruined_hub_forgot_must_tell_once_it_is_admitted_again(hub: Stand) -> None:
    one = hub.enrol()
    one.round()
    certificate = one.certificate
    with hub.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM hub_terminal")
        assert not grants.frozen(connection, SITE)
        assert fleet.readmit(connection, hub.keys, hub.clock(), certificate)
        assert grants.frozen(connection, SITE)
    one.round()
    with hub.database.read() as connection:
        assert not grants.frozen(connection, SITE)


def test_a_terminal_that_reads_more_than_a_page_after_a_restore_reports_when_it_has_told_everything(hub: Stand) -> None:
    """It reads more than 1,000 entries, and bears the new generation from its second request on."""
    one, other = hub.enrol(), hub.enrol()
    for _ in range(3):
        other.round([other.registration() for _ in range(400)])
    one.round(checkpoints={})
    hub = restored(hub, one, other)
    other.round()
    other.round()
    one.checkpoints, pages = {}, []
    while not pages or pages[-1].more:
        with hub.database.read() as connection:
            assert grants.frozen(connection, SITE) == (len(pages) < 2)
        pages.append(one.round([one.registration()] if not pages else []))
    assert len(pages) > 2
    assert sum(len(page.entries) for page in pages) > 2000
    hub.close()


def test_a_slot_withdrawn_while_the_places_are_frozen_gets_its_other_dates_when_they_are_given_again(
    hub: Stand,
) -> None:
    hub.exchange.settings = HubSettings(home=hub.home, grants_per_terminal=0)
    one, other = hub.enrol(), hub.enrol()
    slot_id, free = hub.add_slot(in_hours=30), hub.add_slot(in_hours=31)
    booking = one.booking(slot_id)
    one.round([booking])
    hub = restored(hub, one, other)
    with hub.database.write() as connection:
        withdrawals.withdraw(connection, hub.clock(), SITE, slot_id, ADMIN)
    found = hub.read("booking", booking.id)
    assert (found["state"], found["alternatives"]) == ("withdrawn", [])
    one.round()
    one.round()
    assert hub.read("booking", booking.id)["alternatives"] == [], "the other terminal may have promised it"
    other.round()
    other.round()
    assert hub.read("booking", booking.id)["alternatives"] == [free]
    check_places(hub)
    hub.close()


@pytest.mark.parametrize("named", [True, False])
def test_who_was_confirmed_on_a_slot_that_is_withdrawn_while_a_restored_hub_waits_must_be_told(
    hub: Stand, named: bool
) -> None:
    """Seed 12101: the withdrawal did not know that they had a place there; who only asked reads the other dates."""
    hub.exchange.settings = HubSettings(home=hub.home, grants_per_terminal=0)
    one, other = hub.enrol(), hub.enrol()
    slot_id, wish, free = (hub.add_slot(in_hours=hours) for hours in (30, 40, 31))
    for signer in (one, other):
        signer.round()
    hub.clock.ms += 1000
    backup = make_backup(hub.database, hub.keys, hub.clock(), ADMIN).path
    told = one.booking(wish, wishes=[slot_id]) if named else one.booking(slot_id)
    hub = restored(hub, one, other, backup=backup)
    one.round()
    one.round([told], confirmed={told.id: slot_id} if named else {})
    with hub.database.write() as connection:
        withdrawals.withdraw(connection, hub.clock(), SITE, slot_id, ADMIN)
    other.round()
    assert state_of(hub, told)[0] == "requested"
    other.round()
    assert state_of(hub, told) == (("withdrawn", None) if named else ("alternatives", "slot_withdrawn"))
    assert hub.read("booking", told.id)["slot_id"] == slot_id
    assert hub.read("booking", told.id)["alternatives"] == ([free] if named else [free, wish])
    with hub.database.read() as connection:
        assert [waiting.id for waiting in telling.list_to_tell(connection, hub.clock())] == [told.id] * named
    check_places(hub)
    hub.close()


def test_who_was_confirmed_and_whose_place_is_somebody_elses_since_a_restore_must_be_told(hub: Stand) -> None:
    """Seed 21701: a grant is written off, its place confirmed to a request; a hub restored from before both gives the
    grant back, and its terminal promises it."""
    hub.exchange.settings = HubSettings(home=hub.home, grants_per_terminal=1)
    one, slot_id = hub.enrol(), hub.add_slot()
    hub.add_slot(in_hours=49)
    one.round()
    [grant_id] = grants_of(hub, one)
    hub.clock.ms += 1000
    backup = make_backup(hub.database, hub.keys, hub.clock(), ADMIN).path
    told = one.booking(slot_id)
    hub = restored(hub, one, backup=backup)
    one.round()
    promised = promise(one, grant_id, slot_id)
    one.round([told, promised], confirmed={told.id: slot_id})
    assert state_of(hub, promised)[0] == "guaranteed"
    assert state_of(hub, told) == ("overruled", "given_since")
    with hub.database.read() as connection:
        assert [waiting.id for waiting in telling.list_to_tell(connection, hub.clock())] == [told.id]
        [line] = [item for item in todo.list_todo(connection, hub.clock()) if item.kind == "tell"]
    assert "donnée à quelqu’un d’autre" in line.happened
    check_places(hub)
    hub.close()
