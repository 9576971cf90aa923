"""Moments as they are stored and as clocks show them, without a word. Pure: the present comes in as an argument.

Times are stored in UTC (``2026-11-24T08:00:00Z``). They are shown in the IANA zone of the *site*:
a Point Contact in La Réunion is not on Paris time. ``kiosk.times`` says them in words.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PARIS = "Europe/Paris"


def parse_utc(text: str) -> datetime:
    """Reads ``2026-11-24T08:00:00Z``. Raises ValueError for anything that is not UTC."""
    if not text.endswith("Z"):
        raise ValueError("a stored time is UTC and ends with Z")
    return datetime.fromisoformat(text[:-1] + "+00:00")


def format_utc(moment: datetime) -> str:
    """Returns a moment as it is stored, cut to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_ms(ms: int) -> datetime:
    """Returns the UTC moment of milliseconds since 1970, exactly (no floating point)."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)


def to_ms(moment: datetime) -> int:
    """Returns milliseconds since 1970, rounded down."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def zone_of(name: str) -> ZoneInfo:
    """Returns the zone named ``name``; Paris when the name is unknown (the hub checks it at entry)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(PARIS)


def local(moment: datetime, zone: str) -> datetime:
    """Returns ``moment`` on the clocks of ``zone``."""
    return moment.astimezone(zone_of(zone))


def minute_of(moment: datetime) -> datetime:
    """The minute in which ``moment`` is: all that a clock shows of it."""
    return moment.replace(second=0, microsecond=0)


def zones_differ(moment: datetime, zone: str) -> bool:
    """True when the clocks of ``zone`` and of Paris show different hours at that moment."""
    return local(moment, zone).utcoffset() != local(moment, PARIS).utcoffset()


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes from ``start`` to ``end``."""
    return (end - start) // timedelta(minutes=1)
