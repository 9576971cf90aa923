"""Looking for people who prepared twice: fingerprints of what nobody has opened yet, then pairs for a person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sync.errors import Refused
from sync.hub import accounts, alike, vault
from sync.hub.database import HubDatabase

REASON = "doublon"
BATCH = 200
"""Texts opened in one writing transaction: a terminal's round waits no longer than that."""


@dataclass(frozen=True)
class Looked:
    """What one look did: registrations compared for the first time, those that could not be opened, new pairs."""

    compared: int
    unreadable: int
    pairs: int


def look(database: HubDatabase, home: Path, now_ms: int, who: str, *, batch: int = BATCH) -> Looked:
    """Fingerprints every registration that has none yet, and notes the pairs that look alike; merges nothing.

    What was typed is opened in memory and kept nowhere. The journal says who looked, the reason and how many, in the
    same transaction as the fingerprints; a refusal is written too.

    Args:
        database: the hub's database.
        home: the hub's home, where the keys are.
        now_ms: milliseconds since 1970.
        who: a named person with the role ``instruction``.
        batch: texts opened in one transaction.

    Raises:
        Refused: no such account or role.
        StorageError: the keys or the database cannot be used.
    """
    compared = unreadable = pairs = 0
    passed: set[tuple[str, str]] = set()
    while True:
        refusal = None
        with database.write() as connection:
            try:
                accounts.require(connection, who, accounts.INSTRUCTION)
            except Refused as error:  # committed nevertheless: the journal keeps the try
                accounts.audit(connection, now_ms, who, "vault.refused", "duplicates", error.code)
                refusal = error
            else:
                done = vault.fingerprint_some(connection, home, passed, batch)
                passed |= done.unreadable
                found = alike.note_pairs(connection, now_ms)
                detail = f"{REASON} {done.opened} {len(done.unreadable)} {found}"
                if done.seen or not compared:
                    accounts.audit(connection, now_ms, who, "vault.look", "duplicates", detail)
        if refusal is not None:
            raise refusal
        compared, unreadable, pairs = compared + done.opened, unreadable + len(done.unreadable), pairs + found
        if done.seen < batch:
            return Looked(compared, unreadable, pairs)
