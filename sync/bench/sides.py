"""The sides of ``bench sync``: ours and the floor, each a hub and replicas as processes of their own.

Nothing of either end is imported: programs are started and asked (``tests/bench``, which lies beside this package in
the repository and is not installed with it).
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from sync.bench.programs import PREPARE_TIMEOUT_S, Measured, launch, wait_until_answers
from sync.errors import PointContactError

ROOT = Path(__file__).resolve().parents[2]
ANSWER_TIMEOUT_S = 900
PIECE = 1 << 18
FRESH = "b"
"""The replica that bears nothing before it downloads everything."""
NO_PROGRAMS = (
    "Les programmes de cette mesure manquent (tests/bench) : lancez-la depuis un dépôt complet, après « make install »."
)


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a program needs to find this repository; no proxy of the machine is asked for what is on the loopback."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {"PYTHONPATH": path, "NO_PROXY": "127.0.0.1", **(more or {})}


def module(name: str, *words: object) -> tuple[str, ...]:
    """The command of one program of ``tests/bench``."""
    return (sys.executable, "-P", "-m", f"tests.bench.{name}", *map(str, words))


def require_programs() -> None:
    """Raises PointContactError where the programs of the benchmark are not there."""
    if not (ROOT / "tests" / "bench" / "our_hub.py").is_file():
        raise PointContactError(NO_PROGRAMS)


def record_ids(count: int) -> list[str]:
    """The identifiers of the records that every side carries."""
    return [one["id"] for one in json.loads(said_by(module("records", count)))]


class Answering:
    """A program that answers one line of JSON for each (``tests/bench/answering.py``)."""

    def __init__(self, command: Sequence[str], log: Path, more: Mapping[str, str] | None = None) -> None:
        self.name, self._log = " ".join(command[-3:]), log
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                command, env=os.environ | environment(more), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=errors, cwd=ROOT,
            )  # fmt: skip
        self._owed = ["start"]
        self._heard = b""

    def ask(self, op: str, **given: object) -> None:
        """Asks, and does not wait: the answer is read with that of the next question."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"op": op, **given}).encode() + b"\n")
        self._process.stdin.flush()
        self._owed.append(op)

    def try_to(self, op: str, **given: object) -> dict[str, Any]:
        """Asks; the answer says ``error`` when it failed."""
        self.ask(op, **given)
        while len(self._owed) > 1:  # the first is the program's greeting
            self._good(self._owed.pop(0), self._read())
        self._owed.clear()
        return self._read()

    def do(self, op: str, **given: object) -> dict[str, Any]:
        """Asks. Raises PointContactError when it failed."""
        return self._good(op, self.try_to(op, **given))

    def _good(self, op: str, said: dict[str, Any]) -> dict[str, Any]:
        if "error" in said:
            raise PointContactError(
                f"La mesure s’arrête, «\u00a0{op}\u00a0» a échoué ({said['error']})\u00a0: {self._last_words()}"
            )
        return said

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        while b"\n" not in self._heard:  # two answers may come at once: what was heard is kept here, not in a buffer
            ready, _, _ = select.select([pipe], [], [], ANSWER_TIMEOUT_S)
            piece = os.read(pipe, PIECE) if ready else b""
            if not piece:
                raise PointContactError(f"La mesure s’arrête, un programme ne répond plus : {self._last_words()}")
            self._heard += piece
        line, _, self._heard = self._heard.partition(b"\n")
        said: dict[str, Any] = json.loads(line)
        return said

    def _last_words(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace").strip()[-600:] or self.name

    def close(self) -> None:
        """Ends the program, and insists when it does not end."""
        with contextlib.suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.write(b'{"op": "exit"}\n')
            self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


@dataclass(frozen=True)
class Ground:
    """Where everything lies: a folder, the port of whatever hub runs, and that of the proxy before it."""

    folder: Path
    hub_port: int
    proxy_port: int
    records: int
    profile: Path | None = None

    @property
    def url(self) -> str:
        """What replicas are told is their hub: the proxy."""
        return f"http://127.0.0.1:{self.proxy_port}"

    def hub_url(self, path: str) -> str:
        """The hub itself."""
        return f"http://127.0.0.1:{self.hub_port}{path}"


@dataclass
class Side:
    """One synchroniser. A subclass says how its programs are started."""

    ground: Ground
    name: ClassVar[str] = ""
    health: ClassVar[str] = "/"
    keeps_promises: ClassVar[bool] = False
    """Whether a cut line and concurrent edits are measured too."""

    def prepare(self) -> None:
        """What is done once, before anything is timed."""

    def lay(self, folder: Path) -> None:
        """Puts what was prepared into the folder of one round."""
        for name in ("hub", "a", "b", "c"):
            (folder / name).mkdir(parents=True)

    def hub_command(self, folder: Path) -> tuple[str, ...]:
        """How the hub is started."""
        raise NotImplementedError

    def hub_environment(self, folder: Path) -> Mapping[str, str]:
        """What the hub is told by its environment."""
        return {}

    def replica(self, folder: Path, name: str) -> Answering:
        """A replica, ready to be asked: ``a`` bears the records, ``b`` is fresh."""
        raise NotImplementedError

    def let_go(self, replica: Answering) -> None:
        """A replica is not asked any more in this turn."""
        replica.close()

    def close(self) -> None:
        """Ends what is kept between the turns."""

    def held(self, folder: Path) -> Answering | None:
        """What reads the hub's records beside it, where the side has that."""
        return None

    @contextlib.contextmanager
    def running(self, folder: Path) -> Iterator[Measured]:
        """The hub, until the end of the block."""
        told = environment(self.hub_environment(folder))
        hub = Measured(self.hub_command(folder), self.ground.hub_url(self.health), told)
        with launch(hub) as process:
            wait_until_answers(hub, process, PREPARE_TIMEOUT_S)
            yield hub


@dataclass
class Floor(Side):
    """Bare ASGI under uvicorn, one SQLite transaction, one compressed request."""

    name: ClassVar[str] = "floor"
    keeps_promises: ClassVar[bool] = True

    def hub_command(self, folder: Path) -> tuple[str, ...]:
        """The same web server as ours."""
        words = ("tests.bench.floor_hub:app", "--port", str(self.ground.hub_port), "--no-access-log")
        return (sys.executable, "-P", "-m", "uvicorn", *words, "--log-level", "warning")

    def hub_environment(self, folder: Path) -> Mapping[str, str]:
        """Its folder."""
        return {"FLOOR_HOME": str(folder / "hub")}

    def replica(self, folder: Path, name: str) -> Answering:
        """One SQLite file."""
        started = Answering(module("floor_terminal", folder / name, self.ground.url, name), folder / f"{name}.log")
        if name == "a":
            started.do("seed", count=self.ground.records)
        return started


@dataclass
class Ours(Side):
    """Our hub and our terminals, with everything on. The records are written once and copied for each round."""

    name: ClassVar[str] = "ours"
    health: ClassVar[str] = "/healthz"
    keeps_promises: ClassVar[bool] = True
    programs: dict[str, Answering] = field(default_factory=dict)

    @property
    def prepared(self) -> Path:
        """Where the hub and the terminals lie before the first round."""
        return self.ground.folder / "prepared"

    def prepare(self) -> None:
        """A hub with one site and enrolled terminals: the first has heard of the hub and then written everything."""
        (self.prepared / "hub").mkdir(parents=True)
        (self.prepared / "machine.secret").write_bytes(secrets.token_bytes(32))
        self._enrol("a", "b")

    def prepare_sealed(self) -> list[str]:
        """One more terminal for each suite that this version seals with; each has sealed every record by itself."""
        suites: list[str] = self.replica(self.prepared, "a").do("suites")["result"]
        self._enrol(*suites, sealed=True)
        return suites

    def lay(self, folder: Path) -> None:
        """Copies what was prepared."""
        shutil.copytree(self.prepared, folder)

    def hub_command(self, folder: Path) -> tuple[str, ...]:
        """``hub serve``, with the benchmark's kinds of record."""
        return module("our_hub", folder / "hub", self.ground.hub_port, *filter(None, [self._profile(folder, "hub")]))

    def replica(self, folder: Path, name: str) -> Answering:
        """A terminal, open as while it serves its screens. Its program goes from home to home."""
        if name not in self.programs:
            secret = {"POINT_CONTACT_MACHINE_SECRET_FILE": str(self.prepared / "machine.secret")}
            self.programs[name] = Answering(module("our_terminal"), self.ground.folder / f"{name}.log", secret)
        self.programs[name].ask("go_to", home=str(folder / name), profile=self._profile(folder, name))
        return self.programs[name]

    def let_go(self, replica: Answering) -> None:
        """Closes the terminal; its program stays for the next one."""
        replica.do("close")

    def close(self) -> None:
        """Ends the programs of the terminals."""
        for program in self.programs.values():
            program.close()

    def held(self, folder: Path) -> Answering:
        """The hub's records and its journal."""
        return Answering(module("our_records", folder / "hub"), folder / "held.log")

    def _profile(self, folder: Path, name: str) -> str | None:
        if self.ground.profile is None or folder == self.prepared:
            return None
        return str(self.ground.profile / f"{folder.name}-{name}.prof")

    def _enrol(self, *names: str, sealed: bool = False) -> None:
        """Enrols terminals; all but ``b`` hear of the hub once, and then write the records with no network."""
        codes = json.loads(said_by(module("our_stage", self.prepared / "hub", len(names))))
        with self.running(self.prepared), contextlib.ExitStack() as stack:
            terminals = {}
            for name in names:
                (self.prepared / name).mkdir(exist_ok=True)
                terminals[name] = self.replica(self.prepared, name)
                stack.callback(self.let_go, terminals[name])
            for name, code in zip(names, codes, strict=True):
                terminals[name].do("enrol", url=self.ground.url, code=code)
                if name != FRESH:
                    terminals[name].do("sync")
                    more = {"suite": name} if sealed else {}
                    terminals[name].do("seed", count=self.ground.records, **more)


def said_by(command: Sequence[str], timeout_s: float = PREPARE_TIMEOUT_S) -> str:
    """What a program printed. Raises PointContactError with what it said when it fails, or takes longer."""
    done = subprocess.run(
        command, env=os.environ | environment(), capture_output=True, text=True, timeout=timeout_s,
        check=False, cwd=ROOT,
    )  # fmt: skip
    if done.returncode != 0:
        raise PointContactError(f"La mesure s’arrête, « {command[-2]} » a échoué : {done.stderr.strip()[-600:]}")
    return done.stdout
