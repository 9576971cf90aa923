"""Offers and services near here, in this process, on a real terminal and the shipped hub."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kiosk import moments
from kiosk.screens.directory import Directory
from kiosk.screens.offers import Offers
from tests.kiosk.in_process import Shown
from tests.kiosk.screens.test_journeys import SIZES, a_visit, run
from tests.kiosk.test_actions import Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]


def day(hub: Hub, days: float) -> str:
    return moments.format_utc(moments.from_ms(hub.time.ms) + timedelta(days=days))


def an_offer(hub: Hub, number: int, **more: object) -> None:
    hub.write("offer", f"o-{number}", {
        "external_ref": f"O{number}", "title": f"Métier {number}", "place": "Vierzon", "contract": "cdi",
        "employer": "Logis", "published_at": day(hub, -number), "updated_at": day(hub, -number), **more,
    })  # fmt: skip


def a_service(hub: Hub, number: int, **more: object) -> None:
    hub.write("service", f"s-{number}", {
        "external_ref": f"S{number}", "name": f"Aide {number}", "organisation": "Centre social", "needs": ["mobilite"],
        "updated_at": day(hub, -number), **more,
    })  # fmt: skip


@pytest.mark.parametrize("size", SIZES)
def test_offers_come_by_pages_are_filtered_and_say_how_to_apply(hub: Hub, kiosk: Kiosk, size: str) -> None:
    for number in range(1, 8):
        an_offer(hub, number)
    an_offer(hub, 0, contract="interim", contract_length="3 mois", how_to_apply="Se présenter à l’agence")
    an_offer(hub, 8, closes_at=day(hub, -1))
    kiosk.round()

    async def scenario() -> None:
        async with Shown(Offers, a_visit("/offres", size=size), kiosk.actions) as shown:
            assert "Métier 0" in shown.words()
            assert "Métier 7" not in shown.words()
            await shown.tap("Après")
            assert "Métier 7" in shown.words()
            assert "Métier 8" not in shown.words()
            await shown.tap("Intérim")
            assert "Métier 1" not in shown.words()
            await shown.tap("Métier 0")
            words = shown.words()
            for said in ("Intérim, 3 mois", "Se présenter à l’agence", "Cette borne n’envoie pas de candidature"):
                assert said in words
            await shown.tap("Retour")
            await shown.tap("Toutes")
            await shown.tap("Métier 1")
            assert "cherchez l’offre O1 sur francetravail.fr" in shown.words()

    run(scenario())


@pytest.mark.parametrize("size", SIZES)
def test_services_say_what_they_help_with_and_how_old_they_are(hub: Hub, kiosk: Kiosk, size: str) -> None:
    a_service(hub, 1, phone="02 48 00 00 00", address="1 rue de l’Exemple", town="18000 Bourges", weekly_hours=6)
    a_service(hub, 2, needs=["logement"], through_a_professional=True)
    a_service(hub, 300)
    kiosk.round()

    async def scenario() -> None:
        async with Shown(Directory, a_visit("/services", size=size), kiosk.actions) as shown:
            assert "À vérifier" in shown.words()
            await shown.tap("Aide 300")
            assert "Téléphonez avant de vous déplacer." in shown.words()
            await shown.tap("Retour")
            await shown.tap("Logement")
            assert "Aide 1" not in shown.words()
            await shown.tap("Aide 2")
            assert "Ce service se demande par un professionnel." in shown.words()
            await shown.tap("Retour")
            await shown.tap("Se déplacer")
            await shown.tap("Aide 1")
            words = shown.words()
            for said in ("02 48 00 00 00", "1 rue de l’Exemple, 18000 Bourges", "Environ 6\u00a0h par semaine"):
                assert said in words

    run(scenario())


@pytest.mark.parametrize(("screen", "said"), [(Offers, "Aucune offre"), (Directory, "Aucun service")])
def test_an_empty_list_says_where_to_ask(kiosk: Kiosk, screen: object, said: str) -> None:
    kiosk.round()

    async def scenario() -> None:
        async with Shown(screen, a_visit("/offres"), kiosk.actions) as shown:  # type: ignore[arg-type]
            assert said in shown.words()
            assert "Demandez à l’accueil" in shown.words()

    run(scenario())


def test_an_entry_that_left_while_it_was_read_says_so(hub: Hub, kiosk: Kiosk) -> None:
    an_offer(hub, 1)
    kiosk.round()

    async def scenario() -> None:
        async with Shown(Offers, a_visit("/offres"), kiosk.actions) as shown:
            hub.write("offer", "o-1", {"gone": True})
            kiosk.round()
            await shown.tap("Métier 1")
            assert "Cette offre n’est plus proposée." in shown.words()

    run(scenario())
