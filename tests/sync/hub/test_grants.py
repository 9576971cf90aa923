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
from sync.hub import accounts, conflicts, fleet, grants, rows
from sync.hub.backup import make_backup, restore
from sync.hub.settings import HubSettings
from sync.wire import OPERATIONS_PER_ROUND_MAX, Operation, Receipt
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand, hub_in, statements_of

Grants = dict[str, dict[str, Value]]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def grants_of(hub: Stand, terminal: Signer | None = None) -> Grants:
    """The active grants at the hub, of one terminal or of all, by id, earliest number first."""
    with hub.database.read() as connection:
        held = {record_id: values for _, record_id, values in rows.read_all(connection, "grant")}
    mine = {
        grant_id: values
        for grant_id, values in held.items()
        if values["state"] == "active"
        and (terminal is None or values["terminal_no"] == terminal.certificate.terminal_no)
    }
    return dict(sorted(mine.items(), key=lambda pair: int(str(pair[1]["number"]))))


def granted(hub: Stand, terminal: Signer) -> tuple[str, str]:
    """The first grant of a terminal after a round, and its slot."""
    terminal.round()
    grant_id, values = next(iter(grants_of(hub, terminal).items()))
    return grant_id, str(values["slot_id"])


def promise(terminal: Signer, grant_id: str | None, slot_id: str, spend_no: int = 1, **values: Value) -> Operation:
    """A booking made with no network, on a grant."""
    return terminal.booking(slot_id, state="guaranteed", grant_id=grant_id, spend_no=spend_no, **values)


def send(terminal: Signer, operation: Operation) -> Receipt:
    [receipt] = terminal.round([operation]).receipts
    return receipt


def state_of(hub: Stand, operation: Operation) -> tuple[Value, Value]:
    found = hub.read("booking", operation.id)
    return found["state"], found["declined_because"]


def write_off(hub: Stand, grant_id: str) -> list[str]:
    with hub.database.write() as connection:
        return grants.write_off(connection, hub.clock(), SITE, grant_id, ADMIN)


def check_places(hub: Stand) -> None:
    """Every slot counts what the rule counts, and nobody shares a place."""
    with hub.database.read() as connection:
        bookings = [values for _, _, values in rows.read_all(connection, "booking", SITE)]
        held = {record_id: values for _, record_id, values in rows.read_all(connection, "grant", SITE)}
        slots = {record_id: values for _, record_id, values in rows.read_all(connection, "slot", SITE)}
    for slot_id, slot in slots.items():
        live = [one for one in bookings if one["slot_id"] == slot_id]
        here = {grant_id: grant for grant_id, grant in held.items() if grant["slot_id"] == slot_id}
        assert slot["taken"] == escrow.taken(live, here)
        assert escrow.taken(live, here) <= escrow.places(slot)


def restored(hub: Stand, *signers: Signer, backup: Path | None = None) -> Stand:
    """The hub put back from a backup, and its terminals that speak with it from now on."""
    hub.clock.ms += 1000
    backup = backup or make_backup(hub.database, hub.keys, hub.clock(), ADMIN).path
    hub.close()
    restore(hub.home, hub.keys, backup, hub.clock(), ADMIN)
    again = hub.reopened()
    for signer in signers:
        signer.hub = again
    return again


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
    request = terminal.signed(terminal.request().to_bytes())
    statements = [one for one, _ in statements_of(hub, lambda: hub.exchange.answer(request))]
    writes = [one for one in statements if not one.startswith(("SELECT", "BEGIN"))]
    assert len(writes) == 1, writes
    assert "hub_terminal" in writes[0]
    assert hub.feed_of() == before


def test_no_place_left_is_seen_with_one_statement_more(hub: Stand) -> None:
    terminal, slot_id = hub.enrol(), hub.add_slot()
    terminal.round([terminal.booking(slot_id)])
    terminal.round()
    request = terminal.signed(terminal.request().to_bytes())
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
    assert {state_of(hub, one) for one in refused} == {("declined", "slot_taken")}
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
    assert [state_of(hub, one) for one in asked] == [("declined", "booth_busy")] * 2
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
        "requested with a grant": promise(terminal, grant_id, slot_id).model_copy(),
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


def test_a_cancelled_spend_also_proves_a_clone(hub: Stand) -> None:
    hub.add_slot(capacity=2)
    terminal = hub.enrol()
    grant_id, slot_id = granted(hub, terminal)
    first, second = promise(terminal, grant_id, slot_id), promise(terminal, grant_id, slot_id)
    cancel = terminal.operation("booking", first.id, {"state": "cancelled"})
    terminal.round([first, second.model_copy(update={"seq": 2}), cancel])
    assert state_of(hub, second) == ("overruled", "clone")


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


