"""The slip: what it says, what it never says, and the truth about the sending."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import segno

from kiosk import slip
from kiosk.views import DeliveryView, NetworkView, PreparedView
from tests.kiosk.models.registration_world import SITE
from tests.kiosk.qr_reader import read_qr

CLAIM = "MFRGGZDFMZTWQ2LK" * 13 + "NNWG23T"
"""As many characters of base 32 as a claim has: 215."""
NOW = datetime(2026, 11, 17, 9, 42, tzinfo=UTC)
PREPARED = PreparedView("0190", "K7F M2Q XP4R", "https://hub.example/c/AEAQ", NOW)
ONLINE = NetworkView(True, None, NOW, 0, True)
OFFLINE = NetworkView(False, NOW, NOW, 1, True)
LA_REUNION = replace(SITE, zone="Indian/Reunion", phone_region="RE", phone="0262 12 34 56")


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize("language", ["fr", "fr-simple"])
def test_the_slip_says_that_it_is_no_registration_word_for_word(language: str) -> None:
    made = slip.make_slip(PREPARED, SITE, language)
    assert plain(made.mandatory) == "Cette préparation n’est pas une inscription."
    assert plain(made.mandatory_more) == (
        "Votre inscription prend effet seulement quand France Travail l’a enregistrée."
    )


def test_the_reference_is_written_3_3_4_and_never_breaks() -> None:
    made = slip.make_slip(PREPARED, SITE, "fr")
    assert [len(part) for part in made.reference.split("\u00a0")] == [3, 3, 4]


def test_the_date_and_hour_are_those_of_the_site() -> None:
    made = slip.make_slip(PREPARED, SITE, "fr")
    assert (plain(made.date), plain(made.hour)) == ("mardi 17 novembre 2026", "10 h 42")
    there = slip.make_slip(replace(PREPARED, created_at=NOW + timedelta(hours=11)), LA_REUNION, "fr")
    assert (plain(there.date), plain(there.hour)) == ("mercredi 18 novembre 2026", "0 h 42")


def test_three_next_steps_and_the_day_the_preparation_is_kept_until() -> None:
    steps = [plain(step) for step in slip.make_slip(PREPARED, SITE, "fr").next_steps]
    assert len(steps) == 3
    assert "avant le 2 décembre" in steps[1]
    assert "3949" in steps[2]


def test_a_qr_exists_only_where_the_hub_has_a_public_address() -> None:
    made = slip.make_slip(PREPARED, SITE, "fr")
    assert made.qr_png is not None
    assert made.qr_png.startswith(b"\x89PNG")
    assert slip.make_slip(replace(PREPARED, claim_url=None), SITE, "fr").qr_png is None


@pytest.mark.parametrize(("before", "largest"), [("https://pc.example", 9), ("https://contact.mairie-exemple.fr", 10)])
def test_the_qr_is_read_back_and_its_squares_are_large(before: str, largest: int) -> None:
    url = f"{before}/c/" + CLAIM
    read, version = read_qr(slip.qr_png(url), scale=slip.QR_MODULE_PX, border=slip.QR_QUIET_MODULES)
    assert read == url
    assert version <= largest < segno.make(url, error="m", micro=False).version


def test_sent_is_said_only_once_the_hub_has_said_so() -> None:
    sent = slip.state_of(DeliveryView("received", NOW), ONLINE, PREPARED, SITE, "fr")
    assert (sent.kind, plain(sent.title), sent.final) == ("sure", "Envoyé à 10 h 42.", True)
    for network in (ONLINE, OFFLINE, replace(ONLINE, online=None)):
        state = slip.state_of(DeliveryView("waiting"), network, PREPARED, SITE, "fr")
        assert state.kind == "wait"
        assert not state.final
        assert "Envoyé" not in state.title


def test_offline_it_says_that_it_will_be_sent() -> None:
    state = slip.state_of(DeliveryView("waiting"), OFFLINE, PREPARED, SITE, "fr")
    assert state.title == "Sera envoyé dès le retour du réseau."


def test_another_day_is_said_with_the_hour() -> None:
    later = DeliveryView("received", NOW + timedelta(days=9))
    state = slip.state_of(later, ONLINE, PREPARED, SITE, "fr")
    assert plain(state.title) == "Envoyé le jeudi 26 novembre, à 10 h 42."


def test_a_clock_that_is_not_trusted_gives_no_hour() -> None:
    network = replace(ONLINE, clock_trusted=False)
    assert slip.state_of(DeliveryView("received", NOW), network, PREPARED, SITE, "fr").title == "Envoyé."


def test_a_rejected_preparation_is_a_fault_that_says_what_to_do() -> None:
    state = slip.state_of(DeliveryView("rejected", NOW, "x"), ONLINE, PREPARED, SITE, "fr")
    assert state.kind == "fault"
    assert "accueil" in state.detail


def test_no_word_of_the_slip_says_registered() -> None:
    made = slip.make_slip(PREPARED, SITE, "fr")
    for network in (ONLINE, OFFLINE):
        for state in ("waiting", "received", "rejected"):
            shown = slip.state_of(DeliveryView(state, NOW), network, PREPARED, SITE, "fr")
            words = " ".join([shown.title, shown.detail, *made.next_steps]).lower()
            assert "inscrit" not in words
