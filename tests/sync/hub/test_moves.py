"""Moves: of a booking and what replaced it one place is kept, in whatever order the hub hears of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync import escrow
from sync.change import Value, new_id
from sync.claim import placeholder_id
from sync.hub import bookings, conflicts, feed, fleet, rows
from sync.hub.places import Places
from sync.hub.settings import HubSettings
from sync.hub.standing import Standing
from sync.wire import Operation
from tests.sync.hub.granted import check_places, grants_of, promise, state_of
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand, hub_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def state(hub: Stand, operation: Operation) -> Value:
    return state_of(hub, operation)[0]


def stocked(hub: Stand, terminal: Signer) -> list[tuple[str, str]]:
    """The grants of a terminal with their slots, and no more of them from now on."""
    terminal.round()
    hub.exchange.settings = HubSettings(home=hub.home, grants_per_terminal=0)
    return [(grant_id, str(values["slot_id"])) for grant_id, values in grants_of(hub, terminal).items()]


def to_look_at(hub: Stand) -> list[tuple[str, Value, Value]]:
    """The journal's lines that need a person, oldest first: record, what stands, what does not."""
    with hub.database.read() as connection:
        lines = conflicts.read_journal(connection, open_only=True)
    return [(line.record_id, line.kept_value, line.lost_value) for line in reversed(lines)]


def later(hub: Stand) -> None:
    hub.clock.ms += 1000


# ------------------------------------------------------------------ one move
def test_a_move_that_stands_frees_the_place_of_the_old_one_in_the_same_round(hub: Stand) -> None:
    first, second = hub.add_slot(in_hours=4), hub.add_slot(in_hours=5)
    terminal, other = hub.enrol(), hub.enrol()
    old = terminal.booking(first)
    terminal.round([old])
    new = other.booking(second, moved_from=old.id)
    told = {entry.id: entry.fields for entry in other.round([new]).entries}
    assert (state(hub, old), state(hub, new)) == ("moved", "confirmed")
    assert told[old.id]["state"].value == "moved"
    assert told[first]["taken"].value == 0
    assert (hub.read("slot", first)["taken"], hub.read("slot", second)["taken"]) == (0, 1)
    assert to_look_at(hub) == []


def test_a_promise_that_replaces_leaves_the_grant_of_the_old_one_with_its_terminal(hub: Stand) -> None:
    for at in range(4):
        hub.add_slot(in_hours=30 + at)
    terminal = hub.enrol()
    (one, first), (other, second) = stocked(hub, terminal)
    old = promise(terminal, one, first)
    terminal.round([old])
    new = promise(terminal, other, second, moved_from=old.id)
    terminal.round([new])
    assert (state(hub, old), state(hub, new)) == ("moved", "guaranteed")
    assert hub.read("slot", first)["taken"] == 1, "its terminal may promise it again"
    again = promise(terminal, one, first, 2)
    terminal.round([again])
    assert (state(hub, again), state(hub, old)) == ("guaranteed", "moved")
    check_places(hub)


def test_a_request_that_is_not_granted_leaves_the_old_one_where_it_is(hub: Stand) -> None:
    first, full = hub.add_slot(in_hours=4), hub.add_slot(in_hours=5)
    terminal = hub.enrol()
    old, somebody = terminal.booking(first), terminal.booking(full)
    new = terminal.booking(full, moved_from=old.id)
    terminal.round([old, somebody, new])
    assert (state(hub, old), state(hub, new)) == ("confirmed", "declined")
    check_places(hub)


def test_a_request_that_replaces_waits_with_the_old_one_kept_while_the_site_is_frozen(hub: Stand) -> None:
    first, second = hub.add_slot(in_hours=4), hub.add_slot(in_hours=5)
    terminal, silent = hub.enrol(), hub.enrol()
    old = terminal.booking(first)
    terminal.round([old])
    with hub.database.write() as connection:
        feed.renew_generation(connection, hub.clock(), hub.random)
    new = terminal.booking(second, moved_from=old.id)
    terminal.round([new])
    assert (state(hub, old), state(hub, new)) == ("confirmed", "requested")
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), silent.terminal_id, ADMIN)
    terminal.round()
    assert (state(hub, old), state(hub, new)) == ("moved", "confirmed")
    check_places(hub)


