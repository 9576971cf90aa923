"""Sealing: only the vault's key opens it, and only for the record it was made for."""

from __future__ import annotations

from itertools import pairwise

import pytest
import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.errors import Refused
from sync.seal import PADDING_BYTES, SUITE_HYBRID, SUITE_X25519, SUITES, Sealed, SealHeader, seal
from sync.wire import SealingDocument, from_text, to_text

LATTICE, CURVE = (
    mlkem.MLKEM768PrivateKey.from_seed_bytes(bytes(64)),
    x25519.X25519PrivateKey.from_private_bytes(b"x" * 32),
)
SHORT = CURVE.public_key().public_bytes_raw()
PRIVATE = {SUITE_HYBRID: MLKEM768X25519PrivateKey(LATTICE, CURVE), SUITE_X25519: CURVE}
DOCUMENTS = {
    suite: SealingDocument(key_id="s1", suite=suite, valid_from_ms=0, valid_to_ms=1, public_key=to_text(key))
    for suite, key in {SUITE_HYBRID: LATTICE.public_key().public_bytes_raw() + SHORT, SUITE_X25519: SHORT}.items()
}
DOCUMENT = DOCUMENTS[SUITE_HYBRID]
BEFORE = (
    "eyJoZWFkZXIiOnsidiI6MSwic3VpdGUiOiJ4d2luZy1oa2RmLXNoYTI1Ni1hZXMtMjU2LWdjbSIsImtleV9pZCI6InMxIiwia2luZCI6InJlZ2lz"
)
"""How a text of version 1 begins."""


def opened(sealed: Sealed) -> dict[str, object]:
    suite = sealed.header.suite
    return sealed.open_with(lambda ciphertext, *, info: SUITES[suite].decrypt(ciphertext, PRIVATE[suite], info=info))


@given(st.dictionaries(st.text(max_size=12), st.text(max_size=200) | st.integers() | st.booleans(), max_size=6))
@settings(max_examples=50)
def test_what_was_sealed_is_what_is_opened(answers: dict[str, object]) -> None:
    for document in DOCUMENTS.values():
        sealed = seal(document, "registration", "sarlat", "r-1", answers)
        assert Sealed.from_text(sealed.to_text()) == sealed
        assert opened(sealed) == answers


def test_a_text_sealed_before_compression_is_still_read() -> None:
    header = SealHeader(suite=SUITE_HYBRID, key_id="s1", kind="registration", site_id="sarlat", id="r-1")
    text = b'{"nom": "Suharto"}'
    plain = len(text).to_bytes(4, "big") + text + bytes(256 - 4 - len(text))
    public = MLKEM768X25519PublicKey(LATTICE.public_key(), CURVE.public_key())
    info = (
        b'point-contact/v1/sealed|{"id":"r-1","key_id":"s1","kind":"registration","site_id":"sarlat",'
        b'"suite":"xwing-hkdf-sha256-aes-256-gcm","v":1}'
    )
    written = Sealed(header=header, ciphertext=to_text(SUITES[SUITE_HYBRID].encrypt(plain, public, info=info)))
    assert written.to_text().startswith(BEFORE)
    assert opened(Sealed.from_text(written.to_text())) == {"nom": "Suharto"}


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("member", ["kind", "site_id", "id", "key_id", "dictionary"])
def test_a_seal_moved_to_another_record_does_not_open(member: str, suite: str) -> None:
    sealed = seal(DOCUMENTS[suite], "registration", "sarlat", "r-1", {"nom": "Suharto"})
    moved = sealed.model_copy(
        update={"header": sealed.header.model_copy(update={member: 7 if member == "dictionary" else "other"})}
    )
    with pytest.raises(InvalidTag):
        opened(moved)


@pytest.mark.parametrize("suite", SUITES)
def test_the_length_says_little(suite: str) -> None:
    """Only which step it is on: after compression, what was typed is one of few lengths."""
    typed = [{"nom": "".join(chr(0x4E00 + at * 7) for at in range(n))} for n in range(120)]
    sizes = sorted({len(from_text(seal(DOCUMENTS[suite], "r", "s", "i", one).ciphertext)) for one in typed})
    assert len(sizes) > 1
    assert {after - before for before, after in pairwise(sizes)} == {PADDING_BYTES[suite]}


def test_a_text_that_unfolds_without_end_is_stopped() -> None:
    with pytest.raises(Refused, match="trop longues"):
        seal(DOCUMENT, "r", "s", "i", {"nom": "x" * 300_000})
    folded = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters.from_level(
            3, format=zstandard.FORMAT_ZSTD1_MAGICLESS, write_content_size=False
        )
    ).compress(bytes(10_000_000))
    header = SealHeader(v=2, suite=SUITE_X25519, key_id="s1", kind="r", site_id="s", id="i", dictionary=1)
    with pytest.raises(Refused, match="lisible"):
        Sealed(header=header, ciphertext="").open_with(lambda *_, **__: folded + b"\x80")


def test_a_dictionary_that_this_version_has_not_is_told() -> None:
    sealed = seal(DOCUMENT, "r", "s", "i", {})
    later = Sealed.from_text(sealed.to_text().replace("2,1,", "2,77,", 1))
    with pytest.raises(Refused, match="mettez le hub à jour"):
        later.open_with(lambda *_, **__: b"\x80")


def test_the_same_answers_never_look_the_same() -> None:
    assert len({seal(DOCUMENT, "r", "s", "i", {}).ciphertext for _ in range(5)}) == 5


def test_an_unknown_suite_is_refused() -> None:
    with pytest.raises(Refused, match="mettez la borne à jour"):
        seal(DOCUMENT.changed(suite="rot13"), "r", "s", "i", {})


@pytest.mark.parametrize(
    "text",
    [
        "", "!!", to_text(b"{}"), to_text(b"[1]"), "2,", "2,1,suite,key,kind,site,id",
        "2,01,suite,key,kind,site,id,abcd",
        "2,1,suite,key,ki nd,site,id,abcd", "2,1,suite,key,kind,site,id,ab=d", "2,1,suite,key,kind,site,id,abcd,more",
        "2,-,suite,key,kind,site,id,abcd", '2,1,suite,k",kind,site,id,abcd',
    ],
)  # fmt: skip
def test_a_bad_seal_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        Sealed.from_text(text)
