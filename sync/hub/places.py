"""The places of some slots of one site during one transaction: who holds one, who may promise one.

Read with a constant number of statements, judged in memory with ``sync.escrow``, written by the caller
with ``standings``. A slot's ``taken`` is counted anew after whatever touched it, never added to.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from sync import escrow
from sync.change import Value
from sync.clock import HybridClock
from sync.hub.database import table_of
from sync.hub.standing import Standing, load, load_where
from sync.promise import OPEN_SLOT
from sync.records import Slot
from sync.records.booking import PLACES_MAX

TAKEN_MAX = PLACES_MAX
"""What the field ``taken`` holds at most; more can only come of people who already were promised too much."""


@dataclass
class Places:
    """Some slots of one site, with everything that holds a place of theirs.

    Attributes:
        frozen: the hub gives none of the site's places now (a terminal has not reported since a restore).
        slots: by id; an unknown one is absent.
        grants: by id, those of the slots and those asked for by name.
        bookings: by id of their slot, then by their own.
        around: the other open slots of the same booths and hours: their fields, by id.
    """

    frozen: bool = False
    slots: dict[str, Standing] = field(default_factory=dict)
    grants: dict[str, Standing] = field(default_factory=dict)
    bookings: dict[str, dict[str, Standing]] = field(default_factory=dict)
    around: dict[str, dict[str, Value]] = field(default_factory=dict)

    @classmethod
    def load(
        cls, connection: Connection, site_id: str, slot_ids: Iterable[object], grant_ids: Iterable[object] = ()
    ) -> Places:
        """Reads slots with their bookings, their grants and their neighbours.

        Args:
            connection: of the writing transaction.
            site_id: the site; what belongs to another one is not found.
            slot_ids: the slots that are touched; whatever is not a text is left out.
            grant_ids: grants touched by name; their slots are read as well.
        """
        named = load(connection, "grant", site_id, _texts(grant_ids))
        wanted = _texts([*slot_ids, *(grant.values["slot_id"] for grant in named.values())])
        places = cls(slots=load(connection, "slot", site_id, wanted), grants=named)
        for grant_id, grant in load_where(connection, "grant", site_id, "slot_id", wanted).items():
            places.grants.setdefault(grant_id, grant)
        for booking in load_where(connection, "booking", site_id, "slot_id", wanted).values():
            places.add(booking)
        places._look_around(connection, site_id)
        return places

    def add(self, booking: Standing) -> None:
        """Makes a booking known, or puts the one that the caller changes in the place of its copy."""
        self.bookings.setdefault(str(booking.values["slot_id"]), {})[booking.id] = booking

    def counted(self, slot_id: str, *, without: str | None = None) -> int:
        """The places of a slot that are promised or may be; ``without`` leaves one booking out."""
        bookings = self.bookings.get(slot_id, {})
        live = (booking.values for booking_id, booking in bookings.items() if booking_id != without)
        return min(TAKEN_MAX, escrow.taken(live, self._grants_of(slot_id)))

    def granted(self, slot_id: str) -> int:
        """The places of a slot that terminals may promise: its active grants."""
        return escrow.taken([], self._grants_of(slot_id))

    def recount(self, slot_id: str, clock: HybridClock) -> None:
        """Sets ``taken`` of a slot to what is counted."""
        slot = self.slots.get(slot_id)
        if slot is not None and slot.values["taken"] != (taken := self.counted(slot_id)):
            slot.decide("taken", taken, clock.tick())

    def why_not_free(self, slot_id: str, now: str, *, without: str | None = None) -> str | None:
        """Why one more place of a slot cannot be given now, ``None`` when it can; as ``escrow.why_not_free``."""
        slot = self.slots.get(slot_id)
        if slot is None:
            return "slot_unknown"
        return escrow.why_not_free(slot.values, self.counted(slot_id, without=without), self._others(slot_id), now)

    def standings(self) -> list[Standing]:
        """Every record here that may have changed."""
        bookings = (booking for held in self.bookings.values() for booking in held.values())
        return [*self.slots.values(), *self.grants.values(), *bookings]

    def _grants_of(self, slot_id: str) -> dict[str, dict[str, Value]]:
        return {grant_id: grant.values for grant_id, grant in self.grants.items() if grant.values["slot_id"] == slot_id}

    def _others(self, slot_id: str) -> Iterable[tuple[dict[str, Value], int]]:
        """The other open slots with their ``taken``: nobody comes to one that is withdrawn."""
        here = {other_id: other.values for other_id, other in self.slots.items()}
        for other_id, other in {**self.around, **here}.items():
            if other_id != slot_id and other["state"] == OPEN_SLOT and not other["gone"]:
                yield other, other["taken"] if isinstance(other["taken"], int) else 0

    def _look_around(self, connection: Connection, site_id: str) -> None:
        if not self.slots:
            return
        held = [slot.values for slot in self.slots.values()]
        table = table_of(Slot)
        query = select(
            table.c.id, table.c.booth, table.c.starts_at, table.c.ends_at, table.c.taken, table.c.state, table.c.gone
        ).where(
            table.c.site_id == site_id,
            table.c.state == OPEN_SLOT,
            ~table.c.gone,
            table.c.taken > 0,
            table.c.booth.in_(sorted({str(slot["booth"]) for slot in held})),
            table.c.starts_at < escrow.shift(max(str(slot["ends_at"]) for slot in held), escrow.BUFFER),
            table.c.ends_at > escrow.shift(min(str(slot["starts_at"]) for slot in held), -escrow.BUFFER),
        )
        for row in connection.execute(query).mappings():
            self.around[row["id"]] = {name: value for name, value in row.items() if name != "id"}


def _texts(values: Iterable[object]) -> Collection[str]:
    return {value for value in values if isinstance(value, str)}