def test_a_move_to_an_hour_that_overlaps_the_old_one_is_possible(hub: Stand) -> None:
    first = hub.add_slot(in_hours=4, booth="Bleue")
    second = hub.add_slot(in_hours=4.25, booth="Bleue")
    terminal = hub.enrol()
    old = terminal.booking(first)
    terminal.round([old])
    stranger, new = terminal.booking(second), terminal.booking(second, moved_from=old.id)
    terminal.round([stranger, new])
    assert state_of(hub, stranger) == ("declined", "booth_busy")
    assert (state(hub, old), state(hub, new)) == ("moved", "confirmed")
    check_places(hub)


def test_a_move_within_one_slot_or_one_grant_harms_nobody(hub: Stand) -> None:
    slot_id = hub.add_slot(in_hours=4)
    terminal = hub.enrol()
    old = terminal.booking(slot_id)
    new = terminal.booking(slot_id, moved_from=old.id)
    terminal.round([old, new])
    assert (state(hub, old), state(hub, new)) == ("moved", "confirmed")
    hub.add_slot(in_hours=30, capacity=2)
    [(grant_id, granted_slot)] = stocked(hub, terminal)
    old = promise(terminal, grant_id, granted_slot)
    new = promise(terminal, grant_id, granted_slot, 2, moved_from=old.id)
    terminal.round([old, new])
    assert (state(hub, old), state(hub, new)) == ("moved", "guaranteed")
    check_places(hub)


# ----------------------------------------------------------- who did not see whom
def two_moves(hub: Stand) -> tuple[Operation, Operation, Operation, Signer, Signer]:
    """A booking, and a move of it at each of two terminals that did not see each other; the second is newer."""
    slots = [hub.add_slot(in_hours=4 + at) for at in range(3)]
    one, other = hub.enrol(), hub.enrol()
    old = one.booking(slots[0])
    one.round([old])
    later(hub)
    older = one.booking(slots[1], moved_from=old.id)
    later(hub)
    newer = other.booking(slots[2], moved_from=old.id)
    return old, older, newer, one, other


@pytest.mark.parametrize("newer_first", [False, True])
def test_of_two_moves_the_newer_stands_and_a_person_is_told(hub: Stand, newer_first: bool) -> None:
    old, older, newer, one, other = two_moves(hub)
    if newer_first:
        other.round([newer])
        one.round([older])
        assert to_look_at(hub) in ([], [(older.id, "moved", "confirmed")])
    else:
        one.round([older])
        other.round([newer])
        assert to_look_at(hub) == [(older.id, "moved", "confirmed")]
    assert [state(hub, each) for each in (old, older, newer)] == ["moved", "moved", "confirmed"]
    check_places(hub)


@pytest.mark.parametrize("newer_first", [False, True])
def test_of_two_moves_that_were_both_promised_a_person_is_told_in_either_order(hub: Stand, newer_first: bool) -> None:
    for at in range(8):
        hub.add_slot(in_hours=30 + at)
    one, other = hub.enrol(), hub.enrol()
    one.round()
    (first, first_slot), (second, second_slot), *_ = stocked(hub, one)
    (third, third_slot), *_ = stocked(hub, other) or [(new_id(hub.clock(), hub.random(10)), hub.add_slot(in_hours=50))]
    old = promise(one, first, first_slot)
    one.round([old])
    later(hub)
    older = promise(one, second, second_slot, moved_from=old.id)
    later(hub)
    newer = promise(other, third, third_slot, moved_from=old.id)
    for terminal, operation in [(other, newer), (one, older)][:: 1 if newer_first else -1]:
        terminal.round([operation])
    assert [state(hub, each) for each in (old, older, newer)] == ["moved", "moved", "guaranteed"]
    assert to_look_at(hub) == [(older.id, "moved", "guaranteed")]
    check_places(hub)


def test_a_cancelling_that_comes_after_a_move_changes_nothing_and_a_person_is_told(hub: Stand) -> None:
    first, second = hub.add_slot(in_hours=4), hub.add_slot(in_hours=5)
    one, other = hub.enrol(), hub.enrol()
    old = one.booking(first)
    one.round([old])
    other.round()
    new = other.booking(second, moved_from=old.id)
    other.round([new])
    one.round([one.operation("booking", old.id, {"state": "cancelled"})])
    assert (state(hub, old), state(hub, new)) == ("moved", "confirmed")
    assert to_look_at(hub) == [(old.id, "moved", "cancelled")]


