"""A visit with the sound on, in simple French: what is read reaches the page as sound and stops at the next touch."""

from __future__ import annotations

import io
import wave
from collections.abc import Callable

from playwright.sync_api import Response, expect

from tests.browser.person import KEY_MS, Person
from tests.stage import Stage

SIMPLE = "fr-simple"
SAID = "/kiosk/said/"
WATCH = """() => {
  const play = HTMLMediaElement.prototype.play;
  window.sounds = new Set();
  HTMLMediaElement.prototype.play = function () {
    if (this.src.includes('/kiosk/said/')) window.sounds.add(this);
    return play.call(this);
  };
  window.heard = () => [...window.sounds].filter((one) => one.src.includes('/kiosk/said/') && !one.paused).length;
}"""
"""Remembers what is played: a sound that was silenced has lost its source."""


def hears(person: Person) -> None:
    """Waits until something sounds, and the button says that it can be stopped."""
    person.page.wait_for_function("() => window.heard() > 0", polling=50)
    person.sees("Arrêter")


def silent(person: Person) -> bool:
    """True when nothing sounds now."""
    return bool(person.page.evaluate("() => window.heard() === 0"))


def is_sound(answer: Response) -> bool:
    """A WAV file in which something is heard, kept by no browser."""
    assert answer.headers["cache-control"] == "no-store"
    with wave.open(io.BytesIO(answer.body())) as sound:
        return any(sound.readframes(sound.getnframes())) and sound.getnframes() > sound.getframerate() / 4


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
