"""Content in English and Arabic on the screens: its French beside it, its mark; law in simple French until reviewed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flet as ft
import pytest

from content.pack import TRANSLATED as OF_CONTENT
from content.view import ScreenView
from kiosk.models.deadline import FLOW as DEADLINE
from kiosk.parts.origin import marked
from kiosk.screens.concerned import AmIConcerned
from kiosk.screens.contract import Contract
from kiosk.screens.deadline import Deadline
from kiosk.screens.help import HelpSheet
from kiosk.screens.possible import Possible
from kiosk.screens.registration import Registration
from kiosk.screens.window import WindowSheet
from kiosk.shown import screens, shown_address
from kiosk.translations import TRANSLATED
from kiosk.visit import Visit, Wish
from kiosk.wording import FRENCH, say
from tests.kiosk.content_reviewed import BY, reviewed_shelf
from tests.kiosk.in_process import Shown
from tests.kiosk.screens.test_journeys import SIZES, a_visit, run
from tests.kiosk.stand_in import StandInActions
from tests.kiosk.test_actions import Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]
UNREVIEWED = "content.unreviewed"
WITHHELD = ("content.withheld.unreviewed", "content.withheld.more")
both = pytest.mark.parametrize("language", ["en", "ar"])


def in_both(words: str, key: str, language: str, **values: object) -> bool:
    """The sentence is said in the visitor's language and in French."""
    return say(key, language, **values) in words and say(key, "fr", **values) in words


def words_of(view: ScreenView) -> list[str]:
    """Everything of a screen that is drawn as words; an illustration's are those that stand in for it."""
    found = [view.title] if not view.blocks else []
    for block in view.blocks:
        found += [block.text, *block.items, block.detail, block.alt, *(one.text for one in block.legend)]
        found += [block.name] if block.kind == "term" else []
    return [words for words in found if words]


def shown_on(component: Callable[..., Any], visit: Visit, *arguments: Any) -> tuple[str, list[str]]:
    """What can be read on a screen, and what can be touched."""
    found: list[tuple[str, list[str]]] = []

    async def scenario() -> None:
        async with Shown(component, visit, *arguments) as shown:
            found.append((shown.words(), list(shown.touchables())))

    run(scenario())
    return found[0]


def at(place: str, language: str, flow: str = "", opened: str = "", **more: Any) -> Visit:
    visit = a_visit(place, language=language, **more)
    if opened:
        visit.drafts.put(flow, {"opened": opened})
    return visit


def test_content_and_interface_have_the_same_languages() -> None:
    assert OF_CONTENT == TRANSLATED


@both
def test_every_text_that_is_shown_has_its_french_beside_and_its_mark(language: str) -> None:
    actions = StandInActions()
    seen = 0

    @ft.component
    def one(visit: Visit, view: ScreenView) -> ft.Control:
        return ft.Column(marked(visit, view))

    for flow in actions.shelf.flows:
        for view, french in zip(screens(actions, flow, language), screens(actions, flow, "fr"), strict=True):
            words, faces = shown_on(one, a_visit(language=language), view)
            if view.legal:
                assert all(in_both(words, key, language) for key in WITHHELD), view.id
                assert any(say("home.talk", language) in face for face in faces), view.id
                assert say(UNREVIEWED, "fr") not in words
                continue
            seen += 1
            assert in_both(words, UNREVIEWED, language), view.id
            assert [text for text in (*words_of(view), *words_of(french)) if text not in words] == [], view.id
    assert seen > 8


@both
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("text", [100, 200])
def test_the_contract_is_in_simple_french_with_why_and_the_way_to_the_desk(language: str, size: str, text: int) -> None:
    visit = at("/contrat", language, size=size, text=text)
    words, faces = shown_on(Contract, visit, StandInActions())
    simple = StandInActions().shelf.screens("contrat", "fr-simple")[0]
    assert simple.title in words
    assert "Version simplifiée." in words
    assert all(in_both(words, key, language) for key in WITHHELD)
    assert any(say("contract.not_understood", language) in face for face in faces)
    assert not any(say("home.talk", language) in face for face in faces), "one way to a person is enough"
    own = StandInActions().shelf.screens("contrat", language)[0].own_title
    assert own
    assert own not in words


