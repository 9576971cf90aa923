"""A person who listens to every screen, and acts by roles and names alone, as a screen reader or a switch does."""

from __future__ import annotations

import io
import re
import wave

from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.journeys import MENU_TITLE
from tests.browser.person import HAND_OVER_MS, PLAIN, SLOW_MS, Person
from tests.browser.wording import FRENCH

VOICELESS = ("ar",)
"""Languages of the journeys for which espeak-ng has no voice that is understood (decision 0041)."""
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


class Listener(Person):
    """The same person as everywhere: each new screen is heard before it is answered, and falls silent at the answer.

    Nothing is touched at a place of the glass: what has the role and the name is asked to act, which is what assistive
    technology does with the accessibility tree.
    """

    def __init__(self, page: Page, language: str = FRENCH, look: str = PLAIN) -> None:
        super().__init__(page, language, look)
        self.heard: list[str] = []
        self.answers: list[Response] = []
        page.on("response", lambda answer: self.answers.append(answer) if SAID in answer.url else None)

    def opens(self, url: str) -> None:
        """See ``Person``; with an ear at the loudspeaker."""
        super().opens(url)
        self.page.evaluate(WATCH)

    def begins(self) -> None:
        """See ``Person``; the first to be heard is the menu. Without a voice for their language, it is so in French."""
        super().begins()
        if self.language in VOICELESS:
            self.touch("Écouter", exact=True)
            self.is_at("Pas de voix dans cette langue")
            assert not self.answers, "nothing is read badly"
            before = len(self.answers)
            super().touch("Écouter en français")
            self._heard_since(before, MENU_TITLE)
        else:
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
        self._heard_since(before, what)

    def _heard_since(self, before: int, what: str) -> None:
        hears(self)
        assert is_sound(self.answers[before]), what
        self.heard.append(what)

    def touch(self, name: str | re.Pattern[str], *, exact: bool = False) -> None:
        """See ``Person``; nothing sounds any more."""
        super().touch(name, exact=exact)
        assert silent(self), "a touch on anything silences at once"

    def presses(self, thing: Locator) -> None:
        """Asks it to do what it is for, wherever it stands."""
        thing.evaluate("(one) => one.click()", timeout=SLOW_MS)

    def _goes_into(self, number: int = 0) -> None:
        box = self.box(number)
        box.evaluate("(one) => one.focus()", timeout=SLOW_MS)
        expect(box).to_be_focused(timeout=SLOW_MS)
        self.page.wait_for_timeout(HAND_OVER_MS)
        self.page.keyboard.press("End")

    def _comes_to(self, button: Locator) -> None:
        """Nothing has to be seen."""
