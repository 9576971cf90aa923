"""``hub retention``: what is destroyed at the end of its time, and what a person must see to before."""

from __future__ import annotations

from dataclasses import asdict, fields
from pathlib import Path

import click

from sync.clock import utc_text
from sync.hub import retention, todo
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
from sync.hub.settings import RetentionTerms

KINDS = {
    "booking": "rendez-vous",
    "registration": "préparation d’inscription",
    "grant": "place confiée",
    "slot": "créneau",
    "event": "événement",
    "offer": "offre d’emploi",
    "service": "service de l’annuaire",
    "help_call": "appel à l’aide",
    "satisfaction": "avis, en nombres",
}
WHATS = {retention.RECORD: "tout", retention.SEALED_TEXT: "pli scellé"}
REASONS = {
    None: "au prochain passage",
    retention.IN_THE_JOURNAL: "un conflit est à régler",
    retention.UNHANDLED: "la préparation n’est ni transmise, ni close",
    retention.UNTOLD: "une borne n’a pas encore reçu la dernière réponse",
}
TERMS = {
    "booking_days": "Jours où un rendez-vous et ce qui a été saisi avec lui sont gardés, après son heure.",
    "slot_days": "Jours où créneau, places, événement, offre et service sont gardés, après leur fin ou leur retrait.",
    "sealed_days": "Jours où une préparation d’inscription, transmise ou close, est gardée après son arrivée.",
    "closed_days": "Jours où le reste d’une inscription est gardé, après sa clôture ou son retrait.",
    "unknown_days": "Jours où un rendez-vous ou une place d’heure inconnue sont gardés.",
    "untold_days": "Jours de plus, tant qu’une borne du site n’a pas reçu la dernière réponse.",
    "early_days": "Jours où une écriture attend sa fiche, avant qu’une personne soit appelée.",
    "settled_days": "Jours où une ligne réglée du journal ou de la quarantaine est gardée.",
    "counts_days": "Jours où les avis des visiteurs, en nombres, sont gardés.",
}
DAYS_MAX = 3650
terms_options = options(
    *(
        click.option(
            f"--{one.name.replace('_', '-')}", one.name, default=one.default, show_default=True, metavar="JOURS",
            type=click.IntRange(1, DAYS_MAX), help=TERMS[one.name],
        )
        for one in fields(RetentionTerms)
    )
)  # fmt: skip
"""One option of ``hub serve`` for each term of ``settings.RetentionTerms``."""


@click.group(
    "retention",
    short_help="Ce qui est détruit à la fin de son délai.",
    help="Ce que le hub détruit à la fin de son délai. Il le fait de lui-même chaque heure, quand il est en marche.",
)
def retention_group() -> None:
    """What is destroyed at the end of its time."""


@retention_group.command("show", help="Voir ce dont le délai est passé : ce qui part, et ce qui attend une personne.")
@options(home_option, site_option, json_option)
def retention_show(home: Path, site_id: str | None, as_json: bool) -> None:
    """Lists what is due."""
    with open_hub(home) as database, database.read() as connection:
        due = retention.list_due(connection, now_ms(), site_id=site_id)
        ran_ms = retention.last_run_ms(connection)
    if as_json:
        print_json({"last_run_ms": ran_ms, "due": [asdict(one) for one in due]})
        return
    said = short(utc_text(ran_ms), PARIS) if ran_ms is not None else "jamais"
    click.echo(f"Dernier passage (heure de Paris) : {said}")
    lines = [
        (
            one.site_id,
            KINDS[one.kind],
            one.id,
            WHATS[one.what],
            short(utc_text(one.due_ms), PARIS),
            REASONS[one.held_by],
        )
        for one in due
    ]
    headings = ("SITE", "FICHE", "IDENTIFIANT", "QUOI", "DÉLAI PASSÉ LE (PARIS)", "DESTRUCTION")
    print_table(headings, lines, none="Rien dont le délai soit passé.")


@retention_group.command("run", help="Détruire maintenant ce dont le délai est passé et qui n’attend personne.")
@options(home_option, json_option, who_option)
def retention_run(home: Path, as_json: bool, who: str) -> None:
    """Runs retention under a name."""
    with open_hub(home) as database, database.write() as connection:
        moment = now_ms()
        report = retention.run(connection, moment, who=who)
        todo.tidy(connection, moment)
    if as_json:
        print_json(asdict(report))
        return
    count = sum(report.records.values())
    click.echo(f"Fiches détruites : {count}. Plis scellés détruits : {report.sealed}.")
    if report.held or report.expired:
        waiting = sum(report.held.values()) + report.expired
        click.echo(f"En attente d’une personne : {waiting}. Voyez « hub retention show » et « hub todo list ».")
