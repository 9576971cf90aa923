"""Faults of what travels on a USB stick; planted from here."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from sync.replica import stick as stick_
from sync.wire import RoundReply


def written_means_arrived(patch: pytest.MonkeyPatch) -> None:
    """A terminal takes what it has written on a stick for acknowledged."""
    true = stick_.StickRounds.export

    def export(self: stick_.StickRounds, *given: Any) -> stick_.Exported:
        written = true(self, *given)
        with self._database.write() as connection:
            connection.execute(text("UPDATE replica_outbox SET state = 'acknowledged' WHERE state = 'waiting'"))
        return written

    patch.setattr(stick_.StickRounds, "export", export)


def an_answer_begins_anywhere(patch: pytest.MonkeyPatch) -> None:
    """A terminal takes an answer from where it was asked for, not from where it stands, in whatever history."""

    def from_here(_self: stick_.StickRounds, reply: RoundReply, *_: object) -> RoundReply:
        return reply

    patch.setattr(stick_.StickRounds, "_from_here", from_here)


def an_old_answer_sets_the_clock(patch: pytest.MonkeyPatch) -> None:
    """The time in an answer of days ago is taken for the present."""
    true = stick_.StickRounds._take_in

    def take_in(self: stick_.StickRounds, reply: RoundReply, _local_ms: int, *rest: Any) -> Any:
        return true(self, reply, self._clockwork.local_ms(), *rest)

    patch.setattr(stick_.StickRounds, "_take_in", take_in)
