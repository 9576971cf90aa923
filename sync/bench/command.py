"""``point-contact bench``: what a part costs on this machine, over a floor measured in the same run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from sync.bench import hub as hub_bench
from sync.bench import kiosk as kiosk_bench
from sync.bench import screens as screens_bench
from sync.bench import slow_line as slow_line_bench
from sync.bench import sync as sync_bench
from sync.bench.peers import PEERS
from sync.errors import PointContactError

json_option = click.option("--json", "as_json", is_flag=True, help="Écrire un objet JSON.")
MOST_TERMINALS = 32_767
LATER = "Cette mesure n’existe pas encore : elle viendra avec {what}. Aujourd’hui : « point-contact bench kiosk »."


@click.group(help="Mesurer une partie et la comparer à un plancher, sur cette machine.")
def bench() -> None:
    """The benchmarks."""


@bench.command(
    "kiosk",
    short_help="La borne, comparée à un « bonjour » Flet et à une page statique.",
    help="La borne, comparée à un « bonjour » Flet à deux écrans et à une page statique. Avec --every-screen, autre "
    f"mesure, sans navigateur : ce que chaque écran coûte en Python ; le code de sortie est 1 au-dessus de "
    f"{screens_bench.LIMIT_MS} ms.",
)
@click.option(
    "--transitions", type=click.IntRange(60, 5000), default=60, show_default=True,
    help="Nombre de changements d’écran mesurés de chaque côté.",
)  # fmt: skip
@click.option("--rounds", type=click.IntRange(3, 100), default=5, show_default=True,
              help="Nombre de démarrages et d’ouvertures mesurés de chaque côté.")  # fmt: skip
@click.option("--visits", type=click.IntRange(0, 5000), default=60, show_default=True,
              help="Visites pour mesurer la mémoire ; 0 pour ne pas la mesurer.")  # fmt: skip
@click.option("--chromium", type=click.Path(path_type=Path, dir_okay=False), help="Chemin de Chromium.")
@click.option("--every-screen", is_flag=True,
              help="Autre mesure : le temps de Python de chaque écran, dans chaque état.")  # fmt: skip
@click.option("--draws", type=click.IntRange(1, 1000), default=screens_bench.DRAWS, show_default=True,
              help="Dessins de chaque écran, avec --every-screen ; le pire compte.")  # fmt: skip
@json_option
def kiosk(
    transitions: int, rounds: int, visits: int, chromium: Path | None, every_screen: bool, draws: int, as_json: bool
) -> None:
    """Measures the kiosk and prints the figures."""
    if every_screen:
        found = screens_bench.measure(draws, tell=_tell)
        _show_json_or(_show, found, as_json)
        if found["above_limit"]:
            raise SystemExit(1)
        return
    plan = kiosk_bench.Plan(transitions, rounds, visits, str(chromium) if chromium else None)
    figures = kiosk_bench.measure(plan, tell=_tell)
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False, indent=1))
    else:
        _show(figures)


def _show(figures: dict[str, Any]) -> None:
    for name, value in figures.items():
        if isinstance(value, dict):
            click.echo(f"{name} :")
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
@click.option("--records", type=click.IntRange(20, 100_000), show_default="10000, ou 500 avec --slow-line",
              help="Nombre d’enregistrements.")  # fmt: skip
@click.option("--rounds", type=click.IntRange(1, 100), default=3, show_default=True,
              help="Nombre de tours ; les chiffres sont des médianes.")  # fmt: skip
@click.option("--slow-line", is_flag=True,
              help="Autre mesure, un tour : sur une mauvaise ligne (256 kbit/s, 600 ms, 5 % de pertes).")  # fmt: skip
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
    records: int | None, rounds: int, slow_line: bool, peers: str, peers_from: Path | None, sealed: bool,
    profile: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Measures the rounds and prints the figures."""
    names = tuple(dict.fromkeys(filter(None, (name.strip() for name in peers.split(",")))))
    if unknown := [name for name in names if name not in PEERS]:
        raise click.BadParameter(f"« {unknown[0]} » n’est pas connu : {', '.join(PEERS)}.", param_hint="--peers")
    if slow_line:
        slow = slow_line_bench.Plan(records or slow_line_bench.RECORDS, names, peers_from, sealed)
        _show_json_or(_show_slow, slow_line_bench.measure(slow, tell=_tell), as_json)
        return
    if profile is not None:
        profile.mkdir(parents=True, exist_ok=True)
        profile = profile.resolve()
    plan = sync_bench.Plan(records or sync_bench.RECORDS, rounds, names, peers_from, sealed, profile)
    figures = sync_bench.measure(plan, tell=lambda sentence: click.echo(sentence, err=True))
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False, indent=1))
    else:
        _show_sync(figures)


