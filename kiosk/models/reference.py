"""« J’ai déjà un code »: what a typed reference opens, in words. Works without a network.

A terminal opens what any terminal of its site has made: by itself where it knows it, else the hub is asked. It knows
nothing of other sites, and without a network not all of its own. So a code that it cannot find is not called wrong:
« Je ne peux pas vérifier ici, demandez à l’accueil ». The QR of a slip opens it too, where a scanner types it.

Slips of the finger are caught by the check character before any search, and do not count as a try. Five codes that
open nothing lock the search for 15 minutes (the store counts, durably). No name is ever shown, and no state means
« inscrit ».
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from kiosk import times
from kiosk.actions import Actions
from kiosk.models import agenda
from kiosk.models import booking as rules
from kiosk.models.booking import Answer, Hour, read_answer
from kiosk.models.booth import DOOR, BoothVisit, is_door_open, state_of
from kiosk.models.quotas import is_afar
from kiosk.views import BookingView, DeliveryView, EventView, RegistrationView, SiteView
from kiosk.visit import Drafts
from sync.claim import ALPHABET, LOOK_ALIKES, REFERENCE_LENGTH, claim_in, decode_claim, read_reference
from sync.errors import InvalidInput, StorageError, TooManyTries, UnknownReference
from sync.escrow import EARLIER_GAIN, EARLIER_LEAD, PROPOSALS_MAX
from sync.promise import ALTERNATIVES, DECLINED, LIVE, MOVED, PLACED, SEATS, UNEXPECTED

DRAFT = "reference"
MOVES_FOLLOWED_MAX = 20
TYPED_MAX = 24
"""Characters that a person may type for a code, spaces included; what is longer comes from a scanner."""
TAKEN_BACK_FROM = LIVE | {ALTERNATIVES}
REGISTRATION_LOOKS = {
    "transmise": ("sure", "check-circle"),
    "a_completer": ("wait", "warning-circle"),
    "close": ("off", "minus-circle"),
    "retiree": ("off", "trash"),
}


@dataclass(frozen=True)
class Fault:
    """Why a code cannot be opened: the key of its sentence, and a number it needs."""

    key: str
    count: int | None = None
    locked: bool = False
    unknown: bool = False


@dataclass(frozen=True)
class RegistrationState:
    """The state of a preparation in words. ``more`` is the key of what to do next."""

    look: str
    icon: str
    key: str
    more: str
    made_at: datetime
    at: datetime | None = None


@dataclass(frozen=True)
class Asked:
    """A change that was asked for and is not answered: the new hour, and what is known of it."""

    booking: BookingView
    answer: Answer


@dataclass(frozen=True)
class Opened:
    """What a code opened: a preparation's state, or a booking with its answer.

    Attributes:
        id: the record that is shown; after a change of hour the newest one.
        moved: the hour was changed since the paper was made.
        asked: a change of hour that is asked for; the booking shown is kept meanwhile.
        taken_back: what was typed for it was destroyed in this visit.
        elsewhere: false where there is nothing to change to: the event of a seat has no other date.
    """

    kind: str
    id: str
    registration: RegistrationState | None = None
    booking: BookingView | None = None
    answer: Answer | None = None
    moved: bool = False
    asked: Asked | None = None
    taken_back: bool = False
    elsewhere: bool = True

    @property
    def reason(self) -> str | None:
        """What the booking is for; ``None`` for a preparation."""
        return self.booking.reason if self.booking is not None else None

    @property
    def can_be_cancelled(self) -> bool:
        """True for a booking that still holds, or asks for, an hour."""
        return self.booking is not None and self.booking.state in LIVE

    @property
    def afar(self) -> bool:
        """True for a seat for which nobody comes anywhere."""
        slot = self.booking.slot if self.booking is not None else None
        return slot is not None and is_afar(self.reason, slot.modality)

    @property
    def when_key(self) -> str:
        """The key of the label of the hour: one that was never given is not called lost."""
        if self.can_be_cancelled:
            return "booking.slip.when"
        refused = self.booking is not None and self.booking.state in (DECLINED, ALTERNATIVES)
        return "reference.when_declined" if refused else "reference.when_over"

    @property
    def holds_a_place(self) -> bool:
        """True for a booking whose hour is the person's."""
        return self.booking is not None and self.booking.state in PLACED

    @property
    def can_be_moved(self) -> bool:
        """True for a booking that another hour may replace and that waits for no change yet."""
        if self.booking is None or not self.elsewhere:
            return False
        return self.booking.state in rules.REPLACEABLE and self.asked is None

    @property
    def can_be_taken_back(self) -> bool:
        """True for a preparation that was not taken back yet, and for a booking that is not ended."""
        if self.booking is not None:
            return self.booking.state in TAKEN_BACK_FROM and not self.taken_back
        return self.registration is not None and self.registration.key != "reference.state.retiree"

    @property
    def must_be_told(self) -> bool:
        """True for a booking whose state its visitor does not expect: who reads it here need not hear it elsewhere."""
        news = self.holds_a_place and self.booking is not None and (self.booking.waits or self.booking.alternatives)
        return bool(news) or (self.booking is not None and self.booking.state in UNEXPECTED)

    @property
    def may_wait_for_earlier(self) -> bool:
        """True for booth time that is the visitor's, and for which no change is asked."""
        return self.holds_a_place and self.reason != SEATS and self.asked is None


