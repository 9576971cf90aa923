"""What a slip proves: a claim signed by a terminal, or a reference that only its terminal and the hub can make.

Reading only, except for the count of wrong references. Nothing here logs a claim or a reference, nor puts one in
an error. What is made of a slip is ``sync.hub.courier``'s affair.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from sync import escrow, signature
from sync.claim import (
    Claim,
    Reference,
    decode_claim,
    placeholder_id,
    reference_is_genuine,
    reference_matches,
    stand_in_grant_id,
)
from sync.clock import utc_text
from sync.errors import Refused
from sync.hub.database import read_meta, table_of, write_meta
from sync.hub.keys import HubKeys
from sync.hub.tables import Terminal
from sync.promise import MOVED, RELEASED
from sync.records import Booking, Grant, Registration, Slot
from sync.wire import from_text

CLAIM_LENGTH_MAX = 400
WRONG_TRIES_MAX = 5
LOCK_MS = 15 * 60 * 1000
STEPS_MAX = 50
"""How many moves of one booking are followed; more can only be a circle."""
REFERRED = (Registration, Booking)
BOOKINGS, GRANTS, SLOTS, TERMINALS = table_of(Booking), table_of(Grant), table_of(Slot), table_of(Terminal)


@dataclass(frozen=True)
class Maker:
    """The terminal that made a slip. What a ``revoked`` one made proves nothing by itself."""

    terminal_id: str
    terminal_no: int
    site_id: str
    revoked: bool


@dataclass(frozen=True)
class Spend:
    """The grant that a slip names. ``released``: its terminal gave it back after it had told all its bookings."""

    grant_id: str
    slot_id: str
    spend_no: int
    released: bool


def verify(connection: Connection, text: str, now_ms: int) -> tuple[Claim, Maker] | None:
    """The claim and the terminal that signed it; ``None`` when it is forged, altered, expired or no claim at all."""
    decoded = decode_claim(text) if len(text) <= CLAIM_LENGTH_MAX and text.isascii() else None
    if decoded is None:
        return None
    claim, body, signed = decoded
    terminal = connection.execute(select(TERMINALS).where(TERMINALS.c.terminal_no == claim.terminal_no)).first()
    if terminal is None or claim.expires_s * 1000 <= now_ms:
        return None
    try:
        key = from_text(terminal.public_key)
    except Refused:
        return None
    return (claim, _maker(terminal)) if signature.verify(key, signed, Claim.signing_input(body)) else None


def maker_of(connection: Connection, keys: HubKeys, reference: Reference, site_id: str | None) -> Maker | None:
    """The terminal that made a reference, of one site or of any; ``None`` when none did."""
    terminal = connection.execute(select(TERMINALS).where(TERMINALS.c.terminal_no == reference.terminal_no)).first()
    if terminal is None or site_id not in {None, terminal.site_id}:
        return None
    genuine = reference_is_genuine(reference, keys.reference_secret(terminal.terminal_id))
    return _maker(terminal) if genuine else None


def bearing(connection: Connection, site_id: str, reference: Reference) -> tuple[str, str] | None:
    """Kind and id of the record that bears a reference; a terminal's own before the one a voice made."""
    for model in REFERRED:
        table = table_of(model)
        query = select(table).where(
            table.c.site_id == site_id,
            table.c.terminal_no == reference.terminal_no,
            table.c.reference_no == reference.index,
        )
        rows = sorted(connection.execute(query), key=lambda row: model is Booking and is_placeholder(row))
        for row in rows:
            if reference_matches(reference, row.id, row.reference_hash):
                return str(table.name), str(row.id)
    return None


def spend_of_claim(connection: Connection, site_id: str, claim: Claim) -> Spend:
    """The grant of a guaranteed claim; one that this hub does not know gets an id of its own."""
    query = select(GRANTS.c.id, GRANTS.c.state).where(
        GRANTS.c.site_id == site_id,
        GRANTS.c.terminal_no == claim.terminal_no,
        GRANTS.c.incarnation == claim.incarnation,
        GRANTS.c.number == claim.grant_no,
        GRANTS.c.slot_id == claim.slot_id,
    )
    grant, slot_id = connection.execute(query).first(), str(claim.slot_id)
    if grant is not None:
        return Spend(grant.id, slot_id, claim.spend_no, grant.state == RELEASED)
    unknown = stand_in_grant_id(claim.terminal_no, claim.incarnation, claim.grant_no, slot_id)
    return Spend(unknown, slot_id, claim.spend_no, released=False)


