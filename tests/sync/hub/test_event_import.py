"""Events from a CSV: as slots, except that an event may be moved and its seats are counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from sync.hub import rows
from sync.hub.csv_file import BadLines
from sync.hub.event_import import import_events
from sync.hub.import_diff import Difference, FileImport, record_id_of
from tests.sync.hub.stand import ADMIN, SITE, Stand, hub_in

HEADINGS = "référence,site,titre,thème,date,début,durée,lieu,places,places restantes,état"
GOOD = [
    f'E1,{SITE},"Écrire son CV, pas à pas",recherche_emploi,24/11/2026,9h30,120,Mairie,8,3,',
    f"E2,{SITE},L’été à l’usine,Recrutement,25/11/2026,14h,90,Salle « A »,,,Déplacé en ligne",
]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def load(hub: Stand, lines: Sequence[str], *, headings: str = HEADINGS, dry_run: bool = False) -> Difference:
    content = "\n".join([headings, *lines]).encode()
    with hub.database.write() as connection:
        return import_events(connection, hub.clock(), FileImport(content, dry_run=dry_run), ADMIN)


def event(hub: Stand, reference: str) -> dict[str, object]:
    return dict(hub.read("event", record_id_of("event", SITE, reference)))


def test_events_are_added_as_written(hub: Stand) -> None:
    assert load(hub, GOOD).added == [f"{SITE}/E1", f"{SITE}/E2"]
    first, second = event(hub, "E1"), event(hub, "E2")
    assert first["title"] == "Écrire son CV, pas à pas"
    assert (first["starts_at"], first["ends_at"]) == ("2026-11-24T08:30:00Z", "2026-11-24T10:30:00Z")
    assert (first["seats"], first["seats_left"], first["state"]) == (8, 3, "programme")
    assert (second["theme"], second["state"], second["seats"]) == ("recrutement", "deplace_en_ligne", None)


def test_the_same_file_again_publishes_nothing_even_later(hub: Stand) -> None:
    load(hub, GOOD)
    before = hub.feed_of()
    hub.clock.ms += 3_600_000
    assert len(load(hub, GOOD).unchanged) == 2
    assert hub.feed_of() == before


def test_a_new_count_of_seats_bears_its_time(hub: Stand) -> None:
    load(hub, GOOD)
    before = event(hub, "E1")["counted_at"]
    hub.clock.ms += 3_600_000
    assert load(hub, [GOOD[0].replace(",8,3,", ",8,2,"), GOOD[1]]).changed == [f"{SITE}/E1"]
    assert event(hub, "E1")["counted_at"] != before
    assert event(hub, "E2")["counted_at"] is None


def test_an_event_may_be_moved(hub: Stand) -> None:
    load(hub, GOOD)
    moved = GOOD[0].replace("9h30", "10h").removesuffix(",") + ",reprogramme"
    assert load(hub, [moved, GOOD[1]]).changed == [f"{SITE}/E1"]
    assert event(hub, "E1")["starts_at"] == "2026-11-24T09:00:00Z"


def test_an_event_missing_from_the_days_of_the_file_vanishes_and_may_come_back(hub: Stand) -> None:
    extra = f"E3,{SITE},Café,autre,24/11/2026,16h,60,Mairie,,,"
    load(hub, [*GOOD, extra])
    assert load(hub, GOOD, dry_run=True).withdrawn == [f"{SITE}/E3"]
    assert not event(hub, "E3")["gone"]
    load(hub, GOOD)
    assert event(hub, "E3")["gone"]
    assert load(hub, [*GOOD, extra]).changed == [f"{SITE}/E3"]
    assert not event(hub, "E3")["gone"]


def test_an_event_may_last_several_days(hub: Stand) -> None:
    headings = "référence,site,titre,date,début,date de fin,fin,lieu"
    load(hub, [f"E1,{SITE},Forum,26/11/2026,9h,27/11/2026,17h,Halle"], headings=headings)
    assert event(hub, "E1")["ends_at"] == "2026-11-27T16:00:00Z"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"X1,{SITE},,autre,24/11/2026,9h,60,Mairie,,,", "« titre » est vide"),
        (f"X1,{SITE},Titre,autre,24/11/2026,9h,60,,,,", "« lieu » est vide"),
        (f"X1,{SITE},Titre,sieste,24/11/2026,9h,60,Mairie,,,", "thème n’est pas dans la liste"),
        (f"X1,{SITE},Titre,autre,24/11/2026,9h,60,Mairie,,,peut-être", "état n’est pas dans la liste"),
        (f"X1,{SITE},Titre,autre,24/11/2026,9h,60,Mairie,5,6,", "plus de places"),
        (f"X1,{SITE},Titre,autre,24/11/2026,9h,0,Mairie,5,5,", "entier de 5"),
        (f"X1,{SITE},{'T' * 201},autre,24/11/2026,9h,60,Mairie,,,", "trop longue"),
        (f"X1,{SITE},Ti\x07tre,autre,24/11/2026,9h,60,Mairie,,,", "forme interdite"),
    ],
)
def test_a_bad_line_changes_nothing(hub: Stand, line: str, said: str) -> None:
    load(hub, GOOD)
    before = hub.feed_of()
    with pytest.raises(BadLines) as bad:
        load(hub, [*GOOD, line])
    assert [said in sentence.replace("\u00a0", " ") for sentence in bad.value.lines] == [True]
    assert bad.value.lines[0].startswith("Ligne 4")
    assert hub.feed_of() == before
    with hub.database.read() as connection:
        assert len(rows.read_all(connection, "event")) == 2
