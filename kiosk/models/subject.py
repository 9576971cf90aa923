"""What a place is for, in words: a video appointment in the booth, or a seat at an event. Pure.

Both are booked, asked for, moved and found in the same way, so they have the same screens. A sentence that is about the
booth or the counsellor has a second one, under its key with ``seat.`` before it, for the seats of an event.
"""

from __future__ import annotations

from datetime import datetime

from kiosk import times
from kiosk.models.quotas import is_afar, is_on_line, parts_of
from kiosk.views import EventView, SiteView
from kiosk.wording import say, words
from sync.promise import SEATS


def is_seat(reason: str | None) -> bool:
    """True for a seat at an event, false for booth time and for nothing."""
    return reason == SEATS


def key_of(key: str, reason: str | None, *, in_line: bool = False, afar: bool = False) -> str:
    """The key of the sentence that fits ``reason``: that of a seat where there is one, else ``key`` itself.

    ``in_line``: of a seat that is waited for, first. ``afar``: of a seat for which nobody comes, before other seats.
    """
    found = [f"line.{key}"] if in_line else []
    found += [f"afar.{key}"] if afar else []
    found += [f"seat.{key}"] if reason == SEATS else []
    return next((one for one in found if one in words()), key)


def subject_words(reason: str, event: EventView | None, language: str) -> str:
    """« Signer mon contrat d’engagement », or the title of the event."""
    if reason != SEATS:
        return say(f"booking.reason.{reason}", language)
    return event.title if event is not None else say("seat.subject", language)


def place_words(
    reason: str, event: EventView | None, site: SiteView, booth: str, language: str, *, modality: str = ""
) -> str:
    """Where to come: the booth of the site, or the place of the event; of an event that went away only the site.

    Of a seat from afar: that it is; the place of an event that was moved on line says it already. Where the event is
    given in both ways, « sur place » is said too.
    """
    if reason != SEATS:
        return say("booking.recap.place_value", language, site=site.name, booth=booth)
    if is_afar(reason, modality) and not is_on_line(event):
        return say("events.where.afar", language)
    place = event.place if event is not None else site.name
    if event is not None and parts_of(event):
        return say("events.where.on_site_place", language, place=place)
    return place


def paris_words(
    reason: str, event: EventView | None, starts_at: datetime, zone: str, language: str, *, modality: str = ""
) -> str:
    """« 11 h à Paris » where the clocks differ; "" for an event in a room, whose hour is that of its place."""
    if reason == SEATS and not is_on_line(event) and not is_afar(reason, modality):
        return ""
    return times.paris_hour(starts_at, zone, language) or ""


def subject_icon(reason: str) -> str:
    """The Phosphor name of the icon of the subject."""
    return "calendar-dots" if reason == SEATS else "video-camera"
