"""``hub slots``, ``events``, ``offers``, ``directory`` and ``booking``: what is offered, and what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from sync.change import Value
from sync.hub import directory_import, event_import, rows, slot_import, vault
from sync.hub.command_options import (
    FILE,
    home_option,
    json_option,
    load_keys,
    now_ms,
    open_hub,
    options,
    print_json,
    print_table,
    read_file,
    site_option,
    who_option,
)
from sync.hub.command_registrations import print_answers, reason_option
from sync.hub.directory_import import NearFile, import_directory, import_offers
from sync.hub.event_import import import_events
from sync.hub.french_time import PARIS, short
from sync.hub.import_diff import Difference, FileImport, read_period
from sync.hub.registrations import find_kind
from sync.hub.slot_import import import_slots

FEMININE = frozenset({"Offres"})

only_site_option = click.option(
    "--site", "site_id", metavar="SITE", help="Seulement ce site ; rend la colonne « site » facultative."
)
dry_run_option = click.option("--dry-run", is_flag=True, help="Dire ce qui changerait, sans rien changer.")

import_options = options(
    home_option,
    only_site_option,
    click.option("--from", "first", metavar="DATE", help="Premier jour couvert (24/11/2026) ; sinon celui du fichier."),
    click.option("--to", "last", metavar="DATE", help="Dernier jour couvert ; sinon celui du fichier."),
    dry_run_option,
    json_option,
    who_option,
)


def columns_in_words(columns: Mapping[str, bool]) -> str:
    """The columns of a file, for the help."""
    required = ", ".join(name for name, needed in columns.items() if needed)
    others = ", ".join(name for name, needed in columns.items() if not needed)
    return f"Colonnes obligatoires : {required}. Facultatives : {others}. Détails : docs/imports.md."


@click.group(help="Les créneaux de la cabine.")
def slots() -> None:
    """The slots."""


@slots.command(
    "import",
    epilog=columns_in_words(slot_import.COLUMNS),
    help="Importer un CSV de créneaux : ajoutés, modifiés, retirés. Tout ou rien.",
)
@click.argument("file", metavar="FICHIER", type=FILE)
@import_options
def slots_import(file: Path, home: Path, **asked: Any) -> None:
    """Imports slots as a difference."""
    _import(file, home, asked, import_slots, "Créneaux")


@click.group(help="Les événements locaux.")
def events() -> None:
    """The events."""


@events.command(
    "import",
    epilog=columns_in_words(event_import.COLUMNS),
    help="Importer un CSV d’événements : ajoutés, modifiés, retirés. Tout ou rien.",
)
@click.argument("file", metavar="FICHIER", type=FILE)
@import_options
def events_import(file: Path, home: Path, **asked: Any) -> None:
    """Imports events as a difference."""
    _import(file, home, asked, import_events, "Événements")


near_options = options(
    home_option,
    only_site_option,
    click.option("--source", metavar="NOM", help="Seulement cette source ; rend la colonne « source » facultative."),
    dry_run_option,
    json_option,
    who_option,
)


@click.group(help="Les offres d’emploi locales.")
def offers() -> None:
    """The job offers."""


@offers.command(
    "import",
    epilog=columns_in_words(directory_import.OFFER_COLUMNS),
    help="Importer un CSV d’offres d’emploi : ajoutées, modifiées, retirées. Tout ou rien.",
)
@click.argument("file", metavar="FICHIER", type=FILE)
@near_options
def offers_import(file: Path, home: Path, **asked: Any) -> None:
    """Imports job offers as a difference."""
    _import_near(file, home, asked, import_offers, "Offres")


@click.group(help="L’annuaire des services proches.")
def directory() -> None:
    """The directory of services."""


@directory.command(
    "import",
    epilog=columns_in_words(directory_import.SERVICE_COLUMNS),
    help="Importer des services, d’un CSV ou du JSON de data.inclusion : ajoutés, modifiés, retirés. Tout ou rien.",
)
@click.argument("file", metavar="FICHIER", type=FILE)
@near_options
def directory_import_(file: Path, home: Path, **asked: Any) -> None:
    """Imports services as a difference."""
    _import_near(file, home, asked, import_directory, "Services")


def _import_near(file: Path, home: Path, asked: dict[str, Any], run: Callable[..., Difference], title: str) -> None:
    _run(run, NearFile(read_file(file), asked["site_id"], asked["source"], asked["dry_run"]), home, asked, title)


def _import(file: Path, home: Path, asked: dict[str, Any], run: Callable[..., Difference], title: str) -> None:
    first, last = read_period(asked["first"], asked["last"])
    _run(run, FileImport(read_file(file), asked["site_id"], first, last, asked["dry_run"]), home, asked, title)


def _run(
    run: Callable[..., Difference], wanted: FileImport | NearFile, home: Path, asked: dict[str, Any], title: str
) -> None:
    with open_hub(home) as database:
        if isinstance(wanted, FileImport):
            wanted = replace(wanted, keys=load_keys(home, database))
        with database.write() as connection:
            difference = run(connection, now_ms(), wanted, asked["who"])
    _tell(difference, title, as_json=asked["as_json"])


def _tell(difference: Difference, title: str, *, as_json: bool) -> None:
    if as_json:
        print_json(difference.to_json())
        return
    feminine = "e" if title in FEMININE else ""
    counts = [
        f"{len(references)} {word}"
        for references, word in (
            (difference.added, f"ajouté{feminine}s"),
            (difference.changed, f"modifié{feminine}s"),
            (difference.withdrawn, f"retiré{feminine}s"),
            (difference.unchanged, f"inchangé{feminine}s"),
            (difference.past, f"déjà passé{feminine}s, laissé{feminine}s de côté"),
        )
        if references or references is not difference.past
    ]
    click.echo(f"{title} : {', '.join(counts)}.")
    for sign, references in (("+", difference.added), ("~", difference.changed), ("-", difference.withdrawn)):
        for reference in references:
            click.echo(f"  {sign} {reference}")
    if difference.bookings_withdrawn:
        click.echo("Rendez-vous retirés avec leur créneau ; prévenez ces personnes :")
        for entry in difference.bookings_withdrawn:
            click.echo(f"  {entry['booking']}  (créneau {entry['slot']})")
    if difference.dry_run:
        click.echo("Essai seulement : rien n’a été changé.")


@click.group(help="Les demandes de rendez-vous.")
def booking() -> None:
    """The bookings."""


@booking.command("list", help="Voir les demandes de rendez-vous et leur état ; rien de personnel.")
@options(home_option, site_option, json_option)
def booking_list(home: Path, site_id: str | None, as_json: bool) -> None:
    """Lists the bookings with the time of their slot."""
    with open_hub(home) as database, database.read() as connection:
        zones = {key: str(fields["zone"]) for key, _, fields in rows.read_all(connection, "site")}
        times = {(key, slot_id): slot for key, slot_id, slot in rows.read_all(connection, "slot", site_id)}
        found = rows.read_all(connection, "booking", site_id)
    entries = [
        _entry(key, booking_id, fields, times.get((key, str(fields["slot_id"])))) for key, booking_id, fields in found
    ]
    if as_json:
        print_json({"bookings": entries})
        return
    lines = [
        (entry["site_id"], entry["id"], short(entry["starts_at"], zones.get(entry["site_id"], PARIS)), entry["reason"],
         entry["modality"], entry["state"])
        for entry in entries
    ]  # fmt: skip
    headings = ("SITE", "DEMANDE", "CRÉNEAU (HEURE DU LIEU)", "MOTIF", "MODALITÉ", "ÉTAT")
    print_table(headings, lines, none="Aucune demande de rendez-vous.")


@booking.command("open", help="Lire ce que la personne a laissé pour son rendez-vous. L’ouverture est journalisée.")
@click.argument("reference", metavar="RÉFÉRENCE")
@options(home_option, reason_option, json_option, who_option)
def booking_open(reference: str, home: Path, reason: str, as_json: bool, who: str) -> None:
    """Opens a booking's contact through the vault."""
    with open_hub(home) as database:
        load_keys(home, database)
        with database.read() as connection:
            found = find_kind(connection, reference, "booking")
            fields = rows.read(connection, "booking", found.site_id, found.id) or {}
        opened = vault.open_sealed(database, home, now_ms(), "booking", found.site_id, found.id, who=who, reason=reason)
    print_answers(opened, found.state, (), as_json=as_json)
    if fields.get("content_version") and not as_json:
        click.echo(f"Texte lu avant la demande : {fields['content_version']}", err=True)


def _entry(site_id: str, booking_id: str, fields: dict[str, Value], slot: dict[str, Value] | None) -> dict[str, Any]:
    names = (
        "state", "reason", "modality", "language", "created_at", "answered_at", "declined_because", "slot_id",
        "content_version",
    )  # fmt: skip
    times = {name: slot[name] if slot else None for name in ("starts_at", "ends_at", "booth", "external_ref")}
    return {"site_id": site_id, "id": booking_id, **{name: fields[name] for name in names}, **times}
