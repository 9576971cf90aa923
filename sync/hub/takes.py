"""A grant of one, at once: a terminal on line takes a free place for the person at its screen.

The terminal draws the id, which becomes the grant's: the same asking gives the same grant again. From there on it is
a grant like any other; what tells it from the stock is a short list for each site, which only the limits need.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from sync import escrow
from sync.clock import utc_text
from sync.hub import feed, grants, rows, taken
from sync.hub.caller import Caller
from sync.hub.places import Places
from sync.hub.settings import HubSettings
from sync.hub.standing import Standing, load, load_where
from sync.promise import ACTIVE
from sync.questions import TakeReply, TakeRequest
from sync.wire import FieldwiseEntry

NOTICE = timedelta(minutes=10)
"""A place that begins sooner is given to nobody: whoever receives the person must have seen the booking."""
HELD_MAX = escrow.Stock().per_terminal
NOT_OFFERED, FROZEN, FOREIGN, OVER = "not_offered", "site_frozen", "foreign_grant", "grant_over"
DOUBLED = "doubled"


@dataclass(frozen=True)
class _Asking:
    """One asking: for whom, what, when."""

    connection: Connection
    holder: grants.Holder
    id: str
    slot_id: str
    now_ms: int

    @property
    def now(self) -> str:
        """The present moment."""
        return utc_text(self.now_ms)


def take(connection: Connection, caller: Caller, message: TakeRequest, now_ms: int, settings: HubSettings) -> TakeReply:
    """Gives one place of a slot to a terminal, or says why not.

    Args:
        connection: of a writing transaction.
        caller: the terminal that asks.
        message: what it asks for.
        now_ms: milliseconds since 1970.
        settings: the hub's.

    Returns:
        With ``given``, the whole grant and its slot. Else ``because`` is ``not_offered`` (the terminal is no
        ``borne``), ``doubled`` (two copies of it live), ``site_frozen``, ``slot_unknown``, ``slot_withdrawn``,
        ``slot_past`` (it begins in less than ten minutes), ``slot_taken``, ``booth_busy``, ``too_many_takes``,
        ``too_many_held``; or, for an id that was asked for before, ``foreign_grant`` (another terminal's, another
        disk's or another slot's) or ``grant_over`` (given back or written off since).
    """
    holder = grants.Holder(caller.site_id, caller.terminal_no, message.incarnation)
    asking = _Asking(connection, holder, message.id, message.slot_id, now_ms)
    known = load(connection, "grant", caller.site_id, [message.id]).get(message.id)
    if known is not None:
        because = _why_not_again(asking, known)
    elif grants.HOLDING_FUNCTION not in caller.functions:
        because = NOT_OFFERED
    elif caller.doubled:
        because = DOUBLED
    else:
        because = _give(asking, settings.takes_per_hour)
    return TakeReply(
        now_ms=now_ms,
        generation=feed.read_generation(connection),
        given=because is None,
        because=because,
        entries=_entries(asking, with_grant=because is None),
    )


def _why_not_again(asking: _Asking, grant: Standing) -> str | None:
    """The same asking once more: the same grant while it is one, spent or not."""
    if not _is_held_by(grant, asking.holder) or grant.values["slot_id"] != asking.slot_id:
        return FOREIGN
    return None if grant.values["state"] == ACTIVE and not grant.values["gone"] else OVER


def _give(asking: _Asking, takes_per_hour: int) -> str | None:
    """Gives the place, or returns why not."""
    connection, holder, slot_id = asking.connection, asking.holder, asking.slot_id
    if grants.frozen(connection, holder.site_id):
        return FROZEN
    places = Places.load(connection, holder.site_id, [slot_id])
    because = places.why_not_free(slot_id, escrow.shift(asking.now, NOTICE))
    if because is not None:
        return because
    lately, unspent = _taken_lately(asking)
    because = escrow.why_too_many(
        [str(grant.values["issued_at"]) for grant in lately.values()],
        unspent,
        asking.now,
        takes_per_hour=takes_per_hour,
        per_terminal=HELD_MAX,
    )
    if because is not None:
        return because
    clock = rows.read_clock(connection, holder.site_id, asking.now_ms)
    number = grants.next_number(connection, holder)
    grant = grants.new_grant(holder, asking.id, slot_id, number, asking.now, clock.tick())
    places.grants[grant.id] = grant
    places.recount(slot_id, clock)
    feed.publish_all(connection, places.standings())
    rows.keep_clock(connection, holder.site_id, clock)
    taken.write(connection, holder.site_id, [*lately, grant.id])
    return None


def _taken_lately(asking: _Asking) -> tuple[dict[str, Standing], int]:
    """The grants of the site that were taken on line and still count, and how many this terminal has unspent.

    One counts while it is active, and of the last hour or unspent. One that was given back does not: whoever looks at
    several hours empties nobody's month.
    """
    connection, site_id = asking.connection, asking.holder.site_id
    listed = taken.read(connection, site_id)
    held = load(connection, "grant", site_id, listed)
    slots = load(connection, "slot", site_id, [str(grant.values["slot_id"]) for grant in held.values()])
    booked = load_where(connection, "booking", site_id, "grant_id", listed).values()
    spent = {str(booking.values["grant_id"]) for booking in booked if escrow.holds_a_place(booking.values)}
    since = escrow.shift(asking.now, -escrow.TAKES_SPAN)

    def is_open(grant_id: str) -> bool:
        slot = slots.get(str(held[grant_id].values["slot_id"]))
        return grant_id not in spent and slot is not None and str(slot.values["starts_at"]) > asking.now

    active = [one for one in listed if one in held and held[one].values["state"] == ACTIVE]
    counted = {one: held[one] for one in active if is_open(one) or str(held[one].values["issued_at"]) > since}
    return counted, sum(1 for one in counted if is_open(one) and _is_held_by(held[one], asking.holder))


def _is_held_by(grant: Standing, holder: grants.Holder) -> bool:
    return (grant.values["terminal_no"], grant.values["incarnation"]) == (holder.terminal_no, holder.incarnation)


def _entries(asking: _Asking, *, with_grant: bool) -> list[FieldwiseEntry]:
    """The whole slot as it stands now, and the whole grant."""
    connection, site_id = asking.connection, asking.holder.site_id
    found = load(connection, "grant", site_id, [asking.id] if with_grant else [])
    found.update(load(connection, "slot", site_id, [asking.slot_id]))
    return [*map(FieldwiseEntry.of, feed.as_entries(connection, site_id, found.values()))]
