"""What terminals were told as confirmed before this hub was restored: their askings are answered first, and alike.

Terminals name these bookings in their rounds (``sync.replica.testimony``) until the hub has answered again. Believed is
only that an asking which waits was confirmed on one of the slots that it names; what has a place already has it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from sync.hub import site_value

NAME = "confirmed"
KEPT_MAX = 2000


def note(connection: Connection, site_id: str, confirmed: Mapping[str, str]) -> None:
    """Adds what one terminal of a site bears witness of: the slot of each booking, by the booking's id."""
    before = read(connection, site_id)
    after = dict(list({**confirmed, **before}.items())[:KEPT_MAX])
    if after != before:
        site_value.write(connection, NAME, site_id, after)


def read(connection: Connection, site_id: str) -> dict[str, str]:
    """The slot of each booking of a site that was confirmed before, by the booking's id."""
    return dict(site_value.read(connection, NAME, site_id) or {})


def forget(connection: Connection, site_id: str, booking_ids: Collection[str]) -> None:
    """Forgets the bookings that were answered."""
    held = read(connection, site_id)
    left = {one: slot_id for one, slot_id in held.items() if one not in booking_ids}
    if left != held:
        site_value.write(connection, NAME, site_id, left)
