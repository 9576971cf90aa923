"""Our terminal as one process: its encrypted replica, its outbox, its signed rounds.

Records are written by the product's own writer (row, stamps and outbox entry in one transaction), many in one
transaction because a person is not waited for here; a round is the product's own, and everything of it is timed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeVar

from tests.bench import profiling, record_kind

record_kind.register()

from cryptography.hazmat.primitives.asymmetric import mlkem, x25519  # noqa: E402
from sqlalchemy import Connection, func, select  # noqa: E402

from sync import seal as sealing  # noqa: E402
from sync.collecting import collect_rarely  # noqa: E402
from sync.replica import rows  # noqa: E402
from sync.replica.machine import read_machine_secret  # noqa: E402
from sync.replica.round import Rounds  # noqa: E402
from sync.replica.tables import CONFLICTS  # noqa: E402
from sync.replica.terminal import Terminal, enrol  # noqa: E402
from sync.wire import SealingDocument, to_text  # noqa: E402
from tests.bench.answering import serve  # noqa: E402
from tests.bench.record_kind import PLAIN, SEALED, from_fields, to_fields  # noqa: E402
from tests.bench.records import records  # noqa: E402

HYBRID, X25519 = "hybrid", "x25519"
AT_ONCE = 500
YEAR_MS = 365 * 86_400_000
Thing = TypeVar("Thing")


class OurTerminal:
    """The terminal of one home after the other: a program starts once, and each home is opened before it is timed."""

    def __init__(self) -> None:
        self.home, self.secret = Path(), read_machine_secret()
        self._opened: Terminal | None = None

    def go_to(self, home: str, profile: str | None = None) -> None:
        """Closes the terminal that is open; the next one is that of another home. Its profile is written to a file."""
        self.close()
        self.home = Path(home)
        profiling.begin(profile)

    @property
    def terminal(self) -> Terminal:
        """The open terminal, in service for less than an hour since it last looked what to destroy.

        The tables of the benchmark's kinds are made beside its migrations.
        """
        if self._opened is None:
            self._opened = Terminal.open(self.home, self.secret)
            with self._opened.store.writer.transaction(urgent=True) as connection:
                record_kind.make_tables(connection)
            self._opened.store.retention.retain_when_due()
            collect_rarely()
        return self._opened

    def close(self) -> None:
        """Closes the terminal, as at the end of its program."""
        profiling.end()
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def enrol(self, url: str, code: str) -> None:
        """Enrols this home with a one-time code."""
        enrol(self.home, url, code, self.secret, allow_demonstration=True)

    def seed(self, count: int, suite: str | None = None) -> None:
        """Writes the local records; with a suite, each one sealed by itself for the hub."""
        document = None if suite is None else document_of(suite)
        writer, number = self.terminal.store.writer, self.terminal.identity.terminal_no
        for some in in_pieces(records(count)):
            with self._moment() as (connection, now_ms):
                for one in some:
                    record_id, values = str(one["id"]), to_fields(one)
                    if document is None:
                        writer.write(connection, PLAIN, record_id, {**values, "terminal_no": number}, None, now_ms)
                        continue
                    sealed = sealing.seal(document, SEALED, self.terminal.identity.site_id, record_id, values)
                    writer.write(connection, SEALED, record_id, {"terminal_no": number}, sealed, now_ms)

    def edit(self, ids: Sequence[str], values: Mapping[str, Any]) -> None:
        """Sets fields of local records."""
        for some in in_pieces(ids):
            with self._moment() as (connection, now_ms):
                for record_id in some:
                    self.terminal.store.writer.write(connection, PLAIN, record_id, values, None, now_ms)

    @contextmanager
    def _moment(self) -> Iterator[tuple[Connection, int]]:
        now_ms = self.terminal.now_ms()
        with self.terminal.store.writer.transaction() as connection:
            yield connection, now_ms

    def sync(self) -> dict[str, Any]:
        """One round. Raises RuntimeError with the code when it does not end well."""
        report = self.terminal.rounds.run()
        if not report.ok:
            raise RuntimeError(report.code)
        return {"pushed": report.pushed, "pulled": report.pulled, "waiting": report.waiting}

    def count(self) -> int:
        """How many records of the benchmark are held here."""
        tables = [rows.table_of(kind) for kind in (PLAIN, SEALED)]
        with self.terminal.store.writer.transaction() as connection:
            return sum(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)

    def dump(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        """The records, each with what the journal of this terminal keeps of it."""
        site_id = self.terminal.identity.site_id
        with self.terminal.store.writer.transaction() as connection:
            held = rows.read_rows(connection, [(PLAIN, site_id, record_id) for record_id in ids])
            lost: dict[str, dict[str, list[Any]]] = {}
            for line in connection.execute(select(CONFLICTS).where(CONFLICTS.c.kind == PLAIN)):
                lost.setdefault(line.record_id, {}).setdefault(line.field, []).append(json.loads(line.lost_value))
        return [{**from_fields(key[2], row), "_lost": lost.get(key[2], {})} for key, row in held.items()]


def in_pieces(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    """Pieces of ``AT_ONCE``, in order."""
    for start in range(0, len(things), AT_ONCE):
        yield things[start : start + AT_ONCE]


def suites() -> list[str]:
    """The suites that this version can seal with: ``hybrid``, and ``x25519`` where it knows that one alone."""
    return [HYBRID, *([X25519] if hasattr(sealing, "SUITE_X25519") else [])]


def document_of(suite: str) -> SealingDocument:
    """A sealing key of one suite whose private half nobody keeps."""
    short = x25519.X25519PrivateKey.generate().public_key().public_bytes_raw()
    long = mlkem.MLKEM768PrivateKey.generate().public_key().public_bytes_raw()
    name, key = (sealing.SUITE_HYBRID, long + short) if suite == HYBRID else (_short_suite(), short)
    return SealingDocument(
        key_id="bench-1", suite=name, public_key=to_text(key), valid_from_ms=0, valid_to_ms=YEAR_MS * 200
    )


def _short_suite() -> str:
    return str(vars(sealing)["SUITE_X25519"])


if __name__ == "__main__":
    profiling.watch(Rounds, "run")
    with closing(OurTerminal()) as replica:
        serve(
            {
                "go_to": replica.go_to,
                "close": replica.close,
                "enrol": replica.enrol,
                "seed": replica.seed,
                "edit": replica.edit,
                "sync": replica.sync,
                "count": replica.count,
                "dump": replica.dump,
                "suites": suites,
            }
        )
