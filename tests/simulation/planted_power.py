"""Faults that only a power cut between two writes, or a full disk, brings to light; planted from here."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from sync.errors import DiskFull
from sync.hub import ingest
from sync.hub.database import table_of, upsert
from sync.hub.tables import Position
from sync.replica import apply, outbox
from sync.replica import round as round_
from sync.replica.store import Store
from sync.wire import RoundReply


def a_checkpoint_is_kept_before_its_entries(patch: pytest.MonkeyPatch) -> None:
    """How far the feed was read is on the disk in a transaction of its own."""
    true = round_.Rounds._pull

    def pull(self: round_.Rounds, connection: Connection, reply: RoundReply, through: int) -> apply.Applied:
        apply.write_checkpoints(connection, reply.checkpoints)
        commit_half_way(connection)
        return true(self, connection, reply, through)

    patch.setattr(round_.Rounds, "_pull", pull)


def an_operation_is_counted_before_it_is_applied(patch: pytest.MonkeyPatch) -> None:
    """The hub notes in a transaction of its own how far it has read an outbox."""
    true = ingest._write

    def write(connection: Connection, push: Any, judged: list[Any], random: Any) -> None:
        if judged:
            position = {**ingest._read_position(connection, push.sender), "applied_through": judged[-1][1].seq}
            upsert(connection, table_of(Position), [position])
            commit_half_way(connection)
        true(connection, push, judged, random)

    patch.setattr(ingest, "_write", write)


def a_row_is_kept_before_its_operation(patch: pytest.MonkeyPatch) -> None:
    """What a screen shows is on the disk before what the hub is to hear of it."""
    true = outbox.append

    def append(connection: Connection, *what: Any, **of: Any) -> Any:
        commit_half_way(connection)
        return true(connection, *what, **of)

    patch.setattr(outbox, "append", append)


def a_full_disk_is_taken_for_done(patch: pytest.MonkeyPatch) -> None:
    """Nobody is told that there was no room."""
    true = Store.write

    def write(self: Store, *what: Any, **of: Any) -> Any:
        try:
            return true(self, *what, **of)
        except DiskFull:
            return None

    patch.setattr(Store, "write", write)


def commit_half_way(connection: Connection) -> None:
    """Ends the transaction here and goes on in another one."""
    connection.exec_driver_sql("COMMIT")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
