"""A visit with the sound on, in simple French: what is read reaches the page as sound and stops at the next touch."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Response, expect

from tests.browser.by_ear import SAID, WATCH, Listener, hears, is_sound, silent
from tests.browser.journeys import SUKARNO, register
from tests.browser.person import KEY_MS, Person
from tests.stage import Stage

SIMPLE = "fr-simple"
SCREENS_HEARD = 20


def test_every_screen_of_a_way_is_heard_and_the_next_touch_silences_it(
    stage: Stage, visitor: Callable[..., Person]
) -> None:
    person, answers = visitor("portrait", language=SIMPLE), list[Response]()
    person.page.on("response", lambda answer: answers.append(answer) if SAID in answer.url else None)
    person.opens(stage.kiosk_url)
    person.page.evaluate(WATCH)
    person.begins()
    ways = (
        ("Que voulez-vous faire ?", "Préparer mon inscription à France Travail"),
        ("", "J’ai lu, je continue"),
    )
    for title, button in ways:
        if title:
            person.is_at(title)
        before = len(answers)
        person.touch("Écouter", exact=True)
        hears(person)
        assert is_sound(answers[before])
        left = person.title()
        person.touch(button)
        assert silent(person), "a touch on anything silences at once"
        person.leaves_for(None, leaving=left)
        expect(person.button("Arrêter")).to_have_count(0, timeout=KEY_MS)
    person.is_at("Avez-vous déjà une inscription à France Travail ?")
    before = len(answers)
    person.touch("Écouter : Non")
    hears(person)
    assert is_sound(answers[before])
    for card in person.page.get_by_role("checkbox").all():
        expect(card).not_to_be_checked()
    person.touch("Arrêter")
    assert silent(person)
    expect(person.button("Arrêter")).to_have_count(0, timeout=KEY_MS)
    assert person.has("Écouter : Non")


def test_a_registration_is_listened_to_from_the_first_question_to_the_slip(
    stage: Stage, visitor: Callable[..., Person]
) -> None:
    person = visitor("portrait", language=SIMPLE, kind=Listener)
    assert isinstance(person, Listener)
    person.opens(stage.kiosk_url)
    person.begins()
    code = register(person, SUKARNO)
    person.listens("the slip")
    assert len(person.heard) == len(set(person.heard)) >= SCREENS_HEARD, person.heard
    assert code not in "".join(answer.url for answer in person.answers), "the code stands in no address"
    person.touch("Arrêter")
    person.touch("Écouter mon code")
    person.sees("casque")


def test_what_is_read_ends_with_the_visit(stage: Stage, visitor: Callable[..., Person]) -> None:
    person, answers = visitor("portrait", language=SIMPLE), list[Response]()
    person.page.on("response", lambda answer: answers.append(answer) if SAID in answer.url else None)
    person.opens(stage.kiosk_url)
    person.page.evaluate(WATCH)
    person.begins()
    person.touch("Écouter", exact=True)
    hears(person)
    address = answers[-1].url
    person.ends()
    person.button("Touchez l’écran pour commencer").wait_for(state="attached")
    assert person.page.request.get(address).status == 404, "no sound outlives its visit"
