"""Booth time (slot) and the asking for it (booking). No name, no contact: those travel sealed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field as Limit
from sqlalchemy import JSON, Index
from sqlmodel import Field

from sync.merge import Policy, Transitions
from sync.promise import BOOKING_STATES, OPEN_SLOT, REQUESTED
from sync.records.base import Code, Line, RecordFields, RecordTable, UtcTime

REASONS = ("inscription_aide", "edo", "dpa", "suivi", "signature_cer", "autre")
PLACES_MAX = 500
WISHES_MAX = 3
ORGANISATIONS = ("FT", "CD", "DCD", "ML", "CE", "IND")


SlotId = Annotated[str, Limit(min_length=1, max_length=64)]


class SlotFields(RecordFields):
    """A stretch of booth time published by an organisation, or the seats of an event. Written by the hub only.

    ``booth`` is empty for seats: they overlap with nothing. ``phone`` is whom to call when the video does not work.
    """

    kind: ClassVar[str] = "slot"

    external_ref: Annotated[Code, Policy.HUB_WINS]
    organisation: Annotated[Code, Policy.HUB_WINS] = "FT"
    reason: Annotated[Code, Policy.HUB_WINS]
    modality: Annotated[Code, Policy.HUB_WINS] = "VISIO"
    booth: Annotated[Line, Policy.HUB_WINS] = "1"
    starts_at: Annotated[UtcTime, Policy.HUB_WINS]
    ends_at: Annotated[UtcTime, Policy.HUB_WINS]
    capacity: Annotated[int, Policy.HUB_WINS, Limit(ge=1, le=PLACES_MAX)] = 1
    taken: Annotated[int, Policy.HUB_WINS, Limit(ge=0, le=PLACES_MAX)] = 0
    state: Annotated[Code, Policy.HUB_WINS] = OPEN_SLOT
    phone: Annotated[Line, Policy.HUB_WINS] = ""


class Slot(SlotFields, RecordTable, table=True):
    """The row of a slot."""

    __tablename__ = "slot"


class BookingFields(RecordFields):
    """A visitor's booking of one slot: *guaranteed* by a grant of its terminal, or *requested* from the hub.

    ``grant_id`` and ``spend_no`` are those of the grant that was spent: the place is promised for the
    ``spend_no``-th time. Of two bookings on one grant the highest spend stands. Without a grant, ``None`` and 0.

    ``wishes`` are the slots a request would also accept, best first, ``slot_id`` left out. ``alternatives`` are the
    slots that the hub proposes instead; nothing is kept of them. ``moved_from`` is the booking that this one replaces
    once it stands. ``told_at`` is when the visitor learnt of the present state from a person or a screen.
    ``carried`` is true while only a claim made it: its terminal's own operation completes it.

    ``waits``: where no wish has a place, the request stays in a line (``sync.promise.IN_LINE``) instead of being
    refused. ``earlier``: the visitor has a place and would like an earlier one; the hub then proposes some among
    ``alternatives``. ``notices`` counts the good news that the visitor could not know: a place after all, or earlier
    hours. ``content_version`` names the text about the contract that its visitor had read here before they booked, as
    ``PACK@VERSION``; empty when there was none.
    """

    kind: ClassVar[str] = "booking"
    seals: ClassVar[bool] = True
    transitions: ClassVar[Mapping[str, Transitions]] = {"state": BOOKING_STATES}
    terminal_may_write: ClassVar[frozenset[str]] = frozenset(
        {
            "state",
            "slot_id",
            "reason",
            "modality",
            "language",
            "needs",
            "terminal_no",
            "reference_no",
            "reference_hash",
            "created_at",
            "grant_id",
            "spend_no",
            "wishes",
            "moved_from",
            "told_at",
            "waits",
            "earlier",
            "content_version",
        }
    )

    state: Annotated[Code, Policy.STATES] = REQUESTED
    slot_id: Annotated[str, Policy.HUB_WINS, Limit(max_length=64)]
    reason: Annotated[Code, Policy.HUB_WINS]
    modality: Annotated[Code, Policy.ASK] = "VISIO"
    language: Annotated[Code, Policy.LATEST] = "fr"
    needs: Annotated[list[str], Policy.UNION] = Field(default_factory=list, sa_type=JSON)
    terminal_no: Annotated[int, Policy.HUB_WINS, Limit(ge=1, le=32767)]
    reference_no: Annotated[int, Policy.HUB_WINS, Limit(ge=0, le=32767)]
    reference_hash: Annotated[str, Policy.HUB_WINS, Limit(max_length=200)]
    created_at: Annotated[UtcTime, Policy.HUB_WINS]
    answered_at: Annotated[UtcTime | None, Policy.HUB_WINS] = None
    declined_because: Annotated[Code | None, Policy.HUB_WINS] = None
    grant_id: Annotated[str | None, Policy.HUB_WINS, Limit(max_length=64)] = None
    spend_no: Annotated[int, Policy.HUB_WINS, Limit(ge=0, le=65535)] = 0
    wishes: Annotated[list[SlotId], Policy.HUB_WINS, Limit(max_length=WISHES_MAX - 1)] = Field(
        default_factory=list, sa_type=JSON
    )
    alternatives: Annotated[list[SlotId], Policy.HUB_WINS, Limit(max_length=WISHES_MAX)] = Field(
        default_factory=list, sa_type=JSON
    )
    moved_from: Annotated[str | None, Policy.HUB_WINS, Limit(max_length=64)] = None
    told_at: Annotated[UtcTime | None, Policy.LATEST] = None
    carried: Annotated[bool, Policy.HUB_WINS] = False
    waits: Annotated[bool, Policy.HUB_WINS] = False
    earlier: Annotated[bool, Policy.LATEST] = False
    notices: Annotated[int, Policy.HUB_WINS, Limit(ge=0, le=100)] = 0
    content_version: Annotated[Line, Policy.HUB_WINS] = ""


class Booking(BookingFields, RecordTable, table=True):
    """The row of a booking."""

    __tablename__ = "booking"
    __table_args__ = (
        Index("booking_slot", "site_id", "slot_id"),
        Index("booking_moved_from", "site_id", "moved_from"),
    )
