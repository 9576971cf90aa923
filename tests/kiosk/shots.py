"""Starts the kiosk's host on a stand-in and saves screenshots: `python -m tests.kiosk.shots FOLDER [name ...]`."""

import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flet as ft
import uvicorn
from playwright.sync_api import Page, sync_playwright

from kiosk.app import new_visit
from kiosk.models.frame import frame_view
from kiosk.screens.stage import Stage
from kiosk.visit import Visit
from kiosk.web import host
from tests.kiosk.stand_in import StandInActions

CHROMIUM = "/usr/bin/chromium"
SIZES = {"portrait": (1080, 1920, 21.5), "landscape": (1920, 1080, 21.5), "small": (1280, 800, 10.1)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(
    actions: Any,
    *,
    diagonal_in: float = 21.5,
    before: Callable[[Visit], None] = lambda visit: None,
    stage: Any = Stage,
    **clock: Any,
) -> Iterator[str]:
    """The host in a thread; yields its address. `before` prepares each new visit."""
    port = free_port()
    visits = host.Visits()

    def make(page: ft.Page) -> Visit:
        visit = new_visit(page, diagonal_in=diagonal_in, **clock)
        before(visit)
        return visit

    main = host.page_main(stage, actions, visits, make, lambda visit: visit.show(frame_view(actions)))
    with tempfile.TemporaryDirectory() as folder:
        app = host.build(main, visits, Path(folder) / "web", port)
        config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", ws="websockets-sansio")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(10)


def ready(page: Page, url: str) -> None:
    """Opens the kiosk and waits for the semantics tree."""
    page.goto(url)
    page.get_by_role("button", name="Aide, urgence").wait_for(state="attached", timeout=30000)


def painted(page: Page, file: Path, *, least_bytes: int = 20_000, tries: int = 60) -> None:
    """Saves a screenshot once the screen is painted: on a busy machine that comes seconds after the semantics."""
    for _ in range(tries):
        page.wait_for_timeout(500)
        if len(page.screenshot(path=file)) > least_bytes:
            return


def take(folder: Path, name: str, size: str, actions: Any, before: Callable[[Visit], None], **clock: Any) -> None:
    width, height, diagonal = SIZES[size]
    with served(actions, diagonal_in=diagonal, before=before, **clock) as url, sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": height})
        page.on("console", lambda message: print("console:", message.text) if message.type == "error" else None)
        ready(page, url)
        painted(page, folder / f"{name}-{size}.png")
        browser.close()


def _prepare(
    place: str = "/", sheet: str | None = None, text: int = 100, contrast: bool = False
) -> Callable[[Visit], None]:
    def before(visit: Visit) -> None:
        visit.go(place)
        if sheet:
            visit.open_sheet(sheet)
        visit.set_text(text)
        if contrast:
            visit.toggle_contrast()

    return before


SHOTS: dict[str, tuple[Callable[[Visit], None], dict[str, Any]]] = {
    "attract": (_prepare(), {}),
    "home": (_prepare("/menu"), {}),
    "offline": (_prepare("/menu"), {"online": False, "demonstration": True}),
    "contrast": (_prepare("/menu", contrast=True), {}),
    "large": (_prepare("/menu", text=200), {}),
    "help": (_prepare("/menu", "help"), {}),
    "desk": (_prepare("/menu", "desk"), {}),
    "language": (_prepare("/menu", "language"), {}),
    "text": (_prepare("/menu", "text"), {}),
    "finish": (_prepare("/menu", "finish"), {}),
}


def main(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (before, state) in SHOTS.items():
        for size in SIZES:
            if not names or name in names or f"{name}-{size}" in names:
                take(folder, name, size, StandInActions(**state), before)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
