"""Named persons, their roles, and a journal in which a change made afterwards is seen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.errors import InvalidInput, Refused
from sync.hub import accounts
from sync.hub.database import HubDatabase

NOW_MS = 1_795_250_000_000
ANNE = "Anne-Lise L’Hôte"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[HubDatabase]:
    opened = HubDatabase.open(tmp_path / "hub.db")
    with opened.write() as connection:
        accounts.add_account(connection, NOW_MS, ANNE, ["administration"], ANNE)
    yield opened
    opened.close()


def test_the_first_account_makes_itself_and_administers(tmp_path: Path) -> None:
    database = HubDatabase.open(tmp_path / "new.db")
    for name, roles, who in ((ANNE, ["lecture"], ANNE), (ANNE, ["administration"], "Bruno")):
        with pytest.raises(InvalidInput, match="se crée lui-même"), database.write() as connection:
            accounts.add_account(connection, NOW_MS, name, roles, who)
    with database.read() as connection:
        assert accounts.list_accounts(connection) == []
    database.close()


def test_only_administration_opens_the_others(database: HubDatabase) -> None:
    with database.write() as connection:
        accounts.add_account(connection, NOW_MS, "Bruno", ["lecture", "instruction"], ANNE)
    with pytest.raises(Refused) as refused, database.write() as connection:
        accounts.add_account(connection, NOW_MS, "Chloé", ["lecture"], "Bruno")
    assert refused.value.code == "role"
    with pytest.raises(Refused) as refused, database.write() as connection:
        accounts.add_account(connection, NOW_MS, "Chloé", ["lecture"], "Personne")
    assert refused.value.code == "account"


@pytest.mark.parametrize("name", ["", " ", "a,b", "une\nligne", "x" * 61])
def test_a_name_that_cannot_be_written_in_the_journal_is_refused(database: HubDatabase, name: str) -> None:
    with pytest.raises(InvalidInput), database.write() as connection:
        accounts.add_account(connection, NOW_MS, name, ["lecture"], ANNE)


def test_an_unknown_role_and_a_name_taken_are_refused(database: HubDatabase) -> None:
    with pytest.raises(InvalidInput, match="rôle"), database.write() as connection:
        accounts.add_account(connection, NOW_MS, "Bruno", ["chef"], ANNE)
    with pytest.raises(InvalidInput, match="existe déjà"), database.write() as connection:
        accounts.add_account(connection, NOW_MS, ANNE, ["lecture"], ANNE)


def test_a_closed_account_may_do_nothing_and_the_last_administrator_stays(database: HubDatabase) -> None:
    with database.write() as connection:
        accounts.add_account(connection, NOW_MS, "Bruno", ["lecture"], ANNE)
        accounts.disable_account(connection, NOW_MS, "Bruno", ANNE)
        with pytest.raises(Refused):
            accounts.require(connection, "Bruno", "lecture")
        with pytest.raises(InvalidInput, match="dernier"):
            accounts.disable_account(connection, NOW_MS, ANNE, ANNE)


def fill(database: HubDatabase) -> None:
    with database.write() as connection:
        for number in range(5):
            accounts.audit(connection, NOW_MS + number, ANNE, "thing.done", f"subject-{number}", "détail")


def test_an_untouched_journal_follows_itself(database: HubDatabase) -> None:
    fill(database)
    with database.read() as connection:
        report = accounts.verify_audit(connection)
    assert (report.lines, report.broken_at) == (6, None)


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        ("UPDATE hub_audit SET who = 'Bruno' WHERE n = 3", 3),
        ("UPDATE hub_audit SET detail = '' WHERE n = 4", 4),
        ("DELETE FROM hub_audit WHERE n = 2", 2),
        ("UPDATE hub_audit SET n = n + 10 WHERE n >= 3", 3),
        ("UPDATE hub_audit SET hash = (SELECT hash FROM hub_audit WHERE n = 1) WHERE n = 5", 5),
    ],
)
def test_a_journal_changed_afterwards_is_seen_at_the_line(database: HubDatabase, fault: str, line: int) -> None:
    fill(database)
    with database.write() as connection:
        connection.exec_driver_sql(fault)
    with database.read() as connection:
        assert accounts.verify_audit(connection).broken_at == line
