"""`point-contact terminal export` and `import`: a round that travels on a USB stick."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import click

from sync.replica.command_parked import home_option, json_option, open_terminal

KILO = 1000

folder_argument = click.argument("folder", metavar="CLE", type=click.Path(path_type=Path))


@click.command(
    short_help="Écrire sur une clé USB ce qui attend.",
    help="Écrire sur une clé USB (dossier CLE) ce qui attend de partir, que le hub seul sait ouvrir.",
)
@home_option
@json_option
@folder_argument
def export(home: Path, folder: Path, as_json: bool) -> None:
    """Writes this terminal's file on a stick."""
    with closing(open_terminal(home)) as terminal:
        done = terminal.sticks.export(folder)
    if as_json:
        fields = {"ok": True, "file": done.file.name, "operations": done.operations, "bytes": done.size_bytes}
        click.echo(json.dumps({**fields, "more": done.more}, ensure_ascii=False))
        return
    click.echo(f"Écrit : {done.file.name} (envois : {done.operations}, {max(1, done.size_bytes // KILO)} ko).")
    if done.more:
        click.echo("Tout n’y tient pas : un second trajet sera nécessaire.")
    click.echo(
        "Éjectez la clé, puis apportez-la à l’administrateur du hub : il y écrira la réponse. "
        "Au retour, branchez-la ici et lancez « point-contact terminal import »."
    )


@click.command(
    name="import",
    short_help="Lire la réponse du hub sur une clé USB.",
    help="Lire la réponse du hub à cette borne sur une clé USB (dossier CLE, ou un fichier de ce dossier).",
)
@home_option
@json_option
@folder_argument
def import_(home: Path, folder: Path, as_json: bool) -> None:
    """Reads the hub's answer from a stick."""
    with closing(open_terminal(home)) as terminal:
        report = terminal.sticks.take_in(folder)
    if as_json:
        fields = ("ok", "code", "message", "pushed", "pulled", "waiting", "more")
        click.echo(json.dumps({name: getattr(report, name) for name in fields}, ensure_ascii=False))
    elif report.code == "ok":
        click.echo(f"Réponse lue. Arrivés : {report.pushed}. Reçus : {report.pulled}. En attente : {report.waiting}.")
        if report.more:
            click.echo("Le hub a davantage à dire : refaites un trajet avec « point-contact terminal export ».")
        elif report.waiting:
            click.echo("Ce qui a été écrit depuis partira avec la prochaine clé, ou par le réseau.")
    elif report.ok:
        click.echo(report.message)
    if not report.ok:
        if not as_json:
            click.echo(report.message, err=True)
        raise click.exceptions.Exit(1)
