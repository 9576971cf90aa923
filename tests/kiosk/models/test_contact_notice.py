"""What is said before a contact is given: what for, who reads it, how long; of booth time and of a seat."""

from __future__ import annotations

import pytest

from content.shelf import Shelf
from content.typography import faults, sentences, words
from kiosk.actions import Actions
from kiosk.models.booking_steps import BookingJourney
from kiosk.models.seats import SeatJourney
from kiosk.visit import Drafts
from kiosk.wording import FRENCH, say
from sync.hub.settings import RetentionTerms
from tests.kiosk.models.test_seats import a_workshop, the_event
from tests.kiosk.test_actions import VISIT, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
SIMPLE_MAX = 12


def of_a_booking(kiosk: Kiosk, language: str = "fr", **texts: str) -> str:
    """The notice of a video appointment, where the operator says these texts of itself."""
    actions = Actions(kiosk.terminal, Shelf.open(), soon=kiosk.round, texts=texts)
    return " ".join(BookingJourney(actions, Drafts(), VISIT).contact_notice(language))


def of_a_seat(hub: Hub, kiosk: Kiosk, language: str = "fr") -> str:
    a_workshop(hub, kiosk)
    journey = SeatJourney(kiosk.actions, Drafts(), VISIT)
    assert journey.sign_up(the_event(kiosk))
    return " ".join(journey.contact_notice(language))


@pytest.mark.parametrize("language", FRENCH)
def test_the_operator_and_the_time_are_those_of_the_full_text(kiosk: Kiosk, language: str) -> None:
    said = of_a_booking(kiosk, language, operator="Commune de Salbris", retention_booking="trois jours après")
    assert "Commune de Salbris" in said
    assert "trois jours après" in said
    assert "7 jours" not in said, "one time only"


@pytest.mark.parametrize("language", FRENCH)
def test_where_the_operator_says_no_time_it_is_the_term_of_the_hub(hub: Hub, kiosk: Kiosk, language: str) -> None:
    for said in (of_a_booking(kiosk, language), of_a_seat(hub, kiosk, language)):
        assert f"{RetentionTerms().booking_days}\u00a0jours en général" in said


@pytest.mark.parametrize("language", FRENCH)
def test_a_seat_is_an_event_and_no_appointment(hub: Hub, kiosk: Kiosk, language: str) -> None:
    said = of_a_seat(hub, kiosk, language)
    assert "cet événement" in said
    assert "rendez-vous" not in said


@pytest.mark.parametrize("language", FRENCH)
def test_the_notice_is_well_set_and_its_simple_sentences_are_short(hub: Hub, kiosk: Kiosk, language: str) -> None:
    said = f"{of_a_booking(kiosk, language, operator='Commune')} {of_a_seat(hub, kiosk, language)}"
    assert faults(said) == []
    shown = f"{said} {say('booking.privacy.full', language)}. {say('booking.privacy.close', language)}."
    if language == "fr-simple":
        assert [one for one in sentences(shown) if len(words(one)) > SIMPLE_MAX] == []
