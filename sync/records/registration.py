"""A prepared registration. What the person typed is never here: it travels sealed, beside it.

« Cette préparation n'est pas une inscription » : no state of this record ever means « inscrit ».
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field as Limit
from sqlalchemy import JSON
from sqlmodel import Field

from sync.merge import Policy, Transitions
from sync.records.base import Code, RecordFields, RecordTable, UtcTime

PREPARED, RECEIVED, FORWARDED, INCOMPLETE, CLOSED = "preparee", "recue", "transmise", "a_completer", "close"
TAKEN_BACK = "retiree"
KEEP, DESTROY = "garder", "detruire"
"""What the person chose for a preparation that could not leave for fifteen days."""
STATES: Transitions = {
    PREPARED: (RECEIVED, CLOSED, TAKEN_BACK),
    RECEIVED: (FORWARDED, INCOMPLETE, CLOSED, TAKEN_BACK),
    FORWARDED: (INCOMPLETE, CLOSED, TAKEN_BACK),
    INCOMPLETE: (RECEIVED, FORWARDED, CLOSED, TAKEN_BACK),
    CLOSED: (TAKEN_BACK,),
    TAKEN_BACK: (),
}


class RegistrationFields(RecordFields):
    """State and reference of a prepared registration; no personal datum.

    ``retiree``: the person took it back with the reference, and what they typed is destroyed at both ends.
    ``if_unsent`` is what they chose for the case that it cannot leave.
    """

    kind: ClassVar[str] = "registration"
    seals: ClassVar[bool] = True
    transitions: ClassVar[Mapping[str, Transitions]] = {"state": STATES}
    terminal_may_write: ClassVar[frozenset[str]] = frozenset(
        {
            "state",
            "terminal_no",
            "reference_no",
            "reference_hash",
            "notice_version",
            "notice_read_at",
            "assistance",
            "language",
            "created_at",
            "if_unsent",
        }
    )

    state: Annotated[Code, Policy.STATES] = PREPARED
    terminal_no: Annotated[int, Policy.HUB_WINS, Limit(ge=1, le=32767)]
    reference_no: Annotated[int, Policy.HUB_WINS, Limit(ge=0, le=32767)]
    reference_hash: Annotated[str, Policy.HUB_WINS, Limit(max_length=200)]
    notice_version: Annotated[Code, Policy.HUB_WINS]
    notice_read_at: Annotated[UtcTime, Policy.HUB_WINS]
    assistance: Annotated[Code, Policy.HUB_WINS] = "seul"
    language: Annotated[Code, Policy.HUB_WINS] = "fr"
    created_at: Annotated[UtcTime, Policy.HUB_WINS]
    received_at: Annotated[UtcTime | None, Policy.HUB_WINS] = None
    if_unsent: Annotated[Code, Policy.LATEST] = KEEP
    to_complete: Annotated[list[str], Policy.HUB_WINS] = Field(default_factory=list, sa_type=JSON)


class Registration(RegistrationFields, RecordTable, table=True):
    """The row of a prepared registration."""

    __tablename__ = "registration"
