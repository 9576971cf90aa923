"""How visits ended, added up by site, month and journey, with what is too few hidden. Anonymous from the start.

Two rules keep a person from being made out. Months that are not over are not shown: looked at every day, a growing sum
would tell each tap. And a cell under ``SHOWN_MIN`` is never given, nor is anything from which it could be worked out:
of a journey with such a cell only the sum is shown, and no sum over sites or journeys is made.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from sync.hub.database import table_of
from sync.records import Satisfaction
from sync.records.satisfaction import ANSWERS

COUNTS = table_of(Satisfaction)
SHOWN_MIN = 5
"""The smallest count that is shown (docs/sources.md, vocabularies)."""


@dataclass(frozen=True)
class Opinions:
    """One journey of one site in one month (``2026-11``).

    ``total`` is ``None`` where it is under ``SHOWN_MIN``; the others are where one of them is, zero being none.
    """

    site_id: str
    month: str
    journey: str
    total: int | None
    good: int | None
    fair: int | None
    poor: int | None


def list_opinions(connection: Connection, this_month: str, site_id: str | None = None) -> list[Opinions]:
    """Every journey of every month before ``this_month``, by site, the newest month first.

    Args:
        connection: of a reading transaction.
        this_month: the month that is not over, ``2026-11``.
        site_id: only this site's.
    """
    month = func.substr(COUNTS.c.day, 1, 7)
    sums = [func.sum(COUNTS.c[name]).label(name) for name in ANSWERS]
    query = select(COUNTS.c.site_id, month.label("month"), COUNTS.c.journey, *sums)
    query = query.where(~COUNTS.c.gone, month < this_month)
    if site_id is not None:
        query = query.where(COUNTS.c.site_id == site_id)
    query = query.group_by(COUNTS.c.site_id, month, COUNTS.c.journey)
    found = [
        _shown(row.site_id, row.month, row.journey, tuple(int(getattr(row, name)) for name in ANSWERS))
        for row in connection.execute(query)
    ]
    return sorted(sorted(found, key=lambda one: (one.site_id, one.journey)), key=lambda one: one.month, reverse=True)


def _shown(site_id: str, month: str, journey: str, counts: tuple[int, ...]) -> Opinions:
    total = sum(counts)
    if total < SHOWN_MIN:
        return Opinions(site_id, month, journey, None, None, None, None)
    if any(0 < count < SHOWN_MIN for count in counts):
        return Opinions(site_id, month, journey, total, None, None, None)
    return Opinions(site_id, month, journey, total, *counts)
