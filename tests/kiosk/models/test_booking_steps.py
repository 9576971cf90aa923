"""Asking for an appointment, step by step, on a real terminal and the shipped hub."""

from __future__ import annotations

import pytest

from kiosk.models import booking_steps as steps
from kiosk.models.answers import AnswerError
from kiosk.models.booking_slip import make_paper
from kiosk.models.booking_steps import BookingJourney
from kiosk.models.reference import ReferenceSearch
from kiosk.visit import Drafts
from sync.claim import make_reference
from sync.errors import InvalidInput
from sync.hub import vault
from sync.records import BookingFields
from tests.kiosk.test_actions import SITE, SLOT, VISIT, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
OTHER_SLOT = SLOT[:-1] + "2"
SOON = 20.0
"""Hours ahead: the hub gives no grant for slots that near, so that these are on request."""
TYPED = ("0692 12 34 56", "Maïwenn")


def to_recap(journey: BookingJourney, slot_id: str = SLOT, how: str = steps.BY_PHONE) -> None:
    journey.choose_reason("suivi")
    journey.go_on()
    journey.choose_hour(slot_id)
    journey.go_on()
    if journey.step == steps.WISHES:
        journey.go_on()
    journey.toggle_need("lsf")
    journey.go_on()
    journey.choose_contact(how)
    journey.go_on()
    if how == steps.BY_PHONE:
        journey.enter(steps.PHONE, "0692123456")
        journey.go_on()
        journey.enter(steps.FIRST_NAME, "Maïwenn")
        journey.go_on()
    assert journey.step == steps.RECAP


def test_online_the_answer_is_there_after_one_round(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, SOON)
    kiosk.round()
    journey = BookingJourney(kiosk.actions, Drafts(), VISIT)
    to_recap(journey)
    done = journey.ask("fr")
    answer = journey.answer()
    assert done is not None
    assert answer is not None
    assert answer.state == "confirmed"
    paper = make_paper(done, answer, journey.site(), "fr", now=journey.now())
    assert (paper.kind, paper.look) == ("Confirmé", "sure")
    assert paper.paris.endswith("à Paris")
    assert paper.qr_png is not None
    opened = vault.open_sealed(
        hub.database, hub.home, hub.time(), "booking", SITE, done.id, who="agent", reason=next(iter(vault.REASONS))
    )
    assert opened.answers == {"prenom": "Maïwenn", "telephone": "0692 12 34 56", "courriel": None}


def test_offline_it_is_a_request_and_says_so_until_the_hub_has_answered(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, SOON)
    kiosk.round()
    hub.cut = True
    kiosk.round()
    journey = BookingJourney(kiosk.actions, Drafts(), VISIT)
    to_recap(journey)
    done = journey.ask("fr")
    answer = journey.answer()
    assert done is not None
    assert answer is not None
    assert (answer.state, answer.look) == ("kept", "wait")
    assert make_paper(done, answer, journey.site(), "fr", now=journey.now()).kind == "Demandé, réponse attendue"
    hub.cut = False
    kiosk.round()
    later = journey.answer()
    assert later is not None
    assert later.state == "confirmed"


def test_for_an_hour_given_to_somebody_else_another_one_is_proposed(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, SOON)
    hub.open_slot(OTHER_SLOT, SOON + 2)
    kiosk.round()
    hub.cut = True
    journey = BookingJourney(kiosk.actions, Drafts(), VISIT)
    to_recap(journey)
    refused = journey.ask("fr")
    assert refused is not None
    hub.give_to_somebody_else(SLOT)
    hub.cut = False
    kiosk.round()
    answer = journey.answer()
    assert answer is not None
    assert answer.state == "alternatives"
    assert [hour.slot_id for hour in journey.proposals()] == [OTHER_SLOT]
    journey.start_again()
    assert journey.step == steps.HOUR
    assert [hour.slot_id for day in journey.offer().days for hour in day.hours] == [OTHER_SLOT]
    journey.choose_hour(OTHER_SLOT)
    journey.go_on()
    assert journey.step == steps.CONTACT, "subject and needs stay"
    journey.choose_contact(steps.NO_CONTACT)
    journey.go_on()
    again = journey.ask("fr")
    assert again is not None
    fields = kiosk.terminal.store.get("booking", again.id)
    assert isinstance(fields, BookingFields)
    assert (fields.moved_from, fields.needs) == (refused.id, ["lsf"])


def test_an_hour_taken_while_the_person_typed_leads_back_to_the_hours(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, SOON)
    hub.open_slot(OTHER_SLOT, SOON + 2)
    kiosk.round()
    journey = BookingJourney(kiosk.actions, Drafts(), VISIT)
    to_recap(journey)
    hub.write("slot", SLOT, {"state": "withdrawn"})
    kiosk.round()
    assert journey.ask("fr") is None
    assert (journey.step, journey.hour_is_gone) == (steps.HOUR, True)
    journey.choose_hour(OTHER_SLOT)
    journey.go_on()
    assert journey.step == steps.RECAP, "nothing that was typed is asked again"
    assert journey.typed(steps.PHONE) == TYPED[0]


