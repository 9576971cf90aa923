"""The arithmetic of ``bench sync``: medians, ratios, and which edits were kept. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.bench.figures import median, ratio

OURS, FLOOR = "ours", "floor"
DIGITS = {"wall_s": 4, "client_cpu_s": 4, "hub_cpu_s": 4}
SECONDS = ("wall", "hub_cpu", "client_cpu")
X25519, HYBRID = "x25519", "hybrid"

Workloads = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Edit:
    """One field of some records set to one value by one replica (its number)."""

    author: int
    ids: Sequence[str]
    field: str
    value: str


def kept(
    edits: Sequence[Edit], views: Sequence[Mapping[str, Mapping[str, Any]]], hub: Mapping[str, Mapping[str, Any]] | None
) -> dict[str, float]:
    """What became of edits that crossed: the fractions that stand everywhere, and that a journal keeps.

    An edit *survived* when its value stands on every replica, and at the hub where that is known. It is *journaled*
    when the journal of the replica that wrote it has the value, and the hub's too where that is known.

    Args:
        edits: who wrote what, in whatever order.
        views: the records as each replica holds them afterwards, by id; ``_lost`` is its journal, values by field.
        hub: the same of the hub, ``None`` where nobody can tell.
    """
    everywhere = [*views, *([hub] if hub is not None else [])]
    survived = journaled = both = total = 0
    for edit in edits:
        keepers = [views[edit.author], *([hub] if hub is not None else [])]
        for record_id in edit.ids:
            stands = all(view.get(record_id, {}).get(edit.field) == edit.value for view in everywhere)
            noted = all(edit.value in view.get(record_id, {}).get("_lost", {}).get(edit.field, ()) for view in keepers)
            survived, journaled, both = survived + stands, journaled + noted, both + (stands or noted)
            total += 1
    return {
        "survived_fraction": round(survived / total, 4),
        "journaled_fraction": round(journaled / total, 4),
        "survived_or_journaled_fraction": round(both / total, 4),
    }


def medians(turns: Sequence[Workloads]) -> dict[str, dict[str, float]]:
    """The median of each figure of each workload over the turns; of what a cut sends again, the greatest."""
    found = {
        workload: {
            name: _rounded(name, median([turn[workload][name] for turn in turns])) for name in turns[0][workload]
        }
        for workload in turns[0]
    }
    for turn in turns:
        if "cut_half" in turn:
            worst = max(found["cut_half"]["resent_fraction"], turn["cut_half"]["resent_fraction"])
            found["cut_half"]["resent_fraction"] = _rounded("resent_fraction", worst)
    return found


def _rounded(name: str, value: float) -> float:
    if name.endswith("_fraction"):
        return round(value, 4)
    return round(value, DIGITS[name]) if name in DIGITS else round(value)


def figures(read: Mapping[str, Sequence[Workloads]], sealed: Workloads, records: int) -> dict[str, Any]:
    """Everything that is printed, from the readings of every side.

    Args:
        read: by side, one set of workloads for each turn; ``ours`` and ``floor`` are there.
        sealed: by suite, the first upload of the same records sealed one by one.
        records: how many there were.
    """
    found = {side: medians(turns) for side, turns in read.items()}
    ours, floor = found.pop(OURS), found.pop(FLOOR)
    of_suites = {suite: _sealed(sealed.get(suite), ours["first_upload"], records) for suite in (X25519, HYBRID)}
    return {
        OURS: {**ours, "sealed": of_suites},
        FLOOR: floor,
        "ratios": _ratios(ours, floor, sealed),
        "peers": found,
        "peers_over_ours": {name: _over(peer, ours) for name, peer in found.items()},
    }


def _ratios(ours: Workloads, floor: Workloads, sealed: Workloads) -> dict[str, float | None]:
    """Ours over the floor of the same run."""
    ratios: dict[str, float | None] = {}
    for workload in ("first_upload", "first_download"):
        for name in SECONDS:
            ratios[f"{workload}_{name}"] = ratio(ours[workload][f"{name}_s"], floor[workload][f"{name}_s"])
        ratios[f"{workload}_bytes"] = ratio(ours[workload]["bytes"], floor[workload]["bytes"])
    plain = floor["first_upload"]["bytes"]
    for suite, key in ((X25519, "first_upload_sealed_bytes"), (HYBRID, "first_upload_sealed_hybrid_bytes")):
        ratios[key] = ratio(sealed[suite]["bytes"], plain) if suite in sealed else None
    return ratios


def _sealed(read: Mapping[str, float] | None, plain: Mapping[str, float], records: int) -> dict[str, float] | None:
    if read is None:
        return None
    over = round((read["bytes"] - plain["bytes"]) / records)
    return {**{name: _rounded(name, value) for name, value in read.items()}, "bytes_over_plain_record": over}


def _over(peer: Workloads, ours: Workloads) -> dict[str, float]:
    """A peer over ours: how many times longer, and how many times more bytes."""
    return {
        f"{workload}_{key}": ratio(peer[workload][name], ours[workload][name])
        for workload in ("first_upload", "quiet_round", "one_change", "first_download")
        for key, name in (("wall", "wall_s"), ("hub_cpu", "hub_cpu_s"), ("bytes", "bytes"))
    }
