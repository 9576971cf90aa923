"""Local events from a CSV: added, changed and withdrawn events, by external reference, all or nothing.

Columns (French headings; accents and case do not matter)::

    référence          required, letters, digits, « - _ . : », unique in its site
    site               identifier of the site; may be left out with --site
    titre              required
    thème              recrutement recherche_emploi formation creation_entreprise numerique autre (default autre)
    résumé             up to 2000 characters
    date               required, 24/11/2026 or 2026-11-24, first day
    début              required, 14:30, 14h30 or 14 h 30, on the clocks of the site
    date de fin        last day, when it is another one
    fin                hour of the end; or:
    durée              minutes
    lieu               required
    accès              how to get there, accessibility
    inscription        how to sign up
    organisateur
    places             seats in all
    places restantes   seats left for this site, those signed up for here included; all of them when empty. The moment
                       of the count is that of the import when it changed
    état               programme reprogramme deplace_en_ligne reporte complet annule (default programme)
    source             where this comes from
    places à distance  seats from afar in all, where the event is also given on site: a quota of its own
    places à distance restantes
                       as « places restantes », of those from afar

Unlike a slot, an event may be moved: its state says so. Its seats are a slot, those from afar another one
(``sync.hub.seats``), so whoever signed up for an hour that is no more is on the list to tell. Sources: docs/sources.md,
vocabularies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from sync.change import Value
from sync.clock import utc_text
from sync.hub import accounts, rows, withdrawals
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
    read_time,
    to_utc,
)
from sync.hub.import_diff import (
    Difference,
    FileImport,
    Held,
    Row,
    Scope,
    Writes,
    check_unique,
    check_values,
    compare,
    held_records,
    read_site,
    read_zones,
    record_id_of,
    scope_of,
)
from sync.hub.quotas import FROM_AFAR, ON_SITE
from sync.hub.seats import SeatPlan, plan_seats
from sync.records import record_registry
from sync.records.event import EVENT_STATES, THEMES

COLUMNS = {
    "référence": True, "site": False, "titre": True, "thème": False, "résumé": False, "date": True, "début": True,
    "date de fin": False, "fin": False, "durée": False, "lieu": True, "accès": False, "inscription": False,
    "organisateur": False, "places": False, "places restantes": False, "état": False, "source": False,
    "places à distance": False, "places à distance restantes": False,
}  # fmt: skip
TEXTS = {
    "title": "titre", "summary": "résumé", "place": "lieu", "access": "accès", "sign_up": "inscription",
    "organiser": "organisateur", "source": "source",
}  # fmt: skip
PLACES = {ON_SITE: ("places", "places restantes"), FROM_AFAR: ("places à distance", "places à distance restantes")}
DURATION_MAX_MIN = 24 * 60
SEATS_MAX = 5000

EVENTS, SLOTS = (record_registry.metadata.tables[name] for name in ("event", "slot"))


def import_events(connection: Connection, now_ms: int, what: FileImport, who: str) -> Difference:
    """Imports a file of events, or says what that would do; events that are over are left alone.

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
    zones = read_zones(connection)
    problems = Problems()
    wanted: list[Row] = []
    for line in read_lines(what.content, COLUMNS, problems):
        try:
            wanted.append(_read_row(line, zones, what.site_id))
        except CellError as error:
            problems.add(line.number, f"{error}.")
    check_unique(wanted, problems)
    scope = scope_of(wanted, what.site_id, what.first, what.last, problems)
    problems.stop()
    held = held_records(connection, EVENTS, scope.days)
    return _apply(connection, now_ms, what, wanted, held, _leaving(wanted, held, scope, zones, utc_text(now_ms)), who)


def _read_row(line: Line, zones: Mapping[str, ZoneInfo], only: str | None) -> Row:
    """One line as an event. Raises CellError."""
    cells = line.cells
    check_filled(cells, ("référence", "titre", "lieu"))
    site_id = read_site(line, zones, only)
    day = read_date(cells["date"])
    starts_at, ends_at = _read_times(cells, day, zones[site_id])
    values: dict[str, Value] = {
        "external_ref": cells["référence"],
        "theme": read_choice(cells.get("thème") or "autre", THEMES, "le thème", case=plain),
        "starts_at": starts_at,
        "ends_at": ends_at,
        **_read_places(cells),
        "state": read_choice(cells.get("état") or "programme", EVENT_STATES, "l’état", case=plain),
        **{name: cells.get(column, "") for name, column in TEXTS.items()},
    }
    check_values("event", values)
    return Row(line.number, site_id, cells["référence"], day, values)


