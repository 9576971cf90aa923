"""A grant: one place of one slot, held in escrow by one terminal, which may promise it with no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field as Limit
from sqlalchemy import Index

from sync.merge import Policy, Transitions
from sync.promise import ACTIVE, GRANT_STATES
from sync.records.base import RecordFields, RecordTable, UtcTime


class GrantFields(RecordFields):
    """One place, given by the hub to one replica of one terminal. It never returns by time-out.

    ``number`` rises by one with each grant of a terminal. Only its holder gives it back (``released``);
    only a named person writes it off.
    """

    kind: ClassVar[str] = "grant"
    transitions: ClassVar[Mapping[str, Transitions]] = {"state": GRANT_STATES}
    terminal_may_write: ClassVar[frozenset[str]] = frozenset({"state"})

    state: Annotated[str, Policy.STATES, Limit(max_length=20)] = ACTIVE
    slot_id: Annotated[str, Policy.HUB_WINS, Limit(max_length=64)]
    terminal_no: Annotated[int, Policy.HUB_WINS, Limit(ge=1, le=32767)]
    incarnation: Annotated[str, Policy.HUB_WINS, Limit(max_length=64)]
    number: Annotated[int, Policy.HUB_WINS, Limit(ge=1, le=2**31 - 1)]
    issued_at: Annotated[UtcTime, Policy.HUB_WINS]


class Grant(GrantFields, RecordTable, table=True):
    """The row of a grant."""

    __tablename__ = "grant"
    __table_args__ = (Index("grant_slot", "site_id", "slot_id"),)
