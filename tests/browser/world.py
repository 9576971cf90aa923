"""One site for the states of a visit: its hub, its terminal, its hours and events, all in this process.

What another end would have done (an answer, a withdrawal) is written at the hub and comes by a round.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kiosk.views import BookedView
from tests.kiosk.models.test_seats import announce, seats
from tests.kiosk.test_actions import SITE, Hub, Kiosk
from tests.sync.replica.test_incarnation import image_of, put_back

NAMED = {"prenom": "Maïwenn", "telephone": "06 12 34 87 65"}
TUESDAY_MS = 1_795_510_920_000
"""Tuesday 24 November 2026, 10 h 02 in Paris."""


class World:
    """One terminal of one site with a few days of hours, most of them to be asked for.

    The hub gives nothing by itself: each place that the terminal may promise is given with ``own``.
    """

    def __init__(
        self, folder: Path, *, zone: str = "Europe/Paris", name: str = "Mairie de Saint-Aubin",
        kiosk: type[Kiosk] = Kiosk,
    ) -> None:  # fmt: skip
        self.hub = Hub(folder / "hub", TUESDAY_MS, grants_per_terminal=0, seats_per_terminal=0, takes_per_hour=0)
        paris = zone == "Europe/Paris"
        self.hub.write("site", SITE, {
            "name": name, "zone": zone, "phone": "02 61 91 00 00", "phone_region": "FR",
            "region": "Centre-Val de Loire" if paris else "La Réunion",
        })  # fmt: skip
        self.kiosk = kiosk(self.hub, folder / "terminal")
        self.actions = self.kiosk.actions
        self._zone, self._made = ZoneInfo(zone), 0
        for day in (1, 2, 3, 6, 7):
            self.open(day, 16)
            self.open(day, 16.5)

    def _slot(self, day: int, hour: float) -> tuple[str, float]:
        """An id, and how many hours ahead the clocks of the site show ``hour``, ``day`` days after the first."""
        self._made += 1
        first = datetime.fromtimestamp(TUESDAY_MS / 1000, self._zone).replace(hour=0, minute=0, second=0)
        starts = first + timedelta(days=day, hours=hour)
        ahead = starts.timestamp() - self.hub.time.ms / 1000
        return f"0192f0a0-0000-7000-8000-{self._made:012d}", ahead / 3600

    def open(self, day: int, hour: float) -> str:
        """A slot that may be asked for."""
        slot_id, ahead = self._slot(day, hour)
        self.hub.open_slot(slot_id, ahead)
        self.kiosk.round()
        return slot_id

    def in_a_quarter(self) -> str:
        """A slot that begins in a quarter of an hour, whatever the time has become."""
        self._made += 1
        slot_id = f"0192f0a0-0000-7000-8000-{self._made:012d}"
        self.hub.open_slot(slot_id, 0.25)
        self.kiosk.round()
        return slot_id

    def own(self, day: int, hour: float) -> str:
        """A slot whose place this terminal may promise."""
        slot_id, ahead = self._slot(day, hour)
        self.kiosk.granted(slot_id, ahead, number=self._made)
        return slot_id

    def event(self, title: str, day: int, *, own: bool = False, **more: Any) -> str:
        """An event of eight seats (``capacity``), one this terminal's to promise if ``own``; returns their slot.

        ``again`` is the day of another date of it. ``afar`` are its places from afar, one of them this terminal's too.
        """
        slot_id, ahead = self._slot(day, 14)
        if own:
            self.kiosk.granted(slot_id, ahead, number=self._made)
        reference, capacity = f"E{self._made}", more.pop("capacity", 8)
        left = more.pop("seats_left", capacity - own)
        seats(self.hub, slot_id, ahead, reference=reference, capacity=capacity, taken=more.pop("taken", int(own)))
        if "again" in more:
            seats(self.hub, *self._slot(more["again"], 14), reference=reference)
        announce(
            self.hub, reference, slot_id, ahead, title=title, seats=capacity, seats_left=left,
            organiser="Communauté de communes", summary="Venez avec votre CV, même ancien. On le relit ensemble.",
            access="Bâtiment B, au premier étage", **self._from_afar(reference, day, more.get("afar", 0)),
        )  # fmt: skip
        self.kiosk.round()
        return slot_id

    def _from_afar(self, reference: str, day: int, places: int) -> dict[str, Any]:
        """The slot of the places from afar of an event, where it has any, and what the event says of them."""
        if not places:
            return {}
        slot_id, ahead = self._slot(day, 14)
        self.kiosk.granted(slot_id, ahead, number=self._made)
        seats(self.hub, slot_id, ahead, reference=reference, capacity=places, taken=1, modality="VISIO")
        return {"remote_seats": places, "remote_seats_left": places - 1, "remote_slot_id": slot_id}

    def cut(self, cut: bool = True) -> None:
        """Pulls the cable out, or puts it in again; the terminal has noticed."""
        self.hub.cut = cut
        self.kiosk.round()

    def put_back(self) -> None:
        """An image of the disk is put back without a network, after the terminal has promised an hour: it restarts."""
        promised = self.own(1, 9)
        self.own(1, 9.5)
        self.kiosk.terminal.close()
        image = image_of(self.kiosk.home, self.kiosk.home.parent)
        self.kiosk.start()
        self.kiosk.actions.book(promised, contact={}, language="fr")
        self.kiosk.terminal.close()
        put_back(image, self.kiosk.home)
        self.kiosk.start()
        self.actions = self.kiosk.actions
        self.cut()
        assert self.actions.network().restored

    def book(self, slot_id: str, **more: Any) -> BookedView:
        """A booking as the screens make it."""
        return self.actions.book(slot_id, contact=NAMED, language="fr", **more)

    def told(self, booked: BookedView, state: str, **more: object) -> BookedView:
        """The hub gives a booking another state; it is known here."""
        self.kiosk.round()
        self.hub.write("booking", booked.id, {"state": state, **more})
        self.kiosk.round()
        return booked

    def withdraw(self, *slot_ids: str) -> None:
        """The owner takes hours away."""
        for slot_id in slot_ids:
            self.hub.write("slot", slot_id, {"state": "withdrawn"})
        self.kiosk.round()

    def close(self) -> None:
        """Closes both ends."""
        self.kiosk.terminal.close()
        self.hub.database.close()
