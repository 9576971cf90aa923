"""Where a journey is made: one hub, one terminal that opens windows, and a line between them that can fall.

The line is a real one (``tests.way``): without it every request is lost; where it is *cut* in the middle of a journey,
the request under way is done by the hub and its answer lost, the worst moment, and every later one is lost whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psutil

from sync.demo import starter
from tests.browser.chromium import executable
from tests.browser.journeys import bookings_at_hub
from tests.browser.person import Person
from tests.browser.window.pages import Pages
from tests.stage import Stage, free_port
from tests.way import Spoil, Way, way_between

ONLINE, OFFLINE, CUT = "online", "offline", "cut"
NETWORKS = (ONLINE, OFFLINE, CUT)
VIDEO = "webconf.numerique.gouv.fr"
FALLBACK = "02 61 91 00 99"
CALL = ("référence", "site", "motif", "cabine", "date", "début", "durée", "lien vidéo", "téléphone")
EVENT = ("référence", "site", "titre", "thème", "résumé", "date", "début", "durée", "lieu", "places", "source")
SITE = starter.METROPOLITAN
HUB = ("--grants-per-terminal", "12", "--requests-per-terminal", "200")
TERMINAL = ("--window", "--quiet-s", "900", "--round-interval-s", "5")


@dataclass
class Scene:
    """What a journey finds around it.

    Attributes:
        network: what becomes of the line in this journey: "online", "offline" or "cut".
        known: ids of the bookings that the hub knew before the journey.
        seated: whether somebody has taken the only seat of the full event.
        down: whether something has been lost on the line since everything last went.
    """

    stage: Stage
    way: Way
    site: Pages
    network: str = ONLINE
    known: set[str] = field(default_factory=set)
    seated: bool = False
    down: bool = False
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def begins(self, person: Person, network: str, *, falls_later: bool = False) -> None:
        """Brings a person to the menu, the line being as the journey wants it and the terminal knowing.

        ``falls_later``: a journey without a line that needs it first, and makes it fall itself.
        """
        self.network = network
        self.known = {one["id"] for one in bookings_at_hub(self.stage)}
        self.site.asked.clear()
        away = network == OFFLINE and not falls_later
        if away:
            self.falls()
        person.opens(self.stage.kiosk_url)
        person.begins()
        person.sees("Hors réseau" if away else "En ligne")

    def middle(self) -> None:
        """Where the line falls, if the journey is to be cut."""
        if self.network == CUT:
            self.down = True
            spoils = iter((Spoil.ANSWER_LOST,))
            self.way.weather = lambda: next(spoils, Spoil.REQUEST_LOST)

    def falls(self) -> None:
        """No line from now on, and the terminal has noticed: after failures it waits longer for its next round."""
        self.down = True
        self.way.weather = lambda: Spoil.REQUEST_LOST
        assert self.stage.terminal("sync").status != 0

    def comes_back(self) -> None:
        """The line is there again, and everything that waited goes: two rounds, the second sends nothing twice."""
        self.way.weather = lambda: Spoil.NOTHING
        for _ in range(2):
            assert self.stage.terminal("sync").status == 0
        assert self.stage.terminal("status", "--json").json["waiting"] == 0
        self.down = False

    @property
    def is_there(self) -> bool:
        """True where the line has not fallen by now, in a journey that is past its middle."""
        return self.network == ONLINE

    def new_bookings(self) -> list[dict[str, Any]]:
        """What this journey has left at the hub."""
        return [one for one in bookings_at_hub(self.stage) if one["id"] not in self.known]

    # -------------------------------------------------------------------------------------- what comes from elsewhere
    def opens_a_call(self, minutes: int) -> None:
        """Publishes booth time for « Un autre sujet », so many minutes from now, with the address of its call."""
        starts = datetime.now(UTC).astimezone(ZoneInfo(SITE.zone)) + timedelta(minutes=minutes)
        number = next(self.numbers)
        self._import("slots", CALL, (
            f"VIDEO-{number}", SITE.site_id, "autre", str(20 + number), f"{starts:%d/%m/%Y}", f"{starts:%H:%M}", "30",
            f"https://{VIDEO}/appel", FALLBACK,
        ))  # fmt: skip

    def announces(self, title: str, seats: int, days: int = 6) -> None:
        """Publishes an event of so many seats."""
        on = datetime.now(UTC).astimezone(ZoneInfo(SITE.zone)) + timedelta(days=days)
        self._import("events", EVENT, (
            f"SCENE-{next(self.numbers)}", SITE.site_id, title, "autre", "On en parle ensemble.", f"{on:%d/%m/%Y}",
            "14:00", "90", SITE.name, str(seats), "Essai",
        ))  # fmt: skip

    def _import(self, kind: str, columns: tuple[str, ...], row: tuple[str, ...]) -> None:
        """At the hub, and from there to the terminal."""
        text = starter.to_csv([dict(zip(columns, row, strict=True))])
        self.stage.do_hub(kind, "import", str(self.stage.file(f"scene-{kind}.csv", text)))
        assert self.stage.terminal("sync").status == 0


def chromium_that_finds(site: Pages, folder: Path) -> Path:
    """A Chromium without a screen for which every site of the journeys is here, and the camera is none."""
    found = f"MAP {VIDEO}:443 127.0.0.1:{site.port},MAP *.francetravail.fr:443 127.0.0.1:{site.port}"
    fake = "--use-fake-device-for-media-stream --ignore-certificate-errors"
    program = folder / "chromium"
    program.write_text(f'#!/bin/sh\nexec {executable()} --headless=new {fake} "--host-resolver-rules={found}" "$@"\n')
    program.chmod(0o700)
    return program


def windows(stage: Stage) -> list[psutil.Process]:
    """The Chromium processes that lead a guided window of this terminal."""
    found = []
    for running in stage.running:
        if running.process.poll() is not None:
            continue
        for child in psutil.Process(running.process.pid).children(recursive=True):
            try:
                words = child.cmdline()
            except psutil.Error:
                continue
            if "--remote-debugging-pipe" in words and not any(word.startswith("--type=") for word in words):
                found.append(child)
    return found


@contextmanager
def set_up(prepared: Stage, site: Pages, folder: Path) -> Iterator[Scene]:
    """Hub, terminal and line, all running."""
    stage = prepared.copy(folder / "stage")
    port = free_port()
    try:
        stage.hub_up(*HUB, port=port)
        with way_between(stage.hub_port, port) as way:
            stage.terminal_up(*TERMINAL, "--chromium", str(chromium_that_finds(site, folder)))
            yield Scene(stage, way, site)
    finally:
        stage.close()
