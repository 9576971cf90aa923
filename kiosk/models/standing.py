"""The booking that a visit already has: one active booking a subject, so a second one is another hour for the first.

A booking counts from the moment it was made in this visit, or opened by its code, as long as its visitor counts on it;
one that was given another hour is found at the newest. No Flet here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kiosk.actions import Actions
from kiosk.models.reference import Opened, ReferenceSearch
from kiosk.views import BookingView
from kiosk.visit import Drafts


def standing(
    actions: Actions, drafts: Drafts, made: Iterable[str], counts: Callable[[BookingView], bool]
) -> Opened | None:
    """Returns the active booking of this visit that ``counts``; ``None`` where there is none.

    Args:
        actions: the door to the replica.
        drafts: the visit's drafts: they know what a code has opened.
        made: the bookings made in this visit, by id.
        counts: which booking is meant.
    """
    search = ReferenceSearch(actions, drafts)
    for found in (search.opened(), *map(search.follow, made)):
        if found is not None and found.can_be_cancelled and found.booking is not None and counts(found.booking):
            return found
    return None
