"""The application, and the durability that every side of the benchmark gives its SQLite."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created


def write_ahead(connection: Any, **_told: Any) -> None:
    """Django's own default is a rollback journal."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")


class ContactConfig(AppConfig):  # type: ignore[misc]
    """The application."""

    name = "tests.bench.peers.morango_site.contact"
    label = "contact"

    def ready(self) -> None:
        """Called by Django once."""
        connection_created.connect(write_ahead, weak=False)
