"""``hub calls``: the calls for help of the terminals, and what a named person answers. ``hub satisfaction``: counts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from sync.clock import utc_text
from sync.hub import help_calls, opinions
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
from sync.records.help_call import COMING, OPEN, SEEN

STATES = {OPEN: "personne n’a répondu", SEEN: "vu", COMING: "quelqu’un arrive"}
JOURNEYS = {
    "registration": "inscription", "booking": "rendez-vous", "contract": "contrat d’engagement",
    "events": "événements", "near": "offres et services", "other": "autre",
}  # fmt: skip
HIDDEN = "moins de 5"
SHORT_ID = 13
MONTH_LENGTH = 7


@click.group(
    "calls", short_help="Les appels à l’aide des bornes.", help="Les appels à l’aide des bornes, en ce moment."
)
def calls_group() -> None:
    """Calls for help."""


@calls_group.command("list", help="Voir les appels ouverts de la dernière heure.")
@options(home_option, site_option, json_option)
def calls_list(home: Path, site_id: str | None, as_json: bool) -> None:
    """Lists the open calls, the oldest first."""
    moment = now_ms()
    with open_hub(home) as database, database.read() as connection:
        scene = Scene(connection, moment)
        found = help_calls.list_open(connection, moment, site_id)
        lines = [
            (one.id[:SHORT_ID], scene.place(one.site_id), one.terminal_no,
             short(one.called_at, scene.zone(one.site_id) or PARIS), STATES[one.state])
            for one in found
        ]  # fmt: skip
    if as_json:
        print_json({"calls": [asdict(one) for one in found]})
        return
    print_table(("APPEL", "SITE", "BORNE", "DEPUIS (HEURE DU LIEU)", "RÉPONSE"), lines, none="Personne n’appelle.")


@calls_group.command("answer", help="Dire à la personne que son appel est vu, ou que quelqu’un arrive.")
@click.argument("call_id", metavar="APPEL")
@click.option(
    "--say", "what", required=True, type=click.Choice(sorted(help_calls.ANSWERS)), metavar="RÉPONSE",
    help="« seen » : l’appel est vu. « coming » : quelqu’un arrive.",
)  # fmt: skip
@options(home_option, who_option)
def calls_answer(call_id: str, what: str, home: Path, who: str) -> None:
    """Answers a call under a name."""
    with open_hub(home) as database, database.write() as connection:
        call = help_calls.answer(connection, now_ms(), call_id, what, who)
    click.echo(f"C’est noté. La borne {call.terminal_no} le dira à sa prochaine synchronisation.")


@click.command("satisfaction", help="Voir les avis des visiteurs, par mois terminé, sans les petits nombres.")
@options(home_option, site_option, json_option)
def satisfaction(home: Path, site_id: str | None, as_json: bool) -> None:
    """Lists what visitors said at the end, in counts."""
    moment = now_ms()
    with open_hub(home) as database, database.read() as connection:
        scene = Scene(connection, moment)
        found = opinions.list_opinions(connection, utc_text(moment)[:MONTH_LENGTH], site_id)
        lines = [
            (one.month, scene.place(one.site_id), JOURNEYS.get(one.journey, one.journey),
             *(HIDDEN if count is None else count for count in (one.total, one.good, one.fair, one.poor)))
            for one in found
        ]  # fmt: skip
    if as_json:
        print_json({"shown_min": opinions.SHOWN_MIN, "opinions": [asdict(one) for one in found]})
        return
    headings = ("MOIS", "SITE", "SUJET", "AVIS", "BIEN", "MOYEN", "PAS BIEN")
    print_table(headings, lines, none="Aucun avis d’un mois terminé.")
