"""The states around a visit, drawn in this process: each says what it is known by, so that no picture shows another."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.bench.drawing import NotDrawn, State, Unhurried, costs_ms
from tests.browser import moments
from tests.browser.leads import Step, see
from tests.browser.world import World
from tests.kiosk.screens.test_journeys import SIZES
from tests.kiosk.screens.test_journeys import a_visit as visit_of


def draw(world: World, name: str, prepare: moments.Prepare, steps: tuple[Step, ...], size: str) -> None:
    asyncio.run(costs_ms(State(name, prepare, steps, world.kiosk), visit_of("/", size=size).look, 1))


@pytest.mark.parametrize("size", SIZES)
def test_every_state_around_a_visit_says_the_words_that_it_is_known_by(tmp_path: Path, size: str) -> None:
    world = World(tmp_path, kiosk=Unhurried)
    drawn = []
    for part in (moments.empty, moments.others):
        for name, prepare in part(world):
            drawn.append(name)
            draw(world, name, prepare, moments.AFTER[name], size)
            world.kiosk.terminal.store.drop_holds()
    world.close()
    assert sorted(drawn) == sorted(moments.AFTER)


def test_a_state_that_says_something_else_is_not_taken_for_drawn(tmp_path: Path) -> None:
    world = World(tmp_path, kiosk=Unhurried)
    offers = State("offers", moments.at("/offres"), (see("Aucun événement annoncé"),), world.kiosk, looks=2)
    with pytest.raises(NotDrawn, match="Aucune offre sur cette borne"):
        asyncio.run(costs_ms(offers, visit_of("/").look, 1))
    world.close()
