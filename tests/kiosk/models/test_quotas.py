"""An event on site and from afar: what is left of each, which of the two is promised, and what its slip then says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kiosk.models import agenda, booking, quotas
from kiosk.models import booking_steps as steps
from kiosk.models import events as rules
from kiosk.models.booking_kept import Done
from kiosk.models.booking_slip import BookingPaper, make_paper
from kiosk.models.events import EventCard
from kiosk.models.printed import paper_of_state
from kiosk.models.quotas import AFAR, ON_SITE
from kiosk.models.reference import ReferenceSearch
from kiosk.models.seats import AT_ONCE, HAD_ALREADY, LINE, ON_REQUEST, SeatJourney
from kiosk.models.subject import key_of
from kiosk.views import EventView, HeldView
from kiosk.visit import Drafts
from kiosk.wording import words
from sync.agenda import AFAR as AFAR_PLACE
from sync.promise import SEATS
from sync.records import BookingFields
from tests.kiosk.models.test_seats import (
    LONG_AFTER,
    announce,
    cut,
    journey_of,
    opened_of,
    past_first_name,
    seats,
    the_card,
    the_event,
    to_recap,
)
from tests.kiosk.test_actions import OTHER_SLOT, SLOT, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
BOTH = (SLOT, OTHER_SLOT)


def both_ways(
    hub: Hub, kiosk: Kiosk, *, sure: tuple[str, ...] = BOTH, left: tuple[int, int] = (4, 12), **more: object
) -> None:
    """An event on site (``SLOT``) and from afar (``OTHER_SLOT``); a seat of those in ``sure`` is this terminal's."""
    for number, slot_id in enumerate(sure, start=1):
        kiosk.granted(slot_id, number=number)
    for slot_id, modality, count in zip(BOTH, ("PHYSIQUE", "VISIO"), left, strict=True):
        taken = int(slot_id in sure)
        seats(hub, slot_id, modality=modality, capacity=max(1, count + taken), taken=taken if count else 1)
    values: dict[str, object] = {
        "seats": 4, "seats_left": left[0], "remote_seats": 12, "remote_seats_left": left[1],
        "remote_slot_id": OTHER_SLOT,
    }  # fmt: skip
    announce(hub, **{**values, **more})
    kiosk.round()


def parts(kiosk: Kiosk) -> dict[str, EventView]:
    return quotas.parts_of(the_event(kiosk))


def ways(kiosk: Kiosk, journey: SeatJourney) -> dict[str, str]:
    return {way: journey.way_to(part) for way, part in parts(kiosk).items()}


def said(kiosk: Kiosk) -> list[str]:
    card = the_card(kiosk)
    now, zone = kiosk.actions.now(), "Indian/Reunion"
    return [rules.part_words(card, part, "fr", now=now, zone=zone) for part in card.parts]


def signed_up(kiosk: Kiosk, way: str) -> tuple[SeatJourney, Done, BookingPaper]:
    journey = journey_of(kiosk)
    to_recap(journey, parts(kiosk)[way])
    done, answer = journey.ask("fr"), journey.answer()
    assert done is not None
    assert answer is not None
    return journey, done, make_paper(done, answer, journey.site(), "fr", now=journey.now(), event=journey.event())


def test_what_is_left_is_said_of_each_way_with_its_age(hub: Hub, kiosk: Kiosk) -> None:
    both_ways(hub, kiosk)
    assert said(kiosk) == ["Sur place\u00a0: 4 places restantes", "À distance\u00a0: 12 places restantes"]
    card = the_card(kiosk)
    counted = rules.counted_words(card, "fr", now=kiosk.actions.now(), zone="Indian/Reunion")
    assert counted.startswith("Places comptées")
    assert (card.state.places, card.has_seats) == (16, True), "in the list, what is left of both"


@pytest.mark.parametrize(
    ("left", "words", "whole"),
    [
        ((0, 12), ["Sur place\u00a0: complet", "À distance\u00a0: 12 places restantes"], "events.state.places"),
        ((4, 0), ["Sur place\u00a0: 4 places restantes", "À distance\u00a0: complet"], "events.state.places"),
        ((0, 1), ["Sur place\u00a0: complet", "À distance\u00a0: dernière place"], "events.state.last"),
        ((0, 0), ["Sur place\u00a0: complet", "À distance\u00a0: complet"], "events.state.full"),
    ],
)
def test_full_in_one_way_is_not_full_and_full_in_both_is(
    hub: Hub, kiosk: Kiosk, left: tuple[int, int], words: list[str], whole: str
) -> None:
    both_ways(hub, kiosk, sure=(), left=left)
    assert said(kiosk) == words
    assert the_card(kiosk).state.key == whole


@pytest.mark.parametrize("state", ["annule", "reporte", "complet"])
def test_what_stops_an_event_stops_both_ways(hub: Hub, kiosk: Kiosk, state: str) -> None:
    both_ways(hub, kiosk, state=state)
    assert not the_card(kiosk).state.can_come
    assert [part.state.can_come for part in the_card(kiosk).parts] == [False, False]


