"""After a visit: the terminal's memory, its folders, its Chromiums and their clipboard are searched for what was typed.

The terminal runs as in a room: it starts its own Chromium (without a screen here), ends it with each visit, and starts
the next one. The figures are printed (``pytest -s``); those of the record are docs/decisions/0032.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Playwright

from kiosk.browser import PREFIX
from kiosk.overwriting import OVERWRITES
from tests.browser.chromium import SIZES, executable
from tests.browser.conftest import PATIENT, ROUND
from tests.browser.journeys import ELOISE, ask_for_hour, register, to_the_birth_name
from tests.browser.leavings import descendants, in_folders, in_memory, processes_of
from tests.browser.person import Person
from tests.stage import LOOPBACK, POINT_CONTACT, Running, Stage

ROOT = Path(__file__).resolve().parents[2]
BIRTH_NAME, FIRST_NAME = "N’Diaye-Wałęsa", "Zéphirine-Ombeline"
PHONE, AS_READ = "0612348765", "06 12 34 87 65"
MAIL = "zephirine.walesa@exemple.fr"
WORDS = (BIRTH_NAME, FIRST_NAME, PHONE, AS_READ, MAIL)
ANSWERS = {**ELOISE, "nom_naissance": BIRTH_NAME, "prenoms": FIRST_NAME, "telephone": PHONE, "courriel": MAIL}
LEFT_MAX = 0
"""Places in memory where a word may still be, once the page has gone and the collector has run."""
GONE_S = 40.0
COPIED = "Zéphirine-Ombeline 0612348765"


class Room:
    """A terminal that shows itself in its own Chromium, without a screen, and who stands before it."""

    def __init__(self, stage: Stage, tools: Playwright, *planted: str) -> None:
        self.stage, self._tools = stage, tools
        # Chromium makes a socket in its temporary folder: a long path is none.
        self._folder = tempfile.TemporaryDirectory(prefix="room-")
        self.temporary, self.runtime = Path(self._folder.name, "tmp"), Path(self._folder.name, "run")
        self.temporary.mkdir()
        self.runtime.mkdir()
        chromium = stage.file("chromium.sh", self._script())
        chromium.chmod(0o755)
        # Only Chromium's own words are set: all that is seen of the terminal is its command, as in a room.
        told = {"TMPDIR": str(self.temporary), "XDG_RUNTIME_DIR": str(self.runtime), "PYTHONPATH": str(ROOT)}
        words = ("--home", str(stage.terminal_home), "--port", str(stage.kiosk_port), "--browser", "--chromium")
        words = (*words, str(chromium), *PATIENT, *ROUND)
        program = planted or (POINT_CONTACT, "terminal")
        self.terminal: Running = stage.launch("terminal", *program, "serve", *words, environment=told)
        self.terminal.wait_for(f"{stage.kiosk_url}/healthz")
        self.browser: Browser | None = None

    def _script(self) -> str:
        flags = "--headless=new --window-size=1080,1920 --disable-gpu --remote-debugging-port=0"
        return f'#!/bin/sh\nexec {executable()} {flags} "$@"\n'

    @property
    def pid(self) -> int:
        return self.terminal.process.pid

    def profiles(self) -> list[Path]:
        """The profiles that there are."""
        return sorted(self.runtime.glob(f"{PREFIX}*"))

    def comes(self) -> Person:
        """A person in front of the Chromium that the terminal shows now."""
        until_s = time.monotonic() + GONE_S
        while True:
            try:
                (profile,) = self.profiles()
                port, _ = (profile / "DevToolsActivePort").read_text(encoding="ascii").split("\n")
                self.browser = self._tools.chromium.connect_over_cdp(f"http://{LOOPBACK}:{port}")
                page = self.browser.contexts[0].pages[0]
                break
            except (Error, IndexError, OSError, ValueError):  # not there yet
                assert time.monotonic() < until_s, self.terminal.said()
                time.sleep(0.2)
        width, height = SIZES["portrait"]
        page.set_viewport_size({"width": width, "height": height})
        person = Person(page)
        person.sees("Touchez l’écran")
        return person

    def leaves(self, person: Person) -> None:
        """Ends the visit by touch; returns when the Chromium of that visit has gone."""
        (old,) = self.profiles()
        person.touch("Terminer", exact=True)
        person.touch("Oui, terminer et effacer")
        if "Comment s’est passée" in person.sees_one_of("Comment s’est passée", "Touchez l’écran"):
            person.touch("Passer")
        until(lambda: old not in self.profiles() and len(self.profiles()) == 1)

    def close(self) -> None:
        """Stops the terminal, and the folders go."""
        self.terminal.stop()
        self._folder.cleanup()


def until(true: Callable[[], bool], within_s: float = GONE_S) -> None:
    """Waits until it is so."""
    until_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < until_s, "never came true"
        time.sleep(0.2)


@pytest.fixture
def room(still: Stage, tools: Playwright) -> Iterator[Room]:
    still.hub_up()
    made = Room(still, tools)
    yield made
    made.close()


def registers(person: Person) -> None:
    """A whole registration, read again, sealed and sent, to its slip."""
    person.begins()
    register(person, ANSWERS)
    person.sees("Envoyé à")


def books(person: Person) -> None:
    """A booking with a telephone and a first name, to its slip."""
    person.begins()
    ask_for_hour(person, contact={"telephone": PHONE, "prenom": FIRST_NAME})


def in_vain(room: Room) -> dict[str, int]:
    """Searches the memory until nothing is found any more, or time is over; returns what was found last."""
    until_s = time.monotonic() + GONE_S
    found = in_memory(room.pid, WORDS)
    while sum(found.values()) > LEFT_MAX and time.monotonic() < until_s:
        time.sleep(1)
        found = in_memory(room.pid, WORDS)
    return found


def folders(room: Room) -> list[Path]:
    """Where a file could be: homes, temporary folder (with the web folder in it), profiles; `/dev/shm` is searched too.

    Of `/dev/shm` only what this terminal made: other programs of the machine may have these words for themselves.
    """
    shared = list(Path("/dev/shm").glob(f"{PREFIX}{room.pid}-*"))
    return [room.stage.folder, room.temporary, room.runtime, *shared]


def test_after_a_visit_nothing_typed_is_left(room: Room) -> None:
    # The C library cuts its own words apart where they stand.
    told = Path(f"/proc/{room.pid}/environ").read_text(encoding="utf-8").replace(":", "\0").split("\0")
    wanted = {word for name, value in OVERWRITES.items() for word in f"{name}={value}".split(":")}
    assert wanted <= set(told), "it overwrites what it frees"
    person = room.comes()
    (profile,) = room.profiles()
    registers(person)
    figures = {"during": in_memory(room.pid, WORDS)}
    assert figures["during"], "the search finds what is there"
    old, kinds = processes_of(str(profile)), sorted(processes_of(str(profile)).values())
    assert "renderer" in kinds
    copies(person)
    room.leaves(person)
    figures["at once"] = in_memory(room.pid, WORDS)
    began = time.monotonic()
    figures["afterwards"] = in_vain(room)
    after_s = time.monotonic() - began
    print(f"\nmemory: {figures} ({after_s:.0f} s)\nprocesses of the visit: {kinds}, left: {processes_of(str(profile))}")
    assert sum(figures["afterwards"].values()) <= LEFT_MAX, figures
    assert not processes_of(str(profile))
    assert not old.keys() & descendants(room.pid).keys(), "no renderer outlives its visit"
    assert in_folders(folders(room), WORDS) == {}

    person = room.comes()
    assert pastes(person) == "", "what somebody copied is not there for the next one"
    books(person)
    print(f"during the next visit: {in_memory(room.pid, WORDS)}")
    room.leaves(person)
    again = in_vain(room)
    print(f"one visit later: {again}; profiles: {len(room.profiles())}")
    assert sum(again.values()) <= LEFT_MAX, again
    assert in_folders(folders(room), WORDS) == {}
    room.terminal.stop()
    assert room.profiles() == []
    print(f"left in the temporary folder: {sorted(one.name for one in room.temporary.iterdir())}")
    assert list(room.temporary.glob("point-contact-*")) == [], "the web folder goes with the program"


def copies(person: Person) -> None:
    """Puts a text on the clipboard, as Ctrl+C of a page does."""
    assert _clipboard(person, f"navigator.clipboard.writeText({COPIED!r}).then(() => navigator.clipboard.readText())")


def pastes(person: Person) -> str:
    """What is on the clipboard."""
    return _clipboard(person, "navigator.clipboard.readText()")


def _clipboard(person: Person, script: str) -> str:
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    person.page.bring_to_front()
    return str(person.page.evaluate(script))


def test_a_page_that_crashes_leaves_nothing_and_another_one_comes(room: Room) -> None:
    """Chromium keeps a part of the memory of a page that crashed; that goes with the visit, which the terminal ends."""
    person = room.comes()
    (profile,) = room.profiles()
    person.begins()
    to_the_birth_name(person)
    person.types(BIRTH_NAME)
    for number, kind in processes_of(str(profile)).items():
        if kind == "renderer":
            os.kill(number, signal.SIGSEGV)
    until(lambda: any(profile.glob("crashes/*/*.dmp")))
    until(lambda: profile not in room.profiles() and len(room.profiles()) == 1)
    room.comes()
    assert in_folders(folders(room), WORDS) == {}
    assert sum(in_vain(room).values()) <= LEFT_MAX


def test_the_search_finds_a_name_that_is_kept(still: Stage, tools: Playwright) -> None:
    """The fault is planted (tests.browser.planted_terminal): one field is kept after its visit, and it sees that."""
    still.hub_up()
    with contextlib.closing(Room(still, tools, sys.executable, "-m", "tests.browser.planted_terminal", "kept")) as room:
        person = room.comes()
        person.begins()
        to_the_birth_name(person)
        person.types(BIRTH_NAME)
        room.leaves(person)
        time.sleep(5)
        assert set(in_memory(room.pid, WORDS)) == {BIRTH_NAME}
