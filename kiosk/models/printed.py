"""The paper of what stands on a slip: the same words, from the same models. Pure.

A preparation's paper says for ever that it is not a registration. No name, contact or need is on any of them, and no
code on the paper of a state that was opened with a code: the code itself is kept nowhere.
"""

from __future__ import annotations

from datetime import datetime

from kiosk import times
from kiosk.models import booking_slip
from kiosk.models.booking_slip import BookingPaper
from kiosk.models.checklist import ChecklistPaper
from kiosk.models.reference import Opened, ReferenceSearch
from kiosk.models.subject import key_of, paris_words, place_words, subject_words
from kiosk.printing.sheet import Fact, Note, Sheet
from kiosk.said import joined
from kiosk.slip import Slip, SlipState
from kiosk.views import BookingView, SiteView
from kiosk.wording import say


def paper_of_preparation(slip: Slip, state: SlipState, language: str) -> Sheet:
    """The paper of a prepared registration; ``state`` is where its sending stands at this moment."""
    return Sheet(
        language=language,
        name=say("frame.name", language),
        site=slip.place,
        made=(slip.date, slip.hour),
        title=say("reg.slip.title", language),
        sentence=_sentences(state.title, state.detail),
        code_label=say("reg.slip.code", language),
        code=slip.reference,
        code_why=say("reg.slip.keep", language),
        qr=slip.claim_url,
        qr_words=say("take.paper.qr_preparation", language),
        steps_title=say("reg.slip.now", language),
        steps=slip.next_steps,
        notes=(Note(slip.mandatory, slip.mandatory_more),),
        foot=(slip.reception,) if slip.reception else (),
    )


def paper_of_booking(paper: BookingPaper, language: str) -> Sheet:
    """The paper of an appointment or a seat, in whatever state it is."""
    if paper.choices:
        when = Fact(say("booking.slip.choices", language), items=paper.choices)
    else:
        when = Fact(say("booking.slip.when", language), paper.day, times.with_paris(paper.hours, paper.paris))
    return Sheet(
        language=language,
        name=say("frame.name", language),
        site=paper.site,
        made=paper.made,
        title=paper.title,
        kind=paper.kind,
        sentence=paper.sentence,
        code_label=say("booking.slip.code", language),
        code=paper.reference,
        code_why=paper.why_keep,
        qr=paper.claim_url,
        qr_words=say("take.paper.qr_booking", language) if paper.claim_url else "",
        facts=(
            when,
            Fact(say("booking.slip.place", language), paper.place),
            Fact(say(key_of("booking.recap.reason", paper.reason), language), paper.subject),
        ),
        steps_title=say("booking.slip.next", language),
        steps=paper.next_steps,
        notes=(Note(paper.replaces),) if paper.replaces else (),
    )


def paper_of_list(paper: ChecklistPaper, language: str) -> Sheet:
    """The paper of the list to prepare an appointment with: nothing on it says whose it is."""
    return Sheet(
        language=language,
        name=say("frame.name", language),
        site=paper.place,
        made=paper.made,
        title=paper.title,
        facts=tuple(
            Fact(
                group.title,
                items=tuple(line.text for line in group.lines),
                ticked=tuple(line.ready for line in group.lines),
            )
            for group in paper.groups
        ),
        notes=tuple(Note(note) for note in paper.notes),
        foot=(paper.source,),
    )


def paper_of_state(search: ReferenceSearch, opened: Opened, language: str) -> Sheet:
    """The paper of what a code opened, as it stands now; it bears no code."""
    now, site = search.now(), search.site()
    if opened.registration is not None:
        return _state_of_preparation(search, opened, language)
    booking, answer = opened.booking, opened.answer
    if booking is None or answer is None:
        raise ValueError("nothing was opened")
    reason, kind = booking.reason, booking_slip.kind_of(answer)
    if opened.taken_back:
        told = say("reference.taken_back", language), say(key_of("reference.taken_back_more", reason), language)
    else:
        told = (
            say(key_of(f"booking.done.{kind}", reason), language),
            booking_slip.sentence_of(
                answer,
                reason,
                language,
                now=now,
                zone=site.zone,
                proposed=bool(search.proposals(opened)),
                afar=opened.afar,
            ),
        )
    notes = []
    if opened.moved:
        notes.append(Note(say("reference.moved", language), say("reference.moved_more", language)))
    return Sheet(
        language=language,
        name=say("frame.name", language),
        site=site.name,
        made=_made(now, site, language),
        title=told[0],
        kind="" if opened.taken_back else say(key_of(f"booking.kind.{kind}", reason), language),
        sentence=told[1],
        facts=_facts(search, opened, booking, language),
        notes=tuple(notes),
        foot=(say("take.paper.keep_code", language),),
    )


def _state_of_preparation(search: ReferenceSearch, opened: Opened, language: str) -> Sheet:
    state = opened.registration
    if state is None:
        raise ValueError("nothing was opened")
    now, site = search.now(), search.site()
    moment = times.moment_near(state.at, now, site.zone, language) if state.at else ""
    return Sheet(
        language=language,
        name=say("frame.name", language),
        site=site.name,
        made=_made(now, site, language),
        title=say("reference.found.registration", language),
        sentence=_sentences(say(state.key, language, moment=moment), say(state.more, language)),
        notes=(Note(say("reg.mandatory", language), say("reg.mandatory_more", language)),),
        foot=(say("take.paper.keep_code", language),),
    )


def _facts(search: ReferenceSearch, opened: Opened, booking: BookingView, language: str) -> tuple[Fact, ...]:
    """The hour, or the hours asked for; the place; the subject. An hour that is over is crossed out."""
    slot, zone, reason, live = booking.slot, search.zone(), booking.reason, opened.can_be_cancelled
    if slot is None:
        return (Fact(say("reference.slot_unknown", language)),)
    event = search.event(booking)
    if booking.wishes and live and not opened.holds_a_place:
        wished = tuple(times.moment_in_words(one.starts_at, zone, language) for one in (slot, *booking.wishes))
        when = Fact(say("booking.slip.choices", language), items=wished)
    else:
        hours = times.with_paris(
            times.hours(slot.starts_at, slot.ends_at, zone, language),
            paris_words(reason, event, slot.starts_at, zone, language, modality=slot.modality),
        )
        day = times.day_of(slot.starts_at, zone, language)
        when = Fact(say(opened.when_key, language), day, hours, struck=not live)
    where = place_words(reason, event, search.site(), slot.booth, language, modality=slot.modality)
    place = Fact(say("booking.slip.place", language), where)
    subject = Fact(say(key_of("booking.recap.reason", reason), language), subject_words(reason, event, language))
    return (when, *((place,) if live else ()), subject)


def _sentences(*said: str) -> str:
    return joined(" ", (one for one in said if one))


def _made(now: datetime, site: SiteView, language: str) -> tuple[str, str]:
    """The day and the hour of the printing: what a paper says was true then."""
    return times.day_of(now, site.zone, language), times.hour(now, site.zone, language)
