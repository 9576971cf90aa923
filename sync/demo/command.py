"""``point-contact demo``: hub, terminal and starter data on this machine, until Ctrl-C."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from sync.demo import stage as staging
from sync.demo import starter
from sync.demo.processes import Program, require_free_port, start
from sync.demo.stage import ADMINISTRATOR, Stage
from sync.errors import PointContactError

BACKUP_INTERVAL_S = 60
BACKUPS_KEPT = 5
ROUND_INTERVAL_S = 20
WATCH_INTERVAL_S = 0.5
OPERATOR = {
    "operator": "exploitant inventé pour la démonstration",
    "operator_address": "1 place de l’Exemple, Saint-Aubin-sur-Sauldre",
    "privacy_contact": "contact@exemple.fr",
    "hosting": "cette machine, le temps de la démonstration",
    "retention_registration": "jusqu’à ce que la démonstration soit effacée",
    "retention_booking": "jusqu’à ce que la démonstration soit effacée",
}


@click.command(help="Lancer un hub et une borne de démonstration sur cette machine, jusqu’à Ctrl-C.")
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".demo"),
    show_default=True,
    help="Dossier de la démonstration.",
)
@click.option("--kiosk-port", type=click.IntRange(1, 65535), default=8550, show_default=True, help="Port de la borne.")
@click.option("--hub-port", type=click.IntRange(1, 65535), default=8560, show_default=True, help="Port du hub.")
@click.option(
    "--site",
    type=click.Choice(list(starter.SITES)),
    default=None,
    help=f"Site de la borne, au premier lancement (par défaut : {starter.METROPOLITAN.site_id}).",
)
@click.option("--reset", is_flag=True, help="Effacer d’abord la démonstration précédente.")
def demo(home: Path, kiosk_port: int, hub_port: int, site: str | None, reset: bool) -> None:
    """Prepares, starts, watches, and stops everything cleanly."""
    require_free_port(hub_port, "hub", "--hub-port")
    require_free_port(kiosk_port, "borne", "--kiosk-port")
    staging.open_home(home, reset=reset)
    stage = Stage(home.resolve(), kiosk_port, hub_port)
    with _terminable():
        site_id = staging.choose_site(stage, site)
        click.echo("Préparation de la démonstration…")
        staging.prepare_hub(stage)
        staging.import_starter_data(stage, datetime.now(UTC))
        _serve(stage, site_id)


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM ends the demonstration as Ctrl-C does, which a shell may have told its background jobs to ignore."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _serve(stage: Stage, site_id: str) -> None:
    """Starts both programs, says where they are, waits for Ctrl-C, and stops them, terminal first."""
    programs: list[Program] = []
    stop_backups = threading.Event()
    try:
        hub = _start_hub(stage)
        programs.append(hub)
        hub.wait_until_healthy(f"{stage.hub_url}/v1/hub")
        staging.enrol_terminal(stage, site_id)
        stage.terminal("sync")
        terminal = _start_terminal(stage)
        programs.append(terminal)
        terminal.wait_until_healthy(f"{stage.kiosk_url}/")
        _announce(stage, site_id)
        threading.Thread(target=_back_up, args=(stage, stop_backups), name="backups", daemon=True).start()
        _watch(programs)
    except KeyboardInterrupt:
        click.echo("\nArrêt de la démonstration…")
    finally:
        # A second Ctrl-C must not leave a program behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        stop_backups.set()
        for program in reversed(programs):
            program.stop()
    click.echo(f"Démonstration arrêtée. Ses données restent dans {stage.home}.")


def _start_hub(stage: Stage) -> Program:
    words = ("hub", "serve", "--home", str(stage.hub_home), "--port", str(stage.hub_port),
             "--next-round-s", str(ROUND_INTERVAL_S))  # fmt: skip
    return start("Le hub", words, stage.environment, stage.home / "hub.log")


def _start_terminal(stage: Stage) -> Program:
    texts = stage.home / "operator.json"
    texts.write_text(json.dumps(OPERATOR, ensure_ascii=False), encoding="utf-8")
    # Where this machine has a screen, guided windows open on it.
    window = ("--window",) if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") else ()
    words = ("terminal", "serve", "--home", str(stage.terminal_home), "--port", str(stage.kiosk_port),
             "--texts", str(texts), "--print-folder", str(stage.home / "papers"), *window)  # fmt: skip
    return start("La borne", words, stage.environment, stage.home / "terminal.log")


def _watch(programs: list[Program]) -> None:
    """Waits for Ctrl-C. Raises PointContactError when a program ends by itself."""
    while True:
        for program in programs:
            if not program.is_running():
                raise PointContactError(f"{program.name} s’est arrêté tout seul : {program.last_lines()}")
        time.sleep(WATCH_INTERVAL_S)


def _back_up(stage: Stage, stop: threading.Event) -> None:
    """A verified backup now and then: until one covers what it sent, the terminal keeps it."""
    while not stop.wait(BACKUP_INTERVAL_S):
        try:
            stage.hub("backup", person=True)
            _prune(stage)
        except PointContactError as error:
            click.echo(error.message, err=True)


def _prune(stage: Stage) -> None:
    """Keeps the newest backups of the demonstration."""
    made = sorted((stage.hub_home / "backups").glob("hub-*.db"))
    for database in made[:-BACKUPS_KEPT]:
        database.with_suffix(".json").unlink(missing_ok=True)
        database.unlink()


def _announce(stage: Stage, site_id: str) -> None:
    """Says where everything is, and how to see at the hub what was typed at the terminal."""
    site = starter.SITES[site_id]
    program = Path(sys.argv[0]).resolve().parent / "point-contact"
    hub = f"{program if program.exists() else 'point-contact'} hub"
    home = f"--home {shlex.quote(str(stage.hub_home))}"
    person = f'--as "{ADMINISTRATOR}"'
    click.echo(
        f"""
DÉMONSTRATION : les sites, les créneaux et les événements sont inventés. N’y tapez aucune vraie donnée.

  Affichage  {stage.kiosk_url}/affichage   l’écran mural
  Borne      {stage.kiosk_url}/   à ouvrir dans un navigateur de cette machine
  Site       {site.name}
  Hub        {stage.hub_url}/   (documentation : {stage.hub_url}/openapi.json)
  Compte     {ADMINISTRATOR} (tous les rôles de la démonstration)
  Données    {stage.home}

Ce qui est arrivé au hub, depuis un autre terminal :
  {hub} registration list {home}
  {hub} registration open RÉFÉRENCE {home} --reason transmission {person}
  {hub} booking list {home}

RÉFÉRENCE est celle du ticket. L’ouverture passe par le coffre et laisse une ligne dans le journal :
  {hub} audit {home}

Ctrl-C arrête tout. La prochaine fois, la démonstration reprend les mêmes données (--reset pour l’effacer)."""
    )
