"""Debian's Chromium by its path, and the two sizes of screen that a terminal has."""

from __future__ import annotations

import os

from tests.kiosk.shots import CHROMIUM

SIZES = {"portrait": (1080, 1920), "landscape": (1920, 1080)}


def executable() -> str:
    """The Chromium that the terminal itself starts."""
    return CHROMIUM


def arguments() -> list[str]:
    """As root (a container) Chromium has no sandbox of its own."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []
