"""One prepared stage for the whole run, copied for each test; what a test leaves running is killed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.gestures import nothing_typed_shows
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
