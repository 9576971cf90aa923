"""Many terminals as one process: they are enrolled in the hub's own tables, and send real, signed rounds.

Requests are signed before they are sent, so that the same ones go to the hub and to the floor, and signing is nobody's
cost. Questions, one a line (``tests/bench/answering.py``)::

    stage   {home, terminals, address}  makes a hub with sites, slots and that many terminals
    warm    {url}                       one round each, so that all hold what their site has to say
    lay     {place}                     the same terminals where the floor reads them
    quiet   {count}                     signs that many rounds with nothing to say, of one terminal after the other
    push    {count, records}            the same, each with new records
    send    {url}                       sends what was signed; answers how long each took, in milliseconds
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.bench import record_kind

record_kind.register()

from sync import signature  # noqa: E402  (the hub reads the kinds when it is imported)
from sync.change import Value, new_id  # noqa: E402
from sync.clock import HybridClock, utc_text  # noqa: E402
from sync.errors import Refused  # noqa: E402
from sync.fields import Fields  # noqa: E402
from sync.frames import FrameWriter  # noqa: E402
from sync.hub import feed, rows  # noqa: E402
from sync.hub.database import HubDatabase, insert_all, table_of  # noqa: E402
from sync.hub.database_place import database_of, note_address  # noqa: E402
from sync.hub.keys import HubKeys  # noqa: E402
from sync.hub.tables import Terminal  # noqa: E402
from sync.wire import (  # noqa: E402
    HEADER_COUNTER,
    HEADER_PROTOCOL,
    HEADER_TERMINAL,
    STREAM_MEDIA_TYPE,
    STREAMED_PROTOCOL,
    Certificate,
    HubRequest,
    Operation,
    RefusalBody,
    RoundRequest,
    to_text,
)
from tests.bench import our_hub, our_stage  # noqa: E402
from tests.bench.answering import serve  # noqa: E402
from tests.bench.floor_rounds import FloorRounds  # noqa: E402
from tests.bench.records import records  # noqa: E402

PER_SITE = 5
"""Terminals of one site: with a thousand, two hundred sites."""
SLOTS_PER_SITE = 20
DAY_MS, HALF_HOUR_MS = 86_400_000, 1_800_000
CONNECTIONS = 8
AGAIN_S, BUSY_S_MAX = 0.5, 60
FUNCTION = "borne"


@dataclass
class Caller:
    """One terminal of the crowd: what it signs with, and what it said last."""

    certificate: Certificate
    key: Ed25519PrivateKey
    incarnation: str
    clock: HybridClock
    counter: int = 0
    seq: int = 0
    checkpoints: dict[str, int] = field(default_factory=dict)

    def request(self, now_ms: int, generation: str, operations: Sequence[Operation] = ()) -> bytes:
        """One round as HTTP/1.1, whole and signed."""
        self.counter += 1
        terminal_id = self.certificate.terminal_id
        message = RoundRequest(
            protocol=STREAMED_PROTOCOL, terminal_id=terminal_id, incarnation=self.incarnation, now_ms=now_ms,
            generation=generation, checkpoints=self.checkpoints, operations=[*operations],
        )  # fmt: skip
        opening = signature.stream_opening(HubRequest("POST", "/v2/round"), terminal_id, self.counter)
        body = FrameWriter(opening, self.key.sign).frame(message.to_json(), last=True)
        head = {
            "host": "127.0.0.1", "content-type": STREAM_MEDIA_TYPE, "content-length": str(len(body)),
            HEADER_PROTOCOL: str(STREAMED_PROTOCOL), HEADER_TERMINAL: terminal_id, HEADER_COUNTER: str(self.counter),
        }  # fmt: skip
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        return f"POST /v2/round HTTP/1.1\r\n{lines}\r\n".encode() + body


class Crowd:
    """A hub's terminals, and what they are about to send."""

    def __init__(self) -> None:
        self.home, self.generation = Path(), ""
        self.callers: list[Caller] = []
        self.turn: Iterator[Caller] = iter(())
        self.signed: list[tuple[int, bytes]] = []

    def stage(self, home: str, terminals: int, address: str | None = None) -> None:
        """Makes a hub, and terminals in its tables as enrolling leaves them: a slow secret each would take an hour."""
        self.home = Path(home)
        if address is not None:
            self.home.mkdir(parents=True, exist_ok=True)
            note_address(self.home, address)
        our_stage.stage(self.home, 0)
        our_hub.prepare(self.home)
        keys, now_ms = HubKeys.load(self.home), _now_ms()
        with closing(HubDatabase.open(database_of(self.home))) as database, database.write() as connection:
            self.generation = feed.read_generation(connection)
            self.callers = [_caller(keys, now_ms, number) for number in range(1, terminals + 1)]
            insert_all(connection, table_of(Terminal), [self._row(one, now_ms) for one in self.callers])
            for site_id in sorted({one.certificate.site_id for one in self.callers}):
                rows.write_as_hub(connection, now_ms, "site", site_id, site_id, {"name": "Mairie"})
                rows.write_all_as_hub(connection, now_ms, "slot", site_id, _slots(site_id, now_ms))
        self.turn = cycle(self.callers)

    def warm(self, url: str) -> None:
        """One round of each terminal, as on its first day; from then on it holds all that its site says."""
        self._sign(self.callers)
        self.send(url)
        self._read_all()

    def _read_all(self) -> None:
        """Everybody holds what their site has said so far."""
        with closing(HubDatabase.open(database_of(self.home), migrate=False)) as database, database.read() as one:
            heads = feed.read_heads(one, {each.certificate.site_id for each in self.callers} | {feed.COMMON_PART})
        for each in self.callers:
            parts = (each.certificate.site_id, feed.COMMON_PART)
            each.checkpoints = {part: heads[part] for part in parts if heads[part]}

    def lay(self, place: str) -> None:
        """Puts the terminals where the floor reads them."""
        with closing(FloorRounds(place)) as floor:
            floor.lay(
                [(one.certificate.terminal_id, one.certificate.terminal_key, one.certificate.site_id, one.counter,
                  one.certificate.terminal_no) for one in self.callers],
                {part: n for one in self.callers for part, n in one.checkpoints.items()},
                SLOTS_PER_SITE,
            )  # fmt: skip

    def quiet(self, count: int) -> None:
        """Signs rounds with nothing to say."""
        self._read_all()
        self._sign(islice(self.turn, count))

    def push(self, count: int, records: int) -> None:
        """Signs rounds that bear new records, each whole and under one stamp."""
        self.signed = []
        for at, one in enumerate(islice(self.turn, count)):
            operations = [_operation(one, values) for values in _new_records(records, one.counter * count + at)]
            self._sign_one(one, operations)

    def send(self, url: str) -> dict[str, Any]:
        """Sends what was signed, over a few connections that stay open. Raises RuntimeError for a refusal."""
        began = time.perf_counter()
        lines: list[list[bytes]] = [[] for _ in range(CONNECTIONS)]
        for number, request in self.signed:  # a terminal speaks over one connection: its own requests keep their order
            lines[number % CONNECTIONS].append(request)
        took_ms = asyncio.run(_send_all(url, lines))
        return {"seconds": time.perf_counter() - began, "took_ms": took_ms}

    def _sign(self, callers: Iterable[Caller]) -> None:
        self.signed = []
        for one in callers:
            self._sign_one(one)

    def _sign_one(self, caller: Caller, operations: Sequence[Operation] = ()) -> None:
        number, request = caller.certificate.terminal_no, caller.request(_now_ms(), self.generation, operations)
        self.signed.append((number, request))

    def _row(self, caller: Caller, now_ms: int) -> dict[str, Any]:
        told = caller.certificate
        return {
            "terminal_id": told.terminal_id, "terminal_no": told.terminal_no, "site_id": told.site_id,
            "functions": FUNCTION, "public_key": told.terminal_key, "certificate": told.to_json().decode(),
            "counter": 0, "enrolled_ms": now_ms, "reported_generation": self.generation, "heard_through": 0,
            "whole_through": 0,
        }  # fmt: skip


