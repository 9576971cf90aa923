"""What is read of a screen, in its own order, each part in a voice that can say it. Pure; no Flet.

A screen comes as plain blocks (`kiosk.parts.told` finds them in what is drawn). Whatever a person typed comes marked as
private and is never in what is read: one sentence says so in its place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kiosk.wording import FRENCH, LANGUAGES, say

Kind = Literal["title", "words", "button", "choice", "field", "private"]
OWN_NAMES = {name: code for code, name in LANGUAGES.items()}
IN_FRENCH = "fr-simple"
"""The voice, and its pace, for who listens in French to a screen in another language."""
END = ".?!…:؟"
_WORD = re.compile(r"[^\W\d_]{3,}")
_INVISIBLE = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f\u00ad"))
_LATIN = re.compile(r"[A-Za-zÀ-ÿŒœ]")


@dataclass(frozen=True)
class Part:
    """Words as they are drawn. `french` is what they were made from; None where nothing says so: they are French."""

    words: str
    french: str | None = None


@dataclass(frozen=True)
class Block:
    """One thing of a screen.

    Attributes:
        kind: what it is; "private" is what the person typed, of which nothing is kept here.
        parts: its words, in order.
        chosen: of a choice: it is the one, or one of those, chosen.
        possible: False for a button that cannot be touched yet; its words say why.
    """

    kind: Kind
    parts: tuple[Part, ...] = ()
    chosen: bool = False
    possible: bool = True


@dataclass(frozen=True)
class Spoken:
    """A stretch of speech in the voice of `language`; `slow` is written down meanwhile."""

    words: str
    language: str
    slow: bool = False


def spoken(
    blocks: Sequence[Block], language: str, speaks: Callable[[str], bool], *, french: bool = False
) -> list[Spoken]:
    """What is read of `blocks`: the title first, then everything in order.

    Args:
        blocks: what is drawn.
        language: of the visitor.
        speaks: whether this machine has a voice for a language.
        french: read the French that stands beside the words, for a language without a voice.
    """
    titles = [block for block in blocks if block.kind == "title"]
    said: list[Spoken] = []
    private = False
    for block in (*titles, *(block for block in blocks if block.kind != "title")):
        if block.kind == "private" and private:
            continue
        private = private or block.kind == "private"
        said += _of(block, IN_FRENCH if french else language, speaks, french=french)
    return said


def _of(block: Block, language: str, speaks: Callable[[str], bool], *, french: bool) -> Iterator[Spoken]:
    """One block: neighbouring words in one voice are one stretch."""
    if block.kind == "private":
        yield Spoken(str(say("speech.private", language)), language)
        return
    runs: list[Spoken] = []
    for part in _framed(block, language):
        one = _said(part, language, speaks, french=french)
        if one is None:
            continue
        if runs and runs[-1].language == one.language:
            runs[-1] = replace(runs[-1], words=f"{runs[-1].words} {one.words}")
        else:
            runs.append(one)
    yield from runs


def _framed(block: Block, language: str) -> Iterable[Part]:
    """The parts of a block with what a touch makes of it."""
    parts = list(block.parts)
    if not parts:
        return parts
    if block.kind == "button":
        return [_told("speech.button" if block.possible else "speech.not_yet", language), *parts]
    if block.kind == "choice" and block.chosen:
        return [*parts, _told("frame.chosen", language)]
    return parts


def _told(key: str, language: str) -> Part:
    words = say(key, language)
    return Part(str(words), say(key))


def _said(part: Part, language: str, speaks: Callable[[str], bool], *, french: bool) -> Spoken | None:
    """A part in its voice; None where there is nothing to say, or nothing that this voice could."""
    own = OWN_NAMES.get(part.words.strip())
    if own is not None:
        return _name_of(own, language, speaks)
    words = part.words
    if french:
        words = part.words if part.french is None else part.french
        if _WORD.search(words) and not _LATIN.search(words):
            return None
    words = clean(words)
    if not words:
        return None
    if french or language in FRENCH or part.french is not None or not _WORD.search(words):
        return Spoken(words, language)
    return Spoken(words, "fr")  # a name, a place, a title: what nobody translated is French


def _name_of(code: str, language: str, speaks: Callable[[str], bool]) -> Spoken:
    """The name of a language: in its own voice, else what it is called in the visitor's."""
    if speaks(code):
        return Spoken(clean(LANGUAGES[code]), code)
    return Spoken(clean(str(say(f"speech.language.{code}", language))), language)


def clean(words: str) -> str:
    """Words as a voice takes them: one line, no invisible character, a full stop at the end; "" for signs alone."""
    lines = [" ".join(line.split()) for line in words.translate(_INVISIBLE).replace("•", " ").splitlines()]
    joined = ""
    for line in filter(None, lines):
        if joined:
            joined += " " if line[:1].islower() or joined[-1] in END + ",;" else ". "
        joined += line
    joined = joined.replace(" · ", ", ").strip(" ·")
    if not any(letter.isalnum() for letter in joined):
        return ""
    return joined if joined[-1] in END else f"{joined}."


def lines(text: str, language: str, *, slow: bool = False, most: int = 200) -> list[Spoken]:
    """A text of several lines as stretches of about `most` letters; the first line stands alone, to begin soon."""
    found: list[str] = []
    for line in filter(None, map(clean, text.split("\n"))):
        if len(found) > 1 and len(found[-1]) + len(line) < most:
            found[-1] = f"{found[-1]} {line}"
        else:
            found.append(line)
    return [Spoken(one, language, slow=slow) for one in found]
