"""The stage, the home and the sheets, drawn in-process."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import flet as ft
import pytest

from kiosk.parts.icons import GLYPHS
from kiosk.screens.stage import Stage
from kiosk.visit import CODE, MENU, Visit
from kiosk.web import guard
from kiosk.wording import LANGUAGES, say
from tests.kiosk.flet_harness import Kiosk
from tests.kiosk.sample_screens import TYPED, question
from tests.kiosk.stand_in import StandInActions

Control = TypeVar("Control", bound=ft.BaseControl)


def drive(component: Any, visit: Visit, act: Callable[[Kiosk], Awaitable[None]]) -> None:
    async def run() -> None:
        async with Kiosk(component, visit, StandInActions()) as kiosk:
            await act(kiosk)
            assert kiosk.line.crashes == []

    asyncio.run(run())


def every(kiosk: Kiosk, kind: type[Control]) -> list[Control]:
    return [one for one in kiosk.controls() if isinstance(one, kind)]


def test_touching_the_sun_opens_the_menu_with_four_peers_and_two_exits() -> None:
    async def act(kiosk: Kiosk) -> None:
        await kiosk.tap("Touchez l’écran")
        for words in (
            "Rendez-vous vidéo",
            "Contrat d’engagement",
            "Événements et ateliers",
            "Possible ici, ou ailleurs",
        ):
            assert kiosk.button(words)
        assert kiosk.button("Parler à quelqu’un")
        assert kiosk.button("J’ai déjà un code")

    drive(Stage, Visit(), act)


def test_the_help_gives_the_emergency_numbers_and_closes_on_the_same_screen() -> None:
    visit = Visit()
    visit.go(MENU)

    async def act(kiosk: Kiosk) -> None:
        await kiosk.tap("Aide, urgence")
        assert {"15", "17", "18", "112", "114"} <= set(kiosk.texts())
        assert "Que voulez-vous faire\u00a0?" not in kiosk.texts()
        await kiosk.tap("Fermer")
        assert "Que voulez-vous faire\u00a0?" in kiosk.texts()

    drive(Stage, visit, act)


def test_the_desk_card_never_says_that_somebody_comes() -> None:
    visit = Visit()
    visit.go(MENU)

    async def act(kiosk: Kiosk) -> None:
        await kiosk.tap("Parler à quelqu’un")
        words = " ".join(kiosk.texts())
        assert "La borne sonne" in words
        assert "arrive" not in words
        assert "vient" not in words

    drive(Stage, visit, act)


def test_a_key_of_the_screen_and_a_physical_one_fill_the_same_field() -> None:
    TYPED.clear()

    async def act(kiosk: Kiosk) -> None:
        await kiosk.tap("A")
        await kiosk.type("Aw")
        await kiosk.tap("a")
        assert TYPED["name"].value == "Awa"

    drive(question("name"), Visit(), act)


def test_a_component_that_fails_is_replaced_by_neutral_words_and_logged_without_its_values(
    caplog: pytest.LogCaptureFixture,
) -> None:
    @ft.component
    def Broken(visit: Visit, actions: Any) -> ft.Control:
        raise ValueError("Lefèvre 06 39 98 14 27")

    restore = guard.install(lambda session, reference: None)
    try:
        with caplog.at_level(logging.ERROR):

            async def act(kiosk: Kiosk) -> None:
                assert "incident" in " ".join(kiosk.texts())

            drive(Broken, Visit(), act)
    finally:
        restore()
    assert "ValueError" in caplog.text
    assert "Lefèvre" not in caplog.text


def test_a_change_that_cannot_be_sent_is_an_incident_and_the_rest_of_the_screen_lives_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    told: list[str] = []

    @ft.component
    def Part(visit: Visit, unsendable: bool) -> ft.Control:
        turn, set_turn = ft.use_state(0)
        spoiled: Any = len if unsendable and turn else None  # nothing that a message can hold
        label = "spoil" if unsendable else "count"
        on = ft.Button(content=ft.Text(label), on_click=lambda: set_turn(turn + 1))
        return ft.Column([on, ft.Text(f"{label} {turn}", semantics_label=spoiled)])

    @ft.component
    def Both(visit: Visit, actions: Any) -> ft.Control:
        return ft.Column([Part(visit, True), Part(visit, False)])

    async def act(kiosk: Kiosk) -> None:
        await kiosk.fire(kiosk.button("spoil"), "click")
        await kiosk.fire(kiosk.button("count"), "click")
        assert "count 1" in kiosk.texts()

    restore = guard.install(lambda session, reference: told.append(reference))
    try:
        with caplog.at_level(logging.ERROR):
            drive(Both, Visit(), act)
    finally:
        restore()
    assert len(told) == 1
    assert told[0] in caplog.text


def test_in_another_language_every_line_of_the_menu_has_its_french_under_it() -> None:
    visit = Visit()
    visit.speak("uk")
    visit.go(MENU)

    async def act(kiosk: Kiosk) -> None:
        drawn = {str(one.value): [str(span.text) for span in one.spans or []] for one in every(kiosk, ft.Text)}
        assert drawn["Що ви хочете зробити?"] == ["\nQue voulez-vous faire\u00a0?"]
        for key in ("home.registration", "home.booking", "home.talk", "language.unreviewed"):
            assert drawn[say(key, "uk")] == [f"\n{say(key)}"], key

    drive(Stage, visit, act)


def test_a_screen_in_arabic_is_mirrored_but_for_what_is_typed_and_its_keys() -> None:
    visit = Visit()
    visit.speak("ar")
    visit.go(CODE)

    async def act(kiosk: Kiosk) -> None:
        turned = {id(one) for whole in every(kiosk, ft.Container) if whole.rtl for one in kiosk.controls(whole)}
        words = {str(one.value): id(one) in turned for one in every(kiosk, ft.Text)}
        assert words[say("reference.title", "ar")]
        assert words[say("frame.back", "ar")]
        assert words[LANGUAGES["ar"]]
        assert not words["A"]
        assert all(id(one) not in turned for one in every(kiosk, ft.TextField))
        scales = {str(one.value): one.scale for one in every(kiosk, ft.Text)}
        assert scales[chr(GLYPHS["arrow-left"])] is not None
        assert scales[chr(GLYPHS["wifi-high"])] is None

    drive(Stage, visit, act)


def test_a_lowered_screen_has_a_landscape_above_it_and_the_same_buttons() -> None:
    visit = Visit()
    visit.go(MENU)

    async def act(kiosk: Kiosk) -> None:
        before = {words for words in kiosk.texts() if len(words) > 1}
        await kiosk.tap("Écran bas")
        assert visit.look.lowered
        heights = [one.height for one in every(kiosk, ft.Container) if one.height == 0.4 * 1920]
        assert len(heights) == 1
        for words in ("Rendez-vous vidéo", "Parler à quelqu’un", "J’ai déjà un code", "Aide, urgence", "Terminer"):
            assert kiosk.button(words), words
        assert "Tout est à portée de main. Touchez encore pour remonter." in kiosk.texts()
        await kiosk.tap("Écran bas")
        assert {words for words in kiosk.texts() if len(words) > 1} == before

    drive(Stage, visit, act)
