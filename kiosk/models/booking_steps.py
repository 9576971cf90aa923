"""The steps of booking a video appointment, or of giving one another hour: one question a screen.

The hour chosen is held for this visit where it can be guaranteed: five minutes, durably (``Actions.hold``). Another
hour, going back or leaving frees it. When the five minutes are over nothing is lost: it is held again if it can be,
and an hour that was shown as certain never turns into a request without the person being told first. A request may
name two more hours, in order. A move asks neither subject nor needs: they stay; the old hour is kept until the new one
is sure. A subject that the visit has an active booking for leads there too: another hour for it, no second booking.

What holds or books an hour (``choose_hour``, ``go_on`` at the hours, ``ask``, ``drop_choice``, ``start_move``) waits
for the disk: screens run it beside their own thread. Nothing typed is held by this object: it lives in the visit's
drafts until the asking seals it for the hub. No Flet here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from kiosk import moments
from kiosk.models import agenda, answers, booking
from kiosk.models.booking import Answer, Hour, Offer, ReasonChoice
from kiosk.models.booking_kept import (
    BY_EMAIL,
    BY_PHONE,
    CONTACT,
    DONE,
    DRAFT,
    EMAIL,
    EVENT,
    FIRST_NAME,
    HAD,
    HOUR,
    NEEDS,
    NO_CONTACT,
    PHONE,
    REASON,
    RECAP,
    WISHES,
    Done,
    Moving,
    moving_of,
    pack_done,
    pack_moving,
)  # fmt: skip
from kiosk.models.booking_known import KnownBooking
from kiosk.models.reference import Opened
from kiosk.views import BookedView, BookingView, EventView
from kiosk.wording import say
from sync.errors import InvalidInput
from sync.promise import LIVE

__all__ = [
    "BY_EMAIL", "BY_PHONE", "CONTACT", "DONE", "DRAFT", "EMAIL", "FIRST_NAME", "HAD", "HOUR", "NEEDS", "NO_CONTACT",
    "PHONE", "REASON", "RECAP", "WISHES", "BookingJourney", "Done", "Moving", "WishedHour",
]  # fmt: skip
TRIES = 2


class BookingJourney(KnownBooking):
    """One person's way through the asking."""

    def steps(self) -> tuple[str, ...]:
        """The questions of this person, in order; what they chose decides how many."""
        contact = {BY_PHONE: (PHONE, FIRST_NAME), BY_EMAIL: (EMAIL, FIRST_NAME)}.get(self.contact or "", ())
        wishes = (WISHES,) if self.step == WISHES or self.may_wish() else ()
        if self.moving is not None:
            return (HOUR, *wishes, CONTACT, *contact, RECAP)
        had = (HAD,) if self.step == HAD else ()
        return (REASON, *had, HOUR, *wishes, NEEDS, CONTACT, *contact, RECAP)

    def questions(self) -> tuple[str, ...]:
        """The steps that are counted as questions, for « Étape 2 sur 5 »."""
        return self.steps()

    # What differs for the seats of an event (``kiosk.models.seats``) -----------------------------

    def _about(self, event: str) -> dict[str, Any]:
        """What else is kept of a booking; ``event`` is the reference of the event of a seat, else ""."""
        del event
        return {}

    def event(self) -> EventView | None:
        """The event that the place is for; ``None`` for booth time."""
        return None

    def can_begin_again(self) -> bool:
        """True where another hour may be looked for after a refusal."""
        return True

    # What is shown ------------------------------------------------------------------------------

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

    def may_wish(self) -> bool:
        """True where the hour chosen is only asked for and another one may be named, or is."""
        kept = self._kept()
        if self.is_guaranteed or not kept.get("slot_id"):
            return False
        return bool(self.wishes) or not self.wished_offer().empty

    def wished_offer(self) -> Offer:
        """What may be wished for besides what is chosen already."""
        chosen = (str(self._kept().get("slot_id") or ""), *self.wishes)
        offer = booking.make_offer(
            self._actions.slots(self._visit_key), self.reason or "", now=self._actions.now(), zone=self.site().zone
        )
        taken = {hour.starts_at for day in offer.days for hour in day.hours if hour.slot_id in chosen}
        same = [hour.slot_id for day in offer.days for hour in day.hours if hour.starts_at in taken]
        return booking.on_request(offer, {*chosen, *same})

    def wishing(self) -> WishedHour:
        """The same way while one more hour is looked for."""
        return WishedHour(self._actions, self._drafts, self._visit_key)

    def choices(self) -> tuple[Hour, ...]:
        """The hours that are asked for, in order; those that were withdrawn meanwhile are left out."""
        chosen = (str(self._kept().get("slot_id") or ""), *self.wishes)
        found = [self._actions.slot(slot_id) for slot_id in chosen]
        return tuple(booking.hour_of(slot, self.site().zone) for slot in found if slot is not None)

    # What the person does -----------------------------------------------------------------------

    def choose_reason(self, reason: str) -> None:
        """Chooses the subject; another subject forgets day and hour."""
        if reason != self.reason:
            self._free_hour()
            self._keep(reason=reason, day=None, wishes=[])

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
        refused = bool(self.online()) and not held.guaranteed and not turned
        wishes = [] if held.guaranteed else [wish for wish in self.wishes if wish != slot_id]
        day = moments.local(held.slot.starts_at, self.site().zone).date()
        self._keep(
            slot_id=slot_id,
            day=day.isoformat(),
            gone=False,
            guaranteed=held.guaranteed,
            turned=turned,
            refused=refused,
            wishes=wishes,
        )

    def drop_choice(self, slot_id: str) -> None:
        """Takes one of the hours asked for away; the next one takes the place of the first."""
        if slot_id != self._kept().get("slot_id"):
            self._keep(wishes=[wish for wish in self.wishes if wish != slot_id])
        elif self.wishes:
            self.choose_hour(self.wishes[0])
            if self.hour_is_gone or self.is_guaranteed:
                self._keep(wishes=[], step=HOUR)  # where it is told: another one, or this one at once

    def let_go(self) -> None:
        """Frees the hour that is held; for a person who has left while the hub was asked for it."""
        self._actions.drop_hold(self._visit_key)

    def _free_hour(self, *, gone: bool = False) -> None:
        self._actions.drop_hold(self._visit_key)
        self._keep(slot_id=None, gone=gone, guaranteed=False, turned=False, refused=False)

    def toggle_need(self, need: str) -> None:
        """Adds or removes a need."""
        self._keep(needs=[code for code in booking.NEEDS if (code in self.needs) != (code == need)])

    def choose_contact(self, how: str) -> None:
        """Chooses how to be told; « none » drops what was typed before and is asked no more."""
        self._keep(contact=how)
        if how == NO_CONTACT:
            self._keep(typed_phone="", typed_email="")
            if FIRST_NAME not in self.steps():
                self._keep(first_name="")

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
        if self.step == REASON and self.standing() is not None:
            following = HAD
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
        """To the question before. False at the first one: the person leaves for the menu, or for their code.

        Before the hours nothing is held any more.
        """
        steps = self.steps()
        at = steps.index(self.step)
        if at <= steps.index(HOUR):
            self._free_hour()
        if at == 0:
            if self.moving is None:
                return False
            before = self._kept().get("before")
            self._keep_only(before or {"asked": self._made()})
            return before is not None
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
        hour = self.hour(self.offer())
        if hour is None:
            self.hour_was_taken()
            return None
        booked = self._book(hour.slot_id, language)
        if booked is None:
            return None
        self._actions.sync_soon()
        asked = [*self._made(), booked.id]
        # The typed part is sealed now: nothing of it stays in the drafts.
        left = {"asked": asked, "done": pack_done(booked, self.moving), **self._about(booked.slot.event)}
        self._keep_only({"step": DONE, "reason": self.reason, **left})
        return self.done()

    def _book(self, slot_id: str, language: str) -> BookedView | None:
        moving = self.moving
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
                    needs=self.needs if moving is None else moving.needs,
                    visit_key=self._visit_key,
                    wishes=self.wishes,
                    moved_from=moving.id if moving is not None else None,
                    content_version=self.text_read,
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

    # What became of it --------------------------------------------------------------------------

    def written(self) -> BookingView | None:
        """The record of the booking of this visit."""
        done = super().done()
        return self._actions.booking(done.id) if done else None

    def done(self) -> Done | None:
        """The booking of this visit, once written, at the hour that it has now: the hub may have given another wish."""
        done, view = super().done(), self.written()
        if done is None or view is None or view.slot is None or view.slot.id == done.slot_id:
            return done
        slot = view.slot
        return replace(done, slot_id=slot.id, starts_at=slot.starts_at, ends_at=slot.ends_at, booth=slot.booth,
                       modality=slot.modality)  # fmt: skip

    def answer(self) -> Answer | None:
        """What is known of the asking now."""
        view = self.written()
        if view is None:
            return None
        return booking.read_answer(view, self._actions.delivery("booking", view.id), online=self.online())

    def agenda_qr(self, language: str) -> bytes | None:
        """The QR of the calendar entry of this booking as it stands, or None."""
        done = super().done()
        return self._entry_qr.png(self._actions, done.id, language) if done else None

    def agenda_is_over(self, language: str) -> bool | None:
        """Whether its entry takes it out of the telephone; None where there is no entry to give."""
        done = super().done()
        return agenda.is_over(self._actions, done.id, language) if done else None

    def proposals(self) -> tuple[Hour, ...]:
        """The hours that the hub proposed instead and that may still be had, best first."""
        view = self.written()
        if view is None or view.state in LIVE:
            return ()
        return tuple(booking.hour_of(slot, self.site().zone) for slot in view.alternatives)

    def take_proposal(self, slot_id: str) -> None:
        """One of the proposals was touched: the booking gets this hour."""
        view = self.written()
        if view is not None:
            self.start_move(view, slot_id)

    def start_again(self) -> None:
        """After a refusal: another hour in the place of the one that is not to be had. The contact was sealed."""
        view = self.written()
        if view is not None and view.state in booking.REPLACEABLE - LIVE:
            self.start_move(view)
            return
        kept = self._kept()
        about = {name: kept[name] for name in (EVENT,) if name in kept}
        self._keep_only({"step": HOUR, "reason": kept.get("reason"), "asked": self._made(), **about})

    def to_standing(self) -> bool:
        """From the summary to what the visit has already for this subject; nothing is held any more.

        False for a seat, and where another booking gets its new hour: that is only said.
        """
        if self.first_step != REASON or self.moving is not None:
            return False
        self._free_hour()
        self._keep(step=HAD, editing=False)
        return True

    def change_standing(self) -> bool:
        """Begins to give another hour to the booking that stands for the subject; False where that is not possible."""
        return self._change(self.standing(), {"asked": self._made(), "reason": self.reason})

    def change_written(self) -> bool:
        """The same for the booking whose slip is shown; going back shows the slip again."""
        return self._change(self.changeable(), self._kept())

    def _change(self, found: Opened | None, before: dict[str, Any]) -> bool:
        if found is None or found.booking is None or not found.can_be_moved or not self.start_move(found.booking):
            return False
        self._keep(before=before)
        return True

    def start_move(self, view: BookingView, slot_id: str | None = None) -> bool:
        """Begins to give a booking another hour; ``slot_id`` is one that was proposed and touched.

        False when the booking cannot be replaced any more; nothing has then changed.
        """
        if view.state not in booking.REPLACEABLE:
            return False
        self._actions.drop_hold(self._visit_key)
        asked = self._made()
        moving = pack_moving(moving_of(view))
        about = self._about(booking.event_of(view))
        self._keep_only({"step": HOUR, "reason": view.reason, "asked": asked, "moving": moving, **about})
        proposed = None if slot_id is None else self._actions.slot(slot_id)
        if proposed is not None:
            self.choose_hour(proposed.id)
            if not self.hour_is_gone:
                self.go_on()
        return True


