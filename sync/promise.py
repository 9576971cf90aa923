"""The lives of a slot, a grant and a booking: their states, and which may follow which. Pure words."""

from __future__ import annotations

from sync.merge import Transitions

OPEN_SLOT, WITHDRAWN_SLOT = "open", "withdrawn"

ACTIVE, RELEASED, WRITTEN_OFF = "active", "released", "written_off"
GRANT_STATES: Transitions = {ACTIVE: (RELEASED, WRITTEN_OFF), RELEASED: (), WRITTEN_OFF: ()}

REQUESTED, CONFIRMED, DECLINED, CANCELLED, WITHDRAWN = "requested", "confirmed", "declined", "cancelled", "withdrawn"
GUARANTEED, OVERRULED = "guaranteed", "overruled"
BOOKING_STATES: Transitions = {
    REQUESTED: (CONFIRMED, DECLINED, CANCELLED),
    GUARANTEED: (CANCELLED, WITHDRAWN, OVERRULED),
    CONFIRMED: (CANCELLED, WITHDRAWN),
    DECLINED: (),
    CANCELLED: (),
    WITHDRAWN: (),
    OVERRULED: (),
}
LIVE = frozenset({REQUESTED, GUARANTEED, CONFIRMED})
"""The states of a booking that the visitor still counts on."""
