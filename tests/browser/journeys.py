"""The journeys of a visit, from the menu on, as a person makes them; and what the hub must then hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from kiosk.models import registration_steps as steps
from kiosk.wording import say
from tests.browser.person import Person
from tests.browser.wording import plain
from tests.kiosk.models.registration_world import AWA
from tests.stage import Stage

MANDATORY = "Cette préparation n’est pas une inscription"
MENU_TITLE = "Que voulez-vous faire ?"
OTHERS = ("notice", "recap")
SPELLED = re.compile(r"\b((?:[0-9A-Z], ){9}[0-9A-Z])\b")
STEPS = {plain(say(f"reg.q.{step.key}.title", "fr")): step.key for step in steps.STEPS if step.kind not in OTHERS}
QUESTIONS_MAX = 40

# What a finger touches where the answer is a place of the national table: its name, not its code.
ELOISE: dict[str, object] = {
    **AWA,
    "nom_naissance": "N’Diaye-Lefèvre",
    "nom_usage": "Lefèvre",
    "prenoms": "Éloïse",
    "commune": ["Saint-Denis"],
    "telephone": "0699887766",
    "courriel": "eloise.ndiaye@exemple.fr",
}
SUKARNO: dict[str, object] = {
    "deja_inscrit": ["ne_sait_pas"],
    "nom_naissance": "Sukarno",
    "date_naissance": ("6", "6", "1971"),
    "langue": ["en"],
}
"""One name only; every question that may be left is left."""
SUKARNO_AT_HUB: dict[str, object] = {
    **dict.fromkeys(
        ("adresse", "civilite", "code_postal", "commune", "commune_code", "commune_naissance", "courriel",
         "disponibilite", "fin_dernier_contrat", "metier_vise", "mobilite_km", "mobilite_moyen", "niveau", "nom_usage",
         "numero_france_travail", "pays_naissance", "prenoms", "situation", "telephone")
    ),
    "deja_inscrit": "ne_sait_pas",
    "nom_naissance": "Sukarno",
    "date_naissance": "1971-06-06",
    "langue": "en",
}  # fmt: skip
NOTICE = ("notice_lue_le", "notice_version")
KINDS: dict[bool | None, tuple[str, ...]] = {
    True: ("booking.hour.sure",), False: ("booking.hour.group",), None: ("booking.hour.sure", "booking.hour.group"),
}  # fmt: skip


def hours(at_once: bool | None, language: str) -> re.Pattern[str]:
    """The buttons of the hours by what they announce, in a language: at once, on request, or either (None)."""
    any_of = "|".join(re.escape(say(key, language).lower()) for key in KINDS[at_once])
    return re.compile(rf"^\u200e?\d{{1,2}}(:\d\d|\sh(\s\d\d)?)\u200e?[,،] ({any_of})")


DAYS = {True: re.compile("à réserver|Dernière"), False: re.compile("À demander")}
PAGES_OF_DAYS = 8
TYPED_ON_SCREEN = ("nom_naissance", "prenoms")


def nothing_happens() -> None:
    """What happens in the middle of a journey, unless a test makes it otherwise."""


def register(
    person: Person, answers: Mapping[str, object], *, on_screen: bool = False,
    middle: Callable[[], None] = nothing_happens,
) -> str:  # fmt: skip
    """From the menu through every question to the slip; returns the reference without its spaces.

    ``middle`` is called where everything is answered and nothing is confirmed.
    """
    person.touch("Préparer mon inscription à France Travail")
    person.leaves_for(None, leaving=MENU_TITLE)
    person.touch("J’ai lu, je continue")
    answer_questions(person, answers, on_screen=on_screen)
    middle()
    return confirm(person)


def to_the_birth_name(person: Person) -> None:
    """From the menu to the first question that is typed."""
    person.touch("Préparer mon inscription à France Travail")
    person.leaves_for(None, leaving=MENU_TITLE)
    person.touch("J’ai lu, je continue")
    person.is_at("Avez-vous déjà une inscription à France Travail ?")
    person.chooses("Non")
    person.touch("Continuer", exact=True)
    person.is_at("Comment s’adresser à vous ?")
    person.touch("Je préfère ne pas répondre")
    person.is_at("Quel est votre nom de naissance ?")


def answer_questions(
    person: Person, answers: Mapping[str, object], *, on_screen: bool = False, until: str = "Tout est juste ?"
) -> None:
    """Answers every question up to the screen titled ``until``."""
    here = person.leaves_for((*STEPS, until))
    for _ in range(QUESTIONS_MAX):
        if here == plain(until):
            return
        answer(person, STEPS[here], answers.get(STEPS[here]), on_screen=on_screen)
        here = person.leaves_for((*STEPS, until), leaving=here)
    raise AssertionError(f"never reached « {until} »: {here}")


def answer(person: Person, step: str, given: object, *, on_screen: bool) -> None:
    """Gives one answer as a finger would: None leaves the question, a list touches, text types, a tuple is a date."""
    if step in ("deja_oui", "deja_doute"):
        person.touch("Préparer quand même")
        return
    if given is None:
        person.touch(say(f"reg.q.{step}.skip", "fr"), exact=True)
        return
    if isinstance(given, list):
        for code in given:
            key = f"reg.c.{step}.{code}"
            person.chooses(code if step in ("commune", "commune_naissance_choix", "pays_choix") else say(key, "fr"))
    elif isinstance(given, tuple):
        person.types_date(*given)
    elif on_screen and step in TYPED_ON_SCREEN:
        person.types_on_screen(str(given))
    else:
        person.types(str(given))
    person.touch("Continuer", exact=True)


def confirm(person: Person) -> str:
    """From the recapitulation, whatever its pages, to the slip."""
    while not person.has("Confirmer, recevoir mon code"):
        page = re.search(r"Page (\d+) sur", person.sees("Page "))
        assert page
        person.touch("Suite", exact=True)
        person.sees(f"Page {int(page[1]) + 1} sur")
    person.touch("Confirmer, recevoir mon code")
    return reference(person.sees("C’est préparé.", MANDATORY, "Votre code"))


def reference(read: str) -> str:
    """The reference that a slip announces character by character."""
    found = SPELLED.search(read)
    assert found, read
    return found[1].replace(", ", "")


def ask_for_hour(
    person: Person, *, subject: str = "Un autre sujet", contact: Mapping[str, str] | None = None,
    at_once: bool | None = None, middle: Callable[[], None] = nothing_happens,
) -> tuple[str, str]:  # fmt: skip
    """From the menu to the slip of a booking; returns the reference and what the hours said.

    ``middle`` is called once the hour is chosen.

    ``at_once``: True touches an hour that the terminal may promise, False one on request (on line the hub is asked for
    it and gives it), None the first there is.
    """
    person.touch("Rendez-vous vidéo")
    person.is_at("De quoi voulez-vous parler ?")
    person.chooses(subject)
    person.touch("Continuer", exact=True)
    read_of_hours = choose_first_hour(person, at_once)
    middle()
    person.chooses("De l’aide avec l’ordinateur")
    person.touch("Continuer", exact=True)
    person.is_at("Comment vous prévenir ?")
    give_contact(person, contact)
    person.is_at("Tout est juste ?")
    read = person.reads()
    assert "confirmé" not in read.lower()
    sure = person.has("Réserver cette heure")
    assert sure == bool(re.search(r"pour vous jusqu’à \d{1,2}\sh", read)), read
    assert sure != ("L’heure n’est pas encore à vous" in read), read
    assert sure or not at_once
    person.touch("Réserver cette heure" if sure else "Demander cette heure")
    return reference(person.sees("Votre code", "Et maintenant")), read_of_hours


def choose_first_hour(person: Person, at_once: bool | None = None) -> str:
    """The first hour of its kind, on the first day that has one; returns what the screen said about hours."""
    person.is_at("Quel jour, quelle heure ?")
    person.rests()
    if at_once is not None and not person.button(hours(at_once, person.language)).count():
        for _ in range(PAGES_OF_DAYS):
            if person.button(DAYS[at_once]).count():
                break
            person.touch("Jours d’après")  # in large words a few days fill the page, and they may all be promised
            person.rests()
        person.touch(DAYS[at_once])
        person.button(hours(at_once, person.language)).first.wait_for(state="attached")
    read = person.reads()
    person.touch(hours(at_once, person.language))
    person.touch(re.compile(r"^(Réserver|Demander) (lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"))
    needs = "Avez-vous besoin de quelque chose ?"
    if person.leaves_for(("Vos choix, dans l’ordre", needs)) != plain(needs):
        person.touch("Continuer avec 1 choix")
        person.is_at(needs)
    return read


def give_contact(person: Person, contact: Mapping[str, str] | None) -> None:
    """How to be reached: nothing, or a telephone and a first name."""
    if contact is None:
        person.chooses("Non, je reviens avec mon code")
        person.touch("Continuer", exact=True)
        return
    person.chooses("Par téléphone")
    person.touch("Continuer", exact=True)
    person.is_at("Quel est votre numéro de téléphone ?")
    person.types(contact["telephone"])
    person.touch("Continuer", exact=True)
    person.is_at("Quel est votre prénom ?")
    person.types(contact["prenom"])
    person.touch("Continuer", exact=True)


# ------------------------------------------------------------------------------------------ at the hub
def opened_at_hub(stage: Stage, code: str, kind: str = "registration") -> dict[str, Any]:
    """What the vault opens for a reference."""
    said = stage.hub(kind, "open", code, "--reason", "transmission", "--json", person=True)
    assert said.status == 0, said
    found: dict[str, Any] = said.json
    return found


def bookings_at_hub(stage: Stage) -> list[dict[str, Any]]:
    """Every booking the hub knows."""
    found: list[dict[str, Any]] = stage.hub("booking", "list", "--json").json["bookings"]
    return found


def registrations_at_hub(stage: Stage) -> list[dict[str, Any]]:
    """Every prepared registration the hub knows."""
    found: list[dict[str, Any]] = stage.hub("registration", "list", "--json").json["registrations"]
    return found
