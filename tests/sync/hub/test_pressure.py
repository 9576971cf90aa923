"""Too many terminals at once: who is turned away is told when to come back, and those who are in go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from sync.frames import HEAD_BYTES
from sync.hub.exchange import Exchange
from sync.hub.pressure import RETRY_S, SLOWER_MAX, Pressure
from sync.hub.settings import HubSettings
from sync.wire import HubRequest, HubResponse
from tests.sync.hub.stand import Stand, asked, hub_in
from tests.sync.hub.streams import in_frames
from tests.sync.hub.test_api import an_app


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        settings = HubSettings(home=stand.home, rounds_at_once=1, next_round_s=60)
        stand.exchange = Exchange(stand.database, stand.keys, now_ms=stand.clock, settings=settings)
        yield stand


def test_one_too_many_is_told_when_to_come_back_and_the_one_inside_ends_its_round(hub: Stand) -> None:
    first, second = hub.enrol(), hub.enrol()
    inside, outside = (in_frames(one, [one.registration()], [one.registration()]) for one in (first, second))
    app = an_app(hub)

    async def run() -> list[httpx.Response]:
        is_inside, go_on = asyncio.Event(), asyncio.Event()

        async def slowly(frames: list[bytes]) -> AsyncIterator[bytes]:
            yield frames[0]
            is_inside.set()
            await go_on.wait()
            yield frames[1]

        async def at_once(frames: list[bytes]) -> AsyncIterator[bytes]:
            for frame in frames:
                yield frame

        transport = httpx.ASGITransport(app=app)
        async with (
            httpx.AsyncClient(transport=transport, base_url="http://hub") as client,
            app.router.lifespan_context(app),
        ):
            under_way = asyncio.create_task(_post(client, inside[0], slowly(inside[1])))
            await is_inside.wait()
            turned_away = await _post(client, outside[0], at_once(outside[1]))
            go_on.set()
            taken = await under_way
            again = in_frames(second, [])
            return [turned_away, taken, await _post(client, again[0], at_once(again[1]))]

    turned_away, taken, later = asyncio.run(run())
    assert [one.status_code for one in (turned_away, taken, later)] == [503, 200, 200]
    signed = outside[1][0][4:HEAD_BYTES]
    refusal = hub.refusal(HubResponse(503, turned_away.content, dict(turned_away.headers)), signed)
    assert refusal.code == "busy"
    assert refusal.retry_s is not None
    assert RETRY_S <= refusal.retry_s < RETRY_S + 60
    assert turned_away.headers["retry-after"] == str(refusal.retry_s)
    with hub.database.read() as connection:
        known = connection.exec_driver_sql("SELECT count(*) FROM registration").scalar_one()
    assert known == 2, "both of the one inside, none of the one that was turned away"


async def _post(client: httpx.AsyncClient, head: HubRequest, body: AsyncIterator[bytes]) -> httpx.Response:
    return await client.post(head.path, content=body, headers=head.headers)


def test_a_crowded_hub_asks_for_rarer_rounds_before_it_refuses_any() -> None:
    pressure = Pressure(at_once_max=10, next_round_s=300, random=bytes)
    told = []
    for under_way in range(11):
        pressure.under_way = under_way
        told.append(pressure.asked_s())
    assert told[:6] == [300] * 6
    assert told == sorted(told)
    assert told[10] == 300 * SLOWER_MAX


def test_those_who_are_turned_away_together_do_not_come_back_together() -> None:
    drawn = iter([bytes([0, 0, n, 7]) for n in range(50)])
    pressure = Pressure(at_once_max=1, next_round_s=300, random=lambda _count: next(drawn))
    told = [pressure.refusal().retry_s or 0 for _ in range(50)]
    assert len(set(told)) > 30
    assert min(told) >= RETRY_S


def test_an_older_terminal_hears_a_refusal_that_it_can_read(hub: Stand) -> None:
    hub.exchange.settings = HubSettings(home=hub.home)
    terminal = hub.enrol()
    request = terminal.signed(b"not a message")
    answer = hub.exchange.refuse(request, hub.exchange.pressure.refusal())
    assert hub.refusal(answer, asked(request)).retry_s is None
    assert int(answer.headers["retry-after"]) >= RETRY_S, "for proxies, in any case"
