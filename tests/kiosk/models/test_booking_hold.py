"""The hour a person chose is kept five minutes; what is lost meanwhile is told, and nothing typed is asked again."""

from __future__ import annotations

import pytest

from kiosk.models import booking_steps as steps
from kiosk.models.booking_slip import make_paper
from kiosk.models.booking_steps import BookingJourney
from kiosk.models.reference import ReferenceSearch
from kiosk.visit import Drafts
from sync.errors import InvalidInput
from tests.kiosk.models.test_booking_steps import to_recap
from tests.kiosk.test_actions import FIVE_MINUTES_MS, OTHER_SLOT, OTHER_VISIT, SLOT, SOON, VISIT, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]


@pytest.fixture
def journey(hub: Hub, kiosk: Kiosk) -> BookingJourney:
    """Somebody who stands offline before one hour that is theirs at once, and another on request."""
    kiosk.granted(SLOT)
    hub.open_slot(OTHER_SLOT, SOON + 2)
    kiosk.round()
    hub.cut = True
    return BookingJourney(kiosk.actions, Drafts(), VISIT)


def sure_elsewhere(kiosk: Kiosk) -> list[str]:
    """What another visit could be promised now."""
    return [slot.id for slot in kiosk.actions.slots(OTHER_VISIT) if slot.guaranteed]


def test_the_hour_chosen_is_kept_and_then_booked_without_a_network(journey: BookingJourney, kiosk: Kiosk) -> None:
    to_recap(journey)
    held = journey.held()
    assert held is not None
    assert held.until is not None
    assert (held.until - journey.now()).total_seconds() == pytest.approx(300, abs=1)
    assert sure_elsewhere(kiosk) == []
    done = journey.ask("fr")
    answer = journey.answer()
    assert done is not None
    assert answer is not None
    assert (answer.state, answer.look, answer.icon) == ("guaranteed", "sure", "seal-check")
    paper = make_paper(done, answer, journey.site(), "fr", now=journey.now())
    assert (paper.title, paper.kind) == ("Rendez-vous réservé.", "Réservé")
    assert paper.qr_png is not None
    assert len(paper.next_steps) == 3
    assert not paper.can_ask_again


def test_on_request_nothing_is_kept_and_nothing_is_called_certain(journey: BookingJourney) -> None:
    to_recap(journey, OTHER_SLOT)
    held = journey.held()
    assert held is not None
    assert (held.guaranteed, held.until, journey.is_guaranteed, journey.hold_is_over) == (False, None, False, False)
    assert journey.ask("fr") is not None
    answer = journey.answer()
    assert answer is not None
    assert (answer.state, answer.icon) == ("kept", "hourglass-medium")


def test_another_hour_another_day_another_subject_and_going_back_free_the_hour(
    journey: BookingJourney, kiosk: Kiosk
) -> None:
    def choose() -> None:
        journey.choose_reason("suivi")
        journey.choose_hour(SLOT)
        assert sure_elsewhere(kiosk) == []

    choose()
    journey.choose_hour(OTHER_SLOT)
    assert sure_elsewhere(kiosk) == [SLOT]
    choose()
    journey.choose_day(journey.offer().days[0].date)
    assert sure_elsewhere(kiosk) == [SLOT]
    choose()
    journey.choose_reason("edo")
    assert sure_elsewhere(kiosk) == [SLOT]
    choose()
    journey.go_on()
    choose()
    assert journey.go_back()
    assert (journey.step, sure_elsewhere(kiosk)) == (steps.REASON, [SLOT])


def test_going_back_to_the_hours_keeps_the_hour_that_is_still_chosen(journey: BookingJourney, kiosk: Kiosk) -> None:
    to_recap(journey)
    journey.edit(steps.NEEDS)
    journey.go_back()
    hour = journey.hour(journey.offer())
    assert hour is not None
    assert (journey.step, hour.guaranteed, sure_elsewhere(kiosk)) == (steps.HOUR, True, [])


def test_after_five_minutes_the_person_is_told_and_the_same_hour_is_still_had(
    journey: BookingJourney, hub: Hub
) -> None:
    to_recap(journey)
    hub.time.ms += FIVE_MINUTES_MS
    assert (journey.hold_is_over, journey.held()) == (True, None)
    assert journey.hour(journey.offer()) is not None
    assert journey.ask("fr") is not None
    answer = journey.answer()
    assert answer is not None
    assert answer.state == "guaranteed"


