"""Reading a flow of content, one idea a screen: the contrat d’engagement, and « Possible ici, ou ailleurs ».

The words come from the content shelf with their source, date and version. Reading is all there is:
no step here is a consent, a signature or a refusal. Of what was read one thing may be written down: the name of the
text about the contract, with a booking that follows in the same visit. No Flet here.
"""

from __future__ import annotations

from dataclasses import dataclass

from content.pack import WINDOW
from content.view import ScreenView
from kiosk.actions import Actions
from kiosk.models.booking_kept import begin_with, note_read
from kiosk.shown import screens
from kiosk.visit import Drafts

CONTRACT_FLOW, POSSIBLE_FLOW = "contrat", "possible"
#: Exits of the content (``content.pack.EXITS``) as places of the kiosk; « @staff » and « @end » are no places.
EXIT_PLACES = {
    "@home": "/menu",
    "@booking": "/rendez-vous",
    "@registration": "/inscription",
    "@contract": "/contrat",
    "@events": "/evenements",
    "@offers": "/offres",
    "@services": "/services",
    "@who": "/accompagnement",
    "@possible": "/possible",
    "@concerned": "/concerne",
    "@deadline": "/delai",
}
STAFF, END = "@staff", "@end"
SUBJECT = "signature_cer"
"""The subject (``sync.records.booking.REASONS``) of an appointment asked for from what explains the contract."""
EXPLAINED_AT = tuple(EXIT_PLACES[one] for one in ("@contract", "@concerned", "@deadline"))


@dataclass(frozen=True)
class WayOut:
    """A way on that leaves the flow: a place of the kiosk, ``@staff``, ``@end`` or ``@window:…``, with its words."""

    to: str
    label: str


class Reading:
    """One person's reading of a flow.

    Args:
        flow: ``CONTRACT_FLOW`` or ``POSSIBLE_FLOW``.
        drafts: keeps only which screen is open, so that a change of language stays on the same idea.
    """

    def __init__(self, actions: Actions, drafts: Drafts, flow: str) -> None:
        self._actions = actions
        self._drafts = drafts
        self.flow = flow

    def screens(self, language: str) -> tuple[ScreenView, ...]:
        """The screens in force; empty where this release has no such flow."""
        return screens(self._actions, self.flow, language)

    def position(self, screens: tuple[ScreenView, ...]) -> int:
        """The place of the open screen, from 0; 0 when nothing was opened yet or it has gone."""
        opened = self.opened
        return next((at for at, screen in enumerate(screens) if screen.id == opened), 0)

    def shown(self, screens: tuple[ScreenView, ...]) -> int:
        """``position``, for what is being drawn: of the contract, a booking of this visit will name the text shown.

        The pack in its language and the release, ``contrat.fr@2026.11.5``, say which words those were: the language in
        which they were really shown, where they are withheld in the visitor's; of what the law says only, which the
        list to prepare with is not. Which of its screens, and for how long, is nobody's affair. No other flow is noted:
        « Suis-je concerné ? » keeps nothing.
        """
        at = self.position(screens)
        if self.flow == CONTRACT_FLOW and screens[at].legal:
            note_read(self._drafts, f"{self.flow}.{screens[at].language}@{self._actions.shelf.version}")
        return at

    @property
    def opened(self) -> str | None:
        """The id of the open screen, or None."""
        kept = self._drafts.get(self.flow)
        return str(kept["opened"]) if kept else None

    def open(self, screen_id: str) -> None:
        """Opens one screen of the flow."""
        self._drafts.put(self.flow, {"opened": screen_id})

    def close(self) -> None:
        """Back to before the first screen."""
        self._drafts.forget(self.flow)

    def go_on(self, screens: tuple[ScreenView, ...]) -> bool:
        """To the next screen; False after the last one."""
        at = self.position(screens) + 1
        if at >= len(screens):
            return False
        self.open(screens[at].id)
        return True

    def go_back(self, screens: tuple[ScreenView, ...]) -> bool:
        """To the screen before; False at the first one."""
        at = self.position(screens) - 1
        if at < 0:
            return False
        self.open(screens[at].id)
        return True


def ways_out(screen: ScreenView) -> tuple[WayOut, ...]:
    """The ways that leave the flow, in the order of the editor."""
    return tuple(
        WayOut(EXIT_PLACES.get(nav.to, nav.to), nav.label)
        for nav in screen.nav
        if nav.to in EXIT_PLACES or nav.to in (STAFF, END) or nav.to.startswith(WINDOW)
    )


def tick_subject(drafts: Drafts, place: str, way: WayOut) -> None:
    """Ticks the subject of the appointment that a person leaves ``place`` for, where that place explains the contract.

    The person sees it ticked and may choose another one; a booking that was begun in this visit stays as it is.
    """
    if place in EXPLAINED_AT and way.to == EXIT_PLACES["@booking"]:
        begin_with(drafts, SUBJECT)
