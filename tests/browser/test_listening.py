"""A visit with the sound on, in simple French: what is read reaches the page as sound and stops at the next touch."""

from __future__ import annotations

import io
import re
import wave
from collections.abc import Callable

from playwright.sync_api import Response, expect

from tests.browser.journeys import MENU_TITLE, SUKARNO, register
from tests.browser.person import KEY_MS, SLOW_MS, Person
from tests.stage import Stage

SIMPLE = "fr-simple"
SCREENS_HEARD = 20
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


class Listener(Person):
    """Listens to every screen before answering it: what is read begins to sound, and stops at the next touch."""

    heard: list[str]
    answers: list[Response]

    def opens(self, url: str) -> None:
        """See ``Person``; with an ear at the loudspeaker."""
        super().opens(url)
        self.heard, self.answers = [], []
        self.page.evaluate(WATCH)
        self.page.on("response", lambda answer: self.answers.append(answer) if SAID in answer.url else None)

    def begins(self) -> None:
        """See ``Person``; the first to be heard is the menu, in their language."""
        super().begins()
        self.listens(MENU_TITLE)

    def leaves_for(self, titles: tuple[str, ...] | None, *, leaving: str = "", within_ms: int = SLOW_MS) -> str:
        """See ``Person``; what is found is listened to."""
        found = super().leaves_for(titles, leaving=leaving, within_ms=within_ms)
        if self.heard and found not in self.heard:
            self.listens(found)
        return found

    def listens(self, what: str, button: str = "Écouter") -> None:
        """Touches ``button`` and hears something."""
        before = len(self.answers)
        super().touch(button, exact=True)
        hears(self)
        assert is_sound(self.answers[before]), what
        self.heard.append(what)

    def touch(self, name: str | re.Pattern[str], *, exact: bool = False) -> None:
        """See ``Person``; nothing sounds any more."""
        super().touch(name, exact=exact)
        assert silent(self), "a touch on anything silences at once"


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
