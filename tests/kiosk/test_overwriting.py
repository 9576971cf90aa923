"""Freed memory is overwritten, where the C library can."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.overwriting import BEGUN_AGAIN, OVERWRITES, TUNABLES, has_glibc, overwrite_freed, overwriting

UNIT = Path(__file__).parents[2] / "packaging" / "terminal" / "point-contact-terminal.service"
MARK = 7919
SEARCHER = f"""
import threading
from kiosk.overwriting import overwrite_freed
overwrite_freed()
def leave():
    # Numbers to letters, so that no constant of this program says it.
    for _ in range(50):
        words = ["-".join(str({MARK} * n) for n in range(1, size)) for size in (6, 60, 600)]
        sealed = [one.encode() for one in words]
for worker in [threading.Thread(target=leave) for _ in range(3)]:
    worker.start()
    worker.join()
leave()
wanted, found = b"-".join(str({MARK} * n).encode() for n in range(2, 5)), 0
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        begin, end = (int(one, 16) for one in line.split()[0].split("-"))
        if line.split()[1].startswith("rw") and "[v" not in line:
            memory.seek(begin)
            for at in range(begin, end, 1 << 20):
                found += memory.read(min(1 << 20, end - at)).count(wanted)
print(found)
"""


def run(environment: dict[str, str]) -> int:
    """How many of the words that the program has freed are still in its memory; one is what it searches for."""
    told = {**os.environ, **environment, "PYTHONPATH": str(UNIT.parents[2])}
    done = subprocess.run([sys.executable, "-c", SEARCHER], env=told, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not has_glibc(), reason="another C library")
def test_a_program_that_asks_begins_again_and_finds_nothing_of_what_it_freed() -> None:
    kept, gone = run({BEGUN_AGAIN: "1"}), run({})
    assert kept > 3, "without it they are there"
    assert gone == 1, "only what it searches for"


def test_the_same_command_begins_again_once_with_both_settings() -> None:
    begun: list[tuple[str, list[str], dict[str, str]]] = []
    environment = {"HOME": "/h", TUNABLES: "glibc.malloc.arena_max=2"}
    overwrite_freed(environment, glibc=lambda: True, begin=lambda *words: begun.append(words))
    ((program, words, told),) = begun
    assert (program, words) == (sys.executable, [sys.executable, *sys.orig_argv[1:]])
    assert overwriting(told), told
    assert told[TUNABLES].startswith("glibc.malloc.arena_max=2:"), "what was there stays"
    overwrite_freed(told, glibc=lambda: True, begin=lambda *words: begun.append(words))
    assert len(begun) == 1, "not twice"
    assert told == {"HOME": "/h"}, "the programs that it starts are not told"


def test_another_c_library_goes_on_as_it_is() -> None:
    begun: list[object] = []
    overwrite_freed({}, glibc=lambda: False, begin=lambda *words: begun.append(words))
    assert begun == []


def test_the_packaged_terminal_begins_so() -> None:
    (line,) = re.findall(r"(?m)^Environment=(PYTHONMALLOC.*)$", UNIT.read_text(encoding="utf-8"))
    told = dict(word.split("=", 1) for word in line.split())
    assert told == OVERWRITES
