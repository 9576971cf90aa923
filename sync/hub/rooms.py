"""The address of a video appointment: a capability, given late, to a terminal that has the person in front of it.

It is no field of the slot: a terminal would keep it for weeks. It lies here apart, encrypted under a key that is not in
the database, and is told within an hour of the appointment only, for a booking that holds a place. The telephone that
answers when the video does not is a field of the slot: it is of use exactly where there is no network.
"""

from __future__ import annotations

import os
from datetime import timedelta
from urllib.parse import urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Connection, select

from sync import escrow
from sync.change import Value
from sync.clock import utc_text
from sync.hub import rows
from sync.hub.caller import Caller
from sync.hub.database import table_of
from sync.hub.french_time import read_utc
from sync.hub.keys import HubKeys
from sync.hub.tables import Room
from sync.promise import OPEN_SLOT, PLACED
from sync.questions import RoomReply, RoomRequest
from sync.records import Slot

Fields = dict[str, Value]
ROOMS, SLOTS = table_of(Room), table_of(Slot)
OPENS = timedelta(minutes=60)
"""Before the hour and after its end (docs/sources.md, video)."""
URL_MAX = 400
NONCE_BYTES = 12
FUNCTIONS = frozenset({"borne", "accueil"})
UNKNOWN, NO_PLACE, TOO_EARLY, OVER, NO_ADDRESS, NOT_HERE = (
    "booking_unknown", "no_place", "too_early", "over", "no_address", "not_offered",
)  # fmt: skip


def check_url(url: str) -> bool:
    """True for an address that may be kept: https, a host of its own, nobody's name or password in it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= URL_MAX
    return plain and parts.scheme == "https" and "." in host and port in (None, 443) and "@" not in parts.netloc


def keep(connection: Connection, keys: HubKeys, site_id: str, slot_id: str, url: str) -> None:
    """Puts the address of a slot away, in the place of the one before; an empty one takes it away.

    Args:
        connection: of a writing transaction.
        keys: the hub's.
        site_id: the site of the slot.
        slot_id: the slot.
        url: an address for which ``check_url`` is true, or "".
    """
    connection.execute(ROOMS.delete().where(ROOMS.c.site_id == site_id, ROOMS.c.slot_id == slot_id))
    if url:
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + AESGCM(keys.room_key()).encrypt(nonce, url.encode(), _bound(site_id, slot_id))
        connection.execute(ROOMS.insert().values(site_id=site_id, slot_id=slot_id, sealed=sealed))


def find(connection: Connection, keys: HubKeys, site_id: str, slot_id: str) -> str | None:
    """The address of a slot; ``None`` where there is none, or none that this hub's key opens."""
    query = select(ROOMS.c.sealed).where(ROOMS.c.site_id == site_id, ROOMS.c.slot_id == slot_id)
    sealed = connection.execute(query).scalar()
    if sealed is None:
        return None
    try:
        plain = AESGCM(keys.room_key()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(site_id, slot_id))
    except InvalidTag:
        return None
    return plain.decode()


def answer(connection: Connection, caller: Caller, message: RoomRequest, now_ms: int, *, keys: HubKeys) -> RoomReply:
    """The address of the appointment of one booking, or why not.

    Returns:
        ``because`` is ``not_offered`` (the terminal has no booth: neither ``borne`` nor ``accueil``),
        ``booking_unknown``, ``no_place`` (only asked for, ended or moved), ``too_early``, ``over`` or ``no_address``.
    """

    booking = rows.read(connection, "booking", caller.site_id, message.booking_id)
    slot_id = str(booking["slot_id"]) if booking is not None else ""
    slot = rows.read(connection, "slot", caller.site_id, slot_id) if booking is not None else None
    because = NOT_HERE if FUNCTIONS.isdisjoint(caller.functions) else _why_not(booking, slot, utc_text(now_ms))
    url = find(connection, keys, caller.site_id, slot_id) if because is None else None
    if url is None or slot is None:
        return RoomReply(now_ms=now_ms, because=because or NO_ADDRESS)
    until = read_utc(escrow.shift(str(slot["ends_at"]), OPENS))
    return RoomReply(now_ms=now_ms, url=url, until_ms=int(until.timestamp()) * 1000)


def _why_not(booking: Fields | None, slot: Fields | None, now: str) -> str | None:
    if booking is None or booking["gone"]:
        return UNKNOWN
    if booking["state"] not in PLACED or slot is None or slot["gone"] or slot["state"] != OPEN_SLOT:
        return NO_PLACE
    if now < escrow.shift(str(slot["starts_at"]), -OPENS):
        return TOO_EARLY
    return OVER if now > escrow.shift(str(slot["ends_at"]), OPENS) else None


def forget_past(connection: Connection, site_id: str, now_ms: int) -> int:
    """Destroys the addresses of a site whose slot is over, or gone; how many. Part of the hourly run of retention."""
    over = escrow.shift(utc_text(now_ms), -OPENS)
    to_come = select(SLOTS.c.id).where(SLOTS.c.site_id == site_id, ~SLOTS.c.gone, SLOTS.c.ends_at > over)
    done = connection.execute(ROOMS.delete().where(ROOMS.c.site_id == site_id, ROOMS.c.slot_id.not_in(to_come)))
    return done.rowcount


def _bound(site_id: str, slot_id: str) -> bytes:
    return f"{site_id}|{slot_id}".encode()
