"""What the QR of a slip opens on the visitor's own phone: whether the hub has received it. HTML, French.

The page shows a state, and for an appointment its date, time and place; nothing about the person.
It sets no cookie, asks for nothing outside, and looks the same for every claim that is not good:
forged, altered, expired or revoked. In this version a claim reports only; it creates nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from typing import Any

from sqlalchemy import Connection, select

from sync import signature
from sync.claim import Claim, decode_claim
from sync.errors import PointContactError, Refused
from sync.hub.database import HubDatabase
from sync.hub.french_time import day_in_words, hour_in_words, local
from sync.hub.keys import HubKeys
from sync.hub.tables import hub_registry
from sync.promise import CANCELLED, CONFIRMED, DECLINED, GUARANTEED, OVERRULED, WITHDRAWN
from sync.records import record_registry
from sync.records.registration import CLOSED, FORWARDED, INCOMPLETE
from sync.wire import HubResponse, from_text

CLAIM_LENGTH_MAX = 400
MANDATORY = (
    "Cette préparation n’est pas une inscription. Votre inscription prend effet seulement quand France Travail "
    "l’a enregistrée."
)
DEMONSTRATION = "Démonstration : rien de ce qui est montré ici n’est réel."
STYLE = (
    "body{margin:0;background:#f4f1ea;color:#1d2733;font:1.125rem/1.55 system-ui,sans-serif}"
    "main{max-width:34rem;margin:0 auto;padding:2rem 1.25rem}h1{font-size:1.6rem;line-height:1.25}"
    "p{margin:0 0 1rem}.rule{border-left:.35rem solid #1d2733;padding-left:.9rem;font-weight:600}"
    ".when{font-size:1.3rem;font-weight:600}"
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

TERMINALS = hub_registry.metadata.tables["hub_terminal"]
REGISTRATIONS = record_registry.metadata.tables["registration"]
BOOKINGS = record_registry.metadata.tables["booking"]
SLOTS = record_registry.metadata.tables["slot"]
SITES = record_registry.metadata.tables["site"]


@dataclass(frozen=True)
class Page:
    """What a page says: a title, where and when, a few lines, and the rule that never leaves."""

    title: str
    lines: list[str]
    place: list[str] = field(default_factory=list)
    rule: str | None = None


NEUTRAL = Page(
    "Ce lien ne montre rien",
    [
        "Il est incomplet, trop ancien ou n’est pas reconnu.",
        "Montrez votre ticket à l’accueil : sa référence permet de retrouver votre demande.",
    ],
)
OVERRULED_ADVICE = "Appelez ou passez à l’accueil, avec votre ticket : une personne cherchera une autre date avec vous."
UNAVAILABLE = Page("Réessayez dans quelques minutes", ["Le hub ne peut pas répondre pour le moment. Rien n’est perdu."])


class ClaimDesk:
    """Answers ``GET /c/<claim>``.

    Args:
        database: the hub's.
        keys: the hub's; a demonstration's pages say so.
        now_ms: returns milliseconds since 1970.
    """

    def __init__(self, database: HubDatabase, keys: HubKeys, *, now_ms: Callable[[], int]) -> None:
        self._database = database
        self._demonstration = keys.demonstration
        self._now_ms = now_ms

    def page(self, claim_text: str) -> HubResponse:
        """The page of one claim, with its headers. Never raises on a bad claim."""
        try:
            with self._database.read() as connection:
                status, page = claim_page(connection, claim_text, self._now_ms(), demonstration=self._demonstration)
        except PointContactError:
            status, page = 503, _html(UNAVAILABLE, self._demonstration)
        return HubResponse(status, page.encode(), dict(HEADERS))


def claim_page(connection: Connection, claim_text: str, now_ms: int, *, demonstration: bool = False) -> tuple[int, str]:
    """The page of one claim: status and HTML; send it with ``HEADERS``.

    Args:
        connection: a reading transaction.
        claim_text: what follows ``/c/`` in the address; never logged.
        now_ms: milliseconds since 1970.
        demonstration: the page says that nothing on it is real.

    Returns:
        200 and the state, or 404 and the neutral page. Never raises on a bad claim.
    """
    verified = _verified(connection, claim_text, now_ms)
    if verified is None:
        return 404, _html(NEUTRAL, demonstration)
    claim, site = verified
    build = _registration_page if claim.kind == "registration" else _booking_page
    return 200, _html(build(connection, claim, site), demonstration)


def _verified(connection: Connection, text: str, now_ms: int) -> tuple[Claim, Any] | None:
    """The claim and its terminal's site when the terminal signed it, stands, and it is not over."""
    decoded = decode_claim(text) if len(text) <= CLAIM_LENGTH_MAX and text.isascii() else None
    if decoded is None:
        return None
    claim, body, signed = decoded
    terminal = connection.execute(select(TERMINALS).where(TERMINALS.c.terminal_no == claim.terminal_no)).first()
    if terminal is None or terminal.revoked_ms is not None or claim.expires_s * 1000 <= now_ms:
        return None
    try:
        key = from_text(terminal.public_key)
    except Refused:
        return None
    if not signature.verify(key, signed, Claim.signing_input(body)):
        return None
    site = connection.execute(select(SITES).where(SITES.c.id == terminal.site_id)).mappings().first()
    return claim, site or {"id": terminal.site_id, "name": "", "address": "", "zone": "Europe/Paris", "phone": ""}


