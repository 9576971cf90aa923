"""Appointments and seats, as a visit has them: hours, holds, bookings and what may still be done with one.

The middle storey of ``kiosk.actions``; see its docstring.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from kiosk import moments, reading
from kiosk.calls import Calls
from kiosk.views import BookedView, BookingView, HeldView, SlotView, ThreadView
from sync.change import Value
from sync.errors import InvalidInput
from sync.promise import CANCELLED, GUARANTEED, LIVE, MOVED, OPEN_SLOT, PLACED, REQUESTED
from sync.records import BookingFields, SlotFields
from sync.replica.asking import Room
from sync.replica.grants import Held

THREAD_MAX = 50
"""How many changes of hour of one booking are followed back; more can only be a circle."""
TAKEN = "Cette heure n’est plus libre. Rien n’est perdu\u00a0: choisissez une autre heure."


class Bookings(Calls):
    """What a visit may do with the hours of the booth and the seats of events."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._held: dict[str, Held] = {}

    def slots(self, visit_key: str = "") -> list[SlotView]:
        """Every published slot to come, earliest first; ``free`` tells those that seem open to an asking.

        What others of the site asked for here is not free, nor is what another visit holds; a withdrawn or past slot
        is not listed. What the visit ``visit_key`` holds itself stays guaranteed for it.
        """
        now = self.now()
        own = self.held(visit_key)
        # Never kept with the rows: what may be promised hangs on the time and on the trust in the clock too.
        sure = self._terminal.store.guaranteed_slots() | (
            {own.slot.id} if own is not None and own.guaranteed else frozenset()
        )
        return [
            replace(slot, free=True, guaranteed=True) if slot.id in sure else slot
            for slot in self._read_once("slots", self._read_slots)
            if slot.starts_at > now
        ]

    def _read_slots(self) -> list[SlotView]:
        asked = self._asked_per_slot()
        slots = [
            reading.slot_view(slot_id, fields, free=reading.has_room(fields, asked[slot_id]))
            for slot_id, fields in self._terminal.store.list(SlotFields.kind)
            if isinstance(fields, SlotFields) and fields.state == OPEN_SLOT
        ]
        return sorted(slots, key=lambda slot: (slot.starts_at, slot.booth, slot.id))

    def open_slots(self, reason: str) -> list[SlotView]:
        """The slots of one reason that seem free, earliest first."""
        return [slot for slot in self.slots() if slot.free and slot.reason == reason]

    def slot(self, slot_id: str) -> SlotView | None:
        """One slot, whatever its state, or ``None`` when it is not here."""
        fields = self._terminal.store.get(SlotFields.kind, slot_id)
        return reading.slot_view(slot_id, fields) if isinstance(fields, SlotFields) and not fields.gone else None

    def hold(self, slot_id: str, visit_key: str) -> HeldView:
        """Keeps an hour for a visit, durably, for five minutes where it can be guaranteed; frees its former one.

        Where this terminal holds no place of it, the hub is asked for one: that takes four seconds at most. Without a
        network, or where the hub gives none, the hour may only be asked for.

        Raises:
            InvalidInput: the slot was taken or withdrawn since it was shown; the visit then holds nothing.
        """
        store = self._terminal.store
        try:
            held = self._terminal.take(slot_id, visit_key)
            if not held.guaranteed and not self._may_be_asked(slot_id):
                raise InvalidInput(TAKEN)
            self._held[visit_key] = held
            found = self.held(visit_key)
            if found is None:
                raise InvalidInput(TAKEN)
        except InvalidInput:
            self._held.pop(visit_key, None)
            store.drop_holds(visit_key)
            raise
        return found

    def held(self, visit_key: str) -> HeldView | None:
        """What a visit holds now; ``None`` when it chose nothing, or when its five minutes are over."""
        held = self._held.get(visit_key)
        slot = self.slot(held.slot_id) if held is not None else None
        if held is None or slot is None:
            return None
        until = reading.moment(held.until_ms)
        if until is not None and until <= moments.from_ms(self._now_ms()):
            return None
        return HeldView(replace(slot, free=True, guaranteed=held.guaranteed), held.guaranteed, until)

    def drop_hold(self, visit_key: str) -> None:
        """Frees what a visit holds, if it holds anything."""
        if self._held.pop(visit_key, None) is not None:
            self._terminal.store.drop_holds(visit_key)

    def book(
        self,
        slot_id: str,
        *,
        contact: Mapping[str, Value],
        language: str,
        needs: tuple[str, ...] = (),
        visit_key: str | None = None,
        wishes: tuple[str, ...] = (),
        moved_from: str | None = None,
        waits: bool = False,
        content_version: str = "",
    ) -> BookedView:
        """Books a slot: *guaranteed* where this terminal holds it, else *requested* until the hub has answered.

        Args:
            slot_id: a slot of ``open_slots``, best held before.
            contact: what only the hub may read (``prenom``, ``telephone``, ``courriel``), sealed.
            language: language of the visit.
            needs: functional needs, as codes.
            visit_key: the visit that held the slot; ``None`` holds and books at once.
            wishes: the slots that a request would also accept, best first; not kept where the hour is guaranteed.
            moved_from: the booking that this one replaces once it stands.
            waits: the hour is full, and the person wants the place that somebody leaves: nothing is held.
            content_version: the text about the contract that was shown before; a move keeps that of the former.

        Raises:
            InvalidInput: the slot was taken or withdrawn since it was shown, or can be guaranteed no more. Nothing was
                written, and the visit holds nothing.
        """
        key = visit_key or secrets.token_hex(16)
        more: dict[str, Value] = {"needs": list(needs), **self._text_read(content_version, moved_from)}
        if waits:
            return self._book(Held(slot_id), key, contact, language, {**more, "waits": True})
        held = self._held.get(key)
        if held is None or held.slot_id != slot_id:
            self.hold(slot_id, key)
            held = self._held[key]
        try:
            if wishes and not held.guaranteed:
                more["wishes"] = list(wishes)
            if moved_from:
                more["moved_from"] = moved_from
            booked = self._book(held, key, contact, language, more)
        except InvalidInput:
            self.drop_hold(key)
            raise
        del self._held[key]
        return booked

    def _text_read(self, content_version: str, moved_from: str | None) -> dict[str, Value]:
        """What was read before the first asking: another hour changes nothing of it. No field where there was none."""
        former = self._terminal.store.get(BookingFields.kind, moved_from) if moved_from else None
        text = former.content_version if isinstance(former, BookingFields) else content_version
        return {"content_version": text} if text else {}

    def _book(
        self, held: Held, key: str, contact: Mapping[str, Value], language: str, more: Mapping[str, Value]
    ) -> BookedView:
        store = self._terminal.store
        fields = store.get(SlotFields.kind, held.slot_id)
        if not isinstance(fields, SlotFields):
            raise InvalidInput(TAKEN)
        may_wait = "waits" in more and reading.may_be_awaited(fields, self.now())
        if not (held.guaranteed or may_wait or self._may_be_asked(held.slot_id)):
            raise InvalidInput(TAKEN)
        now = self.now()
        record_id = store.new_id()
        sealed = store.seal(BookingFields.kind, record_id, dict(contact))
        reference = store.reference_for(held)
        values: dict[str, Value] = {
            **reading.reference_values(reference, record_id),
            "slot_id": held.slot_id,
            "reason": fields.reason,
            "modality": fields.modality,
            "language": language,
            **more,
            "created_at": moments.format_utc(now),
        }
        slot = reading.slot_view(held.slot_id, fields)
        url = self._claim_url(
            BookingFields.kind, record_id, held.slot_id, slot.ends_at, reference, language,
            grant_no=held.number,
            spend_no=held.spend_no,
        )  # fmt: skip
        state = store.book(held, key, record_id, values, sealed=sealed)
        wishes = self._slots_of(values.get("wishes"))
        return BookedView(record_id, reference.shown, url, now, slot, state == GUARANTEED, wishes)

    def booking(self, record_id: str) -> BookingView | None:
        """The state of a booking, or ``None`` when it is not here."""
        fields = self._terminal.store.get(BookingFields.kind, record_id)
        return self._booking_view(record_id, fields) if isinstance(fields, BookingFields) else None

    def thread(self, record_id: str) -> ThreadView:
        """The chain of changes of hour that leads to a booking, as far back as it is known here."""
        first, moves, standing = record_id, 0, False
        fields = self._terminal.store.get(BookingFields.kind, record_id)
        while isinstance(fields, BookingFields) and fields.moved_from and moves < THREAD_MAX:
            first, moves = fields.moved_from, moves + 1
            fields = self._terminal.store.get(BookingFields.kind, first)
            if moves == 1 and isinstance(fields, BookingFields):
                standing = self._state(fields, record_id) in LIVE and first not in self._read_given_up()
        return ThreadView(first, moves, standing)

    def cancel_booking(self, record_id: str) -> BookingView:
        """Cancels a booking that is requested, guaranteed or confirmed. Raises InvalidInput for any other."""
        view = self.booking(record_id)
        if view is None or view.state not in LIVE:
            raise InvalidInput("Ce rendez-vous ne peut plus être annulé ici. Demandez à l’accueil.")
        self._terminal.store.write(BookingFields.kind, record_id, {"state": CANCELLED})
        cancelled = self.booking(record_id)
        if cancelled is None:
            raise InvalidInput("Ce rendez-vous n’est plus sur cette borne. Demandez à l’accueil.")
        return cancelled

    def prefer_earlier(self, record_id: str, wanted: bool) -> None:
        """The visitor of a booking would like an earlier hour, or no more. Raises InvalidInput where they have none."""
        view = self.booking(record_id)
        if view is None or view.state not in PLACED:
            raise InvalidInput("Ce rendez-vous ne peut plus être changé ici. Demandez à l’accueil.")
        if view.earlier != wanted:
            self._terminal.store.write(BookingFields.kind, record_id, {"earlier": wanted})

    def open_room(self, record_id: str) -> Room:
        """The way into the video appointment of a booking, asked of the hub and kept nowhere. Seconds.

        Raises HubUnreachable (no network), NoRoom (``because`` says why there is none now).
        """
        return self._terminal.open_room(record_id)

    def mark_told(self, record_id: str) -> None:
        """The visitor has read, here, that somebody else ended this booking: the desk need not tell them again."""
        self._terminal.store.mark_told(record_id)

    def _may_be_asked(self, slot_id: str) -> bool:
        fields = self._terminal.store.get(SlotFields.kind, slot_id)
        return isinstance(fields, SlotFields) and reading.is_open(fields, self._asked_per_slot()[slot_id], self.now())

    def _asked_per_slot(self) -> Counter[str]:
        """How many requests of this site still wait for an answer, per slot."""
        bookings = self._terminal.store.list(BookingFields.kind)
        return Counter(
            fields.slot_id for _, fields in bookings if isinstance(fields, BookingFields) and fields.state == REQUESTED
        )

    def _booking_view(self, record_id: str, fields: BookingFields) -> BookingView:
        given_up = self._read_once("given_up", self._read_given_up).get(record_id)
        successor = self._terminal.store.successor(record_id) or given_up
        return BookingView(
            id=record_id,
            state=MOVED if given_up else self._state(fields, successor),
            reason=fields.reason,
            modality=fields.modality,
            created_at=moments.parse_utc(fields.created_at),
            answered_at=reading.moment_of(fields.answered_at),
            declined_because=fields.declined_because,
            slot=self.slot(fields.slot_id),
            needs=tuple(fields.needs),
            wishes=self._slots_of(fields.wishes),
            alternatives=self._still_free(fields.alternatives),
            successor=successor,
            waits=fields.waits,
            earlier=fields.earlier,
        )

    def _read_given_up(self) -> dict[str, str]:
        """Bookings replaced by one that held a place and was then cancelled: the hub frees both, so neither comes back.

        By id, the booking that replaced it. The cancelling may not have left this terminal yet.
        """
        bookings = self._terminal.store.list(BookingFields.kind)
        return {
            fields.moved_from: record_id
            for record_id, fields in bookings
            if isinstance(fields, BookingFields) and fields.moved_from and fields.grant_id and fields.state == CANCELLED
        }

    def _state(self, fields: BookingFields, successor: str | None) -> str:
        """A booking is shown as moved as soon as the one that replaces it holds a place: the hub will write so."""
        after = self._terminal.store.get(BookingFields.kind, successor) if successor else None
        placed = isinstance(after, BookingFields) and after.state in PLACED
        return MOVED if placed and fields.state != CANCELLED else fields.state

    def _slots_of(self, slot_ids: Value) -> tuple[SlotView, ...]:
        found = [self.slot(str(slot_id)) for slot_id in slot_ids] if isinstance(slot_ids, list) else []
        return tuple(slot for slot in found if slot is not None)

    def _still_free(self, slot_ids: list[str]) -> tuple[SlotView, ...]:
        """The slots of a proposal that may still be had, with whether they are this terminal's to promise."""
        known = {slot.id: slot for slot in self.slots() if slot.free} if slot_ids else {}
        return tuple(known[slot_id] for slot_id in slot_ids if slot_id in known)
