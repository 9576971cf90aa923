"""``kill -9`` of a hub and its terminals at random moments, under load, with bad weather on the way between them.

Two terminals of one site and their hub, each a program started by its command; crowds at both (``crowd``) want the
same hours. A **leg** is a fresh copy of them and ``KILLS_OF_A_LEG`` kills; at each kill the dead end's database is
checked by SQLite itself, twice a leg everything that was acknowledged is held against both ends (``ledger``). The
chance of leg ``n`` is seed ``n``: the same kills in the same order, as far as a machine's own timing repeats.

``python -m tests.processes.many_kills --kills 500 --seed 0`` counts on where it was (``.soak/kills.json``).
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sync.demo import starter
from tests.processes.gestures import ROOT, nothing_typed_shows, synchronise
from tests.processes.ledger import Ledger, broken_hub, broken_terminal, faults_of
from tests.progress import Progress, alone
from tests.simulation.prepared import new_folder
from tests.stage import LOOPBACK, PERSON, Running, Stage, free_port
from tests.way import Spoil, way_between

KILLS_OF_A_LEG = 25
CROWD = (sys.executable, "-P", "-m", "tests.processes.crowd")
SPOILED = 0.25
ROUNDS_TO_REST = 3
PATIENCE_S = 120
BAD_WEATHER = tuple(spoil for spoil in Spoil if spoil != Spoil.NOTHING)


class Wrong(AssertionError):
    """What was found, one fault a line."""


@dataclass(frozen=True)
class Prepared:
    """A hub and two enrolled terminals, never run themselves: ``first`` holds the hub, ``second`` lies in it."""

    first: Stage
    second: Stage

    @classmethod
    def make(cls, folder: Path) -> Prepared:
        """Makes them, through the command line only."""
        first = Stage.prepare(folder)
        rows = [row | {"cabine": "1"} for row in starter.slot_rows(datetime.now(UTC))]
        rows += [row | {"référence": f"G-{row['référence']}", "cabine": "2", "motif": "suivi", "places": "3"}
                 for row in rows]  # fmt: skip
        first.do_hub("slots", "import", str(first.file("hours.csv", starter.to_csv(rows))))
        second = Stage(folder / "second")
        second.folder.mkdir()
        second.secret_file.write_bytes(random.Random("second").randbytes(32))
        second.secret_file.chmod(0o600)
        try:
            hub = first.hub_up()
            assert second.try_enrol(first.invite(), url=first.hub_url).status == 0
            assert hub.stop() == 0
        finally:
            first.close()
        return cls(first, second)

    def copy(self, folder: Path) -> Prepared:
        """The same in another folder; only one may run at a time."""
        first = self.first.copy(folder)
        return Prepared(first, Stage(folder / "second", hub_port=first.hub_port))


@dataclass
class Leg:
    """``KILLS_OF_A_LEG`` kills of one hub and two terminals.

    Args:
        here: theirs alone.
        seed: of everything that is chosen.
        code: a folder whose ``sync`` the programs run in place of this one, for faults that are planted.
    """

    here: Prepared
    seed: int
    code: Path = ROOT
    happened: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.storm = random.Random(f"weather {self.seed}")
        self.hub_port = free_port()
        self.stages = {"first": self.here.first, "second": self.here.second}
        self.crowds: dict[str, Running] = {}
        self.logs: list[Path] = []
        self.screens: Running | None = None
        self.backup: Running | None = None
        self.stormy = True
        self.environment = {"PYTHONPATH": f"{self.code}:{ROOT}"}

    def run(self) -> None:
        """Starts everything, kills, and looks twice. Raises Wrong."""
        with way_between(self.here.first.hub_port, self.hub_port) as way:
            way.weather = self.weather
            self.hub = self.here.first.hub_up(port=self.hub_port, environment=self.environment)
            try:
                for count in range(KILLS_OF_A_LEG):
                    self.start_what_is_missing()
                    self.kill_one()
                    if count in (KILLS_OF_A_LEG // 3, KILLS_OF_A_LEG - 1):
                        self.look()
            finally:
                for stage in self.stages.values():
                    stage.close()
        self.happened["legs"] += 1

    def weather(self) -> Spoil:
        """What becomes of one request."""
        spoil = self.storm.choice(BAD_WEATHER) if self.stormy and self.storm.random() < SPOILED else Spoil.NOTHING
        self.happened[str(spoil)] += 1
        return spoil

    def start_what_is_missing(self) -> None:
        """Everything runs again before the next kill; what was just killed may still be starting."""
        if self.hub.process.poll() is not None:
            self.hub = self.here.first.hub_up(port=self.hub_port, environment=self.environment, wait=False)
        for name, stage in self.stages.items():
            if name not in self.crowds or self.crowds[name].process.poll() is not None:
                number = len(self.logs)
                words = (*CROWD, str(stage.terminal_home), f"{self.seed}-{number}")
                self.crowds[name] = stage.launch(f"crowd-{number}", *words, environment=self.environment)
                self.logs.append(self.crowds[name].log)
        if self.screens is None or self.screens.process.poll() is not None:
            self.screens = self.here.first.terminal_up(
                "--round-interval-s", "5", environment=self.environment, wait=False
            )
        if self.chance.random() < 0.15 and (self.backup is None or self.backup.process.poll() is not None):
            words = ("hub", "backup", "--home", str(self.here.first.hub_home), "--as", PERSON)
            self.backup = self.here.first.start("backup", *words)

    def kill_one(self) -> None:
        """Waits for a moment of the chance's own and kills one program; looks at the files it left."""
        patient, moment_s = self.chance.random() < 0.8, self.chance.uniform(0.02, 0.7)
        if patient:
            self.wait_until_busy()
        time.sleep(moment_s)
        victim = self.chance.choices(("hub", "first", "second", "screens"), (40, 25, 25, 10))[0]
        faults: list[str] = []
        if victim == "hub":
            self.alive(self.hub).kill()
            if self.backup is not None and self.backup.process.poll() is None:
                self.backup.kill()  # the machine died, and what ran on it
                self.happened["killed backup"] += 1
            faults = broken_hub(self.here.first.hub_home)
        else:
            self.alive(self.crowds.get(victim, self.screens)).kill()
            if victim == "first" and self.screens is not None and self.chance.random() < 0.5:
                self.screens.kill()
                self.happened["killed screens"] += 1
            faults = self.broken(victim)
        self.happened[f"killed {victim}"] += 1
        self.happened["kills"] += 1
        self.judge(f"killed {victim}", faults)

    def broken(self, victim: str) -> list[str]:
        """What is wrong in a terminal's files; nothing is looked at while another program has them open."""
        running = [self.crowds["first"], self.screens] if victim in ("first", "screens") else [self.crowds["second"]]
        if any(program is not None and program.process.poll() is None for program in running):
            return []
        stage = self.stages["second" if victim == "second" else "first"]
        self.happened["checked terminal"] += 1
        return broken_terminal(stage.terminal_home, stage.secret_file.read_bytes())

    def wait_until_busy(self) -> None:
        """Until both crowds have said something since they were started."""
        ends = time.monotonic() + PATIENCE_S
        while not all(crowd.said() for crowd in self.crowds.values()):
            for program in (*self.crowds.values(), self.hub):
                self.alive(program)
            if time.monotonic() > ends:
                raise Wrong(f"seed {self.seed}: nothing moves for {PATIENCE_S} s")
            time.sleep(0.01)

    def alive(self, program: Running | None) -> Running:
        """The program, which must not have ended by itself. Raises Wrong."""
        if program is None or program.process.poll() is not None:
            raise Wrong(f"seed {self.seed}: a program ended by itself: {program and program.said()[-3000:]}")
        return program

    def look(self) -> None:
        """Lets everything arrive in fine weather, and holds what was acknowledged against both ends. Raises Wrong."""
        for program in (*self.crowds.values(), self.screens):
            if program is not None:
                program.kill()
        self.stormy = False
        if self.backup is not None:
            self.backup.process.wait(PATIENCE_S)
        if self.hub.process.poll() is not None:
            self.hub = self.here.first.hub_up(port=self.hub_port, environment=self.environment, wait=False)
        self.hub.wait_for(f"http://{LOOPBACK}:{self.hub_port}/healthz")
        for _ in range(ROUNDS_TO_REST):
            for stage in self.stages.values():
                synchronise(stage)
        ledger = Ledger.read(self.logs)
        faults = faults_of(ledger, self.here.first, list(self.stages.values()))
        self.alive(self.hub).kill()
        faults += broken_hub(self.here.first.hub_home)
        for stage in self.stages.values():
            faults += broken_terminal(stage.terminal_home, stage.secret_file.read_bytes())
            nothing_typed_shows(stage)
        self.judge("at rest", faults)
        self.happened["looks"] += 1
        self.happened.update({what: count - self.happened[what] for what, count in ledger.counts().items()})
        self.stormy = True

    def judge(self, when: str, faults: list[str]) -> None:
        """Raises Wrong when there are faults."""
        if faults:
            raise Wrong("\n  ".join([f"seed {self.seed}, {when} after {self.happened['kills']} kills:", *faults]))


