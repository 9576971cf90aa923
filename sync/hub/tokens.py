"""Tokens: what a named person shows instead of typing their name, when they use the hub over HTTP.

A token is 256 random bits, shown once; the database keeps its SHA-256 only. A slow hash would protect nothing more:
nobody guesses 256 bits. It gives the roles of its account, and no longer than that is open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Callable

from sqlalchemy import Connection, select, update

from sync.errors import InvalidInput
from sync.hub import accounts
from sync.hub.accounts import ACCOUNTS, Person

PREFIX = "pch_"
"""By which a token that was left in a file or a log is recognised."""
TOKEN_BYTES = 32
TOKEN_LENGTH_MAX = 128


def issue(connection: Connection, now_ms: int, name: str, who: str, random: Callable[[int], bytes] = os.urandom) -> str:
    """Makes a person's token and returns it, which nobody can do again; the one before is worth nothing any more.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        name: an open account.
        who: the same person, or one with the role ``administration``.
        random: source of random bytes.

    Raises:
        InvalidInput: no such open account.
        Refused: ``who`` may not do this.
    """
    _check(connection, name, who)
    token = PREFIX + base64.urlsafe_b64encode(random(TOKEN_BYTES)).decode().rstrip("=")
    _keep(connection, name, _hash(token))
    accounts.audit(connection, now_ms, who, "account.token", name)
    return token


def withdraw(connection: Connection, now_ms: int, name: str, who: str) -> None:
    """Makes a person's token worth nothing. Same arguments and errors as ``issue``; InvalidInput without a token."""
    _check(connection, name, who)
    if connection.execute(select(ACCOUNTS.c.token_hash).where(ACCOUNTS.c.name == name)).scalar() is None:
        raise InvalidInput(f"Le compte « {name} » n’a pas de jeton : il n’y a rien à retirer.")
    _keep(connection, name, None)
    accounts.audit(connection, now_ms, who, "account.token_off", name)


def bearer(connection: Connection, token: str) -> Person | None:
    """The person of a token; ``None`` for a wrong one and for a closed account's.

    Every token is compared, each in constant time, so that the answer's delay says nothing of any.
    """
    shown, found = _hash(token[:TOKEN_LENGTH_MAX]), None
    query = select(ACCOUNTS.c.name, ACCOUNTS.c.token_hash, ACCOUNTS.c.disabled_ms)
    for name, kept, disabled_ms in connection.execute(query.where(ACCOUNTS.c.token_hash.is_not(None))):
        if hmac.compare_digest(shown, str(kept)) and disabled_ms is None:
            found = name
    return None if found is None else accounts.find_account(connection, found)


def _check(connection: Connection, name: str, who: str) -> None:
    if name == who:
        accounts.require_any(connection, who, tuple(accounts.ROLES))
        return
    accounts.require(connection, who, accounts.ADMINISTRATION)
    accounts.require_open(connection, name)


def _keep(connection: Connection, name: str, token_hash: str | None) -> None:
    connection.execute(update(ACCOUNTS).where(ACCOUNTS.c.name == name).values(token_hash=token_hash))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
