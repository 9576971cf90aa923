"""The interface in other languages: one gettext catalogue (PO) a language.

A message is known by its key (``msgctxt``) and the French that was translated (``msgid``). Where the French has changed
since, nothing is said in that language until a translator has looked again: an old translation may promise what is no
more true. ``packaging/update_translations.py`` brings the files up to date with the words of ``kiosk/words``. No Flet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

FOLDER = Path(__file__).parent
TRANSLATED = ("en", "es", "pt", "ar", "uk", "ro", "tr", "fa")
"""The languages of the files, in the order in which they are offered."""


@dataclass(frozen=True)
class Review:
    """Who read a whole catalogue, screen by screen, and when (``docs/translations.md``)."""

    by: str
    on: date


REVIEWED: Mapping[str, Review] = {}
"""The catalogues that a native speaker has read. On screens in the others it is said that nobody has yet."""


def read(language: str) -> Catalog:
    """The catalogue of a language as it is on disk.

    Raises:
        OSError: there is none.
    """
    from babel.messages.pofile import read_po  # noqa: PLC0415 - who reads French does not pay for it

    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@cache
def catalogue(language: str) -> Mapping[tuple[str, str], str]:
    """What is translated and stands: (key, French) to the sentence; what is to be looked at again is left out."""
    return {
        (str(message.context), str(message.id)): str(message.string)
        for message in read(language)
        if message.id and message.string and not message.fuzzy
    }


def translated(key: str, french: str, language: str) -> str | None:
    """The sentence ``key`` in ``language``; ``None`` where this very French is not translated into it."""
    if language not in TRANSLATED:
        return None
    return catalogue(language).get((key, french))
