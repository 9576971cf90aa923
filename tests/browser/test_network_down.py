"""The hub stops: the screens go on and say what waits; after a kill -9 and its return, all arrives, once."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.conftest import PATIENT, ROUND
from tests.browser.journeys import (
    MANDATORY,
    MENU_TITLE,
    SUKARNO,
    ask_for_hour,
    bookings_at_hub,
    opened_at_hub,
    register,
    registrations_at_hub,
)
from tests.browser.person import Person
from tests.stage import Stage

CONTACT = {"telephone": "0699887766", "prenom": "Ouranie"}


def test_what_was_done_without_a_network_survives_a_kill_and_arrives_once(
    still: Stage, visitor: Callable[..., Person]
) -> None:
    hub = still.hub_up()
    terminal = still.terminal_up(*ROUND, *PATIENT)
    person = visitor("portrait")
    person.opens(still.kiosk_url)
    person.begins()
    person.sees("En ligne")
    assert hub.stop() == 0

    registration = register(person, SUKARNO)
    read = person.sees("Sera envoyé dès le retour du réseau.", "Gardé ici, fermé à clé.", MANDATORY)
    assert "Envoyé à" not in read
    person.touch("Revenir au menu")
    person.is_at(MENU_TITLE)
    person.sees("Hors réseau", "Pas de réseau depuis", "Vous pouvez continuer.", "Possible sans réseau.")
    promised, _ = ask_for_hour(person, at_once=True)
    read = person.sees("Rendez-vous réservé.", "L’heure est à vous, même sans réseau.")
    assert "emandé" not in read, "two things, two words"
    person.touch("Faire autre chose")
    person.is_at(MENU_TITLE)
    person.ends()
    person.begins()
    booking, hours = ask_for_hour(person, contact=CONTACT, at_once=False)
    assert "La demande part au retour du réseau" in hours
    read = person.sees("C’est demandé.", "La demande sera envoyée dès le retour du réseau.", "pas encore à vous")
    assert "confirmé" not in (hours + read).lower()

    terminal.kill()
    still.terminal_up(*ROUND, *PATIENT)
    still.hub_up()
    assert still.terminal("sync").status == 0
    assert still.terminal("sync").status == 0, "a second round sends nothing twice"
    opened = opened_at_hub(still, registration)
    assert opened["answers"]["nom_naissance"] == SUKARNO["nom_naissance"]
    assert [one["id"] for one in registrations_at_hub(still)] == [opened["id"]]
    asked = opened_at_hub(still, booking, "booking")
    assert asked["answers"] == {**CONTACT, "telephone": "06 99 88 77 66", "courriel": None}
    kept = opened_at_hub(still, promised, "booking")
    states = {one["id"]: one["state"] for one in bookings_at_hub(still)}
    assert states == {asked["id"]: "confirmed", kept["id"]: "guaranteed"}
    assert still.terminal("status", "--json").json["waiting"] == 0
    states_by_code = {registration: "Reçue", promised: "Rendez-vous réservé.", booking: "C’est confirmé."}
    shows_the_states(visitor("portrait"), still, states_by_code)


def shows_the_states(person: Person, stage: Stage, states: dict[str, str]) -> None:
    """Back at the terminal with the codes: one is received, one was promised, one is confirmed."""
    person.opens(stage.kiosk_url)
    person.begins()
    person.touch("J’ai déjà un code")
    for code, state in states.items():
        person.is_at("Quel est votre code ?")
        person.types(code)
        person.touch("Voir où j’en suis")
        read = person.sees(state)
        assert not any(word in read for word in ("Sukarno", "Ouranie")), "a state, never a name"
        person.touch("Taper un autre code")
