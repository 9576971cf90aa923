"""Codes of what a person has read: who acts gives the code back, and nobody acts on what has changed since. Pure."""

from __future__ import annotations

import hashlib
import json

from sync.claim import digits

CODE_LENGTH = 10
CODE_PATTERN = "^[0-9A-HJKMNP-TV-Z]{10}$"


def code_of(what: object) -> str:
    """Ten characters (Crockford's base 32, 50 bits of SHA-256) of anything that JSON can hold."""
    text = json.dumps(what, ensure_ascii=False)
    number = int.from_bytes(hashlib.sha256(text.encode()).digest())
    return digits(number >> (256 - 5 * CODE_LENGTH), CODE_LENGTH)
