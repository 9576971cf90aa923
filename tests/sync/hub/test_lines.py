"""Lines: a place that somebody leaves goes to who waits for it; earlier hours are proposed and never given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.change import Value, new_id
from sync.hub import rows, todo, upkeep, withdrawals
from sync.hub.settings import HubSettings
from sync.wire import Operation
from tests.sync.hub.granted import check_places, granted, grants_of, promise, state_of
from tests.sync.hub.stand import ADMIN, HOUR_MS, SITE, Signer, Stand, hub_in

DAY = 24.0
IN_LINE = ("requested", "waits_for_a_place")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def without_stock(hub: Stand) -> None:
    hub.exchange.settings = HubSettings(home=hub.home, grants_per_terminal=0, seats_per_terminal=0)


def seats(hub: Stand, places: int, **values: Value) -> str:
    return hub.add_slot(reason="atelier", booth="", modality="PHYSIQUE", capacity=places, **values)  # type: ignore[arg-type]


def ask(terminal: Signer, slot_id: str, *, waits: bool = False, **values: Value) -> Operation:
    whole = {**terminal.new_booking(slot_id), "reason": "atelier", "modality": "PHYSIQUE", "waits": waits, **values}
    operation = terminal.operation("booking", new_id(terminal.hub.clock(), terminal.hub.random(10)), whole)
    terminal.round([operation])
    return operation


def change(terminal: Signer, operation: Operation, **values: Value) -> None:
    terminal.round([terminal.operation("booking", operation.id, values)])


def to_do(hub: Stand) -> list[tuple[str, str]]:
    with hub.database.read() as connection:
        return [(item.kind, item.happened) for item in todo.list_todo(connection, hub.clock())]


def keep_up(hub: Stand, hours: float = 1) -> None:
    hub.clock.ms += int(hours * HOUR_MS)
    upkeep.keep_up(hub.database, hub.clock())


# ------------------------------------------------------------------ the line of a full event
def test_without_a_place_who_waits_stays_in_the_line_and_who_does_not_is_refused(hub: Stand) -> None:
    terminal, slot_id = hub.enrol(), seats(hub, 1)
    without_stock(hub)
    ask(terminal, slot_id)
    assert state_of(hub, ask(terminal, slot_id)) == ("declined", "slot_taken")
    waiting = ask(terminal, slot_id, waits=True)
    assert state_of(hub, waiting) == IN_LINE
    assert hub.read("booking", waiting.id)["answered_at"] == "2026-11-21T08:33:20Z"
    assert to_do(hub) == [], "who waits in a line was answered"
    check_places(hub)


def test_a_place_that_is_left_goes_to_the_first_of_the_line_at_once_and_to_nobody_else(hub: Stand) -> None:
    one, other, slot_id = hub.enrol(), hub.enrol(), seats(hub, 1)
    without_stock(hub)
    has_it = ask(one, slot_id)
    first, second = ask(other, slot_id, waits=True), ask(one, slot_id, waits=True)
    late = other.booking(slot_id, reason="atelier", modality="PHYSIQUE")
    told = one.round([one.operation("booking", has_it.id, {"state": "cancelled"})])
    assert {entry.id for entry in told.entries} >= {first.id}
    assert [state_of(hub, asked) for asked in (first, second)] == [("confirmed", None), IN_LINE]
    other.round([late])
    assert state_of(hub, late)[0] == "declined"
    check_places(hub)


def test_the_line_is_kept_in_the_order_in_which_the_hub_heard_whatever_the_clocks_of_terminals_say(hub: Stand) -> None:
    one, slot_id = hub.enrol(), seats(hub, 1)
    without_stock(hub)
    has_it, first = ask(one, slot_id), ask(one, slot_id, waits=True)
    second = ask(one, slot_id, waits=True, created_at="2020-01-01T00:00:00Z")
    change(one, has_it, state="cancelled")
    assert (state_of(hub, first)[0], state_of(hub, second)) == ("confirmed", IN_LINE)


def test_a_place_that_is_left_by_a_move_a_release_or_new_seats_serves_the_line(hub: Stand) -> None:
    one, slot_id, other_date = hub.enrol(), seats(hub, 1), seats(hub, 3)
    without_stock(hub)
    has_it, waiting = ask(one, slot_id), ask(one, slot_id, waits=True)
    ask(one, other_date, moved_from=has_it.id)
    assert state_of(hub, waiting)[0] == "confirmed"
    again = ask(one, slot_id, waits=True)
    with hub.database.write() as connection:
        rows.write_as_hub(connection, hub.clock(), "slot", SITE, slot_id, {"capacity": 2})
        withdrawals.serve_waiting(connection, SITE, hub.clock())
    assert state_of(hub, again)[0] == "confirmed"
    check_places(hub)


def test_a_place_that_a_terminal_gives_back_serves_the_line(hub: Stand) -> None:
    hub.exchange.settings = HubSettings(home=hub.home, seats_per_terminal=1)
    slot_id, holder = seats(hub, 2), hub.enrol()
    grant_id, of_slot = granted(hub, holder)
    assert of_slot == slot_id
    without_stock(hub)
    other = hub.enrol()
    ask(other, slot_id)
    waiting = ask(other, slot_id, waits=True)
    assert state_of(hub, waiting) == IN_LINE
    holder.round([holder.operation("grant", grant_id, {"state": "released"})])
    assert state_of(hub, waiting)[0] == "confirmed"
    assert grants_of(hub) == {}
    check_places(hub)


def test_a_promise_that_is_cancelled_leaves_its_place_with_the_terminal_that_promised_it(hub: Stand) -> None:
    hub.exchange.settings = HubSettings(home=hub.home, seats_per_terminal=1)
    slot_id, holder = seats(hub, 2), hub.enrol()
    grant_id, _ = granted(hub, holder)
    without_stock(hub)
    promised = promise(holder, grant_id, slot_id, reason="atelier", modality="PHYSIQUE")
    holder.round([promised])
    other = hub.enrol()
    ask(other, slot_id)
    waiting = ask(other, slot_id, waits=True)
    change(holder, promised, state="cancelled")
    assert state_of(hub, waiting) == IN_LINE, "until the terminal gives it back: it may have promised it again"
    check_places(hub)


def test_who_comes_out_of_the_line_stands_on_the_list_of_people_to_tell_until_they_are_told(hub: Stand) -> None:
    terminal, slot_id = hub.enrol(), seats(hub, 1)
    without_stock(hub)
    has_it = ask(terminal, slot_id)
    ask(terminal, slot_id, waits=True)
    change(terminal, has_it, state="cancelled")
    [(kind, happened)] = to_do(hub)
    assert kind == "news"
    assert "liste d’attente" in happened
    with hub.database.write() as connection:
        [item] = todo.list_todo(connection, hub.clock())
        todo.settle(connection, hub.clock(), item.id, "told", ADMIN, seen=item.code)
    assert to_do(hub) == []


def test_a_place_that_was_free_at_once_is_no_news(hub: Stand) -> None:
    terminal, slot_id = hub.enrol(), seats(hub, 1)
    without_stock(hub)
    assert state_of(hub, ask(terminal, slot_id, waits=True)) == ("confirmed", None)
    assert to_do(hub) == []


def test_the_line_ends_with_its_event(hub: Stand) -> None:
    terminal, slot_id, gone = hub.enrol(), seats(hub, 1, in_hours=3), seats(hub, 1)
    without_stock(hub)
    for one in (slot_id, gone):
        ask(terminal, one)
    late, lost = ask(terminal, slot_id, waits=True), ask(terminal, gone, waits=True)
    keep_up(hub, 4)
    assert state_of(hub, late) == ("declined", "slot_past")
    with hub.database.write() as connection:
        withdrawals.withdraw(connection, hub.clock(), SITE, gone, ADMIN)
    assert state_of(hub, lost) == ("declined", "slot_withdrawn")


def test_nobody_waits_on_a_slot_that_was_withdrawn_whatever_else_they_wished(hub: Stand) -> None:
    terminal, slot_id, other = hub.enrol(), seats(hub, 1), seats(hub, 1)
    without_stock(hub)
    for one in (slot_id, other):
        ask(terminal, one)
    waiting = ask(terminal, slot_id, waits=True, wishes=[other])
    assert state_of(hub, waiting) == IN_LINE
    with hub.database.write() as connection:
        withdrawals.withdraw(connection, hub.clock(), SITE, slot_id, ADMIN)
    assert state_of(hub, waiting) == ("declined", "slot_withdrawn")


def test_who_leaves_the_line_is_not_served(hub: Stand) -> None:
    terminal, slot_id = hub.enrol(), seats(hub, 1)
    without_stock(hub)
    has_it, waiting = ask(terminal, slot_id), ask(terminal, slot_id, waits=True)
    change(terminal, waiting, state="cancelled")
    change(terminal, has_it, state="cancelled")
    assert state_of(hub, waiting)[0] == "cancelled"
    assert hub.read("slot", slot_id)["taken"] == 0


STEPS = st.lists(
    st.tuples(st.sampled_from(("ask", "wait", "cancel", "enlarge", "upkeep")), st.integers(0, 9)), max_size=30
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_nobody_waits_for_a_place_that_is_free_and_nobody_shares_one(steps: list[tuple[str, int]]) -> None:
    with TemporaryDirectory() as folder, hub_in(Path(folder)) as hub:
        without_stock(hub)
        terminal, slot_id, places = hub.enrol(), seats(hub, 2), 2
        made: list[Operation] = []
        for what, which in steps:
            if what in ("ask", "wait"):
                made.append(ask(terminal, slot_id, waits=what == "wait"))
            elif what == "cancel" and made:
                change(terminal, made.pop(which % len(made)), state="cancelled")
            elif what == "enlarge":
                places = min(5, places + 1)
                with hub.database.write() as connection:
                    rows.write_as_hub(connection, hub.clock(), "slot", SITE, slot_id, {"capacity": places})
                    withdrawals.serve_waiting(connection, SITE, hub.clock())
            elif what == "upkeep":
                keep_up(hub)
            check_places(hub)
            waiting = [one for one in made if state_of(hub, one) == IN_LINE]
            assert not waiting or hub.read("slot", slot_id)["taken"] == places
        heard = [one for one in made if state_of(hub, one) == IN_LINE]
        assert heard == sorted(heard, key=made.index)


# ------------------------------------------------------------------ earlier hours
def placed(hub: Stand, terminal: Signer, in_days: float, *, earlier: bool = False) -> Operation:
    operation = terminal.booking(hub.add_slot(in_hours=in_days * DAY), earlier=earlier)
    terminal.round([operation])
    assert state_of(hub, operation)[0] == "confirmed"
    return operation


def proposed(hub: Stand, operation: Operation) -> Value:
    return hub.read("booking", operation.id)["alternatives"]


def test_earlier_hours_are_proposed_the_soonest_first_and_the_place_stays(hub: Stand) -> None:
    terminal = hub.enrol()
    without_stock(hub)
    wants, content = placed(hub, terminal, 9, earlier=True), placed(hub, terminal, 9)
    far, near = hub.add_slot(in_hours=5 * DAY), hub.add_slot(in_hours=2 * DAY)
    hub.add_slot(in_hours=20), hub.add_slot(in_hours=8.5 * DAY), hub.add_slot(in_hours=3 * DAY, reason="suivi")
    keep_up(hub)
    assert proposed(hub, wants) == [near, far]
    assert proposed(hub, content) == []
    assert state_of(hub, wants)[0] == "confirmed"
    assert [hub.read("slot", one)["taken"] for one in (near, far)] == [0, 0]
    [(kind, happened)] = to_do(hub)
    assert kind == "news"
    assert "date plus proche" in happened


def test_a_visitor_is_told_three_times_at_most_and_never_twice_of_the_same(hub: Stand) -> None:
    terminal = hub.enrol()
    without_stock(hub)
    wants = placed(hub, terminal, 20, earlier=True)
    notices = []
    for day in range(2, 8):
        hub.add_slot(in_hours=day * DAY)
        for _ in range(2):
            keep_up(hub)
            notices.append(hub.read("booking", wants.id)["notices"])
        change(terminal, wants, told_at="2026-11-22T10:00:00Z")
    assert notices == [1, 1, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3]
    assert to_do(hub) == []


def test_what_is_taken_meanwhile_is_proposed_no_more_and_who_wants_none_any_more_has_none(hub: Stand) -> None:
    terminal = hub.enrol()
    without_stock(hub)
    wants = placed(hub, terminal, 9, earlier=True)
    one, other = hub.add_slot(in_hours=2 * DAY), hub.add_slot(in_hours=3 * DAY)
    keep_up(hub)
    assert proposed(hub, wants) == [one, other]
    terminal.round([terminal.booking(one)])
    keep_up(hub)
    assert proposed(hub, wants) == [other]
    change(terminal, wants, earlier=False)
    keep_up(hub)
    assert proposed(hub, wants) == []
    assert hub.read("booking", wants.id)["notices"] == 1


def test_choosing_an_earlier_hour_is_a_move(hub: Stand) -> None:
    terminal = hub.enrol()
    without_stock(hub)
    wants = placed(hub, terminal, 9, earlier=True)
    near = hub.add_slot(in_hours=2 * DAY)
    keep_up(hub)
    chosen = terminal.booking(near, moved_from=wants.id)
    terminal.round([chosen])
    assert (state_of(hub, chosen)[0], state_of(hub, wants)[0]) == ("confirmed", "moved")
    assert to_do(hub) == []
    check_places(hub)
