"""Sealing: only the vault's key opens it, and only for the record it was made for."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.errors import Refused
from sync.seal import PADDING_BYTES, SUITE, SUITE_HYBRID, Sealed, seal, unpad
from sync.wire import SealingDocument, from_text, to_text

LATTICE, CURVE = (
    mlkem.MLKEM768PrivateKey.from_seed_bytes(bytes(64)),
    x25519.X25519PrivateKey.from_private_bytes(b"x" * 32),
)
PRIVATE = MLKEM768X25519PrivateKey(LATTICE, CURVE)
DOCUMENT = SealingDocument(
    key_id="s1", suite=SUITE_HYBRID, valid_from_ms=0, valid_to_ms=1,
    public_key=to_text(LATTICE.public_key().public_bytes_raw() + CURVE.public_key().public_bytes_raw()),
)  # fmt: skip


def opened(sealed: Sealed) -> dict[str, object]:
    return unpad(SUITE.decrypt(from_text(sealed.ciphertext), PRIVATE, info=sealed.header.info()))


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=200) | st.integers() | st.booleans(), max_size=6))
@settings(max_examples=50)
def test_what_was_sealed_is_what_is_opened(answers: dict[str, object]) -> None:
    sealed = seal(DOCUMENT, "registration", "sarlat", "r-1", answers)
    assert opened(Sealed.from_text(sealed.to_text())) == answers


@pytest.mark.parametrize("member", ["kind", "site_id", "id", "key_id"])
def test_a_seal_moved_to_another_record_does_not_open(member: str) -> None:
    sealed = seal(DOCUMENT, "registration", "sarlat", "r-1", {"nom": "Suharto"})
    moved = sealed.model_copy(update={"header": sealed.header.model_copy(update={member: "other"})})
    with pytest.raises(InvalidTag):
        opened(moved)


def test_the_length_says_little() -> None:
    sizes = {len(from_text(seal(DOCUMENT, "r", "s", "i", {"nom": "x" * n}).ciphertext)) for n in range(0, 200, 10)}
    assert len(sizes) == 1
    assert len(from_text(seal(DOCUMENT, "r", "s", "i", {"nom": "x" * 300}).ciphertext)) - sizes.pop() == PADDING_BYTES


def test_the_same_answers_never_look_the_same() -> None:
    assert len({seal(DOCUMENT, "r", "s", "i", {}).ciphertext for _ in range(5)}) == 5


def test_an_unknown_suite_is_refused() -> None:
    with pytest.raises(Refused, match="mettez la borne à jour"):
        seal(DOCUMENT.changed(suite="rot13"), "r", "s", "i", {})


@pytest.mark.parametrize("text", ["", "!!", to_text(b"{}"), to_text(b"[1]")])
def test_a_bad_seal_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        Sealed.from_text(text)
