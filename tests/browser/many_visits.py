"""Visit after visit on one terminal, and what memory it takes: ``python -m tests.browser.many_visits --visits 1000``.

The terminal's own program and Chromium are both read every few visits. A terminal renews Chromium after every visit;
here only its page is new each time, which is harder. It is read when the page is closed: what an open page holds, by
tens of MiB more or less, is up to when its garbage is collected. What grows is the slope over all visits after the
first ones (Theil and Sen: the median of the slopes of all pairs), so that one visit that happens to hold more does not
count.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

from sync.bench.figures import slope
from tests.browser.chromium import COARSE, arguments, executable, screen
from tests.browser.journeys import MENU_TITLE
from tests.browser.person import Person
from tests.stage import Stage

MIB = 1024 * 1024
WARM_UP = 15
"""Visits before anything is compared: every screen is drawn once, and sessions that end by themselves (15 s) do."""
LIMITS = (0.05, 0.5)
"""MiB a visit that the terminal's program and Chromium may grow by: 50 MiB of the program in 1,000 visits, a month of a
busy place. Chromium's own processes gain more (caches, measures of its own), and end with the visit on a terminal."""
ENOUGH = 200
LOOK_EVERY = 5
"""Visits between two looks: a look reads every page of memory of every process."""
SETTLED_S, SETTLING_S = 5.0, 0.5
PLACES = ("Rendez-vous vidéo", "Contrat d’engagement", "Événements et ateliers", "J’ai déjà un code")


@dataclass(frozen=True)
class Memory:
    """Own memory (USS) in every so many visits (``LOOK_EVERY``), in MiB, once they are warm."""

    program: list[float]
    chromium: list[float]

    def growth(self) -> tuple[float, float]:
        """MiB a visit: of the terminal's program, and of Chromium."""
        return slope(self.program) / LOOK_EVERY, slope(self.chromium) / LOOK_EVERY


def live(come: Callable[[], Person], stage: Stage, visits: int, until_s: float = float("inf")) -> Memory:
    """Makes so many visits, each by somebody else, to another place in turn; its page is gone at the end.

    None begins after ``until_s`` (of ``time.monotonic``), but the first ones.
    """
    found = Memory([], [])
    for number in range(visits):
        if number > WARM_UP + LOOK_EVERY and time.monotonic() > until_s:
            break
        person = come()
        person.page.goto(stage.kiosk_url)
        person.button("Touchez l’écran").click()
        person.button(PLACES[number % len(PLACES)]).first.click()
        person.leaves_for(None, leaving=MENU_TITLE)
        person.page.close()
        if number >= WARM_UP and number % LOOK_EVERY == 0:
            found.program.append(own_bytes(psutil.Process(stage.running[-1].process.pid)) / MIB)
            found.chromium.append(left_in_chromium() / MIB)
    return found


def left_in_chromium() -> int:
    """Bytes that Chromium holds once the process of the page that was closed is gone: when they fall no more."""
    now, before = sum(map(own_bytes, chromiums())), sys.maxsize
    until = time.monotonic() + SETTLED_S
    while now < before and time.monotonic() < until:
        time.sleep(SETTLING_S)
        now, before = sum(map(own_bytes, chromiums())), now
    return now


def chromiums() -> list[psutil.Process]:
    """Every process of a Chromium that this process started."""
    return [one for one in psutil.Process().children(recursive=True) if one.name().startswith("chrom")]


def own_bytes(process: psutil.Process) -> int:
    """Bytes in memory that it shares with no other process (USS); 0 when it has ended meanwhile."""
    try:
        told = process.memory_full_info()
        return int(told.uss)
    except psutil.Error:
        return 0


def main() -> int:
    """Makes the visits on a stage of its own and says what grew. Returns the exit status: 1 above the limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=1000)
    parser.add_argument("--hours", type=float, default=24.0, help="after which no further visit begins")
    options = parser.parse_args()
    until_s = time.monotonic() + 3600 * options.hours
    with tempfile.TemporaryDirectory(prefix="point-contact-visits-") as scratch, sync_playwright() as tools:
        stage = Stage.prepare(Path(scratch) / "stage")
        try:
            stage.terminal_up("--quiet-s", "900")
            browser = tools.chromium.launch(executable_path=executable(), args=arguments())
            context = browser.new_context(**screen("small", COARSE))
            memory = live(lambda: Person(context.new_page()), stage, options.visits, until_s)
            browser.close()
        finally:
            stage.close()
    growth = memory.growth()
    for name, held, grew in zip(("program", "Chromium"), (memory.program, memory.chromium), growth, strict=True):
        visits = LOOK_EVERY * (len(held) - 1)
        print(f"{name}: {held[0]:.1f} -> {held[-1]:.1f} MiB in {visits} visits, {1000 * grew:+.1f} MiB in 1,000")
    if LOOK_EVERY * len(memory.program) < ENOUGH:
        print(f"Too few visits to tell a slope: at least {ENOUGH} are needed. Nothing was judged.")
        return 0
    return int(any(grew > limit for grew, limit in zip(growth, LIMITS, strict=True)))


if __name__ == "__main__":
    sys.exit(main())
