"""A local event or workshop, as shown on the terminals. Written by the hub only."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field as Limit

from sync.merge import Policy
from sync.records.base import Code, Line, Paragraph, RecordFields, RecordTable, UtcTime

THEMES = ("recrutement", "recherche_emploi", "formation", "creation_entreprise", "numerique", "autre")
MOVED_ONLINE, POSTPONED, FULL, CANCELLED = "deplace_en_ligne", "reporte", "complet", "annule"
EVENT_STATES = ("programme", "reprogramme", MOVED_ONLINE, POSTPONED, FULL, CANCELLED)


class EventFields(RecordFields):
    """One event. ``slot_id`` is the slot that holds its seats, where one can sign up at the terminals.

    The ``remote_`` fields are the places from afar of an event that is also given on site: a quota of its own, with a
    slot of its own, so that neither can eat the other's places.
    """

    kind: ClassVar[str] = "event"

    external_ref: Annotated[Code, Policy.HUB_WINS]
    title: Annotated[Line, Policy.HUB_WINS]
    theme: Annotated[Code, Policy.HUB_WINS] = "autre"
    summary: Annotated[Paragraph, Policy.HUB_WINS] = ""
    starts_at: Annotated[UtcTime, Policy.HUB_WINS]
    ends_at: Annotated[UtcTime, Policy.HUB_WINS]
    place: Annotated[Line, Policy.HUB_WINS]
    access: Annotated[Line, Policy.HUB_WINS] = ""
    sign_up: Annotated[Line, Policy.HUB_WINS] = ""
    organiser: Annotated[Line, Policy.HUB_WINS] = ""
    seats: Annotated[int | None, Policy.HUB_WINS, Limit(ge=0, le=5000)] = None
    seats_left: Annotated[int | None, Policy.HUB_WINS, Limit(ge=0, le=5000)] = None
    counted_at: Annotated[UtcTime | None, Policy.HUB_WINS] = None
    state: Annotated[Code, Policy.HUB_WINS] = "programme"
    source: Annotated[Line, Policy.HUB_WINS] = ""
    slot_id: Annotated[str | None, Policy.HUB_WINS, Limit(max_length=64)] = None
    remote_seats: Annotated[int | None, Policy.HUB_WINS, Limit(ge=0, le=5000)] = None
    remote_seats_left: Annotated[int | None, Policy.HUB_WINS, Limit(ge=0, le=5000)] = None
    remote_slot_id: Annotated[str | None, Policy.HUB_WINS, Limit(max_length=64)] = None


class Event(EventFields, RecordTable, table=True):
    """The row of an event."""

    __tablename__ = "event"
