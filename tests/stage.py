"""A hub and a terminal in a folder of their own, prepared and run through the command line only.

Whatever a person would type is typed here: keys, account, sites, imports, invitation, enrolment, service.
Both programs are real processes on ports of their own; the machine's secret lies outside the terminal's home.
A prepared stage is copied for each test (``copy``): preparing costs seconds, copying nothing.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sync.demo import near, starter
from tests import warm

LOOPBACK = "127.0.0.1"
PERSON = "Camille Exemple"
ROLES = ("administration", "exploitation", "instruction", "redaction")
SITE = starter.METROPOLITAN.site_id
POINT_CONTACT = str(Path(sys.executable).parent / "point-contact")
COMMAND_TIMEOUT_S = 120
UP_TIMEOUT_S = 60
DOWN_TIMEOUT_S = 20
FALSE_CLOCK = next(iter(sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))), None)


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def false_clock(shift: str) -> dict[str, str]:
    """The environment of a process whose clock is wrong: ``+2y``, ``-31m``, or ``@2020-01-01 08:00:00``."""
    assert FALSE_CLOCK is not None, "install the Debian package « faketime » (packaging/system_packages.sh test)"
    return {"LD_PRELOAD": str(FALSE_CLOCK), "FAKETIME": shift, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


@dataclass(frozen=True)
class Said:
    """How a command ended and what it wrote."""

    words: tuple[str, ...]
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, read as one JSON value."""
        return json.loads(self.out)


@dataclass
class Running:
    """One long-running program and the file of everything it writes."""

    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        """Everything it wrote so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, url: str) -> None:
        """Waits until ``url`` answers with success."""
        until_s = time.monotonic() + UP_TIMEOUT_S
        while not answers(url):
            assert self.process.poll() is None, f"ended with {self.process.returncode}: {self.said()}"
            assert time.monotonic() < until_s, f"no answer from {url}: {self.said()}"
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Sends a signal and returns the exit status (minus the signal's number when it was killed)."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(DOWN_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"did not stop within {DOWN_TIMEOUT_S} s: {self.said()}") from None

    def kill(self) -> None:
        """``kill -9``: no goodbye."""
        self.process.kill()
        self.process.wait()


def answers(url: str) -> bool:
    """True when ``url`` answers with success; no proxy of the machine is ever asked."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@dataclass
