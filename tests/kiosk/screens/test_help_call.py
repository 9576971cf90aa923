"""A call for help: the flag stands over the screen, keeps what is under it, and never says that somebody comes."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime

import flet as ft
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import chime
from kiosk.screens import PLACES
from kiosk.screens.stage import Stage
from kiosk.silence import MORE_TIME_FACTOR, IdleClock
from kiosk.tokens import Look
from kiosk.visit import ATTRACT, MENU, FrameView, Visit
from kiosk.wording import FRENCH, say, words
from tests.kiosk.flet_harness import Kiosk as Page
from tests.kiosk.test_actions import Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
QUIET_S, WARNING_S = 60.0, 20.0


def drive(visit: Visit, actions: object, act: Callable[[Page], Awaitable[None]], size: tuple[int, int]) -> None:
    async def run() -> None:
        async with Page(Stage, visit, actions, width=size[0], height=size[1]) as page:
            await act(page)
            assert page.line.crashes == []

    asyncio.run(run())


def a_visit(size: tuple[int, int] = (1080, 1920), language: str = "fr") -> Visit:
    visit = Visit(Look(*size), now=lambda: 0.0)
    visit.go(MENU)
    visit.speak(language)
    visit.first_tap = lambda control: True  # type: ignore[method-assign]
    return visit


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (1280, 800)])
@pytest.mark.parametrize("place", [place for place in PLACES if place != ATTRACT])
def test_emergencies_are_one_tap_away_at_every_place_and_under_a_call(
    kiosk: Kiosk, place: str, size: tuple[int, int]
) -> None:
    kiosk.round()
    visit = a_visit(size)
    visit.go(place)

    async def act(page: Page) -> None:
        await page.tap("Aide, urgence")
        assert {"15", "17", "18", "112", "114"} <= set(page.texts())
        await page.tap("Fermer")
        assert visit.place == place
        visit.call_help()
        await page.settle()
        await page.tap("Aide, urgence")
        assert {"15", "17", "18", "112", "114"} <= set(page.texts())
        await page.tap("Fermer")
        assert "Cette personne demande de l’aide" in page.texts()

    drive(visit, kiosk.actions, act, size)


def test_emergencies_are_one_tap_away_before_any_touch_and_under_the_warning(kiosk: Kiosk) -> None:
    kiosk.round()
    time = {"now": 0.0}
    visit = Visit(Look(1080, 1920), now=lambda: time["now"])

    async def act(page: Page) -> None:
        assert page.button("Aide, urgence")
        visit.go(MENU)
        time["now"] = QUIET_S + 1
        visit.tick()
        await page.settle()
        assert "Êtes-vous toujours là\u00a0?" in page.texts()
        assert page.button("Aide, urgence")

    drive(visit, kiosk.actions, act, (1080, 1920))


@pytest.mark.parametrize("size", [(1080, 1920), (1280, 800)])
def test_the_goodbye_says_whom_to_call_in_an_emergency(kiosk: Kiosk, size: tuple[int, int]) -> None:
    visit = Visit(Look(*size), now=lambda: 0.0, ask_s=12.0)
    visit.go("/contrat")

    async def act(page: Page) -> None:
        visit.end()
        await page.settle()
        said = " ".join(page.texts())
        assert "Comment s’est passée votre visite" in said
        assert "112" in said
        assert "114" in said

    drive(visit, kiosk.actions, act, size)


@pytest.mark.parametrize("language", FRENCH)
def test_i_have_not_understood_rings_shows_the_flag_and_keeps_the_page(kiosk: Kiosk, language: str) -> None:
    kiosk.round()
    visit = a_visit(language=language)
    visit.go("/contrat")

    async def act(page: Page) -> None:
        before = page.texts()
        await page.tap("Je n’ai pas compris")
        await page.tap("Appeler de l’aide, ici")
        said = page.texts()
        assert "Cette personne demande de l’aide" in said
        assert "play" in page.line.calls
        whole = " ".join(said)
        assert not any(word in whole for word in ("arrive", "vient", "contrat", "Contrat"))
        await page.tap("J’ai trouvé quelqu’un")
        assert page.texts() == before

    drive(visit, kiosk.actions, act, (1080, 1920))


def test_the_room_reads_the_flag_in_french_whatever_the_visitor_reads() -> None:
    visit = a_visit(language="ar")
    visit.show(FrameView(terminal_no=7))

    async def act(page: Page) -> None:
        visit.call_help()
        await page.settle()
        flag = [control for control in page.controls() if isinstance(control, ft.Text)]
        largest = max((one for one in flag if one.value and one.value[0].isalpha()), key=lambda one: one.style.size)
        assert largest.value == "Cette personne demande de l’aide"
        assert str(say("call.asks", "ar")) in page.texts(), "and the visitor what it says"
        assert any("Borne\u00a07" in words for words in page.texts())

    drive(visit, object(), act, (1080, 1920))


def test_only_what_a_named_person_said_is_said_and_when() -> None:
    visit = a_visit()
    visit.show(FrameView(terminal_no=7))

    async def act(page: Page) -> None:
        visit.call_help()
        await page.settle()
        assert "Borne\u00a07" in page.texts()
        assert "Personne n’a encore répondu." in page.texts()
        visit.show(replace(visit.frame, answer="seen", answered_at=datetime(2026, 11, 23, 13, 32, tzinfo=UTC)))
        await page.settle()
        assert "Votre appel est vu depuis 14\u00a0h\u00a032." in page.texts()
        visit.show(replace(visit.frame, answer="coming", answered_at=datetime(2026, 11, 23, 13, 33, tzinfo=UTC)))
        await page.settle()
        assert any("Quelqu’un arrive" in words and "14\u00a0h\u00a033" in words for words in page.texts())

    drive(visit, object(), act, (1080, 1920))


def test_no_other_sentence_of_the_kiosk_says_that_somebody_comes() -> None:
    saying = {
        key for key, said in words().items() for sentence in said.values()
        if "quelqu’un arrive" in sentence.lower() or "quelqu’un vient" in sentence.lower()
    }  # fmt: skip
    assert saying == {"call.coming"}


def test_a_hammered_button_rings_once_and_calls_once() -> None:
    time = {"now": 100.0}
    visit = Visit(now=lambda: time["now"])
    told: list[bool] = []
    visit.watch("call", lambda: told.append(visit.calling))
    rung = 0
    for _ in range(50):
        visit.call_help()
        rung += visit.ringing.may_ring()
        time["now"] += 0.1
    assert (told, rung) == ([True], 1)


def test_a_call_on_the_first_screen_begins_a_visit_that_ends_by_itself() -> None:
    time = {"now": 0.0}
    visit = Visit(quiet_s=QUIET_S, warning_s=WARNING_S, now=lambda: time["now"])
    visit.call_help()
    for _ in range(int(QUIET_S * MORE_TIME_FACTOR + WARNING_S) + 2):
        time["now"] += 1
        visit.tick()
    assert visit.over
    assert not visit.calling


STEPS = st.lists(
    st.tuples(st.sampled_from(["touch", "call", "found", "yes", "more", "nothing"]), st.integers(1, 90)), max_size=40
)


@given(STEPS)
def test_no_visit_ends_without_its_whole_warning_and_none_outlives_its_limit(steps: list[tuple[str, int]]) -> None:
    time = {"now": 0.0}
    clock = IdleClock(QUIET_S, WARNING_S, lambda: time["now"])
    warned_s, silent_s = 0, 0
    for what, seconds in steps:
        {
            "touch": clock.touch, "call": lambda: clock.wait(True), "found": lambda: clock.wait(False),
            "yes": clock.resume, "more": lambda: clock.resume(more_time=True), "nothing": lambda: None,
        }[what]()  # fmt: skip
        if what in ("yes", "more", "call", "found") or (what == "touch" and not warned_s):  # each a touch of somebody
            silent_s = 0
        for _ in range(seconds):
            left = clock.seconds_left()
            warned_s = 0 if left is None else warned_s + 1
            if left == 0:
                assert warned_s > WARNING_S, "the whole warning was seen first"
                return
            time["now"] += 1
            silent_s += 1
            assert silent_s <= QUIET_S * MORE_TIME_FACTOR + WARNING_S + 1


def test_the_chime_is_two_soft_seconds_of_sound() -> None:
    with wave.open(io.BytesIO(chime.wav())) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        assert file.getnframes() / file.getframerate() == chime.WHOLE_S
        samples = memoryview(file.readframes(file.getnframes())).cast("h")
    assert 9_000 < max(samples) < 32_767, "heard, and never cut off"
