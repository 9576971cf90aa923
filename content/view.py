"""A screen in one language, ready to be drawn: what the kiosk receives. Pure, no Flet, no input or output.

These frozen dataclasses are also the shape of a compiled file (see ``content/build.py``). What depends on the day
(``marker``) or on the other languages (``french``, ``withheld``, ``own_title``) is filled by the shelf, never on disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from content.typography import long_date

BlockKind = Literal["text", "keyfact", "list", "steps", "notice", "illustration", "checklist", "phone", "term"]
UNKNOWN_VALUE = "à compléter par l’exploitant"
"""Honest words in place of a {placeholder} that the site has not filled."""


@dataclass(frozen=True)
class LegendView:
    """One sign of an illustration and the words that explain it."""

    sign: str
    text: str


@dataclass(frozen=True)
class BlockView:
    """One block of a screen.

    Attributes:
        kind: decides which of the other attributes are filled:
            text, keyfact: ``text``. list, steps, checklist: ``items`` and maybe ``text`` as the line above.
            notice: ``text`` and ``tone``. illustration: ``name``, ``alt`` (always), maybe ``text`` (its caption) and
            ``legend``. phone: ``number`` and ``text`` (who answers), maybe ``detail``. term: ``name`` and ``text``.
        speech: what is read aloud for this block, in the order of the screen; never empty.
        tone: "info" or "attention" for a notice, else "".
        by: "call", or "sms" for a number that takes written messages; "" elsewhere.
    """

    kind: BlockKind
    speech: str
    text: str = ""
    items: tuple[str, ...] = ()
    name: str = ""
    alt: str = ""
    legend: tuple[LegendView, ...] = ()
    tone: str = ""
    number: str = ""
    detail: str = ""
    by: str = ""


@dataclass(frozen=True)
class NavView:
    """A way on. ``to`` is a screen id, or an exit such as "@home" (see ``content.pack.EXITS``).

    ``french`` is what ``label`` says in French, where it is in another language; else "".
    """

    to: str
    label: str
    french: str = ""


@dataclass(frozen=True)
class SourceView:
    """Where a screen's words come from. ``read_on`` is the date of the state of the text that was read."""

    label: str
    read_on: date


@dataclass(frozen=True)
class AddressView:
    """An address of the guided window, in one language.

    Attributes:
        purpose: one of ``content.address.PURPOSES``; « video » may use camera and microphone.
        url: where it begins; "" for a video provider, whose link comes with each appointment.
        hosts: where it may go: a host, or a dot and a domain with all below it.
        title, text: what one does there.
        made_from: the hash of the French words; in another language, of those it was made from.
        translated_by, reviewed_by, reviewed_on: as of a screen.
        french: the same in French, where this is another language; else ``None``.
    """

    id: str
    language: str
    purpose: str
    url: str
    hosts: tuple[str, ...]
    title: str
    text: str
    version: int
    valid_from: date
    valid_to: date | None
    review_by: date
    sources: tuple[SourceView, ...] = ()
    made_from: str = ""
    translated_by: str = ""
    reviewed_by: str = ""
    reviewed_on: date | None = None
    french: AddressView | None = None

    @property
    def host(self) -> str:
        """The site in words: ``francetravail.fr``."""
        return self.hosts[0].removeprefix(".").removeprefix("www.")


@dataclass(frozen=True)
class ScreenView:
    """A screen in one language.

    Attributes:
        language: the language really shown, which a record of what was read names; another than the one asked for
            where the text is ``withheld`` in it.
        label: « Version simplifiée » on the simple variant, else "".
        version: the number of this edition; ``version_id`` is the name to keep with a record.
        valid_to: last day of validity, None when no end is known.
        translated_by, reviewed_by, reviewed_on: who wrote this variant and who read it again. Empty ``reviewed_by``
            means that nobody outside the project has; ``review_note`` says so in French.
        values: numbers of the law with which the kiosk computes (``content.pack.VALUES``); most screens have none.
        marker: "" or an honest sentence to show above the text (« Ce texte est à vérifier… »).
        legal: the screen says what the law says: shown in another language only once it was reviewed there.
        made_from: the hash of the French words (``content.pack.Document.source_hash``); in another language, of those
            it was made from.
        french: the same screen in French, block for block, to stand beside another language; ``None`` in French.
        withheld: why this is simple French and not the language asked for (``content.translation``: "missing", "stale",
            "unreviewed"); "" where it is that language.
        own_title: where a screen is withheld as not reviewed, its title in the language asked for: fit for a list in
            which one finds the screen, not for the screen.
    """

    id: str
    flow: str
    order: int
    language: str
    title: str
    blocks: tuple[BlockView, ...]
    nav: tuple[NavView, ...]
    sources: tuple[SourceView, ...]
    version: int
    owner: str
    valid_from: date
    valid_to: date | None
    review_by: date
    label: str = ""
    translated_by: str = ""
    reviewed_by: str = ""
    reviewed_on: date | None = None
    marker: str = ""
    values: Mapping[str, int] = field(default_factory=dict)
    legal: bool = True
    made_from: str = ""
    french: ScreenView | None = None
    withheld: str = ""
    own_title: str = ""

    @property
    def version_id(self) -> str:
        """Name of this exact edition, fit for a record: ``confidentialite-v1``."""
        return f"{self.id}-v{self.version}"

    @property
    def speech(self) -> tuple[str, ...]:
        """The whole screen as spoken text, title first, then one sentence or more for each block."""
        opening = (self.title, self.marker) if self.marker else (self.title,)
        return (*opening, *(block.speech for block in self.blocks))

    @property
    def as_of(self) -> date:
        """The date up to which the words are known to be right: the oldest reading of its sources."""
        return min((source.read_on for source in self.sources), default=self.valid_from)

    @property
    def source_line(self) -> str:
        """« Texte à jour au 27 mars 2026, version 1. Code du travail, article L. 5411-6. »."""
        names = "\u00a0; ".join(source.label for source in self.sources)
        line = f"Texte à jour au {long_date(self.as_of)}, version {self.version}."
        return f"{line} {names}." if names else line

    @property
    def review_note(self) -> str:
        """Says who has read this variant again, or that nobody has."""
        if not self.reviewed_by:
            return "Texte pas encore relu par France Travail."
        when = f" le {long_date(self.reviewed_on)}" if self.reviewed_on else ""
        return f"Texte relu par {self.reviewed_by}{when}."

    def filled(self, values: Mapping[str, str]) -> ScreenView:
        """The same screen with its {placeholders} replaced; an unknown one becomes ``UNKNOWN_VALUE``.

        Args:
            values: texts of the site by placeholder name (see ``content.pack.PLACEHOLDERS``).
        """
        return replace(
            self, title=fill(self.title, values), blocks=tuple(_fill_block(b, values) for b in self.blocks),
            french=self.french.filled(values) if self.french is not None else None,
        )  # fmt: skip


def fill(text: str, values: Mapping[str, str]) -> str:
    """Replaces each {name} of ``text`` by its value, or by ``UNKNOWN_VALUE`` when it is missing or blank."""
    parts = text.split("{")
    done = [parts[0]]
    for part in parts[1:]:
        name, _, rest = part.partition("}")
        done.append((values.get(name, "").strip() or UNKNOWN_VALUE) + rest)
    return "".join(done)


def _fill_block(block: BlockView, values: Mapping[str, str]) -> BlockView:
    return replace(
        block,
        speech=fill(block.speech, values),
        text=fill(block.text, values),
        items=tuple(fill(item, values) for item in block.items),
        detail=fill(block.detail, values),
    )
