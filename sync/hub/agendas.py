"""The calendar entry of a booking, as the hub knows it: the same UID and SEQUENCE as its terminal's (decision 0029)."""

from __future__ import annotations

from sqlalchemy import Connection

from sync.agenda import RANKS, Booked
from sync.change import Value
from sync.hub import rows
from sync.hub.french_time import read_utc
from sync.hub.slips import STEPS_MAX
from sync.promise import LIVE, SEATS, stands_in_line


def booked_of(
    connection: Connection, site_id: str, booking_id: str, held: dict[str, Value], slot: dict[str, Value] | None,
    *, zone: str, site: str, place: str,
) -> Booked | None:  # fmt: skip
    """The entry of a booking; ``None`` where it has no hour here, or where another one stands meanwhile.

    Who waits in a line has no hour yet: an entry would send them to a place that is not theirs.

    Args:
        connection: a transaction.
        site_id, booking_id: of the newest booking of its chain.
        held: its fields.
        slot: the fields of its slot.
        zone, site: of the site; place: where to come.
    """
    state = str(held["state"])
    if slot is None or state not in RANKS or stands_in_line(state, held["declined_because"]):
        return None
    first, moves, row = booking_id, 0, held
    while row.get("moved_from") and moves < STEPS_MAX:
        first, moves = str(row["moved_from"]), moves + 1
        before = rows.read(connection, "booking", site_id, first)
        if moves == 1 and before is not None and before["state"] in LIVE:
            return None  # a change that is only asked for: the telephone keeps the hour it has
        row = before or {}
    starts_at, ends_at = read_utc(str(slot["starts_at"])), read_utc(str(slot["ends_at"]))
    return Booked(first, moves, state, slot["reason"] == SEATS, starts_at, ends_at, zone, site, place)
