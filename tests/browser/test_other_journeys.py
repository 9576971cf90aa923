"""What the matrix of journeys leaves out: answers and dates of the contract, filters, wrong codes, text, contrast."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from sync.claim import make_reference
from tests.browser.chromium import SIZES
from tests.browser.journeys import MENU_TITLE
from tests.browser.person import Person
from tests.stage import Stage

SCREENS = 8
COVERED_MS = 15_000
"""Less than what takes the cover of a page away in any case (kiosk.js)."""
# Well formed, of another terminal: five of them are five wrong tries.
UNKNOWN_CODES = [make_reference(31_000, index, b"the secret of another terminal").text for index in range(6)]


@pytest.fixture
def person(stage: Stage, visitor: Callable[..., Person], request: pytest.FixtureRequest) -> Person:
    """Somebody at the menu; the shape of the screen is the test's parameter, portrait unless given."""
    come = visitor(getattr(request, "param", "portrait"))
    come.opens(stage.kiosk_url)
    come.begins()
    return come


@pytest.mark.parametrize("person", ["landscape"], indirect=True)
def test_from_the_contract_a_call_rings_a_date_is_found_and_an_hour_is_asked_for(person: Person) -> None:
    rung: list[int] = []
    person.page.on("response", lambda answer: rung.append(answer.status) if "chime.wav" in answer.url else None)
    person.touch("Contrat d’engagement")
    title = person.leaves_for(None, leaving=MENU_TITLE)
    person.touch("Je n’ai pas compris")
    person.is_at("Je voudrais parler à quelqu’un")
    person.touch("Appeler de l’aide, ici")
    person.is_at("Cette personne demande de l’aide")
    person.sees("Borne", "Personne n’a encore répondu.")
    assert person.has("Aide, urgence")
    person.touch("J’ai trouvé quelqu’un")
    person.is_at(title)
    assert rung, "the sound was fetched and played"
    person.touch("Suis-je concerné ?")
    person.is_at("Êtes-vous inscrit à France Travail ?")
    asked = person.title()
    for said in ("Oui", "Non", "Non"):
        person.touch(said, exact=True)
        asked = person.leaves_for(None, leaving=asked)
    person.touch("Non", exact=True)
    person.sees("Voici pourquoi", "Ce n’est pas une décision")
    person.touch("Calculer ma date")
    person.is_at("Quelle est la date de la lettre ?")
    person.types_date("31", "12", "2999")
    person.touch("Voir ma date")
    person.sees("Cette date n’est pas encore passée")
    person.touch("Retour", exact=True)
    person.is_at(title)
    for _ in range(SCREENS - 1):
        person.touch("Continuer", exact=True)
        title = person.leaves_for(None, leaving=title)
    person.chooses("votre carte Vitale")
    person.touch("Emporter ma liste")
    person.is_at("Préparer mon rendez-vous")
    person.sees("votre carte Vitale", "prêt", "Aucun nom")
    person.touch("Prendre un rendez-vous")
    person.is_at("De quoi voulez-vous parler ?")
    assert person.button("Continuer", exact=True).count() == 1, "the subject is ticked already"


def test_events_are_listed_filtered_and_read(person: Person) -> None:
    person.touch("Événements et ateliers")
    person.is_at("Événements et ateliers")
    person.sees("Places comptées", "Tous")
    person.touch("Numérique", exact=True)
    person.sees("Se servir de son téléphone")
    assert "Café de l’emploi" not in person.reads()
    person.touch(re.compile("Se servir de son téléphone"))
    person.is_at("Se servir de son téléphone pour ses démarches")
    person.sees("Quand", "Où", "Aussi possible", "À l’accueil de la mairie", "Réserver ma place")
    person.touch("Retour", exact=True)
    person.is_at("Événements et ateliers")
    person.touch("Autre", exact=True)
    person.touch(re.compile("Café de l’emploi"))
    person.is_at("Café de l’emploi")
    person.sees("Pour vous inscrire", "À l’accueil de la mairie", "Cette borne n’inscrit pas à cet événement")
    person.touch("Retour", exact=True)
    person.is_at("Événements et ateliers")
    person.touch("Retour", exact=True)
    person.is_at(MENU_TITLE)


