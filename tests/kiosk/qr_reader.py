"""Reads a QR back from its PNG, as a telephone does but for the camera: ISO/IEC 18004, level M, no damage repaired.

Only the table of blocks is segno's; modules, mask, order of the codewords and segments are read here.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from segno import consts

ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
FORMAT_MASK = 0b101010000010010
MASKS = (
    lambda r, c: (r + c) % 2 == 0,
    lambda r, c: r % 2 == 0,
    lambda r, c: c % 3 == 0,
    lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0,
    lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
)
Modules = list[list[bool]]


def read_qr(png: bytes, *, scale: int, border: int) -> tuple[str, int]:
    """The text of a QR and its version. AssertionError for what is no QR of level M."""
    seen = [row[scale // 2 :: scale] for row in pixels(png)[scale // 2 :: scale]]
    modules = [row[border:-border] for row in seen[border:-border]]
    side = len(modules)
    version = (side - 17) // 4
    assert all(len(row) == side for row in modules)
    told = sum(modules[8][c] << (14 - at) for at, c in enumerate((0, 1, 2, 3, 4, 5, 7))) ^ FORMAT_MASK
    assert told >> 13 == 0, "level M is 00"
    mask = MASKS[told >> 10 & 0b111]
    bits = [modules[r][c] != mask(r, c) for r, c in path(version)]
    words = [sum(bit << (7 - i) for i, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits) - 7, 8)]
    return text_of(in_order(words, version), version), version


def pixels(png: bytes) -> Modules:
    """The pixels of a picture of two colours, true where dark."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, data, palette = 8, b"", b""
    width = height = depth = kind = 0
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        name, body = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if name == b"IHDR":
            width, height, depth, kind = struct.unpack(">IIBB", body[:10])
        palette = body if name == b"PLTE" else palette
        data += body if name == b"IDAT" else b""
        at += 12 + length
    assert (depth, kind) == (1, 3), "one bit a pixel, with a palette"
    raw, stride = zlib.decompress(data), (width + 7) // 8 + 1
    rows, above = [], bytes(stride - 1)
    for y in range(height):
        filtered, row = raw[y * stride], raw[y * stride + 1 : (y + 1) * stride]
        assert filtered in (0, 2), "nothing, or the difference to the line above"
        above = row if filtered == 0 else bytes((one + over) % 256 for one, over in zip(row, above, strict=True))
        rows.append(above)
    dark = 0 if sum(palette[0:3]) < sum(palette[3:6]) else 1
    return [[(row[x // 8] >> (7 - x % 8) & 1) == dark for x in range(width)] for row in rows]


def path(version: int) -> Iterator[tuple[int, int]]:
    """The modules that hold data, in their order: two columns at a time, from the right, up and down."""
    side = version * 4 + 17
    centres = consts.ALIGNMENT_POS[version - 2] if version > 1 else ()

    def fixed(r: int, c: int) -> bool:
        corner = (r < 9 and (c < 9 or c >= side - 8)) or (r >= side - 8 and c < 9)
        timing = 6 in (r, c)
        number = version >= 7 and ((r < 6 and c >= side - 11) or (c < 6 and r >= side - 11))
        last = side - 7
        aligned = any(
            abs(r - y) <= 2 and abs(c - x) <= 2 for y in centres for x in centres
            if (y, x) not in ((6, 6), (6, last), (last, 6))
        )  # fmt: skip
        return corner or timing or number or aligned

    up = True
    for right in (*range(side - 1, 6, -2), 5, 3, 1):
        for r in range(side - 1, -1, -1) if up else range(side):
            yield from ((r, c) for c in (right, right - 1) if not fixed(r, c))
        up = not up


def in_order(words: list[int], version: int) -> list[int]:
    """The data codewords, block after block: they were dealt out to the blocks like cards."""
    lengths = [group.num_data for group in consts.ECC[version][consts.ERROR_LEVEL_M] for _ in range(group.num_blocks)]
    blocks: list[list[int]] = [[] for _ in lengths]
    dealt = iter(words)
    for at in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if at < length:
                block.append(next(dealt))
    return [word for block in blocks for word in block]


def text_of(words: list[int], version: int) -> str:
    """The text of the segments, bytes and capitals."""
    bits = "".join(f"{word:08b}" for word in words)
    text, at = "", 0

    def take(count: int) -> int:
        nonlocal at
        at += count
        return int(bits[at - count : at], 2)

    while at + 4 <= len(bits) and (mode := take(4)):
        if mode == consts.MODE_BYTE:
            count = take(8 if version < 10 else 16)
            text += bytes(take(8) for _ in range(count)).decode()
        else:
            assert mode == consts.MODE_ALPHANUMERIC, mode
            count = take(9 if version < 10 else 11 if version < 27 else 13)
            for _ in range(count // 2):
                pair = take(11)
                text += ALPHANUMERIC[pair // 45] + ALPHANUMERIC[pair % 45]
            text += ALPHANUMERIC[take(6)] if count % 2 else ""
    return text
