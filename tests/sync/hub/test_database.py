"""The hub's database: one writer, durable, and errors that are sentences without values."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from sync.errors import DiskFull, InvalidInput, Refused, StorageError
from sync.hub.database import MIGRATIONS, SCHEMA_HEAD, HubDatabase, read_meta, table_of, upsert, write_meta
from sync.hub.tables import HubTable, Meta
from sync.records import RecordTable
from tests.sync.hub.stand import hub_in


@pytest.fixture
def database(tmp_path: Path) -> Iterator[HubDatabase]:
    opened = HubDatabase.open(tmp_path / "hub.db", busy_timeout_s=0.3)
    yield opened
    opened.close()


def test_the_migrated_schema_is_the_declared_one(database: HubDatabase) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection)
        metadata = [RecordTable.metadata, HubTable.metadata]
        assert compare_metadata(context, metadata) == []  # type: ignore[arg-type]


def test_the_head_known_to_the_program_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == SCHEMA_HEAD


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "hub.db"
    first = HubDatabase.open(path)
    with first.read() as connection:
        generation = read_meta(connection, "generation")
    first.close()
    again = HubDatabase.open(f"sqlite:///{path}")
    with again.read() as connection:
        assert read_meta(connection, "generation") == generation is not None
    again.close()


def test_a_base_of_a_newer_version_is_left_alone(database: HubDatabase) -> None:
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match="version plus récente"):
        HubDatabase.open(database.path)


def test_migrating_needs_the_programs_own_connection() -> None:
    from alembic import command  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with pytest.raises(RuntimeError, match="hub migrate"):
        command.upgrade(config, "head")


def test_it_is_durable_and_written_ahead(database: HubDatabase) -> None:
    for transaction in (database.write(), database.read()):
        with transaction as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_what_raises_is_undone(database: HubDatabase) -> None:
    def fail() -> None:
        with database.write() as connection:
            write_meta(connection, "clock", "lost")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as connection:
        assert read_meta(connection, "clock") is None


def test_no_update_is_lost_between_threads(database: HubDatabase) -> None:
    database.busy_timeout_s = 30
    with database.write() as connection:
        write_meta(connection, "count", "0")

    def add() -> None:
        for _ in range(50):
            with database.write() as connection:
                write_meta(connection, "count", str(int(read_meta(connection, "count") or "0") + 1))

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as connection:
        assert read_meta(connection, "count") == "400"


def test_a_reader_sees_one_moment_only(database: HubDatabase) -> None:
    with database.read() as reading:
        assert read_meta(reading, "clock") is None
        with database.write() as connection:
            write_meta(connection, "clock", "later")
        assert read_meta(reading, "clock") is None


def test_another_writer_makes_it_busy(database: HubDatabase) -> None:
    with database.write(), pytest.raises(Refused) as same_program, database.write():
        pass
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Refused) as other_program, database.write():
        pass
    other.close()
    assert {same_program.value.code, other_program.value.code} == {"busy"}
    with database.write() as connection:
        write_meta(connection, "clock", "free again")


def test_a_full_disk_is_a_sentence_and_keeps_what_was_acknowledged(database: HubDatabase) -> None:
    with database.write() as connection:
        write_meta(connection, "kept", "yes")
        connection.exec_driver_sql(
            f"PRAGMA max_page_count = {connection.exec_driver_sql('PRAGMA page_count').scalar()}"
        )
    with pytest.raises(DiskFull, match="libérez de la place"), database.write() as connection:
        write_meta(connection, "too much", "x" * 1_000_000)
    with database.read() as connection:
        assert (read_meta(connection, "kept"), read_meta(connection, "too much")) == ("yes", None)


def test_a_hub_whose_disk_is_full_says_so_and_nothing_is_half_done(tmp_path: Path) -> None:
    with hub_in(tmp_path / "hub") as hub:
        terminal = hub.enrol()
        terminal.round()
        operations = [terminal.registration() for _ in range(400)]
        with hub.database.write() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        assert terminal.refused(operations).code == "disk_full"
        assert [kind for _, kind, _ in hub.feed_of()] == ["site"]
        with hub.database.write() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 100000")
        assert terminal.round(operations).applied_through == 400


def test_no_value_travels_in_an_error(database: HubDatabase) -> None:
    rows = [{"key": "Nadège Roux", "value": "1"}, {"key": "Nadège Roux", "value": "2"}]
    with pytest.raises(StorageError) as refused, database.write() as connection:
        connection.execute(table_of(Meta).insert(), rows)
    told: BaseException | None = refused.value
    while told is not None:
        assert "Nadège" not in str(told)
        assert "Nadège" not in repr(told)
        told = told.__cause__
    assert isinstance(refused.value.__cause__, SQLAlchemyError)


def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(StorageError, match="abîmée"):
        HubDatabase.open(path)


def test_a_home_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        HubDatabase.open(tmp_path / "file" / "hub.db")


@pytest.mark.parametrize("url", ["mysql://localhost/hub", "postgresql://", "sqlite://", "sqlite:///:memory:", "::://"])
def test_an_engine_this_version_does_not_know_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match=r"SQLite|PostgreSQL|lisible"):
        HubDatabase.open(url)


def test_an_upsert_of_a_bare_key_or_of_nothing_is_possible(database: HubDatabase) -> None:
    with database.write() as connection:
        upsert(connection, table_of(Meta), [])
        upsert(connection, table_of(Meta), [{"key": "a", "value": "1"}])
        upsert(connection, table_of(Meta), [{"key": "b", "value": "2"}, {"key": "a", "value": "3"}])
        assert (read_meta(connection, "a"), read_meta(connection, "b")) == ("3", "2")
