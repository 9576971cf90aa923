"""References of this terminal: giving the next one, and finding a record by one, with a lock-out.

A reference guesses badly (15 bits of MAC), so five wrong ones lock the search for 15 minutes. The
count is in the database: restarting the terminal does not reset it. What was typed is never kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from sqlalchemy import Connection, delete, func, insert, select

from sync.claim import Reference, make_reference, read_reference, reference_matches
from sync.errors import InvalidInput, StorageError, TooManyTries, UnknownReference
from sync.escrow import REFERENCE_FIRST
from sync.promise import MOVED
from sync.records import FIELDS, RecordFields
from sync.replica import meta, rows
from sync.replica.clockwork import Clockwork
from sync.replica.database import ReplicaDatabase
from sync.replica.tables import TRIES

WRONG_TRIES_MAX = 5
LOCK_MS = 15 * 60 * 1000
REFERRED_KINDS = ("registration", "booking")
LOCKED = "Trop de références fausses ont été saisies : réessayez dans un quart d’heure, ou adressez-vous au personnel."
UNKNOWN = (
    "Aucune demande de ce Point Contact ne porte cette référence : vérifiez les dix caractères, "
    "ou adressez-vous au personnel."
)
UNKNOWN_HERE = (
    "Cette borne ne connaît pas cette référence, et le hub ne répond pas : vérifiez les dix caractères, "
    "ou essayez à la borne qui a donné la fiche."
)


@dataclass(frozen=True)
class Found:
    """The record that bears a reference."""

    kind: str
    id: str
    fields: RecordFields


def next_reference(connection: Connection, terminal_no: int, secret: bytes) -> Reference:
    """Returns the next reference and moves the counter, in the caller's writing transaction.

    It also stays above every reference of this terminal that the feed brought back, so that a disk put
    back from an old image does not give one twice. Raises StorageError when all were used.
    """
    index = meta.read_int(connection, meta.NEXT_REFERENCE)
    for kind in REFERRED_KINDS:
        table = rows.table_of(kind)
        newest = connection.execute(
            select(func.max(table.c.reference_no)).where(
                table.c.terminal_no == terminal_no, table.c.reference_no < REFERENCE_FIRST
            )
        ).scalar()
        if newest is not None:
            index = max(index, int(newest) + 1)
    if index >= REFERENCE_FIRST:  # those from here on belong to grants
        raise StorageError("Cette borne a donné toutes ses références : enrôlez-la de nouveau pour continuer.")
    meta.write(connection, meta.NEXT_REFERENCE, index + 1)
    return make_reference(terminal_no, index, secret)


def find(database: ReplicaDatabase, clockwork: Clockwork, typed: str) -> Found:
    """Finds by a typed reference; see ``Store.find``."""
    reference = _read(typed)
    with database.write() as connection:
        now_ms = clockwork.now_ms(connection)
        locked = _is_locked(connection, now_ms)
        found = None if locked else _bearing(connection, reference)
        if not locked and found is None:
            _count_wrong_try(connection, now_ms)
    if locked:
        raise TooManyTries(LOCKED)
    if found is None:
        raise UnknownReference(UNKNOWN)
    return found


def look(database: ReplicaDatabase, clockwork: Clockwork, typed: str) -> Found | None:
    """What ``find`` finds; ``None`` when nothing here bears it, which ``refuse`` must count once nobody else knows.

    Raises InvalidInput, TooManyTries.
    """
    reference = _read(typed)
    check_lock(database, clockwork)
    with database.read() as connection:
        return _bearing(connection, reference)


def check_lock(database: ReplicaDatabase, clockwork: Clockwork) -> None:
    """Raises TooManyTries while the search is locked."""
    with database.write() as connection:
        locked = _is_locked(connection, clockwork.now_ms(connection))
    if locked:
        raise TooManyTries(LOCKED)


def refuse(database: ReplicaDatabase, clockwork: Clockwork, sentence: str) -> NoReturn:
    """Counts a wrong reference or slip, durably. Raises UnknownReference, or TooManyTries when it is locked by now."""
    with database.write() as connection:
        now_ms = clockwork.now_ms(connection)
        locked = _is_locked(connection, now_ms)
        if not locked:
            _count_wrong_try(connection, now_ms)
    if locked:
        raise TooManyTries(LOCKED)
    raise UnknownReference(sentence)


def _read(typed: str) -> Reference:
    reference = read_reference(typed)
    if reference is None:
        raise InvalidInput("Ce code ne peut pas être juste : vérifiez les dix caractères de votre fiche.")
    return reference


def _bearing(connection: Connection, reference: Reference) -> Found | None:
    """The record whose slow hash is this reference's; the number only narrows the search.

    One that was moved is found as well, after any that was not: a carried booking and the real one that took its
    place bear the same reference.
    """
    moved: Found | None = None
    for kind in REFERRED_KINDS:
        table = rows.table_of(kind)
        candidates = connection.execute(
            select(table.c.site_id, table.c.id).where(
                table.c.terminal_no == reference.terminal_no,
                table.c.reference_no == reference.index,
                table.c.gone.is_(False),
            )
        ).all()
        for site_id, record_id in candidates:
            row = rows.read_row(connection, (kind, site_id, record_id))
            if row is not None and reference_matches(reference, record_id, str(row["reference_hash"])):
                found = Found(kind, record_id, FIELDS[kind].model_validate(row))
                if row.get("state") != MOVED:
                    return found
                moved = found
    return moved


def _is_locked(connection: Connection, now_ms: int) -> bool:
    until_ms = meta.read_int(connection, meta.LOCKED_UNTIL_MS)
    if until_ms - now_ms > LOCK_MS:  # the clock went back: the lock lasts no longer than it should
        until_ms = now_ms + LOCK_MS
        meta.write(connection, meta.LOCKED_UNTIL_MS, until_ms)
    return now_ms < until_ms


def _count_wrong_try(connection: Connection, now_ms: int) -> None:
    connection.execute(delete(TRIES).where(TRIES.c.at_ms <= now_ms - LOCK_MS))
    connection.execute(insert(TRIES).values(at_ms=now_ms))
    if connection.execute(select(func.count()).select_from(TRIES)).scalar_one() >= WRONG_TRIES_MAX:
        meta.write(connection, meta.LOCKED_UNTIL_MS, now_ms + LOCK_MS)
        connection.execute(delete(TRIES))
