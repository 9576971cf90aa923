"""What a person does in front of the terminal: touches, types on either keyboard, reads, looks.

Everything goes through what the screen announces (Flutter's semantics tree) and ends on a condition: the next
heading, the value of the field, the words on the screen. There is no pause of a fixed length.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Locator, Page, WebSocket, expect

from kiosk.wording import LANGUAGES
from tests.browser.wording import FRENCH, named, no_listening, pattern_in, plain, said_in, stands_beside

SLOW_MS = 40_000
KEY_MS = 10_000
LOOK_MS = 100
LOWER_S = 1.5
HAND_OVER_MS = 250
REST_LOOKS_MAX = 30
LOOKS_MAX = 40
EMPTY_LOOKS, TYPED_MAX = 10, 2
TOUCH_AGAIN_S = 0.4
PAINTED_BYTES = 25_000
HAPPENED_MAX, SENT_MAX = 30, 400
PLAIN, LARGE = "plain", "large"
"""How a person sees the screen: as installed; or at 200 %, in high contrast and lowered."""
LISTEN_TO = "Écouter :"
SPOKEN_KEYS = {" ": "espace", "’": "apostrophe", "-": "trait d’union"}


class Person:
    """A person and the page in front of them. They are told in French what to touch and read it in their language."""

    def __init__(self, page: Page, language: str = FRENCH, look: str = PLAIN) -> None:
        self.page = page
        self.language, self.look = language, look
        self._touched: dict[str, float] = {}
        self._sent: deque[bytes] = deque(maxlen=SENT_MAX)
        self._frames = 0
        self._happened: deque[str] = deque(maxlen=HAPPENED_MAX)
        page.on("console", lambda line: self._happened.append(f"{line.type}: {line.text}"))
        page.on("pageerror", lambda error: self._happened.append(f"page error: {error.message}"))
        page.on("websocket", self._follow_socket)

    def _follow_socket(self, socket: WebSocket) -> None:
        self._happened.append("socket open")
        socket.on("framesent", self._note_frame)
        socket.on("close", lambda _: self._happened.append("socket closed"))

    def _note_frame(self, payload: str | bytes) -> None:
        self._frames += 1
        self._sent.append(payload.encode() if isinstance(payload, str) else payload)

    # ------------------------------------------------------------------------------------------ read
    @property
    def screen(self) -> Locator:
        """Everything that the screen announces."""
        return self.page.locator("flt-semantics-host")

    def reads(self) -> str:
        """All the words on the screen, with those that are only announced (pictures, the code spelled)."""
        return plain(str(self._look(READ) or ""))

    def title(self) -> str:
        """The heading of the present screen; "" while there is none, or while one follows the other."""
        titles = self._look(TITLES) or []
        return plain(titles[0]) if len(titles) == 1 else ""

    def sees(self, *words: str, within_ms: int = SLOW_MS) -> str:
        """Waits until all these words are on the screen; returns all that is read then.

        Who has large words before them, or two languages, turns to what stands lower when something is missing.
        """
        until, turned = time.monotonic() + within_ms / 1000, time.monotonic() + LOWER_S
        above: list[str] = []
        while True:
            read = " ".join([*above, self.reads()])
            missing = [one for one in words if not self._is_in(read, one)]
            if not missing:
                return read
            assert time.monotonic() < until, f"not on the screen: {missing}; there is: {read}"
            if time.monotonic() > turned and self._reads_lower():
                above, turned = [read], time.monotonic() + LOWER_S
            self.page.wait_for_timeout(LOOK_MS)

    def _reads_lower(self) -> bool:
        """Touches « Plus bas » where it stands on a screen in large words or in two languages; says whether it did."""
        lower = self.button("Plus bas", exact=True)
        if (self.look == PLAIN and not stands_beside(self.language)) or not lower.count():
            return False
        self.presses(lower.first)
        return True

    def sees_one_of(self, *words: str, within_ms: int = SLOW_MS) -> str:
        """Waits until one of these is on the screen; returns all that is read then."""
        until = time.monotonic() + within_ms / 1000
        while not any(self._is_in(self.reads(), one) for one in words):
            assert time.monotonic() < until, f"none on the screen: {words}; there is: {self.reads()}"
            self.page.wait_for_timeout(LOOK_MS)
        return self.reads()

    def _is_in(self, read: str, french: str) -> bool:
        return any(one in read for one in said_in(self.language, french))

    def is_at(self, title: str, *, within_ms: int = SLOW_MS) -> None:
        """Waits for the screen with this heading."""
        self.leaves_for((title,), within_ms=within_ms)

    def leaves_for(self, titles: tuple[str, ...] | None, *, leaving: str = "", within_ms: int = SLOW_MS) -> str:
        """Waits for one of ``titles`` (any when None) that is not ``leaving``; returns the heading found, in French."""
        wanted = {one: plain(title) for title in titles or () for one in said_in(self.language, title)}
        left = {plain(leaving), *said_in(self.language, leaving)}
        left |= {f"{one} {plain(leaving)}" for one in left}
        until = time.monotonic() + within_ms / 1000
        while True:
            found = self._in_french(self.title(), wanted)
            if found and found not in left and (titles is None or found in wanted.values()):
                return found
            assert time.monotonic() < until, f"still at « {found} », not at {set(wanted)}: {self.reads()}"
            self.page.wait_for_timeout(LOOK_MS)

    def _in_french(self, title: str, wanted: Mapping[str, str]) -> str:
        """A heading in French: what it stands for of ``wanted``, or what stands after the other language."""
        if not stands_beside(self.language) or title in wanted:
            return wanted.get(title, title)
        return next((french for one, french in wanted.items() if title.endswith(f" {one}")), title)

    def _look(self, script: str) -> Any:
        """Runs a reading in the page; None while the page gives way to another."""
        try:
            return self.page.evaluate(script)
        except Error as error:
            if "context was destroyed" not in error.message:
                raise
            return None

    def has(self, button: str) -> bool:
        """True when this button is on the screen now."""
        return self.button(button).count() > 0

    def painted(self, *, other_than: bytes = b"") -> bytes:
        """What is seen (PNG) once it is painted and does not change any more, and is not ``other_than`` any more."""
        before, now = b"", self.page.screenshot()
        for _ in range(LOOKS_MAX):
            if now == before and len(now) > PAINTED_BYTES and now != other_than:
                break
            self.page.wait_for_timeout(2 * LOOK_MS)
            before, now = now, self.page.screenshot()
        return now

    def picture(self, file: Path) -> None:
        """Saves what is seen."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(self.painted())

    def testifies(self, file: Path) -> str:
        """Saves what is seen (``file``.png) and what is announced (``file``.html).

        Returns the words on the screen, and what the page has lately written to its console.
        """
        file.parent.mkdir(parents=True, exist_ok=True)
        file.with_suffix(".png").write_bytes(self.page.screenshot())
        file.with_suffix(".html").write_text(str(self._look(ANNOUNCED) or ""), encoding="utf-8")
        happened = "\n".join(self._happened)
        return f"« {self.title()} » : {self.reads()}\n({file}.png, {file.name}.html)\n{happened}"

    # ----------------------------------------------------------------------------------------- touch
    def opens(self, url: str) -> None:
        """Comes to the terminal and waits for its first screen."""
        self.page.goto(url)
        self.button("Aide, urgence").wait_for(state="attached", timeout=SLOW_MS)

    def button(self, name: str | re.Pattern[str], *, exact: bool = False) -> Locator:
        """The buttons of this name; a card that is ticked is one too, for who touches it."""
        if isinstance(name, re.Pattern):
            found = pattern_in(self.language, name)
        else:
            found = named(said_in(self.language, name), self.language, whole=exact)
        if not str(name).startswith(LISTEN_TO):
            found = no_listening(self.language, found)
        return self.page.get_by_role("button", name=found).or_(self.page.get_by_role("checkbox", name=found))

    def touch(self, name: str | re.Pattern[str], *, exact: bool = False) -> None:
        """Touches a button by what it announces, once the screen has come to rest."""
        button = self.button(name, exact=exact).first
        until, turned = time.monotonic() + SLOW_MS / 1000, time.monotonic() + LOWER_S
        while not button.count() and time.monotonic() < until:
            if time.monotonic() > turned and self._reads_lower():
                turned = time.monotonic() + LOWER_S
            self.page.wait_for_timeout(LOOK_MS)
        button.wait_for(state="attached", timeout=KEY_MS)
        self.rests()
        self._comes_to(button)
        # The terminal counts two touches within 350 ms on one name as one: a person is slower than that.
        too_soon_s = self._touched.get(str(name), 0.0) + TOUCH_AGAIN_S - time.monotonic()
        if too_soon_s > 0:
            self.page.wait_for_timeout(too_soon_s * 1000)
        self.presses(button)
        self._touched[str(name)] = time.monotonic()

    def _comes_to(self, button: Locator) -> None:
        """In large words: « Plus bas » until the button is seen, as a finger cannot touch what is not."""
        for _ in range(LOOKS_MAX if self.look == LARGE else 0):
            if button.evaluate(SEEN) or not self._reads_lower():
                return
            self.rests()

    def rests(self) -> None:
        """Waits until two looks find the same words: nobody touches faster, and a node may be about to be replaced."""
        before = self.reads()
        for _ in range(REST_LOOKS_MAX):
            self.page.wait_for_timeout(LOOK_MS)
            now = self.reads()
            if now == before:
                return
            before = now

    def begins(self) -> None:
        """From the first screen to the menu, in their language and as they see it best."""
        self.touch("Touchez l’écran pour commencer")
        self.is_at("Que voulez-vous faire ?")
        if self.language != FRENCH:
            self.presses(self.page.get_by_role("button", name="Français", exact=True))
            self.is_at("Quelle langue ?")
            self.chooses(LANGUAGES[self.language])
            self.touch("Fermer")
            self.is_at("Que voulez-vous faire ?")
        if self.look == LARGE:
            self._enlarges()

    def _enlarges(self) -> None:
        """The largest words, in high contrast, within reach of who sits (on a tall screen)."""
        self.touch("Texte", exact=True)
        self.is_at("Quelle taille de texte ?")
        self.chooses("Très grande")
        self.touch("Fermer")
        self.is_at("Que voulez-vous faire ?")
        self.touch("Contraste", exact=True)
        self.is_at("Que voulez-vous faire ?")
        size = self.page.viewport_size
        if size is not None and size["height"] > size["width"]:
            self.touch("Écran bas", exact=True)
            self.sees("Tout est à portée de main. Touchez encore pour remonter.")

    def chooses(self, answer: str) -> None:
        """Touches a card and sees it ticked; turns the pages of a long list until the card is there."""
        card = self.page.get_by_role(
            "checkbox", name=named(said_in(self.language, answer), self.language, begins=True)
        ).first
        while not card.count():
            number = re.search(r"Page (\d+) sur", self.sees("Page ", within_ms=KEY_MS))
            assert number, self.reads()
            self.touch("Suite", exact=True)
            self.sees(f"Page {int(number[1]) + 1} sur")
        self.rests()
        self.presses(card)
        expect(card).to_be_checked(timeout=SLOW_MS)

    def presses(self, thing: Locator) -> None:
        """Touches this thing, at rest already."""
        thing.click(timeout=SLOW_MS)

    def ends(self) -> None:
        """« Terminer », « Oui », and the first screen again."""
        self.touch("Terminer", exact=True)
        self.touch("Oui, terminer et effacer")
        if "Comment s’est passée" in self.sees_one_of("Comment s’est passée", "Touchez l’écran"):
            self.touch("Passer")
        self.sees("Touchez l’écran")

    # ------------------------------------------------------------------------------------------ type
    def box(self, number: int = 0) -> Locator:
        """The field to type in."""
        return self.page.get_by_role("textbox").nth(number)

    def types(self, words: str, number: int = 0) -> None:
        """Types on a physical keyboard. The field must have the focus first: Flutter hands it over in its own time.

        Who sees a field stay empty types once more; what is seen must be what the terminal gets.
        """
        for _ in range(TYPED_MAX):
            self._goes_into(number)
            self._sent.clear()
            self.page.keyboard.type(words)
            if self._arrives(words, number):
                return
        raise AssertionError(f"the field stays empty: {self.reads()}")

    def _arrives(self, words: str, number: int) -> bool:
        """Whether the page has told the terminal what stands in the field; False where it stays empty."""
        box, until, empty = self.box(number), time.monotonic() + KEY_MS / 1000, 0
        while empty < EMPTY_LOOKS:
            # Of a browser that was joined later nothing of its socket is heard.
            sent = not self._frames or any(words.encode() in payload for payload in self._sent)
            stands = box.input_value()
            if sent and stands == words:
                return True
            assert time.monotonic() < until, f"« {stands} » never left the page: {self.reads()}"
            empty = 0 if stands else empty + 1
            self.page.wait_for_timeout(LOOK_MS)
        return False

    def _goes_into(self, number: int = 0) -> None:
        box = self.box(number)
        # Flutter takes the field over a moment after the browser has focused it, and tells nobody when it has.
        box.click(timeout=SLOW_MS)
        expect(box).to_be_focused(timeout=SLOW_MS)
        self.page.wait_for_timeout(HAND_OVER_MS)
        if self.look == LARGE:  # and then brings it into what little is seen above the keys
            self.rests()
            self.page.wait_for_timeout(2 * HAND_OVER_MS)
        self.page.keyboard.press("End")

    def clears(self) -> None:
        """Takes every letter away again, on a physical keyboard."""
        self._goes_into()
        for _ in self.box().input_value():
            self.page.keyboard.press("Backspace")
        expect(self.box()).to_have_value("", timeout=SLOW_MS)

    def types_on_screen(self, words: str) -> None:
        """Types with the keys drawn on the screen, with « Majuscule » where the keyboard does not offer it."""
        written = ""
        for letter in words:
            self._key(letter)
            written += letter
            expect(self.box()).to_have_value(written, timeout=KEY_MS)

    def types_date(self, *parts: str) -> None:
        """Types a date on a physical keyboard: a full field leads to the next one."""
        for number, part in enumerate(parts):
            self.types(part, number)

    def _key(self, letter: str) -> None:
        key = self.button(SPOKEN_KEYS.get(letter, letter), exact=True)
        other = self.button(letter.swapcase(), exact=True)
        expect(key.or_(other).first).to_be_attached(timeout=KEY_MS)
        if letter.isalpha() and not key.count():
            # The keyboard may be about to change its case by itself: give it the time of a redraw.
            self.page.wait_for_timeout(LOOK_MS)
            if not key.count():
                self.touch("Majuscule")
        key.first.click(timeout=KEY_MS)


SEEN = """(one) => {
  const box = one.getBoundingClientRect(), y = (box.top + box.bottom) / 2;
  for (let up = one.parentElement; up; up = up.parentElement) {
    const room = up.getBoundingClientRect();
    if (up.style.overflowY === 'scroll' && (y < room.top || y > room.bottom)) return false;
  }
  return true;
}"""
"""JavaScript: whether the middle of a thing is not scrolled away."""
ANNOUNCED = "(document.querySelector('flt-semantics-host') || {}).outerHTML"
TITLES = "[...document.querySelectorAll('flt-semantics-host h1')].map(h => h.textContent)"
READ = """(() => {
  const host = document.querySelector('flt-semantics-host');
  if (!host) return '';
  const said = [...host.querySelectorAll('[aria-label]')].map(e => e.getAttribute('aria-label'));
  const walk = document.createTreeWalker(host, NodeFilter.SHOW_TEXT);
  const words = [];
  while (walk.nextNode()) words.push(walk.currentNode.textContent);
  return [...words, ...said].join(' ');
})()"""
"""JavaScript: every word of the semantics tree, visible or only announced."""
