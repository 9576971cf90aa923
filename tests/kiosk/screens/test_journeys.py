"""The screens of booking, events, contract and codes, in this process, on a real terminal and the shipped hub."""

import asyncio
import threading
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest

from kiosk import moments, times
from kiosk.screens.booking import Booking
from kiosk.screens.contract import Contract
from kiosk.screens.events import Events
from kiosk.screens.possible import Possible
from kiosk.screens.reference import Reference
from kiosk.tokens import Look
from kiosk.visit import Visit
from kiosk.wording import FRENCH, say
from sync.claim import make_reference
from tests.kiosk.in_process import Shown
from tests.kiosk.stand_in import StandInActions
from tests.kiosk.test_actions import FIVE_MINUTES_MS, OTHER_SLOT, SLOT, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
SIZES = {"portrait": (1080, 1920), "landscape": (1920, 1080)}


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scenario)


def a_visit(place: str = "/rendez-vous", *, size: str = "portrait", language: str = "fr", text: int = 100) -> Visit:
    width, height = SIZES[size]
    visit = Visit(Look(width, height), now=lambda: a_visit.time)  # type: ignore[attr-defined]
    visit.go(place)
    visit.speak(language)
    visit.set_text(text)
    # Each touch comes a second after the last one: none is taken for a double tap.
    visit.first_tap = lambda control: True  # type: ignore[method-assign]
    return visit


a_visit.time = 0.0  # type: ignore[attr-defined]


async def ask(shown: Shown) -> None:
    await shown.tap("Parler à mon conseiller")
    await shown.tap("Continuer")
    await shown.tap("à Paris")
    await shown.tap("Demander")
    if "Vos choix" in shown.words():
        await shown.tap("Continuer avec 1 choix")
    await shown.tap("Continuer sans rien demander")
    await shown.tap("Non, je reviens avec mon code")
    await shown.tap("Continuer")


@pytest.mark.parametrize("size", SIZES)
def test_online_the_slip_turns_green_when_the_hub_has_answered(hub: Hub, kiosk: Kiosk, size: str) -> None:
    hub.open_slot(SLOT, 20)
    kiosk.round()

    async def scenario() -> None:
        async with Shown(Booking, a_visit(size=size), kiosk.actions) as shown:
            await ask(shown)
            assert "L’heure n’est pas encore à vous." in shown.words()
            await shown.tap("Demander cette heure")
            assert "C’est confirmé." in shown.words()
            assert "Confirmé" in shown.words()

    run(scenario())


def test_offline_everything_is_amber_and_the_word_is_demande(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, 20)
    kiosk.round()
    hub.cut = True
    kiosk.round()

    async def scenario() -> None:
        async with Shown(Booking, a_visit(), kiosk.actions) as shown:
            await ask(shown)
            await shown.tap("Demander cette heure")
            words = shown.words()
            assert "C’est demandé." in words
            assert "Demandé" in words
            assert "dès le retour du réseau" in words
            assert "onfirmé" not in words
            hub.cut = False
            kiosk.round()
            await asyncio.sleep(1.3)
            await shown.settle()
            assert "C’est confirmé." in shown.words()

    run(scenario())


def test_a_refused_hour_offers_another_one(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, 20)
    hub.open_slot(SLOT[:-1] + "2", 22)
    kiosk.round()

    async def scenario() -> None:
        async with Shown(Booking, a_visit(), kiosk.actions) as shown:
            await ask(shown)
            hub.give_to_somebody_else(SLOT)
            await shown.tap("Demander cette heure")
            assert "Ces heures étaient libres" in shown.words()
            await shown.tap("Choisir une autre heure")
            assert "Quelle nouvelle heure" in shown.words()

    run(scenario())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", [*FRENCH, "ar", "uk"])
