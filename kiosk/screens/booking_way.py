"""What every step of a booking needs: the visit, the view model, how to be drawn again, and what may take seconds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from kiosk.models.booking_steps import HOUR, BookingJourney
from kiosk.models.subject import key_of
from kiosk.parts.frame import Primary, Progress
from kiosk.parts.hooks import Slowly
from kiosk.visit import CODE, MENU, Visit


@dataclass(frozen=True)
class Way:
    """What every step needs. While something asks the hub (``slowly``), no touch changes anything.

    ``hours`` draws the step at which the hour is chosen. ``again``: the place was opened on a slip made before.
    """

    visit: Visit
    journey: BookingJourney
    redraw: Callable[[], None]
    slowly: Slowly
    hours: Callable[[Way], ft.Control]
    again: bool = False

    def say(self, key: str, **values: object) -> str:
        """The sentence that fits what is booked: booth time, or a seat at an event."""
        return say_of(self.visit, self.journey, key, **values)

    def do(self, act: Callable[..., Any], *values: Any) -> Callable[[], None]:
        """A handler that does ``act(*values)``, then draws again."""

        def handler() -> None:
            if not self.slowly.busy():
                act(*values)
                self.redraw()

        return handler

    def slow(self, act: Callable[[], Any], then: Callable[[Any], None] | None = None) -> Awaitable[None]:
        """Does what may ask the hub, then draws again; what it held is freed where the person has left meanwhile."""

        def after(result: Any) -> None:
            if then is not None:
                then(result)
            self.redraw()

        return self.slowly.do(act, after, self.journey.let_go)

    def on(self) -> Awaitable[None] | None:
        """To the next question; at the hours the hub may be asked again."""
        if self.journey.step == HOUR:
            return self.slow(self.journey.go_on)
        self.do(self.journey.go_on)()
        return None

    def back(self) -> None:
        """To the question before, or to where the person came from."""
        if self.slowly.busy():
            return
        moving = self.journey.moving is not None
        if self.journey.go_back():
            self.redraw()
        else:
            self.visit.go(CODE if moving else MENU)

    def progress(self) -> Progress:
        """Where one is among the questions of this person."""
        found = self.journey.questions()
        section = "booking.section" if self.journey.moving is None else "booking.move.section"
        step = self.journey.step  # another thread may have written the booking since this screen began to be drawn
        return Progress(self.say(section), found.index(step) + 1 if step in found else len(found), len(found))

    def waits(self, primary: Primary, words: str = "booking.wait") -> Primary:
        """The primary action, or « Un instant… » (the key ``words``) in its place while the hub is asked."""
        return Primary(self.say(words), None) if self.slowly.waiting else primary


def say_of(visit: Visit, journey: BookingJourney, key: str, **values: object) -> str:
    """The sentence ``key`` in the visit's language, as it fits what is booked."""
    return visit.say(key_of(key, journey.reason, in_line=journey.in_line), **values)
