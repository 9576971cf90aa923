"""The frame of every visit: one view for all of them, said to each in their own language."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from kiosk.actions import Actions
from kiosk.models.frame import frame_view
from kiosk.said import french_of
from kiosk.tokens import Look
from kiosk.visit import FrameView, Visit
from kiosk.wording import LANGUAGES
from tests.kiosk.stand_in import NOW, StandInActions


class At(StandInActions):
    """The terminal, at another moment; its network went at the one before."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(online=False)
        self._moment = moment

    def now(self) -> datetime:
        return self._moment


def view_at(moment: datetime) -> FrameView:
    return frame_view(cast(Actions, At(moment)))


def test_a_visit_is_told_at_each_minute_and_not_at_each_second() -> None:
    visit = Visit(Look())
    told: list[int] = []
    visit.watch("frame", lambda: told.append(1))
    for seconds in (0, 1, 59, 60, 61):
        visit.show(view_at(NOW + timedelta(seconds=seconds)))
    assert len(told) == 2


def test_two_visits_read_the_same_frame_in_their_own_language() -> None:
    view = view_at(NOW)
    assert (view.clock("fr"), view.date("fr"), view.since("fr")) == (
        "10\u00a0h\u00a042", "mardi 17\u00a0novembre", "hier, 17\u00a0h\u00a020",
    )  # fmt: skip
    assert (view.clock("en"), view.date("en"), view.since("en")) == (
        "10:42", "Tuesday 17\u00a0November", "yesterday, 17:20",
    )  # fmt: skip
    said = [(view.clock(one), view.date(one), view.since(one)) for one in LANGUAGES]
    assert {tuple(map(french_of, words)) for words in said} == {said[0]}


def test_a_frame_of_which_nothing_is_known_says_no_time() -> None:
    empty = FrameView()
    assert [empty.clock("en"), empty.date("en"), empty.since("en"), empty.answered("en")] == [""] * 4
    assert replace(empty, offline_since=NOW).since("fr") == "", "without a clock there is no today"
