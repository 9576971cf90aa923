"""Signatures: of one request, of the answer to it, and of nothing else."""

from __future__ import annotations

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.signature import hub_fingerprint, public_bytes, reply_input, request_input, verify
from sync.wire import HubRequest

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
REQUEST = HubRequest("POST", "/v1/round", b"body")


def test_everything_of_a_request_is_signed() -> None:
    signature = KEY.sign(request_input(REQUEST, "t-1", 5))
    assert verify(public_bytes(KEY), signature, request_input(REQUEST, "t-1", 5))
    altered = [
        request_input(replace(REQUEST, body=b"bodY"), "t-1", 5),
        request_input(replace(REQUEST, path="/v1/enrol"), "t-1", 5),
        request_input(replace(REQUEST, method="PUT"), "t-1", 5),
        request_input(REQUEST, "t-2", 5),
        request_input(REQUEST, "t-1", 6),
    ]
    assert not any(verify(public_bytes(KEY), signature, data) for data in altered)


def test_an_answer_belongs_to_its_request() -> None:
    signature = KEY.sign(reply_input(200, b"body", b"request one"))
    assert verify(public_bytes(KEY), signature, reply_input(200, b"body", b"request one"))
    for data in (reply_input(200, b"body", b"request two"), reply_input(409, b"body", b"request one"), b""):
        assert not verify(public_bytes(KEY), signature, data)


def test_a_bad_key_or_signature_is_only_false() -> None:
    assert not verify(b"short", b"", b"")
    assert not verify(public_bytes(KEY), b"x" * 63, b"")


def test_a_fingerprint_covers_both_keys() -> None:
    one = hub_fingerprint(b"a" * 32, b"b" * 32)
    assert one != hub_fingerprint(b"b" * 32, b"a" * 32)
    assert len(one) == 32
