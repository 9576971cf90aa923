"""A stream of signed frames: how a round travels in one request and one answer, and stays usable when it is cut.

A stream is one zstd stream, flushed after each message, so that every frame can be read as soon as it is there and the
later ones cost little. Each frame bears an Ed25519 signature (RFC 8032) that covers the signature before it: none can be
left out, moved, or put into another stream. docs/protocol.md §2 has the bytes. No input or output.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING

import zstandard

from sync.errors import Refused

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

LEVEL = 3
FRAME_BYTES_MAX = 1024 * 1024
TEXT_BYTES_MAX = 4 * 1024 * 1024
SIGNATURE_BYTES = 64
LAST = 1 << 31
_HEAD = struct.Struct(">I64s")


def frame_input(opening: bytes, before: bytes, head: int, body: bytes) -> bytes:
    """The bytes that are signed for one frame.

    Args:
        opening: what the stream belongs to (``signature.stream_opening``).
        before: the signature of the frame before, empty for the first one.
        head: its length, with ``LAST`` set on the last one.
        body: the compressed bytes.
    """
    whole = hashlib.sha256(opening).digest() + hashlib.sha256(before).digest() + hashlib.sha256(body).digest()
    return b"point-contact/v2/frame\n" + head.to_bytes(4, "big") + whole


class FrameWriter:
    """Makes the frames of one stream.

    Args:
        opening: what the stream belongs to.
        sign: returns the sender's signature of some bytes.

    Attributes:
        signature: of the frame made last.
    """

    def __init__(self, opening: bytes, sign: Callable[[bytes], bytes]) -> None:
        self._opening = opening
        self._sign = sign
        self._stream = zstandard.ZstdCompressor(level=LEVEL).compressobj()
        self.signature = b""

    def frame(self, text: bytes, *, last: bool = False) -> bytes:
        """The next frame, which holds one message."""
        body = self._stream.compress(text) + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        head = len(body) | (LAST if last else 0)
        self.signature = self._sign(frame_input(self._opening, self.signature, head, body))
        return _HEAD.pack(head, self.signature) + body


class FrameReader:
    """Reads the frames of one stream from pieces of any size.

    Args:
        opening: what the stream belongs to.
        genuine: says whether a signature of some bytes is the sender's.

    Attributes:
        ended: the last frame was read.
        signature: of the frame read last.
    """

    def __init__(self, opening: bytes, genuine: Callable[[bytes, bytes], bool]) -> None:
        self._opening = opening
        self._genuine = genuine
        self._text = _Bounded()
        self._stream = zstandard.ZstdDecompressor().stream_writer(self._text, closefd=False)
        self._held = bytearray()
        self.ended = False
        self.signature = b""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Gives the message of each frame that is whole now.

        Raises:
            Refused: ``too_large``, ``malformed``, or ``bad_signature``; the stream is of no use any more.
        """
        self._held += piece
        while len(self._held) >= _HEAD.size:
            head, signature = _HEAD.unpack_from(self._held)
            length = head & ~LAST
            if length > FRAME_BYTES_MAX:
                raise Refused("too_large", "Le message reçu dépasse la taille permise.", status=413)
            if len(self._held) < _HEAD.size + length:
                return
            if self.ended:
                break
            body = bytes(self._held[_HEAD.size : _HEAD.size + length])
            del self._held[: _HEAD.size + length]
            yield self._read(head, signature, body)
        if self.ended and self._held:
            raise _malformed()

    def _read(self, head: int, signature: bytes, body: bytes) -> bytes:
        if not self._genuine(signature, frame_input(self._opening, self.signature, head, body)):
            raise Refused("bad_signature", "Le message a été altéré en chemin : il n’a pas été pris.", status=401)
        self.signature = signature
        self.ended = bool(head & LAST)
        try:
            self._stream.write(body)
        except zstandard.ZstdError as error:
            raise _malformed() from error
        return self._text.taken()


class _Bounded(BytesIO):
    """Where a frame unfolds: a small one may unfold without end."""

    def write(self, piece: ReadableBuffer) -> int:
        if self.tell() + len(memoryview(piece)) > TEXT_BYTES_MAX:
            raise Refused("too_large", "Le message reçu dépasse la taille permise.", status=413)
        return super().write(piece)

    def taken(self) -> bytes:
        text = self.getvalue()
        self.seek(0)
        self.truncate()
        return text


def _malformed() -> Refused:
    return Refused("malformed", "Le message reçu n’est pas lisible.", status=400)
