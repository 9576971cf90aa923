"""Brings a replica's database to the newest schema, in one transaction, each time it is opened."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, inspect, text

from sync.errors import StorageError
from sync.replica.database import ReplicaDatabase

HOME = Path(__file__).with_name("migrations")


def migrate(database: ReplicaDatabase, *, more_versions: tuple[Path, ...] = ()) -> None:
    """Runs the missing migrations; all of them or none.

    Args:
        database: the open database.
        more_versions: further folders of migrations.

    Raises:
        StorageError: the database was written by a newer version of the program.
    """
    head = _head(more_versions)
    with database.read() as connection:
        held = _revision(connection)
    if held == head:
        return
    config = _config(more_versions)
    with database.write(urgent=True) as connection:
        if _revision(connection) == head:
            return  # another program of this home was faster
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise StorageError(
                "La base de la borne vient d’une version plus récente du logiciel : mettez la borne à jour."
            ) from error


@cache  # reading every migration takes longer than opening the database
def _head(more_versions: tuple[Path, ...]) -> str | None:
    return ScriptDirectory.from_config(_config(more_versions)).get_current_head()


def _config(more_versions: tuple[Path, ...]) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HOME))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(str, (HOME / "versions", *more_versions))))
    return config


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    value = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if value is None else str(value)
