"""Frames: read as they come, in any pieces; nothing left out, moved, altered or without end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sync.errors import Refused
from sync.frames import FRAME_BYTES_MAX, TEXT_BYTES_MAX, FrameReader, FrameWriter, frame_input
from sync.signature import public_bytes, verify

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = public_bytes(KEY)
TEXTS = st.lists(st.binary(max_size=400), min_size=1, max_size=5)


def genuine(signature: bytes, data: bytes) -> bool:
    return verify(PUBLIC, signature, data)


def framed(texts: list[bytes], *, opening: bytes = b"here") -> list[bytes]:
    writer = FrameWriter(opening, KEY.sign)
    return [writer.frame(text, last=at == len(texts)) for at, text in enumerate(texts, start=1)]


def read(pieces: list[bytes], *, opening: bytes = b"here") -> tuple[list[bytes], bool]:
    reader = FrameReader(opening, genuine)
    texts = [text for piece in pieces for text in reader.feed(piece)]
    return texts, reader.ended


def why_refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as caught:
        act()
    return caught.value.code


@given(TEXTS, st.integers(1, 90))
def test_a_stream_is_read_in_pieces_of_any_size(texts: list[bytes], size: int) -> None:
    whole = b"".join(framed(texts))
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    assert read(pieces) == (texts, True)


@given(TEXTS, st.data())
def test_what_was_whole_before_a_cut_is_read(texts: list[bytes], data: st.DataObject) -> None:
    frames = framed(texts)
    whole = b"".join(frames)
    cut = data.draw(st.integers(0, len(whole) - 1))
    complete, end = 0, 0
    for frame in frames:
        end += len(frame)
        complete += end <= cut
    assert read([whole[:cut]]) == (texts[:complete], False)


@given(TEXTS, st.data())
def test_no_bit_may_be_altered(texts: list[bytes], data: st.DataObject) -> None:
    whole = bytearray(b"".join(framed(texts)))
    at = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[at // 8] ^= 1 << at % 8
    try:
        found, ended = read([bytes(whole)])
    except Refused:
        return
    assert not ended  # a length that grew: the rest is waited for
    assert found == texts[: len(found)]


def test_a_frame_is_of_its_place_and_of_its_stream_only() -> None:
    first, second, third = framed([b"one", b"two", b"three"])
    assert why_refused(lambda: read([second])) == "bad_signature"
    assert why_refused(lambda: read([first, third])) == "bad_signature"
    assert why_refused(lambda: read([first, first])) == "bad_signature"
    assert why_refused(lambda: read([first, second, third], opening=b"elsewhere")) == "bad_signature"
    alone = framed([b"one"])
    assert alone != [first], "whether a frame is the last one is signed too"
    assert why_refused(lambda: read([*alone, second])) == "malformed"


def test_a_long_message_is_read_to_its_end() -> None:
    texts = [bytes(range(256)) * 4000, b"x" * 3_000_000, b"{}"]
    assert read(framed(texts)) == (texts, True)


def test_a_bomb_is_stopped_before_it_unfolds() -> None:
    bomb = zstandard.ZstdCompressor(level=19).compress(bytes(100 * TEXT_BYTES_MAX))
    assert len(bomb) < FRAME_BYTES_MAX
    signature = KEY.sign(frame_input(b"here", b"", len(bomb), bomb))
    assert why_refused(lambda: read([len(bomb).to_bytes(4, "big") + signature + bomb])) == "too_large"


def test_a_long_frame_is_refused_before_it_is_there() -> None:
    assert why_refused(lambda: read([(FRAME_BYTES_MAX + 1).to_bytes(4, "big") + bytes(64)])) == "too_large"


def test_later_frames_cost_little() -> None:
    text = (
        b'{"terminal_id":"01a1ee56-5e00-7daf-883e-1176a6a9a026","incarnation":"01a1ee56-5e00-7daf-883e-1176a6a9a027"}'
    )
    first, second = framed([text, text])
    assert len(second) < len(first) - 40
