"""Applying pulled entries: whatever the order and the pieces, the newest stamp of each field stands."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from sync.clock import make_stamp
from sync.digest import digest_of
from sync.replica import apply, rows, schema
from sync.replica.database import ReplicaDatabase
from sync.wire import FeedEntry, FeedField, FieldChange
from tests.sync.replica.stand_in import SITE, an_event

TITLES = ("Atelier", "Forum", "Salon")
PLACES = ("Mairie", "Médiathèque")


def entries_of(chance: random.Random) -> list[FeedEntry]:
    """Five events, each created whole, then changed field by field with stamps in any order."""
    made = []
    for n in range(5):
        created = {name: FeedField(value=value, stamp=make_stamp(0, n, 0)) for name, value in an_event().items()}  # type: ignore[arg-type]
        made.append(FeedEntry(part=SITE, n=n + 1, kind="event", site_id=SITE, id=f"e-{n}", fields=created))
    stamps = [make_stamp(ms, 0, node) for ms in range(1, 20) for node in (0, 1, 2)]
    chance.shuffle(stamps)
    for n, stamp in enumerate(stamps, start=6):
        name, values = chance.choice((("title", TITLES), ("place", PLACES)))
        changed = {name: FeedField(value=chance.choice(values), stamp=stamp)}
        event = f"e-{chance.randrange(5)}"
        made.append(FeedEntry(part=SITE, n=n, kind="event", site_id=SITE, id=event, fields=changed))
    return made


def expected(entries: list[FeedEntry]) -> dict[tuple[str, str], object]:
    """The rule, said once more and simply."""
    newest: dict[tuple[str, str], FeedField] = {}
    for entry in entries:
        for name, given in entry.fields.items():
            if (entry.id, name) not in newest or given.stamp > newest[entry.id, name].stamp:
                newest[entry.id, name] = given
    return {key: given.value for key, given in newest.items()}


@pytest.mark.parametrize("seed", range(12))
def test_any_order_and_any_pieces_end_the_same(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    entries = entries_of(chance)
    digests = []
    for way in range(2):
        database = ReplicaDatabase.open(tmp_path / f"{way}.db", bytes(32), reserve_bytes=4096)
        schema.migrate(database)
        created, changes = entries[:5], entries[5:]
        chance.shuffle(changes)
        queue = created + changes + chance.sample(changes, 10)
        while queue:
            size = chance.randrange(1, 12)
            with database.write() as connection:
                apply.apply(connection, queue[:size], {}, 0)
            queue = queue[size:]
        with database.read() as connection:
            held = {
                (record_id, name): v
                for record_id, row in rows.list_rows(connection, "event")
                for name, v in row.items()
            }
            digests.append(digest_of(rows.every_stamp(connection)))
        database.close()
        wanted = expected(entries)
        assert {key: held[key] for key in wanted} == wanted
    assert digests[0] == digests[1]


def test_a_pending_value_that_loses_is_journaled_once(tmp_path: Path) -> None:
    database = ReplicaDatabase.open(tmp_path / "replica.db", bytes(32), reserve_bytes=4096)
    schema.migrate(database)
    entries = entries_of(random.Random(1))
    key = ("event", SITE, "e-0")
    pending = {(key, "title"): FieldChange(value="Local", stamp=make_stamp(0, 9, 1))}
    newer = FeedEntry(
        part=SITE, n=90, kind="event", site_id=SITE, id="e-0",
        fields={"title": FeedField(value="Hub", stamp=make_stamp(99, 0, 0))},
    )  # fmt: skip
    with database.write() as connection:
        apply.apply(connection, entries[:5], {}, 0)
        for _ in range(2):
            apply.apply(connection, [newer], pending, 0)
        assert apply.conflict_count(connection) == 1
    database.close()
