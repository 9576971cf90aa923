"""The subject chosen has an active booking in this visit: it may get another hour; a second booking is not offered."""

from __future__ import annotations

import flet as ft

from kiosk import times
from kiosk.models import booking_slip
from kiosk.models.reference import Opened
from kiosk.models.subject import paris_words, subject_icon, subject_words
from kiosk.parts import paper as drawn
from kiosk.parts.controls import NoticeKind, chip, notice, panel, quiet_button
from kiosk.parts.frame import Primary, screen
from kiosk.screens.booking_way import Way
from kiosk.visit import CODE

KINDS: dict[str, NoticeKind] = {"sure": "sure", "wait": "wait"}


def had(way: Way, standing: Opened) -> ft.Control:
    """What the person has for this subject, and « Changer d’heure »; their code while a change is being asked for."""
    visit = way.visit
    placed = standing.holds_a_place
    by_code = visit.say("booking.had.code")
    body = [*_facts(way, standing), *_asked(way, standing)]
    if standing.can_be_moved:
        body.append(ft.Row([quiet_button(visit, by_code, lambda: visit.go(CODE), icon_name="keyboard")]))
        change = way.do(way.journey.change_standing)
        primary = Primary(visit.say("reference.move"), change, icon_name="calendar-plus")
    else:
        primary = Primary(by_code, lambda: visit.go(CODE), icon_name="keyboard")
    return screen(
        visit,
        title=visit.say("booking.had.title_placed" if placed else "booking.had.title_asked"),
        lead=visit.say("booking.had.why"),
        body=body,
        primary=primary,
        back=way.back,
    )


def _facts(way: Way, standing: Opened) -> list[ft.Control]:
    """The hour, its state and the subject, as on the paper."""
    visit, booking, answer = way.visit, standing.booking, standing.answer
    if booking is None or answer is None:
        return []
    slot, zone = booking.slot, way.journey.site().zone
    kind = visit.say(f"booking.kind.{booking_slip.kind_of(answer)}")
    facts: list[ft.Control] = [ft.Row([chip(visit, kind, KINDS.get(answer.look, "info"), icon_name=answer.icon)])]
    if slot is not None:
        day = times.day_of(slot.starts_at, zone, visit.language)
        hours = times.hours(slot.starts_at, slot.ends_at, zone, visit.language)
        paris = paris_words(booking.reason, None, slot.starts_at, zone, visit.language, modality=slot.modality)
        detail = times.with_paris(hours, paris)
        facts.append(drawn.fact(visit, "calendar-blank", visit.say("booking.slip.when"), day, detail=detail))
    subject = subject_words(booking.reason, None, visit.language)
    facts.append(drawn.fact(visit, subject_icon(booking.reason), visit.say("booking.recap.reason"), subject))
    return [panel(visit, facts, gap=24)]


def _asked(way: Way, standing: Opened) -> list[ft.Control]:
    """A change that waits for its answer: there is no second one meanwhile."""
    if standing.asked is None:
        return []
    visit, slot = way.visit, standing.asked.booking.slot
    zone = way.journey.site().zone
    moment = times.moment_in_words(slot.starts_at, zone, visit.language) if slot is not None else "–"
    key = "reference.asked_change_hour" if standing.holds_a_place else "reference.asked_change_request"
    more = visit.say(key, moment=moment)
    return [notice(visit, "wait", visit.say("reference.asked_change"), more, icon_name="paper-plane-tilt")]
