"""Everything that the kiosk may write on a screen by itself, in every language: for checks of glyphs and wording."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import get_args

from babel import Locale

from content.build import read_sources
from content.pack import texts
from content.typography import typeset
from kiosk.entry import EntryKind
from kiosk.parts.keys import rows
from kiosk.translations import TRANSLATED, catalogue
from kiosk.wording import FRENCH, LANGUAGES, say, words

LAYERS = ("letters", "digits", "more")
SIGNS = ("decimal", "minusSign", "percentSign", "plusSign")
DIGITS = "0123456789 ٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹ "
WIDTHS = ("wide", "abbreviated")


def interface(language: str) -> dict[str, str]:
    """Key of each sentence of the interface → what is said; of another language only what is translated."""
    if language in FRENCH:
        return {key: say(key, language) for key in words()}
    return {key: said for (key, _), said in catalogue(language).items()}


@cache
def content(language: str) -> dict[str, str]:
    """Place of each text of the content → the text as it is shown; what is not written in ``language`` is left out."""
    found: dict[str, str] = {}
    sources = read_sources()
    for document in sources.documents:
        if language in document.variants:
            for path, text in texts(document.variants[language]):
                found[f"{document.id}.{path}"] = typeset(text, language)
        for number, nav in enumerate(document.nav):
            if language in nav.label:
                found[f"{document.id}.nav.{number}"] = typeset(nav.label[language], language)
    for address, _ in sources.addresses:
        for said_in, field, text in address.texts():
            if said_in == language:
                found[f"{address.id}.{field}"] = typeset(text, language)
    return found


def moments(language: str) -> dict[str, str]:
    """Names of days and months, signs of figures, hours and lists, as babel writes them in a language."""
    locale = Locale.parse(language.removesuffix("-simple"))
    found = {}
    for kind, width in product(("months", "days"), WIDTHS):
        found[f"{kind}.{width}"] = " ".join(map(str, getattr(locale, kind)["format"][width].values()))
    figures = locale.number_symbols.get(locale.default_numbering_system, locale.number_symbols["latn"])
    found["figures"] = DIGITS + " ".join(str(figures[name]) for name in SIGNS)
    found["lists"] = " ".join(str(one) for pattern in locale.list_patterns.values() for one in pattern.values())
    return found


def keys() -> Iterator[str]:
    """Every sign on the keyboard, small and capital."""
    for kind, layer, alphabetical in product(get_args(EntryKind), LAYERS, (True, False)):
        for line in rows(kind, layer, alphabetical=alphabetical):
            for key in line:
                yield key.letters
                yield key.letters.upper()


def everything(language: str) -> dict[str, str]:
    """All that stands on screens in a language, by where it comes from."""
    of_itself = {f"interface {key}": text for key, text in interface(language).items()}
    read = {f"content {key}": text for key, text in content(language).items()}
    told = {f"babel {key}": text for key, text in moments(language).items()}
    names = {f"name of {code}": name for code, name in LANGUAGES.items()}
    return {**of_itself, **read, **told, **names, "keyboard": "".join(keys())}


ALL = (*FRENCH, *TRANSLATED)
