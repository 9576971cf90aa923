"""A seat at a local event: how it can be had here, held, booked, asked for, found again, put at another date."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kiosk import moments
from kiosk.models import booking_steps as steps
from kiosk.models import events as rules
from kiosk.models.booking_slip import make_paper
from kiosk.models.booking_steps import BookingJourney
from kiosk.models.events import EventCard
from kiosk.models.reference import ReferenceSearch
from kiosk.models.seats import AT_ONCE, HAD_ALREADY, LINE, NOT_HERE, ON_REQUEST, SeatJourney
from kiosk.models.subject import key_of
from kiosk.views import EventView
from kiosk.visit import Drafts
from kiosk.wording import words
from sync.hub import vault
from sync.promise import SEATS
from sync.records import BookingFields
from tests.kiosk.test_actions import FIVE_MINUTES_MS, OTHER_SLOT, SITE, SLOT, SOON, VISIT, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
LONG_AFTER = SOON + 48


def announce(hub: Hub, reference: str = "E1", slot_id: str | None = SLOT, ahead: float = SOON, **more: object) -> None:
    """An event as the import writes it: the event names the slot, and both have its reference."""
    starts = moments.from_ms(hub.time.ms) + timedelta(hours=ahead)
    values: dict[str, object] = {
        "external_ref": reference, "title": "Atelier CV", "place": "Médiathèque, salle 2", "theme": "formation",
        "starts_at": moments.format_utc(starts), "ends_at": moments.format_utc(starts + timedelta(minutes=30)),
        "seats": 8, "seats_left": 8, "counted_at": moments.format_utc(moments.from_ms(hub.time.ms)),
        "slot_id": slot_id,
    }  # fmt: skip
    hub.write("event", f"event-{reference.lower()}", {**values, **more})


def seats(hub: Hub, slot_id: str = SLOT, ahead: float = SOON, *, reference: str = "E1", **more: object) -> None:
    """The slot of the seats of an event."""
    of_event: dict[str, object] = {"external_ref": reference, "reason": SEATS, "booth": "", "modality": "PHYSIQUE"}
    hub.open_slot(slot_id, ahead, **{**of_event, "capacity": 8, **more})


def a_workshop(hub: Hub, kiosk: Kiosk, *, sure: bool = True, **more: object) -> None:
    """An event with eight seats, one of them this terminal's to promise where it is ``sure``; all of it is here."""
    if sure:
        kiosk.granted(SLOT)
    seats(hub, taken=1 if sure else 0)
    announce(hub, **more)
    kiosk.round()


def journey_of(kiosk: Kiosk) -> SeatJourney:
    return SeatJourney(kiosk.actions, Drafts(), VISIT)


def the_event(kiosk: Kiosk) -> EventView:
    (event,) = kiosk.actions.events()
    return event


def the_card(kiosk: Kiosk) -> EventCard:
    known = {slot.id: slot for slot in kiosk.actions.slots()}
    (card,) = rules.upcoming(kiosk.actions.events(), "fr", now=kiosk.actions.now(), zone="Indian/Reunion", seats=known)
    return card


def to_recap(journey: SeatJourney, event: EventView) -> None:
    assert journey.sign_up(event)
    journey.choose_contact(steps.BY_PHONE)
    journey.go_on()
    journey.enter(steps.PHONE, "0692 12 34 56")
    journey.go_on()
    journey.enter(steps.FIRST_NAME, "Awa")
    journey.go_on()
    assert journey.step == steps.RECAP


def past_first_name(journey: SeatJourney, typed: str = "") -> None:
    """The first name, asked of a seat in every case; left here unless given."""
    assert journey.step == steps.FIRST_NAME
    journey.enter(steps.FIRST_NAME, typed)
    journey.go_on()


def cut(hub: Hub, kiosk: Kiosk) -> None:
    hub.cut = True
    kiosk.round()


def test_a_seat_that_this_terminal_holds_is_kept_and_booked_without_a_network(hub: Hub, kiosk: Kiosk) -> None:
    a_workshop(hub, kiosk)
    cut(hub, kiosk)
    journey, event = journey_of(kiosk), the_event(kiosk)
    assert journey.way_to(event) == AT_ONCE
    to_recap(journey, event)
    held = journey.held()
    assert held is not None
    assert held.until is not None
    assert journey.questions() == (steps.CONTACT, steps.PHONE, steps.FIRST_NAME, steps.RECAP)
    done, answer = journey.ask("fr"), journey.answer()
    assert done is not None
    assert answer is not None
    paper = make_paper(done, answer, journey.site(), "fr", now=journey.now(), event=journey.event())
    assert (paper.title, paper.kind) == ("Place réservée.", "Réservé")
    assert (paper.subject, paper.place) == ("Atelier CV", "Médiathèque, salle 2")
    assert paper.qr_png is not None
    fields = kiosk.terminal.store.get("booking", done.id)
    assert isinstance(fields, BookingFields)
    assert (fields.reason, fields.state, fields.needs) == (SEATS, "guaranteed", [])
    assert journey.way_to(event) == HAD_ALREADY
    hub.cut = False
    kiosk.round()
    after = journey.answer()
    assert after is not None
    assert after.state == "guaranteed", "the hub keeps the promise"


