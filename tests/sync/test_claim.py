"""References and claims: every slip of the pen is seen, nothing personal, nothing forged."""

from __future__ import annotations

import base64
import uuid
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
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


def test_slips_that_were_printed_once_open_for_ever() -> None:
    """One of each, written down: what a version prints, every later one must read."""
    reference = make_reference(513, 16387, SECRET)
    record_id, grant_id, slot_id = (f"01932b3c-0000-7000-8000-{n:012}" for n in (1, 2, 3))
    assert (reference.text, make_reference(5, 9, SECRET).text) == ("0G1G03EN6K", "005009DCX7")
    assert claim.hash_reference(reference, record_id) == "scrypt14$OSzfM0-GegknUp2Da9GVNYLk90i2WMmU"
    assert claim.placeholder_id(513, grant_id, 3) == "6ddb9b38-9755-8ac1-8eab-564c492c81a8"
    assert claim.stand_in_grant_id(513, grant_id, 65538, slot_id) == "2f6e938b-772d-811c-9127-f2ff0b1eee03"
    assert Claim.signing_input(b"body") == b"point-contact/v1/claim\nbody"


@pytest.mark.parametrize("numbers", [(-1, 0), (0, -1), (32768, 0), (0, 32768)])
def test_numbers_out_of_range_are_refused(numbers: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=r"^number out of range$"):
        make_reference(*numbers, SECRET)


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    """Any claim that a terminal may sign."""
    kind = draw(st.sampled_from(sorted(claim.KIND_CODES)))
    guaranteed = kind == "booking" and draw(st.booleans())
    seconds = st.integers(0, 2**32 - 1)
    return Claim(
        kind=kind,
        promise="guaranteed" if guaranteed else "requested",
        language=draw(st.sampled_from(claim.LANGUAGES)),
        terminal_no=draw(st.integers(1, claim.INDEX_MAX)),
        grant_no=draw(st.integers(1, claim.NUMBER_MAX)) if guaranteed else 0,
        spend_no=draw(st.integers(1, 65535)) if guaranteed else 0,
        reference_no=draw(NUMBERS),
        made_s=draw(seconds),
        expires_s=draw(seconds),
        incarnation=draw(IDS),
        id=draw(IDS),
        slot_id=draw(IDS.filter(lambda text: text.strip("0-") != "")) if kind == "booking" else None,
    )


KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def signed(made: Claim) -> str:
    return claim.encode_claim(made, KEY.sign(Claim.signing_input(made.to_bytes())))


def is_genuine(text: str) -> bool:
    decoded = claim.decode_claim(text)
    return decoded is not None and verify(public_bytes(KEY), decoded[2], Claim.signing_input(decoded[1]))


@given(claims(), st.binary(min_size=64, max_size=64))
def test_a_claim_is_read_back_and_fits_the_dense_mode_of_a_qr(made: Claim, signature: bytes) -> None:
    text = claim.encode_claim(made, signature)
    assert set(text) <= set(BASE_32)
    assert len(text) == 215
    assert claim.decode_claim(text) == (made, made.to_bytes(), signature)
    assert claim.decode_claim(text.lower()) == (made, made.to_bytes(), signature)


def test_the_bytes_of_a_claim_are_those_of_the_protocol() -> None:
    made = Claim(
        "booking", "guaranteed", "ar", 513, 65538, 3, 16387, 1_795_250_000, 1_795_336_400,
        "01932b3c-0000-7000-8000-000000000001", "01932b3c-0000-7000-8000-000000000002",
        "01932b3c-0000-7000-8000-000000000003",
    )  # fmt: skip
    ids = "".join(f"01932b3c0000700080000000000000{n:02x}" for n in (1, 2, 3))
    assert made.to_bytes().hex() == "02020105020100010002000340036b0157506b02a8d0" + ids


