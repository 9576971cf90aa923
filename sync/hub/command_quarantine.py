"""``hub quarantine``: what revoked terminals still send, taken or dropped by a named person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from sync.clock import utc_text
from sync.errors import InvalidInput
from sync.hub import accounts, quarantine, todo_words
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
from sync.hub.database import HubDatabase
from sync.hub.french_time import PARIS, short
from sync.hub.quarantine import HeldBack

record_option = click.option(
    "--record", "records", multiple=True, metavar="FICHE", help="Seulement cette fiche ; à répéter pour plusieurs."
)


@click.group("quarantine", help="Ce que des bornes révoquées envoient encore, tenu à l’écart.")
def quarantine_group() -> None:
    """What waits for a person to judge."""


@quarantine_group.command("list", help="Voir ce que des bornes révoquées ont envoyé ; rien de personnel.")
@options(home_option, site_option, json_option)
def quarantine_list(home: Path, site_id: str | None, as_json: bool) -> None:
    """Lists the operations that wait."""
    with open_hub(home) as database, database.read() as connection:
        held = quarantine.list_held(connection, site_id)
    if as_json:
        print_json({"held": [asdict(one) for one in held]})
        return
    lines = [
        (one.terminal_no, one.site_id, todo_words.kind_in_words(one.kind), one.record_id,
         todo_words.STATES_IN_WORDS.get(one.state or "", ""), "oui" if one.sealed else "",
         short(utc_text(one.received_ms), PARIS))
        for one in held
    ]  # fmt: skip
    headings = ("BORNE", "SITE", "QUOI", "FICHE", "ÉTAT", "ÉCRIT PAR UN VISITEUR", "REÇU (PARIS)")
    print_table(headings, lines, none="Rien n’est tenu à l’écart.")


@quarantine_group.command(
    "take",
    short_help="Prendre ce qu’une borne révoquée a envoyé.",
    help="Prendre ce qu’une borne révoquée a envoyé, comme si c’était arrivé avant. Sans « --yes », le dire seulement.",
)
@click.argument("terminal", metavar="BORNE")
@options(home_option, record_option, who_option, yes_option, json_option)
def quarantine_take(terminal: str, home: Path, records: tuple[str, ...], who: str, yes: bool, as_json: bool) -> None:
    """Takes what waits of one terminal, or of some records."""
    moment = now_ms()
    with open_hub(home) as database:
        terminal_id = _announce(database, terminal, records, who, quiet=as_json)
        confirm(yes)
        with database.write() as connection:
            done = quarantine.take(connection, moment, terminal_id, who, records=set(records) or None)
    if as_json:
        print_json(asdict(done))
        return
    click.echo(f"Écritures prises : {done.taken} ; impossibles à prendre : {done.rejected}.")
    if done.left:
        click.echo(f"Écritures datées de plus tard que maintenant, encore tenues à l’écart : {done.left}.")


@quarantine_group.command(
    "drop",
    short_help="Détruire ce qu’une borne révoquée a envoyé.",
    help="Détruire ce qu’une borne révoquée a envoyé ; c’est définitif. Sans « --yes », le dire seulement.",
)
@click.argument("terminal", metavar="BORNE")
@options(home_option, record_option, who_option, yes_option, json_option)
def quarantine_drop(terminal: str, home: Path, records: tuple[str, ...], who: str, yes: bool, as_json: bool) -> None:
    """Drops what waits of one terminal, or of some records."""
    moment = now_ms()
    with open_hub(home) as database:
        terminal_id = _announce(database, terminal, records, who, quiet=as_json)
        confirm(yes)
        with database.write() as connection:
            dropped = quarantine.drop(connection, moment, terminal_id, who, records=set(records) or None)
    if as_json:
        print_json({"dropped": dropped})
        return
    click.echo(f"Écritures détruites : {dropped}.")


def _announce(database: HubDatabase, terminal: str, records: Sequence[str], who: str, *, quiet: bool) -> str:
    """Says what would be settled of a terminal, named by its number or identifier; returns its identifier."""
    with database.read() as connection:
        accounts.require(connection, who, accounts.EXPLOITATION)
        held = quarantine.list_held(connection)
    mine = [one for one in held if terminal in {one.terminal_id, str(one.terminal_no)} and _wanted(one, records)]
    if not mine:
        raise InvalidInput("Rien de cette borne n’est tenu à l’écart : voyez « hub quarantine list ».")
    if not quiet:
        click.echo(
            f"Borne n° {mine[0].terminal_no} : {len(mine)} écritures, {len({one.record_id for one in mine})} fiches."
        )
    return mine[0].terminal_id


def _wanted(one: HeldBack, records: Sequence[str]) -> bool:
    return not records or one.record_id in records