@pytest.mark.parametrize("online", [True, False])
def test_a_seat_of_which_none_is_here_is_asked_for_and_the_hub_answers(hub: Hub, kiosk: Kiosk, online: bool) -> None:
    a_workshop(hub, kiosk, sure=False)
    if not online:
        cut(hub, kiosk)
    journey, event = journey_of(kiosk), the_event(kiosk)
    assert journey.way_to(event) == ON_REQUEST
    to_recap(journey, event)
    assert not journey.is_guaranteed
    done, answer = journey.ask("fr"), journey.answer()
    assert done is not None
    assert answer is not None
    if not online:
        paper = make_paper(done, answer, journey.site(), "fr", now=journey.now(), event=journey.event())
        assert (paper.title, paper.kind) == ("Place demandée.", "Demandé, réponse attendue")
        hub.cut = False
        kiosk.round()
        kiosk.round()
        answer = journey.answer()
    assert answer is not None
    assert answer.state == "confirmed"


def test_nothing_typed_stays_in_the_draft_once_a_seat_is_booked(hub: Hub, kiosk: Kiosk) -> None:
    a_workshop(hub, kiosk)
    drafts = Drafts()
    journey = SeatJourney(kiosk.actions, drafts, VISIT)
    to_recap(journey, the_event(kiosk))
    journey.ask("fr")
    assert "Awa" not in str(drafts.get(journey.draft))
    assert "0692" not in str(drafts.get(journey.draft))


@pytest.mark.parametrize("typed", ["Awa", ""])
def test_without_a_contact_the_first_name_is_asked_and_leaves_sealed_or_not_at_all(
    hub: Hub, kiosk: Kiosk, typed: str
) -> None:
    a_workshop(hub, kiosk)
    journey = journey_of(kiosk)
    assert journey.sign_up(the_event(kiosk))
    journey.choose_contact(steps.NO_CONTACT)
    assert journey.questions() == (steps.CONTACT, steps.FIRST_NAME, steps.RECAP)
    journey.go_on()
    past_first_name(journey, typed)
    journey.edit(steps.CONTACT)
    journey.choose_contact(steps.NO_CONTACT)
    journey.go_on()
    assert (journey.step, journey.first_name) == (steps.RECAP, typed)
    done = journey.ask("fr")
    assert done is not None
    assert journey.first_name == ""
    kiosk.round()
    assert vault.open_sealed(
        hub.database, hub.home, hub.time(), "booking", SITE, done.id, who="agent", reason="rendez_vous"
    ).answers == {"prenom": typed or None, "telephone": None, "courriel": None}


@pytest.mark.parametrize("why", ["taken", "declared", "counted"])
def test_a_full_event_says_so_and_cannot_be_signed_up_for(hub: Hub, kiosk: Kiosk, why: str) -> None:
    seats(hub, taken=8 if why == "taken" else 0)
    announce(hub, state="complet" if why == "declared" else "programme", seats_left=0 if why == "counted" else 3)
    kiosk.round()
    card = the_card(kiosk)
    assert card.state.key == "events.state.full"
    assert not card.state.can_come
    if why == "taken":
        assert journey_of(kiosk).way_to(the_event(kiosk)) == LINE


@pytest.mark.parametrize("online", [True, False])
def test_whoever_waits_for_a_seat_has_the_one_that_somebody_leaves(hub: Hub, kiosk: Kiosk, online: bool) -> None:
    seats(hub, capacity=1)
    announce(hub, seats=1)
    kiosk.round()
    other, event = journey_of(kiosk), the_event(kiosk)
    to_recap(other, event)
    had = other.ask("fr")
    assert had is not None
    kiosk.round()
    kiosk.round()
    if not online:
        cut(hub, kiosk)
    journey = SeatJourney(kiosk.actions, Drafts(), "another visit")
    assert journey.way_to(the_event(kiosk)) == LINE
    journey.join_line(the_event(kiosk))
    assert (journey.step, journey.in_line, journey.held()) == (steps.CONTACT, True, None)
    journey.choose_contact(steps.NO_CONTACT)
    journey.go_on()
    past_first_name(journey)
    assert journey.step == steps.RECAP
    done = journey.ask("fr")
    assert done is not None
    if not online:
        answer = journey.answer()
        assert answer is not None
        assert answer.state == "kept"
        hub.cut = False
    kiosk.round()
    kiosk.round()
    answer = journey.answer()
    assert answer is not None
    paper = make_paper(done, answer, journey.site(), "fr", now=journey.now(), event=journey.event())
    assert (paper.title, paper.kind) == ("Vous êtes sur la liste d’attente.", "Liste d’attente")
    assert paper.qr_png is not None
    assert journey.agenda_is_over("fr") is None, "a telephone would send them to a place that is not theirs"
    kiosk.actions.cancel_booking(had.id)
    kiosk.round()
    kiosk.round()
    answer = journey.answer()
    assert answer is not None
    assert answer.state == "confirmed"
    assert journey.agenda_is_over("fr") is False
    opened = ReferenceSearch(kiosk.actions, Drafts()).follow(done.id)
    assert opened is not None
    assert opened.must_be_told


