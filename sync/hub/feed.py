"""The change feed: everything that changes at the hub, numbered by part, in the order of commits.

One counter for each part (a site, or ``*`` for what is common), bumped inside the writing
transaction: a number is given only while nobody else can write, so a reader that has seen ``n``
has seen everything before it. A number taken before the write lock loses a quarter of the rows
(tests/sync/hub/test_feed.py shows it). The generation changes when history may have changed:
restore, failover. Mirror of ``sync/replica/outbox.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from sync.change import Value, new_id
from sync.errors import StorageError
from sync.fields import Fields
from sync.hub.database import (
    Random,
    check_reach,
    insert_all,
    insert_lines,
    read_meta,
    table_of,
    upsert_lines,
    write_meta,
)
from sync.hub.standing import Standing, load
from sync.hub.tables import Feed, FeedHead, RecordStamps
from sync.records import FIELDS, TABLES
from sync.stamped import Once, text_and_mark
from sync.wire import ENTRIES_PER_ROUND_MAX, FeedEntry

COMMON_PART = "*"
PAGE_CHARACTERS_MAX = 2 * 1024 * 1024
_JSON = msgspec.json.Encoder()
_FIELDS_OF_EARLIER = msgspec.json.Decoder(dict[str, list[Any]])
_NOTHING = "[{},{}]"
NO_TEXTS: Mapping[int, bytes] = {}

# Built once: building a statement costs more than running it, and every round runs these.
_FEED, _HEADS, _STAMPS = table_of(Feed), table_of(FeedHead), table_of(RecordStamps)
_OF_FEED = ("part", "n", "kind", "site_id", "id", "fields", "origin")
_OF_STAMPS = ("site_id", "kind", "id", "stamps", "mark")
_READ_HEADS = select(_HEADS).where(_HEADS.c.part.in_(bindparam("parts", expanding=True)))
_BUMP_HEAD = (
    update(_HEADS)
    .where(_HEADS.c.part == bindparam("of_part"))
    .values(n=_HEADS.c.n + bindparam("more"))
    .returning(_HEADS.c.n)
)
_READ_AFTER = (
    select(_FEED.c.n, _FEED.c.kind, _FEED.c.id, _FEED.c.fields)
    .where(_FEED.c.part == bindparam("part"), _FEED.c.n > bindparam("after"))
    .order_by(_FEED.c.n)
    .limit(bindparam("at_most"))
)
_READ_AFTER_OF_OTHERS = _READ_AFTER.where(_FEED.c.origin != bindparam("origin"))


@dataclass(frozen=True)
class Page:
    """What one reading of the feed gives: entries, where the reader stands now, and whether more waits.

    ``refill``: the reader stood below a tombstone that is not kept any more; this page begins everything anew.
    ``whole_through``: the parts that it reads from their beginning, and the number through which nothing is skipped.
    """

    entries: list[FeedEntry]
    checkpoints: dict[str, int]
    more: bool
    refill: bool = False
    whole_through: Mapping[str, int] = field(default_factory=dict)


_Told = tuple[Standing, str, str]
"""One entry about to be numbered: its record, its fields as they are told, its origin."""


def publish(
    connection: Connection,
    part: str,
    kind: str,
    site_id: str,
    record_id: str,
    fields: Mapping[str, tuple[Value, str]],
    origin: str = "",
) -> None:
    """Writes fields of one record and publishes them: row, stamps, feed entry, head.

    Args:
        connection: of a writing transaction.
        part: the site of the record, or ``*``.
        kind: kind of the record.
        site_id: its site.
        record_id: its identifier.
        fields: value and stamp of each field to set; a new record needs every mandatory one.
        origin: ``terminal_id/incarnation`` that already holds these values, empty for the hub.
    """
    if part != site_id:
        raise ValueError("a record is published in the part of its site")
    standing = load(connection, kind, site_id, [record_id]).get(record_id) or Standing(kind, site_id, record_id)
    for name, (value, stamp) in fields.items():
        if origin:
            standing.accept(name, value, stamp)
        else:
            standing.decide(name, value, stamp)
    publish_all(connection, [standing], origin)


def publish_all(
    connection: Connection, standings: Iterable[Standing], origin: str = "", texts: Mapping[int, bytes] = NO_TEXTS
) -> None:
    """Writes and publishes every changed record: one statement a kind, one for stamps, one for the feed.

    Values are validated here a last time, unless they are as they were when they were, so that no other way into the
    tables exists.

    Args:
        connection: of a writing transaction.
        standings: the records; those that did not change are left out.
        origin: as for ``publish``.
        texts: JSON of the values of what made a record, by the identity of its ``said``, where somebody has it.
    """
    changed = [standing for standing in standings if standing.changed]
    if not changed:
        return
    for kind in sorted({standing.kind for standing in changed}):
        names = tuple(FIELDS[kind].model_fields)
        values_of = itemgetter(*names)
        lines = [(one.site_id, one.id, *values_of(_whole(one).values)) for one in changed if one.kind == kind]
        upsert_lines(connection, table_of(TABLES[kind]), ("site_id", "id", *names), lines)
    upsert_lines(connection, _STAMPS, _OF_STAMPS, [*map(_stamps_line, changed)])
    told: list[_Told] = []
    for standing in changed:
        if standing.said is not None or standing.by_terminal:
            told.append((standing, _said_by_terminal(standing, texts), origin))
        if standing.by_hub:
            told.append((standing, _text_of(standing.by_hub, standing), ""))
    _append(connection, told)


def _said_by_terminal(standing: Standing, texts: Mapping[int, bytes]) -> str:
    """What a terminal said of a record, as it travels; of a new record under one stamp the text is there already."""
    said = standing.said
    if said is None:
        return _text_of(standing.by_terminal, standing)
    if standing.over:
        stamps = said.by_field()
        return _text_of({name: (value, stamps[name]) for name, value in said.values.items()}, standing)
    text = texts.get(id(said)) or _JSON.encode(said.values)
    return f'["{said.one_stamp}",{text.decode()}]'


def _text_of(fields: Mapping[str, tuple[Value, str]], standing: Standing) -> str:
    """Fields as they travel (``sync.fields``), with the stamps of what somebody lost."""
    values = {name: value for name, (value, _) in fields.items()}
    stamps = {name: stamp for name, (_, stamp) in fields.items()}
    return Fields.of(values, stamps, {name: standing.over.get(name) for name in fields}).to_text()


def read_after(
    connection: Connection,
    checkpoints: Mapping[str, int],
    parts: Iterable[str],
    origin: str,
    whole_through: Mapping[str, int] | None = None,
) -> Page:
    """Reads what is new for one terminal, at most ``ENTRIES_PER_ROUND_MAX`` entries or 2 Mi characters.

    A checkpoint beyond the head (a terminal ahead of the hub) counts as none, and so do all of them when one is below
    the floor of its part, unless the reader is on its way from the beginning. Entries of ``origin``
    are skipped, except for a reader that starts without checkpoint: it may have lost what it wrote.

    Args:
        connection: of a reading transaction, so that heads and entries belong together.
        checkpoints: the last number the reader has, by part.
        parts: what it may see.
        origin: its ``terminal_id/incarnation``.
        whole_through: what the page before said, when the reader is on its way from the beginning; a number that it
            has reached says nothing.
    """
    wanted = sorted(parts)
    found = {row.part: row for row in connection.execute(_READ_HEADS, {"parts": wanted})}
    heads = {part: found[part].n if part in found else 0 for part in wanted}
    entries: list[FeedEntry] = []
    reached = {part: _in_history(checkpoints.get(part, 0), heads[part]) for part in wanted}
    on_its_way = {} if whole_through is None else whole_through
    whole = {part: through for part, through in on_its_way.items() if 0 < reached.get(part, 0) < through}
    refill = any(0 < reached[part] < found[part].floor and part not in whole for part in found)
    if refill:
        reached = dict.fromkeys(wanted, 0)
    room = PAGE_CHARACTERS_MAX
    for part in wanted:
        after, left = reached[part], ENTRIES_PER_ROUND_MAX - len(entries)
        if after == heads[part]:
            continue
        if left == 0 or room <= 0:
            return Page(entries, reached, more=True, refill=refill, whole_through=whole)
        if after == 0:
            whole[part] = heads[part]
        skipped = origin if after >= whole.get(part, 0) else ""
        page, through, room = _read_part(connection, part, after, skipped, left, room)
        entries += page
        if through is not None:
            return Page(entries, {**reached, part: through}, more=True, refill=refill, whole_through=whole)
        reached[part] = heads[part]
        whole.pop(part, None)
    return Page(entries, reached, more=False, refill=refill)


def as_entries(connection: Connection, site_id: str, standings: Iterable[Standing]) -> list[FeedEntry]:
    """Whole records of a site as the feed would tell them now, for an answer outside a round."""
    head = max(1, read_heads(connection, [site_id])[site_id])
    return [
        FeedEntry(n=head, kind=one.kind, site_id=site_id, id=one.id, told=Fields.of(_stamped(one), one.stamps, {}))
        for one in standings
    ]


def _stamped(one: Standing) -> dict[str, Value]:
    return {name: one.values[name] for name in one.stamps}


def read_heads(connection: Connection, parts: Iterable[str]) -> dict[str, int]:
    """The newest number of each part; 0 where nothing was ever published."""
    wanted = list(parts)
    rows = connection.execute(_READ_HEADS, {"parts": wanted})
    return {**dict.fromkeys(wanted, 0), **{row.part: row.n for row in rows}}


def read_generation(connection: Connection) -> str:
    """The identifier of this history of the hub."""
    generation = read_meta(connection, "generation")
    if generation is None:
        raise StorageError("La base du hub n’est pas complète : lancez « point-contact hub migrate ».")
    return generation


def renew_generation(connection: Connection, now_ms: int, random: Random) -> str:
    """Begins a new generation: after a restore or a failover, when terminals may know more than the hub."""
    generation = new_id(now_ms, random(10))
    write_meta(connection, "generation", generation)
    return generation


def publish_ends(connection: Connection, site_id: str, kind: str, ids: Iterable[str]) -> list[int]:
    """Publishes that records of a site were destroyed: entries without fields. Returns their numbers, in order."""
    ended = list(ids)
    numbered = list(enumerate(ended, start=_take_numbers(connection, site_id, len(ended))))
    rows = [
        {
            "part": site_id,
            "n": n,
            "kind": kind,
            "site_id": site_id,
            "id": record_id,
            "fields": _NOTHING,
            "origin": "",
        }
        for n, record_id in numbered
    ]
    insert_all(connection, _FEED, rows)
    return [n for n, _ in numbered]


def _append(connection: Connection, told: list[_Told]) -> None:
    """Numbers the entries, part by part, and writes them. The last thing a transaction does."""
    lines = []
    for part in sorted({standing.site_id for standing, _, _ in told}):
        mine = [one for one in told if one[0].site_id == part]
        first = _take_numbers(connection, part, len(mine))
        lines += [
            (part, n, standing.kind, part, standing.id, text, origin)
            for n, (standing, text, origin) in enumerate(mine, start=first)
        ]
    insert_lines(connection, _FEED, _OF_FEED, lines)


def _take_numbers(connection: Connection, part: str, count: int) -> int:
    """The first of ``count`` numbers in a row, taken from the part's counter."""
    check_reach(connection, part)
    n = connection.execute(_BUMP_HEAD, {"of_part": part, "more": count}).scalar()
    if n is None:
        n = count
        connection.execute(insert(_HEADS), {"part": part, "n": n})
    return int(n) - count + 1


