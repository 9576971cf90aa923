"""A proxy that counts every byte both ways, connections and requests, and can delay, cut and refuse. ``LISTEN TARGET``.

One question a line of JSON on the standard input: ``reset``, ``stats``, ``cut_up`` (with ``bytes``: the line is cut
once that many have gone up, and refused until ``allow``), ``allow``, ``delay`` (with ``ms``, each way), ``exit``. Bytes
are those of TCP's payload.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from dataclasses import asdict, dataclass
from typing import Any

REQUEST = re.compile(rb"(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) [^ \r\n]{1,8192} HTTP/1\.[01]\r\n")
PIECE = 1 << 16
TAIL = 300


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

    def __init__(self, listen: int, target: int) -> None:
        self.listen, self.target = listen, target
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
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, far_writer}
        self.open |= both
        await asyncio.gather(self.pump(reader, far_writer, up=True), self.pump(far_reader, writer, up=False))
        self.open -= both
        for one in both:
            one.close()

    async def pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, up: bool) -> None:
        """One direction of a connection."""
        tail = b""
        try:
            while piece := await reader.read(PIECE):
                if up:
                    tail = self._count_up(tail, piece)
                else:
                    self.counted.bytes_down += len(piece)
                if self.cut_up is not None and self.counted.bytes_up >= self.cut_up:
                    self.cut()
                    return
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                writer.write(piece)
                await writer.drain()
            writer.write_eof()
        except OSError:  # one of the ends has gone: the other hears of it by this
            writer.transport.abort()

    def _count_up(self, tail: bytes, piece: bytes) -> bytes:
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
        server = await asyncio.start_server(self.carry, "127.0.0.1", self.listen)
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


if __name__ == "__main__":
    asyncio.run(Proxy(int(sys.argv[1]), int(sys.argv[2])).run())
