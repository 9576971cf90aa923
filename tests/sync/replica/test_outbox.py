"""How far the hub has answered is one number: it goes on, goes back after a restore, and goes with what it is about."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from sync.change import Change
from sync.clock import make_stamp
from sync.replica import meta, outbox
from sync.replica.database import ReplicaDatabase
from sync.replica.tables import ANSWERED, OUTBOX, REJECTED, WAITING
from sync.wire import Receipt
from tests.sync.replica.test_apply import a_replica

NODE = 3


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[ReplicaDatabase]:
    """A replica with six operations, of six records."""
    database = a_replica(tmp_path / "replica.db")
    with database.write() as connection:
        meta.write(connection, meta.INCARNATION, "disk")
        for n in range(1, 7):
            changes = [Change("state", "requested", make_stamp(n, 0, NODE), None)]
            outbox.append(connection, ("booking", "site", f"record-{n}"), changes, sealed="typed", written_ms=n)
    yield database
    database.close()


def waiting(connection: Connection) -> list[int]:
    """Their numbers; every way to ask must agree."""
    numbers = [one.seq for one in outbox.waiting(connection)]
    assert outbox.count(connection, WAITING) == len(numbers)
    assert outbox.waits(connection) == bool(numbers)
    batch = outbox.batch(connection)
    assert [*range(batch.first, batch.last + 1)] * bool(batch) == numbers
    assert outbox.answered_through(connection) == (numbers[0] - 1 if numbers else 6)
    return numbers


def answered_ms(connection: Connection) -> list[int | None]:
    return [*connection.execute(select(outbox.ANSWERED_MS).select_from(OUTBOX).order_by(OUTBOX.c.seq)).scalars()]


def marks(connection: Connection) -> list[tuple[int, int]]:
    return [(row.through, row.at_ms) for row in connection.execute(ANSWERED.select().order_by(ANSWERED.c.through))]


def test_what_is_answered_waits_no_more_and_says_when(filled: ReplicaDatabase) -> None:
    with filled.write() as connection:
        assert waiting(connection) == [1, 2, 3, 4, 5, 6]
        assert outbox.acknowledge(connection, 2, [], 100) == 2
        assert outbox.acknowledge(connection, 2, [], 101) == 0
        assert outbox.acknowledge(connection, 1, [], 102) == 0, "an answer that was late"
        assert outbox.acknowledge(connection, 4, [Receipt(seq=4, outcome=REJECTED)], 103) == 2
        assert waiting(connection) == [5, 6]
        assert outbox.count(connection, REJECTED) == 1
        assert answered_ms(connection) == [100, 100, 103, 103, None, None]
        assert [one.seq for one in outbox.held(connection)] == [1, 2, 3, 5, 6]


def test_a_restored_hub_is_told_again_from_where_it_stands(filled: ReplicaDatabase) -> None:
    with filled.write() as connection:
        outbox.acknowledge(connection, 2, [], 100)
        outbox.acknowledge(connection, 6, [Receipt(seq=5, outcome=REJECTED)], 103)
        connection.execute(text("UPDATE replica_outbox SET noted_ms = 7"))
        assert outbox.rewind(connection, 3)
        assert waiting(connection) == [4, 5, 6]
        assert answered_ms(connection) == [100, 100, 103, None, None, None]
        noted = [*connection.execute(select(OUTBOX.c.noted_ms).order_by(OUTBOX.c.seq)).scalars()]
        assert noted == [7, 7, 7, None, None, None], "they wait from now on"
        assert outbox.rewind(connection, 0)
        assert (waiting(connection), marks(connection)) == ([1, 2, 3, 4, 5, 6], [])


def test_what_a_backup_of_the_hub_covers_goes_and_what_was_kept_of_its_answer_too(filled: ReplicaDatabase) -> None:
    with filled.write() as connection:
        for through in (1, 3, 5):
            outbox.acknowledge(connection, through, [], 100 + through)
        assert outbox.purge(connection, 4) == 4
        assert (waiting(connection), marks(connection)) == ([6], [(5, 105)])
        assert outbox.purge(connection, 6) == 1, "the sixth was not answered"
        assert (waiting(connection), marks(connection)) == ([6], [(5, 105)])


def test_under_another_incarnation_everything_waits_again(filled: ReplicaDatabase) -> None:
    with filled.write() as connection:
        outbox.acknowledge(connection, 4, [Receipt(seq=2, outcome=REJECTED)], 100)
        outbox.redraw(connection, 1000, bytes)
        assert ([one.seq for one in outbox.waiting(connection)], marks(connection)) == ([1, 2, 3, 4, 5], [])
        assert outbox.count(connection, REJECTED) == 1
