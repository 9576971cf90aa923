"""Reading what a caller sends: never more than allowed, and never for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Iterator
from contextlib import aclosing, contextmanager

from starlette.requests import ClientDisconnect

from sync.errors import Refused
from sync.hub.exchange import too_large
from sync.hub.stream import RoundStream

DRIP_BYTES = 16 * 1024
AHEAD_BYTES_MAX = 1024 * 1024
"""What one caller may make a hub hold, but for one piece; a frame may be as long."""
GATHERED_BYTES_MAX = 128 * 1024
"""What is applied without a look at who else waits for the writer."""
NOTHING_YET = b""
_Arrived = bytes | Exception | None
"""A piece, what ended the line, or its end."""


async def read_body(parts: AsyncIterable[bytes], announced: str, limit: int, timeout_s: float) -> bytes:
    """Reads a body and stops at the limit.

    Args:
        parts: the body as it comes.
        announced: the value of ``content-length``, empty when there is none.
        limit: largest accepted size, in bytes.
        timeout_s: seconds it may take.

    Raises:
        Refused: ``too_large``, or ``malformed`` when it came too slowly.
    """
    if announced.isdigit() and int(announced[:18]) > limit:
        raise too_large()
    whole = bytearray()
    try:
        async with asyncio.timeout(timeout_s):
            async for part in parts:
                if len(whole) + len(part) > limit:
                    raise too_large()
                whole += part
    except TimeoutError:
        raise _too_slow() from None
    return bytes(whole)


class Endings:
    """Streams whose line is cut and whose last frames, arrived before, are still being applied.

    Their terminal is soon back and asks how much has arrived: it is told when that is known, or it would send again
    what the hub has. Of one process; belongs to its event loop.
    """

    def __init__(self) -> None:
        self._under_way: dict[str, list[asyncio.Event]] = {}

    @contextmanager
    def of(self, terminal_id: str) -> Iterator[Callable[[], None]]:
        """One stream of a terminal, while it lasts. Gives what is called when its line is cut."""
        over = asyncio.Event()
        try:
            yield lambda: self._under_way.setdefault(terminal_id, []).append(over)
        finally:
            over.set()
            left = [one for one in self._under_way.pop(terminal_id, []) if one is not over]
            if left:
                self._under_way[terminal_id] = left

    async def over(self, terminal_id: str) -> None:
        """Waits for the end of those of a terminal."""
        for one in [*self._under_way.get(terminal_id, [])]:
            await one.wait()


async def feed_stream(
    parts: AsyncIterable[bytes],
    stream: RoundStream,
    timeout_s: float,
    feed: Callable[[bytes], Awaitable[None]],
    on_cut: Callable[[], None] = lambda: None,
) -> None:
    """Gives a streamed round its bytes as they come.

    Args:
        parts: the body as it comes.
        stream: what they are given to: it says how far they are.
        timeout_s: seconds that one frame, or ``DRIP_BYTES`` of one, may take: a long one on a slow line takes longer.
        feed: gives it some bytes, on the thread that may write.
        on_cut: called when the line is cut, at once: what had arrived is still to be given.

    Raises:
        Refused: what ``feed`` refuses, or ``malformed`` when a frame came too slowly.
    """
    loop = asyncio.get_running_loop()
    newest, since = stream.asked, 0
    try:
        async with asyncio.timeout(timeout_s) as patience:
            async with aclosing(_read_ahead(parts, on_cut)) as ahead:
                async for part in ahead:
                    await feed(part)
                    since += len(part)
                    if stream.asked != newest or since >= DRIP_BYTES:
                        newest, since = stream.asked, 0
                        patience.reschedule(loop.time() + timeout_s)
    except TimeoutError:
        raise _too_slow() from None


async def _read_ahead(parts: AsyncIterable[bytes], on_cut: Callable[[], None]) -> AsyncGenerator[bytes, None]:
    """The same, read while what came before is applied: of a line that is cut, whatever had arrived is still given.

    The web server drops what it holds when a line is cut, and the network does: so what comes is fetched at once.
    """
    arrived: asyncio.Queue[_Arrived] = asyncio.Queue()
    held, room = 0, asyncio.Event()
    room.set()

    async def fetch() -> None:
        nonlocal held
        try:
            async for part in parts:
                arrived.put_nowait(part)
                held += len(part)
                if held >= AHEAD_BYTES_MAX:
                    room.clear()
                    await room.wait()
        except Exception as error:  # noqa: BLE001 - raised below, after what came before it
            on_cut()
            arrived.put_nowait(error)
        else:
            arrived.put_nowait(None)

    fetching = asyncio.create_task(fetch())
    try:
        part = await arrived.get()
        while part is not None:
            if isinstance(part, Exception):
                raise part
            whole, part = _gather(part, arrived)
            held -= len(whole)
            room.set()
            yield whole
            if part == NOTHING_YET:
                part = await arrived.get()
    finally:
        fetching.cancel()
        await asyncio.wait([fetching])


def _gather(first: bytes, arrived: asyncio.Queue[_Arrived]) -> tuple[bytes, _Arrived]:
    """A piece and those behind it that have arrived, as one: frames in it share a transaction. And what follows it."""
    pieces, size = [first], len(first)
    while size < GATHERED_BYTES_MAX and not arrived.empty():
        following = arrived.get_nowait()
        if not isinstance(following, bytes):
            return b"".join(pieces), following
        pieces.append(following)
        size += len(following)
    return b"".join(pieces), NOTHING_YET


async def turn_away(parts: AsyncIterable[bytes], stream: RoundStream, timeout_s: float) -> None:
    """Reads no more of a streamed round than its refusal must be bound to. Raises Refused when that does not come."""
    try:
        async with asyncio.timeout(timeout_s):
            async for part in parts:
                if stream.begins_with(part):
                    return
    except TimeoutError:
        raise _too_slow() from None


async def drop_rest(parts: AsyncIterable[bytes], limit: int, timeout_s: float) -> None:
    """Reads what still comes of a request that is refused, within limits: who is writing may not be listening yet."""
    dropped = 0
    try:
        async with asyncio.timeout(timeout_s):
            async for part in parts:
                dropped += len(part)
                if dropped > limit:
                    return
    except (TimeoutError, ClientDisconnect, RuntimeError):  # nothing more comes, or it is read already
        return


def _too_slow() -> Refused:
    return Refused("malformed", "Le message est arrivé trop lentement : il sera renvoyé.", status=408)
