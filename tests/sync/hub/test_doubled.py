"""Two machines that live with one terminal's identity: seen, given no more places, and ended by a named person."""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from pathlib import Path

import pytest

from sync.change import new_id
from sync.errors import InvalidInput, Refused
from sync.hub import accounts, doubled, fleet, todo
from tests.sync.hub.granted import grants_of
from tests.sync.hub.stand import ADMIN, HOUR_MS, Signer, Stand, hub_in
from tests.sync.hub.test_command import Operator
from tests.sync.hub.test_takes import drawn, refused, take

MINUTE_MS = 60_000
DAY_MS = 24 * HOUR_MS


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def speak(hub: Stand, of: Signer, machine: Signer) -> str:
    """One of the two speaks after the other: its counter is behind, so it leaps and begins anew. What it wrote."""
    machine.counter = of.counter = max(machine.counter, of.counter) + 1000
    machine.incarnation, machine.seq, machine.checkpoints = new_id(hub.clock(), hub.random(10)), 0, {}
    written = machine.registration()
    machine.round([written])
    return written.id


def two_of(hub: Stand, *, every_ms: int = 5 * MINUTE_MS, turns: int = 3) -> tuple[Signer, Signer, list[str]]:
    """Two machines with one identity that speak in turn, and what they wrote."""
    one = hub.enrol()
    one.round()
    other, written = copy(one), []
    for turn in range(turns):
        hub.clock.ms += every_ms
        machine, silent = (other, one) if turn % 2 == 0 else (one, other)
        written.append(speak(hub, silent, machine))
    return one, other, written


def lines(hub: Stand) -> list[todo.Item]:
    with hub.database.read() as connection:
        return todo.list_todo(connection, hub.clock())


def test_the_third_change_within_a_day_is_one_line_and_nothing_that_was_sent_is_lost(hub: Stand) -> None:
    one, _, written = two_of(hub)
    [item] = lines(hub)
    assert (item.kind, item.id) == ("doubled", f"doubled.{one.terminal_id}")
    assert "hub terminal single 1" in item.to_do.replace("\u00a0", " ")
    assert [hub.read("registration", one_id)["state"] for one_id in written] == ["recue"] * 3


def test_it_is_given_no_place_any_more_and_what_it_had_stays_its_own(hub: Stand) -> None:
    one, other, _ = two_of(hub)
    slot_id = hub.add_slot(capacity=9)
    speak(hub, one, other)
    assert grants_of(hub) == {}
    assert refused(take(other, slot_id, drawn(hub))) == "doubled"
    neighbour = hub.enrol()
    neighbour.round()
    assert grants_of(hub, neighbour), "the others of the site are"
    asked = other.booking(slot_id)
    other.round([asked])
    assert hub.read("booking", asked.id)["state"] == "confirmed", "a request is answered as ever"


@pytest.mark.parametrize("by_list", [True, False])
def test_a_named_person_ends_it_and_places_are_given_again(hub: Stand, by_list: bool) -> None:
    one, other, _ = two_of(hub, turns=5)
    hub.add_slot(capacity=9)
    [item] = lines(hub)
    with hub.database.write() as connection:
        if by_list:
            todo.settle(connection, hub.clock(), item.id, "single", ADMIN, seen=item.code)
        else:
            doubled.end(connection, hub.clock(), "1", ADMIN)
        assert [line["who"] for line in accounts.find_audit(connection, "terminal.single")] == [ADMIN]
    assert [item.kind for item in lines(hub)] == ["redrawn"], "the newest line of its incarnations only"
    other.round()
    assert grants_of(hub, other)
    for silent, machine in ((one, other), (other, one), (one, other)):
        hub.clock.ms += MINUTE_MS
        speak(hub, silent, machine)
    assert [item.kind for item in lines(hub)] == ["doubled"], "whoever was wrong is told again"


def test_a_disk_that_is_put_back_now_and_then_is_no_two_machines(hub: Stand) -> None:
    two_of(hub, every_ms=DAY_MS // 2 + 1, turns=5)
    assert {item.kind for item in lines(hub)} == {"redrawn"}


def test_only_who_may_ends_it_only_where_there_is_something_to_end_and_a_revoked_one_is_off_the_list(
    hub: Stand,
) -> None:
    one, _, _ = two_of(hub)
    quiet = hub.enrol()
    with hub.database.write() as connection:
        accounts.add_account(connection, hub.clock(), "Zoé", ["lecture"], ADMIN)
    with hub.database.write() as connection:
        with pytest.raises(Refused):
            doubled.end(connection, hub.clock(), one.terminal_id, "Zoé")
        with pytest.raises(InvalidInput, match="deux copies"):
            doubled.end(connection, hub.clock(), quiet.terminal_id, ADMIN)
        fleet.revoke(connection, hub.keys, hub.clock(), one.terminal_id, ADMIN)
        assert doubled.since(connection) == {}


def test_the_list_of_terminals_says_so_and_a_command_ends_it(hub: Stand, capsys: pytest.CaptureFixture[str]) -> None:
    two_of(hub)
    operator = Operator(hub.home, capsys)
    assert "deux machines" in operator.do("terminal", "list", who=None)
    assert "des places lui sont confiées" in operator.do("terminal", "single", "1", who=ADMIN)
    assert "deux machines" not in operator.do("terminal", "list", who=None)
    assert "deux copies" in operator.refused("terminal", "single", "1", who=ADMIN)
