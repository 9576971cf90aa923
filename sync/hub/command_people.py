"""``hub account`` and ``hub audit``: who may do what, and what they did."""

from __future__ import annotations

from pathlib import Path

import click

from sync.clock import utc_text
from sync.errors import Refused
from sync.hub import accounts, tokens
from sync.hub.command_options import (
    home_option,
    json_option,
    now_ms,
    open_hub,
    options,
    print_json,
    print_table,
    who_option,
)
from sync.hub.french_time import PARIS, short

LINES_SHOWN = 50


@click.group(help="Les comptes nommés et leurs rôles.")
def account() -> None:
    """The accounts."""


@account.command("add", help="Ouvrir un compte. Le premier se crée lui-même, avec le rôle « administration ».")
@click.argument("name", metavar="NOM")
@options(
    home_option,
    click.option(
        "--role", "roles", multiple=True, required=True, type=click.Choice(list(accounts.ROLES)),
        help="Rôle donné ; à répéter pour en donner plusieurs.",
    ),
    who_option,
)  # fmt: skip
def account_add(name: str, home: Path, roles: tuple[str, ...], who: str) -> None:
    """Opens an account."""
    with open_hub(home, create=True) as database, database.write() as connection:
        person = accounts.add_account(connection, now_ms(), name, roles, who)
    click.echo(f"Compte « {person.name} » ouvert : {', '.join(person.roles)}.")


@account.command("close", help="Fermer un compte ; ses lignes du journal restent.")
@click.argument("name", metavar="NOM")
@options(home_option, who_option)
def account_close(name: str, home: Path, who: str) -> None:
    """Closes an account."""
    with open_hub(home) as database, database.write() as connection:
        accounts.disable_account(connection, now_ms(), name, who)
    click.echo(f"Compte « {name} » fermé.")


@account.command(
    "token",
    short_help="Donner un jeton à un compte.",
    help="Donner à un compte un jeton pour l’API d’administration. Il est montré une seule fois et remplace l’ancien.",
)
@click.argument("name", metavar="NOM")
@options(home_option, who_option, json_option)
def account_token(name: str, home: Path, who: str, as_json: bool) -> None:
    """Makes and prints a token; only its SHA-256 is kept."""
    with open_hub(home) as database, database.write() as connection:
        token = tokens.issue(connection, now_ms(), name, who)
    if as_json:
        print_json({"account": name, "token": token})
        return
    click.echo(token)
    click.echo("Gardez ce jeton comme un mot de passe : il ne sera plus jamais montré.", err=True)


@account.command("token-off", help="Retirer le jeton d’un compte ; le compte reste ouvert.")
@click.argument("name", metavar="NOM")
@options(home_option, who_option)
def account_token_off(name: str, home: Path, who: str) -> None:
    """Makes a token worth nothing."""
    with open_hub(home) as database, database.write() as connection:
        tokens.withdraw(connection, now_ms(), name, who)
    click.echo(f"Le jeton du compte « {name} » ne vaut plus rien.")


@account.command("list", help="Voir les comptes et leurs rôles.")
@options(home_option, json_option)
def account_list(home: Path, as_json: bool) -> None:
    """Lists the accounts."""
    with open_hub(home) as database, database.read() as connection:
        people = accounts.list_accounts(connection)
    if as_json:
        print_json({"accounts": [
            {"name": person.name, "roles": list(person.roles), "open": person.disabled_ms is None} for person in people
        ]})  # fmt: skip
        return
    rows = [(person.name, ", ".join(person.roles), "" if person.disabled_ms is None else "fermé") for person in people]
    print_table(("NOM", "RÔLES", "ÉTAT"), rows, none="Aucun compte : créez le premier avec « hub account add ».")


@click.command(
    short_help="Lire et vérifier le journal.",
    help="Lire le journal et vérifier que rien n’y a été changé, enlevé ou ajouté après coup.",
)
@options(
    home_option,
    click.option(
        "--limit",
        default=LINES_SHOWN,
        show_default=True,
        type=click.IntRange(1, 10000),
        metavar="NOMBRE",
        help="Lignes montrées.",
    ),
    json_option,
)
def audit(home: Path, limit: int, as_json: bool) -> None:
    """Shows the newest lines of the journal and verifies the whole chain; status 1 when it is broken."""
    with open_hub(home) as database, database.read() as connection:
        report = accounts.verify_audit(connection)
        lines = accounts.read_audit(connection, limit)
    if as_json:
        print_json({"lines": report.lines, "head": report.head, "broken_at": report.broken_at, "newest": lines})
    else:
        rows = [
            (
                line["n"],
                short(utc_text(line["at_ms"]), PARIS),
                line["who"],
                line["action"],
                line["subject"],
                line["detail"],
            )
            for line in lines
        ]
        print_table(("N°", "DATE (PARIS)", "QUI", "ACTION", "SUR", "DÉTAIL"), rows, none="Le journal est vide.")
        click.echo(f"{report.lines} lignes qui se suivent ; empreinte de la dernière : {report.head}")
    if report.broken_at is not None:
        raise Refused(
            "audit",
            f"Le journal a été modifié à la ligne {report.broken_at} : gardez ce dossier tel quel et prévenez "
            "l’administration du hub.",
        )
