"""Which hours may be asked for, and what is said of an asking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.actions import BookingView, DeliveryView, SlotView
from kiosk.models import booking
from kiosk.wording import words
from sync.records.booking import REASONS

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


def slot(number: int, minutes: int, *, reason: str = "dpa", free: bool = True) -> SlotView:
    start = NOW + timedelta(minutes=minutes)
    return SlotView(f"slot-{number}", reason, "FT", "VISIO", "1", start, start + timedelta(minutes=45), free)


slots = st.lists(
    st.builds(
        slot,
        st.integers(0, 10_000),
        st.integers(-3 * 24 * 60, 20 * 24 * 60),
        reason=st.sampled_from(REASONS),
        free=st.booleans(),
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


def test_a_day_with_one_hour_says_it_is_the_last() -> None:
    offer = booking.make_offer([slot(1, 60), slot(2, 24 * 60), slot(3, 25 * 60)], "dpa", now=NOW, zone="Europe/Paris")
    assert [day.state_key for day in offer.days] == ["booking.day.last", "booking.day.asked"]


def test_a_day_whose_hours_are_all_taken_is_full() -> None:
    offer = booking.make_offer([slot(1, 60, free=False)], "dpa", now=NOW, zone="Europe/Paris")
    assert [day.state_key for day in offer.days] == ["booking.day.full"]
    assert offer.empty
    assert offer.first_free_day() is None


def test_both_hours_are_given_in_reunion_and_one_in_metropolitan_france() -> None:
    known = [slot(1, 60)]
    there = booking.make_offer(known, "dpa", now=NOW, zone="Indian/Reunion")
    assert there.zones_differ
    assert (there.days[0].hours[0].words, there.days[0].hours[0].paris) == ("14\u00a0h", "11\u00a0h à Paris")
    here = booking.make_offer(known, "dpa", now=NOW, zone="Europe/Paris")
    assert not here.zones_differ
    assert here.days[0].hours[0].paris is None


def test_a_late_hour_belongs_to_the_day_of_the_site() -> None:
    late = slot(1, 12 * 60)  # 21 h UTC on the 17th is 1 h on the 18th in La Réunion
    offer = booking.make_offer([late], "dpa", now=NOW, zone="Indian/Reunion")
    assert offer.days[0].number == "18"


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
    ],
)
def test_only_the_answer_of_the_hub_makes_an_asking_certain(
    state: str, delivery: str, online: bool | None, said: str
) -> None:
    answer = booking.read_answer(view(state), DeliveryView(delivery, NOW), online=online)
    assert answer.state == said
    assert (answer.look == "sure") == (said == "confirmed")
    assert (answer.icon == "seal-check") == (said == "confirmed")


@given(
    st.sampled_from(("requested", "confirmed", "declined", "cancelled", "withdrawn")),
    st.sampled_from(("waiting", "received", "rejected")),
    st.sampled_from((True, False, None)),
)
def test_an_asking_without_an_answer_is_never_shown_as_sure(state: str, delivery: str, online: bool | None) -> None:
    answer = booking.read_answer(view(state), DeliveryView(delivery), online=online)
    assert (answer.look == "sure") == (state == "confirmed")
    assert f"booking.answer.{answer.state}" in words() or answer.state == "declined"


@pytest.mark.parametrize("because", [*booking.DECLINED_BECAUSE, "something_new", None])
def test_every_refusal_has_its_sentence(because: str | None) -> None:
    assert booking.declined_key(because) in words()


def test_every_subject_and_need_has_its_words() -> None:
    for reason in REASONS:
        assert f"booking.reason.{reason}" in words()
        assert f"booking.reason.more.{reason}" in words()
    for need in booking.NEEDS:
        assert f"booking.need.{need}" in words()
