"""Reading what a caller sends: never more than allowed, and never for ever."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable

from sync.errors import Refused
from sync.hub.exchange import too_large


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
        slow = "Le message est arrivé trop lentement : il sera renvoyé."
        raise Refused("malformed", slow, status=408) from None
    return bytes(whole)
