"""The enrolment code: typed by a person, it names its hub and never shows its secret."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.claim import ALPHABET
from sync.invitation import derive_verifier, fingerprint_matches, make_proof, read_code, write_code

FINGERPRINTS = st.binary(min_size=32, max_size=32)
SECRETS = st.binary(min_size=5, max_size=5)


@given(FINGERPRINTS, st.integers(0, 5000), SECRETS)
def test_a_code_is_read_back(fingerprint: bytes, number: int, secret: bytes) -> None:
    code = write_code(fingerprint, number, secret)
    for typed in (code, code.lower(), code.replace("-", " ")):
        invitation = read_code(typed)
        assert invitation is not None
        assert invitation.number == number % 1024
        assert fingerprint_matches(invitation, fingerprint)


@given(FINGERPRINTS, SECRETS, st.integers(0, 64))
def test_sixty_five_bits_of_the_fingerprint_count(fingerprint: bytes, secret: bytes, bit: int) -> None:
    invitation = read_code(write_code(fingerprint, 1, secret))
    assert invitation is not None
    altered = bytearray(fingerprint)
    altered[bit // 8] ^= 0x80 >> bit % 8
    assert not fingerprint_matches(invitation, bytes(altered))


@given(FINGERPRINTS, SECRETS, st.integers(0, 23), st.sampled_from(ALPHABET))
def test_a_wrong_letter_is_seen(fingerprint: bytes, secret: bytes, at: int, letter: str) -> None:
    text = write_code(fingerprint, 1, secret).replace("-", "")
    if text[at] != letter:
        assert read_code(text[:at] + letter + text[at + 1 :]) is None


def test_a_proof_is_for_one_terminal_key_one_invitation_and_one_incarnation() -> None:
    verifier = derive_verifier("ABCDEFGH", bytes(32))
    proof = make_proof(verifier, 1, b"k" * 32, "i1")
    assert proof == make_proof(verifier, 1, b"k" * 32, "i1")
    others = [
        make_proof(derive_verifier("ABCDEFGJ", bytes(32)), 1, b"k" * 32, "i1"),
        make_proof(derive_verifier("ABCDEFGH", b"\1" * 32), 1, b"k" * 32, "i1"),
        make_proof(verifier, 2, b"k" * 32, "i1"),
        make_proof(verifier, 1, b"l" * 32, "i1"),
        make_proof(verifier, 1, b"k" * 32, "i2"),
    ]
    assert proof not in others
