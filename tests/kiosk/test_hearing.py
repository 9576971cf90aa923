"""What a visit hears: how loud, what a touch stops, and that nothing of it stays."""

from __future__ import annotations

import asyncio
import math

from kiosk.hearing import LOUDNESS_DB, USUAL, Hearing
from kiosk.visit import Visit


class Counted:
    """A player that counts."""

    def __init__(self) -> None:
        self.hushed = self.stopped = 0

    def hush(self) -> None:
        """See ``kiosk.hearing.Player``."""
        self.hushed += 1

    def stop(self) -> None:
        """See ``kiosk.hearing.Player``."""
        self.stopped += 1


def a_hearing(now: dict[str, float]) -> tuple[Hearing, Counted]:
    hearing, player = Hearing(lambda reads: None, lambda: None, lambda: now["s"]), Counted()
    hearing.player = player
    return hearing, player


def test_the_touch_that_began_a_reading_does_not_stop_it_and_the_next_one_does() -> None:
    now = {"s": 100.0}
    hearing, player = a_hearing(now)
    hearing.hush(99.9)
    assert player.hushed == 0, "nothing is read"
    hearing.begin("screen")
    hearing.hush(99.9)
    assert player.hushed == 0, "its own touch, told late"
    hearing.hush(100.4)
    assert player.hushed == 1


def test_loudness_has_a_range_of_18_db_and_a_step_12_db_above_the_softest() -> None:
    assert max(LOUDNESS_DB) - min(LOUDNESS_DB) >= 18
    assert min(LOUDNESS_DB) + 12 in LOUDNESS_DB
    hearing, _ = a_hearing({"s": 0.0})
    assert hearing.loudness == USUAL
    assert math.isclose(hearing.volume, 0.251, abs_tol=0.001)
    assert hearing.change(1)
    assert hearing.volume == 1.0
    assert not hearing.change(1)
    assert Visit().hearing.loudness == USUAL, "the next person begins at the usual loudness"


def test_a_sound_is_known_by_a_name_of_its_own_until_the_reading_ends() -> None:
    async def scenario() -> None:
        hearing, _ = a_hearing({"s": 12.5})
        hearing.begin("screen")
        sound: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        name = hearing.offer(sound)
        assert name.startswith("12500-")
        assert hearing.sound(name) is sound
        assert hearing.sound("12500-") is None
        hearing.end()
        assert hearing.sound(name) is None

    asyncio.run(scenario())


def test_the_end_of_a_visit_stops_what_is_read() -> None:
    visit, player = Visit(), Counted()
    visit.hearing.player = player
    visit.hearing.begin("screen")
    visit.wipe()
    assert player.stopped == 1
    assert not visit.hearing.reading
