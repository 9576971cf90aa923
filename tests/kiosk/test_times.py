"""Days and hours as they are said in French, and in every other language with the French beside."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from unicodedata import decimal

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from kiosk import times
from kiosk.cldr import WAYS
from kiosk.moments import local, parse_utc
from kiosk.said import Said, french_of
from kiosk.translations import TRANSLATED
from kiosk.wording import FRENCH, LANGUAGES

REUNION = "Indian/Reunion"
ZONES = ("Europe/Paris", REUNION, "Indian/Mayotte", "America/Guadeloupe", "America/Cayenne", "America/Marigot")
some_moment = st.integers(1_577_836_800, 2_398_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
some_day = st.dates(min_value=date(2020, 1, 1), max_value=date(2045, 12, 31))
some_zone = st.sampled_from(ZONES)
some_language = st.sampled_from(TRANSLATED)


def plain(words: str | None) -> str:
    return (words or "").replace("\u00a0", " ").replace("\u202f", " ")


# In French --------------------------------------------------------------------------------------------


@given(some_moment, some_zone)
def test_an_hour_read_by_a_person_is_the_hour_on_the_wall(moment: datetime, zone: str) -> None:
    words = times.hour(moment, zone, "fr")
    match = re.fullmatch(r"(\d{1,2})\u00a0h(?:\u00a0(\d{2}))?", words)
    assert match
    here = local(moment, zone)
    assert (int(match[1]), int(match[2] or 0)) == (here.hour, here.minute)
    assert not words.startswith("0") or here.hour == 0


@given(some_moment, some_zone)
def test_paris_is_named_exactly_where_its_clocks_differ(moment: datetime, zone: str) -> None:
    words = times.paris_hour(moment, zone, "fr")
    same = times.hour(moment, zone, "fr") == times.hour(moment, "Europe/Paris", "fr")
    assert (words is None) == same
    if words:
        assert words.endswith("à Paris")
        assert times.hour(moment, "Europe/Paris", "fr") in words


@given(some_moment, some_zone, st.integers(min_value=1, max_value=60 * 12))
def test_no_line_breaks_inside_an_hour(moment: datetime, zone: str, minutes: int) -> None:
    words = times.hours(moment, moment + timedelta(minutes=minutes), zone, "fr")
    assert not re.search(r"\d (?=h)|h (?=\d)", words)


@given(some_day)
def test_a_day_names_its_weekday_and_month(when: date) -> None:
    words = times.day(when, "fr", with_year=True)
    weekday, in_month, year = words.split(" ")
    number, month = in_month.split("\u00a0")
    assert times.WEEKDAYS.index(weekday) == when.weekday()
    assert (1 if number == "1er" else int(number)) == when.day
    assert times.MONTHS.index(month) + 1 == when.month
    assert int(year) == when.year


def test_the_first_of_a_month_is_premier() -> None:
    assert times.day(date(2026, 12, 1), "fr") == "mardi 1er\u00a0décembre"
    assert times.date_in_words(date(1998, 4, 1), "fr", with_year=True) == "1er\u00a0avril 1998"


def test_reunion_is_three_hours_ahead_of_paris_in_winter_and_two_in_summer() -> None:
    assert times.paris_hour(parse_utc("2027-01-15T05:00:00Z"), REUNION, "fr") == "6\u00a0h à Paris"
    assert times.paris_hour(parse_utc("2027-07-15T05:00:00Z"), REUNION, "fr") == "7\u00a0h à Paris"


def test_another_day_in_paris_is_named() -> None:
    assert times.paris_hour(parse_utc("2026-11-19T23:30:00Z"), "America/Guadeloupe", "fr") == (
        "vendredi 20\u00a0novembre, 0\u00a0h\u00a030 à Paris"
    )


@pytest.mark.parametrize(
    ("stored", "hour"),
    [
        ("2026-10-25T00:30:00Z", "2\u00a0h\u00a030"),  # summer time, for the first time that night
        ("2026-10-25T01:30:00Z", "2\u00a0h\u00a030"),  # winter time: the same hour comes again
        ("2027-03-28T00:59:00Z", "1\u00a0h\u00a059"),
        ("2027-03-28T01:00:00Z", "3\u00a0h"),
    ],
)
def test_the_nights_when_the_clocks_change(stored: str, hour: str) -> None:
    assert times.hour(parse_utc(stored), "Europe/Paris", "fr") == hour


def test_yesterday_today_and_tomorrow_are_said_so() -> None:
    now = parse_utc("2026-11-19T21:30:00Z")
    yesterday = parse_utc("2026-11-18T15:20:00Z")
    assert times.moment_near(yesterday, now, "Europe/Paris", "fr") == "hier, 16\u00a0h\u00a020"
    # 21 h 30 UTC is already the 20th in La Réunion.
    assert times.moment_near(parse_utc("2026-11-20T05:00:00Z"), now, REUNION, "fr") == "aujourd’hui, 9\u00a0h"
    assert times.relative_day(date(2027, 1, 4), date(2026, 12, 20), "fr") == "lundi 4\u00a0janvier 2027"


def test_hours_and_lengths_are_said_as_people_say_them() -> None:
    start = parse_utc("2026-11-19T13:00:00Z")
    end = start + timedelta(minutes=45)
    assert times.hours(start, end, "Europe/Paris", "fr") == "de 14\u00a0h à 14\u00a0h\u00a045"
    assert times.hours(start, end, "Europe/Paris", "fr", short=True) == "14\u00a0h – 14\u00a0h\u00a045"
    assert [times.counted(n, "minute", "fr") for n in (1, 45)] == ["1\u00a0minute", "45\u00a0minutes"]
    assert [times.unit_words(n, "second", "fr") for n in (1, 20)] == ["seconde", "secondes"]
    assert times.month(start.date(), "fr") == "Novembre 2026"


# In the other languages -------------------------------------------------------------------------------

START = parse_utc("2027-03-01T05:05:00Z")
"""Monday 1 March 2027, 09:05 in La Réunion and 06:05 in Paris."""
END = START + timedelta(minutes=90)
DAY = local(START, REUNION).date()
PATTERNS: dict[str, Callable[[str], str | None]] = {
    "day": lambda language: times.day(DAY, language),
    "with its year": lambda language: times.day(DAY, language, with_year=True),
    "date": lambda language: times.date_in_words(DAY, language, with_year=True),
    "in the week": lambda language: times.day_in_week(DAY, language),
    "tile": lambda language: f"{times.weekday_short(DAY, language)} {times.month_short(DAY, language)}",
    "month": lambda language: times.month(DAY, language),
    "tomorrow": lambda language: times.moment_near(START + timedelta(days=1), START, REUNION, language),
    "hours": lambda language: times.hours(START, END, REUNION, language),
    "hours_short": lambda language: times.hours(START, END, REUNION, language, short=True),
    "paris": lambda language: times.paris_hour(START, REUNION, language),
    "1": lambda language: times.counted(1, "minute", language),
    "3": lambda language: times.counted(3, "minute", language),
    "20": lambda language: times.counted(20, "minute", language),
    "20 s": lambda language: times.unit_words(20, "second", language),
}
EXPECTED = {
    "en": (
        "Monday 1 March", "Monday 1 March 2027", "1 March 2027", "Monday 1", "Mon Mar", "March 2027",
        "tomorrow, 09:05", "from 09:05 to 10:35", "09:05 – 10:35", "06:05 in Paris",
        "1 minute", "3 minutes", "20 minutes", "seconds",
    ),
    "es": (
        "lunes 1 de marzo", "lunes 1 de marzo de 2027", "1 de marzo de 2027", "lunes 1", "lun mar", "Marzo de 2027",
        "mañana, 9:05", "de 9:05 a 10:35", "9:05 – 10:35", "6:05 en París",
        "1 minuto", "3 minutos", "20 minutos", "segundos",
    ),
    "pt": (
        "segunda-feira, 1 de março", "segunda-feira, 1 de março de 2027", "1 de março de 2027", "segunda-feira 1",
        "seg. mar.", "Março de 2027", "amanhã, 09:05", "09:05 – 10:35", "09:05 – 10:35", "06:05 em Paris",
        "1 minuto", "3 minutos", "20 minutos", "segundos",
    ),
    "ar": (
        "الاثنين، 1 مارس", "الاثنين، 1 مارس 2027", "1 مارس 2027", "الاثنين 1", "الاثنين مارس", "مارس 2027",
        "غدًا، 09:05", "من 09:05 إلى 10:35", "09:05 – 10:35", "06:05 في باريس",
        "دقيقة", "3 دقائق", "20 دقيقة", "ثانية",
    ),
    "uk": (
        "понеділок, 1 березня", "понеділок, 1 березня 2027 року", "1 березня 2027 року", "понеділок 1", "пн бер.",
        "Березень 2027", "завтра, 09:05", "09:05 – 10:35", "09:05 – 10:35", "06:05 у Парижі",
        "1 хвилина", "3 хвилини", "20 хвилин", "секунд",
    ),
    "ro": (
        "luni, 1 martie", "luni, 1 martie 2027", "1 martie 2027", "luni 1", "lun. mar.", "Martie 2027",
        "mâine, 09:05", "de la 09:05 la 10:35", "09:05 – 10:35", "06:05 la Paris",
        "1 minut", "3 minute", "20 de minute", "de secunde",
    ),
    "tr": (
        "1 Mart Pazartesi", "1 Mart 2027 Pazartesi", "1 Mart 2027", "1 Pazartesi", "Pzt Mar", "Mart 2027",
        "yarın, 09:05", "09:05 – 10:35", "09:05 – 10:35", "Paris saatiyle 06:05",
        "1 dakika", "3 dakika", "20 dakika", "saniye",
    ),
    "fa": (
        "دوشنبه 1 مارس", "دوشنبه 1 مارس 2027", "1 مارس 2027", "دوشنبه 1", "دوشنبه مارس", "مارس 2027",
        "فردا، 9:05", "از 9:05 تا 10:35", "9:05 تا 10:35", "6:05 به وقت پاریس",
        "1 دقیقه", "3 دقیقه", "20 دقیقه", "ثانیه",
    ),
}  # fmt: skip


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_language_says_days_hours_and_lengths_in_its_own_order(language: str) -> None:
    said = {name: plain(make(language)) for name, make in PATTERNS.items()}
    assert said == dict(zip(PATTERNS, EXPECTED[language], strict=True))


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("month", range(1, 13))
def test_the_order_is_that_of_cldr_but_for_what_was_decided(language: str, month: int) -> None:
    """Its long date of the Gregorian calendar, without what docs/decisions/0039 leaves out."""
    when = date(2027, month, 3)
    theirs = plain(format_date(when, "full", locale=WAYS[language].locale)).replace(" р.", " року")
    if language in ("en", "es"):
        theirs = theirs.replace(", ", " ")
    assert plain(times.day(when, language, with_year=True)) == theirs


def everything(moment: datetime, now: datetime, zone: str, minutes: int, language: str) -> list[str]:
    """One of each, of any moment; those of the near days among them."""
    when, today, end = local(moment, zone).date(), local(now, zone).date(), moment + timedelta(minutes=minutes)
    return [
        times.date_in_words(when, language), times.day(when, language), times.day_near(when, today, language),
        times.relative_day(when, today, language), times.day_of(moment, zone, language),
        times.day_in_week(when, language), times.weekday_short(when, language), times.month(when, language),
        times.month_short(when, language), times.hour(moment, zone, language),
        times.hours(moment, end, zone, language), times.hours(moment, end, zone, language, short=True),
        times.moment_in_words(moment, zone, language), times.moment_near(moment, now, zone, language),
        times.with_paris(times.hour(moment, zone, language), times.paris_hour(moment, zone, language)),
        times.counted(minutes, "minute", language), times.unit_words(minutes, "second", language),
    ]  # fmt: skip


@given(some_moment, st.integers(-3 * 24 * 60, 3 * 24 * 60), some_zone, st.integers(1, 26 * 60), some_language)
def test_beside_every_day_and_hour_stands_the_french_that_a_french_visitor_reads(
    moment: datetime, before: int, zone: str, minutes: int, language: str
) -> None:
    now = moment - timedelta(minutes=before)
    said = everything(moment, now, zone, minutes, language)
    assert all(isinstance(words, Said) and words for words in said)
    assert [french_of(words) for words in said] == everything(moment, now, zone, minutes, "fr")
    assert everything(moment, now, zone, minutes, "fr-simple") == everything(moment, now, zone, minutes, "fr")


@given(some_moment, some_zone, some_language)
def test_digits_are_those_of_the_clock_on_the_wall_and_no_line_parts_a_day_from_its_month(
    moment: datetime, zone: str, language: str
) -> None:
    here = local(moment, zone)
    words = times.day_of(moment, zone, language) + times.moment_in_words(moment, zone, language)
    assert all(letter.isascii() for letter in words if decimal(letter, None) is not None)
    assert times.hour(moment, zone, language).split(":") == [
        f"{here.hour:0{2 if WAYS[language].padded else 1}}", f"{here:%M}",
    ]  # fmt: skip
    assert str(here.year) in words, "of the calendar of France"
    date_alone = times.date_in_words(here.date(), language)
    assert " " not in date_alone


def test_every_language_is_french_or_has_its_ways() -> None:
    assert {*LANGUAGES} == {*FRENCH, *WAYS} == {*FRENCH, *TRANSLATED}
