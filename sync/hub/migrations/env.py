"""Alembic's environment. It runs on the program's own connection only, never on an URL."""

from __future__ import annotations

from alembic import context

from sync.hub.tables import HubTable
from sync.records import RecordTable

connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("run migrations with « point-contact hub migrate »")

context.configure(
    connection=connection,
    target_metadata=[RecordTable.metadata, HubTable.metadata],
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
