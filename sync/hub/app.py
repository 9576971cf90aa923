"""Composition root of the hub: settings in, a running application out."""

from __future__ import annotations

import json
import logging
import time
from typing import TextIO

from fastapi import FastAPI

from sync.errors import PointContactError, StorageError
from sync.hub import chosen, revocations
from sync.hub.admin_desk import AdminDesk
from sync.hub.api import build_api
from sync.hub.claims import ClaimDesk
from sync.hub.database import HubDatabase, read_meta, write_meta
from sync.hub.exchange import Exchange
from sync.hub.keys import HubKeys
from sync.hub.settings import HubSettings, RetentionTerms

DEFAULT_TERMS = RetentionTerms()
LOGGED = ("code", "status", "route", "took_ms", "fault", "where")


def prepare(settings: HubSettings, terms: RetentionTerms = DEFAULT_TERMS) -> None:
    """Opens the database as ``create_app`` does, and gives it back: whatever is wrong is said before anybody serves."""
    _open(settings, terms)[0].close()


def create_app(settings: HubSettings, terms: RetentionTerms = DEFAULT_TERMS) -> FastAPI:
    """Returns the hub as an ASGI application, its database open and migrated.

    What is on the list of revoked terminals is revoked in this database too, which may be a copy put there by hand.

    Args:
        settings: the hub's.
        terms: how long it keeps what it was told; noted for its commands (``sync.hub.chosen``).

    Raises:
        InvalidInput: a demonstration's hub that would listen outside this machine.
        StorageError, DiskFull: keys or database cannot be used, or do not belong together.
    """
    database, keys = _open(settings, terms)
    exchange = Exchange(database, keys, now_ms=now_ms, settings=settings)
    claims, desk = ClaimDesk(database, keys, now_ms=now_ms), AdminDesk(database, keys, now_ms=now_ms)
    return build_api(exchange, claims, desk, on_close=database.close)


def _open(settings: HubSettings, terms: RetentionTerms) -> tuple[HubDatabase, HubKeys]:
    keys = HubKeys.load(settings.home)
    settings.check_listening(keys.demonstration)
    database = HubDatabase.open(settings.database_place, busy_timeout_s=settings.busy_timeout_s)
    try:
        check_same_hub(database, keys)
        with database.write() as connection:
            revocations.apply(connection, keys)
            chosen.keep(connection, settings, terms)
    except PointContactError:
        database.close()
        raise
    return database, keys


def check_same_hub(database: HubDatabase, keys: HubKeys) -> None:
    """Notes at first whether this database is a demonstration's, and refuses the other keys for ever.

    Raises:
        StorageError: demonstration keys with a real database, or the reverse.
    """
    mine = "yes" if keys.demonstration else "no"
    with database.write() as connection:
        noted = read_meta(connection, "demonstration")
        if noted is None:
            write_meta(connection, "demonstration", mine)
    if noted not in {None, mine}:
        raise StorageError(
            "Ces clés et cette base ne vont pas ensemble, l’une est de démonstration : vérifiez le dossier du hub."
        )


def now_ms() -> int:
    """Milliseconds since 1970, by this machine's clock."""
    return time.time_ns() // 1_000_000


class LogLine(logging.Formatter):
    """One JSON object a line, of named fields only: nothing that a request holds."""

    def format(self, record: logging.LogRecord) -> str:
        """Returns the line of one record."""
        line: dict[str, object] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name in LOGGED}
        return json.dumps(line, ensure_ascii=False)


def log_to(stream: TextIO) -> None:
    """Sends the hub's log to ``stream``, one JSON object a line, times in UTC."""
    formatter = LogLine()
    formatter.converter = time.gmtime
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.getLogger("point_contact.hub")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
