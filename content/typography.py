"""French typography of what is shown: no-break spaces, apostrophes, sentences, dates. Pure.

``typeset`` puts what a keyboard cannot: an editor types plain spaces and straight apostrophes, the compiled text is
right. ``faults`` finds what is still wrong in a text that is shown as it is.
"""

from __future__ import annotations

import re
from datetime import date

NO_BREAK = "\u00a0"
FRENCH = ("fr", "fr-simple")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip

_BEFORE = re.compile(r"[ \u202f]+(?=[;:!?»])")
_AFTER = re.compile(r"(?<=«)[ \u202f]+")
_UNIT = re.compile(r"(?<=\d) (?=(?:h|min|heures?|jours?|mois|ans?|%|€)\b|\d)")
_HOUR = re.compile(r"(?<=\d\u00a0h) (?=\d\d\b)")
_MISSING_BEFORE = re.compile(r"(?<![\s\u00a0«])(?:[;!?»]|:(?!\d))")
_MISSING_AFTER = re.compile(r"«(?!\u00a0)")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\s\u00a0]+|\n+")
_WORD = re.compile(r"[^\W_]+(?:[’'\-.][^\W_]+)*", re.UNICODE)


def typeset(text: str, language: str = "fr") -> str:
    """Returns ``text`` with ’ as apostrophe and no-break spaces before units.

    In French (``fr``, ``fr-simple``) also before ``: ; ? ! »`` and after «.
    """
    text = text.replace("'", "’")
    if language in FRENCH:
        text = _AFTER.sub(NO_BREAK, _BEFORE.sub(NO_BREAK, text))
    return _HOUR.sub(NO_BREAK, _UNIT.sub(NO_BREAK, text))


def faults(text: str, language: str = "fr") -> list[str]:
    """French descriptions of the typographic faults of a text meant to be shown as it is; empty when it is right."""
    found = []
    if "'" in text:
        found.append("une apostrophe droite est à remplacer par ’")
    if "..." in text:
        found.append("trois points sont à remplacer par …")
    if language not in FRENCH:
        return found
    if _BEFORE.search(text) or _MISSING_BEFORE.search(text):
        found.append("il manque une espace insécable avant « : », « ; », « ? », « ! » ou « » »")
    if _MISSING_AFTER.search(text):
        found.append("il manque une espace insécable après « « »")
    return found


def sentences(text: str) -> list[str]:
    """The sentences of ``text``; only ``. ! ? …`` and a new line end one (a colon or a semicolon does not)."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


def words(sentence: str) -> list[str]:
    """The words of a sentence; « l’emploi » and « rendez-vous » count for one each, a number for one."""
    return _WORD.findall(sentence.replace(NO_BREAK, " "))


def long_date(day: date) -> str:
    """« 1er janvier 2027 », with no-break spaces."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{NO_BREAK}{MONTHS[day.month - 1]}{NO_BREAK}{day.year}"
