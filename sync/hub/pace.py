"""How many requests the hub confirms in an hour, so that nobody empties a site's month; what is above waits its turn.

A request that waits for this alone says so (``declined_because``, while it is ``requested``), and the stamp of that
word is its place in the line: the hub gave it, whatever the clock of its terminal says. It is answered by the hourly
``sync.hub.upkeep`` in that order; whoever asks meanwhile comes after. A terminal that has had its share holds up nobody
else.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from sync import escrow
from sync.hub import chosen
from sync.hub.database import table_of
from sync.hub.settings import HubSettings
from sync.hub.standing import Standing, load
from sync.promise import CONFIRMED, REQUESTED
from sync.records import Booking

BOOKINGS = table_of(Booking)
TOO_MANY = "too_many_requests"


@dataclass
class Pace:
    """What one site confirmed within the hour, and who waits for the next one, during one transaction.

    Attributes:
        of_site: requests of the site that may be confirmed in an hour.
        of_terminal: requests of one terminal that may be.
        lately: the requests that were confirmed within the hour and still stand, by the number of their terminal.
        line: the terminal and the place in the line of each request that waits, by its id.
    """

    of_site: int = HubSettings.requests_per_hour
    of_terminal: int = HubSettings.requests_per_terminal
    lately: Counter[object] = field(default_factory=Counter)
    line: dict[str, tuple[object, str]] = field(default_factory=dict)

    @classmethod
    def load(cls, connection: Connection, site_id: str, now: str) -> Pace:
        """Reads both with one statement, two more while somebody waits.

        Args:
            connection: of the writing transaction.
            site_id: the site.
            now: the present moment, UTC.
        """
        pace = cls(*chosen.requests_an_hour(connection))
        confirmed = (BOOKINGS.c.state == CONFIRMED) & BOOKINGS.c.grant_id.is_(None)
        lately = confirmed & (BOOKINGS.c.answered_at > escrow.shift(now, -escrow.TAKES_SPAN))
        waits = (BOOKINGS.c.state == REQUESTED) & (BOOKINGS.c.declined_because == TOO_MANY)
        query = select(BOOKINGS.c.id, BOOKINGS.c.terminal_no, BOOKINGS.c.state).where(
            BOOKINGS.c.site_id == site_id, ~BOOKINGS.c.gone, lately | waits
        )
        waiting = []
        for row in connection.execute(query):
            if row.state == CONFIRMED:
                pace.lately[row.terminal_no] += 1
            else:
                waiting.append(row.id)
        for one in load(connection, "booking", site_id, waiting).values() if waiting else ():
            pace.line[one.id] = (one.values["terminal_no"], place_in_line(one))
        return pace

    def admits(self, asked: Standing) -> bool:
        """True when a request may be confirmed now: it is counted, and stands in the line no more.

        Args:
            asked: a request for which a place is free.
        """
        if not self._has_room(asked.values["terminal_no"]) or any(self._is_before(asked, one) for one in self.line):
            return False
        self.lately[asked.values["terminal_no"]] += 1
        self.leave(asked.id)
        return True

    def wait(self, asked: Standing) -> None:
        """Puts a request in the line; it says already that it waits."""
        self.line[asked.id] = (asked.values["terminal_no"], place_in_line(asked))

    def leave(self, booking_id: str) -> None:
        """Takes out of the line what was answered, given up, or waits for something else."""
        self.line.pop(booking_id, None)

    def _has_room(self, terminal_no: object) -> bool:
        return self.lately.total() < self.of_site and self.lately[terminal_no] < self.of_terminal

    def _is_before(self, asked: Standing, other_id: str) -> bool:
        """True for one of the line whose turn comes before, and who does not wait for its own terminal's sake."""
        terminal_no, place = self.line[other_id]
        mine = place_in_line(asked)
        return other_id != asked.id and self._has_room(terminal_no) and (not mine or place < mine)


def place_in_line(asked: Standing, of: str = TOO_MANY) -> str:
    """Sorts those that wait, the first first; empty for a request that does not.

    Args:
        asked: a booking.
        of: the line: that of the next hour, or that of a place that somebody leaves (``sync.promise.IN_LINE``).
    """
    waits = asked.values["state"] == REQUESTED and asked.values.get("declined_because") == of
    return asked.stamps["declined_because"] if waits else ""
