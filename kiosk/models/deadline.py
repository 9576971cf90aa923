"""« Ma date pour signer »: until when the contract is to be signed, from the date of the letter (D. 5411-14-1).

How many months the law gives is content, dated and sourced (flow ``delai``): no number of the law is written here.
Months are counted as French law counts them, « de quantième à quantième »: the same day of the month, or the last day
of a month that has no such day. Nothing is added when that is a Sunday: no text that we read says so, and the screen
sends to the organisation for the date that counts. What is typed lives in the visit's drafts. No Flet here.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from content.shelf import EXPIRED
from content.view import ScreenView
from kiosk import moments, times
from kiosk.actions import Actions
from kiosk.models.answers import AnswerError, check_date
from kiosk.models.registration import DATE_FIELDS, FieldView, Problem
from kiosk.shown import screens
from kiosk.visit import Drafts
from kiosk.wording import say

FLOW, MONTHS = "delai", "months"
LETTER_YEARS_MAX = 1
"""An older letter says nothing sure any more: there may be a newer one. Ours, not the law's."""
SATURDAY = 5


def months_later(start: date, months: int) -> date:
    """The day of the same number ``months`` (1 or more) later, or the last day of that month where it has none.

    Raises:
        OverflowError: the day is after the year 9999.
    """
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    if year > date.max.year:
        raise OverflowError("no such year")
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True)
class DeadlineView:
    """The answer, in words.

    Attributes:
        letter: « Lettre du lundi 30 janvier 2027 ».
        until: « samedi 28 février 2027 ».
        left: « Il reste 12 jours. », or what is true once it is over; empty where the clock is not trusted.
        over: the date is past.
        weekend: a sentence where the date is a Saturday or a Sunday to come, else empty.
    """

    letter: str
    until: str
    left: str
    over: bool
    weekend: str


class Deadline:
    """One person's date.

    Args:
        actions: the door to the content, the clock and the site.
        drafts: of the visit: what was typed is gone with it.
    """

    def __init__(self, actions: Actions, drafts: Drafts) -> None:
        self._actions, self._drafts = actions, drafts

    def screen(self, language: str) -> ScreenView | None:
        """The screen of the content that holds the rule, while it is in force; ``None`` where nothing is computed."""
        found = screens(self._actions, FLOW, language)
        return next((one for one in found if MONTHS in one.values and one.marker != EXPIRED), None)

    def fields(self, language: str) -> tuple[FieldView, ...]:
        """Day, month, year, with what was typed before."""
        typed = self._kept().get("typed", {})
        return tuple(
            FieldView(
                name, say(f"reg.field.{name}", language), say(f"reg.hint.{name}", language), "digits",
                str(typed.get(name, "")), 4 if name == "annee" else 2,
            )
            for name in DATE_FIELDS
        )  # fmt: skip

    def answer(self, form: Mapping[str, str], language: str) -> Problem | None:
        """Keeps the date of the letter; or says what to correct, and keeps what was typed."""
        kept: dict[str, object] = {"typed": dict(form)}
        problem = None
        try:
            kept["letter"] = self._checked(*(form.get(name, "") for name in DATE_FIELDS)).isoformat()
        except AnswerError as error:
            problem = Problem(say(error.key, language), error.field or DATE_FIELDS[0])
        self._drafts.put(FLOW, kept)
        return problem

    def again(self) -> None:
        """Back to the date, which stays typed."""
        self._drafts.put(FLOW, {"typed": self._kept().get("typed", {})})

    def result(self, view: ScreenView, language: str) -> DeadlineView | None:
        """The answer, or ``None`` before a date is given. Counted anew each time: midnight may come."""
        kept = self._kept().get("letter")
        if kept is None:
            return None
        letter = date.fromisoformat(str(kept))
        until = months_later(letter, view.values[MONTHS])
        trusted = self._actions.network().clock_trusted
        days = (until - self._today()).days
        over = trusted and days < 0
        return DeadlineView(
            letter=say("deadline.letter", language, day=times.day(letter, language, with_year=True)),
            until=times.day(until, language, with_year=True),
            left=_left(days, language) if trusted else "",
            over=over,
            weekend=say("deadline.weekend", language) if until.weekday() >= SATURDAY and not over else "",
        )

    def _checked(self, day: str, month: str, year: str) -> date:
        """The date of a letter: not to come, not too old. A clock that is not trusted judges neither."""
        letter = check_date(day, month, year)
        if not self._actions.network().clock_trusted:
            return letter
        today = self._today()
        if letter > today:
            raise AnswerError("deadline.future", field="annee" if letter.year > today.year else "jour")
        if months_later(letter, 12 * LETTER_YEARS_MAX) < today:
            raise AnswerError("deadline.old", field="annee")
        return letter

    def _today(self) -> date:
        return moments.local(self._actions.now(), self._actions.site().zone).date()

    def _kept(self) -> dict[str, Any]:
        return self._drafts.get(FLOW) or {}


def _left(days: int, language: str) -> str:
    """How many days are left, or since how many it is over."""
    if days == 0:
        return say("deadline.today", language)
    if abs(days) == 1:
        return say("deadline.one_left" if days > 0 else "deadline.one_over", language)
    return say("deadline.left" if days > 0 else "deadline.over", language, days=abs(days))
