"""« Ma date pour signer »: months as French law counts them, wrong dates in words, and a number that is content's."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.shelf import Shelf
from kiosk.models.deadline import Deadline, months_later
from kiosk.views import NetworkView
from kiosk.visit import Drafts
from tests.kiosk.stand_in import StandInActions

DAYS = st.dates(date(2000, 1, 1), date(2200, 12, 31))


class At(StandInActions):
    """The stand-in at a moment of one's choice, with a clock that is trusted or not."""

    def __init__(self, moment: datetime, *, trusted: bool = True) -> None:
        super().__init__()
        self.moment, self.trusted = moment, trusted

    def now(self) -> datetime:
        return self.moment

    def network(self) -> NetworkView:
        return replace(super().network(), clock_trusted=self.trusted)


def on(year: int, month: int, day: int, **more: Any) -> Deadline:
    return Deadline(At(datetime(year, month, day, 10, tzinfo=UTC), **more), Drafts())  # type: ignore[arg-type]


def form(day: int | str, month: int | str, year: int | str) -> dict[str, str]:
    return {"jour": str(day), "mois": str(month), "annee": str(year)}


@given(DAYS, st.integers(1, 36))
def test_the_day_keeps_its_number_or_is_the_last_of_its_month(start: date, months: int) -> None:
    end = months_later(start, months)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    last = monthrange(end.year, end.month)[1]
    assert end.day == min(start.day, last)


@given(DAYS, DAYS)
def test_a_later_letter_never_gives_an_earlier_date(one: date, other: date) -> None:
    early, late = sorted((one, other))
    assert months_later(early, 1) <= months_later(late, 1)
    assert timedelta(28) <= months_later(early, 1) - early <= timedelta(31)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2027, 1, 30), date(2027, 2, 28)),
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2026, 10, 31), date(2026, 11, 30)),
        (date(2026, 11, 22), date(2026, 12, 22)),
        (date(2026, 12, 31), date(2027, 1, 31)),
        (date(2027, 2, 28), date(2027, 3, 28)),
    ],
)
def test_the_examples_that_people_know(start: date, end: date) -> None:
    assert months_later(start, 1) == end


def test_a_year_that_no_calendar_has_is_refused() -> None:
    with pytest.raises(OverflowError):
        months_later(date(9999, 12, 1), 1)


def test_the_answer_says_the_date_what_is_left_and_that_a_weekend_is_not_added_to() -> None:
    model = on(2026, 11, 10)
    assert model.answer(form(31, 10, 2026), "fr") is None
    view = model.screen("fr")
    assert view is not None
    found = model.result(view, "fr")
    assert found is not None
    assert found.until.replace("\u00a0", " ") == "lundi 30 novembre 2026"
    assert found.left.replace("\u00a0", " ") == "Il reste 20 jours."
    assert not found.over
    assert found.weekend == ""
    model.answer(form(29, 10, 2026), "fr")
    sunday = model.result(view, "fr")
    assert sunday is not None
    assert sunday.until.replace("\u00a0", " ") == "dimanche 29 novembre 2026"
    assert "week-end" in sunday.weekend
    late = on(2026, 12, 1)
    late.answer(form(29, 10, 2026), "fr")
    past = late.result(view, "fr")
    assert past is not None
    assert (past.over, past.weekend) == (True, ""), "« before » that day is no advice any more"


@pytest.mark.parametrize(
    ("today", "said"),
    [(29, "Il reste un jour."), (30, "C’est aujourd’hui"), (31, "C’était hier"), (33, "passée depuis 3 jours")],
)
def test_what_is_left_is_counted_to_the_day(today: int, said: str) -> None:
    moment = date(2026, 11, 30) + timedelta(today - 30)
    model = on(moment.year, moment.month, moment.day)
    assert model.answer(form(30, 10, 2026), "fr") is None
    view = model.screen("fr")
    assert view is not None
    found = model.result(view, "fr")
    assert found is not None
    assert said in found.left.replace("\u00a0", " ")
    assert found.over == (today > 30)


@pytest.mark.parametrize("language", ["fr", "fr-simple"])
@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        (form(23, 11, 2026), "jour", "pas encore"),
        (form(1, 1, 2027), "annee", "pas encore"),
        (form(21, 11, 2025), "annee", "plus d"),
        (form(31, 11, 2026), "jour", "n’existe pas"),
        (form("", 11, 2026), "jour", "Écrivez le jour"),
        (form(1, 13, 2026), "mois", "Écrivez le mois"),
        (form(1, 11, 26), "annee", "4 chiffres"),
    ],
)
def test_a_wrong_date_is_answered_in_words_and_stays_typed(
    language: str, typed: dict[str, str], field: str, said: str
) -> None:
    model = on(2026, 11, 22)
    wrong = model.answer(typed, language)
    assert wrong is not None
    assert wrong.field == field
    assert said in wrong.sentence.replace("\u00a0", " ")
    assert [one.value for one in model.fields(language)] == [typed["jour"], typed["mois"], typed["annee"]]
    view = model.screen(language)
    assert view is not None
    assert model.result(view, language) is None


def test_a_letter_of_a_year_ago_to_the_day_is_not_too_old() -> None:
    assert on(2026, 11, 22).answer(form(22, 11, 2025), "fr") is None


def test_a_clock_that_is_not_trusted_judges_no_date_and_counts_no_day() -> None:
    model = on(2019, 1, 1, trusted=False)
    assert model.answer(form(22, 11, 2026), "fr") is None
    view = model.screen("fr")
    assert view is not None
    found = model.result(view, "fr")
    assert found is not None
    assert found.until.replace("\u00a0", " ") == "mardi 22 décembre 2026"
    assert (found.left, found.over) == ("", False)


def test_midnight_on_the_clocks_of_the_site_is_what_counts() -> None:
    model = Deadline(At(datetime(2026, 11, 21, 23, 30, tzinfo=UTC)), Drafts())  # type: ignore[arg-type]
    assert model.answer(form(22, 11, 2026), "fr") is None, "it is the 22nd in Paris already"


def test_the_number_of_months_is_that_of_the_content_and_nothing_is_computed_without_it() -> None:
    model = on(2026, 11, 22)
    view = model.screen("fr")
    assert view is not None
    assert view.values == {"months": 1}
    assert "D. 5411-14-1" in view.source_line.replace("\u00a0", " ")
    model.answer(form(1, 11, 2026), "fr")
    two = model.result(replace(view, values={"months": 2}), "fr")
    assert two is not None
    assert "1er janvier 2027" in two.until.replace("\u00a0", " ")
    others = [one for flow in Shelf.open().flows for one in Shelf.open().screens(flow, "fr") if one.values]
    assert [one.id for one in others] == ["delai-contrat"], "no other screen holds a number of the law"


def test_nothing_is_left_after_the_visit() -> None:
    drafts = Drafts()
    model = Deadline(At(datetime(2026, 11, 22, 10, tzinfo=UTC)), drafts)  # type: ignore[arg-type]
    model.answer(form(1, 11, 2026), "fr")
    drafts.wipe()
    assert [one.value for one in model.fields("fr")] == ["", "", ""]
