"""One active booking a subject in a visit: a second one is another hour for the first."""

from __future__ import annotations

import pytest

from kiosk.models import booking_steps as steps
from kiosk.models.booking_steps import BookingJourney
from kiosk.models.reference import ReferenceSearch
from kiosk.models.seats import AT_ONCE, HAD_ALREADY, SeatJourney
from kiosk.visit import Drafts
from sync.records import BookingFields
from tests.kiosk.models.test_booking_steps import to_recap
from tests.kiosk.models.test_seats import booked_seat, the_event
from tests.kiosk.test_actions import OTHER_SLOT, OTHER_VISIT, SLOT, SOON, VISIT, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]


@pytest.fixture
def drafts(hub: Hub, kiosk: Kiosk) -> Drafts:
    """The drafts of a visit without a network, before an hour of this terminal's own and one on request."""
    kiosk.granted(SLOT)
    hub.open_slot(OTHER_SLOT, SOON + 2)
    kiosk.round()
    hub.cut = True
    kiosk.round()
    return Drafts()


def made_elsewhere(kiosk: Kiosk) -> str:
    """The code of an hour booked in an earlier visit."""
    return kiosk.actions.book(SLOT, contact={}, language="fr", visit_key=OTHER_VISIT).reference


def opens(kiosk: Kiosk, drafts: Drafts, reference: str) -> None:
    assert ReferenceSearch(kiosk.actions, drafts).search(reference) is None


def at_the_subject(kiosk: Kiosk, drafts: Drafts, reason: str = "suivi") -> BookingJourney:
    journey = BookingJourney(kiosk.actions, drafts, VISIT)
    journey.choose_reason(reason)
    journey.go_on()
    return journey


def states(kiosk: Kiosk) -> list[str]:
    rows = [fields for _, fields in kiosk.terminal.store.list("booking") if isinstance(fields, BookingFields)]
    return sorted(fields.state for fields in rows)


def move_on_request(journey: BookingJourney) -> None:
    assert journey.change_standing()
    journey.choose_hour(OTHER_SLOT)
    journey.go_on()
    journey.choose_contact(steps.NO_CONTACT)
    journey.go_on()
    assert journey.step == steps.RECAP
    assert journey.ask("fr") is not None


def test_a_slip_opened_in_the_visit_leads_its_subject_to_another_hour_for_it(kiosk: Kiosk, drafts: Drafts) -> None:
    opens(kiosk, drafts, made_elsewhere(kiosk))
    journey = at_the_subject(kiosk, drafts)
    standing = journey.standing()
    assert standing is not None
    assert (journey.step, standing.can_be_moved, standing.holds_a_place) == (steps.HAD, True, True)
    move_on_request(journey)
    assert states(kiosk) == ["guaranteed", "requested"], "the old hour is theirs until the answer: a move, no second"


def test_an_unopened_slip_of_somebody_else_is_in_nobodys_way(kiosk: Kiosk, drafts: Drafts) -> None:
    made_elsewhere(kiosk)
    assert at_the_subject(kiosk, drafts).step == steps.HOUR


def test_a_cancelled_booking_leaves_its_subject_free(kiosk: Kiosk, drafts: Drafts) -> None:
    opens(kiosk, drafts, made_elsewhere(kiosk))
    ReferenceSearch(kiosk.actions, drafts).cancel()
    assert at_the_subject(kiosk, drafts).step == steps.HOUR


def test_another_subject_may_be_booked_beside_it(hub: Hub, kiosk: Kiosk, drafts: Drafts) -> None:
    opens(kiosk, drafts, made_elsewhere(kiosk))
    hub.cut = False
    hub.open_slot(SLOT[:-1] + "5", SOON + 4, reason="autre")
    kiosk.round()
    assert at_the_subject(kiosk, drafts, "autre").step == steps.HOUR


