"""The arithmetic of « bench sync », on readings whose answer is known, and the records that every side carries."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.bench.peers import PEERS, installed
from sync.bench.rounds import Edit, figures, kept, medians
from sync.bench.sides import Ground
from tests.bench.records import records

WORKLOADS = ("first_upload", "round_after_upload", "quiet_round", "one_change", "first_download")
COSTS = ("wall_s", "hub_cpu_s", "client_cpu_s", "bytes", "bytes_up", "bytes_down", "requests")


def turn(cost: float, **fractions: float) -> dict[str, dict[str, float]]:
    """One turn of a side whose every figure is ``cost``."""
    read = {workload: dict.fromkeys(COSTS, cost) for workload in WORKLOADS}
    return {**read, "cut_half": {"resent_fraction": cost / 100}, "concurrent_edits": dict(fractions)}


def view(value: str, *lost: str) -> dict[str, dict[str, Any]]:
    """One replica that holds one record, and what its journal keeps of it."""
    return {"r": {"id": "r", "phone": value, "_lost": {"phone": list(lost)} if lost else {}}}


CROSSED = [Edit(0, ["r"], "phone", "06"), Edit(1, ["r"], "phone", "07")]


def test_a_ratio_is_the_median_of_ours_over_the_median_of_the_floor() -> None:
    found = figures({"ours": [turn(6), turn(90), turn(3)], "floor": [turn(2), turn(1), turn(4)]}, {}, 10)
    assert found["ours"]["first_upload"]["wall_s"] == 6
    for name in ("first_upload_wall", "first_upload_hub_cpu", "first_upload_bytes", "first_download_wall"):
        assert found["ratios"][name] == 3


def test_sealed_bytes_are_over_the_plain_floor_and_null_for_an_unknown_suite() -> None:
    read = {"ours": [turn(150)], "floor": [turn(100)]}
    found = figures(read, {"hybrid": dict.fromkeys(COSTS, 450.0)}, 10)
    assert found["ratios"]["first_upload_sealed_hybrid_bytes"] == 4.5
    assert found["ratios"]["first_upload_sealed_bytes"] is None
    assert found["ours"]["sealed"]["x25519"] is None
    assert found["ours"]["sealed"]["hybrid"]["bytes_over_plain_record"] == 30
    both = figures(read, {"x25519": dict.fromkeys(COSTS, 170.0)}, 10)
    assert both["ratios"]["first_upload_sealed_bytes"] == 1.7


def test_a_peer_is_told_beside_ours_and_over_ours() -> None:
    found = figures({"ours": [turn(2)], "floor": [turn(1)], "pouchdb": [turn(17), turn(15), turn(16)]}, {}, 10)
    assert found["peers"]["pouchdb"]["first_upload"]["wall_s"] == 16
    assert found["peers_over_ours"]["pouchdb"]["first_upload_wall"] == 8


@given(st.lists(st.floats(0.001, 1e6), min_size=1, max_size=9))
def test_a_median_lies_between_the_turns(costs: list[float]) -> None:
    middle = medians([turn(cost) for cost in costs])["quiet_round"]["wall_s"]
    assert min(costs) - 1e-4 <= middle <= max(costs) + 1e-4


def test_of_what_a_cut_sends_again_the_worst_turn_is_told() -> None:
    assert medians([turn(1), turn(5), turn(1)])["cut_half"]["resent_fraction"] == 0.05


def test_an_edit_that_stands_everywhere_survived() -> None:
    assert kept(CROSSED[:1], [view("06"), view("06")], view("06"))["survived_fraction"] == 1
    assert kept(CROSSED[:1], [view("06"), view("05")], view("06"))["survived_or_journaled_fraction"] == 0


def test_an_edit_that_lost_is_kept_when_both_its_author_and_the_hub_have_it_in_their_journal() -> None:
    assert kept(CROSSED, [view("07", "06"), view("07")], view("07", "06")) == {
        "survived_fraction": 0.5, "journaled_fraction": 0.5, "survived_or_journaled_fraction": 1,
    }  # fmt: skip
    assert kept(CROSSED, [view("07", "06"), view("07")], view("07"))["survived_or_journaled_fraction"] == 0.5
    assert kept(CROSSED, [view("07"), view("07")], view("07", "06"))["survived_or_journaled_fraction"] == 0.5


def test_an_edit_that_is_nowhere_counts_as_lost() -> None:
    assert kept(CROSSED, [view("07"), view("07")], None)["survived_or_journaled_fraction"] == 0.5
    assert kept(CROSSED, [{}, {}], {})["survived_or_journaled_fraction"] == 0


def test_the_records_are_the_same_everywhere_and_of_about_600_bytes() -> None:
    made = records(1000)
    assert made == records(1000)
    assert records(10) == made[:10]
    assert len({one["id"] for one in made}) == 1000
    assert {len(one) for one in made} == {20}
    sizes = [len(json.dumps(one, separators=(",", ":"), ensure_ascii=False).encode()) for one in made]
    assert sum(sizes) / len(sizes) == pytest.approx(600, abs=5)


def test_a_peer_that_is_not_installed_is_left_out_with_a_sentence(tmp_path: Any) -> None:
    ground = Ground(tmp_path, 1, 2, 10)
    found, skipped = installed(ground, list(PEERS), tmp_path)
    assert found == []
    assert list(skipped) == list(PEERS)
    assert all("--peers-from" in sentence for sentence in skipped.values())
    assert installed(ground, ["pouchdb"], None)[0] == []
