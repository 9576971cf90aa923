"""How hard a French text is to read, in figures: the formula of Kandel and Moles (1958), Flesch's for French.

207 − 1.015 × words a sentence − 73.6 × syllables a word: 100 is very easy, 0 very hard. It counts syllables as they are
spoken in careful French. A list, a label or a button counts as a sentence of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from content.typography import sentences, words

LEVELS = (
    (80, "about 9 to 10 years (end of primary school)"),
    (70, "about 11 years (first year of collège)"),
    (60, "about 12 to 14 years (collège)"),
    (50, "about 15 to 16 years (end of collège, lycée)"),
    (float("-inf"), "adults who read with ease"),
)
"""From which score on whom a text suits: the steps of Flesch, by the French classes of that age."""
_VOWELS = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]+", re.IGNORECASE)
_HIATUS = re.compile(r"é(?=[aeiouâôûè])|(?<=[aeo])[éèïë]")
_SILENT_U = re.compile(r"(?<=q)u|(?<=g)u(?=[eiéèê])")
_MUTE = re.compile(r"(?<=[^aeiouyàâäéèêëîïôöùûüœæ])(?:es?|ent)$", re.IGNORECASE)
_FIGURES = re.compile(r"\d+")


@dataclass(frozen=True)
class Reading:
    """What was counted of some texts."""

    sentences: int
    words: int
    syllables: int

    @property
    def words_a_sentence(self) -> float:
        """Mean length of a sentence."""
        return self.words / self.sentences

    @property
    def score(self) -> float:
        """Kandel and Moles, 0 (very hard) to about 120 (very easy)."""
        return 207 - 1.015 * self.words_a_sentence - 73.6 * self.syllables / self.words

    @property
    def age(self) -> str:
        """Whom a text of this score suits."""
        return next(who for least, who in LEVELS if self.score >= least)


def syllables(word: str) -> int:
    """Syllables of a French word, one at least; a figure counts for one a digit, an acronym for one a letter."""
    if _FIGURES.search(word):
        return max(1, sum(len(figures) for figures in _FIGURES.findall(word)))
    if word.isupper() and len(word) > 1:
        return len(word)
    parts = re.split(r"[’'\-.]", word.lower())
    return max(1, sum(_of_part(part) for part in parts if part))


def _of_part(part: str) -> int:
    part = _SILENT_U.sub("", part)
    spoken = _MUTE.sub("", part) if len(part) > 3 else part  # « les » and « ne » keep theirs
    return len(_VOWELS.findall(spoken)) + len(_HIATUS.findall(spoken)) if _VOWELS.search(spoken) else 0


def reading(texts: Iterable[str]) -> Reading:
    """Counts texts together. ZeroDivisionError later where there is no word."""
    counted = [words(sentence) for text in texts for sentence in sentences(text)]
    said = [one for one in counted if one]
    return Reading(len(said), sum(map(len, said)), sum(syllables(word) for one in said for word in one))
