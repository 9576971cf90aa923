"""« bench sync » with few records: every program of it really starts, and what is promised of the figures is there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.processes
ROOT = Path(__file__).resolve().parent.parent.parent
FIRST = ("first_upload", "quiet_round", "one_change", "first_download")
PROGRAM = (sys.executable, "-c", "from sync.command import main; main()")


def test_a_run_of_fifty_records_measures_both_sides_and_keeps_every_edit(tmp_path: Path) -> None:
    words = ("bench", "sync", "--records", "50", "--rounds", "1", "--no-sealed", "--json")
    done = subprocess.run(
        [*PROGRAM, *words, "--peers", "pouchdb", "--peers-from", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "pouchdb n’est pas installé" in done.stderr
    figures = json.loads(done.stdout)
    assert list(figures["skipped"]) == ["pouchdb"]
    for side in ("ours", "floor"):
        for workload in FIRST:
            read = figures[side][workload]
            assert read["bytes"] == read["bytes_up"] + read["bytes_down"] > 0
            assert read["requests"] >= 1
            assert min(read["wall_s"], read["hub_cpu_s"], read["client_cpu_s"]) > 0
    assert figures["ours"]["quiet_round"]["requests"] == figures["floor"]["quiet_round"]["requests"] == 1
    assert figures["ours"]["first_upload"]["bytes_up"] > 5_000 > figures["ours"]["quiet_round"]["bytes_up"]
    assert figures["ours"]["first_download"]["bytes_down"] > 5_000
    assert 0 <= figures["ours"]["cut_half"]["resent_fraction"] <= 1.1
    assert figures["ours"]["concurrent_edits"]["survived_or_journaled_fraction"] == 1
    assert figures["floor"]["concurrent_edits"]["survived_or_journaled_fraction"] == 0.5
    assert figures["ratios"]["first_upload_bytes"] > 0
