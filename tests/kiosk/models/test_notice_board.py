"""The notice board: it turns by the clock alone, shows nothing that is over, and says of when it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.shelf import Shelf
from content.view import ScreenView
from kiosk.models import directory, events, notice_board
from kiosk.models.notice_board import TURN_S, BoardView, board_view
from kiosk.views import EventView, OfferView
from tests.kiosk.models.test_directory import offer
from tests.kiosk.models.test_events import event

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=UTC)
PARIS = "Europe/Paris"


def board(
    announced: list[EventView],
    offers: list[OfferView] | None = None,
    *,
    now: datetime = NOW,
    heard: float | None = 0,
    posters: Sequence[ScreenView] = (),
) -> BoardView:
    return board_view(
        events.upcoming(announced, "fr", now=now, zone=PARIS),
        directory.offer_cards(offers or [], "fr", now=now, zone=PARIS),
        "fr", now=now, zone=PARIS, last_contact=None if heard is None else now - timedelta(hours=heard),
        events_at_once=4, offers_at_once=3, posters=posters,
    )  # fmt: skip


POSTERS = Shelf.open().screens("affiches", "fr")


@given(st.lists(st.integers(-3000, 30_000), max_size=20), st.integers(0, 500), st.integers(0, 3))
def test_nothing_that_is_over_is_shown_and_everything_comes_in_its_turn(
    minutes: list[int], later: int, posted: int
) -> None:
    announced = [event(start, number=number) for number, start in enumerate(minutes)]
    now = NOW + timedelta(seconds=later)
    known = {card.id for card in events.upcoming(announced, "fr", now=now, zone=PARIS)}
    shown: set[str] = set()
    put_up: set[str] = set()
    for turn in range(max(12, 5 * (1 + len(known)))):
        at = now + timedelta(seconds=turn * TURN_S)
        view = board(announced, now=at, posters=POSTERS[:posted])
        put_up |= {view.poster.id} if view.poster is not None else set()
        following = view.following if view.poster is None else ()
        here = {card.id for card in following} | ({view.lead.id} if view.lead else set())
        assert all(one.ends_at > at for one in announced if one.id in here)
        assert len(view.following) <= 4
        shown |= here
    assert put_up == {one.id for one in POSTERS[:posted]}
    still = {card.id for card in events.upcoming(announced, "fr", now=at, zone=PARIS)} if known else set()
    assert still <= shown <= known


def test_an_event_that_one_cannot_go_to_never_leads() -> None:
    announced = [event(60, number=1, state="annule"), event(120, number=2, seats_left=0), event(180, number=3)]
    for turn in range(6):
        view = board(announced, now=NOW + timedelta(seconds=turn * TURN_S))
        assert view.lead is not None
        assert view.lead.id == "event-3"
        assert [card.id for card in view.following] == ["event-1", "event-2"]


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "Aujourd’hui"), (1, "Demain"), (2, "Dans deux jours"), (3, "Dans trois jours"), (4, "Samedi")],
)
def test_how_near_it_is_is_said_in_words(days: int, said: str) -> None:
    assert board([event(days * 24 * 60 + 60)]).lead_when.startswith(said)


def test_the_last_page_is_as_full_as_the_others() -> None:
    announced = [event(60 * n, number=n, state="annule") for n in range(1, 7)]
    pages = [board(announced, now=NOW + timedelta(seconds=turn * TURN_S)).following for turn in range(2)]
    assert [len(page) for page in pages] == [4, 4]
    assert {card.id for page in pages for card in page} == {one.id for one in announced}


def test_two_boards_of_one_room_show_the_same() -> None:
    announced = [event(60 * n, number=n) for n in range(1, 12)]
    offers = [offer(n) for n in range(9)]
    assert board(announced, offers) == board(announced[::-1], offers[::-1])


def test_an_old_offer_is_not_on_the_board() -> None:
    assert board([], [offer(1, published=40, updated=40), offer(2)]).offers[0].id == "o-2"
    assert len(board([], [offer(1, published=40, updated=40), offer(2)]).offers) == 1


@pytest.mark.parametrize(("heard", "old", "said"), [(1, False, "aujourd’hui"), (30, True, "hier"), (None, False, "")])
def test_it_says_of_when_it_is(heard: float | None, old: bool, said: str) -> None:
    view = board([event()], heard=heard)
    assert view.informed_is_old is old
    assert view.informed.startswith(said)


def test_hours_are_short() -> None:
    (card,) = events.upcoming([event(60)], "fr", now=NOW, zone=PARIS)
    assert card.hours_short == "11\u00a0h – 13\u00a0h"
    assert notice_board.turn_of(NOW + timedelta(seconds=TURN_S)) == notice_board.turn_of(NOW) + 1
