"""A proxy that counts every byte both ways, connections and requests, and can delay, cut and refuse. ``LISTEN TARGET``.

With ``KBIT_S RTT_MS LOSS`` behind, what it carries goes over such a line (``bad_line.py``).

One question a line of JSON on the standard input: ``reset``, ``stats``, ``cut_up`` (with ``bytes``: the line is cut
once that many have gone up, and refused until ``allow``), ``allow``, ``delay`` (with ``ms``, each way), ``exit``. Bytes
are those of TCP's payload.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import sys
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from tests.bench.bad_line import SYN_TIMEOUT_S, BadLine, Direction, Sender, Stream

REQUEST = re.compile(rb"(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) [^ \r\n]{1,8192} HTTP/1\.[01]\r\n")
PIECE = 1 << 16
TAIL = 300
HELD_BYTES = 16 * 1024
"""What a bad line holds of a stream at most: whoever writes feels how slow it is, as by the buffer of a socket."""
QUEUED_MAX = 64


@dataclass
class Counted:
    """What went by since the last ``reset``."""

    bytes_up: int = 0
    bytes_down: int = 0
    connections: int = 0
    requests: int = 0
    refused: int = 0


class Proxy:
    """One listening port, one target, and what went between them."""

    def __init__(self, listen: int, target: int, line: BadLine | None = None) -> None:
        self.listen, self.target, self.line = listen, target, line
        self.limit = PIECE if line is None else HELD_BYTES
        self.random = Random(line.seed if line else 0)
        self.directions = {True: Direction(), False: Direction()}
        self.counted = Counted()
        self.delay_s = 0.0
        self.cut_up: int | None = None
        self.blocked = False
        self.open: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        """Ends every connection at once and refuses the next ones."""
        self.blocked, self.cut_up = True, None
        for writer in list(self.open):
            writer.transport.abort()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, from its beginning to its end."""
        if self.blocked:
            self.counted.refused += 1
            writer.transport.abort()
            return
        self.counted.connections += 1
        if self.line is not None:
            _hold_little(writer)
            again = self.random.random() < self.line.loss
            await asyncio.sleep(self.line.rtt_s + (SYN_TIMEOUT_S if again else 0))
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target, limit=self.limit)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, far_writer}
        self.open |= both
        if self.line is not None:
            _hold_little(far_writer)
        pump = self.pump if self.line is None else self.pump_slowly
        await asyncio.gather(pump(reader, far_writer, up=True), pump(far_reader, writer, up=False))
        self.open -= both
        for one in both:
            one.close()

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool) -> None:
        """One direction of a connection."""
        tail = b""
        try:
            while piece := await reader.read(PIECE):
                piece = self._until_cut(piece, up=up)
                tail = self._count(tail, piece, up=up)
                if await self._is_cut(writer, piece):
                    return
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                writer.write(piece)
                await writer.drain()
            writer.write_eof()
        except OSError:  # one of the ends has gone: the other hears of it by this
            writer.transport.abort()

    async def pump_slowly(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool) -> None:
        """The same over the bad line; a byte is counted, and may be the one at which the line is cut, as it arrives."""
        assert self.line is not None
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(QUEUED_MAX)
        stream = Stream(Sender(self.line, self.random), self.directions[up], reader)
        reading = asyncio.create_task(stream.pieces(queue))
        tail, clock = b"", asyncio.get_running_loop().time
        try:
            while True:
                at_s, piece = await _next(queue, reading)
                await asyncio.sleep(max(0.0, at_s - clock()))
                if not piece:
                    break
                piece = self._until_cut(piece, up=up)
                tail = self._count(tail, piece, up=up)
                if await self._is_cut(writer, piece):
                    return
                writer.write(piece)
                await writer.drain()
            writer.write_eof()
        except OSError:
            writer.transport.abort()
        finally:
            reading.cancel()

    def _until_cut(self, piece: bytes, *, up: bool) -> bytes:
        """What of a piece still goes over the line: a line is cut at a byte, whatever size pieces are read in."""
        return piece[: self.cut_up - self.counted.bytes_up] if up and self.cut_up is not None else piece

    async def _is_cut(self, writer: asyncio.StreamWriter, piece: bytes) -> bool:
        """Cuts the line once the byte to be cut at was counted, and the last bytes have left this program."""
        if self.cut_up is None or self.counted.bytes_up < self.cut_up:
            return False
        writer.transport.set_write_buffer_limits(0)
        writer.write(piece)
        await writer.drain()
        self.cut()
        return True

    def _count(self, tail: bytes, piece: bytes, *, up: bool) -> bytes:
        """Counts a piece that goes over the line; returns the end of what went up, in which a request may begin."""
        if not up:
            self.counted.bytes_down += len(piece)
            return tail
        self.counted.bytes_up += len(piece)
        seen = tail + piece
        self.counted.requests += sum(1 for found in REQUEST.finditer(seen) if found.end() > len(tail))
        return seen[-TAIL:]

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Does what one line of the standard input asks."""
        match asked["op"]:
            case "reset":
                self.counted = Counted()
            case "stats":
                return asdict(self.counted)
            case "cut_up":
                self.cut_up = asked["bytes"]
            case "allow":
                self.blocked, self.cut_up = False, None
            case "delay":
                self.delay_s = asked["ms"] / 1000
        return {"ok": True}

    async def run(self) -> None:
        """Serves until ``exit`` or the end of the standard input."""
        server = await asyncio.start_server(self.carry, "127.0.0.1", self.listen, limit=self.limit)
        questions = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(questions), sys.stdin)
        print(json.dumps({"ok": True}), flush=True)
        while line := await questions.readline():
            asked = json.loads(line)
            if asked["op"] == "exit":
                break
            print(json.dumps(self.answer(asked)), flush=True)
        server.close()


def _hold_little(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, HELD_BYTES)


async def _next(queue: asyncio.Queue[tuple[float, bytes]], reading: asyncio.Task[None]) -> tuple[float, bytes]:
    """The next piece. Raises OSError when the end that is read from has gone."""
    waiting = asyncio.create_task(queue.get())
    await asyncio.wait({waiting, reading}, return_when=asyncio.FIRST_COMPLETED)
    if not waiting.done() and queue.empty():
        waiting.cancel()
        reading.result()
        raise ConnectionResetError
    return await waiting


def _line_of(words: list[str]) -> BadLine | None:
    if not words:
        return None
    kbit_s, rtt_ms, loss = map(float, words)
    return BadLine(kbit_s, rtt_ms / 1000, loss)


if __name__ == "__main__":
    asyncio.run(Proxy(int(sys.argv[1]), int(sys.argv[2]), _line_of(sys.argv[3:])).run())
