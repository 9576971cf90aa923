"""``hub grant``: the places that terminals may promise with no network, and taking one back in a person's name."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from sync.hub import accounts, grants, rows
from sync.hub.at_risk import AtRisk
from sync.hub.command_options import (
    confirm,
    home_option,
    json_option,
    now_ms,
    open_hub,
    options,
    print_json,
    print_table,
    site_option,
    who_option,
    yes_option,
)
from sync.hub.french_time import PARIS, short
from sync.hub.matter import Scene
from sync.hub.risk_words import KEEPS, lines_of
from sync.promise import ACTIVE, RELEASED, WRITTEN_OFF

TOO_LATE = "Si son rendez-vous arrive trop tard, il sera refusé : la personne sera à prévenir (« hub todo list »)."
STATES_IN_WORDS = {ACTIVE: "confiée", RELEASED: "rendue", WRITTEN_OFF: "reprise d’office"}


@click.group(
    short_help="Les places confiées aux bornes.",
    help="Les places de créneaux confiées aux bornes, qu’elles peuvent promettre sans réseau.",
)
def grant() -> None:
    """The grants."""


@grant.command("list", help="Voir les places confiées, pour les créneaux à venir.")
@options(home_option, site_option, json_option)
def grant_list(home: Path, site_id: str | None, as_json: bool) -> None:
    """Lists the grants of slots to come."""
    with open_hub(home) as database, database.read() as connection:
        zones = {key: str(fields["zone"]) for key, _, fields in rows.read_all(connection, "site")}
        given = grants.list_grants(connection, now_ms(), site_id)
    if as_json:
        print_json({"grants": [asdict(line) for line in given]})
        return
    lines = [
        (line.site_id, line.id, short(line.starts_at, zones.get(line.site_id, PARIS)), line.reason, line.terminal_no,
         line.number, STATES_IN_WORDS[line.state], "oui" if line.live else "")
        for line in given
    ]  # fmt: skip
    headings = ("SITE", "PLACE", "CRÉNEAU (HEURE DU LIEU)", "MOTIF", "BORNE", "N°", "ÉTAT", "RÉSERVÉE")
    print_table(headings, lines, none="Aucune place n’est confiée à une borne.")


@grant.command(
    "write-off",
    short_help="Reprendre une place que sa borne ne rend pas.",
    help="Reprendre une place que sa borne ne rend pas. Risqué : la borne a pu la promettre sans pouvoir le dire.",
)
@click.argument("grant_id", metavar="PLACE")
@options(
    home_option,
    click.option("--site", "site_id", required=True, metavar="SITE", help="Site de cette place."),
    yes_option,
    who_option,
)
def grant_write_off(grant_id: str, home: Path, site_id: str, yes: bool, who: str) -> None:
    """Says who may be hit and, with a yes, writes the grant off."""
    moment = now_ms()
    with open_hub(home) as database, database.write() as connection:
        accounts.require(connection, who, accounts.EXPLOITATION)
        live = tuple(grants.at_risk(connection, site_id, grant_id))
        risk = AtRisk(bookings=live, grants=() if live else (grant_id,))
        click.echo("\n".join(lines_of(Scene(connection, moment), site_id, risk, known=KEEPS)))
        if not live:
            click.echo(TOO_LATE)
        confirm(yes)
        grants.write_off(connection, moment, site_id, grant_id, who)
    if live:
        click.echo("Place reprise : elle reste à ce rendez-vous, puis revient au hub.")
    else:
        click.echo("Place reprise : le hub peut la donner à quelqu’un d’autre.")
