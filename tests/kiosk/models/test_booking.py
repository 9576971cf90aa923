"""Which hours may be asked for, and what is said of an asking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.models import booking
from kiosk.models.booking import Answer
from kiosk.models.booking_slip import kind_of, sentence_of
from kiosk.views import BookingView, DeliveryView, SlotView
from kiosk.wording import LANGUAGES, say, words
from sync.promise import BOOKING_STATES, SEATS
from sync.records.booking import REASONS

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


def slot(number: int, minutes: int, *, reason: str = "dpa", free: bool = True, sure: bool = False) -> SlotView:
    start = NOW + timedelta(minutes=minutes)
    end = start + timedelta(minutes=45)
    return SlotView(f"slot-{number}", reason, "FT", "VISIO", "1", start, end, free, free and sure)


slots = st.lists(
    st.builds(
        slot,
        st.integers(0, 10_000),
        st.integers(-3 * 24 * 60, 20 * 24 * 60),
        reason=st.sampled_from(REASONS),
        free=st.booleans(),
        sure=st.booleans(),
    ),
    max_size=60,
    unique_by=lambda one: one.id,
)


@given(slots, st.sampled_from(REASONS), st.sampled_from(("Europe/Paris", "Indian/Reunion")))
def test_never_a_past_or_taken_hour_or_one_of_another_subject_is_offered(
    known: list[SlotView], reason: str, zone: str
) -> None:
    offer = booking.make_offer(known, reason, now=NOW, zone=zone)
    by_id = {one.id: one for one in known}
    for day in offer.days:
        for hour in day.hours:
            origin = by_id[hour.slot_id]
            assert origin.free
            assert origin.starts_at > NOW
            assert origin.reason == reason


@given(slots, st.sampled_from(REASONS))
def test_every_free_hour_to_come_is_offered_once(known: list[SlotView], reason: str) -> None:
    offer = booking.make_offer(known, reason, now=NOW, zone="Europe/Paris")
    offered = [hour.starts_at for day in offer.days for hour in day.hours]
    free = {one.starts_at for one in known if one.free and one.reason == reason and one.starts_at > NOW}
    assert sorted(free) == offered
    count = next(choice.hours for choice in booking.reason_choices(known, now=NOW) if choice.reason == reason)
    assert count == len(offered)


@given(slots, st.sampled_from(REASONS))
def test_days_are_in_order_and_a_full_one_stays_to_be_seen(known: list[SlotView], reason: str) -> None:
    offer = booking.make_offer(known, reason, now=NOW, zone="Europe/Paris")
    dates = [day.date for day in offer.days]
    assert dates == sorted(set(dates))
    for day in offer.days:
        assert day.full == (day.state_key == "booking.day.full")


@given(slots, st.sampled_from(REASONS))
def test_an_hour_is_in_one_group_and_guaranteed_as_soon_as_one_of_its_slots_is(
    known: list[SlotView], reason: str
) -> None:
    offer = booking.make_offer(known, reason, now=NOW, zone="Europe/Paris")
    for day in offer.days:
        assert sorted((*day.guaranteed, *day.requested), key=lambda hour: hour.starts_at) == list(day.hours)
        for hour in day.hours:
            same = [one for one in known if one.free and one.reason == reason and one.starts_at == hour.starts_at]
            assert hour.guaranteed == any(one.guaranteed for one in same)
            assert hour.guaranteed == next(one.guaranteed for one in same if one.id == hour.slot_id)


@given(slots, st.sampled_from(REASONS), st.data())
def test_the_hour_chosen_never_turns_into_another_slot(known: list[SlotView], reason: str, data: st.DataObject) -> None:
    chosen = data.draw(st.sampled_from([one.id for one in known] or [""]))
    offer = booking.make_offer(known, reason, now=NOW, zone="Europe/Paris", chosen=chosen)
    may = any(one.id == chosen and one.free and one.reason == reason and one.starts_at > NOW for one in known)
    assert (offer.hour(chosen) is not None) == may


def test_a_day_says_what_it_has() -> None:
    day = 24 * 60
    known = [
        slot(1, 60, sure=True), slot(2, day), slot(3, 2 * day, sure=True), slot(4, 2 * day + 60),
        slot(5, 3 * day, free=False),
    ]  # fmt: skip
    offer = booking.make_offer(known, "dpa", now=NOW, zone="Europe/Paris")
    assert [day.state_key for day in offer.days] == [
        "booking.day.last", "booking.day.asked", "booking.day.guaranteed", "booking.day.full",
    ]  # fmt: skip
    assert all(day.state_key in words() for day in offer.days)


def test_a_subject_names_the_first_hour_that_is_the_persons_at_once() -> None:
    choices = booking.reason_choices([slot(1, 60), slot(2, 120, sure=True)], now=NOW)
    dpa = next(choice for choice in choices if choice.reason == "dpa")
    assert (dpa.guaranteed, dpa.next_at, dpa.hours) == (True, NOW + timedelta(minutes=120), 2)
    asked = next(choice for choice in booking.reason_choices([slot(1, 60)], now=NOW) if choice.reason == "dpa")
    assert (asked.guaranteed, asked.next_at) == (False, NOW + timedelta(minutes=60))


def test_a_day_whose_hours_are_all_taken_is_full() -> None:
    offer = booking.make_offer([slot(1, 60, free=False)], "dpa", now=NOW, zone="Europe/Paris")
    assert [day.state_key for day in offer.days] == ["booking.day.full"]
    assert offer.empty
    assert offer.first_free_day() is None


def test_both_hours_are_given_in_reunion_and_one_in_metropolitan_france() -> None:
    known = [slot(1, 60)]
    there = booking.make_offer(known, "dpa", now=NOW, zone="Indian/Reunion")
    assert there.zones_differ
    assert (there.days[0].hours[0].words("fr"), there.days[0].hours[0].paris("fr")) == (
        "14\u00a0h",
        "11\u00a0h à Paris",
    )
    here = booking.make_offer(known, "dpa", now=NOW, zone="Europe/Paris")
    assert not here.zones_differ
    assert here.days[0].hours[0].paris("fr") is None


def test_a_late_hour_belongs_to_the_day_of_the_site() -> None:
    late = slot(1, 12 * 60)  # 21 h UTC on the 17th is 1 h on the 18th in La Réunion
    offer = booking.make_offer([late], "dpa", now=NOW, zone="Indian/Reunion")
    assert offer.days[0].number == "18"


def test_of_two_booths_at_one_hour_the_guaranteed_one_is_taken() -> None:
    offer = booking.make_offer([slot(2, 60, sure=True), slot(1, 60)], "dpa", now=NOW, zone="Europe/Paris")
    assert [hour.slot_id for hour in offer.days[0].hours] == ["slot-2"]


def test_two_booths_at_the_same_hour_are_one_hour() -> None:
    offer = booking.make_offer([slot(2, 60), slot(1, 60)], "dpa", now=NOW, zone="Europe/Paris")
    assert [hour.slot_id for hour in offer.days[0].hours] == ["slot-1"]


def view(state: str, because: str | None = None) -> BookingView:
    return BookingView("b", state, "dpa", "VISIO", NOW, NOW if because else None, because, slot(1, 60))


@pytest.mark.parametrize(
    ("state", "delivery", "online", "said"),
    [
        ("requested", "waiting", False, "kept"),
        ("requested", "waiting", None, "kept"),
        ("requested", "waiting", True, "sending"),
        ("requested", "received", True, "asked"),
        ("requested", "received", False, "asked"),
        ("requested", "rejected", True, "rejected"),
        ("confirmed", "received", False, "confirmed"),
        ("declined", "received", True, "declined"),
        ("cancelled", "waiting", False, "cancelled"),
        ("withdrawn", "received", True, "withdrawn"),
        ("guaranteed", "waiting", False, "guaranteed"),
        ("guaranteed", "received", True, "guaranteed"),
        ("guaranteed", "rejected", True, "rejected"),
        ("overruled", "received", True, "overruled"),
    ],
)
def test_only_a_place_in_escrow_or_the_answer_of_the_hub_makes_an_hour_certain(
    state: str, delivery: str, online: bool | None, said: str
) -> None:
    answer = booking.read_answer(view(state), DeliveryView(delivery, NOW), online=online)
    assert answer.state == said
    assert (answer.look == "sure") == (said in ("confirmed", "guaranteed"))
    assert (answer.icon == "seal-check") == (said in ("confirmed", "guaranteed"))


@given(
    st.sampled_from(sorted(BOOKING_STATES)),
    st.sampled_from(("waiting", "received", "rejected")),
    st.sampled_from((True, False, None)),
)
def test_an_asking_without_an_answer_is_never_shown_as_sure(state: str, delivery: str, online: bool | None) -> None:
    answer = booking.read_answer(view(state), DeliveryView(delivery), online=online)
    sure = state == "confirmed" or (state == "guaranteed" and delivery != "rejected")
    assert (answer.look == "sure") == sure
    assert f"booking.answer.{answer.state}" in words() or answer.state == "declined"
    kind = kind_of(answer)
    assert f"booking.kind.{kind}" in words()
    assert f"booking.done.{kind}" in words()


def test_what_waits_and_what_is_certain_share_no_icon_and_no_word() -> None:
    waiting = {Answer(state).icon for state in ("kept", "sending", "asked")}
    assert waiting == {"hourglass-medium", "paper-plane-tilt"}
    assert not waiting & {Answer(state).icon for state in ("guaranteed", "confirmed", "overruled", "declined")}
    for language in LANGUAGES:
        kinds = [
            say(f"booking.kind.{kind}", language) for kind in ("guaranteed", "requested", "confirmed", "overruled")
        ]
        assert len(set(kinds)) == len(kinds)
        assert "éserv" not in say("booking.kind.requested", language) + say("booking.recap.confirm", language)
        assert "emand" not in say("booking.kind.guaranteed", language) + say("booking.recap.book", language)


@pytest.mark.parametrize("because", [*booking.DECLINED_BECAUSE, "something_new", None])
def test_every_refusal_has_its_sentence(because: str | None) -> None:
    assert booking.declined_key(because) in words()


@pytest.mark.parametrize("reason", ["suivi", SEATS])
@pytest.mark.parametrize("because", [*booking.DECLINED_BECAUSE, "something_new", None])
def test_what_is_proposed_instead_says_why_where_the_hub_said_it_and_else_invents_nothing(
    because: str | None, reason: str
) -> None:
    answer = Answer("alternatives", because)
    said = sentence_of(answer, reason, "fr", now=NOW, zone="Europe/Paris")
    gone = sentence_of(answer, reason, "fr", now=NOW, zone="Europe/Paris", proposed=False)
    plain = sentence_of(Answer("alternatives"), reason, "fr", now=NOW, zone="Europe/Paris")
    assert said.endswith(plain)
    assert (len(said) > len(plain)) == (because in booking.DECLINED_BECAUSE)
    assert gone.startswith(said.removesuffix(plain))


def test_every_subject_and_need_has_its_words() -> None:
    for reason in REASONS:
        assert f"booking.reason.{reason}" in words()
        assert f"booking.reason.more.{reason}" in words()
    for need in booking.NEEDS:
        assert f"booking.need.{need}" in words()