def test_an_hour_lost_after_five_minutes_leads_back_to_the_hours_with_everything_typed(
    journey: BookingJourney, hub: Hub, kiosk: Kiosk
) -> None:
    to_recap(journey)
    hub.time.ms += FIVE_MINUTES_MS
    kiosk.actions.book(SLOT, contact={}, language="fr")
    assert journey.ask("fr") is None
    assert (journey.step, journey.hour_is_gone) == (steps.HOUR, True)
    assert len(kiosk.terminal.store.list("booking")) == 1
    journey.choose_hour(OTHER_SLOT)
    journey.go_on()
    assert (journey.step, journey.typed(steps.PHONE)) == (steps.RECAP, "0692 12 34 56")


def test_a_promise_that_can_be_kept_no_more_never_turns_into_a_request_unsaid(
    journey: BookingJourney, hub: Hub, kiosk: Kiosk
) -> None:
    hub.cut = False
    hub.write("slot", SLOT, {"capacity": 2})
    kiosk.round()
    hub.cut = True
    to_recap(journey)
    hub.time.ms += FIVE_MINUTES_MS
    kiosk.actions.hold(SLOT, OTHER_VISIT)
    assert journey.ask("fr") is None
    assert (journey.step, journey.turned, journey.is_guaranteed) == (steps.RECAP, True, False)
    assert kiosk.terminal.store.list("booking") == []
    assert journey.ask("fr") is not None, "the person has read it and asks for it"
    answer = journey.answer()
    assert answer is not None
    assert answer.state == "kept"


def test_waiting_too_long_at_the_hours_holds_again_on_going_on(journey: BookingJourney, hub: Hub, kiosk: Kiosk) -> None:
    journey.choose_reason("suivi")
    journey.go_on()
    journey.choose_hour(SLOT)
    hub.time.ms += FIVE_MINUTES_MS
    journey.go_on()
    assert (journey.step, sure_elsewhere(kiosk)) == (steps.NEEDS, [])
    journey.go_back()
    hub.time.ms += FIVE_MINUTES_MS
    kiosk.actions.book(SLOT, contact={}, language="fr")
    journey.go_on()
    assert (journey.step, journey.hour_is_gone) == (steps.HOUR, True)


def test_a_booking_made_counts_for_its_subject(journey: BookingJourney) -> None:
    to_recap(journey)
    assert journey.ask("fr") is not None
    journey.start_again()
    journey.choose_hour(OTHER_SLOT)
    assert journey.asked_before()
    with pytest.raises(InvalidInput, match="réservé une heure pour ce sujet"):
        journey.ask("fr")


def test_a_code_opens_a_guaranteed_booking_offline_and_cancels_it(journey: BookingJourney, kiosk: Kiosk) -> None:
    to_recap(journey)
    done = journey.ask("fr")
    assert done is not None
    search = ReferenceSearch(kiosk.actions, Drafts())
    assert search.search(done.reference) is None
    opened = search.opened()
    assert opened is not None
    assert opened.answer is not None
    assert (opened.answer.state, opened.can_be_cancelled) == ("guaranteed", True)
    search.cancel()
    after = search.opened()
    assert after is not None
    assert after.answer is not None
    assert (after.answer.state, after.can_be_cancelled) == ("cancelled", False)
    assert sure_elsewhere(kiosk) == [SLOT]


def test_a_booking_that_cannot_be_kept_sends_to_the_desk(journey: BookingJourney, hub: Hub, kiosk: Kiosk) -> None:
    to_recap(journey)
    done = journey.ask("fr")
    assert done is not None
    hub.cut = False
    kiosk.round()
    hub.write("booking", done.id, {"state": "overruled", "declined_because": "written_off"})
    kiosk.round()
    answer = journey.answer()
    assert answer is not None
    assert (answer.state, answer.look, answer.icon) == ("overruled", "fault", "warning-octagon")
    paper = make_paper(done, answer, journey.site(), "fr", now=journey.now())
    assert paper.sentence.startswith("Ce rendez-vous ne peut pas être tenu")
    assert paper.sentence.endswith("demandez à l’accueil.")
    assert (paper.qr_png, paper.can_ask_again) == (None, True)
