"""Worlds as they are before anything happens, made once a process and copied for each seed.

Keys, schemas and enrolments cost more than a fifth of a whole world, and hardly differ between seeds. What does differ
between terminals from their first hour on is how wrong their clocks are: so there are a few beginnings, each with
clocks of its own, as many as share no divisor with what else a seed decides (3, 4 and 5).
"""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.hub import accounts, fleet, rows
from sync.hub.database import HubDatabase
from sync.hub.exchange import Exchange
from sync.hub.keys import HubKeys
from sync.replica.database import RESERVE_NAME
from sync.replica.identity import enrol
from tests.simulation.network import Line

START_MS = 1_795_000_000_000  # a day of November 2026
MINUTE_MS = 60_000
SITES = ("saint-aubin", "saint-leu")
TERMINAL_SITES = ("saint-aubin", "saint-aubin", "saint-leu")
BEGINNINGS = 7
IN_MEMORY = Path("/dev/shm")
ROOM_BYTES = 1 << 30


@dataclass(frozen=True)
class Beginning:
    """A folder with ``hub`` and ``terminal-<number>`` in it; each terminal's site, wrong clock and machine secret."""

    folder: Path
    terminals: tuple[tuple[str, int, bytes], ...]

    def copy(self, folder: Path) -> None:
        """The same files in another folder."""
        for home in self.folder.iterdir():
            shutil.copytree(home, folder / home.name, dirs_exist_ok=True)


def new_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for a world: in memory where there is room, since a power cut here is the end of a process."""
    roomy = IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK) and shutil.disk_usage(IN_MEMORY).free > ROOM_BYTES
    return tempfile.TemporaryDirectory(prefix="point-contact-", dir=IN_MEMORY if roomy else None)


def beginning_of(seed: int) -> Beginning:
    """The beginning of a seed's world, made when it is the first of its kind in this process."""
    kind = seed % BEGINNINGS
    if kind not in _MADE:
        if not _KEPT:
            _KEPT.append(new_folder())
        _MADE[kind] = _make(kind, Path(_KEPT[0].name) / str(kind))
    return _MADE[kind]


def prepare_all() -> None:
    """Makes every beginning now: before a test plants a fault, for one."""
    for kind in range(BEGINNINGS):
        beginning_of(kind)


def _make(kind: int, folder: Path) -> Beginning:
    chance = random.Random(f"beginning {kind}")
    keys = HubKeys.create(folder / "hub", now_ms=START_MS, demonstration=False, random=chance.randbytes)
    database = HubDatabase.open(folder / "hub" / "hub.db", random=chance.randbytes)
    try:
        with database.write() as connection:
            roles = [accounts.ADMINISTRATION, accounts.EXPLOITATION, accounts.INSTRUCTION]
            accounts.add_account(connection, START_MS, "camille", roles, "camille")
            for site_id in SITES:
                zone = "Indian/Reunion" if site_id == "saint-leu" else "Europe/Paris"
                values: dict[str, Any] = {"name": f"Mairie {site_id}", "zone": zone}
                rows.write_as_hub(connection, START_MS, "site", site_id, site_id, values)
        exchange = Exchange(database, keys, now_ms=lambda: START_MS, random=chance.randbytes)
        terminals = tuple(
            _enrol(folder / f"terminal-{number}", site_id, exchange, chance)
            for number, site_id in enumerate(TERMINAL_SITES)
        )
    finally:
        database.close()
    return Beginning(folder, terminals)


def _enrol(home: Path, site_id: str, exchange: Exchange, chance: random.Random) -> tuple[str, int, bytes]:
    skew_ms, secret = chance.randrange(-10 * MINUTE_MS, 10 * MINUTE_MS), chance.randbytes(32)
    with exchange.database.write() as connection:
        code = fleet.invite(connection, exchange.keys, START_MS, site_id, ["borne"], "camille", chance.randbytes)
    line = Line(exchange.answer, chance)
    enrol(
        home, "http://hub.test", code, secret, client=line, now_ms=lambda: START_MS + skew_ms, random=chance.randbytes
    )
    os.truncate(
        home / RESERVE_NAME, 0
    )  # no disk is full in these worlds: that it is there is enough, and costs nothing
    return site_id, skew_ms, secret


_MADE: dict[int, Beginning] = {}
_KEPT: list[tempfile.TemporaryDirectory[str]] = []
