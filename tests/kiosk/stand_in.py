"""A terminal that is not there: what the frame and the home need, for tests and screenshots of the kiosk alone."""

from datetime import UTC, datetime, timedelta

from content.shelf import ACCESSIBILITY, Shelf
from content.view import ScreenView
from kiosk.shown import screens
from kiosk.views import CallView, NetworkView, SiteView

NOW = datetime(2026, 11, 17, 9, 42, tzinfo=UTC)


class StandInActions:
    """The part of `Actions` that the frame, the home and the help use; no store behind it."""

    def __init__(self, *, online: bool | None = True, demonstration: bool = False) -> None:
        self.online = online
        self.demonstration = demonstration
        self.shelf = Shelf.open()

    terminal_no = 3

    def follow_call(self) -> CallView | None:
        return None

    def now(self) -> datetime:
        return NOW

    def site(self) -> SiteView:
        return SiteView(
            "site-1", "Mairie de Saint-Aubin-sur-Sauldre", "mairie", "1 place de la Mairie", "41300",
            "Saint-Aubin-sur-Sauldre", "24", "Europe/Paris", "FR", "02 61 91 00 00", "lundi au vendredi, 9 h à 17 h",
            demonstration=self.demonstration,
        )  # fmt: skip

    def accessibility(self, language: str) -> list[ScreenView]:
        return list(screens(self, ACCESSIBILITY, language))

    def network(self) -> NetworkView:
        since = None if self.online is not False else NOW - timedelta(hours=17, minutes=22)
        return NetworkView(self.online, since, NOW, 0, True)
