"""The bar's script, made for one window: ``bar.js`` with its words, fonts and sizes, and ``page.js`` beside it."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from kiosk import chime
from kiosk.faces import FONTS, RANGES, WEIGHTS, faces_for, file_of
from kiosk.said import Said, beside
from kiosk.window.opening import Call, Opening
from kiosk.wording import FRENCH, RIGHT_TO_LEFT, say, words

HERE = Path(__file__).parent
PREFIX = "window."
CALL_WORDS = {
    "call.title": "call.asks", "call.ask": "call.ask", "call.found": "call.found", "call.cancel": "call.cancel",
    "call.ring": "call.ring",
}  # fmt: skip
"""Sentences of the kiosk's own flag, by the names that ``bar.js`` calls them."""
ANSWERS = {"seen": "call.seen", "coming": "call.coming"}
KIOSK_ONLY = ("window.sheet.", "window.cover.", "window.after.")
WORLD, TELL = "point-contact", "pointContactTell"
RING, ASK = "globalThis.pointContactBar?.ring()", "globalThis.pointContactBar?.ask()"
"""What is run in the bar's world to sound once: the chime of a call, the question whether somebody is there."""
SLOT = "POINT_CONTACT_CONF"
TOP, BOTTOM = "top", "bottom"
LINES = {
    "finish": ("finish.text", "finish.erased"),
    "stopped": ("stopped.text",),
    "unreachable": ("unreachable.text", "unreachable.then"),
    "files": ("files.text",),
    "download": ("download.text",),
    "document": ("document.text",),
    "printing": ("printing.text",),
    "printed": ("printed.text",),
    "not_printed": ("not_printed.text",),
    "no_printer": ("no_printer.text",),
    "idle": ("idle.text",),
}
"""The sentences of each panel, by its name; those of « Aide » are made for the place."""
UNREACHABLE_PAGE = (
    '<!doctype html><html lang="fr"><meta charset="utf-8"><title>Point Contact</title>'
    "<style>html{background:#F6F4EF}</style></html>"
)


Both = list[str]
"""Words, and the French to be shown beside them or ""."""


@dataclass
class Bar:
    """What the bar of one window says, in its language; ``state`` is what ``bar.js`` is shown.

    Every text goes there with its French beside it: whoever comes to help reads the same bar.
    """

    opening: Opening
    keyboard: bool = True
    edge: str = TOP
    names: dict[str, str] = field(default_factory=lambda: {n: f"pc-{secrets.token_hex(8)}" for n in ("live", "print")})

    def scripts(self) -> tuple[str, str]:
        """``bar.js`` for the world of its own, ``page.js`` for the page's."""
        conf: dict[str, Any] = {
            **self.names,
            "tell": TELL,
            "words": (said := self._words()),
            "language": "fr" if self.opening.language in FRENCH else self.opening.language,
            "rtl": self.opening.language in RIGHT_TO_LEFT,
            "fonts": _fonts(faces_for("".join(own for own, _ in said.values()))),
            "chime": chime.score(),
            "question": chime.score(chime.STILL_THERE),
            "edge": self.edge,
            "diagonal_in": self.opening.diagonal_in,
            "keyboard": self.keyboard,
        }
        return _script("bar.js", conf), _script("page.js", dict(self.names))

    def state(
        self, *, host: str, back: bool, minutes_left: int | None, panel: str, seconds: int, wanted_host: str = "",
        call: Call | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """What the bar is to show now. ``panel`` is a name of ``LINES``, « help », « call » or "" for none.

        ``call`` is None where no call can be made.
        """
        lines = [self._say(key) for key in LINES.get(panel, ())]
        if panel == "stopped" and wanted_host:
            lines.append(self._say("stopped.host", host=wanted_host))
        calls = "" if call is None else "on" if call.stands else "can"
        if panel == "help":
            lines = self._help(calls)
        elif panel == "call" and call is not None:
            said = say(ANSWERS.get(call.answer, "call.unanswered"), self.opening.language, hour=_hour(call))
            lines = [said, self._say("call.meanwhile")]
        return {
            "edge": self.edge,
            "host": [host, ""] if host else _both(self._say("bar.here")) if self.opening.rule.check else None,
            "back": back,
            "left": _both(self._left(minutes_left)),
            "panel": panel,
            "seconds": seconds,
            "lines": [_both(line) for line in lines],
            "calls": calls,
            "place": _both(self._place() if panel == "call" else ""),
            "numbers": [[one[0], _pair(*one[1:])] for one in self.opening.emergencies] if panel == "help" else [],
        }

    def move(self) -> None:
        """To the other edge of the screen: nothing of a page stays out of reach beneath the bar."""
        self.edge = BOTTOM if self.edge == TOP else TOP

    def _help(self, calls: str) -> list[str]:
        lines = [self._say("help.private"), *([self._say("help.call")] if calls == "can" else [])]
        lines.append(self._say("help.desk"))
        if self.opening.desk_phone:
            lines.append(self._say("help.desk_phone", phone=self.opening.desk_phone))
        return [*lines, self._say("help.hidden")]

    def _place(self) -> str:
        """« Borne 3 », for who comes: the same words as on the kiosk's flag."""
        number = self.opening.terminal_no
        return say("call.terminal", self.opening.language, number=number) if number else ""

    def _left(self, minutes: int | None) -> str:
        if minutes is None:
            return ""
        return self._say("bar.left_one") if minutes <= 1 else self._say("bar.left", minutes=minutes)

    def _say(self, key: str, **values: object) -> str:
        return say(PREFIX + key, self.opening.language, **values)

    def _words(self) -> dict[str, Both]:
        own = (key for key in words() if key.startswith(PREFIX) and not key.startswith(KIOSK_ONLY))
        said = {key.removeprefix(PREFIX): key for key in own} | CALL_WORDS
        return {name: _both(say(key, self.opening.language)) for name, key in said.items()}


def _both(said: str) -> Both:
    return _pair(str(said), beside(said))


def _pair(said: str, french: str = "") -> Both:
    return [said, french]


def _hour(call: Call) -> str:
    """When it was answered, with its French where that is another."""
    return Said(call.hour, call.hour_french) if call.hour_french else call.hour


def show_expression(state: dict[str, Any]) -> str:
    """What is run in the bar's world to show ``state``."""
    return f"globalThis.pointContactBar?.show({json.dumps(state)})"


def _script(name: str, conf: dict[str, Any]) -> str:
    return (HERE / name).read_text(encoding="utf-8").replace(SLOT, json.dumps(conf))


@cache
def _fonts(faces: tuple[str, ...]) -> list[list[str]]:
    """Weight, letters and bytes (base64) of each face: in the script, because a page's policy may refuse others."""
    return [
        [str(weight), RANGES[face], base64.b64encode((FONTS / file_of(face, weight)).read_bytes()).decode()]
        for face in faces
        for weight in WEIGHTS
    ]
