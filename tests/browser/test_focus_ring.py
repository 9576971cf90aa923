"""The ring of focus is for whoever goes on by keys: a touch never leaves one, Tab shows one."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.person import Person
from tests.stage import Stage

RING_PX = 8
TABS_MAX = 12


def _around(person: Person, name: str) -> bytes:
    """What is seen of a button and of the place of its ring, once the screen is painted."""
    person.painted()
    box = person.button(name, exact=True).first.bounding_box()
    assert box is not None
    clip = {
        "x": box["x"] - RING_PX,
        "y": box["y"] - RING_PX,
        "width": box["width"] + 2 * RING_PX,
        "height": box["height"] + 2 * RING_PX,
    }
    return person.page.screenshot(clip=clip)  # type: ignore[arg-type]


def test_a_touch_leaves_no_ring_and_tab_shows_one(stage: Stage, visitor: Callable[..., Person]) -> None:
    person = visitor("portrait")
    person.opens(stage.kiosk_url)
    person.begins()
    untouched = _around(person, "Terminer")
    person.touch("Terminer", exact=True)
    person.is_at("Terminer maintenant ?")
    assert _around(person, "Terminer") == untouched

    for _ in range(TABS_MAX):
        person.page.keyboard.press("Tab")
        if _around(person, "Terminer") != untouched:
            break
    assert _around(person, "Terminer") != untouched