def test_what_was_booked_in_this_visit_counts_once_its_change_was_left(kiosk: Kiosk, drafts: Drafts) -> None:
    journey = BookingJourney(kiosk.actions, drafts, VISIT)
    to_recap(journey)
    done = journey.ask("fr")
    assert done is not None
    view = journey.written()
    assert view is not None
    assert journey.start_move(view)
    assert not journey.go_back(), "begun at the code: back to it"
    journey = at_the_subject(kiosk, drafts)
    standing = journey.standing()
    assert standing is not None
    assert (journey.step, standing.id) == (steps.HAD, done.id)


def test_while_a_change_waits_for_its_answer_no_other_one_is_offered(kiosk: Kiosk, drafts: Drafts) -> None:
    opens(kiosk, drafts, made_elsewhere(kiosk))
    move_on_request(at_the_subject(kiosk, drafts))
    drafts.put(steps.DRAFT, {"asked": (drafts.get(steps.DRAFT) or {})["asked"]})
    journey = at_the_subject(kiosk, drafts)
    standing = journey.standing()
    assert standing is not None
    assert standing.asked is not None
    assert (journey.step, standing.can_be_moved, journey.change_standing()) == (steps.HAD, False, False)


def test_back_from_the_new_hour_and_from_what_is_had_comes_to_the_subjects(kiosk: Kiosk, drafts: Drafts) -> None:
    opens(kiosk, drafts, made_elsewhere(kiosk))
    journey = at_the_subject(kiosk, drafts)
    assert journey.change_standing()
    assert journey.step == steps.HOUR
    assert journey.go_back(), "not to the code: it began here"
    assert (journey.step, journey.reason, journey.moving) == (steps.REASON, "suivi", None)
    journey.go_on()
    assert journey.step == steps.HAD
    assert journey.go_back()
    assert journey.step == steps.REASON
    assert not journey.go_back()


def test_what_ends_while_it_is_shown_leaves_the_hours_free(kiosk: Kiosk, drafts: Drafts) -> None:
    opens(kiosk, drafts, made_elsewhere(kiosk))
    journey = at_the_subject(kiosk, drafts)
    ReferenceSearch(kiosk.actions, drafts).cancel()
    assert (journey.standing(), journey.change_standing()) == (None, False)
    journey.go_on()
    assert journey.step == steps.HOUR


def test_a_slip_opened_between_the_questions_is_met_at_the_summary(kiosk: Kiosk, drafts: Drafts) -> None:
    reference = made_elsewhere(kiosk)
    journey = BookingJourney(kiosk.actions, drafts, VISIT)
    to_recap(journey, OTHER_SLOT)
    assert not journey.asked_before()
    opens(kiosk, drafts, reference)
    assert journey.asked_before()
    assert journey.to_standing()
    assert (journey.step, journey.held()) == (steps.HAD, None)


def test_a_seat_whose_slip_was_opened_is_not_offered_again(hub: Hub, kiosk: Kiosk) -> None:
    _, reference = booked_seat(hub, kiosk)
    drafts = Drafts()
    journey = SeatJourney(kiosk.actions, drafts, OTHER_VISIT)
    assert journey.way_to(the_event(kiosk)) != HAD_ALREADY
    opens(kiosk, drafts, reference)
    assert journey.way_to(the_event(kiosk)) == HAD_ALREADY
    ReferenceSearch(kiosk.actions, drafts).cancel()
    assert journey.way_to(the_event(kiosk)) == AT_ONCE


def test_the_slip_that_was_made_is_changed_once_and_not_while_a_change_waits(kiosk: Kiosk, drafts: Drafts) -> None:
    journey = BookingJourney(kiosk.actions, drafts, VISIT)
    to_recap(journey)
    done = journey.ask("fr")
    assert journey.changeable() is not None
    assert journey.change_written()
    assert journey.go_back()
    assert (journey.step, journey.done()) == (steps.DONE, done)
    assert journey.change_written()
    journey.choose_hour(OTHER_SLOT)
    journey.go_on()
    journey.choose_contact(steps.NO_CONTACT)
    journey.go_on()
    assert journey.ask("fr") is not None
    assert states(kiosk) == ["guaranteed", "requested"]
    assert done is not None
    ReferenceSearch(kiosk.actions, drafts).search(done.reference)
    standing = journey.standing()
    assert standing is not None
    assert not standing.can_be_moved
