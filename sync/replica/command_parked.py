"""`point-contact terminal parked`: what the hub rejected, and what a person has dealt with."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync.clock import utc_text
from sync.errors import Refused

if TYPE_CHECKING:
    from sync.replica.terminal import Terminal

home_option = click.option(
    "--home",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DOSSIER",
    help="Dossier de la borne.",
)


@click.group(help="Les envois que le hub a refusés : les lire, et dire qu’une personne s’en est occupée.")
def parked() -> None:
    """The commands of what was rejected."""


@parked.command(name="list", help="Lister les envois refusés, avec la raison que le hub a donnée.")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Un objet JSON, pour un programme.")
def list_(home: Path, as_json: bool) -> None:
    """Prints what was rejected: codes, names of fields and times, no value."""
    with closing(open_terminal(home)) as terminal:
        found = terminal.store.parked()
    if as_json:
        click.echo(json.dumps({"parked": [asdict(one) for one in found]}, ensure_ascii=False))
        return
    if not found:
        click.echo("Aucun envoi refusé.")
    for one in found:
        click.echo(f"{one.id}  {one.kind}  {utc_text(one.written_ms)}  {one.code} : {one.message}")


@parked.command(
    help="Abandonner les envois refusés d’une fiche : quelqu’un s’en est occupé. Ce qu’ils disaient est perdu."
)
@home_option
@click.argument("record_id", metavar="IDENTIFIANT")
@click.option("--as", "who", required=True, metavar="NOM", help="Qui s’en est occupé.")
@click.option("--yes", is_flag=True, help="Faire ce qui est dit, sans quoi rien n’est changé.")
def drop(home: Path, record_id: str, who: str, yes: bool) -> None:
    """Gives up what was rejected of one record."""
    if not yes:
        raise Refused(
            "unconfirmed",
            "Rien n’est changé : ce que ces envois disaient sera détruit. Relisez-les, puis ajoutez "
            "« --yes » pour le faire.",
        )
    with closing(open_terminal(home)) as terminal:
        count = terminal.store.drop_parked(record_id, who)
    click.echo(f"Envois abandonnés : {count}.")


def open_terminal(home: Path) -> Terminal:
    """The terminal of a home, for one command."""
    from sync.replica.machine import read_machine_secret  # noqa: PLC0415 - the help needs no database
    from sync.replica.terminal import Terminal  # noqa: PLC0415

    return Terminal.open(home, read_machine_secret())
