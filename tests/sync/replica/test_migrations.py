"""Migrations: the schema is the models', an existing file is migrated, half a migration is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from sync.change import Change
from sync.errors import StorageError
from sync.fields import Fields
from sync.records import record_registry
from sync.replica import meta, outbox, schema
from sync.replica.database import ReplicaDatabase
from sync.replica.tables import replica_registry

KEY = bytes(32)
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("event") as batch:
        batch.add_column(sa.Column("language", sa.String(), nullable=False, server_default="fr"))
    op.execute("UPDATE replica_meta SET value = 'moved' WHERE key = 'test'")
    {more}
"""


def opened(folder: Path) -> ReplicaDatabase:
    return ReplicaDatabase.open(folder / "replica.db", KEY, reserve_bytes=4096)


@pytest.fixture
def existing(tmp_path: Path) -> ReplicaDatabase:
    database = opened(tmp_path)
    schema.migrate(database)
    with database.write() as connection:
        meta.write(connection, "test", "kept")
    database.close()
    return opened(tmp_path)


def versions(folder: Path, more: str = "") -> Path:
    place = folder / "versions"
    place.mkdir()
    (place / "v9999_next.py").write_text(NEXT.format(more=more))
    return place


def test_the_migrated_schema_is_the_one_the_models_declare(existing: ReplicaDatabase) -> None:
    with existing.read() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, [record_registry.metadata, replica_registry.metadata]) == []  # type: ignore[arg-type]
    existing.close()


def test_an_existing_file_is_migrated_with_its_data(existing: ReplicaDatabase, tmp_path: Path) -> None:
    place = versions(tmp_path)
    schema.migrate(existing, more_versions=(place,))
    with existing.read() as connection:
        assert "language" in {column["name"] for column in inspect(connection).get_columns("event")}
        assert meta.read(connection, "test") == "moved"
    schema.migrate(existing, more_versions=(place,))
    existing.close()


def test_what_waited_to_be_sent_is_turned_into_the_form_that_travels(tmp_path: Path) -> None:
    """And back, for whoever must go back to the version before."""
    database = opened(tmp_path)
    schema.migrate(database)
    said = {
        "whole": Fields("0" * 20, {"state": "requested", "wishes": ["a", "é"]}),
        "seen": Fields("1" * 20, {"language": "ar", "gone": True}, {"gone": "2" * 20}),
        "apart": Fields({"a": "3" * 20, "b": "4" * 20}, {"a": 1, "b": None}),
        "emptied": Fields({}, {}),
    }
    config = Config()
    config.set_main_option("script_location", str(schema.HOME))
    with database.write() as connection:
        meta.write(connection, meta.INCARNATION, "i")
        for key, one in said.items():
            stamps, before = one.by_field(), one.before_by_field()
            changes = [Change(name, value, stamps[name], before.get(name)) for name, value in one.values.items()]
            outbox.append(connection, ("booking", "s", key), changes, sealed=None, written_ms=0)
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0004")
        before_all = dict(connection.execute(text("SELECT id, fields FROM replica_outbox")).all())  # type: ignore[arg-type]
        assert json.loads(before_all["seen"])["gone"] == [True, "1" * 20, "2" * 20]
        command.upgrade(config, "head")
        assert {one.key[2]: one.said for one in outbox.waiting(connection)} == said
    database.close()


def test_a_migration_that_fails_half_way_changes_nothing(existing: ReplicaDatabase, tmp_path: Path) -> None:
    place = versions(tmp_path, more="raise ZeroDivisionError")
    with pytest.raises(ZeroDivisionError):
        schema.migrate(existing, more_versions=(place,))
    with existing.read() as connection:
        assert "language" not in {column["name"] for column in inspect(connection).get_columns("event")}
        assert meta.read(connection, "test") == "kept"
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "0010"
    existing.close()


def test_a_database_of_a_newer_version_is_refused(existing: ReplicaDatabase, tmp_path: Path) -> None:
    schema.migrate(existing, more_versions=(versions(tmp_path),))
    with pytest.raises(StorageError, match="plus récente"):
        schema.migrate(existing)
    existing.close()


def test_migrations_refuse_any_other_connection() -> None:
    config = Config()
    config.set_main_option("script_location", str(schema.HOME))
    config.set_main_option("path_separator", "newline")
    with pytest.raises(StorageError, match="point-contact terminal"):
        command.upgrade(config, "head")
    engine = create_engine("sqlite://")
    with engine.connect() as plain:
        config.attributes["connection"] = plain
        with pytest.raises(StorageError, match="pas chiffrée"):
            command.upgrade(config, "head")
    engine.dispose()
