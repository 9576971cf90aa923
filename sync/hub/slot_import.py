"""Booth time from a CSV: added, changed and withdrawn slots, by external reference, all or nothing.

Columns (French headings; accents and case do not matter)::

    référence    required, letters, digits, « - _ . : », unique in its site
    site         identifier of the site; may be left out with --site
    organisme    FT CD DCD ML CE IND (default FT)
    motif        required: inscription_aide edo dpa suivi signature_cer autre
    modalité     PHYSIQUE TELEPHONE VISIO (default VISIO)
    réception    IND COL (default IND)
    cabine       name of the booth (default 1)
    date         required, 24/11/2026 or 2026-11-24
    début        required, 14:30, 14h30 or 14 h 30, on the clocks of the site
    fin          the same; or:
    durée        minutes
    places       1 to 30 (default 1)
    lien vidéo   address of the video appointment, https; kept apart and told late (``sync.hub.rooms``)
    téléphone    whom to call when the video does not work

A slot that leaves takes its bookings along (``sync.hub.withdrawals``): whoever counted on it is offered other places.

A slot's time never changes: withdraw it and create another one with a new reference, because
people may hold a slip with the old time. Sources of the vocabularies: docs/sources.md, vocabularies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from sync.change import Value
from sync.clock import utc_text
from sync.escrow import BUFFER, ONE_PLACE_REASONS, shift
from sync.hub import accounts, rooms, rows, withdrawals
from sync.hub.csv_file import (
    CellError,
    Line,
    Problems,
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
    check_unique,
    check_values,
    compare,
    held_records,
    read_site,
    read_zones,
    record_id_of,
    scope_of,
)
from sync.promise import OPEN_SLOT, SEATS
from sync.records import record_registry
from sync.records.booking import ORGANISATIONS, REASONS

COLUMNS = {
    "référence": True, "site": False, "organisme": False, "motif": True, "modalité": False, "réception": False,
    "cabine": False, "date": True, "début": True, "fin": False, "durée": False, "places": False,
    "lien vidéo": False, "téléphone": False,
}  # fmt: skip
MODALITIES = ("PHYSIQUE", "TELEPHONE", "VISIO")
RECEPTIONS = ("IND", "COL")
PHONE = re.compile(r"\+?[0-9][0-9 .]{1,20}[0-9]")
DURATION_MAX_MIN = 8 * 60

SLOTS = record_registry.metadata.tables["slot"]


def import_slots(connection: Connection, now_ms: int, what: FileImport, who: str) -> Difference:
    """Imports a file of slots, or says what that would do; past slots are left alone.

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
    wanted = _read_rows(what, zones, problems)
    check_unique(wanted, problems)
    scope = scope_of(wanted, what.site_id, what.first, what.last, problems)
    held = held_records(connection, SLOTS, scope.days)
    now = utc_text(now_ms)
    for row in wanted:
        _check_against_held(row, held, problems)
    leaving = _leaving(wanted, held, scope, zones, now)
    _check_booths(wanted, held, leaving, problems)
    problems.stop()
    return _apply(connection, now_ms, what, wanted, held, leaving, who)


def _read_rows(what: FileImport, zones: Mapping[str, ZoneInfo], problems: Problems) -> list[Row]:
    wanted: list[Row] = []
    for line in read_lines(what.content, COLUMNS, problems):
        try:
            wanted.append(_read_row(line, zones, what.site_id))
        except CellError as error:
            problems.add(line.number, f"{error}.")
    return wanted


def _read_row(line: Line, zones: Mapping[str, ZoneInfo], only: str | None) -> Row:
    """One line as a slot. Raises CellError."""
    cells = line.cells
    if not cells["référence"]:
        raise CellError("la référence manque : donnez-en une, différente pour chaque créneau")
    site_id = read_site(line, zones, only)
    reason = read_choice(cells["motif"], REASONS, "le motif", case=str.lower)
    reception = read_choice(cells.get("réception") or "IND", RECEPTIONS, "la réception", case=str.upper)
    places = read_number(cells.get("places") or "1", least=1, most=30)
    _check_individual(reason, reception, places)
    day = read_date(cells["date"])
    starts_at, ends_at = _read_times(cells, day, zones[site_id])
    values: dict[str, Value] = {
        "external_ref": cells["référence"],
        "organisation": read_choice(cells.get("organisme") or "FT", ORGANISATIONS, "l’organisme", case=str.upper),
        "reason": reason,
        "modality": read_choice(cells.get("modalité") or "VISIO", MODALITIES, "la modalité", case=_upper_plain),
        "booth": cells.get("cabine") or "1",
        "starts_at": starts_at,
        "ends_at": ends_at,
        "capacity": places,
        "state": OPEN_SLOT,
    }
    if "téléphone" in cells:
        values["phone"] = _read_phone(cells["téléphone"])
    check_values("slot", values)
    return Row(line.number, site_id, cells["référence"], day, values, _read_room(cells, str(values["modality"])))