def _caller(keys: HubKeys, now_ms: int, number: int) -> Caller:
    key = Ed25519PrivateKey.generate()
    unsigned = Certificate(
        terminal_id=_id(number), terminal_no=number, site_id=f"site-{number // PER_SITE}", functions=[FUNCTION],
        terminal_key=to_text(signature.public_bytes(key)), issued_at_ms=now_ms, demonstration=keys.demonstration,
    )  # fmt: skip
    certificate = unsigned.changed(signature=to_text(keys.identity.sign(unsigned.signing_input())))
    return Caller(certificate, key, _id(number, disk=1), HybridClock(number, _now_ms))


def _slots(site_id: str, now_ms: int) -> dict[str, dict[str, Value]]:
    """Half hours of one booth, from the day after tomorrow on."""
    slots: dict[str, dict[str, Value]] = {}
    for at in range(SLOTS_PER_SITE):
        starts_ms = now_ms + 2 * DAY_MS + at * 2 * HALF_HOUR_MS
        slots[f"{site_id}-slot-{at}"] = {
            "external_ref": f"S-{site_id}-{at}", "reason": "edo",
            "starts_at": utc_text(starts_ms), "ends_at": utc_text(starts_ms + HALF_HOUR_MS),
        }  # fmt: skip
    return slots


