"""Several processes serve where several programs may write (tests/processes/test_several_workers.py), nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.errors import InvalidInput
from sync.hub import serving
from sync.hub.settings import HubSettings
from tests.sync.hub.test_command import Operator, free_port


def test_one_writer_is_not_several(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    operator = Operator(tmp_path / "hub", capsys)
    operator.do("keys", "init")
    said = operator.refused("serve", "--workers", "2", "--port", str(free_port()), who=None)
    assert "un seul écrivain" in said
    with pytest.raises(InvalidInput, match="PostgreSQL"):
        serving.check_workers(HubSettings(home=tmp_path / "hub", workers=2))
    assert "backup" in operator.refused("migrate", "--database", "postgresql://hub@/hub", who=None)
    assert "Donnez l’adresse" in operator.refused("migrate", "--database", "sqlite:////tmp/x", who=None)
