"""``bench hub``: what a round and a push cost the hub on each engine, over a bare floor, and how that grows.

A crowd of enrolled terminals sends real, signed rounds; the same bytes go to the hub and to the floor, turn after turn.
What is compared is processor time, of the hub's processes and of the database server's: what is promised does not
depend on what else the machine does. Everything is started as programs (``tests/bench``); neither end is imported.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.bench.figures import median, percentile, ratio
from sync.bench.programs import PREPARE_TIMEOUT_S, Measured, free_port, launch, tree_of, wait_until_answers
from sync.bench.sides import Answering, environment, module, require_programs

SQLITE, POSTGRESQL = "sqlite", "postgresql"
ENGINES = (SQLITE, POSTGRESQL)
QUIET, PUSH = "quiet_round", "push"
OURS, FLOOR = "ours", "floor"
INTERVAL_S = 300
REQUESTS_PER_TURN = 2000
RECORDS_PER_PUSH = 50
SETTLE_S = 0.1
NO_SERVER = "PostgreSQL n’est pas mesuré : aucun serveur ne démarre ici. Relancez « make install », puis recommencez."


@dataclass(frozen=True)
class Plan:
    """How much is measured: numbers of terminals, turns, and pushes of a turn (with the fewest terminals only)."""

    terminals: tuple[int, ...] = (100, 1_000, 10_000)
    rounds: int = 3
    pushes: int = 100
    requests: int = REQUESTS_PER_TURN


@dataclass
class Ways:
    """The two that answer the same requests, and the crowd that sends them."""

    crowd: Answering
    hub: Measured
    floor: Measured
    server_pid: int | None

    def send(self, requests: int) -> dict[str, dict[str, Any]]:
        """Sends what the crowd signed to both, one after the other."""
        return {OURS: self._cost(self.hub, requests), FLOOR: self._cost(self.floor, requests)}

    def _cost(self, side: Measured, requests: int) -> dict[str, Any]:
        before = self._spent_s(side)
        said = self.crowd.do("send", url=side.url)["result"]
        time.sleep(SETTLE_S)  # what is done after the last answer is its cost too
        spent = self._spent_s(side) - before
        return {"cpu_ms": spent * 1000 / requests, "per_s": requests / said["seconds"], "took_ms": said["took_ms"]}

    def _spent_s(self, side: Measured) -> float:
        return side.tree_s() + (tree_of(self.server_pid) if self.server_pid is not None else 0.0)


def measure(plan: Plan, *, tell: Callable[[str], None]) -> dict[str, Any]:
    """Runs the whole plan and returns the figures, with stable keys."""
    require_programs()
    load = round(os.getloadavg()[0], 2)
    found: dict[str, dict[int, Any]] = {}
    skipped: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="point-contact-bench-") as folder:
        for engine in ENGINES:
            place = Path(folder) / engine
            place.mkdir()
            with _server(engine, place) as server:
                if engine == POSTGRESQL and server is None:
                    tell(NO_SERVER)
                    skipped[engine] = NO_SERVER
                    continue
                found[engine] = {count: _measured(plan, count, place / str(count), server, tell, engine)
                                 for count in plan.terminals}  # fmt: skip
    machine = {"processors": os.cpu_count(), "load_before": load, "load_after": round(os.getloadavg()[0], 2)}
    return {**figures(found), "rounds": plan.rounds, "skipped": skipped, "machine": machine}


@contextlib.contextmanager
def _server(engine: str, place: Path) -> Iterator[Answering | None]:
    """The database server of an engine that has one; ``None`` where none starts, and where none is needed."""
    if engine == SQLITE:
        yield None
        return
    server = Answering(module("our_postgresql"), place / "server.log")
    try:
        yield None if server.try_to("pid").get("error") else server
    finally:
        server.close()


def _measured(
    plan: Plan, terminals: int, place: Path, server: Answering | None, tell: Callable[[str], None], engine: str
) -> dict[str, Any]:
    """Every reading of one number of terminals on one engine: by workload and side, one for each turn."""
    place.mkdir()
    tell(f"{engine} : préparation de {terminals} bornes…")
    pushes = min(plan.pushes, terminals) if terminals == min(plan.terminals) else 0
    read: dict[str, list[dict[str, Any]]] = {QUIET: [], PUSH: []}
    with contextlib.ExitStack() as stack:
        crowd = Answering(module("crowd"), place / "crowd.log")
        stack.callback(crowd.close)
        ways = _ways(stack, crowd, place, terminals, server)
        for number in range(1, plan.rounds + 1):
            tell(f"{engine}, {terminals} bornes : tour {number} sur {plan.rounds}…")
            crowd.do("quiet", count=plan.requests)
            read[QUIET].append(ways.send(plan.requests))
            if pushes:
                crowd.do("push", count=pushes, records=RECORDS_PER_PUSH)
                read[PUSH].append(ways.send(pushes))
    return read


def _ways(stack: contextlib.ExitStack, crowd: Answering, place: Path, terminals: int, server: Answering | None) -> Ways:
    """A hub with its terminals, each of which has had its first round, and the floor with the same terminals."""
    address, floor_place = (None, str(place / "floor.db")) if server is None else (_open(server), _open(server))
    crowd.do("stage", home=str(place / "hub"), terminals=terminals, address=address)
    hub = _started(stack, module("our_hub", place / "hub", (port := free_port())), port, "/healthz", {})
    crowd.do("warm", url=hub.url)
    crowd.do("lay", place=floor_place)
    words = ("tests.bench.floor_rounds:app", "--port", str(port := free_port()), "--no-access-log")
    command = (sys.executable, "-P", "-m", "uvicorn", *words, "--log-level", "warning")
    floor = _started(stack, command, port, "/", {"FLOOR_PLACE": floor_place})
    return Ways(crowd, hub, floor, None if server is None else server.do("pid")["result"])


def _open(server: Answering) -> str:
    return str(server.do("open")["result"])


def _started(
    stack: contextlib.ExitStack, command: tuple[str, ...], port: int, health: str, told: dict[str, str]
) -> Measured:
    side = Measured(command, f"http://127.0.0.1:{port}{health}", environment(told))
    wait_until_answers(side, stack.enter_context(launch(side)), PREPARE_TIMEOUT_S)
    return side


def figures(found: dict[str, dict[int, dict[str, Sequence[dict[str, Any]]]]]) -> dict[str, Any]:
    """Everything that is printed, from the readings of every engine and number of terminals. Pure.

    Ratios and terminals per core are those of the most terminals for rounds, and of the fewest for pushes.
    """
    growth = {
        engine: {str(count): _side_by_side(read[QUIET]) for count, read in by_count.items()}
        for engine, by_count in found.items()
    }
    pushes = {engine: _side_by_side(by_count[min(by_count)][PUSH]) for engine, by_count in found.items()}
    ratios: dict[str, float | None] = {}
    carried: dict[str, int] = {}
    for engine in ENGINES:
        quiet = growth[engine][str(max(found[engine]))] if engine in found else None
        ratios[f"quiet_round_cpu_{engine}"] = quiet["cpu_ratio"] if quiet else None
        ratios[f"push_cpu_{engine}"] = pushes[engine]["cpu_ratio"] if engine in pushes else None
        if quiet:
            carried[engine] = int(INTERVAL_S * 1000 / quiet[OURS]["cpu_ms"])
    return {
        "ratios": ratios,
        "terminals_per_core_at_5_min": min(carried.values()),
        "terminals_per_core_at_5_min_by_engine": carried,
        "quiet_round": growth,
        "push_of_50": pushes,
    }


def _side_by_side(turns: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Medians of the turns of both sides, and what ours costs over the floor."""
    said: dict[str, Any] = {}
    for side in (OURS, FLOOR):
        took = [one for turn in turns for one in turn[side]["took_ms"]]
        said[side] = {
            "cpu_ms": round(median([turn[side]["cpu_ms"] for turn in turns]), 4),
            "per_s": round(median([turn[side]["per_s"] for turn in turns]), 1),
            "p50_ms": round(percentile(took, 0.5), 3),
            "p99_ms": round(percentile(took, 0.99), 3),
        }
    return {**said, "cpu_ratio": ratio(said[OURS]["cpu_ms"], said[FLOOR]["cpu_ms"])}
