"""Offers and services from files: a difference for a site and a source, all or nothing, and nobody's name in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from sync.errors import InvalidInput, Refused
from sync.hub import retention, rows
from sync.hub.csv_file import BadLines
from sync.hub.directory_import import NearFile, import_directory, import_offers
from sync.hub.import_diff import Difference, record_id_of
from tests.sync.hub.stand import ADMIN, HOUR_MS, SITE, Stand, hub_in

DAY_MS = 24 * HOUR_MS
OFFER_HEADINGS = (
    "référence;intitulé;employeur;lieu;contrat;durée du contrat;temps de travail;postes;publiée le;"
    "mise à jour;fin;source"
)
OFFERS = [
    "197XYZ;Aide-soignant / Aide-soignante;EHPAD Les Tilleuls;18700 Aubigny;CDI;;35 h par semaine;2;02/11/2026;;;FT",
    "198ABC;Cariste;Logis Centre;18100 Vierzon;Intérim;3 mois;;;20/11/2026;22/11/2026;24/12/2026;FT",
]
SERVICE_HEADINGS = "référence;nom;structure;besoins;téléphone;sur place;heures par semaine;mise à jour;source"
SERVICES = [
    "S1;Location de scooter;Mobil’18;mobilité, emploi;02 48 00 00 00;oui;;01/03/2026;mairie",
    "S2;Atelier cuisine;Centre social;santé;;oui;4;02/11/2026;mairie",
]
SERVICE: dict[str, Any] = {
    "source": "dora", "id": "dora--42", "structure_id": "dora--7", "nom": "Permis à un euro", "date_maj": "2026-05-04",
    "description": "Apprendre à conduire.\r\nAvec un\tmoniteur.", "thematiques": ["mobilite--preparer-un-permis"],
    "modes_accueil": ["en-presentiel"], "mobilisable_par": ["professionnels"], "frais": "gratuit",
    "contact_nom_prenom": "Camille Exemple", "courriel": "camille.exemple@asso.example", "telephone": "0611223344",
    "volume_horaire_hebdomadaire": 3.5, "horaires_accueil": "Mo-Fr 09:00-12:00", "commune": "Bourges",
    "code_postal": "18000", "adresse": "1 rue de l’Exemple",
}  # fmt: skip
STRUCTURE = {"source": "dora", "id": "dora--7", "nom": "Auto-école sociale", "telephone": "+33248112233"}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def offers(hub: Stand, lines: Sequence[str], *, source: str | None = None, dry_run: bool = False) -> Difference:
    content = "\n".join([OFFER_HEADINGS, *lines]).encode()
    with hub.database.write() as connection:
        return import_offers(connection, hub.clock(), NearFile(content, SITE, source, dry_run), ADMIN)


def services(hub: Stand, content: bytes, *, site_id: str | None = SITE, source: str | None = None) -> Difference:
    with hub.database.write() as connection:
        return import_directory(connection, hub.clock(), NearFile(content, site_id, source), ADMIN)


def in_csv(lines: Sequence[str]) -> bytes:
    return "\n".join([SERVICE_HEADINGS, *lines]).encode()


def read(hub: Stand, kind: str, reference: str) -> dict[str, Any]:
    return dict(hub.read(kind, record_id_of(kind, SITE, reference)))


def test_offers_are_added_as_written(hub: Stand) -> None:
    assert offers(hub, OFFERS).added == [f"{SITE}/197XYZ", f"{SITE}/198ABC"]
    first, second = read(hub, "offer", "197XYZ"), read(hub, "offer", "198ABC")
    assert (first["title"], first["contract"], first["posts"]) == ("Aide-soignant / Aide-soignante", "cdi", 2)
    assert (first["published_at"], first["updated_at"]) == ("2026-11-02T11:00:00Z",) * 2
    assert (second["contract"], second["updated_at"]) == ("interim", "2026-11-22T11:00:00Z")
    assert (first["closes_at"], second["closes_at"]) == (None, "2026-12-24T22:59:00Z")


def test_the_same_file_again_publishes_nothing(hub: Stand) -> None:
    offers(hub, OFFERS)
    services(hub, in_csv(SERVICES))
    before = hub.feed_of()
    assert len(offers(hub, OFFERS).unchanged) == len(services(hub, in_csv(SERVICES)).unchanged) == 2
    assert hub.feed_of() == before


def test_what_left_its_source_is_withdrawn_and_may_come_back_and_other_sources_stay(hub: Stand) -> None:
    elsewhere = OFFERS[0].replace("197XYZ", "M1").replace(";FT", ";mairie")
    offers(hub, [*OFFERS, elsewhere])
    assert offers(hub, OFFERS[:1], dry_run=True).withdrawn == [f"{SITE}/198ABC"]
    assert not read(hub, "offer", "198ABC")["gone"]
    assert offers(hub, OFFERS[:1]).withdrawn == [f"{SITE}/198ABC"]
    assert [read(hub, "offer", one)["gone"] for one in ("197XYZ", "198ABC", "M1")] == [False, True, False]
    assert offers(hub, OFFERS).changed == [f"{SITE}/198ABC"]
    assert not read(hub, "offer", "198ABC")["gone"]


def test_a_file_without_lines_withdraws_all_of_the_source_that_is_named_and_nothing_without(hub: Stand) -> None:
    offers(hub, OFFERS)
    assert offers(hub, []).withdrawn == []
    assert offers(hub, [], source="FT").withdrawn == [f"{SITE}/197XYZ", f"{SITE}/198ABC"]


def test_an_offer_that_is_closed_already_is_left_aside(hub: Stand) -> None:
    closed = OFFERS[1].replace("24/12/2026", "22/11/2026").replace("198ABC", "OLD")
    hub.clock.ms += 3 * DAY_MS
    assert offers(hub, [*OFFERS, closed]).past == [f"{SITE}/OLD"]


def test_every_wrong_line_is_said_and_nothing_is_imported(hub: Stand) -> None:
    wrong = [
        OFFERS[0],
        OFFERS[0],
        OFFERS[1].replace("Intérim", "contrat long"),
        OFFERS[1].replace("24/12/2026", "01/11/2026"),
        OFFERS[1].replace("Cariste", ""),
        OFFERS[1].replace("198ABC", "é/è"),
    ]
    with pytest.raises(BadLines) as error:
        offers(hub, wrong)
    for number, words in (
        (3, "déjà à la ligne 2"),
        (4, "cdi, cdd"),
        (5, "avant d’être"),
        (6, "intitulé"),
        (7, "external_ref"),
    ):
        assert any(line.startswith(f"Ligne {number}") and words in line for line in error.value.lines)
    assert hub.feed_of() == [entry for entry in hub.feed_of() if entry[1] != "offer"]


def test_only_who_runs_the_hub_imports(hub: Stand) -> None:
    with hub.database.write() as connection, pytest.raises(Refused):
        import_offers(connection, hub.clock(), NearFile(OFFER_HEADINGS.encode(), SITE), "Personne")
    with hub.database.write() as connection, pytest.raises(Refused):
        import_directory(connection, hub.clock(), NearFile(b"[]", SITE), "Personne")


def test_services_are_added_as_written(hub: Stand) -> None:
    services(hub, in_csv(SERVICES))
    first, second = read(hub, "service", "S1"), read(hub, "service", "S2")
    assert (first["needs"], first["phone"], first["on_site"]) == (["emploi", "mobilite"], "02 48 00 00 00", True)
    assert (second["weekly_hours"], second["from_afar"], second["updated_at"]) == (4, False, "2026-11-02T11:00:00Z")


@pytest.mark.parametrize(
    "whole",
    [
        [{**SERVICE, "structure": STRUCTURE}],
        {"items": [{**SERVICE, "structure": STRUCTURE}], "total": 1, "page": 1, "size": 50, "pages": 1},
        {"items": [{"service": {**SERVICE, "structure": STRUCTURE}, "distance": 3}]},
        {"services": [SERVICE], "structures": [STRUCTURE]},
    ],
    ids=["list", "page", "search", "both"],
)
def test_every_form_of_data_inclusion_is_read(hub: Stand, whole: object) -> None:
    assert services(hub, json.dumps(whole).encode()).added == [f"{SITE}/dora--42"]
    found = read(hub, "service", "dora--42")
    assert (found["name"], found["organisation"]) == ("Permis à un euro", "Auto-école sociale")
    assert (found["needs"], found["cost"], found["weekly_hours"]) == (["mobilite"], "Gratuit", 4)
    assert (found["address"], found["town"]) == ("1 rue de l’Exemple", "18000 Bourges")
    assert found["hours"] == "Lundi à vendredi\u00a0: 9\u00a0h – 12\u00a0h"
    assert (found["on_site"], found["from_afar"], found["through_a_professional"]) == (True, False, True)
    assert found["summary"] == "Apprendre à conduire.\nAvec un moniteur."
    assert (found["source"], found["updated_at"]) == ("data.inclusion, dora", "2026-05-04T10:00:00Z")


def test_nothing_of_a_contact_person_is_kept(hub: Stand) -> None:
    services(hub, json.dumps({"services": [SERVICE], "structures": [STRUCTURE]}).encode())
    kept = json.dumps(read(hub, "service", "dora--42"), ensure_ascii=False).replace(" ", "")
    for personal in ("Camille", "Exemple@", "camille", "0611223344", "06.11"):
        assert personal not in kept
    assert read(hub, "service", "dora--42")["phone"] == "02 48 11 22 33", "the organisation's"


def test_a_long_text_is_cut_at_a_word_and_an_identifier_that_cannot_be_ours_gets_a_name(hub: Stand) -> None:
    long = {**SERVICE, "id": "dora/é 1", "nom": "mot " * 60, "description": "phrase " * 600}
    (name,) = services(hub, json.dumps([long]).encode()).added
    found = read(hub, "service", name.removeprefix(f"{SITE}/"))
    assert (found["name"][-4:], found["summary"][-7:]) == ("mot…", "phrase…")
    assert len(found["name"]) <= 200
    assert len(found["summary"]) <= 2000


@pytest.mark.parametrize("content", [b"{", b"[1]", b'{"items": 3}', b'[{"structure_id": "a", "nom": "b"}]', b"{}"])
def test_what_is_not_data_inclusion_is_refused_and_nothing_changes(hub: Stand, content: bytes) -> None:
    before = hub.feed_of()
    with pytest.raises(InvalidInput, match=r"data\.inclusion"):
        services(hub, content)
    assert hub.feed_of() == before


def test_a_json_file_needs_its_site(hub: Stand) -> None:
    for site_id in (None, "nowhere"):
        with pytest.raises(InvalidInput, match="site"):
            services(hub, b"[]", site_id=site_id)


def test_what_was_withdrawn_is_destroyed_at_the_end_of_its_time_and_may_come_back_then(hub: Stand) -> None:
    offers(hub, OFFERS)
    services(hub, in_csv(SERVICES))
    services(hub, in_csv(SERVICES[:1]))
    hub.clock.ms += 90 * DAY_MS
    with hub.database.write() as connection:
        report = retention.run(connection, hub.clock())
    assert report.records == {"offer": 1, "service": 1}, "the offer that closed, the service that left"
    with hub.database.read() as connection:
        assert rows.read(connection, "service", SITE, record_id_of("service", SITE, "S2")) is None
    assert services(hub, in_csv(SERVICES)).added == [f"{SITE}/S2"]
    assert read(hub, "service", "S2")["name"] == "Atelier cuisine"
