"""What the kiosk can do and know: the view models' one door to the replica and to the content.

A view model never sees a record, a stamp or SQL: it gets the small values of ``kiosk.views``. Every write is
one transaction of ``sync.replica.store`` (row, stamps, outbox entry). What a visitor typed leaves this
file only sealed for the hub; nothing here logs it or puts it in an error.

Errors are those of ``sync.errors``: their message is one French sentence that can be shown.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from content.shelf import Communes, ScreenView, Shelf
from kiosk import reading
from kiosk.models import french_time
from kiosk.views import (
    BookedView,
    BookingView,
    DeliveryView,
    EventView,
    FoundView,
    HeldView,
    NetworkView,
    OfferView,
    PreparedView,
    RegistrationView,
    ServiceView,
    SiteView,
    SlotView,
)
from sync.change import Value
from sync.claim import Reference
from sync.errors import InvalidInput
from sync.promise import CANCELLED, GUARANTEED, LIVE, MOVED, OPEN_SLOT, PLACED, REQUESTED
from sync.records import BookingFields, EventFields, OfferFields, RegistrationFields, ServiceFields, SlotFields
from sync.records.registration import KEEP

if TYPE_CHECKING:
    from sync.replica.grants import Held
    from sync.replica.terminal import Terminal

T = TypeVar("T")
REGISTRATION_CLAIM_VALID = timedelta(days=15)
"""How long the slip of a prepared registration opens: the retention of the official draft."""
TAKEN = "Cette heure n’est plus libre. Rien n’est perdu\u00a0: choisissez une autre heure."


class Actions:
    """What a visit may do.

    Args:
        terminal: the replica's facade.
        shelf: the content shown on this terminal.
        soon: asks for a round as soon as possible (``Schedule.soon``); must return at once.
        now_ms: the time, milliseconds since 1970; the terminal's, corrected by signed time, unless given.
        texts: what only the operator knows, by placeholder name of the content (``operator``, ``privacy_contact``).
    """

    def __init__(
        self,
        terminal: Terminal,
        shelf: Shelf,
        *,
        soon: Callable[[], None],
        now_ms: Callable[[], int] | None = None,
        texts: Mapping[str, str] | None = None,
    ) -> None:
        self._texts = dict(texts or {})
        self._terminal = terminal
        self._soon = soon
        self._now_ms = now_ms or terminal.now_ms
        self.shelf = shelf
        self._kept: dict[str, tuple[int, Any]] = {}
        self._held: dict[str, Held] = {}

    # What this terminal knows -------------------------------------------------------------------

    @property
    def functions(self) -> tuple[str, ...]:
        """What this terminal is for: ``borne``, ``affichage``…"""
        return self._terminal.identity.functions

    def now(self) -> datetime:
        """The present moment, UTC, cut to the second."""
        return french_time.from_ms(self._now_ms()).replace(microsecond=0)

    def site(self) -> SiteView:
        """The site; neutral values until the first round has brought it."""
        return self._read_once("site", self._read_site)

    def _read_site(self) -> SiteView:
        site_id = self._terminal.identity.site_id
        fields = self._terminal.store.site()
        if fields is None:
            return SiteView(site_id, "", "", "", "", "", "", french_time.PARIS, "FR", "", "", False, known=False)
        return SiteView(
            site_id, fields.name, fields.category, fields.address, fields.postal_code, fields.commune_name,
            fields.region, fields.zone, fields.phone_region, fields.phone, fields.opening_hours, fields.demonstration,
        )  # fmt: skip

    def network(self) -> NetworkView:
        """Online, or offline since when; what waits; whether the clock is trusted."""
        status = self._terminal.status()
        return NetworkView(
            online=status.online,
            offline_since=reading.moment(status.offline_since_ms),
            last_contact=reading.moment(status.last_contact_ms),
            waiting=status.waiting,
            clock_trusted=status.clock_trusted,
            restored=status.restored,
            refusal=status.last_refusal_message,
        )

    @property
    def demonstration(self) -> bool:
        """True on a terminal enrolled with a demonstration hub: the banner is permanent."""
        return self._terminal.identity.demonstration

    def privacy_notice(self, language: str) -> ScreenView:
        """The short privacy notice, its placeholders filled for this site; keep its ``version_id``."""
        return self._filled(self.shelf.privacy_notice(language, now=self.now().date()))

    def privacy_full(self, language: str) -> list[ScreenView]:
        """The full privacy text, one subject a screen, filled for this site."""
        return [self._filled(screen) for screen in self.shelf.privacy_full(language, now=self.now().date())]

    def commune_table(self) -> Communes:
        """The national table of communes and the countries."""
        return self.shelf.commune_table()

    def sync_soon(self) -> None:
        """Asks for a round now, without waiting for it."""
        self._soon()

    def delivery(self, kind: str, record_id: str) -> DeliveryView:
        """Whether a record written here reached the hub."""
        delivery = self._terminal.store.delivery(kind, record_id)
        return DeliveryView(delivery.state, reading.moment(delivery.at_ms), delivery.message)

    # Registration -------------------------------------------------------------------------------

    def prepare_registration(
        self,
        answers: Mapping[str, Value],
        *,
        notice_version: str,
        notice_read_at: datetime,
        language: str,
        assistance: str = "seul",
        if_unsent: str = KEEP,
    ) -> PreparedView:
        """Seals the answers for the hub and writes the preparation, in one transaction.

        Args:
            answers: tier 2 of facts/domain.md §4.4, French keys; sealed, never stored otherwise.
            notice_version: version of the privacy notice that was shown.
            notice_read_at: when it was shown, UTC.
            language: language of the visit.
            assistance: ``seul``, ``avec_aide`` or ``mandat``.
            if_unsent: ``garder`` or ``detruire``: what the person chose in case it cannot leave for fifteen days.
        """
        store = self._terminal.store
        record_id = store.new_id()
        sealed = store.seal(RegistrationFields.kind, record_id, dict(answers))
        reference = store.next_reference()
        now = self.now()
        values: dict[str, Value] = {
            **reading.reference_values(reference, record_id),
            "notice_version": notice_version,
            "notice_read_at": french_time.format_utc(notice_read_at),
            "assistance": assistance,
            "if_unsent": if_unsent,
            "language": language,
            "created_at": french_time.format_utc(now),
        }
        url = self._claim_url(
            RegistrationFields.kind, record_id, None, now + REGISTRATION_CLAIM_VALID, reference, language
        )
        store.write(RegistrationFields.kind, record_id, values, sealed=sealed)
        return PreparedView(record_id, reference.shown, url, now)

    def registration(self, record_id: str) -> RegistrationView | None:
        """The state of a prepared registration, or ``None`` when it is not here."""
        fields = self._terminal.store.get(RegistrationFields.kind, record_id)
        return reading.registration_view(record_id, fields) if isinstance(fields, RegistrationFields) else None

    # Booking ------------------------------------------------------------------------------------

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
        if until is not None and until <= french_time.from_ms(self._now_ms()):
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

        Raises:
            InvalidInput: the slot was taken or withdrawn since it was shown, or can be guaranteed no more. Nothing was
                written, and the visit holds nothing.
        """
        key = visit_key or secrets.token_hex(16)
        held = self._held.get(key)
        if held is None or held.slot_id != slot_id:
            self.hold(slot_id, key)
            held = self._held[key]
        try:
            more: dict[str, Value] = {"needs": list(needs)}
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

    def _book(
        self, held: Held, key: str, contact: Mapping[str, Value], language: str, more: Mapping[str, Value]
    ) -> BookedView:
        store = self._terminal.store
        fields = store.get(SlotFields.kind, held.slot_id)
        if not isinstance(fields, SlotFields) or not (held.guaranteed or self._may_be_asked(held.slot_id)):
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
            "created_at": french_time.format_utc(now),
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

    def mark_told(self, record_id: str) -> None:
        """The visitor has read, here, that somebody else ended this booking: the desk need not tell them again."""
        self._terminal.store.mark_told(record_id)

    def take_back(self, kind: str, record_id: str) -> None:
        """Destroys what a visitor typed for a registration or a booking, here and at the hub; it cannot be undone.

        Raises InvalidInput when it cannot be taken back any more.
        """
        self._terminal.store.take_back(kind, record_id)

    # Events and references ----------------------------------------------------------------------

    def events(self) -> list[EventView]:
        """Local events that are not over, earliest first, cancelled and full ones included."""
        now = self.now()
        return [event for event in self._read_once("events", self._read_events) if event.ends_at > now]

    def event(self, reference: str) -> EventView | None:
        """The event of that reference, over or not; ``None`` when it is not announced here any more."""
        known = self._read_once("events", self._read_events)
        return next((event for event in known if event.reference == reference), None)

    def _read_events(self) -> list[EventView]:
        return sorted(
            reading.views(self._terminal.store.list, EventFields, reading.event_view),
            key=lambda event: (event.starts_at, event.id),
        )

    def offers(self) -> list[OfferView]:
        """Job offers near here, those whose last day is over included."""
        return self._read_once(
            "offers", lambda: reading.views(self._terminal.store.list, OfferFields, reading.offer_view)
        )

    def services(self) -> list[ServiceView]:
        """Services near here that help."""
        return self._read_once(
            "services", lambda: reading.views(self._terminal.store.list, ServiceFields, reading.service_view)
        )

    def find(self, typed: str) -> FoundView:
        """What a slip opens, by its reference as typed or by the text of its QR, whatever terminal of the site made it.

        On line the hub may be asked: seconds. Raises InvalidInput, UnknownReference or TooManyTries.
        """
        found = self._terminal.open_slip(typed)
        if isinstance(found.fields, RegistrationFields):
            return FoundView(found.kind, found.id, registration=reading.registration_view(found.id, found.fields))
        if isinstance(found.fields, BookingFields):
            return FoundView(found.kind, found.id, booking=self._booking_view(found.id, found.fields))
        raise InvalidInput("Cette borne ne sait pas ouvrir ce code. Demandez à l’accueil.")

    # Inside -------------------------------------------------------------------------------------

    def _read_once(self, what: str, read: Callable[[], T]) -> T:
        """What `read` gave, until something in the replica changes: every screen asks for the same again."""
        version = self._terminal.store.version()  # before the reading: a change during it is read once too often
        kept = self._kept.get(what)
        if kept is None or kept[0] != version:
            kept = self._kept[what] = (version, read())
        found: T = kept[1]
        return found

    def _filled(self, screen: ScreenView) -> ScreenView:
        site = self.site()
        return screen.filled({"site_name": site.name, "site_phone": site.phone, **self._texts})

    def _claim_url(
        self, kind: str, record_id: str, slot_id: str | None, expires: datetime, reference: Reference, language: str, *,
        grant_no: int = 0, spend_no: int = 0,
    ) -> str | None:  # fmt: skip
        """The address in the slip's QR; ``None`` where the hub has no public address. No spend: not guaranteed."""
        public_url = self._terminal.public_url()
        if public_url is None:
            return None
        promise = GUARANTEED if spend_no else REQUESTED
        expires_s = french_time.to_ms(expires) // 1000
        claim = self._terminal.store.sign_claim(
            kind, promise, record_id, slot_id, expires_s, reference=reference, language=language, grant_no=grant_no,
            spend_no=spend_no,
        )  # fmt: skip
        return f"{public_url.rstrip('/')}/c/{claim}"

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
            created_at=french_time.parse_utc(fields.created_at),
            answered_at=reading.moment_of(fields.answered_at),
            declined_because=fields.declined_because,
            slot=self.slot(fields.slot_id),
            needs=tuple(fields.needs),
            wishes=self._slots_of(fields.wishes),
            alternatives=self._still_free(fields.alternatives),
            successor=successor,
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
