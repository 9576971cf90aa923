"""Times as the French read them, in the zone of a site. Pure.

Twin of ``kiosk/times.py``: the two ends never import each other.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PARIS = "Europe/Paris"
NBSP = "\u00a0"
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def read_utc(text: str) -> datetime:
    """A stored time (``2026-11-24T08:00:00Z``). Raises ValueError for anything that is not UTC."""
    if not text.endswith("Z"):
        raise ValueError("a stored time is UTC and ends with Z")
    return datetime.fromisoformat(text[:-1] + "+00:00")


def local(text: str, zone: str) -> datetime:
    """A stored time on the clocks of ``zone``; Paris when the zone is unknown (imports check it)."""
    try:
        return read_utc(text).astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return read_utc(text).astimezone(ZoneInfo(PARIS))


def day_in_words(moment: datetime) -> str:
    """``mardi 24 novembre 2026``; the first of a month is ``1er``."""
    number = "1er" if moment.day == 1 else str(moment.day)
    return f"{WEEKDAYS[moment.weekday()]} {number} {MONTHS[moment.month - 1]} {moment.year}".replace(" ", NBSP)


def hour_in_words(moment: datetime) -> str:
    """``14 h 30``, ``14 h``."""
    minutes = f" {moment.minute:02d}" if moment.minute else ""
    return f"{moment.hour} h{minutes}".replace(" ", NBSP)


def short(text: str | None, zone: str) -> str:
    """``24/11/2026 14:30`` for lists of the operator; empty for None."""
    return local(text, zone).strftime("%d/%m/%Y %H:%M") if text else ""
