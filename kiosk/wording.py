"""Every sentence of the interface, by key: French and simple French; others in ``kiosk.translations``. No Flet here.

Each area keeps its own table `WORDS` in `kiosk/words/`: key -> {"fr": …, "fr-simple": …}; where the simple variant is
missing, the French one is said. Tables are read lazily; the same key in two tables is a mistake and is refused.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import kiosk.words
from kiosk.said import Said, filled, french_of
from kiosk.translations import translated

LANGUAGES = {
    "fr": "Français", "fr-simple": "Français simple", "en": "English", "es": "Español", "pt": "Português",
    "ar": "العربية", "uk": "Українська", "ro": "Română", "tr": "Türkçe", "fa": "فارسی",
}  # fmt: skip
"""The languages of the interface, each by its own name, in the order in which they are offered."""
RIGHT_TO_LEFT = ("ar", "fa")
FRENCH = ("fr", "fr-simple")
SMALL_TURKISH, CAPITAL_TURKISH = {"I": "ı", "İ": "i"}, {"ı": "I", "i": "İ"}
AREAS = ("frame", "registration", "booking", "events", "contract", "reference")


@cache
def words() -> dict[str, dict[str, str]]:
    """All the tables as one. ValueError when two areas use the same key."""
    merged: dict[str, dict[str, str]] = {}
    for area in iter_modules(kiosk.words.__path__):
        name = f"kiosk.words.{area.name}"
        for key, variants in import_module(name).WORDS.items():
            if key in merged:
                raise ValueError(f"the key {key!r} of {name} is already used by another area")
            merged[key] = variants
    return merged


@cache
def fixed_sentences(language: str) -> frozenset[str]:
    """What the interface says in `language` with nothing filled in: the same for everybody."""
    return frozenset(str(say(key, language)) for key, variants in words().items() if "{" not in variants["fr"])


def uncapped(text: str, language: str) -> str:
    """``text`` as it goes on after a colon: « Du lundi au vendredi » is « du lundi au vendredi ».

    What was typed in French (the hours of a place) begins with a small letter in the French sentence only: in another
    language it is quoted as it was typed.
    """
    if language in FRENCH:
        return text[:1].lower() + text[1:]
    french = french_of(text)
    words = _cased(text, language, SMALL_TURKISH, str.lower) if isinstance(text, Said) else text
    return Said(words, french[:1].lower() + french[1:])


def capped(text: str, language: str) -> str:
    """``text`` as it begins a line: « demain » is « Demain »."""
    french = french_of(text)
    capital = french[:1].upper() + french[1:]
    return Said(_cased(text, language, CAPITAL_TURKISH, str.upper), capital) if isinstance(text, Said) else capital


def _cased(text: str, language: str, turkish: Mapping[str, str], change: Callable[[str], str]) -> str:
    """The first letter changed; Turkish has an i with a dot and one without, each with its capital."""
    first = text[:1]
    dotted = turkish.get(first) if language == "tr" else None
    return (dotted or change(first)) + text[1:]


def say(key: str, language: str = "fr", **values: object) -> str:
    """The sentence `key` in `language`, its {placeholders} filled with `values`. KeyError for an unknown key.

    In another language than French it is a `kiosk.said.Said`, which carries the French along.
    """
    variants = words()[key]
    french = variants["fr"]
    text = variants.get(language)
    if text is None:
        other = translated(key, french, language)
        text = french if other is None else Said(other, french)
    if not values:
        return text
    if language in RIGHT_TO_LEFT:
        values = {name: _led(one) for name, one in values.items()}
    return filled(text, values)


ARABIC = re.compile("[\u0600-\u06ff]")
LEFT_TO_RIGHT = "\u200e"
"""Around French, or figures, among words that run from right to left: their own order and full stop stay as they are
(Unicode, annex 9). The isolates would do the same, but no face of ours has them."""


def left_to_right(words: str) -> str:
    """French, or figures, to stand among words that run from right to left: each line of it runs its own way.

    A line that has Arabic letters itself stays as it is, and so does a single word.
    """
    return "\n".join(map(_line_to_right, words.split("\n")))


def _line_to_right(line: str) -> str:
    alone = line.isalnum() or len(line) < 2
    return line if alone or ARABIC.search(line) else f"{LEFT_TO_RIGHT}{line}{LEFT_TO_RIGHT}"


def _led(value: object) -> object:
    """A value that is French, or figures, as it stands in words from right to left; others as they are."""
    if not isinstance(value, str) or isinstance(value, Said):
        return value
    return Said(left_to_right(value), value)
