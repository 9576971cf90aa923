"""What a terminal pushed becomes records: trim, check, merge, append. Mirror of ``replica/apply.py``.

Reading is set-based at the start, writing is set-based at the end, and between them everything is
judged in memory: a push costs the same few statements whatever it carries.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection

from sync import merge
from sync.change import Change, Value
from sync.clock import HybridClock, stamp_ms, stamp_node, utc_text
from sync.errors import Gap, Refused
from sync.hub import bookings, conflicts, feed, grants, rows
from sync.hub.database import table_of, upsert
from sync.hub.places import Places
from sync.hub.standing import Standing, load
from sync.hub.tables import Position, SealedText, StoredReceipt
from sync.promise import CANCELLED, GUARANTEED, OVERRULED, RELEASED, REQUESTED
from sync.records import FIELDS, registration
from sync.seal import Sealed
from sync.wire import CLOCK_AHEAD_MAX_MS, Operation, Receipt

APPLIED, CONFLICT, REJECTED = "applied", "conflict", "rejected"
TERMINAL_STATES: Mapping[str, frozenset[str]] = {
    "booking": frozenset({REQUESTED, GUARANTEED, CANCELLED}),
    "grant": frozenset({RELEASED}),
    "registration": frozenset({registration.PREPARED, registration.CLOSED}),
}


@dataclass(frozen=True)
class Sender:
    """The terminal whose operations these are."""

    terminal_id: str
    terminal_no: int
    site_id: str
    incarnation: str

    @property
    def origin(self) -> str:
        """How the feed names what this terminal already holds."""
        return f"{self.terminal_id}/{self.incarnation}"


@dataclass(frozen=True)
class Ingested:
    """Where the hub stands with a terminal's outbox, and what became of the operations just sent."""

    applied_through: int
    durable_through: int
    receipts: list[Receipt]


