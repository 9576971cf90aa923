"""What ``hub serve`` was told that commands must know too: kept in the database, so that both judge alike.

A hub that never served has the defaults of ``sync.hub.settings``.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from typing import Any

from sqlalchemy import Connection

from sync.hub.database import read_meta, write_meta
from sync.hub.settings import HubSettings, RetentionTerms

KEY = "chosen"
TERMS, REQUESTS, SERVED = "terms", "requests", "served"
SERVED_NAMES = ("public_url", "next_round_s", "grants_per_terminal", "seats_per_terminal", "takes_per_hour")


def keep(connection: Connection, settings: HubSettings, terms: RetentionTerms) -> None:
    """Notes what the hub serves with from now on.

    Args:
        connection: of a writing transaction.
        settings: the hub's.
        terms: how long it keeps what it was told.
    """
    said = {
        TERMS: asdict(terms),
        REQUESTS: [settings.requests_per_hour, settings.requests_per_terminal],
        SERVED: {name: getattr(settings, name) for name in SERVED_NAMES},
    }
    if said != _read(connection):
        write_meta(connection, KEY, json.dumps(said))


def retention_terms(connection: Connection) -> RetentionTerms:
    """How long this hub keeps what it was told. A term that this version does not know is left out."""
    known = {one.name for one in fields(RetentionTerms)}
    said = _read(connection).get(TERMS, {})
    return RetentionTerms(**{name: days for name, days in said.items() if name in known})


def requests_an_hour(connection: Connection) -> tuple[int, int]:
    """How many requests this hub confirms in an hour: of one site, and of one terminal."""
    of_site, of_terminal = _read(connection).get(
        REQUESTS, (HubSettings.requests_per_hour, HubSettings.requests_per_terminal)
    )
    return int(of_site), int(of_terminal)


def served(connection: Connection, settings: HubSettings) -> HubSettings:
    """``settings`` with what this hub serves terminals with: what a stick brings is answered as a round is."""
    told = _read(connection).get(SERVED, {})
    of_site, of_terminal = requests_an_hour(connection)
    return replace(
        settings, requests_per_hour=of_site, requests_per_terminal=of_terminal,
        **{name: told[name] for name in SERVED_NAMES if name in told},
    )  # fmt: skip


def _read(connection: Connection) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(read_meta(connection, KEY) or "{}")
    return said
