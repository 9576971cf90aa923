"""A Chromium whose page has gone for good is replaced, and one that is slow to come is waited for."""

from __future__ import annotations

from kiosk.lifeline import CHANGE_S, GONE_S, START_S, Lifeline


class Room:
    """A clock, whether a page is there, and when a fresh Chromium was asked for."""

    def __init__(self) -> None:
        self.now, self.page = 0.0, False
        self.asked: list[float] = []
        self.lifeline = Lifeline(lambda: self.page, lambda: self.asked.append(self.now), elapsed_s=lambda: self.now)

    def pass_s(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            self.now += 1
            self.lifeline.tick()


def test_a_page_that_has_gone_for_good_is_replaced_once() -> None:
    room = Room()
    room.page = True
    room.pass_s(3600)
    room.page = False
    room.pass_s(START_S)
    assert room.asked == [3600 + GONE_S]


def test_a_slow_first_page_is_waited_for_and_twice_as_long_each_time() -> None:
    room = Room()
    room.pass_s(START_S - 1)
    assert room.asked == []
    room.pass_s(240 + 480 + 960 + 1)
    gaps = [after - before for before, after in zip(room.asked, room.asked[1:], strict=False)]
    assert room.asked[0] == START_S
    assert gaps == [240, 480, 960]


def test_after_a_visit_the_old_page_is_not_taken_for_the_fresh_one() -> None:
    room = Room()
    room.page = True
    room.pass_s(60)
    room.lifeline.expects()
    room.pass_s(CHANGE_S - 2)
    room.page = False
    room.pass_s(START_S - 1)
    assert room.asked == []
    room.page = True
    room.pass_s(2 * CHANGE_S)
    room.page = False
    room.pass_s(GONE_S)
    assert len(room.asked) == 1