class _Rejection(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


@dataclass
class _Push:
    """One push while it is judged: the records it touches, and what must be written of it."""

    sender: Sender
    clock: HybridClock
    now_ms: int
    records: dict[str, dict[str, Standing]] = field(default_factory=dict)
    places: Places = field(default_factory=Places)
    receipts: list[tuple[Receipt, str]] = field(default_factory=list)
    sealed: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    losses: list[conflicts.Loss] = field(default_factory=list)

    def standings(self) -> list[Standing]:
        """Every record this push may have changed; bookings and grants are those of its places."""
        others = (held for kind, held in self.records.items() if kind not in {"booking", "grant"})
        return [*(one for held in others for one in held.values()), *self.places.standings()]


def check_clock(operations: Sequence[Operation], now_ms: int) -> None:
    """Refuses stamps of the future, before anything is applied.

    Raises:
        Refused: ``clock_ahead``, with the signed time that sets the terminal right.
    """
    limit_ms = now_ms + CLOCK_AHEAD_MAX_MS
    if any(stamp_ms(change.stamp) > limit_ms for operation in operations for change in operation.fields.values()):
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
    stored = _read_receipts(connection, sender, resent)
    restamped = [one for one in resent if one.seq in stored and _only_restamped(one, stored[one.seq])]
    push = _Push(sender, rows.read_clock(connection, now_ms), now_ms)
    _load_records(connection, push, [*restamped, *fresh])
    for operation in [*restamped, *fresh]:
        for change in operation.fields.values():
            push.clock.observe(change.stamp)
    receipts = [_resent_receipt(operation, stored.get(operation.seq)) for operation in resent]
    for operation in restamped:
        _judge(push, operation)
    fresh_receipts = [_judge(push, operation) for operation in fresh]
    _write(connection, push, [*zip(fresh_receipts, fresh, strict=True)], random)
    if fresh:
        applied_through = fresh[-1].seq
        upsert(connection, table_of(Position), [{**position, "applied_through": applied_through}])
    return Ingested(applied_through, position["durable_through"], [*receipts, *fresh_receipts])


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
    table = table_of(Position)
    query = table.select().where(table.c.terminal_id == sender.terminal_id, table.c.incarnation == sender.incarnation)
    row = connection.execute(query).mappings().first()
    if row is not None:
        return dict(row)
    return {
        "terminal_id": sender.terminal_id,
        "incarnation": sender.incarnation,
        "applied_through": 0,
        "durable_through": 0,
    }


def _read_receipts(connection: Connection, sender: Sender, resent: Sequence[Operation]) -> dict[int, Any]:
    if not resent:
        return {}
    table = table_of(StoredReceipt)
    query = table.select().where(
        table.c.terminal_id == sender.terminal_id,
        table.c.incarnation == sender.incarnation,
        table.c.seq.between(resent[0].seq, resent[-1].seq),
    )
    return {row.seq: row for row in connection.execute(query)}


def _resent_receipt(operation: Operation, stored: Any) -> Receipt:
    """The receipt given the first time; a different operation under an old number is told so."""
    if stored is None:
        return Receipt(seq=operation.seq, outcome=APPLIED)
    if stored.said.partition(".")[0] != _said(operation).partition(".")[0]:
        return Receipt(
            seq=operation.seq,
            outcome=REJECTED,
            code="other_operation",
            message="Un autre envoi porte déjà ce numéro : cette borne a sans doute été restaurée, refaites la saisie.",
        )
    return Receipt(
        seq=stored.seq,
        outcome=stored.outcome,
        code=stored.code,
        message=stored.message,
        lost=json.loads(stored.lost),
    )


def _only_restamped(operation: Operation, stored: Any) -> bool:
    """The same values under new stamps: the terminal's clock was set right before it had its receipt."""
    said, before = _said(operation), str(stored.said)
    return said != before and said.partition(".")[0] == before.partition(".")[0]


def _said(operation: Operation) -> str:
    values = [operation.kind, operation.id, {name: change.value for name, change in operation.fields.items()}]
    stamps = {name: change.stamp for name, change in operation.fields.items()}
    return f"{_short_hash(values)}.{_short_hash(stamps)}"


def _short_hash(thing: object) -> str:
    return hashlib.sha256(json.dumps(thing, sort_keys=True).encode()).hexdigest()[:16]


def _load_records(connection: Connection, push: _Push, operations: Sequence[Operation]) -> None:
    """Everything the push may touch, with two statements a kind, and the places of the slots it touches."""
    site_id = push.sender.site_id
    mine = [one for one in operations if one.site_id == site_id and one.kind in FIELDS]
    for kind in sorted({one.kind for one in mine} - {"grant"}):
        push.records[kind] = load(connection, kind, site_id, [one.id for one in mine if one.kind == kind])
    if not any(one.kind in {"booking", "grant"} for one in mine):
        return
    held = push.records.setdefault("booking", {})
    sent = [one.fields for one in mine if one.kind == "booking"]
    slot_ids = [one.values["slot_id"] for one in held.values()]
    slot_ids += [fields["slot_id"].value for fields in sent if "slot_id" in fields]
    grant_ids: list[Value] = [one.id for one in mine if one.kind == "grant"]
    grant_ids += [fields["grant_id"].value for fields in sent if "grant_id" in fields]
    push.places = Places.load(connection, site_id, slot_ids, grant_ids)
    push.places.frozen = grants.frozen(connection, site_id)
    push.records["grant"] = push.places.grants
    for booking in held.values():
        push.places.add(booking)


def _judge(push: _Push, operation: Operation) -> Receipt:
    """Applies one operation in memory, or rejects it; a bad one never holds up those behind it."""
    try:
        whole, sealed = _check(push, operation)
        lost = _apply(push, operation, whole)
    except _Rejection as rejection:
        return Receipt(seq=operation.seq, outcome=REJECTED, code=rejection.code, message=rejection.message)
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


def _check(push: _Push, operation: Operation) -> tuple[dict[str, Value], Sealed | None]:
    """Everything that can be wrong with one operation. Raises _Rejection.

    Returns the whole record as this operation alone would make it, and the sealed part.
    """
    fields = FIELDS.get(operation.kind)
    if fields is None:
        raise _Rejection("unknown_kind", "Le hub ne connaît pas ce type de fiche : mettez le hub à jour.")
    if operation.site_id != push.sender.site_id:
        raise _Rejection("wrong_site", "Cette fiche est celle d’un autre site : elle n’est pas envoyée d’ici.")
    if not operation.fields.keys() <= fields.terminal_may_write | {"gone"} or not fields.terminal_may_write:
        raise _Rejection("forbidden_field", "Une borne ne peut pas écrire ce champ : mettez la borne à jour.")
    if operation.kind == "grant":
        _check_grant(push, operation)
    if any(stamp_node(change.stamp) != push.sender.terminal_no for change in operation.fields.values()):
        raise _Rejection("foreign_stamp", "Cette écriture porte la marque d’une autre borne : refaites la saisie.")
    held = push.records[operation.kind].get(operation.id)
    whole = _check_values(push, operation, held)
    return whole, _check_sealed(push, operation, held)


def _check_grant(push: _Push, operation: Operation) -> None:
    """A terminal gives its own grants back, and does nothing else with any grant. Raises _Rejection."""
    if operation.fields.keys() != {"state"}:
        raise _Rejection("forbidden_field", "Une borne ne peut pas écrire ce champ : mettez la borne à jour.")
    held = push.records["grant"].get(operation.id)
    own = (push.sender.terminal_no, push.sender.incarnation)
    if held is None or (held.values["terminal_no"], held.values["incarnation"]) != own:
        raise _foreign_grant()
    if operation.fields["state"].value not in TERMINAL_STATES["grant"]:
        raise _Rejection("forbidden_state", "Seul le hub donne cette réponse : la borne ne peut pas l’écrire.")


def _foreign_grant() -> _Rejection:
    return _Rejection("foreign_grant", "Cette place n’est pas confiée à cette borne : refaites la saisie.")


def _check_values(push: _Push, operation: Operation, held: Standing | None) -> dict[str, Value]:
    values = {name: change.value for name, change in operation.fields.items()}
    before = held.values if held is not None else {}
    try:
        whole = FIELDS[operation.kind].model_validate({**before, **values}).values()
    except ValidationError as error:
        raise _Rejection("invalid", "Une valeur manque ou n’est pas permise : refaites la saisie.") from error
    state = whole.get("state")
    if state != before.get("state") and state not in TERMINAL_STATES[operation.kind]:
        raise _Rejection("forbidden_state", "Seul le hub donne cette réponse : la borne ne peut pas l’écrire.")
    if held is None and whole["terminal_no"] != push.sender.terminal_no:
        raise _Rejection("foreign_reference", "Cette référence est celle d’une autre borne : refaites la saisie.")
    if operation.kind == "booking":
        _check_promise(push, held, whole)
    return whole


def _check_promise(push: _Push, held: Standing | None, whole: dict[str, Value]) -> None:
    code = bookings.why_rejected(held, whole, push.places)
    if code == "foreign_grant":
        raise _foreign_grant()
    if code is not None:
        raise _Rejection(code, "Une valeur manque ou n’est pas permise : refaites la saisie.")


def _check_sealed(push: _Push, operation: Operation, held: Standing | None) -> Sealed | None:
    if operation.sealed is None:
        return None
    if not FIELDS[operation.kind].seals:
        raise _Rejection("sealed_unexpected", "Cette fiche ne porte pas de pli scellé : mettez la borne à jour.")
    try:
        sealed = Sealed.from_text(operation.sealed)
    except Refused as error:
        raise _Rejection("sealed_malformed", "Le pli scellé n’est pas lisible : refaites la saisie.") from error
    header = sealed.header
    if (header.kind, header.site_id, header.id) != (operation.kind, operation.site_id, operation.id):
        raise _Rejection("sealed_header", "Le pli scellé est celui d’une autre fiche : refaites la saisie.")
    if held is not None and held.values["terminal_no"] != push.sender.terminal_no:
        raise _Rejection("sealed_foreign", "Le pli scellé d’une fiche ne vient que de sa borne : refaites la saisie.")
    return sealed


def _apply(push: _Push, operation: Operation, whole: dict[str, Value]) -> list[str]:
    """Merges every field of an operation, then lets the hub answer. Returns the fields that lost."""
    fields = FIELDS[operation.kind]
    held = push.records[operation.kind].get(operation.id)
    standing = held or Standing(operation.kind, operation.site_id, operation.id)
    push.records[operation.kind][operation.id] = standing
    state_before = standing.values.get("state")
    for name in whole.keys() - operation.fields.keys():
        standing.values.setdefault(name, whole[name])
    lost = []
    for name, sent in operation.fields.items():
        change = Change(name, sent.value, sent.stamp, sent.base)
        verdict = merge.judge(fields.policy(name), standing.held(name), change, fields.transitions.get(name))
        if verdict.restamp:
            verdict = replace(verdict, stamp=push.clock.tick())
            standing.decide(name, verdict.value, verdict.stamp)
        elif verdict.changed:
            standing.accept(name, verdict.value, verdict.stamp)
        if verdict.lost is not None:
            push.losses.append(_loss(push, operation, name, verdict, verdict.lost))
            if verdict.lost.stamp == sent.stamp:
                lost.append(name)
    _answer(push, standing, state_before)
    if state_before is None and standing.values.get("state") == OVERRULED:
        push.losses.append(_overruled(push, operation, standing))
    return lost


def _overruled(push: _Push, operation: Operation, standing: Standing) -> conflicts.Loss:
    """A promise that could not be kept: a person of the hub must tell the visitor."""
    lost = merge.Lost(GUARANTEED, operation.fields["state"].stamp, merge.Policy.STATES, needs_person=True)
    kept = merge.Verdict(OVERRULED, standing.stamps["state"], changed=True)
    return _loss(push, operation, "state", kept, lost)


def _loss(push: _Push, operation: Operation, name: str, verdict: merge.Verdict, lost: merge.Lost) -> conflicts.Loss:
    return conflicts.Loss(
        kind=operation.kind,
        site_id=operation.site_id,
        record_id=operation.id,
        field=name,
        kept=(verdict.value, verdict.stamp),
        lost=lost,
        author=push.sender.terminal_id,
        author_no=push.sender.terminal_no,
    )


def _answer(push: _Push, standing: Standing, state_before: Value) -> None:
    """What the hub says at once to what it just applied."""
    if standing.kind == "booking":
        bookings.answer(standing, state_before, push.places, push.clock, push.now_ms)
    elif standing.kind == "grant":
        push.places.recount(str(standing.values["slot_id"]), push.clock)
    elif standing.kind == "registration" and standing.values["state"] == registration.PREPARED:
        standing.decide("state", registration.RECEIVED, push.clock.tick())
        standing.decide("received_at", utc_text(push.now_ms), push.clock.tick())


def _write(
    connection: Connection,
    push: _Push,
    judged: Sequence[tuple[Receipt, Operation]],
    random: Callable[[int], bytes],
) -> None:
    """Everything the push changed, one statement a table; the feed last."""
    sender = push.sender
    receipts = [
        {
            "terminal_id": sender.terminal_id,
            "incarnation": sender.incarnation,
            **receipt.model_dump(exclude={"lost"}),
            "lost": json.dumps(receipt.lost),
            "said": _said(operation),
        }
        for receipt, operation in judged
    ]
    if receipts:
        connection.execute(table_of(StoredReceipt).insert(), receipts)
    upsert(connection, table_of(SealedText), list(push.sealed.values()))
    conflicts.append(connection, push.now_ms, push.losses, random)
    standings = push.standings()
    if judged or any(standing.changed for standing in standings):
        rows.keep_clock(connection, push.clock)
    feed.publish_all(connection, standings, sender.origin)