def clean(typed: str) -> str:
    """The characters of a code, look-alikes read as what they stand for (O is 0, I and L are 1, U is V)."""
    return "".join(letter for letter in typed.upper().translate(LOOK_ALIKES) if letter in ALPHABET)


def grouped(typed: str) -> str:
    """What was typed, as the paper shows it: 3-3-4."""
    text = clean(typed)[:REFERENCE_LENGTH]
    return " ".join(part for part in (text[:3], text[3:6], text[6:]) if part)


def is_scanned(typed: str) -> bool:
    """True for what a scanner read of a QR: nobody types that much."""
    return len(typed.strip()) > TYPED_MAX


def check_typed(typed: str) -> Fault | None:
    """The slip of the finger, in plain words; None when it can be a code or the claim of a slip's QR."""
    if is_scanned(typed):
        return Fault("reference.not_a_slip") if decode_claim(claim_in(typed)) is None else None
    if not clean(typed):
        return Fault("reference.empty")
    gap = REFERENCE_LENGTH - len(clean(typed))
    if gap > 0:
        return Fault("reference.missing_one" if gap == 1 else "reference.missing", gap)
    if gap < 0:
        return Fault("reference.extra_one" if gap == -1 else "reference.extra", -gap)
    return Fault("reference.wrong_check") if read_reference(typed) is None else None


def registration_state(view: RegistrationView, delivery: DeliveryView) -> RegistrationState:
    """The state of a preparation. A receipt only adds « reçue »: nothing here ever shows « inscrit »."""
    made = view.created_at
    if view.state == "preparee" and delivery.state == "rejected":
        return RegistrationState(
            "fault", "warning-circle", "reference.state.preparee", "reference.more.preparee_rejected", made
        )
    if view.state == "preparee" and delivery.state == "received":
        return RegistrationState(
            "sure", "check-circle", "reference.state.preparee_sent", "reference.more.recue", made, delivery.at
        )
    if view.state == "recue":
        key = "reference.state.recue" if view.received_at else "reference.state.recue_undated"
        return RegistrationState("sure", "check-circle", key, "reference.more.recue", made, view.received_at)
    look, icon = REGISTRATION_LOOKS.get(view.state, ("wait", "hourglass-medium"))
    state = view.state if view.state in REGISTRATION_LOOKS else "preparee"
    # Destroyed here at once; at the service once it has been told.
    more = "retiree_waiting" if state == "retiree" and delivery.state != "received" else state
    return RegistrationState(look, icon, f"reference.state.{state}", f"reference.more.{more}", made)


