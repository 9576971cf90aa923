"""Alembic's environment: runs only on the application's own encrypted connection.

There is no database address here on purpose: Alembic by itself would open a plaintext file.
"""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from sync.errors import StorageError
from sync.records import record_registry
from sync.replica.tables import replica_registry

connection: Connection | None = context.config.attributes.get("connection")
if connection is None or context.is_offline_mode():
    raise StorageError("Les migrations de la borne passent par la borne elle-même : lancez « point-contact terminal ».")
status = connection.exec_driver_sql("PRAGMA cipher_status")
if not status.returns_rows or str(status.scalar()) != "1":
    raise StorageError("La base à migrer n’est pas chiffrée : rien n’a été changé, prévenez l’administrateur.")

context.configure(
    connection=connection,
    target_metadata=[record_registry.metadata, replica_registry.metadata],
    render_as_batch=True,
)
context.run_migrations()
