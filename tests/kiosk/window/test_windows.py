"""A visit and its window: opened, lost, closed, ended; nothing of one visit reaches another."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from kiosk import times
from kiosk.moments import PARIS
from kiosk.show import VisitsHelp, VisitsPaper
from kiosk.visit import MENU, OPEN, OPENING, WINDOW_SHEET, FrameView, Visit, Wish
from kiosk.window.guided import WindowFailed
from kiosk.window.opening import ASKED, FAILED, FINISHED, IDLE, LIMIT, LOST, Call, Opening, Rule
from kiosk.window.windows import Screen, VisitWindows

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OPENED = Opening("https://www.francetravail.fr/", Rule((".francetravail.fr",)), "M’inscrire")


class Glass:
    """Stands for a Chromium: opens, and ends when told or by itself."""

    def __init__(self, on_closed: Callable[[str], None], *, fails: bool = False) -> None:
        self.on_closed, self.fails = on_closed, fails
        self.standing = False
        self.told: list[Call] = []

    def open(self) -> None:
        if self.fails:
            raise WindowFailed("no Chromium")
        self.standing = True

    def close(self, reason: str = ASKED) -> None:
        if self.standing:
            self.standing = False
            self.on_closed(reason)

    def tell_call(self, told: Call) -> None:
        self.told.append(told)


class World:
    """One screen, and visits whose thread is this one: what they are to hear waits until `settle`."""

    def __init__(self) -> None:
        self.glasses: list[Glass] = []
        self.fails = False
        self.now_s = 0.0
        self._heard: list[Callable[[], None]] = []
        self.screen = Screen(self._start, lambda wish, language: OPENED if wish.address else None)

    def _start(self, opening: Opening, on_closed: Callable[[str], None]) -> Glass:
        assert opening is OPENED
        self.glasses.append(Glass(on_closed, fails=self.fails))
        return self.glasses[-1]

    def visit(self) -> Visit:
        windows = VisitWindows(self.screen, self._heard.append)
        made = Visit(windows=windows, now=lambda: self.now_s)
        windows.belong_to(made)
        made.go(MENU)
        return made

    def settle(self) -> None:
        for thread in threading.enumerate():
            if thread.name in ("window-open", "window-close"):
                thread.join(5)
        heard, self._heard[:] = list(self._heard), []
        for act in heard:
            act()

    def standing(self) -> int:
        return sum(glass.standing for glass in self.glasses)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def visit(world: World) -> Visit:
    found = world.visit()
    found.open_window(Wish("inscription"))
    assert (found.window, found.covered, found.headed) == (OPENING, True, False)
    world.settle()
    assert found.window == OPEN
    return found


def test_the_visit_does_not_time_out_while_its_window_lives(world: World, visit: Visit) -> None:
    for _ in range(600):
        world.now_s += 1
        visit.tick()
    assert not visit.over
    assert not visit.warned
    world.glasses[0].close(FINISHED)
    world.settle()
    assert (visit.window, visit.covered, visit.sheet) == ("", False, None)
    world.now_s += 59
    visit.tick()
    assert not visit.warned, "a whole quiet time begins afresh"
    world.now_s += 2
    visit.tick()
    assert visit.warned


@pytest.mark.parametrize("reason", [LOST, LIMIT])
def test_a_window_that_the_person_did_not_close_is_said(world: World, visit: Visit, reason: str) -> None:
    world.glasses[0].close(reason)
    world.settle()
    assert (visit.window, visit.sheet, visit.window_end) == ("", WINDOW_SHEET, reason)
    assert not visit.over


def test_nobody_there_any_more_ends_the_visit(world: World, visit: Visit) -> None:
    world.glasses[0].close(IDLE)
    world.settle()
    assert visit.over


def test_the_end_of_a_visit_closes_its_window_at_once(world: World, visit: Visit) -> None:
    visit.end()
    world.settle()
    assert world.standing() == 0
    assert visit.over


def test_a_visit_that_ends_while_its_window_is_on_the_way_leaves_none(world: World) -> None:
    found = world.visit()
    found.open_window(Wish("inscription"))
    found.end()
    for _ in range(3):
        world.settle()
    assert world.standing() == 0


def test_la_fermer_closes_it_and_the_visit_goes_on(world: World, visit: Visit) -> None:
    visit.close_window()
    world.settle()
    assert world.standing() == 0
    assert (visit.window, visit.over, visit.sheet) == ("", False, None)


def test_another_visit_closes_only_its_own_window_and_takes_the_screen(world: World, visit: Visit) -> None:
    other = world.visit()
    other.end()
    world.settle()
    assert world.standing() == 1, "the end of a visit without a window closes nobody's"
    third = world.visit()
    third.open_window(Wish("inscription"))
    world.settle()
    assert world.standing() == 1
    assert third.window == OPEN
    assert visit.window == ""


@pytest.mark.parametrize("wish", [Wish("inscription"), Wish()])
def test_what_does_not_open_is_said_and_loses_nothing(world: World, wish: Wish) -> None:
    world.fails = True
    found = world.visit()
    found.drafts.put("registration", {"name": "A"})
    found.open_window(wish)
    world.settle()
    assert (found.window, found.sheet, found.window_end) == ("", WINDOW_SHEET, FAILED)
    assert found.drafts.get("registration") == {"name": "A"}


def test_where_there_are_no_windows_nothing_opens() -> None:
    found = Visit()
    found.open_window(Wish("inscription"))
    assert found.window == ""


class Papers:
    """Stands for the count of papers of one visit."""

    def __init__(self) -> None:
        self.printed: list[bytes] = []

    def print_pdf(self, pdf: bytes, title: str) -> bool:
        del title
        self.printed.append(pdf)
        return True


def test_a_page_of_a_window_is_printed_for_its_own_visit_and_for_nobody_once_it_is_closed(world: World) -> None:
    paper = VisitsPaper()
    assert not paper.print_pdf(b"before", "A"), "there is no screen yet"
    paper.screen = world.screen
    first, second = world.visit(), world.visit()
    counts = [Papers(), Papers()]
    for visit, count in zip((first, second), counts, strict=True):
        visit.papers = count  # type: ignore[assignment]
    first.open_window(Wish("inscription"))
    world.settle()
    assert paper.print_pdf(b"hers", "A")
    first.close_window()
    world.settle()
    assert not paper.print_pdf(b"late", "A")
    assert [count.printed for count in counts] == [[b"hers"], []]


def test_a_call_from_the_window_is_the_call_of_its_visit_and_of_nobody_elses(world: World, visit: Visit) -> None:
    helping, other = VisitsHelp(), world.visit()
    helping.call_help(True)
    world.settle()
    assert not visit.calling, "there is no screen yet"
    helping.screen = world.screen
    helping.call_help(True)
    world.settle()
    assert (visit.calling, other.calling) == (True, False)
    helping.call_help(False)
    world.settle()
    assert not visit.calling
    visit.close_window()
    world.settle()
    helping.call_help(True)
    world.settle()
    assert not visit.calling


def test_the_window_hears_what_was_answered_to_its_own_call(world: World, visit: Visit) -> None:
    told = world.glasses[0].told
    visit.show(FrameView(now=NOON))
    assert told == [], "nobody called"
    visit.call_help()
    visit.show(FrameView(now=NOON + timedelta(minutes=1)))
    assert told == [Call(stands=True)], "once for each change"
    visit.show(FrameView(answer="coming", answered_at=NOON))
    visit.end_call()
    visit.call_help()
    assert told[1:] == [Call(stands=True, answer="coming", hour="13\u00a0h"), Call(), Call(stands=True)]


def test_the_hour_of_an_answer_goes_to_the_window_with_its_french(world: World, visit: Visit) -> None:
    visit.speak("en")
    visit.call_help()
    visit.show(FrameView(answer="seen", answered_at=NOON))
    told = world.glasses[0].told[-1]
    assert told == Call(stands=True, answer="seen", hour=str(times.hour(NOON, PARIS, "en")), hour_french="13\u00a0h")
    assert type(told.hour) is str, "it goes on to another process"


def test_a_call_outlives_the_window_and_stands_in_the_next_one_of_its_visit_only(world: World, visit: Visit) -> None:
    visit.call_help()
    visit.show(FrameView(answer="seen", answered_at=NOON))
    world.glasses[0].close(LOST)
    world.settle()
    assert visit.calling
    visit.open_window(Wish("inscription"))
    world.settle()
    assert world.glasses[1].told == [Call(stands=True, answer="seen", hour="13\u00a0h")]
    other = world.visit()
    other.open_window(Wish("inscription"))
    world.settle()
    visit.end_call()
    world.screen.tell_call(visit.windows, Call(stands=True))
    assert world.glasses[2].told == []


def test_nobody_there_any_more_ends_the_call_with_the_visit(world: World, visit: Visit) -> None:
    visit.call_help()
    world.glasses[0].close(IDLE)
    world.settle()
    assert (visit.over, visit.calling) == (True, False)
