"""``bench kiosk``: the real kiosk of a demonstration, over a Flet hello-world and a static page, in one run.

The three are measured in turn, round after round, so that what else the machine does weighs on all of
them. Everything is started through command lines; neither end is imported.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync.bench import browser as driving
from sync.bench import listening
from sync.bench.figures import median, percentile, ratio, slope
from sync.bench.programs import Measured, free_port, launch, prepared_demonstration, wait_until_answers

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HELLO_FIRST, HELLO_SECOND = "Bonjour depuis Flet", "Deuxième écran de Flet"
HELLO_GO, HELLO_BACK = "Suivant", "Précédent"
STATIC_WORDS = "Une page statique"
STATIC_PAGE = f"<!doctype html><html lang=fr><meta charset=utf-8><title>Plancher</title><h1>{STATIC_WORDS}</h1></html>"
BEGIN, MENU = "Touchez l’écran", "Que voulez-vous faire"
BACK = "Retour"
# Ways through the kiosk: what is touched, and words that only the next screen has; each begins and ends on the home.
WAYS = (
    (("Rendez-vous vidéo", "De quoi voulez-vous parler"), (BACK, MENU)),
    (("Contrat d’engagement", "Étape 1 sur"), ("Continuer", "Étape 2 sur"), (BACK, "Étape 1 sur"), (BACK, MENU)),
    (("Événements et ateliers", "Places comptées"), (BACK, MENU)),
    (
        ("Préparer mon inscription", "avant de commencer"), ("J’ai lu, je continue", "Étape 2 sur"),
        (BACK, "avant de commencer"), (BACK, MENU),
    ),
)  # fmt: skip
VISITS_MIN = 60
WARM_UP_VISITS = 10
MEMORY_BUDGET_S = 150
SETTLE_MS = 400
VOICE, LISTENINGS = "espeak-ng", 41
MIB = 1024 * 1024


@dataclass(frozen=True)
class Plan:
    """How much is measured. ``visits`` 0 leaves the memory out."""

    transitions: int
    rounds: int
    visits: int
    chromium: str | None


@dataclass
class Readings:
    """The raw readings of one side, in milliseconds."""

    cold_start: list[float] = field(default_factory=list)
    first_paint: list[float] = field(default_factory=list)
    taps: list[float] = field(default_factory=list)
    first_taps: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, float]:
        """Medians and percentiles, one digit after the point."""
        figures = {"cold_start_ms": median(self.cold_start), "first_paint_ms": median(self.first_paint)}
        if self.taps:
            figures |= {"tap_p50_ms": percentile(self.taps, 0.5), "tap_p95_ms": percentile(self.taps, 0.95)}
            figures["first_tap_p50_ms"] = percentile(self.first_taps, 0.5)
        return {name: round(value, 1) for name, value in figures.items()}


def measure(plan: Plan, *, tell: Callable[[str], None]) -> dict[str, Any]:
    """Runs the whole plan and returns the figures, with stable keys."""
    load = round(os.getloadavg()[0], 2)
    with tempfile.TemporaryDirectory(prefix="point-contact-bench-") as folder, contextlib.ExitStack() as stack:
        browser = stack.enter_context(driving.chromium(plan.chromium))
        tell("Préparation d’une démonstration…")
        kiosk = stack.enter_context(prepared_demonstration(Path(folder)))
        hello = _hello(free_port())
        static = _static(Path(folder), free_port())
        ours, floor, page = Readings(), Readings(), Readings()
        tell("Démarrages à froid…")
        sides = ((kiosk, ours), (hello, floor), (static, page))
        for _ in range(plan.rounds):
            for side, readings in sides:
                readings.cold_start.append(_cold_start(side))
        for side, _ in sides:
            stack.enter_context(_running(side))
        tell("Ouvertures et changements d’écran…")
        _first_paints(browser, plan.rounds, (kiosk.url, ours), (hello.url, floor), (static.url, page))
        per_screen = _taps(browser, plan.transitions, kiosk, hello.url, ours, floor)
        heard = _listened(browser, kiosk.url, static.url, tell)
        growth, because = _memory(browser, plan.visits, kiosk, tell)
    return {
        "kiosk": ours.summary(),
        "flet_hello": floor.summary(),
        "static_page": page.summary(),
        "transitions": len(ours.taps),
        "rounds": plan.rounds,
        "ratios": {
            "first_paint": ratio(median(ours.first_paint), median(floor.first_paint)),
            "tap_p50": ratio(percentile(ours.taps, 0.5), percentile(floor.taps, 0.5)),
            "tap_p95": ratio(percentile(ours.taps, 0.95), percentile(floor.taps, 0.95)),
            "first_paint_over_static": ratio(median(ours.first_paint), median(page.first_paint)),
        },
        "listen": heard,
        "python_ms_per_screen": per_screen,
        "python_ms_max_per_screen": max(per_screen.values()),
        "machine": {"processors": os.cpu_count(), "load_before": load, "load_after": round(os.getloadavg()[0], 2)},
        "memory_growth_mib_per_1000_visits": growth,
        "memory_growth_note": because,
    }


def _hello(port: int) -> Measured:
    return Measured((sys.executable, "-m", "sync.bench.hello", str(port)), f"http://127.0.0.1:{port}/")


def _static(folder: Path, port: int) -> Measured:
    site = folder / "static"
    site.mkdir()
    (site / "index.html").write_text(STATIC_PAGE, encoding="utf-8")
    listening.write_floor(site)
    words = (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(site))
    return Measured(words, f"http://127.0.0.1:{port}/")


def _cold_start(side: Measured) -> float:
    """Milliseconds from the start of the process to its first answer; the process is stopped again."""
    began = time.perf_counter()
    with _running(side):
        return (time.perf_counter() - began) * 1000


@contextlib.contextmanager
def _running(side: Measured) -> Iterator[None]:
    with launch(side) as process:
        wait_until_answers(side, process)
        yield


def _first_paints(browser: Browser, rounds: int, *sides: tuple[str, Readings]) -> None:
    words = (BEGIN, HELLO_FIRST, STATIC_WORDS)
    for _ in range(rounds):
        for (url, readings), expected in zip(sides, words, strict=True):
            with driving.visit(browser) as page:
                readings.first_paint.append(driving.open_page(page, url, expected))


def _taps(
    browser: Browser, transitions: int, kiosk: Measured, hello_url: str, ours: Readings, floor: Readings
) -> dict[str, float]:
    """Taps on both sides in turn, the first time of each screen apart; returns Python's milliseconds per screen."""
    spent: dict[str, list[float]] = {}
    hello = itertools.cycle(((HELLO_GO, HELLO_SECOND), (HELLO_BACK, HELLO_FIRST)))
    with driving.visit(browser) as kiosk_page, driving.visit(browser) as hello_page:
        _begin(kiosk_page, kiosk.url)
        driving.open_page(hello_page, hello_url, HELLO_FIRST)
        for turn in itertools.count():
            if len(ours.taps) >= transitions:
                return {name: round(median(values), 1) for name, values in spent.items()}
            for target, expected in WAYS[turn % len(WAYS)]:
                before = kiosk.python_ms()
                took = _tap_button(kiosk_page, target, expected)
                floor_took = _tap_button(hello_page, *next(hello))
                if turn < len(WAYS):  # its words, pictures and letters are seen for the first time in this visit
                    ours.first_taps.append(took)
                    floor.first_taps.append(floor_took)
                    continue
                ours.taps.append(took)
                floor.taps.append(floor_took)
                spent.setdefault(expected, []).append(kiosk.python_ms() - before)
    raise AssertionError("unreachable")


