"""Bookings that a visitor's own phone or voice brought before their terminal could (design §5).

Such a booking is *carried*: the hub knows its slot, grant and spend from the signed claim or the reference, and
nothing else. The outbox entry with the same id completes it, whenever it comes.
"""

from __future__ import annotations

from sqlalchemy import Connection

from sync.clock import HybridClock
from sync.hub import feed
from sync.hub.caller import Caller
from sync.hub.keys import HubKeys
from sync.hub.push import Sender
from sync.hub.standing import Standing
from sync.wire import ClaimReply, ClaimRequest, Operation


def is_completed_by(held: Standing, operation: Operation, sender: Sender) -> bool:
    """True when an operation is the one that made a carried booking at its own terminal."""
    own = held.values.get("carried") is True and held.values["terminal_no"] == sender.terminal_no
    return own and "reference_hash" in operation.fields


def complete(booking: Standing, operation: Operation, clock: HybridClock) -> None:
    """Gives a carried booking what only its terminal knew. Its state is the hub's: it may have changed since."""
    for name, change in operation.fields.items():
        if name != "state":
            booking.decide(name, change.value, clock.tick())
    booking.decide("carried", False, clock.tick())


def open_slip(connection: Connection, keys: HubKeys, caller: Caller, message: ClaimRequest, now_ms: int) -> ClaimReply:
    """The record of a slip that another terminal of the site made."""
    return ClaimReply(now_ms=now_ms, generation=feed.read_generation(connection), found=False)
