"""Every screen of a visit, one after the other, each saved as a picture: ``NN-name-shape.png``."""

from __future__ import annotations

import re
from pathlib import Path

from tests.browser.journeys import (
    ELOISE,
    MENU_TITLE,
    STEPS,
    answer,
    choose_first_hour,
    confirm,
)
from tests.browser.person import Person
from tests.browser.wording import plain

CONTACT = "0612348765"


class Album:
    """Saves pictures of one shape into a folder, numbered as they come."""

    def __init__(self, person: Person, folder: Path, shape: str) -> None:
        self.person, self.folder, self.shape = person, folder, shape
        self.taken: list[Path] = []

    def take(self, name: str) -> None:
        """Saves what is seen now."""
        file = self.folder / f"{len(self.taken) + 1:02d}-{name}-{self.shape}.png"
        self.person.picture(file)
        self.taken.append(file)


def take_visit(person: Person, url: str, folder: Path, shape: str) -> list[Path]:
    """Walks through every place of the terminal; returns the pictures."""
    album = Album(person, folder, shape)
    person.opens(url)
    album.take("attract")
    person.begins()
    album.take("home")
    # Sheets and contrast late: a mouse leaves the ring of focus on their buttons.
    for part in (
        _registration, _booking, _contract, _events, _offers, _services, _possible, _who, _reference, _sheets,
    ):  # fmt: skip
        part(album)
    person.touch("Terminer", exact=True)
    person.is_at("Terminer maintenant ?")
    album.take("finish")
    return album.taken


def _home(album: Album) -> None:
    album.person.is_at(MENU_TITLE)


def _sheets(album: Album) -> None:
    person = album.person
    for name, button, title in (
        ("language", re.compile("^Français$"), "Quelle langue ?"),
        ("text", "Texte", "Quelle taille de texte ?"),
        ("help", "Aide, urgence", "Aide, urgence"),
        ("desk", "Parler à quelqu’un", "Je voudrais parler à quelqu’un"),
    ):
        person.touch(button)
        person.is_at(title)
        album.take(name)
        person.touch("Fermer")
        _home(album)
    person.touch("Parler à quelqu’un")
    person.touch("Appeler de l’aide, ici")
    person.is_at("Cette personne demande de l’aide")
    album.take("call")
    person.touch("Annuler l’appel")
    _home(album)
    person.touch("Contraste")
    album.take("home-contrast")
    person.touch("Contraste")
    _home(album)


def _registration(album: Album) -> None:
    person = album.person
    person.touch("Préparer mon inscription à France Travail")
    person.leaves_for(None, leaving=MENU_TITLE)
    album.take("reg-notice")
    person.touch("J’ai lu, je continue")
    ends = (*STEPS, "Tout est juste ?")
    here = person.leaves_for(ends)
    while here in STEPS:
        step = STEPS[here]
        album.take(f"reg-{step.replace('_', '-')}")
        answer(person, step, ELOISE.get(step), on_screen=False)
        here = person.leaves_for(ends, leaving=here)
    album.take("reg-recap")
    confirm(person)
    person.sees("Envoyé à")
    album.take("reg-slip")
    person.touch("Revenir au menu")
    _home(album)


def _booking(album: Album) -> None:
    person = album.person
    person.touch("Rendez-vous vidéo")
    person.is_at("De quoi voulez-vous parler ?")
    album.take("booking-reason")
    person.chooses("Un autre sujet")
    person.touch("Continuer", exact=True)
    person.is_at("Quel jour, quelle heure ?")
    album.take("booking-hours")
    choose_first_hour(person, at_once=True)
    album.take("booking-needs")
    person.touch("Continuer sans rien demander")
    person.is_at("Comment vous prévenir ?")
    person.chooses("Par téléphone")
    album.take("booking-contact")
    person.touch("Continuer", exact=True)
    person.is_at("Quel est votre numéro de téléphone ?")
    person.types(CONTACT)
    album.take("booking-phone")
    person.touch("Continuer", exact=True)
    person.is_at("Quel est votre prénom ?")
    album.take("booking-first-name")
    person.touch("Passer cette question")
    person.is_at("Tout est juste ?")
    album.take("booking-recap")
    person.touch("Réserver cette heure")
    person.sees("Rendez-vous réservé.")
    album.take("booking-slip")
    person.touch("Faire autre chose")
    _home(album)


def _contract(album: Album) -> None:
    person = album.person
    person.touch("Contrat d’engagement")
    here = person.leaves_for(None, leaving=MENU_TITLE)
    for number in range(1, 9):
        album.take(f"contract-{number}")
        if number < 8:
            person.touch("Continuer", exact=True)
            here = person.leaves_for(None, leaving=here)
    person.touch("Emporter ma liste")
    here = person.leaves_for(None, leaving=here)
    album.take("contract-list")
    person.touch("Retour", exact=True)
    here = person.leaves_for(None, leaving=here)
    person.touch("Calculer ma date")
    person.is_at("Quelle est la date de la lettre ?")
    album.take("contract-date")
    person.touch("Retour", exact=True)
    here = person.leaves_for(None, leaving="Quelle est la date de la lettre ?")
    person.touch("Suis-je concerné ?")
    person.is_at("Êtes-vous inscrit à France Travail ?")
    album.take("contract-concerned")
    person.touch("Retour", exact=True)
    here = person.leaves_for(None, leaving="Êtes-vous inscrit à France Travail ?")
    for _ in range(8):
        person.touch("Retour", exact=True)
        if person.leaves_for(None, leaving=here) == plain(MENU_TITLE):
            return
        here = person.title()


def _events(album: Album) -> None:
    _through(album, "Événements et ateliers", "events", re.compile("téléphone pour ses démarches"))


def _offers(album: Album) -> None:
    _through(album, "Offres d’emploi", "offers", re.compile("Aide à domicile"), first=None)


def _services(album: Album) -> None:
    _through(album, "Services près d’ici", "services", re.compile("Cours de français"), first=None)


def _possible(album: Album) -> None:
    _through(album, "Possible ici, ou ailleurs", "possible", None)


def _who(album: Album) -> None:
    """A question, and the longest answer."""
    person = album.person
    person.touch("Possible ici, ou ailleurs")
    here = person.leaves_for(None, leaving=MENU_TITLE)
    person.touch("Qui m’accompagne ?")
    here = person.leaves_for(None, leaving=here)
    album.take("who-question")
    person.touch("Non", exact=True)
    here = person.leaves_for(None, leaving=here)
    person.touch("Oui", exact=True)
    person.leaves_for(None, leaving=here)
    album.take("who-answer")
    for _ in range(4):
        here = person.title()
        person.touch("Retour", exact=True)
        if person.leaves_for(None, leaving=here) == plain(MENU_TITLE):
            return


def _through(album: Album, tile: str, name: str, item: re.Pattern[str] | None, first: str | None = "Numérique") -> None:
    person = album.person
    person.touch(tile)
    title = person.leaves_for(None, leaving=MENU_TITLE)
    album.take(name)
    if item is not None:
        if first is not None:
            person.touch(first, exact=True)
        person.touch(item)
        person.leaves_for(None, leaving=title)
        album.take(f"{name}-one")
        person.touch("Retour", exact=True)
        person.is_at(title)
    person.touch("Retour", exact=True)
    _home(album)


def _reference(album: Album) -> None:
    person = album.person
    person.touch("J’ai déjà un code")
    person.is_at("Quel est votre code ?")
    album.take("reference")
    person.touch("Retour", exact=True)
    _home(album)
