"""Seats of an event are a slot: counted, given to terminals apart from booth time, withdrawn with their event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from sync.change import Value
from sync.hub import rows, withdrawals
from sync.hub.event_import import import_events
from sync.hub.import_diff import Difference, FileImport, record_id_of
from sync.hub.settings import HubSettings
from sync.hub.slot_import import import_slots
from tests.sync.hub.granted import check_places, grants_of, promise, state_of
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand, hub_in

HEADINGS = "référence,site,titre,date,début,durée,lieu,places,places restantes,état"
SLOT_HEADINGS = "référence;site;motif;date;début;fin;places;cabine"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        stand.exchange.settings = HubSettings(home=stand.home, grants_per_terminal=0, seats_per_terminal=0)
        yield stand


@pytest.fixture
def giving(hub: Stand) -> Stand:
    """A hub that gives places to its terminals, as it does unless it is told otherwise."""
    hub.exchange.settings = HubSettings(home=hub.home)
    return hub


def line(reference: str = "E1", *, at: str = "9h30", places: str = "8", left: str = "", state: str = "") -> str:
    return f"{reference},{SITE},Écrire son CV,24/11/2026,{at},120,Mairie,{places},{left},{state}"


def load(hub: Stand, lines: Sequence[str], *, dry_run: bool = False) -> Difference:
    with hub.database.write() as connection:
        content = "\n".join([HEADINGS, *lines]).encode()
        return import_events(connection, hub.clock(), FileImport(content, dry_run=dry_run), ADMIN)


def load_slots(hub: Stand, lines: Sequence[str]) -> Difference:
    with hub.database.write() as connection:
        content = "\n".join([SLOT_HEADINGS, *lines]).encode()
        return import_slots(connection, hub.clock(), FileImport(content), ADMIN)


def event(hub: Stand, reference: str = "E1") -> dict[str, Value]:
    return hub.read("event", record_id_of("event", SITE, reference))


def seats(hub: Stand, reference: str = "E1") -> dict[str, Value]:
    return hub.read("slot", str(event(hub, reference)["slot_id"]))


def sign_up(terminal: Signer, hub: Stand, reference: str = "E1") -> str:
    slot_id = str(event(hub, reference)["slot_id"])
    operation = terminal.booking(slot_id, reason="atelier", modality="PHYSIQUE")
    terminal.round([operation])
    return operation.id


def test_an_event_that_says_its_places_has_a_slot_for_them(hub: Stand) -> None:
    load(hub, [line(places="8"), line("E2", places="")])
    slot = seats(hub)
    assert (slot["reason"], slot["booth"], slot["capacity"], slot["taken"], slot["state"]) == (
        "atelier", "", 8, 0, "open",
    )  # fmt: skip
    assert (slot["starts_at"], slot["ends_at"]) == (event(hub)["starts_at"], event(hub)["ends_at"])
    assert (slot["external_ref"], slot["modality"]) == ("E1", "PHYSIQUE")
    assert event(hub, "E2")["slot_id"] is None, "nobody signs up for an event without places"


@pytest.mark.parametrize(
    ("places", "left", "state", "capacity"),
    [
        ("8", "3", "", 3),
        ("900", "", "", 500),
        ("8", "0", "", None),
        ("8", "", "complet", None),
        ("8", "", "annule", None),
        ("8", "", "reporte", None),
        ("8", "", "reprogramme", 8),
        ("8", "", "deplace_en_ligne", 8),
    ],
)
def test_what_may_be_promised_is_what_the_file_says_is_left(
    hub: Stand, places: str, left: str, state: str, capacity: int | None
) -> None:
    load(hub, [line(places=places, left=left, state=state)])
    assert (event(hub)["slot_id"] is None) == (capacity is None)
    if capacity is not None:
        assert seats(hub)["capacity"] == capacity
        assert seats(hub)["modality"] == ("VISIO" if state == "deplace_en_ligne" else "PHYSIQUE")


def test_whoever_signs_up_is_counted_on_the_slot_and_on_the_event(hub: Stand) -> None:
    load(hub, [line(places="3")])
    terminal = hub.enrol()
    booked = [sign_up(terminal, hub) for _ in range(4)]
    states = [hub.read("booking", one)["state"] for one in booked]
    assert states == ["confirmed"] * 3 + ["declined"], "no other workshop is offered in its place"
    assert (seats(hub)["taken"], event(hub)["seats_left"]) == (3, 0)
    assert event(hub)["counted_at"] == "2026-11-21T08:33:20Z"
    hub.clock.ms += 60_000
    terminal.round([terminal.operation("booking", booked[0], {"state": "cancelled"})])
    assert (seats(hub)["taken"], event(hub)["seats_left"]) == (2, 1)
    assert event(hub)["counted_at"] == "2026-11-21T08:34:20Z"
    told = {entry.id: entry.fields for entry in terminal.round().entries}
    assert told.get(record_id_of("event", SITE, "E1"), {}) == {}, "the same answer told it already"


def test_the_same_file_again_takes_nothing_back_and_publishes_nothing(hub: Stand) -> None:
    load(hub, [line(places="3")])
    sign_up(hub.enrol(), hub)
    told = hub.feed_of()
    assert load(hub, [line(places="3")]).unchanged == [f"{SITE}/E1"]
    assert hub.feed_of() == told
    assert (seats(hub)["taken"], event(hub)["seats_left"]) == (1, 2)


def test_places_that_are_promised_are_never_taken_off_by_a_file(hub: Stand) -> None:
    load(hub, [line(places="5")])
    terminal = hub.enrol()
    kept = [sign_up(terminal, hub) for _ in range(3)]
    for changed in (line(places="5", left="1"), line(places="5", state="complet")):
        load(hub, [changed])
        assert (seats(hub)["capacity"], seats(hub)["state"], event(hub)["seats_left"]) == (3, "open", 0)
    assert hub.read("booking", sign_up(terminal, hub))["state"] == "declined"
    assert [hub.read("booking", one)["state"] for one in kept] == ["confirmed"] * 3
    load(hub, [line(places="5", left="5")])
    assert (seats(hub)["capacity"], event(hub)["seats_left"]) == (5, 2)
    check_places(hub)


def test_an_event_at_another_hour_has_another_slot_which_is_offered(hub: Stand) -> None:
    load(hub, [line(at="9h30"), line("E9", at="9h30")])
    terminal, before = hub.enrol(), event(hub)["slot_id"]
    booked = sign_up(terminal, hub)
    moved = load(hub, [line(at="14h", state="reprogramme"), line("E9", at="9h30")])
    assert moved.bookings_withdrawn == [{"booking": booked, "slot": f"{SITE}/E1"}]
    after = event(hub)["slot_id"]
    assert before != after
    assert hub.read("slot", str(before))["state"] == "withdrawn"
    found = hub.read("booking", booked)
    assert (found["state"], found["alternatives"]) == ("withdrawn", [after]), "the same workshop, not another one"
    chosen = terminal.booking(str(after), reason="atelier", modality="PHYSIQUE", moved_from=booked)
    terminal.round([chosen])
    assert (state_of(hub, chosen)[0], hub.read("booking", booked)["state"]) == ("confirmed", "moved")
    load(hub, [line(at="9h30"), line("E9", at="9h30")])
    assert event(hub)["slot_id"] == before, "back at its first hour it has its first slot"
    assert seats(hub)["state"] == "open"


@pytest.mark.parametrize("how", ["annule", "reporte", "not in the file", "places unsaid"])
def test_an_event_that_goes_takes_its_seats_along(hub: Stand, how: str) -> None:
    load(hub, [line(), line("E9", at="16h")])
    terminal, slot_id = hub.enrol(), str(event(hub)["slot_id"])
    booked = sign_up(terminal, hub)
    said = {
        "annule": [line(state="annule")], "reporte": [line(state="reporte")], "not in the file": [],
        "places unsaid": [line(places="")],
    }[how]  # fmt: skip
    trial = load(hub, [*said, line("E9", at="16h")], dry_run=True)
    assert hub.read("booking", booked)["state"] == "confirmed"
    done = load(hub, [*said, line("E9", at="16h")])
    assert trial.bookings_withdrawn == done.bookings_withdrawn == [{"booking": booked, "slot": f"{SITE}/E1"}]
    assert (hub.read("booking", booked)["state"], hub.read("slot", slot_id)["state"]) == ("withdrawn", "withdrawn")
    assert event(hub, "E9")["slot_id"] is not None
    check_places(hub)


def test_a_person_may_withdraw_seats_as_any_slot(hub: Stand) -> None:
    load(hub, [line()])
    booked = sign_up(hub.enrol(), hub)
    with hub.database.write() as connection:
        hit = withdrawals.withdraw(connection, hub.clock(), SITE, str(event(hub)["slot_id"]), ADMIN)
    assert (hit, hub.read("booking", booked)["state"]) == ((booked,), "withdrawn")


def test_seats_overlap_with_nothing_and_a_file_of_slots_leaves_them_alone(hub: Stand) -> None:
    load(hub, [line(at="9h30"), line("E2", at="9h30")])
    difference = load_slots(hub, [f"A1;{SITE};edo;24/11/2026;9h30;10h;1;", f"A2;{SITE};edo;24/11/2026;14h;14h30;1;"])
    assert (len(difference.added), difference.withdrawn) == (2, [])
    terminal = hub.enrol()
    asked = terminal.booking(record_id_of("slot", SITE, "A1"))
    terminal.round([asked])
    booked = [sign_up(terminal, hub, reference) for reference in ("E1", "E2")]
    assert [hub.read("booking", one)["state"] for one in (asked.id, *booked)] == ["confirmed"] * 3
    assert seats(hub)["state"] == "open"


def test_a_slot_s_own_reference_may_be_that_of_an_event(hub: Stand) -> None:
    load(hub, [line("A1")])
    load_slots(hub, [f"A1;{SITE};edo;24/11/2026;9h30;10h;1;"])
    assert hub.read("slot", record_id_of("slot", SITE, "A1"))["reason"] == "edo"
    assert seats(hub, "A1")["reason"] == "atelier"


def held(hub: Stand, terminal: Signer) -> list[Value]:
    return [values["slot_id"] for values in grants_of(hub, terminal).values()]


def test_a_terminal_is_given_seats_of_several_events_beside_its_booth_time(giving: Stand) -> None:
    hub = giving
    load(hub, [line("E1", places="200"), line("E2", places="200", at="14h"), line("E3", places="1", at="16h")])
    for at in range(16):
        hub.add_slot(in_hours=30 + at)
    terminal = hub.enrol()
    terminal.round()
    given = held(hub, terminal)
    of_events = [given.count(event(hub, reference)["slot_id"]) for reference in ("E1", "E2", "E3")]
    assert (len(given), sum(of_events)) == (12, 6)
    assert of_events in ([3, 2, 1], [3, 3, 0])
    assert seats(hub)["taken"] == of_events[0]
    assert event(hub)["seats_left"] == 200 - of_events[0]
    terminal.round()
    assert len(held(hub, terminal)) == 12, "the stock is full"
    check_places(hub)


def test_a_big_event_takes_nothing_of_a_booth_nor_a_booth_of_an_event(giving: Stand) -> None:
    hub = giving
    load(hub, [line(places="200")])
    hub.add_slot(in_hours=30, capacity=2)
    terminal = hub.enrol()
    terminal.round()
    given = held(hub, terminal)
    assert given.count(event(hub)["slot_id"]) == 3, "three seats of one event at most"
    assert len(given) == 4, "half of the two places of the booth"


def test_settings_give_seats_only_or_booths_only_or_nothing(hub: Stand) -> None:
    load(hub, [line(places="200")])
    for at in range(4):
        hub.add_slot(in_hours=30 + at, capacity=20)
    for booths, of_events in ((0, 2), (2, 0), (0, 0)):
        hub.exchange.settings = HubSettings(
            home=hub.home, grants_per_terminal=booths, seats_per_terminal=of_events
        )  # fmt: skip
        terminal = hub.enrol()
        terminal.round()
        given = held(hub, terminal)
        assert (len(given), given.count(event(hub)["slot_id"])) == (booths + of_events, of_events)


def test_a_seat_is_promised_with_no_network_as_booth_time_is(giving: Stand) -> None:
    hub = giving
    load(hub, [line(places="4")])
    terminal, slot_id = hub.enrol(), str(event(hub)["slot_id"])
    terminal.round()
    [grant_id, *_] = grants_of(hub, terminal)
    booking = promise(terminal, grant_id, slot_id, reason="atelier", modality="PHYSIQUE")
    terminal.round([booking])
    assert state_of(hub, booking) == ("guaranteed", None)
    assert (seats(hub)["taken"], event(hub)["seats_left"]) == (2, 2)
    load(hub, [line(places="4", state="annule")])
    assert state_of(hub, booking)[0] == "withdrawn"
    with hub.database.read() as connection:
        assert [key for key, _, values in rows.read_all(connection, "slot") if values["state"] == "open"] == []
    check_places(hub)
