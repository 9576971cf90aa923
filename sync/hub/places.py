"""The places of some slots of one site during one transaction: who holds one, who may promise one.

Read with a constant number of statements, judged in memory with ``sync.escrow``, written by the caller
with ``standings``. A slot's ``taken`` is counted anew after whatever touched it, never added to; for seats of an
event, what the event says is left follows it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from sync import escrow
from sync.change import Value
from sync.clock import HybridClock, stamp_ms, utc_text
from sync.hub import conflicts, pace, taken, testimony
from sync.hub.database import table_of
from sync.hub.families import load_families
from sync.hub.quotas import QUOTAS
from sync.hub.standing import Standing, load, load_where
from sync.hub.tables import Redrawn, Terminal
from sync.promise import ACTIVE, OPEN_SLOT, REQUESTED, SEATS
from sync.records import Booking, Slot
from sync.records.booking import PLACES_MAX

TAKEN_MAX = PLACES_MAX
"""What the field ``taken`` holds at most; more can only come of people who already were promised too much."""
BOOKINGS, REDRAWN, SLOTS, TERMINALS = table_of(Booking), table_of(Redrawn), table_of(Slot), table_of(Terminal)
Fields = dict[str, Value]


@dataclass
class Places:
    """Some slots of one site, with everything that holds a place of theirs.

    Attributes:
        frozen: the hub gives none of the site's places now (a terminal has not reported since a restore).
        slots: by id; an unknown one is absent.
        grants: by id, those of the slots and those asked for by name.
        bookings: by id of their slot, then by their own.
        named: the same bookings, by id.
        successors: the ids of the bookings that were moved from a booking, by its id, known here or not.
        events: the events whose seats are one of these slots, by id of the slot.
        around: the other open slots of the same booths and hours: their fields, by id.
        losses: what could not stand, for the journal: the caller writes it there (``conflicts.append``).
        told_late: the bookings that this transaction was the first to hear of, on a grant that may be another
            incarnation's (``sync.hub.redrawn``).
        freed: the slots in which this transaction counted fewer people than before, and who waits was not served yet.
    """

    frozen: bool = False
    slots: dict[str, Standing] = field(default_factory=dict)
    grants: dict[str, Standing] = field(default_factory=dict)
    bookings: dict[str, dict[str, Standing]] = field(default_factory=dict)
    named: dict[str, Standing] = field(default_factory=dict)
    successors: dict[str, set[str]] = field(default_factory=dict)
    events: dict[str, Standing] = field(default_factory=dict)
    around: dict[str, Fields] = field(default_factory=dict)
    losses: list[conflicts.Loss] = field(default_factory=list)
    told_late: set[str] = field(default_factory=set)
    freed: set[str] = field(default_factory=set)
    _at: dict[str, str] = field(default_factory=dict)
    _site: tuple[Connection, str] | None = None
    _to_come: dict[str, Fields] | None = None
    _taken: frozenset[str] | None = None
    _told: Mapping[str, str] | None = None
    _at_risk: frozenset[str] | None = None
    _incarnations: Mapping[Value, str | None] | None = None
    _pace: pace.Pace | None = None

    @classmethod
    def load(
        cls,
        connection: Connection,
        site_id: str,
        slot_ids: Iterable[object],
        grant_ids: Iterable[object] = (),
        booking_ids: Iterable[object] = (),
    ) -> Places:
        """Reads slots with their bookings, their grants and their neighbours.

        Args:
            connection: of the writing transaction.
            site_id: the site; what belongs to another one is not found.
            slot_ids: the slots that are touched; whatever is not a text is left out.
            grant_ids: grants touched by name; their slots are read as well.
            booking_ids: bookings touched by name, known or not; those they were moved from and to, and all
                their slots, are read as well.
        """
        places = cls(_site=(connection, site_id))
        places.include(slot_ids, grant_ids, booking_ids)
        return places

    def include(
        self, slot_ids: Iterable[object], grant_ids: Iterable[object] = (), booking_ids: Iterable[object] = ()
    ) -> None:
        """Reads more, as ``load``. What is here already stays as it is: it may have been changed."""
        if self._site is None:
            return
        connection, site_id = self._site
        family = load_families(connection, site_id, _texts(booking_ids))
        for grant_id, grant in load(connection, "grant", site_id, _texts(grant_ids)).items():
            self.grants.setdefault(grant_id, grant)
        moved = [booking.values["slot_id"] for booking in family.values()]
        wanted = _texts([*slot_ids, *moved, *(grant.values["slot_id"] for grant in self.grants.values())])
        fresh = wanted - self.slots.keys()
        slots = load(connection, "slot", site_id, fresh)
        self.slots.update(slots)
        for grant_id, grant in load_where(connection, "grant", site_id, "slot_id", fresh).items():
            self.grants.setdefault(grant_id, grant)
        for booking in {**load_where(connection, "booking", site_id, "slot_id", fresh), **family}.values():
            if booking.id not in self.named:
                self.add(booking)
        self._look_around(connection, site_id, slots)
        self._find_events(connection, site_id, slots)

    def add(self, booking: Standing) -> None:
        """Makes a booking known, or puts the one that the caller changes in the place of its copy."""
        slot_id, moved_from = str(booking.values["slot_id"]), booking.values.get("moved_from")
        former = self._at.get(booking.id, slot_id)
        if former != slot_id:
            self.bookings[former].pop(booking.id, None)
        self._at[booking.id] = slot_id
        self.named[booking.id] = booking
        self.bookings.setdefault(slot_id, {})[booking.id] = booking
        if isinstance(moved_from, str) and moved_from != booking.id:
            self.successors.setdefault(moved_from, set()).add(booking.id)

    def put(self, booking: Standing, slot_id: str, clock: HybridClock) -> None:
        """Puts a booking on another slot, and counts both."""
        former = str(booking.values["slot_id"])
        if former != slot_id:
            booking.decide("slot_id", slot_id, clock.tick())
            self.add(booking)
            self.recount(former, clock)
        self.recount(slot_id, clock)

    def counted(self, slot_id: str, *, without: Collection[str] = ()) -> int:
        """The places of a slot that are promised or may be; ``without`` leaves bookings out."""
        bookings = self.bookings.get(slot_id, {})
        live = (booking.values for booking_id, booking in bookings.items() if booking_id not in without)
        return min(TAKEN_MAX, escrow.taken(live, self._grants_of(slot_id)))

    def granted(self, slot_id: str) -> int:
        """The places of a slot that terminals may promise: its active grants."""
        return escrow.taken([], self._grants_of(slot_id))

    def recount(self, slot_id: str, clock: HybridClock) -> None:
        """Sets ``taken`` of a slot to what is counted, and the seats left of its event."""
        slot = self.slots.get(slot_id)
        if slot is None:
            return
        counted = self.counted(slot_id)
        before = slot.values["taken"]
        if before != counted:
            slot.decide("taken", counted, clock.tick())
            if not isinstance(before, int) or counted < before:
                self.freed.add(slot_id)
        event = self.events.get(slot_id)
        left = max(0, escrow.places(slot.values) - counted)
        name = next((q.seats_left for q in QUOTAS if event is not None and event.values[q.slot_id] == slot_id), None)
        if event is not None and name is not None and event.values[name] != left:
            stamp = clock.tick()
            event.decide(name, left, stamp)
            event.decide("counted_at", utc_text(stamp_ms(stamp)), stamp)

    def why_not_free(self, slot_id: str, now: str, *, without: Collection[str] = ()) -> str | None:
        """Why one more place of a slot cannot be given now, ``None`` when it can; as ``escrow.why_not_free``.

        Args:
            slot_id: the slot.
            now: the present moment.
            without: bookings that are left out of every count.
        """
        slot = self.slots.get(slot_id)
        if slot is None:
            return "slot_unknown"
        here = self.counted(slot_id, without=without)
        return escrow.why_not_free(slot.values, here, self._others(slot_id, without), now)

    def proposals(self, booking: Standing, now: str, without: Collection[str]) -> list[str]:
        """Up to three free slots that the visitor of a booking may be offered instead; one statement a transaction.

        Args:
            booking: its reason, modality and slot say what is near.
            now: the present moment.
            without: slots that are not proposed.
        """
        slot = self.slots.get(str(booking.values["slot_id"]))
        near = str(slot.values["starts_at"]) if slot is not None else now
        reason, modality = booking.values["reason"], booking.values["modality"]
        event = slot.values if slot is not None and reason == SEATS else None
        slots = {**self._open_to_come(now), **{slot_id: one.values for slot_id, one in self.slots.items()}}
        return escrow.proposals(
            slots, reason=reason, modality=modality, near=near, now=now, without=without, event=event
        )  # fmt: skip

    def earlier(self, booking: Standing, now: str, without: Collection[str]) -> list[str]:
        """Up to three free slots that begin well before the one a booking has; one statement a transaction.

        Args:
            booking: it holds a place of a slot that is here.
            now: the present moment.
            without: slots that are not proposed.
        """
        slots = {**self._open_to_come(now), **{slot_id: one.values for slot_id, one in self.slots.items()}}
        before = str(self.slots[str(booking.values["slot_id"])].values["starts_at"])
        reason, modality = booking.values["reason"], booking.values["modality"]
        return escrow.earlier(slots, reason=reason, modality=modality, before=before, now=now, without=without)

    def comes_back(self, slot_id: str, terminal_no: Value) -> bool:
        """True when a terminal holds a place of a slot that it took on line and promised to nobody.

        It was given for one visit, whose asking is here instead: the terminal gives it back as soon as it hears of it.
        Not so when its disk was put back since: what a former incarnation holds only a named person gives back.
        """
        mine = {
            grant_id: grant
            for grant_id, grant in self._grants_of(slot_id).items()
            if grant["terminal_no"] == terminal_no and grant["state"] == ACTIVE and not grant["gone"]
        }
        here = self.bookings.get(slot_id, {}).values()
        spent = {one.values["grant_id"] for one in here if escrow.holds_a_place(one.values)}
        return any(
            self._was_taken(grant_id) and mine[grant_id]["incarnation"] == self._incarnation_of(terminal_no)
            for grant_id in mine.keys() - spent
        )

    def _incarnation_of(self, terminal_no: Value) -> str | None:
        """What a terminal was the last time it spoke; read once a transaction."""
        if self._incarnations is None and self._site is not None:
            connection, site_id = self._site
            query = select(TERMINALS.c.terminal_no, TERMINALS.c.incarnation).where(TERMINALS.c.site_id == site_id)
            self._incarnations = {row.terminal_no: row.incarnation for row in connection.execute(query)}
        return (self._incarnations or {}).get(terminal_no)

    def _was_taken(self, grant_id: object) -> bool:
        """True for a grant that was taken on line; the list is read once a transaction."""
        if self._taken is None and self._site is not None:
            self._taken = frozenset(taken.read(*self._site))
        return grant_id in (self._taken or frozenset())

    def held_up(self, slot_id: str, grant_id: object = None) -> list[Standing]:
        """The requests of a slot; and, once a place of it comes back that was taken on line, those that wish for it."""
        here = [one for one in self.bookings.get(slot_id, {}).values() if one.values["state"] == REQUESTED]
        if grant_id is None or self._site is None or not self._was_taken(grant_id):
            return here
        asked = load_where(self._site[0], "booking", self._site[1], "state", [REQUESTED])
        known = {one.id for one in here}
        asked |= {i: one for i, one in self.named.items() if one.values["state"] == REQUESTED}  # of this very push, too
        wishes = {i: one.values.get("wishes") for i, one in asked.items() if i not in known}
        wishing = [i for i, wished in wishes.items() if isinstance(wished, list) and slot_id in wished]
        self.include((), (), wishing)
        return [*here, *(self.named[i] for i in wishing if self.named[i].values["state"] == REQUESTED)]

    def spending(self, is_wanted: Callable[[int, str, int], bool]) -> list[str]:
        """The bookings of the site whose spend (terminal, grant, number) is wanted, by id; one statement."""
        if self._site is None:
            return []
        query = select(BOOKINGS.c.id, BOOKINGS.c.terminal_no, BOOKINGS.c.grant_id, BOOKINGS.c.spend_no).where(
            BOOKINGS.c.site_id == self._site[1], BOOKINGS.c.grant_id.is_not(None)
        )
        return [
            row.id for row in self._site[0].execute(query) if is_wanted(row.terminal_no, row.grant_id, row.spend_no)
        ]

    def pace_of(self, now: str) -> pace.Pace:
        """How many requests of the site may still be confirmed in this hour, read once a transaction."""
        if self._pace is None:
            self._pace = pace.Pace.load(*self._site, now) if self._site is not None else pace.Pace()
        for waiting_id in [one for one in self._pace.line if one in self.named]:
            if not pace.place_in_line(self.named[waiting_id]):  # answered or given up in this transaction
                self._pace.leave(waiting_id)
        return self._pace

    def given_up(self, peers: Mapping[str, Fields]) -> list[str]:
        """``escrow.given_up`` of the bookings of one grant, with what is known here of those that were told late."""
        found = escrow.given_up(peers)
        return escrow.given_up(peers, self._late()) if found else []

    def _late(self) -> Set[str]:
        """What may have been promised twice, as the list has it (``sync.hub.redrawn``), read once a transaction."""
        if self._at_risk is None and self._site is not None:
            connection, site_id = self._site
            query = select(REDRAWN.c.at_risk).where(REDRAWN.c.site_id == site_id)
            told = (json.loads(text) for text in connection.execute(query).scalars())
            self._at_risk = frozenset(booking_id for line in told for booking_id in line)
        sure = {one for one in self.told_late if self.named[one].values["grant_id"] in self.grants}
        return sure | (self._at_risk or frozenset())  # a grant that a restored hub forgot proves nothing

    def told_before(self, booking_id: str) -> str | None:
        """The slot on which a booking was confirmed before this hub was restored, as terminals bear witness."""
        if self._told is None:
            self._told = testimony.read(*self._site) if self._site is not None else {}
        return self._told.get(booking_id)

    def standings(self) -> list[Standing]:
        """Every record here that may have changed."""
        events = {event.id: event for event in self.events.values()}  # of two quotas it is there twice
        return [*self.slots.values(), *self.grants.values(), *self.named.values(), *events.values()]

    def _grants_of(self, slot_id: str) -> dict[str, Fields]:
        return {grant_id: grant.values for grant_id, grant in self.grants.items() if grant.values["slot_id"] == slot_id}

    def _others(self, slot_id: str, without: Collection[str]) -> Iterable[tuple[Fields, int]]:
        """The other open slots with their ``taken``: nobody comes to one that is withdrawn."""
        here = {other_id: other.values for other_id, other in self.slots.items()}
        for other_id, other in {**self.around, **here}.items():
            if other_id == slot_id or other["state"] != OPEN_SLOT or other["gone"]:
                continue
            if without and other_id in here:
                yield other, self.counted(other_id, without=without)
            else:
                yield other, other["taken"] if isinstance(other["taken"], int) else 0

    def _open_to_come(self, now: str) -> dict[str, Fields]:
        """The open slots of the site that are not over, read once."""
        if self._to_come is None and self._site is not None:
            connection, site_id = self._site
            query = select(SLOTS).where(
                SLOTS.c.site_id == site_id, SLOTS.c.state == OPEN_SLOT, ~SLOTS.c.gone, SLOTS.c.ends_at > now
            )
            self._to_come = {row["id"]: dict(row) for row in connection.execute(query).mappings()}
        return self._to_come or {}

    def _find_events(self, connection: Connection, site_id: str, slots: Mapping[str, Standing]) -> None:
        """The events of these seats; no statement when there are none."""
        seats = [slot_id for slot_id, slot in slots.items() if slot.values["reason"] == SEATS]
        here = {event.id: event for event in self.events.values()}  # one of the other quota: it may have been changed
        for quota in QUOTAS if seats else ():
            for found in load_where(connection, "event", site_id, quota.slot_id, seats).values():
                event = here.setdefault(found.id, found)
                if not event.values["gone"]:
                    self.events[str(event.values[quota.slot_id])] = event

    def _look_around(self, connection: Connection, site_id: str, slots: Mapping[str, Standing]) -> None:
        held = [slot.values for slot in slots.values() if slot.values["booth"]]
        if not held:
            return
        query = select(
            SLOTS.c.id, SLOTS.c.booth, SLOTS.c.starts_at, SLOTS.c.ends_at, SLOTS.c.taken, SLOTS.c.state, SLOTS.c.gone
        ).where(
            SLOTS.c.site_id == site_id,
            SLOTS.c.state == OPEN_SLOT,
            ~SLOTS.c.gone,
            SLOTS.c.taken > 0,
            SLOTS.c.booth.in_(sorted({str(slot["booth"]) for slot in held})),
            SLOTS.c.starts_at < escrow.shift(max(str(slot["ends_at"]) for slot in held), escrow.BUFFER),
            SLOTS.c.ends_at > escrow.shift(min(str(slot["starts_at"]) for slot in held), -escrow.BUFFER),
        )
        for row in connection.execute(query).mappings():
            self.around[row["id"]] = {name: value for name, value in row.items() if name != "id"}


def _texts(values: Iterable[object]) -> Set[str]:
    return {value for value in values if isinstance(value, str)}
