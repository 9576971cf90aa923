"""``bench sync``: the rounds of the product, over the floor and beside other synchronisers, in one run.

The sides take turns, round after round, each with a hub and replicas of its own and the same records; a proxy counts
what goes between them. Everything is started as programs; neither end is imported. The workloads::

    first upload      every record, to an empty hub
    quiet round       nothing to say on either side
    one change        one field of one record
    first download    every record, to a fresh replica
    concurrent edits  the same records edited on both replicas, different fields and the same field
    cut half          the line is cut when half of the first upload has passed, then the rest
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.bench import peers
from sync.bench.programs import Measured, free_port
from sync.bench.rounds import Edit, figures, kept
from sync.bench.sides import Answering, Floor, Ground, Ours, Side, module, record_ids, require_programs
from sync.errors import PointContactError

RECORDS = 10_000
EDITED_MAX = 1000
SETTLE_S = 0.05
BETWEEN_EDITS_S = 0.02
REFUSED_FOR_S = 1.0
CUT_AT = (0.5, 0.5125, 0.525, 0.5375)
"""Of a first upload, turn after turn: where a half happens to be the end of a request, nothing would be sent again."""
Workloads = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Plan:
    """How much is measured. ``peers_from`` is the folder where the peers are installed."""

    records: int = RECORDS
    rounds: int = 3
    peers: tuple[str, ...] = ()
    peers_from: Path | None = None
    sealed: bool = True
    profile: Path | None = None


@dataclass
class Line:
    """The way between a hub and its replicas, and what it counts."""

    proxy: Answering
    hub: Measured

    def timed(self, replica: Answering) -> dict[str, float]:
        """One synchronisation and what it cost. Raises PointContactError when it fails."""
        return self._read(lambda: replica.do("sync"))

    def cut(self, replica: Answering, at_bytes: int) -> dict[str, float]:
        """One that is cut when that many bytes have gone up. Raises PointContactError when it is not."""
        self.proxy.do("cut_up", bytes=at_bytes)
        read = self._read(lambda: replica.try_to("sync"))
        if not read.pop("failed"):
            raise PointContactError("La coupure n’a rien coupé : recommencez avec plus d’enregistrements.")
        time.sleep(REFUSED_FOR_S)
        self.proxy.do("allow")
        return read

    def _read(self, act: Callable[[], dict[str, Any]]) -> dict[str, float]:
        self.proxy.do("reset")
        before = self.hub.tree_s()
        said = act()
        time.sleep(SETTLE_S)  # what the hub does after its answer is its cost too
        spent, counted = self.hub.tree_s() - before, self.proxy.do("stats")
        read = {
            "wall_s": said["wall"],
            "client_cpu_s": said["cpu"],
            "hub_cpu_s": spent,
            "bytes": counted["bytes_up"] + counted["bytes_down"],
            "bytes_up": counted["bytes_up"],
            "bytes_down": counted["bytes_down"],
            "requests": counted["requests"],
        }
        return {**read, "failed": 1} if "error" in said else read


def measure(plan: Plan, *, tell: Callable[[str], None]) -> dict[str, Any]:
    """Runs the whole plan and returns the figures, with stable keys."""
    require_programs()
    load = round(os.getloadavg()[0], 2)
    with tempfile.TemporaryDirectory(prefix="point-contact-bench-") as folder, contextlib.ExitStack() as stack:
        ground = Ground(Path(folder), free_port(), free_port(), plan.records, plan.profile)
        proxy = Answering(module("proxy", ground.proxy_port, ground.hub_port), ground.folder / "proxy.log")
        stack.callback(proxy.close)
        proxy.do("reset")  # it listens from then on
        ours = Ours(ground)
        others, skipped = peers.installed(ground, plan.peers, plan.peers_from)
        for sentence in skipped.values():
            tell(sentence)
        tell(f"Préparation de {plan.records} enregistrements…")
        sides: list[Side] = [Floor(ground), ours, *others]
        for side in sides:
            stack.callback(side.close)
            side.prepare()
        ids = record_ids(plan.records)
        read: dict[str, list[Workloads]] = {side.name: [] for side in sides}
        for number in range(1, plan.rounds + 1):
            for side in sides:
                tell(f"Tour {number} sur {plan.rounds} : {side.name}…")
                read[side.name].append(_turn(side, proxy, number, ids))
        sealed = _sealed(ours, proxy, tell) if plan.sealed else {}
    found = figures(read, sealed, plan.records)
    machine = {"processors": os.cpu_count(), "load_before": load, "load_after": round(os.getloadavg()[0], 2)}
    return {"records": plan.records, "rounds": plan.rounds, **found, "skipped": skipped, "machine": machine}


def _turn(side: Side, proxy: Answering, number: int, ids: Sequence[str]) -> Workloads:
    """Every workload of one side, once; the turns are numbered from 1."""
    folder = side.ground.folder / f"{side.name}-{number}"
    read: Workloads = {}
    with replicas(side, proxy, folder, "a", "b") as (line, a, b):
        for replica in (a, b):
            replica.do("count")  # it is open, as in service, before it is timed
        read["first_upload"] = line.timed(a)
        read["round_after_upload"] = line.timed(a)
        read["quiet_round"] = line.timed(a)
        a.do("edit", ids=ids[:1], values={"phone": "0600000001"})
        read["one_change"] = line.timed(a)
        read["first_download"] = line.timed(b)
        _all_there(side, b, len(ids))
        if side.keeps_promises:
            line.timed(b)
            read["concurrent_edits"] = _concurrent(side, line, folder, ids, (a, b))
    if side.keeps_promises:
        at_bytes = int(read["first_upload"]["bytes_up"] * CUT_AT[(number - 1) % len(CUT_AT)])
        again = folder.with_name(f"{folder.name}-cut")
        read["cut_half"] = _cut_half(side, proxy, again, ids, read["first_upload"]["bytes_up"], at_bytes)
    return read


@contextlib.contextmanager
def replicas(side: Side, proxy: Answering, folder: Path, *names: str) -> Iterator[tuple[Any, ...]]:
    """A line to a running hub, and the replicas, each a program; all are ended at the end of the block."""
    side.lay(folder)
    with side.running(folder) as hub, contextlib.ExitStack() as stack:
        replicas = []
        for name in names:
            replicas.append(side.replica(folder, name))
            stack.callback(side.let_go, replicas[-1])
        yield (Line(proxy, hub), *replicas)


def _all_there(side: Side, replica: Answering, wanted: int) -> None:
    found = replica.do("count")["result"]
    if found != wanted:
        raise PointContactError(f"{side.name} : {found} enregistrements sur {wanted}, cette mesure ne vaut rien.")


def _concurrent(
    side: Side, line: Line, folder: Path, ids: Sequence[str], replicas: tuple[Answering, Answering]
) -> dict[str, float]:
    """Two replicas edit the same records: different fields of some, the same field of others; then both go on line."""
    some = min(EDITED_MAX, len(ids) // 4)
    apart, same = ids[some : 2 * some], ids[2 * some : 3 * some]
    edits = [
        Edit(0, apart, "phone", "0611111111"), Edit(0, same, "phone", "0633333333"),
        Edit(1, apart, "notes", "modifié par B"), Edit(1, same, "phone", "0622222222"),
    ]  # fmt: skip
    for edit in edits:
        replicas[edit.author].do("edit", ids=edit.ids, values={edit.field: edit.value})
        time.sleep(BETWEEN_EDITS_S)
    a, b = replicas
    read = [line.timed(replica) for replica in (a, b, a)]
    line.timed(b)
    views = [{one["id"]: one for one in replica.do("dump", ids=[*apart, *same])["result"]} for replica in replicas]
    hub = None
    with contextlib.ExitStack() as stack:
        reader = side.held(folder)
        if reader is not None:
            stack.callback(reader.close)
            hub = {one["id"]: one for one in reader.do("dump", ids=[*apart, *same])["result"]}
    return {**{name: sum(one[name] for one in read) for name in read[0]}, **kept(edits, views, hub)}


def _cut_half(
    side: Side, proxy: Answering, folder: Path, ids: Sequence[str], whole: float, at_bytes: int
) -> dict[str, float]:
    """The line is cut when ``at_bytes`` of a first upload of ``whole`` bytes have gone up; what is sent once more."""
    with replicas(side, proxy, folder, "a", "b") as (line, a, b):
        a.do("count")
        first = line.cut(a, at_bytes)
        second = line.timed(a)
        b.do("count")
        line.timed(b)
        _all_there(side, b, len(ids))
    sent = first["bytes_up"] + second["bytes_up"]
    return {**second, "bytes_up_before": first["bytes_up"], "resent_fraction": max(0.0, sent - whole) / whole}


def _sealed(ours: Ours, proxy: Answering, tell: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """The first upload of the same records sealed one by one, for each suite that this version seals with."""
    read: dict[str, dict[str, float]] = {}
    tell("Enregistrements scellés un par un…")
    for suite in ours.prepare_sealed():
        with replicas(ours, proxy, ours.ground.folder / f"sealed-{suite}", suite) as (line, terminal):
            terminal.do("count")
            read[suite] = line.timed(terminal)
    return read
