"""A stream of signed frames: how a round travels in one request and one answer, and stays usable when it is cut.

A stream is one zstd stream, flushed after each message, so that every frame can be read as soon as it is there and the
later ones cost little. Each frame bears an Ed25519 signature (RFC 8032) that covers the signature before it: none can
be left out, moved, or put into another stream. docs/protocol.md §2 has the bytes. No input or output.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator

import zstandard

from sync.errors import Refused

LEVEL = 3
"""Of an answer: a hub has many to make."""
LEVEL_UP = 6
"""Of a request: 6 % fewer bytes on a bad line for 4 µs more of the terminal for each record."""
FRAME_BYTES_MAX = 1024 * 1024
TEXT_BYTES_MAX = 4 * 1024 * 1024
SLICE_BYTES = 1024
LAST = 1 << 31
_HEAD = struct.Struct(">I64s")
HEAD_BYTES = _HEAD.size


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


def is_last(frame: bytes) -> bool:
    """True for the last frame of a stream."""
    return bool(frame[0] & LAST >> 24)


class FrameWriter:
    """Makes the frames of one stream.

    Args:
        opening: what the stream belongs to.
        sign: returns the sender's signature of some bytes.
        level: of zstd.

    Attributes:
        signatures: of every frame made, in order.
    """

    def __init__(self, opening: bytes, sign: Callable[[bytes], bytes], *, level: int = LEVEL) -> None:
        self._opening = opening
        self._sign = sign
        self._stream = zstandard.ZstdCompressor(level=level).compressobj()
        self.signatures: list[bytes] = []

    def frame(self, text: bytes, *, last: bool = False) -> bytes:
        """The next frame, which holds one message."""
        body = self._stream.compress(text) + self._stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        head = len(body) | (LAST if last else 0)
        before = self.signatures[-1] if self.signatures else b""
        self.signatures.append(self._sign(frame_input(self._opening, before, head, body)))
        return _HEAD.pack(head, self.signatures[-1]) + body


class FrameReader:
    """Reads the frames of one stream from pieces of any size.

    Args:
        opening: what the stream belongs to.
        genuine: says whether a signature of some bytes is the sender's.

    Attributes:
        ended: the last frame was read.
        signature: of the frame read last, genuine or not.
    """

    def __init__(self, opening: bytes, genuine: Callable[[bytes, bytes], bool]) -> None:
        self._opening = opening
        self._genuine = genuine
        self._stream = zstandard.ZstdDecompressor().decompressobj()
        self._held = bytearray()
        self.ended = False
        self.signature = b""

    def begins_with(self, piece: bytes) -> bool:
        """Takes the signature of the first frame from its head, unread; the stream is of no other use then.

        Returns:
            False while the head is not whole.
        """
        self._held += piece
        if len(self._held) < _HEAD.size:
            return False
        self.signature = _HEAD.unpack_from(self._held)[1]
        return True

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
        signed = frame_input(self._opening, self.signature, head, body)
        self.signature = signature  # before it is judged: a refusal is bound to it
        if not self._genuine(signature, signed):
            raise Refused("bad_signature", "Le message a été altéré en chemin : il n’a pas été pris.", status=401)
        self.ended = bool(head & LAST)
        return self._unfold(body)

    def _unfold(self, body: bytes) -> bytes:
        """A small body may unfold without end: it is given in slices of which none makes more than 32 MiB."""
        text = bytearray()
        try:
            for at in range(0, len(body), SLICE_BYTES):
                text += self._stream.decompress(body[at : at + SLICE_BYTES])
                if len(text) > TEXT_BYTES_MAX:
                    raise Refused("too_large", "Le message reçu dépasse la taille permise.", status=413)
        except zstandard.ZstdError as error:
            raise _malformed() from error
        return bytes(text)


def _malformed() -> Refused:
    return Refused("malformed", "Le message reçu n’est pas lisible.", status=400)
