"""Two accounts of one machine: the terminal says what is shown, the screen's own user shows it, over a real socket."""

from __future__ import annotations

import asyncio
import queue
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from kiosk.browser import PREFIX, Browser, new_profile, remove_orphans
from kiosk.settings import KioskSettings
from kiosk.show import show_on, tell
from kiosk.visit import MENU, OPEN, Visit, Wish
from kiosk.window.agent import Agent, FarHelp
from kiosk.window.guided import WindowFailed
from kiosk.window.link import LENGTH, FarWindow, Frame, Line, ScreenLink
from kiosk.window.opening import ASKED, LOST, Call, Opening, Rule
from tests.browser.chromium import executable
from tests.browser.window.finger import HEADLESS, Helper, Printer
from tests.browser.window.pages import served
from tests.kiosk.stand_in import StandInActions

NOWHERE = Opening("https://www.travail.invalid/", Rule((".travail.invalid",)), "M’inscrire")


@pytest.fixture
def link(tmp_path: Path) -> Iterator[ScreenLink]:
    found = ScreenLink(tmp_path / "screen.sock", Printer())
    yield found
    found.close()


@pytest.fixture
def agent(link: ScreenLink, tmp_path: Path) -> Iterator[Agent]:
    """The other account, its kiosk on a page of this machine; it has connected."""
    with served() as pages:
        browser = Browser(executable(), f"http://127.0.0.1:{pages.port}/", HEADLESS)
        browser.start()
        found = Agent(tmp_path / "screen.sock", browser, executable(), HEADLESS)
        threading.Thread(target=found.run, daemon=True).start()
        until = time.monotonic() + 5
        while time.monotonic() < until:
            try:
                link.send(Frame("close"))
                break
            except OSError:
                time.sleep(0.05)
        yield found
        found.stop()
        browser.stop()


def test_a_window_is_opened_and_closed_across_the_socket(link: ScreenLink, agent: Agent) -> None:
    ends: queue.Queue[str] = queue.Queue()
    window = link.start(NOWHERE, ends.put)
    window.open()
    there = agent._window
    assert there is not None
    profile = there.profile
    assert profile is not None
    assert profile.exists()
    window.close()
    assert ends.get(timeout=5) == ASKED
    assert not profile.exists()
    assert ends.empty()


def test_a_terminal_that_goes_away_leaves_no_window_and_a_lost_screen_is_told(link: ScreenLink, agent: Agent) -> None:
    ends: queue.Queue[str] = queue.Queue()
    link.start(NOWHERE, ends.put).open()
    there = agent._window
    assert there is not None
    link.close()
    assert ends.get(timeout=10) == LOST
    until = time.monotonic() + 10
    while there.is_open and time.monotonic() < until:
        time.sleep(0.05)
    assert not there.is_open


def test_renewing_gives_the_kiosk_another_profile(link: ScreenLink, agent: Agent) -> None:
    before = agent._browser.profile
    link.renew()
    until = time.monotonic() + 10
    while agent._browser.profile == before and time.monotonic() < until:
        time.sleep(0.05)
    assert agent._browser.profile != before


@contextmanager
def opened(link: ScreenLink, socket_path: Path) -> Iterator[tuple[FarWindow, Line, Frame]]:
    """A window that the terminal opens, the screen's end of the line, and what was asked there; it has opened."""
    screen = socket.socket(socket.AF_UNIX)
    screen.connect(str(socket_path))
    line = Line(screen)
    window = link.start(NOWHERE, lambda reason: None)
    opening = threading.Thread(target=window.open, daemon=True)
    time.sleep(0.1)
    opening.start()
    asked = line.receive()
    assert asked is not None
    line.send(Frame("opened", asked.number))
    opening.join(5)
    yield window, line, asked
    line.close()
    link.close()


def test_paper_crosses_the_socket(tmp_path: Path) -> None:
    printer = Printer()
    with opened(ScreenLink(tmp_path / "s", printer), tmp_path / "s") as (_, line, asked):
        assert (asked.do, asked.done, asked.opening) == ("open", True, NOWHERE)
        line.send(Frame("print", asked.number, data="JVBERi0=", title="Attestation"))
        assert line.receive() == Frame("printed", asked.number, done=True)
        assert printer.taken == [(b"%PDF-", "Attestation")]


