"""The change feed: numbered inside the write lock, so that no reader ever skips anything."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from sync.change import Value
from sync.clock import make_stamp
from sync.hub import feed, rows
from sync.hub.database import HubDatabase, table_of
from sync.hub.tables import Feed, FeedHead
from sync.wire import ENTRIES_PER_ROUND_MAX
from tests.sync.hub.stand import an_empty_database

WRITERS = 8
WRITES = 25
SITE_FIELDS: dict[str, tuple[Value, str]] = {"name": ("Mairie", make_stamp(1, 0, 0))}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[HubDatabase]:
    (tmp_path / "hub.db").write_bytes(an_empty_database())
    opened = HubDatabase.open(tmp_path / "hub.db")
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
    assert (entry.part, entry.n, entry.kind, entry.id) == ("a", 1, "site", "a")
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


def run_writers(write: Callable[[int, int], None], read_new: Callable[[], int]) -> None:
    """Eight threads write while one reads without pause; then the reader reads to the end."""

    def write_all(writer: int) -> None:
        for at in range(WRITES):
            write(writer, at)

    threads = [threading.Thread(target=write_all, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        read_new()
    for thread in threads:
        thread.join()
    while read_new():
        pass


def test_eight_writers_skip_nothing(database: HubDatabase) -> None:
    seen: list[str] = []
    checkpoints: dict[str, int] = {}

    def write(writer: int, at: int) -> None:
        with database.write() as connection:
            publish_site(connection, f"w{writer}-{at}")
            if at % 3 == 0:
                time.sleep(0.001)

    def read_new() -> int:
        with database.read() as connection:
            page = feed.read_after(connection, checkpoints, ["a"], "")
        checkpoints.update(page.checkpoints)
        seen.extend(entry.id for entry in page.entries)
        return len(page.entries)

    run_writers(write, read_new)
    assert len(seen) == len(set(seen)) == WRITERS * WRITES
    assert set(seen) == {f"w{writer}-{at}" for writer in range(WRITERS) for at in range(WRITES)}
    for writer in range(WRITERS):
        assert [name for name in seen if name.startswith(f"w{writer}-")] == [f"w{writer}-{at}" for at in range(WRITES)]


def test_a_number_taken_before_the_write_lock_loses_rows(database: HubDatabase) -> None:
    """The order that looks natural, and why the counter is bumped inside the transaction."""
    number, lock = [0], threading.Lock()
    seen: set[str] = set()
    checkpoint = [0]

    def write(writer: int, at: int) -> None:
        with lock:
            number[0] += 1
            n = number[0]
        time.sleep(0.001 * (writer % 4))
        row = {"part": "a", "n": n, "kind": "site", "site_id": "a", "id": f"w{writer}-{at}", "fields": "{}"}
        with database.write() as connection:
            connection.execute(table_of(Feed).insert(), {**row, "origin": ""})

    def read_new() -> int:
        table = table_of(Feed)
        with database.read() as connection:
            found = connection.execute(table.select().where(table.c.n > checkpoint[0]).order_by(table.c.n)).all()
        seen.update(row.id for row in found)
        checkpoint[0] = max([checkpoint[0], *(row.n for row in found)])
        return len(found)

    run_writers(write, read_new)
    with database.read() as connection:
        assert len(connection.execute(table_of(Feed).select()).all()) == WRITERS * WRITES
    assert len(seen) < WRITERS * WRITES, "the naive order skipped nothing this time"


def test_a_new_generation_is_another_one(database: HubDatabase) -> None:
    with database.write() as connection:
        before = feed.read_generation(connection)
        after = feed.renew_generation(connection, 1, bytes)
        assert before != after == feed.read_generation(connection)
        assert connection.execute(table_of(FeedHead).select()).all() == []
