"""Worlds begin from files made before any test plants a fault."""

from __future__ import annotations

import pytest

from tests.simulation.prepared import prepare_all


@pytest.fixture(scope="session", autouse=True)
def beginnings() -> None:
    """Every beginning of a world, made by the code as it is."""
    prepare_all()