def test_offline_an_hour_in_escrow_is_green_kept_and_booked_at_once(
    hub: Hub, kiosk: Kiosk, size: str, language: str
) -> None:
    kiosk.granted(SLOT)
    hub.open_slot(OTHER_SLOT, 22)
    kiosk.round()
    hub.cut = True
    kiosk.round()
    visit = a_visit(size=size, language=language)

    async def scenario() -> None:
        async with Shown(Booking, visit, kiosk.actions) as shown:
            await shown.tap("Parler à mon conseiller")
            assert "À réserver dès" in shown.words()
            await shown.tap("Continuer")
            words = shown.words()
            assert 0 <= words.index(say("booking.hour.sure", language)) < words.index("Sur demande")
            assert "gard" not in words
            await shown.tap("à Paris")
            until = held_until(visit, kiosk)
            assert until in shown.words()
            await shown.tap("Réserver ")
            assert until in shown.words()
            await shown.tap("Continuer sans rien demander")
            await shown.tap("Non, je reviens avec mon code")
            await shown.tap("Continuer")
            words = shown.words()
            assert until in words
            assert "Demander cette heure" not in words
            assert "pas encore à vous" not in words
            await shown.tap("Réserver cette heure")
            words = shown.words()
            assert "Rendez-vous réservé." in words
            assert "L’heure est à vous" in words
            assert "emandé" not in words

    run(scenario())


def held_until(visit: Visit, kiosk: Kiosk) -> str:
    """« jusqu’à 10 h 07 »: the end of what the visit holds, on the clocks of the site."""
    held = kiosk.actions.held(visit.key)
    assert held is not None
    assert held.until is not None
    return f"jusqu’à {times.hour(held.until, kiosk.actions.site().zone, 'fr')}"


async def to_the_summary(shown: Shown) -> None:
    for words in (
        "Parler à mon conseiller", "Continuer", "à Paris", "Réserver ", "Continuer sans rien demander",
        "Non, je reviens avec mon code", "Continuer",
    ):  # fmt: skip
        await shown.tap(words)


def test_when_the_five_minutes_are_over_the_screen_says_so_by_itself_and_nothing_is_lost(
    hub: Hub, kiosk: Kiosk
) -> None:
    kiosk.granted(SLOT)
    hub.cut = True

    async def scenario() -> None:
        async with Shown(Booking, a_visit(), kiosk.actions) as shown:
            await to_the_summary(shown)
            hub.time.ms += FIVE_MINUTES_MS
            await asyncio.sleep(1.3)
            await shown.settle()
            assert "L’heure n’est plus gardée" in shown.words()
            assert "Rien n’est perdu." in shown.words()
            await shown.tap("Réserver cette heure")
            assert "Rendez-vous réservé." in shown.words()

    run(scenario())


