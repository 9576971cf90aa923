"""``hub booking override`` and ``hub slots withdraw``: acts in a person's name, after saying whom they touch."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import Connection, select

from sync.errors import InvalidInput
from sync.hub import accounts, overrides, withdrawals
from sync.hub.at_risk import AtRisk
from sync.hub.command_bookings import booking
from sync.hub.command_imports import slots
from sync.hub.command_options import (
    confirm,
    home_option,
    json_option,
    now_ms,
    open_hub,
    options,
    print_json,
    who_option,
    yes_option,
)
from sync.hub.database import table_of
from sync.hub.matter import Scene
from sync.hub.registrations import find_kind
from sync.hub.risk_words import lines_of
from sync.records import Slot

__all__ = ["booking", "slots"]

SLOTS = table_of(Slot)


@booking.command(
    "override",
    short_help="Donner d’office une place qui n’est pas libre.",
    help="Donner d’office à une demande une place qui n’est pas libre, ou qu’une borne a pu promettre. "
    "Sans « --yes », dire seulement qui serait touché.",
)
@click.argument("reference", metavar="RÉFÉRENCE")
@click.argument("slot", metavar="CRÉNEAU")
@options(home_option, who_option, yes_option, json_option)
def booking_override(reference: str, slot: str, home: Path, who: str, yes: bool, as_json: bool) -> None:
    """Gives a booking a place, after saying who may be hit."""
    moment = now_ms()
    with open_hub(home) as database:
        with database.read() as connection:
            accounts.require(connection, who, accounts.EXPLOITATION)
            found = find_kind(connection, reference, "booking")
            slot_id = _slot(connection, found.site_id, slot)
            risk = overrides.at_risk(connection, moment, found.site_id, found.id, slot_id)
            _say(Scene(connection, moment), found.site_id, risk, quiet=as_json)
        confirm(yes)
        with database.write() as connection:
            risk = overrides.override(connection, moment, found.site_id, found.id, slot_id, who)
    if as_json:
        print_json({"site_id": found.site_id, "slot_id": slot_id, **asdict(risk)})
        return
    click.echo("Place donnée, et noté à votre nom. Qui est touché paraît dans « hub todo list ».")


@slots.command(
    "withdraw",
    short_help="Retirer un créneau à venir.",
    help="Retirer un créneau à venir : les rendez-vous deviennent « annulés par l’organisme », d’autres dates sont "
    "proposées. Sans « --yes », dire seulement qui serait touché.",
)
@click.argument("slot", metavar="CRÉNEAU")
@options(
    home_option,
    click.option("--site", "site_id", required=True, metavar="SITE", help="Site de ce créneau."),
    who_option,
    yes_option,
    json_option,
)
def slots_withdraw(slot: str, home: Path, site_id: str, who: str, yes: bool, as_json: bool) -> None:
    """Withdraws a slot, after saying who counts on it."""
    moment = now_ms()
    with open_hub(home) as database:
        with database.read() as connection:
            accounts.require(connection, who, accounts.EXPLOITATION)
            slot_id = _slot(connection, site_id, slot)
            risk = withdrawals.at_risk(connection, site_id, slot_id)
            _say(Scene(connection, moment), site_id, risk, quiet=as_json)
        confirm(yes)
        with database.write() as connection:
            hit = withdrawals.withdraw(connection, moment, site_id, slot_id, who)
    if as_json:
        print_json({"site_id": site_id, "slot_id": slot_id, "bookings": list(hit)})
        return
    click.echo(f"Créneau retiré ; rendez-vous et demandes touchés : {len(hit)}.")
    if hit:
        click.echo("Les personnes à prévenir sont dans « hub booking to-tell ».")


def _slot(connection: Connection, site_id: str, typed: str) -> str:
    """The slot that a person means by its identifier, or by the reference of their file. Raises InvalidInput."""
    named = (SLOTS.c.id == typed) | (SLOTS.c.external_ref == typed)
    found = connection.execute(select(SLOTS.c.id).where(SLOTS.c.site_id == site_id, named, ~SLOTS.c.gone)).scalars()
    ids = sorted(found)
    if len(ids) != 1:
        what = "Plusieurs créneaux de ce site portent" if ids else "Aucun créneau de ce site ne porte"
        raise InvalidInput(f"{what} cette référence : donnez celle de votre fichier de créneaux, ou son identifiant.")
    return str(ids[0])


def _say(scene: Scene, site_id: str, risk: AtRisk, *, quiet: bool) -> None:
    if not quiet:
        click.echo("\n".join(lines_of(scene, site_id, risk)))
