"""A change that comes before the record it speaks of waits for it, and is judged as if it had come in time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.change import new_id
from sync.hub import conflicts, early, rows
from sync.hub.database import table_of
from sync.hub.places import Places
from sync.hub.standing import Standing, load
from sync.hub.tables import Early
from sync.wire import FieldChange, Operation, Receipt
from tests.sync.hub.stand import SITE, Signer, Stand, hub_in


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
    assert second.round().digest == first.round().digest


def test_no_digest_is_told_while_a_change_of_the_terminal_waits(hub: Stand) -> None:
    first, second, booking = a_cancelling_before_its_booking(hub)
    assert second.round().digest is None
    assert first.round().digest is not None, "the others agree with the hub"
    first.round([booking])
    assert second.round().digest is not None


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


def test_a_claim_makes_the_booking_and_meets_the_state_that_waited(hub: Stand) -> None:
    first, _, booking = a_cancelling_before_its_booking(hub)
    slot_id = str(booking.fields["slot_id"].value)
    with hub.database.write() as connection:
        carried = Standing("booking", SITE, booking.id)
        clock = rows.read_clock(connection, hub.clock())
        for name, change in booking.fields.items():
            carried.decide(name, change.value, clock.tick())
        carried.decide("state", "confirmed", clock.tick())
        places = Places.load(connection, SITE, [slot_id])
        places.add(carried)
        carried.values.update(needs=[], gone=False, grant_id=None, spend_no=0)
        early.meet_state(connection, carried, places, clock, hub.clock(), hub.random)
        assert carried.values["state"] == "cancelled"
    assert waiting(hub) == []
    assert first.round().digest is not None


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
    foreign = operation.model_copy(update={"fields": {"language": change}})
    assert only(terminal.round([foreign]).receipts).code == "foreign_stamp"
    assert waiting(hub) == []


def test_the_standing_after_all_that_is_the_one_of_the_feed(hub: Stand) -> None:
    first, _, booking = a_cancelling_before_its_booking(hub)
    hub.clock.ms += 1000
    first.round([booking])
    with hub.database.read() as connection:
        stamps = load(connection, "booking", SITE, [booking.id])[booking.id].stamps
    assert stamps["state"] > booking.fields["state"].stamp
