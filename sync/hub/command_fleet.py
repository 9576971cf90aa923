"""``hub site``, ``hub terminal`` and ``hub conflict``: where the terminals are, which ones, what met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click

from sync.change import Value
from sync.clock import utc_text
from sync.hub import conflicts, doubled, fleet, revocations, rows
from sync.hub.command_options import (
    home_option,
    json_option,
    load_keys,
    now_ms,
    open_hub,
    options,
    print_json,
    print_table,
    site_option,
    who_option,
)
from sync.hub.french_time import PARIS, short
from sync.hub.keys import HubKeys, keys_folder
from sync.hub.sites import set_site
from sync.invitation import VALID_S

SHOWN_MAX = 1000
SITE_OPTIONS = {
    "name": "Nom montré au public.",
    "zone": "Fuseau horaire IANA, par exemple Europe/Paris ou Indian/Reunion.",
    "category": "Type de lieu : mairie, france_services, tiers_lieu…",
    "address": "Adresse postale.",
    "postal_code": "Code postal.",
    "commune_code": "Code INSEE de la commune.",
    "commune_name": "Nom de la commune.",
    "region": "Région.",
    "phone_region": "Région téléphonique : FR, RE, GP, MQ, GF ou YT.",
    "phone": "Téléphone du lieu.",
    "opening_hours": "Horaires d’ouverture, en une phrase.",
}
DEPARTMENT, FRANCE_TRAVAIL = "departement", "france_travail"


@click.group(help="Les sites : un par Point Contact.")
def site() -> None:
    """The sites."""


@site.command("add", help="Ajouter un site, ou corriger les champs donnés d’un site qui existe.")
@click.argument("site_id", metavar="SITE")
@options(
    home_option,
    *[
        click.option(f"--{name.replace('_', '-')}", name, metavar="TEXTE", help=text)
        for name, text in SITE_OPTIONS.items()
    ],
    click.option(
        "--rsa-orientation", type=click.Choice((DEPARTMENT, FRANCE_TRAVAIL)),
        help="Qui oriente les personnes au RSA : le département, ou France Travail s’il le lui a délégué.",
    ),
    who_option,
)  # fmt: skip
def site_add(site_id: str, home: Path, who: str, rsa_orientation: str | None, **fields: str | None) -> None:
    """Adds or corrects a site; a demonstration's keys mark it so."""
    values: dict[str, Value] = {name: value for name, value in fields.items() if value is not None}
    if rsa_orientation is not None:
        values["rsa_orientation_delegated"] = rsa_orientation == FRANCE_TRAVAIL
    with open_hub(home) as database:
        if keys_folder(home).exists() and HubKeys.load(home).demonstration:
            values["demonstration"] = True
        with database.write() as connection:
            changed = set_site(connection, now_ms(), site_id, values, who)
    click.echo(f"Site « {site_id} » enregistré." if changed else f"Site « {site_id} » : rien à changer.")


@site.command("list", help="Voir les sites.")
@options(home_option, json_option)
def site_list(home: Path, as_json: bool) -> None:
    """Lists the sites."""
    with open_hub(home) as database, database.read() as connection:
        sites = [(site_id, fields) for site_id, _, fields in rows.read_all(connection, "site") if not fields["gone"]]
    if as_json:
        print_json({"sites": [{"site_id": site_id, **fields} for site_id, fields in sites]})
        return
    lines = [
        (site_id, fields["name"], fields["zone"], fields["phone"],
         "France Travail" if fields["rsa_orientation_delegated"] else "département")
        for site_id, fields in sites
    ]  # fmt: skip
    headings = ("SITE", "NOM", "FUSEAU", "TÉLÉPHONE", "ORIENTATION (RSA)")
    print_table(headings, lines, none="Aucun site : ajoutez-en un avec « hub site add ».")


@click.group(help="Les bornes : invitation, liste, révocation.")
def terminal() -> None:
    """The terminals."""


@terminal.command("invite", help="Faire un code de rattachement, valable 30 minutes, pour une borne d’un site.")
@options(
    home_option,
    click.option("--site", "site_id", required=True, metavar="SITE", help="Site de la borne."),
    click.option(
        "--function", "functions", multiple=True, default=("borne",), show_default=True,
        type=click.Choice(fleet.FUNCTIONS), help="Fonction de la borne ; à répéter pour en donner plusieurs.",
    ),
    who_option,
    json_option,
)  # fmt: skip
def terminal_invite(home: Path, site_id: str, functions: tuple[str, ...], who: str, as_json: bool) -> None:
    """Prints a one-time enrolment code."""
    with open_hub(home) as database:
        keys, moment = load_keys(home, database), now_ms()
        with database.write() as connection:
            code = fleet.invite(connection, keys, moment, site_id, functions, who)
    if as_json:
        expires_ms = moment + VALID_S * 1000
        print_json({"code": code, "site_id": site_id, "functions": list(functions), "expires_ms": expires_ms})
        return
    click.echo(code)
    click.echo("Tapez ce code sur la borne dans les 30 minutes ; il ne sert qu’une fois.", err=True)


