"""The form of a stick's file, and its files on a disk: whatever somebody puts on a stick is a sentence at most."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import stick_file, stick_folder
from sync.errors import DiskFull, InvalidInput, Refused, StorageError
from sync.seal import SUITE_HYBRID, public_key_of
from sync.stick_file import Answer

HALVES = (MLKEM768PrivateKey.from_seed_bytes(b"1" * 64), X25519PrivateKey.from_private_bytes(b"2" * 32))
PRIVATE = MLKEM768X25519PrivateKey(*HALVES)
PUBLIC = b"".join(one.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw) for one in HALVES)
CONTENT = b"frames" * 50
LETTER = Answer(
    terminal_id="t-1", counter=7, incarnation="i-1", generation="g-1", made_ms=1, asked="x", status=200,
    content=stick_file.hash_of(CONTENT),
)  # fmt: skip
KEY_ID = stick_file.key_id_of(PUBLIC)
RAW = stick_file.write(stick_file.BACK, KEY_ID, SUITE_HYBRID, public_key_of(PUBLIC, SUITE_HYBRID), LETTER, CONTENT)


def test_a_file_is_read_back_by_its_key_alone_and_says_nothing_outside() -> None:
    envelope = stick_file.read(RAW)
    assert (envelope.head.way, envelope.head.key_id) == ("back", KEY_ID)
    assert stick_file.read_letter(stick_file.open_with(envelope, PRIVATE), Answer) == (LETTER, CONTENT)
    other = MLKEM768X25519PrivateKey(HALVES[0], X25519PrivateKey.from_private_bytes(b"3" * 32))
    with pytest.raises(Refused, match="abîmé"):
        stick_file.open_with(envelope, other)
    newer = RAW.replace(b'"v":1', b'"v":2')
    with pytest.raises(Refused, match="plus récente"):
        stick_file.read(newer)
    with pytest.raises(Refused, match="plus récente"):
        stick_file.read(RAW.replace(SUITE_HYBRID.encode(), b"y" + SUITE_HYBRID.encode()[1:]))


@settings(max_examples=40, deadline=None)
@given(cut=st.integers(0, len(RAW) - 1), at=st.integers(0, len(RAW) - 1), flip=st.integers(1, 255), tail=st.binary())
def test_whatever_is_cut_or_altered_is_refused(cut: int, at: int, flip: int, tail: bytes) -> None:
    altered = bytearray(RAW)
    altered[at] ^= flip
    for damaged in (RAW[:cut], bytes(altered), RAW[:cut] + tail + b"\0"):
        if damaged == RAW:
            continue  # its last byte was cut, and was the very one that is put back: one key in 256 makes such a file
        with pytest.raises(Refused):
            stick_file.open_with(stick_file.read(damaged), PRIVATE)


def test_what_is_on_a_stick_is_never_followed_elsewhere_nor_waited_for(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"of another program")
    place = tmp_path / "stick"
    place.mkdir()
    (place / "link.pcs").symlink_to(secret)
    os.mkfifo(place / "pipe.pcs")
    (place / ".hidden.pcs").write_bytes(b"")
    (place / "photograph.jpg").write_bytes(b"")
    found = stick_folder.files_in(place)
    assert [path.name for path in found] == ["link.pcs", "pipe.pcs"]
    for path in found:
        with pytest.raises(InvalidInput):
            stick_folder.read_file(path)
    stick_folder.write_file(place / "link.pcs", RAW)
    assert (secret.read_bytes(), stick_folder.read_file(place / "link.pcs")) == (b"of another program", RAW)
    assert not [path for path in place.iterdir() if path.suffix == ".part"]
    assert (place / "link.pcs").stat().st_mode & 0o777 == 0o644, "another account reads it, on another machine"
    with pytest.raises(InvalidInput):
        stick_folder.files_in(place / "nowhere")
    with pytest.raises(StorageError) as refused:
        stick_folder.write_file(place / "nowhere" / "x.pcs", RAW)
    assert not isinstance(refused.value, DiskFull)
