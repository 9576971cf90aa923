"""Several wishes in one request, another hour for a booking, and what a code shows and may do afterwards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.models import booking_steps as steps
from kiosk.models.booking_slip import make_paper
from kiosk.models.booking_steps import BookingJourney
from kiosk.models.reference import ReferenceSearch
from kiosk.visit import Drafts
from sync.records import BookingFields
from tests.kiosk.models.test_booking_steps import to_recap
from tests.kiosk.test_actions import OTHER_SLOT, SLOT, SOON, VISIT, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
THIRD_SLOT, FOURTH_SLOT = SLOT[:-1] + "3", SLOT[:-1] + "4"


def fields_of(kiosk: Kiosk, record_id: str) -> BookingFields:
    fields = kiosk.terminal.store.get("booking", record_id)
    assert isinstance(fields, BookingFields)
    return fields


@pytest.fixture
def journey(hub: Hub, kiosk: Kiosk) -> BookingJourney:
    """Somebody offline before four hours, none of them this terminal's to promise."""
    for number, slot_id in enumerate((SLOT, OTHER_SLOT, THIRD_SLOT, FOURTH_SLOT)):
        hub.open_slot(slot_id, SOON + number)
    kiosk.round()
    hub.cut = True
    kiosk.round()
    return BookingJourney(kiosk.actions, Drafts(), VISIT)


def wish(journey: BookingJourney, slot_id: str) -> None:
    wished = journey.wishing()
    wished.choose_hour(slot_id)
    wished.add()


def to_wishes(journey: BookingJourney) -> None:
    journey.choose_reason("suivi")
    journey.go_on()
    journey.choose_hour(SLOT)
    journey.go_on()
    assert journey.step == steps.WISHES


def test_three_wishes_go_out_in_their_order_and_stand_on_the_slip(journey: BookingJourney, kiosk: Kiosk) -> None:
    to_recap(journey)
    journey.edit(steps.WISHES)
    for slot_id in (THIRD_SLOT, OTHER_SLOT, FOURTH_SLOT):
        wish(journey, slot_id)
    assert [hour.slot_id for hour in journey.choices()] == [SLOT, THIRD_SLOT, OTHER_SLOT], "three in all"
    journey.go_on()
    done = journey.ask("fr")
    answer = journey.answer()
    assert done is not None
    assert answer is not None
    assert fields_of(kiosk, done.id).wishes == [THIRD_SLOT, OTHER_SLOT]
    paper = make_paper(done, answer, journey.site(), "fr", now=journey.now())
    assert len(paper.choices) == 3
    assert paper.kind == "Demandé, réponse attendue"


@given(st.data())
def test_taking_away_and_adding_never_doubles_a_choice_nor_passes_three(data: st.DataObject) -> None:
    drafts = Drafts()
    drafts.put(steps.DRAFT, {"slot_id": "a", "wishes": []})

    class Plain(BookingJourney):
        def __init__(self) -> None:
            super().__init__(None, drafts, VISIT)  # type: ignore[arg-type]

        def choose_hour(self, slot_id: str) -> None:
            self._keep(slot_id=slot_id, wishes=[wish for wish in self.wishes if wish != slot_id])

    journey = Plain()
    for act, slot_id in data.draw(st.lists(st.tuples(st.booleans(), st.sampled_from("abcde")), max_size=12)):
        chosen = [str(journey._kept()["slot_id"]), *journey.wishes]
        if act and slot_id not in chosen and len(chosen) < 3:
            journey._keep(wishes=[*journey.wishes, slot_id])
        elif slot_id in chosen:
            journey.drop_choice(slot_id)
        after = [str(journey._kept()["slot_id"]), *journey.wishes]
        assert len(set(after)) == len(after) <= 3
        assert after, "one choice always stays"


def test_the_first_choice_taken_away_gives_its_place_to_the_next(journey: BookingJourney) -> None:
    to_wishes(journey)
    wish(journey, OTHER_SLOT)
    journey.drop_choice(SLOT)
    assert [hour.slot_id for hour in journey.choices()] == [OTHER_SLOT]
    journey.drop_choice(OTHER_SLOT)
    assert [hour.slot_id for hour in journey.choices()] == [OTHER_SLOT], "the last one is changed with « Retour »"


