"""What an owner withdraws: the visitor is offered other places, and stands on the list until told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.change import new_id
from sync.errors import InvalidInput, Refused
from sync.hub import accounts, conflicts, feed, rows, telling, withdrawals
from sync.hub.at_risk import AtRisk
from sync.questions import TakeRequest
from sync.wire import Operation
from tests.sync.hub.granted import check_places, granted, promise, state_of
from tests.sync.hub.stand import ADMIN, HOUR_MS, SITE, Signer, Stand, hub_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def withdraw(hub: Stand, slot_id: str, who: str = ADMIN) -> tuple[str, ...]:
    with hub.database.write() as connection:
        return withdrawals.withdraw(connection, hub.clock(), SITE, slot_id, who)


def risk_of(hub: Stand, slot_id: str) -> AtRisk:
    with hub.database.read() as connection:
        return withdrawals.at_risk(connection, SITE, slot_id)


def to_tell(hub: Stand, site_id: str | None = None) -> list[telling.ToTell]:
    with hub.database.read() as connection:
        return telling.list_to_tell(connection, hub.clock(), site_id)


def tell(hub: Stand, booking_id: str, who: str = ADMIN) -> None:
    with hub.database.write() as connection:
        telling.note_told(connection, hub.clock(), SITE, booking_id, who)


def ask(terminal: Signer, slot_id: str, *wishes: str) -> Operation:
    operation = terminal.booking(slot_id, wishes=list(wishes))
    terminal.round([operation])
    return operation


def test_whoever_had_the_place_is_offered_the_nearest_others_and_must_be_told(hub: Stand) -> None:
    terminal = hub.enrol()
    slot_id, later = hub.add_slot(in_hours=5), hub.add_slot(in_hours=20)  # too soon to be given to a terminal
    near = [hub.add_slot(in_hours=6 + at) for at in range(3)]
    other_reason = hub.add_slot(in_hours=5, reason="suivi")
    booking = ask(terminal, slot_id)
    assert withdraw(hub, slot_id) == (booking.id,)
    found = hub.read("booking", booking.id)
    assert (found["state"], found["alternatives"], found["told_at"]) == ("withdrawn", near, None)
    assert {later, other_reason} & set(near) == set()
    [line] = to_tell(hub)
    assert (line.id, line.slot_id, line.alternatives) == (booking.id, slot_id, tuple(near))
    assert (line.starts_at, line.reason, line.terminal_no) == (hub.read("slot", slot_id)["starts_at"], "edo", 1)
    told = {entry.id: entry.fields for entry in terminal.round().entries}
    assert told[booking.id]["state"].value == "withdrawn"
    assert told[slot_id]["state"].value == "withdrawn"
    check_places(hub)


def test_what_the_visitor_chooses_instead_is_a_move(hub: Stand) -> None:
    terminal = hub.enrol()
    slot_id, other = hub.add_slot(in_hours=48), hub.add_slot(in_hours=49)
    booking = ask(terminal, slot_id)
    withdraw(hub, slot_id)
    chosen = terminal.booking(other, moved_from=booking.id)
    terminal.round([chosen])
    assert (state_of(hub, booking)[0], state_of(hub, chosen)[0]) == ("moved", "confirmed")
    assert to_tell(hub) == [], "whoever chose another hour knows"


def test_a_promise_made_with_no_network_is_answered_alike_before_and_after(hub: Stand) -> None:
    hub.add_slot(capacity=2)
    terminal = hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    terminal.round([kept := promise(terminal, grant_id, slot_id)])
    assert withdraw(hub, slot_id) == (kept.id,)
    assert hub.read("slot", slot_id)["taken"] == 1, "the grant is still out, and worth nothing"
    late_slot = hub.add_slot(capacity=4, in_hours=50)
    other_grant = next(
        one.id
        for one in terminal.round().entries
        if one.kind == "grant" and one.fields["slot_id"].value == late_slot
    )  # fmt: skip
    withdraw(hub, late_slot)
    terminal.round([late := promise(terminal, other_grant, late_slot)])
    assert (state_of(hub, kept)[0], state_of(hub, late)[0]) == ("withdrawn", "withdrawn")
    assert {line.id for line in to_tell(hub)} == {kept.id, late.id}
    check_places(hub)


def test_what_was_told_before_the_withdrawal_is_told_again(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(), hub.enrol()
    booking = ask(terminal, slot_id)
    terminal.round([terminal.operation("booking", booking.id, {"told_at": "2026-11-21T08:40:00Z"})])
    withdraw(hub, slot_id)
    assert hub.read("booking", booking.id)["told_at"] is None
    assert [line.id for line in to_tell(hub)] == [booking.id]


def test_a_request_takes_another_of_its_wishes(hub: Stand) -> None:
    """While the places are frozen a request waits, so that it is still one when its slot goes."""
    terminal, other = hub.enrol(), hub.enrol()
    first, second = hub.add_slot(in_hours=48), hub.add_slot(in_hours=49)
    for one in (terminal, other):
        one.round()
    with hub.database.write() as connection:
        feed.renew_generation(connection, hub.clock(), hub.random)
    asked = ask(terminal, first, second)
    assert state_of(hub, asked)[0] == "requested"
    assert withdraw(hub, first) == (asked.id,)
    assert state_of(hub, asked)[0] == "requested", "nothing is given while a terminal may know better"
    for one in (terminal, other, terminal, other):
        one.round()
    assert (state_of(hub, asked)[0], hub.read("booking", asked.id)["slot_id"]) == ("confirmed", second)
    assert to_tell(hub) == []


def test_a_move_whose_slot_goes_takes_its_next_wish_and_frees_what_it_replaces(hub: Stand) -> None:
    terminal, first, former = hub.enrol(), hub.add_slot(in_hours=5), hub.add_slot(in_hours=3)
    second, grant_id = hub.add_slot(in_hours=6), new_id(hub.clock(), hub.random(10))
    kept = ask(terminal, former)
    body = TakeRequest(terminal_id=terminal.terminal_id, incarnation=terminal.incarnation, id=grant_id, slot_id=first)
    hub.exchange.answer(terminal.signed(body.to_bytes(), path="/v1/take"))
    asked = terminal.booking(first, wishes=[second], moved_from=kept.id)
    terminal.round([asked])
    assert state_of(hub, asked)[0] == "requested", "its own terminal holds that place, the answer was lost"
    assert withdraw(hub, first) == (asked.id,)
    assert [state_of(hub, one)[0] for one in (kept, asked)] == ["moved", "confirmed"]
    assert [hub.read("slot", one)["taken"] for one in (former, second)] == [0, 1]
    check_places(hub)


def test_whoever_takes_the_booking_back_afterwards_is_on_no_list_and_left_nothing_behind(hub: Stand) -> None:
    terminal, slot_id = hub.enrol(), hub.add_slot(in_hours=5)
    booking = ask(terminal, slot_id)
    withdraw(hub, slot_id)
    terminal.round()
    [receipt] = terminal.round([terminal.operation("booking", booking.id, {"state": "cancelled"})]).receipts
    assert (receipt.outcome, state_of(hub, booking)[0]) == ("applied", "cancelled")
    assert to_tell(hub) == []
    with hub.database.read() as connection:
        assert conflicts.read_journal(connection) == []


def test_nobody_else_is_touched(hub: Stand) -> None:
    terminal = hub.enrol()
    slot_id, other = hub.add_slot(capacity=3), hub.add_slot(in_hours=50)
    hers, his, given_up = ask(terminal, slot_id), ask(terminal, other), ask(terminal, slot_id)
    terminal.round([terminal.operation("booking", given_up.id, {"state": "cancelled"})])
    assert withdraw(hub, slot_id) == (hers.id,)
    assert [state_of(hub, one)[0] for one in (hers, his, given_up)] == ["withdrawn", "confirmed", "cancelled"]


def test_who_counts_on_a_slot_is_said_before(hub: Stand) -> None:
    hub.add_slot(capacity=20)
    terminal = hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    booking = ask(terminal, slot_id)
    risk = risk_of(hub, slot_id)
    assert risk.bookings == (booking.id,)
    assert (grant_id in risk.grants, len(risk.grants)) == (True, 2)
    terminal.round([spent := promise(terminal, grant_id, slot_id)])
    after = risk_of(hub, slot_id)
    assert after.bookings == tuple(sorted([booking.id, spent.id]))
    assert set(after.grants) >= set(risk.grants) - {grant_id}
    assert grant_id not in after.grants
    assert risk_of(hub, hub.add_slot(in_hours=90)) == AtRisk()
    assert not AtRisk().is_risky
    assert risk.is_risky


def test_what_is_told_leaves_the_list_and_is_journaled(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(capacity=2), hub.enrol()
    bookings = [ask(terminal, slot_id), ask(terminal, slot_id)]
    withdraw(hub, slot_id)
    tell(hub, bookings[0].id)
    assert [line.id for line in to_tell(hub)] == [bookings[1].id]
    with pytest.raises(InvalidInput, match="déjà prévenue"):
        tell(hub, bookings[0].id)
    with hub.database.read() as connection:
        [told] = accounts.find_audit(connection, "booking.told")
        [withdrawn] = accounts.find_audit(connection, "slots.withdraw")
    assert (told["who"], told["subject"]) == (ADMIN, f"booking/{SITE}/{bookings[0].id}")
    assert (withdrawn["who"], withdrawn["detail"]) == (ADMIN, "live 2")


def test_the_list_is_of_one_site_or_of_all_and_forgets_the_past(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=5), hub.enrol()
    booking = ask(terminal, slot_id)
    withdraw(hub, slot_id)
    assert [line.id for line in to_tell(hub, SITE)] == [booking.id]
    assert to_tell(hub, "site-autre") == []
    hub.clock.ms += 6 * HOUR_MS
    assert to_tell(hub) == []


def test_what_cannot_be_withdrawn_is_said_in_one_sentence(hub: Stand) -> None:
    slot_id, past = hub.add_slot(in_hours=5), hub.add_slot(in_hours=1)
    withdraw(hub, slot_id)
    hub.clock.ms += 2 * HOUR_MS
    for wrong, sentence in ((slot_id, "déjà retiré"), (past, "déjà commencé"), ("nowhere", "Aucun créneau")):
        with pytest.raises(InvalidInput, match=sentence):
            withdraw(hub, wrong)
    with pytest.raises(InvalidInput, match="Aucun créneau"):
        risk_of(hub, "nowhere")
    with pytest.raises(InvalidInput, match="Aucun rendez-vous"):
        tell(hub, "nobody")
    with hub.database.write() as connection:
        accounts.add_account(connection, hub.clock(), "Une lectrice", ["instruction"], ADMIN)
    for act in (lambda: withdraw(hub, past, "Une lectrice"), lambda: tell(hub, "nobody", "Une lectrice")):
        with pytest.raises(Refused):
            act()


def test_a_slot_that_opens_again_gives_nobody_a_place_back(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(), hub.enrol()
    booking = ask(terminal, slot_id)
    withdraw(hub, slot_id)
    with hub.database.write() as connection:
        rows.write_as_hub(connection, hub.clock(), "slot", SITE, slot_id, {"state": "open"})
    assert state_of(hub, booking)[0] == "withdrawn"
    assert state_of(hub, ask(terminal, slot_id))[0] == "confirmed"
    check_places(hub)
