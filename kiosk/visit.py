"""A visit: one person's turn at the terminal. It ends with a wipe; nothing of it is kept. No Flet here.

The visit holds what the person chose (language, size of text, contrast), where they are, their drafts under a key
that exists only in memory, and the inactivity clock. Parts of the screen that must follow a change subscribe with
`watch`, so that a tick of the clock redraws a line and not a page.
"""

import json
import os
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk.tokens import TEXT_STEPS_PERCENT, Look
from kiosk.wording import LANGUAGES, say

if TYPE_CHECKING:
    from kiosk.printing.counter import Counter
    from kiosk.speech import Voice

ATTRACT, MENU, BOOKING, CODE = "/", "/menu", "/rendez-vous", "/code"
EVENTS, SEAT = "/evenements", "/place"
NONCE_BYTES = 12
KEY_BYTES = 32
DOUBLE_TAP_S = 0.35
MORE_TIME_FACTOR = 5


@dataclass(frozen=True, slots=True)
class FrameView:
    """What the header and the banners say. Texts are ready to be shown.

    `online` is None while nothing is known yet; `offline_since` is « hier, 16 h 20 » or "".
    """

    site_name: str = "Point Contact"
    clock: str = ""
    date: str = ""
    online: bool | None = None
    offline_since: str = ""
    demonstration: bool = False