def _read_room(cells: Mapping[str, str], modality: str) -> str | None:
    """The address of the video appointment; ``None`` without such a column. Raises CellError."""
    url = cells.get("lien vidéo")
    if url and modality != "VISIO":
        raise CellError("un lien vidéo ne va qu’avec la modalité VISIO : videz la case, ou changez la modalité")
    if url and not rooms.check_url(url):
        raise CellError("le lien vidéo n’est pas une adresse https complète : copiez-la telle que l’outil la donne")
    return url


def _read_phone(typed: str) -> str:
    """A number as it is to be read and dialled. Raises CellError."""
    if typed and not PHONE.fullmatch(typed):
        raise CellError("le téléphone ne se lit pas : écrivez 3949 ou 02 54 00 00 00")
    return typed


def _check_individual(reason: str, reception: str, places: int) -> None:
    """A contract is signed one person at a time, never after a collective session alone (docs/sources.md, contract)."""
    if reason in ONE_PLACE_REASONS and reception == "COL":
        raise CellError(f"le motif {reason} est toujours individuel : écrivez IND dans « réception »")
    if reason in ONE_PLACE_REASONS and places != 1:
        raise CellError(f"le motif {reason} est toujours individuel : écrivez 1 dans « places »")


def _read_times(cells: Mapping[str, str], day: date, zone: ZoneInfo) -> tuple[str, str]:
    """The start and end, UTC. Raises CellError."""
    starts_at = to_utc(day, read_time(cells["début"]), zone)
    end, duration = cells.get("fin", ""), cells.get("durée", "")
    if bool(end) == bool(duration):
        raise CellError("donnez soit l’heure de fin, soit la durée en minutes")
    if end:
        ends_at = to_utc(day, read_time(end), zone)
    else:
        minutes = read_number(duration, least=5, most=DURATION_MAX_MIN)
        ends_at = shift(starts_at, timedelta(minutes=minutes))
    if ends_at <= starts_at:
        raise CellError("le créneau finit avant de commencer : corrigez l’heure de fin")
    return starts_at, ends_at


def _check_against_held(row: Row, held: Held, problems: Problems) -> None:
    """What may not change on a slot that exists already."""
    before = held.get((row.site_id, record_id_of("slot", row.site_id, row.reference)))
    if before is None:
        return
    if any(before[name] != row.values[name] for name in ("starts_at", "ends_at")):
        problems.add(
            row.line,
            "l’horaire d’un créneau ne change jamais : remettez l’ancien horaire, ou retirez ce créneau "
            "et créez-en un autre avec une nouvelle référence.",
        )
    taken = before["taken"] if isinstance(before["taken"], int) else 0
    if taken and any(before[name] != row.values[name] for name in ("reason", "organisation")):
        problems.add(
            row.line,
            "ce créneau est réservé, ou confié à une borne : son motif et son organisme ne changent plus, "
            "créez-en un autre avec une nouvelle référence.",
        )
    if isinstance(row.values["capacity"], int) and row.values["capacity"] < taken:
        problems.add(
            row.line,
            f"{taken} places de ce créneau sont réservées ou confiées à une borne : gardez au moins {taken} places.",
        )


def _leaving(
    wanted: Sequence[Row], held: Held, scope: Scope, zones: Mapping[str, ZoneInfo], now: str
) -> list[tuple[str, str]]:
    """The open slots of booths to come that are in the scope and not in the file; seats leave with their event."""
    kept = {(row.site_id, record_id_of("slot", row.site_id, row.reference)) for row in wanted}
    return sorted(
        key
        for key, slot in held.items()
        if key not in kept
        and slot["reason"] != SEATS
        and slot["state"] == OPEN_SLOT
        and not slot["gone"]
        and str(slot["starts_at"]) > now
        and scope.holds(key[0], str(slot["starts_at"]), zones[key[0]])
    )