def _read_times(cells: Mapping[str, str], day: date, zone: ZoneInfo) -> tuple[str, str]:
    """The start and end, UTC. Raises CellError."""
    starts_at = to_utc(day, read_time(cells["début"]), zone)
    end, duration, last_day = cells.get("fin", ""), cells.get("durée", ""), cells.get("date de fin", "")
    if bool(end) == bool(duration):
        raise CellError("donnez soit l’heure de fin, soit la durée en minutes")
    if end:
        ends_at = to_utc(read_date(last_day) if last_day else day, read_time(end), zone)
    else:
        minutes = read_number(duration, least=5, most=DURATION_MAX_MIN)
        moment = datetime.fromisoformat(starts_at.replace("Z", "+00:00")) + timedelta(minutes=minutes)
        ends_at = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    if ends_at <= starts_at:
        raise CellError("l’événement finit avant de commencer : corrigez la fin")
    return starts_at, ends_at


def _read_places(cells: Mapping[str, str]) -> dict[str, Value]:
    """The places of each quota, in all and left. Raises CellError."""
    found: dict[str, Value] = {}
    for quota, (column, column_left) in PLACES.items():
        seats, left = (_read_seats(cells.get(name, "")) for name in (column, column_left))
        if seats is not None and left is not None and left > seats:
            raise CellError(f"il reste plus de places qu’il n’y en a : corrigez « {column_left} »")
        found |= {quota.seats: seats, quota.seats_left: left}
    return found


def _read_seats(text: str) -> int | None:
    return read_number(text, least=0, most=SEATS_MAX) if text else None


def _leaving(
    wanted: Sequence[Row], held: Held, scope: Scope, zones: Mapping[str, ZoneInfo], now: str
) -> list[tuple[str, str]]:
    """The events to come that are in the scope and not in the file."""
    kept = {(row.site_id, record_id_of("event", row.site_id, row.reference)) for row in wanted}
    return sorted(
        key
        for key, event in held.items()
        if key not in kept
        and not event["gone"]
        and str(event["ends_at"]) > now
        and scope.holds(key[0], str(event["starts_at"]), zones[key[0]])
    )


def _apply(
    connection: Connection,
    now_ms: int,
    what: FileImport,
    wanted: Sequence[Row],
    held: Held,
    leaving: Sequence[tuple[str, str]],
    who: str,
) -> Difference:
    difference, now = Difference(what.dry_run), utc_text(now_ms)
    kept: list[Row] = []
    for row in wanted:
        before = held.get((row.site_id, record_id_of("event", row.site_id, row.reference)))
        if before is None and str(row.values["ends_at"]) <= now:
            difference.past.append(f"{row.site_id}/{row.reference}")
            continue
        kept.append(row)
    slots = held_records(connection, SLOTS, {row.site_id for row in wanted} | {site_id for site_id, _ in leaving})
    seats = plan_seats(kept, leaving, held, slots, now)
    for row in kept:
        row.values["counted_at"] = _counted_at(row, held.get(_key(row)), now)
    writes = compare("event", kept, held, {}, difference)
    for site_id, event_id in leaving:
        difference.withdrawn.append(f"{site_id}/{held[site_id, event_id]['external_ref']}")
        writes.setdefault(site_id, {})[event_id] = {"gone": True}
    for site_id in sorted({site_id for site_id, _ in seats.leaving}):
        slot_ids = [slot_id for key, slot_id in seats.leaving if key == site_id]
        for booking_id, slot_id in withdrawals.counted_on(connection, site_id, slot_ids).items():
            name = f"{site_id}/{slots[site_id, slot_id]['external_ref']}"
            difference.bookings_withdrawn.append({"booking": booking_id, "slot": name})
    if not what.dry_run:
        _write(connection, now_ms, writes, seats)
        accounts.audit(connection, now_ms, who, "events.import", ",".join(sorted(writes)) or "-", difference.counts())
    return difference


def _write(connection: Connection, now_ms: int, writes: Writes, seats: SeatPlan) -> None:
    """Slots before their events, and what is withdrawn last: a new hour of an event may be offered instead."""
    for kind, of_kind in (("slot", seats.writes), ("event", writes)):
        for site_id, records in sorted(of_kind.items()):
            rows.write_all_as_hub(connection, now_ms, kind, site_id, records)
    for site_id in sorted({site_id for site_id, _ in seats.leaving}):
        leaving = [slot_id for key, slot_id in seats.leaving if key == site_id]
        withdrawals.withdraw_slots(connection, now_ms, site_id, leaving)
    for site_id in sorted(seats.writes):  # more seats: whoever waits for one comes first
        withdrawals.serve_waiting(connection, site_id, now_ms)


def _key(row: Row) -> tuple[str, str]:
    return row.site_id, record_id_of("event", row.site_id, row.reference)


def _counted_at(row: Row, before: Mapping[str, Value] | None, now: str) -> Value:
    """When the seats left of both quotas were counted: now when a number is new, so that its age can be shown."""
    if all(row.values[quota.seats_left] is None for quota in PLACES):
        return None
    if before is not None and all(before[quota.seats_left] == row.values[quota.seats_left] for quota in PLACES):
        return before["counted_at"]
    return now
