"""What one person chose on the way to a booking, in the visit's drafts; and what is left of it once it is written.

The draft is sealed under a key that exists only in memory (``kiosk.visit.Drafts``). Once the booking is written, the
typed part is dropped: what stays is what the slip needs. No Flet here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kiosk import moments
from kiosk.models import booking
from kiosk.views import BookedView, BookingView, SlotView
from kiosk.visit import Drafts

DRAFT = "booking"
REASON, HAD, HOUR, WISHES, NEEDS, CONTACT, PHONE, EMAIL, FIRST_NAME, RECAP, DONE = (
    "reason", "had", "hour", "wishes", "needs", "contact", "phone", "email", "first_name", "recap", "done",
)  # fmt: skip
BY_PHONE, BY_EMAIL, NO_CONTACT = "phone", "email", "none"
EVENT = "event"
"""Under this name the reference of an event is kept, where the place is one of its seats."""
READ = "read"
"""Under this name the visit's drafts keep which text about the contract was shown: a pack, never a screen of it."""


@dataclass(frozen=True)
class Stretch:
    """An hour that was chosen, had or asked for. ``booth`` and ``modality`` are empty where they are not known here."""

    starts_at: datetime
    ends_at: datetime
    booth: str = ""
    modality: str = ""


@dataclass(frozen=True)
class Moving:
    """The booking that the person wants another hour for.

    Attributes:
        state: its state when they began (a state of ``sync.promise``).
        reason: its subject, which stays.
        needs: they stay too.
        old: its hour; ``None`` when this terminal does not hold it any more.
    """

    id: str
    state: str
    reason: str
    needs: tuple[str, ...] = ()
    old: Stretch | None = None

    @property
    def keeps(self) -> str:
        """What holds meanwhile: ``hour`` (the old one is theirs), ``request`` (it is asked for) or ``nothing``."""
        return {"guaranteed": "hour", "confirmed": "hour", "requested": "request"}.get(self.state, "nothing")


@dataclass(frozen=True)
class Done:
    """A booking that was written: what its slip needs. Nothing typed is in it.

    ``wishes`` are the other hours asked for, best first; ``moving`` is the booking it replaces.
    """

    id: str
    reference: str
    claim_url: str | None
    created_at: datetime
    slot_id: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    booth: str
    modality: str = ""
    wishes: tuple[Stretch, ...] = ()
    moving: Moving | None = None


class KeptBooking:
    """What was chosen so far, read from the drafts at each call.

    Args:
        drafts: the visit's drafts; everything chosen is kept there.
    """

    draft, first_step = DRAFT, REASON

    def __init__(self, drafts: Drafts) -> None:
        self._drafts = drafts

    def _kept(self) -> dict[str, Any]:
        return self._drafts.get(self.draft) or {}

    def _keep(self, **changes: Any) -> None:
        self._keep_only({**self._kept(), **changes})

    def _keep_only(self, whole: dict[str, Any]) -> None:
        self._drafts.put(self.draft, whole)

    @property
    def step(self) -> str:
        """The step that is shown."""
        step: str = self._kept().get("step", self.first_step)
        return step

    @property
    def reason(self) -> str | None:
        """The subject chosen, or None."""
        return self._kept().get("reason")

    @property
    def needs(self) -> tuple[str, ...]:
        """The needs chosen, in the order of the vocabulary."""
        chosen = self._kept().get("needs", [])
        return tuple(need for need in booking.NEEDS if need in chosen)

    @property
    def contact(self) -> str | None:
        """``phone``, ``email``, ``none``, or None before the choice."""
        return self._kept().get("contact")

    @property
    def first_name(self) -> str:
        """What was typed, or an empty text."""
        return str(self._kept().get("first_name", ""))

    def typed(self, field: str) -> str:
        """What was typed for ``phone`` or ``email``, or an empty text."""
        return str(self._kept().get(f"typed_{field}", ""))

    @property
    def hour_is_gone(self) -> bool:
        """True when the hour chosen was taken meanwhile: the screen says so once."""
        return bool(self._kept().get("gone", False))

    @property
    def is_guaranteed(self) -> bool:
        """True when the hour chosen was shown as the person's at once; it can be over since (``hold_is_over``)."""
        return bool(self._kept().get("guaranteed", False))

    @property
    def turned(self) -> bool:
        """True when the hour chosen can be guaranteed no more, only asked for: the screen says so."""
        return bool(self._kept().get("turned", False))

    @property
    def refused(self) -> bool:
        """True when the hub was asked for the hour chosen and could not give it at once: it is on request."""
        return bool(self._kept().get("refused", False))

    @property
    def in_line(self) -> bool:
        """True where no place is free and the person goes into the line."""
        return bool(self._kept().get("line", False))

    @property
    def moving(self) -> Moving | None:
        """The booking that is to get another hour; ``None`` for a booking of its own."""
        kept = self._kept().get("moving")
        return unpack_moving(kept) if kept else None

    @property
    def wishes(self) -> tuple[str, ...]:
        """The slots wished for besides the one chosen, best first."""
        return tuple(self._kept().get("wishes", ()))

    @property
    def text_read(self) -> str:
        """The text about the contract that this visit was shown, ``PACK@VERSION``; "" for none, and for a seat."""
        kept = self._drafts.get(READ) if self.draft == DRAFT else None
        return str(kept["text"]) if kept else ""

    def done(self) -> Done | None:
        """The booking of this visit, once written."""
        kept = self._kept().get("done")
        return unpack_done(kept) if kept else None


