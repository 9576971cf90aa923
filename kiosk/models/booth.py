"""In the booth: how long until the video appointment, whether it may be entered, and what helps where it may not.

The link of the call is asked of the hub late, on the touch of « Entrer », and kept by nobody. No name and no subject is
shown. No Flet here, and no clock: moments come from ``kiosk.actions``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

from kiosk import moments, times
from kiosk.models.subject import is_seat
from kiosk.models.window import may_open
from kiosk.visit import Drafts, Wish
from sync.errors import HubUnreachable, NoRoom
from sync.escrow import BUFFER
from sync.promise import LIVE, MOVED, PLACED

if TYPE_CHECKING:
    from kiosk.actions import Actions
    from kiosk.views import BookingView, SlotView

DRAFT = "booth"
VIDEO = "VISIO"
DOOR = timedelta(minutes=60)
"""From when on one may come into the booth: the hub tells the address from then on (docs/sources.md, video)."""
ENTRY = timedelta(minutes=10)
"""From when on the call may be entered, its link being asked for only then (docs/sources.md, video)."""
JUST_NOW = timedelta(minutes=1)
CHECK_S = 600.0
CHECK_LEAST_S = 120.0
FRANCE_TRAVAIL = "3949"
"""Whom to call where the slot names nobody (docs/sources.md, video)."""

State = Literal["far", "waiting", "open", "now", "late", "over", "moved", "ended", "asked", "elsewhere", "absent"]
HERE: frozenset[State] = frozenset({"waiting", "open", "now", "late"})
"""The person is where and when they should be."""
ENTERABLE: frozenset[State] = frozenset({"open", "now", "late"})
NO_ROOM = frozenset({"booking_unknown", "no_place", "too_early", "over", "no_address", "not_offered"})
"""What the hub may answer; see ``sync.hub.rooms``. Anything else is said as ``no_address``."""
WORTH_ANOTHER_TRY = frozenset({"offline", "booking_unknown", "no_address", "too_early", "failed"})


@dataclass(frozen=True)
class Door:
    """What stands on the door of the booth at one moment.

    Attributes:
        state: exactly one of ``State``.
        minutes: until it begins, rounded up; since it began where it is late; else 0.
        day, hour, ends: of the appointment, on the site's clocks. paris: « 11 h 30 à Paris » where they differ.
        comes, enters: the hours from which one may come here, and enter.
        phone: whom to call instead.
        online: whether the last round reached the hub.
        may_return: the person was in the call, and it may go on.
    """

    state: State
    minutes: int = 0
    day: str = ""
    hour: str = ""
    ends: str = ""
    paris: str = ""
    comes: str = ""
    enters: str = ""
    phone: str = FRANCE_TRAVAIL
    online: bool | None = None
    may_return: bool = False


def state_of(booking: BookingView | None, now: datetime) -> State:
    """The one state of a booking for the booth, at ``now`` (UTC)."""
    if booking is None or booking.slot is None:
        return "absent"
    if booking.state == MOVED:
        return "moved"
    if booking.state not in PLACED:
        return "asked" if booking.state in LIVE else "ended"
    if is_seat(booking.reason) or booking.slot.modality != VIDEO:
        return "elsewhere"
    return _state_at(booking.slot, now)


def _state_at(slot: SlotView, now: datetime) -> State:
    begins: tuple[tuple[datetime, State], ...] = (
        (slot.ends_at, "over"),
        (slot.starts_at + JUST_NOW, "late"),
        (slot.starts_at, "now"),
        (slot.starts_at - ENTRY, "open"),
        (slot.starts_at - DOOR, "waiting"),
    )
    return next((state for since, state in begins if now >= since), "far")


def is_door_open(booking: BookingView | None, now: datetime) -> bool:
    """True where « Rejoindre mon rendez-vous vidéo » leads into the booth: from 60 minutes before, to its end."""
    return state_of(booking, now) in HERE


def call_until(slot: SlotView, room_until: datetime, others: list[SlotView]) -> datetime:
    """When the call must end: the booth is then the next person's, five minutes to air it included.

    Never before the end of the appointment itself, never after the hub lets the address be open.
    """
    after = [
        one.starts_at - BUFFER
        for one in others
        if one.booth == slot.booth and not one.event and one.starts_at >= slot.ends_at
    ]
    return max(slot.ends_at, min([room_until, *after]))


class BoothVisit:
    """One person's time in the booth. Kept in the visit's drafts: the id of the booking, and whether they entered."""

    def __init__(self, actions: Actions, drafts: Drafts) -> None:
        self._actions, self._drafts = actions, drafts

    def come(self, record_id: str) -> None:
        """The person goes to the booth for this booking."""
        self._drafts.put(DRAFT, {"id": record_id, "until_ms": None})

    def door(self, language: str) -> Door:
        """What to show now, in words of ``language``; read again at each call."""
        booking, now = self._booking(), self._actions.now()
        state, online = state_of(booking, now), self._actions.network().online
        if booking is None or booking.slot is None:
            return Door(state, online=online)
        slot, zone = booking.slot, self._actions.site().zone
        return Door(
            state,
            minutes=_minutes(slot, now),
            day=times.near_day_of(slot.starts_at, now, zone, language),
            hour=times.hour(slot.starts_at, zone, language),
            ends=times.hour(slot.ends_at, zone, language),
            paris=times.paris_hour(slot.starts_at, zone, language) or "",
            comes=times.hour(slot.starts_at - DOOR, zone, language),
            enters=times.hour(slot.starts_at - ENTRY, zone, language),
            phone=slot.phone or FRANCE_TRAVAIL,
            online=online,
            may_return=self._may_return(now),
        )

    def enter(self, before: Wish) -> Wish | str:
        """Asks the hub for the link: the wish for a window, or the word of what is in the way. Seconds.

        ``before`` is the last window of this visit: where the hub is silent, somebody who was in the call comes back
        into it by the link they had. The words are those of ``NO_ROOM``, ``offline``, and ``refused`` where the link
        leads to a place that the content does not allow; the link itself is told nobody.
        """
        booking, now = self._booking(), self._actions.now()
        back = self._may_return(now)
        state = state_of(booking, now)
        if booking is None or booking.slot is None or not (back or state in ENTERABLE):
            return {"far": "too_early", "waiting": "too_early", "over": "over"}.get(state, "no_place")
        try:
            room = self._actions.open_room(booking.id)
        except HubUnreachable:
            self._actions.sync_soon()
            kept = self._kept_until()
            if back and kept is not None and may_open(self._actions, before.link):
                return replace(before, limit_s=_seconds(now, kept))
            return "offline"
        except NoRoom as error:
            self._actions.sync_soon()
            return error.because if error.because in NO_ROOM else "no_address"
        if not may_open(self._actions, room.url):
            return "refused"
        until = call_until(booking.slot, moments.from_ms(room.until_ms), self._actions.slots())
        self._drafts.put(DRAFT, {"id": booking.id, "until_ms": moments.to_ms(until)})
        return Wish(link=room.url, limit_s=_seconds(now, until))

    def entered(self) -> bool:
        """True once the person was given a way into the call."""
        return self._kept_until() is not None

    def check(self, text_percent: int, contrast: bool) -> Wish:
        """The wish for the check of camera and sound: over when the appointment begins, after ten minutes at most."""
        booking, limit_s = self._booking(), CHECK_S
        if booking is not None and booking.slot is not None:
            to_start_s = (booking.slot.starts_at - self._actions.now()).total_seconds()
            limit_s = min(CHECK_S, max(CHECK_LEAST_S, to_start_s))
        return Wish(check=True, limit_s=limit_s, text_percent=text_percent, contrast=contrast)

    def _booking(self) -> BookingView | None:
        kept = self._drafts.get(DRAFT)
        return self._actions.booking(str(kept["id"])) if kept is not None else None

    def _kept_until(self) -> datetime | None:
        kept = self._drafts.get(DRAFT)
        return moments.from_ms(kept["until_ms"]) if kept is not None and kept["until_ms"] is not None else None

    def _may_return(self, now: datetime) -> bool:
        until, booking = self._kept_until(), self._booking()
        return until is not None and now < until and booking is not None and booking.state in PLACED


def _minutes(slot: SlotView, now: datetime) -> int:
    if now >= slot.starts_at:
        return (now - slot.starts_at) // timedelta(minutes=1)
    return -((now - slot.starts_at) // timedelta(minutes=1))


def _seconds(now: datetime, until: datetime) -> float:
    return max(1.0, (until - now).total_seconds())
