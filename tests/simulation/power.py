"""The power goes at any write: in a transaction, at its commit, just after it, between two files; or a disk is full.

Nothing of the product is replaced. SQLAlchemy's events and Python's audit events (PEP 578) tell of each write that is
about to be done; at the one that the seed chose the process ends: ``PowerCut`` is no ``Exception``, nothing catches
it, and only the files go on. A full disk is SQLite's own: the file may not grow (``PRAGMA max_page_count``).
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Pool, event

from tests.simulation.network import PowerCut

TERMINAL, HUB = "sqlcipher3", "sqlite3"
"""The two sides, by the driver of their database; a hub's may be a server's too."""
DRIVERS = {"psycopg": HUB}
READS = ("SELECT", "PRAGMA", "BEGIN", "SAVEPOINT")
PAGES_MAX = 4_294_967_294
POOL_LOG = logging.getLogger("sqlalchemy.pool.impl.QueuePool")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
FILE_EVENTS = frozenset({"os.rename", "os.remove", "os.truncate"})


@dataclass(eq=False)
class Power:
    """What the two sides may still write before it goes, and whose disks are full.

    Attributes:
        left: how many more writes a side does before its power goes; nothing for a side that is safe.
        hub_files: where the files of the hub are; every other file of a world is a terminal's.
        full: the sides whose disk is full now.
    """

    hub_files: Path
    left: dict[str, int] = field(default_factory=dict)
    full: set[str] = field(default_factory=set)
    _committed: set[str] = field(default_factory=set)

    @contextmanager
    def goes_after(self, side: str, writes: int | None) -> Iterator[None]:
        """While this lasts, the power of a side goes at its ``writes``-th write; never when ``None``."""
        if writes is None:
            yield
            return
        self.left[side] = writes
        try:
            with _watched(self):
                yield
        finally:
            self.left.pop(side, None)
            self._committed.discard(side)

    def write(self, side: str) -> None:
        """One more write is about to be done."""
        if side not in self.left:
            return
        self.left[side] -= 1
        if self.left[side] <= 0:
            del self.left[side]
            raise PowerCut(side)

    def commit(self, side: str) -> None:
        """A transaction is about to be committed; that it was is seen when its connection goes back."""
        self.write(side)
        self._committed.add(side)

    def gone_back(self, side: str) -> None:
        """A connection goes back: the moment between a commit and whatever the program does with it."""
        if side in self._committed:
            self._committed.discard(side)
            self.write(side)


def side_of(thing: object) -> str:
    """The side of a connection of a driver."""
    return _side(type(thing).__module__)


def _side(module: str) -> str:
    driver = module.partition(".")[0]
    return DRIVERS.get(driver, driver)


@contextmanager
def _watched(power: Power) -> Iterator[None]:
    """Every engine of this process tells of its writes, and every file that is opened for writing."""
    if power in _AUDITED:  # the hub answers while its terminal is watched: one watch sees both
        yield
        return

    def execute(connection: Any, _cursor: object, statement: str, *_: object) -> None:
        if not statement.lstrip().upper().startswith(READS):
            power.write(_side(connection.dialect.loaded_dbapi.__name__))

    def commit(connection: Any) -> None:
        power.commit(_side(connection.dialect.loaded_dbapi.__name__))

    def reset(raw: object, *_: object) -> None:
        power.gone_back(side_of(raw))

    told: list[tuple[Any, str, Callable[..., None]]] = [
        (Engine, "before_cursor_execute", execute), (Engine, "commit", commit), (Pool, "reset", reset),
    ]  # fmt: skip
    for target, name, listener in told:
        event.listen(target, name, listener)
    _AUDITED.append(power)
    POOL_LOG.disabled = True  # it would tell of each power cut
    try:
        yield
    finally:
        POOL_LOG.disabled = False
        _AUDITED.remove(power)
        for target, name, listener in told:
            event.remove(target, name, listener)


def limit(power: Power, engine: Engine, side: str) -> None:
    """From now on the file of an engine cannot grow while the disk of its side is full."""

    def checkout(raw: Any, *_: object) -> None:
        raw.execute(f"PRAGMA max_page_count = {1 if side in power.full else PAGES_MAX}")

    event.listen(engine, "checkout", checkout)


_AUDITED: list[Power] = []


def _audit(name: str, args: tuple[Any, ...]) -> None:
    if not _AUDITED or (name not in FILE_EVENTS and name != "open"):
        return
    if name == "open" and not (isinstance(args[2], int) and args[2] & WRITING):
        return
    path = os.fspath(args[0]) if isinstance(args[0], str | Path) else ""
    for power in list(_AUDITED):
        world = str(power.hub_files.parent) + os.sep
        if path.startswith(world):
            power.write(HUB if path.startswith(str(power.hub_files) + os.sep) else TERMINAL)


sys.addaudithook(_audit)  # for the whole life of this process: it does nothing while no power is watched
