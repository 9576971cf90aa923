"""Writing one record: row, stamps and outbox entry, all in the caller's transaction.

The **life** of a replica counts what it has written that another copy of it would not know. It never goes back: a
database whose life is behind what the witness saw was put back from an image (``sync.replica.witness``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import Connection, update

from sync.change import Change, Value
from sync.errors import InvalidInput
from sync.merge import Policy
from sync.records import FIELDS, RecordFields
from sync.replica import meta, outbox, rows
from sync.replica.clockwork import Clockwork
from sync.replica.database import ReplicaDatabase
from sync.replica.identity import Identity
from sync.replica.outbox import Key
from sync.replica.tables import OUTBOX
from sync.seal import Sealed

NOT_OURS = "Cette borne ne peut pas modifier cette information : adressez-vous au personnel."


@dataclass(frozen=True)
class Written:
    """A write that is on the disk. ``seq`` is its outbox number, 0 when nothing had changed."""

    id: str
    seq: int


class Writer:
    """Writes records of one terminal.

    Args:
        database: the encrypted database, migrated.
        identity: who this terminal is.
        clockwork: corrected time.
        witnessed: told the life of the replica after each transaction that is on the disk.
    """

    def __init__(
        self,
        database: ReplicaDatabase,
        identity: Identity,
        clockwork: Clockwork,
        witnessed: Callable[[int], None] = lambda life: None,
    ) -> None:
        self._database = database
        self._identity = identity
        self._clockwork = clockwork
        self._witnessed = witnessed

    @contextmanager
    def transaction(self, *, urgent: bool = False) -> Iterator[Connection]:
        """One writing transaction, as ``ReplicaDatabase.write``; the witness hears of it once it is on the disk."""
        with self._database.write(urgent=urgent) as connection:
            yield connection
            life = meta.read_int(connection, meta.LIFE)
        self._witnessed(life)

    def key(self, kind: str, record_id: str) -> Key:
        """The key of a record of this terminal's site."""
        return kind, self._identity.site_id, record_id

    def may_promise(self, connection: Connection) -> bool:
        """False while only requests may be taken: the clock is not trusted, or this may be an old or copied disk."""
        return meta.read(connection, meta.RESTORED) is None and self._clockwork.state(connection).trusted

    def write(
        self,
        connection: Connection,
        kind: str,
        record_id: str,
        values: Mapping[str, Value],
        sealed: Sealed | None,
        now_ms: int,
    ) -> Written:
        """Creates or changes one record. Raises InvalidInput; it never holds the value."""
        fields = FIELDS.get(kind)
        if fields is None or not values.keys() <= fields.terminal_may_write | {"gone"}:
            raise InvalidInput(NOT_OURS)
        key = self.key(kind, record_id)
        _check_seal(fields, key, sealed)
        held = rows.read_row(connection, key)
        _check_states(fields, held, values)
        row = _validated(fields, held, values)
        changed = {name: row[name] for name in values if held is None or held[name] != row[name]}
        if not changed and sealed is None:
            return Written(record_id, 0)
        return Written(record_id, self._record(connection, key, row, changed, sealed, now_ms))

    def _record(
        self,
        connection: Connection,
        key: Key,
        row: dict[str, Value],
        changed: dict[str, Value],
        sealed: Sealed | None,
        now_ms: int,
    ) -> int:
        stamps = rows.read_stamps(connection, [key]).get(key, {})
        stamp = self._clockwork.tick(connection, self._identity.terminal_no)
        changes = [Change(name, value, stamp, stamps.get(name)) for name, value in changed.items()]
        rows.write_rows(connection, {key: row})
        rows.write_stamps(connection, {key: {**stamps, **dict.fromkeys(changed, stamp)}})
        text = sealed.to_text() if sealed is not None else None
        meta.bump(connection, meta.LIFE)
        return outbox.append(connection, key, changes, sealed=text, written_ms=now_ms)


def destroy_sealed(connection: Connection, kind: str, record_id: str) -> int:
    """Destroys every sealed text of a record that is held here, whether it has left or not; returns how many.

    An operation that still waits goes out without its sealed part. ``secure_delete`` wipes the pages, the end of the
    visit empties the log.
    """
    mine = (OUTBOX.c.kind == kind, OUTBOX.c.id == record_id, OUTBOX.c.sealed.is_not(None))
    return int(connection.execute(update(OUTBOX).where(*mine).values(sealed=None)).rowcount)


def _check_seal(fields: type[RecordFields], key: Key, sealed: Sealed | None) -> None:
    if sealed is None:
        return
    header = sealed.header
    if not fields.seals or (header.kind, header.site_id, header.id) != key:
        raise InvalidInput("Ces réponses n’ont pas été scellées pour cet enregistrement : recommencez la saisie.")


def _check_states(fields: type[RecordFields], held: Mapping[str, Value] | None, values: Mapping[str, Value]) -> None:
    """A state machine goes forward only, here as at the hub."""
    for name, value in values.items():
        if held is None or held[name] == value or fields.policy(name) is not Policy.STATES:
            continue
        if str(value) not in fields.transitions.get(name, {}).get(str(held[name]), ()):
            raise InvalidInput(
                "Ce n’est plus possible à ce stade : rafraîchissez l’écran pour voir où en est la demande."
            )


def _validated(
    fields: type[RecordFields], held: Mapping[str, Value] | None, values: Mapping[str, Value]
) -> dict[str, Value]:
    try:
        return fields.whole({**(held or {}), **values})
    except ValidationError:
        raise InvalidInput("Une réponse n’est pas valable : vérifiez la saisie et recommencez.") from None
