"""The hub's answer to an asking for a slot: first come, and never two for one place."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.change import Value
from sync.hub import rows
from sync.wire import FieldwiseReply, HubResponse
from tests.sync.hub.stand import HOUR_MS, SITE, Signer, Stand, asked, hub_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def ask(terminal: Signer, slot_id: str, reason: str = "edo") -> tuple[str, dict[str, Value]]:
    """Asks for a slot and returns the booking as the hub answered it."""
    operation = terminal.booking(slot_id, reason=reason)
    terminal.round([operation])
    return operation.id, terminal.hub.read("booking", operation.id)


def test_a_free_slot_is_confirmed(hub: Stand) -> None:
    slot_id = hub.add_slot()
    _, booking = ask(hub.enrol(), slot_id)
    assert (booking["state"], booking["declined_because"]) == ("confirmed", None)
    assert booking["answered_at"] == "2026-11-21T08:33:20Z"
    assert hub.read("slot", slot_id)["taken"] == 1


def test_the_second_is_declined(hub: Stand) -> None:
    slot_id = hub.add_slot()
    ask(hub.enrol(), slot_id)
    _, booking = ask(hub.enrol(), slot_id)
    assert (booking["state"], booking["declined_because"]) == ("declined", "slot_taken")
    assert hub.read("slot", slot_id)["taken"] == 1


def test_two_in_one_push_are_answered_in_their_order(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(), hub.enrol()
    first, second = terminal.booking(slot_id), terminal.booking(slot_id)
    terminal.round([first, second])
    assert hub.read("booking", first.id)["state"] == "confirmed"
    assert hub.read("booking", second.id)["declined_because"] == "slot_taken"


def test_a_slot_of_several_places_holds_that_many(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=4, capacity=3), hub.enrol()
    states = [ask(terminal, slot_id)[1]["state"] for _ in range(4)]
    assert states == ["confirmed"] * 3 + ["declined"]


@pytest.mark.parametrize("reason", ["signature_cer", "dpa"])
def test_what_is_personal_by_law_has_one_place(hub: Stand, reason: str) -> None:
    slot_id, terminal = hub.add_slot(capacity=10, reason=reason), hub.enrol()
    states = [ask(terminal, slot_id, reason=reason)[1]["state"] for _ in range(2)]
    assert states == ["confirmed", "declined"]


def test_every_reason_for_no_is_said(hub: Stand) -> None:
    terminal = hub.enrol()
    hub.add_site("site-saint-denis")
    soon = hub.add_slot(in_hours=1)
    elsewhere = hub.add_slot(site_id="site-saint-denis")
    withdrawn = hub.add_slot(state="withdrawn")
    other_reason = hub.add_slot(reason="suivi")
    gone = hub.add_slot(gone=True)
    hub.clock.ms += HOUR_MS
    answers = {
        name: ask(terminal, slot_id)[1]["declined_because"]
        for name, slot_id in (
            ("past", soon), ("elsewhere", elsewhere), ("withdrawn", withdrawn), ("reason", other_reason),
            ("gone", gone), ("never", "no-such-slot"),
        )
    }  # fmt: skip
    assert answers == {
        "past": "slot_past",
        "elsewhere": "slot_unknown",
        "withdrawn": "slot_withdrawn",
        "reason": "reason",
        "gone": "slot_unknown",
        "never": "slot_unknown",
    }
    assert hub.read("slot", elsewhere, "site-saint-denis")["taken"] == 0


def test_a_cancelled_booking_frees_its_place_once(hub: Stand) -> None:
    slot_id, terminal, other = hub.add_slot(), hub.enrol(), hub.enrol()
    booking_id, _ = ask(terminal, slot_id)
    cancel = terminal.operation("booking", booking_id, {"state": "cancelled"})
    terminal.round([cancel])
    assert hub.read("booking", booking_id)["state"] == "cancelled"
    assert hub.read("slot", slot_id)["taken"] == 0
    terminal.round([cancel, terminal.operation("booking", booking_id, {"state": "cancelled"})])
    assert hub.read("slot", slot_id)["taken"] == 0
    assert ask(other, slot_id)[1]["state"] == "confirmed"


def test_a_booking_that_is_gone_frees_its_place(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(), hub.enrol()
    booking_id, _ = ask(terminal, slot_id)
    terminal.round([terminal.operation("booking", booking_id, {"gone": True})])
    assert hub.read("booking", booking_id)["state"] == "cancelled"
    assert hub.read("slot", slot_id)["taken"] == 0


def test_a_declined_booking_frees_nothing_when_cancelled(hub: Stand) -> None:
    slot_id, terminal, other = hub.add_slot(), hub.enrol(), hub.enrol()
    ask(other, slot_id)
    booking_id, _ = ask(terminal, slot_id)
    receipt = terminal.round([terminal.operation("booking", booking_id, {"state": "cancelled"})]).receipts[0]
    assert receipt.lost == []
    assert hub.read("booking", booking_id)["state"] == "cancelled"
    assert hub.read("slot", slot_id)["taken"] == 1


def test_asked_and_cancelled_in_one_push_takes_no_place(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(), hub.enrol()
    booking = terminal.booking(slot_id)
    reply = terminal.round([booking, terminal.operation("booking", booking.id, {"state": "cancelled"})])
    assert [receipt.outcome for receipt in reply.receipts] == ["applied", "applied"]
    assert hub.read("booking", booking.id)["state"] == "cancelled"
    assert hub.read("slot", slot_id)["taken"] == 0


def test_a_terminal_cannot_answer_itself(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(), hub.enrol()
    reply = terminal.round([terminal.booking(slot_id, state="confirmed")])
    assert reply.receipts[0].code == "forbidden_state"
    assert hub.read("slot", slot_id)["taken"] == 0


def test_sixteen_at_once_for_one_slot_confirm_exactly_one(hub: Stand) -> None:
    slot_id = hub.add_slot()
    terminals = [hub.enrol() for _ in range(16)]
    asks = [(one, one.booking(slot_id)) for one in terminals]
    requests = [one.signed(one.body([operation])) for one, operation in asks]
    answers: dict[int, HubResponse] = {}
    start = threading.Barrier(len(requests))

    def send(at: int) -> None:
        start.wait()
        answers[at] = hub.exchange.answer(requests[at])

    threads = [threading.Thread(target=send, args=(at,)) for at in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for at, request in enumerate(requests):
        assert hub.genuine(answers[at], FieldwiseReply, asked(request)).applied_through == 1
    states = [hub.read("booking", operation.id)["state"] for _, operation in asks]
    assert (states.count("confirmed"), states.count("declined")) == (1, 15)
    assert hub.read("slot", slot_id)["taken"] == 1


@given(steps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["ask", "cancel"])), max_size=12))
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_slot_counts_its_confirmed_bookings(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str]]
) -> None:
    with hub_in(tmp_path_factory.mktemp("hub") / "hub") as hub:
        slots, terminal = [hub.add_slot(in_hours=4, capacity=1 + at) for at in range(3)], hub.enrol()
        asked_for: list[list[str]] = [[], [], []]
        for at, step in steps:
            if step == "ask":
                asked_for[at].append(ask(terminal, slots[at])[0])
            elif asked_for[at]:
                terminal.round([terminal.operation("booking", asked_for[at].pop(0), {"state": "cancelled"})])
        with hub.database.read() as connection:
            bookings = [values for _, _, values in rows.read_all(connection, "booking", SITE)]
        for at, slot_id in enumerate(slots):
            confirmed = [one for one in bookings if (one["slot_id"], one["state"]) == (slot_id, "confirmed")]
            assert hub.read("slot", slot_id)["taken"] == len(confirmed) <= 1 + at
