"""The bad line of « bench sync --slow-line »: as slow as the formulas that were fitted to real ones say."""

from __future__ import annotations

import asyncio
import contextlib
from math import sqrt
from random import Random

import pytest

from sync.bench.programs import free_port
from tests.bench.bad_line import SEGMENT_BYTES, BadLine, Sender
from tests.bench.proxy import Proxy

SEGMENTS = 40_000


def kbit_s(line: BadLine) -> float:
    """What one connection carries that always has something to send."""
    sender, left, took_s = Sender(line, Random(line.seed)), SEGMENTS, 0.0
    while left:
        count = min(left, max(1, int(sender.window)))
        flight = sender.send(count)
        assert sum(arrived for _, arrived in flight.arrivals) == count
        left, took_s = left - count, took_s + max(flight.settled_s, count * line.segment_s)
        sender.window = min(sender.window, line.rtt_s / line.segment_s + FULL_BUFFER)
    return SEGMENTS * SEGMENT_BYTES * 8 / took_s / 1000


FULL_BUFFER = 64
"""Segments that wait at the narrow place before one is dropped."""


def padhye_kbit_s(line: BadLine) -> float:
    """Padhye et al. 1998, equation 32, two segments an acknowledgement."""
    p, rtt, timeout = line.loss, line.rtt_s, line.timeout_s
    by_duplicates = rtt * sqrt(2 * 2 * p / 3)
    by_timeouts = timeout * min(1, 3 * sqrt(3 * 2 * p / 8)) * p * (1 + 32 * p * p)
    return SEGMENT_BYTES * 8 / (by_duplicates + by_timeouts) / 1000


def mathis_kbit_s(line: BadLine) -> float:
    """Mathis et al. 1997: no time-outs."""
    return SEGMENT_BYTES * 8 / line.rtt_s * sqrt(1.5 / line.loss) / 1000


@pytest.mark.parametrize("loss", [0.02, 0.05])
@pytest.mark.parametrize("rtt_s", [0.2, 0.6])
def test_losses_slow_a_connection_as_on_real_lines(loss: float, rtt_s: float) -> None:
    line = BadLine(kbit_s=100_000, rtt_s=rtt_s, loss=loss)
    assert 0.6 * padhye_kbit_s(line) < kbit_s(line) < mathis_kbit_s(line)


def test_the_line_of_the_benchmark_carries_a_quarter_of_its_rate() -> None:
    assert 40 < kbit_s(BadLine()) < 75
    assert kbit_s(BadLine(loss=0)) > 200


async def echoed(said: bytes, line: BadLine) -> tuple[bytes, Proxy]:
    """What a server that repeats everything gives back over a line, and the proxy that carried both."""
    near, far = free_port(), free_port()
    proxy = Proxy(near, far, line)

    async def repeat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.read())
        await writer.drain()
        writer.close()

    async with (
        await asyncio.start_server(repeat, "127.0.0.1", far, limit=1 << 20),
        await asyncio.start_server(proxy.carry, "127.0.0.1", near, limit=proxy.limit),
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", near)
        writer.write(said)
        writer.write_eof()
        heard = await reader.read()
        writer.close()
        return heard, proxy


def test_whatever_is_lost_on_the_way_every_byte_arrives_in_order() -> None:
    said = Random(3).randbytes(150_000)
    line = BadLine(kbit_s=100_000, rtt_s=0.002, loss=0.1, least_timeout_s=0.003)
    heard, proxy = asyncio.run(echoed(said, line))
    assert heard == said
    assert (proxy.counted.bytes_up, proxy.counted.bytes_down) == (len(said), len(said))


@pytest.mark.parametrize("line", [None, BadLine(kbit_s=100_000, rtt_s=0.002, loss=0)])
def test_a_line_is_cut_at_a_byte_and_not_at_the_end_of_what_was_read_at_once(line: BadLine | None) -> None:
    arrived = bytearray()

    async def cut() -> Proxy:
        near, far = free_port(), free_port()
        proxy = Proxy(near, far, line)
        proxy.cut_up = 100_001
        ended = asyncio.Event()

        async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(ConnectionError):
                while piece := await reader.read(5000):
                    arrived.extend(piece)
            writer.close()
            ended.set()

        async with (
            await asyncio.start_server(keep, "127.0.0.1", far),
            await asyncio.start_server(proxy.carry, "127.0.0.1", near, limit=proxy.limit),
        ):
            _, writer = await asyncio.open_connection("127.0.0.1", near)
            writer.write(bytes(300_000))
            await ended.wait()
            writer.close()
        return proxy

    assert asyncio.run(cut()).counted.bytes_up == len(arrived) == 100_001
