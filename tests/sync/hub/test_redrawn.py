"""A disk that was put back or copied: who may have been promised a place that somebody else holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.change import new_id
from sync.errors import Refused
from sync.hub import accounts, conflicts, grants, redrawn
from sync.wire import Operation
from tests.sync.hub.stand import ADMIN, HOUR_MS, SITE, Signer, Stand, hub_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        for _ in range(8):
            stand.add_slot()
        yield stand


def granted(terminal: Signer) -> list[tuple[str, str]]:
    """Grant and slot of every grant the terminal's own incarnation was given."""
    entries = [entry for entry in terminal.round(checkpoints={}).entries if entry.kind == "grant"]
    mine = [one for one in entries if "incarnation" in one.fields]
    return [
        (one.id, str(one.fields["slot_id"].value))
        for one in mine
        if one.fields["incarnation"].value == terminal.incarnation
    ]


def promised(terminal: Signer, grant: tuple[str, str], spend_no: int = 1) -> Operation:
    return terminal.booking(grant[1], state="guaranteed", grant_id=grant[0], spend_no=spend_no)


def put_back(terminal: Signer) -> None:
    """The terminal finds out that its disk is an old one: it draws a new incarnation and numbers from 1."""
    terminal.incarnation, terminal.seq, terminal.checkpoints = new_id(terminal.hub.clock(), bytes(10)), 0, {}


def listed(hub: Stand) -> list[redrawn.CameBack]:
    with hub.database.read() as connection:
        return redrawn.list_redrawn(connection, SITE)


def test_a_first_round_and_those_after_it_put_nobody_on_the_list(hub: Stand) -> None:
    terminal = hub.enrol()
    grant = granted(terminal)[0]
    terminal.round([promised(terminal, grant)])
    assert listed(hub) == []


def test_what_the_old_disk_had_told_is_not_at_risk_and_what_the_new_one_tells_is(hub: Stand) -> None:
    terminal = hub.enrol()
    first, second, third = granted(terminal)[:3]
    told = promised(terminal, first)
    terminal.round([told])
    put_back(terminal)
    terminal.seq = 1
    doubtful = promised(terminal, second)
    terminal.round([told.changed(seq=1), doubtful])
    [line] = listed(hub)
    assert (line.terminal_id, line.incarnation, line.terminal_no) == (terminal.terminal_id, terminal.incarnation, 1)
    assert line.at_risk == (doubtful.id,)
    with hub.database.read() as connection:
        left = redrawn.left_over(connection, hub.clock(), terminal.terminal_id)
        assert third[0] in left
        assert not {first[0], second[0]} & set(left)


def test_the_list_is_the_same_however_often_it_is_told(hub: Stand) -> None:
    terminal = hub.enrol()
    grant = granted(terminal)[0]
    put_back(terminal)
    doubtful = promised(terminal, grant)
    for _ in range(3):
        terminal.round([doubtful])
    assert [line.at_risk for line in listed(hub)] == [(doubtful.id,)]


def test_a_first_round_that_is_refused_is_not_forgotten(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round()
    put_back(terminal)
    terminal.seq = 5
    assert terminal.refused([terminal.registration()]).code == "gap"
    terminal.seq = 0
    terminal.round([terminal.registration()])
    assert [line.at_risk for line in listed(hub)] == [()]


def test_a_disk_that_comes_back_with_nothing_is_on_the_list_without_names(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round()
    put_back(terminal)
    terminal.round()
    assert [line.at_risk for line in listed(hub)] == [()]


def test_a_promise_on_its_own_new_grant_is_safe(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round()
    put_back(terminal)
    own = granted(terminal)
    for _ in range(4):
        hub.add_slot()
    own = own or granted(terminal)
    assert own
    terminal.round([promised(terminal, own[0])])
    assert [line.at_risk for line in listed(hub)] == [()]


def test_a_promise_that_was_cancelled_or_is_over_or_was_a_clone_is_not_at_risk(hub: Stand) -> None:
    terminal = hub.enrol()
    over = hub.add_slot(in_hours=3)
    first, second = [one for one in granted(terminal) if one[1] != over][:2]
    taken = promised(terminal, second)
    terminal.round([taken])
    put_back(terminal)
    cancelled = promised(terminal, first)
    end = terminal.operation("booking", cancelled.id, {"state": "cancelled"})
    clone = promised(terminal, second)
    terminal.round([cancelled, end, clone])
    assert hub.read("booking", clone.id)["state"] == "overruled"
    assert [line.at_risk for line in listed(hub)] == [()]
    with hub.database.read() as connection:
        assert [line.record_id for line in conflicts.read_journal(connection, open_only=True)] == [clone.id]


def test_an_hour_that_is_over_is_nobodys_risk(hub: Stand) -> None:
    terminal = hub.enrol()
    grant = granted(terminal)[0]
    put_back(terminal)
    doubtful = promised(terminal, grant)
    hub.clock.ms += 60 * HOUR_MS
    terminal.round([doubtful])
    assert [line.at_risk for line in listed(hub)] == [()]


def test_more_told_later_opens_the_line_again(hub: Stand) -> None:
    terminal = hub.enrol()
    first, second = granted(terminal)[:2]
    put_back(terminal)
    one, two = promised(terminal, first), promised(terminal, second)
    terminal.round([one])
    with hub.database.write() as connection:
        redrawn.settle(connection, hub.clock(), terminal.terminal_id, terminal.incarnation, ADMIN)
    assert listed(hub) == []
    terminal.round([two])
    assert [line.at_risk for line in listed(hub)] == [tuple(sorted((one.id, two.id)))]


def test_only_a_named_person_of_the_hub_settles_it(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round()
    put_back(terminal)
    terminal.round()
    with hub.database.write() as connection:
        accounts.add_account(connection, hub.clock(), "Sam Petit", ["lecture"], ADMIN)
    with pytest.raises(Refused), hub.database.write() as connection:
        redrawn.settle(connection, hub.clock(), terminal.terminal_id, terminal.incarnation, "Sam Petit")
    with hub.database.write() as connection:
        redrawn.settle(connection, hub.clock(), terminal.terminal_id, terminal.incarnation, ADMIN)
        assert [line["who"] for line in accounts.find_audit(connection, "redrawn.settle")] == [ADMIN]


def test_what_the_old_disk_holds_goes_to_nobody_until_it_is_written_off(hub: Stand) -> None:
    terminal, other = hub.enrol(), hub.enrol()
    held = granted(terminal)[0]
    put_back(terminal)
    terminal.round()
    refused = other.booking(held[1])
    other.round([refused])
    assert hub.read("booking", refused.id)["state"] != "confirmed"
    with hub.database.write() as connection:
        grants.write_off(connection, hub.clock(), SITE, held[0], ADMIN)
    with hub.database.read() as connection:
        assert held[0] not in redrawn.left_over(connection, hub.clock(), terminal.terminal_id)
