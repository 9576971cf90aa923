"""Wishes: the first that has a place is confirmed, else other slots are offered, else it is no."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.change import Value
from sync.hub import feed, fleet, rows
from sync.wire import Operation
from tests.sync.hub.granted import check_places, promise, state_of
from tests.sync.hub.stand import ADMIN, Signer, Stand, hub_in
from tests.sync.hub.test_takes import drawn, take


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def ask(terminal: Signer, slot_id: str, *wishes: str, **values: Value) -> Operation:
    operation = terminal.booking(slot_id, wishes=list(wishes), **values)
    terminal.round([operation])
    return operation


def answer_of(hub: Stand, operation: Operation) -> tuple[Value, Value]:
    found = hub.read("booking", operation.id)
    return found["state"], found["slot_id"]


def bookings_of(hub: Stand) -> list[dict[str, Value]]:
    with hub.database.read() as connection:
        return [values for _, _, values in rows.read_all(connection, "booking")]


def full(hub: Stand, terminal: Signer, **values: object) -> str:
    """A slot whose only place somebody has."""
    slot_id = hub.add_slot(**values)  # type: ignore[arg-type]
    terminal.round([terminal.booking(slot_id)])
    assert hub.read("slot", slot_id)["taken"] == 1
    return slot_id


def test_the_first_wish_that_has_a_place_is_confirmed_and_both_slots_are_counted(hub: Stand) -> None:
    terminal = hub.enrol()
    first, second = full(hub, terminal, in_hours=4), hub.add_slot(in_hours=5)
    third = hub.add_slot(in_hours=6)
    assert answer_of(hub, ask(terminal, first, second, third)) == ("confirmed", second)
    taken = [hub.read("slot", slot_id)["taken"] for slot_id in (first, second, third)]
    assert taken == [1, 1, 0]
    [confirmed] = [one for one in bookings_of(hub) if one["slot_id"] == second]
    assert confirmed["wishes"] == [first, third]
    assert answer_of(hub, ask(terminal, first, second, third)) == ("confirmed", third)
    check_places(hub)


def test_the_terminal_learns_which_wish_it_is_in_the_same_answer(hub: Stand) -> None:
    terminal = hub.enrol()
    first, second = full(hub, terminal, in_hours=4), hub.add_slot(in_hours=5)
    operation = terminal.booking(first, wishes=[second])
    told = {entry.id: entry.fields for entry in terminal.round([operation]).entries}
    assert (told[operation.id]["state"].value, told[operation.id]["slot_id"].value) == ("confirmed", second)


def test_a_place_taken_by_a_wish_is_free_again_when_it_is_cancelled(hub: Stand) -> None:
    terminal = hub.enrol()
    first, second = full(hub, terminal, in_hours=4), hub.add_slot(in_hours=5)
    operation = ask(terminal, first, second)
    terminal.round([terminal.operation("booking", operation.id, {"state": "cancelled"})])
    assert hub.read("slot", second)["taken"] == 0
    check_places(hub)


def test_without_a_place_three_slots_are_offered_the_nearest_first_and_nothing_is_kept(hub: Stand) -> None:
    terminal = hub.enrol()
    first, second = full(hub, terminal, in_hours=10), full(hub, terminal, in_hours=11)
    far, near, next_to = hub.add_slot(in_hours=20), hub.add_slot(in_hours=9), hub.add_slot(in_hours=12)
    hub.add_slot(in_hours=23)
    for other in ({"reason": "suivi"}, {"modality": "PHYSIQUE"}, {"state": "withdrawn"}, {"gone": True}):
        hub.add_slot(in_hours=10, **other)
    hub.add_slot(in_hours=1)
    operation = ask(terminal, first, second)
    found = hub.read("booking", operation.id)
    assert (found["state"], found["declined_because"], found["slot_id"]) == ("alternatives", "slot_taken", first)
    assert found["alternatives"] == [near, next_to, far]
    assert found["answered_at"] == "2026-11-21T08:33:20Z"
    assert [hub.read("slot", slot_id)["taken"] for slot_id in (near, next_to, far)] == [0, 0, 0]
    check_places(hub)


def test_what_was_offered_is_chosen_by_a_move(hub: Stand) -> None:
    terminal = hub.enrol()
    first, free = full(hub, terminal, in_hours=10), hub.add_slot(in_hours=12)
    operation = ask(terminal, first)
    assert hub.read("booking", operation.id)["alternatives"] == [free]
    chosen = ask(terminal, free, moved_from=operation.id)
    assert answer_of(hub, chosen) == ("confirmed", free)
    assert hub.read("booking", operation.id)["state"] == "moved"


def test_a_slot_that_is_being_left_is_not_offered(hub: Stand) -> None:
    terminal = hub.enrol()
    old, wanted = hub.add_slot(in_hours=9, capacity=3), full(hub, terminal, in_hours=10)
    operation = ask(terminal, old)
    assert answer_of(hub, ask(terminal, wanted, moved_from=operation.id)) == ("declined", wanted)
    assert answer_of(hub, operation) == ("confirmed", old)


def test_when_nothing_can_be_offered_the_first_known_slot_says_why(hub: Stand) -> None:
    terminal = hub.enrol()
    taken = full(hub, terminal, in_hours=4)
    operation = ask(terminal, "no-such-slot", taken, "nor-this-one")
    found = hub.read("booking", operation.id)
    assert (found["state"], found["declined_because"], found["alternatives"]) == ("declined", "slot_taken", [])
    assert hub.read("booking", ask(terminal, "no-such-slot").id)["declined_because"] == "slot_unknown"


def test_an_unknown_wish_is_skipped_and_one_of_another_reason_is_not_given(hub: Stand) -> None:
    terminal = hub.enrol()
    first, other = full(hub, terminal, in_hours=4), hub.add_slot(in_hours=5, reason="suivi")
    fitting = hub.add_slot(in_hours=6)
    assert answer_of(hub, ask(terminal, first, "no-such-slot", fitting)) == ("confirmed", fitting)
    refused = hub.read("booking", ask(terminal, other, first).id)
    assert (refused["state"], refused["declined_because"]) == ("declined", "reason")


def test_wishes_wait_with_the_request_while_the_site_is_frozen(hub: Stand) -> None:
    terminal, silent = hub.enrol(), hub.enrol()
    terminal.round()
    first, second = full(hub, terminal, in_hours=4), hub.add_slot(in_hours=5)
    with hub.database.write() as connection:
        feed.renew_generation(connection, hub.clock(), hub.random)
    operation = ask(terminal, first, second)
    assert answer_of(hub, operation) == ("requested", first)
    terminal.round()
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), silent.terminal_id, ADMIN)
    assert answer_of(hub, operation) == ("confirmed", second)
    check_places(hub)


def test_two_with_the_same_wishes_in_one_push_get_one_each(hub: Stand) -> None:
    terminal = hub.enrol()
    first, second = hub.add_slot(in_hours=4), hub.add_slot(in_hours=5)
    asked = [terminal.booking(first, wishes=[second]) for _ in range(3)]
    terminal.round(asked)
    assert [answer_of(hub, one) for one in asked] == [("confirmed", first), ("confirmed", second), ("declined", first)]
    check_places(hub)


def test_who_waits_for_a_place_that_is_promised_in_the_same_push_is_answered_with_it(hub: Stand) -> None:
    """Seed 22011: the request was not in the database yet when the place that it waited for was spent."""
    first, second, terminal, other = hub.add_slot(in_hours=3), hub.add_slot(in_hours=4), hub.enrol(), hub.enrol()
    free = hub.add_slot(in_hours=5)
    other.round([other.booking(first)])
    grant_id = drawn(hub)
    take(terminal, second, grant_id)
    wanted = terminal.booking(first, wishes=[second])
    terminal.round([wanted, promise(terminal, grant_id, second)])
    assert state_of(hub, wanted) == ("alternatives", "slot_taken")
    assert hub.read("booking", wanted.id)["alternatives"] == [free]
    check_places(hub)
