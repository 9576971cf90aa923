"""What the hub's database asks of an engine: two ways to begin a transaction, its lock, and its errors as sentences.

``sync.hub.sqlite`` and ``sync.hub.postgresql`` are the two that exist; ``sync.hub.database`` is all that the rest of
the hub knows of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.exc import DatabaseError

from sync.errors import PointContactError, Refused

Rows = Sequence[Mapping[str, Any]]
Names = tuple[str, ...]
Lines = Sequence[tuple[Any, ...]]
"""The values of rows, in the order of some names of columns."""


class HubEngine(Protocol):
    """One engine, open.

    Attributes:
        file: the file that holds everything; ``None`` for a server.
        busy_timeout_s: how long a write waits for another writer, in seconds.
        writers: how many threads of one program may usefully write at once.
        reading, writing: SQLAlchemy's engines, one for each kind of transaction.
    """

    file: Path | None
    busy_timeout_s: float
    writers: int
    reading: Engine
    writing: Engine

    def check(self, connection: Connection) -> None:
        """Refuses a database on which the hub would not be safe. Raises StorageError."""

    def alone(self) -> AbstractContextManager[None]:
        """Held around a writing transaction, before it begins. Raises Refused, ``busy``."""

    def lock(self, connection: Connection, site_id: str | None) -> None:
        """The first statement of a writing transaction: nobody else writes what this one may write."""

    def lock_schema(self, connection: Connection) -> None:
        """The first statement of a migration: nobody else migrates."""

    def sentence(self, error: DatabaseError) -> PointContactError:
        """What a person is told of an error; no value travels in it."""

    def cause(self, error: DatabaseError) -> Exception:
        """What may be kept of an error beside its sentence: nothing of what was written."""

    def others(self, connection: Connection) -> int:
        """How many other programs are at work in this database, as far as the engine knows."""


class Inserting(Protocol):
    """How an engine inserts many rows at once."""

    def __call__(self, connection: Connection, table: Table, names: Names, lines: Lines, *, replacing: bool) -> None:
        """Inserts rows by the values of these columns; with ``replacing`` those that are there give way."""


def busy() -> Refused:
    """Another writer held on for too long."""
    return Refused("busy", "Le hub est occupé : une prochaine tentative suffira, rien n’est perdu.", status=503)
