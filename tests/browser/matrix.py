"""The journeys of the kiosk, each with the line up, away and cut in the middle, on three screens, in three languages,
as installed and in large words, by touch, by keyboard alone, and by ear through roles and names alone.

Each journey is written once, in French, for every language, size and state of the line: what differs is asked of the
scene. It ends by looking at what the hub then holds: a promise made is kept, whatever the line did.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from tests.browser.by_ear import Listener
from tests.browser.by_keyboard import Typist
from tests.browser.chromium import SIZES
from tests.browser.journeys import (
    MANDATORY,
    MENU_TITLE,
    NOTICE,
    SUKARNO,
    SUKARNO_AT_HUB,
    ask_for_hour,
    give_contact,
    hours,
    opened_at_hub,
    reference,
    register,
    registrations_at_hub,
)
from tests.browser.person import KEY_MS, LARGE, PLAIN, Person
from tests.browser.scene import FALLBACK, NETWORKS, OFFLINE, SITE, VIDEO, Scene, windows

LANGUAGES = ("fr", "fr-simple", "ar")
LOOKS = (PLAIN, LARGE)
HANDS: dict[str, type[Person]] = {"touch": Person, "keys": Typist, "ear": Listener}
CONTACT = {"telephone": "0699887766", "prenom": "Ouranie"}
CONTRACT_SCREENS = 8
NOT_SIGNED = "Vous lisez, c’est tout. Aucun bouton ici ne signe rien."
EVENT = "Se former : par où commencer ?"
OFFER = (
    "Pour postuler",
    "Se présenter à l’agence",
    "Cette borne n’envoie pas de candidature. Notez comment faire, ou demandez à l’accueil.",
)
SERVICE = ("Avec un professionnel", "Téléphone", "01 99 00 00 02")
FULL_EVENT = "Repas partagé et entretiens"
PASSED = "POINT_CONTACT_ROWS_PASSED"
Journey = Callable[[Person, Scene], None]


@dataclass(frozen=True)
class Row:
    """One journey under one set of circumstances."""

    journey: str
    network: str
    size: str
    language: str
    look: str
    hand: str

    @property
    def id(self) -> str:
        """Its name in a report."""
        return f"{self.journey}-{self.network}-{self.size}-{self.language}-{self.look}-{self.hand}"


def everything() -> list[Row]:
    """Every journey under all circumstances, in the order in which they are cheapest to make."""
    rows = [Row(*one) for one in product(JOURNEYS, NETWORKS, SIZES, LANGUAGES, LOOKS, HANDS)]
    return sorted(rows, key=lambda row: NETWORKS.index(row.network))


def pairs() -> list[Row]:
    """As few rows as can be in which every two circumstances, and each with every journey, meet at least once.

    A Latin square over journeys and networks: the size goes on by one with both, the language by one with the journey
    and by two with the line, the look changes with every row, and the hand goes on by one with the line and with every
    third journey (a covering array of strength 2).
    """
    rows = []
    for (at, journey), (turn, network) in product(enumerate(JOURNEYS), enumerate(NETWORKS)):
        size, language = tuple(SIZES)[(at + turn) % len(SIZES)], LANGUAGES[(at + 2 * turn) % len(LANGUAGES)]
        look, hand = LOOKS[(at + turn) % len(LOOKS)], tuple(HANDS)[(turn + at // 3) % len(HANDS)]
        rows.append(Row(journey, network, size, language, look, hand))
    return sorted(rows, key=lambda row: NETWORKS.index(row.network))


def chosen() -> list[Row]:
    """The rows to make: every pair; all but those numbered in the environment where it says so (``every_row``)."""
    passed = os.environ.get(PASSED)
    if passed is None:
        return pairs()
    done = {int(number) for number in passed.split(",") if number}
    return [row for number, row in enumerate(everything()) if number not in done]


def code_is_asked(person: Person, code: str) -> None:
    """From the menu to what stands under a code."""
    person.touch("J’ai déjà un code")
    person.is_at("Quel est votre code ?")
    person.types(code)
    person.touch("Voir où j’en suis")


def back_to_menu(person: Person, button: str) -> None:
    """From a slip to the menu."""
    person.touch(button)
    try:
        person.is_at(MENU_TITLE, within_ms=KEY_MS)
    except AssertionError:  # an answer that arrives moves what is under the finger: it is touched again
        person.touch(button)
        person.is_at(MENU_TITLE)


def registration(person: Person, scene: Scene) -> None:
    """J1 and J2: prepared, sent now or later, found by its code, taken back; at the hub once, then destroyed."""
    code = register(person, SUKARNO, middle=scene.middle)
    person.sees("Envoyé à" if scene.is_there else "Sera envoyé dès le retour du réseau.", MANDATORY)
    assert "Sukarno" not in person.reads()
    back_to_menu(person, "Revenir au menu")
    if scene.network != OFFLINE:
        scene.comes_back()
        opened = opened_at_hub(scene.stage, code)
        answers = opened["answers"]
        assert {name: value for name, value in answers.items() if name not in NOTICE} == SUKARNO_AT_HUB
        assert all(answers[name] for name in NOTICE)
        assert (opened["state"], opened["site_id"]) == ("recue", SITE.site_id)
        assert [one["id"] for one in registrations_at_hub(scene.stage)].count(opened["id"]) == 1
    code_is_asked(person, code)
    known = () if scene.network == OFFLINE else ("Reçue", "État connu")
    assert "Sukarno" not in person.sees("Votre préparation", MANDATORY, *known)
    person.touch("Retirer mes informations")
    person.touch("Oui, tout détruire")
    person.sees("Retirée")
    scene.comes_back()
    gone = scene.stage.hub("registration", "open", code, "--reason", "transmission", "--json", person=True)
    assert "Sukarno" not in gone.out + gone.err


def appointment(person: Person, scene: Scene) -> None:
    """J3: an hour held and booked, changed for another, given back; the hub has learnt all of it, once."""
    code, _ = ask_for_hour(person, contact=CONTACT, at_once=scene.network == OFFLINE, middle=scene.middle)
    person.sees("Rendez-vous réservé.")
    back_to_menu(person, "Faire autre chose")
    code_is_asked(person, code)
    read = person.sees("Rendez-vous réservé.", *(() if scene.is_there else ("Il a pu changer",)))
    assert CONTACT["prenom"] not in read
    assert changes_hour(person) != code
    back_to_menu(person, "Faire autre chose")
    person.touch("J’ai déjà un code")
    person.sees("Rendez-vous réservé.", "L’heure a changé. Voici la nouvelle.")
    person.touch("Annuler ce rendez-vous")
    person.sees("Annuler vraiment ?", "L’heure ne sera plus à vous. Une autre personne pourra la demander.")
    person.touch("Non, je le garde")
    person.sees("Rendez-vous réservé.")
    person.touch("Annuler ce rendez-vous")
    person.touch("Oui, annuler")
    person.sees("Ce rendez-vous est annulé.", "Ce n’est plus votre heure")
    scene.comes_back()
    assert sorted(one["state"] for one in scene.new_bookings()) == ["cancelled", "moved"]


def changes_hour(person: Person) -> str:
    """From what the code opened to the slip of another hour, one that this terminal holds; returns the new code."""
    person.touch("Changer d’heure")
    person.is_at("Quelle nouvelle heure ?")
    person.sees("Maintenant", "Cette heure reste à vous tant que la nouvelle n’est pas sûre.")
    if not person.button(hours(True, person.language)).count():
        person.touch(re.compile("à réserver|Dernière"))
    person.touch(hours(True, person.language))
    person.sees("Cette heure est gardée pour vous jusqu’à")
    person.touch(re.compile(r"^Réserver (lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"))
    without_contact(
        person,
        "Redonnez votre contact : cette borne ne peut pas relire l’ancien. Ce n’est pas obligatoire.",
        then="Changer pour cette heure ?",
    )
    person.touch("Changer pour cette heure")
    read = person.sees("L’heure est changée.", "Ce papier remplace l’ancien. L’ancien code ne sert plus.", "Votre code")
    return reference(read)


def without_contact(person: Person, *why: str, then: str = "Tout est juste ?") -> None:
    """How to be told: by coming back with the code; up to the screen titled ``then``."""
    person.is_at("Comment vous prévenir ?")
    person.sees(*why)
    give_contact(person, None)
    person.is_at(then)


def without_contact_at_event(person: Person, first_name: str = "") -> None:
    """The same for a seat: its first name is asked too, and given or left."""
    why = "Votre contact et votre prénom servent à cet événement"
    without_contact(person, why, "Tout lire sur vos données", then="Quel est votre prénom ?")
    if first_name:
        person.types(first_name)
        person.touch("Continuer", exact=True)
    else:
        person.touch("Passer cette question")
    person.is_at("Tout est juste ?")


def contract(person: Person, scene: Scene) -> None:
    """J3: eight screens with source, date and version, help called, a list, and from there to booking."""
    person.touch("Contrat d’engagement")
    titles = [person.leaves_for(None, leaving=MENU_TITLE)]
    for number in range(1, CONTRACT_SCREENS + 1):
        read = person.sees(f"Étape {number} sur {CONTRACT_SCREENS}", NOT_SIGNED)
        assert re.search(r"\d{1,2}(er)? \w+ 20\d\d", read), f"no date on screen {number}: {read}"
        assert re.search(r"[Vv]ersion \d", read), f"no version on screen {number}: {read}"
        assert re.search(r"Code du travail|Décret|Loi|[Aa]rticle|France Travail|Liste proposée", read), (
            f"no source: {read}"
        )
        if number < CONTRACT_SCREENS:
            person.touch("Continuer", exact=True)
            titles.append(person.leaves_for(None, leaving=titles[-1]))
    assert len(set(titles)) == CONTRACT_SCREENS
    assert person.has("Aide, urgence")
    assert not person.has("Signer")
    scene.middle()
    person.touch("Je n’ai pas compris")
    person.is_at("Je voudrais parler à quelqu’un")
    person.touch("Appeler de l’aide, ici")
    person.is_at("Cette personne demande de l’aide")
    person.sees("Personne n’a encore répondu.")
    person.touch("J’ai trouvé quelqu’un")
    person.is_at(titles[-1])
    person.touch("Emporter ma liste")
    person.is_at("Préparer mon rendez-vous")
    person.touch("Prendre un rendez-vous")
    person.is_at("De quoi voulez-vous parler ?")
    assert person.has("Continuer")


def seat(person: Person, scene: Scene) -> None:
    """J4: found by its theme, taken on site although one may follow from afar, and given back."""
    person.touch("Événements et ateliers")
    person.is_at("Événements et ateliers")
    person.sees("Places comptées")
    person.touch("Formation", exact=True)
    person.touch(re.compile("Se former"))
    person.is_at(EVENT)
    person.touch(re.compile("sur place ou à distance"))
    person.is_at("Comment voulez-vous participer ?")
    person.touch(re.compile("^Sur place"))
    person.touch("Réserver ma place")
    without_contact_at_event(person, CONTACT["prenom"])
    person.sees(EVENT, CONTACT["prenom"], "Cette place est gardée pour vous jusqu’à")
    scene.middle()
    person.touch("Réserver cette place")
    read = person.sees("Place réservée.", "Votre code", EVENT)
    assert "inscrit" not in read, "nobody is registered by a seat"
    assert CONTACT["prenom"] not in read
    code = reference(read)
    back_to_menu(person, "Faire autre chose")
    code_is_asked(person, code)
    person.touch("Annuler ma place")
    person.touch("Oui, annuler")
    person.sees("Cette place est annulée.")
    scene.comes_back()
    assert [one["state"] for one in scene.new_bookings()] == ["cancelled"]


def line(person: Person, scene: Scene) -> None:
    """J4: the event is full; the person waits for a place, and nothing says that it is theirs."""
    person.touch("Événements et ateliers")
    person.is_at("Événements et ateliers")
    person.touch("Autre", exact=True)
    person.touch(re.compile(FULL_EVENT))
    person.is_at(FULL_EVENT)
    person.touch("Attendre une place")
    without_contact_at_event(person)
    scene.middle()
    person.touch("Attendre une place")
    then = "Ne venez pas sans réponse" if scene.is_there else "Attendez la réponse avant de venir."
    code = reference(person.sees("Votre code", then))
    assert "réservée." not in person.reads()
    back_to_menu(person, "Faire autre chose")
    scene.comes_back()
    assert [one["state"] for one in scene.new_bookings()] == ["requested"]
    code_is_asked(person, code)
    person.sees("Vous êtes sur la liste d’attente.")


def orientation(person: Person, scene: Scene) -> None:
    """Offers, services, who helps and why, help in an emergency: all of it is read here, line or no line."""
    for tile, theme, title, told in (
        ("Offres d’emploi", "Intérim", "Préparateur ou préparatrice de commandes", OFFER),
        ("Services près d’ici", "Se déplacer", "Location de scooters et de voitures", SERVICE),
    ):
        person.touch(tile)
        person.is_at(tile)
        person.touch(theme, exact=True)
        person.touch(re.compile(title))
        person.is_at(title)
        person.sees(*told)
        person.touch("Retour", exact=True)
        person.is_at(tile)
        person.touch("Retour", exact=True)
        person.is_at(MENU_TITLE)
    scene.middle()
    person.touch("Possible ici, ou ailleurs")
    person.is_at("Ce qu’on peut faire ici, ou ailleurs")
    person.touch("Qui m’accompagne ?")
    for question, said in (
        ("Un organisme vous suit-il déjà ?", "Non"),
        ("Recevez-vous le RSA, ou l’avez-vous demandé ?", "Je préfère ne pas répondre"),
        ("Avez-vous entre 16 et 25 ans ?", "Oui"),
        ("Voulez-vous être accompagné par la mission locale ?", "Oui"),
    ):
        person.is_at(question)
        person.touch(said, exact=True)
    person.is_at("La mission locale")
    person.sees("Pourquoi", "décide", "Code du travail", "Prendre un rendez-vous")
    person.touch("Retour", exact=True)
    person.is_at("Voulez-vous être accompagné par la mission locale ?")
    person.touch("Aide, urgence")
    person.is_at("Aide, urgence")
    person.sees("112", "114", "L’accueil peut", "Cette page ne garde aucune trace")
    person.touch("Fermer")
    person.is_at("Voulez-vous être accompagné par la mission locale ?")


def window(person: Person, scene: Scene) -> None:
    """J1: the registration itself, on its own site in a window of its own; without a line, a way to go on here."""
    title = "M’inscrire à France Travail"
    person.touch("Possible ici, ou ailleurs")
    person.touch(title)
    person.is_at(title)
    person.touch("M’inscrire moi-même en ligne, maintenant")
    person.is_at("M’inscrire sur francetravail.fr")
    if scene.network == OFFLINE:
        person.sees("Le site ne peut sans doute pas s’ouvrir.", "Rien n’est perdu")
        person.touch("Fermer")
        person.is_at(title)
        assert windows(scene.stage) == []
        return
    person.sees("Ne donnez votre mot de passe à personne.")
    person.touch(re.compile("^Ouvrir francetravail"))
    person.sees("Une fenêtre est ouverte")
    assert scene.site.first_asked().startswith("www.francetravail.fr/candidat/")
    scene.middle()
    person.touch("La fermer")
    person.is_at(title)
    assert windows(scene.stage) == []


def booth(person: Person, scene: Scene) -> None:
    """J3, on the day: from the code into the call and out of it; without a line, whom to call instead."""
    offline = scene.network == OFFLINE
    code, _ = ask_for_hour(person)
    person.sees_one_of("Rendez-vous réservé.", "C’est confirmé.")
    back_to_menu(person, "Faire autre chose")
    if offline:
        scene.falls()
        person.sees("Hors réseau")
    code_is_asked(person, code)
    person.touch("Rejoindre mon rendez-vous vidéo")
    read = person.sees(
        "Votre rendez-vous commence dans", "Personne ne vous enregistre ici.", "Essayer la caméra et le son"
    )
    assert VIDEO not in read
    assert "Un autre sujet" not in read
    person.touch("Entrer", exact=True)
    if offline:
        person.sees("La vidéo ne peut pas s’ouvrir : pas de réseau", "Appelez le", FALLBACK)
        return
    person.sees("Une fenêtre est ouverte")
    assert scene.site.first_asked() == f"{VIDEO}/appel"
    assert len(windows(scene.stage)) == 1
    scene.middle()
    person.touch("La fermer")
    person.sees("Vous êtes sorti de l’appel", "Revenir dans l’appel", "C’est fini")
    assert windows(scene.stage) == []
    if scene.is_there:
        person.touch("Revenir dans l’appel")
        person.sees("Une fenêtre est ouverte")
        windows(scene.stage)[0].kill()
        person.sees("L’appel s’est fermé tout seul", FALLBACK)
        assert f"{VIDEO}/appel" not in "".join(one.said() for one in scene.stage.running), "nothing of it in the logs"
    person.touch("C’est fini")
    person.sees("Terminer maintenant ?")


JOURNEYS: dict[str, Journey] = {
    one.__name__: one for one in (registration, appointment, contract, seat, line, orientation, window, booth)
}


FALLS_LATER = ("booth",)
"""What has to be booked on line before the line can be missed."""


def before(row: Row, scene: Scene, come: Callable[..., Person]) -> None:
    """What the world has done before the person comes: a call in seven minutes, an event whose only seat is taken.

    ``come`` makes a person in front of a screen of a given size.
    """
    if row.journey == "booth":
        scene.opens_a_call(7)
    if row.journey == "line" and not scene.seated:
        scene.announces(FULL_EVENT, 1)
        takes_the_only_seat(come("landscape"), scene)
        scene.seated = True


def takes_the_only_seat(person: Person, scene: Scene) -> None:
    """Somebody else was first."""
    person.opens(scene.stage.kiosk_url)
    person.begins()
    person.touch("Événements et ateliers")
    person.touch("Autre", exact=True)
    person.touch(re.compile(FULL_EVENT))
    person.is_at(FULL_EVENT)
    person.touch(re.compile("Réserver ma place|Demander une place"))
    without_contact_at_event(person)
    person.touch(re.compile("(Réserver|Demander) cette place"))
    person.sees("Place réservée.", "Votre code")
    person.ends()
    scene.comes_back()
    person.page.close()