def _read_part(
    connection: Connection, part: str, after: int, origin: str, limit: int, room: int
) -> tuple[list[FeedEntry], int | None, int]:
    """Entries of one part, where they were cut (``None`` when they were not), and the room left in characters."""
    asked = {"part": part, "after": after, "at_most": limit + 1}
    found = (
        connection.execute(_READ_AFTER_OF_OTHERS, {**asked, "origin": origin})
        if origin
        else connection.execute(_READ_AFTER, asked)
    )
    entries: list[FeedEntry] = []
    for n, kind, record_id, text in found:
        if len(entries) == limit or room <= 0:
            return entries, entries[-1].n, room
        room -= len(text)
        entries.append(FeedEntry(n=n, kind=kind, site_id=part, id=record_id, told=_told(text)))
    return entries, None, room


def _told(text: str) -> Any:
    """The fields of an entry as the hub wrote them, which is how they travel: they are not read here.

    Earlier versions wrote ``{name: [value, stamp, over?]}``.
    """
    if text.startswith("["):
        return msgspec.Raw(text)
    fields = _FIELDS_OF_EARLIER.decode(text)
    values = {name: value for name, (value, *_) in fields.items()}
    stamps = {name: stamp for name, (_, stamp, *_) in fields.items()}
    return Fields.of(values, stamps, {name: over[0] if over else None for name, (_, _, *over) in fields.items()})


def _in_history(checkpoint: int, head: int) -> int:
    return checkpoint if 0 <= checkpoint <= head else 0


def _whole(standing: Standing) -> Standing:
    """The standing record, validated, its unset fields at their defaults."""
    if not standing.checked:
        standing.values = FIELDS[standing.kind].whole(standing.values)
        standing.checked = True
    return standing


def _stamps_line(standing: Standing) -> tuple[str | int, ...]:
    stamps = standing.stamps if standing.once is None else Once(standing.once, tuple(standing.stamps))
    text, mark = text_and_mark((standing.kind, standing.site_id, standing.id), stamps)
    return standing.site_id, standing.kind, standing.id, text, mark
