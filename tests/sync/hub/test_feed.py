"""The change feed: numbered inside the write lock, so that no reader ever skips anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from sync.change import Value
from sync.clock import make_stamp
from sync.hub import feed, rows
from sync.hub.database import HubDatabase, table_of
from sync.hub.database_place import database_of
from sync.hub.tables import FeedHead
from sync.wire import ENTRIES_PER_ROUND_MAX
from tests.sync.hub.stand import prepare_database

SITE_FIELDS: dict[str, tuple[Value, str]] = {"name": ("Mairie", make_stamp(1, 0, 0))}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[HubDatabase]:
    prepare_database(tmp_path)
    opened = HubDatabase.open(database_of(tmp_path))
    yield opened
    opened.close()


def publish_site(connection: Connection, record_id: str, origin: str = "") -> None:
    feed.publish(connection, "a", "site", "a", record_id, SITE_FIELDS, origin)


def test_publishing_writes_row_stamps_entry_and_head(database: HubDatabase) -> None:
    with database.write() as connection:
        publish_site(connection, "a")
    with database.read() as connection:
        found = rows.read(connection, "site", "a", "a")
        page = feed.read_after(connection, {}, ["a"], "")
        assert feed.read_heads(connection, ["a", "b"]) == {"a": 1, "b": 0}
    assert found is not None
    assert (found["name"], found["zone"]) == ("Mairie", "Europe/Paris")
    [entry] = page.entries
    assert (entry.site_id, entry.n, entry.kind, entry.id) == ("a", 1, "site", "a")
    assert (entry.fields["name"].value, entry.fields["name"].stamp) == SITE_FIELDS["name"]


def test_a_record_is_published_in_the_part_of_its_site_only(database: HubDatabase) -> None:
    with database.write() as connection, pytest.raises(ValueError, match="part of its site"):
        feed.publish(connection, "*", "site", "a", "a", SITE_FIELDS)


def test_every_part_counts_for_itself(database: HubDatabase) -> None:
    with database.write() as connection:
        for site_id in ("a", "b", "b"):
            feed.publish(connection, site_id, "site", site_id, "x", SITE_FIELDS)
        assert feed.read_heads(connection, ["a", "b"]) == {"a": 1, "b": 2}
        page = feed.read_after(connection, {"a": 1, "b": 1}, ["a", "b"], "")
    assert ([entry.n for entry in page.entries], page.checkpoints, page.more) == ([2], {"a": 1, "b": 2}, False)


def test_an_undone_transaction_leaves_no_hole(database: HubDatabase) -> None:
    def fail() -> None:
        with database.write() as connection:
            publish_site(connection, "lost")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.write() as connection:
        publish_site(connection, "kept")
    with database.read() as connection:
        page = feed.read_after(connection, {}, ["a"], "")
    assert [(entry.n, entry.id) for entry in page.entries] == [(1, "kept")]


def test_a_reader_skips_what_it_wrote_and_moves_past_it(database: HubDatabase) -> None:
    with database.write() as connection:
        publish_site(connection, "x1", "t/1")
        publish_site(connection, "x2", "t/1")
        publish_site(connection, "x3", "other/1")
        publish_site(connection, "x4", "t/1")
        page = feed.read_after(connection, {"a": 1}, ["a"], "t/1")
    assert ([entry.id for entry in page.entries], page.checkpoints) == (["x3"], {"a": 4})


def test_a_page_is_cut_at_its_limit_and_goes_on_where_it_stopped(database: HubDatabase) -> None:
    size = ENTRIES_PER_ROUND_MAX + 5
    with database.write() as connection:
        for part in ("a", "b"):
            rows.write_all_as_hub(connection, 1, "site", part, {f"x{n:04}": {"name": "Mairie"} for n in range(size)})
        first = feed.read_after(connection, {}, ["a", "b"], "")
        second = feed.read_after(connection, first.checkpoints, ["a", "b"], "")
        third = feed.read_after(connection, second.checkpoints, ["a", "b"], "")
    assert (first.more, first.checkpoints) == (True, {"a": ENTRIES_PER_ROUND_MAX, "b": 0})
    assert (second.more, second.checkpoints) == (True, {"a": size, "b": ENTRIES_PER_ROUND_MAX - 5})
    assert (third.more, third.checkpoints) == (False, {"a": size, "b": size})
    assert len(first.entries + second.entries + third.entries) == 2 * size


def test_a_page_is_cut_by_its_weight_too(database: HubDatabase) -> None:
    event: dict[str, Value] = {
        "external_ref": "E", "title": "Forum", "starts_at": "2026-12-01T08:00:00Z",
        "ends_at": "2026-12-01T09:00:00Z", "place": "Mairie", "summary": "é" * 2000,
    }  # fmt: skip
    with database.write() as connection:
        for batch in range(3):
            records = {f"e{batch}-{n:04}": event for n in range(800)}
            rows.write_all_as_hub(connection, 1, "event", "a", records)
        pages = [feed.read_after(connection, {}, ["a"], "")]
        while pages[-1].more:
            pages.append(feed.read_after(connection, pages[-1].checkpoints, ["a"], ""))
    assert [entry.n for page in pages for entry in page.entries] == list(range(1, 2401))
    assert max(len(page.entries) for page in pages) < ENTRIES_PER_ROUND_MAX


def test_a_new_generation_is_another_one(database: HubDatabase) -> None:
    with database.write() as connection:
        before = feed.read_generation(connection)
        after = feed.renew_generation(connection, 1, bytes)
        assert before != after == feed.read_generation(connection)
        assert connection.execute(table_of(FeedHead).select()).all() == []
