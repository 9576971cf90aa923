"""Every screen, where there is nothing but loopback: each is drawn, none asks any other machine for anything.

Upright; lying and small ones are in the matrix of journeys, and in ``tests.browser.take_screens``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.browser.cut_off import PICTURES
from tests.browser.person import PAINTED_BYTES
from tests.browser.planted_terminal import ELSEWHERE
from tests.stage import Stage

ROOT = Path(__file__).resolve().parents[2]
VISIT_S = 300
SCREENS_MIN = 60


def cut_off(stage: Stage, fault: str) -> dict[str, Any]:
    """Makes the visit in a namespace of its own; returns what was asked for."""
    alone = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-rn"]
    words = [str(stage.folder), str(stage.hub_port), str(stage.kiosk_port), fault]
    done = subprocess.run(
        [*alone, sys.executable, "-m", "tests.browser.cut_off", *words], cwd=ROOT, capture_output=True, text=True,
        timeout=VISIT_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-4000:]
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert seen["interfaces"] == ["lo"]
    assert len(seen["inside"]) > 10, "the visit itself was seen"
    return seen


def by_page(seen: dict[str, Any]) -> list[str]:
    """Requests of the net log that a page began; Chromium's own have no page of ours as their origin."""
    return [one["url"] for one in seen["net_log"] if "127.0.0.1" in one["initiator"] or "localhost" in one["initiator"]]


def test_every_screen_is_drawn_and_asks_no_other_machine_for_anything(
    still: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = cut_off(still, "none")
    own = Counter((one["host"], one["annotation"]) for one in seen["net_log"])
    with capsys.disabled():
        print(f"\n  requests of the pages, all to 127.0.0.1: {len(seen['inside'])}")
        print(f"  stopped by the policy before the network: {sorted(set(seen['stopped_by_policy']))}")
        for (host, annotation), count in sorted(own.items()):
            print(f"  Chromium's own: {host} (annotation {annotation}), {count} attempts")
    assert seen["elsewhere"] == []
    assert by_page(seen) == []
    pictures = {file.name: file.read_bytes() for file in (still.folder / PICTURES).iterdir()}
    assert len(pictures) >= SCREENS_MIN
    assert [name for name, picture in pictures.items() if len(picture) < PAINTED_BYTES] == []
    assert len(set(pictures.values())) == len(pictures), "two screens look the same: one of them was never drawn"


def test_a_picture_from_elsewhere_would_have_been_seen(still: Stage) -> None:
    """Planted from here: no policy, and an image of another machine in the page."""
    seen = cut_off(still, "open")
    assert any(ELSEWHERE in url for url in seen["elsewhere"])
    assert any(ELSEWHERE in url for url in by_page(seen))
