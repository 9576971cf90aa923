"""Runs ``point-contact`` commands in forks of one process that has already imported the program.

A command in a process of its own spends more than a second with imports (SQLAlchemy, pydantic). Everything else is as
in a process of its own: arguments, environment, exit status, output.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from multiprocessing import get_context
from pathlib import Path

ROOMS = ("sync.command", "sync.hub.command", "kiosk.command", "sync.replica.terminal")
CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload(list(ROOMS))


def run(words: Sequence[str], environment: Mapping[str, str], limit_s: float) -> tuple[int, str, str]:
    """One command to its end: its exit status, what it wrote, and what it said of errors. Raises TimeoutError."""
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        child = CONTEXT.Process(target=_be, args=(tuple(words), dict(environment), str(out), str(err)))
        child.start()
        child.join(limit_s)
        if child.exitcode is None:
            child.kill()
            child.join()
            raise TimeoutError(f"{words[:3]} did not end within {limit_s:.0f} s")
        return child.exitcode, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")


def _be(words: Sequence[str], environment: Mapping[str, str], out: str, err: str) -> None:
    """In the fork: becomes the command."""
    for number, path in ((0, os.devnull), (1, out), (2, err)):
        there = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(there, number)
        os.close(there)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, encoding="utf-8", closefd=False) for number, mode in enumerate("rww")
    )
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = ["point-contact", *words]
    from sync.command import main  # noqa: PLC0415 - only in the fork, which has it already

    main(words)
