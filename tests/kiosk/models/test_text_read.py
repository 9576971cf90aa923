"""The text about the contract that was read before a booking: its name goes with the booking, and nothing else does."""

from __future__ import annotations

import re

import pytest

from kiosk.models import booking_steps as steps
from kiosk.models.booking_steps import BookingJourney
from kiosk.models.contract import CONTRACT_FLOW, POSSIBLE_FLOW, Reading
from kiosk.models.seats import SeatJourney
from kiosk.visit import Drafts, Visit
from tests.kiosk.content_reviewed import reviewed_shelf
from tests.kiosk.models.test_booking_change import fields_of
from tests.kiosk.models.test_booking_steps import to_recap
from tests.kiosk.models.test_seats import a_workshop, the_event
from tests.kiosk.models.test_seats import to_recap as to_the_seat
from tests.kiosk.test_actions import OTHER_SLOT, SLOT, SOON, VISIT, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
PACK_AT_VERSION = re.compile(r"^contrat\.(fr|fr-simple|en|ar)@\d+(\.\d+)+$")


def reads(kiosk: Kiosk, drafts: Drafts, language: str = "fr", flow: str = CONTRACT_FLOW) -> None:
    reading = Reading(kiosk.actions, drafts, flow)
    reading.shown(reading.screens(language))


def books(kiosk: Kiosk, drafts: Drafts, slot_id: str = SLOT) -> str:
    journey = BookingJourney(kiosk.actions, drafts, VISIT)
    to_recap(journey, slot_id)
    done = journey.ask("fr")
    assert done is not None
    return done.id


def text_of(kiosk: Kiosk, record_id: str) -> str:
    return fields_of(kiosk, record_id).content_version


@pytest.mark.parametrize("language", ["fr", "fr-simple"])
def test_a_booking_after_reading_names_the_pack_in_the_language_shown_and_its_release(
    kiosk: Kiosk, language: str
) -> None:
    kiosk.granted(SLOT)
    drafts = Drafts()
    reads(kiosk, drafts, language)
    text = text_of(kiosk, books(kiosk, drafts))
    assert text == f"contrat.{language}@{kiosk.actions.shelf.version}"
    assert PACK_AT_VERSION.match(text)


