"""How long a hub waits for what a terminal streams: as long as a slow line needs, not as long as a drip likes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import cast

import pytest
from starlette.requests import ClientDisconnect

from sync.errors import Refused
from sync.hub.request_body import AHEAD_BYTES_MAX, DRIP_BYTES, Endings, feed_stream
from sync.hub.stream import RoundStream

PATIENCE_S = 30.0
BETWEEN_S = 20.0


class ToldTime(asyncio.SelectorEventLoop):
    """A loop whose time goes on only when it is told to."""

    now_s = 0.0

    def time(self) -> float:
        return self.now_s


@dataclass
class OneLongFrame:
    """A stream whose frame is not whole yet."""

    asked: bytes = b""


def feed(piece: bytes, count: int) -> int:
    """Feeds pieces that come every 20 seconds; returns how many were taken."""
    taken = 0
    loop = ToldTime()

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(count):
            loop.now_s += BETWEEN_S
            await asyncio.sleep(0)
            yield piece

    async def take(_piece: bytes) -> None:
        nonlocal taken
        taken += 1

    try:
        loop.run_until_complete(feed_stream(parts(), cast(RoundStream, OneLongFrame()), PATIENCE_S, take))
    finally:
        loop.close()
    return taken


def test_a_long_frame_on_a_slow_line_is_waited_for_and_a_drip_is_not() -> None:
    assert feed(bytes(DRIP_BYTES), 40) == 40
    with pytest.raises(Refused, match="trop lentement"):
        feed(bytes(DRIP_BYTES // 4), 40)


def test_what_had_arrived_of_a_line_that_is_cut_is_still_applied() -> None:
    """The web server gives nothing more once the line is cut, whatever it holds: it must have been fetched before."""
    pieces, taken = [b"%d" % number for number in range(40)], []
    cut = False

    async def parts() -> AsyncIterator[bytes]:
        while not cut and len(pieces) > 0:
            yield pieces.pop(0)
        raise ClientDisconnect

    async def take(piece: bytes) -> None:
        nonlocal cut
        for _ in range(100):  # the others of the loop have their turn, as while a thread applies a frame
            await asyncio.sleep(0)
        cut = True
        taken.append(piece)

    with pytest.raises(ClientDisconnect):
        asyncio.run(feed_stream(parts(), cast(RoundStream, OneLongFrame()), PATIENCE_S, take))
    assert b"".join(taken) == b"".join(b"%d" % number for number in range(40))


def test_a_terminal_that_is_back_is_answered_once_what_had_arrived_before_the_cut_is_applied() -> None:
    endings, done = Endings(), []

    async def parts() -> AsyncIterator[bytes]:
        yield b"arrived"
        raise ClientDisconnect

    async def take(piece: bytes) -> None:
        for _ in range(100):
            await asyncio.sleep(0)
        done.append(piece.decode())

    async def stream() -> None:
        with endings.of("terminal") as cut:
            await feed_stream(parts(), cast(RoundStream, OneLongFrame()), PATIENCE_S, take, cut)

    async def back() -> None:
        for _ in range(10):
            await asyncio.sleep(0)
        await endings.over("another")
        done.append("another is answered")
        await endings.over("terminal")
        done.append("it is answered")

    async def both() -> None:
        await asyncio.gather(stream(), back(), return_exceptions=True)
        await endings.over("terminal")

    asyncio.run(both())
    assert done == ["another is answered", "arrived", "it is answered"]


def test_no_more_is_read_ahead_than_a_hub_may_hold_for_one_caller() -> None:
    given, most = 0, 0
    piece = bytes(AHEAD_BYTES_MAX // 4)

    async def parts() -> AsyncIterator[bytes]:
        nonlocal given
        for _ in range(20):
            given += 1
            yield piece

    async def take(_piece: bytes) -> None:
        nonlocal given, most
        for _ in range(100):
            await asyncio.sleep(0)
        most, given = max(most, given), given - 1

    asyncio.run(feed_stream(parts(), cast(RoundStream, OneLongFrame()), PATIENCE_S, take))
    assert (given, most) == (0, 5)
