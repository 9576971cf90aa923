"""Debian's Chromium by its path, the screens that a terminal has, and the end of one that hangs."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypedDict

from playwright.sync_api import ViewportSize

from tests.kiosk.shots import CHROMIUM

SIZES = {"portrait": (1080, 1920), "landscape": (1920, 1080), "small": (1280, 800)}
"""The two that pictures are taken of, and an old laptop or a ten-inch screen."""
COARSE = 0.5
"""Dots of a screen for each pixel of the page, where only words are looked at. Everything stands in the same place, and
a machine without graphics, where drawing is most of a visit's work, draws a quarter of the dots."""


class Screen(TypedDict):
    """What a context of Playwright is made with."""

    viewport: ViewportSize
    device_scale_factor: float
    locale: str
    reduced_motion: Literal["reduce"]


def screen(shape: str, dots: float = 1.0) -> Screen:
    """A screen of this shape (``SIZES``), calm as a terminal's, with so many dots for each pixel of the page."""
    width, height = SIZES[shape]
    return {
        "viewport": {"width": width, "height": height},
        "device_scale_factor": dots,
        "locale": "fr-FR",
        "reduced_motion": "reduce",
    }


def executable() -> str:
    """The Chromium that the terminal itself starts."""
    return CHROMIUM


def arguments() -> list[str]:
    """As root (a container) Chromium has no sandbox of its own."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []


@contextlib.contextmanager
def watched(limit_s: float) -> Iterator[None]:
    """Kills every Chromium that this process started when the block takes longer than ``limit_s`` seconds.

    A reading of the page (``evaluate``) has no time limit of its own: a page that does not answer any more would be
    waited for without end. When its Chromium dies, the call that waited says so, where it waited.
    """
    watch = threading.Timer(limit_s, _kill_all)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _kill_all() -> None:
    for process in _descendants(os.getpid()):
        with contextlib.suppress(OSError):  # it has ended since
            if Path(f"/proc/{process}/exe").resolve().name.startswith("chrom"):
                os.kill(process, signal.SIGKILL)


def _descendants(process: int) -> Iterator[int]:
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, listed.read_text().split()):
                yield from _descendants(child)
                yield child
