"""The doors between the rooms: the contracts hold, and each one is seen to refuse a planted import.

A contract that cannot fail protects nothing: every contract of pyproject.toml must have a plant here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("kiosk", "sync", "content")
LINT_IMPORTS = Path(sys.executable).parent / "lint-imports"

PLANTS = {
    "storeys": [("sync/records/base.py", "import sync.replica"), ("sync/replica/tables.py", "import kiosk.actions")],
    "ends": [("kiosk/actions.py", "import sync.hub.tables"), ("sync/hub/accounts.py", "import kiosk.tokens")],
    "hub-without-replica": [("sync/hub/accounts.py", "import sync.replica.tables")],
    "content-imports-nobody": [("content/shelf.py", "import sync.errors"), ("content/pack.py", "import kiosk")],
    "content-is-for-screens": [("sync/replica/tables.py", "import content.shelf")],
    "pure-rules": [
        ("sync/clock.py", "import time"),
        ("sync/merge.py", "import sqlalchemy"),
        ("sync/signature.py", "import pathlib"),
        ("content/pack.py", "import os"),
    ],
    "rules-without-flet": [("kiosk/models/booking.py", "import flet"), ("kiosk/tokens.py", "import flet")],
    "screens-see-view-models": [
        ("kiosk/screens/planted.py", "import sync.records"),
        ("kiosk/parts/planted.py", "import kiosk.actions"),
        ("kiosk/screens/planted.py", "import sqlalchemy"),
    ],
    "window-alone": [
        ("kiosk/window/guided.py", "import sync.records"),
        ("kiosk/window/gate.py", "import kiosk.actions"),
    ],
    "models-without-sql": [("kiosk/models/events.py", "import sqlmodel")],
    "hub-without-flet": [("sync/hub/accounts.py", "import flet"), ("sync/wire.py", "import flet")],
    "terminal-without-fastapi": [("kiosk/actions.py", "import fastapi"), ("sync/replica/tables.py", "import uvicorn")],
    "one-seam": [("kiosk/actions.py", "import httpx"), ("sync/replica/envelope.py", "import httpx")],
    "replica-tables-private": [("kiosk/actions.py", "import sync.replica.tables")],
    "vault": [("sync/records/base.py", "import sync.hub.vault"), ("sync/hub/accounts.py", "import sync.hub.vault")],
    "outer-commands": [("sync/demo/planted.py", "import sync.hub.tables"), ("sync/command.py", "import kiosk")],
    "no-cycles": [("sync/errors.py", "import sync.wire")],
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the rooms and of their contracts, where faults may be planted."""
    copy = tmp_path_factory.mktemp("rooms")
    for room in ROOMS:
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__", "packs", "*.ttf"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-cache", "--no-logo", *arguments],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def contract_ids() -> list[str]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    contracts = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    return [contract["id"] for contract in contracts]


def test_every_contract_holds(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout


def test_every_contract_has_a_planted_fault() -> None:
    assert sorted(PLANTS) == sorted(contract_ids())


@pytest.mark.parametrize(
    ("contract", "path", "line"),
    [(contract, path, line) for contract, plants in PLANTS.items() for path, line in plants],
)
def test_a_forbidden_import_is_refused(copy: Path, contract: str, path: str, line: str) -> None:
    """Plants one import at the end of one file and sees that its contract says no."""
    planted = copy / path
    before = planted.read_bytes() if planted.exists() else None
    try:
        planted.write_bytes((before or b"") + f"\n{line}\n".encode())
        result = lint(copy, "--contract", contract)
    finally:
        if before is None:
            planted.unlink()
        else:
            planted.write_bytes(before)

    assert result.returncode == 1, result.stdout
    assert "BROKEN" in result.stdout