class ReferenceSearch:
    """One person's look at their own code. Only the id of what it opened is kept, in the visit's drafts."""

    def __init__(self, actions: Actions, drafts: Drafts) -> None:
        self._actions = actions
        self._drafts = drafts
        self._entry_qr = agenda.EntryQr()

    def search(self, typed: str) -> Fault | None:
        """Opens what the code names; returns why not when it cannot. The hub may be asked: seconds.

        The code itself is not kept anywhere.
        """
        fault = check_typed(typed)
        if fault is not None:
            return fault
        try:
            found = self._actions.find(typed)
        except TooManyTries:
            return Fault("reference.locked", locked=True)
        except UnknownReference:
            return Fault("reference.unknown" if not self.online() else "reference.not_found", unknown=True)
        except InvalidInput:
            key = "reference.needs_network" if is_scanned(typed) and not self.online() else "reference.not_shown"
            return Fault(key, unknown=True)
        self._drafts.put(DRAFT, {"kind": found.kind, "id": found.id})
        self._actions.sync_soon()
        return None

    def opened(self) -> Opened | None:
        """The present state of what was opened, read again at each call."""
        kept = self._drafts.get(DRAFT)
        if kept is None:
            return None
        record_id, taken_back = str(kept["id"]), bool(kept.get("taken_back"))
        if kept["kind"] == "registration":
            return self._registration(record_id, taken_back)
        return self.follow(record_id, taken_back)

    def joined_from(self, language: str) -> str:
        """The hour from which the video appointment that is open may be joined here; "" for anything else, and then."""
        opened = self.opened()
        booking = opened.booking if opened is not None else None
        if booking is None or booking.slot is None or state_of(booking, self.now()) != "far":
            return ""
        return times.hour(booking.slot.starts_at - DOOR, self.zone(), language)

    def go_to_the_booth(self) -> None:
        """The person of the booking that is open goes into the booth."""
        opened = self.opened()
        if opened is not None and opened.booking is not None:
            BoothVisit(self._actions, self._drafts).come(opened.id)

    def known(self) -> tuple[Opened | None, bool | None, datetime | None, bool]:
        """Everything that the screen of a state says: the state, how sure and old it is, whether the booth is open."""
        opened = self.opened()
        joins = opened is not None and is_door_open(opened.booking, self.now())
        return opened, self.online(), self.known_at(), joins

    def _registration(self, record_id: str, taken_back: bool) -> Opened | None:
        view = self._actions.registration(record_id)
        if view is None:
            return None
        state = registration_state(view, self._actions.delivery("registration", record_id))
        return Opened("registration", record_id, registration=state, taken_back=taken_back)

    def follow(self, record_id: str, taken_back: bool = False) -> Opened | None:
        """The booking, or the one that has replaced it, however often it was changed; ``None`` where it is not here."""
        view = self._actions.booking(record_id)
        moved = False
        for _ in range(MOVES_FOLLOWED_MAX):
            after = self._actions.booking(view.successor) if view is not None and view.successor else None
            if view is None or after is None:
                break
            if view.state != MOVED:
                asked = Asked(after, self._answer(after)) if after.state in LIVE else None
                return self._opened(view, moved, asked, taken_back)
            view, moved = after, True
        return self._opened(view, moved, None, taken_back) if view is not None else None

    def _opened(self, view: BookingView, moved: bool, asked: Asked | None, taken_back: bool) -> Opened:
        elsewhere = view.reason != SEATS or rules.has_other_date(self._actions.slots(), view, now=self.now())
        return Opened("booking", view.id, None, view, self._answer(view), moved, asked, taken_back, elsewhere)

    def event(self, view: BookingView) -> EventView | None:
        """The event of a seat; ``None`` for booth time, and for an event that is not announced any more."""
        return self._actions.event(rules.event_of(view))

    def _answer(self, view: BookingView) -> Answer:
        return read_answer(view, self._actions.delivery("booking", view.id), online=self.online())

    def proposals(self, opened: Opened) -> tuple[Hour, ...]:
        """The hours that the hub proposed instead, or as earlier ones, and that may still be had, best first."""
        if opened.booking is None or (opened.booking.state in LIVE and not opened.booking.earlier):
            return ()
        if opened.may_wait_for_earlier:
            return self._earlier(opened.booking)
        return tuple(rules.hour_of(slot, self.zone()) for slot in opened.booking.alternatives)

    def _earlier(self, booking: BookingView) -> tuple[Hour, ...]:
        """What the hub has proposed, and what this terminal knows to be free besides: its stock, a place left since."""
        slots = {slot.id: slot for slot in booking.alternatives}
        if booking.slot is not None:
            before, soon = booking.slot.starts_at - EARLIER_GAIN, self.now() + EARLIER_LEAD
            for slot in self._actions.open_slots(booking.reason):
                if slot.modality == booking.modality and soon <= slot.starts_at <= before:
                    slots.setdefault(slot.id, slot)
        offer = rules.make_offer(slots.values(), booking.reason, now=self.now(), zone=self.zone())
        return tuple(hour for day in offer.days for hour in day.hours)[:PROPOSALS_MAX]

    def prefer_earlier(self, wanted: bool) -> str:
        """Waits for an earlier hour, or no more; the key of a sentence where that is not possible any more, else ""."""
        opened = self.opened()
        if opened is None or not opened.may_wait_for_earlier:
            return "reference.not_possible"
        try:
            self._actions.prefer_earlier(opened.id, wanted)
        except InvalidInput:
            return "reference.not_possible"
        self._actions.sync_soon()
        return ""

    def agenda_qr(self, language: str) -> bytes | None:
        """The QR of the calendar entry of the booking that is open, as it stands, or None."""
        opened = self.opened()
        return self._entry_qr.png(self._actions, opened.id, language) if opened and opened.booking else None

    def agenda_is_over(self, language: str) -> bool | None:
        """Whether its entry takes it out of the telephone; None where there is no entry to give."""
        opened = self.opened()
        return agenda.is_over(self._actions, opened.id, language) if opened and opened.booking else None

    def now(self) -> datetime:
        """The present moment, UTC."""
        return self._actions.now()

    def zone(self) -> str:
        """The zone of the site."""
        return self._actions.site().zone

    def site(self) -> SiteView:
        """The site this terminal stands in."""
        return self._actions.site()

    def online(self) -> bool | None:
        """Whether the last round reached the hub."""
        return self._actions.network().online

    def known_at(self) -> datetime | None:
        """When this terminal last heard from the hub; None when it never did."""
        return self._actions.network().last_contact

    def cancel(self) -> None:
        """Cancels the booking that is open. Raises InvalidInput when it cannot be any more."""
        opened = self.opened()
        if opened is not None and opened.can_be_cancelled:
            self._actions.cancel_booking(opened.id)
            self._actions.sync_soon()

    def act(self, wanted: str) -> str:
        """Does ``cancel`` or ``take_back``; the key of a sentence where it is not possible any more, else ""."""
        try:
            self.cancel() if wanted == "cancel" else self.take_back()
        except InvalidInput:
            return "reference.not_possible"
        return ""

    def told(self) -> None:
        """The screen has shown that somebody else ended the booking: the desk need not say it again."""
        opened = self.opened()
        if opened is not None and opened.must_be_told:
            # A full disk must not hide the state from the person: the desk then tells them once more.
            with suppress(StorageError):
                self._actions.mark_told(opened.id)
                self._actions.sync_soon()

    def take_back(self) -> None:
        """Destroys what was typed for what is open; a booking is cancelled by it.

        Raises InvalidInput when it cannot be taken back any more.
        """
        kept, opened = self._drafts.get(DRAFT), self.opened()
        if kept is None or opened is None:
            return
        self._actions.take_back(opened.kind, opened.id)
        self._drafts.put(DRAFT, {**kept, "taken_back": True})
        self._actions.sync_soon()

    def forget(self) -> None:
        """Closes what was opened."""
        self._drafts.forget(DRAFT)