def test_a_move_that_comes_after_a_cancelling_is_kept_and_a_person_is_told(hub: Stand) -> None:
    first, second = hub.add_slot(in_hours=4), hub.add_slot(in_hours=5)
    one, other = hub.enrol(), hub.enrol()
    old = one.booking(first)
    one.round([old, one.operation("booking", old.id, {"state": "cancelled"})])
    new = other.booking(second, moved_from=old.id)
    other.round([new])
    assert (state(hub, old), state(hub, new)) == ("cancelled", "confirmed")
    assert to_look_at(hub) == [(old.id, "moved", "cancelled")]
    check_places(hub)


def test_a_second_move_of_what_was_moved_and_then_cancelled_is_kept_and_a_person_is_told(hub: Stand) -> None:
    old, older, newer, one, other = two_moves(hub)
    one.round([older, one.operation("booking", older.id, {"state": "cancelled"})])
    other.round([newer])
    assert [state(hub, each) for each in (old, older, newer)] == ["moved", "cancelled", "confirmed"]
    assert to_look_at(hub) == [(older.id, "moved", "cancelled")]


# ------------------------------------------------------------- out of order
def test_an_old_one_that_the_hub_hears_of_late_is_moved_at_once(hub: Stand) -> None:
    first, second = hub.add_slot(in_hours=4), hub.add_slot(in_hours=5)
    one, other = hub.enrol(), hub.enrol()
    old = one.booking(first)
    new = other.booking(second, moved_from=old.id)
    other.round([new])
    assert state(hub, new) == "confirmed"
    one.round([old])
    assert (state(hub, old), state(hub, new)) == ("moved", "confirmed")
    assert hub.read("slot", first)["taken"] == 0
    assert to_look_at(hub) == []


def test_an_old_one_stays_gone_when_what_replaced_it_was_given_up_meanwhile(hub: Stand) -> None:
    first, second = hub.add_slot(in_hours=4), hub.add_slot(in_hours=5)
    one, other = hub.enrol(), hub.enrol()
    old = one.booking(first)
    new = other.booking(second, moved_from=old.id)
    other.round([new, other.operation("booking", new.id, {"state": "cancelled"})])
    one.round([old])
    if hub.read("booking", new.id)["answered_at"] is None:
        pytest.fail("the move stood before it was given up")
    assert (state(hub, old), state(hub, new)) == ("moved", "cancelled")
    check_places(hub)


@pytest.mark.parametrize("order", ["abc", "acb", "bac", "bca", "cab", "cba"])
def test_a_chain_of_moves_keeps_its_last_place_in_any_order(hub: Stand, order: str) -> None:
    slots = [hub.add_slot(in_hours=4 + at) for at in range(3)]
    terminals = {name: hub.enrol() for name in "abc"}
    a = terminals["a"].booking(slots[0])
    later(hub)
    b = terminals["b"].booking(slots[1], moved_from=a.id)
    later(hub)
    c = terminals["c"].booking(slots[2], moved_from=b.id)
    for name in order:
        terminals[name].round([{"a": a, "b": b, "c": c}[name]])
    assert [state(hub, each) for each in (a, b, c)] == ["moved", "moved", "confirmed"]
    assert to_look_at(hub) == []
    check_places(hub)


# -------------------------------------------------------------- what is refused
def test_what_a_booking_replaces_is_said_when_it_is_made_and_never_changes(hub: Stand) -> None:
    terminal = hub.enrol()
    old, new = terminal.booking(hub.add_slot(in_hours=4)), terminal.booking(hub.add_slot(in_hours=5))
    terminal.round([old, new])
    [receipt] = terminal.round([terminal.operation("booking", new.id, {"moved_from": old.id})]).receipts
    assert (receipt.outcome, receipt.code) == ("rejected", "invalid")
    assert [state(hub, each) for each in (old, new)] == ["confirmed", "confirmed"]


