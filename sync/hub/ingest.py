"""What a terminal pushed becomes records: trim, check, merge, append. Mirror of ``replica/apply.py``.

Reading is set-based at the start, writing is set-based at the end, and between them everything is
judged in memory: a push costs the same few statements whatever it carries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, select

from sync.change import Value
from sync.clock import stamp_ms
from sync.errors import Gap, Refused
from sync.fields import stamps_of
from sync.hub import bookings, conflicts, courier, feed, redrawn, rows, sealed_texts, spoken, tombstones
from sync.hub import receipts as receipts_kept
from sync.hub.checking import Rejection, check, check_form
from sync.hub.database import table_of, upsert
from sync.hub.early import WAITING, Shelf
from sync.hub.judging import Author, judge_fields
from sync.hub.push import Push, Sender, load_records
from sync.hub.redrawn import LateTold
from sync.hub.standing import Standing
from sync.hub.tables import Position, SealedText
from sync.records import registration
from sync.wire import CLOCK_AHEAD_MAX_MS, LEFT_OF_ENDED, Operation, Receipt

FORGOTTEN = "forgotten"
"""The code of a receipt: the record was destroyed at the end of its time. The terminal gives the change up."""
OTHER_OPERATION = "other_operation"
_POSITIONS = table_of(Position)
_OF_POSITION = select(_POSITIONS).where(
    _POSITIONS.c.terminal_id == bindparam("of_terminal"), _POSITIONS.c.incarnation == bindparam("of_disk")
)
"""Built once: building a statement costs more than running it, and every round runs this one."""
APPLIED, CONFLICT, REJECTED = "applied", "conflict", "rejected"


@dataclass(frozen=True)
class Ingested:
    """Where the hub stands with a terminal's outbox, and what became of the operations just sent."""

    applied_through: int
    durable_through: int
    receipts: list[Receipt]
    told_late: list[LateTold] = field(default_factory=list)


def check_clock(operations: Sequence[Operation], now_ms: int) -> None:
    """Refuses stamps of the future, before anything is applied.

    Raises:
        Refused: ``clock_ahead``, with the signed time that sets the terminal right.
    """
    newest = max(stamps_of(one.said for one in operations), default=None)
    if newest is not None and stamp_ms(newest) > now_ms + CLOCK_AHEAD_MAX_MS:  # as texts, stamps are in order of time
        raise Refused(
            "clock_ahead",
            "L’horloge de la borne avance trop : elle se règle sur le hub et recommence, rien n’est perdu.",
            now_ms=now_ms,
        )


def ingest(
    connection: Connection,
    sender: Sender,
    operations: Sequence[Operation],
    *,
    now_ms: int,
    random: Callable[[int], bytes],
) -> Ingested:
    """Applies a terminal's operations inside the caller's writing transaction.

    Raises:
        Gap: operations are missing before these; nothing was written.
        Refused: ``malformed``, their numbers do not follow each other; nothing was written.
    """
    position = _read_position(connection, sender)
    if not operations:
        return Ingested(position["applied_through"], position["durable_through"], [])
    applied_through = position["applied_through"]
    _check_numbers(operations, applied_through)
    resent = [operation for operation in operations if operation.seq <= applied_through]
    fresh = [operation for operation in operations if operation.seq > applied_through]
    stored = receipts_kept.read(connection, sender, resent[0].seq, resent[-1].seq) if resent else {}
    receipts = [_resent_receipt(operation, stored.get(operation.seq)) for operation in resent]
    if any(receipt.code == OTHER_OPERATION for receipt in receipts):
        # This disk was put back. What follows is its doing too: it is taken once it comes as what it is, under a new
        # incarnation, so that whom it may have promised twice is known (``redrawn``).
        return Ingested(applied_through, position["durable_through"], receipts)
    restamped = [one for one in resent if one.seq in stored and stored[one.seq].is_restamped(one)]
    push = Push(sender, rows.read_clock(connection, sender.site_id, now_ms), now_ms)
    judged = [*restamped, *fresh]
    load_records(connection, push, judged)
    shelf = Shelf.load(connection, push, judged)
    push.observe(judged)
    for operation in restamped:
        _judge(push, shelf, operation)
    fresh_receipts = [_judge(push, shelf, operation) for operation in fresh]
    shelf.write(connection)
    _write(connection, push, [*zip(fresh_receipts, fresh, strict=True)], random)
    if fresh:
        applied_through = fresh[-1].seq
        upsert(connection, table_of(Position), [{**position, "applied_through": applied_through}])
    told_late = redrawn.told_late(push)
    return Ingested(applied_through, position["durable_through"], [*receipts, *fresh_receipts], told_late)