def test_who_helps_is_answered_with_its_rule_and_back_loses_nothing(person: Person) -> None:
    person.touch("Possible ici, ou ailleurs")
    person.is_at("Ce qu’on peut faire ici, ou ailleurs")
    person.touch("Qui m’accompagne ?")
    person.is_at("Un organisme vous suit-il déjà ?")
    person.touch("Non", exact=True)
    person.is_at("Recevez-vous le RSA, ou l’avez-vous demandé ?")
    person.touch("Je préfère ne pas répondre", exact=True)
    person.is_at("Avez-vous entre 16 et 25 ans ?")
    person.touch("Oui", exact=True)
    person.is_at("Voulez-vous être accompagné par la mission locale ?")
    person.touch("Oui", exact=True)
    person.is_at("La mission locale")
    person.sees("Pourquoi cette réponse", "Ce n’est pas une décision", "Code du travail", "Prendre un rendez-vous")
    person.touch("Retour", exact=True)
    person.is_at("Voulez-vous être accompagné par la mission locale ?")
    person.touch("Non", exact=True)
    person.is_at("Voulez-vous être accompagné par Cap emploi ?")
    person.touch("Non", exact=True)
    person.is_at("France Travail")
    person.touch("Recommencer")
    person.is_at("Un organisme vous suit-il déjà ?")


def test_help_says_who_to_call_and_keeps_no_trace(person: Person) -> None:
    person.touch("Aide, urgence")
    person.is_at("Aide, urgence")
    person.sees("112", "114", "L’accueil peut", "01 99 00 00 00", "Cette page ne garde aucune trace")
    person.touch("Parler à quelqu’un")
    person.is_at("Je voudrais parler à quelqu’un")
    person.sees("La borne sonne")
    person.touch("Fermer")
    person.is_at(MENU_TITLE)


@pytest.mark.parametrize("person", ["landscape"], indirect=True)
def test_text_and_contrast_change_the_menu_and_a_question(person: Person) -> None:
    before = person.painted()
    person.touch("Contraste")
    assert person.painted(other_than=before) != before
    person.touch("Contraste")
    person.touch("Texte")
    person.is_at("Quelle taille de texte ?")
    person.chooses("Très grande")
    person.touch("Fermer")
    person.is_at(MENU_TITLE)
    assert person.painted(other_than=before) != before
    person.touch("Préparer mon inscription à France Travail")
    person.leaves_for(None, leaving=MENU_TITLE)
    person.touch("J’ai lu, je continue")
    person.is_at("Avez-vous déjà une inscription à France Travail ?")
    person.chooses("Non")
    large = person.painted()
    person.touch("Contraste")
    assert person.painted(other_than=large) != large
    person.touch("Continuer", exact=True)
    person.is_at("Comment s’adresser à vous ?")


def test_five_wrong_codes_lock_for_fifteen_minutes(person: Person) -> None:
    """Last of this module: the lock is durable, it holds for everybody at this terminal."""
    person.touch("J’ai déjà un code")
    person.is_at("Quel est votre code ?")
    person.types("ABC")
    person.touch("Voir où j’en suis")
    person.sees("Il manque 7 caractères.")
    person.page.keyboard.type("DE")  # without a touch on the field: who types goes on where the sentence stands
    person.touch("Voir où j’en suis")
    person.sees("Il manque 5 caractères.")
    for code in UNKNOWN_CODES:
        person.clears()
        person.types(code)
        person.touch("Voir où j’en suis")
        if code != UNKNOWN_CODES[-1]:
            person.sees("Je ne trouve pas ce code.", "Il vient peut-être d’un autre lieu")
    person.sees("Trop d’essais. Attendez 15 minutes, ou demandez à l’accueil.")


def test_the_notice_board_shows_what_comes_and_never_begins_a_visit(person: Person, stage: Stage) -> None:
    for size in SIZES.values():
        board = Person(person.page.context.new_page())
        board.page.set_viewport_size({"width": size[0], "height": size[1]})
        board.page.goto(f"{stage.kiosk_url}/affichage")
        expect(board.page.locator("#cover")).to_have_count(0, timeout=COVERED_MS)
        board.sees("Ensuite", "Offres d’emploi près d’ici", "Pour réserver une place", "Informations")
        assert not board.has("Terminer")
        assert not board.has("Aide, urgence")
        board.page.close()
    assert person.has("Terminer"), "the visit beside it goes on"
