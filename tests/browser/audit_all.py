"""The whole audit in Chromium: ``python -m tests.browser.audit_all FILE [--shape small] [--part others]``.

Every state on every shape of screen in every dress (`tests.browser.audited.DRESSES`); an hour on two cores. ``FILE``
keeps what is done, a line of JSON each: the command goes on where it was stopped. It prints what is wrong, fault by
fault, with the states that have it, and ends with 1 where there is any.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.bench.every_part import PARTS
from tests.browser.audited import DRESSES, Dress, Measured, audited
from tests.browser.chromium import arguments, executable
from tests.kiosk.shots import SIZES

STATES_TOLD = 3


def _key(shape: str, part: str, dress: Dress) -> str:
    return f"{shape} · {part} · {dress}"


def _run(browser: Browser, file: Path, shape: str, part: str, dress: Dress) -> None:
    """One part in one dress; it is kept when it is whole."""
    with tempfile.TemporaryDirectory(prefix="point-contact-audit-") as folder:
        found = [_told(one) for one in audited(browser, Path(folder), shape, part, lambda number: dress)]
    with file.open("a", encoding="utf-8") as kept:
        kept.write(json.dumps({"run": _key(shape, part, dress), "states": found}, ensure_ascii=False) + "\n")


def _told(one: Measured) -> dict[str, object]:
    print(f"{one.shape} {one.state} ({one.dress}): {len(one.wrong)}", file=sys.stderr, flush=True)
    return {"state": one.state, "wrong": one.wrong}


def table(file: Path) -> dict[str, list[str]]:
    """Each fault with the runs and states that have it."""
    by_fault: dict[str, list[str]] = defaultdict(list)
    for line in file.read_text(encoding="utf-8").splitlines():
        run = json.loads(line)
        for state in run["states"]:
            for fault in state["wrong"]:
                by_fault[fault].append(f"{state['state']} ({run['run']})")
    return dict(by_fault)


def main(file: Path, shapes: list[str], parts: list[str]) -> int:
    """Runs what is not done yet, then prints the table."""
    file.touch()
    done = {json.loads(line)["run"] for line in file.read_text(encoding="utf-8").splitlines()}
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=executable(), args=arguments())
        for shape in shapes:
            for part in parts:
                for dress in DRESSES:
                    if _key(shape, part, dress) not in done:
                        _run(browser, file, shape, part, dress)
        browser.close()
    found = table(file)
    for fault, where in sorted(found.items(), key=lambda one: -len(one[1])):
        print(f"{len(where):4} × {fault}: {'; '.join(where[:STATES_TOLD])}")
    print(f"{len(found)} faults in {len(done)} runs and those of now")
    return 1 if found else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--shape", choices=list(SIZES), action="append")
    parser.add_argument("--part", choices=list(PARTS), action="append")
    options = parser.parse_args()
    sys.exit(main(options.file, options.shape or list(SIZES), options.part or list(PARTS)))
