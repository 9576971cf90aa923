"""One contract, two engines: the tests of these files run on SQLite and on a real PostgreSQL.

Not those that search at random, which try hundreds of hubs and would cost minutes on a server, nor those about a file;
and of a test with many cases the first one only, on the server.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import is_hypothesis_test

from sync.hub.database import POSTGRESQL, SQLITE
from tests.sync.hub.stand import running_on

CONTRACT = frozenset({
    "test_backup", "test_bookings", "test_courier", "test_early", "test_exchange", "test_feed", "test_fleet",
    "test_grants", "test_ingest", "test_moves", "test_quarantine", "test_receipts", "test_redrawn", "test_retention",
    "test_seats", "test_takes", "test_writers",
})  # fmt: skip
OF_A_SERVER = frozenset({"test_a_sequence_in_the_place_of_the_counter_skips_rows"})
OF_A_FILE = frozenset({"test_a_hub_whose_database_is_ruined_is_restored_all_the_same"})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    name = metafunc.function.__name__
    if metafunc.module.__name__.rpartition(".")[2] not in CONTRACT or is_hypothesis_test(metafunc.function):
        return
    engines = [SQLITE] * (name not in OF_A_SERVER) + [POSTGRESQL] * (name not in OF_A_FILE)
    metafunc.parametrize("engine", engines, indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    seen: set[str] = set()
    left_out: list[pytest.Item] = []
    for item in items:
        name = item.nodeid.partition("[")[0]
        if getattr(getattr(item, "callspec", None), "params", {}).get("engine") != POSTGRESQL:
            continue
        (left_out.append(item) if name in seen else seen.add(name))
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        gone = set(left_out)
        items[:] = [item for item in items if item not in gone]


@pytest.fixture(autouse=True)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The engine on which the hubs of a test are."""
    chosen = getattr(request, "param", SQLITE)
    with running_on(chosen):
        yield chosen