def test_old_counts_are_old_in_both_ways(hub: Hub, kiosk: Kiosk) -> None:
    both_ways(hub, kiosk, sure=(), counted_at="2026-01-01T00:00:00Z")
    card = the_card(kiosk)
    assert card.count_is_old
    assert [part.state.look for part in card.parts] == ["wait", "wait"]
    assert rules.counted_words(card, "fr", now=kiosk.actions.now(), zone="Indian/Reunion") == "", "each says it itself"


def test_the_filter_from_afar_finds_what_is_given_in_both_ways_and_what_was_moved_on_line(
    hub: Hub, kiosk: Kiosk
) -> None:
    both_ways(hub, kiosk)
    announce(hub, "E2", None)
    announce(hub, "E3", None, state="deplace_en_ligne")
    kiosk.round()
    now = kiosk.actions.now()
    cards = rules.upcoming(kiosk.actions.events(), "fr", now=now, zone="Europe/Paris")
    found = rules.narrowed(cards, {rules.ONLINE}, now.date())
    assert {card.id for card in found} == {"event-e1", "event-e3"}
    assert rules.ONLINE in rules.narrowings_present(cards, (), now.date())


def test_without_a_network_nothing_is_promised_from_afar_though_the_room_is_free(hub: Hub, kiosk: Kiosk) -> None:
    both_ways(hub, kiosk, sure=(SLOT,))
    cut(hub, kiosk)
    assert ways(kiosk, journey_of(kiosk)) == {ON_SITE: AT_ONCE, AFAR: ON_REQUEST}


def test_the_share_from_afar_is_promised_once_and_the_room_stays_as_it_is(hub: Hub, kiosk: Kiosk) -> None:
    both_ways(hub, kiosk)
    cut(hub, kiosk)
    journey, done, _ = signed_up(kiosk, AFAR)
    fields = kiosk.terminal.store.get("booking", done.id)
    assert isinstance(fields, BookingFields)
    assert (fields.state, fields.modality, fields.slot_id) == ("guaranteed", "VISIO", OTHER_SLOT)
    assert set(ways(kiosk, journey).values()) == {HAD_ALREADY}, "one person has one seat of an event"
    next_one = SeatJourney(kiosk.actions, Drafts(), "another visit")
    assert ways(kiosk, next_one) == {ON_SITE: AT_ONCE, AFAR: ON_REQUEST}
    hub.cut = False
    kiosk.round()
    kiosk.round()
    event = the_event(kiosk)
    assert (event.seats_left, event.remote_seats_left) == (4, 12), "its place was counted when it was granted"


def test_a_seat_given_back_is_left_in_its_own_way(hub: Hub, kiosk: Kiosk) -> None:
    both_ways(hub, kiosk, sure=())
    _, done, _ = signed_up(kiosk, AFAR)
    kiosk.round()
    kiosk.round()
    event = the_event(kiosk)
    assert (event.seats_left, event.remote_seats_left) == (4, 11)
    opened_of(kiosk, done.reference).cancel()
    kiosk.round()
    kiosk.round()
    event = the_event(kiosk)
    assert (event.seats_left, event.remote_seats_left) == (4, 12)


def test_the_other_way_chosen_frees_the_seat_that_was_held(hub: Hub, kiosk: Kiosk) -> None:
    both_ways(hub, kiosk)
    journey, event = journey_of(kiosk), the_event(kiosk)
    assert journey.where(event) is None
    for way, slot_id in zip((ON_SITE, AFAR), BOTH, strict=True):
        journey.choose_where(event, way)
        assert (journey.where(event), journey.held()) == (way, None)
        assert journey.sign_up(journey.parts(event)[way])
        held = journey.held()
        assert held is not None
        assert (held.slot.id, journey.is_guaranteed) == (slot_id, True)
        assert journey.go_back()
        assert journey.where(event) == way, "the answer stands while its seat is held"
    journey.back_from_where()
    assert (journey.where(event), journey.held()) == (None, None)


