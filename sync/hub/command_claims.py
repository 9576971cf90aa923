"""``hub claim``: a reference read out on the phone opens its request, and brings a booking that never arrived."""

from __future__ import annotations

from pathlib import Path

import click
from sqlalchemy import Connection

from sync.change import Value
from sync.errors import InvalidInput
from sync.hub import accounts, claims, courier, rows, slips
from sync.hub.claim_words import FRENCH, Said, lines_of, title_of, when_and_where, words_of
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
from sync.hub.courier import Opened

SENTENCES = {
    courier.WRONG: "Cette référence n’existe pas\u00a0: faites relire les dix caractères du ticket.",
    courier.LOCKED: "Trop de références fausses ont été saisies\u00a0: réessayez dans un quart d’heure.",
    courier.OPEN_THE_QR: (
        "Cette référence est juste, mais elle ne dit pas quel créneau a été choisi\u00a0: "
        "demandez d’ouvrir le QR du ticket avec un téléphone, ou attendez que la borne retrouve le réseau."
    ),
    courier.TO_CHECK: (
        "Cette référence est juste, mais son rendez-vous doit être vérifié\u00a0: "
        "voyez avec le site avant de dire quoi que ce soit à la personne."
    ),
}


@click.command(
    short_help="Ouvrir un ticket par sa référence, au téléphone.",
    help="Ouvrir un ticket par sa référence, lue au téléphone. "
    "Un rendez-vous garanti qui n’est pas encore arrivé est pris à ce moment.",
)
@click.argument("reference", metavar="RÉFÉRENCE")
@options(home_option, who_option, json_option)
def claim(reference: str, home: Path, who: str, as_json: bool) -> None:
    """Opens a reference. The journal notes who did it and what was found, never the reference."""
    moment = now_ms()
    with open_hub(home) as database:
        keys = load_keys(home, database)
        with database.write() as connection:
            _require(connection, who)
            opened = courier.open_reference(connection, keys, f"person|{who}", reference, moment)
            accounts.audit(connection, moment, who, "claim.open", opened.id or "", opened.outcome)
        if opened.id is None:  # said after the commit: a wrong try counts
            raise InvalidInput(SENTENCES[opened.outcome])
        with database.read() as connection:
            said = claims.said_of(connection, opened, str(opened.kind))
            state = _state(connection, opened)
    if as_json:
        print_json(
            {"outcome": opened.outcome, "kind": opened.kind, "site_id": opened.site_id, "id": opened.id, "state": state,
             "starts_at": said.starts_at}
        )  # fmt: skip
        return
    _print(opened, said)


def _require(connection: Connection, who: str) -> None:
    """Who answers the phone: ``instruction``, or ``exploitation``. Raises Refused."""
    person = accounts.find_account(connection, who)
    held = person is not None and accounts.INSTRUCTION in person.roles
    accounts.require(connection, who, accounts.INSTRUCTION if held else accounts.EXPLOITATION)


def _state(connection: Connection, opened: Opened) -> Value:
    """The present state of what was opened; of the booking that replaced it, when it was moved."""
    kind, site_id, record_id = str(opened.kind), str(opened.site_id), str(opened.id)
    if kind == "booking":
        record_id, _ = slips.newest_of(connection, site_id, record_id)
    return (rows.read(connection, kind, site_id, record_id) or {})["state"]


def _print(opened: Opened, said: Said) -> None:
    """What the person on the phone may be told, as their own page would say it."""
    if opened.outcome == courier.MADE:
        click.echo("La borne ne l’avait pas encore envoyé : il vient d’être pris au hub.")
    click.echo(title_of(said, FRENCH))
    lines = [*when_and_where(said, FRENCH), *lines_of(said, FRENCH)]
    if said.mandatory:
        lines.append(words_of("mandatory", FRENCH).title)
    for line in lines:
        click.echo(f"  {line}")
