"""What « Aide, urgence » says: the emergency numbers of the content and how to reach the desk. No Flet."""

from __future__ import annotations

from content.shelf import EMERGENCIES
from content.view import ScreenView
from kiosk.actions import Actions
from kiosk.shown import screens


class Help:
    """Read-only; keeps nothing of who opened it."""

    def __init__(self, actions: Actions) -> None:
        self._actions = actions
        self._site = actions.site()

    def emergencies(self, language: str) -> ScreenView | None:
        """The emergency numbers, or None when this terminal has no content for them."""
        return next(iter(screens(self._actions, EMERGENCIES, language)), None)

    def accessibility(self, language: str) -> list[ScreenView]:
        """The accessibility statement, one subject a screen; empty when this terminal has no content for it."""
        return self._actions.accessibility(language)

    @property
    def desk_phone(self) -> str:
        """The telephone of the place, or ""."""
        return self._site.phone

    @property
    def opening_hours(self) -> str:
        """The opening hours of the place in words, or ""."""
        return self._site.opening_hours
