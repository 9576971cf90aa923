"""Saves a picture of every screen: ``python -m tests.browser.take_screens FOLDER [--shape portrait]``.

Both shapes, which are then put into docs/screens too (``tests.browser.gallery``), unless only one is asked for.

It prepares a hub and a terminal of its own (invented data, loopback only) and removes them afterwards. The states
that a first visit does not meet come after (``tests.browser.states``); upright in Paris, lying in La Réunion.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from kiosk.web import check
from tests.browser import gallery
from tests.browser.chromium import arguments, executable, screen
from tests.browser.conftest import STOCK
from tests.browser.person import Person
from tests.browser.screens import take_visit
from tests.browser.states import restored_states, take_states
from tests.browser.world import World
from tests.stage import Stage

CAMERA_MS = 2000
KEPT = Path(__file__).parents[2] / "docs" / "screens"
PLACES = {"portrait": {}, "landscape": {"zone": "Indian/Reunion", "name": "Mairie de Saint-Denis"}}


def _take_others(page: Page, url: str, folder: Path, shape: str) -> None:
    """What is no part of a visit: the page that tries camera and sound, and the board of a wall screen."""
    page.goto(f"{url}{check.PATH}")
    page.wait_for_timeout(CAMERA_MS)
    page.screenshot(path=folder / f"check-{shape}.png")
    board = Person(page)
    page.goto(f"{url}/affichage")
    board.sees("Ensuite")
    board.picture(folder / f"notice-board-{shape}.png")


def main(folder: Path, shapes: list[str]) -> None:
    """Takes every picture into ``folder``."""
    with tempfile.TemporaryDirectory(prefix="point-contact-screens-") as scratch, sync_playwright() as tools:
        stage = Stage.prepare(Path(scratch) / "stage")
        try:
            stage.hub_up(*STOCK)
            stage.terminal_up("--quiet-s", "900", "--round-interval-s", "5")
            browser = tools.chromium.launch(executable_path=executable(), args=arguments())
            for shape in shapes:
                page = browser.new_page(**screen(shape))
                for file in take_visit(Person(page), stage.kiosk_url, folder, shape):
                    print(file.name, flush=True)
                page.close()
                page = browser.new_page(**screen(shape))
                _take_others(page, stage.kiosk_url, folder, shape)
                page.close()
                world = World(Path(scratch) / shape, **PLACES[shape])
                take_states(browser, world, folder, shape)
                world.close()
                back = World(Path(scratch) / f"{shape}-put-back", **PLACES[shape])
                back.put_back()
                take_states(browser, back, folder, shape, of=restored_states)
                back.close()
            browser.close()
        finally:
            stage.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--shape", choices=list(PLACES), help="only this one; nothing is put into docs/screens then")
    options = parser.parse_args()
    main(options.folder, [options.shape] if options.shape else list(PLACES))
    if not options.shape:
        print(f"{len(gallery.keep(options.folder, KEPT))} pictures in {KEPT}")