def _tell(sentence: str) -> None:
    click.echo(sentence, err=True)


def _show_json_or(show: Callable[[dict[str, Any]], None], figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False, indent=1))
    else:
        show(figures)


def _show_slow(figures: dict[str, Any]) -> None:
    """One line for each side and each way of the records over the bad line."""
    for side, read in {"nous": figures["ours"], "plancher": figures["floor"], **figures["peers"]}.items():
        for workload, words in slow_line_bench.WORKLOADS.items():
            if workload in read:
                one = read[workload]
                click.echo(f"{words + ', ' + side:48}{one['wall_s']:>9} s {one['bytes']:>10} octets")
    cut = figures["ours"]["cut_half"]["resent_fraction"]
    click.echo(f"Coupure à la moitié : {_percent(cut)} renvoyé.")


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


def _counts(_context: click.Context, _option: click.Parameter, text: str) -> tuple[int, ...]:
    try:
        counts = tuple(sorted({int(word) for word in text.split(",")}))
    except ValueError:
        counts = ()
    if not counts or not MOST_TERMINALS >= counts[-1] >= counts[0] >= 1:
        raise click.BadParameter(f"écrivez des nombres de 1 à {MOST_TERMINALS}, séparés par des virgules.")
    return counts


@bench.command(
    "hub",
    short_help="Le hub sous charge, comparé à un plancher.",
    help="Le hub sous charge : rondes calmes et envois de 50 enregistrements, sur SQLite et sur PostgreSQL, comparés à "
    "un serveur nu qui vérifie la même signature et fait les mêmes lectures et écritures.",
)
@click.option("--terminals", default="100,1000,10000", show_default=True, metavar="NOMBRES", callback=_counts,
              help="Nombres de bornes inscrites, séparés par des virgules.")  # fmt: skip
@click.option("--rounds", type=click.IntRange(1, 100), default=3, show_default=True,
              help="Nombre de tours ; les chiffres sont des médianes.")  # fmt: skip
@click.option("--requests", type=click.IntRange(1, 100_000), default=hub_bench.REQUESTS_PER_TURN, show_default=True,
              help="Rondes calmes d’un tour.")  # fmt: skip
@click.option("--pushes", type=click.IntRange(1, 10_000), default=100, show_default=True,
              help="Envois d’un tour, un par borne au plus.")  # fmt: skip
@json_option
def hub(terminals: tuple[int, ...], rounds: int, requests: int, pushes: int, as_json: bool) -> None:
    """Measures the hub and prints the figures."""
    plan = hub_bench.Plan(terminals, rounds, pushes, requests)
    figures = hub_bench.measure(plan, tell=lambda sentence: click.echo(sentence, err=True))
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False, indent=1))
    else:
        _show_hub(figures)


def _show_hub(figures: dict[str, Any]) -> None:
    """Every engine and number of terminals as a table, then what is promised."""
    click.echo(
        f"{'':40}" + "".join(f"{heading:>14}" for heading in ("nous (ms)", "plancher (ms)", "rapport", "p99 (ms)"))
    )
    of_rounds = (
        (f"ronde calme, {engine}, {count} bornes", read)
        for engine, growth in figures["quiet_round"].items()
        for count, read in growth.items()
    )
    of_pushes = ((f"envoi de 50, {engine}", read) for engine, read in figures["push_of_50"].items())
    for name, read in (*of_rounds, *of_pushes):
        shown = (read["ours"]["cpu_ms"], read["floor"]["cpu_ms"], read["cpu_ratio"], read["ours"]["p99_ms"])
        click.echo(f"{name:40}" + "".join(f"{figure:>14}" for figure in shown))
    click.echo(f"Bornes par cœur, une ronde toutes les 5 minutes : {figures['terminals_per_core_at_5_min']}.")


@bench.command("content", help="La distribution des contenus (pas encore disponible).")
@json_option
def content(as_json: bool) -> None:
    """Not there yet."""
    raise PointContactError(LATER.format(what="la distribution signée des contenus"))
