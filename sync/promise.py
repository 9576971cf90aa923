"""The lives of a slot, a grant and a booking: their states, and which may follow which. Pure words."""

from __future__ import annotations

from sync.merge import Transitions

SEATS = "atelier"
"""The reason of a slot that holds the seats of an event: no booth, chosen on the event's own screen."""
OPEN_SLOT, WITHDRAWN_SLOT = "open", "withdrawn"

ACTIVE, RELEASED, WRITTEN_OFF = "active", "released", "written_off"
GRANT_STATES: Transitions = {ACTIVE: (RELEASED, WRITTEN_OFF), RELEASED: (), WRITTEN_OFF: ()}

REQUESTED, CONFIRMED, DECLINED, CANCELLED, WITHDRAWN = "requested", "confirmed", "declined", "cancelled", "withdrawn"
GUARANTEED, OVERRULED = "guaranteed", "overruled"
ALTERNATIVES, MOVED = "alternatives", "moved"
BOOKING_STATES: Transitions = {
    REQUESTED: (CONFIRMED, ALTERNATIVES, DECLINED, CANCELLED, MOVED),
    GUARANTEED: (CANCELLED, WITHDRAWN, OVERRULED, MOVED),
    CONFIRMED: (CANCELLED, WITHDRAWN, OVERRULED, MOVED),
    ALTERNATIVES: (CANCELLED, MOVED),
    DECLINED: (CANCELLED, MOVED),
    WITHDRAWN: (CANCELLED, MOVED),
    OVERRULED: (CANCELLED, MOVED),
    CANCELLED: (),
    MOVED: (),
}
LIVE = frozenset({REQUESTED, GUARANTEED, CONFIRMED})
"""The states of a booking that the visitor still counts on."""
PLACED = frozenset({GUARANTEED, CONFIRMED})
"""The states of a booking that holds a place."""
UNKEPT = frozenset({WITHDRAWN, OVERRULED})
"""The states of a booking that somebody else ended: the visitor must be told, and offered another place."""
UNEXPECTED = UNKEPT | {ALTERNATIVES, DECLINED}
"""The states of a booking that its visitor does not expect: they must be told."""
IN_LINE = "waits_for_a_place"
"""Why a request is still ``requested`` although it was answered: its visitor waits until somebody leaves a place."""


def stands_in_line(state: object, because: object) -> bool:
    """Says whether a booking in ``state``, answered ``because``, waits for a place that somebody leaves."""
    return state == REQUESTED and because == IN_LINE
