"""The outbox: an append-only log of this terminal's operations, numbered without a hole.

An entry is *waiting* until the hub has applied it, then *acknowledged* (or *rejected*: parked, with its sentence).
How far they are acknowledged is one number, not a mark on each. It stays here, sealed, until the hub announces that a
verified backup covers it (``durable_through``): a hub restored from any backup is filled again from here.
All functions work inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, func, insert, not_, select, update

from sync.change import Change, new_id
from sync.clock import HybridClock, make_stamp
from sync.fields import FieldChange, Fields, read_fields
from sync.replica import meta
from sync.replica.database import driver_of
from sync.replica.tables import ACKNOWLEDGED, ANSWERED, IS_ACKNOWLEDGED, IS_WAITING, OUTBOX, REJECTED, STAMPS, WAITING
from sync.stamped import read_at_rest, text_at_rest
from sync.wire import CLOCK_AHEAD_MAX_MS, Receipt

BATCH_BYTES_MAX = 512 * 1024
"""Of one frame before it is compressed, which sealed texts hardly are."""
OPERATIONS_PER_FRAME = 150
"""What is sent again after a cut, at most: less than 2 % of 10,000."""
Key = tuple[str, str, str]
"""Kind, site, record id."""


# Built once, for building a statement costs more than running it; those of the hot path are asked of the driver itself.
_APPEND = insert(OUTBOX)
_READY = (  # as the bytes that travel; identifiers need no escape
    """SELECT seq, CAST(format('[%d,"%s","%s","%s",%s%s]', seq, kind, site_id, id, fields, ',"' || sealed || '"') """
    "AS BLOB) FROM replica_outbox WHERE incarnation = ? AND state = 'waiting' "
    "AND seq > max(?, (SELECT coalesce(max(through), 0) FROM replica_answered)) ORDER BY seq LIMIT ?"
)
_WAITS = (
    "SELECT 1 FROM replica_outbox WHERE incarnation = ? AND state = 'waiting' "
    "AND seq > max(?, (SELECT coalesce(max(through), 0) FROM replica_answered)) LIMIT 1"
)
_COUNT = {
    WAITING: "SELECT count(*) FROM replica_outbox WHERE state = 'waiting' "
    "AND incarnation = coalesce((SELECT value FROM replica_meta WHERE key = 'incarnation'), '') "
    "AND seq > (SELECT coalesce(max(through), 0) FROM replica_answered)",
    REJECTED: "SELECT count(*) FROM replica_outbox WHERE state = 'rejected'",
}
_ENTRIES = select(OUTBOX.c.seq, OUTBOX.c.kind, OUTBOX.c.site_id, OUTBOX.c.id, OUTBOX.c.fields)
_MINE = OUTBOX.c.incarnation == bindparam("mine")
_WAITING = _ENTRIES.where(_MINE, IS_WAITING).order_by(OUTBOX.c.seq)
_WAITING_OF = _WAITING.where(OUTBOX.c.id.in_(bindparam("ids", expanding=True)))
_WAITING_NUMBERED = _WAITING.where(OUTBOX.c.seq.in_(bindparam("numbers", expanding=True)))
_HELD = _ENTRIES.where(_MINE, OUTBOX.c.state.in_((WAITING, ACKNOWLEDGED))).order_by(OUTBOX.c.seq)
_HOW_MANY = select(func.count()).select_from(OUTBOX).where(_MINE, OUTBOX.c.seq <= bindparam("through"), IS_WAITING)
_ANSWER = insert(ANSWERED)
_PURGE = delete(OUTBOX).where(_MINE, OUTBOX.c.seq <= bindparam("through"), IS_ACKNOWLEDGED)
ANSWERED_MS = func.coalesce(
    OUTBOX.c.answered_ms, select(func.min(ANSWERED.c.at_ms)).where(ANSWERED.c.through >= OUTBOX.c.seq).scalar_subquery()
).label("at_ms")
"""The column of a query: when an operation was answered, milliseconds since 1970; ``None`` while it waits."""
EMPTIED = Fields({}, {}).to_text()
"""What is left of an operation that keeps its number only."""


@dataclass(frozen=True)
class Waiting:
    """An operation the hub has not answered yet."""

    seq: int
    key: Key
    said: Fields

    @property
    def fields(self) -> dict[str, FieldChange]:
        """Its fields, one by one."""
        return self.said.changes()


@dataclass(frozen=True)
class Batch:
    """The next operations to send, in order, each as the bytes that travel."""

    texts: tuple[bytes, ...] = ()
    last: int = 0
    """The number of the last one; 0 without any."""

    @property
    def first(self) -> int:
        """The number of the first one; 0 without any. There is no hole in the numbers."""
        return self.last - len(self.texts) + 1 if self.texts else 0

    def __bool__(self) -> bool:
        """True when there is any."""
        return bool(self.texts)


def append(connection: Connection, key: Key, changes: Iterable[Change], *, sealed: str | None, written_ms: int) -> int:
    """Adds one operation at the end and returns its number."""
    seq = meta.read_int(connection, meta.NEXT_SEQ, 1)
    meta.write(connection, meta.NEXT_SEQ, seq + 1)
    kind, site_id, record_id = key
    listed = list(changes)
    said = Fields.of(
        {change.field: change.value for change in listed},
        {change.field: change.stamp for change in listed},
        {change.field: change.base for change in listed},
    )
    entry = {
        "incarnation": incarnation_of(connection), "seq": seq, "kind": kind, "site_id": site_id, "id": record_id,
        "fields": said.to_text(), "sealed": sealed, "state": WAITING, "written_ms": written_ms,
    }  # fmt: skip
    connection.execute(_APPEND, entry)
    return seq


def incarnation_of(connection: Connection) -> str:
    """The present incarnation of this replica."""
    return meta.read(connection, meta.INCARNATION) or ""


def batch(connection: Connection, after_seq: int = 0, at_most: int = OPERATIONS_PER_FRAME) -> Batch:
    """The next operations to send after ``after_seq``, in order, within the limits of one frame."""
    texts: list[bytes] = []
    size = last = 0
    asked = (incarnation_of(connection), after_seq, at_most)
    for seq, text in driver_of(connection).execute(_READY, asked):
        size += len(text)
        if texts and size > BATCH_BYTES_MAX:
            break
        texts.append(text)
        last = seq
    return Batch(tuple(texts), last)


def waits(connection: Connection, after_seq: int = 0) -> bool:
    """Whether an operation after ``after_seq`` waits to be sent."""
    asked = (incarnation_of(connection), after_seq)
    return driver_of(connection).execute(_WAITS, asked).fetchone() is not None


def answered_through(connection: Connection) -> int:
    """The number before that of the first operation which the hub has not answered yet."""
    first = select(func.min(OUTBOX.c.seq)).where(OUTBOX.c.incarnation == incarnation_of(connection), IS_WAITING)
    number = connection.execute(first).scalar()
    return (meta.read_int(connection, meta.NEXT_SEQ, 1) if number is None else int(number)) - 1


def waiting(connection: Connection) -> list[Waiting]:
    """Every operation the hub has not answered yet, in order."""
    return _read(connection, _WAITING)


def waiting_of(connection: Connection, ids: Collection[str]) -> list[Waiting]:
    """Those of some records."""
    if not ids or not waits(connection):
        return []
    return _read(connection, _WAITING_OF, ids=list(ids))


def waiting_numbered(connection: Connection, numbers: Collection[int]) -> list[Waiting]:
    """Those that bear one of these numbers."""
    return _read(connection, _WAITING_NUMBERED, numbers=list(numbers)) if numbers else []


def held(connection: Connection) -> list[Waiting]:
    """Every operation of this incarnation that is still here and that the hub did not reject, in order."""
    return _read(connection, _HELD)


def _read(connection: Connection, query: Select[Any], **asked: object) -> list[Waiting]:
    rows = connection.execute(query, {"mine": incarnation_of(connection), **asked})
    return [Waiting(row.seq, (row.kind, row.site_id, row.id), read_fields(row.fields)) for row in rows]


def count(connection: Connection, state: str) -> int:
    """How many operations are ``WAITING`` or ``REJECTED``."""
    return int(driver_of(connection).execute(_COUNT[state]).fetchone()[0])


def acknowledge(connection: Connection, applied_through: int, receipts: Iterable[Receipt], answered_ms: int) -> int:
    """Notes what the hub has applied; a rejected operation is parked. Returns how many were answered."""
    own = OUTBOX.c.incarnation == incarnation_of(connection)
    by_seq: Mapping[int, Receipt] = {receipt.seq: receipt for receipt in receipts}
    for receipt in by_seq.values():
        if receipt.outcome == "rejected" and receipt.seq <= applied_through:
            connection.execute(
                update(OUTBOX)
                .where(own, OUTBOX.c.seq == receipt.seq, IS_WAITING)
                .values(
                    state=REJECTED, code=receipt.code, message=receipt.message, answered_ms=answered_ms, noted_ms=None
                )
            )
    parked = sum(1 for receipt in by_seq.values() if receipt.outcome == "rejected" and receipt.seq <= applied_through)
    through = {"mine": incarnation_of(connection), "through": applied_through}
    answered = int(connection.execute(_HOW_MANY, through).scalar_one())
    if answered:
        connection.execute(_ANSWER, {"through": applied_through, "at_ms": answered_ms})
    return answered + parked


def rewind(connection: Connection, applied_through: int) -> bool:
    """Sends again what the hub does not have. Returns False when something it lacks is no longer here."""
    own = OUTBOX.c.incarnation == incarnation_of(connection)
    connection.execute(
        update(OUTBOX)
        .where(own, OUTBOX.c.seq > applied_through, not_(IS_WAITING))
        .values(state=WAITING, code=None, message=None, answered_ms=None, noted_ms=None)
    )
    _answered_no_further(connection, applied_through)
    lacking = select(func.min(OUTBOX.c.seq)).where(own, OUTBOX.c.seq > applied_through)
    first = connection.execute(lacking).scalar()
    wanted = applied_through + 1
    return (first if first is not None else meta.read_int(connection, meta.NEXT_SEQ, 1)) == wanted


def _answered_no_further(connection: Connection, through: int) -> None:
    """What comes after ``through`` waits again; what comes before was answered when it was."""
    from_there = ANSWERED.c.through >= through
    at_ms = connection.execute(select(func.min(ANSWERED.c.at_ms)).where(from_there)).scalar()
    connection.execute(delete(ANSWERED).where(from_there))
    if at_ms is not None and through:
        connection.execute(_ANSWER, {"through": through, "at_ms": at_ms})


def purge(connection: Connection, durable_through: int) -> int:
    """Removes acknowledged operations that a verified backup of the hub covers. Returns how many."""
    mine = incarnation_of(connection)
    removed = int(connection.execute(_PURGE, {"mine": mine, "through": durable_through}).rowcount)
    if removed:
        first = select(func.coalesce(func.min(OUTBOX.c.seq), 0)).where(OUTBOX.c.incarnation == mine).scalar_subquery()
        newest = select(func.max(ANSWERED.c.through)).scalar_subquery()
        connection.execute(delete(ANSWERED).where(ANSWERED.c.through < first, ANSWERED.c.through < newest))
    return removed


def redraw(connection: Connection, now_ms: int, random: Callable[[int], bytes]) -> str:
    """Draws a new incarnation: everything still held is numbered anew and sent again.

    For a disk that was restored or cloned: its numbers were used for something else since. Sending an
    operation twice is harmless, because a change bears its stamp. The releases of grants are left out: those
    grants were the old incarnation's, the hub refuses them from the new one, and its word on them is believed.
    Returns the new incarnation.
    """
    old, new = incarnation_of(connection), new_id(now_ms, random(10))
    connection.execute(delete(OUTBOX).where(OUTBOX.c.incarnation == old, OUTBOX.c.kind == "grant"))
    connection.execute(update(OUTBOX).where(IS_ACKNOWLEDGED).values(noted_ms=None))
    connection.execute(update(STAMPS).where(STAMPS.c.kind == "grant").values(stamps="{}"))
    held = connection.execute(
        select(OUTBOX.c.seq).where(OUTBOX.c.incarnation == old, OUTBOX.c.state != REJECTED).order_by(OUTBOX.c.seq)
    ).scalars()
    number = 0
    for number, seq in enumerate(list(held), start=1):
        connection.execute(
            update(OUTBOX)
            .where(OUTBOX.c.incarnation == old, OUTBOX.c.seq == seq)
            .values(incarnation=new, seq=number, state=WAITING, answered_ms=None)
        )
    connection.execute(delete(ANSWERED))
    meta.write(connection, meta.INCARNATION, new)
    meta.write(connection, meta.NEXT_SEQ, number + 1)
    meta.bump(connection, meta.REDRAWS)
    return new


def restamp(connection: Connection, hub_now_ms: int, node: int) -> int:
    """Stamps anew what was written with a clock too far ahead; same order, and the rows too.

    Only the operations from the first such stamp on: an earlier one may have reached the hub already,
    and there it bears the stamp it had. The new stamps follow every one that stays, that of a value which is no row's
    any more too (seed 34732): a little ahead, it is right, and what replaced it is newer. Returns how many operations
    were stamped anew.
    """
    limit = make_stamp(hub_now_ms + CLOCK_AHEAD_MAX_MS, 0, 0)
    queue = waiting(connection)
    first = next((at for at, entry in enumerate(queue) if _newest(entry) > limit), len(queue))
    moved: dict[tuple[Key, str, str], str] = {}
    staying = [_newest(entry) for entry in queue[:first]]
    staying += [base for entry in queue[first:] for base in entry.said.before_by_field().values()]
    least = max([make_stamp(0, 0, node), *(stamp for stamp in staying if stamp <= limit)])
    clock = HybridClock(node, lambda: hub_now_ms, _newest_stamp_below(connection, limit, least))
    for entry in queue[first:]:
        stamp = clock.tick()
        seen: dict[str, str | None] = {}
        for name, change in entry.fields.items():
            seen[name] = moved.get((entry.key, name, change.base or ""), change.base)
            moved[entry.key, name, change.stamp] = stamp
        said = Fields.of(entry.said.values, dict.fromkeys(entry.said.values, stamp), seen)
        connection.execute(
            update(OUTBOX)
            .where(OUTBOX.c.incarnation == incarnation_of(connection), OUTBOX.c.seq == entry.seq)
            .values(fields=said.to_text())
        )
    _move_row_stamps(connection, moved)
    meta.write(connection, meta.CLOCK, clock.last)
    return len(queue) - first


def _newest(entry: Waiting) -> str:
    return max(entry.said.stamps, default="")


def _newest_stamp_below(connection: Connection, limit: str, least: str) -> str:
    newest = least
    for text in connection.execute(select(STAMPS.c.stamps)).scalars():
        newest = max([newest, *(stamp for stamp in read_at_rest(text).values() if stamp <= limit)])
    return newest


def _move_row_stamps(connection: Connection, moved: Mapping[tuple[Key, str, str], str]) -> None:
    """Gives the rows the new stamps of the operations that set them (following chains of writes)."""
    for key in {key for key, _, _ in moved}:
        kind, site_id, record_id = key
        same = (STAMPS.c.kind == kind, STAMPS.c.site_id == site_id, STAMPS.c.id == record_id)
        text = connection.execute(select(STAMPS.c.stamps).where(*same)).scalar()
        stamps = read_at_rest(text) if text else {}
        renewed = {name: moved.get((key, name, stamp), stamp) for name, stamp in stamps.items()}
        connection.execute(update(STAMPS).where(*same).values(stamps=text_at_rest(renewed)))