def test_the_language_shown_last_is_the_one_that_is_named(kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    drafts = Drafts()
    reads(kiosk, drafts, "fr")
    reads(kiosk, drafts, "fr-simple")
    assert text_of(kiosk, books(kiosk, drafts)).startswith("contrat.fr-simple@")


@pytest.mark.parametrize("language", ["uk", "en", "ar"])
def test_a_text_that_is_withheld_in_a_language_is_named_as_it_was_shown(kiosk: Kiosk, language: str) -> None:
    """There is no Ukrainian, and nobody has reviewed the English or the Arabic: simple French was read."""
    kiosk.granted(SLOT)
    drafts = Drafts()
    reads(kiosk, drafts, language)
    text = text_of(kiosk, books(kiosk, drafts))
    assert text == f"contrat.fr-simple@{kiosk.actions.shelf.version}"


def test_a_reviewed_translation_is_named_as_what_was_read(kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    kiosk.actions.shelf = reviewed_shelf()
    drafts = Drafts()
    reads(kiosk, drafts, "ar")
    text = text_of(kiosk, books(kiosk, drafts))
    assert text == f"contrat.ar@{kiosk.actions.shelf.version}"
    assert PACK_AT_VERSION.match(text)


def test_the_list_to_prepare_with_is_no_text_about_the_law(kiosk: Kiosk) -> None:
    """It is shown in Arabic already: that does not say that the law was read in Arabic."""
    kiosk.granted(SLOT)
    drafts = Drafts()
    reads(kiosk, drafts, "ar")
    reading = Reading(kiosk.actions, drafts, CONTRACT_FLOW)
    reading.open("contrat-preparer")
    screens = reading.screens("ar")
    assert screens[reading.shown(screens)].language == "ar"
    assert text_of(kiosk, books(kiosk, drafts)).startswith("contrat.fr-simple@")


def test_a_booking_without_reading_names_no_text_and_no_other_flow_is_noted(kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    drafts = Drafts()
    for flow in (POSSIBLE_FLOW, "concerne", "orientation"):
        reads(kiosk, drafts, flow=flow)
    assert text_of(kiosk, books(kiosk, drafts)) == ""


def test_the_next_visitor_s_booking_names_nothing_of_what_the_one_before_read(kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    visit = Visit()
    reads(kiosk, visit.drafts)
    visit.end()
    assert BookingJourney(kiosk.actions, visit.drafts, VISIT).text_read == ""
    reads(kiosk, visit.drafts)  # a screen drawn once more while the visit ends
    assert BookingJourney(kiosk.actions, visit.drafts, VISIT).text_read == ""
    assert text_of(kiosk, books(kiosk, Visit().drafts)) == ""


@pytest.mark.parametrize("read_before", [True, False])
def test_another_hour_keeps_what_was_read_before_the_first_asking(kiosk: Kiosk, read_before: bool) -> None:
    kiosk.granted(SLOT)
    kiosk.granted(OTHER_SLOT, SOON + 2, number=2)
    drafts = Drafts()
    if read_before:
        reads(kiosk, drafts, "fr-simple")
    first = books(kiosk, drafts)
    later = Drafts()  # another visit, that reads the other language first
    reads(kiosk, later, "fr")
    journey = BookingJourney(kiosk.actions, later, VISIT)
    view = kiosk.actions.booking(first)
    assert view is not None
    assert journey.start_move(view, OTHER_SLOT)
    while journey.step != steps.CONTACT:
        journey.go_on()
    journey.choose_contact(steps.NO_CONTACT)
    journey.go_on()
    done = journey.ask("fr")
    assert done is not None
    assert fields_of(kiosk, done.id).moved_from == first
    assert text_of(kiosk, done.id) == text_of(kiosk, first)
    assert bool(text_of(kiosk, done.id)) is read_before


def test_a_seat_at_an_event_names_no_text(hub: Hub, kiosk: Kiosk) -> None:
    a_workshop(hub, kiosk)
    drafts = Drafts()
    reads(kiosk, drafts)
    journey = SeatJourney(kiosk.actions, drafts, VISIT)
    to_the_seat(journey, the_event(kiosk))
    done = journey.ask("fr")
    assert done is not None
    assert text_of(kiosk, done.id) == ""


def test_two_bookings_of_one_visit_both_name_it(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    hub.open_slot(OTHER_SLOT, SOON + 2, reason="edo")
    kiosk.round()
    drafts = Drafts()
    reads(kiosk, drafts)
    first = books(kiosk, drafts)
    journey = BookingJourney(kiosk.actions, drafts, VISIT)
    journey.start_again()
    journey.choose_reason("edo")
    journey.choose_hour(OTHER_SLOT)
    while journey.step != steps.CONTACT:
        journey.go_on()
    journey.choose_contact(steps.NO_CONTACT)
    journey.go_on()
    second = journey.ask("fr")
    assert second is not None
    assert text_of(kiosk, first) == text_of(kiosk, second.id) == journey.text_read != ""


def test_the_hub_keeps_it_and_the_visit_leaves_no_other_trace_of_what_was_read(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    drafts = Drafts()
    reading = Reading(kiosk.actions, drafts, CONTRACT_FLOW)
    screens = reading.screens("fr")
    for screen in screens:
        reading.open(screen.id)
        reading.shown(screens)
    booked = books(kiosk, drafts)
    kiosk.round()
    with hub.database.read() as connection:
        tables = [name for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = {name: connection.exec_driver_sql(f'SELECT * FROM "{name}"').all() for name in tables}
    text = text_of(kiosk, booked)
    said = [str(row) for found in rows.values() for row in found]
    assert any(text in one for one in said), "the booking's"
    assert not [one for one in said for screen in screens if screen.id in one]
