"""``point-contact bench``: what a part costs on this machine, over a floor measured in the same run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from sync.bench import kiosk as kiosk_bench
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


@bench.command("sync", help="Les rondes (pas encore disponible).")
@json_option
def sync(as_json: bool) -> None:
    """Not there yet."""
    raise PointContactError(LATER.format(what="les rondes comparées à d’autres outils"))


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