def test_a_guaranteed_hour_has_no_wishes(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    hub.open_slot(OTHER_SLOT, SOON + 2)
    kiosk.round()
    journey = BookingJourney(kiosk.actions, Drafts(), VISIT)
    journey.choose_reason("suivi")
    journey.go_on()
    journey.choose_hour(SLOT)
    journey.go_on()
    assert journey.step == steps.NEEDS


def moved(kiosk: Kiosk, search: ReferenceSearch, slot_id: str) -> steps.Done:
    opened = search.opened()
    assert opened is not None
    assert opened.booking is not None
    assert opened.can_be_moved
    journey = BookingJourney(kiosk.actions, Drafts(), VISIT)
    assert journey.start_move(opened.booking)
    journey.choose_hour(slot_id)
    journey.go_on()
    if journey.step == steps.WISHES:
        journey.go_on()
    assert journey.step == steps.CONTACT, "subject and needs stay"
    journey.choose_contact(steps.NO_CONTACT)
    journey.go_on()
    done = journey.ask("fr")
    assert done is not None
    return done


def test_a_sure_new_hour_replaces_the_old_one_at_once_without_a_network(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    kiosk.granted(OTHER_SLOT, SOON + 2, number=2)
    hub.cut = True
    first = kiosk.actions.book(SLOT, contact={}, language="fr", needs=("lsf",))
    search = ReferenceSearch(kiosk.actions, Drafts())
    assert search.search(first.reference) is None
    done = moved(kiosk, search, OTHER_SLOT)
    written = fields_of(kiosk, done.id)
    assert (written.moved_from, written.needs, written.state) == (first.id, ["lsf"], "guaranteed")
    after = search.opened()
    assert after is not None
    assert after.answer is not None
    assert (after.id, after.moved, after.answer.state) == (done.id, True, "guaranteed")
    assert done.moving is not None
    assert done.moving.keeps == "hour"


def test_a_new_hour_that_is_cancelled_does_not_bring_the_old_one_back(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    kiosk.granted(OTHER_SLOT, SOON + 2, number=2)
    hub.cut = True
    first = kiosk.actions.book(SLOT, contact={}, language="fr")
    search = ReferenceSearch(kiosk.actions, Drafts())
    assert search.search(first.reference) is None
    done = moved(kiosk, search, OTHER_SLOT)
    assert search.act("cancel") == ""
    for cut in (True, False):
        hub.cut = cut
        kiosk.round()
        kiosk.round()
        after = search.opened()
        assert after is not None
        assert after.answer is not None
        assert (after.id, after.answer.state, after.holds_a_place) == (done.id, "cancelled", False)
    assert fields_of(kiosk, first.id).state == "moved", "the hub frees both"


def test_a_change_that_is_only_asked_for_keeps_the_old_hour(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    hub.open_slot(OTHER_SLOT, SOON + 2)
    kiosk.round()
    hub.cut = True
    first = kiosk.actions.book(SLOT, contact={}, language="fr")
    search = ReferenceSearch(kiosk.actions, Drafts())
    assert search.search(first.reference) is None
    done = moved(kiosk, search, OTHER_SLOT)
    after = search.opened()
    assert after is not None
    assert after.answer is not None
    assert after.asked is not None
    assert (after.id, after.moved, after.answer.state) == (first.id, False, "guaranteed")
    assert (after.asked.booking.id, after.can_be_moved) == (done.id, False)


def test_what_was_typed_for_a_booking_is_taken_back_and_the_booking_is_cancelled(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    hub.cut = True
    booked = kiosk.actions.book(SLOT, contact={"prenom": "Awa"}, language="fr")
    search = ReferenceSearch(kiosk.actions, Drafts())
    assert search.search(booked.reference) is None
    assert search.act("take_back") == ""
    after = search.opened()
    assert after is not None
    assert after.answer is not None
    assert (after.answer.state, after.taken_back, after.can_be_taken_back) == ("cancelled", True, False)


def test_who_reads_that_the_hour_was_withdrawn_is_told(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    booked = kiosk.actions.book(SLOT, contact={}, language="fr")
    kiosk.round()
    hub.write("booking", booked.id, {"state": "withdrawn"})
    kiosk.round()
    search = ReferenceSearch(kiosk.actions, Drafts())
    assert search.search(booked.reference) is None
    assert fields_of(kiosk, booked.id).told_at is None
    search.told()
    assert fields_of(kiosk, booked.id).told_at is not None
