"""The inactivity clock of a visit, whatever happens in whatever order: never without its warning, always in the end.

Elsewhere this kept coming back for years (docs/sources.md, complaints: five threads of one project), hence properties.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.silence import MORE_TIME_FACTOR, SLOW_FACTOR
from kiosk.visit import BOOKING, MENU, Visit, Wish

QUIET_S, WARNING_S = 60.0, 20.0
LONGEST_S = QUIET_S * MORE_TIME_FACTOR + 2 * WARNING_S  # a call that ends under a warning is followed by a whole one
ACTS = (
    "touch", "yes", "more", "call", "found", "window", "window_over", "place", "sheet", "rests",
    "listen", "heard", "larger", "contrast", "simple", "plain",
)  # fmt: skip
"""What a person may do, or what may happen to their visit; between two acts the clock goes on."""
steps = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 90)), max_size=40)


class NoWindows:
    """Windows that open at once and close when the test says."""

    def open(self, wish: Wish, language: str) -> None:
        """Nothing: the visit is told by the test."""

    def close(self) -> None:
        """Nothing."""


@dataclass
class Room:
    """A visit with its clock, looked at each second as the host does."""

    now_s: float = 1000.0
    warned_s: int = 0
    alive_at: float = 1000.0

    def __post_init__(self) -> None:
        self.visit = Visit(quiet_s=QUIET_S, warning_s=WARNING_S, now=lambda: self.now_s, windows=NoWindows())
        self.visit.go(MENU)

    def does(self, act: str) -> None:
        """One act. What a person touches is a sign of life, but for a touch beside the buttons of the warning."""
        visit, before = self.visit, self.visit.warned
        match act:
            case "touch":
                visit.touch()
            case "yes" | "more" if before:
                visit.answer_warning(more_time=act == "more")
            case "call":
                visit.call_help()
            case "found":
                visit.end_call()
            case "window" if not before:
                visit.open_window(Wish("inscription"))
                visit.window_opened()
            case "window_over":
                visit.window_closed("finished", ends=False, told=False)
            case "place" if not before:
                visit.go(BOOKING)
            case "sheet" if not before:
                visit.open_sheet("help")
            case "listen" | "heard":
                visit.listens(act == "listen")
            case "larger" if not before:
                visit.set_text(200)
            case "contrast" if not before:
                visit.toggle_contrast()
            case "simple" | "plain" if not before:
                visit.speak("fr-simple" if act == "simple" else "fr")
        if act not in ("heard", "rests") and not (act == "touch" and before):
            self.alive_at = self.now_s

    def waits(self, seconds: int) -> None:
        """Seconds pass; the host looks at each one."""
        for _ in range(seconds):
            self.now_s += 1
            was_over, was_warned = self.visit.over, self.visit.warned
            self.visit.tick()
            if self.visit.window:
                self.alive_at = self.now_s
            if self.visit.over and not was_over:
                assert was_warned, "the visit ended without its warning"
                assert self.warned_s >= WARNING_S - 1, "the warning stood for less than it says"
            self.warned_s = self.warned_s + 1 if self.visit.warned else 0


@settings(max_examples=200, deadline=None)
@given(steps)
def test_no_visit_ends_by_silence_but_after_its_whole_warning(done: list[tuple[str, int]]) -> None:
    room = Room()
    for act, seconds in done:
        if not room.visit.over:
            room.does(act)
        room.waits(seconds)


@settings(max_examples=200, deadline=None)
@given(steps)
def test_every_visit_ends_within_its_longest_silence_and_its_warning(done: list[tuple[str, int]]) -> None:
    room = Room()
    for act, seconds in done:
        if not room.visit.over:
            room.does(act)
            assert room.now_s - room.alive_at <= LONGEST_S + 1 or room.visit.over
        room.waits(seconds)
    if room.visit.window:
        room.visit.window_closed("finished", ends=False, told=False)
        room.alive_at = room.now_s
    room.waits(int(LONGEST_S) + 2)
    assert room.visit.over


@settings(max_examples=100, deadline=None)
@given(steps, st.integers(1, 900))
def test_a_visit_never_ends_while_its_window_lives_and_begins_afresh_when_it_closes(
    done: list[tuple[str, int]], open_s: int
) -> None:
    room = Room()
    for act, seconds in done:
        if room.visit.over:
            return
        room.does(act)
        room.waits(seconds % 20)
    if room.visit.over or room.visit.warned:
        return
    room.does("window")
    room.waits(open_s)
    assert not room.visit.over
    assert not room.visit.warned
    room.does("window_over")
    room.waits(int(QUIET_S) - 1)
    assert not room.visit.warned


@given(st.integers(0, 200))
def test_a_hold_is_freed_by_the_end_of_the_visit_and_by_nothing_of_the_clock_before(seconds: int) -> None:
    """An hour that is kept for a person is given up with the visit only, and that is warned of."""
    room, freed = Room(), list[bool]()
    room.visit.go(BOOKING)
    room.visit.watch("place", lambda: freed.append(room.visit.place != BOOKING))
    room.waits(seconds)
    assert any(freed) == room.visit.over
    assert room.visit.over == (seconds >= QUIET_S + WARNING_S)


@pytest.mark.parametrize("act", ["touch", "call", "sheet"])
def test_under_the_warning_only_its_own_buttons_answer(act: str) -> None:
    room = Room()
    room.waits(int(QUIET_S))
    assert room.visit.warned
    room.does(act)
    if act == "call":
        return  # whoever calls for help is there, and waits for somebody else
    assert room.visit.warned


def test_who_is_read_to_is_not_warned_before_the_sound_is_over() -> None:
    """A whole recap takes a minute and a half: longer than the silence that is otherwise given."""
    room = Room()
    room.visit.listens(True)
    room.waits(int(QUIET_S * MORE_TIME_FACTOR) - 1)
    assert not room.visit.warned
    room.visit.listens(False)
    room.waits(int(LONGEST_S))
    assert room.visit.over


@pytest.mark.parametrize("act", ["larger", "contrast", "simple", "listened"])
def test_who_reads_with_effort_or_has_listened_is_given_three_times_the_silence(act: str) -> None:
    room = Room()
    if act == "listened":
        room.visit.listens(True)
        room.visit.listens(False)
    room.does(act)
    room.waits(int(QUIET_S * SLOW_FACTOR) - 1)
    assert not room.visit.warned
    room.waits(1)
    assert room.visit.warned
    room.waits(int(WARNING_S))
    assert room.visit.over


def test_a_choice_that_is_taken_back_gives_no_more_time() -> None:
    room = Room()
    for _ in range(2):
        room.visit.toggle_contrast()
    room.waits(int(QUIET_S))
    assert room.visit.warned
