"""A change that comes before the record it speaks of waits for it, and is judged as if it had come in time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.change import Value, new_id
from sync.fields import FieldChange
from sync.hub import conflicts, early
from sync.hub.database import table_of
from sync.hub.standing import load
from sync.hub.tables import Early
from sync.wire import Operation, Receipt
from tests.sync.hub.slip import claim_of, page
from tests.sync.hub.stand import SITE, Signer, Stand, hub_in
from tests.sync.hub.streams import quiet_digest


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def waiting(hub: Stand) -> list[Any]:
    with hub.database.read() as connection:
        return list(connection.execute(table_of(Early).select()))


def only(receipts: list[Receipt]) -> Receipt:
    [receipt] = receipts
    return receipt


def a_cancelling_before_its_booking(hub: Stand) -> tuple[Signer, Signer, Operation]:
    """One terminal's booking, not sent yet, which another terminal has cancelled at the hub."""
    first, second = hub.enrol(), hub.enrol()
    booking = first.booking(hub.add_slot())
    hub.clock.ms += 1000
    receipt = only(second.round([second.operation("booking", booking.id, {"state": "cancelled"})]).receipts)
    assert (receipt.outcome, receipt.code) == ("applied", "waiting")
    return first, second, booking


def test_a_cancelling_waits_for_its_booking_and_stands_when_it_comes(hub: Stand) -> None:
    first, second, booking = a_cancelling_before_its_booking(hub)
    reply = first.round([booking])
    assert hub.read("booking", booking.id)["state"] == "cancelled"
    assert waiting(hub) == []
    told = [entry.fields["state"].value for entry in reply.entries if "state" in entry.fields]
    assert told[-1:] == ["cancelled"], "the terminal of the booking must hear of it"
    assert hub.read("slot", str(booking.fields["slot_id"].value))["taken"] == 0
    assert quiet_digest(second) == quiet_digest(first)


def test_no_digest_is_told_while_a_change_of_the_terminal_waits(hub: Stand) -> None:
    first, second, booking = a_cancelling_before_its_booking(hub)
    assert quiet_digest(second) is None
    assert quiet_digest(first) is not None, "the others agree with the hub"
    first.round([booking])
    assert quiet_digest(second) is not None


def test_a_change_that_loses_is_journaled_to_its_own_author(hub: Stand) -> None:
    first, second = hub.enrol(), hub.enrol()
    booking = first.booking(hub.add_slot(), language="fr")
    second.round([second.operation("booking", booking.id, {"language": "ar"})])
    hub.clock.ms += 60_000
    change = first.operation("booking", booking.id, {"language": "uk"})
    first.round([booking, change])
    with hub.database.read() as connection:
        journal = conflicts.read_journal(connection)
    assert hub.read("booking", booking.id)["language"] == "uk"
    assert [(line.lost_value, line.lost_by) for line in journal if line.lost_value == "ar"] == [
        ("ar", f"no {second.certificate.terminal_no}")
    ]


def test_changes_are_judged_in_the_order_of_their_stamps(hub: Stand) -> None:
    first, second = hub.enrol(), hub.enrol()
    booking = first.booking(hub.add_slot())
    for language in ("ar", "uk", "en"):
        hub.clock.ms += 1000
        second.round([second.operation("booking", booking.id, {"language": language})])
    first.round([booking])
    assert hub.read("booking", booking.id)["language"] == "en"


def test_a_resend_of_a_change_that_waits_is_trimmed(hub: Stand) -> None:
    first, second = hub.enrol(), hub.enrol()
    booking = first.booking(hub.add_slot())
    change = second.operation("booking", booking.id, {"language": "ar", "needs": ["lsf"]})
    assert only(second.round([change]).receipts) == only(second.round([change]).receipts)
    assert len(waiting(hub)) == 2
    first.round([booking])
    second.round([change])
    assert waiting(hub) == []
    assert hub.read("booking", booking.id)["needs"] == ["lsf"]


def test_what_only_its_own_terminal_may_tell_does_not_wait(hub: Stand) -> None:
    first, second = hub.enrol(), hub.enrol()
    booking = first.booking(hub.add_slot())
    refused = [
        second.operation("booking", booking.id, {"slot_id": "another-slot"}),
        second.operation("booking", booking.id, {"language": "ar", "spend_no": 2}),
        second.operation("booking", booking.id, {"state": "confirmed"}),
        second.operation("booking", booking.id, {"language": "a b"}),
        second.operation("booking", booking.id, {"language": "ar"}, sealed="no-seal"),
    ]
    codes = [receipt.code for receipt in second.round(refused).receipts]
    assert codes == ["invalid", "invalid", "forbidden_state", "invalid", "invalid"]
    assert waiting(hub) == []


def test_a_site_keeps_a_limited_number_of_them(hub: Stand) -> None:
    terminal = hub.enrol()
    changes = [
        terminal.operation("booking", new_id(hub.clock(), hub.random(10)), {"language": "ar"}) for _ in range(1005)
    ]
    outcomes = []
    for at in range(0, len(changes), 500):
        outcomes += [receipt.outcome for receipt in terminal.round(changes[at : at + 500]).receipts]
    assert (outcomes.count("applied"), outcomes.count("rejected")) == (early.EARLY_PER_SITE_MAX, 5)
    assert len(waiting(hub)) == early.EARLY_PER_SITE_MAX


