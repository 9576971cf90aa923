"""A journey is written once, in French: what a sentence of the interface is in the person's language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from kiosk.wording import FRENCH as FRENCH_ONES
from kiosk.wording import say, words

FRENCH = "fr"
LINE = "(^|\\s)\u200e?"
"""Where a line of a name begins: in another language than French, the French is its last line."""


def plain(said: str) -> str:
    """Words with ordinary spaces and no marks of direction, so that they compare whatever the typography."""
    return re.sub(r"\s+", " ", said.replace("\u00a0", " ").replace("\u202f", " ").replace("\u200e", "")).strip()


def stands_beside(language: str) -> bool:
    """True for a language that has its French beside it on the screen."""
    return language not in FRENCH_ONES


def said_in(language: str, french: str) -> tuple[str, ...]:
    """What stands on the screen for a French sentence, or for its beginning up to its first value; plain words.

    Several where one French sentence is said in several ways; the French itself where no table has it (content, a
    name, a number), where it is the same, and where it stands beside.
    """
    wanted = plain(french)
    if language == FRENCH:
        return (wanted,)
    found = _known(language).get(wanted, (wanted,))
    return tuple(dict.fromkeys((*found, wanted))) if stands_beside(language) else found


@cache
def _known(language: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, variants in words().items():
        french, other = variants[FRENCH], str(say(key, language))
        found[plain(french)].add(plain(other))
        found[plain(french.partition("{")[0])].add(plain(other.partition("{")[0]))
    return {one: tuple(sorted(others)) for one, others in found.items()}


def named(names: Iterable[str], language: str, *, begins: bool = False, whole: bool = False) -> re.Pattern[str]:
    """A name that is, begins with or holds one of these words, whatever the kind of its spaces.

    Where French stands beside, its line is, begins with or holds them.
    """
    any_of = "|".join(r"\s".join(map(re.escape, name.split(" "))) for name in names)
    first = LINE if stands_beside(language) else "^"
    before, after = (first if begins or whole else ""), ("\u200e?$" if whole else "(\\s|\u200e|$)" if begins else "")
    return re.compile(f"{before}({any_of}){after}", 0 if whole else re.IGNORECASE)


def pattern_in(language: str, pattern: re.Pattern[str]) -> re.Pattern[str]:
    """A pattern made for French names, for those of ``language``: its beginning is that of the line in French."""
    if not stands_beside(language):
        return pattern
    return re.compile(pattern.pattern.replace("^", LINE), pattern.flags)


def no_listening(language: str, pattern: re.Pattern[str]) -> re.Pattern[str]:
    """A name that matches, but not that of the button which reads a choice aloud: « Écouter : … »."""
    label = re.escape(str(say("speech.listen_to", language)).partition("{")[0].strip())
    label = label.replace("\u00a0", r"\s").replace(r"\ ", r"\s")
    return re.compile(f"^(?!{label})(?:.|\n)*?{pattern.pattern}", pattern.flags)
