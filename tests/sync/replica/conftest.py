"""A hub, and a terminal enrolled with it, for the tests of the replica."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.replica.terminal import Terminal, enrol
from tests.sync.replica.stand_in import MACHINE_SECRET, StandInHub, Time


@pytest.fixture
def hub() -> StandInHub:
    return StandInHub()


@pytest.fixture
def local() -> Time:
    return Time()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "borne"


@pytest.fixture
def terminal(hub: StandInHub, home: Path, local: Time) -> Iterator[Terminal]:
    enrol(home, "https://hub.example", hub.code(), MACHINE_SECRET, client=hub, now_ms=local)
    opened = Terminal.open(home, MACHINE_SECRET, client=hub, now_ms=local)
    yield opened
    opened.close()
