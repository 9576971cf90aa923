"""``hub exchange``: the stick that a courier brought from one or several terminals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from sync.hub import chosen, stick
from sync.hub.command_options import (
    home_option,
    json_option,
    load_keys,
    now_ms,
    open_hub,
    options,
    print_json,
    who_option,
)
from sync.hub.exchange import Exchange
from sync.hub.settings import HubSettings
from sync.hub.stick import AGAIN, OLD, TAKEN, Outcome

WORDS = {TAKEN: "pris", AGAIN: "déjà pris, répondu de nouveau", OLD: "dépassé"}


@click.command(
    short_help="Échanger avec des bornes par une clé USB.",
    help="Prendre ce que des bornes ont écrit sur une clé USB (dossier CLE), et écrire les réponses à côté.",
)
@options(
    home_option,
    who_option,
    json_option,
    click.argument("folder", metavar="CLE", type=click.Path(file_okay=False, path_type=Path)),
)
def exchange(home: Path, folder: Path, who: str, as_json: bool) -> None:
    """Takes in the files of a stick and writes the answers."""
    with open_hub(home) as database:
        keys = load_keys(home, database)
        with database.read() as connection:
            settings = chosen.served(connection, HubSettings(home=home))
        hub = Exchange(database, keys, now_ms=now_ms, settings=settings)
        done = stick.exchange(hub, folder, who, _say_nothing if as_json else _say)
    failed = [one for one in done if one.outcome not in WORDS]
    if as_json:
        print_json({"files": [asdict(one) for one in done]})
    else:
        _say_what_next(done)
    if failed:
        raise click.exceptions.Exit(1)


def _say_nothing(_outcome: Outcome) -> None:
    return None


def _say(one: Outcome) -> None:
    whose = one.file if one.terminal_no is None else f"Borne n° {one.terminal_no} ({one.site_id})"
    if one.outcome in (TAKEN, AGAIN):
        count = one.through - one.first + 1 if one.first else 0
        click.echo(f"{whose} : {WORDS[one.outcome]}. Envois : {count}. Réponse : {one.answer}.")
        return
    click.echo(f"{whose} : {one.message}", err=one.outcome != OLD)


def _say_what_next(done: Sequence[Outcome]) -> None:
    answered = sum(1 for one in done if one.answer and one.outcome != OLD)
    if not answered:
        click.echo("Aucune réponse n’a été écrite sur cette clé.")
        return
    click.echo(
        f"Réponses écrites : {answered}. Éjectez la clé et rapportez-la : sur chaque borne, "
        "« point-contact terminal import » lit la sienne."
    )
