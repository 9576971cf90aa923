"""What is printed of a slip, in every state that it may have: the truth of the screen, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.models.booking import Answer
from kiosk.models.booking_kept import Done
from kiosk.models.booking_slip import make_paper
from kiosk.models.printed import paper_of_booking
from kiosk.printing.pdf import FORMATS, make_pdf
from kiosk.views import SiteView
from tests.kiosk.printing.papers import read
from tests.kiosk.stand_in import StandInActions

NOW = datetime(2026, 11, 17, 9, 42, tzinfo=UTC)
HOPED = ("guaranteed", "confirmed", "kept", "sending", "asked", "in_line")
ENDED = ("cancelled", "declined", "withdrawn", "overruled", "alternatives", "rejected", "moved")
PROMISED = ("Réservé", "Confirmé", "L’heure est à vous")


def done(reason: str = "edo") -> Done:
    starts = NOW + timedelta(days=2)
    return Done("b-1", "K7F M2Q XP4R", "https://hub.example.org/c/ABC", NOW, "slot-1", reason, starts,
                starts + timedelta(minutes=45), "1")  # fmt: skip


def site() -> SiteView:
    return StandInActions().site()


@pytest.mark.parametrize("paper", FORMATS)
@pytest.mark.parametrize("reason", ["edo", "atelier"])
@pytest.mark.parametrize("state", [*HOPED, *ENDED])
def test_every_state_is_printed_as_the_screen_says_it(state: str, reason: str, paper: str) -> None:
    shown = make_paper(done(reason), Answer(state), site(), "fr", now=NOW)
    words = read(make_pdf(paper_of_booking(shown, "fr"), paper))
    for said in (shown.title, shown.kind, shown.day, *shown.next_steps):
        assert said.replace("\u00a0", " ") in words, said
    for group in ("K7F", "M2Q", "XP4R"):
        assert group in words
    if state not in ("guaranteed", "confirmed"):
        assert not any(promise in words for promise in PROMISED), "a paper promises what the screen does"


@pytest.mark.parametrize("state", ENDED)
def test_what_is_over_invites_to_nothing(state: str) -> None:
    sheet = paper_of_booking(make_paper(done(), Answer(state), site(), "fr", now=NOW), "fr")
    assert (sheet.qr, sheet.steps) == (None, ())


def test_both_hours_are_printed_where_the_clocks_differ() -> None:
    far = replace(site(), zone="Indian/Reunion")
    shown = make_paper(done(), Answer("guaranteed"), far, "fr", now=NOW)
    words = read(make_pdf(paper_of_booking(shown, "fr"), FORMATS[0]))
    assert shown.hours.replace("\u00a0", " ").replace("\u202f", " ") in words.replace("\u202f", " ")
    assert "à Paris" in words
