"""One prepared stage for the whole run, copied for each test; what a test leaves running is killed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.gestures import nothing_typed_shows
from tests.processes.small_disk import SmallDisk
from tests.stage import Stage


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A hub and an enrolled terminal; never run themselves, only copied."""
    stage = Stage.prepare(tmp_path_factory.mktemp("prepared"))
    yield stage
    stage.close()


@pytest.fixture
def stage(prepared: Stage, tmp_path: Path) -> Iterator[Stage]:
    """A stage of the test's own. At the end, no output and no log may hold what was typed."""
    own = prepared.copy(tmp_path / "stage")
    yield own
    own.close()
    nothing_typed_shows(own)


@pytest.fixture
def disks(stage: Stage) -> Iterator[list[SmallDisk]]:
    """The small disks of a test, taken away once its programs have ended."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount the small file system that this test fills")
    mounted: list[SmallDisk] = []
    yield mounted
    stage.close()
    for disk in mounted:
        disk.close()
