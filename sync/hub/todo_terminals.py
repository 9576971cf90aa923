"""Terminals that need a person: a disk put back or copied, two that live, one missed since a restore of the hub, and
what a revoked one still sends."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from sync.change import made_ms
from sync.hub import accounts, doubled, grants, quarantine, redrawn, todo_words
from sync.hub.database import table_of
from sync.hub.feed import read_generation
from sync.hub.french_time import read_utc
from sync.hub.matter import PAST_MS, Act, Matter, Scene, nothing
from sync.hub.tables import Redrawn, Terminal
from sync.promise import PLACED

MISSED_AFTER_MS = 60 * 60 * 1000
"""A terminal that has its network reports within minutes."""
REDRAWN, TERMINALS = table_of(Redrawn), table_of(Terminal)


def redrawn_matters(scene: Scene) -> Iterator[Matter]:
    """The terminals that came back with a new incarnation, and the appointments that their old self promised."""
    query = (
        select(REDRAWN, TERMINALS.c.terminal_no)
        .select_from(REDRAWN.outerjoin(TERMINALS, REDRAWN.c.terminal_id == TERMINALS.c.terminal_id))
        .where(REDRAWN.c.settled_ms.is_(None))
        .order_by(REDRAWN.c.at_ms, REDRAWN.c.terminal_id)
    )
    two = doubled.since(scene.connection, scene.site_id)
    for row in scene.connection.execute(query):
        if not scene.wants(row.site_id):
            continue
        names, first, alive = _at_risk(scene, row)
        if row.terminal_id in two and not names:
            continue  # each of the two begins anew whenever the other has spoken: one line says so
        left = redrawn.left_over(scene.connection, scene.now_ms, row.terminal_id)
        past = row.at_ms < scene.now_ms - PAST_MS and not alive and not left
        yield Matter(
            id=f"redrawn.{row.terminal_id}.{row.incarnation}",
            kind="redrawn",
            site_id=row.site_id,
            since_ms=row.at_ms,
            words=todo_words.redrawn(row.terminal_no, names, len(left)),
            acts={"checked": nothing, "write_off": _write_off(row.site_id, left)},
            role=accounts.EXPLOITATION,
            due_at=first,
            records=tuple(json.loads(row.at_risk)),
            over="past" if past else None,
            close=_close_redrawn(row.terminal_id, row.incarnation),
        )


def doubled_matters(scene: Scene) -> Iterator[Matter]:
    """The terminals of which two copies live."""
    for terminal_id, (terminal_no, site_id, since_ms) in doubled.since(scene.connection, scene.site_id).items():
        yield Matter(
            id=f"doubled.{terminal_id}",
            kind="doubled",
            site_id=site_id,
            since_ms=since_ms,
            words=todo_words.doubled(terminal_no),
            acts={"single": _end_doubled(terminal_id)},
            role=accounts.EXPLOITATION,
        )


def frozen_matters(scene: Scene) -> Iterator[Matter]:
    """The sites that give no place away, an hour after the hub was restored: terminals are missed."""
    generation = read_generation(scene.connection)
    since_ms = made_ms(generation)
    if scene.now_ms < since_ms + MISSED_AFTER_MS:
        return
    query = (
        select(TERMINALS.c.site_id, TERMINALS.c.terminal_no)
        .where(TERMINALS.c.revoked_ms.is_(None), TERMINALS.c.reported_generation.is_distinct_from(generation))
        .order_by(TERMINALS.c.site_id, TERMINALS.c.terminal_no)
    )
    missed: dict[str, list[int]] = {}
    for row in scene.connection.execute(query):
        missed.setdefault(row.site_id, []).append(row.terminal_no)
    for site_id, numbers in missed.items():
        if scene.wants(site_id):
            yield Matter(
                id=f"frozen.{site_id}",
                kind="frozen",
                site_id=site_id,
                since_ms=since_ms,
                words=todo_words.frozen(numbers),
                acts={},
                role=accounts.EXPLOITATION,
            )


def quarantine_matters(scene: Scene) -> Iterator[Matter]:
    """The revoked terminals that have sent something since: all of one terminal is one line."""
    held: dict[str, list[quarantine.HeldBack]] = {}
    for one in quarantine.list_held(scene.connection, scene.site_id):
        held.setdefault(one.terminal_id, []).append(one)
    for terminal_id, waiting in sorted(held.items()):
        records = {(one.kind, one.record_id) for one in waiting}
        yield Matter(
            id=f"quarantine.{terminal_id}",
            kind="quarantine",
            site_id=waiting[0].site_id,
            since_ms=min(one.received_ms for one in waiting),
            words=todo_words.quarantine(waiting[0].terminal_no, Counter(kind for kind, _ in records), len(waiting)),
            acts={"take": _take(terminal_id), "drop": _drop(terminal_id)},
            role=accounts.EXPLOITATION,
            records=tuple(sorted(record_id for _, record_id in records)),
        )


def _end_doubled(terminal_id: str) -> Act:
    def act(connection: Connection, now_ms: int, who: str) -> None:
        doubled.end(connection, now_ms, terminal_id, who)

    return act


def _take(terminal_id: str) -> Act:
    def act(connection: Connection, now_ms: int, who: str) -> None:
        quarantine.take(connection, now_ms, terminal_id, who)

    return act


def _drop(terminal_id: str) -> Act:
    def act(connection: Connection, now_ms: int, who: str) -> None:
        quarantine.drop(connection, now_ms, terminal_id, who)

    return act


def _write_off(site_id: str, grant_ids: list[str]) -> Act:
    def act(connection: Connection, now_ms: int, who: str) -> None:
        for grant_id in grant_ids:
            grants.write_off(connection, now_ms, site_id, grant_id, who)

    return act


def _at_risk(scene: Scene, row: Any) -> tuple[tuple[str, ...], str | None, bool]:
    """The appointments at risk as the list names them, the first one's hour, and whether one may still take place."""
    names, starts, alive = [], [], False
    for booking_id in json.loads(row.at_risk):
        booking = scene.one("booking", row.site_id, booking_id)
        if booking is None or booking.values["state"] not in PLACED:
            continue
        slot = scene.one("slot", row.site_id, booking.values["slot_id"])
        at = None if slot is None else str(slot.values["starts_at"])
        zone = scene.zone(row.site_id)
        names.append(todo_words.booking_name(at, zone, booking.values["reason"], booking.values["terminal_no"]))
        if at is not None:
            starts.append(at)
        alive = alive or at is None or read_utc(at).timestamp() * 1000 > scene.now_ms - PAST_MS
    return tuple(names), min(starts, default=None), alive


def _close_redrawn(terminal_id: str, incarnation: str) -> Act:
    def act(connection: Connection, now_ms: int, who: str) -> None:
        this = (REDRAWN.c.terminal_id == terminal_id) & (REDRAWN.c.incarnation == incarnation)
        connection.execute(REDRAWN.update().where(this).values(settled_ms=now_ms, settled_by=who))

    return act
