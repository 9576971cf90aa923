"""What is known at this terminal while somebody books: site, network, clock, what is held, what they have already.

No Flet here.
"""

from __future__ import annotations

from datetime import datetime

from content.shelf import ScreenView
from kiosk.actions import Actions
from kiosk.models.agenda import EntryQr
from kiosk.models.booking_kept import KeptBooking
from kiosk.models.reference import Opened, ReferenceSearch
from kiosk.models.standing import standing
from kiosk.models.subject import key_of
from kiosk.views import BookingView, HeldView, SiteView
from kiosk.visit import Drafts
from kiosk.wording import say


class KnownBooking(KeptBooking):
    """What was chosen, and what this terminal knows of it, read again at each call.

    Args:
        actions: the door to the replica.
        drafts: the visit's drafts; everything chosen is kept there.
        visit_key: the visit's random word, under which its hour is held.
    """

    def __init__(self, actions: Actions, drafts: Drafts, visit_key: str) -> None:
        super().__init__(drafts)
        self._entry_qr = EntryQr()
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

    # Before a contact is given -------------------------------------------------------------------

    def contact_notice(self, language: str) -> tuple[str, ...]:
        """What the contact and the first name are for, who may read them, and how long they are kept: a sentence each.

        The time is the operator's own, as in the full text; where it says none, the hub's own term (decision 0017),
        « en général »: a hub keeps a record longer that a person has to settle or a terminal has not heard of.
        """

        def said(key: str, **values: object) -> str:
            return say(key_of(f"booking.privacy.{key}", self.reason), language, **values)

        kept = self._actions.operator_text("retention_booking", said("usual"))
        who = said("who", operator=self._actions.operator_text("operator"))
        return said("why"), who, said("kept", duration=kept)

    def notice_full(self, language: str) -> list[ScreenView]:
        """The full privacy text, one subject a screen."""
        return self._actions.privacy_full(language)

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
