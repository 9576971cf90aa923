"""The slip of a booking, in words: code, day, both hours, place, and « réservé », « demandé » or « confirmé ». Pure.

It holds no name, contact or need. A request lists its hours in order, as choices; a move says what becomes of the paper
that it replaces. The kind is said in words on the paper itself: a person who comes
back with a paper that says « Demandé » knows that nothing is promised yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kiosk import french_time
from kiosk.models import booking
from kiosk.models.booking import Answer
from kiosk.models.booking_kept import Done, Moving
from kiosk.models.quotas import is_afar
from kiosk.models.subject import key_of, paris_words, place_words, subject_words
from kiosk.said import joined
from kiosk.slip import qr_png
from kiosk.views import EventView, SiteView
from kiosk.wording import say
from sync.promise import LIVE

HOPED = LIVE | {booking.IN_LINE}
"""The kinds of a slip that its visitor still counts on, or hopes for."""


@dataclass(frozen=True)
class BookingPaper:
    """Everything the slip shows, in words.

    ``choices`` are the hours asked for, in order, where there are several. ``replaces``: what the old paper is worth.
    """

    title: str
    sentence: str
    look: str
    icon: str
    kind: str
    reference: str
    made: tuple[str, str]
    site: str
    day: str
    hours: str
    paris: str
    subject: str
    place: str
    next_steps: tuple[str, ...]
    qr_png: bytes | None
    can_ask_again: bool
    why_keep: str
    choices: tuple[str, ...] = ()
    replaces: str = ""
    reason: str = ""
    claim_url: str | None = None


def kind_of(answer: Answer) -> str:
    """``requested`` while nothing is answered, else the answer itself."""
    return "requested" if answer.state in ("kept", "sending", "asked") else answer.state


def sentence_of(
    answer: Answer, reason: str, language: str, *, now: datetime, zone: str, proposed: bool = True, afar: bool = False
) -> str:
    """What is true now of an asking, in one or two sentences that fit its reason: why not, where the hub said it.

    ``proposed`` is false where none of the hours that the hub proposed may still be had; ``afar``: nobody comes.
    """
    if answer.state == "alternatives":
        why, then = booking.because_key(answer.because), "" if proposed else "_gone"
        sentence = say(key_of(f"booking.answer.alternatives{then}", reason), language)
        return joined(" ", (say(key_of(why, reason), language), sentence)) if why else sentence
    if answer.state == "declined":
        return say(key_of(booking.declined_key(answer.because), reason), language)
    if answer.state == "confirmed" and answer.at is not None:
        moment = french_time.moment_near(answer.at, now, zone)
        return say(key_of("booking.answer.confirmed_at", reason, afar=afar), language, moment=moment)
    return say(key_of(f"booking.answer.{answer.state}", reason, afar=afar), language)


def make_paper(
    done: Done, answer: Answer, site: SiteView, language: str, *, now: datetime, event: EventView | None = None
) -> BookingPaper:
    """Returns the slip of an asking as it stands ``now``, on the clocks of its site; ``event`` is that of a seat."""
    zone, reason = site.zone, done.reason
    kind, afar = kind_of(answer), is_afar(reason, done.modality)
    hours = french_time.hours(done.starts_at, done.ends_at, zone)
    moved = done.moving is not None and kind in LIVE
    return BookingPaper(
        title=say(key_of(f"booking.move.done.{kind}" if moved else f"booking.done.{kind}", reason), language),
        sentence=sentence_of(answer, reason, language, now=now, zone=zone, afar=afar),
        look=answer.look,
        icon=answer.icon,
        kind=say(key_of(f"booking.kind.{kind}", reason), language),
        reference=done.reference.replace(" ", french_time.NBSP),
        made=(
            french_time.day(french_time.local(done.created_at, zone).date(), with_year=True),
            french_time.hour(done.created_at, zone),
        ),
        site=site.name,
        day=french_time.day(french_time.local(done.starts_at, zone).date(), with_year=True),
        hours=hours,
        paris=paris_words(reason, event, done.starts_at, zone, modality=done.modality),
        subject=subject_words(reason, event, language),
        place=place_words(reason, event, site, done.booth, language, modality=done.modality),
        next_steps=_next_steps(kind, reason, language, afar=afar),
        # A refused asking has nothing to follow any more: no QR invites to it.
        qr_png=qr_png(done.claim_url) if done.claim_url and kind in HOPED else None,
        can_ask_again=kind in ("declined", "withdrawn", "cancelled", "overruled", "alternatives"),
        why_keep=_why_keep(kind, reason, language),
        choices=choices_of(done, zone) if kind == "requested" else (),
        replaces=_replaces(done.moving, kind, language),
        reason=reason,
        claim_url=done.claim_url if kind in LIVE else None,
    )


def choices_of(done: Done, zone: str) -> tuple[str, ...]:
    """The hours of a request in order, « jeudi 19 novembre, 14 h », where it names several."""
    if not done.wishes:
        return ()
    return tuple(
        french_time.moment_in_words(starts_at, zone)
        for starts_at in (done.starts_at, *(wish.starts_at for wish in done.wishes))
    )


def _replaces(moving: Moving | None, kind: str, language: str) -> str:
    """What the old paper is worth: nothing any more, or as much as before until the answer."""
    if moving is None or kind not in LIVE:
        return ""
    if kind != "requested":
        return say("booking.move.slip.sure", language)
    return say(f"booking.move.slip.{moving.keeps}", language)


def _why_keep(kind: str, reason: str, language: str) -> str:
    if kind == "guaranteed":
        return say(key_of("booking.slip.code_why_guaranteed", reason), language)
    if kind in ("rejected", "overruled"):
        return say("booking.slip.code_why_desk", language)
    return say("booking.slip.code_why", language) if kind in HOPED else ""


def _next_steps(kind: str, reason: str, language: str, *, afar: bool) -> tuple[str, ...]:
    if kind in HOPED:
        keys = (f"booking.slip.next_{kind}_1", f"booking.slip.next_{kind}_2", "booking.slip.next_phone")
        return tuple(say(key_of(key, reason, afar=afar), language) for key in keys)
    return ()