def _new_records(count: int, seed: int) -> list[dict[str, Value]]:
    return [{**record_kind.to_fields(one), "id": str(one["id"])} for one in records(count, seed)]


def _operation(caller: Caller, values: dict[str, Value]) -> Operation:
    caller.seq += 1
    stamp = caller.clock.tick()
    sent = {**values, "terminal_no": caller.certificate.terminal_no}
    record_id = str(sent.pop("id"))
    site_id = caller.certificate.site_id
    return Operation(
        seq=caller.seq, kind=record_kind.PLAIN, site_id=site_id, id=record_id, said=Fields(stamp, sent)
    )  # fmt: skip


async def _send_all(url: str, requests: Sequence[Sequence[bytes]]) -> list[float]:
    took = await asyncio.gather(*(_send_some(url, some) for some in requests if some))
    return [one for some in took for one in some]


async def _send_some(url: str, requests: Sequence[bytes]) -> list[float]:
    """Sends one request after the other over one connection; milliseconds from the first byte to the last answered."""
    took: list[float] = []
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    for request in requests:
        began = time.perf_counter()
        head, body = await _ask(reader, writer, request)
        while head.startswith(b"HTTP/1.1 503") and time.perf_counter() - began < BUSY_S_MAX:  # it took nothing: again
            await asyncio.sleep(AGAIN_S)
            head, body = await _ask(reader, writer, request)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"refused: {_code_of(body)}")
        took.append((time.perf_counter() - began) * 1000)
    writer.close()
    return took


async def _ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[bytes, bytes]:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    return head, await _body(reader, head.lower())


def _code_of(body: bytes) -> str:
    """The code of a refusal, or the beginning of whatever else was answered."""
    try:
        return RefusalBody.from_bytes(body).code
    except Refused:
        return repr(body[:80])


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    """The body of an answer, whose length its head tells or which comes in chunks."""
    for line in head.split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return await reader.readexactly(int(line.partition(b":")[2]))
    body = bytearray()
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return bytes(body)


def _id(number: int, disk: int = 0) -> str:
    return new_id(_now_ms(), number.to_bytes(9) + bytes([disk]))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


if __name__ == "__main__":
    crowd = Crowd()
    serve(
        {
            "stage": crowd.stage,
            "warm": crowd.warm,
            "lay": crowd.lay,
            "quiet": crowd.quiet,
            "push": crowd.push,
            "send": crowd.send,
        }
    )
