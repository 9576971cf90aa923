"""The benchmark's own kinds of record, beside the product's: the same 20 fields as every other side carries.

``id`` is the record's, and its ``site_id`` is that of the terminal that carries it, so that the one of the 20 fields
travels as ``home_site_id``; ``terminal_no`` is what the hub asks of any record a terminal makes. ``bench_sealed``
carries the same fields sealed, one by one, and shows nothing but that number.

``register`` puts them where the product's own kinds are. It is called before either end is imported.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field as Limit
from sqlalchemy import Connection

from sync.merge import Policy
from sync.records import FIELDS, TABLES, RecordFields, RecordTable, record_registry
from sync.records.base import Code, Line, Paragraph
from tests.bench.records import Record

PLAIN, SEALED = "bench_record", "bench_sealed"
TerminalNo = Annotated[int, Policy.HUB_WINS, Limit(ge=1, le=32767)]


class BenchRecordFields(RecordFields):
    """The record of the benchmark, every field the terminal's to write, the newest stamp stands."""

    kind: ClassVar[str] = PLAIN

    terminal_no: TerminalNo
    civility: Annotated[Line, Policy.LATEST]
    last_name: Annotated[Line, Policy.LATEST]
    first_name: Annotated[Line, Policy.LATEST]
    birth_date: Annotated[Line, Policy.LATEST]
    email: Annotated[Line, Policy.LATEST]
    phone: Annotated[Line, Policy.LATEST]
    address: Annotated[Line, Policy.LATEST]
    postcode: Annotated[Line, Policy.LATEST]
    city: Annotated[Line, Policy.LATEST]
    ft_id: Annotated[Code, Policy.LATEST]
    purpose: Annotated[Paragraph, Policy.LATEST]
    notes: Annotated[Paragraph, Policy.LATEST]
    consent: Annotated[bool, Policy.LATEST]
    language: Annotated[Code, Policy.LATEST]
    status: Annotated[Code, Policy.LATEST]
    home_site_id: Annotated[Code, Policy.LATEST]
    terminal_id: Annotated[Code, Policy.LATEST]
    created_at: Annotated[Line, Policy.LATEST]
    updated_at: Annotated[Line, Policy.LATEST]


class BenchSealedFields(RecordFields):
    """The same, of which only the vault of the hub could read more than this."""

    kind: ClassVar[str] = SEALED
    seals: ClassVar[bool] = True
    terminal_may_write: ClassVar[frozenset[str]] = frozenset({"terminal_no"})

    terminal_no: TerminalNo
    state: Annotated[Code, Policy.HUB_WINS] = "kept"


BenchRecordFields.terminal_may_write = frozenset(BenchRecordFields.model_fields) - {"gone"}


class BenchRecord(BenchRecordFields, RecordTable, table=True):
    """The row of a record of the benchmark."""

    __tablename__ = PLAIN


class BenchSealed(BenchSealedFields, RecordTable, table=True):
    """The row of a sealed one."""

    __tablename__ = SEALED


def register() -> None:
    """Makes both kinds known to this process, as the product's own are."""
    FIELDS.update({PLAIN: BenchRecordFields, SEALED: BenchSealedFields})
    TABLES.update({PLAIN: BenchRecord, SEALED: BenchSealed})


def make_tables(connection: Connection) -> None:
    """Makes their tables where they are missing, beside the product's migrations."""
    for kind in (PLAIN, SEALED):
        record_registry.metadata.tables[kind].create(connection, checkfirst=True)


def to_fields(record: Record) -> dict[str, Any]:
    """The fields of a record as they are written, ``id`` and ``terminal_no`` left out."""
    values: dict[str, Any] = {name: value for name, value in record.items() if name not in {"id", "site_id"}}
    return {**values, "home_site_id": record["site_id"]}


def from_fields(record_id: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """A record as every side shows it, from its row."""
    names = BenchRecordFields.model_fields.keys() - {"terminal_no", "home_site_id", "gone"}
    return {"id": record_id, **{name: fields[name] for name in names}, "site_id": fields["home_site_id"]}
