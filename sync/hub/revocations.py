"""The revoked terminals, kept beside the keys: what the database forgets when an old backup is put in its place.

A revocation is on the disk here before it is answered as done. Whoever comes back with a certificate is looked up
here. A list that is lost or damaged re-admits nobody until a named person has gone through the terminals once more.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select, update

from sync.errors import Refused
from sync.hub import accounts
from sync.hub.database import table_of
from sync.hub.keys import HubKeys, keys_folder, storage_errors, write_private
from sync.hub.revocation_list import FILE_NAME, RevocationList, RevokedTerminal
from sync.hub.tables import Terminal

TERMINALS = table_of(Terminal)


def load(keys: HubKeys) -> RevocationList | None:
    """The list of this hub; ``None`` when it is missing, damaged, or not signed by this hub."""
    try:
        content = path_of(keys).read_bytes()
    except OSError:
        return None
    return RevocationList.from_bytes(content, keys.identity_public)


def path_of(keys: HubKeys) -> Path:
    """Where the list of a hub is."""
    return keys_folder(keys.home) / FILE_NAME


def find(keys: HubKeys, terminal_id: str, terminal_key: str) -> RevokedTerminal | None:
    """The revocation of a terminal that asks to be re-admitted; ``None`` when it never was revoked.

    Raises:
        Refused: ``revocations_lost``, the list is not whole, so nobody can tell.
    """
    known = load(keys)
    found = known.find(terminal_id, terminal_key) if known is not None else None
    if found is None and (known is None or not known.complete):
        raise Refused(
            "revocations_lost",
            "Le hub n’a plus sa liste des bornes révoquées et ne reprend aucune borne inconnue : son administrateur "
            "relit « point-contact hub terminal list », révoque, puis lance « point-contact hub terminal confirm ».",
            status=503,
        )
    return found


def append(keys: HubKeys, lines: Iterable[RevokedTerminal]) -> None:
    """Adds revocations to the list, durably; those that are on it already are left as they are.

    A list that was lost is begun anew and says that it is not complete: a theft is not the moment to refuse.

    Raises:
        StorageError, DiskFull: the list cannot be written; nothing was revoked.
    """
    known = load(keys)
    begun = known if known is not None else RevocationList(complete=False)
    if known is None:
        _put_damaged_aside(keys)
    _write(keys, _with(begun, lines))


def confirm(connection: Connection, keys: HubKeys, now_ms: int, who: str) -> int:
    """A named person answers for the terminals: those not revoked in the database now are all to be trusted.

    Args:
        connection: of a writing transaction.
        keys: the hub's.
        now_ms: milliseconds since 1970.
        who: a named person with the role ``administration``.

    Returns:
        How many revoked terminals the list holds.

    Raises:
        Refused: no such role.
        StorageError, DiskFull: the list cannot be written.
    """
    accounts.require(connection, who, accounts.ADMINISTRATION)
    known = load(keys)
    if known is None:
        _put_damaged_aside(keys)
    revoked = connection.execute(select(TERMINALS).where(TERMINALS.c.revoked_ms.is_not(None))).mappings()
    whole = _with(known or RevocationList(complete=True), [line_of(row) for row in revoked])
    _write(keys, whole.model_copy(update={"complete": True}))
    accounts.audit(connection, now_ms, who, "terminal.confirm", "revocations", str(len(whole.lines)))
    return len(whole.lines)


def apply(connection: Connection, keys: HubKeys) -> bool:
    """Revokes again, in a database that an old backup brought, what is on the list.

    Returns:
        False when the list is not whole: terminals revoked since the backup may be trusted again.
    """
    known = load(keys)
    for line in known.lines if known is not None else ():
        same = (TERMINALS.c.terminal_id == line.terminal_id) | (TERMINALS.c.public_key == line.terminal_key)
        unrevoked = same & TERMINALS.c.revoked_ms.is_(None)
        values = {"revoked_ms": line.revoked_ms, "revoked_by": line.revoked_by}
        connection.execute(update(TERMINALS).where(unrevoked).values(**values))
    return known is not None and known.complete


def doubt(keys: HubKeys) -> None:
    """Notes that the list may be older than the newest revocation: it came back from a backup of the keys."""
    known = load(keys)
    if known is not None:
        _write(keys, known.model_copy(update={"complete": False}))


def line_of(row: Any) -> RevokedTerminal:
    """The line of one revoked terminal of the database."""
    return RevokedTerminal(
        terminal_id=row["terminal_id"],
        terminal_no=row["terminal_no"],
        terminal_key=row["public_key"],
        revoked_ms=row["revoked_ms"],
        revoked_by=row["revoked_by"],
    )


def _with(known: RevocationList, lines: Iterable[RevokedTerminal]) -> RevocationList:
    there = {line.terminal_id for line in known.lines}
    return known.model_copy(update={"lines": (*known.lines, *(one for one in lines if one.terminal_id not in there))})


def _write(keys: HubKeys, whole: RevocationList) -> None:
    with storage_errors("écrire la liste des bornes révoquées"):
        write_private(path_of(keys), whole.to_bytes(keys.identity))


def _put_damaged_aside(keys: HubKeys) -> None:
    """A damaged list is kept for whoever wants to read it; the newest damage only."""
    path = path_of(keys)
    with storage_errors("écrire la liste des bornes révoquées"):
        if path.exists():
            path.replace(path.with_suffix(".damaged"))
