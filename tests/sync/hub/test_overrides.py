"""A place that is not free, given in a person's name: who may be hit is said first; what the law forbids stays so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.errors import InvalidInput, Refused
from sync.hub import accounts, conflicts, feed, overrides, rows, slips, todo
from sync.hub.at_risk import AtRisk
from sync.wire import Operation
from tests.sync.hub.granted import check_places, granted, promise, state_of
from tests.sync.hub.stand import ADMIN, HOUR_MS, SITE, Signer, Stand, hub_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def override(hub: Stand, booking_id: str, slot_id: str, who: str = ADMIN) -> AtRisk:
    with hub.database.write() as connection:
        return overrides.override(connection, hub.clock(), SITE, booking_id, slot_id, who)


def risk_of(hub: Stand, booking_id: str, slot_id: str) -> AtRisk:
    with hub.database.read() as connection:
        return overrides.at_risk(connection, hub.clock(), SITE, booking_id, slot_id)


def ask(terminal: Signer, slot_id: str, **values: str) -> Operation:
    operation = terminal.booking(slot_id, **values)
    terminal.round([operation])
    return operation


def journal(hub: Stand) -> list[tuple[str, object]]:
    with hub.database.read() as connection:
        return [(line.rule, line.kept_value) for line in conflicts.read_journal(connection)]


def test_a_booking_is_put_beside_another_and_both_are_on_the_list(hub: Stand) -> None:
    slot_id, terminal = hub.add_slot(in_hours=5), hub.enrol()
    first, second = ask(terminal, slot_id), ask(terminal, slot_id)
    assert state_of(hub, second) == ("declined", "slot_taken")
    risk = risk_of(hub, second.id, slot_id)
    assert risk == AtRisk((first.id,), (), "slot_taken")
    assert override(hub, second.id, slot_id) == risk
    assert state_of(hub, second) == ("confirmed", None)
    assert state_of(hub, first)[0] == "confirmed"
    assert hub.read("slot", slot_id)["taken"] == 2
    with hub.database.read() as connection:
        [matter] = [one for one in todo.list_todo(connection, hub.clock()) if one.kind == "overbooked"]
        [line] = accounts.find_audit(connection, "booking.override")
    assert set(matter.records) == {first.id, second.id}
    assert (line["who"], line["subject"]) == (ADMIN, f"booking/{SITE}/{second.id}")
    assert journal(hub) == [("override", [first.id])]
    told = {entry.id: entry.fields for entry in terminal.round().entries}
    assert told[second.id]["state"].value == "confirmed"


def test_a_terminal_may_have_promised_the_place_to_somebody_unknown(hub: Stand) -> None:
    hub.add_slot(capacity=2)
    terminal, other = hub.enrol(), hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    ask(other, slot_id)
    asked = ask(other, slot_id)
    risk = risk_of(hub, asked.id, slot_id)
    assert (risk.grants, risk.because, len(risk.bookings)) == ((grant_id,), "slot_taken", 1)
    override(hub, asked.id, slot_id)
    terminal.round([late := promise(terminal, grant_id, slot_id)])
    assert state_of(hub, late)[0] == "guaranteed", "whoever left with a promise keeps it"
    assert hub.read("slot", slot_id)["taken"] == 3


def test_people_of_the_same_booth_and_hour_are_said(hub: Stand) -> None:
    first, after = hub.add_slot(in_hours=5, booth="Bleue"), hub.add_slot(in_hours=5.5, booth="Bleue")
    terminal = hub.enrol()
    there, asked = ask(terminal, first), ask(terminal, after)
    assert state_of(hub, asked) == ("declined", "booth_busy")
    assert risk_of(hub, asked.id, after) == AtRisk((there.id,), (), "booth_busy")
    override(hub, asked.id, after)
    assert state_of(hub, asked)[0] == "confirmed"


def test_a_free_place_hits_nobody_and_another_slot_may_be_chosen(hub: Stand) -> None:
    full, free, terminal = hub.add_slot(in_hours=5), hub.add_slot(in_hours=9), hub.enrol()
    ask(terminal, full)
    asked = ask(terminal, full)
    assert state_of(hub, asked)[0] == "alternatives"
    assert risk_of(hub, asked.id, free) == AtRisk()
    override(hub, asked.id, free)
    found = hub.read("booking", asked.id)
    assert (found["state"], found["slot_id"], found["alternatives"]) == ("confirmed", free, [])
    assert [hub.read("slot", one)["taken"] for one in (full, free)] == [1, 1]
    check_places(hub)


def test_a_promise_that_is_replaced_keeps_the_name_of_the_text_read_before_it(hub: Stand) -> None:
    hub.add_slot(capacity=2)
    terminal = hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    first, clone = (promise(terminal, grant_id, slot_id, content_version=text) for text in ("", "contrat.fr@2026.11.5"))
    terminal.round([first, clone])
    override(hub, clone.id, slot_id)
    with hub.database.read() as connection:
        heir, _ = slips.newest_of(connection, SITE, clone.id)
    assert heir != clone.id
    assert hub.read("booking", heir)["content_version"] == "contrat.fr@2026.11.5"


def test_a_promise_that_was_overruled_is_replaced_so_that_its_spend_stays_readable(hub: Stand) -> None:
    hub.add_slot(capacity=2)
    terminal = hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    first, clone = promise(terminal, grant_id, slot_id), promise(terminal, grant_id, slot_id)
    terminal.round([first, clone])
    assert state_of(hub, clone) == ("overruled", "clone")
    override(hub, clone.id, slot_id)
    found = hub.read("booking", clone.id)
    assert (found["state"], found["grant_id"], found["spend_no"]) == ("moved", grant_id, 1)
    with hub.database.read() as connection:
        heir, _ = slips.newest_of(connection, SITE, clone.id)
    new = hub.read("booking", heir)
    assert (new["state"], new["grant_id"], new["moved_from"], new["slot_id"]) == (
        "confirmed", None, clone.id, slot_id,
    )  # fmt: skip
    assert state_of(hub, first)[0] == "guaranteed"
    told = {entry.id: entry.fields for entry in terminal.round().entries}
    assert told[heir]["state"].value == "confirmed"
    check_places(hub)


@pytest.mark.parametrize("reason", ["dpa", "signature_cer"])
def test_nobody_answers_for_two_people_where_the_law_wants_one(hub: Stand, reason: str) -> None:
    slot_id, terminal = hub.add_slot(in_hours=5, reason=reason, booth="Bleue"), hub.enrol()
    beside = hub.add_slot(in_hours=5.25, booth="Bleue")
    ask(terminal, slot_id, reason=reason)
    asked, next_to = ask(terminal, slot_id, reason=reason), ask(terminal, beside)
    for booking, where in ((asked, slot_id), (next_to, beside)):
        with pytest.raises(InvalidInput, match="individuel"):
            override(hub, booking.id, where)
        with pytest.raises(InvalidInput, match="individuel"):
            risk_of(hub, booking.id, where)
    assert hub.read("slot", slot_id)["taken"] == 1


def test_an_individual_place_that_only_a_terminal_holds_may_be_given_in_a_name(hub: Stand) -> None:
    slots = [hub.add_slot(in_hours=30 + at, reason="dpa") for at in range(2)]
    terminal, other = hub.enrol(), hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    assert slot_id in slots
    asked = ask(other, slot_id, reason="dpa")
    assert risk_of(hub, asked.id, slot_id) == AtRisk((), (grant_id,), "slot_taken")
    override(hub, asked.id, slot_id)
    assert state_of(hub, asked)[0] == "confirmed"


def test_while_a_terminal_may_know_better_a_free_place_is_a_risk_too(hub: Stand) -> None:
    slot_id, terminal, other = hub.add_slot(in_hours=5), hub.enrol(), hub.enrol()
    for one in (terminal, other):
        one.round()
    with hub.database.write() as connection:
        feed.renew_generation(connection, hub.clock(), hub.random)
    asked = ask(terminal, slot_id)
    assert state_of(hub, asked)[0] == "requested"
    assert risk_of(hub, asked.id, slot_id) == AtRisk((), (), "site_frozen")
    assert override(hub, asked.id, slot_id).is_risky
    assert state_of(hub, asked)[0] == "confirmed"


def test_what_cannot_be_given_is_said_in_one_sentence(hub: Stand) -> None:
    slot_id, other_reason = hub.add_slot(in_hours=5), hub.add_slot(in_hours=6, reason="suivi")
    withdrawn, terminal = hub.add_slot(in_hours=7), hub.enrol()
    with hub.database.write() as connection:
        rows.write_as_hub(connection, hub.clock(), "slot", SITE, withdrawn, {"state": "withdrawn"})
    kept, asked, given_up = ask(terminal, slot_id), ask(terminal, slot_id), ask(terminal, hub.add_slot(in_hours=8))
    terminal.round([terminal.operation("booking", given_up.id, {"state": "cancelled"})])
    wrong = [
        (kept.id, slot_id, "tient déjà une place"),
        (given_up.id, slot_id, "annulé ou déplacé"),
        (asked.id, other_reason, "autre motif"),
        (asked.id, withdrawn, "retiré ou a commencé"),
        (asked.id, "nowhere", "Aucun créneau"),
        ("nobody", slot_id, "Aucun rendez-vous"),
    ]
    for booking_id, where, sentence in wrong:
        with pytest.raises(InvalidInput, match=sentence):
            override(hub, booking_id, where)
    with hub.database.write() as connection:
        accounts.add_account(connection, hub.clock(), "Une lectrice", ["instruction"], ADMIN)
    with pytest.raises(Refused):
        override(hub, asked.id, slot_id, "Une lectrice")
    hub.clock.ms += 5 * HOUR_MS
    with pytest.raises(InvalidInput, match="retiré ou a commencé"):
        override(hub, asked.id, slot_id)
    assert state_of(hub, asked)[0] == "declined"


def test_whoever_took_another_place_since_is_not_given_a_second_one(hub: Stand) -> None:
    had, full, other, terminal = hub.add_slot(), hub.add_slot(in_hours=50), hub.add_slot(in_hours=52), hub.enrol()
    ask(terminal, full)
    first = ask(terminal, had)
    in_vain = ask(terminal, full, moved_from=first.id)
    hub.clock.ms += 1000
    since = ask(terminal, other, moved_from=first.id)
    assert [state_of(hub, one)[0] for one in (first, in_vain, since)] == ["moved", "alternatives", "confirmed"]
    with pytest.raises(InvalidInput, match="tient déjà une place"):
        override(hub, in_vain.id, full)
