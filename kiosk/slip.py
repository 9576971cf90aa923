"""The slip of a prepared registration: what the visitor takes home, and the truth about its sending. Pure.

It says what it is *not*: « Cette préparation n’est pas une inscription » stands on it for ever, and a
receipt from the hub only adds when it was sent. It holds a reference and, where the hub has a public
address, a QR with a signed claim; never a name, an answer or a date of birth.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import segno
from segno import consts

from kiosk import moments, times
from kiosk.times import NBSP
from kiosk.views import DeliveryView, NetworkView, PreparedView, SiteView
from kiosk.wording import say

KEPT_DAYS = 15
"""How long the hub keeps a preparation at most: the retention of the official draft."""
QR_MODULE_PX = 6
QR_QUIET_MODULES = 2
WAITING, RECEIVED, REJECTED = "waiting", "received", "rejected"


@dataclass(frozen=True)
class SlipState:
    """Where the preparation is: ``kind`` is that of ``parts.controls.notice`` (``sure``, ``wait``, ``fault``)."""

    kind: str
    title: str
    detail: str

    @property
    def final(self) -> bool:
        """True when nothing more is to be waited for."""
        return self.kind != "wait"


@dataclass(frozen=True)
class Slip:
    """Everything the slip shows, in words. ``qr_png`` is ``None`` where the hub has no public address."""

    reference: str
    date: str
    hour: str
    place: str
    reception: str
    next_steps: tuple[str, str, str]
    mandatory: str
    mandatory_more: str
    qr_png: bytes | None
    claim_url: str | None = None


def make_slip(prepared: PreparedView, site: SiteView, language: str) -> Slip:
    """Returns the slip of a preparation, dated on the clocks of its site."""
    created = moments.local(prepared.created_at, site.zone)
    until = created.date() + timedelta(days=KEPT_DAYS)
    return Slip(
        reference=prepared.reference.replace(" ", NBSP),
        date=times.day(created.date(), language, with_year=True),
        hour=times.hour(prepared.created_at, site.zone, language),
        place=site.name,
        reception=say("reg.slip.reception", language, phone=site.phone.replace(" ", NBSP)) if site.phone else "",
        next_steps=(
            say("reg.slip.step1", language),
            say("reg.slip.step2", language, day=times.date_in_words(until, language)),
            say("reg.slip.step3", language),
        ),
        mandatory=say("reg.mandatory", language),
        mandatory_more=say("reg.mandatory_more", language),
        qr_png=qr_png(prepared.claim_url) if prepared.claim_url else None,
        claim_url=prepared.claim_url,
    )


def state_of(
    delivery: DeliveryView, network: NetworkView, prepared: PreparedView, site: SiteView, language: str
) -> SlipState:
    """The truth about the sending: « Envoyé à 10 h 42. » only once the hub has said so."""
    if delivery.state == RECEIVED:
        return SlipState(
            "sure", _sent(delivery, network, prepared, site, language), say("reg.slip.sent_more", language)
        )
    if delivery.state == REJECTED:
        return SlipState("fault", say("reg.slip.rejected", language), say("reg.slip.rejected_more", language))
    key = "sending" if network.online else "waiting"
    return SlipState("wait", say(f"reg.slip.{key}", language), say(f"reg.slip.{key}_more", language))


def _sent(delivery: DeliveryView, network: NetworkView, prepared: PreparedView, site: SiteView, language: str) -> str:
    """An hour is said only where the clock that gave it is trusted."""
    if delivery.at is None or not network.clock_trusted:
        return say("reg.slip.sent_plain", language)
    hour = times.hour(delivery.at, site.zone, language)
    day = moments.local(delivery.at, site.zone).date()
    if day == moments.local(prepared.created_at, site.zone).date():
        return say("reg.slip.sent", language, hour=hour)
    return say("reg.slip.sent_day", language, day=times.day(day, language), hour=hour)


def qr_of(url: str) -> segno.QRCode:
    """The QR of a slip's address: the claim, capitals and digits, in the mode that takes least room.

    In two segments it is version 9 or 10 for an address of 30 characters before the claim, where one segment of bytes
    is version 11 to 13: larger squares, which an old telephone reads from further away.
    """
    prefix, found, claim = url.rpartition("/c/")
    if not found:
        return segno.make(url, error="m", micro=False)
    segments: Any = [(prefix + found, None), (claim, consts.MODE_ALPHANUMERIC)]  # which segno's own types leave out
    return segno.make(segments, error="m", micro=False)


def qr_png(url: str) -> bytes:
    """The QR of an address as PNG, black on white with its quiet zone."""
    return _png(qr_of(url))


ENTRY_MASK = 3
"""Of 25 entries of all kinds this pattern had a penalty of 1.004 times that of the best of the eight (ISO/IEC 18004,
7.8.3), 1.034 at worst; trying all eight takes four times as long as the rest of the QR."""


def qr_of_entry(text: str) -> bytes:
    """The QR of a calendar entry as PNG; its letters in UTF-8, as telephones read them."""
    return _png(segno.make(text, error="m", micro=False, boost_error=False, encoding="utf-8", mask=ENTRY_MASK))


def _png(code: segno.QRCode) -> bytes:
    out = io.BytesIO()
    code.save(out, kind="png", scale=QR_MODULE_PX, border=QR_QUIET_MODULES, dark="#14262C", light="#FFFFFF")
    return out.getvalue()
