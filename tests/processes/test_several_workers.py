"""``hub serve`` in several processes: one address, one database, and a process that dies is replaced."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from sync.hub.database_place import NAME
from tests import postgresql
from tests.sync.hub.test_command import ANNE, PROGRAM, Operator, free_port, opened, wait_for

WORKERS = 2


@pytest.fixture
def address() -> Iterator[str]:
    """An empty database on the tests' server."""
    url = postgresql.an_empty_database()
    yield url
    postgresql.drop(url)


@contextmanager
def served(home: Path, log: Path, *words: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*PROGRAM, "hub", "serve", "--home", str(home), "--port", str(port), *words],
            stdout=output, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONUTF8": "1"},
        )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def workers_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    children = psutil.Process(process.pid).children()
    return [one for one in children if any("spawn_main" in word for word in one.cmdline())]


@pytest.mark.processes
def test_several_processes_serve_one_database_and_one_that_dies_is_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    operator, log = Operator(tmp_path / "hub", capsys), tmp_path / "log"
    operator.do("migrate", "--database", address, who=None)
    assert (operator.home / NAME).stat().st_mode & 0o777 == 0o600
    operator.do("keys", "init")
    operator.do("account", "add", ANNE, "--role", "administration", "--role", "exploitation")
    operator.do("site", "add", "site-lyon", "--name", "Mairie", "--zone", "Europe/Paris")
    with served(operator.home, log, "--workers", str(WORKERS)) as (process, url):
        until = time.monotonic() + 60
        while len(workers_of(process)) < WORKERS and time.monotonic() < until:
            time.sleep(0.1)
        before = workers_of(process)
        assert len(before) == WORKERS
        before[0].kill()
        while {one.pid for one in workers_of(process)} & {before[0].pid} or len(workers_of(process)) < WORKERS:
            assert time.monotonic() < until + 60, "it was not replaced"
            time.sleep(0.1)
        assert b"ok" in opened(f"{url}/healthz")
        assert "est en marche" in operator.refused("serve", "--port", str(free_port()), who=None)
        saved = operator.json("backup", who=ANNE)["file"]
        left = workers_of(process)
    assert process.returncode == 0
    assert not [one for one in left if one.is_running()]
    assert "remise en place" in operator.do("restore", str(saved))
    assert "site-lyon" in operator.do("site", "list", who=None)
    assert not (operator.home / "hub.db").exists()
    assert '"event": "worker"' in log.read_text()
