"""Our hub as it is served, with the benchmark's kinds of record known to it. ``HOME PORT [PROFILE]``.

Everything is on: ``point-contact hub serve`` itself runs here, after the kinds and their tables were added.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path

from tests.bench import profiling, record_kind

record_kind.register()

from sync.command import run  # noqa: E402  (the ends read the kinds when they are imported)
from sync.hub import checking, sealed_texts  # noqa: E402
from sync.hub.database import HubDatabase  # noqa: E402
from sync.hub.database_place import database_of  # noqa: E402
from sync.hub.exchange import Exchange  # noqa: E402


def prepare(home: Path) -> None:
    """Adds what the product knows of its own kinds."""
    for known, states in ((checking.TERMINAL_STATES, {"kept"}), (sealed_texts.ENDED_STATES, set())):
        assert isinstance(known, dict)
        known[record_kind.SEALED] = frozenset(states)
    with closing(HubDatabase.open(database_of(home))) as database, database.write() as connection:
        record_kind.make_tables(connection)


if __name__ == "__main__":
    os.umask(0o077)
    prepare(Path(sys.argv[1]))
    profiling.watch(Exchange, "answer")
    profiling.begin(sys.argv[3] if len(sys.argv) > 3 else None)
    status = run(["hub", "serve", "--home", sys.argv[1], "--port", sys.argv[2]])
    profiling.end()
    sys.exit(status)
