"""Every journey with the line up, away and cut, on three screens, in three languages and two looks.

By touch, by keyboard alone, by ear. Every two of these meet at least once.

The full product is in ``make soak`` (``python -m tests.browser.every_row``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

import pytest

from tests.browser.chromium import SIZES
from tests.browser.matrix import FALLS_LATER, HANDS, JOURNEYS, LANGUAGES, LOOKS, Row, before, chosen, everything, pairs
from tests.browser.person import Person
from tests.browser.scene import NETWORKS, Scene, set_up
from tests.browser.window.pages import Pages
from tests.browser.window.test_from_the_kiosk import site
from tests.stage import Stage

__all__ = ["site"]
FACTORS = {"journey": tuple(JOURNEYS), "network": NETWORKS, "size": tuple(SIZES), "language": LANGUAGES, "look": LOOKS,
           "hand": tuple(HANDS)}  # fmt: skip


@pytest.fixture(scope="module")
def scene(prepared: Stage, site: Pages, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """One for all rows: what a visit leaves, the next one finds."""
    with set_up(prepared, site, tmp_path_factory.mktemp("scene")) as made:
        yield made


def test_every_two_circumstances_meet() -> None:
    rows = pairs()
    for one, other in combinations(FACTORS, 2):
        met = {(getattr(row, one), getattr(row, other)) for row in rows}
        assert met == {(left, right) for left in FACTORS[one] for right in FACTORS[other]}, (one, other)
    assert len(rows) == len(JOURNEYS) * len(NETWORKS), "and in no more rows than two of them need"
    assert set(rows) < set(everything())


@pytest.mark.parametrize("row", chosen(), ids=lambda row: row.id)
def test_a_journey_ends_well(row: Row, scene: Scene, visitor: Callable[..., Person]) -> None:
    if scene.down:
        scene.comes_back()
    before(row, scene, visitor)
    person = visitor(row.size, language=row.language, look=row.look, kind=HANDS[row.hand])
    scene.begins(person, row.network, falls_later=row.journey in FALLS_LATER)
    JOURNEYS[row.journey](person, scene)
    person.page.close()
