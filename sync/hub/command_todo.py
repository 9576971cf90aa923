"""``hub todo`` and ``hub duplicates``: what waits for a person, said in staff words, and settled in their name."""

from __future__ import annotations

import contextlib
import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from sync.errors import InvalidInput, Refused, StorageError
from sync.hub import duplicates, registrations, todo
from sync.hub.command_options import (
    confirm,
    home_option,
    json_option,
    load_keys,
    now_ms,
    open_hub,
    options,
    print_json,
    site_option,
    who_option,
    yes_option,
)
from sync.hub.command_registrations import open_people
from sync.hub.todo_words import Choice

LINE_WIDTH = 100
EMPTY = "Rien n’attend personne."


@click.group(
    "todo",
    short_help="Ce qui attend une personne.",
    help="Ce qui attend une personne : rendez-vous à régler, gens à prévenir, bornes et doublons à vérifier.",
)
def todo_group() -> None:
    """The list of what a person must settle."""


@todo_group.command(
    "list",
    help="Voir ce qui attend une personne, le plus pressé d’abord, avec les choix possibles ; rien de personnel.",
)
@options(home_option, site_option, json_option)
def todo_list(home: Path, site_id: str | None, as_json: bool) -> None:
    """Lists what waits for a person, once what nobody needs to settle any more has settled itself."""
    moment = now_ms()
    with open_hub(home) as database:
        # What a full or busy disk does not let settle itself is left out of the list all the same.
        with contextlib.suppress(StorageError, Refused), database.write() as connection:
            todo.tidy(connection, moment)
        with database.read() as connection:
            items = todo.list_todo(connection, moment, site_id)
    if as_json:
        print_json({"todo": [asdict(item) for item in items]})
        return
    click.echo("\n".join(lines_of(items)))


@todo_group.command(
    "settle",
    short_help="Régler une ligne de la liste.",
    help="Régler une ligne de la liste par l’un de ses choix. Sans « --yes », dire seulement ce qui serait fait.",
)
@click.argument("item", metavar="CODE")
@click.argument("choice", metavar="CHOIX")
@options(home_option, who_option, yes_option, json_option)
def todo_settle(item: str, choice: str, home: Path, who: str, yes: bool, as_json: bool) -> None:
    """Settles one line; the same line as it was read, or nothing."""
    moment = now_ms()
    with open_hub(home) as database:
        with database.write() as connection:
            todo.tidy(connection, moment)
        with database.read() as connection:
            line = todo.find(todo.list_todo(connection, moment), item)
        chosen = todo.choice_of(line, choice)
        if not as_json:
            click.echo("\n".join(_paragraph(line.happened, "")))
            click.echo("\n".join(_paragraph(f"{chosen.label}. {chosen.effect}", "→ ")))
        confirm(yes)
        with database.write() as connection:
            settled = todo.settle(connection, moment, line.id, chosen.code, who, seen=line.code)
    if as_json:
        print_json(asdict(settled))
        return
    click.echo("C’est fait, et noté à votre nom.")


@todo_group.command(
    "open",
    short_help="Lire les coordonnées des personnes d’une ligne.",
    help="Lire ce que les personnes d’une ligne ont laissé, pour les prévenir. L’ouverture est journalisée.",
)
@click.argument("item", metavar="CODE")
@options(home_option, who_option, json_option)
def todo_open(item: str, home: Path, who: str, as_json: bool) -> None:
    """Opens through the vault what the people of one line left; the line is the reason."""
    moment = now_ms()
    with open_hub(home) as database:
        load_keys(home, database)
        with database.read() as connection:
            line = todo.find(todo.list_todo(connection, moment), item)
            found = [one for name in line.records if (one := registrations.find_by_id(connection, name)) is not None]
        if not found:
            raise InvalidInput("Cette ligne ne touche personne en particulier : faites ce qu’elle dit, puis réglez-la.")
        open_people(database, home, moment, found, who, doubles=line.kind == "alike", as_json=as_json)


@click.group("duplicates", help="Les personnes qui ont peut-être préparé deux fois leur inscription.")
def duplicates_group() -> None:
    """The registrations that may be one person's."""


@duplicates_group.command(
    "look",
    short_help="Chercher les doublons.",
    help="Comparer les préparations reçues et mettre dans la liste celles qui se ressemblent. Rien n’est fusionné.",
)
@options(home_option, who_option, json_option)
def duplicates_look(home: Path, who: str, as_json: bool) -> None:
    """Looks for people who prepared twice; what was typed is opened in memory and shown to nobody."""
    with open_hub(home) as database:
        load_keys(home, database)
        looked = duplicates.look(database, home, now_ms(), who)
    if as_json:
        print_json(asdict(looked))
        return
    click.echo(f"Préparations comparées pour la première fois : {looked.compared}.")
    if looked.unreadable:
        click.echo(f"Préparations illisibles, laissées de côté : {looked.unreadable}.")
    click.echo(f"Ressemblances nouvelles : {looked.pairs}{' (voyez « hub todo list »)' if looked.pairs else ''}.")


def lines_of(items: Sequence[todo.Item]) -> list[str]:
    """The list as a person reads it: for each line its code, what happened, what to do, and the numbered choices."""
    if not items:
        return [EMPTY]
    urgent = sum(item.urgent for item in items)
    many = f"{len(items)} lignes attendent" if len(items) > 1 else "1 ligne attend"
    lines = [f"{many} une personne{f', dont {urgent} pour les deux jours qui viennent' if urgent else ''}."]
    for item in items:
        lines += ["", f"{item.short}   {item.place}{'   PRESSÉ' if item.urgent else ''}"]
        lines += [*_paragraph(item.happened, "  "), *_paragraph(item.to_do, "  → ")]
        lines += _choices(item.choices)
    how = "Régler une ligne : « hub todo settle CODE NUMÉRO » ; lire les coordonnées : « hub todo open CODE »."
    return [*lines, "", how]


def _choices(choices: Sequence[Choice]) -> list[str]:
    lines = []
    for number, choice in enumerate(choices, 1):
        lines += _paragraph(f"{choice.label}. {choice.effect}", f"    {number}  ")
    return lines


def _paragraph(text: str, start: str) -> list[str]:
    """Lines that a screen shows whole; the following ones are indented as the first."""
    return textwrap.wrap(
        text, LINE_WIDTH, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False
    )
