"""One small JSON value a site and name, among the single values of the hub: for lists too short for a table."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection

from sync.hub.database import read_meta, write_meta


def read(connection: Connection, name: str, site_id: str) -> Any:
    """The value of a site, ``None`` when none was written."""
    text = read_meta(connection, f"{name}/{site_id}")
    return None if text is None else json.loads(text)


def write(connection: Connection, name: str, site_id: str, value: object) -> None:
    """Puts another value in its place."""
    write_meta(connection, f"{name}/{site_id}", json.dumps(value))
