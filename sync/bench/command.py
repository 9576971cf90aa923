"""``point-contact bench``: what a part costs on this machine, over a floor measured in the same run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from sync.bench import kiosk as kiosk_bench
from sync.bench import sync as sync_bench
from sync.bench.peers import PEERS
from sync.errors import PointContactError

json_option = click.option("--json", "as_json", is_flag=True, help="Écrire un objet JSON.")
LATER = "Cette mesure n’existe pas encore : elle viendra avec {what}. Aujourd’hui : « point-contact bench kiosk »."


@click.group(help="Mesurer une partie et la comparer à un plancher, sur cette machine.")
def bench() -> None:
    """The benchmarks."""


@bench.command("kiosk", help="La borne, comparée à un « bonjour » Flet à deux écrans et à une page statique.")
@click.option(
    "--transitions", type=click.IntRange(60, 5000), default=60, show_default=True,
    help="Nombre de changements d’écran mesurés de chaque côté.",
)  # fmt: skip
@click.option("--rounds", type=click.IntRange(3, 100), default=5, show_default=True,
              help="Nombre de démarrages et d’ouvertures mesurés de chaque côté.")  # fmt: skip
@click.option("--visits", type=click.IntRange(0, 5000), default=60, show_default=True,
              help="Visites pour mesurer la mémoire ; 0 pour ne pas la mesurer.")  # fmt: skip
@click.option("--chromium", type=click.Path(path_type=Path, dir_okay=False), help="Chemin de Chromium.")
@json_option
def kiosk(transitions: int, rounds: int, visits: int, chromium: Path | None, as_json: bool) -> None:
    """Measures the kiosk and prints the figures."""
    plan = kiosk_bench.Plan(transitions, rounds, visits, str(chromium) if chromium else None)
    figures = kiosk_bench.measure(plan, tell=lambda sentence: click.echo(sentence, err=True))
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False, indent=1))
    else:
        _show(figures)


def _show(figures: dict[str, Any]) -> None:
    for name, value in figures.items():
        if isinstance(value, dict):
            click.echo(f"{name} :")
            for key, figure in value.items():
                click.echo(f"  {key:32} {figure}")
        else:
            click.echo(f"{name:34} {value}")


@bench.command(
    "sync",
    short_help="Les rondes, comparées à un plancher et à d’autres outils.",
    help="Les rondes du hub et d’une borne (premier envoi, ronde calme, une modification, premier téléchargement, "
    "coupure, modifications croisées), comparées à un plancher et à d’autres outils, sur le même travail.",
)
@click.option("--records", type=click.IntRange(20, 100_000), default=10_000, show_default=True,
              help="Nombre d’enregistrements.")  # fmt: skip
@click.option("--rounds", type=click.IntRange(1, 100), default=3, show_default=True,
              help="Nombre de tours ; les chiffres sont des médianes.")  # fmt: skip
@click.option("--peers", default="", metavar="NOMS",
              help="Autres outils à mesurer aussi, séparés par des virgules : pouchdb, morango.")  # fmt: skip
@click.option("--peers-from", type=click.Path(path_type=Path, file_okay=False), metavar="DOSSIER",
              help="Dossier où ces outils sont installés.")  # fmt: skip
@click.option("--sealed/--no-sealed", default=True, show_default=True,
              help="Mesurer aussi les mêmes enregistrements scellés un par un.")  # fmt: skip
@click.option("--profile", type=click.Path(path_type=Path, file_okay=False), metavar="DOSSIER",
              help="Y écrire où passe le temps de nos programmes (cProfile), ce qui les ralentit.")  # fmt: skip
@json_option
def sync(
    records: int, rounds: int, peers: str, peers_from: Path | None, sealed: bool, profile: Path | None, as_json: bool
) -> None:
    """Measures the rounds and prints the figures."""
    names = tuple(dict.fromkeys(filter(None, (name.strip() for name in peers.split(",")))))
    if unknown := [name for name in names if name not in PEERS]:
        raise click.BadParameter(f"« {unknown[0]} » n’est pas connu : {', '.join(PEERS)}.", param_hint="--peers")
    if profile is not None:
        profile.mkdir(parents=True, exist_ok=True)
        profile = profile.resolve()
    plan = sync_bench.Plan(records, rounds, names, peers_from, sealed, profile)
    figures = sync_bench.measure(plan, tell=lambda sentence: click.echo(sentence, err=True))
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False, indent=1))
    else:
        _show_sync(figures)


SHOWN = ("wall_s", "hub_cpu_s", "client_cpu_s", "bytes", "requests")
HEADINGS = ("durée (s)", "hub (s)", "borne (s)", "octets", "requêtes")
WORKLOADS = {
    "first_upload": "premier envoi",
    "quiet_round": "ronde calme",
    "one_change": "une modification",
    "first_download": "premier téléchargement",
}


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.1f}\u00a0%".replace(".", ",")


def _show_sync(figures: dict[str, Any]) -> None:
    """The workloads of every side as a table, then what is promised."""
    sides = {"ours": figures["ours"], "floor": figures["floor"], **figures["peers"]}
    click.echo(f"{'':34}" + "".join(f"{heading:>13}" for heading in HEADINGS))
    for workload, words in WORKLOADS.items():
        for side, name in ((side, {"ours": "nous", "floor": "plancher"}.get(side, side)) for side in sides):
            read = sides[side][workload]
            click.echo(f"{words + ', ' + name:34}" + "".join(f"{read[shown]:>13}" for shown in SHOWN))
    ours = figures["ours"]
    click.echo(f"Coupure à la moitié : {_percent(ours['cut_half']['resent_fraction'])} renvoyé.")
    edits = ours["concurrent_edits"]["survived_or_journaled_fraction"]
    click.echo(f"Modifications croisées : {_percent(edits)} gardées ou au journal.")
    _show({"Nous sur le plancher": figures["ratios"], **figures["peers_over_ours"]})


@bench.command("hub", help="Le hub sous charge (pas encore disponible).")
@json_option
def hub(as_json: bool) -> None:
    """Not there yet."""
    raise PointContactError(LATER.format(what="le hub sur PostgreSQL"))


@bench.command("content", help="La distribution des contenus (pas encore disponible).")
@json_option
def content(as_json: bool) -> None:
    """Not there yet."""
    raise PointContactError(LATER.format(what="la distribution signée des contenus"))
