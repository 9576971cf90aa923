"""The « listen » row of ``bench kiosk``: how soon a touch on « Écouter » is heard, and the next one silences it.

The floor is a static page whose button plays a finished sound of the same length from the same machine: nothing is
said, sent or drawn there. Times are taken in the page, from the touch to the browser's own « playing » and « pause ».
"""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync.bench import browser as driving
from sync.bench.figures import percentile

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

LISTEN, STOP = "Écouter", "Arrêter"
LIMIT_MS = 300
"""What is promised of the start, at the median and at the 95th percentile of a machine that does nothing else."""
SOUND_S, RATE_HZ, TONE_HZ = 2, 22_050, 440
PAGE = "ecouter.html"
WORDS = "Une page qui joue un son"
STATIC = f"""<!doctype html><html lang=fr><meta charset=utf-8><title>Plancher</title><h1>{WORDS}</h1>
<button onclick="const one = new Audio('son.wav'); window.one = one; one.play()">{LISTEN}</button></html>"""
CLOCK = """(() => {
  const play = HTMLMediaElement.prototype.play, pause = HTMLMediaElement.prototype.pause;
  let down = 0, began = null, ended = null;
  window.addEventListener('pointerdown', (event) => { down = event.timeStamp; }, true);
  HTMLMediaElement.prototype.play = function () {
    if (began) this.addEventListener('playing', () => began(performance.now() - down), { once: true });
    return play.call(this);
  };
  HTMLMediaElement.prototype.pause = function () {
    const done = pause.call(this);
    if (ended) ended(performance.now() - down);
    return done;
  };
  window.benchHeard = () => { window.heard = new Promise((resolve) => { began = resolve; }); };
  window.benchSilent = () => { window.silent = new Promise((resolve) => { ended = resolve; }); };
})();"""
"""Runs before the page's own scripts: its clock hears of a touch first."""
WAKING_MS = 2000
SETTLE_MS = 1200
"""Between two readings: the button has become « Écouter » again, and its picture is drawn."""


def write_floor(site: Path) -> None:
    """The page of the floor and its sound, into the folder of the static page."""
    count = SOUND_S * RATE_HZ
    tone = [round(8000 * math.sin(2 * math.pi * TONE_HZ * at / RATE_HZ)) for at in range(count)]
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + 2 * count, b"WAVE", b"fmt ", 16, 1, 1, RATE_HZ, 2 * RATE_HZ,
                       2, 16, b"data", 2 * count)  # fmt: skip
    (site / "son.wav").write_bytes(head + struct.pack(f"<{count}h", *tone))
    (site / PAGE).write_text(STATIC, encoding="utf-8")


def measure(browser: Browser, times: int, url: str, begin: str, static_url: str) -> dict[str, Any]:
    """Touches « Écouter » so many times on the kiosk's first screen and on the floor's page, in turn."""
    ours: list[float] = []
    floor: list[float] = []
    stops: list[float] = []
    with driving.visit(browser) as kiosk, driving.visit(browser) as page:
        kiosk.add_init_script(CLOCK)
        page.add_init_script(CLOCK)
        driving.open_page(kiosk, url, begin)
        driving.open_page(page, static_url + PAGE, WORDS)
        kiosk.wait_for_timeout(WAKING_MS)
        for _ in range(times):
            ours.append(_heard(kiosk, kiosk.get_by_role("button", name=LISTEN, exact=True)))
            stop = kiosk.get_by_role("button", name=STOP, exact=True)
            stop.wait_for(state="attached")
            stops.append(_silent(kiosk, stop))
            floor.append(_heard(page, page.get_by_role("button", name=LISTEN)))
            page.evaluate("() => window.one.pause()")
            kiosk.wait_for_timeout(SETTLE_MS)
    figures = {"start": ours[1:], "stop": stops[1:], "floor": floor[1:]}  # the first pays for the browser's own audio
    found: dict[str, Any] = {"times": times, "limit_ms": LIMIT_MS, "first_ms": round(ours[0], 1)}
    for name, readings in figures.items():
        found |= {f"{name}_p50_ms": round(percentile(readings, 0.5), 1)}
        found |= {f"{name}_p95_ms": round(percentile(readings, 0.95), 1)}
    return found


def _heard(page: Page, button: Locator) -> float:
    page.evaluate("() => window.benchHeard()")
    _touch(page, button)
    return float(page.evaluate("() => window.heard"))


def _silent(page: Page, button: Locator) -> float:
    page.evaluate("() => window.benchSilent()")
    _touch(page, button)
    return float(page.evaluate("() => window.silent"))


def _touch(page: Page, button: Locator) -> None:
    button.wait_for(state="attached")
    box = button.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
