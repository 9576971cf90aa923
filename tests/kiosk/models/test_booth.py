"""In the booth: one state at every instant, a link asked for late, a call that ends before the next person's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kiosk import moments
from kiosk.models.booth import (
    DOOR,
    ENTERABLE,
    ENTRY,
    FRANCE_TRAVAIL,
    HERE,
    NO_ROOM,
    WORTH_ANOTHER_TRY,
    BoothVisit,
    call_until,
    is_door_open,
    state_of,
)
from kiosk.views import BookingView, NetworkView, SlotView
from kiosk.visit import Drafts, Wish
from kiosk.words.booth import WORDS
from sync.errors import HubUnreachable, NoRoom
from sync.promise import BOOKING_STATES, LIVE, MOVED, PLACED, SEATS
from sync.replica.asking import Room
from tests.kiosk.stand_in import StandInActions

START = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
END = START + timedelta(minutes=30)
LINK = "https://webconf.numerique.gouv.fr/salon-8f2c"
SLOT = SlotView("s1", "suivi", "France Travail", "VISIO", "Salon", START, END)
BOOKING = BookingView(
    id="b1", state="guaranteed", reason="suivi", modality="VISIO", created_at=START - timedelta(days=3),
    answered_at=None, declined_because=None, slot=SLOT,
)  # fmt: skip
ALL = {"far", "waiting", "open", "now", "late", "over", "moved", "ended", "asked", "elsewhere", "absent"}


class Terminal(StandInActions):
    """A terminal with one booking, and a hub that tells an address, refuses, or is away."""

    def __init__(self, minutes: float, **more: Any) -> None:
        super().__init__(**more)
        self.at = START + timedelta(minutes=minutes)
        self.found: BookingView | None = BOOKING
        self.others: list[SlotView] = []
        self.link = LINK
        self.fault: Exception | None = None
        self.asked = self.rounds = 0
        self.zone = "Europe/Paris"

    def now(self) -> datetime:
        return self.at

    def site(self) -> Any:
        return replace(super().site(), zone=self.zone)

    def booking(self, record_id: str) -> BookingView | None:
        assert record_id == "b1"
        return self.found

    def slots(self) -> list[SlotView]:
        return self.others

    def sync_soon(self) -> None:
        self.rounds += 1

    def open_room(self, record_id: str) -> Room:
        self.asked += 1
        if self.fault is not None:
            raise self.fault
        return Room(self.link, moments.to_ms(END + timedelta(minutes=60)))


def in_the_booth(terminal: Terminal) -> BoothVisit:
    booth = BoothVisit(terminal, Drafts())  # type: ignore[arg-type]
    booth.come("b1")
    return booth


def gone(minutes: int) -> list[bool]:
    """Which of the five stretches of time hold, so many seconds after the start."""
    at = timedelta(seconds=minutes)
    length = END - START
    return [
        at < -DOOR, -DOOR <= at < -ENTRY, -ENTRY <= at < timedelta(0), timedelta(0) <= at < timedelta(minutes=1),
        timedelta(minutes=1) <= at < length, at >= length,
    ]  # fmt: skip


@given(
    st.integers(-200_000, 200_000), st.sampled_from(sorted(BOOKING_STATES)), st.sampled_from(["VISIO", "PHYSIQUE"]),
    st.sampled_from(["suivi", SEATS]), st.booleans(), st.booleans(),
)  # fmt: skip
@example(-3600, "guaranteed", "VISIO", "suivi", True, True)
@example(-600, "confirmed", "VISIO", "suivi", True, True)
@example(0, "confirmed", "VISIO", "suivi", True, True)
@example(1800, "confirmed", "VISIO", "suivi", True, True)
def test_every_instant_of_every_booking_has_exactly_one_state(
    second: int, state: str, modality: str, reason: str, known: bool, has_slot: bool
) -> None:
    slot = replace(SLOT, modality=modality) if has_slot else None
    booking = replace(BOOKING, state=state, reason=reason, slot=slot) if known else None
    now = START + timedelta(seconds=second)
    found = state_of(booking, now)
    assert found in ALL
    video = booking is not None and slot is not None and modality == "VISIO" and reason != SEATS
    timed = dict(zip(("far", "waiting", "open", "now", "late", "over"), gone(second), strict=True))
    assert sum(timed.values()) == 1
    if video and state in PLACED:
        assert timed[found]
    else:
        assert found not in timed
    if booking is not None and slot is not None:
        assert (found == "moved") == (state == MOVED)
        assert (found == "asked") == (state in LIVE - PLACED)
    assert is_door_open(booking, now) == (found in HERE)


def test_the_link_is_asked_for_ten_minutes_before_and_not_a_second_sooner() -> None:
    terminal = Terminal(-10.1)
    booth = in_the_booth(terminal)
    assert booth.enter(Wish()) == "too_early"
    assert terminal.asked == 0
    assert not booth.entered()
    terminal.at = START - timedelta(minutes=10)
    found = booth.enter(Wish())
    assert isinstance(found, Wish)
    assert (found.link, found.limit_s) == (LINK, (10 + 30 + 60) * 60)
    assert booth.entered()
    assert LINK not in repr(found), "a link in a log lets whoever reads it in"


@pytest.mark.parametrize("because", sorted(NO_ROOM))
def test_every_refusal_of_the_hub_has_its_words_and_asks_for_news(because: str) -> None:
    terminal = Terminal(0)
    terminal.fault = NoRoom(because)
    assert in_the_booth(terminal).enter(Wish()) == because
    assert terminal.rounds == 1
    assert {f"booth.trouble.{because}", f"booth.trouble.{because}_more"} <= WORDS.keys()


def test_a_word_of_a_newer_hub_is_said_as_a_missing_link() -> None:
    terminal = Terminal(0)
    terminal.fault = NoRoom("something_new")
    assert in_the_booth(terminal).enter(Wish()) == "no_address"


def test_without_the_hub_there_is_somebody_to_call() -> None:
    terminal = Terminal(0)
    terminal.fault = HubUnreachable("")
    booth = in_the_booth(terminal)
    assert booth.enter(Wish(link=LINK)) == "offline", "who was not in the call has no link to come back by"
    assert booth.door("fr").phone == FRANCE_TRAVAIL
    terminal.found = replace(BOOKING, slot=replace(SLOT, phone="02 61 00 00 00"))
    assert booth.door("fr").phone == "02 61 00 00 00"
    assert terminal.rounds == 1


def test_who_was_in_the_call_comes_back_into_it_though_the_hub_went_silent() -> None:
    terminal = Terminal(5)
    booth = in_the_booth(terminal)
    first = booth.enter(Wish())
    assert isinstance(first, Wish)
    terminal.fault, terminal.at = HubUnreachable(""), START + timedelta(minutes=35)
    assert (booth.door("fr").state, booth.door("fr").may_return) == ("over", True)
    again = booth.enter(first)
    assert isinstance(again, Wish)
    assert again.link == LINK
    assert booth.enter(Wish(check=True)) == "offline", "the last window was the check: no link is left"
    terminal.at = END + timedelta(minutes=60)
    assert not booth.door("fr").may_return
    assert booth.enter(first) == "over"


def test_a_booking_that_was_withdrawn_meanwhile_opens_nothing() -> None:
    terminal = Terminal(5)
    booth = in_the_booth(terminal)
    first = booth.enter(Wish())
    terminal.found = replace(BOOKING, state="withdrawn")
    assert isinstance(first, Wish)
    assert booth.enter(first) == "no_place"
    assert (booth.door("fr").state, booth.door("fr").may_return) == ("ended", False)


@pytest.mark.parametrize(
    "link", ["https://example.org/salon", "http://webconf.numerique.gouv.fr/x", "http://127.0.0.1:8550/essai", ""]
)
def test_a_link_that_the_content_does_not_allow_is_refused_and_not_told(link: str) -> None:
    terminal = Terminal(0)
    terminal.link = link
    booth = in_the_booth(terminal)
    assert booth.enter(Wish()) == "refused"
    assert not booth.entered()


@given(st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["Salon", "Autre"]), st.booleans()), max_size=5))
def test_the_call_ends_before_the_next_person_and_never_before_its_own_end(after: list[tuple[int, str, bool]]) -> None:
    others = [
        replace(SLOT, id="n", booth=booth, event="atelier" if event else "", starts_at=END + timedelta(minutes=gap))
        for gap, booth, event in after
    ]
    room_until = END + timedelta(minutes=60)
    until = call_until(SLOT, room_until, others)
    assert END <= until <= room_until
    for one in others:
        if one.booth == SLOT.booth and not one.event:
            assert until <= max(END, one.starts_at - timedelta(minutes=5))


@pytest.mark.parametrize(("minutes", "limit_s"), [(-60, 600), (-10, 600), (-5, 300), (-1, 120), (4, 120)])
def test_the_check_is_over_when_the_appointment_begins(minutes: int, limit_s: float) -> None:
    found = in_the_booth(Terminal(minutes)).check(150, contrast=True)
    assert (found.check, found.limit_s, found.text_percent, found.contrast) == (True, limit_s, 150, True)


def test_both_hours_are_said_where_the_clocks_differ() -> None:
    terminal = Terminal(-12, online=False)
    terminal.zone = "Indian/Reunion"
    door = in_the_booth(terminal).door("fr")
    assert (door.hour, door.paris, door.enters) == (
        "17\u00a0h\u00a030",
        "14\u00a0h\u00a030 à Paris",
        "17\u00a0h\u00a020",
    )
    assert (door.minutes, door.online) == (12, False)
    assert isinstance(terminal.network(), NetworkView)


def test_the_countdown_rounds_up_before_and_down_after() -> None:
    found = [in_the_booth(Terminal(minutes)).door("fr").minutes for minutes in (-11.5, -1, -0.1, 0.5, 4.9)]
    assert found == [12, 1, 1, 0, 4]


def test_only_what_may_change_by_itself_offers_another_try() -> None:
    assert {"offline", "failed"} == WORTH_ANOTHER_TRY - NO_ROOM
    assert ENTERABLE < HERE
