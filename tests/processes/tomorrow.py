"""The program of tomorrow: this one, in a folder of its own, whose hub and terminal speak the next protocol only."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from sync.wire import STREAMED_PROTOCOL
from tests.processes.gestures import ROOT

SPOKEN = re.compile(r"^((?:STREAMED_)?PROTOCOL) = \d+$", re.MULTILINE)


def tomorrow(folder: Path) -> dict[str, str]:
    """Makes that program below ``folder``; returns the environment in which the command line is that program's."""
    shutil.copytree(ROOT / "sync", folder / "sync", ignore=shutil.ignore_patterns("__pycache__"))
    wire = folder / "sync" / "wire.py"
    text, changed = SPOKEN.subn(rf"\1 = {STREAMED_PROTOCOL + 1}", wire.read_text(encoding="utf-8"))
    assert changed == 2
    wire.write_text(text, encoding="utf-8")
    return {"PYTHONPATH": str(folder)}
