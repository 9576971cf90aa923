"""What the imports of slots and events share: the sites, the period, and the difference by reference.

A record's identifier is derived from its site and its external reference: the same file imported
into a restored hub makes the same records, so that bookings made meanwhile still find their slot.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError
from sqlalchemy import Connection, Table, select

from sync.change import Value
from sync.errors import InvalidInput
from sync.hub.csv_file import CellError, Line, Problems, read_date
from sync.hub.keys import HubKeys
from sync.records import FIELDS, record_registry
from sync.records.base import RecordFields

NAMESPACE = uuid.UUID("5c1f7a52-6d0e-5a52-9f0b-2f1d1b6a7c11")
Held = Mapping[tuple[str, str], Mapping[str, Value]]
Writes = dict[str, dict[str, dict[str, Value]]]
SITES = record_registry.metadata.tables["site"]


@dataclass(frozen=True)
class FileImport:
    """What to import: the file's bytes, and optionally one site and a period of local days.

    ``keys`` are the hub's; without them a file may hold no address of a video appointment.
    """

    content: bytes
    site_id: str | None = None
    first: date | None = None
    last: date | None = None
    dry_run: bool = False
    keys: HubKeys | None = None


@dataclass(frozen=True)
class Row:
    """One valid line: where it goes and every value it sets. ``day`` is local to the site.

    ``room`` is the address of its video appointment, ``None`` where the file has no such column.
    """

    line: int
    site_id: str
    reference: str
    day: date
    values: dict[str, Value]
    room: str | None = None


@dataclass(frozen=True)
class Scope:
    """What an import answers for: what is in it and not in the file is withdrawn.

    Attributes:
        days: for each site, the first and last local day, both included.
    """

    days: Mapping[str, tuple[date, date]]

    def holds(self, site_id: str, starts_at: str, zone: ZoneInfo) -> bool:
        """True when a record of this site that starts then is in the scope."""
        if site_id not in self.days:
            return False
        first, last = self.days[site_id]
        return first <= local_day(starts_at, zone) <= last


@dataclass
class Difference:
    """What an import did, or would do with ``dry_run``: external references, as ``site/reference``.

    ``past`` holds new lines that are over already: they are counted and left out.
    """

    dry_run: bool
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    past: list[str] = field(default_factory=list)
    bookings_withdrawn: list[dict[str, str]] = field(default_factory=list)

    def counts(self) -> str:
        """How much was added, changed and withdrawn, for the journal."""
        return f"+{len(self.added)} ~{len(self.changed)} -{len(self.withdrawn)}"

    def to_json(self) -> dict[str, object]:
        """With stable keys, for ``--json``."""
        return {
            "dry_run": self.dry_run,
            "added": self.added,
            "changed": self.changed,
            "withdrawn": self.withdrawn,
            "unchanged": self.unchanged,
            "past": self.past,
            "bookings_withdrawn": self.bookings_withdrawn,
        }


def record_id_of(kind: str, site_id: str, reference: str) -> str:
    """The identifier of an imported record."""
    return str(uuid.uuid5(NAMESPACE, f"{kind}|{site_id}|{reference}"))


def read_zones(connection: Connection) -> dict[str, ZoneInfo]:
    """The IANA zone of every site. Raises InvalidInput for a site whose zone does not exist."""
    zones: dict[str, ZoneInfo] = {}
    for row in connection.execute(select(SITES.c.id, SITES.c.zone).where(~SITES.c.gone)):
        try:
            zones[row.id] = ZoneInfo(row.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise InvalidInput(
                f"Le site « {row.id} » a un fuseau inconnu : corrigez-le avec « hub site add »."
            ) from error
    return zones


def local_day(starts_at: str, zone: ZoneInfo) -> date:
    """The local day of a stored UTC time."""
    return datetime.fromisoformat(starts_at.replace("Z", "+00:00")).astimezone(zone).date()


def read_site(line: Line, zones: Mapping[str, ZoneInfo], only: str | None) -> str:
    """The site of a line. Raises CellError when it is unknown, or is not the one asked for."""
    site_id = line.cells.get("site") or only or ""
    if not site_id:
        raise CellError("le site manque : écrivez son identifiant, ou donnez « --site »")
    if site_id not in zones:
        raise CellError("ce site n’existe pas : créez-le avec « point-contact hub site add »")
    if only is not None and site_id != only:
        raise CellError(f"elle est d’un autre site que « {only} » : retirez-la ou changez « --site »")
    return site_id


def scope_of(rows: Sequence[Row], only: str | None, first: date | None, last: date | None, problems: Problems) -> Scope:
    """The scope of a file: its sites, and the days it covers unless a period is given."""
    days: dict[str, tuple[date, date]] = {}
    for row in rows:
        low, high = days.get(row.site_id, (row.day, row.day))
        days[row.site_id] = (min(low, row.day), max(high, row.day))
        if (first is not None and row.day < first) or (last is not None and row.day > last):
            problems.add(row.line, "elle est hors de la période demandée : retirez-la ou changez la période.")
    if only is not None and first is not None and last is not None:
        days.setdefault(only, (first, last))
    return Scope({site_id: (first or low, last or high) for site_id, (low, high) in days.items()})


def read_period(first: str | None, last: str | None) -> tuple[date | None, date | None]:
    """Reads the bounds of a period. Raises InvalidInput."""
    try:
        bounds = (read_date(first) if first else None, read_date(last) if last else None)
    except CellError as error:
        raise InvalidInput("La période n’est pas lisible : écrivez les dates comme 24/11/2026.") from error
    if bounds[0] and bounds[1] and bounds[0] > bounds[1]:
        raise InvalidInput("La période finit avant de commencer : inversez les deux dates.")
    return bounds


def check_values(kind: str, values: Mapping[str, Value]) -> None:
    """Checks the values of a whole record as the terminals will. Raises CellError."""
    fields: type[RecordFields] = FIELDS[kind]
    try:
        fields.model_validate(dict(values))
    except ValidationError as error:
        names = ", ".join(sorted({str(part["loc"][0]) for part in error.errors(include_input=False)}))
        raise CellError(f"une valeur est trop longue ou a une forme interdite ({names}) : raccourcissez-la") from error


def check_unique(rows: Iterable[Row], problems: Problems) -> None:
    """Notes every reference that a file holds twice for one site."""
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        before = seen.setdefault((row.site_id, row.reference), row.line)
        if before != row.line:
            problems.add(row.line, f"sa référence est déjà à la ligne {before} : donnez-en une autre.")


def held_records(connection: Connection, table: Table, sites: Iterable[str]) -> dict[tuple[str, str], dict[str, Value]]:
    """What the hub holds for some sites, by ``(site_id, id)``, with every field."""
    query = select(table).where(table.c.site_id.in_(sorted(sites)))
    return {(row["site_id"], row["id"]): dict(row) for row in connection.execute(query).mappings()}


def compare(
    kind: str, wanted: Iterable[Row], held: Held, at_birth: Mapping[str, Value], difference: Difference
) -> Writes:
    """Notes what is added, changed and unchanged; returns what to write, by site and record.

    Args:
        kind: kind of the records.
        wanted: the valid lines.
        held: what the hub holds.
        at_birth: values that only a new record gets.
        difference: where references are noted.
    """
    writes: Writes = {}
    for row in wanted:
        record_id = record_id_of(kind, row.site_id, row.reference)
        before = held.get((row.site_id, record_id))
        values: dict[str, Value] = {**row.values, "gone": False}
        name = f"{row.site_id}/{row.reference}"
        if before is not None and all(before[key] == value for key, value in values.items()):
            difference.unchanged.append(name)
            continue
        (difference.added if before is None else difference.changed).append(name)
        writes.setdefault(row.site_id, {})[record_id] = {**values, **at_birth} if before is None else values
    return writes