def test_a_call_for_help_and_its_answer_cross_the_socket(tmp_path: Path) -> None:
    helper = Helper()
    with opened(ScreenLink(tmp_path / "s", None, helper), tmp_path / "s") as (window, line, asked):
        assert (asked.do, asked.call) == ("open", Call())
        far = FarHelp(line, asked.number)
        far.call_help(True)
        far.call_help(False)
        FarHelp(line, asked.number + 1).call_help(True)  # of no window that stands there
        told = Call(stands=True, answer="coming", hour="14\u00a0h\u00a033")
        window.tell_call(told)
        assert line.receive() == Frame("called", asked.number, call=told)
        until = time.monotonic() + 5
        while len(helper.wanted) < 2 and time.monotonic() < until:
            time.sleep(0.05)
    assert helper.wanted == [True, False]


class Page:
    """Stands for a page of the kiosk: runs at once what it is given, beside the loop that Playwright may keep here."""

    def run_task(self, act: Callable[[], Coroutine[Any, Any, None]]) -> None:
        thread = threading.Thread(target=lambda: asyncio.run(act()))
        thread.start()
        thread.join()


def test_a_call_from_the_other_account_becomes_the_call_of_the_visit_whose_window_it_is(tmp_path: Path) -> None:
    settings = KioskSettings(home=tmp_path, screen_socket=tmp_path / "s")
    with ExitStack() as stack:
        show = show_on(settings, StandInActions(), settings.url, stack, None)  # type: ignore[arg-type]
        windows = show.windows(Page())  # type: ignore[arg-type]
        visit = Visit(windows=windows)
        tell(windows, visit)
        visit.go(MENU)
        screen = stack.enter_context(socket.socket(socket.AF_UNIX))
        screen.settimeout(10)
        screen.connect(str(tmp_path / "s"))
        line = Line(screen)
        time.sleep(0.1)
        visit.open_window(Wish("inscription"))
        asked = line.receive()
        assert asked is not None
        assert asked.opening is not None
        assert (asked.do, asked.call, asked.opening.terminal_no) == ("open", Call(), 3)
        line.send(Frame("opened", asked.number))
        until = time.monotonic() + 5
        while visit.window != OPEN and time.monotonic() < until:
            time.sleep(0.05)
        line.send(Frame("call", asked.number, done=True))
        assert line.receive() == Frame("called", asked.number, call=Call(stands=True))
        assert visit.calling


@pytest.mark.parametrize("said", [b"\xff\xff\xff\xff", LENGTH.pack(4) + b"{]{]", LENGTH.pack(13) + b'{"do":"x","y"'])
def test_a_screen_that_says_nonsense_is_shown_the_door(tmp_path: Path, said: bytes) -> None:
    link = ScreenLink(tmp_path / "s")
    screen = socket.socket(socket.AF_UNIX)
    screen.connect(str(tmp_path / "s"))
    screen.sendall(said)
    screen.settimeout(5)
    assert screen.recv(1) == b""
    screen.close()
    link.close()


def test_without_a_screen_a_window_fails_at_once(link: ScreenLink) -> None:
    with pytest.raises(WindowFailed):
        link.start(NOWHERE, lambda reason: None).open()


def test_the_socket_is_for_the_group_only(link: ScreenLink, tmp_path: Path) -> None:
    del link
    assert (tmp_path / "screen.sock").stat().st_mode & 0o777 == 0o660


def test_profiles_of_programs_that_ended_are_removed_and_those_of_living_ones_are_not() -> None:
    mine = new_profile()
    gone = mine.with_name(f"{PREFIX}999999999-1-abc")
    again = mine.with_name(mine.name.replace(mine.name.split("-")[4], "1", 1))  # same number, begun at another time
    for folder in (gone, again):
        folder.mkdir()
    assert remove_orphans() >= 2
    assert mine.exists()
    assert not gone.exists()
    assert not again.exists()
    mine.rmdir()
