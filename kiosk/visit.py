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
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kiosk import times
from kiosk.chime import Ringing
from kiosk.hearing import Hearing
from kiosk.moments import PARIS
from kiosk.silence import IdleClock
from kiosk.tokens import TEXT_STEPS_PERCENT, Look
from kiosk.wording import LANGUAGES, RIGHT_TO_LEFT, say

if TYPE_CHECKING:
    from kiosk.printing.counter import Counter
    from kiosk.speech import Voice

ATTRACT, MENU, BOOKING, CODE = "/", "/menu", "/rendez-vous", "/code"
EVENTS, SEAT = "/evenements", "/place"
SALON = "/salon"
JOURNEYS = {
    "/inscription": "registration", BOOKING: "booking", CODE: "booking", SALON: "booking", "/contrat": "contract",
    "/concerne": "contract", "/delai": "contract", EVENTS: "events", SEAT: "events", "/offres": "near",
    "/services": "near", "/accompagnement": "other", "/possible": "other",
}  # fmt: skip
"""What a visit was about, by where it went last: all that is ever told of it, with one tap and no name."""
NONCE_BYTES = 12
KEY_BYTES = 32
DOUBLE_TAP_S = 0.35


WINDOW_SHEET, VOICE_SHEET, ACCESSIBILITY_SHEET = "window", "voice", "accessibility"
OPENING, OPEN = "opening", "open"
"""States of the guided window of a visit; "" while there is none."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants a window for: an address of the content by its id, the link of a video call, or a `check` of
    camera and sound on a page of the terminal's own, drawn at `text_percent` and with `contrast`.

    `limit_s` is the number of seconds after which the window closes whatever happens, None for no limit.
    """

    address: str = ""
    link: str = field(default="", repr=False)  # whoever has it may enter the call: in no log and no traceback
    limit_s: float | None = None
    check: bool = False
    text_percent: int = 100
    contrast: bool = False

    @property
    def told_in_place(self) -> bool:
        """True where the screen that opened the window says itself how it ended."""
        return self.check or bool(self.link)


class Windows(Protocol):
    """What opens guided windows over the kiosk, for one visit; see `kiosk.window`."""

    def open(self, wish: Wish, language: str) -> None:
        """Begins to open a window and returns at once; the visit is told by `window_opened` or `window_closed`."""

    def close(self) -> None:
        """Closes the window of this visit, if any, and returns at once."""


@dataclass(frozen=True, slots=True)
class FrameView:
    """What the header and the banners say. It is the same for every visit: each says its moments in its own language.

    `now` and the other moments are UTC, cut to the minute so that two views differ only where something to be read
    does; `zone` is the site's. `online` is None while nothing is known yet. `terminal_no` is 0 while unknown. `answer`
    is what a named person said to the open call for help, "seen" or "coming", at `answered_at`; "" while nobody did.
    """

    site_name: str = "Point Contact"
    now: datetime | None = None
    zone: str = PARIS
    online: bool | None = None
    offline_since: datetime | None = None
    demonstration: bool = False
    terminal_no: int = 0
    answer: str = ""
    answered_at: datetime | None = None

    def clock(self, language: str) -> str:
        """« 14 h 32 »; "" while nothing is known yet."""
        return times.hour(self.now, self.zone, language) if self.now else ""

    def date(self, language: str) -> str:
        """« jeudi 19 novembre »; "" while nothing is known yet."""
        return times.day_of(self.now, self.zone, language, with_year=False) if self.now else ""

    def since(self, language: str) -> str:
        """« hier, 16 h 20 »: since when there is no network; "" where there is one."""
        if self.now is None or self.offline_since is None:
            return ""
        return times.moment_near(self.offline_since, self.now, self.zone, language)

    def answered(self, language: str) -> str:
        """« 14 h 32 »: when somebody answered the call for help; "" while nobody did."""
        return times.hour(self.answered_at, self.zone, language) if self.answered_at else ""


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