def run_leg(made: Prepared, seed: int, *, code: Path = ROOT, keep: Path | None = None) -> Counter[str]:
    """One leg in a folder of its own, moved to ``keep`` when it fails. Returns what happened in it. Raises Wrong."""
    with new_folder() as folder:
        leg = Leg(made.copy(Path(folder) / "leg"), seed, code)
        try:
            leg.run()
        except AssertionError:
            if keep is not None:
                shutil.copytree(folder, keep / f"failed-{seed}", dirs_exist_ok=True)
            raise
        return leg.happened


def kill_many(progress: Progress, first: int, *, legs: int | None, hours: float | None) -> bool:
    """Runs legs that have not passed, until there are enough or the hours are over. Returns whether all passed."""
    ends_s = time.monotonic() + hours * 3600 if hours is not None else None
    wanted = range(first, first + legs) if legs is not None else None
    with new_folder() as folder:
        made = Prepared.make(Path(folder) / "prepared")
        for seed in progress.missing(first):
            if (wanted is not None and seed not in wanted) or (ends_s is not None and time.monotonic() >= ends_s):
                return True
            print(f"seed {seed}: {KILLS_OF_A_LEG} kills…", flush=True)
            try:
                happened = run_leg(made, seed, keep=progress.file.parent)
            except AssertionError as wrong:
                print(f"seed {seed} FAILED: {wrong}\n  again: --seed {seed} --kills {KILLS_OF_A_LEG}", flush=True)
                return False
            progress.note(seed, happened)
            print(f"all runs: {progress.pieces} legs passed, {dict(progress.happened)}", flush=True)
    return True


def main() -> int:
    """Kills as often as asked for; prints what happened. Returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int)
    parser.add_argument("--hours", type=float)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    legs = -(-(options.kills or 500) // KILLS_OF_A_LEG) if options.hours is None else None
    with alone("kills") as file:
        progress = Progress.load(file)
        try:
            passed = kill_many(progress, options.seed, legs=legs, hours=options.hours)
        except KeyboardInterrupt:
            print(f"Stopped. Kept: {progress.pieces} legs that passed, {progress.happened['kills']} kills.")
            return 130
        kills = progress.happened["kills"]
        print(f"{progress.pieces} legs, {kills} kills in all runs: {'0 faults' if passed else 'a fault, see above'}")
        return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
