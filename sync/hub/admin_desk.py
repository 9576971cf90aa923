"""What the administrators' API acts on, and on which thread; the acts that need a list which was read before."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Connection

from sync.errors import Refused
from sync.hub.admin_gate import run_on
from sync.hub.admin_messages import Risk
from sync.hub.at_risk import AtRisk
from sync.hub.database import HubDatabase
from sync.hub.keys import HubKeys
from sync.hub.seen import code_of

CHANGED = "Ce qui serait touché a changé depuis que vous l’avez lu : rien n’est fait, relisez avant de recommencer."
Answer = TypeVar("Answer")
Route = tuple[str, str, Callable[..., Any], str]
"""Method, path, answer and title."""


class AdminDesk:
    """The hub as administrators act on it.

    Args:
        database: the hub's.
        keys: the hub's.
        now_ms: returns milliseconds since 1970.
    """

    def __init__(self, database: HubDatabase, keys: HubKeys, *, now_ms: Callable[[], int]) -> None:
        self.database = database
        self.keys = keys
        self.now_ms = now_ms

    def read(self, act: Callable[[Connection, int], Answer]) -> Answer:
        """Answers from one reading transaction."""
        with self.database.read() as connection:
            return act(connection, self.now_ms())

    def write(self, act: Callable[[Connection, int], Answer]) -> Answer:
        """Acts in one writing transaction: everything, or nothing when anything is raised."""
        with self.database.write() as connection:
            return act(connection, self.now_ms())


class Routes:
    """Answers some routes; the person's name, ``request.state.who``, comes from the gate.

    Args:
        desk: what they act on.
        readers: the threads that read.
        writer: the thread that writes.
    """

    def __init__(self, desk: AdminDesk, readers: ThreadPoolExecutor, writer: ThreadPoolExecutor) -> None:
        self.desk = desk
        self.readers = readers
        self.writer = writer

    async def read(self, act: Callable[[Connection, int], Answer]) -> Answer:
        """Reads without holding up the event loop, nor the terminals."""
        return await run_on(self.readers, self.desk.read, act)

    async def write(self, act: Callable[[Connection, int], Answer]) -> Answer:
        """Writes in turn with the terminals' rounds."""
        return await run_on(self.writer, self.desk.write, act)


def risk_of(what: AtRisk, *act: str) -> Risk:
    """Who may be hit by an act (its name and what it is done to), with the code to give back."""
    return Risk(
        bookings=what.bookings,
        grants=what.grants,
        because=what.because,
        seen=code_of([*act, what.bookings, what.grants, what.because]),
    )


def check_seen(risk: Risk, seen: str) -> None:
    """Raises Refused (``changed``) when who may be hit is not what was read."""
    if risk.seen != seen:
        raise Refused("changed", CHANGED)
