"""The places of an event that are counted apart: on site, and from afar (docs/decisions/0036). Pure names."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    """Places of an event that are counted apart: the names of its fields, and what its slot is called after the hour.

    Attributes:
        seats, seats_left, slot_id: fields of the event.
        suffix: the end of the name of which the slot's id is made.
        afar: whoever has a place comes nowhere.
    """

    seats: str
    seats_left: str
    slot_id: str
    suffix: str
    afar: bool


ON_SITE = Quota("seats", "seats_left", "slot_id", "", afar=False)
FROM_AFAR = Quota("remote_seats", "remote_seats_left", "remote_slot_id", "|a-distance", afar=True)
QUOTAS = (ON_SITE, FROM_AFAR)
