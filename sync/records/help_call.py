"""A call for help from a terminal, as the desk of its site may see it: which terminal, when, what became of it.

It holds no topic, no place of the kiosk, no name and no visit. It is of use for minutes and is destroyed within the
hour (``sync.hub.retention``). That somebody has seen it, or comes, is written for a named person only, by the hub.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field as Limit

from sync.merge import Policy, Transitions
from sync.records.base import Code, RecordFields, RecordTable, UtcTime

OPEN, SEEN, COMING, ENDED = "ouvert", "vu", "arrive", "clos"
KEPT_MS = 60 * 60 * 1000
"""How long a call is kept after it was made; an open one says nothing any more by then."""
STATES: Transitions = {
    OPEN: (SEEN, COMING, ENDED),
    SEEN: (COMING, ENDED),
    COMING: (ENDED,),
    ENDED: (),
}


class HelpCallFields(RecordFields):
    """The fields of a call. ``answered_at`` is when a named person said that they saw it, or come."""

    kind: ClassVar[str] = "help_call"
    transitions: ClassVar[Mapping[str, Transitions]] = {"state": STATES}
    terminal_may_write: ClassVar[frozenset[str]] = frozenset({"state", "terminal_no", "called_at"})

    state: Annotated[Code, Policy.STATES] = OPEN
    terminal_no: Annotated[int, Policy.HUB_WINS, Limit(ge=1, le=32767)]
    called_at: Annotated[UtcTime, Policy.HUB_WINS]
    answered_at: Annotated[UtcTime | None, Policy.HUB_WINS] = None


class HelpCall(HelpCallFields, RecordTable, table=True):
    """The row of a call."""

    __tablename__ = "help_call"