class Visit:
    """One person's turn. Made for each page, wiped at its end; see the module's docstring.

    Topics of `watch`: "look" (language, text, contrast, size of the page), "place", "frame" (clock, network),
    "idle" (the warning), "window" (a guided window opens or has closed), "sheet" (help, language or text sheet over
    the screen), "cover" (something began or ceased to stand over the screen), "call" (somebody was called for help, or
    no more), "speech" (something is read aloud, or no more), "over" (the visit ended).
    """

    def __init__(
        self,
        look: Look | None = None,
        *,
        quiet_s: float = 60,
        warning_s: float = 20,
        now: Callable[[], float] = time.monotonic,
        random: Callable[[int], bytes] = os.urandom,
        ask_s: float = 0,
        on_end: Callable[[], None] = lambda: None,
        on_opinion: Callable[[str, str], None] = lambda journey, answer: None,
        windows: Windows | None = None,
        papers: "Counter | None" = None,
        voice: "Voice | None" = None,
    ) -> None:
        """`on_end` is called once, when the visit has ended: the host wipes the browser.

        Who ends the visit is asked for `ask_s` seconds how it was; `on_opinion` is given the journey and the answer.
        `windows` opens guided windows, `papers` prints, `voice` reads aloud; None where this terminal cannot.
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
        self.asks_until: float | None = None
        self.journey = ""
        self.calling = False
        self.papers, self.voice = papers, voice
        self.hearing = Hearing(self.listens, lambda: self.tell("speech"))
        self.incident: str | None = None
        self.window = ""
        self.window_end = ""  # why the last one closed, where the person is to be told
        self.wish = Wish()
        self.windows = windows
        self._on_end, self._on_opinion, self._ask_s, self._now = on_end, on_opinion, ask_s, now
        self._watchers: dict[str, list[Callable[[], None]]] = {}
        self._told_cover = False
        self.ringing = Ringing(now)
        self._listened = False
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
        return self.place != ATTRACT or self.calling or self.language != "fr" or not self.look.as_installed

    def go(self, place: str) -> None:
        """Shows another place of the kiosk (a path of `kiosk.screens.PLACES`); plain state, no address changes."""
        if not self.over:
            closed, self.place, self.sheet = self.sheet, place, None
            self.idle.wait(place == SALON, "booth")
            self.journey = JOURNEYS.get(place, self.journey)
            self.tell("place")
            if closed:
                self.tell("sheet")

    def open_sheet(self, name: str | None) -> None:
        """Opens the sheet "help", "language", "text" or "desk" over the screen, or closes it with None."""
        if not self.over:
            self.sheet = None if name == self.sheet else name
            self.tell("sheet")

    def call_help(self) -> None:
        """« Appeler quelqu’un »: the flag stands over the screen, with what was typed beneath, until the call ends."""
        if not self.over and not self.calling:
            closed, self.sheet, self.calling = self.sheet, None, True
            self.idle.wait(True)
            self.tell("call")
            if closed:
                self.tell("sheet")

    def end_call(self) -> None:
        """The call is over: somebody was found, or it was taken back."""
        if self.calling:
            self.calling = False
            self.idle.wait(False)
            self.tell("call")

    def speak(self, language: str) -> None:
        """Chooses the language, one of `LANGUAGES`. Others are ignored."""
        if language in LANGUAGES and not self.over:
            self.language = language
            self.look = replace(self.look, rtl=language in RIGHT_TO_LEFT)
            self._set_pace()
            self.tell("look")

    def set_text(self, percent: int) -> None:
        """Chooses the size of the text, one of `TEXT_STEPS_PERCENT`."""
        if percent in TEXT_STEPS_PERCENT and not self.over:
            self.look = replace(self.look, text_percent=percent)
            self._set_pace()
            self.tell("look")

    def toggle_contrast(self) -> None:
        """Switches high contrast on or off."""
        self.look = replace(self.look, contrast=not self.look.contrast)
        self._set_pace()
        self.tell("look")

    def toggle_low(self) -> None:
        """Brings everything that can be touched within reach of who sits, or puts it back."""
        self.look = replace(self.look, low=not self.look.low)
        self._set_pace()
        self.tell("look")

    def listens(self, reading: bool) -> None:
        """Something is read aloud, or no more: who listens touches nothing, and will want to listen again."""
        self._listened = True
        self._set_pace()
        self.idle.wait(reading, "speech")

    @property
    def speaks(self) -> bool:
        """True where this terminal has a voice for the visitor's language."""
        return self.voice is not None and self.voice.speaks(self.language)

    def _set_pace(self) -> None:
        self.idle.slow_down(self.language != "fr" or not self.look.as_installed or self._listened)

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
        """True while something stands over the screen: sheet, call, guided window, warning, incident, goodbye."""
        return self.over or self.calling or bool(self.sheet or self.incident or self.window) or self.warned

    @property
    def warned(self) -> bool:
        """True while the warning of inactivity counts down."""
        return self.started and not self.window and self.idle.seconds_left() is not None

    @property
    def headed(self) -> bool:
        """True where the header stands: during a visit, unless the warning or an incident takes the whole screen."""
        begun = self.place != ATTRACT or self.calling or self.sheet is not None
        return begun and not (self.over or self.incident or self.window or self.warned)

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
            if self.asks_until is not None and self._now() >= self.asks_until:
                self._leave()
            return
        if not self.started or self.window:  # a guided window has its own clock, and its end tells
            self.idle.resume()
            return
        left = self.idle.seconds_left()
        if left == 0:
            self.end(by_silence=True)
        elif left is not None:
            self.tell("idle")

    def offer_window(self, wish: Wish) -> None:
        """Says what opens, over the screen, before it does."""
        self.wish, self.window_end = wish, ""
        self.sheet = None
        self.open_sheet(WINDOW_SHEET)

    def open_window(self, wish: Wish) -> None:
        """Opens a guided window; the visit's own clock rests until it is closed. Nothing where there are none."""
        if self.windows is None or self.window or self.over:
            return
        self.wish, self.window_end, self.window, self.sheet = wish, "", OPENING, None
        self.tell("window")
        self.windows.open(wish, self.language)

    def window_opened(self) -> None:
        """The window stands over the kiosk."""
        if self.window:
            self.window = OPEN
            self.tell("window")

    def window_closed(self, reason: str, *, ends: bool, told: bool) -> None:
        """The window is gone. It `ends` the visit where nobody was there any more; else the visit goes on afresh.

        `told`: the person did not close it, so the screen says what happened, `reason` being its word: a sheet does,
        or the place itself where it opened the window for a call (`Wish.told_in_place`).
        """
        if not self.window:
            return
        self.window = ""
        self.idle.resume()
        if ends:
            self.end(by_silence=True)
            return
        if told:
            self.window_end = reason
            self.sheet = None if self.wish.told_in_place else WINDOW_SHEET
        self.tell("window")

    def close_window(self) -> None:
        """« La fermer »: the answer comes by `window_closed`."""
        if self.window and self.windows is not None:
            self.windows.close()

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

    def end(self, *, by_silence: bool = False) -> None:
        """Ends the visit: everything of the person is wiped, then the browser is. Once only.

        Who ends it by a touch, and had begun something, may first say with one tap how it was: nothing of the visit is
        there any more but the language and the size of the text.
        """
        if self.over:
            return
        asks = self._ask_s > 0 and bool(self.journey) and not by_silence
        if not asks:
            self.wipe()
            self._on_end()
            return
        self.asks_until = self._now() + self._ask_s
        self.wipe()

    def say_opinion(self, answer: str | None) -> None:
        """The one tap of the goodbye, or « Passer » with None: counted, and the visit leaves."""
        if self.asks_until is not None:
            if answer is not None:
                self._on_opinion(self.journey, answer)
            self._leave()

    def _leave(self) -> None:
        self.hearing.stop()
        self.asks_until, self.journey = None, ""
        self._on_end()

    def wipe(self) -> None:
        """Forgets everything of the person. The visit cannot be used afterwards."""
        self.hearing.stop()
        if self.over:
            return
        self.over = True
        self.close_window()
        self.window, self.wish = "", Wish()
        self.drafts.wipe()
        self.place, self.sheet, self.incident, self.calling = ATTRACT, None, None, False
        if self.asks_until is None:
            self.language, self.journey = "fr", ""
            self.look = replace(self.look, text_percent=100, contrast=False, low=False, rtl=False)
        self.tell("place")
        self.tell("over")
        self._watchers.clear()
