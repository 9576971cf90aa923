"""« Écouter » under a finger: it begins, stops, is louder, and says where there is no voice. In this process."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest
from flet_audio import Audio

from kiosk.models.aloud import clean
from kiosk.parts import speaker
from kiosk.screens.stage import Stage
from kiosk.speech import SpeechFailed
from kiosk.tokens import Look
from kiosk.visit import MENU, Visit
from kiosk.wording import say
from tests.kiosk.in_process import Shown
from tests.kiosk.screens.test_journeys import run
from tests.kiosk.stand_in import StandInActions
from tests.kiosk.voices import Recording

SHORT_S = 0.02
TITLE = "Que voulez-vous faire ?"


@pytest.fixture(autouse=True)
def soon_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no page that tells the end of a sound: it is over soon after its length."""
    monkeypatch.setattr(speaker, "SLACK_S", SHORT_S)
    monkeypatch.setattr(speaker, "BEGUN_S", SHORT_S)


def a_visit(voice: Any, language: str = "fr", **more: Any) -> Visit:
    visit = Visit(Look(1080, 1920), voice=voice, **more)
    visit.go(MENU)
    visit.speak(language)
    visit.first_tap = lambda control: True  # type: ignore[method-assign]
    return visit


async def until(shown: Shown, true: Any) -> None:
    for _ in range(300):
        await shown.settle()
        if true():
            return
        await asyncio.sleep(0.01)
    raise AssertionError(shown.words())


def faces(shown: Shown) -> str:
    return " ".join(shown.touchables())


def plain(words: str) -> str:
    return words.replace("\u00a0", " ")


def volumes(shown: Shown) -> list[float]:
    return [one.volume for one in shown.page._services._services if isinstance(one, Audio)]


def test_the_dock_reads_the_screen_to_its_end_and_offers_to_listen_again() -> None:
    async def scenario() -> None:
        voice = Recording(SHORT_S)
        visit = a_visit(voice)
        async with Shown(Stage, visit, StandInActions()) as shown:
            await shown.tap("Écouter")
            await until(shown, lambda: voice.said and not visit.hearing.reading)
            assert plain(voice.said[0]) == TITLE
            assert plain(voice.said[-1]) == "Bouton : J’ai déjà un code."
            assert "Écouter" in faces(shown)
            assert volumes(shown) == []

    run(scenario())


def test_stop_stops_and_a_touch_elsewhere_too_while_the_button_stays_for_a_moment() -> None:
    async def scenario() -> None:
        voice = Recording(10)
        visit = a_visit(voice)
        async with Shown(Stage, visit, StandInActions()) as shown:
            await shown.tap("Écouter")
            await until(shown, lambda: "Arrêter" in faces(shown))
            await shown.tap("Arrêter")
            assert not visit.hearing.reading
            assert "Arrêter" not in faces(shown)
            await shown.tap("Écouter")
            await until(shown, lambda: "Arrêter" in faces(shown))
            said = len(voice.said)
            visit.hearing.hush(time.time())
            await shown.settle()
            assert "Arrêter" in faces(shown), "the finger may be on it"
            await until(shown, lambda: "Arrêter" not in faces(shown))
            assert not visit.hearing.reading
            assert len(voice.said) == said

    run(scenario())


def test_louder_and_softer_say_the_interrupted_stretch_again() -> None:
    async def scenario() -> None:
        voice = Recording(10)
        visit = a_visit(voice)
        async with Shown(Stage, visit, StandInActions()) as shown:
            await shown.tap("Écouter")
            await until(shown, lambda: "Plus fort" in faces(shown))
            first = volumes(shown)
            visit.hearing.hush(time.time())
            await shown.tap("Plus fort")
            await until(shown, lambda: volumes(shown) and volumes(shown) != first)
            assert (first, volumes(shown)) == ([pytest.approx(0.251, abs=0.01)], [1.0])
            await until(shown, lambda: voice.said.count(voice.said[0]) == 2)
            await asyncio.sleep(speaker.GRACE_S)
            await shown.settle()
            assert visit.hearing.reading, "the touch of the button was no stop"
            visit.wipe()

    run(scenario())


