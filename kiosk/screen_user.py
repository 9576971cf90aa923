"""`point-contact terminal screen`: the kiosk's Chromium and its guided windows, for the account that has the glass."""

from __future__ import annotations

import signal
import threading
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from kiosk.browser import Browser, remove_orphans
from kiosk.window.agent import Agent
from sync.errors import PointContactError

ASK_AGAIN_S = 1.0


def show(path: Path, url: str, chromium: str, more: Sequence[str] = (), *, keyboard: bool = True) -> None:
    """Shows `url` until SIGINT or SIGTERM, and obeys the terminal behind the socket `path`.

    Raises PointContactError: there is no Chromium.
    """
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stopped.set())
    remove_orphans()
    while not stopped.is_set() and not _answers(url):
        time.sleep(ASK_AGAIN_S)
    if stopped.is_set():
        return
    browser = Browser(chromium, url, more)
    try:
        browser.start()
    except OSError:
        raise PointContactError(
            f"Chromium ne peut pas être lancé ({chromium}). Installez le paquet chromium."
        ) from None
    agent = Agent(path, browser, chromium, more, keyboard=keyboard)
    threading.Thread(target=agent.run, name="agent", daemon=True).start()
    stopped.wait()
    agent.stop()
    browser.stop()


def _answers(url: str) -> bool:
    """True once the terminal serves its page; no proxy of the machine is asked for it."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False
