"""One contract, two engines: the tests of these files run on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sync.hub.database import POSTGRESQL, SQLITE
from tests.sync.hub.stand import running_on

CONTRACT = frozenset({
    "test_exchange", "test_ingest", "test_grants", "test_takes", "test_bookings", "test_moves", "test_courier",
    "test_retention", "test_fleet", "test_seats", "test_frozen", "test_early", "test_quarantine", "test_redrawn",
})  # fmt: skip


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.module.__name__.rpartition(".")[2] in CONTRACT:
        metafunc.parametrize("engine", [SQLITE, POSTGRESQL], indirect=True)


@pytest.fixture(autouse=True)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The engine on which the hubs of a test are."""
    chosen = getattr(request, "param", SQLITE)
    with running_on(chosen):
        yield chosen
