"""What became of every operation, kept so that one that is sent again gets the answer that it had.

Of nearly all of them there is nothing to say but that they were applied. Of a push what its operations said is kept in
one row, and a row of its own only for a receipt that says more: a row and its key for each operation cost more than
everything else that is kept of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, and_

from sync.clock import STAMP_LENGTH
from sync.hub.database import insert_all, table_of
from sync.hub.push import SORTED_JSON, Sender
from sync.hub.tables import ReceiptRun, StoredReceipt
from sync.wire import Operation, Receipt

APPLIED = "applied"
RECEIPTS, RUNS = table_of(StoredReceipt), table_of(ReceiptRun)
_VALUES, _STAMPS = 16, STAMP_LENGTH
_SAID = _VALUES + _STAMPS


@dataclass(frozen=True)
class Stored:
    """The receipt that an operation had, and a hash of what it said (``said_of``)."""

    receipt: Receipt
    said: str

    def said_the_same(self, operation: Operation) -> bool:
        """The same values; under other stamps, perhaps."""
        return self.said[:_VALUES] == _hash_of_values(operation, None)

    def is_restamped(self, operation: Operation) -> bool:
        """The same values under new stamps: the terminal's clock was set right before it had its receipt."""
        said = said_of(operation) if len(self.said) == _SAID else _said_before(operation)
        return said != self.said and said[:_VALUES] == self.said[:_VALUES]


def is_plain(receipt: Receipt) -> bool:
    """True when a receipt says no more than that everything was applied, which ``applied_through`` says already."""
    return receipt.outcome == APPLIED and receipt.code is None


def said_of(operation: Operation, values_text: bytes | None = None) -> str:
    """Returns what tells an operation from another under its number: 16 digits for its values, 20 for its stamps.

    Args:
        operation: which.
        values_text: its values as JSON in the order of their names, where somebody has it.

    Returns:
        In hexadecimal 64 bits of SHA-256 over the JSON of ``[kind, id, values]``; then its stamp itself, where it has
        one, else 80 bits of SHA-256 over the JSON of its stamps by field.
    """
    return _hash_of_values(operation, values_text) + (operation.one_stamp or _hash_of_stamps(operation)[:_STAMPS])


def _hash_of_values(operation: Operation, values_text: bytes | None) -> str:
    text = SORTED_JSON.encode(operation.values) if values_text is None else values_text
    names = f'["{operation.kind}","{operation.id}",'.encode()  # they need no escape
    return _hash_of(names + text + b"]")[:_VALUES]


def _hash_of_stamps(operation: Operation) -> str:
    return _hash_of(SORTED_JSON.encode(operation.said.by_field()))


def _hash_of(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


def _said_before(operation: Operation) -> str:
    """As earlier versions of the hub kept it."""
    return f"{_hash_of_values(operation, None)}.{_hash_of_stamps(operation)[:_VALUES]}"


def keep(connection: Connection, sender: Sender, receipts: Sequence[Receipt], said: Sequence[str]) -> None:
    """Keeps the receipts of one push, whose numbers follow each other, and what each operation said."""
    if not receipts:
        return
    run = {**_sender_row(sender), "first_seq": receipts[0].seq, "last_seq": receipts[-1].seq, "said": "".join(said)}
    insert_all(connection, RUNS, [run])
    telling = [
        {
            **_sender_row(sender), "seq": one.seq, "outcome": one.outcome, "code": one.code, "message": one.message,
            "lost": json.dumps(one.lost), "said": "",
        }
        for one in receipts
        if not is_plain(one)
    ]  # fmt: skip
    insert_all(connection, RECEIPTS, telling)


def read(connection: Connection, sender: Sender, first: int, last: int) -> dict[int, Stored]:
    """What is kept of the operations ``first`` to ``last`` of an outbox, by number."""
    found = {}
    for row in connection.execute(RUNS.select().where(_overlapping(sender, first, last)).order_by(RUNS.c.first_seq)):
        for seq, said in _apart(row, first, last):
            found[seq] = Stored(Receipt(seq=seq, outcome=APPLIED), said)
    for row in connection.execute(RECEIPTS.select().where(_between(sender, first, last))):
        found[row.seq] = Stored(_as_told(row), row.said or found[row.seq].said)
    return found


def told_before(connection: Connection, sender: Sender, after: int, before: int) -> list[Receipt]:
    """The receipts that say more than ``applied`` of the operations between ``after`` and ``before``, as they were."""
    query = (
        RECEIPTS.select()
        .where(_between(sender, after + 1, before - 1))
        .where((RECEIPTS.c.outcome != APPLIED) | RECEIPTS.c.code.is_not(None))
        .order_by(RECEIPTS.c.seq)
    )
    return [_as_told(row) for row in connection.execute(query)]


def forget(connection: Connection, sender: Sender, first: int, last: int) -> None:
    """Nothing is kept any more of the operations ``first`` to ``last``; of those beside them in a run, what was."""
    connection.execute(RECEIPTS.delete().where(_between(sender, first, last)))
    runs = connection.execute(RUNS.select().where(_overlapping(sender, first, last))).all()
    connection.execute(RUNS.delete().where(_overlapping(sender, first, last)))
    left = [_part(row, row.first_seq, min(row.last_seq, first - 1)) for row in runs]
    left += [_part(row, max(row.first_seq, last + 1), row.last_seq) for row in runs]
    insert_all(connection, RUNS, [row for row in left if row["first_seq"] <= row["last_seq"]])


def _part(row: Any, first: int, last: int) -> dict[str, Any]:
    """The row of the operations ``first`` to ``last`` of a run."""
    return {
        "terminal_id": row.terminal_id, "incarnation": row.incarnation, "first_seq": first, "last_seq": last,
        "said": _said_in(row, first, last),
    }  # fmt: skip


def _apart(row: Any, first: int, last: int) -> Iterator[tuple[int, str]]:
    """The operations of a run that lie between two numbers, and what each said."""
    for seq in range(max(first, row.first_seq), min(last, row.last_seq) + 1):
        yield seq, _said_in(row, seq, seq)


def _said_in(row: Any, first: int, last: int) -> str:
    said: str = row.said[(first - row.first_seq) * _SAID : (last + 1 - row.first_seq) * _SAID]
    return said


def _sender_row(sender: Sender) -> dict[str, Any]:
    return {"terminal_id": sender.terminal_id, "incarnation": sender.incarnation}


def _between(sender: Sender, first: int, last: int) -> Any:
    return and_(_mine(RECEIPTS, sender), RECEIPTS.c.seq.between(first, last))


def _overlapping(sender: Sender, first: int, last: int) -> Any:
    return and_(_mine(RUNS, sender), RUNS.c.first_seq <= last, RUNS.c.last_seq >= first)


def _mine(table: Table, sender: Sender) -> Any:
    return and_(table.c.terminal_id == sender.terminal_id, table.c.incarnation == sender.incarnation)


def _as_told(row: Any) -> Receipt:
    return Receipt(
        seq=row.seq, outcome=row.outcome, code=row.code, message=row.message, lost=json.loads(row.lost)
    )  # fmt: skip
