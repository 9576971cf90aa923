"""The terminal's own Chromium: a throw-away profile a visit, nothing left of it, started again when it dies."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil
import pytest

from kiosk.browser import Browser

pytestmark = pytest.mark.processes
PATIENCE_S = 40


class Page:
    """A page on the loopback that counts who opens it."""

    def __init__(self) -> None:
        page = self
        self.opened = 0

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page.opened += self.path == "/"
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"<script>localStorage.setItem('visit', 'Lef\xc3\xa8vre')</script>")

            def log_message(self, *words: object) -> None:
                """Says nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def page() -> Iterator[Page]:
    served = Page()
    yield served
    served.close()


@pytest.fixture
def browser(page: Page, tmp_path: Path) -> Iterator[Browser]:
    """The shipped supervisor; only the screen is missing, so Chromium draws nowhere, and its home is elsewhere."""
    chromium = tmp_path / "chromium"
    chromium.write_text(f'#!/bin/sh\nexport HOME={tmp_path}\nexec /usr/bin/chromium --headless=new "$@"\n')
    chromium.chmod(0o755)
    started = Browser(str(chromium), page.url)
    started.start()
    yield started
    started.stop()


def until(true: Callable[[], object], what: str) -> None:
    """Waits until something holds."""
    ends = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < ends, what
        time.sleep(0.1)


def chromium_of(profile: Path) -> list[psutil.Process]:
    """The processes that use a profile, without their helpers."""
    return [one for one in all_of(profile) if not any(word.startswith("--type=") for word in one.info["cmdline"])]


def all_of(profile: Path) -> list[psutil.Process]:
    """The processes that use a profile."""
    running = psutil.process_iter(["cmdline"])
    return [one for one in running if f"--user-data-dir={profile}" in (one.info["cmdline"] or [])]


def test_each_visit_has_a_profile_of_its_own_and_nothing_of_the_last_one_stays(page: Page, browser: Browser) -> None:
    until(lambda: page.opened == 1, "Chromium did not open the kiosk")
    first = browser.profile
    assert first is not None
    assert first.stat().st_mode & 0o077 == 0
    until((first / "Default").is_dir, "the profile is not in use")

    browser.renew()

    until(lambda: page.opened == 2, "no fresh Chromium took over")
    until(lambda: not first.exists(), "the last visit's profile is still there")
    assert browser.profile not in (None, first)
    assert chromium_of(first) == []


def test_a_chromium_that_dies_is_started_again_on_an_empty_profile(page: Page, browser: Browser) -> None:
    until(lambda: page.opened == 1, "Chromium did not open the kiosk")
    first = browser.profile
    assert first is not None

    for process in chromium_of(first):
        process.send_signal(signal.SIGKILL)

    until(lambda: page.opened == 2, "Chromium was not started again")
    until(lambda: not first.exists(), "the dead Chromium's profile is still there")


def test_stopping_leaves_neither_a_process_nor_a_profile(page: Page, browser: Browser) -> None:
    until(lambda: page.opened == 1, "Chromium did not open the kiosk")
    last = browser.profile
    assert last is not None

    browser.stop()

    assert not last.exists()
    until(lambda: not chromium_of(last), "a Chromium outlives the terminal")


def test_a_page_that_crashes_leaves_no_picture_of_its_memory(page: Page, browser: Browser, tmp_path: Path) -> None:
    """What was typed would be in it, on the disk, after the visit: Chromium writes it whatever its flags say."""
    until(lambda: page.opened == 1, "Chromium did not open the kiosk")
    profile = browser.profile
    assert profile is not None
    renderers = [one for one in all_of(profile) if "--type=renderer" in one.info["cmdline"]]
    assert renderers

    for renderer in renderers:
        renderer.send_signal(signal.SIGSEGV)
    for renderer in renderers:
        renderer.wait(PATIENCE_S)
    assert list((profile / "crashes").rglob("*.dmp")), "they are kept in memory, with the profile"
    for whole in chromium_of(profile):
        whole.send_signal(signal.SIGSEGV)
    until(lambda: page.opened == 2, "Chromium was not started again")

    kept = [file for folder in (tmp_path, profile) for file in folder.rglob("*.dmp")]
    assert kept == []
    assert not profile.exists()
    assert not (tmp_path / ".config" / "chromium" / "Crash Reports").exists()
