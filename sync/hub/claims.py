"""What the QR of a slip opens on the visitor's own phone: where the request stands, and the booking it brings. HTML.

The page shows a state, and for an appointment its date, time and place; nothing about the person. It sets no cookie,
asks for nothing outside, and looks the same for every claim that is not good: forged, altered or expired. A booking
that the hub does not know yet is made by being opened (``sync.hub.courier``); opened again, nothing is written.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from typing import Any

from sqlalchemy import Connection

from sync.agenda import AFAR, CANCEL, agenda_file
from sync.change import Value
from sync.errors import PointContactError
from sync.hub import agendas, courier, rows, slips
from sync.hub.claim_words import (
    MANDATORY,
    RIGHT_TO_LEFT,
    SIMPLE,
    Said,
    agenda_words,
    languages_of,
    lines_of,
    spoken,
    title_of,
    when_and_where,
    words_of,
)
from sync.hub.courier import ASK_THE_DESK, TO_CHECK, Opened, Random
from sync.hub.database import HubDatabase, table_of
from sync.hub.french_time import PARIS
from sync.hub.keys import HubKeys
from sync.promise import ALTERNATIVES, LIVE, OPEN_SLOT, PLACED, SEATS, UNKEPT, stands_in_line
from sync.records import Event
from sync.records.event import MOVED_ONLINE
from sync.records.registration import CLOSED, FORWARDED, INCOMPLETE, TAKEN_BACK
from sync.wire import HubResponse

__all__ = ["HEADERS", "MANDATORY", "ClaimDesk", "said_of"]

STYLE = (
    "body{margin:0;background:#f4f1ea;color:#1d2733;font:1.125rem/1.55 system-ui,sans-serif}"
    "main{max-width:34rem;margin:0 auto;padding:2rem 1.25rem}h1,h2{font-size:1.6rem;line-height:1.25}"
    "section+section{border-top:1px solid #1d2733;margin-top:2rem}p{margin:0 0 1rem}"
    ".rule{border-inline-start:.35rem solid #1d2733;padding-inline-start:.9rem;font-weight:600}"
    ".when{font-size:1.3rem;font-weight:600}"
    ".agenda{display:inline-block;border:.15rem solid #0e4a56;border-radius:.8rem;padding:.7rem 1.2rem;color:#0e4a56;"
    "font-weight:600;text-decoration:none}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'"
HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": f"{POLICY}; frame-ancestors 'none'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow, noarchive",
}
AGENDA_TYPE = "text/calendar; charset=utf-8; method={}"
AGENDA_HEADERS = {
    **HEADERS,
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "content-disposition": 'attachment; filename="agenda.ics"',  # the name tells nothing of what is in it
}
NOTHING, UNAVAILABLE = Said("nothing"), Said("unavailable")
NO_LANGUAGE = ""
"""Of a page that no good claim asked for: it is in French and English."""
REGISTRATION_NOTES = {FORWARDED: "forwarded", INCOMPLETE: "incomplete", CLOSED: "closed"}


class ClaimDesk:
    """Answers ``GET /c/<claim>``, on the thread that writes.

    Args:
        database: the hub's.
        keys: the hub's; a demonstration's pages say so.
        now_ms: returns milliseconds since 1970.
        random: source of random bytes.
    """

    def __init__(
        self, database: HubDatabase, keys: HubKeys, *, now_ms: Callable[[], int], random: Random = os.urandom
    ) -> None:
        self._database = database
        self._keys = keys
        self._now_ms = now_ms
        self._random = random

    def page(self, claim_text: str) -> HubResponse:
        """The page of one claim, with its headers: 200 and where it stands, or 404 and the neutral page.

        Never raises on a bad claim; 503 when the hub cannot answer now.
        """
        try:
            status, said, language = self._read(claim_text)
        except PointContactError:
            status, said, language = 503, UNAVAILABLE, NO_LANGUAGE
        return self._page(claim_text, status, said, language)

    def agenda(self, claim_text: str) -> HubResponse:
        """The calendar file of one claim (``GET /c/<claim>/agenda.ics``); what is refused gets the page's own answer.

        A claim without an entry (a preparation, a change that is only asked for) is not told from one that is not good.
        """
        try:
            status, said, language = self._read(claim_text)
        except PointContactError:
            return self._page(claim_text, 503, UNAVAILABLE, NO_LANGUAGE)
        if said.booked is None:
            return self._page(claim_text, 404, NOTHING, NO_LANGUAGE)
        booked = replace(said.booked, language=spoken(language))
        text = agenda_file(booked, datetime.fromtimestamp(self._now_ms() // 1000, UTC))
        return HubResponse(status, text.encode(), AGENDA_HEADERS | {"content-type": AGENDA_TYPE.format(booked.method)})

    def _page(self, claim_text: str, status: int, said: Said, language: str) -> HubResponse:
        page = _html(said, language, claim_text, demonstration=self._keys.demonstration)
        return HubResponse(status, page.encode(), dict(HEADERS))

    def _read(self, claim_text: str) -> tuple[int, Said, str]:
        """What one claim opens. The database is written only when there is a booking to be made."""
        now_ms = self._now_ms()
        with self._database.read() as connection:
            verified = slips.verify(connection, claim_text, now_ms)
            if verified is None:
                return 404, NOTHING, NO_LANGUAGE
            claim, maker = verified
            opened = courier.look_up(connection, claim, maker)
            if opened is not None:
                return 200, said_of(connection, opened, claim.kind), claim.language
        with self._database.write(maker.site_id) as connection:
            verified = slips.verify(connection, claim_text, now_ms)  # its terminal may have been revoked meanwhile
            if verified is None:
                return 404, NOTHING, NO_LANGUAGE
            opened = courier.open_claim(connection, self._keys, *verified, now_ms, self._random)
            return 200, said_of(connection, opened, claim.kind), claim.language


def said_of(connection: Connection, opened: Opened, kind: str) -> Said:
    """What is said of a slip that was opened, by its page or by a voice.

    Args:
        connection: a transaction.
        opened: what became of it.
        kind: ``registration`` or ``booking``, for a slip whose record is not here.
    """
    if opened.outcome in {ASK_THE_DESK, TO_CHECK}:
        return Said(opened.outcome)
    if opened.kind is None or opened.site_id is None or opened.id is None:
        return Said(f"{kind}_not_yet", mandatory=kind == "registration")
    if opened.kind == "registration":
        return _registration(connection, opened.site_id, opened.id)
    return _booking(connection, opened.site_id, opened.id)


def _registration(connection: Connection, site_id: str, record_id: str) -> Said:
    held = _held(connection, "registration", site_id, record_id)
    zone = _site(connection, site_id)["zone"]
    if held["state"] == TAKEN_BACK:
        return Said("taken_back", mandatory=True)
    received = held["received_at"]
    note = REGISTRATION_NOTES.get(str(held["state"]), "waits_for_a_person")
    return Said(
        "registration", notes=(note,), zone=zone, received_at=str(received) if received else None, mandatory=True
    )


def _booking(connection: Connection, site_id: str, booking_id: str) -> Said:
    """The present state of a booking; of the one that replaced it, when it was moved."""
    reached, moved = slips.newest_of(connection, site_id, booking_id)
    held, site = _held(connection, "booking", site_id, reached), _site(connection, site_id)
    state = str(held["state"])
    slot = rows.read(connection, "slot", site_id, str(held["slot_id"]))
    shown = slot if state in LIVE else None
    notes = ("moved_here",) if moved and state in LIVE else ()
    in_line = stands_in_line(state, held["declined_because"])
    earlier = state in PLACED and bool(held["alternatives"])
    place = _place(connection, site_id, str(held["slot_id"]), slot, site) if slot is not None else ""
    booked = agendas.booked_of(
        connection, site_id, reached, held, slot, zone=site["zone"], site=site["name"], place=place
    )
    return Said(
        "in_line" if in_line else state,
        notes=(*notes, "earlier") if earlier else notes,
        starts_at=str(shown["starts_at"]) if shown is not None else None,
        place=place if shown is not None else "",
        zone=site["zone"],
        was_at=str(slot["starts_at"]) if slot is not None and state in UNKEPT else None,
        others=_hours(connection, site_id, held["alternatives"]) if earlier or state in UNKEPT | {ALTERNATIVES} else (),
        booked=booked,
    )


def _hours(connection: Connection, site_id: str, slot_ids: Value) -> tuple[str, ...]:
    """When the proposed slots are, in the order of the proposal; one that is over or withdrawn is left out."""
    proposed = slot_ids if isinstance(slot_ids, list) else []
    slots = [rows.read(connection, "slot", site_id, slot_id) for slot_id in proposed]
    return tuple(str(slot["starts_at"]) for slot in slots if slot is not None and slot["state"] == OPEN_SLOT)


def _place(connection: Connection, site_id: str, slot_id: str, slot: dict[str, Value], site: dict[str, str]) -> str:
    """Where one comes: to the site, or to where the event is whose seats the slot holds, if one comes anywhere."""
    if slot["reason"] == SEATS:
        table = table_of(Event)
        of_slot = (table.c.slot_id == slot_id) | (table.c.remote_slot_id == slot_id)
        query = table.select().where(table.c.site_id == site_id, of_slot, ~table.c.gone)
        event: Any = connection.execute(query).first()
        if event is not None:
            # An event that was moved on line says in its place where that is, for everybody.
            moved = event.state == MOVED_ONLINE
            return AFAR if event.remote_slot_id == slot_id and not moved else str(event.place)
    return ", ".join(part for part in (site["name"], site["address"]) if part)


def _held(connection: Connection, kind: str, site_id: str, record_id: str) -> dict[str, Value]:
    held = rows.read(connection, kind, site_id, record_id)
    if held is None:
        raise ValueError("a slip was opened whose record is not here")
    return held


def _site(connection: Connection, site_id: str) -> dict[str, str]:
    site = rows.read(connection, "site", site_id, site_id) or {}
    return {name: str(site.get(name, "")) for name in ("name", "address")} | {"zone": str(site.get("zone", PARIS))}


def _html(said: Said, language: str, claim_text: str, *, demonstration: bool) -> str:
    languages = languages_of(language)
    first = languages[0]
    sections = "".join(_section(said, one, claim_text, demonstration=demonstration, level=2 if at else 1)
                       for at, one in enumerate(languages))  # fmt: skip
    return (
        f'<!doctype html><html lang="{_tag(first)}" dir="{_direction(first)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="robots" content="noindex,nofollow"><meta name="referrer" content="no-referrer">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
        f"<title>{escape(title_of(said, first))}</title><style>{STYLE}</style></head>"
        f"<body><main>{sections}</main></body></html>"
    )


def _section(said: Said, language: str, claim_text: str, *, demonstration: bool, level: int) -> str:
    """A page in one language."""
    body = "".join(f'<p class="when">{escape(line)}</p>' for line in when_and_where(said, language))
    body += "".join(f"<p>{escape(line)}</p>" for line in lines_of(said, language))
    if said.booked is not None:
        words = agenda_words(language, over=said.booked.method == CANCEL)
        body += f'<p><a class="agenda" href="{escape(claim_text)}/agenda.ics">{escape(words)}</a></p>'
    if said.mandatory:
        body += f'<p class="rule">{escape(words_of("mandatory", language).title)}</p>'
    if demonstration:
        body += f"<p><strong>{escape(words_of('demonstration', language).title)}</strong></p>"
    title = f"<h{level}>{escape(title_of(said, language))}</h{level}>"
    return f'<section lang="{_tag(language)}" dir="{_direction(language)}">{title}{body}</section>'


def _tag(language: str) -> str:
    """The language for browsers and screen readers: simple French is French."""
    return "fr" if language == SIMPLE else language


def _direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
