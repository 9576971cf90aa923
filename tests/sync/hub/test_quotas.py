"""An event on site and from afar has two quotas: two slots, of which neither eats the other's places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from sync.change import Value
from sync.hub import chosen, claim_words, claims, retention, rows
from sync.hub.csv_file import BadLines
from sync.hub.event_import import import_events
from sync.hub.import_diff import Difference, FileImport, record_id_of
from sync.hub.settings import HubSettings
from tests.sync.hub.granted import check_places, grants_of, promise, state_of
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand, hub_in

HEADINGS = (
    "référence,site,titre,date,début,durée,lieu,places,places restantes,état,places à distance,"
    "places à distance restantes"
)
HERE, AFAR = "slot_id", "remote_slot_id"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        stand.exchange.settings = HubSettings(home=stand.home, grants_per_terminal=0, seats_per_terminal=0)
        yield stand


def line(
    reference: str = "E1", *, at: str = "9h30", places: str = "4", left: str = "", state: str = "", afar: str = "12",
    afar_left: str = "",
) -> str:  # fmt: skip
    return f"{reference},{SITE},Écrire son CV,24/11/2026,{at},120,Mairie,{places},{left},{state},{afar},{afar_left}"


def load(hub: Stand, lines: Sequence[str], *, dry_run: bool = False) -> Difference:
    with hub.database.write() as connection:
        content = "\n".join([HEADINGS, *lines]).encode()
        return import_events(connection, hub.clock(), FileImport(content, dry_run=dry_run), ADMIN)


def event(hub: Stand) -> dict[str, Value]:
    return hub.read("event", record_id_of("event", SITE, "E1"))


def slot(hub: Stand, of: str) -> dict[str, Value]:
    return hub.read("slot", str(event(hub)[of]))


def left(hub: Stand) -> tuple[Value, Value]:
    held = event(hub)
    return held["seats_left"], held["remote_seats_left"]


def sign_up(terminal: Signer, hub: Stand, of: str, **more: Value) -> str:
    modality = "PHYSIQUE" if of == HERE else "VISIO"
    operation = terminal.booking(str(event(hub)[of]), reason="atelier", modality=modality, **more)
    terminal.round([operation])
    return operation.id


def test_an_event_on_site_and_from_afar_has_a_slot_for_each(hub: Stand) -> None:
    load(hub, [line()])
    here, afar = slot(hub, HERE), slot(hub, AFAR)
    assert event(hub)[HERE] != event(hub)[AFAR]
    assert [(one["capacity"], one["modality"], one["booth"]) for one in (here, afar)] == [
        (4, "PHYSIQUE", ""), (12, "VISIO", ""),
    ]  # fmt: skip
    same = ("reason", "external_ref", "starts_at", "ends_at", "state")
    assert [here[name] for name in same] == [afar[name] for name in same]


def test_an_event_without_places_from_afar_has_one_slot_as_before(hub: Stand) -> None:
    load(hub, [line(afar="")])
    assert event(hub)[HERE] is not None
    assert (event(hub)[AFAR], event(hub)["remote_seats"], left(hub)) == (None, None, (4, None))


def test_an_event_may_give_places_from_afar_alone(hub: Stand) -> None:
    load(hub, [line(places="")])
    assert (event(hub)[HERE], slot(hub, AFAR)["capacity"]) == (None, 12)


def test_whoever_is_afar_takes_no_place_on_site_and_the_other_way_round(hub: Stand) -> None:
    load(hub, [line()])
    terminal = hub.enrol()
    sign_up(terminal, hub, AFAR)
    assert left(hub) == (4, 11)
    sign_up(terminal, hub, HERE)
    assert left(hub) == (3, 11)
    assert (slot(hub, HERE)["taken"], slot(hub, AFAR)["taken"]) == (1, 1)


def test_full_from_afar_is_full_although_the_room_is_empty(hub: Stand) -> None:
    load(hub, [line(afar="1")])
    terminal = hub.enrol()
    booked = [sign_up(terminal, hub, AFAR) for _ in range(2)]
    assert [hub.read("booking", one)["state"] for one in booked] == ["confirmed", "declined"]
    assert hub.read("booking", booked[1])["alternatives"] == [], "the room is no other date of the screen"
    assert left(hub) == (4, 0)


def test_cancelling_gives_back_to_the_quota_that_the_place_is_of(hub: Stand) -> None:
    load(hub, [line()])
    terminal = hub.enrol()
    here, afar = sign_up(terminal, hub, HERE), sign_up(terminal, hub, AFAR)
    hub.clock.ms += 60_000
    terminal.round([terminal.operation("booking", afar, {"state": "cancelled"})])
    assert left(hub) == (3, 12)
    assert event(hub)["counted_at"] == "2026-11-21T08:34:20Z"
    terminal.round([terminal.operation("booking", here, {"state": "cancelled"})])
    assert left(hub) == (4, 12)


def test_one_round_that_touches_both_quotas_counts_both(hub: Stand) -> None:
    load(hub, [line()])
    terminal = hub.enrol()
    asked = [
        terminal.booking(str(event(hub)[of]), reason="atelier", modality=modality)
        for of, modality in ((HERE, "PHYSIQUE"), (AFAR, "VISIO"), (HERE, "PHYSIQUE"))
    ]
    terminal.round(asked)
    assert left(hub) == (2, 11)
    told = {entry.id: entry.fields for entry in hub.enrol().round().entries}
    assert told[record_id_of("event", SITE, "E1")]["remote_seats_left"].value == 11


def test_the_line_for_a_screen_is_not_served_by_whoever_leaves_the_room(hub: Stand) -> None:
    load(hub, [line(places="1", afar="1")])
    terminal = hub.enrol()
    here, afar = sign_up(terminal, hub, HERE), sign_up(terminal, hub, AFAR)
    waits = sign_up(terminal, hub, AFAR, waits=True)
    terminal.round([terminal.operation("booking", here, {"state": "cancelled"})])
    assert hub.read("booking", waits)["state"] == "requested"
    terminal.round([terminal.operation("booking", afar, {"state": "cancelled"})])
    assert hub.read("booking", waits)["state"] == "confirmed"
    assert left(hub) == (1, 0)


def test_a_terminal_holds_no_more_from_afar_than_the_quota_though_the_room_is_free(hub: Stand) -> None:
    hub.exchange.settings = HubSettings(home=hub.home)
    load(hub, [line(places="200", afar="1")])
    terminals = [hub.enrol() for _ in range(3)]
    for terminal in terminals:
        terminal.round()
    held = [values["slot_id"] for one in terminals for values in grants_of(hub, one).values()]
    assert held.count(event(hub)[AFAR]) == 1, "one place from afar is promised by one terminal"
    assert held.count(event(hub)[HERE]) == 9, "three at each of the three terminals"
    assert left(hub) == (191, 0)
    [(grant_id, holder)] = [
        (grant_id, one) for one in terminals for grant_id, values in grants_of(hub, one).items()
        if values["slot_id"] == event(hub)[AFAR]
    ]  # fmt: skip
    promised = promise(holder, grant_id, str(event(hub)[AFAR]), reason="atelier", modality="VISIO")
    holder.round([promised])
    assert state_of(hub, promised) == ("guaranteed", None)
    assert left(hub) == (191, 0), "it was counted when it was granted"
    check_places(hub)


@pytest.mark.parametrize("how", ["annule", "reporte", "not in the file", "places unsaid", "another hour"])
def test_places_from_afar_end_as_those_on_site_do_and_their_people_are_told(hub: Stand, how: str) -> None:
    load(hub, [line(), "E9" + line()[2:]])
    terminal, afar = hub.enrol(), str(event(hub)[AFAR])
    booked, beside = sign_up(terminal, hub, AFAR), sign_up(terminal, hub, HERE)
    said = {
        "annule": [line(state="annule")], "reporte": [line(state="reporte")], "not in the file": [],
        "places unsaid": [line(afar="")], "another hour": [line(at="14h", state="reprogramme")],
    }[how]  # fmt: skip
    trial = load(hub, [*said, "E9" + line()[2:]], dry_run=True)
    assert hub.read("booking", booked)["state"] == "confirmed"
    done = load(hub, [*said, "E9" + line()[2:]])
    assert trial.bookings_withdrawn == done.bookings_withdrawn
    hit = {one["booking"] for one in done.bookings_withdrawn}
    assert hit == ({booked} if how == "places unsaid" else {booked, beside}), "the room stays where it stays"
    assert (hub.read("booking", booked)["state"], hub.read("slot", afar)["state"]) == ("withdrawn", "withdrawn")
    if how == "another hour":
        assert hub.read("booking", booked)["alternatives"] == [event(hub)[AFAR]]
        assert hub.read("booking", beside)["alternatives"] == [event(hub)[HERE]]
    check_places(hub)


def test_full_closes_both_and_what_is_moved_on_line_keeps_both(hub: Stand) -> None:
    load(hub, [line(state="complet")])
    assert (event(hub)[HERE], event(hub)[AFAR]) == (None, None)
    load(hub, [line(state="deplace_en_ligne")])
    assert [slot(hub, of)["modality"] for of in (HERE, AFAR)] == ["VISIO", "VISIO"]
    assert [slot(hub, of)["capacity"] for of in (HERE, AFAR)] == [4, 12]


def test_what_was_promised_from_afar_is_never_taken_off_by_a_file(hub: Stand) -> None:
    load(hub, [line()])
    terminal = hub.enrol()
    kept = [sign_up(terminal, hub, AFAR) for _ in range(3)]
    load(hub, [line(afar_left="1")])
    assert (slot(hub, AFAR)["capacity"], left(hub)) == (3, (4, 0))
    assert [hub.read("booking", one)["state"] for one in kept] == ["confirmed"] * 3


def test_a_count_from_afar_alone_that_changes_bears_its_time_and_the_same_file_nothing(hub: Stand) -> None:
    load(hub, [line()])
    before = event(hub)["counted_at"]
    hub.clock.ms += 3_600_000
    told = hub.feed_of()
    assert load(hub, [line()]).unchanged == [f"{SITE}/E1"]
    assert hub.feed_of() == told
    load(hub, [line(afar_left="11")])
    assert event(hub)["counted_at"] != before


@pytest.mark.parametrize(
    ("afar", "afar_left", "problem"),
    [
        ("3", "4", "qu’il n’y en a\u00a0: corrigez «\u00a0places à distance restantes\u00a0»"),
        ("trois", "", "nombre"),
        ("5001", "", "5000"),
        ("3", "-1", "nombre"),
    ],
)
def test_places_from_afar_are_checked_as_those_on_site_are(hub: Stand, afar: str, afar_left: str, problem: str) -> None:
    with pytest.raises(BadLines) as refused:
        load(hub, [line(afar=afar, afar_left=afar_left)])
    assert problem in str(refused.value)
    with hub.database.read() as connection:
        assert list(rows.read_all(connection, "event")) == []


def test_the_page_of_a_slip_sends_nobody_to_a_room_for_a_place_from_afar(hub: Stand) -> None:
    load(hub, [line()])
    with hub.database.read() as connection:
        where = [
            claims._place(connection, SITE, str(event(hub)[of]), slot(hub, of), {"name": "", "address": ""})
            for of in (HERE, AFAR)
        ]
    assert where == ["Mairie", "À distance"]
    load(hub, [line(state="deplace_en_ligne").replace("Mairie", "Sur internet")])
    with hub.database.read() as connection:
        moved = claims._place(connection, SITE, str(event(hub)[AFAR]), slot(hub, AFAR), {"name": "", "address": ""})
    assert moved == "Sur internet"


@pytest.mark.parametrize("language", [claim_words.FRENCH, claim_words.SIMPLE, claim_words.ENGLISH, claim_words.ARABIC])
@pytest.mark.parametrize("state", ["guaranteed", "confirmed"])
def test_a_page_asks_nobody_to_come_for_a_place_from_afar(language: str, state: str) -> None:
    said = {
        place: claim_words.lines_of(claim_words.Said(state, starts_at="2026-11-24T08:30:00Z", place=place), language)
        for place in ("Mairie", "À distance")
    }
    assert said["Mairie"] == list(claim_words.PAGES[state][language].lines)
    assert len(said["À distance"]) == 1
    assert said["À distance"] != said["Mairie"]
    afar = claim_words.Said(state, starts_at="2026-11-24T08:30:00Z", place="À distance")
    when = claim_words.when_and_where(afar, language)
    assert ("À distance" in when[1]) is (language in (claim_words.FRENCH, claim_words.SIMPLE))


def test_no_slot_of_an_event_is_due_before_the_event_itself(hub: Stand) -> None:
    load(hub, [line()])
    late = hub.clock() + 400 * 86_400_000
    with hub.database.read() as connection:
        due = retention.list_due(connection, late, chosen.retention_terms(connection))
    assert {one.kind for one in due} == {"event"}
