"""Flutter's renderer: one thread, no picture before the answer to a touch; when it traps the visit goes on."""

from __future__ import annotations

import signal
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.journeys import to_the_birth_name
from tests.browser.person import Person
from tests.stage import Stage

TRAP = """setTimeout(new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 116, 0, 0, 10, 5, 1, 3, 0, 0, 11,
]))).exports.t)"""
"""Runs a WebAssembly function whose only instruction is ``unreachable``: the page is told of every trap this way."""
WATCH = """() => {
  const kind = ImageBitmapRenderingContext.prototype, put = kind.transferFromImageBitmap;
  let touched = 0;
  window.firstPicture = null;
  kind.transferFromImageBitmap = function (picture) {
    if (touched && window.firstPicture === null) window.firstPicture = performance.now() - touched;
    return put.call(this, picture);
  };
  window.addEventListener('click', () => { touched = performance.now(); window.firstPicture = null; }, true);
}"""
"""Notes how long after the last touch the first picture was put on the glass, in milliseconds."""
ANSWER_MS = 150
"""How long pictures wait for the answer (kiosk.js)."""
NAME = "Zyzzyva"


def test_the_picture_is_drawn_on_one_thread(stage: Stage, visitor: Callable[..., Person]) -> None:
    person = visitor("landscape")
    person.opens(stage.kiosk_url)
    assert not person.page.evaluate("self.crossOriginIsolated"), "with shared memory, Flutter draws on a second thread"
    assert person.page.workers == []


def test_after_a_touch_pictures_wait_for_the_answer_but_not_for_ever(
    stage: Stage, visitor: Callable[..., Person]
) -> None:
    """The invisible ripple of a touch would be two whole pictures in its way (docs/decisions/0033)."""
    person = visitor("landscape")
    person.opens(stage.kiosk_url)
    person.begins()
    person.painted()
    person.page.evaluate(WATCH)
    terminal = stage.running[-1].process
    terminal.send_signal(signal.SIGSTOP)
    try:
        person.button("Rendez-vous vidéo").first.click()
        person.page.wait_for_function("() => window.firstPicture !== null", polling=100)
    finally:
        terminal.send_signal(signal.SIGCONT)
    assert person.page.evaluate("window.firstPicture") >= ANSWER_MS
    person.is_at("De quoi voulez-vous parler ?")


def test_a_renderer_that_traps_does_not_end_the_visit(stage: Stage, visitor: Callable[..., Person]) -> None:
    person = visitor("portrait")
    person.opens(stage.kiosk_url)
    person.begins()
    to_the_birth_name(person)
    person.types(NAME)
    visit = person.page.evaluate("sessionStorage.getItem('_flet_session_id')")
    with person.page.expect_event("pageerror"), person.page.expect_event("load"):
        person.page.evaluate(TRAP)
    person.is_at("Quel est votre nom de naissance ?")
    assert person.page.evaluate("sessionStorage.getItem('_flet_session_id')") == visit
    person.box().click()
    expect(person.box()).to_have_value(NAME)
    person.touch("Continuer", exact=True)
    person.is_at("Avez-vous un nom d’usage ?")
