"""What is known at this terminal while somebody books: site, network, clock, what is held, what they have already.

No Flet here.
"""

from __future__ import annotations

from datetime import datetime

from kiosk.actions import Actions
from kiosk.models.booking_kept import KeptBooking
from kiosk.models.reference import Opened, ReferenceSearch
from kiosk.models.standing import standing
from kiosk.views import BookingView, HeldView, SiteView
from kiosk.visit import Drafts


class KnownBooking(KeptBooking):
    """What was chosen, and what this terminal knows of it, read again at each call.

    Args:
        actions: the door to the replica.
        drafts: the visit's drafts; everything chosen is kept there.
        visit_key: the visit's random word, under which its hour is held.
    """

    def __init__(self, actions: Actions, drafts: Drafts, visit_key: str) -> None:
        super().__init__(drafts)
        self._actions = actions
        self._visit_key = visit_key

    def held(self) -> HeldView | None:
        """The hour chosen as long as it is held; ``None`` once its five minutes are over."""
        held = self._actions.held(self._visit_key)
        return held if held is not None and held.slot.id == self._kept().get("slot_id") else None

    @property
    def hold_is_over(self) -> bool:
        """True when the hour chosen was kept for the person and is kept no more."""
        return self.is_guaranteed and self.held() is None

    def site(self) -> SiteView:
        """The site this terminal stands in."""
        return self._actions.site()

    def online(self) -> bool | None:
        """Whether the last round reached the hub."""
        return self._actions.network().online

    def clock_trusted(self) -> bool:
        """False when the date and hour of this terminal may be wrong."""
        return self._actions.network().clock_trusted

    def restored(self) -> bool:
        """True when this terminal may promise nothing before the network has come back: its disk may be an old copy."""
        return self._actions.network().restored

    def known_since(self) -> datetime | None:
        """How old the hours shown are, where the network is cut: the last contact."""
        network = self._actions.network()
        return None if network.online else network.last_contact

    def now(self) -> datetime:
        """The present moment, UTC."""
        return self._actions.now()

    # What the visit has already -----------------------------------------------------------------

    def standing(self) -> Opened | None:
        """The active booking on this subject that was made in this visit, or opened by its code; ``None`` without."""
        return standing(self._actions, self._drafts, self._made(), self._is_the_same)

    def changeable(self) -> Opened | None:
        """The booking written in this visit, where it stands and may get another hour; ``None`` where it may not."""
        done = self.done()
        found = ReferenceSearch(self._actions, self._drafts).follow(done.id) if done is not None else None
        return found if found is not None and found.can_be_cancelled and found.can_be_moved else None

    def _made(self) -> list[str]:
        return list(self._kept().get("asked", ()))

    def _is_the_same(self, view: BookingView) -> bool:
        return view.reason == self.reason

    def asked_before(self) -> bool:
        """True when this would be a second active booking: giving another hour to one that stands is none."""
        moving = self.moving
        return (moving is None or moving.keeps == "nothing") and self.standing() is not None