def test_a_move_of_itself_or_in_a_circle_loses_nobody_their_place(hub: Stand) -> None:
    terminal = hub.enrol()
    slots = [hub.add_slot(in_hours=4 + at) for at in range(3)]
    own, one, other = (new_id(hub.clock(), hub.random(10)) for _ in range(3))
    terminal.round(
        [
            terminal.booking(slots[0], record_id=own, moved_from=own),
            terminal.booking(slots[1], record_id=one, moved_from=other),
            terminal.booking(slots[2], record_id=other, moved_from=one),
        ]
    )
    with hub.database.read() as connection:
        held = {record_id: values["state"] for _, record_id, values in rows.read_all(connection, "booking", SITE)}
    assert held.get(own) in {None, "confirmed"}
    assert [held.get(one), held.get(other)].count("confirmed") == 1
    check_places(hub)


def test_a_circle_is_seen() -> None:
    places = Places()
    for record_id, before in (("b", "a"), ("c", "b")):
        places.add(Standing("booking", SITE, record_id, {"slot_id": "s", "moved_from": before}))
    whole: dict[str, Value] = {"grant_id": None, "spend_no": 0, "state": "requested", "moved_from": "c"}
    assert bookings.why_rejected(None, whole, places, "a") == "invalid"
    assert bookings.why_rejected(None, {**whole, "moved_from": "d"}, places, "d") == "invalid"
    assert bookings.why_rejected(None, whole, places, "d") is None


def test_a_booking_of_another_site_is_not_moved(hub: Stand) -> None:
    hub.add_site("site-saint-denis")
    far = hub.add_slot(site_id="site-saint-denis", in_hours=4)
    there, here = hub.enrol("site-saint-denis"), hub.enrol()
    old = there.booking(far)
    there.round([old])
    new = here.booking(hub.add_slot(in_hours=5), moved_from=old.id)
    here.round([new])
    assert state(hub, new) == "confirmed"
    assert hub.read("booking", old.id, "site-saint-denis")["state"] == "confirmed"


# ---------------------------------------------------------- spends of one grant
@pytest.mark.parametrize("higher_first", [False, True])
def test_the_highest_spend_of_a_grant_stands_in_either_order_and_nobody_is_told(hub: Stand, higher_first: bool) -> None:
    hub.add_slot(in_hours=30, capacity=2)
    terminal = hub.enrol()
    [(grant_id, slot_id)] = stocked(hub, terminal)
    lower, higher = promise(terminal, grant_id, slot_id), promise(terminal, grant_id, slot_id, 2)
    order = [higher, lower] if higher_first else [lower, higher]
    terminal.round([one.changed(seq=at) for at, one in enumerate(order, start=1)])
    assert (state(hub, lower), state(hub, higher)) == ("cancelled", "guaranteed")
    assert to_look_at(hub) == []
    assert hub.read("slot", slot_id)["taken"] == 1
    check_places(hub)


def test_on_a_copied_disk_a_higher_spend_takes_nobody_s_place(hub: Stand) -> None:
    hub.add_slot(in_hours=30, capacity=2)
    terminal = hub.enrol()
    [(grant_id, slot_id)] = stocked(hub, terminal)
    first, copy = promise(terminal, grant_id, slot_id), promise(terminal, grant_id, slot_id)
    terminal.round([first, copy, higher := promise(terminal, grant_id, slot_id, 2)])
    assert state_of(hub, first) == ("guaranteed", None)
    assert state_of(hub, copy) == state_of(hub, higher) == ("overruled", "clone")
    assert {record_id for record_id, _, _ in to_look_at(hub)} == {copy.id, higher.id}


def by_voice(hub: Stand, terminal: Signer, grant_id: str, slot_id: str, **changed: Value) -> str:
    """What the hub makes of a reference that was read out to it, as its courier does."""
    no = terminal.certificate.terminal_no
    record_id = placeholder_id(no, grant_id, 1)
    values: dict[str, Value] = {
        **terminal.new_booking(slot_id), "gone": False, "state": "guaranteed", "grant_id": grant_id, "spend_no": 1,
        "modality": "VISIO", "language": "fr", "carried": True, "reference_hash": "", **changed,
    }  # fmt: skip
    with hub.database.write() as connection:
        places = Places.load(connection, SITE, [slot_id], [grant_id], [record_id])
        clock = rows.read_clock(connection, hub.clock())
        standing = Standing("booking", SITE, record_id)
        for name, value in values.items():
            standing.decide(name, value, clock.tick())
        bookings.answer(standing, None, places, clock, hub.clock())
        feed.publish_all(connection, places.standings())
        rows.keep_clock(connection, clock)
    return record_id