class WishedHour(BookingJourney):
    """The same way while one more hour is looked for: what is touched is wished for, not held."""

    def offer(self) -> Offer:
        """What may be wished for besides what is chosen already."""
        return self.wished_offer()

    def day(self, offer: Offer) -> date | None:
        """The day touched if it still has an hour, else the first that has one."""
        text = self._kept().get("wish_day")
        chosen = offer.day(date.fromisoformat(text)) if text else None
        return chosen.date if chosen is not None else offer.first_free_day()

    def hour(self, offer: Offer) -> Hour | None:
        """The hour touched, if it may still be asked for."""
        return offer.hour(self._kept().get("wish"))

    def choose_day(self, when: date) -> None:
        """Looks at the hours of a day."""
        self._keep(wish=None, wish_day=when.isoformat())

    def choose_hour(self, slot_id: str) -> None:
        """Touches an hour; ``add`` names it."""
        self._keep(wish=slot_id)

    def add(self) -> None:
        """Names the hour touched as the next choice, three in all."""
        hour = self.hour(self.offer())
        if hour is not None and len(self.wishes) + 1 < booking.CHOICES_MAX:
            self._keep(wishes=[*self.wishes, hour.slot_id])
        self.leave()

    def leave(self) -> None:
        """Forgets what was touched."""
        self._keep(wish=None, wish_day=None)
