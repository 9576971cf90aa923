"""References and claims: every slip of the pen is seen, nothing personal, nothing forged."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from sync import claim
from sync.claim import ALPHABET, Claim, make_reference, read_reference
from sync.signature import public_bytes, verify

NUMBERS = st.integers(0, claim.INDEX_MAX)
SECRET = b"s" * 32
IDS = st.uuids().map(str)


@given(NUMBERS, NUMBERS)
def test_a_reference_is_read_back_however_it_is_typed(terminal_no: int, index: int) -> None:
    reference = make_reference(terminal_no, index, SECRET)
    for typed in (reference.text, reference.shown, reference.shown.lower(), " " + "-".join(reference.text)):
        assert read_reference(typed) == reference


@given(NUMBERS, NUMBERS)
def test_look_alikes_are_read_as_what_was_meant(terminal_no: int, index: int) -> None:
    reference = make_reference(terminal_no, index, SECRET)
    typed = reference.text.replace("0", "O").replace("1", "l").replace("V", "u")
    assert read_reference(typed) == reference


@given(NUMBERS, NUMBERS)
def test_every_single_wrong_character_is_seen(terminal_no: int, index: int) -> None:
    text = make_reference(terminal_no, index, SECRET).text
    for at, right in enumerate(text):
        for wrong in ALPHABET:
            if wrong != right:
                assert read_reference(text[:at] + wrong + text[at + 1 :]) is None


@given(NUMBERS, NUMBERS)
def test_every_swap_of_neighbours_is_seen(terminal_no: int, index: int) -> None:
    text = make_reference(terminal_no, index, SECRET).text
    for at in range(len(text) - 1):
        if text[at] != text[at + 1]:
            swapped = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
            assert read_reference(swapped) is None


@given(st.text(max_size=30))
def test_any_text_may_be_typed(typed: str) -> None:
    read = read_reference(typed)
    assert read is None or len(read.text) == 10


def test_only_the_secret_makes_a_genuine_reference() -> None:
    genuine = make_reference(5, 9, SECRET)
    assert claim.reference_is_genuine(genuine, SECRET)
    forged = [make_reference(5, 9, bytes([n]) * 32) for n in range(200)]
    assert sum(claim.reference_is_genuine(reference, SECRET) for reference in forged) <= 1


def test_the_slow_hash_belongs_to_one_record() -> None:
    reference = make_reference(5, 9, SECRET)
    stored = claim.hash_reference(reference, "record-1")
    assert reference.text not in stored
    assert claim.reference_matches(reference, "record-1", stored)
    assert not claim.reference_matches(reference, "record-2", stored)
    assert not claim.reference_matches(make_reference(5, 10, SECRET), "record-1", stored)


@pytest.mark.parametrize("numbers", [(-1, 0), (0, -1), (32768, 0), (0, 32768)])
def test_numbers_out_of_range_are_refused(numbers: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="range"):
        make_reference(*numbers, SECRET)


CLAIMS = st.builds(
    Claim, st.sampled_from(sorted(claim.KIND_CODES)), st.sampled_from(sorted(claim.CLASS_CODES)), NUMBERS, NUMBERS,
    st.integers(0, 2**32 - 1), IDS, IDS, st.none() | IDS.filter(lambda text: text.strip("0-") != ""),
)  # fmt: skip


@given(CLAIMS, st.binary(min_size=64, max_size=64))
def test_a_claim_is_read_back_and_fits_the_dense_mode_of_a_qr(made: Claim, signature: bytes) -> None:
    text = claim.encode_claim(made, signature)
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    assert claim.decode_claim(text) == (made, made.to_bytes(), signature)
    assert claim.decode_claim(text.lower()) == (made, made.to_bytes(), signature)


@given(CLAIMS, st.data())
def test_an_altered_claim_does_not_verify(made: Claim, data: st.DataObject) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    text = claim.encode_claim(made, key.sign(Claim.signing_input(made.to_bytes())))
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
    decoded = claim.decode_claim(text[:at] + letter + text[at + 1 :])
    if decoded is not None and decoded[1:] != claim.decode_claim(text)[1:]:  # type: ignore[index]
        assert not verify(public_bytes(key), decoded[2], Claim.signing_input(decoded[1]))


@given(st.text(max_size=300))
def test_any_text_may_be_scanned(text: str) -> None:
    assert claim.decode_claim(text) is None
