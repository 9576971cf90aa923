"""Flutter's renderer: it draws on one thread, and when it traps all the same the visit goes on."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.journeys import to_the_birth_name
from tests.browser.person import Person
from tests.stage import Stage

TRAP = """setTimeout(new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 116, 0, 0, 10, 5, 1, 3, 0, 0, 11,
]))).exports.t)"""
"""Runs a WebAssembly function whose only instruction is ``unreachable``: the page is told of every trap this way."""
NAME = "Zyzzyva"


def test_the_picture_is_drawn_on_one_thread(stage: Stage, visitor: Callable[..., Person]) -> None:
    person = visitor("landscape")
    person.opens(stage.kiosk_url)
    assert not person.page.evaluate("self.crossOriginIsolated"), "with shared memory, Flutter draws on a second thread"
    assert person.page.workers == []


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
