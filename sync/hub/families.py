"""Bookings that were moved from one another: a **family**. All of one visitor, of whom one place at most is kept.

A move is a new booking that names the one it replaces (docs/decisions/0015). The links are followed both ways, and
to the end: a move of a move may be known before what it came from.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from sync.hub.standing import Standing, load, load_where


def load_families(connection: Connection, site_id: str, ids: Collection[str]) -> dict[str, Standing]:
    """Reads bookings by id with whatever they were moved from and to, near and far, by id.

    Three statements when nothing was moved, three or four more for each step of a chain. An id that is unknown
    finds what was moved from it.
    """
    found: dict[str, Standing] = {}
    asked: set[str] = set()
    wanted = set(ids)
    while fresh := wanted - asked:
        found.update(load(connection, "booking", site_id, fresh - found.keys()))
        found.update(load_where(connection, "booking", site_id, "moved_from", fresh))
        asked |= fresh
        wanted = {*found, *(str(one.values["moved_from"]) for one in found.values() if one.values["moved_from"])}
    return found
