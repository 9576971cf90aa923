"""The people who count on an appointment that somebody else ended, and do not know it yet."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from sync.clock import utc_text
from sync.errors import InvalidInput
from sync.hub import accounts, rows
from sync.hub.database import table_of
from sync.promise import UNKEPT
from sync.records import Booking, Slot

BOOKINGS, SLOTS = table_of(Booking), table_of(Slot)


@dataclass(frozen=True)
class ToTell:
    """One booking whose visitor must be told; nothing personal, their contact is opened through the vault.

    Attributes:
        starts_at: when they mean to come, UTC; ``None`` when the hub does not know the slot.
        alternatives: the slots they may be offered; nothing is kept of them.
    """

    site_id: str
    id: str
    state: str
    slot_id: str
    starts_at: str | None
    reason: str
    modality: str
    language: str
    terminal_no: int
    declined_because: str | None
    alternatives: tuple[str, ...]


def list_to_tell(connection: Connection, now_ms: int, site_id: str | None = None) -> list[ToTell]:
    """The bookings that were withdrawn or overruled and whose hour is not past, the nearest first.

    Args:
        connection: of a reading transaction.
        now_ms: milliseconds since 1970.
        site_id: only this site's.
    """
    same = (SLOTS.c.site_id == BOOKINGS.c.site_id) & (SLOTS.c.id == BOOKINGS.c.slot_id)
    query = (
        select(BOOKINGS, SLOTS.c.starts_at)
        .select_from(BOOKINGS.outerjoin(SLOTS, same))
        .where(
            BOOKINGS.c.state.in_(sorted(UNKEPT)),
            ~BOOKINGS.c.gone,
            BOOKINGS.c.told_at.is_(None),
            SLOTS.c.ends_at.is_(None) | (SLOTS.c.ends_at > utc_text(now_ms)),
        )
        .order_by(SLOTS.c.starts_at, BOOKINGS.c.site_id, BOOKINGS.c.id)
    )
    if site_id is not None:
        query = query.where(BOOKINGS.c.site_id == site_id)
    return [
        ToTell(
            site_id=row.site_id,
            id=row.id,
            state=row.state,
            slot_id=row.slot_id,
            starts_at=row.starts_at,
            reason=row.reason,
            modality=row.modality,
            language=row.language,
            terminal_no=row.terminal_no,
            declined_because=row.declined_because,
            alternatives=tuple(row.alternatives),
        )
        for row in connection.execute(query)
    ]


def note_told(connection: Connection, now_ms: int, site_id: str, booking_id: str, who: str) -> None:
    """A named person has told the visitor of a booking how it stands. Journals it.

    Raises:
        InvalidInput: no booking of this site that somebody else ended bears this id, or its visitor knows already.
        Refused: no such role.
    """
    accounts.require(connection, who, accounts.EXPLOITATION)
    booking = rows.read(connection, "booking", site_id, booking_id)
    if booking is None or booking["gone"] or booking["state"] not in UNKEPT:
        raise InvalidInput("Aucun rendez-vous de ce site, retiré ou non tenu, n’a cet identifiant : relisez la liste.")
    if booking["told_at"] is not None:
        raise InvalidInput("Cette personne est déjà prévenue : relisez la liste.")
    rows.write_as_hub(connection, now_ms, "booking", site_id, booking_id, {"told_at": utc_text(now_ms)})
    accounts.audit(connection, now_ms, who, "booking.told", f"booking/{site_id}/{booking_id}")
