"""What a long run has done, over all runs and whatever ends them: one file, whole on the disk after each piece."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

from sync.collecting import collect_rarely

FOLDER = Path(".soak")


@dataclass
class Progress:
    """Pieces that passed, by number (ranges, both ends included, in order and apart), and what happened in them."""

    file: Path
    passed: list[list[int]] = field(default_factory=list)
    happened: Counter[str] = field(default_factory=Counter)

    @classmethod
    def load(cls, file: Path) -> Progress:
        """What the runs before have left."""
        held: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
        return cls(file, held.get("passed", []), Counter(held.get("happened", {})))

    @property
    def pieces(self) -> int:
        """How many different pieces have passed."""
        return sum(last - first + 1 for first, last in self.passed)

    def missing(self, first: int) -> Iterator[int]:
        """The pieces from ``first`` on that have not passed, without end."""
        held = [tuple(pair) for pair in self.passed]
        return (number for number in count(first) if not any(low <= number <= high for low, high in held))

    def note(self, number: int, happened: Mapping[str, int]) -> None:
        """Keeps one more piece that passed: whole or not at all, and on the disk before it returns."""
        self.passed = joined([*self.passed, [number, number]])
        self.happened.update(happened)
        fresh = self.file.with_suffix(".new")
        with fresh.open("w") as file:
            json.dump({"passed": self.passed, "happened": self.happened}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.file)


def joined(ranges: list[list[int]]) -> list[list[int]]:
    """The same numbers in as few ranges as can be, in order."""
    found: list[list[int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1][1] = max(found[-1][1], high)
        else:
            found.append([low, high])
    return found


@contextmanager
def alone(name: str) -> Iterator[Path]:
    """One run of a kind at a time in this folder; gives the file of its progress.

    Ctrl-C and a polite kill are heard alike, in the background too: what was started is ended, what passed is said.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    FOLDER.mkdir(exist_ok=True)
    with (FOLDER / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"Another run of {name} is under way in {FOLDER}: stop it first.")
        yield FOLDER / f"{name}.json"


def begin_worker() -> None:
    """Ctrl-C is the parent's to hear; a worker ends with its parent, whatever ended that."""
    collect_rarely()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    assert parent is not None

    def follow() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
