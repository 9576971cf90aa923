"""What our hub holds of the benchmark's records: the hub's side of ``count`` and ``dump``. ``HOME``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.bench import record_kind

record_kind.register()

from sync.hub import conflicts  # noqa: E402  (the ends read the kinds when they are imported)
from sync.hub.database import HubDatabase, table_of  # noqa: E402
from sync.records import TABLES  # noqa: E402
from tests.bench.answering import serve  # noqa: E402
from tests.bench.record_kind import PLAIN, SEALED, from_fields  # noqa: E402


class OurRecords:
    """The database of a hub, read beside it."""

    def __init__(self, home: Path) -> None:
        self.path = home / "hub.db"

    def count(self) -> int:
        """How many records of the benchmark the hub holds."""
        with closing(HubDatabase.open(self.path, migrate=False)) as database, database.read() as connection:
            return sum(len(connection.execute(table_of(TABLES[kind]).select()).all()) for kind in (PLAIN, SEALED))

    def dump(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """The records, each with what the hub's journal keeps of it."""
        wanted = set(ids)
        with closing(HubDatabase.open(self.path, migrate=False)) as database, database.read() as connection:
            rows = connection.execute(table_of(TABLES[PLAIN]).select()).mappings().all()
            journal = conflicts.read_journal(connection)
        lost: dict[str, dict[str, list[Any]]] = {}
        for line in journal:
            lost.setdefault(line.record_id, {}).setdefault(line.field, []).append(line.lost_value)
        held = {row["id"]: from_fields(row["id"], dict(row)) for row in rows if row["id"] in wanted}
        return [{**record, "_lost": lost.get(record_id, {})} for record_id, record in held.items()]


if __name__ == "__main__":
    held = OurRecords(Path(sys.argv[1]))
    serve({"count": held.count, "dump": held.dump})
