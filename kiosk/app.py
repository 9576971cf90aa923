"""The terminal's composition root: replica, content, schedule, web host and browser, put together and run."""

from typing import Any

import flet as ft

from kiosk.tokens import Look
from kiosk.visit import Visit
from kiosk.web.host import wipe_page


def new_visit(page: ft.Page, *, diagonal_in: float, **clock: Any) -> Visit:
    """The visit of a page just opened; `clock` are the times of `Visit` (`quiet_s`, `warning_s`, `now`)."""
    look = Look(page.width or 1080, page.height or 1920, diagonal_in)
    return Visit(look, on_end=lambda: page.run_task(wipe_page, page), **clock)
