"""The starter data: derived from the calendar, honest about what it is, acceptable to the imports."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.demo import near, starter

SATURDAY_MORNING = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
DAYS = st.dates(date(2026, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("year", "sunday"), [(2026, date(2026, 4, 5)), (2027, date(2027, 3, 28)), (2038, date(2038, 4, 25))]
)
def test_easter_falls_where_the_calendar_says(year: int, sunday: date) -> None:
    assert starter.easter(year) == sunday


def test_the_site_in_la_reunion_has_its_own_holiday() -> None:
    day = date(2027, 12, 20)
    assert starter.is_open(starter.METROPOLITAN, day)
    assert not starter.is_open(starter.REUNION, day)


@given(DAYS)
def test_two_slots_never_touch_and_lie_in_the_opening_hours(day: date) -> None:
    for site in starter.SITES.values():
        before: datetime | None = None
        for starts, ends, _ in starter.slots_of_day(site, day):
            assert any(opens <= starts < ends <= closes for opens, closes in site.half_days)
            begins = datetime.combine(day, starts)
            assert before is None or begins - before >= timedelta(minutes=starter.BUFFER_MIN)
            before = datetime.combine(day, ends)


@given(DAYS)
def test_every_reason_can_be_tried_every_day(day: date) -> None:
    reasons = {reason for _, _, reason in starter.slots_of_day(starter.METROPOLITAN, day)}
    assert reasons == {reason for reason, _ in starter.TURN}


def test_starting_again_the_next_day_changes_no_slot_that_is_still_to_come() -> None:
    first = {(row["site"], row["référence"]): row for row in starter.slot_rows(SATURDAY_MORNING)}
    later = starter.slot_rows(SATURDAY_MORNING + timedelta(days=3))
    known = [row for row in later if (row["site"], row["référence"]) in first]
    assert len(known) > 100
    assert all(first[row["site"], row["référence"]] == row for row in known)


@pytest.mark.parametrize("make_rows", [starter.slot_rows, starter.event_rows])
def test_nothing_that_has_begun_is_offered(make_rows: object) -> None:
    """In La Réunion it is three or two hours later: each site goes by its own clock."""
    assert callable(make_rows)
    monday_noon = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    for row in make_rows(monday_noon):
        local = datetime.strptime(f"{row['date']} {row['début']}", "%d/%m/%Y %H:%M")  # noqa: DTZ007
        offset = timedelta(hours=4 if row["site"] == starter.REUNION.site_id else 1)
        assert local - offset > monday_noon.replace(tzinfo=None)


def test_everything_says_that_it_is_a_demonstration() -> None:
    assert all("Démonstration" in site.name for site in starter.SITES.values())
    assert all("démonstration" in row["source"] for row in starter.event_rows(SATURDAY_MORNING))
    assert all(row["référence"].startswith("DEMO-") for row in starter.slot_rows(SATURDAY_MORNING))
    for row in (*near.offer_rows(SATURDAY_MORNING), *near.service_rows(SATURDAY_MORNING)):
        assert row["référence"].startswith("DEMO-")
        assert "démonstration" in row["source"]


@given(DAYS)
def test_every_fortnight_of_a_site_has_an_event_on_site_and_from_afar_unless_its_day_is_a_holiday(day: date) -> None:
    for site in starter.SITES.values():
        both = [event for event in starter.EVENTS if event.remote_seats is not None]
        assert len(both) == 1
        thursdays = [day + timedelta(days=ahead) for ahead in range(14) if (day + timedelta(days=ahead)).weekday() == 3]
        open_ones = [one for one in thursdays if starter.is_open(site, one) and both[0] in starter.events_of_day(one)]
        given_both = [one for one in starter.fortnight(site, day) if both[0] in starter.events_of_day(one)]
        assert set(open_ones) <= set(given_both)
        assert all(10 <= starter.remote_seats_left(both[0], one) <= 20 for one in given_both)


def test_the_csv_reads_back_as_it_was() -> None:
    rows = starter.event_rows(SATURDAY_MORNING)
    assert list(csv.DictReader(io.StringIO(starter.to_csv(rows)), delimiter=";")) == rows


def test_the_two_sites_show_both_answers_to_who_orients_those_with_the_rsa() -> None:
    assert {site.rsa_orientation for site in starter.SITES.values()} == {"departement", "france_travail"}
    assert starter.METROPOLITAN.rsa_orientation == "departement", "the law's own case for who changes nothing"
