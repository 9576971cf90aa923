"""A journey is written once, in French: what a sentence of the interface is in the person's language."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from kiosk.wording import words

FRENCH = "fr"


def plain(said: str) -> str:
    """Words with ordinary spaces, so that they compare whatever the typography."""
    return re.sub(r"\s+", " ", said.replace("\u00a0", " ").replace("\u202f", " ")).strip()


def said_in(language: str, french: str) -> tuple[str, ...]:
    """What stands on the screen for a French sentence, or for its beginning up to its first value; plain words.

    Several where one French sentence is said in several ways; the French itself where no table has it (content, a
    name, a number), or where it is the same.
    """
    wanted = plain(french)
    return (wanted,) if language == FRENCH else _known(language).get(wanted, (wanted,))


@cache
def _known(language: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for variants in words().values():
        french, other = variants[FRENCH], variants.get(language) or variants[FRENCH]
        found[plain(french)].add(plain(other))
        found[plain(french.partition("{")[0])].add(plain(other.partition("{")[0]))
    return {one: tuple(sorted(others)) for one, others in found.items()}


def named(names: Iterable[str], *, begins: bool = False, whole: bool = False) -> re.Pattern[str]:
    """A name that is, begins with or holds one of these words, whatever the kind of its spaces."""
    any_of = "|".join(r"\s".join(map(re.escape, name.split(" "))) for name in names)
    before, after = ("^" if begins or whole else ""), (r"$" if whole else r"(\s|$)" if begins else "")
    return re.compile(f"{before}({any_of}){after}", 0 if whole else re.IGNORECASE)
