"""« J’ai déjà un code »: what a typed reference opens, in words. Works without a network.

A terminal only knows what was made at its own site. So a code it cannot find is not called wrong:
« Je ne peux pas vérifier ici, demandez à l’accueil ». Slips of the finger are caught by the check
character before any search, and do not count as a try. Five codes that open nothing lock the search
for 15 minutes (the store counts, durably). No name is ever shown, and no state means « inscrit ».
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk.actions import Actions
from kiosk.models.booking import Answer, read_answer
from kiosk.views import BookingView, DeliveryView, FoundView, RegistrationView
from kiosk.visit import Drafts
from sync.claim import ALPHABET, LOOK_ALIKES, REFERENCE_LENGTH, read_reference
from sync.errors import InvalidInput, TooManyTries

DRAFT = "reference"
CANCELLABLE = ("requested", "guaranteed", "confirmed")


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
class Opened:
    """What a code opened: a preparation's state, or a booking with its answer."""

    kind: str
    id: str
    registration: RegistrationState | None = None
    booking: BookingView | None = None
    answer: Answer | None = None

    @property
    def can_be_cancelled(self) -> bool:
        """True for a booking that still holds, or asks for, an hour."""
        return self.booking is not None and self.booking.state in CANCELLABLE


def clean(typed: str) -> str:
    """The characters of a code, look-alikes read as what they stand for (O is 0, I and L are 1, U is V)."""
    return "".join(letter for letter in typed.upper().translate(LOOK_ALIKES) if letter in ALPHABET)


def grouped(typed: str) -> str:
    """What was typed, as the paper shows it: 3-3-4."""
    text = clean(typed)[:REFERENCE_LENGTH]
    return " ".join(part for part in (text[:3], text[3:6], text[6:]) if part)


def check_typed(typed: str) -> Fault | None:
    """The slip of the finger, in plain words; None when it can be a code."""
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
    look, icon = {
        "transmise": ("sure", "check-circle"),
        "a_completer": ("wait", "warning-circle"),
        "close": ("off", "minus-circle"),
    }.get(view.state, ("wait", "hourglass-medium"))
    state = view.state if view.state in ("transmise", "a_completer", "close") else "preparee"
    return RegistrationState(look, icon, f"reference.state.{state}", f"reference.more.{state}", made)


class ReferenceSearch:
    """One person's look at their own code. Only the id of what it opened is kept, in the visit's drafts."""

    def __init__(self, actions: Actions, drafts: Drafts) -> None:
        self._actions = actions
        self._drafts = drafts

    def search(self, typed: str) -> Fault | None:
        """Opens what the code names; returns why not when it cannot.

        The code itself is not kept anywhere.
        """
        fault = check_typed(typed)
        if fault is not None:
            return fault
        try:
            found = self._actions.find(typed)
        except TooManyTries:
            return Fault("reference.locked", locked=True)
        except InvalidInput:
            return Fault("reference.unknown", unknown=True)
        self._drafts.put(DRAFT, {"kind": found.kind, "id": found.id})
        self._actions.sync_soon()
        return None

    def opened(self) -> Opened | None:
        """The present state of what was opened, read again at each call."""
        kept = self._drafts.get(DRAFT)
        if kept is None:
            return None
        record_id = str(kept["id"])
        found = self._read(str(kept["kind"]), record_id)
        return None if found is None else self._open(found)

    def _read(self, kind: str, record_id: str) -> FoundView | None:
        if kind == "registration":
            view = self._actions.registration(record_id)
            return FoundView(kind, record_id, registration=view) if view else None
        booking = self._actions.booking(record_id)
        return FoundView(kind, record_id, booking=booking) if booking else None

    def _open(self, found: FoundView) -> Opened:
        delivery = self._actions.delivery(found.kind, found.id)
        if found.registration is not None:
            return Opened(found.kind, found.id, registration=registration_state(found.registration, delivery))
        if found.booking is None:
            return Opened(found.kind, found.id)
        answer = read_answer(found.booking, delivery, online=self._actions.network().online)
        return Opened(found.kind, found.id, booking=found.booking, answer=answer)

    def now(self) -> datetime:
        """The present moment, UTC."""
        return self._actions.now()

    def zone(self) -> str:
        """The zone of the site."""
        return self._actions.site().zone

    def place(self) -> str:
        """The name of the site."""
        return self._actions.site().name

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

    def forget(self) -> None:
        """Closes what was opened."""
        self._drafts.forget(DRAFT)
