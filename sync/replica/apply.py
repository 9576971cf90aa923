"""Pulled entries become rows. One rule only: the newest stamp stands.

The hub has judged every policy and whatever it decided bears the newest stamp, so a replica never
judges. A value written here that loses goes to the conflict journal of this terminal, whether the hub had
accepted it before (the feed says what a value replaced unseen) or not: nothing is silently lost.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from pydantic import ValidationError
from sqlalchemy import Connection, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from sync.change import Value
from sync.clock import stamp_node
from sync.fields import FeedField, FieldChange, Fields, read_fields
from sync.promise import CANCELLED
from sync.records import FIELDS
from sync.records.registration import TAKEN_BACK
from sync.replica import meta, outbox, rows
from sync.replica.outbox import Key
from sync.replica.tables import ACKNOWLEDGED, CHECKPOINTS, CONFLICTS, IS_ACKNOWLEDGED, OUTBOX, STAMPS
from sync.stamped import Once
from sync.wire import LEFT_OF_ENDED, FeedEntry, Receipt

MANDATORY = {
    kind: {name for name, field in fields.model_fields.items() if field.is_required()}
    for kind, fields in FIELDS.items()
}
FORGOTTEN = "forgotten"
"""The code of a receipt: the hub has destroyed the record at the end of its time, and takes no more of it."""
TAKEN_BACK_AS = {"registration": TAKEN_BACK, "booking": CANCELLED}
"""The state of each kind that says that its visitor took it back."""
Pending = Mapping[tuple[Key, str], FieldChange]


@dataclass(frozen=True)
class Applied:
    """What a reply’s entries did: the newest stamp seen (empty without entries), and the records that were ended."""

    entries: int
    newest: str
    ended: frozenset[Key] = frozenset()


@dataclass(slots=True)
class _Record:
    """What the entries of one reply say of one record: the newest value of each field, with its stamp.

    ``stamp`` is that of all of them, or by field.
    """

    values: dict[str, Value]
    stamp: str | dict[str, str]

    @property
    def stamps(self) -> dict[str, str]:
        """The stamp of each field."""
        return dict.fromkeys(self.values, self.stamp) if isinstance(self.stamp, str) else self.stamp

    def newer_than(self, known: Mapping[str, str]) -> _Record:
        """The fields whose stamps are newer than those known here."""
        if not known:
            return self
        newer = {name: stamp for name, stamp in self.stamps.items() if stamp > known.get(name, "")}
        return _Record({name: self.values[name] for name in newer}, newer)

    def merge(self, later: _Record) -> _Record:
        """With what a later entry says."""
        mine = self.stamps
        newer = later.newer_than(mine)
        return _Record({**self.values, **newer.values}, {**mine, **newer.stamps})

    def over(self, known: Mapping[str, str]) -> Mapping[str, str] | Once:
        """The stamps of the whole record, once these fields stand over what was known."""
        if known or not isinstance(self.stamp, str):
            return {**known, **self.stamps}
        return Once(self.stamp, tuple(self.values))


@dataclass
class _Told:
    """The entries of one reply as one, and what ended.

    ``over`` are the values of this terminal, by record, field and stamp, that somebody replaced without seeing them.
    """

    entries: int = 0
    newest: str = ""
    records: dict[Key, _Record] = field(default_factory=dict)
    ended: set[Key] = field(default_factory=set)
    over: set[tuple[Key, str, str]] = field(default_factory=set)

    def lost_of(self, key: Key, stamps: Mapping[str, str]) -> dict[str, str]:
        """The stamps, by field, of what this terminal still holds of a record and what was replaced unseen."""
        return {name: stamp for name, stamp in stamps.items() if (key, name, stamp) in self.over}


def apply(
    connection: Connection, entries: Iterable[FeedEntry], pending: Pending, at_ms: int, *, node: int | None = None
) -> Applied:
    """Writes the entries of one reply, in the order of their numbers; a tombstone ends what came before it.

    Args:
        connection: a writing transaction.
        entries: as the hub sent them.
        pending: the newest local change of each field that the hub has not accepted.
        at_ms: the time noted in the conflict journal.
        node: the number of this terminal, whose own values are journaled when they lose after they were accepted.
    """
    told = _fold(entries, node)
    for key in sorted(told.ended):
        _bury(connection, key)
    stamps = rows.read_stamps(connection, list(told.records))
    # What has a row has a line of stamps, be it an empty one: they are written and removed together.
    held = rows.read_rows(connection, [key for key in stamps if key[0] in FIELDS])
    new_rows: dict[Key, dict[str, Value]] = {}
    new_stamps: dict[Key, Mapping[str, str] | Once] = {}
    for key, record in told.records.items():
        old, row = stamps.get(key, {}), held.get(key)
        newer = record.newer_than(old)
        if not newer.values:
            continue
        new_stamps[key] = newer.over(old)
        if pending:
            _journal(connection, key, newer, pending, at_ms)
        if told.over and row is not None:
            _journal_accepted(connection, key, newer, row, told.lost_of(key, old), at_ms)
        row = _row_with(key, row, newer.values, old)
        if row is not None:
            new_rows[key] = row
        elif key[0] in FIELDS:
            meta.bump(connection, meta.UNREADABLE)
    rows.write_rows(connection, new_rows)
    rows.write_stamps(connection, new_stamps)
    return Applied(told.entries, told.newest, frozenset(told.ended))


def _fold(entries: Iterable[FeedEntry], node: int | None) -> _Told:
    told = _Told()
    for entry in entries:
        told.entries += 1
        key, said = (entry.kind, entry.site_id, entry.id), entry.told
        if not said.values:
            told.records.pop(key, None)
            told.ended.add(key)
            continue
        if said.before is not None:
            unseen = said.before_by_field().items()
            told.over |= {(key, name, stamp) for name, stamp in unseen if stamp_node(stamp) == node}
        record, known = _Record(said.values, said.stamp), told.records.get(key)
        told.records[key] = record if known is None else known.merge(record)
        newest = said.stamp if isinstance(said.stamp, str) else max(said.stamp.values())
        told.newest = max(told.newest, newest)
    return told


def _bury(connection: Connection, key: Key) -> None:
    """Everything of a record that the hub has destroyed. What waits to be sent is answered ``forgotten`` first."""
    kind, site_id, record_id = key
    _delete(connection, key)
    of = (CONFLICTS.c.kind == kind, CONFLICTS.c.site_id == site_id, CONFLICTS.c.record_id == record_id)
    connection.execute(delete(CONFLICTS).where(*of))
    forget_sent(connection, [key])


def forget_sent(connection: Connection, keys: Iterable[Key]) -> None:
    """Empties the acknowledged operations of records that the hub has destroyed.

    Each keeps its number, which a restored hub may ask for, and what a hub restored from before must hear again: of the
    one that made the record that it did, and that its visitor took it back; nothing else. Called once more when a reply
    is acknowledged: it may end a record and acknowledge, after a lost answer, the very operation that made it.
    """
    for kind, site_id, record_id in keys:
        mine = (OUTBOX.c.kind == kind, OUTBOX.c.site_id == site_id, OUTBOX.c.id == record_id)
        sent = (*mine, IS_ACKNOWLEDGED)
        connection.execute(update(OUTBOX).where(*sent).values(sealed=None))
        if kind == "grant":
            continue  # an empty release would be refused
        for row in connection.execute(select(OUTBOX).where(*sent)).all():
            one = (OUTBOX.c.incarnation == row.incarnation, OUTBOX.c.seq == row.seq)
            connection.execute(update(OUTBOX).where(*one).values(fields=_emptied(kind, read_fields(row.fields))))


def _emptied(kind: str, said: Fields) -> str:
    """What is left of the fields of an operation whose record was destroyed, as JSON."""
    left = said.values.keys() & LEFT_OF_ENDED
    state = said.values.get("state")
    if not left and state is not None and state == TAKEN_BACK_AS.get(kind):
        left = {"state"}
    return Fields.of_changes({name: change for name, change in said.changes().items() if name in left}).to_text()


def _delete(connection: Connection, key: Key) -> None:
    kind, site_id, record_id = key
    if kind in FIELDS:
        rows.delete_row(connection, key)
    of = (STAMPS.c.kind == kind, STAMPS.c.site_id == site_id, STAMPS.c.id == record_id)
    connection.execute(delete(STAMPS).where(*of))


def drop_forgotten(connection: Connection, receipts: Iterable[Receipt], at_ms: int) -> int:
    """Gives up the operations whose record the hub has destroyed: journaled, not parked, the record gone here too.

    Called before the receipts are noted in the outbox.

    Returns:
        How many there were.
    """
    dropped = 0
    forgotten = [receipt.seq for receipt in receipts if receipt.code == FORGOTTEN]
    for entry in outbox.waiting_numbered(connection, forgotten):
        for name, change in entry.fields.items():
            kept = FeedField(value=None, stamp=change.stamp)
            note_loss(connection, entry.key, name, change, kept, rule=FORGOTTEN, at_ms=at_ms)
        mine = (OUTBOX.c.incarnation == outbox.incarnation_of(connection), OUTBOX.c.seq == entry.seq)
        left = _emptied(entry.key[0], entry.said)
        emptied = {"state": ACKNOWLEDGED, "fields": left, "sealed": None, "answered_ms": at_ms}
        connection.execute(update(OUTBOX).where(*mine).values(**emptied))
        _delete(connection, entry.key)
        dropped += 1
    return dropped


def _row_with(
    key: Key, held: Mapping[str, Value] | None, values: dict[str, Value], old: Collection[str]
) -> dict[str, Value] | None:
    """The whole row after these values; ``None`` for a record this version cannot hold.

    Args:
        key: the record.
        held: its row, ``None`` without any.
        values: what is new.
        old: the fields that somebody had set before.
    """
    kind = FIELDS.get(key[0])
    if kind is None:
        return None
    if held is None:
        try:
            return kind.whole(values)  # as a rule; it fails where a newer hub says more, too
        except ValidationError:
            pass
    names = _names_of(key[0])
    known = {name: value for name, value in values.items() if name in names}
    if held is not None:
        whole, stamped = {**held, **known}, {*old, *values}
        if not _is_whole(key[0], old) and _is_whole(key[0], stamped):
            # It waited for its record: what nobody set is left of an old answer.
            whole = {name: value for name, value in whole.items() if name in stamped}
        known = whole
    try:
        return kind.whole(known)
    except ValidationError:
        return None


@cache
def _names_of(kind: str) -> frozenset[str]:
    return frozenset(FIELDS[kind].model_fields)


def pending_after(
    connection: Connection, entries: Iterable[FeedEntry], applied_through: int, receipts: Iterable[Receipt]
) -> Pending:
    """The local changes of the records of some entries that a reply has not accepted: unanswered, or lost."""
    lost = {receipt.seq: receipt.lost for receipt in receipts if receipt.outcome == "conflict"}
    found: dict[tuple[Key, str], FieldChange] = {}
    for entry in outbox.waiting_of(connection, {entry.id for entry in entries}):
        for name, change in entry.fields.items():
            if entry.seq > applied_through or name in lost.get(entry.seq, ()):
                found[entry.key, name] = change
            else:
                found.pop((entry.key, name), None)
    return found


def _journal(connection: Connection, key: Key, newer: _Record, pending: Pending, at_ms: int) -> None:
    stamps = newer.stamps
    for name, value in newer.values.items():
        change = pending.get((key, name))
        if change is not None and change.value != value:
            note_loss(connection, key, name, change, FeedField(value=value, stamp=stamps[name]), at_ms=at_ms)


def _journal_accepted(
    connection: Connection, key: Key, newer: _Record, held: Mapping[str, Value], lost: Mapping[str, str], at_ms: int
) -> None:
    """Journals what the hub had accepted of this terminal and what somebody replaced without having seen it."""
    for name in sorted(lost.keys() & newer.values.keys() & held.keys()):
        accepted = FieldChange(value=held[name], stamp=lost[name])
        kept = FeedField(value=newer.values[name], stamp=newer.stamps[name])
        note_loss(connection, key, name, accepted, kept, at_ms=at_ms)


def note_losses(connection: Connection, receipts: Iterable[Receipt], at_ms: int) -> None:
    """Journals the fields that receipts call lost, with what stands here now. Called after ``apply``."""
    lost = {receipt.seq: receipt.lost for receipt in receipts if receipt.outcome == "conflict"}
    for entry in outbox.waiting_numbered(connection, lost):
        row = rows.read_row(connection, entry.key) or {}
        stamps = rows.read_stamps(connection, [entry.key]).get(entry.key, {})
        for name in lost.get(entry.seq, ()):
            if name in entry.fields:
                kept = FeedField(value=row.get(name), stamp=stamps.get(name, entry.fields[name].stamp))
                note_loss(connection, entry.key, name, entry.fields[name], kept, at_ms=at_ms)


def note_loss(
    connection: Connection, key: Key, name: str, lost: FieldChange, kept: FeedField, *, at_ms: int, rule: str = ""
) -> None:
    """Writes one line of the conflict journal, once; its rule is the field's policy, as in the hub's, unless given."""
    kind, site_id, record_id = key
    line = {
        "kind": kind, "site_id": site_id, "record_id": record_id, "field": name,
        "lost_stamp": lost.stamp, "lost_value": json.dumps(lost.value, ensure_ascii=False),
        "kept_stamp": kept.stamp, "kept_value": json.dumps(kept.value, ensure_ascii=False),
        "rule": rule or FIELDS[kind].policy(name).value, "at_ms": at_ms,
    }  # fmt: skip
    connection.execute(insert(CONFLICTS).values(line).on_conflict_do_nothing())


def conflict_count(connection: Connection) -> int:
    """How many local values did not stand."""
    return int(connection.execute(select(func.count()).select_from(CONFLICTS)).scalar_one())


def read_checkpoints(connection: Connection) -> dict[str, int]:
    """How far the feed has been read, by part."""
    return {row.part: row.n for row in connection.execute(select(CHECKPOINTS))}


def write_checkpoints(connection: Connection, checkpoints: Mapping[str, int]) -> None:
    """Replaces every checkpoint."""
    connection.execute(delete(CHECKPOINTS))
    if checkpoints:
        connection.execute(insert(CHECKPOINTS), [{"part": part, "n": n} for part, n in checkpoints.items()])


def start_refill(connection: Connection, node: int) -> None:
    """Reads the whole feed again, and believes it over what is here."""
    write_checkpoints(connection, {})
    meta.write(connection, meta.REFILLING, 1)
    meta.write(connection, meta.DIGEST_AGREED, None)
    forget_stamps(connection, node)


def forget_stamps(connection: Connection, node: int, *, only: Collection[Key] | None = None) -> None:
    """Forgets stamps, so that any value the hub tells stands, except those of what waits to be sent: that is newer than
    what the hub can say of it.

    Not every stamp with this terminal's number is kept: a disk that was put back has some from the feed alone, and a
    hub restored from before knows nothing of them.

    Args:
        connection: a writing transaction.
        node: the number of this terminal.
        only: the records; every one unless given.
    """
    waiting = {
        (entry.key, name, stamp)
        for entry in outbox.waiting(connection)
        for name, stamp in entry.said.by_field().items()
        if stamp_node(stamp) == node
    }
    held = rows.stamps_of(connection, only)
    left = {
        key: {name: one for name, one in stamps.items() if (key, name, one) in waiting} for key, stamps in held.items()
    }
    rows.write_stamps(connection, left)


def finish_refill(connection: Connection) -> None:
    """What a reading of the whole feed leaves to be done at its end; nothing when there was none."""
    if meta.read(connection, meta.REFILLING) is not None:
        meta.write(connection, meta.REFILLING, None)
        take_whole(connection)


def take_whole(connection: Connection, *, only: Collection[Key] | None = None) -> None:
    """Removes the records that the hub did not tell: it does not know them.

    Those of which something waits to be sent stay. Of those the hub knows, a field that nobody ever set there is as at
    the beginning: what an earlier history of the hub said of it (an answer it gave before it was restored) is not kept.

    Args:
        connection: a writing transaction, after ``forget_stamps`` and what the hub told.
        only: the records; every one unless given.
    """
    _take_own_again(connection, only)
    stamps = rows.stamps_of(connection, only)
    _reset_unset(connection, stamps)
    for key in (key for key, held in stamps.items() if not held):
        _delete(connection, key)


def _take_own_again(connection: Connection, only: Collection[Key] | None) -> None:
    """What this terminal sends again stands here where the whole feed said nothing newer of it.

    Something that is in no history any more had replaced it (an answer of the hub before it was restored). A record
    that this terminal made, that the hub has acknowledged and that the whole feed did not hold was destroyed there; a
    change of another terminal's record waits there for that record.
    """
    own: dict[Key, dict[str, FieldChange]] = {}
    for entry in outbox.held(connection):
        if not entry.said.values.keys() <= LEFT_OF_ENDED and (only is None or entry.key in only):
            own.setdefault(entry.key, {}).update(entry.fields)
    waiting = {entry.key for entry in outbox.waiting(connection)}
    stamps, held = rows.read_stamps(connection, list(own)), rows.read_rows(connection, list(own))
    for key, changes in own.items():
        known = stamps.get(key, {})
        if not known and key not in waiting and _is_whole(key[0], changes):
            continue
        again = {name: change for name, change in changes.items() if change.stamp > known.get(name, "")}
        if again and key in held:
            row = {**held[key], **{name: change.value for name, change in again.items()}}
            rows.write_rows(connection, {key: row})
            rows.write_stamps(connection, {key: {**known, **{name: change.stamp for name, change in again.items()}}})


def _reset_unset(connection: Connection, stamps: Mapping[Key, Mapping[str, str]]) -> None:
    stamped = {key: held for key, held in stamps.items() if _is_whole(key[0], held)}
    held = rows.read_rows(connection, list(stamped))
    anew = {key: _only_stamped(key, row, stamped[key]) for key, row in held.items()}
    rows.write_rows(connection, {key: row for key, row in anew.items() if row != held[key]})


def _is_whole(kind: str, stamps: Collection[str]) -> bool:
    """True when every mandatory field was set by somebody: the record is known, not only a change of it."""
    return kind in FIELDS and MANDATORY[kind] <= set(stamps)


def _only_stamped(key: Key, row: Mapping[str, Value], stamps: Collection[str]) -> dict[str, Value]:
    """A whole row in which the fields that nobody set are as at the beginning."""
    return FIELDS[key[0]].whole({name: value for name, value in row.items() if name in stamps})


def record_shape() -> str:
    """A hash of every kind and field this version knows."""
    names = sorted(f"{kind}.{field}" for kind, fields in FIELDS.items() for field in fields.model_fields)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()
