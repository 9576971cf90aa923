"""What a revoked terminal still sends: signed and genuine, kept apart until a named person takes it or drops it.

A stolen terminal may hold what an honest visitor typed the day before, and what a thief typed since; only a person can
tell. Nothing of it is shown or counted before. Its places stay held all the while (``sync.hub.grants``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from sync.clock import stamp_ms
from sync.errors import InvalidInput
from sync.hub import accounts, conflicts, receipts, redrawn
from sync.hub.caller import Caller
from sync.hub.database import table_of, upsert
from sync.hub.ingest import REJECTED, ingest
from sync.hub.push import Sender
from sync.hub.tables import Position, Quarantine, Terminal
from sync.wire import CLOCK_AHEAD_MAX_MS, FieldwiseOperation, Operation, RoundRequest

ROWS_MAX = 2000
"""How many operations of one terminal are kept; it sends at most 500, since none is acknowledged."""
CHARACTERS_MAX = 8 * 1024 * 1024
TAKEN, DROPPED = "quarantine_taken", "quarantine_dropped"
QUARANTINE, POSITIONS = table_of(Quarantine), table_of(Position)
TERMINALS = table_of(Terminal)


@dataclass(frozen=True)
class HeldBack:
    """One operation that waits for a person; nothing personal.

    Attributes:
        fields: the names of the fields it writes.
        state: the state it gives the record, ``None`` when it gives none.
        sealed: it brings something that a visitor typed.
    """

    terminal_id: str
    terminal_no: int
    site_id: str
    incarnation: str
    seq: int
    kind: str
    record_id: str
    fields: tuple[str, ...]
    state: str | None
    sealed: bool
    received_ms: int


@dataclass(frozen=True)
class Settled:
    """What became of operations that a person took.

    Attributes:
        taken: how many the hub applied.
        rejected: how many it could not take, as it would have told their terminal.
        left: how many stay here because they are dated later than now.
    """

    taken: int
    rejected: int
    left: int


def keep(connection: Connection, caller: Caller, message: RoundRequest, now_ms: int) -> int:
    """Keeps what a revoked terminal sent, as far as there is room; what was applied or kept before is left out.

    Args:
        connection: of the writing transaction of its request.
        caller: the terminal.
        message: what it sent.
        now_ms: milliseconds since 1970.

    Returns:
        How many operations were added.
    """
    mine = (QUARANTINE.c.terminal_id == caller.terminal_id, QUARANTINE.c.incarnation == message.incarnation)
    known = set(connection.execute(select(QUARANTINE.c.seq).where(*mine)).scalars())
    query = select(func.count(), func.coalesce(func.sum(func.length(QUARANTINE.c.operation)), 0))
    count, characters = connection.execute(query.where(mine[0])).one()
    applied_through = _applied_through(connection, caller.terminal_id, message.incarnation)
    rows: list[dict[str, Any]] = []
    for operation in message.operations:
        text = operation.to_json().decode()
        if operation.seq <= applied_through or operation.seq in known or operation.site_id != caller.site_id:
            continue
        characters += len(text)
        if count + len(rows) >= ROWS_MAX or characters > CHARACTERS_MAX:
            break
        known.add(operation.seq)
        rows.append(_row(caller, message.incarnation, operation, text, now_ms))
    upsert(connection, QUARANTINE, rows)
    return len(rows)


def holds(connection: Connection, site_id: str, record_id: str) -> bool:
    """True when an operation about this record waits for a person: its slip is to be checked."""
    this = (QUARANTINE.c.record_id == record_id, QUARANTINE.c.site_id == site_id, QUARANTINE.c.settled_ms.is_(None))
    return connection.execute(select(QUARANTINE.c.seq).where(*this).limit(1)).first() is not None


def list_held(connection: Connection, site_id: str | None = None) -> list[HeldBack]:
    """Every operation that waits for a person, of one site or of all, in the order of their writing."""
    query = (
        select(QUARANTINE, TERMINALS.c.terminal_no)
        .join(TERMINALS, QUARANTINE.c.terminal_id == TERMINALS.c.terminal_id)
        .where(QUARANTINE.c.settled_ms.is_(None))
        .order_by(TERMINALS.c.terminal_no, QUARANTINE.c.incarnation, QUARANTINE.c.seq)
    )
    if site_id is not None:
        query = query.where(QUARANTINE.c.site_id == site_id)
    return [_held_back(row) for row in connection.execute(query)]


def take(
    connection: Connection,
    now_ms: int,
    terminal_id: str,
    who: str,
    random: Callable[[int], bytes] = os.urandom,
    *,
    records: Collection[str] | None = None,
) -> Settled:
    """A named person takes what a revoked terminal sent: applied as that terminal's, journaled.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        terminal_id: the terminal.
        who: a named person with the role ``exploitation``.
        random: source of random bytes.
        records: only the operations about these records; all of them by default.

    Raises:
        InvalidInput: nothing of this terminal waits.
        Refused: no such role.
    """
    accounts.require(connection, who, accounts.EXPLOITATION)
    waiting = _waiting(connection, terminal_id, records)
    terminal = connection.execute(select(TERMINALS).where(TERMINALS.c.terminal_id == terminal_id)).one()
    dated = [row for row in waiting if _newest_ms(_operation(row)) <= now_ms + CLOCK_AHEAD_MAX_MS]
    rejected = 0
    for run in _runs(dated):
        sender = Sender(terminal.terminal_id, terminal.terminal_no, terminal.site_id, run[0].incarnation)
        rejected += _ingest(connection, sender, [_operation(row) for row in run], now_ms, random)
    _settle(connection, now_ms, dated, who, taken=True)
    settled = Settled(len(dated) - rejected, rejected, len(waiting) - len(dated))
    detail = f"taken {settled.taken}, rejected {settled.rejected}, left {settled.left}"
    accounts.audit(connection, now_ms, who, "quarantine.take", terminal_id, detail)
    return settled


def drop(
    connection: Connection, now_ms: int, terminal_id: str, who: str, *, records: Collection[str] | None = None
) -> int:
    """A named person drops what a revoked terminal sent; what visitors typed in it is destroyed. Journaled.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        terminal_id: the terminal.
        who: a named person with the role ``exploitation``.
        records: only the operations about these records; all of them by default.

    Returns:
        How many operations were dropped.

    Raises:
        InvalidInput: nothing of this terminal waits.
        Refused: no such role.
    """
    accounts.require(connection, who, accounts.EXPLOITATION)
    waiting = _waiting(connection, terminal_id, records)
    _settle(connection, now_ms, waiting, who, taken=False)
    accounts.audit(connection, now_ms, who, "quarantine.drop", terminal_id, f"dropped {len(waiting)}")
    return len(waiting)


def _waiting(connection: Connection, terminal_id: str, records: Collection[str] | None) -> list[Row[Any]]:
    query = (
        select(QUARANTINE)
        .where(QUARANTINE.c.terminal_id == terminal_id, QUARANTINE.c.settled_ms.is_(None))
        .order_by(QUARANTINE.c.incarnation, QUARANTINE.c.seq)
    )
    found = [row for row in connection.execute(query) if records is None or row.record_id in records]
    if not found:
        raise InvalidInput("Rien de cette borne n’attend ici : relisez la liste de ce qui est à régler.")
    return found


def _runs(rows: Sequence[Row[Any]]) -> Iterable[list[Row[Any]]]:
    """Rows of one incarnation whose numbers follow each other."""
    run: list[Row[Any]] = []
    for row in rows:
        if run and (row.incarnation, row.seq) != (run[-1].incarnation, run[-1].seq + 1):
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _ingest(
    connection: Connection, sender: Sender, run: list[Operation], now_ms: int, random: Callable[[int], bytes]
) -> int:
    """Applies operations that follow each other, wherever the hub stands with that outbox; returns how many it refused.

    What lies before them was dropped or waits still: the terminal does not come back, so its position says only how
    far the hub ever got.
    """
    mine = (POSITIONS.c.terminal_id == sender.terminal_id, POSITIONS.c.incarnation == sender.incarnation)
    reached = _applied_through(connection, sender.terminal_id, sender.incarnation)
    receipts.forget(connection, sender, run[0].seq, run[-1].seq)
    connection.execute(POSITIONS.update().where(*mine).values(applied_through=run[0].seq - 1))
    if not reached:
        place = {"terminal_id": sender.terminal_id, "incarnation": sender.incarnation, "durable_through": 0}
        upsert(connection, POSITIONS, [{**place, "applied_through": run[0].seq - 1}])
    done = ingest(connection, sender, run, now_ms=now_ms, random=random)
    redrawn.note_told_late(connection, sender, done.told_late, now_ms)
    connection.execute(POSITIONS.update().where(*mine).values(applied_through=max(reached, done.applied_through)))
    return sum(receipt.outcome == REJECTED for receipt in done.receipts)


def _settle(connection: Connection, now_ms: int, rows: Sequence[Row[Any]], who: str, *, taken: bool) -> None:
    """Notes who settled the operations, one line of the journal a record, and destroys what was kept of them."""
    for row in rows:
        this = (
            QUARANTINE.c.terminal_id == row.terminal_id,
            QUARANTINE.c.incarnation == row.incarnation,
            QUARANTINE.c.seq == row.seq,
        )
        values = {"settled_ms": now_ms, "settled_by": who, "taken": taken, "operation": ""}
        connection.execute(QUARANTINE.update().where(*this).values(**values))
    numbers: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        numbers.setdefault((row.kind, row.site_id, row.record_id), []).append(str(row.seq))
    for record, settled in numbers.items():
        conflicts.note_decision(connection, now_ms, record, TAKEN if taken else DROPPED, settled, who)


def _applied_through(connection: Connection, terminal_id: str, incarnation: str) -> int:
    query = select(POSITIONS.c.applied_through).where(
        POSITIONS.c.terminal_id == terminal_id, POSITIONS.c.incarnation == incarnation
    )
    return connection.execute(query).scalar() or 0


def _row(caller: Caller, incarnation: str, operation: Operation, text: str, now_ms: int) -> dict[str, Any]:
    return {
        "terminal_id": caller.terminal_id,
        "incarnation": incarnation,
        "seq": operation.seq,
        "site_id": operation.site_id,
        "kind": operation.kind,
        "record_id": operation.id,
        "operation": text,
        "received_ms": now_ms,
        "settled_ms": None,
        "settled_by": None,
        "taken": None,
    }


def _held_back(row: Row[Any]) -> HeldBack:
    operation = _operation(row)
    state = operation.fields.get("state")
    return HeldBack(
        terminal_id=row.terminal_id,
        terminal_no=row.terminal_no,
        site_id=row.site_id,
        incarnation=row.incarnation,
        seq=row.seq,
        kind=row.kind,
        record_id=row.record_id,
        fields=tuple(sorted(operation.fields)),
        state=str(state.value) if state is not None else None,
        sealed=operation.sealed is not None,
        received_ms=row.received_ms,
    )


def _operation(row: Row[Any]) -> Operation:
    text = str(row.operation)
    return Operation.from_json(text) if text.startswith("[") else FieldwiseOperation.from_json(text).plain()


def _newest_ms(operation: Operation) -> int:
    return max(map(stamp_ms, operation.stamps), default=0)
