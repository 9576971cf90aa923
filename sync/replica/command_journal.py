"""`point-contact terminal journal`: what was written here and does not stand, and what was destroyed or given up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import click

from sync.clock import utc_text
from sync.replica.apply import FORGOTTEN
from sync.replica.command_parked import home_option, open_terminal
from sync.replica.journal import Ended, Lost

RULES = {
    "latest": "la plus récente",
    "hub_wins": "le hub décide",
    "union": "les deux réunies",
    "states": "la suite des états",
    "ask": "une personne décide",
    FORGOTTEN: "la fiche a été détruite à la fin de son délai",
}
ENDS = {
    "unsent_kept": "non partie après quinze jours, gardée comme la personne l’a choisi",
    "unsent_destroyed": "non partie après quinze jours, détruite comme la personne l’a choisi",
    "past_destroyed": "détruite à la fin de son délai",
    "parked_dropped": "envois refusés, abandonnés",
}


@click.command(help="Voir ce qui a été écrit ici et n’a pas été retenu, et ce qui a été détruit ou abandonné.")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Un objet JSON, pour un programme.")
def journal(home: Path, as_json: bool) -> None:
    """Prints the newest lines of this terminal's journal."""
    with closing(open_terminal(home)) as terminal:
        lost, ended = terminal.store.journal()
    if as_json:
        lines = {"lost": [asdict(one) for one in lost], "ended": [asdict(one) for one in ended]}
        click.echo(json.dumps(lines, ensure_ascii=False))
        return
    _show(lost, ended)


def _show(lost: Sequence[Lost], ended: Sequence[Ended]) -> None:
    if not lost and not ended:
        click.echo("Rien à signaler : tout ce qui a été écrit ici est retenu.")
    for one in lost:
        kept_by = "le hub" if one.kept_by is None else f"la borne n° {one.kept_by}"
        click.echo(
            f"{utc_text(one.at_ms)}  {one.kind} {one.id}  {one.field} : « {_said(one.lost)} » non retenu, "
            f"« {_said(one.kept)} » de {kept_by} (règle : {RULES.get(one.rule, one.rule)})"
        )
    for line in ended:
        by = f", par {line.who}" if line.who else ""
        click.echo(f"{utc_text(line.at_ms)}  {line.kind} {line.id}  {ENDS.get(line.what, line.what)}{by}")


def _said(value: object) -> str:
    return "rien" if value in (None, "", []) else ", ".join(value) if isinstance(value, list) else str(value)
