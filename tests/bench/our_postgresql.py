"""A PostgreSQL server for as long as this program runs: the one of the tests, where one is installed.

Questions, one a line (``tests/bench/answering.py``)::

    open   {}      the address of a new, empty database
    pid    {}      the process of the server, whose descendants do its work
"""

from __future__ import annotations

from tests import postgresql
from tests.bench.answering import serve


def _pid() -> int:
    return postgresql.server().process.pid


if __name__ == "__main__":
    serve({"open": postgresql.an_empty_database, "pid": _pid})
