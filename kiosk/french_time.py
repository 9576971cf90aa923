"""Times as the French read them, in the zone of the site. Pure: the moment comes in as an argument.

Times are stored in UTC (``2026-11-24T08:00:00Z``). They are shown in the IANA zone of the *site*:
a Point Contact in La Réunion is not on Paris time. Where the two differ, both are said, because
the person at the other end of a video call usually lives on Paris time.

Conventions (docs/sources.md, french): « jeudi 19 novembre », « 1er décembre », « 14 h », « 14 h 30 »,
with no-break spaces so that a line never breaks inside an hour, nor between a day's number and its month.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PARIS = "Europe/Paris"
NBSP = "\u00a0"

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SHORT_MONTHS = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


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


def zones_differ(moment: datetime, zone: str) -> bool:
    """True when the clocks of ``zone`` and of Paris show different hours at that moment."""
    return local(moment, zone).utcoffset() != local(moment, PARIS).utcoffset()


def day(when: date, *, with_year: bool = False) -> str:
    """« jeudi 19 novembre », « mardi 1er décembre », and the year when asked."""
    number = "1er" if when.day == 1 else str(when.day)
    words = f"{WEEKDAYS[when.weekday()]} {number}{NBSP}{MONTHS[when.month - 1]}"
    return f"{words} {when.year}" if with_year else words


def day_near(when: date, today: date) -> str:
    """The day with the year only where it is not the year of ``today``."""
    return day(when, with_year=when.year != today.year)


def relative_day(when: date, today: date) -> str:
    """« aujourd’hui », « demain », « hier », else the day in full."""
    near = {0: "aujourd’hui", 1: "demain", -1: "hier"}.get((when - today).days)
    return near or day_near(when, today)


def hour(moment: datetime, zone: str) -> str:
    """« 14 h », « 14 h 30 », « 9 h 05 »."""
    here = local(moment, zone)
    whole = f"{here.hour}{NBSP}h"
    return f"{whole}{NBSP}{here.minute:02d}" if here.minute else whole


def hours(start: datetime, end: datetime, zone: str) -> str:
    """« de 14 h à 14 h 45 », with the day of the end where it is another day."""
    last = f"{hour(end, zone)}"
    if local(end, zone).date() != local(start, zone).date():
        last = f"{day(local(end, zone).date())}, {last}"
    return f"de {hour(start, zone)} à {last}"


def paris_hour(moment: datetime, zone: str) -> str | None:
    """« 11 h à Paris » where the site's clocks differ from Paris, with the day where that differs too."""
    if not zones_differ(moment, zone):
        return None
    there, here = local(moment, PARIS), local(moment, zone)
    words = f"{hour(moment, PARIS)} à Paris"
    return words if there.date() == here.date() else f"{day(there.date())}, {words}"


def moment_in_words(moment: datetime, zone: str) -> str:
    """« jeudi 19 novembre, 14 h 30 » on the site's clocks."""
    return f"{day(local(moment, zone).date())}, {hour(moment, zone)}"


def moment_near(moment: datetime, now: datetime, zone: str) -> str:
    """« aujourd’hui, 14 h 30 », « hier, 16 h 20 », « jeudi 19 novembre, 14 h 30 »."""
    return f"{relative_day(local(moment, zone).date(), local(now, zone).date())}, {hour(moment, zone)}"


def numeric_date(when: date) -> str:
    """« 05/04/2027 », for source lines."""
    return f"{when.day:02d}/{when.month:02d}/{when.year:04d}"


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes from ``start`` to ``end``."""
    return (end - start) // timedelta(minutes=1)


def duration(start: datetime, end: datetime) -> str:
    """« 45 minutes », « 1 h », « 1 h 30 », « 2 jours »."""
    minutes = minutes_between(start, end)
    if minutes < 60:
        return f"{minutes}{NBSP}minute" + ("s" if minutes > 1 else "")
    if minutes >= 24 * 60:
        days = -(-minutes // (24 * 60))
        return f"{days}{NBSP}jour" + ("s" if days > 1 else "")
    whole, rest = divmod(minutes, 60)
    return f"{whole}{NBSP}h{NBSP}{rest:02d}" if rest else f"{whole}{NBSP}h"