def a_slip_after_changes(hub: Stand, values: dict[str, Value]) -> tuple[Signer, Signer, Operation]:
    """A booking that its terminal has not sent, changed at another terminal, then brought by its slip."""
    first, second = hub.enrol(), hub.enrol()
    slot_id = hub.add_slot()
    booking = first.booking(slot_id, needs=["calme"], language="ar")
    hub.clock.ms += 1000
    second.round([second.operation("booking", booking.id, values)])
    hub.clock.ms += 1000
    assert page(hub, claim_of(first, "booking", booking.id, slot_id))[0] == 200
    assert waiting(hub) == []
    return first, second, booking


def test_a_claim_makes_the_booking_and_meets_all_that_waited(hub: Stand) -> None:
    """Its terminal's disk may be lost: whoever changed it shows what the hub holds, and does not wait for ever."""
    _, second, booking = a_slip_after_changes(hub, {"needs": ["assis"], "state": "cancelled"})
    found = hub.read("booking", booking.id)
    assert (found["state"], found["carried"], found["needs"]) == ("cancelled", True, ["assis"])
    assert quiet_digest(second) is not None


def test_what_a_claim_met_is_not_undone_by_the_terminal_that_made_the_booking(hub: Stand) -> None:
    first, second, booking = a_slip_after_changes(hub, {"needs": ["assis"]})
    first.round([booking])
    found = hub.read("booking", booking.id)
    assert (found["carried"], found["language"], found["needs"]) == (False, "ar", ["assis", "calme"])
    assert quiet_digest(second) == quiet_digest(first)


def emptied(operation: Operation, *left: str) -> Operation:
    """What a terminal keeps of an operation whose record was destroyed at the end of its time."""
    return operation.changed(fields={name: operation.fields[name] for name in left})


@pytest.mark.parametrize("changed_first", [True, False])
def test_a_change_does_not_wait_for_a_record_that_its_own_terminal_knows_to_be_destroyed(
    hub: Stand, changed_first: bool
) -> None:
    """A restored hub forgot both the record and that it destroyed it; one terminal has not heard of that."""
    first, second = hub.enrol(), hub.enrol()
    booking = first.booking(hub.add_slot())
    change = second.operation("booking", booking.id, {"language": "ar"})
    if changed_first:
        assert only(second.round([change]).receipts).code == "waiting"
    assert only(first.round([emptied(booking, "terminal_no")]).receipts).outcome == "applied"
    reply = second.round([] if changed_first else [change])
    assert [(entry.id, entry.fields) for entry in reply.entries if entry.kind == "booking"] == [(booking.id, {})]
    assert changed_first or only(reply.receipts).code == "forgotten"
    assert waiting(hub) == []
    digest = quiet_digest(second)
    assert digest is not None
    assert digest == quiet_digest(first)


def test_a_change_that_a_person_gave_up_says_nothing_of_its_record(hub: Stand) -> None:
    """It was rejected and dropped at its terminal; the record's own terminal sends that record again later."""
    first, second = hub.enrol(), hub.enrol()
    booking = first.booking(hub.add_slot())
    second.round([emptied(second.operation("booking", booking.id, {"language": "ar"}))])
    assert only(first.round([booking]).receipts).outcome == "applied"
    assert hub.read("booking", booking.id)["state"] == "confirmed"


def test_an_emptied_operation_of_a_record_that_the_hub_holds_does_nothing_to_it(hub: Stand) -> None:
    first = hub.enrol()
    booking = first.booking(hub.add_slot())
    first.round([booking])
    before = hub.feed_of()
    again = first.operation("booking", booking.id, {"terminal_no": first.certificate.terminal_no})
    assert only(first.round([again]).receipts).outcome == "applied"
    assert hub.feed_of() == before


def test_a_registration_taken_back_elsewhere_keeps_nothing_of_what_was_typed(hub: Stand) -> None:
    from tests.sync.hub.test_ingest import sealed_kept, with_sealed  # noqa: PLC0415

    first, second = hub.enrol(), hub.enrol()
    prepared = with_sealed(hub, first)
    hub.clock.ms += 1000
    second.round([second.operation("registration", prepared.id, {"state": "retiree"})])
    first.round([prepared])
    assert hub.read("registration", prepared.id)["state"] == "retiree"
    assert sealed_kept(hub) == []


def test_the_terminal_of_a_stamp_is_its_author(hub: Stand) -> None:
    """A stamp of another terminal is refused before anything waits."""
    terminal = hub.enrol()
    change = FieldChange(value="ar", stamp=hub.enrol().hlc.tick())
    operation = terminal.operation("booking", new_id(hub.clock(), hub.random(10)), {"language": "fr"})
    foreign = operation.changed(fields={"language": change})
    assert only(terminal.round([foreign]).receipts).code == "foreign_stamp"
    assert waiting(hub) == []


def test_the_standing_after_all_that_is_the_one_of_the_feed(hub: Stand) -> None:
    first, _, booking = a_cancelling_before_its_booking(hub)
    hub.clock.ms += 1000
    first.round([booking])
    with hub.database.read() as connection:
        stamps = load(connection, "booking", SITE, [booking.id])[booking.id].stamps
    assert stamps["state"] > booking.fields["state"].stamp