def test_a_double_tap_makes_one_booking(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, SOON)
    kiosk.round()
    journey = BookingJourney(kiosk.actions, Drafts(), VISIT)
    to_recap(journey)
    first, second = journey.ask("fr"), journey.ask("fr")
    assert first == second
    assert len(kiosk.terminal.store.list("booking")) == 1


def test_one_visit_asks_once_for_a_subject(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, SOON)
    hub.open_slot(OTHER_SLOT, SOON + 2)
    kiosk.round()
    journey = BookingJourney(kiosk.actions, Drafts(), VISIT)
    to_recap(journey)
    journey.ask("fr")
    journey.start_again()
    journey.choose_hour(OTHER_SLOT)
    assert journey.asked_before()
    with pytest.raises(InvalidInput, match="déjà demandé"):
        journey.ask("fr")


def test_what_was_typed_leaves_the_drafts_when_it_is_sealed_and_the_disk_never_has_it(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, SOON)
    kiosk.round()
    hub.cut = True
    drafts = Drafts()
    journey = BookingJourney(kiosk.actions, drafts, VISIT)
    to_recap(journey)
    assert TYPED[0] in str(drafts.get(steps.DRAFT))
    journey.ask("fr")
    assert not any(typed in str(drafts.get(steps.DRAFT)) for typed in TYPED)
    assert not any(typed in repr(kiosk.terminal.store.list("booking")) for typed in TYPED)
    for file in kiosk.terminal.home.rglob("*"):
        assert not file.is_file() or not any(typed.encode() in file.read_bytes() for typed in TYPED)


def test_wiping_the_visit_forgets_everything(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, SOON)
    kiosk.round()
    drafts = Drafts()
    to_recap(BookingJourney(kiosk.actions, drafts, VISIT))
    drafts.wipe()
    fresh = BookingJourney(kiosk.actions, drafts, VISIT)
    assert (fresh.step, fresh.reason, fresh.typed(steps.PHONE)) == (steps.REASON, None, "")


def test_a_wrong_number_is_refused_without_repeating_it(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    journey = BookingJourney(kiosk.actions, Drafts(), VISIT)
    with pytest.raises(AnswerError) as caught:
        journey.enter(steps.PHONE, "0692 12")
    assert "0692" not in str(caught.value)
    assert journey.typed(steps.PHONE) == ""


def test_changing_one_answer_comes_straight_back_to_the_summary(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, SOON)
    kiosk.round()
    journey = BookingJourney(kiosk.actions, Drafts(), VISIT)
    to_recap(journey)
    journey.edit(steps.NEEDS)
    journey.toggle_need("lsf")
    journey.go_on()
    assert (journey.step, journey.needs) == (steps.RECAP, ())
    journey.edit(steps.CONTACT)
    journey.choose_contact(steps.BY_EMAIL)
    journey.go_on()
    assert journey.step == steps.EMAIL, "an e-mail address is still missing"
    journey.enter(steps.EMAIL, "awa@exemple.fr")
    journey.go_on()
    assert journey.step == steps.RECAP


def test_without_a_contact_nothing_of_it_is_sealed(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, SOON)
    kiosk.round()
    journey = BookingJourney(kiosk.actions, Drafts(), VISIT)
    to_recap(journey, how=steps.NO_CONTACT)
    done = journey.ask("fr-simple")
    assert done is not None
    opened = vault.open_sealed(
        hub.database, hub.home, hub.time(), "booking", SITE, done.id, who="agent", reason=next(iter(vault.REASONS))
    )
    assert opened.answers == {"prenom": None, "telephone": None, "courriel": None}


def test_a_code_opens_the_booking_offline_and_can_cancel_it(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, SOON)
    kiosk.round()
    journey = BookingJourney(kiosk.actions, Drafts(), VISIT)
    to_recap(journey)
    done = journey.ask("fr")
    assert done is not None
    hub.cut = True
    search = ReferenceSearch(kiosk.actions, Drafts())
    assert search.search(done.reference.lower()) is None
    opened = search.opened()
    assert opened is not None
    assert opened.answer is not None
    assert (opened.answer.state, opened.can_be_cancelled) == ("confirmed", True)
    search.cancel()
    after = search.opened()
    assert after is not None
    assert after.answer is not None
    assert (after.answer.state, after.can_be_cancelled) == ("cancelled", False)


def test_five_codes_that_open_nothing_lock_the_search_and_slips_of_the_finger_do_not_count(
    hub: Hub, kiosk: Kiosk
) -> None:
    hub.open_slot(SLOT, SOON)
    kiosk.round()
    journey = BookingJourney(kiosk.actions, Drafts(), VISIT)
    to_recap(journey)
    done = journey.ask("fr")
    assert done is not None
    search = ReferenceSearch(kiosk.actions, Drafts())
    for _ in range(9):
        slip = search.search(done.reference[:-1] + ("2" if done.reference[-1] != "2" else "3"))
        assert slip is not None
        assert slip.key == "reference.wrong_check"
    foreign = [make_reference(999, number, b"another secret").shown for number in range(6)]
    faults = [search.search(code) for code in foreign]
    assert [fault.key for fault in faults if fault] == ["reference.not_found"] * 5 + ["reference.locked"]
    locked = search.search(done.reference)
    assert locked is not None
    assert locked.locked
    hub.time.ms += 16 * 60 * 1000
    assert search.search(done.reference) is None