def test_a_choice_is_read_by_its_own_button_and_not_chosen() -> None:
    async def scenario() -> None:
        voice = Recording(SHORT_S)
        visit = a_visit(voice)
        visit.open_sheet("text")
        async with Shown(Stage, visit, StandInActions()) as shown:
            buttons = [one for face, one in shown.touchables().items() if face == chr(0xE44A)]
            assert buttons, list(shown.touchables())
            await shown.session.dispatch_event(buttons[-1]._i, "click", None)
            await until(shown, lambda: voice.said and not visit.hearing.reading)
            assert [plain(one) for one in voice.said] in ([["Très grande. 200 %."], ["Normale. 100 %. Choisi."]])
            assert visit.look.text_percent == 100

    run(scenario())


@pytest.mark.parametrize("language", ["ar", "fa"])
def test_a_language_without_a_voice_is_told_so_and_may_be_listened_to_in_french(language: str) -> None:
    async def scenario() -> None:
        voice = Recording(SHORT_S)
        visit = a_visit(voice, language)
        async with Shown(Stage, visit, StandInActions()) as shown:
            assert not any(face == chr(0xE44A) for face in shown.touchables()), "no choice offers what cannot be"
            await shown.tap(say("speech.listen", language))
            assert visit.sheet == "voice"
            assert voice.said == []
            assert say("speech.none.title", language) in shown.words()
            assert "Pas de voix dans cette langue" in shown.words()
            assert say("home.talk", language) in shown.words()
            await shown.tap(say("speech.none.french", language))
            await until(shown, lambda: voice.said and not visit.hearing.reading)
            assert plain(voice.said[0]) == TITLE
            assert {spoken for _, spoken in voice.heard} == {"fr-simple"}
            voice.heard.clear()
            await shown.tap(say("speech.listen", language))
            await until(shown, lambda: voice.said and not visit.hearing.reading)
            assert visit.sheet is None, "asked once a visit"

    run(scenario())


@pytest.mark.parametrize("voice", [None, Recording(languages=())])
def test_a_terminal_without_any_voice_says_so(voice: Any) -> None:
    async def scenario() -> None:
        visit = a_visit(voice)
        async with Shown(Stage, visit, StandInActions()) as shown:
            await shown.tap("Écouter")
            assert "Pas de voix sur cette borne" in shown.words()
            assert "Écouter en français" not in shown.words()

    run(scenario())


@pytest.mark.parametrize("listened", [True, False])
def test_who_has_listened_hears_the_warning_and_is_not_kept_by_it(
    listened: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.parts.listening.AFTER_TONE_S", SHORT_S)

    async def scenario() -> None:
        voice, now = Recording(60), {"s": 0.0}
        visit = a_visit(voice, now=lambda: now["s"])
        async with Shown(Stage, visit, StandInActions()) as shown:
            if listened:
                await shown.tap("Écouter")
                await until(shown, lambda: "Arrêter" in faces(shown))
                await shown.tap("Arrêter")
                voice.heard.clear()
            now["s"] = 185.0 if listened else 65.0
            visit.tick()
            await until(shown, lambda: "Êtes-vous toujours là" in plain(shown.words()))
            await asyncio.sleep(0.2)
            await shown.settle()
            assert [plain(one) for one in voice.said[:1]] == (["Êtes-vous toujours là ?"] if listened else [])
            assert visit.warned
            now["s"] += 20.0
            visit.tick()
            assert visit.over

    run(scenario())


def test_nothing_is_read_once_a_visit_is_over_but_its_goodbye() -> None:
    async def scenario() -> None:
        voice = Recording(10)
        visit = a_visit(voice, ask_s=20)
        visit.go("/delai")
        visit.go(MENU)
        async with Shown(Stage, visit, StandInActions()) as shown:
            await shown.tap("Écouter")
            await until(shown, lambda: "Arrêter" in faces(shown))
            voice.heard.clear()
            visit.end()
            await until(shown, lambda: voice.said)
            assert plain(voice.said[0]) == "Au revoir."
            assert all(clean(one) for one in voice.said)
            visit.say_opinion(None)
            said = len(voice.said)
            await asyncio.sleep(0.1)
            await shown.settle()
            assert len(voice.said) == said
            assert volumes(shown) == []

    run(scenario())


class Hoarse(Recording):
    """A voice that fails."""

    def wav(self, text: str, language: str = "fr", *, slow: bool = False) -> bytes:
        """See ``kiosk.speech.Voice``."""
        raise SpeechFailed


def test_a_voice_that_fails_says_that_nothing_can_be_read() -> None:
    async def scenario() -> None:
        visit = a_visit(Hoarse())
        async with Shown(Stage, visit, StandInActions()) as shown:
            await shown.tap("Écouter")
            await until(shown, lambda: "Pas de voix sur cette borne" in shown.words())

    run(scenario())