def _check_numbers(operations: Sequence[Operation], applied_through: int) -> None:
    first = operations[0].seq
    if first > applied_through + 1:
        raise _gap(applied_through + 1)
    for at, operation in enumerate(operations):
        if operation.seq < first + at:
            raise Refused("malformed", "Le message reçu n’est pas lisible.", status=400)
        if operation.seq > first + at:
            raise _gap(max(first + at, applied_through + 1))


def _gap(wanted: int) -> Gap:
    return Gap("Des envois manquent avant ceux-ci : la borne les renvoie d’elle-même.", wanted=wanted)


def _read_position(connection: Connection, sender: Sender) -> dict[str, Any]:
    asked = {"of_terminal": sender.terminal_id, "of_disk": sender.incarnation}
    row = connection.execute(_OF_POSITION, asked).mappings().first()
    if row is not None:
        return dict(row)
    return {
        "terminal_id": sender.terminal_id,
        "incarnation": sender.incarnation,
        "applied_through": 0,
        "durable_through": 0,
    }


def _resent_receipt(operation: Operation, stored: receipts_kept.Stored | None) -> Receipt:
    """The receipt given the first time; a different operation under an old number is told so."""
    if stored is None:
        return Receipt(seq=operation.seq, outcome=APPLIED)
    if not stored.said_the_same(operation):
        return Receipt(
            seq=operation.seq,
            outcome=REJECTED,
            code=OTHER_OPERATION,
            message="Un autre envoi porte déjà ce numéro : cette borne a sans doute été restaurée, refaites la saisie.",
        )
    return stored.receipt


def _judge(push: Push, shelf: Shelf, operation: Operation) -> Receipt:
    """Applies one operation in memory, or rejects it; a bad one never holds up those behind it."""
    try:
        held = check_form(push, operation)
        if _is_emptied(push, operation):
            _end_again(push, shelf, operation)
            return Receipt(seq=operation.seq, outcome=APPLIED)
        if push.buried and (operation.kind, operation.id) in push.buried:
            raise Rejection(FORGOTTEN, "Cette fiche a été détruite à la fin de son délai : il n’y a plus rien à faire.")
        if held is None and shelf.take_in(push, operation):
            return Receipt(seq=operation.seq, outcome=APPLIED, code=WAITING)
        whole, sealed = check(push, operation, held)
    except Rejection as rejection:
        return Receipt(seq=operation.seq, outcome=REJECTED, code=rejection.code, message=rejection.message)
    lost = _apply(push, shelf, operation, held, whole)
    if sealed is not None:
        push.sealed[operation.kind, operation.id] = {
            "site_id": operation.site_id,
            "kind": operation.kind,
            "id": operation.id,
            "key_id": sealed.header.key_id,
            "sealed": operation.sealed,
            "received_ms": push.now_ms,
        }
    return Receipt(seq=operation.seq, outcome=CONFLICT if lost else APPLIED, lost=lost)


def _is_emptied(push: Push, operation: Operation) -> bool:
    """True for an operation of which its terminal keeps its number only, and perhaps that it made its record."""
    values = operation.values
    if operation.sealed is not None or len(values) > len(LEFT_OF_ENDED):
        return False
    return values.keys() <= LEFT_OF_ENDED and all(value == push.sender.terminal_no for value in values.values())


def _end_again(push: Push, shelf: Shelf, operation: Operation) -> None:
    """An operation that its terminal has emptied; the one that made its record says that this was destroyed.

    That was in a history which this hub has lost. Nobody can make the record again: what others changed of it would
    wait for ever, and stay on their screens. A record that this hub does hold is destroyed by its own clock
    (``retention``). One without any field says nothing of its record: a person may have given that change up.
    """
    key = (operation.kind, operation.id)
    if not operation.values or operation.id in push.records.get(operation.kind, {}) or key in push.buried:
        return
    push.buried.add(key)
    push.ended.add(key)
    shelf.drop(key)