def spend_of_reference(connection: Connection, maker: Maker, reference: Reference, now_ms: int) -> Spend | None:
    """The grant whose spend a reference names: of those with its number, the newest whose slot is not over."""
    number, spend_no = divmod(reference.index - escrow.REFERENCE_FIRST, escrow.SPENDS_WITH_REFERENCE)
    if number < 0:
        return None
    rounds = escrow.REFERENCE_FIRST // escrow.SPENDS_WITH_REFERENCE
    query = (
        select(GRANTS.c.id, GRANTS.c.slot_id, GRANTS.c.state)
        .join(SLOTS, (SLOTS.c.site_id == GRANTS.c.site_id) & (SLOTS.c.id == GRANTS.c.slot_id))
        .where(
            GRANTS.c.site_id == maker.site_id,
            GRANTS.c.terminal_no == maker.terminal_no,
            (GRANTS.c.number - 1) % rounds == number,
            SLOTS.c.ends_at > utc_text(now_ms),
        )
        .order_by(GRANTS.c.number.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else Spend(row.id, row.slot_id, spend_no + 1, row.state == RELEASED)


def booked_on(connection: Connection, site_id: str, spend: Spend) -> str | None:
    """The booking that bears a spend, a terminal's own before the one a voice made; ``None`` when there is none."""
    query = select(BOOKINGS).where(
        BOOKINGS.c.site_id == site_id,
        BOOKINGS.c.slot_id == spend.slot_id,
        BOOKINGS.c.grant_id == spend.grant_id,
        BOOKINGS.c.spend_no == spend.spend_no,
    )
    found = sorted(connection.execute(query), key=lambda row: (is_placeholder(row), row.id))
    return str(found[0].id) if found else None


def newest_of(connection: Connection, site_id: str, booking_id: str) -> tuple[str, bool]:
    """Where the moves of a booking lead: the booking that replaced it last, or itself; and whether its hour changed.

    A terminal's own booking in the place of a voice's is no move for the visitor.
    """
    reached, moved, seen = booking_id, False, {booking_id}
    for _ in range(STEPS_MAX):
        row = _booking(connection, site_id, reached)
        if row is None or row.state != MOVED:
            break
        following = [one for one in _following(connection, row) if one.id not in seen]
        if not following:
            break
        newest = max(following, key=lambda one: (one.state != MOVED, one.created_at, one.id))
        reached, moved = str(newest.id), moved or newest.moved_from is not None
        seen.add(reached)
    return reached, moved


def is_placeholder(row: Any) -> bool:
    """True for a booking that a voice made: its id is drawn from grant and spend."""
    return row.grant_id is not None and row.id == placeholder_id(row.terminal_no, row.grant_id, row.spend_no)


def _following(connection: Connection, row: Any) -> list[Any]:
    """The bookings that replaced one: by a move, or the terminal's own in the place of a voice's."""
    ids, takers = [row.id], []
    if is_placeholder(row):
        real = booked_on(connection, row.site_id, Spend(row.grant_id, row.slot_id, row.spend_no, released=False))
        takers = [real] if real not in {None, row.id} else []
    elif row.grant_id is not None:
        ids.append(placeholder_id(row.terminal_no, row.grant_id, row.spend_no))
    follows = BOOKINGS.c.moved_from.in_(ids) | BOOKINGS.c.id.in_(takers)
    return list(connection.execute(select(BOOKINGS).where(BOOKINGS.c.site_id == row.site_id, follows)))


def _booking(connection: Connection, site_id: str, booking_id: str) -> Any:
    return connection.execute(
        select(BOOKINGS).where(BOOKINGS.c.site_id == site_id, BOOKINGS.c.id == booking_id)
    ).first()


def _maker(terminal: Any) -> Maker:
    return Maker(terminal.terminal_id, terminal.terminal_no, terminal.site_id, terminal.revoked_ms is not None)


# Wrong references --------------------------------------------------------------------------------


def is_locked(connection: Connection, caller: str, now_ms: int) -> bool:
    """True for 15 minutes after the fifth wrong reference of a caller: a terminal or a named person."""
    return len(_tries(connection, caller, now_ms)) >= WRONG_TRIES_MAX


def count_wrong(connection: Connection, caller: str, now_ms: int) -> None:
    """Counts a wrong reference of a caller, durably with the caller's transaction."""
    tries = [*_tries(connection, caller, now_ms), now_ms]
    if len(tries) >= WRONG_TRIES_MAX:
        tries = [now_ms] * WRONG_TRIES_MAX  # the lock lasts from the fifth
    write_meta(connection, _key(caller), json.dumps(tries))


def _tries(connection: Connection, caller: str, now_ms: int) -> list[int]:
    """The wrong tries that still count. A clock that went back makes none of them last longer."""
    said = read_meta(connection, _key(caller))
    return [min(at_ms, now_ms) for at_ms in json.loads(said or "[]") if at_ms > now_ms - LOCK_MS]


def _key(caller: str) -> str:
    return f"wrong-references|{caller}"
