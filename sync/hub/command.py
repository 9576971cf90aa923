"""``point-contact hub``: everything an operator does at the hub. Each file ``command_*.py`` holds a part."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import click

from sync.errors import InvalidInput
from sync.hub.command_calls import calls_group, satisfaction
from sync.hub.command_claims import claim
from sync.hub.command_fleet import conflict, site, terminal
from sync.hub.command_grants import grant
from sync.hub.command_imports import directory, events, offers
from sync.hub.command_keys import backup, keys, restore
from sync.hub.command_options import SentenceGroup, database_option, home_option, hub_lock, open_hub, options
from sync.hub.command_overrides import booking, slots
from sync.hub.command_people import account, audit
from sync.hub.command_quarantine import quarantine_group
from sync.hub.command_registrations import registration
from sync.hub.command_retention import retention_group, terms_options
from sync.hub.command_stick import exchange
from sync.hub.command_todo import duplicates_group, todo_group
from sync.hub.database_place import check_address, note_address
from sync.hub.settings import HubSettings, RetentionTerms

PORT_MAX = 65535
WORKERS_MAX = 64
DEFAULTS = HubSettings(home=Path())


@click.group(cls=SentenceGroup, help="Le hub : comptes, bornes, créneaux, événements, inscriptions, sauvegardes.")
def hub() -> None:
    """The hub's commands. Files they make are readable by their owner only."""
    os.umask(0o077)


@hub.command(
    short_help="Mettre la base à jour.",
    help="Mettre la base au schéma de cette version ; rien n’est fait s’il y est déjà.",
)
@options(home_option, database_option)
def migrate(home: Path, address: str | None) -> None:
    """Migrates the database."""
    with open_hub(home, create=True, address=address):
        click.echo("La base est au schéma de cette version.")


@hub.command(
    short_help="Mettre le hub en marche.", help="Mettre le hub en marche, jusqu’à Ctrl-C ou l’ordre d’arrêt du système."
)
@options(
    home_option,
    database_option,
    click.option(
        "--workers", default=DEFAULTS.workers, show_default=True, metavar="PROCESSUS",
        type=click.IntRange(1, WORKERS_MAX), help="Processus qui répondent ; plusieurs sur PostgreSQL seulement.",
    ),
    click.option("--host", default=DEFAULTS.host, show_default=True, metavar="ADRESSE", help="Adresse d’écoute."),
    click.option(
        "--port", default=DEFAULTS.port, show_default=True, type=click.IntRange(1, PORT_MAX), metavar="PORT",
        help="Port d’écoute.",
    ),
    click.option("--public-url", metavar="URL", help="Adresse ouverte par le téléphone du visiteur (QR du ticket)."),
    click.option(
        "--next-round-s", default=DEFAULTS.next_round_s, show_default=True, metavar="SECONDES",
        type=click.IntRange(5, 86_400), help="Secondes entre deux passages d’une borne.",
    ),
    click.option(
        "--rounds-at-once", default=DEFAULTS.rounds_at_once, show_default=True, metavar="BORNES",
        type=click.IntRange(1, 10_000),
        help="Bornes reçues à la fois par un processus ; les autres sont priées de revenir plus tard.",
    ),
    click.option(
        "--grants-per-terminal", default=DEFAULTS.grants_per_terminal, show_default=True, metavar="PLACES",
        type=click.IntRange(0, 100), help="Places qu’une borne peut promettre sans réseau ; 0 pour aucune.",
    ),
    click.option(
        "--seats-per-terminal", default=DEFAULTS.seats_per_terminal, show_default=True, metavar="PLACES",
        type=click.IntRange(0, 100), help="Places d’événements promises par une borne sans réseau ; 0 pour aucune.",
    ),
    click.option(
        "--takes-per-hour", default=DEFAULTS.takes_per_hour, show_default=True, metavar="PLACES",
        type=click.IntRange(0, 1000), help="Places qu’un site prend en ligne en une heure, au plus ; 0 pour aucune.",
    ),
    click.option(
        "--requests-per-hour", default=DEFAULTS.requests_per_hour, show_default=True, metavar="DEMANDES",
        type=click.IntRange(1, 10_000), help="Demandes d’un site confirmées en une heure ; les autres attendent.",
    ),
    click.option(
        "--requests-per-terminal", default=DEFAULTS.requests_per_terminal, show_default=True, metavar="DEMANDES",
        type=click.IntRange(1, 10_000), help="Demandes d’une borne confirmées en une heure ; les autres attendent.",
    ),
    terms_options,
)  # fmt: skip
def serve(home: Path, address: str | None, **asked: Any) -> None:
    """Serves the hub."""
    from sync.hub import serving  # noqa: PLC0415  (only this command needs the web server)
    from sync.hub.app import log_to, now_ms, prepare  # noqa: PLC0415
    from sync.hub.upkeep import Upkeep  # noqa: PLC0415

    terms = RetentionTerms(**{one.name: asked.pop(one.name) for one in fields(RetentionTerms)})
    settings = HubSettings(home=home, database_url=address, **asked)
    if address is not None:
        check_address(home, address)
    serving.check_workers(settings)
    with hub_lock(home, stopping_for="en lancer un autre"):
        prepare(settings, terms)
        if address is not None:
            note_address(home, address)
        with _listen(settings.host, settings.port) as listening:
            log_to(sys.stderr)
            click.echo(f"Hub en marche sur http://{settings.host}:{settings.port}", err=True)
            with Upkeep(settings, now_ms):
                serve_all = serving.serve_alone if settings.workers == 1 else serving.serve_together
                serve_all(settings, terms, listening)


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises InvalidInput with what to do when the port or the address is not free."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with contextlib.ExitStack() as undo:
            listening = undo.enter_context(socket.socket(family, kind, protocol))
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen(socket.SOMAXCONN)
            undo.pop_all()
            return listening
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise InvalidInput(
                f"Le port {port} est déjà utilisé : arrêtez l’autre programme, ou donnez un autre « --port »."
            ) from error
        if error.errno == errno.EACCES:
            raise InvalidInput(f"Le port {port} est réservé au système : donnez un « --port » plus grand.") from error
        raise InvalidInput(f"L’adresse « {host} » n’est pas de cette machine : donnez un autre « --host ».") from error


for command in (
    site, account, terminal, slots, events, offers, directory, registration, booking, claim, grant, keys, backup,
    restore, conflict, audit, todo_group, duplicates_group, quarantine_group, retention_group, exchange,
    calls_group, satisfaction,
):  # fmt: skip
    hub.add_command(command)
