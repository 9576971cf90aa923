"""Places that a terminal promises with no network: held, spent once, given back by number."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync import escrow
from sync.clock import utc_text
from sync.errors import HoldLost, InvalidInput
from sync.message import Message
from sync.records import BookingFields
from sync.replica.grants import Held
from sync.replica.terminal import Terminal, enrol
from sync.wire import Receipt, RoundReply, RoundRequest
from tests.sync.replica.stand_in import MACHINE_SECRET, SITE, StandInHub, Time, a_booking

MINUTE_MS, HOUR_MS = 60_000, 3_600_000


def a_slot(starts_ms: int, capacity: int = 1) -> dict[str, object]:
    return {
        "external_ref": "s-1", "reason": "suivi", "starts_at": utc_text(starts_ms), "capacity": capacity,
        "ends_at": utc_text(starts_ms + 45 * MINUTE_MS), "taken": 1,
    }  # fmt: skip


def give(hub: StandInHub, terminal: Terminal, number: int, slot_id: str = "slot-1", **other: object) -> str:
    """The hub gives this terminal one place of a slot two days ahead."""
    hub.put_values("slot", slot_id, a_slot(hub.now() + 48 * HOUR_MS), counter=number)
    values = {
        "slot_id": slot_id, "terminal_no": 1, "incarnation": terminal.status().incarnation, "number": number,
        "issued_at": utc_text(hub.now()), "state": "active", **other,
    }  # fmt: skip
    hub.put_values("grant", f"grant-{number}", values, counter=number)
    assert terminal.rounds.run().ok
    return f"grant-{number}"


def asked(slot_id: str = "slot-1", index: int = 0) -> dict[str, object]:
    values = a_booking(slot_id, index)
    del values["state"]
    return values


def book(terminal: Terminal, held: Held, visit: str = "a") -> str:
    record_id = terminal.store.new_id()
    reference = terminal.store.reference_for(held)
    terminal.store.book(held, visit, record_id, asked(held.slot_id, reference.index))  # type: ignore[arg-type]
    return record_id


def booking(terminal: Terminal, record_id: str) -> BookingFields:
    found = terminal.store.get("booking", record_id)
    assert isinstance(found, BookingFields)
    return found


def test_a_place_in_stock_is_promised_with_no_network(terminal: Terminal, hub: StandInHub) -> None:
    give(hub, terminal, 1)
    hub.offline = True
    held = terminal.store.hold("slot-1", "a")
    assert held.guaranteed
    made = booking(terminal, book(terminal, held))
    assert (made.state, made.grant_id, made.spend_no) == ("guaranteed", "grant-1", 1)
    assert terminal.store.guaranteed_slots() == frozenset()


def test_without_a_grant_a_booking_is_a_request(terminal: Terminal, hub: StandInHub) -> None:
    hub.put_values("slot", "slot-1", a_slot(hub.now() + 48 * HOUR_MS))
    terminal.rounds.run()
    held = terminal.store.hold("slot-1", "a")
    assert not held.guaranteed
    made = booking(terminal, book(terminal, held))
    assert (made.state, made.grant_id, made.spend_no) == ("requested", None, 0)


@pytest.mark.parametrize(
    "other",
    [
        {"terminal_no": 2}, {"incarnation": "another"}, {"state": "released"}, {"state": "written_off"},
    ],
)  # fmt: skip
def test_a_grant_that_is_not_ours_or_is_over_promises_nothing(
    terminal: Terminal, hub: StandInHub, other: dict[str, object]
) -> None:
    give(hub, terminal, 1, **other)  # type: ignore[arg-type]
    assert terminal.store.guaranteed_slots() == frozenset()
    assert not terminal.store.hold("slot-1", "a").guaranteed


def test_nothing_is_guaranteed_while_the_clock_is_not_trusted(terminal: Terminal, hub: StandInHub, local: Time) -> None:
    give(hub, terminal, 1)
    held = terminal.store.hold("slot-1", "a")
    local.ms -= 24 * HOUR_MS
    assert terminal.store.guaranteed_slots() == frozenset()
    assert not terminal.store.hold("slot-1", "b").guaranteed
    with pytest.raises(HoldLost):
        book(terminal, held)


def test_a_held_place_is_shown_to_nobody_else_for_five_minutes(
    terminal: Terminal, hub: StandInHub, local: Time
) -> None:
    give(hub, terminal, 1)
    terminal.store.hold("slot-1", "a")
    assert terminal.store.guaranteed_slots() == frozenset()
    assert not terminal.store.hold("slot-1", "b").guaranteed
    local.ms += 5 * MINUTE_MS
    assert terminal.store.holding("a") is None
    assert terminal.store.guaranteed_slots() == {"slot-1"}


def test_whoever_comes_back_after_another_took_the_place_over_is_told(
    terminal: Terminal, hub: StandInHub, local: Time
) -> None:
    give(hub, terminal, 1)
    late = terminal.store.hold("slot-1", "a")
    local.ms += 6 * MINUTE_MS
    taken_over = terminal.store.hold("slot-1", "b")
    assert taken_over.spend_no == late.spend_no + 1
    with pytest.raises(HoldLost):
        book(terminal, late)
    assert booking(terminal, book(terminal, taken_over, "b")).spend_no == 2


def test_a_late_visitor_still_gets_a_place_that_nobody_took(terminal: Terminal, hub: StandInHub, local: Time) -> None:
    give(hub, terminal, 1)
    held = terminal.store.hold("slot-1", "a")
    local.ms += 6 * MINUTE_MS
    assert booking(terminal, book(terminal, held)).state == "guaranteed"


def test_a_visit_holds_one_place_at_a_time(terminal: Terminal, hub: StandInHub) -> None:
    give(hub, terminal, 1)
    give(hub, terminal, 2, "slot-2")
    terminal.store.hold("slot-1", "a")
    terminal.store.hold("slot-2", "a")
    assert terminal.store.guaranteed_slots() == {"slot-1"}
    held = terminal.store.holding("a")
    assert held is not None
    assert held.slot_id == "slot-2"


def test_a_hold_survives_a_kill_and_the_next_start_frees_it(
    terminal: Terminal, hub: StandInHub, home: Path, local: Time
) -> None:
    give(hub, terminal, 1)
    terminal.store.hold("slot-1", "a")
    again = Terminal.open(home, MACHINE_SECRET, client=hub, now_ms=local)
    try:
        assert again.store.guaranteed_slots() == frozenset()
        assert again.store.drop_holds() == 1
        assert again.store.hold("slot-1", "b").guaranteed
    finally:
        again.close()


def test_a_cancelled_place_is_promised_again_under_the_next_number(terminal: Terminal, hub: StandInHub) -> None:
    give(hub, terminal, 1)
    record_id = book(terminal, terminal.store.hold("slot-1", "a"))
    terminal.store.write("booking", record_id, {"state": "cancelled"})
    held = terminal.store.hold("slot-1", "b")
    assert (held.guaranteed, held.spend_no) == (True, 2)


def test_the_reference_of_a_promise_names_grant_and_spend(terminal: Terminal, hub: StandInHub) -> None:
    give(hub, terminal, 3)
    reference = terminal.store.reference_for(terminal.store.hold("slot-1", "a"))
    assert reference.index == escrow.reference_index(3, 1)
    assert terminal.store.next_reference().index < escrow.REFERENCE_FIRST


def test_a_promise_does_not_use_up_the_references_of_the_terminal(terminal: Terminal, hub: StandInHub) -> None:
    give(hub, terminal, 1)
    book(terminal, terminal.store.hold("slot-1", "a"))
    assert terminal.store.next_reference().index == 0


def test_only_book_makes_a_promise(terminal: Terminal, hub: StandInHub) -> None:
    give(hub, terminal, 1)
    for promise in ({"state": "guaranteed"}, {"grant_id": "grant-1"}, {"spend_no": 1}):
        with pytest.raises(InvalidInput):
            terminal.store.write("booking", None, {**a_booking(), **promise})  # type: ignore[dict-item]


@pytest.mark.parametrize("change", [{"state": "withdrawn"}, {"gone": True}])
def test_a_withdrawn_hour_is_refused_before_and_after_it_was_held(
    terminal: Terminal, hub: StandInHub, change: dict[str, object]
) -> None:
    give(hub, terminal, 1)
    held = terminal.store.hold("slot-1", "a")
    hub.put_values("slot", "slot-1", change, counter=9)
    assert terminal.rounds.run().ok
    with pytest.raises(HoldLost):
        book(terminal, held)
    with pytest.raises(InvalidInput):
        terminal.store.hold("slot-1", "b")


def test_a_place_too_near_to_be_promised_is_given_back_once(terminal: Terminal, hub: StandInHub, local: Time) -> None:
    give(hub, terminal, 1)
    give(hub, terminal, 2, "slot-2")
    spent = book(terminal, terminal.store.hold("slot-2", "a"))
    for clock in (local, hub.now):
        clock.ms += 47 * HOUR_MS
    hub.offline = True
    terminal.rounds.run()
    assert terminal.store.release_grants() == 0, "the round has done it, with no network"
    hub.offline = False
    assert terminal.rounds.run().ok
    sent = [op for request in hub.received for op in request.operations if op.kind == "grant"]
    assert [(op.id, op.fields["state"].value) for op in sent] == [("grant-1", "released")]
    assert booking(terminal, spent).state == "guaranteed"


def test_a_place_for_which_somebody_waits_is_given_back_unless_it_is_spent_or_held(
    terminal: Terminal, hub: StandInHub, local: Time
) -> None:
    for number in (1, 2, 3):
        give(hub, terminal, number, f"slot-{number}")
    book(terminal, terminal.store.hold("slot-2", "a"))
    assert terminal.store.hold("slot-3", "b").guaranteed
    for number in (1, 2, 3):
        waiting = {**a_booking(f"slot-{number}", number), "waits": True, "declined_because": "waits_for_a_place"}
        hub.put_values("booking", f"waiting-{number}", waiting)
    assert terminal.rounds.run().ok
    assert terminal.rounds.run().ok
    sent = [op.id for request in hub.received for op in request.operations if op.kind == "grant"]
    assert sent == ["grant-1"]
    assert terminal.store.guaranteed_slots() == frozenset()


def test_a_held_place_is_not_given_back_under_the_visitor(terminal: Terminal, hub: StandInHub, local: Time) -> None:
    give(hub, terminal, 1)
    for clock in (local, hub.now):
        clock.ms += 46 * HOUR_MS - 2 * MINUTE_MS
    assert terminal.store.hold("slot-1", "a").guaranteed
    local.ms += 3 * MINUTE_MS
    assert terminal.store.release_grants() == 0


def test_a_redrawn_replica_promises_and_gives_back_nothing_old(
    terminal: Terminal, hub: StandInHub, local: Time
) -> None:
    give(hub, terminal, 1)
    with terminal._database.write() as connection:
        terminal.rounds._redraw(connection)
    assert terminal.store.guaranteed_slots() == frozenset()
    local.ms += 47 * HOUR_MS
    assert terminal.store.release_grants() == 0


def test_a_grant_that_a_restored_hub_does_not_know_goes_and_the_promise_is_sent_again(
    terminal: Terminal, hub: StandInHub
) -> None:
    give(hub, terminal, 1)
    give(hub, terminal, 2, "slot-2")
    promised = book(terminal, terminal.store.hold("slot-1", "a"))
    slots = [entry for entry in hub.feed if entry.kind == "slot"]
    hub.generation, hub.feed, hub.stamps = "generation-2", [], {}
    for entry in slots:
        hub.put(entry.kind, SITE, entry.id, entry.fields)
    assert terminal.rounds.run().ok
    assert terminal.rounds.run().ok
    assert terminal.store.guaranteed_slots() == frozenset()
    assert booking(terminal, promised).state == "guaranteed"
    assert promised in {op.id for request in hub.received for op in request.operations}


def test_giving_back_a_grant_that_a_restored_hub_forgot_leaves_nothing_parked(
    terminal: Terminal, hub: StandInHub, local: Time
) -> None:
    give(hub, terminal, 1)
    for clock in (local, hub.now):
        clock.ms += 47 * HOUR_MS
    hub.scripts.append(_refusing_grants(hub))
    assert terminal.rounds.run().ok
    assert terminal.status().parked == 0
    assert terminal.store.get("grant", "grant-1") is None


def _refusing_grants(hub: StandInHub) -> Callable[[RoundRequest], Message | None]:
    def answer(request: RoundRequest) -> Message | None:
        hub.feed, hub.stamps = [], {}
        through = len(request.operations)
        hub.applied[f"{request.terminal_id}/{request.incarnation}"] = through
        refused = [Receipt(seq=op.seq, outcome="rejected", code="foreign_grant") for op in request.operations]
        return RoundReply(
            now_ms=hub.now(), generation=hub.generation, applied_through=through, durable_through=0,
            receipts=refused, entries=[], checkpoints=request.checkpoints, more=False,
        )  # fmt: skip

    return answer


def test_two_programs_on_one_home_never_spend_one_grant_twice(
    terminal: Terminal, hub: StandInHub, home: Path, local: Time
) -> None:
    give(hub, terminal, 1)
    other = Terminal.open(home, MACHINE_SECRET, client=hub, now_ms=local)
    states: list[str] = []

    def visit(on: Terminal, name: str) -> None:
        held = on.store.hold("slot-1", name)
        states.append(booking(on, book(on, held, name)).state)

    threads = [
        threading.Thread(target=visit, args=(on, f"{number}"))
        for number, on in enumerate((terminal, other, terminal, other))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    assert sorted(states) == ["guaranteed", "requested", "requested", "requested"]


ACTS = st.lists(
    st.tuples(st.sampled_from(["hold", "book", "cancel", "drop", "wait", "start"]), st.integers(0, 2)), max_size=25
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts=ACTS)
def test_whatever_visitors_do_a_grant_is_never_spent_twice_at_once(acts: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        hub, local = StandInHub(), Time()
        home = Path(folder) / "borne"
        enrol(home, "https://hub.example", hub.code(), MACHINE_SECRET, client=hub, now_ms=local)
        terminal = Terminal.open(home, MACHINE_SECRET, client=hub, now_ms=local)
        try:
            give(hub, terminal, 1)
            give(hub, terminal, 2, "slot-2")
            held: dict[int, Held] = {}
            for act, who in acts:
                _do(terminal, local, held, act, who)
                _never_twice(terminal)
        finally:
            terminal.close()


def _do(terminal: Terminal, local: Time, held: dict[int, Held], act: str, who: int) -> None:
    visit = f"visit-{who}"
    actions: dict[str, Callable[[], object]] = {
        "hold": lambda: held.update({who: terminal.store.hold(f"slot-{1 + who % 2}", visit)}),
        "book": lambda: who in held and book(terminal, held[who], visit),
        "cancel": lambda: [
            terminal.store.write("booking", record_id, {"state": "cancelled"})
            for record_id, fields in terminal.store.list("booking")[:1]
            if fields.values()["state"] in {"guaranteed", "requested"}
        ],
        "drop": lambda: terminal.store.drop_holds(visit),
        "wait": lambda: setattr(local, "ms", local.ms + 4 * MINUTE_MS),
        "start": terminal.store.drop_holds,
    }
    try:
        actions[act]()
    except HoldLost:
        held.pop(who)


def _never_twice(terminal: Terminal) -> None:
    bookings = [fields.values() for _, fields in terminal.store.list("booking")]
    spends = [(row["grant_id"], row["spend_no"]) for row in bookings if row["grant_id"]]
    live = [row["grant_id"] for row in bookings if row["grant_id"] and row["state"] == "guaranteed"]
    assert len(spends) == len(set(spends))
    assert len(live) == len(set(live))
