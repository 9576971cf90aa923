"""What the tests of processes ask of a stage: gestures of a visitor, what both ends hold, what a refusal looks like."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sync.hub import rows
from sync.hub.database import HubDatabase
from sync.replica.terminal import Terminal
from tests.processes.visitor import SECRETS, show
from tests.stage import Said, Stage

ROOT = Path(__file__).resolve().parent.parent.parent
VISITOR = (sys.executable, "-m", "tests.processes.visitor")


def try_visit(stage: Stage, *gestures: str, environment: Mapping[str, str] | None = None) -> Said:
    """Makes the gestures of a visitor in a process of their own."""
    more = {"PYTHONPATH": str(ROOT), **(environment or {})}
    return stage.run(*VISITOR, str(stage.terminal_home), *gestures, environment=more)


def visit(stage: Stage, *gestures: str, environment: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The same, and it must succeed; returns what was acknowledged."""
    said = try_visit(stage, *gestures, environment=environment)
    assert said.status == 0, said
    return [json.loads(line) for line in said.out.splitlines()]


def held_at_terminal(stage: Stage) -> dict[str, Any]:
    """What the terminal holds, and its status; read beside whatever runs there."""
    with closing(Terminal.open(stage.terminal_home, stage.secret_file.read_bytes())) as terminal:
        return show(terminal)


def held_at_hub(stage: Stage, kind: str, site_id: str | None = None) -> dict[str, dict[str, Any]]:
    """The records of one kind at the hub by id, of one site or of all; an id that is there twice is a failure."""
    with closing(HubDatabase.open(stage.hub_home / "hub.db", migrate=False)) as database, database.read() as connection:
        listed = rows.read_all(connection, kind, site_id)
    found = {record_id: dict(values) for _, record_id, values in listed}
    assert len(found) == len(listed)
    return found


def arrived_once(stage: Stage, acknowledged: list[dict[str, Any]]) -> None:
    """What was acknowledged is at the hub, once, with nothing else, and both ends agree on it."""
    for kind in ("registration", "booking"):
        assert set(held_at_hub(stage, kind)) == {made["id"] for made in acknowledged if made["kind"] == kind}
    shown = held_at_terminal(stage)
    assert [shown["status"][name] for name in ("waiting", "parked", "conflicts", "digest_mismatches")] == [0, 0, 0, 0]
    for made in acknowledged:
        if made["kind"] == "booking":
            assert shown["slot"][made["slot_id"]]["taken"] == 1
            assert shown["booking"][made["id"]]["state"] in {"guaranteed", "confirmed"}


def synchronise(stage: Stage) -> dict[str, Any]:
    """One round that must succeed; returns its report."""
    said = stage.terminal("sync", "--json")
    assert said.status == 0, said
    report: dict[str, Any] = said.json
    return report


def refused(said: Said, *, status: int = 1) -> str:
    """The one sentence of a refusal; anything else on the screen is a failure."""
    assert said.status == status, said
    assert said.out == "", said
    assert "Traceback" not in said.err, said
    lines = said.err.strip().splitlines()
    assert len(lines) == 1, said
    assert lines[0].endswith((".", ".»", ". »")), said
    return lines[0].replace("\u00a0", " ").replace("\u202f", " ")


def nothing_typed_shows(stage: Stage) -> None:
    """No output and no log of a process of this stage holds a value that was typed."""
    written = {str(log): log.read_text(encoding="utf-8", errors="replace") for log in stage.folder.rglob("*.log")}
    written |= {" ".join(said.words): said.out + said.err for said in stage.heard if "open" not in said.words}
    shown = [(name, secret) for name, text in written.items() for secret in SECRETS if secret in text]
    assert shown == []
    faults = [
        f"{name}: {text[text.index('Traceback') :][-3000:]}" for name, text in written.items() if "Traceback" in text
    ]
    assert not faults, "\n".join(faults)


def fingerprints(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file below a folder, by relative path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
