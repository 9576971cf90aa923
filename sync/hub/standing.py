"""What stands at the hub for one record during one transaction: values, stamps, and what changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, select

from sync.change import Held, Value
from sync.fields import Fields
from sync.hub.database import listed, table_of
from sync.hub.tables import RecordStamps
from sync.records import FIELDS, TABLES, row_values
from sync.stamped import read_at_rest

IDS_PER_QUERY_MAX = 500


@dataclass(slots=True)
class Standing:
    """One record: what stands, and what this transaction changed of it.

    Attributes:
        known: the row existed before this transaction.
        by_terminal: fields set by a terminal's change, which bear that terminal's stamp.
        by_hub: fields that the hub decided, which bear the hub's stamp.
        over: by field, the stamp of the value that stood before and that its successor's author had not seen.
        checked: ``values`` are whole and were checked by the rules of their kind (``RecordFields.whole``).
        said: what a terminal made this record of, under one stamp; it stands in the place of ``by_terminal``.
        once: the stamp of all ``stamps``, while it is known to be one.
    """

    kind: str
    site_id: str
    id: str
    values: dict[str, Value] = field(default_factory=dict)
    stamps: dict[str, str] = field(default_factory=dict)
    known: bool = False
    by_terminal: dict[str, tuple[Value, str]] = field(default_factory=dict)
    by_hub: dict[str, tuple[Value, str]] = field(default_factory=dict)
    over: dict[str, str] = field(default_factory=dict)
    checked: bool = False
    said: Fields | None = None
    once: str | None = None

    @property
    def changed(self) -> bool:
        """Something of this record must be written and published."""
        return bool(self.by_terminal or self.by_hub or self.said)

    def changes(self, name: str) -> bool:
        """This field must be written and published."""
        return name in self.by_terminal or name in self.by_hub or (self.said is not None and name in self.said.values)

    def held(self, name: str) -> Held | None:
        """The value and stamp of a field, ``None`` when nobody ever set it."""
        stamp = self.stamps.get(name)
        return None if stamp is None else Held(self.values[name], stamp)

    @classmethod
    def begun(cls, kind: str, site_id: str, record_id: str, whole: dict[str, Value], said: Fields) -> Standing:
        """A record that a terminal makes: all it said stands, as if each field were accepted where nothing stood.

        Args:
            kind: of the record.
            site_id: its site.
            record_id: its identifier.
            whole: every field of the record, checked: what was said, and defaults.
            said: the fields as the terminal wrote them.
        """
        made = cls(kind, site_id, record_id, whole, said.by_field(), checked=True, said=said, once=said.one_stamp)
        if made.once is None:
            made._spread()
        return made

    def accept(self, name: str, value: Value, stamp: str) -> None:
        """A terminal's change stands, with its own stamp."""
        self._spread()
        self._set(name, value, stamp)
        self.by_hub.pop(name, None)
        self.by_terminal[name] = (value, stamp)

    def decide(self, name: str, value: Value, stamp: str) -> None:
        """The hub's value stands, stamped by the hub.

        In a new record the terminal's own value stays in the feed before it, so that its first
        entry is whole.
        """
        self._set(name, value, stamp)
        if self.known:
            self.by_terminal.pop(name, None)
        self.by_hub[name] = (value, stamp)

    def _set(self, name: str, value: Value, stamp: str) -> None:
        self.values[name] = value
        self.stamps[name] = stamp
        self.checked = False
        self.once = None

    def _spread(self) -> None:
        """From here on what the terminal said stands field by field."""
        if self.said is not None:
            stamps, said = self.said.by_field(), self.said.values
            self.by_terminal = {name: (value, stamps[name]) for name, value in said.items()} | self.by_terminal
            self.said = None


def load(connection: Connection, kind: str, site_id: str, ids: Collection[str]) -> dict[str, Standing]:
    """Reads records by id, two statements for up to ``IDS_PER_QUERY_MAX``. Absent ids are left out."""
    return load_where(connection, kind, site_id, "id", ids)


def load_where(
    connection: Connection, kind: str, site_id: str, column: str, values: Collection[str]
) -> dict[str, Standing]:
    """Reads the records whose ``column`` holds one of ``values``, by id; two statements, as ``load``."""
    found: dict[str, Standing] = {}
    wanted = sorted({value for value in values if "\0" not in value})  # no record has it, and no engine is asked
    for at in range(0, len(wanted), IDS_PER_QUERY_MAX):
        found.update(_load_some(connection, kind, site_id, column, wanted[at : at + IDS_PER_QUERY_MAX]))
    return found


def _load_some(connection: Connection, kind: str, site_id: str, column: str, values: list[str]) -> dict[str, Standing]:
    fields, (of_rows, of_stamps) = FIELDS[kind], _statements(connection.dialect.name, kind, column)
    asked = {"site": site_id, "listed": values}
    rows = connection.execute(of_rows, asked).mappings()
    found = {row["id"]: Standing(kind, site_id, row["id"], row_values(row, fields), known=True) for row in rows}
    if found:
        for record_id, text in connection.execute(of_stamps, asked):
            found[record_id].stamps = read_at_rest(text)
    return found


@cache
def _statements(engine: str, kind: str, column: str) -> tuple[Select[Any], Select[Any]]:
    """Rows, then their stamps; built once for each engine, kind and column: building costs more than running."""
    table, stamps = table_of(TABLES[kind]), table_of(RecordStamps)
    site: BindParameter[str] = bindparam("site")
    where = (table.c.site_id == site) & table.c[column].in_(listed(engine, "listed"))
    of_stamps = select(stamps.c.id, stamps.c.stamps).where(
        stamps.c.site_id == site, stamps.c.kind == kind, stamps.c.id.in_(select(table.c.id).where(where))
    )
    return select(table).where(where), of_stamps