class Drafts:
    """Unfinished answers, sealed with AES-GCM under a key that exists only in this object."""

    def __init__(self, random: Callable[[int], bytes] = os.urandom) -> None:
        self._random = random
        self._key = bytearray(random(KEY_BYTES))
        self._sealed: dict[str, bytes] = {}

    def put(self, name: str, answers: Mapping[str, Any]) -> None:
        """Keeps `answers` (JSON values) under `name`. Does nothing after `wipe`."""
        if not self._key:
            return
        nonce = self._random(NONCE_BYTES)
        text = json.dumps(dict(answers)).encode()
        self._sealed[name] = nonce + AESGCM(bytes(self._key)).encrypt(nonce, text, name.encode())

    def get(self, name: str) -> dict[str, Any] | None:
        """Returns the answers kept under `name`, or None."""
        sealed = self._sealed.get(name)
        if sealed is None or not self._key:
            return None
        text = AESGCM(bytes(self._key)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
        answers: dict[str, Any] = json.loads(text)
        return answers

    def forget(self, name: str) -> None:
        """Drops the answers kept under `name`."""
        self._sealed.pop(name, None)

    def wipe(self) -> None:
        """Overwrites the key and drops everything; nothing can be read or kept afterwards."""
        for index in range(len(self._key)):
            self._key[index] = 0
        self._key.clear()
        self._sealed.clear()


class IdleClock:
    """Says whether somebody is still there. Time comes from `now` (seconds, monotonic)."""

    def __init__(self, quiet_s: float, warning_s: float, now: Callable[[], float]) -> None:
        self._quiet_s, self._warning_s, self._now = quiet_s, warning_s, now
        self._last, self._grace_s = now(), quiet_s

    def touch(self) -> None:
        """Somebody did something. Ignored once the warning is on: only its buttons answer it."""
        if self.seconds_left() is None:
            self._last = self._now()

    def resume(self, *, more_time: bool = False) -> None:
        """The warning was answered; with `more_time` the next silence may last five times as long."""
        if more_time:
            self._grace_s = self._quiet_s * MORE_TIME_FACTOR
        self._last = self._now()

    def seconds_left(self) -> int | None:
        """None while nothing is wrong; else the seconds of the warning that remain, 0 when the visit is over."""
        quiet = self._now() - self._last
        if quiet < self._grace_s:
            return None
        return max(0, -int(-(self._grace_s + self._warning_s - quiet) // 1))

    @property
    def warning_s(self) -> float:
        """How long the warning lasts, in seconds."""
        return self._warning_s


class Visit:
    """One person's turn. Made for each page, wiped at its end; see the module's docstring.

    Topics of `watch`: "look" (language, text, contrast, size of the page), "place", "frame" (clock, network),
    "idle" (the warning), "sheet" (help, language or text sheet over the screen), "cover" (something began or ceased to
    stand over the screen), "over" (the visit ended).
    """

    def __init__(
        self,
        look: Look | None = None,
        *,
        quiet_s: float = 60,
        warning_s: float = 20,
        now: Callable[[], float] = time.monotonic,
        random: Callable[[int], bytes] = os.urandom,
        on_end: Callable[[], None] = lambda: None,
        papers: "Counter | None" = None,
        voice: "Voice | None" = None,
    ) -> None:
        """`on_end` is called once, when the visit ends: the host wipes the browser.

        `papers` prints for this visit, `voice` reads aloud; None where this terminal cannot.
        """
        self.key = secrets.token_hex(16)  # what this visit holds is held under it; never shown, it names nobody
        self.look = look or Look()
        self.language = "fr"
        self.place = ATTRACT
        self.sheet: str | None = None
        self.frame = FrameView()
        self.drafts = Drafts(random)
        self.idle = IdleClock(quiet_s, warning_s, now)
        self.over = False
        self.papers, self.voice = papers, voice
        self.incident: str | None = None
        self._on_end, self._now = on_end, now
        self._watchers: dict[str, list[Callable[[], None]]] = {}
        self._told_cover = False
        self._last_tap: tuple[str, float] = ("", float("-inf"))

    def say(self, key: str, **values: object) -> str:
        """The interface sentence `key` in this visit's language. KeyError for an unknown key."""
        return say(key, self.language, **values)

    def watch(self, topic: str, changed: Callable[[], None]) -> Callable[[], None]:
        """Calls `changed` after each change of `topic`; returns the function that stops it."""
        listeners = self._watchers.setdefault(topic, [])
        listeners.append(changed)

        def stop() -> None:
            if changed in listeners:
                listeners.remove(changed)

        return stop

    def tell(self, topic: str) -> None:
        """Calls the watchers of `topic`, and those of "cover" when the screen has just been covered or uncovered."""
        covered = self.covered
        topics = (topic,) if covered == self._told_cover else (topic, "cover")
        self._told_cover = covered
        for name in topics:
            for changed in list(self._watchers.get(name, ())):
                changed()

    @property
    def started(self) -> bool:
        """True once the person has left the attract screen or changed something."""
        return self.place != ATTRACT or self.language != "fr" or self.look.text_percent != 100 or self.look.contrast

    def go(self, place: str) -> None:
        """Shows another place of the kiosk (a path of `kiosk.screens.PLACES`); plain state, no address changes."""
        if not self.over:
            closed, self.place, self.sheet = self.sheet, place, None
            self.tell("place")
            if closed:
                self.tell("sheet")

    def open_sheet(self, name: str | None) -> None:
        """Opens the sheet "help", "language", "text" or "desk" over the screen, or closes it with None."""
        if not self.over:
            self.sheet = None if name == self.sheet else name
            self.tell("sheet")

    def speak(self, language: str) -> None:
        """Chooses the language, "fr" or "fr-simple". Others are ignored."""
        if language in LANGUAGES and not self.over:
            self.language = language
            self.tell("look")

    def set_text(self, percent: int) -> None:
        """Chooses the size of the text, one of `TEXT_STEPS_PERCENT`."""
        if percent in TEXT_STEPS_PERCENT and not self.over:
            self.look = replace(self.look, text_percent=percent)
            self.tell("look")

    def toggle_contrast(self) -> None:
        """Switches high contrast on or off."""
        self.look = replace(self.look, contrast=not self.look.contrast)
        self.tell("look")

    def report(self, incident: str) -> None:
        """Something of ours failed; `incident` is its number. The person can go on."""
        if not self.over:
            self.incident = incident
            self.tell("sheet")

    def recover(self) -> None:
        """Leaves the incident behind, back to the menu."""
        self.incident = None
        self.go(MENU)

    @property
    def covered(self) -> bool:
        """True while something stands over the screen: a sheet, the warning, an incident, the goodbye."""
        return self.over or bool(self.sheet or self.incident) or self.warned

    @property
    def warned(self) -> bool:
        """True while the warning of inactivity counts down."""
        return self.started and self.idle.seconds_left() is not None

    @property
    def headed(self) -> bool:
        """True where the header stands: during a visit, unless the warning or an incident takes the whole screen."""
        return not (self.over or self.incident or self.warned) and (self.place != ATTRACT or self.sheet is not None)

    def resize(self, width_px: float, height_px: float) -> None:
        """The page has another size."""
        if (width_px, height_px) != (self.look.width_px, self.look.height_px) and width_px and height_px:
            self.look = replace(self.look, width_px=width_px, height_px=height_px)
            self.tell("look")

    def show(self, frame: FrameView) -> None:
        """The clock or the network changed; tells only when something to be read differs."""
        if frame != self.frame:
            self.frame = frame
            self.tell("frame")

    def touch(self) -> None:
        """Somebody touched the screen or a key."""
        self.idle.touch()

    def tick(self) -> None:
        """To be called about once a second: warns, then ends the visit. Nothing happens where no visit began."""
        if self.over:
            return
        if not self.started:
            self.idle.resume()
            return
        left = self.idle.seconds_left()
        if left == 0:
            self.end()
        elif left is not None:
            self.tell("idle")

    def answer_warning(self, *, more_time: bool = False) -> None:
        """« Oui, je continue » or « Plus de temps »."""
        self.idle.resume(more_time=more_time)
        self.tell("idle")

    def first_tap(self, control: str) -> bool:
        """False when `control` was tapped a moment ago: a double tap counts once."""
        last, at = self._last_tap
        now = self._now()
        self._last_tap = (control, now)
        return not (last == control and now - at < DOUBLE_TAP_S)

    def end(self) -> None:
        """Ends the visit: drafts are wiped, then the browser is. Once only."""
        if not self.over:
            self.wipe()
            self._on_end()

    def wipe(self) -> None:
        """Forgets everything of the person. The visit cannot be used afterwards."""
        if self.over:
            return
        self.over = True
        self.drafts.wipe()
        self.place, self.sheet, self.language, self.incident = ATTRACT, None, "fr", None
        self.look = replace(self.look, text_percent=100, contrast=False)
        self.tell("place")
        self.tell("over")
        self._watchers.clear()
