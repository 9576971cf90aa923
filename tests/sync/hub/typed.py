"""What the tests of commands share: a hub of today, since commands read the machine's clock, and a person who types."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sync.command import run
from sync.hub.command_options import now_ms
from tests.sync.hub.stand import ADMIN, Clock, Stand, hub_in

Do = Callable[..., str]
RAW_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    """A hub of today."""
    with hub_in(tmp_path / "hub", clock=Clock(now_ms())) as stand:
        yield stand


@pytest.fixture
def do(hub: Stand, capsys: pytest.CaptureFixture[str]) -> Do:
    """Types a command; gives what it said, on stderr when it must fail."""

    def typed(*words: str, who: str | None = ADMIN, status: int = 0) -> str:
        capsys.readouterr()
        signed = ["--as", who] if who else []
        code = run(["hub", *words, "--home", str(hub.home), *signed])
        said = capsys.readouterr()
        assert code == status, said.err
        return (said.err if status else said.out).replace("\u00a0", " ")

    return typed
