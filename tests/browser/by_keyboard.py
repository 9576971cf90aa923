"""A person who has a keyboard and nothing else: Tab, Shift and Tab, Enter, Space, Escape, arrows and letters."""

from __future__ import annotations

import re
import time
from itertools import cycle
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.person import LOOK_MS, PLAIN, SLOW_MS, TOUCH_AGAIN_S, Person
from tests.browser.wording import FRENCH

TABS_MAX = 120
STANDS_MS = 8_000
HERE = """(() => {
  const one = document.activeElement;
  if (!one || !one.closest('flt-semantics-host')) return null;
  const place = one.closest('[flt-semantics-identifier]');
  const box = one.getBoundingClientRect();
  return {
    tag: one.tagName, role: one.getAttribute('role') || '',
    name: (one.getAttribute('aria-label') || one.textContent || '').trim(),
    place: place ? place.getAttribute('flt-semantics-identifier') : 'content',
    box: [box.x, box.y, box.width, box.height],
  };
})()"""
"""JavaScript: what has the focus; null where nothing of the screen has it."""


class Typist(Person):
    """The same person as everywhere, so that every journey can be made by them; never a touch, never a mouse."""

    def __init__(self, page: Page, language: str = FRENCH, look: str = PLAIN) -> None:
        super().__init__(page, language, look)
        self.tabs = 0
        self._at = ""
        self._keys = cycle(("Enter", "Space"))

    def here(self) -> dict[str, Any] | None:
        """What has the focus."""
        found: dict[str, Any] | None = self._look(HERE)
        return found

    def stands(self) -> dict[str, Any]:
        """Waits until something of the screen has the focus: it is never lost."""
        until = time.monotonic() + STANDS_MS / 1000
        while (here := self.here()) is None:
            assert time.monotonic() < until, f"the focus is lost: {self.reads()}"
            self.page.wait_for_timeout(LOOK_MS)
        return here

    def leaves_for(self, titles: tuple[str, ...] | None, *, leaving: str = "", within_ms: int = SLOW_MS) -> str:
        """As everybody; and once a key was touched, the focus stands in the content of another screen that has come."""
        found = super().leaves_for(titles, leaving=leaving, within_ms=within_ms)
        self.rests()
        before, self._at = self._at, found
        if self.tabs and found != before:
            here = self.stands()
            assert here["place"] in ("content", "bar"), f"the focus stands at {here} of « {found} »"
        return found

    def tab(self, *, back: bool = False) -> dict[str, Any]:
        """One step, and where it led."""
        self.page.keyboard.press("Shift+Tab" if back else "Tab")
        self.tabs += 1
        return self.stands()

    def goes_to(self, button: Locator) -> None:
        """Steps until this has the focus."""
        button.first.wait_for(state="attached", timeout=SLOW_MS)
        self.rests()
        for _ in range(TABS_MAX):
            if button.evaluate_all("(found) => found.includes(document.activeElement)"):
                return
            self.tab()
        raise AssertionError(f"no step leads to {button}: {self.here()}")

    def touch(self, name: str | re.Pattern[str], *, exact: bool = False) -> None:
        """Steps to the button, then Enter or Space, by turns."""
        self.presses(self.button(name, exact=exact))

    def presses(self, thing: Locator) -> None:
        """Steps there, then Enter or Space."""
        self.goes_to(thing)
        self.page.wait_for_timeout(TOUCH_AGAIN_S * 1000)  # sooner, a second touch on one name counts as one
        self.page.keyboard.press(next(self._keys))

    def types(self, words: str, number: int = 0) -> None:
        """Types where the focus is: the field of the screen has it already."""
        box = self.box(number)
        expect(box).to_be_focused(timeout=SLOW_MS)
        self.page.wait_for_timeout(LOOK_MS * 3)  # Flutter takes the field over a moment later, and tells nobody
        self.page.keyboard.type(words)
        expect(box).to_have_value(words, timeout=SLOW_MS)

    def types_date(self, *parts: str) -> None:
        """A full field leads to the next one; from one that is not, a step does."""
        for number, part in enumerate(parts):
            if number and len(parts[number - 1]) < 2:
                self.tab()
            self.types(part, number)