@both
def test_withheld_law_without_a_way_to_a_person_of_its_own_gets_one(language: str) -> None:
    visit = at("/possible", language, "possible", "possible-contrat")

    async def scenario() -> None:
        async with Shown(Possible, visit, StandInActions()) as shown:
            assert all(in_both(shown.words(), key, language) for key in WITHHELD)
            await shown.tap(say("home.talk", language))
            assert visit.sheet == "desk"

    run(scenario())


@both
def test_the_questions_of_here_or_elsewhere_can_be_found_in_ones_language(language: str) -> None:
    actions = StandInActions()
    words, faces = shown_on(Possible, at("/possible", language), actions)
    assert in_both(words, UNREVIEWED, language)
    for view in actions.shelf.screens("possible", language):
        title, french = view.own_title or view.title, view.french.title if view.french else view.title
        assert any(title in face for face in faces), view.id
        assert french in words


@both
def test_the_emergency_numbers_come_before_what_is_to_be_said_of_their_words(language: str) -> None:
    words, _ = shown_on(HelpSheet, at("/menu", language), StandInActions())
    assert in_both(words, UNREVIEWED, language)
    lines = [line.strip("\u200e") for line in words.splitlines()]
    assert max(lines.index(number) for number in ("15", "17", "18", "112", "114")) < lines.index(
        say(UNREVIEWED, language)
    )


@both
def test_the_privacy_notice_is_law_too(kiosk: Kiosk, language: str) -> None:
    words, faces = shown_on(Registration, at("/inscription", language), kiosk.actions)
    assert kiosk.actions.privacy_notice("fr-simple").title in words
    assert all(in_both(words, key, language) for key in WITHHELD)
    assert any(say("home.talk", language) in face for face in faces)


@both
def test_an_answer_about_the_contract_and_the_date_are_withheld(language: str) -> None:
    async def scenario() -> None:
        async with Shown(AmIConcerned, at("/concerne", language), StandInActions()) as shown:
            await shown.tap(say("concerned.registered.no", language))
            assert all(in_both(shown.words(), key, language) for key in WITHHELD)

    run(scenario())
    dated = at("/delai", language)
    dated.drafts.put(DEADLINE, {"letter": "2026-11-10"})
    words, _ = shown_on(Deadline, dated, StandInActions())
    assert all(in_both(words, key, language) for key in WITHHELD)


@both
def test_the_window_says_in_both_what_opens(language: str) -> None:
    actions = StandInActions()
    visit = at("/menu", language)
    visit.offer_window(Wish("inscription"))
    words, _ = shown_on(WindowSheet, visit, actions)
    address = shown_address(actions.shelf.address("inscription", language))
    assert address.french is not None
    assert all(one in words for one in (address.title, address.text, address.french.title, address.french.text))
    assert in_both(words, UNREVIEWED, language)


@both
def test_once_it_is_reviewed_law_is_shown_with_its_french_and_says_by_whom(language: str) -> None:
    actions = StandInActions()
    actions.shelf = reviewed_shelf()
    words, _ = shown_on(Contract, at("/contrat", language, text=200), actions)
    own, french = (actions.shelf.screens("contrat", name)[0] for name in (language, "fr"))
    for view in (own, french):
        assert [text for text in (view.title, *words_of(view)) if text not in words] == []
    assert not any(say(key, language) in words for key in (*WITHHELD, UNREVIEWED))
    assert BY in words
    assert "Seule la version française fait foi." in words
    assert "Version simplifiée" not in words


@pytest.mark.parametrize("language", ["es", "pt", "uk", "ro", "tr", "fa"])
def test_a_language_that_the_content_has_not_says_that_it_is_not_translated(language: str) -> None:
    words, _ = shown_on(Contract, at("/contrat", language), StandInActions())
    assert in_both(words, "content.withheld.missing", language)
    assert not in_both(words, "content.withheld.unreviewed", language)


@pytest.mark.parametrize("language", FRENCH)
def test_nothing_of_all_this_is_said_in_french(language: str) -> None:
    for component, place in ((Contract, "/contrat"), (Possible, "/possible"), (HelpSheet, "/menu")):
        words, _ = shown_on(component, at(place, language), StandInActions())
        assert "fait foi" not in words
        assert "votre langue" not in words
