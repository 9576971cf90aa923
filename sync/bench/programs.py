"""The programs a benchmark measures: how they are started, and what their processes cost."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sync.errors import PointContactError

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 15
PREPARE_TIMEOUT_S = 180
POLL_S = 0.005
POINT_CONTACT = (sys.executable, "-P", "-c", "from sync.command import main; main()")


@dataclass
class Measured:
    """One program: its command, its address, and its process while it runs."""

    command: tuple[str, ...]
    url: str
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def python_ms(self) -> float:
        """Processor time of every thread of the process since its start, in milliseconds.

        Source: the first number of ``/proc/PID/task/TID/schedstat``, nanoseconds on a processor.
        """
        assert self.process is not None
        tasks = Path(f"/proc/{self.process.pid}/task")
        return sum(_on_processor_ns(task) for task in tasks.iterdir()) / 1e6

    def tree_s(self) -> float:
        """Processor time of the process and of all it started, since their start, in seconds."""
        assert self.process is not None
        return tree_of(self.process.pid)

    def resident_bytes(self) -> int:
        """Resident memory of the process, in bytes."""
        assert self.process is not None
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text(encoding="ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


def tree_of(pid: int) -> float:
    """Processor time of a process and of all it started that still runs, since their start, in seconds."""
    return sum(_tree_ns(pid)) / 1e9


def _tree_ns(pid: int) -> Iterator[int]:
    """Nanoseconds on a processor of every thread of a process and of its descendants that live."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = [child for task in tasks for child in (task / "children").read_text(encoding="ascii").split()]
    except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        return
    for task in tasks:
        yield _on_processor_ns(task)
    for child in children:
        yield from _tree_ns(int(child))


def _on_processor_ns(task: Path) -> int:
    try:
        return int((task / "schedstat").read_text(encoding="ascii").split()[0])
    except (FileNotFoundError, ProcessLookupError):  # the thread has ended meanwhile
        return 0


@contextlib.contextmanager
def launch(side: Measured) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a program until the end of the block."""
    side.process = subprocess.Popen(
        side.command, env=os.environ | side.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        yield side.process
    finally:
        stop(side.process)
        side.process = None


def stop(process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
    """Ends a process, and insists when it does not end."""
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_answers(side: Measured, process: subprocess.Popen[bytes], timeout_s: float = START_TIMEOUT_S) -> None:
    """Waits for the first good answer. Raises PointContactError when the program ends or stays silent."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + timeout_s
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with opener.open(side.url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(POLL_S)
    raise PointContactError(f"{side.url} ne répond pas : lancez la même commande à la main pour voir pourquoi.")


@contextlib.contextmanager
def prepared_demonstration(folder: Path) -> Iterator[Measured]:
    """The terminal of a fresh demonstration, ready to be started by itself; its hub goes on running.

    The demonstration prepares everything and is stopped; then hub and terminal are two processes of ours.
    """
    home, kiosk_port, hub_port = folder / "demo", free_port(), free_port()
    ports = ("--kiosk-port", str(kiosk_port), "--hub-port", str(hub_port))
    url = f"http://127.0.0.1:{kiosk_port}/"
    whole = Measured((*POINT_CONTACT, "demo", "--home", str(home), *ports), url)
    with launch(whole) as process:
        wait_until_answers(whole, process, PREPARE_TIMEOUT_S)
        stop(process, signal.SIGINT)
    secret = {"POINT_CONTACT_MACHINE_SECRET_FILE": str(home / "machine.secret")}
    serve_hub = (*POINT_CONTACT, "hub", "serve", "--home", str(home / "hub"), "--port", str(hub_port))
    hub = Measured(serve_hub, f"http://127.0.0.1:{hub_port}/v1/hub")
    with launch(hub) as process:
        wait_until_answers(hub, process)
        serve = (*POINT_CONTACT, "terminal", "serve", "--home", str(home / "terminal"), "--port", str(kiosk_port))
        yield Measured(serve, url, secret)


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
