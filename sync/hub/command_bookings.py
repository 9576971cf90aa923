"""``hub booking to-tell`` and ``told``: the people who must hear that their appointment will not take place."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from sync.hub import telling, todo_words
from sync.hub.command_imports import booking
from sync.hub.command_options import (
    home_option,
    json_option,
    now_ms,
    open_hub,
    options,
    print_json,
    print_table,
    site_option,
    who_option,
)
from sync.hub.french_time import PARIS, short
from sync.hub.matter import Scene
from sync.hub.registrations import find_kind

__all__ = ["booking"]


@booking.command("to-tell", help="Voir les personnes à prévenir d’un rendez-vous qui n’aura pas lieu.")
@options(home_option, site_option, json_option)
def booking_to_tell(home: Path, site_id: str | None, as_json: bool) -> None:
    """Lists the people to tell, the nearest hour first."""
    moment = now_ms()
    with open_hub(home) as database, database.read() as connection:
        scene = Scene(connection, moment)
        found = telling.list_to_tell(connection, moment, site_id)
        lines = [
            (one.id, scene.place(one.site_id), short(one.starts_at, scene.zone(one.site_id) or PARIS),
             todo_words.REASONS_IN_WORDS.get(one.reason, "autre sujet"),
             todo_words.MODALITIES_IN_WORDS.get(one.modality, ""), todo_words.STATES_IN_WORDS.get(one.state, ""),
             len(one.alternatives) or "")
            for one in found
        ]  # fmt: skip
    if as_json:
        print_json({"to_tell": [asdict(one) for one in found]})
        return
    headings = ("DEMANDE", "SITE", "CRÉNEAU (HEURE DU LIEU)", "MOTIF", "TENUE", "ÉTAT", "AUTRES DATES")
    print_table(headings, lines, none="Personne n’est à prévenir.")


@booking.command("told", help="Noter qu’une personne est prévenue que son rendez-vous n’aura pas lieu.")
@click.argument("reference", metavar="RÉFÉRENCE")
@options(home_option, who_option)
def booking_told(reference: str, home: Path, who: str) -> None:
    """Notes that a person knows."""
    with open_hub(home) as database, database.write() as connection:
        found = find_kind(connection, reference, "booking")
        telling.note_told(connection, now_ms(), found.site_id, found.id, who)
    click.echo("C’est noté : la personne est prévenue.")
