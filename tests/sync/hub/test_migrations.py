"""The hub's schema goes up and down again, with what it holds."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config

from sync.hub.database import MIGRATIONS, HubDatabase
from sync.hub.exchange import Exchange
from tests.sync.hub.stand import a_hub
from tests.sync.hub.streams import quiet_digest

NEW_IN_0004 = ("hub_tombstone",)


def migrate(database: HubDatabase, to: str, *, down: bool = False) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.write() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, to)


def tables(database: HubDatabase) -> set[str]:
    with database.read() as connection:
        return set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())


def test_what_time_does_to_trust_goes_down_and_up_with_the_terminals(tmp_path: Path) -> None:
    hub = a_hub(tmp_path / "hub")
    terminal = hub.enrol()
    terminal.round([terminal.registration()])
    migrate(hub.database, "0003", down=True)
    assert not set(NEW_IN_0004) & tables(hub.database)
    migrate(hub.database, "head")
    assert set(NEW_IN_0004) <= tables(hub.database)
    terminal.round([terminal.registration()])
    with hub.database.read() as connection:
        [row] = connection.exec_driver_sql("SELECT incarnation, heard_through FROM hub_terminal").mappings()
        assert row["heard_through"] >= 0
        assert connection.exec_driver_sql("SELECT floor FROM hub_feed_head").scalars().all() == [0]
    hub.close()


def test_every_step_can_be_taken_back(tmp_path: Path) -> None:
    database = HubDatabase.open(tmp_path / "hub.db")
    at_the_head = tables(database)
    migrate(database, "base", down=True)
    assert tables(database) == {"alembic_version"}
    migrate(database, "head")
    assert tables(database) == at_the_head
    database.close()


def test_what_a_terminal_said_is_known_whichever_way_the_schema_goes(tmp_path: Path) -> None:
    hub = a_hub(tmp_path / "hub")
    terminal = hub.enrol()
    said = [terminal.registration() for _ in range(3)]
    terminal.round(said)
    for step in ("0006", "head"):
        migrate(hub.database, step, down=step != "head")
    told = terminal.round(said).receipts
    assert [(one.seq, one.outcome, one.code) for one in told] == [(n, "applied", None) for n in (1, 2, 3)]
    terminal.seq = 1
    [other] = terminal.round([terminal.registration()]).receipts
    assert (other.seq, other.code) == (2, "other_operation")
    hub.close()


def test_records_of_before_are_marked(tmp_path: Path) -> None:
    hub = a_hub(tmp_path / "hub")
    terminal = hub.enrol()
    terminal.round([terminal.registration(), terminal.registration()])
    digest = quiet_digest(terminal)
    migrate(hub.database, "0005", down=True)
    migrate(hub.database, "head")
    hub.exchange = Exchange(hub.database, hub.keys, now_ms=hub.clock)
    assert digest is not None
    assert quiet_digest(terminal) == digest
    hub.close()
