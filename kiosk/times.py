"""Days, hours and lengths of time in words, in the visitor's language and the zone of the site. Pure.

French by its own conventions (docs/sources.md, french): « jeudi 19 novembre », « 1er décembre », « 14 h », « 14 h 30 »,
with no-break spaces so that a line never breaks inside an hour, nor between a day's number and its month. Simple French
has the same. Any other language writes them as CLDR does (``kiosk.cldr``), and carries the French (``kiosk.said``).

Where the clocks of the site and of Paris differ, both are said, because the person at the other end of a video call
usually lives on Paris time. Moments are UTC.
"""

from __future__ import annotations

from datetime import date, datetime

from kiosk import cldr
from kiosk.moments import PARIS, local, zones_differ
from kiosk.said import Said, filled
from kiosk.wording import FRENCH, say

NBSP = "\u00a0"
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
WEEKDAYS_SHORT = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
SHORT_MONTHS = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
RELATIVE = {-1: "time.yesterday", 0: "time.today", 1: "time.tomorrow"}


# Days -------------------------------------------------------------------------------------------------


def date_in_words(when: date, language: str, *, with_year: bool = False) -> str:
    """« 19 novembre », « 1er décembre », and the year when asked."""
    number = "1er" if when.day == 1 else str(when.day)
    words = f"{number}{NBSP}{MONTHS[when.month - 1]}"
    french = f"{words} {when.year}" if with_year else words
    return french if language in FRENCH else Said(cldr.date_words(when, language, with_year=with_year), french)


def day(when: date, language: str, *, with_year: bool = False) -> str:
    """« jeudi 19 novembre », « mardi 1er décembre », and the year when asked."""
    french = f"{WEEKDAYS[when.weekday()]} {date_in_words(when, 'fr', with_year=with_year)}"
    return french if language in FRENCH else Said(cldr.day_words(when, language, with_year=with_year), french)


def day_near(when: date, today: date, language: str) -> str:
    """The day with the year only where it is not the year of ``today``."""
    return day(when, language, with_year=when.year != today.year)


def relative_day(when: date, today: date, language: str) -> str:
    """« aujourd’hui », « demain », « hier », else the day in full."""
    near = RELATIVE.get((when - today).days)
    return say(near, language) if near else day_near(when, today, language)


def day_of(moment: datetime, zone: str, language: str, *, with_year: bool = True) -> str:
    """« jeudi 19 novembre 2026 »: the day of a moment on the site's clocks, with its year unless asked otherwise."""
    return day(local(moment, zone).date(), language, with_year=with_year)


def day_in_week(when: date, language: str) -> str:
    """« jeudi 19 »."""
    french = f"{WEEKDAYS[when.weekday()]}{NBSP}{when.day}"
    return french if language in FRENCH else Said(cldr.day_in_week(when, language), french)


def weekday_short(when: date, language: str) -> str:
    """« jeu. », for a tile."""
    french = WEEKDAYS_SHORT[when.weekday()]
    return french if language in FRENCH else Said(cldr.names(language).weekdays_short[when.weekday()], french)


def month(when: date, language: str) -> str:
    """« Novembre 2026 », the heading over the days of a month."""
    french = f"{MONTHS[when.month - 1].capitalize()} {when.year}"
    return french if language in FRENCH else Said(cldr.month_words(when, language), french)


def month_short(when: date, language: str) -> str:
    """« nov. », for a tile."""
    french = SHORT_MONTHS[when.month - 1]
    return french if language in FRENCH else Said(cldr.names(language).months_short[when.month - 1], french)


# Hours ------------------------------------------------------------------------------------------------


def hour(moment: datetime, zone: str, language: str) -> str:
    """« 14 h », « 14 h 30 », « 9 h 05 »."""
    here = local(moment, zone)
    whole = f"{here.hour}{NBSP}h"
    french = f"{whole}{NBSP}{here.minute:02d}" if here.minute else whole
    return french if language in FRENCH else Said(cldr.hour_words(here, language), french)


def hours(start: datetime, end: datetime, zone: str, language: str, *, short: bool = False) -> str:
    """« de 14 h à 14 h 45 », with the day of the end where it is another day; ``short``: « 14 h – 14 h 45 »."""
    last = hour(end, zone, language)
    if local(end, zone).date() != local(start, zone).date():
        last = moment_in_words(end, zone, language)
    key = "time.hours_short" if short else "time.hours"
    return say(key, language, start=hour(start, zone, language), end=last)


def paris_hour(moment: datetime, zone: str, language: str) -> str | None:
    """« 11 h à Paris » where the site's clocks differ from Paris, with the day where that differs too."""
    if not zones_differ(moment, zone):
        return None
    there, here = local(moment, PARIS), local(moment, zone)
    words = say("time.paris", language, hour=hour(moment, PARIS, language))
    if there.date() == here.date():
        return words
    return say("time.moment", language, day=day(there.date(), language), hour=words)


def with_paris(words: str, paris: str | None) -> str:
    """« 14 h (11 h à Paris) »: an hour, or hours, beside those of Paris where these differ."""
    return filled("{words} ({paris})", {"words": words, "paris": paris}) if paris else words


# Moments ----------------------------------------------------------------------------------------------


def moment_in_words(moment: datetime, zone: str, language: str) -> str:
    """« jeudi 19 novembre, 14 h 30 » on the site's clocks."""
    on = day(local(moment, zone).date(), language)
    return say("time.moment", language, day=on, hour=hour(moment, zone, language))


def near_day_of(moment: datetime, now: datetime, zone: str, language: str) -> str:
    """« aujourd’hui », « hier », « jeudi 19 novembre »: the day of a moment on the site's clocks."""
    return relative_day(local(moment, zone).date(), local(now, zone).date(), language)


def moment_near(moment: datetime, now: datetime, zone: str, language: str) -> str:
    """« aujourd’hui, 14 h 30 », « hier, 16 h 20 », « jeudi 19 novembre, 14 h 30 »."""
    on = near_day_of(moment, now, zone, language)
    return say("time.moment", language, day=on, hour=hour(moment, zone, language))


# Lengths of time --------------------------------------------------------------------------------------


def counted(count: int, unit: cldr.Unit, language: str) -> str:
    """« 45 minutes », « 1 minute »."""
    french = f"{count}{NBSP}{unit_words(count, unit, 'fr')}"
    return french if language in FRENCH else Said(cldr.counted(count, unit, language), french)


def unit_words(count: int, unit: cldr.Unit, language: str) -> str:
    """« minutes », « seconde »: what stands under a number that is drawn by itself."""
    french = {"minute": "minute", "second": "seconde"}[unit] + ("" if count == 1 else "s")
    return french if language in FRENCH else Said(cldr.unit_words(count, unit, language), french)
