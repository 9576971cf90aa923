"""Pairs of registrations that may be one person's: found by keyed fingerprints, never merged, settled by a person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, select

from sync.hub import accounts, rows, todo_words
from sync.hub.database import table_of, upsert
from sync.hub.french_time import read_utc
from sync.hub.matter import DAY_MS, Act, Matter, Scene
from sync.hub.standing import Standing
from sync.hub.tables import Alike, Fingerprint, SealedText
from sync.records.registration import CLOSED, STATES, TAKEN_BACK

ALIKE, FINGERPRINTS, SEALED = table_of(Alike), table_of(Fingerprint), table_of(SealedText)
Pair = Row[Any]
KIND = "registration"
NOTHING_TO_COMPARE = ""
"""The fingerprint of what was opened and holds no name or no birth date: it is like nothing, and not opened again."""


def note_pairs(connection: Connection, now_ms: int) -> int:
    """Notes every pair of registrations with one fingerprint that is not noted yet; returns how many.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
    """
    one, other = FINGERPRINTS.alias("one"), FINGERPRINTS.alias("other")
    known = select(ALIKE.c.one).where(ALIKE.c.one == one.c.id, ALIKE.c.other == other.c.id)
    query = (
        select(one.c.id, one.c.site_id, other.c.id.label("other"), other.c.site_id.label("other_site_id"))
        .select_from(one.join(other, (one.c.value == other.c.value) & (one.c.kind == other.c.kind)))
        .where(one.c.kind == KIND, one.c.value != NOTHING_TO_COMPARE, one.c.id < other.c.id, ~known.exists())
    )
    pairs = [
        {"one": row.id, "other": row.other, "site_id": row.site_id, "other_site_id": row.other_site_id, "at_ms": now_ms}
        for row in connection.execute(query)
    ]
    upsert(connection, ALIKE, pairs)
    return len(pairs)


def compare_matters(scene: Scene) -> Iterator[Matter]:
    """The sites where a preparation has waited a day to be compared with the others (``duplicates.look``)."""
    same = [FINGERPRINTS.c[name] == SEALED.c[name] for name in ("kind", "site_id", "id")]
    query = (
        select(SEALED.c.site_id, func.count().label("number"), func.min(SEALED.c.received_ms).label("since_ms"))
        .where(SEALED.c.kind == KIND, ~select(FINGERPRINTS.c.id).where(*same).exists())
        .group_by(SEALED.c.site_id)
        .order_by(SEALED.c.site_id)
    )
    for row in scene.connection.execute(query):
        if scene.wants(row.site_id) and row.since_ms <= scene.now_ms - DAY_MS:
            yield Matter(
                id=f"compare.{row.site_id}",
                kind="compare",
                site_id=row.site_id,
                since_ms=row.since_ms,
                words=todo_words.compare(row.number),
                acts={},
                role=accounts.INSTRUCTION,
            )


def alike_matters(scene: Scene) -> Iterator[Matter]:
    """The pairs of which nobody has said yet whether they are one person."""
    query = select(ALIKE).where(ALIKE.c.settled_ms.is_(None)).order_by(ALIKE.c.at_ms, ALIKE.c.one, ALIKE.c.other)
    for row in scene.connection.execute(query):
        if not (scene.wants(row.site_id) or scene.wants(row.other_site_id)):
            continue
        pair = (scene.one(KIND, row.site_id, row.one), scene.one(KIND, row.other_site_id, row.other))
        ends = [one for one in pair if one is None or one.values["gone"] or one.values["state"] in {CLOSED, TAKEN_BACK}]
        words = todo_words.alike(*(_made(scene, one) for one in pair))
        yield Matter(
            id=f"alike.{row.one}.{row.other}",
            kind="alike",
            site_id=row.site_id,
            since_ms=row.at_ms,
            words=words,
            acts={
                "same": _say(row, same=True),
                "same_close": _say_and_close(row, pair),
                "different": _say(row, same=False),
            },
            role=accounts.INSTRUCTION,
            records=(row.one, row.other),
            over="closed_since" if ends else None,
            close=_close(row),
        )


def linked(connection: Connection, record_id: str) -> list[str]:
    """The registrations that a person said to be the same person's as this one."""
    query = select(ALIKE.c.one, ALIKE.c.other).where(
        ALIKE.c.same.is_(True), (ALIKE.c.one == record_id) | (ALIKE.c.other == record_id)
    )
    return sorted({*(name for row in connection.execute(query) for name in row)} - {record_id})


def _made(scene: Scene, registration: Standing | None) -> str:
    """When and where a registration was made, as the list says it."""
    if registration is None:
        return "une préparation détruite depuis"
    values = registration.values
    when = todo_words.moment(str(values["created_at"]), scene.zone(registration.site_id))
    return f"celle du {when} ({scene.place(registration.site_id)}, borne n° {values['terminal_no']})"


def _this(row: Pair) -> ColumnElement[bool]:
    return and_(ALIKE.c.one == row.one, ALIKE.c.other == row.other)


def _say(row: Pair, *, same: bool) -> Act:
    def act(connection: Connection, _now_ms: int, _who: str) -> None:
        connection.execute(ALIKE.update().where(_this(row)).values(same=same))

    return act


def _say_and_close(row: Pair, pair: tuple[Standing | None, Standing | None]) -> Act:
    """The newer registration stays; the older one is closed, when its state may still become that."""

    def act(connection: Connection, now_ms: int, who: str) -> None:
        _say(row, same=True)(connection, now_ms, who)
        both = [one for one in pair if one is not None]
        older = min(both, key=lambda one: (read_utc(str(one.values["created_at"])), one.id))
        if CLOSED in STATES.get(str(older.values["state"]), ()):
            rows.write_as_hub(connection, now_ms, KIND, older.site_id, older.id, {"state": CLOSED})
            accounts.audit(
                connection, now_ms, who, "registration.set", f"{KIND}/{older.site_id}/{older.id}", f"alike,{CLOSED}"
            )

    return act


def _close(row: Pair) -> Act:
    def act(connection: Connection, now_ms: int, who: str) -> None:
        connection.execute(ALIKE.update().where(_this(row)).values(settled_ms=now_ms, settled_by=who))

    return act
