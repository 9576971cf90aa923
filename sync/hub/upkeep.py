"""What the hub does by the clock while it serves: requests answered that waited, the list tidied, retention run.

A run that fails (a full disk, a database that is busy) changes nothing and is tried again at the next hour;
``hub retention show`` says when one last came to its end.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from sync.hub import retention, todo, withdrawals
from sync.hub.database import HubDatabase, read_meta, write_meta
from sync.hub.settings import HubSettings

LOG = logging.getLogger("point_contact.hub")
FIRST_AFTER_S = 60.0
EVERY_S = 3600.0
REST_S = 0.05
"""Between two sites, so that whoever waits to write has a turn: SQLite's own waiting is not fair, and of two thousand
sites one after the other the terminals would wait for the last one."""
NAME = "upkeep"
ALONE_MS = 50 * 60 * 1000
"""How long a run that began keeps others off, unless it came to its end: less than the time between two."""


def keep_up(database: HubDatabase, now_ms: int, *, rest: Callable[[], object] = lambda: None) -> bool:
    """Tidies the list, answers the requests that waited for the next hour, destroys what is due; one site at a time.

    Returns:
        False when another program of the same hub is at it: nothing was done.

    Args:
        database: the hub's.
        now_ms: milliseconds since 1970.
        rest: called between two sites, outside any transaction.

    Raises:
        StorageError, DiskFull, Refused: what was done until then stands.
    """
    with database.write() as connection:
        if 0 <= now_ms - int(read_meta(connection, NAME) or -ALONE_MS) < ALONE_MS:
            return False
        write_meta(connection, NAME, str(now_ms))
        todo.tidy(connection, now_ms)
        sites = retention.list_sites(connection)
    for site_id in sites:
        with database.write(site_id) as connection:
            withdrawals.serve_waiting(connection, site_id, now_ms)
        with database.write() as connection:
            retention.run(connection, now_ms, site_id=site_id)
        rest()
    with database.write() as connection:
        write_meta(connection, NAME, str(-ALONE_MS))
    return True


class Upkeep:
    """Runs ``keep_up`` every hour, for as long as it is entered, in a thread and on a connection of its own.

    The thread waits on the machine's monotonic clock: a clock that is set back does not put the next run off.

    Args:
        settings: of the hub that serves.
        now_ms: returns milliseconds since 1970.
        first_after_s: seconds until the first run, when the terminals that waited have been answered.
    """

    def __init__(
        self, settings: HubSettings, now_ms: Callable[[], int], *, first_after_s: float = FIRST_AFTER_S
    ) -> None:
        self._settings = settings
        self._now_ms = now_ms
        self._first_after_s = first_after_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go, name="hub-upkeep", daemon=True)

    def __enter__(self) -> Self:
        """Starts."""
        self._thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """Stops, after the run that is under way."""
        self._stop.set()
        self._thread.join()

    def _go(self) -> None:
        wait_s = self._first_after_s
        while not self._stop.wait(wait_s):
            self.run()
            wait_s = EVERY_S

    def run(self) -> bool:
        """One run; false when it failed, which is logged by its code and tried again at the next hour."""
        try:
            database = HubDatabase.open(self._settings.database_place, busy_timeout_s=self._settings.busy_timeout_s)
            try:
                keep_up(database, self._now_ms(), rest=lambda: self._stop.wait(REST_S))
            finally:
                database.close()
        except Exception as error:  # noqa: BLE001  (the thread must outlive a fault; no value may travel in a traceback)
            LOG.error("upkeep", extra={"fault": type(error).__name__})
            return False
        return True