def test_an_hour_lost_meanwhile_is_told_and_another_one_is_offered(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    hub.open_slot(OTHER_SLOT, 22)
    kiosk.round()
    hub.cut = True

    async def scenario() -> None:
        async with Shown(Booking, a_visit(), kiosk.actions) as shown:
            await to_the_summary(shown)
            hub.time.ms += FIVE_MINUTES_MS
            kiosk.actions.book(SLOT, contact={}, language="fr")
            await shown.tap("Réserver cette heure")
            assert "Cette heure n’est plus libre." in shown.words()
            await shown.tap("à Paris")
            await shown.tap("Demander ")
            assert "C’est une demande." in shown.words(), "straight to the summary: nothing is asked again"

    run(scenario())


def test_a_screen_drawn_again_while_its_hour_is_being_booked_takes_nothing_back(hub: Hub, kiosk: Kiosk) -> None:
    """The booking is written in another thread: a redraw meets its hour as nobody's before its slip is there."""
    kiosk.granted(SLOT)
    hub.cut = True
    visit = a_visit()
    written, go_on = threading.Event(), threading.Event()
    soon = kiosk.actions.sync_soon

    def between() -> None:
        written.set()
        assert go_on.wait(10)
        soon()

    async def scenario() -> None:
        async with Shown(Booking, visit, kiosk.actions) as shown:
            await to_the_summary(shown)
            setattr(kiosk.actions, "sync_soon", between)  # noqa: B010 - called once the booking is written
            touching = asyncio.ensure_future(shown.tap("Réserver cette heure"))
            await asyncio.to_thread(written.wait, 10)
            while "Un instant" not in shown.words():
                await asyncio.sleep(0.01)
            go_on.set()
            await touching
            assert "Rendez-vous réservé." in shown.words()
            assert "n’est plus libre" not in shown.words()

    run(scenario())


def test_a_wrong_number_is_said_under_the_field_and_what_was_typed_stays(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, 20)
    kiosk.round()

    async def scenario() -> None:
        async with Shown(Booking, a_visit(), kiosk.actions) as shown:
            for words in ("Parler à mon conseiller", "Continuer", "à Paris", "Demander", "Continuer sans"):
                await shown.tap(words)
            await shown.tap("Par téléphone")
            await shown.tap("Continuer")
            await shown.type("0692 12")
            await shown.tap("Continuer")
            assert "Il manque 4 chiffres." in shown.words()
            await shown.type("0692 12 34 56")
            await shown.tap("Continuer")
            assert "Quel est votre prénom" in shown.words()
            await shown.tap("Passer cette question")
            assert "0692 12 34 56" in shown.words()

    run(scenario())


def test_no_hour_at_all_is_said_with_another_way(kiosk: Kiosk) -> None:
    kiosk.round()

    async def scenario() -> None:
        async with Shown(Booking, a_visit(), kiosk.actions) as shown:
            assert "Aucune heure à demander pour le moment" in shown.words()
            assert any("Parler à quelqu’un" in face for face in shown.touchables())

    run(scenario())


def an_event(hub: Hub, event_id: str, hours_ahead: float, **more: object) -> None:
    starts = moments.from_ms(hub.time.ms) + timedelta(hours=hours_ahead)
    values: dict[str, object] = {
        "external_ref": event_id, "title": f"Atelier {event_id}", "place": "Mairie", "theme": "formation",
        "starts_at": moments.format_utc(starts), "ends_at": moments.format_utc(starts + timedelta(hours=1)),
        "seats": 12, "seats_left": 8, "counted_at": moments.format_utc(moments.from_ms(hub.time.ms)),
    }  # fmt: skip
    hub.write("event", event_id, {**values, **more})


@pytest.mark.parametrize("size", SIZES)
def test_events_say_their_state_in_words_and_come_by_pages(hub: Hub, kiosk: Kiosk, size: str) -> None:
    an_event(hub, "e-0", -3)
    an_event(hub, "e-1", 5, state="annule")
    an_event(hub, "e-2", 6, seats_left=0)
    an_event(hub, "e-3", 7, seats_left=1)
    for number in range(4, 9):
        an_event(hub, f"e-{number}", 8 + number, theme="recrutement", sign_up="À l’accueil")
    kiosk.round()

    async def scenario() -> None:
        async with Shown(Events, a_visit("/evenements", size=size), kiosk.actions) as shown:
            words = shown.words()
            assert "Atelier e-0" not in words
            for said in ("Annulé", "Complet", "Dernière place", "Places comptées aujourd’hui"):
                assert said in words
            assert "Atelier e-8" not in words
            await shown.tap("Après")
            assert "Atelier e-8" in shown.words()
            await shown.tap("Recrutement")
            assert "Atelier e-1" not in shown.words()
            await shown.tap("Atelier e-4")
            assert "À l’accueil" in shown.words()
            await shown.tap("Retour")
            await shown.tap("Tous")
            await shown.tap("Atelier e-1")
            assert "Ne vous déplacez pas" in shown.words()

    run(scenario())


def test_an_old_count_asks_to_check_before_coming(hub: Hub, kiosk: Kiosk) -> None:
    an_event(hub, "e-1", 100)
    kiosk.round()
    hub.time.ms += 30 * 3600 * 1000

    async def scenario() -> None:
        async with Shown(Events, a_visit("/evenements"), kiosk.actions) as shown:
            assert "Demandez à l’accueil avant de vous déplacer." in shown.words()
            assert "places restantes" not in shown.words()

    run(scenario())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", ["fr", "fr-simple"])
@pytest.mark.parametrize("text", [100, 200])
def test_the_contract_is_read_in_eight_screens_each_with_source_and_a_person(
    size: str, language: str, text: int
) -> None:
    async def scenario() -> None:
        visit = a_visit("/contrat", size=size, language=language, text=text)
        async with Shown(Contract, visit, StandInActions()) as shown:
            for step in range(1, 9):
                words = shown.words()
                assert f"Étape {step} sur 8" in words
                assert "Texte à jour au" in words
                assert "version" in words
                assert any("Je n’ai pas compris" in face for face in shown.touchables())
                faces = " ".join(shown.touchables())
                assert not any(word in faces for word in ("J’accepte", "Je signe", "Signer", "Je refuse"))
                if step < 8:
                    await shown.tap("Continuer")
            await shown.tap("Je n’ai pas compris")
            assert visit.sheet == "desk"

    run(scenario())


def test_simple_french_stays_on_the_same_idea() -> None:
    async def scenario() -> None:
        visit = a_visit("/contrat")
        async with Shown(Contract, visit, StandInActions()) as shown:
            for _ in range(3):
                await shown.tap("Continuer")
            await shown.tap("Français simple")
            assert visit.language == "fr-simple"
        async with Shown(Contract, visit, StandInActions()) as shown:
            assert "Étape 4 sur 8" in shown.words()
            simple = StandInActions().shelf.screens("contrat", "fr-simple")[3]
            assert next(block.text for block in simple.blocks if block.kind == "keyfact") in shown.words()

    run(scenario())


def test_every_question_of_here_or_elsewhere_has_its_answer() -> None:
    async def scenario() -> None:
        visit = a_visit("/possible")
        async with Shown(Possible, visit, StandInActions()) as shown:
            titles = [view.title for view in StandInActions().shelf.screens("possible", "fr")]
            assert len(titles) == 10
            for title in titles:
                await shown.tap(title)
                assert "Texte à jour au" in shown.words()
                await shown.tap("Retour")
            await shown.tap(titles[0])
            await shown.tap("Préparer ma demande")
            assert visit.place == "/inscription"

    run(scenario())


def test_a_code_shows_a_state_and_never_a_name(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, 20)
    kiosk.round()
    booked = kiosk.actions.book(SLOT, contact={"prenom": "Maïwenn", "telephone": "0692 12 34 56"}, language="fr")
    kiosk.round()

    async def scenario() -> None:
        async with Shown(Reference, a_visit("/code"), kiosk.actions) as shown:
            await shown.tap("Voir où j’en suis")
            assert "Tapez d’abord votre code." in shown.words()
            await shown.type(booked.reference[:5])
            await shown.tap("Voir où j’en suis")
            assert "Il manque 6 caractères." in shown.words()
            await shown.type(booked.reference)
            await shown.tap("Voir où j’en suis")
            words = shown.words()
            assert "C’est confirmé." in words
            assert "Maïwenn" not in words
            assert "0692" not in words
            await shown.tap("Annuler ce rendez-vous")
            await shown.tap("Non, je le garde")
            await shown.tap("Annuler ce rendez-vous")
            await shown.tap("Oui, annuler")
            assert "Ce rendez-vous est annulé." in shown.words()
            assert "Ce n’est plus votre heure" in shown.words()

    run(scenario())


def test_an_unknown_code_is_not_called_wrong(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    hub.cut = True
    kiosk.round()

    async def scenario() -> None:
        async with Shown(Reference, a_visit("/code"), kiosk.actions) as shown:
            await shown.type(make_reference(999, 1, b"another secret").shown)
            await shown.tap("Voir où j’en suis")
            assert "Je ne peux pas vérifier ici, demandez à l’accueil." in shown.words()

    run(scenario())
