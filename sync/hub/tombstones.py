"""Records that are destroyed at the end of their time: what is left of one is its name, until everybody has heard.

A tombstone is a feed entry without fields. Everything else of the record goes in the same transaction: its row and
stamps, what was typed, its fingerprint, its pairs, the changes that waited for it, and what the feed still said of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, Connection, Table, exists, func, select

from sync.hub import feed, sealed_texts
from sync.hub.caller import Caller
from sync.hub.database import insert_all, table_of
from sync.hub.tables import Alike, Early, Feed, FeedHead, RecordStamps, Terminal, Tombstone
from sync.records import TABLES
from sync.wire import RoundRequest

ALIKE, EARLY, FEED, HEADS = table_of(Alike), table_of(Early), table_of(Feed), table_of(FeedHead)
STAMPS, TERMINALS, TOMBSTONES = table_of(RecordStamps), table_of(Terminal), table_of(Tombstone)
IDS_PER_STATEMENT_MAX = 500
NOTHING_HEARD = 0

Key = tuple[str, str]
"""Kind, record id."""


def heard(caller: Caller, message: RoundRequest) -> int:
    """The feed number through which a terminal says that it holds everything; 0 when it speaks of another history."""
    if message.generation != caller.generation:
        return NOTHING_HEARD
    said = message.checkpoints.get(caller.site_id, NOTHING_HEARD)
    return said if 0 <= said <= caller.head else NOTHING_HEARD


def bury(connection: Connection, now_ms: int, site_id: str, keys: Collection[Key]) -> None:
    """Destroys records of one site, everything of them, and publishes that they are gone.

    Args:
        connection: of a writing transaction.
        now_ms: milliseconds since 1970.
        site_id: their site.
        keys: kind and id of each.
    """
    for kind, ids in _by_kind(keys):
        records = table_of(TABLES[kind])
        connection.execute(records.delete().where(records.c.site_id == site_id, records.c.id.in_(ids)))
        for table in (STAMPS, EARLY, FEED):
            connection.execute(table.delete().where(_of(table, site_id, kind, ids)))
        sealed_texts.destroy(connection, site_id, [(kind, record_id) for record_id in ids])
        if kind == "registration":
            connection.execute(ALIKE.delete().where(ALIKE.c.one.in_(ids) | ALIKE.c.other.in_(ids)))
        numbers = feed.publish_ends(connection, site_id, kind, ids)
        connection.execute(TOMBSTONES.delete().where(_of(TOMBSTONES, site_id, kind, ids)))
        told = zip(ids, numbers, strict=True)
        insert_all(
            connection,
            TOMBSTONES,
            [{"site_id": site_id, "kind": kind, "id": one, "n": n, "at_ms": now_ms} for one, n in told],
        )


def some(site_id: str) -> ColumnElement[bool]:
    """The column of a query: whether any destroyed record of a site is still known."""
    return exists().where(TOMBSTONES.c.site_id == site_id)


def buried(connection: Connection, site_id: str, ids: Iterable[str]) -> set[Key]:
    """Which of these records were destroyed, as far as that is still known; one statement, none without ids."""
    wanted = sorted(set(ids))
    if not wanted:
        return set()
    query = select(TOMBSTONES.c.kind, TOMBSTONES.c.id).where(
        TOMBSTONES.c.site_id == site_id, TOMBSTONES.c.id.in_(wanted)
    )
    return {(row.kind, row.id) for row in connection.execute(query)}


def collect(connection: Connection, site_id: str) -> int:
    """Forgets the tombstones that every terminal of a site, not revoked, has heard of; returns how many.

    Whoever stands below them from then on (a disk put back, a terminal that was never told) reads everything again.
    """
    present = (TERMINALS.c.site_id == site_id) & TERMINALS.c.revoked_ms.is_(None)
    least = connection.execute(select(func.min(TERMINALS.c.heard_through)).where(present)).scalar()
    passed = TOMBSTONES.c.site_id == site_id
    if least is not None:  # a site without any terminal has nobody to tell
        passed &= TOMBSTONES.c.n <= least
    floor = connection.execute(select(func.max(TOMBSTONES.c.n)).where(passed)).scalar()
    if floor is None:
        return 0
    numbers = select(TOMBSTONES.c.n).where(passed)
    connection.execute(FEED.delete().where(FEED.c.part == site_id, FEED.c.n.in_(numbers)))
    connection.execute(HEADS.update().where(HEADS.c.part == site_id, HEADS.c.floor < floor).values(floor=floor))
    return connection.execute(TOMBSTONES.delete().where(passed)).rowcount


def _by_kind(keys: Collection[Key]) -> Iterable[tuple[str, list[str]]]:
    """Ids by kind, in pieces that one statement can hold."""
    for kind in sorted({kind for kind, _ in keys}):
        ids = sorted({record_id for of, record_id in keys if of == kind})
        for at in range(0, len(ids), IDS_PER_STATEMENT_MAX):
            yield kind, ids[at : at + IDS_PER_STATEMENT_MAX]


def _of(table: Table, site_id: str, kind: str, ids: list[str]) -> ColumnElement[bool]:
    here = table.c.part if table is FEED else table.c.site_id
    return (here == site_id) & (table.c.kind == kind) & table.c.id.in_(ids)