# ---------------------------------------------------------- after a restore
def test_nothing_is_given_after_a_restore_until_every_terminal_has_told(hub: Stand) -> None:
    hub.exchange.settings = HubSettings(home=hub.home, grants_per_terminal=0)
    one, other = hub.enrol(), hub.enrol()
    slot_id = hub.add_slot(in_hours=30)
    hub.add_slot(in_hours=31, capacity=9)
    one.round()
    other.round()
    hub = restored(hub, one, other)
    one.round()
    hub.clock.ms += 1000
    later = one.booking(slot_id)
    hub.clock.ms -= 1000
    earlier = one.booking(slot_id)
    one.round([later, earlier])
    assert (state_of(hub, later)[0], state_of(hub, earlier)[0]) == ("requested", "requested")
    assert grants_of(hub) == {}
    other.round()
    assert state_of(hub, earlier)[0] == "requested", "the old generation tells nothing"
    other.round()
    assert state_of(hub, earlier) == ("confirmed", None)
    assert state_of(hub, later) == ("declined", "slot_taken")
    assert hub.read("booking", earlier.id)["answered_at"] is not None
    assert grants_of(hub, other)
    check_places(hub)
    hub.close()


def test_the_last_terminal_to_tell_is_answered_in_its_own_round(hub: Stand) -> None:
    slot_id = hub.add_slot(in_hours=4)
    terminal = hub.enrol()
    terminal.round()
    hub = restored(hub, terminal)
    terminal.round()
    booking = terminal.booking(slot_id)
    told = {entry.id: entry.fields for entry in terminal.round([booking]).entries}
    assert told[booking.id]["state"].value == "confirmed"
    hub.close()


def test_a_promise_made_before_a_restore_is_kept_and_its_place_not_given_again(hub: Stand) -> None:
    terminal, other = hub.enrol(), hub.enrol()
    terminal.round()
    other.round()
    for at in range(4):
        hub.add_slot(in_hours=30 + at)
    hub.clock.ms += 1000
    backup = make_backup(hub.database, hub.keys, hub.clock(), ADMIN).path
    grant_id, slot_id = granted(hub, terminal)
    index = escrow.reference_index(1, 1)
    booking = promise(terminal, grant_id, slot_id, reference_no=index)
    hub = restored(hub, terminal, other, backup=backup)
    other.round()
    other.round()
    assert grants_of(hub) == {}
    terminal.round()
    terminal.round([booking])
    assert state_of(hub, booking)[0] == "guaranteed"
    for signer in (terminal, other):
        signer.round()
    assert slot_id not in {values["slot_id"] for values in grants_of(hub).values()}
    numbers = [values["number"] for values in grants_of(hub, terminal).values()]
    assert numbers, "its slip bears the number 1 already"
    assert 1 not in numbers
    check_places(hub)
    hub.close()


def test_a_part_of_an_outbox_is_no_report(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round()
    hub = restored(hub, terminal)
    terminal.round()

    def is_frozen() -> bool:
        with hub.database.read() as connection:
            return grants.frozen(connection, SITE)

    terminal.round([terminal.registration() for _ in range(OPERATIONS_PER_ROUND_MAX)])
    assert is_frozen(), "there may be more behind a full batch"
    sealed = "x" * 60_000
    terminal.round([terminal.registration(sealed=sealed) for _ in range(20)])
    assert is_frozen(), "a batch may also be cut by its size"
    terminal.round([terminal.registration()])
    assert not is_frozen()
    hub.close()


def test_a_revoked_terminal_holds_nobody_up(hub: Stand) -> None:
    one, lost = hub.enrol(), hub.enrol()
    slot_id = hub.add_slot(in_hours=4)
    one.round()
    hub = restored(hub, one, lost)
    one.round()
    booking = one.booking(slot_id)
    one.round([booking])
    assert state_of(hub, booking)[0] == "requested"
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.clock(), lost.terminal_id, ADMIN)
    assert state_of(hub, booking) == ("confirmed", None)
    check_places(hub)
    hub.close()


def test_another_site_is_not_held_up(hub: Stand) -> None:
    hub.add_site("site-saint-denis")
    here, elsewhere = hub.enrol(), hub.enrol("site-saint-denis")
    here.round()
    elsewhere.round()
    hub = restored(hub, here, elsewhere)
    elsewhere.round()
    elsewhere.round()
    with hub.database.read() as connection:
        assert grants.frozen(connection, SITE)
        assert not grants.frozen(connection, "site-saint-denis")
    hub.close()


def test_a_terminal_that_a_ruined_hub_forgot_must_tell_once_it_is_admitted_again(hub: Stand) -> None:
    one = hub.enrol()
    one.round()
    certificate = one.certificate
    with hub.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM hub_terminal")
        assert not grants.frozen(connection, SITE)
        assert fleet.readmit(connection, hub.keys, hub.clock(), certificate)
        assert grants.frozen(connection, SITE)
    one.round()
    with hub.database.read() as connection:
        assert not grants.frozen(connection, SITE)


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
