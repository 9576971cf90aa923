"""Grants: places given to terminals, promises believed, and nothing given while a terminal may know better."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync import escrow
from sync.change import Value, new_id
from sync.errors import InvalidInput, Refused
from sync.hub import accounts, conflicts, grants, rows
from sync.hub.settings import HubSettings
from sync.wire import Operation, Receipt
from tests.sync.hub.granted import check_places, granted, grants_of, promise, state_of
from tests.sync.hub.stand import ADMIN, HOUR_MS, SITE, Signer, Stand, hub_in, statements_of


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def send(terminal: Signer, operation: Operation) -> Receipt:
    [receipt] = terminal.round([operation]).receipts
    return receipt


def write_off(hub: Stand, grant_id: str) -> list[str]:
    with hub.database.write() as connection:
        return grants.write_off(connection, hub.clock(), SITE, grant_id, ADMIN)


# ------------------------------------------------------------------ giving
def test_a_round_brings_its_grants_in_the_same_answer(hub: Stand) -> None:
    slots = {hub.add_slot(in_hours=30 + at) for at in range(10)}
    terminal = hub.enrol()
    reply = terminal.round()
    entries = [entry for entry in reply.entries if entry.kind == "grant"]
    assert len(entries) == 5, "half of the places are for whoever is online"
    assert sorted(int(str(entry.fields["number"].value)) for entry in entries) == [1, 2, 3, 4, 5]
    for entry in entries:
        said = {name: held.value for name, held in entry.fields.items()}
        assert said["slot_id"] in slots
        assert (said["state"], said["gone"], said["issued_at"]) == ("active", False, "2026-11-21T08:33:20Z")
        assert (said["terminal_no"], said["incarnation"]) == (terminal.certificate.terminal_no, terminal.incarnation)
        assert hub.read("slot", str(said["slot_id"]))["taken"] == 1
    check_places(hub)


def test_a_quiet_round_gives_and_writes_nothing(hub: Stand) -> None:
    for at in range(20):
        hub.add_slot(in_hours=30 + at)
    terminal = hub.enrol()
    terminal.round()
    assert len(grants_of(hub)) == 6, "the stock is full"
    before = hub.feed_of()
    request = terminal.signed(terminal.body())
    statements = [one for one, _ in statements_of(hub, lambda: hub.exchange.answer(request))]
    writes = [one for one in statements if not one.startswith(("SELECT", "BEGIN")) and "hub_lock" not in one]
    assert len(writes) == 1, writes
    assert "hub_terminal" in writes[0]
    assert hub.feed_of() == before


def test_no_place_left_is_seen_with_one_statement_more(hub: Stand) -> None:
    terminal, slot_id = hub.enrol(), hub.add_slot()
    terminal.round([terminal.booking(slot_id)])
    terminal.round()
    request = terminal.signed(terminal.body())
    statements = [one for one, _ in statements_of(hub, lambda: hub.exchange.answer(request)) if "BEGIN" not in one]
    assert len(statements) <= 6, statements


def test_two_terminals_never_hold_one_place(hub: Stand) -> None:
    for at in range(6):
        hub.add_slot(in_hours=30 + at)
    shared = hub.add_slot(in_hours=40, capacity=4)
    one, other = hub.enrol(), hub.enrol()
    for _ in range(3):
        one.round()
        other.round()
    held = [values["slot_id"] for values in grants_of(hub).values()]
    assert len([slot_id for slot_id in held if slot_id != shared]) == len({*held} - {shared})
    assert len(held) == 5
    check_places(hub)


def test_a_place_that_was_asked_for_is_never_granted_and_the_other_way_round(hub: Stand) -> None:
    slots = [hub.add_slot(in_hours=30 + at) for at in range(4)]
    terminal, online = hub.enrol(), hub.enrol(code=hub.invite(functions=("accueil",)))
    asked = online.booking(slots[0])
    online.round([asked])
    terminal.round()
    held = {str(values["slot_id"]) for values in grants_of(hub).values()}
    assert held
    assert slots[0] not in held
    refused = [online.booking(slot_id) for slot_id in sorted(held)]
    online.round(refused)
    assert {state_of(hub, one)[1] for one in refused} == {"slot_taken"}
    assert not any(escrow.holds_a_place(hub.read("booking", one.id)) for one in refused)
    check_places(hub)


def test_slots_of_one_booth_that_overlap_are_not_both_given(hub: Stand) -> None:
    slots = [hub.add_slot(in_hours=30 + at / 4, booth="Bleue") for at in range(4)]  # half an hour each
    for at in range(4):
        hub.add_slot(in_hours=60 + at)
    terminal = hub.enrol()
    terminal.round()
    held = [values["slot_id"] for values in grants_of(hub).values() if values["slot_id"] in slots]
    assert held == [slots[0], slots[3]]
    asked = [terminal.booking(slot_id) for slot_id in slots[1:3]]
    terminal.round(asked)
    assert [state_of(hub, one)[1] for one in asked] == ["booth_busy"] * 2
    assert not any(escrow.holds_a_place(hub.read("booking", one.id)) for one in asked)
    check_places(hub)


def test_two_askings_in_one_push_do_not_share_a_booth(hub: Stand) -> None:
    terminal = hub.enrol()
    slots = [hub.add_slot(in_hours=4, booth="Bleue"), hub.add_slot(in_hours=4.25, booth="Bleue")]
    asked = [terminal.booking(slot_id) for slot_id in slots]
    terminal.round(asked)
    assert [state_of(hub, one) for one in asked] == [("confirmed", None), ("declined", "booth_busy")]


def test_only_a_public_terminal_is_given_places(hub: Stand) -> None:
    hub.add_slot(in_hours=30, capacity=4)
    hub.enrol(code=hub.invite(functions=("accueil", "affichage"))).round()
    assert grants_of(hub) == {}
    hub.enrol(code=hub.invite(functions=("accueil", "borne"))).round()
    assert len(grants_of(hub)) == 1


def test_a_setting_of_nothing_gives_nothing(hub: Stand) -> None:
    hub.add_slot(in_hours=30, capacity=4)
    hub.exchange.settings = HubSettings(home=hub.home, grants_per_terminal=0)
    hub.enrol().round()
    assert grants_of(hub) == {}
    hub.exchange.settings = HubSettings(home=hub.home, grants_per_terminal=1)
    hub.enrol().round()
    assert len(grants_of(hub)) == 1


def test_a_spent_grant_makes_room_for_another(hub: Stand) -> None:
    hub.add_slot(in_hours=30, capacity=30)
    terminal = hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    for _ in range(8):
        terminal.round()
    assert [values["number"] for values in grants_of(hub).values()] == [1, 2, 3, 4, 5, 6]
    terminal.round([promise(terminal, grant_id, slot_id)])
    assert [values["number"] for values in grants_of(hub).values()] == [1, 2, 3, 4, 5, 6, 7]
    assert hub.read("slot", slot_id)["taken"] == 7
    check_places(hub)


def test_a_terminal_that_spends_and_is_restocked_is_given_twice_its_stock_in_an_hour(hub: Stand) -> None:
    for at in range(60):
        hub.add_slot(in_hours=30 + at)
    terminal, booked = hub.enrol(), 0
    hub.exchange.settings = HubSettings(home=hub.home, grants_per_terminal=3, seats_per_terminal=0)
    for _ in range(6):
        unspent = [one for one in grants_of(hub, terminal) if not _booked_on(hub, one)]
        terminal.round([promise(terminal, one, str(hub.read("grant", one)["slot_id"])) for one in unspent])
        booked += len(unspent)
    assert booked == 6
    hub.clock.ms += HOUR_MS
    terminal.round()
    assert len(grants_of(hub, terminal)) == 9, "an hour later the stock is filled again"
    other = hub.enrol()
    other.round()
    assert len(grants_of(hub, other)) == 3, "each terminal for itself"


def test_a_contract_is_never_promised_on_what_is_for_several(hub: Stand) -> None:
    hub.add_slot(capacity=2)
    terminal = hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    wrong = promise(terminal, grant_id, slot_id, reason="signature_cer")
    receipt = send(terminal, wrong)
    assert (receipt.outcome, receipt.code) == ("rejected", "invalid")
    assert hub.read("slot", slot_id)["taken"] == 1, "the grant is still out"


def _booked_on(hub: Stand, grant_id: str) -> bool:
    with hub.database.read() as connection:
        return any(values["grant_id"] == grant_id for _, _, values in rows.read_all(connection, "booking"))


# --------------------------------------------------------------- promising
def test_a_promise_on_a_grant_stands_and_takes_no_second_place(hub: Stand) -> None:
    hub.add_slot(capacity=2)
    terminal = hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    booking = promise(terminal, grant_id, slot_id)
    assert send(terminal, booking).outcome == "applied"
    found = hub.read("booking", booking.id)
    assert (found["state"], found["answered_at"]) == ("guaranteed", "2026-11-21T08:33:20Z")
    assert hub.read("slot", slot_id)["taken"] == 1
    check_places(hub)


def test_a_promise_that_was_cancelled_leaves_the_place_with_its_terminal(hub: Stand) -> None:
    hub.add_slot(capacity=2)
    terminal = hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    first = promise(terminal, grant_id, slot_id)
    terminal.round([first, terminal.operation("booking", first.id, {"state": "cancelled"})])
    assert hub.read("slot", slot_id)["taken"] == 1
    second = promise(terminal, grant_id, slot_id, spend_no=2)
    terminal.round([second])
    assert (state_of(hub, first)[0], state_of(hub, second)[0]) == ("cancelled", "guaranteed")
    terminal.round([terminal.operation("booking", second.id, {"gone": True})])
    assert state_of(hub, second)[0] == "cancelled"
    check_places(hub)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("no grant", "invalid"), ("no spend", "invalid"), ("requested with a grant", "invalid"),
        ("another terminal", "foreign_grant"), ("another slot", "foreign_grant"),
    ],
)  # fmt: skip
def test_a_promise_that_cannot_be_is_rejected(hub: Stand, what: str, code: str) -> None:
    other_slot = hub.add_slot(in_hours=4)
    hub.add_slot(capacity=4)
    terminal, other = hub.enrol(), hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    bad = {
        "no grant": promise(terminal, None, slot_id),
        "no spend": promise(terminal, grant_id, slot_id, spend_no=0),
        "requested with a grant": promise(terminal, grant_id, slot_id).changed(),
        "another terminal": promise(other, grant_id, slot_id),
        "another slot": promise(terminal, grant_id, other_slot),
    }[what]
    sender = other if what == "another terminal" else terminal
    sender.seq = 0
    values = {name: change.value for name, change in bad.fields.items()}
    if what == "requested with a grant":
        values["state"] = "requested"
    receipt = send(sender, sender.operation("booking", bad.id, values))
    assert (receipt.outcome, receipt.code) == ("rejected", code)
    check_places(hub)


def test_a_booking_never_changes_its_grant(hub: Stand) -> None:
    terminal, slot_id = hub.enrol(), hub.add_slot(in_hours=4)
    booking = terminal.booking(slot_id)
    terminal.round([booking])
    receipt = send(terminal, terminal.operation("booking", booking.id, {"grant_id": "some-grant", "spend_no": 1}))
    assert receipt.code == "invalid"
    assert hub.read("booking", booking.id)["grant_id"] is None


def test_a_promise_on_a_grant_that_the_hub_does_not_know_stands(hub: Stand) -> None:
    terminal, slot_id = hub.enrol(), hub.add_slot(in_hours=4)
    booking = promise(terminal, new_id(hub.clock(), hub.random(10)), slot_id)
    assert send(terminal, booking).outcome == "applied"
    assert state_of(hub, booking)[0] == "guaranteed"
    assert hub.read("slot", slot_id)["taken"] == 1
    check_places(hub)


def test_of_two_disks_with_one_grant_the_second_is_overruled_and_a_person_is_told(hub: Stand) -> None:
    hub.add_slot(capacity=2)
    terminal = hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    first, second = promise(terminal, grant_id, slot_id), promise(terminal, grant_id, slot_id)
    terminal.round([first, second])
    assert state_of(hub, first) == ("guaranteed", None)
    assert state_of(hub, second) == ("overruled", "clone")
    assert hub.read("booking", second.id)["answered_at"] is not None
    with hub.database.read() as connection:
        [line] = conflicts.read_journal(connection, open_only=True)
    assert (line.record_id, line.kept_value, line.lost_value) == (second.id, "overruled", "guaranteed")
    check_places(hub)


def test_of_two_disks_the_second_keeps_a_place_that_the_first_gave_back(hub: Stand) -> None:
    hub.add_slot(capacity=2)
    terminal = hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    first, second = promise(terminal, grant_id, slot_id), promise(terminal, grant_id, slot_id)
    cancel = terminal.operation("booking", first.id, {"state": "cancelled"})
    terminal.round([first, cancel.changed(seq=2), second.changed(seq=3)])
    assert state_of(hub, second)[0] == "guaranteed"
    check_places(hub)


@pytest.mark.parametrize("state", ["guaranteed", "cancelled"])
def test_a_disk_that_was_put_back_promises_a_lower_spend_again_and_nobody_is_cancelled_in_silence(
    hub: Stand, state: str
) -> None:
    hub.add_slot(capacity=2)
    terminal = hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    higher = promise(terminal, grant_id, slot_id, 2)
    terminal.round([higher])
    if state == "cancelled":
        terminal.round([terminal.operation("booking", higher.id, {"state": state})])
    hub.clock.ms += 60_000
    late = promise(terminal, grant_id, slot_id, 1)
    terminal.round([late])
    assert state_of(hub, higher)[0] == state
    assert state_of(hub, late) == (("overruled", "clone") if state == "guaranteed" else ("guaranteed", None))
    with hub.database.read() as connection:
        told = [line.record_id for line in conflicts.read_journal(connection, open_only=True)]
    assert told == ([late.id] if state == "guaranteed" else [])
    check_places(hub)


# ------------------------------------------------------------ giving back
def test_a_release_gives_the_place_back(hub: Stand) -> None:
    hub.add_slot(capacity=2)
    terminal = hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    hub.exchange.settings = HubSettings(home=hub.home, grants_per_terminal=0)
    assert send(terminal, terminal.operation("grant", grant_id, {"state": "released"})).outcome == "applied"
    assert hub.read("grant", grant_id)["state"] == "released"
    assert hub.read("slot", slot_id)["taken"] == 0
    check_places(hub)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"state": "active"}, "forbidden_state"), ({"state": "written_off"}, "forbidden_state"),
        ({"gone": True}, "forbidden_field"), ({"state": "released", "gone": True}, "forbidden_field"),
        ({"slot_id": "elsewhere"}, "forbidden_field"),
    ],
)  # fmt: skip
def test_a_terminal_does_nothing_else_with_a_grant(hub: Stand, values: dict[str, Value], code: str) -> None:
    hub.add_slot(capacity=2)
    terminal = hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    before = hub.read("grant", grant_id)
    assert send(terminal, terminal.operation("grant", grant_id, values)).code == code
    assert hub.read("grant", grant_id) == before
    assert hub.read("slot", slot_id)["taken"] == 1


def test_only_the_holder_gives_a_grant_back(hub: Stand) -> None:
    hub.add_slot(capacity=2)
    terminal, other = hub.enrol(), hub.enrol()
    grant_id, _ = granted(hub, terminal)
    assert send(other, other.operation("grant", grant_id, {"state": "released"})).code == "foreign_grant"
    never = new_id(hub.clock(), hub.random(10))
    assert send(terminal, terminal.operation("grant", never, {"state": "released"})).code == "foreign_grant"
    terminal.incarnation, terminal.seq = new_id(hub.clock(), hub.random(10)), 0
    assert send(terminal, terminal.operation("grant", grant_id, {"state": "released"})).code == "foreign_grant"
    assert hub.read("grant", grant_id)["state"] == "active"
    check_places(hub)


def test_a_place_written_off_can_be_given_again(hub: Stand) -> None:
    hub.add_slot(capacity=2)
    terminal = hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    with hub.database.read() as connection:
        assert grants.at_risk(connection, SITE, grant_id) == []
    assert write_off(hub, grant_id) == []
    assert hub.read("slot", slot_id)["taken"] == 0
    with hub.database.read() as connection:
        [line] = accounts.find_audit(connection, "grant.write_off")
        assert grant_id in line["subject"]
    with pytest.raises(InvalidInput):
        write_off(hub, grant_id)
    check_places(hub)


def test_who_may_not_write_off_is_refused(hub: Stand) -> None:
    hub.add_slot(capacity=2)
    grant_id, _ = granted(hub, hub.enrol())
    with hub.database.write() as connection:
        accounts.add_account(connection, hub.clock(), "Lecteur", ["lecture"], ADMIN)
    with pytest.raises(Refused), hub.database.write() as connection:
        grants.write_off(connection, hub.clock(), SITE, grant_id, "Lecteur")
    assert hub.read("grant", grant_id)["state"] == "active"


@pytest.mark.parametrize("somebody_else_came", [False, True])
def test_a_late_promise_on_a_place_written_off_stands_while_there_is_room(hub: Stand, somebody_else_came: bool) -> None:
    for at in range(2):
        hub.add_slot(in_hours=30 + at)
    terminal, online = hub.enrol(), hub.enrol(code=hub.invite(functions=("accueil",)))
    grant_id, slot_id = granted(hub, terminal)
    late = promise(terminal, grant_id, slot_id)
    write_off(hub, grant_id)
    if somebody_else_came:
        online.round([online.booking(slot_id)])
    terminal.round([late])
    assert state_of(hub, late) == (("overruled", "written_off") if somebody_else_came else ("guaranteed", None))
    assert hub.read("slot", slot_id)["taken"] == 1
    check_places(hub)


def test_a_late_promise_is_overruled_when_its_booth_went_to_somebody(hub: Stand) -> None:
    first, second = hub.add_slot(in_hours=30, booth="Bleue"), hub.add_slot(in_hours=30.25, booth="Bleue")
    hub.add_slot(in_hours=40)
    terminal, online = hub.enrol(), hub.enrol(code=hub.invite(functions=("accueil",)))
    grant_id, slot_id = granted(hub, terminal)
    assert slot_id == first
    late = promise(terminal, grant_id, first)
    write_off(hub, grant_id)
    asked = online.booking(second)
    online.round([asked])
    assert state_of(hub, asked) == ("confirmed", None)
    terminal.round([late])
    assert state_of(hub, late) == ("overruled", "written_off")


def test_a_booking_known_on_a_grant_keeps_its_place_when_it_is_written_off(hub: Stand) -> None:
    hub.add_slot(capacity=2)
    terminal = hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    booking = promise(terminal, grant_id, slot_id)
    hub.exchange.settings = HubSettings(home=hub.home, grants_per_terminal=0)
    terminal.round([booking])
    assert write_off(hub, grant_id) == [booking.id]
    assert state_of(hub, booking)[0] == "guaranteed"
    assert hub.read("slot", slot_id)["taken"] == 1
    check_places(hub)


# ------------------------------------------------------------- everything
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from(["round", "ask", "promise", "cancel", "release", "write off"])),
        max_size=14,
    )
)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_a_slot_counts_its_people_and_its_grants(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str]]
) -> None:
    with hub_in(tmp_path_factory.mktemp("hub") / "hub") as hub:
        slots = [hub.add_slot(in_hours=30 + at / 3, booth="Bleue", capacity=1 + at % 2) for at in range(4)]
        terminals = [hub.enrol(), hub.enrol()]
        made: list[tuple[int, str]] = []
        spends: dict[str, int] = {}
        for at, step in steps:
            terminal, operation = terminals[at], None
            free = [one for one in grants_of(hub, terminal) if not spends.get(one)]
            if step == "ask":
                operation = terminal.booking(slots[len(made) % 4])
            elif step == "promise" and free:
                spends[free[0]] = 1
                operation = promise(terminal, free[0], str(hub.read("grant", free[0])["slot_id"]))
            elif step == "cancel" and [one for one in made if one[0] == at]:
                made.remove(mine := next(one for one in made if one[0] == at))
                operation = terminal.operation("booking", mine[1], {"state": "cancelled"})
            elif step == "release" and free:
                operation = terminal.operation("grant", free[0], {"state": "released"})
            elif step == "write off" and grants_of(hub, terminal):
                write_off(hub, next(iter(grants_of(hub, terminal))))
            if step in {"ask", "promise"} and operation is not None:
                made.append((at, operation.id))
            terminal.round([operation] if operation else [])
            check_places(hub)
