"""Starting, watching and stopping the real programs of a demonstration, through their command line only."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sync.errors import PointContactError

LOOPBACK = "127.0.0.1"
COMMAND_TIMEOUT_S = 180
HEALTH_TIMEOUT_S = 60
STOP_TIMEOUT_S = 15
PR_SET_PDEATHSIG = 1
_C_LIBRARY = ctypes.CDLL(None)
PROGRAM = (sys.executable, "-P", "-c", "from sync.command import main; main()")


class CommandFailed(PointContactError):
    """A command of the demonstration was refused; the sentence is the command's own."""


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Runs one ``point-contact`` command to its end and returns what it printed.

    Raises:
        CommandFailed: with the sentence the command wrote.
    """
    result = subprocess.run(
        [*PROGRAM, *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=COMMAND_TIMEOUT_S,
        check=False,
    )
    if result.returncode != 0:
        said = result.stderr.strip() or result.stdout.strip()
        raise CommandFailed(f"La commande « point-contact {' '.join(arguments[:3])} » a échoué : {said}")
    return result.stdout


@dataclass
class Program:
    """One long-running program of the demonstration and the file of what it writes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def is_running(self) -> bool:
        """True until the program has ended."""
        return self.process.poll() is None

    def last_lines(self) -> str:
        """The end of what the program wrote."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-5:])

    def wait_until_healthy(self, url: str) -> None:
        """Waits until ``url`` answers. Raises CommandFailed when the program ends or stays silent."""
        deadline = time.monotonic() + HEALTH_TIMEOUT_S
        while time.monotonic() < deadline:
            if not self.is_running():
                raise CommandFailed(f"{self.name} s’est arrêté : {self.last_lines()}")
            if answers(url):
                return
            time.sleep(0.2)
        raise CommandFailed(f"{self.name} ne répond pas après {HEALTH_TIMEOUT_S} s : lisez {self.log}.")

    def stop(self) -> None:
        """Asks the program to end as systemd does, and insists when it does not."""
        if self.is_running():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def start(name: str, arguments: Sequence[str], environment: Mapping[str, str], log: Path) -> Program:
    """Starts one program in its own process group, so that Ctrl-C reaches the demonstration alone."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*PROGRAM, *arguments],
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509 - one prctl(2), no lock taken
        )
    return Program(name, process, log)


def _end_with_parent() -> None:
    """Runs in the child, before the program: it gets SIGTERM when the demonstration dies (Linux, prctl(2))."""
    _C_LIBRARY.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def answers(url: str) -> bool:
    """True when ``url`` answers with success. The machine's proxy is never asked: it is loopback."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=2) as response:
            return bool(response.status < 400)
    except (urllib.error.URLError, OSError):
        return False


def require_free_port(port: int, what: str, option: str) -> None:
    """Raises PointContactError when something already listens on a port of the loopback."""
    with socket.socket() as probe:
        # As servers do: a port whose last connection is only waiting to close is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            raise PointContactError(
                f"Le port {port} ({what}) est déjà utilisé : arrêtez l’autre programme ou choisissez "
                f"un autre port avec {option}."
            ) from error
