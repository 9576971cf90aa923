"""What a terminal shows its pages on (a Chromium of this program, another user's, or none), and its guided windows."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import flet as ft

from kiosk.actions import Actions
from kiosk.browser import Browser, remove_orphans
from kiosk.models.window import opening
from kiosk.settings import KioskSettings
from kiosk.visit import Visit, Wish
from kiosk.web import check
from kiosk.window.guided import GuidedWindow
from kiosk.window.link import ScreenLink
from kiosk.window.opening import Opening, Printing
from kiosk.window.windows import Screen, VisitWindows
from sync.errors import PointContactError

log = logging.getLogger("kiosk.window")


class VisitsPaper:
    """Prints a page of a guided window for the visit whose window it is (``kiosk.window.opening.Printing``)."""

    def __init__(self) -> None:
        self.screen: Screen | None = None

    def print_pdf(self, data: bytes, title: str) -> bool:
        """False where no visit's window stands there any more, or its printer did not take it."""
        owner = self.screen.owner if self.screen is not None else None
        return isinstance(owner, VisitWindows) and owner.print_pdf(data, title)


class VisitsHelp:
    """A call for help from a guided window, for the visit whose window it is (``kiosk.window.opening.Helping``)."""

    def __init__(self) -> None:
        self.screen: Screen | None = None

    def call_help(self, wanted: bool) -> None:
        """Nothing where no visit's window stands there any more."""
        owner = self.screen.owner if self.screen is not None else None
        if isinstance(owner, VisitWindows):
            owner.call_help(wanted)


@dataclass(frozen=True)
class Show:
    """What a visit's page stands on.

    Attributes:
        renew: a visit has ended: the browser forgets it.
        screen: where guided windows are opened; None where this terminal opens none.
    """

    renew: Callable[[], None] = lambda: None
    screen: Screen | None = None

    def windows(self, page: ft.Page) -> VisitWindows | None:
        """The guided windows of the visit of a page, which is told on its own thread."""
        if self.screen is None:
            return None

        def soon(act: Callable[[], None]) -> None:
            async def run() -> None:
                act()

            page.run_task(run)

        return VisitWindows(self.screen, soon)


def show_on(settings: KioskSettings, actions: Actions, url: str, stack: ExitStack, printing: Printing | None) -> Show:
    """Opens what the settings say; everything is closed with ``stack``.

    Raises PointContactError: no Chromium, or a socket that cannot be made.
    """
    orphans = remove_orphans()
    if orphans:
        log.warning("%s profiles of a program that ended without removing them are removed", orphans)

    def ask(wish: Wish, language: str) -> Opening | None:
        return opening(
            actions, wish, language, quiet_s=settings.window_quiet_s, warning_s=settings.window_warning_s,
            diagonal_in=settings.diagonal_in, check_url=settings.url_of(check.PATH),
        )  # fmt: skip

    helping = VisitsHelp()
    if settings.screen_socket is not None:
        try:
            link = ScreenLink(settings.screen_socket, printing, helping)
        except OSError:
            raise PointContactError(
                f"Le point de rencontre avec l’écran ({settings.screen_socket}) ne peut pas être ouvert : vérifiez "
                "son dossier et ses droits."
            ) from None
        stack.callback(link.close)
        return _shown(link.renew, Screen(link.start, ask), helping, stack)

    def start(wanted: Opening, on_closed: Callable[[str], None]) -> GuidedWindow:
        return GuidedWindow(
            settings.chromium, wanted, on_closed, printing=printing, helping=helping, keyboard=settings.window_keyboard
        )  # fmt: skip

    if settings.browser:
        browser = Browser(settings.chromium, url)
        _open_browser(browser, settings.chromium)
        stack.callback(browser.stop)
        return _shown(browser.renew, Screen(start, ask), helping, stack)
    return _shown(lambda: None, Screen(start, ask), helping, stack) if settings.window else Show()


def _shown(renew: Callable[[], None], screen: Screen, helping: VisitsHelp, stack: ExitStack) -> Show:
    helping.screen = screen
    stack.callback(screen.close)
    return Show(renew, screen)


def tell(windows: VisitWindows | None, visit: Visit) -> None:
    """Makes ``visit`` the one that hears of its windows."""
    if windows is not None:
        windows.belong_to(visit)


def _open_browser(browser: Browser, chromium: str) -> None:
    try:
        browser.start()
    except OSError:
        raise PointContactError(
            f"Chromium ne peut pas être lancé ({chromium}). Installez le paquet chromium, ou servez sans --browser."
        ) from None
