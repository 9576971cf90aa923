"""``bench sync --slow-line``: a terminal that comes back after nine days, over the worst line of the country.

256 kbit/s, a round trip of 600 ms, 5 % of the packets lost (``tests/bench/bad_line.py`` says how a proxy shows that,
and why it is faithful enough). The sides take turns with the same records::

    first upload    what nine days have written, to the hub
    first download  the same, to a terminal of the same site
    cut half        the line is cut when half of the upload has passed, and what is left goes when it is back
    sealed upload   ours only: the same records, each sealed by itself for the hub, with the suite of the product
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync.bench import peers
from sync.bench.programs import free_port
from sync.bench.sides import Answering, Floor, Ground, Ours, Side, module, require_programs
from sync.bench.sync import replicas
from sync.errors import PointContactError

RECORDS = 500
HYBRID = "hybrid"
KBIT_S, RTT_MS, LOSS = 256, 600, 0.05
WORKLOADS = {
    "first_upload": "envoi",
    "first_download": "téléchargement",
    "cut_half": "envoi coupé à la moitié, la suite",
    "sealed_upload": "envoi, chacun scellé (hybride)",
}
SHOWN = ("wall_s", "bytes", "bytes_up", "bytes_down", "requests", "resent_fraction")


@dataclass(frozen=True)
class Plan:
    """How much is measured. ``peers_from`` is the folder where the peers are installed."""

    records: int = RECORDS
    peers: tuple[str, ...] = ()
    peers_from: Path | None = None
    sealed: bool = True


def measure(plan: Plan, *, tell: Callable[[str], None]) -> dict[str, Any]:
    """Runs the whole plan once and returns the figures, with stable keys."""
    require_programs()
    with tempfile.TemporaryDirectory(prefix="point-contact-bench-") as folder, contextlib.ExitStack() as stack:
        ground = Ground(Path(folder), free_port(), free_port(), plan.records, None)
        ours = Ours(ground)
        others, skipped = peers.installed(ground, plan.peers, plan.peers_from)
        for sentence in skipped.values():
            tell(sentence)
        sides: list[Side] = [ours, Floor(ground), *others]
        for side in sides:
            stack.callback(side.close)
        tell(f"Préparation de {plan.records} enregistrements, sur une bonne ligne…")
        with _a_line(ground):
            for side in sides:
                side.prepare()
            suites = ours.prepare_sealed() if plan.sealed else []
        found = {side.name: _over_it(side, ground, tell) for side in sides}
        if HYBRID in suites:
            tell("Mauvaise ligne : nous, chacun scellé…")
            found[ours.name]["sealed_upload"] = _sealed(ours, ground)
    line = {"kbit_s": KBIT_S, "rtt_ms": RTT_MS, "loss": LOSS}
    machine = {"processors": os.cpu_count(), "load_after": round(os.getloadavg()[0], 2)}
    mine, floor = found.pop(ours.name), found.pop(Floor.name)
    over = {name: _over(peer, mine) for name, peer in found.items()}
    return {
        "line": line, "records": plan.records, "ours": mine, "floor": floor, "peers": found, "peers_over_ours": over,
        "skipped": skipped, "machine": machine,
    }  # fmt: skip


@contextlib.contextmanager
def _a_line(ground: Ground, *words: object) -> Iterator[Answering]:
    """A proxy between the ends, of its own for each measure: every side meets the same losses."""
    proxy = Answering(module("proxy", ground.proxy_port, ground.hub_port, *words), ground.folder / "proxy.log")
    try:
        proxy.do("reset")  # it listens from then on
        yield proxy
    finally:
        proxy.close()


def _over_it(side: Side, ground: Ground, tell: Callable[[str], None]) -> dict[str, dict[str, float]]:
    read: dict[str, dict[str, float]] = {}
    folder = ground.folder / f"{side.name}-slow"
    tell(f"Mauvaise ligne : {side.name}…")
    with _bad(ground) as proxy, replicas(side, proxy, folder, "a", "b") as (line, a, b):
        for replica in (a, b):
            replica.do("count")
        read["first_upload"] = _shown(line.timed(a))
        read["first_download"] = _shown(line.timed(b))
        _all_there(side, b, ground.records)
    if side.name != Floor.name:
        tell(f"Mauvaise ligne, coupée : {side.name}…")
        read["cut_half"] = _cut(side, ground, read["first_upload"]["bytes_up"])
    return read


def _cut(side: Side, ground: Ground, whole: float) -> dict[str, float]:
    """What is left after a cut, and which part of the whole upload was sent once more."""
    folder = ground.folder / f"{side.name}-slow-cut"
    with _bad(ground) as proxy, replicas(side, proxy, folder, "a", "b") as (line, a, b):
        a.do("count")
        before: Mapping[str, float] = line.cut(a, int(whole / 2))
        after = line.timed(a)
        b.do("count")
        line.timed(b)
        _all_there(side, b, ground.records)
    sent = before["bytes_up"] + after["bytes_up"]
    return _shown({**after, "resent_fraction": max(0.0, sent - whole) / whole})


def _sealed(ours: Ours, ground: Ground) -> dict[str, float]:
    with _bad(ground) as proxy, replicas(ours, proxy, ground.folder / "sealed-slow", HYBRID) as (line, terminal):
        terminal.do("count")
        return _shown(line.timed(terminal))


def _bad(ground: Ground) -> contextlib.AbstractContextManager[Answering]:
    return _a_line(ground, KBIT_S, RTT_MS, LOSS)


def _all_there(side: Side, replica: Answering, wanted: int) -> None:
    found = replica.do("count")["result"]
    if found != wanted:
        raise PointContactError(f"{side.name} : {found} enregistrements sur {wanted}, cette mesure ne vaut rien.")


def _shown(read: Mapping[str, float]) -> dict[str, float]:
    return {name: round(read[name], 4) for name in SHOWN if name in read}


def _over(peer: Mapping[str, Mapping[str, float]], ours: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """How many times longer a peer takes than ours."""
    return {f"{name}_wall": round(peer[name]["wall_s"] / ours[name]["wall_s"], 2) for name in peer if name in ours}
