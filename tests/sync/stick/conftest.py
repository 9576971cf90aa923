"""A stage for sticks: enrolled once, copied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.replica.terminal import Terminal
from tests.sync.replica.test_the_real_hub import RealHub
from tests.sync.stick.journeys import World, a_copy_of


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The homes of a hub and of its terminal, to be copied: enrolling costs more than most tests."""
    folder = tmp_path_factory.mktemp("prepared")
    world = World(RealHub(folder / "hub"), folder)
    world.terminal("terminal")
    world.close()
    return folder


@pytest.fixture
def world(prepared: Path, tmp_path: Path) -> Iterator[World]:
    made = a_copy_of(prepared, tmp_path)
    yield made
    made.close()


@pytest.fixture
def terminal(world: World) -> Terminal:
    return world.open("terminal")