@given(claims(), st.data())
@settings(max_examples=40)
def test_every_flipped_bit_is_refused(made: Claim, data: st.DataObject) -> None:
    raw = base64.b32decode(signed(made) + "=")
    for at in data.draw(st.sets(st.integers(0, len(raw) * 8 - 1), min_size=20, max_size=60)):
        flipped = bytearray(raw)
        flipped[at // 8] ^= 1 << at % 8
        assert not is_genuine(base64.b32encode(bytes(flipped)).rstrip(b"=").decode())


@given(claims(), st.data())
def test_an_altered_character_is_refused_even_where_it_holds_no_whole_bit(made: Claim, data: st.DataObject) -> None:
    text = signed(made)
    assert is_genuine(text)
    at = data.draw(st.one_of(st.just(len(text) - 1), st.integers(0, len(text) - 1)))
    letter = data.draw(st.sampled_from(BASE_32))
    assert is_genuine(text[:at] + letter + text[at + 1 :]) is (letter == text[at])


@given(claims(), st.data())
def test_a_claim_that_is_cut_or_longer_is_no_claim(made: Claim, data: st.DataObject) -> None:
    text = signed(made)
    assert claim.decode_claim(text[: data.draw(st.integers(0, len(text) - 1))]) is None
    assert claim.decode_claim(text + data.draw(st.text(BASE_32, min_size=1, max_size=200))) is None


@given(st.text(max_size=300))
def test_any_text_may_be_scanned(text: str) -> None:
    assert claim.decode_claim(text) is None


@given(claims().filter(lambda made: made.slot_id is None))
def test_a_preparation_fills_the_place_of_its_slot_with_zeros(made: Claim) -> None:
    assert len(made.to_bytes()) == 70
    assert made.to_bytes()[-16:] == bytes(16)


def test_the_greatest_grant_is_a_grant() -> None:
    greatest = replace(SOUND, grant_no=2**31 - 1)
    assert claim.decode_claim(signed(greatest)) is not None


SOUND = Claim(
    "booking", "guaranteed", "fr", 1, 1, 1, 16384, 0, 1, *(str(uuid.UUID(int=n)) for n in (1, 2, 3))
)  # fmt: skip
CONTRADICTIONS: dict[str, dict[str, object]] = {
    "a guarantee without a grant": {"grant_no": 0},
    "a guarantee without a spend": {"spend_no": 0},
    "a grant too great": {"grant_no": 2**31},
    "a guaranteed preparation": {"kind": "registration", "slot_id": None},
    "a request with a grant": {"promise": "requested", "spend_no": 0},
    "a request with a spend": {"promise": "requested", "grant_no": 0},
    "a booking of nothing": {"slot_id": None},
    "no terminal": {"terminal_no": 0},
    "a terminal too great": {"terminal_no": 32768},
    "a reference too great": {"reference_no": 32768},
}


@pytest.mark.parametrize("wrong", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_claim_that_contradicts_itself_is_neither_made_nor_read(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"^a claim that contradicts itself$"):
        replace(SOUND, **wrong).to_bytes()  # type: ignore[arg-type]
    names = ("version", "kind", "promise", "language", "terminal_no", "grant_no", "spend_no", "reference_no", "made_s",
             "expires_s", "incarnation", "id", "slot_id")  # fmt: skip
    raw = dict(zip(names, claim._LAYOUT.unpack(SOUND.to_bytes()), strict=True))
    codes = {"registration": 1, "requested": 0, None: bytes(16)}
    raw |= {name: codes.get(value, value) for name, value in wrong.items()}  # type: ignore[call-overload]
    body = claim._LAYOUT.pack(*raw.values())
    assert claim.decode_claim(base64.b32encode(body + bytes(64)).rstrip(b"=").decode()) is None


@pytest.mark.parametrize(("at", "code"), [(0, 1), (0, 3), (1, 0), (1, 9), (2, 2), (3, len(claim.LANGUAGES))])
def test_a_version_kind_class_or_language_that_nobody_knows_is_no_claim(at: int, code: int) -> None:
    body = bytearray(SOUND.to_bytes())
    body[at] = code
    assert claim.decode_claim(base64.b32encode(bytes(body) + bytes(64)).rstrip(b"=").decode()) is None


@given(claims())
def test_a_scanned_address_gives_its_claim(made: Claim) -> None:
    text = signed(made)
    for scanned in (text, f"https://rdv.example/c/{text}", f" https://rdv.example/hub/c/{text}\n",
                    f"https://rdv.example/c/{text}".upper(), f"https://rdv.example/c/hub/c/{text}"):  # fmt: skip
        assert claim.claim_in(scanned) == text


@given(st.integers(1, claim.INDEX_MAX), IDS, st.integers(1, 65535))
def test_the_id_of_a_voice_is_drawn_from_terminal_grant_and_spend(terminal_no: int, grant_id: str, spend: int) -> None:
    drawn = claim.placeholder_id(terminal_no, grant_id, spend)
    assert drawn == claim.placeholder_id(terminal_no, grant_id, spend)
    assert uuid.UUID(drawn).version == 8, "no id of a terminal is like it: those are of version 7"
    others = {
        claim.placeholder_id(terminal_no, grant_id, spend + 1),
        claim.placeholder_id(terminal_no + 1, grant_id, spend),
        claim.placeholder_id(terminal_no, grant_id + "0", spend),
        claim.stand_in_grant_id(terminal_no, grant_id, spend, grant_id),
    }
    assert drawn not in others
    assert len(others) == 4
