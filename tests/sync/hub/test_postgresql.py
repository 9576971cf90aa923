"""What is particular to PostgreSQL: what is refused at the door, and errors that are sentences without values."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from sync.errors import DiskFull, InvalidInput, Refused, StorageError
from sync.hub import feed, postgresql, upkeep
from sync.hub.backup import make_backup, restore
from sync.hub.database import HubDatabase, insert_all, read_meta, table_of, upsert, write_meta
from sync.hub.database_place import NAME, database_of
from sync.hub.tables import HubTable, Lock, Meta
from sync.records import RecordTable
from tests import postgresql as server
from tests.sync.hub.stand import ADMIN, SITE, Stand, hub_in, running_on


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with running_on("postgresql"), hub_in(tmp_path / "hub") as stand:
        yield stand


@pytest.fixture
def empty() -> Iterator[str]:
    """The address of an empty database."""
    url = server.an_empty_database()
    yield url
    server.drop(url)


def refuse(hub: Stand, statement: str) -> Exception:
    """What is raised when a statement fails inside a writing transaction."""
    with pytest.raises((StorageError, Refused)) as raised, hub.database.write() as connection:
        connection.execute(text(statement))
    return raised.value


def test_the_migrated_schema_is_the_declared_one_and_has_no_sequence(hub: Stand) -> None:
    with hub.database.read() as connection:
        context = MigrationContext.configure(connection)
        metadata = [RecordTable.metadata, HubTable.metadata]
        assert compare_metadata(context, metadata) == []  # type: ignore[arg-type]
        assert connection.execute(text("SELECT count(*) FROM pg_sequences")).scalar() == 0
        assert len(connection.execute(table_of(Lock).select()).all()) == postgresql.LOCKS


def test_opening_an_empty_database_makes_it_one_and_opening_again_changes_nothing(empty: str) -> None:
    generations = []
    for _ in range(2):
        with closing(HubDatabase.open(empty)) as database, database.read() as connection:
            generations.append(feed.read_generation(connection))
    assert generations[0] == generations[1]


def test_a_base_of_a_newer_version_is_left_alone(hub: Stand) -> None:
    with hub.database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match="version plus récente"):
        HubDatabase.open(database_of(hub.home))


def test_a_base_of_other_letters_is_refused() -> None:
    name = "other_letters"
    server.server().run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    with pytest.raises(StorageError, match="--locale=C"):
        HubDatabase.open(server.server().url(name))
    server.drop(server.server().url(name))


@pytest.mark.parametrize("spoilt", ["synchronous_commit = off"])
def test_a_server_that_acknowledges_what_it_may_lose_is_refused(empty: str, spoilt: str) -> None:
    name = empty.partition("?")[0].rpartition("/")[2]
    server.server().run(f"ALTER DATABASE {name} SET {spoilt}")
    with pytest.raises(StorageError, match="synchronous_commit"):
        HubDatabase.open(empty)


def test_a_server_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="ne répond pas"):
        HubDatabase.open(f"postgresql://nobody@/hub?host={tmp_path}")
    with pytest.raises(StorageError, match="ne répond pas"):
        HubDatabase.open(server.server().url("no_such_database"))


@pytest.mark.parametrize(
    ("code", "kind", "words"),
    [
        ("53100", DiskFull, "libérez de la place"),
        ("40P01", Refused, "occupé"),
        ("40001", Refused, "occupé"),
        ("53300", Refused, "occupé"),
        ("25006", StorageError, "lecture seule"),
        ("57P01", StorageError, "ne répond pas"),
        ("XX001", StorageError, "abîmée"),
        ("23505", StorageError, "n’a rien changé"),
    ],
)
def test_what_the_server_says_becomes_our_sentence(hub: Stand, code: str, kind: type[Exception], words: str) -> None:
    """The server itself raises the code; nothing of its own words is kept."""
    raised = refuse(hub, f"DO $$ BEGIN RAISE EXCEPTION 'Nadège Roux' USING ERRCODE = '{code}'; END $$")
    assert isinstance(raised, kind)
    assert words in str(raised)
    assert "Nadège" not in repr(raised.__cause__) + str(raised.__cause__)
    assert raised.__suppress_context__


def test_no_value_travels_in_an_error(hub: Stand) -> None:
    rows = [{"key": "Nadège Roux", "value": "1"}, {"key": "Nadège Roux", "value": "2"}]
    with pytest.raises(StorageError) as refused, hub.database.write() as connection:
        insert_all(connection, table_of(Meta), rows)
    told: BaseException | None = refused.value
    while told is not None:
        assert "Nadège" not in str(told) + repr(told)
        told = told.__cause__


def test_a_connection_that_is_cut_is_said_and_the_next_one_works(hub: Stand) -> None:
    def cut() -> None:
        with hub.database.write() as connection:
            write_meta(connection, "kept", "no")
            mine = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with psycopg.connect(str(database_of(hub.home)), autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (mine,))
            write_meta(connection, "kept", "still no")

    with pytest.raises(StorageError, match="ne répond pas"):
        cut()
    with hub.database.write() as connection:
        assert read_meta(connection, "kept") is None
        write_meta(connection, "kept", "yes")
    terminal = hub.enrol()
    assert terminal.round([terminal.registration()]).applied_through == 1


def test_a_terminal_is_told_to_come_back_when_the_server_stops_under_it(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round()
    with psycopg.connect(str(database_of(hub.home)), autocommit=True) as other:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
        other.execute(f"{others} pg_backend_pid()".encode())
    operations = [terminal.registration()]
    refusal = terminal.refused(operations)
    assert (refusal.code, "rien" in refusal.message) == ("busy", True)
    while True:  # one connection of each pool may still be found cut
        request = terminal.signed(terminal.body(operations))
        if hub.exchange.answer(request).status == 200:
            break
    assert terminal.round().applied_through == 1


def test_an_upsert_takes_the_last_of_two_and_does_not_mind_any_letter(hub: Stand) -> None:
    odd = "l’été à « Nîmes » \\ \" ' % :x {y} \u2028 \U0001f6c8 \\u0000"
    with hub.database.write() as connection:
        upsert(connection, table_of(Meta), [{"key": "a", "value": "1"}, {"key": "a", "value": odd}])
        upsert(connection, table_of(Meta), [])
        upsert(connection, table_of(Lock), [{"no": 0}])
    with hub.database.read() as connection:
        assert read_meta(connection, "a") == odd


def test_a_letter_of_number_zero_is_rejected_alone_and_never_blocks_the_queue(hub: Stand) -> None:
    terminal, slot_id = hub.enrol(), hub.add_slot()
    good, bad = terminal.registration(), terminal.booking(slot_id, needs=["a\0b"])
    worse = terminal.booking("0197\0")
    reply = terminal.round([good, bad, worse, terminal.booking(slot_id)])
    outcomes = [(one.outcome, one.code) for one in reply.receipts]
    assert outcomes == [("applied", None), ("rejected", "invalid"), ("rejected", "invalid"), ("applied", None)]


def test_reading_is_only_reading(hub: Stand) -> None:
    with pytest.raises(StorageError, match="lecture seule"), hub.database.read() as connection:
        write_meta(connection, "kept", "no")


def test_upkeep_is_run_by_one_program_at_a_time(hub: Stand) -> None:
    with hub.database.write() as connection:
        write_meta(connection, upkeep.NAME, str(hub.clock()))
    assert not upkeep.keep_up(hub.database, hub.clock() + 1000)
    assert upkeep.keep_up(hub.database, hub.clock() + upkeep.ALONE_MS), "whoever began it did not come to its end"
    assert upkeep.keep_up(hub.database, hub.clock() + upkeep.ALONE_MS + 1)


def test_a_hub_on_a_file_moves_to_a_server_with_everything_and_is_not_made_twice(tmp_path: Path, empty: str) -> None:
    with hub_in(tmp_path / "file") as hub:
        terminal, slot_id = hub.enrol(), hub.add_slot()
        booked = terminal.booking(slot_id)
        terminal.round([booked])
        hub.clock.ms += 1000
        backup = make_backup(hub.database, hub.keys, hub.clock(), ADMIN)
    since = terminal.registration()
    restored = restore(hub.home, hub.keys, backup.path, hub.clock(), ADMIN, address=empty)
    assert (hub.home / NAME).read_text().strip() == empty
    assert not (hub.home / "hub.db").exists()
    assert restored.replaced is not None
    assert restored.replaced.exists()
    with closing(HubDatabase.open(database_of(hub.home))) as database:
        assert database.path is None
        moved = Stand(hub.home, hub.clock, hub.keys, database, hub.exchange, hub.random).reopened()
    terminal.hub = moved
    assert terminal.round([since]).generation == restored.generation
    assert moved.read("booking", booked.id, SITE)["state"] == "confirmed"
    moved.close()
    with hub_in(tmp_path / "other") as other:
        other.clock.ms += 2000
        theirs = make_backup(other.database, other.keys, other.clock(), ADMIN)
        with pytest.raises(InvalidInput, match="tient déjà un hub"):
            restore(other.home, other.keys, theirs.path, other.clock(), ADMIN, address=empty)


def test_a_restore_waits_for_every_other_program_to_stop(hub: Stand) -> None:
    hub.clock.ms += 1000
    backup = make_backup(hub.database, hub.keys, hub.clock(), ADMIN)
    with pytest.raises(InvalidInput, match="arrêtez-les tous"):
        restore(hub.home, hub.keys, backup.path, hub.clock(), ADMIN)
