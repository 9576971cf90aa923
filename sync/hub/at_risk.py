"""Who may be hit when a named person gives a place that somebody else counts on, or may count on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sync import escrow
from sync.hub.places import Places
from sync.promise import ACTIVE


@dataclass(frozen=True)
class AtRisk:
    """The people behind a place.

    Attributes:
        bookings: ids of the bookings that the hub knows and that count on it, sorted.
        grants: ids of the unspent places of terminals: each may have been promised to somebody of whom only that
            terminal knows, sorted.
        because: why the place is not free, a code of docs/protocol.md §11; ``None`` when it is.
    """

    bookings: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    because: str | None = None

    @property
    def is_risky(self) -> bool:
        """True when somebody may be hit."""
        return bool(self.bookings or self.grants or self.because)


def counting_on(
    places: Places, slot_ids: Iterable[str], *, because: str | None = None, but: Iterable[str] = ()
) -> AtRisk:
    """Who counts on some slots, or may.

    Args:
        places: with these slots.
        slot_ids: the slots.
        because: why the place is not free.
        but: bookings that are left out.
    """
    slots, left_out = set(slot_ids), set(but)
    here = [one for slot_id in slots for one in places.bookings.get(slot_id, {}).values()]
    live = [one for one in here if escrow.holds_a_place(one.values)]
    spent = {one.values["grant_id"] for one in live}
    grants = (
        grant_id
        for grant_id, grant in places.grants.items()
        if grant.values["slot_id"] in slots and grant.values["state"] == ACTIVE and not grant.values["gone"]
    )
    return AtRisk(
        bookings=tuple(sorted(one.id for one in live if one.id not in left_out)),
        grants=tuple(sorted(grant_id for grant_id in grants if grant_id not in spent)),
        because=because,
    )
