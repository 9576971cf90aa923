"""The screens a visitor sees, and where each one is. A module is imported only when its place is shown.

Each entry is a component `Name(visit: Visit, actions: Actions) -> ft.Control` that returns `parts.frame.screen(…)` and
moves on with `visit.go(place)`. The address in the browser never changes during a visit: nothing to go back to.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the kiosk: its path, the module and the component that draw it."""

    path: str
    module: str
    component: str


PLACES: dict[str, Place] = {
    place.path: place
    for place in (
        Place("/", "kiosk.screens.attract", "Attract"),
        Place("/menu", "kiosk.screens.home", "Home"),
        Place("/inscription", "kiosk.screens.registration", "Registration"),
        Place("/rendez-vous", "kiosk.screens.booking", "Booking"),
        Place("/contrat", "kiosk.screens.contract", "Contract"),
        Place("/evenements", "kiosk.screens.events", "Events"),
        Place("/offres", "kiosk.screens.offers", "Offers"),
        Place("/services", "kiosk.screens.directory", "Directory"),
        Place("/place", "kiosk.screens.seat", "Seat"),
        Place("/accompagnement", "kiosk.screens.orientation", "WhoHelps"),
        Place("/concerne", "kiosk.screens.concerned", "AmIConcerned"),
        Place("/delai", "kiosk.screens.deadline", "Deadline"),
        Place("/possible", "kiosk.screens.possible", "Possible"),
        Place("/code", "kiosk.screens.reference", "Reference"),
        Place("/salon", "kiosk.screens.booth", "Booth"),
    )
}
