"""Prepares the home of a demonstration: keys, people, sites, starter data and one enrolled terminal.

Each step is done once and skipped when its result is there, so that starting again goes on with the
same data. Nothing here knows how either end works inside: it types the commands a person would.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sync.demo import near, starter
from sync.demo.processes import LOOPBACK, run
from sync.errors import PointContactError

MARKER = "demonstration.json"
SECRET_BYTES = 32
ADMINISTRATOR = "Camille Exemple"
ROLES = ("administration", "exploitation", "instruction", "redaction")


@dataclass(frozen=True)
class Stage:
    """Where everything of one demonstration lies, and the ports it listens on."""

    home: Path
    kiosk_port: int
    hub_port: int

    @property
    def hub_home(self) -> Path:
        """The hub's home."""
        return self.home / "hub"

    @property
    def terminal_home(self) -> Path:
        """The terminal's home."""
        return self.home / "terminal"

    @property
    def hub_url(self) -> str:
        """Where the hub answers."""
        return f"http://{LOOPBACK}:{self.hub_port}"

    @property
    def kiosk_url(self) -> str:
        """Where the screens are."""
        return f"http://{LOOPBACK}:{self.kiosk_port}"

    @property
    def environment(self) -> dict[str, str]:
        """The machine's secret lies outside the terminal's home, as on a real machine."""
        return {"POINT_CONTACT_MACHINE_SECRET_FILE": str(self.home / "machine.secret")}

    def hub(self, *words: str, person: bool = False) -> str:
        """Runs one ``point-contact hub`` command; ``person`` names who answers for it."""
        who = ("--as", ADMINISTRATOR) if person else ()
        return run(("hub", *words, "--home", str(self.hub_home), *who), self.environment)

    def terminal(self, *words: str) -> str:
        """Runs one ``point-contact terminal`` command."""
        return run(("terminal", *words, "--home", str(self.terminal_home)), self.environment)


def open_home(home: Path, *, reset: bool) -> None:
    """Makes the home, or empties it when asked.

    Raises:
        PointContactError: the folder holds something that is not a demonstration.
    """
    foreign = home.is_dir() and any(home.iterdir()) and not (home / MARKER).is_file()
    if foreign:
        raise PointContactError(
            f"Le dossier {home} contient autre chose qu’une démonstration : choisissez-en un autre avec --home."
        )
    if reset and home.is_dir():
        shutil.rmtree(home)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not (home / MARKER).exists():
        (home / MARKER).write_text(json.dumps({"demonstration": True}) + "\n", encoding="utf-8")
    _make_secret(home / "machine.secret")


def _make_secret(path: Path) -> None:
    if path.exists():
        return
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(SECRET_BYTES))


def prepare_hub(stage: Stage) -> None:
    """Makes the hub's keys, database, first person and both sites, where they are missing."""
    if not (stage.hub_home / "keys" / "hub.json").is_file():
        stage.hub("keys", "init", "--demonstration", person=True)
    stage.hub("migrate")
    if not json.loads(stage.hub("site", "list", "--json"))["sites"]:
        roles = [word for role in ROLES for word in ("--role", role)]
        stage.hub("account", "add", ADMINISTRATOR, *roles, person=True)
        for site in starter.SITES.values():
            _add_site(stage, site)


def _add_site(stage: Stage, site: starter.DemoSite) -> None:
    stage.hub(
        "site", "add", site.site_id, "--name", site.name, "--category", site.category, "--address", site.address,
        "--region", site.region, "--zone", site.zone, "--phone-region", site.phone_region, "--phone", site.phone,
        "--opening-hours", site.opening_hours, "--rsa-orientation", site.rsa_orientation, person=True,
    )  # fmt: skip


def import_starter_data(stage: Stage, now: datetime) -> None:
    """Writes and imports the slots and events of the fortnight that begins now, and what is near, for both sites."""
    for kind, rows in near.starter_files(now):
        file = stage.home / f"{kind}.csv"
        file.write_text(starter.to_csv(rows), encoding="utf-8")
        stage.hub(kind, "import", str(file), person=True)


def choose_site(stage: Stage, site_id: str | None) -> str:
    """The site of the terminal: the one asked for the first time, afterwards the one it has.

    Raises:
        PointContactError: it is enrolled at another site.
    """
    note = stage.home / MARKER
    held = json.loads(note.read_text(encoding="utf-8")).get("site")
    chosen = str(held or site_id or starter.METROPOLITAN.site_id)
    if site_id not in (None, chosen):
        raise PointContactError(
            f"La borne de cette démonstration est déjà celle du site « {chosen} » : "
            "ajoutez --reset pour repartir de zéro, ou choisissez un autre dossier avec --home."
        )
    note.write_text(json.dumps({"demonstration": True, "site": chosen}) + "\n", encoding="utf-8")
    return chosen


def enrol_terminal(stage: Stage, site_id: str) -> None:
    """Enrols the terminal at a site once; the hub must be answering."""
    if (stage.terminal_home / "keys.json").is_file():
        return
    functions = ("--function", "borne", "--function", "affichage")
    invited = json.loads(stage.hub("terminal", "invite", "--site", site_id, *functions, "--json", person=True))
    stage.terminal("enrol", "--hub", stage.hub_url, "--code", invited["code"], "--allow-demonstration")
