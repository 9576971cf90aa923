"""Debian's Chromium, driven by Playwright, and the clock inside the page that measures what a person waits for.

Times are taken in the page itself, from the touch to the frame that follows the next screen's words entering the
accessibility tree (or the document, for the static page): a MutationObserver tells, nothing is polled, and
Playwright's own way costs nothing. The same clock runs on every side.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sync.errors import PointContactError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

WIDTH_PX, HEIGHT_PX = 1080, 1920
TIMEOUT_MS = 20_000
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-prefers-reduced-motion",
    "--js-flags=--min-semi-space-size=64 --max-semi-space-size=64",  # as the terminal's own Chromium (kiosk/browser.py)
)  # fmt: skip
CLOCK = """
(() => {
  const wake = () => {
    const placeholder = document.querySelector('flt-semantics-placeholder');
    if (placeholder) placeholder.click(); else setTimeout(wake, 20);
  };
  window.addEventListener('flutter-first-frame', wake, { once: true });
  const seen = (words) => {
    const root = document.querySelector('flt-semantics-host') || document.body;
    if (!root) return false;
    if (root.textContent.includes(words)) return true;
    return [...root.querySelectorAll('[aria-label]')].some((node) => node.getAttribute('aria-label').includes(words));
  };
  let from = 0;
  window.addEventListener('pointerdown', () => { from = performance.now(); }, true);
  // Told by the document itself at the change, then taken at the frame that shows it: nothing is polled.
  window.benchWait = (words) => new Promise((resolve) => {
    const shown = () => requestAnimationFrame(() => resolve(performance.now() - from));
    const watch = new MutationObserver(() => { if (seen(words)) { watch.disconnect(); shown(); } });
    watch.observe(document, { subtree: true, childList: true, characterData: true, attributeFilter: ['aria-label'] });
    if (seen(words)) { watch.disconnect(); shown(); }
  });
  window.benchWatch = (words) => { window.benchShown = window.benchWait(words); };
})();
"""


@contextmanager
def chromium(path: str | None) -> Iterator[Browser]:
    """A headless Chromium. Raises PointContactError when it, or Playwright, is not installed."""
    found = path or shutil.which("chromium")
    if found is None:
        raise PointContactError("Chromium manque : lancez « apt-get install chromium », puis recommencez.")
    try:
        from playwright.sync_api import Error as PlaywrightError  # noqa: PLC0415
        from playwright.sync_api import sync_playwright  # noqa: PLC0415  (only the benchmark needs it)
    except ModuleNotFoundError as error:
        raise PointContactError("Playwright manque : lancez « make install », puis recommencez.") from error
    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
            yield browser
            browser.close()
        except PlaywrightError as error:
            raise PointContactError(
                "Un écran attendu n’est pas venu pendant la mesure : lancez « make test » pour voir lequel "
                f"({error.message.splitlines()[-1].strip()})."
            ) from error


@contextmanager
def visit(browser: Browser) -> Iterator[Page]:
    """A page with an empty profile, as tall as a terminal's screen."""
    context = browser.new_context(viewport={"width": WIDTH_PX, "height": HEIGHT_PX}, locale="fr-FR")
    context.set_default_timeout(TIMEOUT_MS)
    context.add_init_script(CLOCK)
    try:
        yield context.new_page()
    finally:
        context.close()


def open_page(page: Page, url: str, words: str) -> float:
    """Opens an address; returns the milliseconds from navigation to ``words`` being visible."""
    page.goto(url, wait_until="commit")
    return float(page.evaluate("(words) => window.benchWait(words)", words))


def tap(page: Page, target: Locator, words: str) -> float:
    """Touches ``target``; returns the milliseconds from the touch to ``words`` being visible."""
    target.wait_for(state="attached")
    box = target.bounding_box()
    assert box is not None
    page.evaluate("(words) => window.benchWatch(words)", words)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    return float(page.evaluate("() => window.benchShown"))
