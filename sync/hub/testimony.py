"""What terminals were told as confirmed before this hub was restored: their askings are answered first, and alike.

Terminals name these bookings in their rounds (``sync.replica.testimony``) until the hub has answered again. Believed is
only that an asking which waits was confirmed on one of the slots that it names; what has a place already has it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from sync.hub.database import read_meta, write_meta

KEPT_MAX = 2000


def note(connection: Connection, site_id: str, confirmed: Mapping[str, str]) -> None:
    """Adds what one terminal of a site bears witness of: the slot of each booking, by the booking's id."""
    before = read(connection, site_id)
    after = dict(list({**confirmed, **before}.items())[:KEPT_MAX])
    if after != before:
        _write(connection, site_id, after)


def read(connection: Connection, site_id: str) -> dict[str, str]:
    """The slot of each booking of a site that was confirmed before, by the booking's id."""
    return dict(json.loads(read_meta(connection, _key(site_id)) or "{}"))


def forget(connection: Connection, site_id: str, booking_ids: Collection[str]) -> None:
    """Forgets the bookings that were answered."""
    held = read(connection, site_id)
    left = {one: slot_id for one, slot_id in held.items() if one not in booking_ids}
    if left != held:
        _write(connection, site_id, left)


def _write(connection: Connection, site_id: str, held: Mapping[str, str]) -> None:
    write_meta(connection, _key(site_id), json.dumps(held))


def _key(site_id: str) -> str:
    return f"confirmed/{site_id}"
