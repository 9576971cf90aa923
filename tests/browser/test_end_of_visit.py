"""After the end of a visit, by choice or by silence, nothing of it can be found again; the warning comes first."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.journeys import to_the_birth_name
from tests.browser.person import Person
from tests.stage import Stage

MARKER = "Zyzzyva"
TITLE = "Quel est votre nom de naissance ?"
QUIET_S, WARNING_S = 12, 8
STORES = """async () => {
  const bases = await indexedDB.databases();
  const caches_ = await caches.keys();
  return JSON.stringify([{...sessionStorage}, {...localStorage}, bases, caches_, document.cookie]);
}"""


@pytest.fixture(scope="module")
def hasty(prepared: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A terminal that asks soon whether somebody is still there."""
    own = prepared.copy(tmp_path_factory.mktemp("hasty") / "stage")
    own.terminal_up("--quiet-s", str(QUIET_S), "--warning-s", str(WARNING_S))
    yield own
    own.close()


@pytest.fixture(scope="module")
def patient(prepared: Stage, hasty: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The same with all its time; on the same ports, so the other one has ended."""
    hasty.close()
    own = prepared.copy(tmp_path_factory.mktemp("patient") / "stage")
    own.terminal_up("--quiet-s", "900")
    yield own
    own.close()


def types_the_marker(person: Person, stage: Stage) -> str:
    """Begins a registration and types a name; returns the id of the page's session."""
    person.opens(stage.kiosk_url)
    person.begins()
    to_the_birth_name(person)
    person.types(MARKER)
    return session(person)


def session(person: Person) -> str:
    """The id by which the host knows this page."""
    return str(person.page.evaluate("sessionStorage.getItem('_flet_session_id')"))


def still_holds_the_marker(person: Person) -> None:
    """The field shows what was typed; Flutter tells its value once it has the focus."""
    person.box().click()
    expect(person.box()).to_have_value(MARKER)


def nothing_is_left(person: Person, stage: Stage, visitor: Callable[..., Person], old: str) -> None:
    """Back, forward, reload, the address again, a second tab, the stores of the browser."""
    person.sees("Touchez l’écran")
    assert session(person) != old
    again: list[Callable[[], object]] = [
        person.page.go_back,
        person.page.go_forward,
        person.page.reload,
        lambda: person.page.goto(stage.kiosk_url),
        lambda: person.page.goto(f"{stage.kiosk_url}/inscription"),
    ]
    for act in again:
        act()
        if not person.page.url.startswith("http"):
            person.page.goto(stage.kiosk_url)
        shows_a_stranger(person)
    second = visitor(context=person.page.context)
    second.opens(stage.kiosk_url)
    shows_a_stranger(second)
    kept = json.loads(person.page.evaluate(STORES))
    assert MARKER not in json.dumps(kept)
    assert kept[1:] == [{}, [], [], ""], "the session's own id is all that is kept"
    assert set(kept[0]) <= {"_flet_session_id"}
    assert old not in json.dumps(kept)


def shows_a_stranger(person: Person) -> None:
    """The first screen, or a question that holds nothing."""
    person.button("Aide, urgence").wait_for(state="attached", timeout=40_000)
    person.rests()
    read = person.reads()
    assert MARKER not in read
    assert "Touchez l’écran" in read, read
    boxes = [box.input_value() for box in person.page.get_by_role("textbox").all()]
    assert MARKER not in boxes


def test_silence_warns_with_seconds_and_an_answer_keeps_everything(
    hasty: Stage, visitor: Callable[..., Person]
) -> None:
    person, asked = visitor("portrait"), list[str]()
    person.page.on("request", lambda request: asked.append(request.url) if "still-there.wav" in request.url else None)
    types_the_marker(person, hasty)
    assert not asked
    read = person.sees("Êtes-vous toujours là ?", "secondes", "Oui, je continue", within_ms=(QUIET_S + 15) * 1000)
    assert re.search(r"\b[1-8] secondes?", read), read
    assert MARKER not in read, "the warning covers what was typed"
    assert len(asked) == 1, "it is heard too, once"
    person.touch("Oui, je continue")
    person.is_at(TITLE)
    still_holds_the_marker(person)
    person.touch("Continuer", exact=True)
    person.is_at("Avez-vous un nom d’usage ?")
    person.touch("Retour", exact=True)
    person.is_at(TITLE)
    still_holds_the_marker(person)


def test_after_a_silence_nothing_is_left(hasty: Stage, visitor: Callable[..., Person]) -> None:
    person = visitor("landscape")
    old = types_the_marker(person, hasty)
    person.sees("Êtes-vous toujours là ?", within_ms=(QUIET_S + 15) * 1000)
    person.sees("Touchez l’écran", within_ms=(WARNING_S + 20) * 1000)
    nothing_is_left(person, hasty, visitor, old)


def test_after_the_end_by_choice_nothing_is_left(patient: Stage, visitor: Callable[..., Person]) -> None:
    person = visitor("portrait")
    old = types_the_marker(person, patient)
    person.ends()
    nothing_is_left(person, patient, visitor, old)


def test_no_means_the_visit_goes_on(patient: Stage, visitor: Callable[..., Person]) -> None:
    person = visitor("portrait")
    types_the_marker(person, patient)
    person.touch("Terminer", exact=True)
    person.is_at("Terminer maintenant ?")
    person.touch("Non, je reste")
    person.is_at(TITLE)
    still_holds_the_marker(person)


def test_no_field_is_one_that_chromium_keeps(patient: Stage, visitor: Callable[..., Person]) -> None:
    """What may be completed by itself goes to Chromium's session file, also without the focus."""
    person = visitor("portrait")
    types_the_marker(person, patient)
    fields = "[...document.querySelectorAll('input, textarea')]"
    told = f"{fields}.map(one => one.getAttribute('autocomplete'))"
    assert set(person.page.evaluate(told)) == {"off"}
    person.page.evaluate(f"{fields}.forEach(one => {{ one.autocomplete = 'on' }})")
    person.page.evaluate("document.body.append(document.createElement('form'))")
    person.page.evaluate("document.querySelector('body > form').innerHTML = '<p><input></p>'")
    assert set(person.page.evaluate(told)) == {"off"}
