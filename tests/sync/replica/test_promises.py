"""Moves, wishes, what a visitor is told, and what they take back, at the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select

from sync.claim import hash_reference
from sync.errors import HoldLost, InvalidInput
from sync.promise import LIVE, PLACED
from sync.records import BookingFields, record_registry
from sync.replica import promises, rows
from sync.replica.tables import OUTBOX
from sync.replica.terminal import Terminal
from tests.sync.replica.stand_in import SITE, StandInHub, Time, a_booking, a_registration
from tests.sync.replica.test_grants import HOUR_MS, a_slot, asked, book, booking, give
from tests.sync.replica.test_grants import give as give_place
from tests.sync.replica.test_the_real_hub import SLOT, RealHub, a_terminal


def request(terminal: Terminal, slot_id: str, visit: str = "a", **more: object) -> tuple[str, str]:
    """Books what can be held of a slot; the id and the state."""
    held, record_id = terminal.store.hold(slot_id, visit), terminal.store.new_id()
    return record_id, terminal.store.book(held, visit, record_id, {**asked(slot_id), **more})  # type: ignore[arg-type]


def test_a_move_replaces_once_and_what_has_a_place_stands_before_what_is_asked_for(
    terminal: Terminal, hub: StandInHub
) -> None:
    give(hub, terminal, 1)
    give(hub, terminal, 2, "slot-2")
    first = book(terminal, terminal.store.hold("slot-1", "a"))
    second, state = request(terminal, "slot-2", moved_from=first)
    assert (state, terminal.store.successor(first), terminal.store.successor(second)) == ("guaranteed", second, None)
    with pytest.raises(InvalidInput, match="déjà été déplacé"):
        request(terminal, "slot-1", moved_from=first)
    third, state = request(terminal, "slot-1", visit="c", moved_from=second)
    assert state == "requested", "there is no stock any more"
    assert terminal.store.successor(first) == second
    assert terminal.store.successor(second) == third


@pytest.mark.parametrize("wrong", ["nothing", "itself", "cancelled"])
def test_what_is_not_there_to_be_replaced_is_refused_and_nothing_is_written(
    terminal: Terminal, hub: StandInHub, wrong: str
) -> None:
    give(hub, terminal, 1)
    first = book(terminal, terminal.store.hold("slot-1", "a"))
    if wrong == "cancelled":
        terminal.store.take_back("booking", first)
    record_id = terminal.store.new_id()
    held = terminal.store.hold("slot-1", "b")
    before = terminal.status().waiting
    moved_from = {"nothing": "nothing-here", "itself": record_id, "cancelled": first}[wrong]
    with pytest.raises(InvalidInput):
        terminal.store.book(held, "b", record_id, {**asked(), "moved_from": moved_from})  # type: ignore[arg-type]
    assert terminal.store.get("booking", record_id) is None
    assert terminal.status().waiting == before


def test_only_booking_says_what_it_replaces_and_what_else_would_do(terminal: Terminal, hub: StandInHub) -> None:
    give(hub, terminal, 1)
    first = book(terminal, terminal.store.hold("slot-1", "a"))
    for promise in ({"moved_from": "x-1"}, {"wishes": ["x-1"]}):
        with pytest.raises(InvalidInput):
            terminal.store.write("booking", first, promise)  # type: ignore[arg-type]


def test_wishes_belong_to_a_request(terminal: Terminal, hub: StandInHub) -> None:
    give(hub, terminal, 1)
    with pytest.raises(InvalidInput, match="vœux"):
        request(terminal, "slot-1", wishes=["x-1"])
    record_id, state = request(terminal, "slot-1", visit="z", wishes=["x-1", "y-1"])
    assert (state, booking(terminal, record_id).wishes) == ("requested", ["x-1", "y-1"])


@pytest.mark.parametrize("visit", ["a", "without a place"])
def test_an_hour_is_booked_for_its_own_reason_only(terminal: Terminal, hub: StandInHub, visit: str) -> None:
    give(hub, terminal, 1)
    terminal.store.hold("slot-1", "a")
    held, record_id = terminal.store.hold("slot-1", visit), terminal.store.new_id()
    with pytest.raises(InvalidInput, match="autre sujet"):
        terminal.store.book(held, visit, record_id, {**asked(), "reason": "signature_cer"})  # type: ignore[arg-type]
    assert terminal.store.get("booking", record_id) is None


def test_what_was_held_by_another_visit_is_booked_by_nobody_else(terminal: Terminal, hub: StandInHub) -> None:
    give(hub, terminal, 1)
    held = terminal.store.hold("slot-1", "a")
    with pytest.raises(HoldLost):
        terminal.store.book(held, "b", terminal.store.new_id(), asked())  # type: ignore[arg-type]


@pytest.mark.parametrize("state", ["declined", "alternatives"])
def test_the_visitor_is_told_of_each_answer_once(terminal: Terminal, hub: StandInHub, local: Time, state: str) -> None:
    hub.put_values("slot", "slot-1", a_slot(hub.now() + 48 * HOUR_MS))
    terminal.rounds.run()
    record_id, _ = request(terminal, "slot-1")
    terminal.store.mark_told(record_id)
    assert booking(terminal, record_id).told_at is None, "nothing was answered yet"
    terminal.rounds.run()
    hub.now.ms += 1000
    local.ms += 1000
    hub.put_values("booking", record_id, {"state": state})
    terminal.rounds.run()
    local.ms += 1000
    for _ in range(2):
        terminal.store.mark_told(record_id)
        assert terminal.status().waiting == 1
    assert booking(terminal, record_id).told_at
    terminal.store.mark_told("not-here")


def test_good_news_is_noted_as_told_once_and_again_when_there_is_more(
    terminal: Terminal, hub: StandInHub, local: Time
) -> None:
    hub.put_values("slot", "slot-1", a_slot(hub.now() + 48 * HOUR_MS))
    terminal.rounds.run()
    record_id, _ = request(terminal, "slot-1", waits=True)

    def hear(**values: object) -> None:
        terminal.rounds.run()
        for clock in (hub.now, local):
            clock.ms += 1000
        hub.put_values("booking", record_id, values)
        terminal.rounds.run()
        for clock in (hub.now, local):
            clock.ms += 1000

    def notes_told() -> bool:
        before = terminal.status().waiting
        for _ in range(2):
            terminal.store.mark_told(record_id)
        return terminal.status().waiting == before + 1

    hear(state="confirmed")
    assert not notes_told(), "a place that was free at once is what the visitor saw"
    hear(notices=1)
    assert notes_told()
    hear(alternatives=["slot-2"])
    assert notes_told(), "earlier hours are other news"


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.parametrize("kind", ["registration", "booking"])
def test_what_is_taken_back_is_destroyed_here_and_the_real_hub_hears_it(tmp_path: Path, kind: str, sent: bool) -> None:
    real = RealHub(tmp_path / "hub")
    real.write("slot", "slot-1", dict(SLOT))
    terminal = a_terminal(real, tmp_path / "a")
    try:
        terminal.rounds.run()
        record_id = terminal.store.new_id()
        values = a_registration() if kind == "registration" else a_booking()
        sealed = terminal.store.seal(kind, record_id, {"nom": "Durand"})
        terminal.store.write(kind, record_id, values, sealed=sealed)  # type: ignore[arg-type]
        if sent:
            terminal.rounds.run()
            real.now.ms += 1000
        for _ in range(2):
            terminal.store.take_back(kind, record_id)
        with terminal._database.read() as connection:
            assert set(connection.execute(select(OUTBOX.c.sealed)).scalars()) <= {None}
        assert terminal.rounds.run().ok
        status, held = terminal.status(), terminal.store.get(kind, record_id)
        assert (status.parked, status.waiting) == (0, 0)
        assert held is not None
        assert held.values()["state"] in {"retiree", "cancelled"}
    finally:
        terminal.close()
        real.database.close()


@pytest.mark.parametrize("state", ["declined", "withdrawn", "overruled", "alternatives"])
def test_a_booking_that_somebody_else_ended_may_still_be_taken_back(
    terminal: Terminal, hub: StandInHub, local: Time, state: str
) -> None:
    record_id = terminal.store.new_id()
    sealed = terminal.store.seal("booking", record_id, {"nom": "Durand"})
    terminal.store.write("booking", record_id, a_booking(), sealed=sealed)  # type: ignore[arg-type]
    terminal.rounds.run()
    hub.now.ms += 1000
    local.ms += 2000
    hub.put_values("booking", record_id, {"state": state})
    terminal.rounds.run()
    terminal.store.take_back("booking", record_id)
    assert booking(terminal, record_id).state == "cancelled"
    with terminal._database.read() as connection:
        assert set(connection.execute(select(OUTBOX.c.sealed)).scalars()) == {None}


@pytest.mark.parametrize(("kind", "record_id"), [("booking", "not-here"), ("slot", "slot-1"), ("event", "e-1")])
def test_what_is_not_the_visitors_or_not_here_is_not_taken_back(
    terminal: Terminal, hub: StandInHub, kind: str, record_id: str
) -> None:
    give_place(hub, terminal, 1)
    with pytest.raises(InvalidInput, match="personnel"):
        terminal.store.take_back(kind, record_id)


def test_a_reference_that_two_bookings_bear_opens_the_one_that_was_not_moved(
    terminal: Terminal, hub: StandInHub
) -> None:
    reference = terminal.store.next_reference()
    for number, state in enumerate(("moved", "guaranteed", "moved")):
        record_id = f"b-{number}"
        hub.put_values("booking", record_id, {
            **a_booking(), "state": state, "reference_no": reference.index,
            "reference_hash": hash_reference(reference, record_id),
        }, counter=number)  # fmt: skip
    assert terminal.rounds.run().ok
    assert terminal.store.find(reference.shown).id == "b-1"
    hub.now.ms += 1000
    hub.put_values("booking", "b-1", {"state": "moved"})
    assert terminal.rounds.run().ok
    assert terminal.store.find(reference.shown).id in {"b-0", "b-1", "b-2"}, "still found, to be led on"


# Where moves lead ------------------------------------------------------------------------------

STATES = ["requested", "guaranteed", "confirmed", "alternatives", "declined", "cancelled", "moved"]
FAMILIES = st.lists(st.tuples(st.integers(-1, 7), st.sampled_from(STATES)), min_size=1, max_size=8)


@settings(max_examples=150, deadline=None)
@given(family=FAMILIES)
def test_moves_lead_to_a_live_booking_that_nothing_with_a_place_replaced(family: list[tuple[int, str]]) -> None:
    """Whatever bookings name as what they replace, circles included."""
    engine = create_engine("sqlite://")
    record_registry.metadata.create_all(engine)
    held = {f"b-{n}": (f"b-{before}" if before >= 0 else None, state) for n, (before, state) in enumerate(family)}
    with engine.begin() as connection:
        for record_id, (before, state) in held.items():
            fields = BookingFields.model_validate({**a_booking(), "state": state, "moved_from": before})
            rows.write_rows(connection, {("booking", SITE, record_id): fields.values()})
        found = promises.successor(connection, SITE, "b-0")
    engine.dispose()
    after, new = {"b-0"}, {"b-0"}
    while new:
        new = {one for one, (before, _) in held.items() if before in new} - after
        after |= new
    after.discard("b-0")
    live = {one for one in after if held[one][1] in LIVE}
    if found is None:
        placed = {one for one in live if held[one][1] in PLACED}
        assert not live or all(_above(held, one, after) & placed for one in live)
        return
    best = found[0]
    assert best in live
    if any(held[one][1] in PLACED for one in live):
        assert held[best][1] in PLACED
    replaced_by = {one for one in after if held[one][1] in PLACED and best in _chain(held, one)}
    assert not replaced_by


def _chain(held: dict[str, tuple[str | None, str]], one: str) -> set[str]:
    """What a booking replaces, near and far, short of the one that was asked about."""
    found: set[str] = set()
    before = held[one][0]
    while before is not None and before in held and before not in found and before != "b-0" and before != one:
        found.add(before)
        before = held[before][0]
    return found


def _above(held: dict[str, tuple[str | None, str]], one: str, among: set[str]) -> set[str]:
    return {other for other in among if one in _chain(held, other)}