def _check_booths(wanted: Sequence[Row], held: Held, leaving: Sequence[tuple[str, str]], problems: Problems) -> None:
    """No two slots of one booth overlap, five minutes of tidying included (docs/sources.md, video)."""
    replaced = {(row.site_id, record_id_of("slot", row.site_id, row.reference)) for row in wanted} | set(leaving)
    busy: dict[tuple[str, str], list[tuple[str, str, int, str]]] = {}
    for row in wanted:
        times = (str(row.values["starts_at"]), str(row.values["ends_at"]), row.line, row.reference)
        busy.setdefault((row.site_id, str(row.values["booth"])), []).append(times)
    for key, slot in held.items():
        if key not in replaced and slot["state"] == OPEN_SLOT and not slot["gone"] and slot["reason"] != SEATS:
            times = (str(slot["starts_at"]), str(slot["ends_at"]), 0, str(slot["external_ref"]))
            busy.setdefault((key[0], str(slot["booth"])), []).append(times)
    for intervals in busy.values():
        intervals.sort()
        longest = intervals[0]
        for interval in intervals[1:]:
            if interval[0] < shift(longest[1], BUFFER) and (interval[2] or longest[2]):
                problems.add(
                    max(interval[2], longest[2]),
                    f"les créneaux « {longest[3]} » et « {interval[3]} » se touchent dans la même cabine : "
                    "laissez 5 minutes entre eux ou changez de cabine.",
                )
            longest = max(longest, interval, key=lambda times: times[1])


def _apply(
    connection: Connection,
    now_ms: int,
    what: FileImport,
    wanted: Sequence[Row],
    held: Held,
    leaving: Sequence[tuple[str, str]],
    who: str,
) -> Difference:
    difference = Difference(what.dry_run)
    writes = compare(
        "slot", [row for row in wanted if not _is_past_and_new(row, held, now_ms)], held, {"taken": 0}, difference
    )
    difference.past += [f"{row.site_id}/{row.reference}" for row in wanted if _is_past_and_new(row, held, now_ms)]
    for site_id, slot_id in leaving:
        difference.withdrawn.append(f"{site_id}/{held[site_id, slot_id]['external_ref']}")
    for site_id in sorted({site_id for site_id, _ in leaving}):
        slot_ids = [slot_id for key, slot_id in leaving if key == site_id]
        for booking_id, slot_id in withdrawals.counted_on(connection, site_id, slot_ids).items():
            name = f"{site_id}/{held[site_id, slot_id]['external_ref']}"
            difference.bookings_withdrawn.append({"booking": booking_id, "slot": name})
    if not what.dry_run:
        for site_id, records in sorted(writes.items()):
            rows.write_all_as_hub(connection, now_ms, "slot", site_id, records)
        if what.keys is not None:
            for row in (row for row in wanted if row.room is not None):
                slot_id = record_id_of("slot", row.site_id, row.reference)
                rooms.keep(connection, what.keys, row.site_id, slot_id, row.room or "")
        for site_id in sorted({site_id for site_id, _ in leaving}):  # after the new ones, which may be offered instead
            withdrawals.withdraw_slots(
                connection, now_ms, site_id, [slot_id for key, slot_id in leaving if key == site_id]
            )
        touched = {*writes, *(site_id for site_id, _ in leaving)}
        for site_id in sorted(touched):  # new hours, or more places: whoever waits for one comes first
            withdrawals.serve_waiting(connection, site_id, now_ms)
        accounts.audit(connection, now_ms, who, "slots.import", ",".join(sorted(touched)) or "-", difference.counts())
    return difference


def _is_past_and_new(row: Row, held: Held, now_ms: int) -> bool:
    """A calendar exported on Wednesday still holds Monday: those lines are counted, not imported."""
    known = (row.site_id, record_id_of("slot", row.site_id, row.reference)) in held
    return not known and str(row.values["starts_at"]) <= utc_text(now_ms)


def _upper_plain(text: str) -> str:
    return text.upper().replace("É", "E")
