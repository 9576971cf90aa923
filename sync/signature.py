"""Ed25519 signatures of requests and answers, and the fingerprint of a hub. No input or output.

A request is signed over its method, path, terminal, counter and body; an answer over its status,
body and the signature of the request it answers, so that no answer can be played again.
"""

from __future__ import annotations

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sync.wire import HubRequest


def public_bytes(key: Ed25519PrivateKey | Ed25519PublicKey) -> bytes:
    """Returns the 32 raw bytes of a public key."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def request_input(request: HubRequest, terminal_id: str, counter: int) -> bytes:
    """The bytes a terminal signs."""
    head = f"point-contact/v1/request\n{request.method} {request.path}\n{terminal_id}\n{counter}\n"
    return head.encode() + hashlib.sha256(request.body).digest()


def reply_input(status: int, body: bytes, request_signature: bytes) -> bytes:
    """The bytes the hub signs; ``request_signature`` is empty for an unsigned request."""
    head = f"point-contact/v1/reply\n{status}\n".encode()
    return head + hashlib.sha256(request_signature).digest() + hashlib.sha256(body).digest()


def stream_opening(request: HubRequest, terminal_id: str, counter: int) -> bytes:
    """What the frames of a streamed request belong to (``frames.FrameWriter``)."""
    return f"point-contact/v2/request\n{request.method} {request.path}\n{terminal_id}\n{counter}\n".encode()


def answer_opening(request_signature: bytes) -> bytes:
    """What the frames of a streamed answer belong to: the last frame of the request that was read."""
    return b"point-contact/v2/reply\n" + request_signature


def verify(public_key: bytes, signature: bytes, data: bytes) -> bool:
    """True when ``signature`` is by the owner of the 32-byte ``public_key`` over ``data``."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def hub_fingerprint(identity_key: bytes, root_key: bytes) -> bytes:
    """SHA-256 over both public keys of a hub; its first 65 bits travel in the enrolment code."""
    return hashlib.sha256(b"point-contact/v1/hub\n" + identity_key + root_key).digest()
