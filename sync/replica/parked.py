"""Operations that the hub rejected: kept for a person, and no longer shown as if they stood.

A rejected change leaves the record as the hub has it: its stamps go, and the feed is read again for what it had
replaced. A rejected record stays readable here, without stamps, until a named person has dealt with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select, update

from sync.errors import InvalidInput
from sync.fields import read_fields
from sync.replica import outbox, rows
from sync.replica.clockwork import Clockwork
from sync.replica.outbox import Key
from sync.replica.retention import note
from sync.replica.tables import ACKNOWLEDGED, IS_REJECTED, OUTBOX, STAMPS
from sync.replica.writing import Writer
from sync.wire import Receipt

PARKED_DROPPED = "parked_dropped"


@dataclass(frozen=True)
class Parked:
    """One rejected operation.

    Attributes:
        fields: the names of the fields it set.
        sealed: whether what a visitor typed is sealed in it.
        code, message: the hub's.
    """

    kind: str
    id: str
    seq: int
    written_ms: int
    fields: tuple[str, ...]
    sealed: bool
    code: str | None
    message: str | None


def set_aside(connection: Connection, applied_through: int, receipts: Iterable[Receipt]) -> bool:
    """Takes the stamps of what was rejected away; called before the receipts are noted in the outbox.

    Returns:
        Whether the whole feed must be read again: the hub knows a record whose change it rejected.
    """
    rejected = {one.seq for one in receipts if one.outcome == "rejected" and one.seq <= applied_through}
    if not rejected:
        return False
    known = False
    for entry in outbox.waiting_numbered(connection, rejected):
        stamps = rows.read_stamps(connection, [entry.key]).get(entry.key, {})
        given = entry.said.by_field()
        left = {name: stamp for name, stamp in stamps.items() if given.get(name) != stamp}
        if left:
            rows.write_stamps(connection, {entry.key: left})
            known = True
        else:
            _forget_stamps(connection, entry.key)
    return known


def listed(connection: Connection) -> list[Parked]:
    """Every rejected operation, oldest first."""
    query = select(OUTBOX).where(IS_REJECTED).order_by(OUTBOX.c.written_ms, OUTBOX.c.seq)
    return [
        Parked(
            row["kind"], row["id"], row["seq"], row["written_ms"], tuple(sorted(read_fields(row["fields"]).values)),
            row["sealed"] is not None, row["code"], row["message"],
        )
        for row in connection.execute(query).mappings()
    ]  # fmt: skip


def drop(writer: Writer, clockwork: Clockwork, record_id: str, who: str) -> int:
    """Gives up the rejected operations of one record: a named person has dealt with them. Journaled.

    What they held is destroyed; of the present incarnation the number stays, which a restored hub may ask for. A
    record that the hub never took goes too. Returns how many there were.

    Raises:
        InvalidInput: nothing of that record was rejected, or nobody is named.
        DiskFull, StorageError: nothing was written.
    """
    if not who.strip():
        raise InvalidInput("Dites qui décide, avec --as NOM.")
    with writer.transaction(urgent=True) as connection:
        mine = (OUTBOX.c.id == record_id, IS_REJECTED)
        found = connection.execute(select(OUTBOX.c.kind, OUTBOX.c.site_id).where(*mine)).all()
        if not found:
            raise InvalidInput("Aucun envoi refusé ne porte cet identifiant : relisez la liste, puis recommencez.")
        certain_ms = clockwork.note_progress(connection).certain_ms
        current = OUTBOX.c.incarnation == outbox.incarnation_of(connection)
        emptied = {"state": ACKNOWLEDGED, "fields": outbox.EMPTIED, "sealed": None}
        connection.execute(update(OUTBOX).where(*mine, current).values(**emptied))
        connection.execute(delete(OUTBOX).where(*mine))
        for kind, site_id in set(found):
            key = (kind, site_id, record_id)
            note(connection, PARKED_DROPPED, key, certain_ms, who.strip())
            if not rows.read_stamps(connection, [key]).get(key):
                rows.delete_row(connection, key)
                _forget_stamps(connection, key)
        return len(found)


def _forget_stamps(connection: Connection, key: Key) -> None:
    kind, site_id, record_id = key
    of = (STAMPS.c.kind == kind, STAMPS.c.site_id == site_id, STAMPS.c.id == record_id)
    connection.execute(delete(STAMPS).where(*of))
