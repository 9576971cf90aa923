"""From a finger on the screen to the hub: what the vault opens is exactly what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from tests.browser.conftest import PATIENT, ROUND
from tests.browser.journeys import (
    ELOISE,
    MANDATORY,
    MENU_TITLE,
    NOTICE,
    ask_for_hour,
    bookings_at_hub,
    opened_at_hub,
    register,
)
from tests.browser.person import Person
from tests.stage import Stage

HELD = ("Rendez-vous réservé.", "C’est confirmé.")
"""A promised hour is the person's; a round that comes before they look has its answer already."""
ELOISE_AT_HUB = {
    "adresse": "3 bis, rue de l’Église",
    "civilite": "madame",
    "code_postal": "97490",
    "commune": "Saint-Denis",
    "commune_code": "97411",
    "commune_naissance": "Saint-Denis (974)",
    "courriel": "eloise.ndiaye@exemple.fr",
    "date_naissance": "1998-04-05",
    "deja_inscrit": "non",
    "disponibilite": "tout_de_suite",
    "fin_dernier_contrat": "2026-09-30",
    "langue": "rcf",
    "metier_vise": "Aide à domicile",
    "mobilite_km": 20,
    "mobilite_moyen": ["voiture", "velo"],
    "niveau": "NV4",
    "nom_naissance": "N’Diaye-Lefèvre",
    "nom_usage": "Lefèvre",
    "numero_france_travail": None,
    "pays_naissance": "France",
    "prenoms": "Éloïse",
    "situation": ["sans_emploi", "en_formation"],
    "telephone": "06 99 88 77 66",
}
CONTACT = {"telephone": "0699887766", "prenom": "Éloïse"}


def test_the_vault_opens_exactly_what_was_typed(stage: Stage, visitor: Callable[..., Person]) -> None:
    """Accents, apostrophe and hyphen, on the drawn keyboard; a name of one word is in the matrix of journeys."""
    person = visitor("portrait")
    person.opens(stage.kiosk_url)
    person.begins()
    reference = register(person, ELOISE, on_screen=True)
    person.sees("Envoyé à", MANDATORY)
    opened = opened_at_hub(stage, reference)
    answers = opened["answers"]
    assert {name: value for name, value in answers.items() if name not in NOTICE} == ELOISE_AT_HUB
    assert all(answers[name] for name in NOTICE)
    assert (opened["state"], opened["site_id"]) == ("recue", "saint-aubin")
    person.ends()


@pytest.mark.parametrize(
    ("shape", "at_once"), [("portrait", True), ("landscape", False)], ids=["held-here", "asked-of-the-hub"]
)
def test_an_hour_is_the_persons_whether_it_is_held_here_or_asked_of_the_hub_at_once(
    stage: Stage, visitor: Callable[..., Person], shape: str, at_once: bool
) -> None:
    person = visitor(shape)
    person.opens(stage.kiosk_url)
    person.begins()
    person.sees("En ligne")
    reference, hours = ask_for_hour(person, contact=CONTACT, at_once=at_once)
    person.sees_one_of(*HELD)
    person.sees("L’heure est à vous")
    assert stage.terminal("sync").status == 0
    opened = opened_at_hub(stage, reference, "booking")
    assert opened["answers"] == {**CONTACT, "telephone": "06 99 88 77 66", "courriel": None}
    found = [one for one in bookings_at_hub(stage) if one["id"] == opened["id"]]
    assert [(one["state"], one["reason"], one["site_id"]) for one in found] == [("guaranteed", "autre", "saint-aubin")]
    assert "Heure de" not in hours, "one zone only: nothing to tell apart"
    person.touch("Faire autre chose")
    person.is_at(MENU_TITLE)
    person.ends()


@pytest.fixture(scope="module")
def island(prepared_reunion: Stage, stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Hub and terminal of the site in La Réunion."""
    own = prepared_reunion.copy(tmp_path_factory.mktemp("island") / "stage")
    own.hub_up()
    own.terminal_up(*ROUND, *PATIENT)
    yield own
    own.close()


def test_on_the_island_both_hours_are_said(island: Stage, visitor: Callable[..., Person]) -> None:
    person = visitor("portrait")
    person.opens(island.kiosk_url)
    person.begins()
    reference, hours = ask_for_hour(person, at_once=False)
    assert "Heure de La Réunion" in hours
    assert "Dessous, l’heure de Paris." in hours
    offered = re.findall(r"\d h(?: \d\d)?, (?:sur demande|réserv)", hours)
    assert offered, "late in the day one may be left"
    assert hours.count("à Paris") == len(offered), hours
    person.sees_one_of(*HELD)
    person.sees("à Paris")
    assert island.terminal("sync").status == 0
    opened = opened_at_hub(island, reference, "booking")
    found = [one for one in bookings_at_hub(island) if one["id"] == opened["id"]]
    assert [(one["state"], one["site_id"]) for one in found] == [("guaranteed", "ravine-aux-lataniers")]
