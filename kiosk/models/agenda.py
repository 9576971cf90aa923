"""The calendar entry of a booking, as a telephone without network reads it off the screen. Pure.

The entry is that of what stands: while a change of hour is only asked for, the telephone keeps the hour it has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.models import booking as rules
from kiosk.models.quotas import is_afar, is_on_line
from kiosk.models.subject import is_seat
from kiosk.slip import qr_of_entry
from kiosk.views import BookingView, SiteView
from sync.agenda import AFAR, CANCEL, RANKS, Booked, agenda_for_qr
from sync.promise import LIVE

if TYPE_CHECKING:
    from kiosk.actions import Actions

OCTETS_MAX = 331
"""What version 13 of a QR holds at level M: 69 modules, half a millimetre each on the smallest screen."""


def entry_of(actions: Actions, view: BookingView, language: str) -> Booked | None:
    """The entry of a booking; ``None`` where there is no hour, or another one that stands meanwhile.

    Who waits in a line has no hour: an entry would send them to a place that is not theirs.
    """
    if view.slot is None or view.state not in RANKS or view.in_line:
        return None
    if view.state in LIVE and actions.delivery("booking", view.id).state == "rejected":
        return None
    thread = actions.thread(view.id)
    if thread.standing:
        return None
    site, seat = actions.site(), is_seat(view.reason)
    event = actions.event(rules.event_of(view)) if seat else None
    place = event.place if event is not None else _place(site)
    if is_afar(view.reason, view.slot.modality) and event is not None and not is_on_line(event):
        place = AFAR
    return Booked(
        thread.first_id, thread.moves, view.state, seat, view.slot.starts_at, view.slot.ends_at, site.zone,
        site.name, place, language,
    )  # fmt: skip


class EntryQr:
    """The QR of an entry, made again only when the entry is another one: it takes most of a drawing's time.

    Whoever keeps it is dropped with the visit.
    """

    def __init__(self) -> None:
        self._entry: Booked | None = None
        self._png: bytes | None = None

    def png(self, actions: Actions, record_id: str, language: str) -> bytes | None:
        """The QR as PNG, or ``None`` where there is no entry to give."""
        view = actions.booking(record_id)
        entry = entry_of(actions, view, language) if view is not None else None
        if entry != self._entry:
            self._entry = entry
            self._png = qr_of_entry(agenda_for_qr(entry, actions.now(), OCTETS_MAX)) if entry is not None else None
        return self._png


def is_over(actions: Actions, record_id: str, language: str) -> bool | None:
    """Whether the entry takes the appointment out of the telephone; ``None`` where there is no entry."""
    view = actions.booking(record_id)
    entry = entry_of(actions, view, language) if view is not None else None
    return entry.method == CANCEL if entry is not None else None


def _place(site: SiteView) -> str:
    return ", ".join(part for part in (site.name, site.address) if part)
