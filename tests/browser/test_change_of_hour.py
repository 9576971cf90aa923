"""An hour is booked, the network falls, it is changed for another one and cancelled; the hub learns all of it later."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.browser.conftest import PATIENT, ROUND
from tests.browser.journeys import HOURS, MENU_TITLE, ask_for_hour, bookings_at_hub, reference
from tests.browser.person import Person
from tests.stage import Stage


def books_on_line(person: Person) -> str:
    """An hour that the hub gives at once; returns its code."""
    person.sees("En ligne")
    code, hours = ask_for_hour(person, at_once=False)
    assert "cette borne la demande tout de suite" in hours
    person.sees("Rendez-vous réservé.")
    person.touch("Faire autre chose")
    person.is_at(MENU_TITLE)
    return code


def changes_it(person: Person) -> str:
    """From what the code opened to the slip of the new hour, one that this terminal holds; returns the new code."""
    person.touch("Changer d’heure")
    person.is_at("Quelle nouvelle heure ?")
    person.sees("Maintenant", "Cette heure reste à vous tant que la nouvelle n’est pas sûre.")
    if not person.button(HOURS[True]).count():
        person.touch(re.compile("à réserver|Dernière"))
    person.touch(HOURS[True])
    person.sees("gardée pour vous jusqu’à")
    person.touch(re.compile(r"^Réserver (lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)"))
    person.is_at("Comment vous prévenir ?")
    person.sees("cette borne ne peut pas relire l’ancien")
    person.chooses("Non, je reviens avec mon code")
    person.touch("Continuer", exact=True)
    person.is_at("Changer pour cette heure ?")
    person.touch("Changer pour cette heure")
    code = reference(person.sees("L’heure est changée.", "Ce papier remplace l’ancien.", "Votre code"))
    person.touch("Faire autre chose")
    person.is_at(MENU_TITLE)
    return code


def cancels_it(person: Person) -> None:
    """In the same visit the first code is still open; it takes two touches, and shows the new hour."""
    person.touch("J’ai déjà un code")
    person.sees("Rendez-vous réservé.", "L’heure a changé. Voici la nouvelle.")
    person.touch("Annuler ce rendez-vous")
    person.sees("Annuler vraiment ?", "L’heure ne sera plus à vous.")
    person.touch("Non, je le garde")
    person.sees("Rendez-vous réservé.")
    person.touch("Annuler ce rendez-vous")
    person.touch("Oui, annuler")
    person.sees("Ce rendez-vous est annulé.", "Ce n’est plus votre heure")


def test_an_hour_is_changed_and_cancelled_while_the_network_is_down(
    still: Stage, visitor: Callable[..., Person]
) -> None:
    hub = still.hub_up()
    still.terminal_up(*ROUND, *PATIENT)
    person = visitor("portrait")
    person.opens(still.kiosk_url)
    person.begins()
    first = books_on_line(person)
    assert hub.stop() == 0

    person.touch("J’ai déjà un code")
    person.is_at("Quel est votre code ?")
    person.types(first)
    person.touch("Voir où j’en suis")
    person.sees("Hors réseau", "Rendez-vous réservé.", "Il a pu changer")
    second = changes_it(person)
    assert second != first
    cancels_it(person)

    still.hub_up()
    assert still.terminal("sync").status == 0
    assert still.terminal("sync").status == 0, "the place that was given back goes with the next round"
    assert sorted(one["state"] for one in bookings_at_hub(still)) == ["cancelled", "moved"]
    assert still.terminal("status", "--json").json["waiting"] == 0
