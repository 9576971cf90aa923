"""Choosing a commune or a country: from what was typed to a list of choices. Pure.

The table is the national one (``content.communes``). One postal code covers up to 46 communes and 1 441
names are shared, so that nothing is ever chosen for the person unless there is only one possibility.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from kiosk.models.answers import AnswerError, fold

FRANCE = "France"
NAMES_MAX = 60
"""At most this many communes for what was typed: more means that too little was typed."""


class CommuneRow(Protocol):
    """What is needed of a row of the table (``content.communes.Commune``)."""

    @property
    def code(self) -> str:
        """INSEE code, text."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def department(self) -> str:
        """``01``, ``2A``, ``974``."""


class CommuneTable(Protocol):
    """What is needed of the table (``content.communes.Communes``)."""

    def by_postal_code(self, postal_code: str, /) -> Sequence[CommuneRow]:
        """Communes of a postal code."""

    def by_code(self, code: str, /) -> CommuneRow | None:
        """The commune of an INSEE code."""

    def by_name(self, beginning: str, /, limit: int = 8) -> Sequence[CommuneRow]:
        """Communes whose name begins so."""

    @property
    def countries(self) -> tuple[str, ...]:
        """French names of countries."""


@dataclass(frozen=True)
class Place:
    """One choice: ``value`` is what is kept, ``label`` what is read."""

    value: str
    label: str


def communes_of(table: CommuneTable, postal_code: str) -> list[Place]:
    """The communes of a postal code. Raises AnswerError when no commune has it."""
    rows = table.by_postal_code(postal_code)
    if not rows:
        raise AnswerError("reg.error.postal_unknown")
    return [Place(row.code, row.name) for row in rows]


def commune_name(table: CommuneTable, code: str) -> str:
    """The name of a commune. Raises AnswerError when the code is not in the table."""
    row = table.by_code(code)
    if row is None:
        raise AnswerError("reg.error.choose_one")
    return row.name


def birth_communes(table: CommuneTable, typed: str) -> list[Place]:
    """Communes whose name begins as typed, with their département; the value is what is kept.

    An empty list is no error: a commune may have merged or changed its name since a birth.
    """
    rows = table.by_name(typed, limit=NAMES_MAX)
    places = [f"{row.name} ({row.department})" for row in rows]
    return [Place(place, place) for place in dict.fromkeys(places)]


def countries(table: CommuneTable, typed: str) -> list[Place]:
    """Countries whose name begins as typed, else that contain it; empty when none does."""
    wanted = fold(typed)
    names = [name for name in table.countries if name != FRANCE]
    found = [name for name in names if fold(name).startswith(wanted)] or [
        name for name in names if wanted in fold(name)
    ]
    return [Place(name, name) for name in found] if wanted else []


def the_only(places: Sequence[Place], typed: str) -> Place | None:
    """The one choice that is certain: a single one that says exactly what was typed."""
    if len(places) == 1 and fold(places[0].label.split(" (")[0]) == fold(typed):
        return places[0]
    return None