def test_the_terminal_s_own_booking_takes_the_place_of_what_a_voice_made(hub: Stand) -> None:
    hub.add_slot(in_hours=30, capacity=2)
    terminal = hub.enrol()
    [(grant_id, slot_id)] = stocked(hub, terminal)
    real = promise(terminal, grant_id, slot_id)
    voice = by_voice(hub, terminal, grant_id, slot_id)
    assert hub.read("booking", voice)["state"] == "guaranteed"
    terminal.round([real])
    assert (hub.read("booking", voice)["state"], state(hub, real)) == ("moved", "guaranteed")
    assert to_look_at(hub) == []
    check_places(hub)


def test_what_the_visitor_did_with_a_slip_meanwhile_also_holds_for_the_terminal_s_own_booking(hub: Stand) -> None:
    hub.add_slot(in_hours=30, capacity=2)
    elsewhere = hub.add_slot(in_hours=4)
    terminal, other = hub.enrol(), hub.enrol()
    [(grant_id, slot_id)] = stocked(hub, terminal)
    real = promise(terminal, grant_id, slot_id)
    voice = by_voice(hub, terminal, grant_id, slot_id)
    new = other.booking(elsewhere, moved_from=voice)
    other.round([new])
    assert (hub.read("booking", voice)["state"], state(hub, new)) == ("moved", "confirmed")
    terminal.round([real])
    assert (state(hub, real), state(hub, new)) == ("moved", "confirmed")
    assert hub.read("booking", new.id)["moved_from"] == real.id
    check_places(hub)


# ------------------------------------------------------------------ everything
STEPS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(["book", "promise", "move", "move", "promise a move", "cancel", "round", "round"]),
        st.integers(0, 30),
    ),
    max_size=16,
)


@given(steps=STEPS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_after_convergence_a_visitor_holds_one_place_at_most(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str, int]]
) -> None:
    """Two terminals write without a word, send when they like, and name one another's bookings in any order."""
    with hub_in(tmp_path_factory.mktemp("hub") / "hub") as hub:
        slots = [hub.add_slot(in_hours=30 + at / 2, booth=f"B{at % 2}", capacity=1 + at % 2) for at in range(8)]
        terminals = [hub.enrol(), hub.enrol()]
        stock = [stocked(hub, terminals[0]), []]
        hub.exchange.settings = HubSettings(home=hub.home)
        stock[1] = stocked(hub, terminals[1])
        unsent: list[list[Operation]] = [[], []]
        made: list[str] = []
        for at, step, number in steps:
            terminal, waiting = terminals[at], unsent[at]
            hub.clock.ms += 1000
            links: dict[str, Value] = {"moved_from": made[number % len(made)]} if "move" in step and made else {}
            if step in {"promise", "promise a move"} and stock[at]:
                grant_id, slot_id = stock[at].pop()
                waiting.append(promise(terminal, grant_id, slot_id, **links))
            elif step in {"book", "move"}:
                waiting.append(terminal.booking(slots[number % len(slots)], **links))
            elif step == "cancel" and made:
                waiting.append(terminal.operation("booking", made[number % len(made)], {"state": "cancelled"}))
                continue
            if step == "round":
                terminal.round(waiting)
                waiting.clear()
                check_places(hub)
            elif waiting and waiting[-1].id not in made:
                made.append(waiting[-1].id)
        for terminal, waiting in zip(terminals, unsent, strict=True):
            terminal.round(waiting)
        check_places(hub)
        one_place_a_family(hub)


def one_place_a_family(hub: Stand) -> None:
    with hub.database.read() as connection:
        held = {record_id: values for _, record_id, values in rows.read_all(connection, "booking", SITE)}
    root = {record_id: record_id for record_id in held}

    def find(record_id: str) -> str:
        while root.setdefault(record_id, record_id) != record_id:
            record_id = root[record_id]
        return record_id

    for record_id, values in held.items():
        if values["moved_from"] is not None:
            root[find(record_id)] = find(str(values["moved_from"]))
    placed = [find(record_id) for record_id, values in held.items() if escrow.holds_a_place(values)]
    assert len(placed) == len(set(placed)), "a visitor holds two places"