def begin_with(drafts: Drafts, reason: str) -> None:
    """Ticks a subject before the first question; nothing where a booking was begun in this visit."""
    if drafts.get(DRAFT) is None:
        drafts.put(DRAFT, {"reason": reason})


def note_read(drafts: Drafts, text: str) -> None:
    """The text ``PACK@VERSION`` is on the screen; a later one takes its place. Gone with the visit."""
    drafts.put(READ, {"text": text})


def moving_of(view: BookingView) -> Moving:
    """What must be known of a booking to give it another hour."""
    old = None if view.slot is None else stretch_of(view.slot)
    return Moving(view.id, view.state, view.reason, view.needs, old)


def stretch_of(slot: SlotView) -> Stretch:
    """The hour of a slot."""
    return Stretch(slot.starts_at, slot.ends_at, slot.booth, slot.modality)


def pack_done(booked: BookedView, moving: Moving | None) -> dict[str, Any]:
    """JSON values of what its slip needs."""
    slot = booked.slot
    return {
        "id": booked.id,
        "reference": booked.reference,
        "claim_url": booked.claim_url,
        "created_at": moments.format_utc(booked.created_at),
        "slot_id": slot.id,
        "reason": slot.reason,
        **_pack_stretch(stretch_of(slot)),
        "wishes": [_pack_stretch(stretch_of(wish)) for wish in booked.wishes],
        "moving": pack_moving(moving) if moving else None,
    }


def unpack_done(kept: dict[str, Any]) -> Done:
    """The inverse of ``pack_done``."""
    at = {name: moments.parse_utc(kept[name]) for name in ("created_at", "starts_at", "ends_at")}
    wishes = tuple(_unpack_stretch(wish) for wish in kept.get("wishes", ()))
    moving = unpack_moving(kept["moving"]) if kept.get("moving") else None
    return Done(**{**kept, **at, "wishes": wishes, "moving": moving})


def pack_moving(moving: Moving) -> dict[str, Any]:
    """JSON values of the booking that gets another hour."""
    return {
        "id": moving.id, "state": moving.state, "reason": moving.reason, "needs": list(moving.needs),
        "old": _pack_stretch(moving.old) if moving.old else None,
    }  # fmt: skip


def unpack_moving(kept: dict[str, Any]) -> Moving:
    """The inverse of ``pack_moving``."""
    old = _unpack_stretch(kept["old"]) if kept["old"] else None
    return Moving(kept["id"], kept["state"], kept["reason"], tuple(kept["needs"]), old)


def _pack_stretch(stretch: Stretch) -> dict[str, str]:
    return {
        "starts_at": moments.format_utc(stretch.starts_at), "ends_at": moments.format_utc(stretch.ends_at),
        "booth": stretch.booth, "modality": stretch.modality,
    }  # fmt: skip


def _unpack_stretch(kept: dict[str, str]) -> Stretch:
    starts_at, ends_at = (moments.parse_utc(kept[name]) for name in ("starts_at", "ends_at"))
    return Stretch(starts_at, ends_at, kept["booth"], kept["modality"])
