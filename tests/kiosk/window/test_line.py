"""What a window is asked and told crosses to the screen's own user whole, in every language."""

from __future__ import annotations

import socket

import pytest

from kiosk.models.window import opening
from kiosk.visit import Wish
from kiosk.window.link import Frame, Line
from kiosk.window.opening import Opening
from kiosk.wording import LANGUAGES
from tests.kiosk.stand_in import StandInActions

CHECK = "http://127.0.0.1:8001/essai"


def across(frame: Frame) -> Frame | None:
    here, there = socket.socketpair()
    one, other = Line(here), Line(there)
    try:
        one.send(frame)
        return other.receive()
    finally:
        one.close()
        other.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_window_is_asked_for_in_the_language_of_the_visit(language: str) -> None:
    wanted = opening(
        StandInActions(), Wish(check=True), language, quiet_s=60, warning_s=20, diagonal_in=21.5, check_url=CHECK
    )  # type: ignore[arg-type]
    assert isinstance(wanted, Opening)
    assert across(Frame("open", 1, opening=wanted)) == Frame("open", 1, opening=wanted)
