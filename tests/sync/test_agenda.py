"""The calendar entry, parsed back by somebody else's reader."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.agenda import AFAR, RANKS, WORDS, Booked, agenda_file, agenda_for_qr, escaped, folded
from sync.promise import BOOKING_STATES, MOVED

NOW = datetime(2026, 11, 17, 9, 42, tzinfo=UTC)
FIRST = "0192f3a4-5b6c-7d8e-9f01-23456789abcd"
PLACE = "Médiathèque, 1 place de la Mairie; rez-de-chaussée"
BOOKED = Booked(
    FIRST, 0, "guaranteed", False, datetime(2026, 11, 26, 13, tzinfo=UTC), datetime(2026, 11, 26, 13, 45, tzinfo=UTC),
    "Europe/Paris", "Mairie de Saint-Aubin-sur-Sauldre", PLACE,
)  # fmt: skip


def entry(text: str) -> tuple[icalendar.Calendar, icalendar.Event]:
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    calendar = icalendar.Calendar.from_ical(text)
    (event,) = calendar.walk("VEVENT")
    return calendar, event  # type: ignore[return-value]


@pytest.mark.parametrize("zone", ["Europe/Paris", "Indian/Reunion", "America/Guadeloupe", "America/Cayenne"])
@pytest.mark.parametrize("month", [1, 3, 7, 10, 12])
def test_the_hour_of_the_file_is_that_of_the_site_and_the_same_moment(zone: str, month: int) -> None:
    for day in (24, 25, 28, 29):  # the clocks of Paris change on one of these in March and October
        start = datetime(2027, month, min(day, 28), 1, 30, tzinfo=UTC)
        booked = replace(BOOKED, zone=zone, starts_at=start, ends_at=start + timedelta(minutes=45))
        calendar, event = entry(agenda_file(booked, NOW))
        assert event.start.astimezone(UTC) == start
        assert event["DTSTART"].params["TZID"] == zone
        (written,) = calendar.walk("VTIMEZONE")
        offset = written.to_tz().utcoffset(event.start.replace(tzinfo=None))  # type: ignore[attr-defined]
        assert offset == event.start.utcoffset(), "the zone that is written in the file says another hour"


def test_an_entry_says_when_and_where_and_never_why() -> None:
    calendar, event = entry(agenda_file(BOOKED, NOW))
    assert (calendar["METHOD"], event["STATUS"], event["UID"]) == ("PUBLISH", "CONFIRMED", FIRST)
    assert event["SUMMARY"] == "Rendez-vous vidéo – Point Contact, Mairie de Saint-Aubin-sur-Sauldre"
    assert event["LOCATION"] == PLACE
    assert "code" in event["DESCRIPTION"]
    assert len(event.walk("VALARM")) == 2


def test_a_request_is_tentative_and_says_so() -> None:
    _, event = entry(agenda_file(replace(BOOKED, state="requested"), NOW))
    assert event["STATUS"] == "TENTATIVE"
    assert event["SUMMARY"].startswith("À confirmer")


@pytest.mark.parametrize("state", ["cancelled", "withdrawn", "overruled", "declined", "alternatives"])
def test_what_holds_no_hour_is_taken_out_of_the_calendar(state: str) -> None:
    calendar, event = entry(agenda_file(replace(BOOKED, state=state), NOW))
    assert (calendar["METHOD"], event["STATUS"], event["UID"]) == ("CANCEL", "CANCELLED", FIRST)
    assert not event.walk("VALARM")


def test_every_change_of_a_booking_has_a_higher_number() -> None:
    for before, following in BOOKING_STATES.items():
        for after in following:
            if before in RANKS and after in RANKS:
                assert replace(BOOKED, state=after).sequence > replace(BOOKED, state=before).sequence, (before, after)
    assert set(RANKS) == set(BOOKING_STATES) - {MOVED}
    last = max(replace(BOOKED, state=state).sequence for state in RANKS)
    assert min(replace(BOOKED, moves=1, state=state).sequence for state in RANKS) > last


@pytest.mark.parametrize("state", sorted(RANKS))
def test_the_entry_of_a_qr_is_the_same_one_and_short(state: str) -> None:
    booked = replace(BOOKED, state=state, moves=12)
    text = agenda_for_qr(booked, NOW, 331)
    assert len(text.encode()) <= 331
    _, short = entry(text)
    _, long = entry(agenda_file(booked, NOW))
    assert short.start == long.start.astimezone(UTC)
    assert short.end == long.end.astimezone(UTC)
    for name in ("UID", "SEQUENCE", "STATUS"):
        assert short[name] == long[name]
    assert PLACE.startswith(short.get("LOCATION", ""))


def test_an_entry_that_has_no_room_is_refused() -> None:
    with pytest.raises(ValueError, match="fits no QR"):
        agenda_for_qr(BOOKED, NOW, 100)


@given(st.text(max_size=300))
def test_any_text_is_read_back_as_it_was(text: str) -> None:
    booked = replace(BOOKED, place=f"x{text}x")
    _, event = entry(agenda_file(booked, NOW))
    read = "".join(letter for letter in text.replace("\r\n", "\n") if letter >= " " or letter == "\n")
    assert "".join(str(event["LOCATION"]).split()) == "".join(f"x{read}x".split())


@given(st.text(max_size=300))
def test_a_folded_line_is_short_and_unfolds(text: str) -> None:
    line = escaped(text)
    pieces = folded(line).split("\r\n ")
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert "".join(pieces) == line


@pytest.mark.parametrize("seat", [False, True])
@pytest.mark.parametrize("state", sorted(RANKS))
@pytest.mark.parametrize("language", WORDS)
def test_the_entry_of_a_qr_says_in_every_language_what_it_is_and_keeps_its_place(
    language: str, state: str, seat: bool
) -> None:
    booked = replace(BOOKED, state=state, moves=12, seat=seat, language=language)
    _, event = entry(agenda_for_qr(booked, NOW, 331))
    assert event["SUMMARY"] == booked.short
    assert WORDS[language]["seat" if seat else "booth"] in booked.short
    assert str(event["LOCATION"]).startswith("Médiathèque"), "the longest words leave no room for the place"
    assert WORDS[language].keys() == WORDS["fr"].keys()


@pytest.mark.parametrize("language", WORDS)
def test_the_entry_of_a_seat_from_afar_asks_nobody_to_come(language: str) -> None:
    here = replace(BOOKED, seat=True, language=language)
    afar = replace(here, place=AFAR)
    assert (here.description, afar.description) == (WORDS[language]["come"], WORDS[language]["join"])
    assert replace(afar, state="requested").description == WORDS[language]["wait"]
