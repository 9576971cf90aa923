"""The page that tries camera, microphone and sound: the terminal's own, for a guided window, without any network.

What the camera sees and the microphone hears stays in the page: its policy gives it no way to send anything, not even
to this program. Only this page of the terminal may use camera and microphone, and only a window opened for it does.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kiosk.said import beside
from kiosk.tokens import CONTRAST, DAY, TEXT_STEPS_PERCENT, Look
from kiosk.wording import FRENCH, LANGUAGES, RIGHT_TO_LEFT, say, words

PATH = "/essai"
HERE = Path(__file__).parent
FONTS = "/assets/fonts"
COLOURS = (
    "ground", "surface", "ink", "ink_soft", "hairline", "action", "on_action", "action_ledge", "point", "on_point",
    "control", "second", "sure", "sure_soft", "sure_ledge", "wait", "wait_soft", "tint", "on_tint", "deep", "focus",
)  # fmt: skip
SIZES = ("h1", "h3", "label", "strong", "body", "small")
DIAGONAL_MIN, DIAGONAL_MAX = 7.0, 100.0


def headers() -> dict[str, str]:
    """What this page is answered with, in the place of the kiosk's own policies."""
    script, style = (_digest(name) for name in ("check.js", "check.css"))
    return {
        "content-security-policy": (
            f"default-src 'none'; script-src '{script}'; style-src '{style}'; font-src 'self'; connect-src 'none'; "
            "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
        ),
        "permissions-policy": "camera=(self), microphone=(self), geolocation=()",
    }


def page(asked: Mapping[str, str]) -> str:
    """The page. ``asked`` is the query of its address: ``langue``, ``texte`` (percent), ``contraste`` (0 or 1) and
    ``dixiemes`` (tenths of an inch of the screen's diagonal); what cannot be read is taken as usual."""
    language = asked.get("langue", "fr")
    language = language if language in LANGUAGES else "fr"
    percent = _number(asked.get("texte"), 100)
    percent = percent if percent in TEXT_STEPS_PERCENT else 100
    contrast = asked.get("contraste") == "1"
    diagonal_in = min(DIAGONAL_MAX, max(DIAGONAL_MIN, _number(asked.get("dixiemes"), 215) / 10))
    drawn = {
        "colours": {name: getattr(CONTRAST if contrast else DAY, name) for name in COLOURS},
        "diagonal_in": diagonal_in,
        # In mm, for a screen read from afar and for a small one: the page knows its own size in px.
        "sizes_mm": [_sizes_mm(percent, small=small) for small in (False, True)],
        "contrast": contrast,
        "translated": language not in FRENCH,
        # Each with the French that stands under it, or "".
        "words": {key: _both(say(key, language)) for key in words() if key.startswith("check.")},
    }
    # In a data block, which is not run: the script is the same for everybody, and so is its digest in the policy.
    data = json.dumps(drawn, ensure_ascii=False).replace("<", "\\u003c")
    title = html.escape(say("check.title", language))
    code, direction = "fr" if language in FRENCH else language, "rtl" if language in RIGHT_TO_LEFT else "ltr"
    return (
        f'<!doctype html><html lang="{code}" dir="{direction}" translate="no"><meta charset="utf-8">'
        f"<title>{title}</title>"
        f"<style>{_file('check.css')}</style><body><main></main>"
        f'<script type="application/json" id="drawn">{data}</script><script>{_file("check.js")}</script></body></html>'
    )


def _both(said: str) -> tuple[str, str]:
    return str(said), beside(said)


def _sizes_mm(percent: int, *, small: bool) -> dict[str, float]:
    """The em of each role in mm at the visitor's step of text."""
    # A density of exactly 100 px/mm, on a glass that is small or is not.
    short, long = (16_000, 22_000) if small else (27_000, 48_000)
    diagonal_in = (short**2 + long**2) ** 0.5 / 100 / 25.4
    look = Look(short, long, diagonal_in, percent)
    return {role: look.size(role) / 100 for role in SIZES}


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 6 else otherwise


@cache
def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _digest(name: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(_file(name).encode()).digest()).decode()
