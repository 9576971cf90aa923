"""How each language but French writes a day, a month, an hour and a length of time. Pure.

Names, their cases and their plurals are those of the Unicode CLDR, as Babel brings them; the order of their parts is
CLDR's too, written out here where a screen needs another one than CLDR keeps (docs/decisions/0039). Years are those of
the Gregorian calendar and digits 0 to 9 in every language: a letter, a slip and the clock on the wall say them so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Literal

NBSP = "\u00a0"
COMMAS = dict.fromkeys(map(ord, ",،"))
Unit = Literal["minute", "second"]


@dataclass(frozen=True)
class Way:
    """How a language puts the parts of a date together.

    Attributes:
        locale: whose names are taken, as CLDR calls it.
        in_month: « 19 novembre ».
        in_year: « 19 novembre 2026 ».
        with_weekday: « jeudi 19 novembre »: the name of the day, and what follows or comes before it.
        padded: an hour before ten has two digits.
        units: how long the names of units are ("short" where CLDR's long ones are missing from Babel).
    """

    locale: str
    in_month: str = "{number} {month}"
    in_year: str = "{number} {month} {year}"
    with_weekday: str = "{weekday} {date}"
    in_line: str = "{month} {year}"
    padded: bool = True
    units: Literal["long", "short"] = "long"


WAYS = {
    "en": Way("en_GB"),
    "es": Way("es", "{number} de {month}", "{number} de {month} de {year}", in_line="{month} de {year}", padded=False),
    "pt": Way("pt", "{number} de {month}", "{number} de {month} de {year}", "{weekday}, {date}", "{month} de {year}"),
    "ar": Way("ar", with_weekday="{weekday}، {date}"),
    "uk": Way("uk", in_year="{number} {month} {year} року", with_weekday="{weekday}, {date}"),
    "ro": Way("ro", with_weekday="{weekday}, {date}"),
    "tr": Way("tr", with_weekday="{date} {weekday}"),
    "fa": Way("fa", padded=False, units="short"),
}  # fmt: skip
"""« martes 17 de noviembre » has no comma in a running Spanish sentence; « року » is written out in Ukrainian because
« р. » would end a sentence with two full stops."""


@dataclass(frozen=True)
class Names:
    """The names of a language. Weekdays begin with Monday, months with January; short ones fit a small tile.

    ``months`` are those after a number (« 19 листопада »), ``months_alone`` those of a heading (« листопад 2026 »).
    """

    weekdays: tuple[str, ...]
    weekdays_short: tuple[str, ...]
    months: tuple[str, ...]
    months_alone: tuple[str, ...]
    months_short: tuple[str, ...]


@cache
def names(language: str) -> Names:
    """The names of ``language``, read once. KeyError for one that is not in ``WAYS``."""
    from babel import Locale  # noqa: PLC0415 - who reads French does not pay for it

    locale = Locale.parse(WAYS[language].locale)
    days, months = locale.days, locale.months
    return Names(
        weekdays=tuple(days["format"]["wide"][at] for at in range(7)),
        weekdays_short=tuple(days["stand-alone"]["abbreviated"][at] for at in range(7)),
        months=tuple(months["format"]["wide"][at] for at in range(1, 13)),
        months_alone=tuple(months["stand-alone"]["wide"][at] for at in range(1, 13)),
        months_short=tuple(months["stand-alone"]["abbreviated"][at] for at in range(1, 13)),
    )


def date_words(when: date, language: str, *, with_year: bool) -> str:
    """« 19 de noviembre », « 19 de noviembre de 2026 »: no line ever breaks between the number and its month."""
    way = WAYS[language]
    month = names(language).months[when.month - 1]
    pattern = way.in_year if with_year else way.in_month
    number_and_month = way.in_month.format(number=when.day, month=month)
    whole = pattern.format(number=when.day, month=month, year=when.year)
    return whole.replace(number_and_month, number_and_month.replace(" ", NBSP), 1)


def day_words(when: date, language: str, *, with_year: bool) -> str:
    """« jueves 19 de noviembre », with the year when asked."""
    weekday = names(language).weekdays[when.weekday()]
    return WAYS[language].with_weekday.format(weekday=weekday, date=date_words(when, language, with_year=with_year))


def day_in_week(when: date, language: str) -> str:
    """« jueves 19 », « середа 19 »: without the comma of a whole date, for an hour follows that has one."""
    weekday = names(language).weekdays[when.weekday()]
    return WAYS[language].with_weekday.translate(COMMAS).format(weekday=weekday, date=when.day).replace(" ", NBSP)


def month_words(when: date, language: str) -> str:
    """« Noviembre de 2026 », the heading over the days of a month."""
    words = WAYS[language].in_line.format(month=names(language).months_alone[when.month - 1], year=when.year)
    return words[:1].upper() + words[1:]


def hour_words(on_the_clock: datetime, language: str) -> str:
    """« 14:30 », « 09:05 », « 9:05 »: the hour of ``on_the_clock`` as it stands, of 24."""
    width = 2 if WAYS[language].padded else 1
    return f"{on_the_clock.hour:0{width}}:{on_the_clock.minute:02}"


@lru_cache(maxsize=256)
def counted(count: int, unit: Unit, language: str) -> str:
    """« 20 de minute », « 5 хвилин »: with the plural that the number asks for."""
    from babel.units import format_unit  # noqa: PLC0415 - as above

    way = WAYS[language]
    return format_unit(count, f"duration-{unit}", way.units, locale=way.locale).replace(" ", NBSP, 1)


def unit_words(count: int, unit: Unit, language: str) -> str:
    """« de minute », « хвилин »: what stands under the number where it is drawn by itself, as large as the screen."""
    number = str(count)
    words = counted(count, unit, language)
    # Arabic has « one minute » and « two minutes » in one word without a number; under a number goes the general one.
    words, number = (words, number) if number in words else (counted(100, unit, language), "100")
    return words.replace(number, "").strip()
