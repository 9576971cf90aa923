"""The national table of communes, by postal code and by name, and the countries of a birth place.

Source and licence: content/packs/reference/LICENCE.md. The table is a gzip of lines sorted by code::

    code INSEE <tab> name <tab> postal codes, comma separated <tab> département <tab> code of the commune it is part of

It is read at the first look-up only. A look-up scans the text (about a millisecond), which costs less than building
an index of 35,000 entries on an old machine.
"""

from __future__ import annotations

import gzip
import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from content.errors import CorruptedPack

REFERENCE = Path(__file__).parent / "packs" / "reference"
_POSTAL_CODE = re.compile(r"[0-9]{5}")
_CODE = re.compile(r"[0-9AB]{5}")
_MUNICIPAL_DISTRICTS = ("75056", "69123", "13055")  # Paris, Lyon, Marseille: their arrondissements are proposed


@dataclass(frozen=True)
class Commune:
    """One commune, or one arrondissement of Paris, Lyon or Marseille.

    Attributes:
        code: INSEE code, always text ("2A004", "97411", "01004").
        postal_codes: all its postal codes, sorted.
        department: "01", "2A", "974".
        parent: INSEE code of the commune of a municipal arrondissement, else "".
    """

    code: str
    name: str
    postal_codes: tuple[str, ...]
    department: str
    parent: str = ""


class Communes:
    """Look-ups in the table; nothing is read before the first one. Safe to share between threads."""

    def __init__(self, folder: Path = REFERENCE) -> None:
        self._folder = folder

    @cached_property
    def _text(self) -> str:
        try:
            text = gzip.decompress((self._folder / "communes.tsv.gz").read_bytes()).decode()
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise CorruptedPack("La table des communes est abîmée : réinstallez les contenus.") from error
        return f"\n{text}"

    @cached_property
    def _folded(self) -> list[tuple[str, str]]:
        """(name without accents or punctuation, code) of every row, for look-ups by name."""
        return [(fold(line.split("\t")[1]), line.split("\t")[0]) for line in self._text.split("\n") if line]

    def __len__(self) -> int:
        """Number of rows, arrondissements included."""
        return self._text.count("\n") - 1

    def by_postal_code(self, postal_code: str) -> list[Commune]:
        """Communes that have this postal code, by name; empty when none has or when it is not five digits.

        In Paris, Lyon and Marseille the arrondissement is returned and not the whole city.
        """
        if not _POSTAL_CODE.fullmatch(postal_code):
            return []
        rows = re.finditer(rf"\n([^\t\n]*\t[^\t\n]*\t[0-9,]*\b{postal_code}\b[^\n]*)", self._text)
        found = [_commune(row[1]) for row in rows]
        return sorted((c for c in found if c.code not in _MUNICIPAL_DISTRICTS), key=lambda c: (fold(c.name), c.code))

    def by_code(self, code: str) -> Commune | None:
        """The commune with this INSEE code, or None."""
        if not _CODE.fullmatch(code):
            return None
        start = self._text.find(f"\n{code}\t")
        return None if start < 0 else _commune(self._text[start + 1 : self._text.index("\n", start + 1)])

    def by_name(self, beginning: str, limit: int = 8) -> list[Commune]:
        """Communes whose name begins so, accents and hyphens aside; exact names first, then by name."""
        wanted = fold(beginning)
        if not wanted:
            return []
        codes = [(name != wanted, name, code) for name, code in self._folded if name.startswith(wanted)]
        found = (self.by_code(code) for _, _, code in sorted(codes)[:limit])
        return [commune for commune in found if commune is not None]

    @cached_property
    def countries(self) -> tuple[str, ...]:
        """French names of the countries for a birth place, France first, then by name."""
        try:
            lines = (self._folder / "countries.txt").read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise CorruptedPack("La liste des pays est abîmée : réinstallez les contenus.") from error
        return tuple(line for line in lines if line and not line.startswith("#"))


def fold(name: str) -> str:
    """A name for comparison: lower case, no accents, one space for what is no letter or digit."""
    plain = unicodedata.normalize("NFD", name.replace("œ", "oe").replace("Œ", "oe").replace("æ", "ae"))
    letters = "".join(c if c.isalnum() else " " for c in plain.casefold() if not unicodedata.combining(c))
    return " ".join(letters.split())


def _commune(line: str) -> Commune:
    code, name, postal_codes, department, parent = line.split("\t")
    return Commune(code, name, tuple(code for code in postal_codes.split(",") if code), department, parent)