@terminal.command("list", help="Voir les bornes : site, fonctions, dernier contact, révocation.")
@options(home_option, site_option, json_option)
def terminal_list(home: Path, site_id: str | None, as_json: bool) -> None:
    """Lists the terminals."""
    with open_hub(home) as database, database.read() as connection:
        terminals, two = fleet.list_terminals(connection, site_id), doubled.since(connection, site_id)
    if as_json:
        print_json({"terminals": [{**asdict(one), "doubled": one.terminal_id in two} for one in terminals]})
        return
    lines = [
        (
            terminal.terminal_no,
            terminal.terminal_id,
            terminal.site_id,
            ", ".join(terminal.functions),
            short(utc_text(terminal.last_seen_ms), PARIS) if terminal.last_seen_ms else "jamais",
            "révoquée" if terminal.revoked_ms else "deux machines" if terminal.terminal_id in two else "",
        )
        for terminal in terminals
    ]
    headings = ("N°", "BORNE", "SITE", "FONCTIONS", "DERNIER CONTACT (PARIS)", "ÉTAT")
    print_table(headings, lines, none="Aucune borne : invitez-en une avec « hub terminal invite ».")


@terminal.command("revoke", help="Refuser une borne volée, perdue ou retirée. C’est définitif.")
@click.argument("terminal_id", metavar="BORNE")
@options(home_option, who_option)
def terminal_revoke(terminal_id: str, home: Path, who: str) -> None:
    """Revokes a terminal."""
    with open_hub(home) as database:
        keys = load_keys(home, database)
        with database.write() as connection:
            fleet.revoke(connection, keys, now_ms(), terminal_id, who)
    click.echo("Borne révoquée : ce qu’elle envoie désormais est mis à part. Ses places restent gardées.")


@terminal.command(
    "single",
    short_help="Dire qu’une seule machine reste une borne.",
    help="Quand deux copies d’une borne étaient allumées : répondre qu’une seule le reste. Le hub lui confie "
    "de nouveau des places.",
)
@click.argument("terminal_id", metavar="BORNE")
@options(home_option, who_option)
def terminal_single(terminal_id: str, home: Path, who: str) -> None:
    """Ends what the hub withholds from a terminal of which two copies lived."""
    with open_hub(home) as database, database.write() as connection:
        doubled.end(connection, now_ms(), terminal_id, who)
    click.echo("C’est noté à votre nom : des places lui sont confiées de nouveau.")


@terminal.command(
    "confirm",
    short_help="Répondre de la liste des bornes.",
    help="Quand la liste des bornes révoquées est perdue : répondre que toutes les bornes à refuser sont révoquées.",
)
@options(home_option, who_option)
def terminal_confirm(home: Path, who: str) -> None:
    """Makes the list of revoked terminals whole again, under a name."""
    with open_hub(home) as database:
        keys = load_keys(home, database)
        with database.write() as connection:
            count = revocations.confirm(connection, keys, now_ms(), who)
    click.echo(f"Liste confirmée, bornes révoquées : {count}. Les autres sont reprises par leur certificat.")


def _author(lost_by: str, numbers: Mapping[str, int]) -> str:
    """Who wrote what was set aside, as every list names it; the journal keeps a terminal's id or its number."""
    number = numbers.get(lost_by, lost_by.removeprefix("no ") if lost_by.startswith("no ") else None)
    return lost_by if number is None else f"borne n° {number}"


@click.group(short_help="Les conflits.", help="Les conflits : deux valeurs se sont rencontrées, les deux sont gardées.")
def conflict() -> None:
    """The conflict journal."""


@conflict.command("list", help="Voir les conflits, les plus récents d’abord.")
@options(
    home_option,
    site_option,
    click.option("--open", "open_only", is_flag=True, help="Seulement ceux qui attendent une personne."),
    json_option,
)
def conflict_list(home: Path, site_id: str | None, open_only: bool, as_json: bool) -> None:
    """Lists the conflicts."""
    with open_hub(home) as database, database.read() as connection:
        journal = conflicts.read_journal(connection, site_id=site_id, open_only=open_only, limit=SHOWN_MAX)
        more = conflicts.count_journal(connection, site_id=site_id, open_only=open_only) - len(journal)
        numbers = {one.terminal_id: one.terminal_no for one in fleet.list_terminals(connection)}
    if as_json:
        print_json({"conflicts": [asdict(line) for line in journal], "more": more})
        return
    lines = [
        (short(utc_text(line.at_ms), PARIS), line.site_id, line.kind, line.record_id, line.field, line.kept_value,
         line.lost_value, _author(line.lost_by, numbers), line.rule,
         "à régler" if line.needs_person and line.settled_ms is None else "")
        for line in journal
    ]  # fmt: skip
    headings = ("DATE (PARIS)", "SITE", "QUOI", "FICHE", "CHAMP", "GARDÉ", "ÉCARTÉ", "DE", "RÈGLE", "ÉTAT")
    print_table(headings, lines, none="Aucun conflit.")
    if more:
        click.echo(f"Plus anciens, non montrés : {more}. Ce qui attend une personne est dans « hub todo list ».")
