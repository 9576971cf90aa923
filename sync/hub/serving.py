"""``hub serve``: one process that answers, or several on one address, each ended cleanly and replaced when it dies.

Several need an engine on which several programs write (PostgreSQL). They share the listening socket, so the system
gives each connection to one that is free; nothing of a request is kept in the memory of one that another would need.
"""

from __future__ import annotations

import logging
import multiprocessing
import signal
import socket
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType

import uvicorn

from sync.collecting import collect_rarely
from sync.errors import InvalidInput, PointContactError
from sync.hub.app import create_app, log_to
from sync.hub.database import place_of
from sync.hub.settings import HubSettings, RetentionTerms

LOG = logging.getLogger("point_contact.hub")
STOP_TIMEOUT_S = 10
LOOK_EVERY_S = 0.5
BEGIN_AGAIN_S = 1.0


def check_workers(settings: HubSettings) -> None:
    """Refuses several processes where one only can write. Raises InvalidInput, StorageError."""
    if settings.workers > 1 and isinstance(place_of(settings.database_place), Path):
        raise InvalidInput(
            "Une base SQLite n’a qu’un seul écrivain : relancez sans « --workers », ou passez le hub sur PostgreSQL."
        )


def serve_alone(settings: HubSettings, terms: RetentionTerms, listening: socket.socket) -> None:
    """Answers in this process until it is told to stop.

    Raises:
        InvalidInput, StorageError, DiskFull: as ``create_app``.
    """
    _run(uvicorn.Server(_config(settings, terms)), listening)


def serve_together(settings: HubSettings, terms: RetentionTerms, listening: socket.socket) -> None:
    """Answers in ``settings.workers`` processes until this one is told to stop; one that dies is replaced."""
    stop = threading.Event()
    _on_signals(stop.set)
    context = multiprocessing.get_context("spawn")

    def begin() -> BaseProcess:
        process = context.Process(target=_work, args=(settings, terms, listening), name="hub-worker")
        process.start()
        return process

    workers = [begin() for _ in range(settings.workers)]
    try:
        while not stop.is_set():
            wait([one.sentinel for one in workers], timeout=LOOK_EVERY_S)
            for at, one in enumerate(workers):
                if one.is_alive() or stop.is_set():
                    continue
                LOG.error("worker", extra={"fault": f"exit {one.exitcode}"})
                one.join()
                if not stop.wait(BEGIN_AGAIN_S):
                    workers[at] = begin()
    finally:
        _end(workers)


def _end(workers: list[BaseProcess]) -> None:
    for one in workers:
        one.terminate()
    for one in workers:
        one.join(2 * STOP_TIMEOUT_S)
        if one.is_alive():
            one.kill()
            one.join()


def _work(settings: HubSettings, terms: RetentionTerms, listening: socket.socket) -> None:
    """One of several processes. It ends with the one that began it, whatever became of that one."""
    log_to(sys.stderr)
    try:
        server = uvicorn.Server(_config(settings, terms))
    except PointContactError as error:
        sys.exit(error.message)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
        server.should_exit = True

    threading.Thread(target=follow, name="hub-parent", daemon=True).start()
    _run(server, listening)


def _config(settings: HubSettings, terms: RetentionTerms) -> uvicorn.Config:
    """No access log: addresses may hold a claim."""
    return uvicorn.Config(
        create_app(settings, terms),
        access_log=False,
        log_config=None,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=STOP_TIMEOUT_S,
    )


def _run(server: uvicorn.Server, listening: socket.socket) -> None:
    collect_rarely()

    def end() -> None:
        server.should_exit = True

    _on_signals(end)
    server.run(sockets=[listening])


def _on_signals(act: Callable[[], None]) -> None:
    """uvicorn raises a caught signal once more after its clean end; by then it must mean nothing: exit status 0."""

    def caught(_number: int, _frame: FrameType | None) -> None:
        act()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, caught)
