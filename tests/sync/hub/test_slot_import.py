"""Slots from a CSV: a difference, all or nothing, on the clocks of the site, with one sentence per bad line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.errors import Refused
from sync.hub import accounts, rows
from sync.hub.csv_file import BadLines, CellError, to_utc
from sync.hub.import_diff import Difference, FileImport, record_id_of
from sync.hub.slot_import import import_slots
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand, hub_in

FAR = "saint-denis-974"
HEADINGS = "référence;site;motif;date;début;fin;places"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        stand.add_site(FAR, zone="Indian/Reunion")
        yield stand


def load(
    hub: Stand, lines: Sequence[str], *, headings: str = HEADINGS, dry_run: bool = False, site_id: str | None = None,
    first: date | None = None, last: date | None = None, encoding: str = "utf-8",
) -> Difference:  # fmt: skip
    content = "\r\n".join([headings, *lines]).encode(encoding)
    with hub.database.write() as connection:
        return import_slots(connection, hub.clock(), FileImport(content, site_id, first, last, dry_run), ADMIN)


def refused(hub: Stand, lines: Sequence[str], *, headings: str = HEADINGS) -> tuple[str, ...]:
    before = everything(hub)
    with pytest.raises(BadLines) as bad:
        load(hub, lines, headings=headings)
    assert everything(hub) == before
    return bad.value.lines


def everything(hub: Stand) -> list[object]:
    with hub.database.read() as connection:
        slots = rows.read_all(connection, "slot")
        return [slots, hub.feed_of(SITE), hub.feed_of(FAR), accounts.verify_audit(connection)]


def slot(hub: Stand, reference: str, site_id: str = SITE) -> dict[str, object]:
    return dict(hub.read("slot", record_id_of("slot", site_id, reference), site_id))


GOOD = [
    f"A1;{SITE};edo;24/11/2026;9h;9 h 30;1",
    f"A2;{SITE};signature_cer;2026-11-24;09:35;10:20;1",
    f"A1;{FAR};dpa;24/11/2026;14:00;14:30;1",
]


def test_local_times_become_utc_in_the_zone_of_each_site(hub: Stand) -> None:
    difference = load(hub, GOOD)
    assert difference.added == [f"{SITE}/A1", f"{SITE}/A2", f"{FAR}/A1"]
    assert slot(hub, "A1")["starts_at"] == "2026-11-24T08:00:00Z"
    assert slot(hub, "A1", FAR)["starts_at"] == "2026-11-24T10:00:00Z"
    load(hub, [f"B1;{SITE};edo;24/06/2027;9h;9h30;1", f"B1;{FAR};edo;24/06/2027;9h;9h30;1"])
    assert slot(hub, "B1")["starts_at"] == "2027-06-24T07:00:00Z"
    assert slot(hub, "B1", FAR)["starts_at"] == "2027-06-24T05:00:00Z"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("comma", [False, True])
def test_a_spreadsheet_s_own_ways_are_understood(hub: Stand, encoding: str, comma: bool) -> None:
    lines = [HEADINGS.upper().replace("É", "E"), *GOOD]
    if comma:
        lines = [line.replace(";", ",") for line in lines]
    assert len(load(hub, lines[1:], headings=lines[0], encoding=encoding).added) == 3


def test_the_same_file_again_publishes_nothing(hub: Stand) -> None:
    load(hub, GOOD)
    before = (hub.feed_of(SITE), hub.feed_of(FAR))
    difference = load(hub, GOOD)
    assert (difference.added, difference.changed, difference.withdrawn) == ([], [], [])
    assert len(difference.unchanged) == 3
    assert (hub.feed_of(SITE), hub.feed_of(FAR)) == before


def test_a_file_is_a_difference_for_its_sites_and_days(hub: Stand) -> None:
    load(hub, [*GOOD, f"C1;{SITE};edo;27/11/2026;9h;9h30;1"])
    changed = f"A1;{SITE};edo;24/11/2026;9h;9h30;2"
    difference = load(hub, [changed, f"A3;{SITE};suivi;24/11/2026;11h;11h30;1"])
    assert difference.added == [f"{SITE}/A3"]
    assert difference.changed == [f"{SITE}/A1"]
    assert difference.withdrawn == [f"{SITE}/A2"]
    assert slot(hub, "A1")["capacity"] == 2
    assert slot(hub, "A2")["state"] == "withdrawn"
    assert slot(hub, "C1")["state"] == "open", "another day"
    assert slot(hub, "A1", FAR)["state"] == "open", "another site"


def test_a_period_widens_what_is_withdrawn(hub: Stand) -> None:
    load(hub, [*GOOD, f"C1;{SITE};edo;27/11/2026;9h;9h30;1"])
    difference = load(hub, GOOD[:2], site_id=SITE, first=date(2026, 11, 23), last=date(2026, 11, 30))
    assert difference.withdrawn == [f"{SITE}/C1"]


def test_a_trial_changes_nothing(hub: Stand) -> None:
    load(hub, GOOD)
    before = everything(hub)
    difference = load(hub, GOOD[:1], dry_run=True)
    assert difference.withdrawn == [f"{SITE}/A2"]
    assert everything(hub) == before


def test_a_withdrawn_slot_takes_its_booking_along_and_says_so(hub: Stand) -> None:
    load(hub, GOOD)
    signer = hub.enrol()
    booking = signer.booking(record_id_of("slot", SITE, "A1"))
    signer.round([booking])
    assert hub.read("booking", booking.id)["state"] == "confirmed"
    trial = load(hub, GOOD[1:2], dry_run=True)
    assert trial.bookings_withdrawn == [{"booking": booking.id, "slot": f"{SITE}/A1"}]
    assert hub.read("booking", booking.id)["state"] == "confirmed"
    assert load(hub, GOOD[1:2]).bookings_withdrawn == trial.bookings_withdrawn
    assert hub.read("booking", booking.id)["state"] == "withdrawn"
    assert slot(hub, "A1")["taken"] == 0
    told = {entry.id: entry.fields for entry in signer.round().entries}
    assert told[booking.id]["state"].value == "withdrawn"


def granted_slot(hub: Stand, signer: Signer) -> tuple[str, str]:
    """Imports one slot of four places, of which the terminal is given one: the grant and the slot."""
    load(hub, [f"A1;{SITE};edo;24/11/2026;9h;9h30;4"])
    signer.round()
    with hub.database.read() as connection:
        [(_, grant_id, _)] = rows.read_all(connection, "grant", SITE)
    return grant_id, record_id_of("slot", SITE, "A1")


ELSEWHERE = f"B1;{SITE};edo;24/11/2026;15h;15h30;1"


def test_a_slot_that_only_a_terminal_may_promise_can_be_withdrawn(hub: Stand) -> None:
    signer = hub.enrol()
    grant_id, slot_id = granted_slot(hub, signer)
    assert load(hub, [ELSEWHERE]).bookings_withdrawn == []
    assert slot(hub, "A1")["state"] == "withdrawn"
    assert slot(hub, "A1")["taken"] == 1, "the grant is still out, and worth nothing"
    assert hub.read("grant", grant_id)["state"] == "active"
    late = signer.booking(slot_id, state="guaranteed", grant_id=grant_id, spend_no=1)
    signer.round([late])
    found = hub.read("booking", late.id)
    assert (found["state"], found["answered_at"] is not None) == ("withdrawn", True)
    signer.round([signer.operation("grant", grant_id, {"state": "released"})])
    assert slot(hub, "A1")["taken"] == 0


def test_the_slot_that_replaces_one_in_its_booth_is_free_at_once(hub: Stand) -> None:
    signer = hub.enrol()
    granted_slot(hub, signer)
    load(hub, [f"A2;{SITE};edo;24/11/2026;9h10;9h40;1"])
    asked = signer.booking(record_id_of("slot", SITE, "A2"))
    signer.round([asked])
    assert hub.read("booking", asked.id)["state"] == "confirmed"


def test_whoever_was_guaranteed_a_withdrawn_slot_is_told(hub: Stand) -> None:
    signer = hub.enrol()
    grant_id, slot_id = granted_slot(hub, signer)
    kept = signer.booking(slot_id, state="guaranteed", grant_id=grant_id, spend_no=1)
    signer.round([kept])
    assert load(hub, [ELSEWHERE]).bookings_withdrawn == [{"booking": kept.id, "slot": f"{SITE}/A1"}]
    assert hub.read("booking", kept.id)["state"] == "withdrawn"
    told = {entry.id: entry.fields for entry in signer.round().entries}
    assert told[kept.id]["state"].value == "withdrawn"


def test_a_place_given_to_a_terminal_counts_as_taken(hub: Stand) -> None:
    granted_slot(hub, hub.enrol())
    assert "confié à une borne" in refused(hub, [f"A1;{SITE};suivi;24/11/2026;9h;9h30;4"])[0]


def test_a_slot_s_time_never_changes(hub: Stand) -> None:
    load(hub, GOOD)
    [sentence] = refused(hub, [f"A1;{SITE};edo;24/11/2026;9h;9h25;1", GOOD[1]])
    assert "Ligne 2" in sentence
    assert "nouvelle référence" in sentence


def test_a_booked_slot_keeps_its_reason_and_its_places(hub: Stand) -> None:
    load(hub, [f"A1;{SITE};edo;24/11/2026;9h;9h30;2"])
    signer = hub.enrol()
    slot_id = record_id_of("slot", SITE, "A1")
    signer.round([signer.booking(slot_id), signer.booking(slot_id)])
    assert "2 places" in refused(hub, [f"A1;{SITE};edo;24/11/2026;9h;9h30;1"])[0]
    assert "motif" in refused(hub, [f"A1;{SITE};suivi;24/11/2026;9h;9h30;2"])[0]


def test_a_slot_that_is_back_in_the_file_opens_again(hub: Stand) -> None:
    load(hub, GOOD)
    load(hub, GOOD[1:])
    assert load(hub, GOOD).changed == [f"{SITE}/A1"]
    assert slot(hub, "A1")["state"] == "open"


def test_what_is_over_is_left_alone(hub: Stand) -> None:
    past = f"P1;{SITE};edo;20/11/2026;9h;9h30;1"
    difference = load(hub, [past, *GOOD])
    assert difference.past == [f"{SITE}/P1"]
    hub.clock.ms += 5 * 24 * 3_600_000
    assert load(hub, GOOD[1:2]).withdrawn == []


BAD = [
    (f";{SITE};edo;24/11/2026;9h;9h30;1", "référence manque"),
    (f"X 1;{SITE};edo;24/11/2026;9h;9h30;1", "external_ref"),
    ("X1;nulle-part;edo;24/11/2026;9h;9h30;1", "site n’existe pas"),
    (f"X1;{SITE};sieste;24/11/2026;9h;9h30;1", "motif n’est pas dans la liste"),
    (f"X1;{SITE};edo;31/02/2027;9h;9h30;1", "date n’existe pas"),
    (f"X1;{SITE};edo;demain;9h;9h30;1", "date n’existe pas"),
    (f"X1;{SITE};edo;24/11/2026;25h;26h;1", "heure n’est pas lisible"),
    (f"X1;{SITE};edo;24/11/2026;9h;;1", "soit l’heure de fin, soit la durée"),
    (f"X1;{SITE};edo;24/11/2026;9h;8h30;1", "finit avant de commencer"),
    (f"X1;{SITE};edo;24/11/2026;9h;9h30;0", "entier de 1 à 30"),
    (f"X1;{SITE};edo;24/11/2026;9h;9h30;٣", "entier de 1 à 30"),
    (f"X1;{SITE};signature_cer;24/11/2026;9h;9h30;2", "toujours individuel"),
    (f"X1;{SITE};dpa;24/11/2026;9h;9h30;4", "toujours individuel"),
    (f"X1;{SITE};edo;28/03/2027;2h30;3h30;1", "n’existe pas ce jour-là"),
    (f"X1;{SITE};edo;31/10/2027;2h30;4h;1", "existe deux fois"),
    (f"X1;{SITE};edo;24/11/2026;9h", "cases au lieu de"),
]


@pytest.mark.parametrize(("line", "said"), BAD)
def test_a_bad_line_is_one_sentence_with_its_number(hub: Stand, line: str, said: str) -> None:
    [sentence] = refused(hub, [GOOD[1], line])
    assert sentence.startswith("Ligne 3\u00a0: ")
    assert said in sentence


def test_every_bad_line_is_said_at_once_and_nothing_is_done(hub: Stand) -> None:
    sentences = refused(hub, [*(line.replace("X1", f"X{at}") for at, (line, _) in enumerate(BAD)), *GOOD])
    assert len(sentences) == len(BAD)


def test_a_collective_reception_never_signs_a_contract(hub: Stand) -> None:
    headings = HEADINGS.replace("places", "réception")
    assert (
        "toujours individuel" in refused(hub, [f"X1;{SITE};signature_cer;24/11/2026;9h;9h30;COL"], headings=headings)[0]
    )
    load(hub, [f"X1;{SITE};edo;24/11/2026;9h;9h30;col"], headings=headings)


@pytest.mark.parametrize(("start", "touches"), [("9h34", True), ("9h35", False), ("9h", True), ("8h55", True)])
def test_a_booth_has_five_minutes_between_two_slots(hub: Stand, start: str, touches: bool) -> None:
    lines = [f"A1;{SITE};edo;24/11/2026;9h;9h30;1", f"A2;{SITE};edo;24/11/2026;{start};10h;1"]
    if touches:
        assert "même cabine" in refused(hub, lines)[0]
    else:
        assert len(load(hub, lines).added) == 2


def test_a_booth_is_also_compared_with_what_is_there_already(hub: Stand) -> None:
    load(hub, [f"A1;{SITE};edo;23/11/2026;23h;24/11/2026;1".replace("24/11/2026", "23h59")])
    assert "même cabine" in refused(hub, [f"B1;{SITE};edo;24/11/2026;0h;0h30;1"])[0]


def test_two_booths_do_not_meet(hub: Stand) -> None:
    headings = HEADINGS.replace("places", "cabine")
    lines = [f"A1;{SITE};edo;24/11/2026;9h;9h30;Bleue", f"A2;{SITE};edo;24/11/2026;9h;9h30;Verte"]
    assert len(load(hub, lines, headings=headings).added) == 2


def test_a_reference_twice_is_refused(hub: Stand) -> None:
    assert "déjà à la ligne 2" in refused(hub, [GOOD[0], f"A1;{SITE};edo;25/11/2026;9h;9h30;1"])[0]


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (HEADINGS.replace("motif", "raison"), "« raison » n’est pas connue"),
        ("référence;site;date;début;fin", "« motif » manque"),
        (HEADINGS.replace("places", "motif"), "en double"),
        ("", "manque"),
    ],
)
def test_wrong_headings_are_named(hub: Stand, headings: str, said: str) -> None:
    assert any(said in sentence.replace("\u00a0", " ") for sentence in refused(hub, GOOD, headings=headings))


def test_another_encoding_and_an_open_quote_are_named(hub: Stand) -> None:
    with pytest.raises(BadLines, match="UTF-8"):
        load(hub, GOOD, encoding="latin-1")
    assert "guillemets" in refused(hub, [f'"A1;{SITE};edo;24/11/2026;9h;9h30;1'])[0]


def test_a_typed_value_never_travels_in_an_error(hub: Stand) -> None:
    sentences = refused(hub, [f"X1;{SITE};Mme Durand 0612345678;24/11/2026;9h;9h30;1"])
    assert "Durand" not in " ".join(sentences)


def test_who_may_not_import_is_refused(hub: Stand) -> None:
    with hub.database.write() as connection:
        accounts.add_account(connection, hub.clock(), "Lecteur", ["lecture"], ADMIN)
    with pytest.raises(Refused), hub.database.write() as connection:
        import_slots(connection, hub.clock(), FileImport(b""), "Lecteur")


def test_the_same_reference_makes_the_same_record_in_a_restored_hub() -> None:
    assert record_id_of("slot", SITE, "A1") == record_id_of("slot", SITE, "A1")
    assert record_id_of("slot", SITE, "A1") != record_id_of("slot", FAR, "A1") != record_id_of("event", FAR, "A1")


@given(
    day=st.dates(date(2026, 1, 1), date(2032, 12, 31)),
    hour=st.times().map(lambda moment: time(moment.hour, moment.minute)),
    name=st.sampled_from(["Europe/Paris", "Indian/Reunion", "America/Guadeloupe", "America/Miquelon"]),
)
@settings(deadline=None)
def test_an_accepted_local_time_reads_back_as_it_was_typed(day: date, hour: time, name: str) -> None:
    from sync.hub.french_time import local  # noqa: PLC0415

    try:
        stored = to_utc(day, hour, ZoneInfo(name))
    except CellError:
        assert name in {"Europe/Paris", "America/Miquelon"}, "a zone without summer time has no such hour"
        return
    shown = local(stored, name)
    assert (shown.date(), shown.time()) == (day, hour)
