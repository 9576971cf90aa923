"""The steps of booking a video appointment, one question a screen, and what the person chose.

The hour chosen is held for this visit where it can be guaranteed: five minutes, durably (``Actions.hold``). Another
hour, going back or leaving frees it. When the five minutes are over nothing is lost: it is held again if it can be,
and an hour that was shown as certain never turns into a request without the person being told first.

Nothing typed is held by this object: it lives in the visit's drafts (AES-GCM under a key that exists
only in memory) until the asking seals it for the hub; then it is dropped. No Flet here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kiosk.actions import Actions
from kiosk.models import answers, booking, french_time
from kiosk.models.booking import Answer, Hour, Offer, ReasonChoice
from kiosk.views import BookedView, HeldView, SiteView
from kiosk.visit import Drafts
from kiosk.wording import say
from sync.errors import InvalidInput
from sync.promise import LIVE

DRAFT = "booking"
REASON, HOUR, NEEDS, CONTACT, PHONE, EMAIL, FIRST_NAME, RECAP, DONE = (
    "reason", "hour", "needs", "contact", "phone", "email", "first_name", "recap", "done",
)  # fmt: skip
BY_PHONE, BY_EMAIL, NO_CONTACT = "phone", "email", "none"
TRIES = 2


@dataclass(frozen=True)
class Done:
    """An asking that was written: what its slip needs. Nothing typed is in it."""

    id: str
    reference: str
    claim_url: str | None
    created_at: datetime
    slot_id: str
    reason: str
    starts_at: datetime
    ends_at: datetime
    booth: str


class BookingJourney:
    """One person's way through the asking.

    Args:
        actions: the door to the replica.
        drafts: the visit's drafts; everything chosen is kept there.
        visit_key: the visit's random word, under which its hour is held.
    """

    def __init__(self, actions: Actions, drafts: Drafts, visit_key: str) -> None:
        self._actions = actions
        self._drafts = drafts
        self._visit_key = visit_key

    # What was chosen ----------------------------------------------------------------------------

    def _kept(self) -> dict[str, Any]:
        return self._drafts.get(DRAFT) or {}

    def _keep(self, **changes: Any) -> None:
        self._drafts.put(DRAFT, {**self._kept(), **changes})

    @property
    def step(self) -> str:
        """The step that is shown."""
        step: str = self._kept().get("step", REASON)
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

    def held(self) -> HeldView | None:
        """The hour chosen as long as it is held; ``None`` once its five minutes are over."""
        held = self._actions.held(self._visit_key)
        return held if held is not None and held.slot.id == self._kept().get("slot_id") else None

    @property
    def hold_is_over(self) -> bool:
        """True when the hour chosen was kept for the person and is kept no more."""
        return self.is_guaranteed and self.held() is None

    def steps(self) -> tuple[str, ...]:
        """The questions of this person, in order; what they chose decides how many."""
        contact = {BY_PHONE: (PHONE, FIRST_NAME), BY_EMAIL: (EMAIL, FIRST_NAME)}.get(self.contact or "", ())
        return (REASON, HOUR, NEEDS, CONTACT, *contact, RECAP)

    # What is shown ------------------------------------------------------------------------------

    def site(self) -> SiteView:
        """The site this terminal stands in."""
        return self._actions.site()

    def online(self) -> bool | None:
        """Whether the last round reached the hub."""
        return self._actions.network().online

    def clock_trusted(self) -> bool:
        """False when the date and hour of this terminal may be wrong."""
        return self._actions.network().clock_trusted

    def known_since(self) -> datetime | None:
        """How old the hours shown are, where the network is cut: the last contact."""
        network = self._actions.network()
        return None if network.online else network.last_contact

    def now(self) -> datetime:
        """The present moment, UTC."""
        return self._actions.now()

    def reasons(self) -> tuple[ReasonChoice, ...]:
        """The subjects, with how many hours each has."""
        return booking.reason_choices(self._actions.slots(self._visit_key), now=self._actions.now())

    def offer(self) -> Offer:
        """What may be had now; read again at each call, so that nothing shown is older than it."""
        return booking.make_offer(
            self._actions.slots(self._visit_key),
            self.reason or "",
            now=self._actions.now(),
            zone=self._actions.site().zone,
            chosen=self._kept().get("slot_id"),
        )

    def day(self, offer: Offer) -> date | None:
        """The day chosen if it still has an hour, else the first that has one."""
        text = self._kept().get("day")
        chosen = offer.day(date.fromisoformat(text)) if text else None
        return chosen.date if chosen is not None and not chosen.full else offer.first_free_day()

    def hour(self, offer: Offer) -> Hour | None:
        """The hour chosen if it may still be had."""
        return offer.hour(self._kept().get("slot_id"))

    # What the person does -----------------------------------------------------------------------

    def choose_reason(self, reason: str) -> None:
        """Chooses the subject; another subject forgets day and hour."""
        if reason != self.reason:
            self._free_hour()
            self._keep(reason=reason, day=None)

    def choose_day(self, when: date) -> None:
        """Chooses a day; the hour of another day is freed."""
        self._free_hour()
        self._keep(day=when.isoformat())

    def choose_hour(self, slot_id: str) -> None:
        """Chooses an hour and holds it; the one chosen before is freed.

        Where it was taken meanwhile, ``hour_is_gone``; where it can only be asked for now, ``turned``.
        """
        shown = self.offer().hour(slot_id)
        try:
            held = self._actions.hold(slot_id, self._visit_key)
        except InvalidInput:
            self._free_hour(gone=True)
            return
        turned = shown is not None and shown.guaranteed and not held.guaranteed
        self._keep(slot_id=slot_id, gone=False, guaranteed=held.guaranteed, turned=turned)

    def _free_hour(self, *, gone: bool = False) -> None:
        self._actions.drop_hold(self._visit_key)
        self._keep(slot_id=None, gone=gone, guaranteed=False, turned=False)

    def toggle_need(self, need: str) -> None:
        """Adds or removes a need."""
        self._keep(needs=[code for code in booking.NEEDS if (code in self.needs) != (code == need)])

    def choose_contact(self, how: str) -> None:
        """Chooses how to be told; « none » drops what was typed before."""
        self._keep(contact=how)
        if how == NO_CONTACT:
            self._keep(typed_phone="", typed_email="", first_name="")

    def enter(self, field: str, typed: str) -> None:
        """Keeps what was typed for ``phone``, ``email`` or ``first_name``.

        Raises:
            AnswerError: it cannot be kept as it is; names the sentence to show, never what was typed.
        """
        if field == PHONE:
            self._keep(typed_phone=answers.check_phone(typed, self._actions.site().phone_region))
        elif field == EMAIL:
            self._keep(typed_email=answers.check_email(typed))
        else:
            self._keep(first_name=answers.check_name(typed) if typed.strip() else "")

    def go_on(self) -> None:
        """To the next question; straight back to the summary when one answer was being changed.

        It stays at the hours when the one chosen, kept too long, can no longer be had as it was shown.
        """
        kept = self._kept()
        if self.step == HOUR and kept.get("slot_id"):
            if self.held() is None and not self._hold_again():
                return
            self._keep(turned=False)
        steps = self.steps()
        at = steps.index(self.step)
        following = steps[min(at + 1, len(steps) - 1)]
        if kept.get("editing") and self._nothing_missing():
            following = RECAP
        self._keep(step=following, editing=bool(kept.get("editing")) and following != RECAP)

    def _hold_again(self) -> bool:
        """Asks again for the hour chosen. False: it cannot be had as it was shown, and the screen says which."""
        sure = self.is_guaranteed
        self.choose_hour(str(self._kept().get("slot_id")))
        if sure and not self.hour_is_gone and not self.is_guaranteed:
            self._keep(turned=True)
        return not self.hour_is_gone and not self.turned

    def _nothing_missing(self) -> bool:
        if self.hour(self.offer()) is None or self.contact is None:
            return False
        typed = {BY_PHONE: self.typed(PHONE), BY_EMAIL: self.typed(EMAIL)}.get(self.contact, "-")
        return bool(typed)

    def go_back(self) -> bool:
        """To the question before. False at the first one: the person leaves for the menu.

        Before the hours nothing is held any more.
        """
        steps = self.steps()
        at = steps.index(self.step)
        if at <= steps.index(HOUR):
            self._free_hour()
        if at == 0:
            return False
        self._keep(step=steps[at - 1], editing=False)
        return True

    def edit(self, step: str) -> None:
        """From the summary back to one question."""
        self._keep(step=step, editing=True)

    def ask(self, language: str) -> Done | None:
        """Writes the booking, once, and asks for a round at once.

        Returns None when the hour cannot be had as it was shown: it was taken meanwhile (back to the hours), or it can
        only be asked for now (``turned``: the person reads it and decides).

        Raises:
            InvalidInput: an hour was already asked for on this subject in this visit.
        """
        done = self.done()
        if done is not None and self.step == DONE:
            return done
        if self.asked_before():
            raise InvalidInput(say("booking.recap.twice"))
        kept = self._kept()
        hour = self.hour(self.offer())
        if hour is None:
            self.hour_was_taken()
            return None
        booked = self._book(hour.slot_id, language)
        if booked is None:
            return None
        self._actions.sync_soon()
        asked = {**kept.get("asked", {}), str(self.reason): booked.id}
        # The typed part is sealed now: nothing of it stays in the drafts.
        self._drafts.put(DRAFT, {"step": DONE, "reason": self.reason, "asked": asked, "done": _pack(booked)})
        return self.done()

    def _book(self, slot_id: str, language: str) -> BookedView | None:
        for _ in range(TRIES):
            if self.held() is None and not self._hold_again():
                if self.hour_is_gone:
                    self.hour_was_taken()
                return None
            try:
                return self._actions.book(
                    slot_id,
                    contact=self._sealed_part(),
                    language=language,
                    needs=self.needs,
                    visit_key=self._visit_key,
                )
            except InvalidInput:
                continue  # lost between the look and the touch; nothing was written, and it is asked for again
        self.hour_was_taken()
        return None

    def _sealed_part(self) -> dict[str, Any]:
        phone = self.typed(PHONE) if self.contact == BY_PHONE else ""
        email = self.typed(EMAIL) if self.contact == BY_EMAIL else ""
        return {"prenom": self.first_name or None, "telephone": phone or None, "courriel": email or None}

    def hour_was_taken(self) -> None:
        """Back to the hours, saying once that the one chosen is gone."""
        self._free_hour(gone=True)
        self._keep(step=HOUR, editing=True)

    def asked_before(self) -> bool:
        """True when an hour on this subject was booked or asked for in this visit and still stands."""
        record_id = self._kept().get("asked", {}).get(self.reason)
        earlier = self._actions.booking(record_id) if record_id else None
        return earlier is not None and earlier.state in LIVE

    # What became of it --------------------------------------------------------------------------

    def done(self) -> Done | None:
        """The asking of this visit, once written."""
        kept = self._kept().get("done")
        return _unpack(kept) if kept else None

    def answer(self) -> Answer | None:
        """What is known of the asking now."""
        done = self.done()
        view = self._actions.booking(done.id) if done else None
        if done is None or view is None:
            return None
        return booking.read_answer(view, self._actions.delivery("booking", done.id), online=self.online())

    def start_again(self) -> None:
        """After a refusal: the same subject, another hour. Contact and needs are asked again: they were sealed."""
        kept = self._kept()
        self._drafts.put(DRAFT, {"step": HOUR, "reason": kept.get("reason"), "asked": kept.get("asked", {})})


def _pack(booked: BookedView) -> dict[str, Any]:
    return {
        "id": booked.id,
        "reference": booked.reference,
        "claim_url": booked.claim_url,
        "created_at": french_time.format_utc(booked.created_at),
        "slot_id": booked.slot.id,
        "reason": booked.slot.reason,
        "starts_at": french_time.format_utc(booked.slot.starts_at),
        "ends_at": french_time.format_utc(booked.slot.ends_at),
        "booth": booked.slot.booth,
    }


def _unpack(kept: dict[str, Any]) -> Done:
    moments = {name: french_time.parse_utc(kept[name]) for name in ("created_at", "starts_at", "ends_at")}
    return Done(**{**kept, **moments})
