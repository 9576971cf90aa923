"""What is near a site, from files: job offers (CSV) and services (CSV, or JSON of data.inclusion). All or nothing.

Columns of offers (French headings; accents and case do not matter)::

    référence          required, letters, digits, « - _ . : », unique in its site
    site               identifier of the site; may be left out with --site
    intitulé           required
    employeur
    lieu               required
    contrat            cdi cdd interim saisonnier alternance autre (default autre)
    durée du contrat   « 6 mois »
    temps de travail   « 35 h par semaine »
    salaire            as the employer says it
    expérience         « Débutant accepté »
    postes             how many
    description        up to 2000 characters
    candidater         how to apply; an organisation's address or number, never a person's
    publiée le         required, 24/11/2026 or 2026-11-24
    mise à jour        when the source last confirmed it (default: publiée le)
    fin                last day on which one can apply
    source             where this comes from

Columns of services::

    référence, site, source   as above
    nom, structure     required
    besoins            some of emploi formation mobilite famille logement argent sante droits numerique entreprise
                       autre, separated by commas
    description        up to 2000 characters
    adresse, commune, téléphone, lien, horaires, conditions, frais
    sur place, à distance, par un professionnel   oui or non (default non)
    heures par semaine what it takes, for who looks for activities of a contrat d'engagement
    mise à jour        required: its age is shown

A file answers for its sites and its sources: what the hub holds of these and the file does not is withdrawn. Sources:
docs/sources.md, vocabularies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from sync.change import Value
from sync.clock import utc_text
from sync.errors import InvalidInput
from sync.hub import accounts, rows
from sync.hub.csv_file import (
    CellError,
    Line,
    Problems,
    check_filled,
    plain,
    read_choice,
    read_date,
    read_lines,
    read_number,
    to_utc,
)
from sync.hub.database import table_of
from sync.hub.import_diff import (
    Difference,
    Row,
    check_unique,
    check_values,
    compare,
    held_records,
    read_site,
    read_zones,
    record_id_of,
)
from sync.hub.inclusion_file import is_inclusion, read_services
from sync.records import TABLES
from sync.records.directory import CONTRACTS, NEEDS, POSTS_MAX, WEEKLY_HOURS_MAX

OFFER_COLUMNS = {
    "référence": True, "site": False, "intitulé": True, "employeur": False, "lieu": True, "contrat": False,
    "durée du contrat": False, "temps de travail": False, "salaire": False, "expérience": False, "postes": False,
    "description": False, "candidater": False, "publiée le": True, "mise à jour": False, "fin": False,
    "source": False,
}  # fmt: skip
OFFER_TEXTS = {
    "title": "intitulé", "employer": "employeur", "place": "lieu", "contract_length": "durée du contrat",
    "working_time": "temps de travail", "pay": "salaire", "experience": "expérience", "summary": "description",
    "how_to_apply": "candidater", "source": "source",
}  # fmt: skip
SERVICE_COLUMNS = {
    "référence": True, "site": False, "nom": True, "structure": True, "besoins": False, "description": False,
    "adresse": False, "commune": False, "téléphone": False, "lien": False, "horaires": False, "conditions": False,
    "frais": False, "sur place": False, "à distance": False, "par un professionnel": False,
    "heures par semaine": False, "mise à jour": True, "source": False,
}  # fmt: skip
SERVICE_TEXTS = {
    "name": "nom", "organisation": "structure", "summary": "description", "address": "adresse", "town": "commune",
    "phone": "téléphone", "link": "lien", "hours": "horaires", "conditions": "conditions", "cost": "frais",
    "source": "source",
}  # fmt: skip
SERVICE_FLAGS = {
    "on_site": "sur place", "from_afar": "à distance", "through_a_professional": "par un professionnel",
}  # fmt: skip
YES_OR_NO = ("oui", "non")
NOON, END_OF_DAY = time(12), time(23, 59)

ReadRow = Callable[[Line, Mapping[str, ZoneInfo], "NearFile"], Row]


@dataclass(frozen=True)
class NearFile:
    """What to import: the file's bytes; the only site it is for; the source of lines that name none.

    ``source`` given, what comes from elsewhere is refused, and a file without lines withdraws all that came from there.
    """

    content: bytes
    site_id: str | None = None
    source: str | None = None
    dry_run: bool = False


def import_offers(connection: Connection, now_ms: int, what: NearFile, who: str) -> Difference:
    """Imports a file of job offers, or says what that would do.

    Args:
        connection: a writing transaction.
        now_ms: milliseconds since 1970.
        what: the file and its scope.
        who: a named person with the role ``exploitation``.

    Raises:
        BadLines: every problem of the file, line by line; nothing was changed.
        Refused: no such role.
    """
    accounts.require(connection, who, accounts.EXPLOITATION)
    problems, zones = Problems(), read_zones(connection)
    lines = read_lines(what.content, OFFER_COLUMNS, problems)
    wanted = _read_rows(lines, _read_offer, zones, what, problems)
    return _apply(connection, now_ms, "offer", what, wanted, problems, who)


def import_directory(connection: Connection, now_ms: int, what: NearFile, who: str) -> Difference:
    """Imports a file of services, CSV or JSON of data.inclusion; otherwise as ``import_offers``.

    Raises:
        InvalidInput: a JSON file, which names no site of ours, without ``what.site_id``; or nothing of data.inclusion.
    """
    accounts.require(connection, who, accounts.EXPLOITATION)
    problems, zones = Problems(), read_zones(connection)
    if is_inclusion(what.content):
        wanted = _of_inclusion(zones, what, problems)
    else:
        lines = read_lines(what.content, SERVICE_COLUMNS, problems)
        wanted = _read_rows(lines, _read_service, zones, what, problems)
    return _apply(connection, now_ms, "service", what, wanted, problems, who)


def _read_rows(
    lines: Iterable[Line], read: ReadRow, zones: Mapping[str, ZoneInfo], what: NearFile, problems: Problems
) -> list[Row]:
    wanted: list[Row] = []
    for line in lines:
        try:
            wanted.append(read(line, zones, what))
        except CellError as error:
            problems.add(line.number, f"{error}.")
    return wanted


def _of_inclusion(zones: Mapping[str, ZoneInfo], what: NearFile, problems: Problems) -> list[Row]:
    if what.site_id is None:
        raise InvalidInput("Ce fichier de data.inclusion ne nomme aucun site : dites pour lequel avec « --site ».")
    if what.site_id not in zones:
        raise InvalidInput("Ce site n’existe pas : créez-le avec « point-contact hub site add ».")
    wanted: list[Row] = []
    for number, (reference, day, values) in enumerate(read_services(what.content), start=1):
        try:
            said: dict[str, Value] = {**values, "updated_at": to_utc(day, NOON, zones[what.site_id])}
            said |= {"source": _source(str(said["source"]), what), "external_ref": reference}
            check_values("service", said)
            wanted.append(Row(number, what.site_id, reference, day, said))
        except CellError as error:
            problems.add(number, f"{error}.")
    return wanted


def _read_offer(line: Line, zones: Mapping[str, ZoneInfo], what: NearFile) -> Row:
    """One line as an offer. Raises CellError."""
    cells = line.cells
    check_filled(cells, ("référence", "intitulé", "lieu", "publiée le"))
    site_id = read_site(line, zones, what.site_id)
    zone = zones[site_id]
    day = read_date(cells["publiée le"])
    updated = read_date(cells["mise à jour"]) if cells.get("mise à jour") else day
    last = read_date(cells["fin"]) if cells.get("fin") else None
    if last is not None and last < day:
        raise CellError("l’offre finit avant d’être publiée : corrigez « fin »")
    values: dict[str, Value] = {
        **{name: cells.get(column, "") for name, column in OFFER_TEXTS.items()},
        "external_ref": cells["référence"],
        "contract": read_choice(cells.get("contrat") or "autre", CONTRACTS, "le contrat", case=plain),
        "posts": _read_optional(cells.get("postes", ""), POSTS_MAX),
        "published_at": to_utc(day, NOON, zone),
        "updated_at": to_utc(updated, NOON, zone),
        "closes_at": None if last is None else to_utc(last, END_OF_DAY, zone),
        "source": _source(cells.get("source", ""), what),
    }
    check_values("offer", values)
    return Row(line.number, site_id, cells["référence"], day, values)


def _read_service(line: Line, zones: Mapping[str, ZoneInfo], what: NearFile) -> Row:
    """One line as a service. Raises CellError."""
    cells = line.cells
    check_filled(cells, ("référence", "nom", "structure", "mise à jour"))
    site_id = read_site(line, zones, what.site_id)
    day = read_date(cells["mise à jour"])
    needs = [read_choice(one, NEEDS, "un besoin", case=plain) for one in _listed(cells.get("besoins", ""))]
    flags = {
        name: read_choice(cells.get(column) or "non", YES_OR_NO, f"« {column} »", case=plain) == "oui"
        for name, column in SERVICE_FLAGS.items()
    }
    values: dict[str, Value] = {
        **{name: cells.get(column, "") for name, column in SERVICE_TEXTS.items()},
        **flags,
        "external_ref": cells["référence"],
        "needs": sorted({*needs}, key=NEEDS.index),
        "weekly_hours": _read_optional(cells.get("heures par semaine", ""), WEEKLY_HOURS_MAX),
        "updated_at": to_utc(day, NOON, zones[site_id]),
        "source": _source(cells.get("source", ""), what),
    }
    check_values("service", values)
    return Row(line.number, site_id, cells["référence"], day, values)


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def _read_optional(text: str, most: int) -> int | None:
    return read_number(text, least=1, most=most) if text else None


def _source(said: str, what: NearFile) -> str:
    """Where a line comes from. Raises CellError when that is not the source asked for."""
    if what.source is not None and said not in {"", what.source}:
        raise CellError(f"elle vient d’une autre source que « {what.source} » : retirez-la ou changez « --source »")
    return said or what.source or ""


def _apply(
    connection: Connection,
    now_ms: int,
    kind: str,
    what: NearFile,
    wanted: list[Row],
    problems: Problems,
    who: str,
) -> Difference:
    check_unique(wanted, problems)
    problems.stop()
    difference, today = Difference(what.dry_run), utc_text(now_ms)
    scope = {(row.site_id, str(row.values["source"])) for row in wanted}
    if what.site_id is not None and what.source is not None:
        scope.add((what.site_id, what.source))
    held = held_records(connection, table_of(TABLES[kind]), {site_id for site_id, _ in scope})
    kept = []
    for row in wanted:
        closes_at = row.values.get("closes_at")
        if closes_at is not None and str(closes_at) <= today:
            difference.past.append(f"{row.site_id}/{row.reference}")
        else:
            kept.append(row)
    writes = compare(kind, kept, held, {}, difference)
    named = {(row.site_id, record_id_of(kind, row.site_id, row.reference)) for row in kept}
    for (site_id, record_id), record in sorted(held.items()):
        if (site_id, record["source"]) in scope and (site_id, record_id) not in named and not record["gone"]:
            difference.withdrawn.append(f"{site_id}/{record['external_ref']}")
            writes.setdefault(site_id, {})[record_id] = {"gone": True}
    if not what.dry_run:
        for site_id, records in sorted(writes.items()):
            rows.write_all_as_hub(connection, now_ms, kind, site_id, records)
        accounts.audit(connection, now_ms, who, f"{kind}.import", ",".join(sorted(writes)) or "-", difference.counts())
    return difference
