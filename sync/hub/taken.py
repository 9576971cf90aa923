"""Which grants of a site were taken on line, one by one, and not given as a stock: a short list in one value.

A grant says nothing of it: once given, it is like any other. Only the limits of ``sync.hub.takes`` and the askings of
a visit whose answer was lost (``sync.hub.bookings``) look at the list.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from sync.hub import site_value

NAME = "takes"


def read(connection: Connection, site_id: str) -> list[str]:
    """The ids of the grants, oldest first; some may be over since."""
    return [str(grant_id) for grant_id in site_value.read(connection, NAME, site_id) or ()]


def write(connection: Connection, site_id: str, grant_ids: Iterable[str]) -> None:
    """Puts another list in its place."""
    site_value.write(connection, NAME, site_id, list(grant_ids))