def _begin(page: Page, url: str) -> None:
    driving.open_page(page, url, BEGIN)
    _tap_button(page, BEGIN, MENU)


def _tap_button(page: Page, name: str, expected: str) -> float:
    # Let the frame before settle, outside the measured time; a second « Retour » sooner is a double tap.
    page.wait_for_timeout(SETTLE_MS)
    return driving.tap(page, page.get_by_role("button", name=name).first, expected)


def _listened(browser: Browser, url: str, static_url: str, tell: Callable[[str], None]) -> dict[str, Any] | None:
    """How soon « Écouter » is heard; None on a machine without a voice."""
    if shutil.which(VOICE) is None:
        return None
    tell("Lecture à voix haute…")
    return listening.measure(browser, LISTENINGS, url, BEGIN, static_url)


def _memory(browser: Browser, visits: int, kiosk: Measured, tell: Callable[[str], None]) -> tuple[float | None, str]:
    """Growth of the terminal's resident memory, MiB for 1000 visits, and how it was found."""
    if visits < VISITS_MIN:
        return None, f"Non mesuré : il faut au moins {VISITS_MIN} visites."
    tell(f"Mémoire, sur {visits} visites…")
    readings: list[float] = []
    deadline = time.monotonic() + MEMORY_BUDGET_S * visits / VISITS_MIN
    with driving.visit(browser) as page:
        for turn in range(visits):
            if time.monotonic() > deadline:
                return None, f"Non mesuré : {turn} visites seulement dans le temps prévu, la machine est trop chargée."
            page.goto(f"{kiosk.url}fin", wait_until="commit")  # ends the visit before, as a terminal does
            begin = page.get_by_role("button", name=BEGIN).first
            driving.tap(page, begin, MENU)
            target, words = WAYS[turn % len(WAYS)][0]
            driving.tap(page, page.get_by_role("button", name=target).first, words)
            readings.append(kiosk.resident_bytes() / MIB)
    steady = readings[WARM_UP_VISITS:]
    return round(slope(steady) * 1000, 1), f"Pente médiane sur {len(steady)} visites."