def _registration_page(connection: Connection, claim: Claim, site: Any) -> Page:
    table = REGISTRATIONS
    where = (table.c.site_id == site["id"]) & (table.c.id == claim.id) & (table.c.terminal_no == claim.terminal_no)
    row = connection.execute(select(table).where(where)).first()
    if row is None:
        return Page(
            "Votre préparation n’est pas encore arrivée",
            ["Elle est gardée dans la borne, qui l’enverra dès le retour du réseau.", "Rouvrez cette page plus tard."],
            rule=MANDATORY,
        )
    moment = local(row.received_at or row.created_at, site["zone"])
    lines = [f"Elle a été reçue le {day_in_words(moment)} à {hour_in_words(moment)}."] if row.received_at else []
    lines += {
        FORWARDED: ["Elle a été transmise à France Travail."],
        INCOMPLETE: ["Il manque des informations : revenez avec votre ticket, ou appelez le 39 49."],
        CLOSED: ["Son suivi est terminé."],
    }.get(row.state, ["Elle sera traitée par une personne."])
    return Page("Votre préparation a été reçue", lines, rule=MANDATORY)


def _booking_page(connection: Connection, claim: Claim, site: Any) -> Page:
    table = BOOKINGS
    where = (table.c.site_id == site["id"]) & (table.c.id == claim.id) & (table.c.terminal_no == claim.terminal_no)
    row = connection.execute(select(table).where(where)).first()
    slot_id = claim.slot_id if row is None else row.slot_id
    slot = connection.execute(select(SLOTS).where((SLOTS.c.site_id == site["id"]) & (SLOTS.c.id == slot_id))).first()
    place = _place_lines(slot, site)
    if row is None:
        text = (
            "Elle est gardée dans la borne, qui l’enverra dès le retour du réseau. Tant qu’elle n’est pas arrivée, "
            "le créneau n’est pas à vous."
        )
        return Page("Votre demande de rendez-vous n’est pas encore arrivée", [text], place=place)
    kept = {CONFIRMED: "Votre rendez-vous est confirmé", GUARANTEED: "Votre rendez-vous est réservé"}.get(row.state)
    if kept is not None:
        return Page(kept, ["Venez cinq minutes avant, avec votre ticket."], place=place)
    other = "Choisissez un autre créneau à la borne ou à l’accueil."
    title, lines = {
        DECLINED: ("Ce créneau n’a pas pu être réservé", [other]),
        CANCELLED: ("Ce rendez-vous est annulé", [other]),
        WITHDRAWN: ("Ce rendez-vous a été retiré par l’organisme", [other]),
        OVERRULED: ("Ce rendez-vous ne peut pas être tenu", [OVERRULED_ADVICE]),
    }.get(row.state, ("Demande reçue", ["La réponse n’est pas encore connue : rouvrez cette page plus tard."]))
    return Page(title, lines, place=place if row.state not in {DECLINED, CANCELLED, WITHDRAWN, OVERRULED} else [])


def _place_lines(slot: Any, site: Any) -> list[str]:
    """Date, time and place; nothing else (design §5)."""
    if slot is None:
        return []
    moment = local(slot.starts_at, site["zone"])
    place = ", ".join(part for part in (site["name"], site["address"]) if part)
    return [f"{day_in_words(moment)} à {hour_in_words(moment)}", *([f"{place} (heure du lieu)"] if place else [])]


def _html(page: Page, demonstration: bool) -> str:
    body = "".join(f'<p class="when">{escape(line)}</p>' for line in page.place)
    body += "".join(f"<p>{escape(line)}</p>" for line in page.lines)
    body += f'<p class="rule">{escape(page.rule)}</p>' if page.rule else ""
    body += f"<p><strong>{escape(DEMONSTRATION)}</strong></p>" if demonstration else ""
    return (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="robots" content="noindex,nofollow"><meta name="referrer" content="no-referrer">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
        f"<title>{escape(page.title)}</title><style>{STYLE}</style></head>"
        f"<body><main><h1>{escape(page.title)}</h1>{body}</main></body></html>"
    )
