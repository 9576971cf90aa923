"""What stands on a paper, in words: no page, no millimetre, no printer. Pure.

It never holds a name, a contact or a need: whoever finds the paper learns a day, a place and a code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """One thing to know: what it is, its value, and maybe a second line (both hours where the clocks differ).

    ``items`` are the values where there are several, in order (the hours asked for); with ``ticked``, one for each,
    they are lines with a box before them.
    """

    label: str
    value: str = ""
    detail: str = ""
    items: tuple[str, ...] = ()
    struck: bool = False
    ticked: tuple[bool, ...] = ()


@dataclass(frozen=True)
class Note:
    """A sentence in a frame of its own, and what it means."""

    sentence: str
    more: str = ""


@dataclass(frozen=True)
class Sheet:
    """A paper to take away, every text ready to be read.

    Attributes:
        name: « Point Contact ».
        site: the place that gave it.
        made: day and hour of the printing or of the asking, one or two short lines.
        title: what it is.
        kind: « Réservé », « Demandé »… or "": the truth in one word, framed.
        sentence: the same truth in a sentence.
        code_label, code, code_why: the reference in groups 3-3-4 and why to keep it; "" where it is not known here.
        qr: the address in the QR, or ``None``; qr_words: what it is for.
        facts: what to know.
        steps_title, steps: what comes next, numbered.
        notes: sentences that must be read (« Cette préparation n’est pas une inscription »).
        foot: small lines at the end.
        language: of the visit: the paper is written from right to left in some. Texts that are ``kiosk.said.Said``
            carry the French that is written under them.
    """

    name: str
    site: str
    made: tuple[str, ...]
    title: str
    kind: str = ""
    sentence: str = ""
    code_label: str = ""
    code: str = ""
    code_why: str = ""
    qr: str | None = None
    qr_words: str = ""
    facts: tuple[Fact, ...] = ()
    steps_title: str = ""
    steps: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    foot: tuple[str, ...] = ()
    language: str = "fr"

    def texts(self) -> Iterator[str]:
        """Every text on the paper, in the order in which it is read; that of the QR's address is not one."""
        yield from (self.name, self.site, *self.made, self.title, self.kind, self.sentence)
        yield from (self.code_label, self.code, self.code_why, self.qr_words)
        for fact in self.facts:
            yield from (fact.label, fact.value, fact.detail, *fact.items)
        yield from (self.steps_title, *self.steps) if self.steps else ()
        for note in self.notes:
            yield from (note.sentence, note.more)
        yield from self.foot