def test_a_seat_from_afar_that_turned_is_told_although_the_room_has_one_at_the_same_hour(
    hub: Hub, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_ways(hub, kiosk)
    cut(hub, kiosk)
    journey, part, hold = journey_of(kiosk), parts(kiosk)[AFAR], kiosk.actions.hold

    def too_late(slot_id: str, visit_key: str) -> HeldView:
        hold(OTHER_SLOT, "another visit")  # between the look and the touch
        return hold(slot_id, visit_key)

    monkeypatch.setattr(kiosk.actions, "hold", too_late)
    assert not journey.sign_up(part)
    assert (journey.turned, journey.hour_is_gone) == (True, False)


@pytest.mark.parametrize(("way", "place"), [(ON_SITE, "Sur place\u00a0: Médiathèque, salle 2"), (AFAR, "À distance")])
def test_the_slip_and_the_state_say_which_way_and_nobody_afar_is_sent_to_a_room(
    hub: Hub, kiosk: Kiosk, way: str, place: str
) -> None:
    both_ways(hub, kiosk)
    _, done, paper = signed_up(kiosk, way)
    assert (paper.place, paper.kind) == (place, "Réservé")
    assert bool(paper.paris) is (way == AFAR), "a screen lives on the clocks of Paris, a room does not"
    comes = [one for one in (paper.sentence, *paper.next_steps) if one.startswith("Venez") or "Venez avec" in one]
    assert bool(comes) is (way == ON_SITE)
    search = opened_of(kiosk, done.reference)
    opened = search.opened()
    assert opened is not None
    assert opened.afar is (way == AFAR)
    sheet = paper_of_state(search, opened, "fr")
    assert place in [fact.value for fact in sheet.facts]
    entry = agenda.entry_of(kiosk.actions, kiosk.actions.booking(done.id), "fr")  # type: ignore[arg-type]
    assert entry is not None
    assert entry.place == (AFAR_PLACE if way == AFAR else "Médiathèque, salle 2")


@pytest.mark.parametrize("full", [ON_SITE, AFAR])
def test_full_in_one_way_is_waited_for_there_or_had_in_the_other(hub: Hub, kiosk: Kiosk, full: str) -> None:
    both_ways(hub, kiosk, sure=(), left=(0, 12) if full == ON_SITE else (4, 0))
    journey, event = journey_of(kiosk), the_event(kiosk)
    other = AFAR if full == ON_SITE else ON_SITE
    assert ways(kiosk, journey) == {full: LINE, other: ON_REQUEST}
    journey.choose_where(event, full)
    journey.join_line(journey.parts(event)[full])
    assert (journey.step, journey.in_line, journey.where(event)) == (steps.CONTACT, True, full)
    journey.choose_contact(steps.NO_CONTACT)
    journey.go_on()
    past_first_name(journey)
    hour = journey.hour(journey.offer())
    assert hour is not None
    assert hour.slot_id == (SLOT if full == ON_SITE else OTHER_SLOT)


def test_the_other_way_of_the_same_hour_is_no_other_date_and_a_later_hour_is(hub: Hub, kiosk: Kiosk) -> None:
    both_ways(hub, kiosk)
    _, done, _ = signed_up(kiosk, AFAR)
    view = kiosk.actions.booking(done.id)
    assert view is not None
    assert not booking.has_other_date(kiosk.actions.slots(), view, now=kiosk.actions.now())
    for end, modality in (("3", "PHYSIQUE"), ("4", "VISIO")):
        seats(hub, SLOT[:-1] + end, LONG_AFTER, modality=modality)
    kiosk.round()
    search = opened_of(kiosk, done.reference)
    opened = search.opened()
    assert opened is not None
    assert opened.can_be_moved
    journey = journey_of(kiosk)
    assert journey.start_move(view)
    offered = [hour.slot_id for day in journey.offer().days for hour in day.hours]
    assert offered == [SLOT[:-1] + "4"], "whoever follows from afar is offered a screen"


def test_an_event_moved_on_line_is_from_afar_for_everybody_and_asks_nothing(hub: Hub, kiosk: Kiosk) -> None:
    both_ways(hub, kiosk, sure=(OTHER_SLOT,), state="deplace_en_ligne", place="Sur internet")
    seats(hub, modality="VISIO", capacity=4)
    kiosk.round()
    card, journey, event = the_card(kiosk), journey_of(kiosk), the_event(kiosk)
    assert (card.parts, card.online, card.state.places) == ((), True, 16)
    part = journey.part(event)
    assert (journey.way_to(part), part.slot_id) == (AT_ONCE, OTHER_SLOT), "what is here before what is asked for"
    to_recap(journey, part)
    done, answer = journey.ask("fr"), journey.answer()
    assert done is not None
    assert answer is not None
    paper = make_paper(done, answer, journey.site(), "fr", now=journey.now(), event=journey.event())
    assert paper.place == "Sur internet"


def test_an_event_without_places_from_afar_is_what_it_was(hub: Hub, kiosk: Kiosk) -> None:
    seats(hub)
    announce(hub)
    kiosk.round()
    card: EventCard = the_card(kiosk)
    assert (card.parts, card.from_afar, parts(kiosk)) == ((), False, {})
    assert journey_of(kiosk).part(the_event(kiosk)) == the_event(kiosk)


def test_the_state_of_a_seat_says_where_by_its_own_slot(hub: Hub, kiosk: Kiosk) -> None:
    both_ways(hub, kiosk)
    search = ReferenceSearch(kiosk.actions, Drafts())
    _, done, _ = signed_up(kiosk, ON_SITE)
    found = search.follow(done.id)
    assert found is not None
    assert not found.afar
    assert kiosk.actions.now() + timedelta(hours=1) < done.starts_at


def test_a_sentence_for_a_seat_from_afar_stands_in_for_one_with_the_same_blanks_and_sends_nobody_anywhere() -> None:
    table = words()
    own = [key for key in table if key.startswith("afar.")]
    assert own
    for key in own:
        instead_of = f"seat.{key.removeprefix('afar.')}"
        assert instead_of in table, key
        assert key_of(key.removeprefix("afar."), SEATS, afar=True) == key
        assert ("{moment}" in table[key]["fr"]) == ("{moment}" in table[instead_of]["fr"]), key
        assert not any("Venez" in said for said in table[key].values()), key
