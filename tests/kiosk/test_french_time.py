"""Times as the French read them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import french_time

REUNION = "Indian/Reunion"
ZONES = ("Europe/Paris", REUNION, "Indian/Mayotte", "America/Guadeloupe", "America/Cayenne", "America/Marigot")
moments = st.integers(1_577_836_800, 2_398_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
zones = st.sampled_from(ZONES)


def utc(text: str) -> datetime:
    return french_time.parse_utc(text)


@given(moments)
def test_a_stored_time_is_read_back_the_same(moment: datetime) -> None:
    assert french_time.parse_utc(french_time.format_utc(moment)) == moment


@given(st.integers(min_value=0, max_value=1 << 47))
def test_milliseconds_are_exact_in_both_ways(ms: int) -> None:
    assert french_time.to_ms(french_time.from_ms(ms)) == ms


@given(moments, zones)
def test_an_hour_read_by_a_person_is_the_hour_on_the_wall(moment: datetime, zone: str) -> None:
    words = french_time.hour(moment, zone)
    match = re.fullmatch(r"(\d{1,2})\u00a0h(?:\u00a0(\d{2}))?", words)
    assert match
    here = french_time.local(moment, zone)
    assert (int(match[1]), int(match[2] or 0)) == (here.hour, here.minute)
    assert not words.startswith("0") or here.hour == 0


@given(moments, zones)
def test_paris_is_named_exactly_where_its_clocks_differ(moment: datetime, zone: str) -> None:
    words = french_time.paris_hour(moment, zone)
    same = french_time.hour(moment, zone) == french_time.hour(moment, "Europe/Paris")
    assert (words is None) == same
    if words:
        assert words.endswith("à Paris")
        assert french_time.hour(moment, "Europe/Paris") in words


@given(moments, zones, st.integers(min_value=1, max_value=60 * 12))
def test_no_line_breaks_inside_an_hour(moment: datetime, zone: str, minutes: int) -> None:
    words = french_time.hours(moment, moment + timedelta(minutes=minutes), zone)
    assert not re.search(r"\d (?=h)|h (?=\d)", words)


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2045, 12, 31)))
def test_a_day_names_its_weekday_and_month(when: date) -> None:
    words = french_time.day(when, with_year=True)
    weekday, in_month, year = words.split(" ")
    number, month = in_month.split("\u00a0")
    assert french_time.WEEKDAYS.index(weekday) == when.weekday()
    assert (1 if number == "1er" else int(number)) == when.day
    assert french_time.MONTHS.index(month) + 1 == when.month
    assert int(year) == when.year


def test_the_first_of_a_month_is_premier() -> None:
    assert french_time.day(date(2026, 12, 1)) == "mardi 1er\u00a0décembre"


def test_reunion_is_three_hours_ahead_of_paris_in_winter_and_two_in_summer() -> None:
    assert french_time.paris_hour(utc("2027-01-15T05:00:00Z"), REUNION) == "6\u00a0h à Paris"
    assert french_time.paris_hour(utc("2027-07-15T05:00:00Z"), REUNION) == "7\u00a0h à Paris"


def test_another_day_in_paris_is_named() -> None:
    assert french_time.paris_hour(utc("2026-11-19T23:30:00Z"), "America/Guadeloupe") == (
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
    assert french_time.hour(utc(stored), "Europe/Paris") == hour


def test_yesterday_today_and_tomorrow_are_said_so() -> None:
    now = utc("2026-11-19T21:30:00Z")
    assert french_time.moment_near(utc("2026-11-18T15:20:00Z"), now, "Europe/Paris") == "hier, 16\u00a0h\u00a020"
    # 21 h 30 UTC is already the 20th in La Réunion.
    assert french_time.moment_near(utc("2026-11-20T05:00:00Z"), now, REUNION) == "aujourd’hui, 9\u00a0h"
    assert french_time.relative_day(date(2027, 1, 4), date(2026, 12, 20)) == "lundi 4\u00a0janvier 2027"


def test_a_time_that_is_not_utc_is_refused() -> None:
    with pytest.raises(ValueError, match="UTC"):
        french_time.parse_utc("2026-11-19T21:30:00+01:00")


def test_an_unknown_zone_falls_back_to_paris() -> None:
    assert french_time.hour(utc("2026-11-19T09:00:00Z"), "Mars/Olympus") == "10\u00a0h"


def test_durations_are_said_as_people_say_them() -> None:
    start = utc("2026-11-19T09:00:00Z")
    said = [french_time.duration(start, start + timedelta(minutes=m)) for m in (1, 45, 60, 90, 26 * 60)]
    assert said == ["1\u00a0minute", "45\u00a0minutes", "1\u00a0h", "1\u00a0h\u00a030", "2\u00a0jours"]
