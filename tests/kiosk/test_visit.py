"""The visit: its wishes, its drafts, its inactivity clock and its wipe."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from kiosk.silence import SLOW_FACTOR, IdleClock
from kiosk.visit import MENU, FrameView, Visit


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ended() -> list[str]:
    return []


@pytest.fixture
def visit(clock: Clock, ended: list[str]) -> Visit:
    return Visit(now=clock, on_end=lambda: ended.append("end"))


def test_a_draft_is_read_again_and_is_not_kept_in_clear(visit: Visit) -> None:
    visit.drafts.put("registration", {"name": "Lefèvre-N’Diaye"})
    assert visit.drafts.get("registration") == {"name": "Lefèvre-N’Diaye"}
    kept = visit.drafts._sealed["registration"]
    assert "Lefèvre".encode() not in kept
    assert json.dumps("Lefèvre").encode().strip(b'"') not in kept


def test_a_draft_cannot_be_moved_under_another_name(visit: Visit) -> None:
    visit.drafts.put("registration", {"name": "A"})
    visit.drafts._sealed["booking"] = visit.drafts._sealed["registration"]
    with pytest.raises(Exception, match=r".*"):
        visit.drafts.get("booking")


def test_after_the_end_nothing_of_the_visit_is_left(visit: Visit, ended: list[str]) -> None:
    key = visit.drafts._key
    visit.go("/inscription")
    visit.drafts.put("registration", {"name": "A"})
    visit.speak("fr-simple")
    visit.end()
    visit.end()
    assert ended == ["end"]
    assert not key
    assert visit.drafts.get("registration") is None
    visit.drafts.put("registration", {"name": "B"})
    assert visit.drafts.get("registration") is None
    assert (visit.place, visit.language, visit.sheet) == ("/", "fr", None)
    visit.go(MENU)
    assert visit.place == "/"


def test_a_silence_of_sixty_seconds_warns_and_twenty_more_end_the_visit(
    visit: Visit, clock: Clock, ended: list[str]
) -> None:
    visit.go(MENU)
    clock.now_s += 59
    visit.tick()
    assert not visit.covered
    clock.now_s += 1
    visit.tick()
    assert visit.covered
    assert visit.idle.seconds_left() == 20
    clock.now_s += 19
    visit.tick()
    assert ended == []
    clock.now_s += 1
    visit.tick()
    assert ended == ["end"]


def test_a_touch_puts_the_warning_off_but_does_not_answer_it(visit: Visit, clock: Clock) -> None:
    visit.go(MENU)
    clock.now_s += 50
    visit.touch()
    clock.now_s += 50
    assert visit.idle.seconds_left() is None
    clock.now_s += 15
    visit.touch()
    assert visit.idle.seconds_left() == 15
    visit.answer_warning()
    assert visit.idle.seconds_left() is None


def test_more_time_makes_the_next_silence_five_times_as_long(clock: Clock) -> None:
    idle = IdleClock(60, 20, clock)
    clock.now_s += 70
    idle.resume(more_time=True)
    clock.now_s += 299
    assert idle.seconds_left() is None
    clock.now_s += 1
    assert idle.seconds_left() == 20


def test_nobody_is_warned_on_the_attract_screen(visit: Visit, clock: Clock, ended: list[str]) -> None:
    clock.now_s += 10_000
    visit.tick()
    assert not visit.covered
    visit.go(MENU)
    assert visit.idle.seconds_left() is None
    assert ended == []


def test_a_contrast_left_on_the_attract_screen_ends_by_itself(visit: Visit, clock: Clock, ended: list[str]) -> None:
    visit.toggle_contrast()
    clock.now_s += 60 * SLOW_FACTOR + 20
    visit.tick()
    assert ended == ["end"]


def test_a_double_tap_counts_once_and_two_taps_count_twice(visit: Visit, clock: Clock) -> None:
    assert visit.first_tap("primary:Continuer")
    clock.now_s += 0.2
    assert not visit.first_tap("primary:Continuer")
    assert visit.first_tap("second:Retour")
    clock.now_s += 1
    assert visit.first_tap("second:Retour")


def test_a_tick_that_changes_nothing_draws_nothing(visit: Visit) -> None:
    drawn: list[int] = []
    visit.watch("frame", lambda: drawn.append(1))
    at = datetime(2026, 11, 23, 9, 42, tzinfo=UTC)
    visit.show(FrameView(now=at))
    visit.show(FrameView(now=at))
    assert drawn == [1]


def test_what_covers_the_screen_is_told_once(visit: Visit) -> None:
    told: list[bool] = []
    visit.go(MENU)
    visit.watch("cover", lambda: told.append(visit.covered))
    visit.open_sheet("help")
    visit.open_sheet("text")
    visit.open_sheet(None)
    assert told == [True, False]


def test_an_incident_is_left_by_going_back_to_the_menu(visit: Visit) -> None:
    visit.go("/inscription")
    visit.report("a1b2c3")
    assert visit.covered
    visit.recover()
    assert not visit.covered
    assert visit.place == MENU


@pytest.mark.parametrize("choose", [
    lambda visit: visit.speak("ar"), lambda visit: visit.set_text(200),
    lambda visit: visit.toggle_contrast(), lambda visit: visit.toggle_low(),
], ids=["language", "text", "contrast", "low"])  # fmt: skip
def test_what_is_chosen_on_the_first_screen_begins_a_visit_and_is_undone_with_it(
    visit: Visit, choose: Callable[[Visit], None]
) -> None:
    as_installed = visit.look
    choose(visit)
    assert visit.started
    assert visit.look != as_installed
    visit.end()
    assert (visit.look, visit.language) == (as_installed, "fr")


def test_a_language_that_runs_from_right_to_left_turns_the_screen_and_french_turns_it_back(visit: Visit) -> None:
    visit.speak("fa")
    assert visit.look.rtl
    visit.speak("fr-simple")
    assert not visit.look.rtl


def test_a_language_that_the_kiosk_does_not_speak_changes_nothing(visit: Visit) -> None:
    visit.speak("de")
    assert (visit.language, visit.started) == ("fr", False)
