"""``hub registration``: the work list of prepared registrations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from sync.errors import InvalidInput
from sync.hub import duplicates, registrations, vault
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
from sync.hub.database import HubDatabase
from sync.hub.french_time import PARIS, short
from sync.hub.gateway import NOTABLE_STATES, TO_COMPLETE, ManualGateway, Outcome
from sync.records.registration import PREPARED

FOLLOW_UP = {"booking": "rendez_vous", "registration": "transmission"}
"""Why what a person left is opened from the to-do list, by the kind of the record."""
reason_option = click.option(
    "--reason", required=True, metavar="MOTIF", help=f"Motif, gardé au journal : {', '.join(vault.REASONS)}."
)


@click.group(help="Les préparations d’inscription. Aucune n’est une inscription.")
def registration() -> None:
    """The work list."""


@registration.command("list", help="Voir les préparations reçues et leur état ; rien de personnel.")
@options(
    home_option,
    site_option,
    click.option(
        "--state", "states", multiple=True, type=click.Choice([PREPARED, *NOTABLE_STATES]),
        help="Seulement cet état ; à répéter pour plusieurs.",
    ),
    json_option,
)  # fmt: skip
def registration_list(home: Path, site_id: str | None, states: tuple[str, ...], as_json: bool) -> None:
    """Lists the prepared registrations."""
    with open_hub(home) as database, database.read() as connection:
        prepared = registrations.list_registrations(connection, site_id=site_id, states=states)
    if as_json:
        print_json({"registrations": [asdict(line) for line in prepared]})
        return
    lines = [
        (
            line.site_id,
            line.id,
            line.state,
            short(line.received_at, PARIS),
            line.assistance,
            ", ".join(line.to_complete),
        )
        for line in prepared
    ]
    headings = ("SITE", "PRÉPARATION", "ÉTAT", "REÇUE (PARIS)", "AIDE", "À COMPLÉTER")
    print_table(headings, lines, none="Aucune préparation dans la liste.")


@registration.command("find", help="Trouver une préparation ou un rendez-vous par la référence du ticket.")
@click.argument("reference", metavar="RÉFÉRENCE")
@options(home_option, json_option)
def registration_find(reference: str, home: Path, as_json: bool) -> None:
    """Finds a record by its slip's reference."""
    with open_hub(home) as database, database.read() as connection:
        found = registrations.find(connection, reference)
    if as_json:
        print_json(asdict(found))
        return
    what = "Préparation" if found.kind == "registration" else "Rendez-vous"
    click.echo(f"{what} {found.id} (site {found.site_id}) : {found.state}")


@registration.command("open", help="Lire les réponses d’une préparation. L’ouverture est journalisée.")
@click.argument("reference", metavar="RÉFÉRENCE")
@options(home_option, reason_option, json_option, who_option)
def registration_open(reference: str, home: Path, reason: str, as_json: bool, who: str) -> None:
    """Opens a registration through the vault, for the eyes of the operator."""
    with open_hub(home) as database:
        load_keys(home, database)
        with database.read() as connection:
            found = registrations.find_kind(connection, reference, "registration")
        opened = vault.open_sealed(
            database, home, now_ms(), "registration", found.site_id, found.id, who=who, reason=reason
        )
    print_answers(opened, found.state, ManualGateway().forward(opened).steps, as_json=as_json)


@registration.command("set", help="Noter ce qu’est devenue une préparation.")
@click.argument("reference", metavar="RÉFÉRENCE")
@click.argument("state", metavar="ÉTAT", type=click.Choice(list(NOTABLE_STATES)))
@options(
    home_option,
    click.option(
        "--missing", multiple=True, metavar="CODE",
        help=f"Ce qui manque, avec « a_completer » ; à répéter : {', '.join(TO_COMPLETE)}.",
    ),
    who_option,
)  # fmt: skip
def registration_set(reference: str, state: str, home: Path, missing: tuple[str, ...], who: str) -> None:
    """Notes an outcome; the terminals learn it at their next round."""
    with open_hub(home) as database:
        with database.read() as connection:
            found = registrations.find_kind(connection, reference, "registration")
        outcome = Outcome(state, tuple(sorted(set(missing))))
        with database.write() as connection:
            registrations.note_outcome(connection, now_ms(), ManualGateway(), found.site_id, found.id, outcome, who)
    click.echo(f"Préparation {found.id} : {NOTABLE_STATES[state]}.")


def open_people(
    database: HubDatabase,
    home: Path,
    now_ms: int,
    found: Sequence[registrations.FoundRecord],
    who: str,
    *,
    doubles: bool,
    as_json: bool,
) -> None:
    """Opens and prints what the people of one line of the to-do list left; who left nothing holds up nobody.

    Args:
        database: the hub's.
        home: the hub's home, where the keys are.
        now_ms: milliseconds since 1970.
        found: what the line is about.
        who: a named person with the role ``instruction``.
        doubles: the line asks whether they are one person.
        as_json: one JSON object.

    Raises:
        Refused: no such account or role; the journal keeps the try.
        StorageError: the sealing key is not here.
    """
    opened = [(one, _open_one(database, home, now_ms, one, who, doubles=doubles)) for one in found]
    if as_json:
        print_json({"opened": [
            {"refused": one.message} if isinstance(one, InvalidInput) else answers_of(one, record.state)
            for record, one in opened
        ]})  # fmt: skip
        return
    for number, (record, one) in enumerate(opened, 1):
        click.echo(f"Personne {number} sur {len(opened)}", err=True)
        if isinstance(one, InvalidInput):
            click.echo(one.message, err=True)
        else:
            print_answers(one, record.state, (), as_json=False)


def _open_one(
    database: HubDatabase, home: Path, now_ms: int, record: registrations.FoundRecord, who: str, *, doubles: bool
) -> vault.Opened | InvalidInput:
    reason = duplicates.REASON if doubles else FOLLOW_UP[record.kind]
    try:
        return vault.open_sealed(database, home, now_ms, record.kind, record.site_id, record.id, who=who, reason=reason)
    except InvalidInput as nothing_here:
        return nothing_here


def print_answers(opened: vault.Opened, state: str, steps: tuple[str, ...], *, as_json: bool) -> None:
    """Prints what was typed, for the eyes of the person named in the journal."""
    if as_json:
        print_json(answers_of(opened, state))
        return
    for name, value in opened.answers.items():
        said = ", ".join(map(str, value)) if isinstance(value, list) else value
        click.echo(f"{name} : {'sans réponse' if said is None else said}")
    for site_id, record_id in opened.look_alikes:
        click.echo(f"Même nom et même date de naissance que {record_id} (site {site_id}).", err=True)
    for number, step in enumerate(steps, 1):
        click.echo(f"{number}. {step}", err=True)


def answers_of(opened: vault.Opened, state: str) -> dict[str, Any]:
    """What was typed, as one JSON object."""
    return {
        "kind": opened.kind,
        "site_id": opened.site_id,
        "id": opened.id,
        "state": state,
        "answers": opened.answers,
        "look_alikes": [{"site_id": site_id, "id": record_id} for site_id, record_id in opened.look_alikes],
    }
