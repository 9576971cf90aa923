"""Local events: states in words, age of the count, nothing that is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.models import events
from kiosk.models.pages import page_of
from kiosk.views import EventView
from kiosk.wording import words
from sync.records.event import EVENT_STATES, THEMES

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)


def event(
    minutes: int = 60,
    *,
    number: int = 1,
    state: str = "programme",
    seats_left: int | None = 8,
    counted_hours_ago: float | None = 1,
    theme: str = "recrutement",
) -> EventView:
    start = NOW + timedelta(minutes=minutes)
    counted = None if counted_hours_ago is None else NOW - timedelta(hours=counted_hours_ago)
    return EventView(
        f"event-{number}", "Atelier", theme, "", start, start + timedelta(hours=2), "Salle", "", "", "", 12, seats_left,
        counted, state, "",
    )  # fmt: skip


anything = st.lists(
    st.builds(
        event,
        st.integers(-5000, 50_000),
        number=st.integers(0, 99),
        state=st.sampled_from(EVENT_STATES),
        seats_left=st.one_of(st.none(), st.integers(0, 40)),
        counted_hours_ago=st.one_of(st.none(), st.floats(0, 400)),
        theme=st.sampled_from(THEMES),
    ),
    max_size=30,
)


@given(anything, st.sampled_from(("Europe/Paris", "Indian/Reunion")))
def test_an_event_that_is_over_is_never_shown(known: list[EventView], zone: str) -> None:
    cards = events.upcoming(known, "fr", now=NOW, zone=zone)
    assert len(cards) == sum(one.ends_at > NOW for one in known)
    assert [card.date for card in cards] == sorted(card.date for card in cards)


@given(anything)
def test_a_cancelled_or_full_event_never_shows_places(known: list[EventView]) -> None:
    for one in known:
        state = events.state_of(one, NOW)
        if one.state in ("annule", "complet", "reporte") or one.seats_left == 0:
            assert state.places is None
            assert not state.can_come
            assert state.look != "sure"
        assert state.key in words()


@given(anything)
def test_an_old_or_undated_count_is_never_shown_as_sure(known: list[EventView]) -> None:
    for one in known:
        fresh = one.counted_at is not None and NOW - one.counted_at <= events.COUNT_IS_OLD_AFTER
        if not fresh:
            assert events.state_of(one, NOW).look != "sure"


@pytest.mark.parametrize(
    ("given_state", "seats_left", "key"),
    [
        ("annule", 5, "events.state.cancelled"),
        ("reporte", 5, "events.state.postponed"),
        ("complet", 5, "events.state.full"),
        ("programme", 0, "events.state.full"),
        ("programme", 1, "events.state.last"),
        ("programme", None, "events.state.uncounted"),
        ("deplace_en_ligne", 5, "events.state.places"),
    ],
)
def test_the_state_is_in_words(given_state: str, seats_left: int | None, key: str) -> None:
    assert events.state_of(event(state=given_state, seats_left=seats_left), NOW).key == key


def test_a_date_that_does_not_hold_any_more_is_not_called_when() -> None:
    for state, key in (("annule", "when_cancelled"), ("reporte", "when_before"), ("programme", "when")):
        card = events.make_card(event(state=state), "fr", now=NOW, zone="Europe/Paris")
        assert events.when_key(card) == f"events.detail.{key}"
        assert events.when_key(card) in words()


def test_only_an_event_moved_online_names_the_hour_of_paris() -> None:
    online, in_room = (
        events.make_card(event(state=state), "fr", now=NOW, zone="Indian/Reunion")
        for state in ("deplace_en_ligne", "programme")
    )
    assert online.paris == "11\u00a0h à Paris"
    assert in_room.paris is None
    assert in_room.hours == "de 14\u00a0h à 16\u00a0h"


def test_filters_lead_somewhere() -> None:
    cards = events.upcoming(
        [event(number=1, theme="formation"), event(number=2, theme="recrutement")],
        "fr",
        now=NOW,
        zone="Europe/Paris",
    )
    assert events.themes_present(cards) == ("recrutement", "formation")
    assert [card.id for card in events.with_theme(cards, "formation")] == ["event-1"]
    assert len(events.with_theme(cards, None)) == 2
    for theme in THEMES:
        assert f"events.theme.{theme}" in words()


def test_the_next_seven_days_and_what_is_held_from_afar_are_filters_too() -> None:
    week_min = 7 * 24 * 60
    cards = events.upcoming(
        [event(number=1), event(week_min - 24 * 60, number=2, state="deplace_en_ligne"), event(week_min, number=3)],
        "fr", now=NOW, zone="Europe/Paris",
    )  # fmt: skip
    today = NOW.date()
    assert [card.id for card in events.narrowed(cards, {events.WEEK}, today)] == ["event-1", "event-2"]
    assert [card.id for card in events.narrowed(cards, {events.ONLINE}, today)] == ["event-2"]
    assert events.narrowings_present(cards, (), today) == events.NARROWINGS
    assert events.narrowings_present(cards[:1], (), today) == (), "it would leave everything, or nothing"
    for one in events.NARROWINGS:
        assert f"events.narrow.{one}" in words()


@given(anything, st.sets(st.sampled_from(events.NARROWINGS)))
def test_no_filter_that_is_offered_leads_to_an_empty_list(known: list[EventView], touched: set[str]) -> None:
    cards = events.upcoming(known, "fr", now=NOW, zone="Europe/Paris")
    wanted: set[str] = set()
    for one in sorted(touched):
        if one in events.narrowings_present(cards, wanted, NOW.date()):
            wanted.add(one)
            assert events.narrowed(cards, wanted, NOW.date())


def test_the_age_said_is_that_of_the_oldest_count() -> None:
    cards = events.upcoming(
        [event(number=1, counted_hours_ago=2), event(number=2, counted_hours_ago=30)],
        "fr",
        now=NOW,
        zone="Europe/Paris",
    )
    assert events.oldest_count(cards) == NOW - timedelta(hours=30)


@given(st.lists(st.integers(), max_size=40), st.integers(-3, 20), st.integers(1, 9))
def test_pages_show_every_item_once(items: list[int], number: int, size: int) -> None:
    page = page_of(items, number, size)
    assert 0 <= page.number < page.count
    shown: list[int] = []
    for at in range(page.count):
        shown += page_of(items, at, size).items
    assert shown == items
    assert page.has_next == (page.number < page.count - 1)
    if items:
        assert items[page.first - 1 : page.last] == list(page.items)