class Stage:
    """Where one hub and one terminal lie, and the ports they listen on.

    Attributes:
        folder: holds everything: ``hub``, ``terminal``, ``machine.secret``, CSV files and logs.
        hub_port: where the terminal looks for its hub; kept by its identity once it is enrolled.
        kiosk_port: where the screens are.
        running: every program started here, the newest last.
        heard: how every command ended, the newest last.
    """

    folder: Path
    hub_port: int = field(default_factory=free_port)
    kiosk_port: int = field(default_factory=free_port)
    running: list[Running] = field(default_factory=list)
    heard: list[Said] = field(default_factory=list)

    @property
    def hub_home(self) -> Path:
        return self.folder / "hub"

    @property
    def terminal_home(self) -> Path:
        return self.folder / "terminal"

    @property
    def secret_file(self) -> Path:
        return self.folder / "machine.secret"

    @property
    def hub_url(self) -> str:
        return f"http://{LOOPBACK}:{self.hub_port}"

    @property
    def kiosk_url(self) -> str:
        return f"http://{LOOPBACK}:{self.kiosk_port}"

    # -------------------------------------------------------------------------------------- prepare
    @classmethod
    def prepare(cls, folder: Path, *, demonstration: bool = False) -> Stage:
        """A hub with people, sites, slots and events, and a terminal enrolled that knows them; nothing runs."""
        stage = cls(folder)
        stage.make_hub(demonstration=demonstration)
        try:
            hub = stage.hub_up()
            stage.enrol(demonstration=demonstration)
            assert stage.terminal("sync").status == 0
            assert hub.stop() == 0
        finally:
            stage.close()  # Ctrl-C leaves nothing running
        return stage

    def make_hub(self, *, demonstration: bool = False) -> None:
        """Makes keys, the first account, both sites of the demonstration's data, their slots and events."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.secret_file.write_bytes(secrets.token_bytes(32))
        self.secret_file.chmod(0o600)
        self.do_hub("keys", "init", *(["--demonstration"] if demonstration else []))
        self.do_hub("account", "add", PERSON, *[word for role in ROLES for word in ("--role", role)])
        for site in starter.SITES.values():
            self.do_hub(
                "site", "add", site.site_id, "--name", site.name, "--zone", site.zone, "--category", site.category,
                "--address", site.address, "--region", site.region, "--phone-region", site.phone_region,
                "--phone", site.phone, "--opening-hours", site.opening_hours,
                "--rsa-orientation", site.rsa_orientation,
            )  # fmt: skip
        now = datetime.now(UTC)
        for kind, rows in near.starter_files(now):
            self.do_hub(kind, "import", str(self.file(f"{kind}.csv", starter.to_csv(rows))))

    def invite(self) -> str:
        """A one-time enrolment code of the metropolitan site."""
        functions = ("--function", "borne", "--function", "affichage")
        return str(self.do_hub("terminal", "invite", "--site", SITE, *functions, "--json").json["code"])

    def enrol(self, *, demonstration: bool = False) -> None:
        """Enrols the terminal; the hub must be up."""
        said = self.try_enrol(self.invite(), demonstration=demonstration)
        assert said.status == 0, said

    def try_enrol(
        self, code: str, *, demonstration: bool = False, clock: Mapping[str, str] | None = None, url: str | None = None
    ) -> Said:
        """Tries to enrol the terminal with a code; ``clock`` is a false one (``false_clock``)."""
        more = ["--allow-demonstration"] if demonstration else []
        return self.terminal("enrol", "--hub", url or self.hub_url, "--code", code, *more, environment=clock)

    def file(self, name: str, text: str) -> Path:
        """Writes a file of this stage and returns its path."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8", newline="")
        return path

    def copy(self, folder: Path) -> Stage:
        """The same hub and terminal in another folder, on the same ports; only one of them may run at a time."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return replace(self, folder=folder, running=[], heard=[])

    # ----------------------------------------------------------------------------------------- type
    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of every program: a HOME of its own, and where the machine's secret is."""
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "TMPDIR")}
        own = {"HOME": str(self.folder), "POINT_CONTACT_MACHINE_SECRET_FILE": str(self.secret_file)}
        return {**kept, **own, **(more or {})}

    def cli(self, *words: str, environment: Mapping[str, str] | None = None) -> Said:
        """Runs one ``point-contact`` command to its end.

        In a process of its own when its environment is another, or when it is one that goes on: ``terminal serve``
        begins again with another memory, in the place of its own process.
        """
        if environment is not None or words[0] not in ("hub", "terminal") or "serve" in words:
            return self.run(POINT_CONTACT, *words, environment=environment)
        self.heard.append(Said(words, *warm.run(words, self.environment(), COMMAND_TIMEOUT_S)))
        return self.heard[-1]

    def run(self, *words: str, environment: Mapping[str, str] | None = None) -> Said:
        """Runs any program to its end, in the environment of this stage."""
        done = subprocess.run(
            words, env=self.environment(environment), stdin=subprocess.DEVNULL, capture_output=True,
            text=True, encoding="utf-8", timeout=COMMAND_TIMEOUT_S, check=False,
        )  # fmt: skip
        self.heard.append(Said(words[1:], done.returncode, done.stdout, done.stderr))
        return self.heard[-1]

    def hub(self, *words: str, person: bool = False, environment: Mapping[str, str] | None = None) -> Said:
        """Runs one ``point-contact hub`` command; ``person`` names who answers for it."""
        who = ("--as", PERSON) if person else ()
        return self.cli("hub", *words, "--home", str(self.hub_home), *who, environment=environment)

    def do_hub(self, *words: str) -> Said:
        """Runs one ``point-contact hub`` command of a named person, which must succeed."""
        said = self.hub(*words, person=True)
        assert said.status == 0, (words, said)
        return said

    def terminal(self, *words: str, environment: Mapping[str, str] | None = None) -> Said:
        """Runs one ``point-contact terminal`` command."""
        return self.cli("terminal", *words, "--home", str(self.terminal_home), environment=environment)

    # ------------------------------------------------------------------------------------------ run
    def start(self, name: str, *words: str, environment: Mapping[str, str] | None = None) -> Running:
        """Starts one ``point-contact`` command that goes on; what it writes is appended to ``<name>.log``."""
        return self.launch(name, POINT_CONTACT, *words, environment=environment)

    def launch(self, name: str, *words: str, environment: Mapping[str, str] | None = None) -> Running:
        """Starts any program in a group of its own; what it writes is appended to ``<name>.log``."""
        log = self.folder / f"{name}.log"
        with log.open("ab") as output:
            process = subprocess.Popen(
                words, env=self.environment(environment), stdin=subprocess.DEVNULL, stdout=output,
                stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        self.running.append(Running(process, log))
        return self.running[-1]

    def hub_up(
        self, *more: str, port: int | None = None, environment: Mapping[str, str] | None = None, wait: bool = True
    ) -> Running:
        """Serves the hub, on ``hub_port`` unless given, until it answers; ``more`` are options of ``serve``."""
        port = port or self.hub_port
        words = ("hub", "serve", "--home", str(self.hub_home), "--port", str(port), *more)
        started = self.start("hub", *words, environment=environment)
        if wait:
            started.wait_for(f"http://{LOOPBACK}:{port}/healthz")
        return started

    def terminal_up(self, *more: str, environment: Mapping[str, str] | None = None, wait: bool = True) -> Running:
        """Serves the screens without a browser and waits until they answer; ``more`` are options of ``serve``."""
        words = ("terminal", "serve", "--home", str(self.terminal_home), "--port", str(self.kiosk_port), *more)
        started = self.start("terminal", *words, environment=environment)
        if wait:
            started.wait_for(f"{self.kiosk_url}/healthz")
        return started

    def close(self) -> None:
        """Kills whatever still runs."""
        for program in self.running:
            if program.process.poll() is None:
                program.kill()