def _apply(push: Push, shelf: Shelf, operation: Operation, held: Standing | None, whole: dict[str, Value]) -> list[str]:
    """Merges every field of an operation, then lets the hub answer. Returns the fields that lost."""
    if redrawn.is_told_late(push, held, operation):
        push.places.told_late.add(operation.id)
    if held is None:
        made = Standing.begun(operation.kind, operation.site_id, operation.id, whole, operation.said)
        push.records[operation.kind][operation.id] = made
        _answer(push, made, None)
        push.losses += shelf.release(push, made)
        return []
    state_before = held.values.get("state")
    for name in whole.keys() - operation.values.keys():
        held.values.setdefault(name, whole[name])
    if courier.is_completed_by(held, operation, push.sender):
        author = Author(push.sender.terminal_id, push.sender.terminal_no)
        push.losses += courier.complete(held, operation, author, push.clock)
        _answer(push, held, state_before)
        push.losses += shelf.release(push, held)
        return []
    author = Author(push.sender.terminal_id, push.sender.terminal_no)
    judged = judge_fields(held, operation.fields, author, push.clock)
    own = spoken.own_of(operation.id, push.places) if operation.kind == "booking" else None
    push.losses += judged.losses if own is None else spoken.left_to_own(judged.losses)
    _answer(push, held, state_before)
    push.losses += shelf.release(push, held)
    if own is not None:
        own_before, said = own.values["state"], spoken.heard_by_own(operation.fields)
        push.losses += judge_fields(own, said, author, push.clock, sent_now=False).losses
        _answer(push, own, own_before)
    return judged.lost


def _answer(push: Push, standing: Standing, state_before: Value) -> None:
    """What the hub says at once to what it just applied."""
    if standing.kind == "booking":
        bookings.answer(standing, state_before, push.places, push.clock, push.now_ms)
    elif standing.kind == "grant":
        bookings.answer_grant(standing, push.places, push.clock, push.now_ms)
    elif standing.kind == "registration" and standing.values["state"] == registration.PREPARED:
        standing.decide("state", registration.RECEIVED, push.clock.tick())
        standing.decide("received_at", push.now, push.clock.tick())


def _write(
    connection: Connection,
    push: Push,
    judged: Sequence[tuple[Receipt, Operation]],
    random: Callable[[int], bytes],
) -> None:
    """Everything the push changed, one statement a table; the feed last."""
    sender = push.sender
    said = [receipts_kept.said_of(operation, push.texts[id(operation.said)]) for _, operation in judged]
    receipts_kept.keep(connection, sender, [receipt for receipt, _ in judged], said)
    _keep_sealed(connection, push)
    conflicts.append(connection, push.now_ms, push.losses, random)
    tombstones.bury(connection, push.now_ms, sender.site_id, push.ended)
    standings = push.standings()
    if judged or any(standing.changed for standing in standings):
        rows.keep_clock(connection, sender.site_id, push.clock)
    feed.publish_all(connection, standings, sender.origin, push.texts)


def _keep_sealed(connection: Connection, push: Push) -> None:
    """Stores the sealed texts, except those of what has ended; destroys those of what was taken back."""
    ended = {key for key in push.sealed if _state_of(push, key) in sealed_texts.ENDED_STATES[key[0]]}
    upsert(connection, table_of(SealedText), [row for key, row in push.sealed.items() if key not in ended])
    taken_back = {
        (standing.kind, standing.id)
        for standing in push.standings()
        if standing.kind in sealed_texts.TAKEN_BACK_STATES
        and standing.changes("state")
        and standing.values["state"] in sealed_texts.TAKEN_BACK_STATES[standing.kind]
    }
    sealed_texts.destroy(connection, push.sender.site_id, taken_back)


def _state_of(push: Push, key: tuple[str, str]) -> Value:
    kind, record_id = key
    return push.records[kind][record_id].values["state"]
