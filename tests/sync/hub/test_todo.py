"""The list of what a person must settle: found, said in staff words, settled by an act, or by itself."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.change import Value, new_id
from sync.errors import InvalidInput, Refused
from sync.hub import accounts, conflicts, rows, todo
from sync.hub.database import table_of
from sync.hub.tables import Conflict, Redrawn
from sync.merge import Lost, Policy
from sync.seal import seal
from tests.sync.hub.stand import ADMIN, HOUR_MS, SITE, Signer, Stand, hub_in

READER, OTHER = "Zoé", "Inès"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        with stand.database.write() as connection:
            accounts.add_account(connection, stand.clock(), READER, ["lecture"], ADMIN)
        yield stand


def listed(hub: Stand, site_id: str | None = None) -> list[todo.Item]:
    with hub.database.read() as connection:
        return todo.list_todo(connection, hub.clock(), site_id)


def settle(hub: Stand, item: todo.Item, choice: str, who: str = ADMIN) -> todo.Settled:
    with hub.database.write() as connection:
        return todo.settle(connection, hub.clock(), item.id, choice, who, seen=item.code)


def tidy(hub: Stand) -> int:
    with hub.database.write() as connection:
        return todo.tidy(connection, hub.clock())


def settled(hub: Stand) -> list[tuple[str, str]]:
    """Who settled, and with which choice or cause, oldest first."""
    with hub.database.read() as connection:
        assert accounts.verify_audit(connection).broken_at is None
        return [(line["who"], line["detail"]) for line in accounts.find_audit(connection, "todo.settle")]


def a_booking(hub: Stand, terminal: Signer, slot_id: str, state: str, **values: Value) -> str:
    """A booking as the hub holds it."""
    record_id = new_id(hub.clock(), hub.random(10))
    whole = {**terminal.new_booking(slot_id), "state": state, **values}
    with hub.database.write() as connection:
        rows.write_as_hub(connection, hub.clock(), "booking", SITE, record_id, whole)
    return record_id


def journal(hub: Stand, record_id: str, kept: str, lost: str, *, kind: str = "booking", field: str = "state") -> None:
    """A line that needs a person."""
    stamp = "0" * 20
    loss = conflicts.Loss(
        kind, SITE, record_id, field, (kept, stamp), Lost(lost, stamp, Policy.STATES, needs_person=True), "t", 1
    )
    with hub.database.write() as connection:
        conflicts.append(connection, hub.clock(), [loss], hub.random)


def test_nothing_to_settle_is_an_empty_list(hub: Stand) -> None:
    assert listed(hub) == []


@pytest.mark.parametrize("state", ["withdrawn", "overruled"])
def test_whoever_lost_an_appointment_is_on_the_list_until_told(hub: Stand, state: str) -> None:
    booking_id = a_booking(hub, hub.enrol(), hub.add_slot(in_hours=30), state)
    [item] = listed(hub)
    assert (item.kind, item.site_id, item.records, item.urgent) == ("tell", SITE, (booking_id,), True)
    settle(hub, item, "told")
    assert listed(hub) == []
    assert hub.read("booking", booking_id)["told_at"] is not None
    assert settled(hub) == [(ADMIN, "told")]


def test_the_hours_that_may_be_proposed_are_named_while_they_can_be_had(hub: Stand) -> None:
    free, full = hub.add_slot(in_hours=72), hub.add_slot(in_hours=96)
    terminal = hub.enrol()
    a_booking(hub, terminal, hub.add_slot(), "withdrawn", alternatives=[full, free])
    [item] = listed(hub)
    assert "proposez-lui l’une de ces dates" in item.to_do
    assert item.to_do.index("24\u00a0novembre") < item.to_do.index("25\u00a0novembre")
    terminal.round([terminal.booking(full)])
    [item] = listed(hub)
    assert "25\u00a0novembre" not in item.to_do
    terminal.round([terminal.booking(free)])
    [later] = listed(hub)
    assert "proposez-lui une autre date" in later.to_do
    assert later.code == item.code, "whoever phones meanwhile may still say so"


def test_a_promise_overruled_is_one_line_not_two(hub: Stand) -> None:
    booking_id = a_booking(hub, hub.enrol(), hub.add_slot(), "overruled", declined_because="clone")
    journal(hub, booking_id, "overruled", "guaranteed")
    [item] = listed(hub)
    assert item.kind == "tell"
    assert "copie de la borne" in item.happened
    settle(hub, item, "told")
    assert listed(hub) == []
    assert tidy(hub) == 1
    assert settled(hub) == [(ADMIN, "told"), (todo.AUTOMATIC, "told")]


@pytest.mark.parametrize(("choice", "state"), [("keep", "confirmed"), ("cancel", "cancelled")])
def test_cancelled_here_and_moved_there_is_kept_until_a_person_says(hub: Stand, choice: str, state: str) -> None:
    terminal, slot_id = hub.enrol(), hub.add_slot()
    old = a_booking(hub, terminal, hub.add_slot(), "moved")
    request = terminal.booking(slot_id, moved_from=old)
    terminal.round([request])
    assert (hub.read("booking", request.id)["state"], hub.read("slot", slot_id)["taken"]) == ("confirmed", 1)
    journal(hub, old, "moved", "cancelled")
    [item] = listed(hub)
    assert item.records == (old, request.id)
    assert "le nouveau rendez-vous (lundi\u00a023\u00a0novembre" in item.happened
    assert {one.code for one in item.choices} == {"keep", "cancel"}
    settle(hub, item, choice)
    assert hub.read("booking", request.id)["state"] == state
    assert hub.read("slot", slot_id)["taken"] == (1 if choice == "keep" else 0)
    assert listed(hub) == []
    assert tidy(hub) == 0


def test_a_line_whose_appointment_was_cancelled_since_settles_itself(hub: Stand) -> None:
    terminal = hub.enrol()
    old = a_booking(hub, terminal, hub.add_slot(), "moved")
    new = a_booking(hub, terminal, hub.add_slot(), "confirmed", moved_from=old)
    journal(hub, old, "moved", "cancelled")
    assert len(listed(hub)) == 1
    with hub.database.write() as connection:
        rows.write_as_hub(connection, hub.clock(), "booking", SITE, new, {"state": "cancelled"})
    assert listed(hub) == []
    assert tidy(hub) == 1
    assert settled(hub) == [(todo.AUTOMATIC, "cancelled_since")]
    assert tidy(hub) == 0


@pytest.mark.parametrize("kept", ["declined", "withdrawn", "overruled"])
def test_giving_up_what_would_not_take_place_asks_nobody(hub: Stand, kept: str) -> None:
    booking_id = a_booking(hub, hub.enrol(), hub.add_slot(), kept, told_at="2026-11-21T08:00:00Z")
    journal(hub, booking_id, kept, "cancelled")
    assert listed(hub) == []
    assert tidy(hub) == 1


def test_a_week_after_its_hour_nothing_of_an_appointment_is_left_to_settle(hub: Stand) -> None:
    terminal, slot_id = hub.enrol(), hub.add_slot(in_hours=24)
    a_booking(hub, terminal, slot_id, "withdrawn")
    journal(hub, a_booking(hub, terminal, slot_id, "confirmed"), "confirmed", "cancelled")
    assert len(listed(hub)) == 2
    hub.clock.ms += 24 * HOUR_MS + 7 * 24 * HOUR_MS
    assert len(listed(hub)) == 2
    hub.clock.ms += 1000
    assert listed(hub) == []
    assert tidy(hub) == 1
    assert settled(hub) == [(todo.AUTOMATIC, "past")]


@pytest.mark.parametrize(("choice", "modality"), [("keep", "VISIO"), ("take_lost", "TELEPHONE")])
def test_two_ways_to_meet_are_settled_as_acts(hub: Stand, choice: str, modality: str) -> None:
    booking_id = a_booking(hub, hub.enrol(), hub.add_slot(), "confirmed", modality="VISIO")
    journal(hub, booking_id, "VISIO", "TELEPHONE", field="modality")
    [item] = listed(hub)
    assert {one.label for one in item.choices} == {
        "Tenir ce rendez-vous en visio", "Tenir ce rendez-vous par téléphone",
    }  # fmt: skip
    settle(hub, item, choice)
    assert hub.read("booking", booking_id)["modality"] == modality
    assert listed(hub) == []


def test_a_place_released_and_written_off_asks_nobody(hub: Stand) -> None:
    terminal = hub.enrol()
    hub.add_slot(capacity=4)
    terminal.round()
    with hub.database.read() as connection:
        (_, grant_id, _), *_ = rows.read_all(connection, "grant")
    journal(hub, grant_id, "written_off", "released", kind="grant")
    assert listed(hub) == []
    assert tidy(hub) == 1
    assert settled(hub) == [(todo.AUTOMATIC, "same_end")]


def test_too_many_people_are_listed_and_one_is_cancelled_or_all_are_welcomed(hub: Stand) -> None:
    terminal, slot_id = hub.enrol(), hub.add_slot()
    one, two = (a_booking(hub, terminal, slot_id, "confirmed") for _ in range(2))
    [item] = listed(hub)
    assert (item.kind, set(item.records)) == ("overbooked", {one, two})
    settle(hub, item, "keep_all")
    assert listed(hub) == []
    three = a_booking(hub, terminal, slot_id, "confirmed")
    [item] = listed(hub)
    settle(hub, item, f"cancel.{three}")
    assert (hub.read("booking", three)["state"], hub.read("slot", slot_id)["taken"]) == ("overruled", 2)
    [item] = listed(hub)
    assert (item.kind, item.records) == ("tell", (three,)), "the others were welcomed, this one must be told"


def test_two_people_at_hours_of_one_booth_that_meet_are_listed_as_too_many(hub: Stand) -> None:
    terminal = hub.enrol()
    first, after = hub.add_slot(in_hours=30, booth="Bleue"), hub.add_slot(in_hours=30.5, booth="Bleue")
    a_booking(hub, terminal, hub.add_slot(in_hours=31.1, booth="Bleue"), "confirmed")
    one, two = (a_booking(hub, terminal, slot_id, "confirmed") for slot_id in (first, after))
    [item] = listed(hub)
    assert (item.kind, set(item.records)) == ("overbooked", {one, two})
    assert item.due_at == hub.read("slot", first)["starts_at"]
    assert "même cabine" in item.happened
    settle(hub, item, f"cancel.{two}")
    assert [(item.kind, item.records) for item in listed(hub)] == [("tell", (two,))]
    assert hub.read("slot", after)["taken"] == 0


def test_no_line_of_the_journal_is_hidden_however_many_there_are(hub: Stand) -> None:
    terminal, slot_id = hub.enrol(), hub.add_slot(in_hours=30)
    oldest = a_booking(hub, terminal, slot_id, "cancelled")
    journal(hub, oldest, "moved", "cancelled")
    hub.clock.ms += HOUR_MS
    stamp = "0" * 20
    lost = Lost("VISIO", stamp, Policy.ASK, needs_person=True)
    loss = conflicts.Loss("booking", SITE, "no-such-booking", "modality", ("PHYSIQUE", stamp), lost, "t", 1)
    with hub.database.write() as connection:
        conflicts.append(connection, hub.clock(), [loss] * 1010, hub.random)
    with hub.database.read() as connection:
        assert conflicts.count_journal(connection, open_only=True) == 1011
        assert len(conflicts.read_journal(connection, limit=5)) == 5
        lines = {f"conflict.{line.id}" for line in conflicts.read_journal(connection)}
    assert tidy(hub) == 1011, "what settles itself does so, the oldest line too"
    assert listed(hub) == []
    assert len(lines) == 1011


def test_a_request_that_waits_a_day_is_listed_with_what_holds_it_up(hub: Stand) -> None:
    terminal = hub.enrol()
    booking_id = a_booking(hub, terminal, hub.add_slot(in_hours=400), "requested")
    assert listed(hub) == []
    hub.clock.ms += 24 * HOUR_MS + 1
    [item] = listed(hub)
    assert (item.kind, item.urgent) == ("waiting", False)
    settle(hub, item, "decline")
    found = hub.read("booking", booking_id)
    assert found["state"] == "declined"
    assert found["told_at"] == found["answered_at"] != None  # noqa: E711
    assert listed(hub) == []


def test_a_terminal_that_was_put_back_names_the_hours_at_risk(hub: Stand) -> None:
    terminal = hub.enrol()
    booking_id = a_booking(hub, terminal, hub.add_slot(), "confirmed")
    line = {
        "terminal_id": terminal.terminal_id, "incarnation": "i2", "site_id": SITE, "at_ms": hub.clock(),
        "at_risk": json.dumps([booking_id]),
    }  # fmt: skip
    with hub.database.write() as connection:
        connection.execute(table_of(Redrawn).insert(), line)
    [item] = listed(hub)
    assert (item.kind, item.records) == ("redrawn", (booking_id,))
    assert "1\u00a0rendez-vous" in item.happened or "1 rendez-vous" in item.happened
    settle(hub, item, "checked")
    assert listed(hub) == []


def test_a_change_whose_record_never_came_is_a_line_until_a_person_has_seen_it(hub: Stand) -> None:
    journal(hub, "never-came", "confirmed", "cancelled")
    with hub.database.write() as connection:
        connection.execute(table_of(Conflict).update().values(rule="early"))
    [item] = listed(hub)
    assert "annuler un rendez-vous qui n’est jamais arrivé" in item.happened
    assert tidy(hub) == 0
    settle(hub, item, "seen")
    assert listed(hub) == []


def test_what_nobody_handled_in_its_time_is_a_line_until_it_is_handled(hub: Stand) -> None:
    terminal = hub.enrol()
    prepared = terminal.registration()
    sealed = seal(hub.keys.sealing, "registration", SITE, prepared.id, {"prenoms": "Zoé"}).to_text()
    terminal.round([prepared.changed(sealed=sealed)])
    hub.clock.ms += 20 * 24 * HOUR_MS
    [item] = [one for one in listed(hub) if one.kind == "due"]
    assert item.records == (prepared.id,)
    assert "mais n’a été ni transmise ni close" in item.happened
    with pytest.raises(InvalidInput, match="pas de choix"):
        todo.choice_of(item, "1")
    with hub.database.write() as connection:
        rows.write_as_hub(connection, hub.clock(), "registration", SITE, prepared.id, {"state": "close"})
    assert [one for one in listed(hub) if "transmise" in one.happened] == []


def test_only_the_right_role_settles_and_only_with_a_choice_of_the_line(hub: Stand) -> None:
    a_booking(hub, hub.enrol(), hub.add_slot(), "withdrawn")
    [item] = listed(hub)
    with pytest.raises(Refused) as refused:
        settle(hub, item, "told", READER)
    assert refused.value.code == "role"
    with pytest.raises(InvalidInput, match="told"):
        settle(hub, item, "keep")
    settle(hub, item, "told")
    with pytest.raises(InvalidInput, match="relisez"), hub.database.write() as connection:
        todo.settle(connection, hub.clock(), item.id, "told", ADMIN)
    assert settled(hub) == [(ADMIN, "told")]


def test_the_same_settling_once_more_changes_nothing_and_says_so(hub: Stand) -> None:
    booking_id = a_booking(hub, hub.enrol(), hub.add_slot(), "withdrawn")
    [item] = listed(hub)
    first = settle(hub, item, "told")
    before = hub.read("booking", booking_id)
    hub.clock.ms += 60_000
    again = settle(hub, item, "told")
    assert (first.again, again.again, again.at, again.who) == (False, True, first.at, ADMIN)
    assert hub.read("booking", booking_id) == before
    assert settled(hub) == [(ADMIN, "told")]


def test_what_another_person_settled_meanwhile_is_refused_with_their_name(hub: Stand) -> None:
    with hub.database.write() as connection:
        accounts.add_account(connection, hub.clock(), OTHER, ["exploitation"], ADMIN)
    a_booking(hub, hub.enrol(), hub.add_slot(), "withdrawn")
    [item] = listed(hub)
    settle(hub, item, "told", OTHER)
    with pytest.raises(Refused, match=OTHER) as refused:
        settle(hub, item, "told")
    assert refused.value.code == "settled"


def test_a_line_that_changed_since_it_was_read_is_not_settled(hub: Stand) -> None:
    """Somebody moved to that hour meanwhile: who chose « the second of two » did not mean the second of three."""
    terminal, slot_id = hub.enrol(), hub.add_slot()
    one, two = (a_booking(hub, terminal, slot_id, "confirmed") for _ in range(2))
    [item] = listed(hub)
    three = a_booking(hub, terminal, slot_id, "confirmed")
    for choice in ("keep_all", f"cancel.{two}"):
        with pytest.raises(Refused, match="a changé") as refused:
            settle(hub, item, choice)
        assert refused.value.code == "changed"
    assert [hub.read("booking", each)["state"] for each in (one, two, three)] == ["confirmed"] * 3
    assert settled(hub) == []


def test_the_same_cause_once_more_is_another_line(hub: Stand) -> None:
    booking_id = a_booking(hub, hub.enrol(), hub.add_slot(), "withdrawn")
    [item] = listed(hub)
    settle(hub, item, "told")
    hub.clock.ms += 1000
    with hub.database.write() as connection:
        rows.write_as_hub(connection, hub.clock(), "booking", SITE, booking_id, {"state": "confirmed"})
    with hub.database.write() as connection:
        values: dict[str, Value] = {"state": "withdrawn", "told_at": None}
        rows.write_as_hub(connection, hub.clock(), "booking", SITE, booking_id, values)
    [newer] = listed(hub)
    assert (newer.id, newer.code != item.code) == (item.id, True)
    settle(hub, item, "told")
    assert listed(hub) == [newer], "what was read before does not settle what came after"


def test_whoever_was_welcomed_is_not_asked_about_again_when_another_one_stays_away(hub: Stand) -> None:
    terminal, slot_id = hub.enrol(), hub.add_slot()
    bookings = [a_booking(hub, terminal, slot_id, "confirmed") for _ in range(3)]
    [item] = listed(hub)
    settle(hub, item, "keep_all")
    with hub.database.write() as connection:
        rows.write_as_hub(connection, hub.clock(), "booking", SITE, bookings[0], {"state": "cancelled"})
    assert listed(hub) == []


def test_a_person_types_the_code_as_they_like(hub: Stand) -> None:
    a_booking(hub, hub.enrol(), hub.add_slot(), "withdrawn")
    items = listed(hub)
    for typed in (items[0].short, items[0].short.lower(), items[0].code, f" {items[0].short.replace('-', ' ')} "):
        assert todo.find(items, typed) == items[0]
    for typed in ("", items[0].code[:5], "ZZZ-ZZZ", items[0].id):
        with pytest.raises(InvalidInput, match="relisez"):
            todo.find(items, typed)
    assert todo.choice_of(items[0], "1") == todo.choice_of(items[0], "told")
    for typed in ("0", "2", "", "keep"):
        with pytest.raises(InvalidInput, match="de 1 à 1"):
            todo.choice_of(items[0], typed)


def test_two_lines_that_begin_alike_are_told_apart(hub: Stand) -> None:
    a_booking(hub, hub.enrol(), hub.add_slot(), "withdrawn")
    [item] = listed(hub)
    twin = dataclasses.replace(item, id="twin", code=item.code[:6] + ("0000" if item.code[6:] != "0000" else "1111"))
    with pytest.raises(InvalidInput, match=twin.code):
        todo.find([item, twin], item.short)
    assert todo.find([item, twin], twin.code) == twin


def test_a_site_sees_its_own_lines_only_and_the_most_urgent_comes_first(hub: Stand) -> None:
    terminal = hub.enrol()
    late = a_booking(hub, terminal, hub.add_slot(in_hours=200), "withdrawn")
    soon = a_booking(hub, terminal, hub.add_slot(in_hours=20), "withdrawn")
    assert [item.records for item in listed(hub, SITE)] == [(soon,), (late,)]
    assert listed(hub, "site-saint-denis") == []


def plant_every_kind(hub: Stand) -> None:
    """Something of every kind that can be planted without a second site."""
    terminal = hub.enrol()
    for state in ("withdrawn", "overruled"):
        a_booking(hub, terminal, hub.add_slot(), state)
    for kept, lost in (("confirmed", "cancelled"), ("confirmed", "declined")):
        journal(hub, a_booking(hub, terminal, hub.add_slot(), kept), kept, lost)
    journal(hub, a_booking(hub, terminal, hub.add_slot(), "confirmed"), "VISIO", "TELEPHONE", field="modality")
    old = a_booking(hub, terminal, hub.add_slot(), "moved")
    a_booking(hub, terminal, hub.add_slot(), "confirmed", moved_from=old)
    journal(hub, old, "moved", "cancelled")
    crowded = hub.add_slot()
    for _ in range(3):
        a_booking(hub, terminal, crowded, "confirmed")
    a_booking(hub, terminal, hub.add_slot(in_hours=20), "requested")
    line = {
        "terminal_id": terminal.terminal_id, "incarnation": "i2", "site_id": SITE, "at_ms": hub.clock(),
        "at_risk": "[]",
    }  # fmt: skip
    with hub.database.write() as connection:
        connection.execute(table_of(Redrawn).insert(), line)


@settings(max_examples=6, deadline=None)
@given(data=st.data())
def test_whatever_is_chosen_in_whatever_order_no_line_comes_back_and_the_list_ends(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    with hub_in(tmp_path_factory.mktemp("hub")) as hub:
        plant_every_kind(hub)
        done: list[tuple[todo.Item, str]] = []
        while items := listed(hub):
            assert not {item.code for item in items} & {item.code for item, _ in done}
            item = data.draw(st.sampled_from(items), label="line")
            choice = data.draw(st.sampled_from(item.choices), label="choice").code
            assert not settle(hub, item, choice).again
            done.append((item, choice))
            assert len(done) < 30, "the list never ends"
        before = hub.feed_of()
        assert all(settle(hub, item, choice).again for item, choice in done)
        assert hub.feed_of() == before, "the same once more changed something"