def test_a_line_is_left_for_the_seat_that_came_free_meanwhile(hub: Hub, kiosk: Kiosk) -> None:
    seats(hub, capacity=1, taken=1)
    announce(hub, seats=1)
    kiosk.round()
    journey = journey_of(kiosk)
    journey.join_line(the_event(kiosk))
    assert journey.go_back()
    assert journey.at_event
    hub.write("slot", SLOT, {"taken": 0})
    kiosk.round()
    assert journey.way_to(the_event(kiosk)) == ON_REQUEST
    journey.sign_up(the_event(kiosk))
    assert not journey.in_line


def test_a_seat_promised_to_this_terminal_is_left_though_the_count_says_none(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    seats(hub, taken=8)
    announce(hub, seats_left=0)
    kiosk.round()
    assert the_card(kiosk).state.key == "events.state.here"
    assert journey_of(kiosk).sign_up(the_event(kiosk))


def test_an_event_without_seats_here_cannot_be_signed_up_for(hub: Hub, kiosk: Kiosk) -> None:
    announce(hub, slot_id=None)
    kiosk.round()
    journey = journey_of(kiosk)
    assert journey.way_to(the_event(kiosk)) == NOT_HERE
    assert not journey.sign_up(the_event(kiosk))


@pytest.mark.parametrize("state", ["annule", "reporte"])
def test_an_event_that_nobody_goes_to_is_not_open_even_with_a_seat_here(hub: Hub, kiosk: Kiosk, state: str) -> None:
    a_workshop(hub, kiosk, state=state)
    assert not the_card(kiosk).state.can_come


def test_a_seat_taken_between_the_look_and_the_touch_is_told_and_nothing_is_held(hub: Hub, kiosk: Kiosk) -> None:
    a_workshop(hub, kiosk, sure=False)
    journey, event = journey_of(kiosk), the_event(kiosk)
    seats(hub, taken=8)
    kiosk.round()
    assert not journey.sign_up(event)
    assert (journey.hour_is_gone, journey.at_event, journey.held()) == (True, True, None)


def test_leaving_the_page_of_the_event_frees_the_seat(hub: Hub, kiosk: Kiosk) -> None:
    a_workshop(hub, kiosk)
    journey, event = journey_of(kiosk), the_event(kiosk)
    assert journey.sign_up(event)
    assert journey.go_back()
    assert journey.held() is not None, "back at its page the seat is still kept"
    assert not journey.go_back()
    assert journey.held() is None
    assert journey.way_to(event) == AT_ONCE


def test_after_five_minutes_the_seat_is_asked_for_again_before_it_is_booked(hub: Hub, kiosk: Kiosk) -> None:
    a_workshop(hub, kiosk)
    journey = journey_of(kiosk)
    to_recap(journey, the_event(kiosk))
    hub.time.ms += FIVE_MINUTES_MS + 1000
    assert journey.hold_is_over
    done = journey.ask("fr")
    assert done is not None
    booked = kiosk.actions.booking(done.id)
    assert booked is not None
    assert booked.guaranteed


def test_a_video_appointment_and_a_seat_are_two_drafts_of_one_visit(hub: Hub, kiosk: Kiosk) -> None:
    a_workshop(hub, kiosk)
    hub.open_slot(OTHER_SLOT, SOON + 3)
    kiosk.round()
    drafts = Drafts()
    seat, video = SeatJourney(kiosk.actions, drafts, VISIT), BookingJourney(kiosk.actions, drafts, VISIT)
    to_recap(seat, the_event(kiosk))
    seat.ask("fr")
    assert (seat.step, video.step) == (steps.DONE, steps.REASON)
    assert all(choice.reason != SEATS for choice in video.reasons())


def opened_of(kiosk: Kiosk, typed: str) -> ReferenceSearch:
    search = ReferenceSearch(kiosk.actions, Drafts())
    assert search.search(typed) is None
    return search


def booked_seat(hub: Hub, kiosk: Kiosk) -> tuple[SeatJourney, str]:
    a_workshop(hub, kiosk)
    journey = journey_of(kiosk)
    to_recap(journey, the_event(kiosk))
    done = journey.ask("fr")
    assert done is not None
    return journey, done.reference


def test_a_seat_is_found_by_its_code_and_given_back(hub: Hub, kiosk: Kiosk) -> None:
    _, reference = booked_seat(hub, kiosk)
    search = opened_of(kiosk, reference)
    opened = search.opened()
    assert opened is not None
    assert opened.booking is not None
    event = search.event(opened.booking)
    assert event is not None
    assert (opened.reason, event.title, opened.holds_a_place) == (SEATS, "Atelier CV", True)
    assert not opened.can_be_moved, "this workshop has no other date"
    search.cancel()
    kiosk.round()
    after = search.opened()
    assert after is not None
    assert after.answer is not None
    assert after.answer.state == "cancelled"


def test_another_date_of_the_same_workshop_can_be_had_and_no_other_workshop(hub: Hub, kiosk: Kiosk) -> None:
    _, reference = booked_seat(hub, kiosk)
    search = opened_of(kiosk, reference)
    another_workshop = SLOT[:-1] + "3"
    seats(hub, another_workshop, LONG_AFTER, reference="E9")
    kiosk.round()
    opened = search.opened()
    assert opened is not None
    assert not opened.can_be_moved, "another workshop is never offered"
    seats(hub, OTHER_SLOT, LONG_AFTER)
    kiosk.round()
    opened = search.opened()
    assert opened is not None
    assert opened.booking is not None
    assert opened.can_be_moved
    journey = journey_of(kiosk)
    assert journey.start_move(opened.booking)
    offer = journey.offer()
    assert [hour.slot_id for day in offer.days for hour in day.hours] == [OTHER_SLOT]
    journey.choose_hour(OTHER_SLOT)
    journey.go_on()
    journey.choose_contact(steps.NO_CONTACT)
    journey.go_on()
    past_first_name(journey)
    assert journey.ask("fr") is not None
    kiosk.round()
    moved = search.opened()
    assert moved is not None
    assert moved.booking is not None
    assert moved.booking.slot is not None
    assert (moved.moved, moved.booking.slot.id) == (True, OTHER_SLOT)


def test_a_withdrawn_event_leaves_a_seat_that_cannot_be_changed(hub: Hub, kiosk: Kiosk) -> None:
    journey, _ = booked_seat(hub, kiosk)
    done = journey.done()
    assert done is not None
    kiosk.round()
    hub.write("slot", SLOT, {"state": "withdrawn"})
    hub.write("booking", done.id, {"state": "withdrawn"})
    kiosk.round()
    answer = journey.answer()
    assert answer is not None
    assert answer.state == "withdrawn"
    assert not journey.can_begin_again()


@pytest.mark.parametrize("gone", [False, True])
def test_the_new_hour_of_an_event_is_proposed_and_taken(hub: Hub, kiosk: Kiosk, gone: bool) -> None:
    journey, reference = booked_seat(hub, kiosk)
    done = journey.done()
    assert done is not None
    kiosk.round()
    seats(hub, OTHER_SLOT, LONG_AFTER)
    announce(hub, slot_id=OTHER_SLOT, ahead=LONG_AFTER, state="reprogramme")
    hub.write("slot", SLOT, {"state": "withdrawn", "gone": gone})
    hub.write("booking", done.id, {"state": "withdrawn", "alternatives": [OTHER_SLOT]})
    kiosk.round()
    assert journey.can_begin_again()
    assert [hour.slot_id for hour in journey.proposals()] == [OTHER_SLOT]
    opened = opened_of(kiosk, reference).opened()
    assert opened is not None
    assert opened.can_be_moved
    journey.take_proposal(OTHER_SLOT)
    assert journey.step == steps.CONTACT
    journey.choose_contact(steps.NO_CONTACT)
    journey.go_on()
    past_first_name(journey)
    moved = journey.ask("fr")
    assert moved is not None
    assert moved.slot_id == OTHER_SLOT
    event = journey.event()
    assert event is not None
    assert event.title == "Atelier CV"


def test_a_sentence_for_a_seat_stands_in_for_one_that_exists_with_the_same_blanks() -> None:
    said = words()
    own = {"subject", "sign_up", "ask", "ask_online", "wait", "sure", "group", "had", "had_more", "others"}
    online = "booking.hour.group_online"
    assert online in said
    for key in (key for key in said if key.startswith("seat.")):
        instead_of = key.removeprefix("seat.")
        if instead_of in own:
            continue
        assert instead_of in said, key
        assert key_of(instead_of, SEATS) == key
        assert key_of(instead_of, "suivi") == instead_of
        assert ("{moment}" in said[key]["fr"]) == ("{moment}" in said[instead_of]["fr"]), key
        assert "inscrit" not in " ".join(said[key].values()), key
